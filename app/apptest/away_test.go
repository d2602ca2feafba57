package apptest_test

import (
	"errors"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
)

// TestAClerkStepsAwayAndComesBack pauses a window: nobody is called there, the hall's overview says why and until
// when, a counter that died meanwhile still knows, and the window opens again with its queues; with somebody at
// it a window cannot be paused.
func TestAClerkStepsAwayAndComesBack(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k, a, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k, a, b)
	signIn(t, a, "wang", "246810", "B01", "B", "C")
	signIn(t, b, "li", "135790", "B02", "B")
	for why, minutes := range map[string]int{"meal": 0, "rest": -1, "meeting": 241} {
		if _, err := a.Counter.StepAway(why, minutes); !errors.Is(err, event.RequestUnusable) {
			t.Errorf("%s of %d minutes: %v", why, minutes, err)
		}
	}
	if _, err := a.Counter.StepAway("holiday", 10); !errors.Is(err, event.ReasonMissing) {
		t.Errorf("for no known reason: %v", err)
	}
	if _, err := a.Counter.Reopen(); !errors.Is(err, event.WindowClosed) {
		t.Errorf("back without having been away: %v", err)
	}
	page, err := a.Counter.StepAway("meal", 30)
	apptest.Must(t, err)
	if page.Away == nil || page.Away.Why != "meal" || page.Away.UntilMS-page.Away.SinceMS != 30*60_000 || page.Window != "B01" || len(page.Services) != 2 {
		t.Fatalf("away: %+v at %s of %v", page.Away, page.Window, page.Services)
	}
	first := issue(t, k, "B")
	if _, err := a.Counter.Next("away-1"); !errors.Is(err, event.WindowClosed) {
		t.Errorf("called to a window whose clerk eats: %v", err)
	}
	if _, err := a.Counter.CallNumber("away-2", first.Number, "unwell"); !errors.Is(err, event.WindowClosed) {
		t.Errorf("called by its number: %v", err)
	}
	if _, err := a.Counter.StartByScan(first.QR); !errors.Is(err, event.WindowClosed) {
		t.Errorf("started by its slip: %v", err)
	}
	if _, err := a.Counter.Resume(first.Ticket); !errors.Is(err, event.WindowClosed) {
		t.Errorf("resumed: %v", err)
	}
	if _, err := a.Counter.ListDisclosures(); err != nil {
		t.Errorf("what is no person at the window can be seen to: %v", err)
	}
	seen := func() (out hall.Window) {
		b.Store.View("jiangnan", func(h *hall.Hall) {
			for _, w := range h.Windows() {
				if w.ID == "B01" {
					out = w
				}
			}
		})
		return out
	}
	apptest.Eventually(t, "the other counter sees why", func() bool {
		x := seen()
		return x.Absent(w.Clock.Now()) && x.Away == hall.Meal && x.Clerk == "wang"
	})

	apptest.Must(t, a.Close())
	a = w.Terminal(config.Counter, "c1")
	page, err = a.Counter.SignIn("wang", "246810")
	apptest.Must(t, err)
	if page.Away == nil || page.Window != "B01" {
		t.Fatalf("after a crash: %+v at %q", page.Away, page.Window)
	}
	page, err = a.Counter.Reopen()
	apptest.Must(t, err)
	if page.Away != nil || len(page.Services) != 2 || page.Services[1] != "C" {
		t.Errorf("back: %+v with %v", page.Away, page.Services)
	}
	if number := callNext(t, a); number != first.Number {
		t.Errorf("%s was called, %s waits", number, first.Number)
	}
	if _, err := a.Counter.StepAway("rest", 10); !errors.Is(err, event.StillServing) {
		t.Errorf("away with somebody called: %v", err)
	}
	apptest.Eventually(t, "the other counter sees it open", func() bool { return seen().Open })

	// Who is behind the window may sign out there, and another counter may take it over.
	page, err = b.Counter.StepAway("back_office", 0)
	apptest.Must(t, err)
	if page.Away.UntilMS != 0 {
		t.Errorf("nobody said until when: %+v", page.Away)
	}
	page, err = b.Counter.SignOut()
	apptest.Must(t, err)
	if page.Away != nil || page.Window != "" {
		t.Errorf("signed out: %+v at %q", page.Away, page.Window)
	}
	converged(t, w, k, a, b)
}
