package apptest_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/slip"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

var asked atomic.Int64

func ask(letter string, items ...string) screen.TicketRequest {
	return screen.TicketRequest{Request: fmt.Sprintf("r%d", asked.Add(1)), Letter: letter, Items: items, Language: "zh"}
}

func issue(t *testing.T, k *terminal.Terminal, letter string, items ...string) screen.TicketPage {
	t.Helper()
	p, err := k.Kiosk.Issue(ask(letter, items...))
	apptest.Must(t, err)
	return p
}

func signIn(t *testing.T, c *terminal.Terminal, name, pin, window string, letters ...string) {
	t.Helper()
	apptest.Eventually(t, "the clerk is known at the counter", func() bool {
		return knows(c, name)
	})
	_, err := c.Counter.SignIn(name, pin)
	apptest.Must(t, err)
	_, err = c.Counter.OpenWindow(window, letters)
	apptest.Must(t, err)
}

func knows(c *terminal.Terminal, clerk string) (known bool) {
	c.Store.View("jiangnan", func(h *hall.Hall) { _, known = h.Clerk(hall.ClerkID(clerk)) })
	return known
}

func reached(t *testing.T, list ...*terminal.Terminal) {
	t.Helper()
	for _, k := range list {
		apptest.Eventually(t, k.Settings.Device+" reaches hub and centre", func() bool {
			l := k.Machine.Hub.Line()
			return l.Reached && l.CentreReached
		})
	}
}

// converged waits until every store has the same hash and owes nothing.
func converged(t *testing.T, w *apptest.World, list ...*terminal.Terminal) {
	t.Helper()
	defer func() {
		if t.Failed() {
			for _, k := range list {
				t.Logf("%s: hash %s, the centre's %s, the hub's %s, owes %+v", k.Store.Origin(), apptest.Hash(k.Store), apptest.Hash(w.Centre.Store), apptest.Hash(w.Hub.Store), k.Store.Owing())
			}
			t.Logf("hub owes %+v", w.Hub.Store.Owing())
		}
	}()
	stores := []*store.Store{w.Hub.Store, w.Centre.Store}
	for _, k := range list {
		stores = append(stores, k.Store)
	}
	apptest.Eventually(t, "all hashes are equal and nothing is owed", func() bool {
		for _, s := range stores {
			if apptest.Hash(s) != apptest.Hash(w.Centre.Store) || s != w.Centre.Store && len(s.Owing()) > 0 {
				return false
			}
		}
		return true
	})
}

func TestAVisitFromTheTapToTheCentre(t *testing.T) {
	w := apptest.New(t)
	k, c, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1")
	reached(t, k, c, b)
	signIn(t, c, "wang", "246810", "A01", "A")
	item := k.Machine.Guides.Now().ItemsIn("A")[0]
	p := issue(t, k, "A", string(item.Code))
	if p.Ahead != 0 || p.State != "waiting" || p.QR == "" {
		t.Fatalf("ticket page %+v", p)
	}
	var page screen.CounterPage
	apptest.Eventually(t, "the ticket can be called", func() bool {
		var err error
		page, err = c.Counter.Next("call-1")
		return err == nil
	})
	if page.Current == nil || page.Current.Number != p.Number || page.Current.State != "called" {
		t.Fatalf("called %+v, want %s", page.Current, p.Number)
	}
	apptest.Eventually(t, "the board shows the call", func() bool {
		calls := b.Board.Page().Calls
		return len(calls) == 1 && calls[0].Number == p.Number && calls[0].Window == "A01"
	})
	_, err := c.Counter.Recall()
	if !errors.Is(err, event.TooSoon) {
		t.Fatalf("recall at once: %v", err)
	}
	w.Clock.Forward(31 * time.Second)
	_, err = c.Counter.Recall()
	apptest.Must(t, err)
	_, err = c.Counter.Start()
	apptest.Must(t, err)
	if _, err = c.Counter.Finish(nil); !errors.Is(err, event.OutcomeMissing) {
		t.Fatalf("finish without outcome: %v", err)
	}
	page, err = c.Counter.Finish([]screen.Outcome{{Item: string(item.Code), Outcome: "accepted"}})
	apptest.Must(t, err)
	if page.Current != nil || page.ServedToday != 1 || page.Recent[0].Number != p.Number {
		t.Fatalf("after the finish %+v", page)
	}
	converged(t, w, k, c, b)
	apptest.Eventually(t, "both ends know that it is at the centre", func() bool {
		page, err := c.Counter.Page()
		apptest.Must(t, err)
		pr, err := k.Kiosk.Progress(p.Number)
		apptest.Must(t, err)
		return page.Recent[0].Saved == "centre" && pr.Ticket.Saved == "centre" && pr.Ticket.State == "done"
	})
}

