package intake

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

func takenEvent(origin event.Origin, seq event.Seq, number string) event.Event {
	t := Taken{Application: "01a0", Number: number, Item: "x", State: Correction, Materials: []Material{{1, Missing}, {2, Brought}, {3, Owed}},
		Absent: []string{"申请书", "体检报告"}, AbsentNo: []int{1, 3}, AnswerBy: "2026-12-08"}
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: KindTaken, Payload: t.Payload()}
}

func laterEvent(origin event.Origin, seq event.Seq, kind event.Kind, l Later) event.Event {
	l.Application = "01a0"
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: kind, Payload: hall.Payload(l)}
}

// However the facts about one application are shuffled and repeated, the case is the same.
func TestFoldKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for n := range rapid.IntRange(1, 8).Draw(t, "count") {
			if kind := rapid.SampledFrom([]event.Kind{KindTaken, KindTaken, KindSupplied, KindSupplied, KindWithdrawn, KindOverdue}).Draw(t, "kind"); kind != KindTaken {
				l := Later{Reason: rapid.SampledFrom([]string{"2026-12-08", "2026-12-20"}).Draw(t, "reason"), AtMS: rapid.Int64Range(1, 9).Draw(t, "at")}
				if kind == KindSupplied {
					l.Materials = rapid.SliceOfNDistinct(rapid.SampledFrom([]int{1, 3}), 1, 2, rapid.ID).Draw(t, "materials")
					l.DueDate = rapid.SampledFrom([]hall.Date{"", "2026-12-01", "2026-12-02"}).Draw(t, "due")
				}
				events = append(events, laterEvent("h/c3", event.Seq(n+1), kind, l))
				continue
			}
			// A counter that was copied uses a number twice.
			events = append(events, takenEvent(rapid.SampledFrom([]event.Origin{"h/c1", "h/c2"}).Draw(t, "origin"), event.Seq(1+rapid.IntRange(0, n).Draw(t, "seq")),
				rapid.SampledFrom([]string{"N1", "N2"}).Draw(t, "number")))
		}
		again := append(append([]event.Event{}, events...), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		fold := func(in []event.Event) []byte {
			var c *Case
			for _, e := range in {
				next, err := Fold(c, e)
				if err != nil {
					t.Fatal(err)
				}
				c = next
			}
			return c.Row()
		}
		a, b := fold(events), fold(rapid.Permutation(again).Draw(t, "order"))
		if !bytes.Equal(a, b) {
			t.Fatalf("%s\n%s", a, b)
		}
		c, err := ReadRow(a)
		if err != nil || !bytes.Equal(c.Row(), a) {
			t.Fatalf("the row is another one when read: %v", err)
		}
	})
}

func TestDisputedApplications(t *testing.T) {
	first, err := Fold(nil, takenEvent("h/c2", 1, "N1"))
	if err != nil || first.Disputed {
		t.Fatal(err, first)
	}
	same, err := Fold(first, takenEvent("h/c1", 9, "N1"))
	if err != nil || same.Disputed || same.From.Origin != "h/c1" {
		t.Errorf("the same content from another event: %v %+v", err, same)
	}
	other, err := Fold(first, takenEvent("h/c1", 9, "N2"))
	if err != nil || !other.Disputed || other.Number != "N2" || first.Disputed {
		t.Errorf("another content: %v %+v", err, other)
	}
}

