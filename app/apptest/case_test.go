package apptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

// takeWith takes an application on the visit, everything received but the materials that are named.
func (o *office) takeWith(t *testing.T, request string, missing ...int) screen.IntakeResult {
	t.Helper()
	item, ok := o.c.Machine.Guides.Now().Item(o.itemCode())
	if !ok {
		t.Fatal("no item")
	}
	in := screen.Intake{Request: request, Ticket: o.ticket, Item: o.item, Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X", Phone: "10000000000"}
	for _, m := range item.Materials {
		state := "received"
		for _, no := range missing {
			if no == m.No {
				state = "missing"
			}
		}
		in.Materials = append(in.Materials, screen.MaterialRow{No: m.No, State: state})
	}
	r, err := o.c.Counter.TakeIntake(in)
	apptest.Must(t, err)
	return r
}

// secondCounter is another counter of the hall, at a window.
func secondCounter(t *testing.T, w *apptest.World) *terminal.Terminal {
	t.Helper()
	c := w.Terminal(config.Counter, "c2")
	reached(t, c)
	signIn(t, c, "li", "135790", "A02", "A")
	return c
}

func stateAt(t *testing.T, s *store.Store, number string) intake.Status {
	t.Helper()
	c, err := s.Numbered(t.Context(), number)
	apptest.Must(t, err)
	if c == nil {
		return intake.Status{}
	}
	return c.Status()
}

// TestWhatWasMissingIsBroughtToAnotherWindow goes the way of an application that had to be
// corrected: another counter opens it, reads the person, and takes what was missing; hall
// and centre agree, who opened it is noted, a repetition changes nothing.
func TestWhatWasMissingIsBroughtToAnotherWindow(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	r := o.takeWith(t, "i1", 1, 2)
	if r.State != "correction" || r.AnswerBy == "" || len(r.Missing) != 2 {
		t.Fatalf("%+v", r)
	}
	c2 := secondCounter(t, w)
	var page screen.CasePage
	apptest.Eventually(t, "the other counter opens it", func() bool {
		var err error
		page, err = c2.Counter.OpenCase(" "+strings.ToLower(r.Number)+" ", "supply")
		return err == nil
	})
	if page.Applicant != "罗庆(样例)" || page.DocumentNumber != "99010820000907755X" || page.State != "correction" || page.Alone || len(page.Rows) == 0 || page.Rows[0].State != "missing" || page.Rows[0].Name == "" {
		t.Errorf("%+v of %d rows", page.State, len(page.Rows))
	}
	for _, wrong := range []struct {
		number, purpose string
		want            *event.Refusal
	}{{"JN20261124-C9-0001", "ask", event.CaseUnknown}, {"", "ask", event.FieldMissing}, {r.Number, "curiosity", event.FieldMissing}} {
		if _, err := c2.Counter.OpenCase(wrong.number, wrong.purpose); !errors.Is(err, wrong.want) {
			t.Errorf("%q for %q: %v", wrong.number, wrong.purpose, err)
		}
	}
	if _, err := c2.Counter.SupplyCase("s0", r.Number, nil); !errors.Is(err, event.FieldMissing) {
		t.Errorf("nothing was brought: %v", err)
	}
	part, err := c2.Counter.SupplyCase("s1", r.Number, []int{2})
	if err != nil || part.State != "correction" || len(part.Missing) != 1 || part.AnswerBy != r.AnswerBy {
		t.Fatalf("%+v, %v", part, err)
	}
	apptest.Eventually(t, "all of it", func() bool {
		whole, err := c2.Counter.SupplyCase("s2", r.Number, []int{1})
		return err == nil && whole.State == "accepted" && whole.DueDate != "" && len(whole.Missing) == 0
	})
	if again, err := c2.Counter.SupplyCase("s2", r.Number, []int{1}); err != nil || again.State != "accepted" {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	apptest.Eventually(t, "hub and centre know", func() bool {
		return stateAt(t, w.Hub.Store, r.Number).State == intake.Accepted && stateAt(t, w.Centre.Store, r.Number).State == intake.Accepted
	})
	if n := kinds(t, w.Centre.Store)[intake.KindOpened]; n < 1 {
		t.Error("that the application was opened is noted nowhere")
	}
	if n := kinds(t, w.Centre.Store)[intake.KindSupplied]; n != 2 {
		t.Errorf("%d facts of what was brought, not 2", n)
	}
	// The citizen takes it back; nothing can be brought to it then.
	if back, err := c2.Counter.WithdrawCase("w1", r.Number); err != nil || back.State != "withdrawn" {
		t.Fatalf("%+v, %v", back, err)
	}
	apptest.Eventually(t, "taken back", func() bool {
		_, err := o.c.Counter.SupplyCase("s3", r.Number, []int{1})
		return errors.Is(err, event.CaseState)
	})
	// Who was erased is not opened any more, and a window without the hub says so.
	apptest.Must(t, w.Hub.Keys.Erase(t.Context(), []string{string(caseID(t, w, r.Number))}, "wang", "", 1))
	if _, err := c2.Counter.OpenCase(r.Number, "ask"); !errors.Is(err, event.CaseErased) {
		t.Errorf("an erased application: %v", err)
	}
}

// TestACounterThatIsCutOffKnowsWhatItTook lets the hub go: the counter that took an
// application goes on with it and says that it is alone; another one says where it is.
func TestACounterThatIsCutOffKnowsWhatItTook(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	c2 := secondCounter(t, w)
	r := o.takeWith(t, "i1", 1)
	converged(t, w, o.c)
	onPage := func() screen.CaseStatus {
		p, err := o.c.Counter.Page()
		apptest.Must(t, err)
		return p.Current.Applications[0]
	}
	apptest.Eventually(t, "its page says so", func() bool { return onPage().Saved == "centre" })
	w.StopHub()
	page, err := o.c.Counter.OpenCase(r.Number, "supply")
	if err != nil || !page.Alone || page.Applicant != "罗庆(样例)" {
		t.Fatalf("%+v, %v", page.State, err)
	}
	if _, err := c2.Counter.OpenCase(r.Number, "supply"); !errors.Is(err, event.CaseElsewhere) {
		t.Errorf("a counter that never had it: %v", err)
	}
	whole, err := o.c.Counter.SupplyCase("s1", r.Number, []int{1})
	if err != nil || whole.State != "accepted" {
		t.Fatalf("%+v, %v", whole, err)
	}
	if l := onPage(); l.State != "accepted" || l.Saved != "here" {
		t.Errorf("what is on this counter's disk alone: %s, saved %s", l.State, l.Saved)
	}
	w.StartHub()
	apptest.Eventually(t, "the centre knows", func() bool { return stateAt(t, w.Centre.Store, r.Number).State == intake.Accepted })
	apptest.Eventually(t, "its page says so", func() bool { return onPage().Saved == "centre" })
}

// TestTimeEndsWhatNobodyBrought lets the last day go by: the application lapses by itself,
// once, at hub and centre, and is taken by nobody. A clock alone that is put forward ends
// nothing: somebody has to take a ticket of a later day.
func TestTimeEndsWhatNobodyBrought(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	late, open := o.takeWith(t, "i1", 1), o.takeWith(t, "i2")
	converged(t, w, o.c)
	w.Clock.Forward(40 * 24 * time.Hour)
	began := time.Now()
	apptest.Eventually(t, "the hub has looked", func() bool { return time.Since(began) > 3*time.Second })
	if s := stateAt(t, w.Hub.Store, late.Number); s.State != intake.Correction {
		t.Fatalf("a clock alone ended it: %+v", s)
	}
	k := w.Terminal(config.Kiosk, "k2")
	reached(t, k)
	issue(t, k, "A")
	apptest.Eventually(t, "it lapses at hub and centre", func() bool {
		return stateAt(t, w.Hub.Store, late.Number).State == intake.Lapsed && stateAt(t, w.Centre.Store, late.Number).State == intake.Lapsed
	})
	if s := stateAt(t, w.Hub.Store, open.Number); s.State != intake.Accepted {
		t.Errorf("one that lacks nothing: %+v", s)
	}
	if _, err := o.c.Counter.SupplyCase("s1", late.Number, []int{1}); !errors.Is(err, event.CaseState) {
		t.Errorf("brought to one that lapsed: %v", err)
	}
	if n := kinds(t, w.Centre.Store)[intake.KindOverdue]; n != 1 {
		t.Errorf("%d facts of one lapse", n)
	}
	found := 0
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		if h.Ticket(hall.TicketID(o.ticket)) != nil {
			found++
		}
	})
	if found != 1 {
		t.Error("the ticket of the application is gone")
	}
}