func TestTheSameRequestGivesTheSameTicket(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	r := ask("B")
	one, err := k.Kiosk.Issue(r)
	apptest.Must(t, err)
	two, err := k.Kiosk.Issue(r)
	apptest.Must(t, err)
	if one.Ticket != two.Ticket || one.Number != two.Number {
		t.Fatalf("%s and %s", one.Number, two.Number)
	}
}

func TestTheHallGoesOnWithoutItsHubAndAllAgreeAfterwards(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k1 := w.Terminal(config.Kiosk, "k1")
	k2 := w.Terminal(config.Kiosk, "k2", func(s *config.Settings) { s.Series = 2 })
	c1, c2 := w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k1, k2, c1, c2)
	signIn(t, c1, "wang", "246810", "B01", "B")
	signIn(t, c2, "li", "135790", "B02", "B")
	apptest.Eventually(t, "the kiosks have number blocks", func() bool {
		n := 0
		for _, k := range []*terminal.Terminal{k1, k2} {
			epoch := k.Store.Epoch()
			k.Store.View("jiangnan", func(h *hall.Hall) { n += h.NumbersLeft(k.Store.Origin(), epoch, hall.DateOf(apptest.Start), "B") })
		}
		return n == 2*hall.BlockSize
	})
	apptest.Eventually(t, "the counters know the kiosks' keys", func() bool {
		known := true
		for _, c := range []*terminal.Terminal{c1, c2} {
			c.Store.View("jiangnan", func(h *hall.Hall) { known = known && len(h.Devices()) >= 5 })
		}
		return known
	})
	w.StopHub()
	for _, c := range []*terminal.Terminal{c1, c2, k1, k2} {
		apptest.Eventually(t, "the terminal knows that it is alone", func() bool { return !c.Machine.Hub.Line().Reached })
	}
	if _, err := c1.Counter.Next("cut"); !errors.Is(err, event.HubUnreachable) {
		t.Fatalf("calling without a hub: %v", err)
	}
	numbers := map[string]bool{}
	own := 0
	var codes []string
	for i := range 30 {
		k := []*terminal.Terminal{k1, k2}[i%2]
		p := issue(t, k, "B")
		if numbers[p.Number] {
			t.Fatalf("number %s twice", p.Number)
		}
		numbers[p.Number] = true
		if p.OwnSeries {
			own++
		}
		if p.Saved != "here" {
			t.Fatalf("%s says %q with the hub away", p.Number, p.Saved)
		}
		codes = append(codes, codeOf(t, k, p))
	}
	if own != 10 {
		t.Fatalf("%d tickets of the own series, want 10: two blocks of ten, then the own series", own)
	}
	for i, c := range []*terminal.Terminal{c1, c2} {
		page, err := c.Counter.StartByScan(codes[i])
		apptest.Must(t, err)
		if page.Current == nil || page.Current.State != "serving" {
			t.Fatalf("scan without a hub: %+v", page.Current)
		}
		_, err = c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
		apptest.Must(t, err)
		if _, err := c.Counter.StartByScan(codes[i]); !errors.Is(err, event.CodeUsed) {
			t.Fatalf("the same slip again: %v", err)
		}
	}
	// The same slip at the other counter, which cannot know: both visits are kept and flagged.
	_, err := c2.Counter.StartByScan(codes[0])
	apptest.Must(t, err)
	_, err = c2.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
	apptest.Must(t, err)

	w.StartHub()
	reached(t, k1, k2, c1, c2)
	converged(t, w, k1, k2, c1, c2)
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		if n := len(h.Tickets(hall.DateOf(apptest.Start))); n != 30 {
			t.Errorf("%d tickets at the centre, want 30", n)
		}
		if d := h.Doubled(); len(d) > 0 {
			t.Errorf("numbers twice: %v", d)
		}
		conflicts := h.Conflicts(hall.DateOf(apptest.Start))
		if len(conflicts) != 1 {
			t.Fatalf("%d conflicts, want the one double service", len(conflicts))
		}
		if kind, windows := conflicts[0].Conflict(); kind != "double_service" || len(windows) != 2 {
			t.Errorf("conflict %s at %v", kind, windows)
		}
	})
	// The queue goes on where it was: neither of the two served is called again.
	for i := range 28 {
		page, err := c1.Counter.Next(fmt.Sprintf("after-%d", i))
		apptest.Must(t, err)
		if page.Current.Number == codes[0] {
			t.Fatal("called a person who has been served")
		}
		_, err = c1.Counter.Start()
		apptest.Must(t, err)
		_, err = c1.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
		apptest.Must(t, err)
	}
	if _, err := c1.Counter.Next("one-more"); !errors.Is(err, event.NobodyWaits) {
		t.Fatalf("somebody is left: %v", err)
	}
	converged(t, w, k1, k2, c1, c2)
}

