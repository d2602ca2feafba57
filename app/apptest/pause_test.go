package apptest_test

import (
	"errors"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// TestAQueueIsPausedForTheWholeHall pauses at one counter: the hub grants nobody of that queue to
// another one, the kiosk gives tickets and says until when, and who resumes it early is heard everywhere.
func TestAQueueIsPausedForTheWholeHall(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k, a, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k, a, b)
	signIn(t, a, "wang", "246810", "B01", "B")
	signIn(t, b, "li", "135790", "B02", "B", "C")
	_, err := a.Counter.PauseQueue("B", "system_down", 30)
	apptest.Must(t, err)
	paused := func(t *testing.T, k *terminal.Terminal) (until, why string) {
		t.Helper()
		for _, x := range k.Kiosk.Home().Areas {
			if x.Letter == "B" {
				return x.PausedUntil, x.PausedWhy
			}
		}
		return "", ""
	}
	apptest.Eventually(t, "the kiosk says until when", func() bool { until, why := paused(t, k); return until == "10:30" && why == "system_down" })
	issue(t, k, "B")
	other := issue(t, k, "C")
	converged(t, w, k, a, b)
	if number := callNext(t, b); number != other.Number {
		t.Errorf("%s was called, the other queue has %s", number, other.Number)
	}
	_, err = b.Counter.NoShow()
	if !errors.Is(err, event.TooSoon) {
		t.Errorf("no-show at once: %v", err)
	}
	if _, err := a.Counter.Next("pause-1"); !errors.Is(err, event.NobodyWaits) {
		t.Errorf("called of a paused queue: %v", err)
	}
	if _, err := a.Counter.PauseQueue("B", " ", 30); !errors.Is(err, event.ReasonMissing) {
		t.Errorf("without a reason: %v", err)
	}
	var page screen.CounterPage
	page, err = b.Counter.ResumeQueue("B")
	apptest.Must(t, err)
	for _, x := range page.Areas {
		if x.PausedUntil != "" {
			t.Errorf("%s is still paused", x.Letter)
		}
	}
	apptest.Eventually(t, "it is called again", func() bool { _, err := a.Counter.Next("pause-2"); return err == nil })
	converged(t, w, k, a, b)
}