func caseID(t *testing.T, w *apptest.World, number string) intake.ApplicationID {
	t.Helper()
	c, err := w.Hub.Store.Numbered(t.Context(), number)
	apptest.Must(t, err)
	return c.Application
}

// kinds counts the events of a store by kind.
func kinds(t *testing.T, s *store.Store) map[event.Kind]int {
	t.Helper()
	out := map[event.Kind]int{}
	for _, e := range notedAt(t, s) {
		out[e.Kind]++
	}
	return out
}

// notedAt reads all that is noted of the hall at a place.
func notedAt(t *testing.T, s *store.Store) (out []event.Event) {
	t.Helper()
	for at := int64(0); ; {
		f, err := s.History(t.Context(), "jiangnan", at, 2000)
		apptest.Must(t, err)
		for _, b := range f.Bodies {
			e, err := event.Decode(b)
			apptest.Must(t, err)
			out = append(out, e)
		}
		if f.Upto <= at {
			return out
		}
		at = f.Upto
	}
}

// TestDocumentsArePrintedAndNoted prints what tells where an application stands, at the
// window that took it and at another one; each print is noted before, and a printer that is off
// is a refusal with its reason.
func TestDocumentsArePrintedAndNoted(t *testing.T) {
	w := apptest.New(t)
	took := make(chan string, 8)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k := w.Terminal(config.Kiosk, "k1")
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	r := o.takeWith(t, "i1", 1)
	for kind, want := range map[string]string{"notice": "-BZ", "receipt": "-JS"} {
		prints(t, c, r.Number, kind, want, took)
	}
	page, err := c.Counter.Page()
	if err != nil || !page.Documents {
		t.Errorf("the page does not tell of the printer: %v", err)
	}
	if _, err := c.Counter.PrintDocument(r.Number, "novel"); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("a kind that there is not: %v", err)
	}
	twin.Close()
	if _, err := c.Counter.PrintDocument(r.Number, "notice"); !errors.Is(err, event.PrinterFailed) {
		t.Errorf("a printer that is gone: %v", err)
	}
	c2 := secondCounter(t, w)
	if _, err := c2.Counter.PrintDocument(r.Number, "notice"); !errors.Is(err, event.PrinterFailed) {
		t.Errorf("a counter without a printer: %v", err)
	}
	apptest.Eventually(t, "each print is noted at the centre", func() bool { return kinds(t, w.Centre.Store)[intake.KindDocument] == 3 })
}