func TestFoldRefusesWhatIsNotOurs(t *testing.T) {
	good := takenEvent("h/c1", 1, "N1")
	for name, e := range map[string]event.Event{
		"kind":                    {ID: good.ID, Kind: hall.KindIssued, Payload: good.Payload},
		"torn":                    {ID: good.ID, Kind: KindTaken, Payload: good.Payload[:9]},
		"empty":                   {ID: good.ID, Kind: KindTaken, Payload: []byte("{}")},
		"more numbers than names": {ID: good.ID, Kind: KindTaken, Payload: Taken{Application: "a", Number: "N", Item: "x", State: Correction, Absent: []string{"申请书"}, AbsentNo: []int{1, 2}}.Payload()},
		"later without a time":    {ID: good.ID, Kind: KindSupplied, Payload: hall.Payload(Later{Application: "a"})},
		"later without a case":    {ID: good.ID, Kind: KindOverdue, Payload: hall.Payload(Later{AtMS: 1})},
	} {
		if _, err := Fold(nil, e); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := Fold(nil, good)
	if err != nil {
		t.Fatal(err)
	}
	c.Application = "another"
	if _, err := Fold(c, good); !errors.Is(err, ErrNotOurs) {
		t.Errorf("another application: %v", err)
	}
	if _, err := ReadRow([]byte("{")); err == nil {
		t.Error("half a row was read")
	}
	if !Concerns(KindTaken) || Concerns(hall.KindIssued) {
		t.Error("Concerns is wrong")
	}
}

// An application stands where the facts about it leave it, and what was brought in time counts.
func TestWhereAnApplicationStands(t *testing.T) {
	supplied := func(at int64, due hall.Date, nos ...int) event.Event {
		return laterEvent("h/c1", event.Seq(at), KindSupplied, Later{AtMS: at, Materials: nos, DueDate: due})
	}
	over, back := laterEvent("h/hub", 1, KindOverdue, Later{AtMS: 50, Reason: "2026-12-08"}), laterEvent("h/c2", 1, KindWithdrawn, Later{AtMS: 60})
	for _, w := range []struct {
		name    string
		facts   []event.Event
		state   State
		due, by hall.Date
		absent  int
	}{
		{"as it was taken", nil, Correction, "", "2026-12-08", 2},
		{"what must be there came", []event.Event{supplied(2, "2026-12-01", 1)}, AcceptedLater, "2026-12-01", "2026-12-08", 1},
		{"what may follow came", []event.Event{supplied(2, "2026-12-01", 3)}, Correction, "", "2026-12-08", 1},
		{"all came at two windows", []event.Event{supplied(2, "2026-12-01", 1), supplied(3, "2026-12-02", 3)}, Accepted, "2026-12-02", "", 0},
		{"nothing came", []event.Event{over}, Lapsed, "", "", 0},
		{"what may follow did not come", []event.Event{supplied(2, "2026-12-01", 1), over}, Revoked, "", "", 0},
		{"all came, and the hub did not know", []event.Event{over, supplied(2, "2026-12-01", 1, 3)}, Accepted, "2026-12-01", "", 0},
		{"taken back", []event.Event{supplied(2, "2026-12-01", 1, 3), back}, Withdrawn, "", "", 0},
		{"taken back after its time", []event.Event{over, back}, Withdrawn, "", "", 0},
		{"what must be there came in time where the hub did not see it", []event.Event{over, laterEvent("h/c1", 3, KindSupplied, Later{AtMS: 3, Materials: []int{1}, DueDate: "2026-12-11", AnswerBy: "2026-12-29"})}, AcceptedLater, "2026-12-11", "2026-12-29", 1},
		{"and then that day was over too", []event.Event{laterEvent("h/c1", 3, KindSupplied, Later{AtMS: 3, Materials: []int{1}, DueDate: "2026-12-11", AnswerBy: "2026-12-29"}), laterEvent("h/hub", 2, KindOverdue, Later{AtMS: 70, Reason: "2026-12-29"}), over}, Revoked, "", "", 0},
	} {
		c, err := Fold(nil, takenEvent("h/c1", 1, "N1"))
		for _, e := range w.facts {
			if err == nil {
				c, err = Fold(c, e)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if s := c.Status(); s.State != w.state || s.DueDate != w.due || s.AnswerBy != w.by || len(s.Absent) != w.absent {
			t.Errorf("%s: %+v", w.name, s)
		}
	}
}

// What is brought is taken in time and where it is missing, and nowhere else.
func TestSupply(t *testing.T) {
	calendar := shippedCalendar(t)
	fold := func(facts ...event.Event) *Case {
		c, err := Fold(nil, takenEvent("h/c1", 1, "N1"))
		for _, e := range facts {
			if err == nil {
				c, err = Fold(c, e)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	accepted := fold(laterEvent("h/c1", 2, KindSupplied, Later{AtMS: 2, Materials: []int{1, 3}}))
	for _, w := range []struct {
		name   string
		c      *Case
		brings []int
		today  hall.Date
		want   *event.Refusal
		arg    string
	}{
		{"nothing", fold(), nil, "2026-11-25", event.FieldMissing, "materials"},
		{"what was there", fold(), []int{2}, "2026-11-25", event.RequestUnusable, "materials.2"},
		{"twice the same", fold(), []int{1, 1}, "2026-11-25", event.RequestUnusable, "materials.1"},
		{"what nobody asked for", fold(), []int{9}, "2026-11-25", event.RequestUnusable, "materials.9"},
		{"a day late", fold(), []int{1}, "2026-12-09", event.CaseLate, "2026-12-08"},
		{"to one that is accepted", accepted, []int{1}, "2026-11-25", event.CaseState, "accepted"},
		{"to one that was taken back", fold(laterEvent("h/c2", 1, KindWithdrawn, Later{AtMS: 60})), []int{1}, "2026-11-25", event.CaseState, "withdrawn"},
		{"to one that lapsed", fold(laterEvent("h/hub", 1, KindOverdue, Later{AtMS: 60, Reason: "2026-12-08"})), []int{1}, "2026-11-25", event.CaseState, "lapsed"},
		{"on the last day", fold(), []int{1, 3}, "2026-12-08", nil, ""},
	} {
		before := string(w.c.Row())
		l, refusal := Supply{Materials: w.brings, NowMS: 5, Request: "r"}.Decide(w.c, item(), calendar, w.today)
		if w.want == nil {
			if refusal != nil || l.DueDate != "2026-12-11" || l.AnswerBy != "" {
				t.Errorf("%s: %+v, %v", w.name, l, refusal)
			}
		} else if !errors.Is(refusal, w.want) {
			t.Errorf("%s: %v", w.name, refusal)
		} else if said := string(hall.Payload(refusal.Args)); !strings.Contains(said, w.arg) {
			t.Errorf("%s: %s does not tell %s", w.name, said, w.arg)
		}
		if string(w.c.Row()) != before {
			t.Errorf("%s: deciding changed the case", w.name)
		}
	}
	// Who brings what must be there and not what may follow has a new last day for that.
	l, refusal := Supply{Materials: []int{1}, NowMS: 5}.Decide(fold(), item(), calendar, "2026-11-25")
	if refusal != nil || l.AnswerBy != "2026-12-16" {
		t.Errorf("%+v, %v", l, refusal)
	}
	// The promise counts from the day of the acceptance, and what follows later does not move it.
	first := fold(laterEvent("h/c1", 2, KindSupplied, Later{AtMS: 2, Materials: []int{1}, DueDate: "2026-11-28", AnswerBy: "2026-12-16"}))
	if l, refusal := (Supply{Materials: []int{3}, NowMS: 9}).Decide(first, item(), calendar, "2026-12-10"); refusal != nil || l.DueDate != "" {
		t.Errorf("%+v, %v", l, refusal)
	}
	if _, refusal := accepted.Withdraw("", "A01", "wang", "r", 9); refusal != nil {
		t.Error(refusal)
	}
	if _, refusal := fold(laterEvent("h/hub", 1, KindOverdue, Later{AtMS: 60, Reason: "2026-12-08"})).Withdraw("", "A01", "wang", "r", 9); !errors.Is(refusal, event.CaseState) {
		t.Error("an application that lapsed can be taken back")
	}
}

// The time is over on the day after the last one, and never where the day is not known.
func TestOverdue(t *testing.T) {
	c, err := Fold(nil, takenEvent("h/c1", 1, "N1"))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[hall.Date]bool{"2026-12-07": false, "2026-12-08": false, "2026-12-09": true, "2027-05-01": true} {
		if _, over := c.EndOverdue(day, 1); over != want {
			t.Errorf("%s: %t", day, over)
		}
	}
	c.AnswerBy = ""
	if _, over := c.EndOverdue("2030-01-01", 1); over {
		t.Error("over without a day that anybody was told")
	}
}

// An application that was noted before materials were numbered stands as it was taken.
func TestAnApplicationWithoutNumbersStandsAsItWasTaken(t *testing.T) {
	old := Taken{Application: "01a0", Number: "N1", Item: "x", State: Correction, Materials: []Material{{1, Missing}}, Absent: []string{"申请书"}, AnswerBy: "2026-12-08"}
	c, err := Fold(nil, event.Event{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: old.Payload()})
	if err != nil || c.Standing() != Correction || c.AnswerUntil() != "2026-12-08" {
		t.Errorf("%v, %v", c, err)
	}
}
