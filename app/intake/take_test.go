package intake

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

func item() *guide.Item {
	return &guide.Item{Code: "119901080000X0019K4990701001000", Name: "样例", Letter: "A", Department: "区民政局", PromisedDays: 3, DayUnit: guide.WorkingDays, Version: 2,
		Materials: []guide.Material{
			{No: 1, Name: "申请书", Necessity: "必要"},
			{No: 2, Name: "户口簿", Necessity: "必要", WaivedBy: "hukou"},
			{No: 3, Name: "体检报告", Necessity: "容缺后补"},
			{No: 4, Name: "委托书", Necessity: "非必要"},
		}}
}

func wish(materials ...Material) Take {
	return Take{Request: "r1", Application: "01a0", Number: "JN20261124-C07-0001", Ticket: "t1", Hall: "jiangnan", Window: "A01", Clerk: "c1",
		Applicant: " 罗庆 (样例) ", DocumentType: ResidentID, DocumentNumber: "99010820000907755x", Phone: "100 0000 0000", Materials: materials, NowMS: 1}
}

func TestDecide(t *testing.T) {
	c := shippedCalendar(t)
	const none = Outcome("")
	for _, w := range []struct {
		name      string
		materials []Material
		said      Outcome // of material 2, which shared data proves
		state     State
		absent    []string
		due       hall.Date
		rows      []Material
	}{
		{"all there", []Material{{1, Brought}, {2, Brought}, {3, Brought}}, none, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Brought}, {3, Brought}}},
		{"one waived", []Material{{1, Brought}, {2, Waived}, {3, Brought}, {4, Missing}}, Found, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Waived}, {3, Brought}, {4, Missing}}},
		{"one owed", []Material{{1, Brought}, {2, Waived}, {3, Owed}}, Found, AcceptedLater, []string{"体检报告"}, "2026-11-27", []Material{{1, Brought}, {2, Waived}, {3, Owed}}},
		{"one not mentioned that may come later", []Material{{1, Brought}, {2, Waived}}, Found, AcceptedLater, []string{"体检报告"}, "2026-11-27", []Material{{1, Brought}, {2, Waived}, {3, Owed}}},
		{"one missing", []Material{{1, Missing}, {2, Waived}, {3, Brought}}, Found, Correction, []string{"申请书"}, "", []Material{{1, Missing}, {2, Waived}, {3, Brought}}},
		{"what must be there cannot be owed", []Material{{1, Owed}, {2, Waived}, {3, Brought}}, Found, Correction, []string{"申请书"}, "", []Material{{1, Missing}, {2, Waived}, {3, Brought}}},
		{"missing after owed", []Material{{2, Missing}, {3, Missing}, {1, Brought}}, NotFound, Correction, []string{"户口簿", "体检报告"}, "", []Material{{1, Brought}, {2, Missing}, {3, Owed}}},
		{"nothing", nil, NotFound, Correction, []string{"申请书", "户口簿", "体检报告"}, "", []Material{{1, Missing}, {2, Missing}, {3, Owed}}},
		// 浙江省保障"最多跑一次"改革规定 7: what the platform holds is not asked for, nor what nobody asked it for.
		{"ticked as waived without an answer", []Material{{1, Brought}, {2, Waived}, {3, Brought}}, none, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}},
		{"missing, and nobody asked", []Material{{1, Brought}, {2, Missing}, {3, Brought}}, none, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}},
		{"not mentioned, and nobody asked", []Material{{1, Brought}, {3, Brought}}, none, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}},
		{"missing, and the platform holds it", []Material{{1, Brought}, {2, Missing}, {3, Brought}}, Found, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Waived}, {3, Brought}}},
		{"missing, and the platform holds it of another name", []Material{{1, Brought}, {2, Missing}, {3, Brought}}, Mismatch, Correction, []string{"户口簿"}, "", []Material{{1, Brought}, {2, Missing}, {3, Brought}}},
		{"to be verified, and the platform has not got it", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}, NotFound, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}},
		{"to be verified, and found by now", []Material{{1, Brought}, {2, Unverified}, {3, Brought}}, Found, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Waived}, {3, Brought}}},
		{"the citizen disputes what was found", []Material{{1, Brought}, {2, Contested}, {3, Brought}}, Found, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Contested}, {3, Brought}}},
		{"the citizen brought the paper", []Material{{1, Brought}, {2, Brought}, {3, Brought}}, Found, Accepted, nil, "2026-11-27", []Material{{1, Brought}, {2, Brought}, {3, Brought}}},
	} {
		take := wish(w.materials...)
		take.Shared = map[int]Evidence{2: {Ask: "ask-2", Outcome: w.said}}
		got, who, refusal := take.Decide(item(), c, today)
		if refusal != nil {
			t.Errorf("%s: %v", w.name, refusal)
			continue
		}
		if got.State != w.state || !slices.Equal(got.Absent, w.absent) || got.DueDate != w.due || !slices.Equal(got.Materials, w.rows) {
			t.Errorf("%s: %s, absent %v, due %s, %v", w.name, got.State, got.Absent, got.DueDate, got.Materials)
		}
		asked := slices.ContainsFunc(w.rows, func(m Material) bool { return m.No == 2 && (m.State == Waived || m.State == Unverified) })
		if asked != slices.Equal(got.Shared, []Shared{{2, "hukou", "ask-2"}}) || !asked && got.Shared != nil {
			t.Errorf("%s: what is asked of the platform is %v", w.name, got.Shared)
		}
		if string(who.Applicant) != "罗庆 (样例)" || string(who.DocumentNumber) != "99010820000907755X" || string(who.Phone) != "10000000000" || got.ItemVersion != 2 || got.Department != "区民政局" {
			t.Errorf("%s: not normalised: %q %q %q", w.name, string(who.Applicant), string(who.DocumentNumber), string(who.Phone))
		}
	}
}

