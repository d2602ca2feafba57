package apptest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/badge"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/store"
)

// supervisor makes a clerk known who sees to the whole hall: "zhao" with the PIN 112233.
func supervisor(t *testing.T, w *apptest.World) {
	t.Helper()
	verifier, err := badge.Seal("112233")
	apptest.Must(t, err)
	apptest.Must(t, w.Hub.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: "zhao", Name: "赵", Verifier: verifier, Supervisor: true})
		return err
	}))
}

// TestASupervisorSeesTheHall lets one clerk serve and a supervisor look, without a window: queues,
// windows, figures and what one more window would save; nobody else is shown that.
func TestASupervisorSeesTheHall(t *testing.T) {
	w := apptest.New(t)
	supervisor(t, w)
	k, a, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k, a, b)
	signIn(t, a, "wang", "246810", "B01", "B")
	apptest.Eventually(t, "the counter knows the supervisor", func() bool { return knows(b, "zhao") })
	if _, err := b.Counter.HallNow(); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("before the sign-in: %v", err)
	}
	_, err := a.Counter.StepAway("meal", 30)
	apptest.Must(t, err)
	page, err := b.Counter.SignIn("zhao", "112233")
	apptest.Must(t, err)
	apptest.Eventually(t, "the supervisor sees who eats", func() bool {
		now, err := b.Counter.HallNow()
		return err == nil && slices.ContainsFunc(now.Windows, func(w screen.HallWindow) bool {
			return w.ID == "B01" && w.State == "away" && w.Away != nil && w.Away.Why == "meal" && w.Clerk == "王"
		})
	})
	_, err = a.Counter.Reopen()
	apptest.Must(t, err)
	if !page.Supervisor || !page.MayWithdraw {
		t.Errorf("the page knows no supervisor: %t, %t", page.Supervisor, page.MayWithdraw)
	}
	if _, err := a.Counter.HallNow(); !errors.Is(err, event.SupervisorOnly) {
		t.Errorf("a clerk looks at the hall: %v", err)
	}
	var first, last screen.TicketPage
	for i := range 9 {
		if last = issue(t, k, "B"); i == 0 {
			first = last
		}
	}
	w.Clock.Forward(4 * time.Minute)
	converged(t, w, k, a, b)
	if number := callNext(t, a); number != first.Number {
		t.Fatalf("%s was called", number)
	}
	_, err = a.Counter.Start()
	apptest.Must(t, err)
	converged(t, w, k, a, b)

	now, err := b.Counter.HallNow()
	apptest.Must(t, err)
	var queue screen.HallQueue
	for _, q := range now.Queues {
		if q.Area.Letter == "B" {
			queue = q
		}
	}
	if queue.Area.Waiting != 8 || queue.LongestMinutes != 4 || queue.Area.OpenWindows != 1 || !queue.Area.Wait.Known {
		t.Errorf("the queue: %+v", queue)
	}
	states := map[string]screen.HallWindow{}
	for _, x := range now.Windows {
		states[x.ID] = x
	}
	if at := states["B01"]; at.State != "serving" || at.Clerk != "王" || at.Number != first.Number || at.SinceMS == 0 {
		t.Errorf("at B01: %+v", at)
	}
	if at := states["B02"]; at.State != "closed" || at.Letter != "B" || at.Clerk != "" {
		t.Errorf("at B02: %+v", at)
	}
	told := b.Machine.Silent
	b.Machine.Silent = func() map[event.Origin]int { return map[event.Origin]int{"jiangnan/c1": 7} }
	now, err = b.Counter.HallNow()
	apptest.Must(t, err)
	if at := now.Windows[slices.IndexFunc(now.Windows, func(x screen.HallWindow) bool { return x.ID == "B01" })]; at.State != "lost" || at.Number != first.Number || w.Clock.Now()-at.SinceMS < 7*60_000 {
		t.Errorf("not heard of for seven minutes: %+v", at)
	}
	b.Machine.Silent = told
	apptest.Eventually(t, "it is said what one more window would save", func() bool {
		now, err := b.Counter.HallNow()
		return err == nil && len(now.Advice) == 1 && now.Advice[0].Window == "B02" && now.Advice[0].Saves >= 30 && now.Advice[0].Saves%10 == 0
	})
	w.Clock.Forward(20 * time.Second) // the figures are counted again
	if now, err = b.Counter.HallNow(); err != nil || now.Whole.Issued != 9 || now.Whole.Wait.N != 1 || now.Whole.Wait.P50MS < 4*60_000 || now.Whole.InTarget != 1 {
		t.Errorf("the figures: %+v %v", now.Whole, err)
	}

	// A supervisor takes a ticket back, without a window; another clerk may not, as somebody is named.
	if _, err := a.Counter.Withdraw(last.Number, "system_down"); !errors.Is(err, event.SupervisorOnly) {
		t.Errorf("a clerk withdraws: %v", err)
	}
	_, err = b.Counter.Withdraw(last.Number, "system_down")
	apptest.Must(t, err)
	converged(t, w, k, a, b)
	a.Store.View("jiangnan", func(h *hall.Hall) {
		if x := h.ByNumber(hall.DateOf(apptest.Start), hall.Number(last.Number)); x.State != hall.Withdrawn || x.LastReason() != "system_down" {
			t.Errorf("%s is %s", last.Number, x.State)
		}
	})
}

// TestWithoutASupervisorEverybodyWithdraws: nobody else could in a hall that names none.
func TestWithoutASupervisorEverybodyWithdraws(t *testing.T) {
	w := apptest.New(t)
	k, a := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, a)
	signIn(t, a, "wang", "246810", "B01", "B")
	page, err := a.Counter.Page()
	apptest.Must(t, err)
	if page.Supervisor || !page.MayWithdraw {
		t.Errorf("supervisor %t, may withdraw %t", page.Supervisor, page.MayWithdraw)
	}
	p := issue(t, k, "B")
	converged(t, w, k, a)
	_, err = a.Counter.Withdraw(p.Number, "system_down")
	apptest.Must(t, err)
}

// TestOwnFiguresNeedNobodyElse: what a clerk did is told with the hub away, and is nobody else's.
func TestOwnFiguresNeedNobodyElse(t *testing.T) {
	w := apptest.New(t)
	k, a := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, a)
	signIn(t, a, "wang", "246810", "B01", "B")
	p := issue(t, k, "B")
	slip := codeOf(t, k, p)
	converged(t, w, k, a)
	w.StopHub()
	apptest.Eventually(t, "the counter is alone", func() bool { p, err := a.Counter.Page(); return err == nil && p.Standing.Line == "alone" })
	_, err := a.Counter.StartByScan(slip)
	apptest.Must(t, err)
	w.Clock.Forward(6 * time.Minute)
	_, err = a.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
	apptest.Must(t, err)
	own, err := a.Counter.OwnDay()
	apptest.Must(t, err)
	if own.Whole.Served != 1 || own.Whole.Service.N != 1 || own.Whole.Service.P50MS < 6*60_000 || len(own.Visits) != 1 || own.Visits[0].At != "10:00" || len(own.Hours) != 1 {
		t.Errorf("own figures: %+v", own)
	}
	_, err = a.Counter.SignOut()
	apptest.Must(t, err)
	if _, err := a.Counter.OwnDay(); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("signed out: %v", err)
	}
	_, err = a.Counter.SignIn("li", "135790")
	apptest.Must(t, err)
	if own, err := a.Counter.OwnDay(); err != nil || own.Whole.Served != 0 || len(own.Visits) != 0 {
		t.Errorf("of another clerk at the same window: %+v %v", own, err)
	}
}