// codeOf gives the text that the ticket's paper carries.
func codeOf(t *testing.T, k *terminal.Terminal, p screen.TicketPage) string {
	t.Helper()
	var source string
	k.Store.View("jiangnan", func(h *hall.Hall) { source = h.Ticket(hall.TicketID(p.Ticket)).Source })
	id, err := event.ParseID(source)
	apptest.Must(t, err)
	e, err := k.Store.Event(t.Context(), id)
	apptest.Must(t, err)
	code, err := slip.Sign(e, k.Store.Key())
	apptest.Must(t, err)
	return code
}

func TestACounterThatFellOverFindsItsVisit(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "B01", "B")
	p := issue(t, k, "B")
	apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next("n1"); return err == nil })
	apptest.Must(t, c.Close())
	c = w.Terminal(config.Counter, "c1")
	page, err := c.Counter.SignIn("wang", "246810")
	apptest.Must(t, err)
	if page.Window != "B01" || page.Current == nil || page.Current.Number != p.Number {
		t.Fatalf("after the restart: window %q, current %+v", page.Window, page.Current)
	}
}

func TestWrongPINsLockForAWhile(t *testing.T) {
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	apptest.Eventually(t, "clerk known", func() bool { return knows(c, "wang") })
	for range 5 {
		if _, err := c.Counter.SignIn("wang", "000000"); !errors.Is(err, event.PINWrong) {
			t.Fatalf("wrong PIN: %v", err)
		}
	}
	if _, err := c.Counter.SignIn("wang", "246810"); !errors.Is(err, event.PINLocked) {
		t.Fatalf("after five wrong ones: %v", err)
	}
	w.Clock.Forward(61 * time.Second)
	if _, err := c.Counter.SignIn("wang", "246810"); err != nil {
		t.Fatalf("after the pause: %v", err)
	}
}

