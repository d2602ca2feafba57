package apptest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

// visit serves the next one.
func visit(t *testing.T, c *terminal.Terminal) {
	t.Helper()
	callNext(t, c)
	_, err := c.Counter.Start()
	apptest.Must(t, err)
	_, err = c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
	apptest.Must(t, err)
}

// restored puts a backup back in a folder of the world, and says what must be so.
func restored(t *testing.T, w *apptest.World, name, from string) {
	t.Helper()
	began := time.Now()
	r, err := node.Restore(t.Context(), filepath.Join(w.Dir, name), from, time.UnixMilli(w.Clock.Now()))
	apptest.Must(t, err)
	if r.Aside == "" {
		t.Fatalf("the old database of %s is not kept", name)
	}
	if _, err := os.Stat(r.Aside); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s restored in %v: %d events in %d chains", name, time.Since(began), r.Proof.Events, r.Proof.Chains)
}

// TestHubAndCentreArePutBackToOlderBackups backs both up in the middle of the morning,
// lets the hall go on, and puts first the hub, then the centre, then both back: what
// was issued and served after the backups is at the centre in the end, once each.
func TestHubAndCentreArePutBackToOlderBackups(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	numbers := map[string]bool{}
	ids := map[string]bool{}
	morning := func(tickets, visits int) {
		t.Helper()
		for range tickets {
			p := issue(t, k, "A")
			if numbers[p.Number] {
				t.Errorf("number %s twice", p.Number)
			}
			numbers[p.Number], ids[p.Ticket] = true, true
		}
		for range visits {
			visit(t, c)
		}
	}
	morning(12, 4)
	converged(t, w, k, c)
	hubBackup, err := w.Hub.Backups.Keep(t.Context())
	apptest.Must(t, err)
	centreBackup, err := w.Centre.Backups.Keep(t.Context())
	apptest.Must(t, err)
	morning(9, 6)
	converged(t, w, k, c)

	if _, err := node.Restore(t.Context(), filepath.Join(w.Dir, "hub"), hubBackup, time.Now()); err == nil {
		t.Fatal("a running hub's database was exchanged")
	}
	for round, what := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		before := w.Hub.Store.Epoch()
		w.StopHub()
		// What is noted now only the terminals know.
		morning(3, 0)
		if what[1] {
			w.StopCentre()
			restored(t, w, "centre", centreBackup)
			w.StartCentre()
		}
		if what[0] {
			restored(t, w, "hub", hubBackup)
		}
		w.StartHub()
		if what[0] == (w.Hub.Store.Epoch() == before) {
			t.Errorf("round %d: the hub's life is %s and was %s", round, w.Hub.Store.Epoch(), before)
		}
		reached(t, k, c)
		morning(4, 5)
		converged(t, w, k, c)
		w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
			for id := range ids {
				if x := h.Ticket(hall.TicketID(id)); x == nil || !x.Known {
					t.Errorf("round %d: ticket %s is not at the centre", round, id)
				}
			}
			if n := len(h.Tickets(hall.DateOf(apptest.Start))); n != len(ids) {
				t.Errorf("round %d: %d tickets at the centre, %d were issued", round, n, len(ids))
			}
			if twice := h.Doubled(); len(twice) > 0 {
				t.Errorf("round %d: numbers twice: %v", round, twice)
			}
			if wrong := h.Conflicts(hall.DateOf(apptest.Start)); len(wrong) > 0 {
				t.Errorf("round %d: %d tickets were served twice", round, len(wrong))
			}
		})
	}
	// A database that was put aside unclean, its newest in the log beside it, is as good a
	// backup as a proved one.
	raw := t.TempDir()
	for _, name := range []string{"hub.db", "hub.db-wal"} {
		b, err := os.ReadFile(filepath.Join(w.Dir, "hub", name))
		apptest.Must(t, err)
		apptest.Must(t, os.WriteFile(filepath.Join(raw, name), b, 0o600))
	}
	kept, err := w.Hub.Store.Kept(t.Context())
	apptest.Must(t, err)
	w.StopHub()
	r, err := node.Restore(t.Context(), filepath.Join(w.Dir, "hub"), filepath.Join(raw, "hub.db"), time.UnixMilli(w.Clock.Now()))
	apptest.Must(t, err)
	if r.Proof.Events != kept {
		t.Errorf("%d events restored, %d were there", r.Proof.Events, kept)
	}
	w.StartHub()
	if got, err := w.Hub.Store.Kept(t.Context()); err != nil || got < kept {
		t.Errorf("%d events after the start, %d were there: %v", got, kept, err)
	}
	reached(t, k, c)
	converged(t, w, k, c)
	// Both are backed up again, and the copies are proved: the repaired logs are whole.
	for _, b := range []interface {
		Keep(ctx context.Context) (string, error)
	}{w.Hub.Backups, w.Centre.Backups} {
		_, err := b.Keep(t.Context())
		apptest.Must(t, err)
	}
	t.Log(fmt.Sprint(len(ids)), "tickets, 0 lost, 0 doubled")
}
