package apptest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// TestAHubWithAnEmptyDiskIsMadeAgain takes the hub's disk away, and the centre's line
// for some of the time, while tickets wait and one has been called: what was granted
// stays granted, no number comes twice, and everything is at the centre afterwards.
func TestAHubWithAnEmptyDiskIsMadeAgain(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	var numbers []string
	for range 8 {
		numbers = append(numbers, issue(t, k, "A").Number)
	}
	called := callNext(t, c)
	converged(t, w, k, c)
	w.StopHub()
	// What is noted now only the terminals know when the hub comes back without a disk.
	numbers = append(numbers, issue(t, k, "A").Number)
	apptest.Must(t, os.RemoveAll(filepath.Join(w.Dir, "hub")))
	w.StartHub()
	reached(t, k, c)
	converged(t, w, k, c)
	w.Hub.Store.View("jiangnan", func(h *hall.Hall) {
		if at := h.AtWindow("A01"); at == nil || string(at.Number) != called {
			t.Errorf("the hub knows %v at A01, not %s", at, called)
		}
		if twice := h.Doubled(); len(twice) > 0 {
			t.Errorf("numbers twice: %v", twice)
		}
	})
	// It grants again, and what it grants is new.
	_, err := c.Counter.Start()
	apptest.Must(t, err)
	_, err = c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
	apptest.Must(t, err)
	if next := callNext(t, c); next != numbers[1] {
		t.Errorf("called %s, not %s", next, numbers[1])
	}
	for range 8 {
		issue(t, k, "A")
	}
	converged(t, w, k, c)
}

// callNext calls, once the hub grants, and gives the number.
func callNext(t *testing.T, c *terminal.Terminal) (number string) {
	t.Helper()
	request := fmt.Sprint("call", asked.Add(1))
	apptest.Eventually(t, "the next is called", func() bool {
		page, err := c.Counter.Next(request)
		if err == nil && page.Current != nil {
			number = page.Current.Number
		}
		return err == nil
	})
	return number
}

// TestACopiedTerminalGoesOnApart runs two machines on one terminal's data: nothing
// that either notes is lost, and the copy is noticed.
func TestACopiedTerminalGoesOnApart(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	issue(t, k, "A")
	converged(t, w, k, c)
	apptest.Must(t, k.Close())
	from, to := filepath.Join(w.Dir, "k1"), filepath.Join(w.Dir, "k1-copy")
	apptest.Must(t, os.CopyFS(to, os.DirFS(from)))
	before := k.Store.Epoch()
	one := w.Terminal(config.Kiosk, "k1")
	two := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Data = to })
	seen := map[string]bool{}
	for range 5 {
		for _, m := range []*terminal.Terminal{one, two} {
			seen[issue(t, m, "B").Ticket] = true
		}
	}
	apptest.Eventually(t, "one of the two has begun another life", func() bool {
		return one.Store.Epoch() != before || two.Store.Epoch() != before
	})
	for _, m := range []*terminal.Terminal{one, two} {
		seen[issue(t, m, "B").Ticket] = true
	}
	converged(t, w, one, two, c)
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		for id := range seen {
			if x := h.Ticket(hall.TicketID(id)); x == nil || !x.Known {
				t.Errorf("ticket %s is not at the centre", id)
			}
		}
	})
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		if !h.Devices()["jiangnan/k1"].Forked {
			t.Error("nobody would notice the copy at the centre")
		}
	})
}
