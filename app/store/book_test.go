package store_test

import (
	"bytes"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// TestAWishGetsTheSameAppointmentAfterATakeover asks both hubs of a hall for the same appointment, and
// to give it up twice.
func TestAWishGetsTheSameAppointmentAfterATakeover(t *testing.T) {
	one, two := &follower{Store: open(t, t.TempDir(), "jiangnan/hub")}, &follower{Store: open(t, t.TempDir(), "jiangnan/hub2")}
	lead(t, one.Store)
	begin, err := hall.At(hall.DateOf(one.Now()+24*3_600_000), "09:00")
	if err != nil {
		t.Fatal(err)
	}
	wish := hall.Book{Appointment: "a1", Service: "B", SlotMS: begin, Number: "13800000462", Person: "ann", Language: "zh",
		Day: hall.Day{Sessions: [][2]int64{{begin, begin + 3*3_600_000}}, Windows: map[hall.Letter]int{"B": 6}}}
	ask := func(s *store.Store, decide func(*store.Tx) (wire.Grant, error)) (g wire.Grant) {
		t.Helper()
		write(t, s, func(tx *store.Tx) (err error) { g, err = decide(tx); return err })
		return g
	}
	book := func(tx *store.Tx) (wire.Grant, error) { return tx.Book("jiangnan", wish) }
	unbook := func(tx *store.Tx) (wire.Grant, error) { return tx.Unbook("jiangnan", "a1") }
	first := ask(one.Store, book)
	if first.Refuse != nil || first.Known || len(first.Event) == 0 {
		t.Fatalf("granted: %+v", first)
	}
	two.follow(t, one.Store, false)
	if g := ask(two.Store, book); g.Refuse == nil || g.Refuse.Code != event.HubGathers.Code {
		t.Errorf("a hub that does not lead: %+v", g)
	}
	lead(t, two.Store)
	for _, s := range []*store.Store{one.Store, two.Store} {
		if g := ask(s, book); g.Refuse != nil || !g.Known || !bytes.Equal(g.Event, first.Event) {
			t.Errorf("%s gives another one: %+v", s.Origin(), g)
		}
	}
	if g := ask(two.Store, unbook); g.Refuse != nil || g.Known || len(g.Event) == 0 {
		t.Errorf("given up: %+v", g)
	}
	at := two.Position()
	if g := ask(two.Store, unbook); g.Refuse != nil || !g.Known || two.Position() != at {
		t.Errorf("given up twice: %+v", g)
	}
	if g := ask(two.Store, func(tx *store.Tx) (wire.Grant, error) { return tx.Unbook("jiangnan", "a2") }); g.Refuse == nil || g.Refuse.Code != event.BookingUnknown.Code {
		t.Errorf("one that there is not: %+v", g)
	}
}
