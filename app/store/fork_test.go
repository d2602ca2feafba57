package store_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// aside copies a closed database into a folder of its own.
func aside(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "t.db"))
	must(t, err)
	to := t.TempDir()
	must(t, os.WriteFile(filepath.Join(to, "t.db"), raw, 0o600))
	return to
}

// adoptAll lets a hub read all that the centre knows of its hall.
func adoptAll(t *testing.T, hub, centre *store.Store) {
	t.Helper()
	f, err := centre.History(t.Context(), "jiangnan", 0, 10_000)
	must(t, err)
	write(t, hub, func(tx *store.Tx) error {
		for _, body := range f.Bodies {
			if err := tx.Adopt(body, f.Epoch); err != nil {
				return err
			}
		}
		return nil
	})
}

func carryAll(t *testing.T, hub *store.Store) (n int) {
	t.Helper()
	write(t, hub, func(tx *store.Tx) (err error) { n, err = tx.CarryOrphans(10_000); return err })
	return n
}

// bring is drain for places that may not have what they had: every chain goes up from its
// beginning, and a fork ends it.
func bring(t *testing.T, from, to *store.Store) {
	t.Helper()
	for range 100 {
		owed := from.Owing()
		if len(owed) == 0 {
			return
		}
		o := owed[0]
		p, ok, err := from.Batch(t.Context(), o.Origin, o.Epoch, 1, event.Hash{}, 10_000)
		if err != nil || !ok {
			t.Fatalf("batch of %s: %v %v", o.Origin, ok, err)
		}
		var ack wire.Ack
		write(t, to, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
		if err := from.Acked(t.Context(), o.Origin, o.Epoch, ack, false, nil); err != nil && !errors.Is(err, store.ErrFork) {
			t.Fatal(err)
		}
	}
	t.Fatal("does not come to an end")
}

// TestBothHistoriesOfADeviceAreBroughtUp: a kiosk is put back to an earlier state while its
// hub has lost its disk. The new hub takes the kiosk's second history before it hears the
// first one from the centre, so no chain can bring the second one up. Nothing of either may
// be lost, also when the centre is put back afterwards and knows neither.
func TestBothHistoriesOfADeviceAreBroughtUp(t *testing.T) {
	dir := t.TempDir()
	k, hub, centre := open(t, dir, "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub"), open(t, t.TempDir(), "district/centre")
	for n := range 3 {
		issue(t, k, n)
	}
	must(t, k.Close())
	before := aside(t, dir)
	k = open(t, dir, "jiangnan/k1")
	all := []hall.TicketID{issue(t, k, 11).Ticket, issue(t, k, 12).Ticket}
	drain(t, k, hub)
	drain(t, hub, centre)

	k = open(t, before, "jiangnan/k1")
	hub = open(t, t.TempDir(), "jiangnan/hub")
	all = append(all, issue(t, k, 21).Ticket)
	must(t, k.Sing(t.Context())) // what only hub and centre may know
	old := k.Epoch()
	drain(t, k, hub)
	adoptAll(t, hub, centre)
	if carryAll(t, hub) == 0 {
		t.Fatal("the hub brings nothing up of two histories")
	}
	if again := carryAll(t, hub); again != 0 {
		t.Errorf("%d events are brought up twice", again)
	}
	holds := func(s *store.Store, what string) {
		t.Helper()
		s.View("jiangnan", func(h *hall.Hall) {
			for _, id := range all {
				if x := h.Ticket(id); x == nil || !x.Known {
					t.Errorf("%s lacks ticket %s", what, id)
				}
			}
		})
		if hashOf(s) != hashOf(hub) {
			t.Errorf("%s is in another state than the hub", what)
		}
	}
	bring(t, hub, centre)
	holds(centre, "the centre")
	empty := open(t, t.TempDir(), "district/centre")
	hub.Unsure()
	bring(t, hub, empty)
	holds(empty, "a centre that lost everything")

	// The kiosk hears of it with its next ticket, and notes again what the centre never confirmed.
	all = append(all, issue(t, k, 22).Ticket)
	own := k.Owing()[0]
	p, ok, err := k.Batch(t.Context(), own.Origin, own.Epoch, own.Up+1, own.Head, 100)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var ack wire.Ack
	write(t, hub, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
	if ack.Refuse == nil || ack.Refuse.Code != event.Forked.Code {
		t.Fatalf("the hub takes more of a chain that it knows twice: %+v", ack)
	}
	_ = k.Acked(t.Context(), own.Origin, own.Epoch, ack, false, nil) // says that it is a fork
	must(t, k.Renew(t.Context()))
	bring(t, k, hub)
	hub.Unsure()
	bring(t, hub, centre)
	holds(centre, "the centre, after the kiosk's new life")

	// That the first hub had confirmed it does not count: it may be gone by now.
	third := open(t, t.TempDir(), "jiangnan/hub")
	k.Unsure()
	bring(t, k, third)
	known, err := third.History(t.Context(), "jiangnan", 0, 10_000)
	must(t, err)
	if !slices.ContainsFunc(known.Bodies, func(body []byte) bool {
		e, err := event.Decode(body)
		return err == nil && e.Kind == "carried.canary.sung"
	}) {
		t.Error("what only a hub had confirmed that is gone is lost")
	}
	if !slices.ContainsFunc(known.Bodies, func(body []byte) bool {
		e, err := event.Decode(body)
		return err == nil && e.Kind == "carried.device.started"
	}) {
		t.Error("the first event of the earlier life is lost")
	}

	// Another hub gets from the kiosk what is of its earlier life, private things too.
	f, err := k.Hand(t.Context(), 0, 10_000)
	must(t, err)
	private := 0
	for _, body := range f.Bodies {
		e, err := event.Decode(body)
		must(t, err)
		if strings.HasPrefix(string(e.Kind), "canary.") && e.Epoch == old {
			private++
		}
		if e.Epoch == k.Epoch() && !core.Public(e.Kind) {
			t.Errorf("%s %s is handed back, although it will be pushed", e.ID, e.Kind)
		}
	}
	if private != 1 {
		t.Errorf("%d of 1 private events of the earlier life are handed back", private)
	}
}

// TestALaterLifeLeasesWithAGap: a hub that lost its disk knows from a terminal that it lived
// before, and not what it leased: a kiosk that is cut off may be giving out those numbers.
func TestALaterLifeLeasesWithAGap(t *testing.T) {
	first, k := open(t, t.TempDir(), "jiangnan/hub"), open(t, t.TempDir(), "jiangnan/k1")
	lead(t, first)
	if b := grantBlock(t, first, "r-1"); b.From != 1 {
		t.Fatalf("the first life begins at %d", b.From)
	}
	f, err := first.Feed(t.Context(), 0, 1) // the hub's first event is all that the kiosk has heard
	must(t, err)
	write(t, k, func(tx *store.Tx) error { return tx.Take(f.Bodies[0]) })

	later := open(t, t.TempDir(), "jiangnan/hub")
	lead(t, later)
	ask := wire.BlockAsk{Request: "r-2", Origin: "jiangnan/k1", Epoch: k.Epoch(), Date: string(hall.DateOf(day0)), Service: "B", Life: first.Epoch()}
	block := func() (g wire.Grant) {
		t.Helper()
		write(t, later, func(tx *store.Tx) (err error) { g, err = tx.Block("jiangnan", ask); return err })
		return g
	}
	if g := block(); g.Refuse == nil || g.Refuse.Code != event.HubGathers.Code {
		t.Errorf("a terminal that follows another life is leased numbers before it has handed back what it knows: %+v", g)
	}
	back, err := k.Hand(t.Context(), 0, 100)
	must(t, err)
	write(t, later, func(tx *store.Tx) error {
		for _, body := range back.Bodies {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	})
	ask.Life = later.Epoch()
	if g := block(); g.Refuse != nil {
		t.Fatal(g.Refuse)
	}
	if b := grantBlock(t, later, "r-2"); b.From <= 100 {
		t.Errorf("the later life begins at %d: numbers that the first may have leased", b.From)
	}
	ask.Request, ask.Date = "r-3", string(hall.DateOf(day0+24*3600_000))
	var next hall.Block
	e, err := event.Decode(block().Event)
	must(t, err)
	must(t, json.Unmarshal(e.Payload, &next))
	if next.From != 1 {
		t.Errorf("on the next day it begins at %d", next.From)
	}
}

// TestAChainThatCameByAFeedIsAcked: everything of a push came by a feed before, handed
// back by the terminal to a hub that it never met. Nothing of it is new, but how far the
// chain goes is, and is what the sender waits for.
func TestAChainThatCameByAFeedIsAcked(t *testing.T) {
	kiosk, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	for n := range 3 {
		issue(t, kiosk, n)
	}
	back, err := kiosk.Hand(t.Context(), 0, 10)
	must(t, err)
	write(t, hub, func(tx *store.Tx) error {
		for _, body := range back.Bodies {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	})
	owed := kiosk.Owing()[0]
	p, _, err := kiosk.Batch(t.Context(), owed.Origin, owed.Epoch, 1, event.Hash{}, 10)
	must(t, err)
	acks := make(chan wire.Ack, 1)
	must(t, hub.Receive(p, func(a wire.Ack, err error) { must(t, err); acks <- a }))
	if a := <-acks; a.Upto != owed.Seq || a.Refuse != nil {
		t.Errorf("the hub has everything up to %d and confirms %d (%v)", owed.Seq, a.Upto, a.Refuse)
	}
}