func TestCodesThatAreNotForHereGetASentence(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "B01", "B")
	p := issue(t, k, "B")
	code := codeOf(t, k, p)
	apptest.Eventually(t, "key known", func() bool {
		_, err := c.Counter.StartByScan(code)
		return !errors.Is(err, event.CodeKeyUnknown)
	})
	flipped := []byte(code)
	if flipped[60]++; flipped[60] == ':' || flipped[60] > 'Z' {
		flipped[60] = '0'
	}
	for _, row := range []struct {
		name, code string
		want       *event.Refusal
	}{
		{"foreign", "https://example.invalid/menu", event.CodeForeign},
		{"torn", code[:len(code)/2], event.CodeTorn},
		{"forged", string(flipped), event.CodeForged},
		{"waiting while the hub is there", code, event.TicketState},
	} {
		if _, err := c.Counter.StartByScan(row.code); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	w.Clock.Forward(24 * time.Hour)
	if _, err := c.Counter.StartByScan(code); !errors.Is(err, event.CodeStale) {
		t.Errorf("yesterday's slip: %v", err)
	}
}

func TestAnApplicationReachesTheCentreWithItsTicket(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	item := k.Machine.Guides.Now().ItemsIn("A")[0]
	p := issue(t, k, "A", string(item.Code))
	in := screen.Intake{Request: "i1", Ticket: p.Ticket, Item: string(item.Code), Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X"}
	for _, m := range item.Materials {
		in.Materials = append(in.Materials, screen.MaterialRow{No: m.No, State: "received"})
	}
	if _, err := c.Counter.TakeIntake(in); !errors.Is(err, event.NoTicket) {
		t.Fatalf("intake without a visit: %v", err)
	}
	apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next("n1"); return err == nil })
	_, err := c.Counter.Start()
	apptest.Must(t, err)
	wrong := in
	wrong.DocumentNumber = "990108200009077550"
	if _, err := c.Counter.TakeIntake(wrong); !errors.Is(err, event.IdentityWrong) {
		t.Fatalf("wrong check digit: %v", err)
	}
	one, err := c.Counter.TakeIntake(in)
	apptest.Must(t, err)
	two, err := c.Counter.TakeIntake(in)
	apptest.Must(t, err)
	if one.Number != two.Number || one.State != "accepted" || one.DueDate == "" {
		t.Fatalf("applications %+v and %+v", one, two)
	}
	converged(t, w, k, c)
	list, err := w.Centre.Store.Cases(t.Context(), hall.TicketID(p.Ticket))
	apptest.Must(t, err)
	if len(list) != 1 || list[0].Number != one.Number || list[0].State != "accepted" {
		t.Fatalf("at the centre %+v", list)
	}
	apptest.Eventually(t, "the kiosk shows it as saved at the centre, once its key is there too", func() bool {
		progress, err := k.Kiosk.Progress(p.Number)
		return err == nil && len(progress.Applications) == 1 && progress.Applications[0].Number == one.Number && progress.Applications[0].Saved == "centre"
	})
	// Nothing personal goes round the hall: the kiosk has the ticket and not the application.
	kept, err := k.Store.Cases(t.Context(), hall.TicketID(p.Ticket))
	apptest.Must(t, err)
	if len(kept) != 0 {
		t.Fatalf("the kiosk holds %+v", kept)
	}
}

// A counter whose clock is seven minutes fast keeps the pauses of the hall.
func TestAFastClockDoesNotCutAPersonsTimeShort(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	c := w.FastTerminal(config.Counter, "c1", 7*time.Minute)
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "B01", "B")
	page, err := c.Counter.Page()
	apptest.Must(t, err)
	if !page.Standing.ClockOff {
		t.Error("the page does not say that the clock is off")
	}
	issue(t, k, "B")
	apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next("n1"); return err == nil })
	if _, err := c.Counter.NoShow(); !errors.Is(err, event.TooSoon) {
		t.Fatalf("a no-show at once: %v", err)
	}
	if _, err := c.Counter.Recall(); !errors.Is(err, event.TooSoon) {
		t.Fatalf("a recall at once: %v", err)
	}
	w.Clock.Forward(31 * time.Second)
	if _, err := c.Counter.Recall(); err != nil {
		t.Fatalf("a recall after 31 seconds: %v", err)
	}
}