// TestAKioskReadsADocument holds the code of a document under a kiosk's scanner: it says
// where the application stands and what to bring, and nothing of the person.
func TestAKioskReadsADocument(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	r := o.takeWith(t, "i1", 1)
	k := w.Terminal(config.Kiosk, "k2")
	reached(t, k)
	apptest.Eventually(t, "the kiosk finds it", func() bool {
		p, err := k.Kiosk.Progress(intake.CodePrefix + r.Number)
		return err == nil && p.Found && len(p.Applications) == 1 && p.Applications[0].State == "correction" && len(p.Applications[0].Absent) == 1 &&
			p.Applications[0].AnswerBy == r.AnswerBy && p.Ticket.Number == "" && !strings.Contains(fmt.Sprint(p), "罗庆")
	})
	if p, err := k.Kiosk.Progress(intake.CodePrefix + "JN20261124-C9-0001"); err != nil || p.Found {
		t.Errorf("a number that there is not: %+v, %v", p, err)
	}
	w.StopHub()
	apptest.Eventually(t, "without the hub nobody knows", func() bool {
		_, err := k.Kiosk.Progress(intake.CodePrefix + r.Number)
		return errors.Is(err, event.HubUnreachable)
	})
}

// TestNumbersOutliveADisk replaces a counter's disk on a day on which it has taken something: what it
// takes afterwards has other numbers. Where two places have given one number all the same, nobody
// is shown either as if it were the only one: each has a name of its own, and is found by it.
func TestNumbersOutliveADisk(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	first, asked := o.takeWith(t, "i1"), takeRequest(t, c, asking("d1", planAsked))
	_, err := c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "accepted"}})
	apptest.Must(t, err)
	converged(t, w, c)
	apptest.Must(t, c.Close())
	apptest.Must(t, os.RemoveAll(filepath.Join(w.Dir, "c1")))
	o.c = w.Terminal(config.Counter, "c1")
	reached(t, o.c)
	signIn(t, o.c, "wang", "246810", "A01", "A")
	o.ticket = issue(t, k, "A", o.item).Ticket
	apptest.Eventually(t, "the next one is called", func() bool { _, err := o.c.Counter.Next("n2"); return err == nil })
	_, err = o.c.Counter.Start()
	apptest.Must(t, err)
	second, later := o.takeWith(t, "j1", 1), takeRequest(t, o.c, asking("d2", "桥南路2015年度施工许可"))
	if !regexp.MustCompile(`-C1-[A-Z]{2}0001$`).MatchString(second.Number) || !regexp.MustCompile(`-C1-G[A-Z]{2}0001$`).MatchString(later.Number) || first.Number == second.Number || asked.Number == later.Number {
		t.Errorf("%s and %s, %s and %s", first.Number, second.Number, asked.Number, later.Number)
	}
	apptest.Must(t, w.Hub.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(intake.KindTaken, intake.Taken{Application: "another-beef", Number: first.Number, Hall: "jiangnan", Item: "x", State: intake.Accepted, Materials: []intake.Material{}, AtMS: w.Clock.Now()})
		return err
	}))
	var no *event.Refusal
	if _, err := o.c.Counter.OpenCase(first.Number, "ask"); !errors.As(err, &no) || no.Code != event.CaseTwice.Code || !strings.Contains(no.Args["both"], first.Number+".BEEF") {
		t.Fatalf("one of two was shown: %v", err)
	}
	names := strings.Split(no.Args["both"], ", ")
	name := names[0]
	if name == first.Number+".BEEF" {
		name = names[1]
	}
	page, err := o.c.Counter.OpenCase(strings.ToLower(name), "ask")
	if err != nil || page.Number != name || page.Applicant == "" {
		t.Fatalf("by its own name: %s, %v", page.Number, err)
	}
	if r, err := o.c.Counter.WithdrawCase("w1", page.Number); err != nil || r.State != "withdrawn" {
		t.Errorf("%+v, %v", r, err)
	}
	apptest.Eventually(t, "that one is withdrawn, and not the other", func() bool {
		list, err := w.Centre.Store.CasesNumbered(t.Context(), first.Number)
		return err == nil && len(list) == 2 && (list[0].State == intake.Withdrawn) != (list[1].State == intake.Withdrawn) && list[slices.IndexFunc(list, func(c store.Case) bool { return c.Application == "another-beef" })].State == intake.Accepted
	})
	if _, page := atThePage(t, w, "chen", "x").get("/cases/" + first.Number); !strings.Contains(page, name) || !strings.Contains(page, ".BEEF") {
		t.Errorf("an officer is not asked which:\n%s", page)
	}
}

// prints prints a document of an application and waits until it has come to the printer, numbered so.
func prints(t *testing.T, c *terminal.Terminal, application, kind, end string, took <-chan string) {
	t.Helper()
	if number, err := c.Counter.PrintDocument(application, kind); err != nil || number != application+end {
		t.Errorf("%s: %q, %v", kind, number, err)
		return
	}
	if raw, err := os.ReadFile(<-took); err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Errorf("%s: no document arrived: %v", kind, err)
	}
}