// Whoever has to bring something is told until when, and nobody else.
func TestAnswerBy(t *testing.T) {
	for _, w := range []struct {
		brought []Material
		state   State
		by      hall.Date
	}{
		{[]Material{{1, Brought}, {2, Brought}, {3, Brought}}, Accepted, ""},
		{[]Material{{1, Brought}, {2, Brought}, {3, Owed}}, AcceptedLater, "2026-10-27"},
		{[]Material{{2, Brought}, {3, Brought}}, Correction, "2026-10-27"},
		{[]Material{{1, Brought}, {3, Brought}}, Accepted, ""},
	} {
		got, _, refusal := wish(w.brought...).Decide(item(), shippedCalendar(t), "2026-09-30")
		if refusal != nil || got.State != w.state || got.AnswerBy != w.by {
			t.Errorf("%s until %q, want %s until %q (%v)", got.State, got.AnswerBy, w.state, w.by, refusal)
		}
	}
}

func TestDueDates(t *testing.T) {
	all := []Material{{1, Brought}, {2, Brought}, {3, Brought}}
	for _, w := range []struct {
		unit string
		days int
		day  hall.Date
		due  hall.Date
	}{
		{guide.WorkingDays, 0, "2026-11-24", "2026-11-24"},
		{guide.WorkingDays, 1, "2026-09-30", "2026-10-08"},
		{guide.WorkingDays, 3, "2026-09-30", "2026-10-10"},
		{guide.WorkingDays, 40, "2026-11-24", ""},
		{guide.CalendarDays, 30, "2026-11-24", "2026-12-24"},
		{guide.CalendarDays, 40, "2026-11-24", ""},
		{"小时", 3, "2026-11-24", ""},
	} {
		i := item()
		i.DayUnit, i.PromisedDays = w.unit, w.days
		got, _, refusal := wish(all...).Decide(i, shippedCalendar(t), w.day)
		if refusal != nil || got.DueDate != w.due {
			t.Errorf("%d %s from %s: %s, want %q (%v)", w.days, w.unit, w.day, got.DueDate, w.due, refusal)
		}
		if got, _, _ := wish(all...).Decide(i, nil, w.day); w.unit == guide.WorkingDays && got.DueDate != "" {
			t.Errorf("a due date without a calendar: %s", got.DueDate)
		}
	}
}

