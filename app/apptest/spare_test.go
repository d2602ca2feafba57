package apptest_test

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

// leads waits until one of two hubs grants and sees the other one ready.
func leads(t *testing.T, h *node.Hub, spare string) {
	t.Helper()
	apptest.Eventually(t, string(h.Store.Origin())+" leads, its spare "+spare, func() bool {
		leads, seen := h.Allocator.Leads()
		return leads == wire.HubLeads && seen == spare
	})
}

// handedBack counts what terminals hand back to a hub.
func handedBack(t *testing.T, h *node.Hub) *atomic.Int64 {
	t.Helper()
	conn, err := h.Broker.InProcess("watcher", slog.New(slog.NewTextHandler(io.Discard, nil)))
	apptest.Must(t, err)
	t.Cleanup(conn.Close)
	n := &atomic.Int64{}
	_, err = conn.Subscribe(wire.AnyoneSubject("jiangnan", wire.VerbHand), func(*nats.Msg) { n.Add(1) })
	apptest.Must(t, err)
	apptest.Must(t, conn.Flush())
	return n
}

// TestAHallChangesItsHub ends the leading hub of two in order while a ticket is called,
// lets the other one go on, and changes back: every terminal goes on where it was,
// without handing back or reading anew, and all have the same in the end.
func TestAHallChangesItsHub(t *testing.T) {
	t.Parallel()
	w := apptest.NewPair(t)
	leads(t, w.Hub, wire.SpareReady)
	handed := handedBack(t, w.Second)
	k, c, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1")
	reached(t, k, c, b)
	signIn(t, c, "wang", "246810", "A01", "A")
	numbers := map[string]bool{}
	tickets := func(n int) {
		for range n {
			p := issue(t, k, "A")
			if numbers[p.Number] {
				t.Errorf("number %s twice", p.Number)
			}
			numbers[p.Number] = true
		}
	}
	same := func() {
		t.Helper()
		converged(t, w, k, c, b)
		for _, h := range []*node.Hub{w.Hub, w.Second} {
			apptest.Eventually(t, "both hubs have the same", func() bool {
				return apptest.Hash(h.Store) == apptest.Hash(w.Centre.Store) && len(h.Store.Owing()) == 0
			})
		}
	}
	tickets(8)
	served := map[string]bool{}
	serve := func() {
		t.Helper()
		number := callNext(t, c)
		if served[number] {
			t.Errorf("%s was called twice", number)
		}
		served[number] = true
		_, err := c.Counter.Start()
		apptest.Must(t, err)
		_, err = c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
		apptest.Must(t, err)
	}
	serve()
	same()
	called := callNext(t, c)
	began := time.Now()
	w.StopHub()
	tickets(2)
	leads(t, w.Second, wire.SpareAway)
	t.Logf("the second hub grants %v after the first one began to end in order", time.Since(began).Round(time.Millisecond))
	reached(t, k, c, b)
	served[called] = true
	_, err := c.Counter.Start()
	apptest.Must(t, err)
	_, err = c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
	apptest.Must(t, err)
	serve()
	// The first one comes back and stands by.
	w.StartHub()
	leads(t, w.Second, wire.SpareReady)
	tickets(2)
	serve()
	same()
	if leads, _ := w.Hub.Allocator.Leads(); leads != wire.HubStands {
		t.Errorf("the hub that came back %s", leads)
	}
	if n := handed.Load(); n > 0 {
		t.Errorf("%d portions were handed back to a hub that had all of it", n)
	}
	w.StopSecond()
	leads(t, w.Hub, wire.SpareAway)
	serve()
	w.StartSecond()
	leads(t, w.Hub, wire.SpareReady)
	serve()
	same()
	w.Centre.Store.View("jiangnan", func(h *hall.Hall) {
		if twice := h.Doubled(); len(twice) > 0 {
			t.Errorf("numbers twice: %v", twice)
		}
		if n := len(h.Tickets(hall.DateOf(apptest.Start))); n != len(numbers) {
			t.Errorf("%d tickets at the centre, %d were issued", n, len(numbers))
		}
	})
	for _, s := range []*store.Store{k.Store, c.Store, b.Store} {
		at, err := s.Cursor(t.Context(), "jiangnan")
		apptest.Must(t, err)
		if at.Epoch != w.Hub.Store.Epoch() || at.Pos == 0 {
			t.Errorf("%s follows %s at %d, not the first hub again", s.Origin(), at.Epoch, at.Pos)
		}
	}
}

// TestAnAppointmentOutlivesItsHub books while one hub of two leads and ends that hub before the check-in: the other one
// knows the appointment, grants no second one on the day, calls in its order, and counts against the same quota.
func TestAnAppointmentOutlivesItsHub(t *testing.T) {
	t.Parallel()
	w := apptest.NewPair(t)
	leads(t, w.Hub, wire.SpareReady)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	page := book(t, k, "0193-a1", "B", phone)
	before, err := k.Kiosk.BookingTimes("B", "2026-11-25")
	apptest.Must(t, err)
	w.StopHub()
	leads(t, w.Second, wire.SpareAway)
	reached(t, k, c)
	if _, err := k.Kiosk.Book(screen.BookingRequest{Request: "0193-a2", Letter: "B", AtMS: clock(t, "2026-11-25", "11:00"), Phone: phone, Language: "zh"}); !errors.Is(err, event.BookedAlready) {
		t.Errorf("a second one on that day, at the other hub: %v", err)
	}
	if after, err := k.Kiosk.BookingTimes("B", "2026-11-25"); err != nil || !slices.Equal(after, before) {
		t.Errorf("the other hub offers other times: %v", err)
	}
	w.Clock.Set(clock(t, "2026-11-25", "09:31"))
	issue(t, k, "B")
	ticket, err := k.Kiosk.CheckIn("check1", page.Code, "zh")
	apptest.Must(t, err)
	w.Clock.Set(clock(t, "2026-11-25", "10:00"))
	signIn(t, c, "wang", "246810", "B01", "B")
	if number := callNext(t, c); number != ticket.Number {
		t.Errorf("%s is called at ten and not the appointment %s", number, ticket.Number)
	}
}
