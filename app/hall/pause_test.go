package hall_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// TestOfAPausedQueueNobodyIsCalled pauses a queue, calls one of it for a reason all the same, and
// resumes it early; a second queue of the window goes on.
func TestOfAPausedQueueNobodyIsCalled(t *testing.T) {
	b := newBooking(t)
	b.note(&desk{origin: "jiangnan/c1"}, hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: "B01", Clerk: "wang", Services: []hall.Letter{"B", "C"}, AtMS: start}, start)
	b.note(&b.kiosk, hall.KindIssued, issued(1, hall.WalkIn, start), start)
	b.note(&b.kiosk, hall.KindIssued, issued(2, hall.WalkIn, start+1), start+1)
	other := issued(3, hall.WalkIn, start+2)
	other.Service, other.Number = "C", "C001"
	b.note(&b.kiosk, hall.KindIssued, other, start+2)
	now := start + 60_000
	call := func(ms int64, c hall.Call) (hall.Grant, *event.Refusal) {
		c.Request, c.Window = fmt.Sprint("r", ms), "B01"
		return b.h.Call(c, ms)
	}
	for name, c := range map[string]struct {
		reason  string
		minutes int
		no      *event.Refusal
	}{"without a reason": {"", 30, event.ReasonMissing}, "for no time": {"system", 0, event.RequestUnusable}, "for five hours": {"system", 300, event.RequestUnusable}} {
		if _, no := b.h.PauseQueue("B", c.reason, c.minutes, "B01", "wang", now); !sameNo(no, c.no) {
			t.Errorf("%s: %v", name, no)
		}
	}
	before := b.h.Forecast(hall.Waiter{Service: "B", Key: now}, now, hall.Day{Windows: map[hall.Letter]int{"B": 2}})
	if !before.Known {
		t.Fatal("nothing is forecast")
	}
	f, no := b.h.PauseQueue("B", "system", 30, "B01", "wang", now)
	if no != nil {
		t.Fatal(no)
	}
	b.note(&b.hub, hall.KindPaused, f, now)
	if p, paused := b.h.PausedNow("B", now); !paused || p.UntilMS != now+30*60_000 || p.Reason != "system" {
		t.Fatalf("paused: %+v", p)
	}
	both := hall.Call{Services: []hall.Letter{"B", "C"}}
	if g, no := call(now, both); no != nil || g.Ticket != other.Ticket {
		t.Errorf("called: %+v %v", g.Called, no)
	}
	if _, no := call(now, hall.Call{Services: []hall.Letter{"B"}}); !sameNo(no, event.NobodyWaits) {
		t.Errorf("called of the paused queue: %v", no)
	}
	if g, no := call(now, hall.Call{Services: []hall.Letter{"B"}, Ticket: "t0002", Reason: "only to sign"}); no != nil || g.Ticket != "t0002" {
		t.Errorf("for a reason: %v", no)
	}
	if after := b.h.Forecast(hall.Waiter{Service: "B", Key: now}, now, hall.Day{Windows: map[hall.Letter]int{"B": 2}}); after.Low < before.Low+29 {
		t.Errorf("the forecast is %+v, before the pause it was %+v", after, before)
	}
	if g, no := call(now+30*60_000, hall.Call{Services: []hall.Letter{"B"}}); no != nil || g.Ticket != "t0001" {
		t.Errorf("when its time is over: %v", no)
	}
	end, paused := b.h.ResumeQueue("B", "li", now+1)
	if !paused {
		t.Fatal("it was not paused")
	}
	b.note(&b.hub, hall.KindUnpaused, end, now+1)
	if g, no := call(now+2, hall.Call{Services: []hall.Letter{"B"}}); no != nil || g.Ticket != "t0001" {
		t.Errorf("when it was resumed: %v", no)
	}
	if _, paused := b.h.ResumeQueue("B", "li", now+3); paused {
		t.Error("it is resumed twice")
	}
}

// TestPausesDoNotDependOnTheOrder folds pauses and their ends in many orders.
func TestPausesDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		desks := []*desk{{origin: "jiangnan/c1"}, {origin: "jiangnan/c2"}}
		var all []event.Event
		var named []string
		for n := range 8 {
			d := desks[rapid.IntRange(0, 1).Draw(rt, "desk")]
			at := start + int64(n)*60_000
			if len(named) > 0 && rapid.Bool().Draw(rt, "ends") {
				all = append(all, d.note(hall.KindUnpaused, hall.QueueResumed{Hall: "jiangnan", Service: "B", Paused: named[:rapid.IntRange(1, len(named)).Draw(rt, "which")], AtMS: at}, at))
				continue
			}
			e := d.note(hall.KindPaused, hall.QueuePaused{Hall: "jiangnan", Service: "B", UntilMS: at + rapid.Int64Range(1, 60).Draw(rt, "minutes")*60_000, Reason: fmt.Sprint("r", n), AtMS: at}, at)
			all, named = append(all, e), append(named, e.ID.String())
		}
		look := func(h *hall.Hall) (out string) {
			for n := range int64(70) {
				p, paused := h.PausedNow("B", start+n*60_000)
				out += fmt.Sprint(paused, p.Reason, p.UntilMS, " ")
			}
			return out
		}
		want := look(fold(rt, all))
		inAnyOrder(rt, all, func(h *hall.Hall) {
			if got := look(h); got != want {
				rt.Fatalf("got  %s\nwant %s", got, want)
			}
		})
	})
}
