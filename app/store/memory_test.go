package store_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// at opens the store of a folder at a moment.
func at(t *testing.T, folder string, ms int64) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Path: filepath.Join(folder, "t.db"), Origin: "jiangnan/hub", Now: func() int64 { return ms }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestATicketOfDaysAgoKeepsItsRow: what an event says of a ticket that memory has let go
// is folded into what its row tells.
func TestATicketOfDaysAgoKeepsItsRow(t *testing.T) {
	folder := t.TempDir()
	s := at(t, folder, day0)
	f := issue(t, s, 1)
	must(t, s.Close())
	later := day0 + 5*24*3600_000
	s = at(t, folder, later)
	defer s.Close()
	ticket := func() (copied *hall.Ticket) {
		s.View("jiangnan", func(h *hall.Hall) {
			if x := h.Ticket(f.Ticket); x != nil {
				c := *x
				copied = &c
			}
		})
		return copied
	}
	if ticket() != nil {
		t.Fatal("the ticket is still in memory: the test has tested nothing")
	}
	write(t, s, func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindReprinted, hall.Moved{Ticket: f.Ticket, AtMS: later})
		return err
	})
	if got := ticket(); got == nil || !got.Known || got.Number != f.Number || got.Reprints != 1 {
		t.Errorf("%s was reprinted five days later, and the hub has %+v", f.Number, got)
	}
}

// TestWhatAHubPassesOnIsWhatItsDiskHas: the newest events are taken from memory, chain by
// chain, and are those that a hub started anew reads.
func TestWhatAHubPassesOnIsWhatItsDiskHas(t *testing.T) {
	folder := t.TempDir()
	hub := at(t, folder, day0)
	var kiosks []*store.Store
	for n := range 3 {
		kiosks = append(kiosks, open(t, t.TempDir(), event.Origin(fmt.Sprintf("jiangnan/k%d", n+1))))
	}
	if _, err := hub.Feed(t.Context(), 0, 10); err != nil { // from here on somebody follows it
		t.Fatal(err)
	}
	for n := range 40 {
		k := kiosks[n*n%3]
		issue(t, k, n)
		drain(t, k, hub)
	}
	batches := func(s *store.Store) (out []string) {
		for _, k := range kiosks {
			var prev event.Hash
			for from := event.Seq(1); ; {
				p, ok, err := s.Batch(t.Context(), k.Origin(), k.Epoch(), from, prev, 4)
				must(t, err)
				if !ok {
					break
				}
				out = append(out, string(p.Encode()))
				if from, prev = p.Upto()+1, p.Head(); len(p.Bodies) == 0 {
					t.Fatal("a push without events")
				}
			}
		}
		return out
	}
	memory := batches(hub)
	must(t, hub.Close())
	hub = at(t, folder, day0)
	defer hub.Close()
	if disk := batches(hub); !slices.Equal(memory, disk) || len(disk) < 10 {
		t.Errorf("%d pushes from memory, %d from the disk, and they differ", len(memory), len(disk))
	}
	for _, raw := range memory {
		p, err := wire.DecodePush([]byte(raw))
		must(t, err)
		for _, body := range p.Bodies {
			if e, err := event.Decode(body); err != nil || e.Origin != p.Origin {
				t.Fatalf("a push of %s brings an event of %s: %v", p.Origin, e.Origin, err)
			}
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestARequestOfDaysAgoGetsItsCall: the same request gets the same call also when memory has
// forgotten the ticket, and after a restart.
func TestARequestOfDaysAgoGetsItsCall(t *testing.T) {
	const dayMS = int64(24 * 3600_000)
	folder := t.TempDir()
	hub := at(t, folder, day0)
	lead(t, hub)
	issue(t, hub, 1)
	call := func(s *store.Store, request string) wire.Grant {
		t.Helper()
		var g wire.Grant
		write(t, s, func(tx *store.Tx) (err error) {
			g, err = tx.Call("jiangnan", hall.Call{Request: request, Window: "B01", Services: []hall.Letter{"B"}})
			return err
		})
		return g
	}
	first := call(hub, "r-1")
	if first.Refuse != nil {
		t.Fatal(first.Refuse)
	}
	must(t, hub.Close())
	hub = at(t, folder, day0+5*dayMS)
	defer hub.Close()
	if again := call(hub, "r-1"); again.Refuse != nil || !bytes.Equal(again.Event, first.Event) {
		t.Errorf("five days later the request is answered with %v %d bytes, not with its call", again.Refuse, len(again.Event))
	}
	if other := call(hub, "r-2"); other.Refuse == nil {
		t.Error("another request gets a call, although nobody waits")
	}
}