func TestRefusals(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		name       string
		spoil      func(*Take)
		want       *event.Refusal
		arg, value string
	}{
		{"no name", func(c *Take) { c.Applicant = " " }, event.FieldMissing, "field", "applicant"},
		{"no document number", func(c *Take) { c.DocumentNumber = "　" }, event.FieldMissing, "field", "document_number"},
		{"check digit", func(c *Take) { c.DocumentNumber = "990108200009077550" }, event.IdentityWrong, "why", WrongCheck},
		{"document type", func(c *Take) { c.DocumentType = "" }, event.IdentityWrong, "why", WrongType},
		{"phone with letters", func(c *Take) { c.Phone = "call me" }, event.FieldMissing, "field", "phone"},
		{"no request", func(c *Take) { c.Request = "" }, event.RequestUnusable, "field", "request"},
		{"no number", func(c *Take) { c.Number = "" }, event.RequestUnusable, "field", "number"},
		{"no ticket", func(c *Take) { c.Ticket = "" }, event.RequestUnusable, "field", "ticket"},
		{"material unknown", func(c *Take) { c.Materials = []Material{{9, Brought}} }, event.RequestUnusable, "field", "materials.9"},
		{"material twice", func(c *Take) { c.Materials = []Material{{1, Brought}, {1, Missing}} }, event.RequestUnusable, "field", "materials.1"},
		{"state unknown", func(c *Take) { c.Materials = []Material{{1, "seen"}} }, event.RequestUnusable, "field", "materials.1"},
		{"disputed without a data set", func(c *Take) { c.Materials = []Material{{1, Contested}} }, event.RequestUnusable, "field", "materials.1"},
		{"to be verified without a data set", func(c *Take) { c.Materials = []Material{{1, Unverified}} }, event.RequestUnusable, "field", "materials.1"},
		{"waived without a data set", func(c *Take) { c.Materials = []Material{{1, Waived}} }, event.RequestUnusable, "field", "materials.1"},
	} {
		take := wish(Material{1, Brought})
		w.spoil(&take)
		got, _, refusal := take.Decide(item(), c, today)
		if refusal == nil || !errors.Is(refusal, w.want) || refusal.Args[w.arg] != w.value {
			t.Errorf("%s: %v, want %v %s", w.name, refusal, w.want, w.value)
		}
		if !reflect.DeepEqual(got, Taken{}) {
			t.Errorf("%s: a refusal with a fact", w.name)
		}
	}
	if _, _, refusal := wish().Decide(nil, c, today); !errors.Is(refusal, event.ItemUnknown) {
		t.Errorf("no item: %v", refusal)
	}
	if _, _, refusal := wish().Decide(&guide.Item{Code: "G-1", Name: "样例", Department: "区民政局"}, c, today); !errors.Is(refusal, event.ItemUnknown) {
		t.Errorf("an item without a guide: %v", refusal)
	}
	if _, _, refusal := wish().Decide(item(), c, "soon"); !errors.Is(refusal, event.RequestUnusable) {
		t.Errorf("no day: %v", refusal)
	}
	without := wish(Material{1, Brought})
	without.Phone = ""
	if _, _, refusal := without.Decide(item(), c, today); refusal != nil {
		t.Errorf("a person without a phone is refused: %v", refusal)
	}
}

