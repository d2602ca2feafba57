package store_test

import (
	"context"
	"encoding/json"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// follower is one of two hubs, as far as it has read the other one.
type follower struct {
	*store.Store
	at core.Cursor
}

// follow reads the other hub to its end; leads is as in core.Tx.Follow.
func (f *follower) follow(t *testing.T, other *store.Store, leads bool) {
	t.Helper()
	if f.at.Epoch != other.Epoch() {
		f.at = core.Cursor{}
	}
	for {
		feed, err := other.History(context.Background(), "jiangnan", f.at.Pos, 100)
		if err != nil {
			t.Fatal(err)
		}
		if feed.Upto == feed.From {
			return
		}
		write(t, f.Store, func(tx *store.Tx) error { return tx.Follow("peer", feed, 0, leads) })
		f.at = core.Cursor{Epoch: feed.Epoch, Pos: feed.Upto}
	}
}

func lead(t *testing.T, s *store.Store) {
	t.Helper()
	write(t, s, func(tx *store.Tx) error { return tx.Lead("jiangnan") })
}

func grantCall(t *testing.T, s *store.Store, request string, w hall.WindowID) hall.Called {
	t.Helper()
	var g wire.Grant
	write(t, s, func(tx *store.Tx) (err error) {
		g, err = tx.Call("jiangnan", hall.Call{Request: request, Window: w, Services: []hall.Letter{"B"}})
		return err
	})
	if g.Refuse != nil {
		t.Fatalf("%s: %v", request, g.Refuse)
	}
	e, err := event.Decode(g.Event)
	if err != nil {
		t.Fatal(err)
	}
	c, err := hall.ReadCalled(e)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func grantBlock(t *testing.T, s *store.Store, request string) hall.Block {
	t.Helper()
	var g wire.Grant
	life := s.Epoch()
	write(t, s, func(tx *store.Tx) (err error) {
		g, err = tx.Block("jiangnan", wire.BlockAsk{Request: request, Origin: "jiangnan/k1", Epoch: 7, Date: string(hall.DateOf(day0)), Service: "B", Life: life})
		return err
	})
	return blockOf(t, g)
}

func blockOf(t *testing.T, g wire.Grant) hall.Block {
	t.Helper()
	e, err := event.Decode(g.Event)
	if err != nil {
		t.Fatalf("%v: %v", g.Refuse, err)
	}
	var b hall.Block
	if err := json.Unmarshal(e.Payload, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOneHubFollowsTheOther takes a hall from one hub to the other and back: chains stay
// chains, what is known already is not written again, what the lost hub told nobody is
// taken back, and no number is leased twice.
func TestOneHubFollowsTheOther(t *testing.T) {
	k := open(t, t.TempDir(), "jiangnan/k1")
	one, two := &follower{Store: open(t, t.TempDir(), "jiangnan/hub")}, &follower{Store: open(t, t.TempDir(), "jiangnan/hub2")}
	for i := range 250 {
		issue(t, k, i)
	}
	drain(t, k, one.Store)
	lead(t, one.Store)
	told := grantCall(t, one.Store, "r0", "B01")
	first := grantBlock(t, one.Store, "b0")
	two.follow(t, one.Store, false)
	one.follow(t, two.Store, true) // it leads, and what it knows is not taken back
	if hashOf(one.Store) != hashOf(two.Store) {
		t.Fatal("the hubs differ")
	}
	id := core.ChainID{Origin: k.Origin(), Epoch: k.Epoch()}
	for _, s := range []*store.Store{one.Store, two.Store} {
		_, chains := s.Chains()
		for _, c := range chains {
			if c.ID == id && (c.Seq != 251 || c.Up != 0 || c.UpEpoch != 0) {
				t.Errorf("%s has the kiosk's chain up to %d and says that %d are above", s.Origin(), c.Seq, c.Up)
			}
		}
	}
	if at, err := two.Cursor(context.Background(), "peer"); err != nil || at.Epoch != one.Epoch() || at.Pos < 250 {
		t.Errorf("after a start it would read on from %+v: %v", at, err)
	}
	before := two.Position()
	two.at = core.Cursor{}
	two.follow(t, one.Store, false)
	if after := two.Position(); after != before {
		t.Errorf("known events are written again: %d rows", after-before)
	}

	// The first one is lost with a call and a block that nobody was told of.
	untold := grantCall(t, one.Store, "r1", "B02")
	lost := grantBlock(t, one.Store, "b1")
	lead(t, two.Store)
	next := grantCall(t, two.Store, "r2", "B03")
	if next.Ticket != untold.Ticket || next.Ticket == told.Ticket {
		t.Fatalf("granted %s; the lost call was of %s, the told one of %s", next.Ticket, untold.Ticket, told.Ticket)
	}
	again := grantCall(t, two.Store, "r0", "B01")
	if again.Ticket != told.Ticket {
		t.Errorf("the same request was granted %s and %s", told.Ticket, again.Ticket)
	}
	second := grantBlock(t, two.Store, "b2")
	two.follow(t, one.Store, true)
	one.follow(t, two.Store, false)
	for _, s := range []*store.Store{one.Store, two.Store} {
		s.View("jiangnan", func(h *hall.Hall) {
			x := h.Ticket(untold.Ticket)
			if kind, windows := x.Conflict(); x.Window != "B03" || kind != "" || h.AtWindow("B02") != nil {
				t.Errorf("%s: %s is at %s (%s %v)", s.Origin(), x.Number, x.Window, kind, windows)
			}
			if x := h.Ticket(told.Ticket); x.Window != "B01" || x.State != hall.CalledS {
				t.Errorf("%s: what was told is %s at %s", s.Origin(), x.State, x.Window)
			}
		})
	}
	if hashOf(one.Store) != hashOf(two.Store) {
		t.Error("the hubs differ after the first one is back")
	}
	// Back and forth once more: no two blocks share a number.
	lead(t, one.Store)
	third := grantBlock(t, one.Store, "b3")
	two.follow(t, one.Store, false)
	lead(t, two.Store)
	blocks := []hall.Block{first, lost, second, third, grantBlock(t, two.Store, "b4"), grantBlock(t, two.Store, "b5")}
	for i, a := range blocks {
		for _, b := range blocks[:i] {
			if a.From <= b.To && b.From <= a.To {
				t.Errorf("%s has %d-%d and %s %d-%d", a.Request, a.From, a.To, b.Request, b.From, b.To)
			}
		}
	}
	if gap := blocks[4].From - third.To; gap < 100 {
		t.Errorf("a takeover leaves a gap of %d numbers", gap)
	}
	if gap := blocks[5].From - blocks[4].To; gap != 1 {
		t.Errorf("the second block of a leader leaves a gap of %d numbers", gap)
	}
}
