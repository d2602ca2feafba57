package apptest_test

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/sync/node"
	"onewindow/sync/parcel"
)

// TestATerminalWhoseHubNeverCameBackIsEmptiedByFile carries what a kiosk noted alone to
// a new hub, on another disk with another key: the centre has each ticket once, also
// after the file came twice and after the kiosk itself came back.
func TestATerminalWhoseHubNeverCameBackIsEmptiedByFile(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	ids := map[string]bool{}
	for range 5 {
		ids[issue(t, k, "A").Ticket] = true
	}
	converged(t, w, k)
	apptest.Eventually(t, "the kiosk knows that the centre has it", func() bool {
		here, hall, _, err := k.Store.Unsaved(t.Context())
		return err == nil && here+hall == 0
	})
	w.StopHub()
	apptest.Must(t, os.Rename(filepath.Join(w.Dir, "hub"), filepath.Join(w.Dir, "hub-that-died")))
	for range 25 {
		ids[issue(t, k, "A").Ticket] = true
	}
	kiosk, now := filepath.Join(w.Dir, "k1"), time.UnixMilli(w.Clock.Now())
	if _, err := node.Export(t.Context(), kiosk, false, nil, now); err == nil {
		t.Error("a running terminal was exported")
	}
	apptest.Must(t, k.Close())

	w.StartHub() // a new one: it reads what the centre has
	apptest.Eventually(t, "the new hub has read what the centre has", func() bool { return apptest.Hash(w.Hub.Store) == apptest.Hash(w.Centre.Store) && w.Hub.Store.Ready() })
	hub := filepath.Join(w.Dir, "hub")
	key, err := folder.PublicKey(hub)
	apptest.Must(t, err)
	out, err := node.Export(t.Context(), kiosk, false, []ed25519.PublicKey{key}, now)
	apptest.Must(t, err)
	file, events := out.File, out.Events
	if events < 25 {
		t.Fatalf("%d events in the file", events)
	}
	w.StopHub()
	torn := append([]byte(nil), file[:len(file)-9]...)
	if _, err := node.Import(t.Context(), hub, torn, true, now); !errors.Is(err, parcel.ErrTorn) {
		t.Errorf("a torn file: %v", err)
	}
	if _, err := node.Import(t.Context(), filepath.Join(w.Dir, "hub-that-died"), file, true, now); !errors.Is(err, parcel.ErrSealed) {
		t.Errorf("a file for another hub: %v", err)
	}
	for round := range 2 {
		r, err := node.Import(t.Context(), hub, file, false, now)
		apptest.Must(t, err)
		if want := map[int]int{0: events, 1: 0}[round]; r.Events != want || r.Known != events-want || len(r.Refused) > 0 {
			t.Errorf("round %d: %+v, want %d of %d events", round, r, want, events)
		}
	}
	w.StartHub()
	converged(t, w)
	atCentre := func(when string) {
		t.Helper()
		w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
			for id := range ids {
				if x := h.Ticket(hall.TicketID(id)); x == nil || !x.Known {
					t.Errorf("%s: ticket %s is not at the centre", when, id)
				}
			}
			if n := len(h.Tickets(hall.DateOf(apptest.Start))); n != len(ids) || len(h.Doubled()) > 0 {
				t.Errorf("%s: %d tickets at the centre, %d were issued, numbers twice: %v", when, n, len(ids), h.Doubled())
			}
		})
	}
	atCentre("by file alone")
	apptest.Eventually(t, "the hub owes nothing", func() bool { return len(w.Hub.Store.Owing()) == 0 })
	kept, err := w.Centre.Store.Kept(t.Context())
	apptest.Must(t, err)
	k = w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	converged(t, w, k)
	atCentre("after the kiosk came back")
	again, err := w.Centre.Store.Kept(t.Context())
	apptest.Must(t, err)
	t.Logf("%d events by file; the centre kept %d events before and %d after the kiosk came back", events, kept, again)
}
