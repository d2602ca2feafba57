package apptest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// desk drives a counter through its pages' calls.
type desk struct {
	t *testing.T
	*terminal.Terminal
	calls int
}

func (d *desk) must(page screen.CounterPage, err error) screen.CounterPage {
	d.t.Helper()
	apptest.Must(d.t, err)
	return page
}

// next calls until somebody can be called, and starts.
func (d *desk) next() screen.CounterPage {
	d.t.Helper()
	d.calls++
	apptest.Eventually(d.t, "somebody can be called at "+d.Settings.Device, func() bool {
		_, err := d.Counter.Next(fmt.Sprint(d.Settings.Device, d.calls))
		return err == nil
	})
	return d.must(d.Counter.Start())
}

func (d *desk) finish() {
	d.t.Helper()
	p := d.must(d.Counter.Page())
	ended := []screen.Outcome{{Outcome: "advice"}}
	for i, item := range p.Current.Items {
		if i == 0 {
			ended = nil
		}
		ended = append(ended, screen.Outcome{Item: item.Code, Outcome: "accepted"})
	}
	if p = d.must(d.Counter.Finish(ended)); p.Current != nil {
		d.t.Fatalf("after the finish %s is at the window", p.Current.Number)
	}
}

// TestOtherWaysOfAVisit goes the ways of a visit that are not the usual one through real
// terminals and their hub, and holds all places against each other at the end.
func TestOtherWaysOfAVisit(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	a, b := &desk{t: t, Terminal: w.Terminal(config.Counter, "c1")}, &desk{t: t, Terminal: w.Terminal(config.Counter, "c2")}
	reached(t, k, a.Terminal, b.Terminal)
	signIn(t, a.Terminal, "wang", "246810", "A01", "A")
	signIn(t, b.Terminal, "li", "135790", "B01", "B")
	items := k.Machine.Guides.Now().ItemsIn("A")
	numbers := map[string]screen.TicketPage{}
	for _, n := range []string{"parks", "passes", "later", "twice", "gives up", "late"} {
		w.Clock.Forward(time.Second)
		numbers[n] = issue(t, k, "A", string(items[0].Code))
	}

	// Parked: the window is free, and the visit goes on although the hub is away.
	if p := a.next(); p.Current.Number != numbers["parks"].Number {
		t.Fatalf("%s is first", p.Current.Number)
	}
	if _, err := a.Counter.Park("", 10); !errors.Is(err, event.ReasonMissing) {
		t.Errorf("park without a reason: %v", err)
	}
	p := a.must(a.Counter.Park("copies", 10))
	if p.Current != nil || len(p.Parked) != 1 || !p.Parked[0].Mine || p.Parked[0].Reason != "copies" {
		t.Fatalf("parked: %+v", p.Parked)
	}

	// Passed on: the next one waits at B with the old place, and B sends them back.
	if p := a.next(); p.Current.Number != numbers["passes"].Number {
		t.Fatalf("%s is next", p.Current.Number)
	}
	if _, err := a.Counter.Pass(screen.PassWish{Window: "Z99", Reason: "knows"}); !errors.Is(err, event.WindowUnknown) {
		t.Errorf("pass to a window that is none: %v", err)
	}
	a.must(a.Counter.Pass(screen.PassWish{Letter: "B", Back: true, Reason: "first"}))
	if p := b.next(); p.Current.Number != numbers["passes"].Number || p.Current.Back != "A01" || p.Current.Letter != "B" || p.Current.Reason != "first" || p.Current.Passes != 1 {
		t.Fatalf("at B: %+v", p.Current)
	}
	b.must(b.Counter.Pass(screen.PassWish{Window: "A01", Reason: "back"}))

	w.StopHub()
	apptest.Eventually(t, "A01 notices that the hub is away", func() bool { return !a.Machine.Hub.Line().Reached })
	p = a.must(a.Counter.Resume(numbers["parks"].Ticket))
	if p.Current == nil || p.Current.State != "serving" || len(p.Parked) != 0 {
		t.Fatalf("resumed: %+v", p.Current)
	}
	if p = a.must(a.Counter.AddItems([]string{string(items[1].Code)})); len(p.Current.Items) != 2 {
		t.Errorf("the visit has %d items after one was added", len(p.Current.Items))
	}
	a.finish()
	w.StartHub()
	reached(t, a.Terminal, b.Terminal, k)

	// By number: a reason, a cancelled slip, a missed call.
	if _, err := a.Counter.CallNumber("n1", numbers["later"].Number, " "); !errors.Is(err, event.ReasonMissing) {
		t.Errorf("call by number without a reason: %v", err)
	}
	if _, err := a.Counter.CallNumber("n1", "A999", "unwell"); !errors.Is(err, event.TicketUnknown) {
		t.Errorf("call of an unknown number: %v", err)
	}
	apptest.Eventually(t, "the later one is called out of order", func() bool {
		p, err := a.Counter.CallNumber("n1", numbers["later"].Number, "unwell")
		return err == nil && p.Current.Number == numbers["later"].Number && p.Current.Reason == "unwell"
	})
	a.must(a.Counter.Start())
	if p = a.must(a.Counter.Merge(numbers["twice"].Number)); p.Current.Number != numbers["later"].Number {
		t.Errorf("merged into %s", p.Current.Number)
	}
	a.finish()
	gone, err := k.Kiosk.Cancel(codeOf(t, k, numbers["gives up"]))
	apptest.Must(t, err)
	if gone.State != string(hall.Cancelled) {
		t.Errorf("given up, it is %s", gone.State)
	}
	if _, err := k.Kiosk.Cancel(numbers["late"].Number); err == nil {
		t.Error("a number alone ends a ticket")
	}
	if p := a.next(); p.Current.Number != numbers["passes"].Number || p.Current.Passes != 2 {
		t.Fatalf("sent back, %s is next: %+v", numbers["passes"].Number, p.Current)
	}
	a.finish()
	missed(t, w, a, k, numbers["late"])
	woken(t, w, a, k)
	converged(t, w, k, a.Terminal, b.Terminal)
	states := map[hall.State]int{}
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		for _, x := range h.Tickets("") {
			states[x.State]++
			if kind, _ := x.Conflict(); kind != "" {
				t.Errorf("%s: %s", x.Number, kind)
			}
		}
	})
	if states[hall.Done] != 5 || states[hall.Cancelled] != 1 || states[hall.Merged] != 1 {
		t.Errorf("at the centre: %v", states)
	}
}