// Whatever the clerk ticks and the platform says, nothing is accepted while a must is neither
// received nor left to the platform, nothing waits for an optional material, each must has a row, and
// no notice names what the platform holds or was not asked for.
func TestAcceptanceHoldsForTheWholeCatalogue(t *testing.T) {
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := guide.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	calendar := shippedCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(catalogue.Items()).Draw(t, "item")
		take := wish()
		take.Shared = map[int]Evidence{}
		met, owed := true, false
		for _, m := range i.Materials {
			states := []Received{Brought, Missing, Owed}
			if m.WaivedBy != "" {
				states = append(states, Waived, Unverified, Contested)
			}
			s := rapid.SampledFrom(states).Draw(t, "state")
			take.Materials = append(take.Materials, Material{m.No, s})
			there := s == Brought || s == Waived || s == Unverified || s == Contested
			if m.WaivedBy != "" {
				said := rapid.SampledFrom(outcomes).Draw(t, "said")
				take.Shared[m.No] = Evidence{Ask: "a", Outcome: said}
				there = there || said == "" || said == Found
			}
			met = met && (there || m.Need() != guide.Must)
			owed = owed || !there && m.Need() == guide.Later
		}
		got, _, refusal := take.Decide(i, calendar, "2026-06-01")
		if refusal != nil {
			t.Fatal(refusal)
		}
		want := Correction
		if met && owed {
			want = AcceptedLater
		} else if met {
			want = Accepted
		}
		if got.State != want || (got.State == Correction) != (got.DueDate == "") || len(got.Materials) != len(i.Materials) {
			t.Fatalf("%s: %s due %q, want %s", i.Slug, got.State, got.DueDate, want)
		}
		for _, no := range got.AbsentNo {
			if e, proved := take.Shared[no]; proved && e.Outcome != NotFound && e.Outcome != Mismatch {
				t.Fatalf("%s: the notice names material %d, of which the platform has said %q", i.Slug, no, e.Outcome)
			}
		}
		if back, err := Read(event.Event{Kind: KindTaken, Payload: got.Payload()}); err != nil || !reflect.DeepEqual(back, got) {
			t.Fatalf("the fact is another one after its payload: %v", err)
		}
	})
}

func TestPersonalValuesStayOutOfLogs(t *testing.T) {
	taken, who, refusal := wish(Material{1, Brought}).Decide(item(), shippedCalendar(t), today)
	if refusal != nil {
		t.Fatal(refusal)
	}
	who.Note = "备注里的电话 10000000000"
	if err := taken.Seal(who, sealed.Key{1}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	c := &Case{Taken: taken}
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		l := slog.New(handler)
		l.Info("x", "who", who, "name", who.Applicant, "taken", taken, "case", c, "take", wish(), "number", who.DocumentNumber)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", taken)
		fmt.Fprintf(&out, verb+"\n", wish())
		fmt.Fprintf(&out, verb+"\n", who.DocumentNumber)
		fmt.Fprintf(&out, verb+"\n", who)
		fmt.Fprintf(&out, verb+"\n", c.Status())
	}
	fmt.Fprintln(&out, who.Applicant, taken, fmt.Errorf("failed for %s", who.Applicant))
	for _, secret := range []string{"罗庆", "0907755", "100000000", fmt.Sprintf("%x", "罗庆")} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q was printed:\n%s", secret, out.String())
		}
	}
	if !strings.Contains(out.String(), mask) {
		t.Error("nothing was masked")
	}
	b, err := json.Marshal(taken)
	for _, secret := range []string{"罗庆", "0907755", "100000000"} {
		if err != nil || strings.Contains(string(b), secret) {
			t.Errorf("%q stands in the event in clear: %v", secret, err)
		}
	}
	status, err := json.Marshal(c.Status())
	if err != nil || strings.Contains(string(status), "罗庆") || strings.Contains(string(status), "0907755") {
		t.Errorf("the status tells about the person: %s", status)
	}
}