// missed lets somebody miss the call, come back at the kiosk and be served.
func missed(t *testing.T, w *apptest.World, a *desk, k *terminal.Terminal, late screen.TicketPage) {
	t.Helper()
	apptest.Eventually(t, "the last one is called", func() bool {
		p, err := a.Counter.Next("late")
		return err == nil && p.Current.Number == late.Number
	})
	w.Clock.Forward(3 * time.Minute)
	a.must(a.Counter.NoShow())
	apptest.Eventually(t, "the kiosk knows of the no-show", func() bool {
		p, err := k.Kiosk.Progress(late.Number)
		return err == nil && p.Ticket.State == string(hall.NoShow)
	})
	p, err := k.Kiosk.ComeBack(late.Ticket)
	apptest.Must(t, err)
	if p.State != string(hall.Waiting) {
		t.Errorf("back again it is %s", p.State)
	}
	a.next()
	a.finish()
	if _, err := k.Kiosk.ComeBack(late.Ticket); !errors.Is(err, event.TicketState) {
		t.Errorf("come back after the visit: %v", err)
	}
}

// woken lets the hub's timer bring somebody back who was parked and did not come.
func woken(t *testing.T, w *apptest.World, a *desk, k *terminal.Terminal) {
	t.Helper()
	parked := issue(t, k, "A")
	a.next()
	a.must(a.Counter.Park("phone", 5))
	w.Clock.Forward(6 * time.Minute)
	if p := a.next(); p.Current.Number != parked.Number {
		t.Fatalf("after the time of %s is over %s is called", parked.Number, p.Current.Number)
	}
	a.finish()
}