// Who has the key reads the person; a value that was put into another field, application
// or request is shut.
func TestAPersonIsReadWithTheKeyOfTheApplication(t *testing.T) {
	taken, who, refusal := wish(Material{1, Brought}).Decide(item(), shippedCalendar(t), today)
	if refusal != nil {
		t.Fatal(refusal)
	}
	who.Note = "下午来取"
	key := sealed.Key{7}
	if err := taken.Seal(who, key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	e := event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: taken.Payload()}
	back, err := Read(e)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := back.Person(key); err != nil || got != who {
		t.Errorf("%+v, %v", got, err)
	}
	for name, change := range map[string]func(t *Taken){
		"another key's":   nil,
		"another field":   func(t *Taken) { t.Applicant, t.Phone = t.Phone, t.Applicant },
		"another case":    func(t *Taken) { t.Application = "01a1" },
		"another request": func(t *Taken) { t.Request = "r2" },
		"in clear":        func(t *Taken) { t.Applicant = "罗庆" },
	} {
		moved, with := back, key
		if change == nil {
			with = sealed.Key{8}
		} else {
			change(&moved)
		}
		if _, err := moved.Person(with); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumber(t *testing.T) {
	if n := Number("jiangnan", today, "c07", "", 3); n != "JN20261124-C07-0003" {
		t.Error(n)
	}
	if n := Number("street-1", today, "c1", "KM", 12345); n != "S120261124-C1-KM12345" {
		t.Error(n)
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (hall.ID, hall.Date, string, string, int) {
			d, _ := addDays("2026-01-01", rapid.IntRange(0, 800).Draw(t, name+" day"))
			return hall.ID(rapid.SampledFrom([]string{"jiangnan", "jiangbei", "street-1", "street-2"}).Draw(t, name+" hall")), d,
				rapid.SampledFrom([]string{"c1", "c10", "c-1", "k1"}).Draw(t, name+" device"), rapid.SampledFrom([]string{"", "KM", "MK"}).Draw(t, name+" life"), rapid.IntRange(1, 20000).Draw(t, name)
		}
		h1, d1, v1, l1, n1 := draw("a")
		h2, d2, v2, l2, n2 := draw("b")
		same := h1 == h2 && d1 == d2 && v1 == v2 && l1 == l2 && n1 == n2
		if (Number(h1, d1, v1, l1, n1) == Number(h2, d2, v2, l2, n2)) != same {
			t.Fatalf("%s %s %s %q %d and %s %s %s %q %d", h1, d1, v1, l1, n1, h2, d2, v2, l2, n2)
		}
	})
}

// Who acts for the person has a name and a document that is checked; an organisation has a representative.
func TestWhoActsForThePerson(t *testing.T) {
	for _, x := range []struct {
		agent, number Personal
		refusal, at   string
	}{
		{"", "", "", ""}, {" 陈  一(样例)", "99010820000907755x", "", ""}, {"陈一(样例)", "E12345678", "", ""},
		{"陈一(样例)", "", "field_missing", "agent_number"}, {" ", "99010820000907755X", "field_missing", "agent"},
		{"陈一(样例)", "990108200009077551", "identity_wrong", "agent_number"},
	} {
		c := wish()
		c.Agent, c.AgentNumber, c.Representative, c.Address = x.agent, x.number, "赵二(样例)", " 样例路 1号 "
		p, no := c.Who("2026-11-24")
		if x.refusal != "" {
			if no == nil || no.Key != x.refusal || no.Args["field"] != x.at {
				t.Errorf("%q with %q: %v", string(x.agent), string(x.number), no)
			}
			continue
		}
		if no != nil || p.Representative != "" || p.Address != "样例路 1号" || (p.Agent == "") != (x.agent == "") || p.AgentNumber != Personal(strings.ToUpper(string(x.number))) {
			t.Errorf("%q with %q: %v, %q %q", string(x.agent), string(x.number), no, string(p.Agent), string(p.AgentNumber))
		}
	}
	c := wish()
	c.DocumentType, c.DocumentNumber, c.Representative = CreditCode, "91350100M000100Y43", "赵二(样例)"
	if p, no := c.Who("2026-11-24"); no != nil || p.Representative != "赵二(样例)" {
		t.Errorf("the representative of a company: %q", string(p.Representative))
	}
}
