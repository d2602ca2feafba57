package hall_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
)

const start = int64(1_795_485_600_000) // 2026-11-24 10:00

// desk notes facts as one origin would.
type desk struct {
	origin event.Origin
	seq    event.Seq
}

func (d *desk) note(kind event.Kind, fact any, ms int64) event.Event {
	d.seq++
	return event.Event{ID: event.ID{Origin: d.origin, Epoch: 1, Seq: d.seq}, At: event.Stamp{MS: ms}, Kind: kind, Payload: hall.Payload(fact)}
}

func issued(n int, c hall.Class, ms int64) hall.Issued {
	return hall.Issued{Ticket: hall.TicketID(fmt.Sprintf("t%04d", n)), Hall: "jiangnan", Date: hall.DateOf(ms), Service: "B",
		Number: hall.Number(fmt.Sprintf("B%03d", n)), Class: c, IssuedMS: ms, Ahead: -1, LowMinutes: -1, HighMinutes: -1}
}

func fold(t interface{ Fatal(...any) }, events []event.Event) *hall.Hall {
	h := hall.New("jiangnan")
	for _, e := range events {
		if _, err := h.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// inAnyOrder folds events in other orders, one of them twice, and gives each hall to look.
func inAnyOrder(t *rapid.T, all []event.Event, look func(*hall.Hall)) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1))
	for range 4 {
		mixed := append(slices.Clone(all), all[r.IntN(len(all))])
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		look(fold(t, mixed))
	}
}

// TestTheFoldDoesNotDependOnTheOrderBetweenOrigins makes a wild day at a kiosk,
// a hub and three counters that are cut off from each other, and folds it in many
// orders, with repetitions.
func TestTheFoldDoesNotDependOnTheOrderBetweenOrigins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desks := []*desk{{origin: "jiangnan/k1"}, {origin: "jiangnan/hub"}, {origin: "jiangnan/c1"}, {origin: "jiangnan/c2"}, {origin: "jiangnan/c3"}}
		kinds := []event.Kind{hall.KindCalled, hall.KindRecalled, hall.KindStarted, hall.KindMissed, hall.KindReturned, hall.KindFinished, hall.KindReprinted}
		var all []event.Event
		tickets := rapid.IntRange(1, 4).Draw(t, "tickets")
		for n := range tickets {
			all = append(all, desks[0].note(hall.KindIssued, issued(n+1, hall.WalkIn, start), start))
		}
		for range rapid.IntRange(0, 25).Draw(t, "moves") {
			d := desks[rapid.IntRange(1, 4).Draw(t, "who")]
			id := hall.TicketID(fmt.Sprintf("t%04d", rapid.IntRange(1, tickets).Draw(t, "ticket")))
			ms := start + rapid.Int64Range(0, 5).Draw(t, "ms")
			round, window := rapid.IntRange(0, 2).Draw(t, "round"), hall.WindowID(rapid.SampledFrom([]string{"B01", "B02"}).Draw(t, "window"))
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			if kind == hall.KindCalled {
				all = append(all, d.note(kind, hall.Called{Ticket: id, Round: round, Window: window, AtMS: ms, Hall: "jiangnan"}, ms))
				continue
			}
			all = append(all, d.note(kind, hall.Moved{Ticket: id, Round: round, Window: window, AtMS: ms, Recall: rapid.IntRange(0, 3).Draw(t, "recall")}, ms))
		}
		want := fold(t, all).Hash(hall.DateOf(start))
		inAnyOrder(t, all, func(h *hall.Hall) {
			if got := h.Hash(hall.DateOf(start)); got != want {
				t.Fatalf("another order, another hash")
			}
			for _, x := range h.Tickets("") {
				again, err := hall.ReadRow(x.Row())
				if err != nil || string(again.Row()) != string(x.Row()) {
					t.Fatalf("row of %s: %v", x.Ticket, err)
				}
			}
		})
	})
}

// TestTheBoundOfTheOrder: no walk-in is overtaken by a priority ticket that was
// issued more than the head start after it, and within a class nobody overtakes.
func TestTheBoundOfTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kiosk, hub, counter := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/hub"}, &desk{origin: "jiangnan/c1"}
		h := hall.New("jiangnan")
		apply := func(e event.Event) {
			if _, err := h.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		now, n := start, 0
		waiting := map[hall.TicketID]hall.Issued{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += rapid.Int64Range(1, 10*60_000).Draw(t, "pause")
			if rapid.Bool().Draw(t, "arrives") {
				n++
				f := issued(n, rapid.SampledFrom([]hall.Class{hall.WalkIn, hall.Priority, hall.Appointment}).Draw(t, "class"), now)
				waiting[f.Ticket] = f
				apply(kiosk.note(hall.KindIssued, f, now))
				continue
			}
			c, no := h.Call(hall.Call{Request: fmt.Sprint(now), Window: "B01", Services: []hall.Letter{"B"}}, now)
			if no != nil {
				if !errors.Is(no, event.NobodyWaits) || len(waiting) > 0 {
					t.Fatalf("%v with %d waiting", no, len(waiting))
				}
				continue
			}
			got := waiting[c.Ticket]
			delete(waiting, c.Ticket)
			for _, w := range waiting {
				if w.IssuedMS < got.IssuedMS-hall.HeadStart {
					t.Fatalf("%s of %d overtook %s of %d", got.Class, got.IssuedMS, w.Class, w.IssuedMS)
				}
			}
			apply(hub.note(hall.KindCalled, c.Called, now))
			apply(counter.note(hall.KindStarted, hall.Moved{Ticket: c.Ticket, Window: "B01", AtMS: now}, now))
			apply(counter.note(hall.KindFinished, hall.Moved{Ticket: c.Ticket, Window: "B01", AtMS: now, Ended: []hall.Ending{{Outcome: hall.AdviceOnly}}}, now))
		}
		if h.WaitingAt(hall.DateOf(start), "B") != len(waiting) {
			t.Fatalf("%d wait, want %d", h.WaitingAt(hall.DateOf(start), "B"), len(waiting))
		}
	})
}

func TestPresenceBeatsACall(t *testing.T) {
	kiosk, hub, c2 := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/hub"}, &desk{origin: "jiangnan/c2"}
	h := fold(t, []event.Event{
		kiosk.note(hall.KindIssued, issued(1, hall.WalkIn, start), start),
		hub.note(hall.KindCalled, hall.Called{Ticket: "t0001", Window: "B01", AtMS: start + 5, Hall: "jiangnan"}, start+5),
		hub.note(hall.KindMissed, hall.Moved{Ticket: "t0001", Window: "B01", AtMS: start + 9}, start+9),
		c2.note(hall.KindStarted, hall.Moved{Ticket: "t0001", Window: "B02", AtMS: start + 2}, start+2),
	})
	x := h.Ticket("t0001")
	if x.State != hall.Serving || x.Window != "B02" {
		t.Fatalf("%s at %s", x.State, x.Window)
	}
	if kind, windows := x.Conflict(); kind != "called_and_served" || len(windows) != 2 {
		t.Fatalf("conflict %q %v", kind, windows)
	}
	if h.AtWindow("B01") != nil || h.AtWindow("B02") == nil {
		t.Fatal("the wrong window holds the ticket")
	}
}

// TestACallThatNobodyWasToldOfIsTakenBack: a hub is lost with a call that it had noted and
// nobody heard of, the other hub grants the ticket and the request anew, and takes the
// lost call back when it comes: in whatever order, it never was.
func TestACallThatNobodyWasToldOfIsTakenBack(t *testing.T) {
	kiosk, lost, next, c2 := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/hub"}, &desk{origin: "jiangnan/hub2"}, &desk{origin: "jiangnan/c2"}
	call := func(ticket hall.TicketID, w hall.WindowID, request string, ms int64) hall.Called {
		return hall.Called{Ticket: ticket, Window: w, Request: request, AtMS: ms, Hall: "jiangnan", Date: hall.DateOf(ms)}
	}
	untold := lost.note(hall.KindCalled, call("t0001", "B01", "r1", start+5), start+5)
	events := []event.Event{
		kiosk.note(hall.KindIssued, issued(1, hall.WalkIn, start), start),
		kiosk.note(hall.KindIssued, issued(2, hall.WalkIn, start+1), start+1),
		untold,
		next.note(hall.KindCalled, call("t0001", "B02", "r2", start+9), start+9),
		next.note(hall.KindCalled, call("t0002", "B01", "r1", start+10), start+10),
		next.note(hall.KindUncalled, hall.Moved{Ticket: "t0001", Window: "B01", How: untold.ID.String(), AtMS: start + 20}, start+20),
		c2.note(hall.KindStarted, hall.Moved{Ticket: "t0001", Window: "B02", AtMS: start + 12}, start+12),
	}
	want := fold(t, events).Hash(hall.DateOf(start))
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		h := fold(t, events)
		x := h.Ticket("t0001")
		kind, windows := x.Conflict()
		if h.Hash(hall.DateOf(start)) != want || x.State != hall.Serving || x.Window != "B02" || x.CalledMS != start+9 || kind != "" {
			t.Fatalf("%s at %s, called at %d, conflict %q %v", x.State, x.Window, x.CalledMS-start, kind, windows)
		}
		if at := h.AtWindow("B01"); at == nil || at.Ticket != "t0002" {
			t.Fatalf("B01 holds %v", at)
		}
		if _, ticket, ok := h.Granted("r1"); !ok || ticket != "t0002" {
			t.Fatalf("r1 was granted %q", ticket)
		}
	}
	// Where nobody granted it anew it waits again.
	h := fold(t, []event.Event{events[slices.IndexFunc(events, func(e event.Event) bool { return e.Kind == hall.KindIssued && e.ID.Seq == 1 })], untold,
		next.note(hall.KindUncalled, hall.Moved{Ticket: "t0001", Window: "B01", How: untold.ID.String(), AtMS: start + 20}, start+20)})
	if x := h.Ticket("t0001"); x.State != hall.Waiting || h.WaitingAt(hall.DateOf(start), "B") != 1 || h.AtWindow("B01") != nil {
		t.Fatalf("%s, %d wait", x.State, h.WaitingAt(hall.DateOf(start), "B"))
	}
	if _, ticket, ok := h.Granted("r1"); ok {
		t.Fatalf("r1 was granted %q", ticket)
	}
}

func TestNumbersOfSeveralKiosksNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hub := &desk{origin: "jiangnan/hub"}
		kiosks := []*desk{{origin: "jiangnan/k1"}, {origin: "jiangnan/k2"}, {origin: "jiangnan/k3"}}
		// Each kiosk has its own view: it sees its own tickets and the blocks that it got.
		views := []*hall.Hall{hall.New("jiangnan"), hall.New("jiangnan"), hall.New("jiangnan")}
		allocator := hall.New("jiangnan")
		date := hall.DateOf(start)
		seen := map[hall.Number]bool{}
		for i := range rapid.IntRange(1, 120).Draw(t, "steps") {
			k := rapid.IntRange(0, 2).Draw(t, "kiosk")
			if rapid.IntRange(0, 9).Draw(t, "what") == 0 {
				b := allocator.Lease(fmt.Sprint("r", i), 1, kiosks[k].origin, 1, date, "B", false)
				e := hub.note(hall.KindBlockLeased, b, start)
				for _, h := range []*hall.Hall{allocator, views[k]} {
					if _, err := h.Apply(e); err != nil {
						t.Fatal(err)
					}
				}
				if again := allocator.Lease(fmt.Sprint("r", i), 1, kiosks[k].origin, 1, date, "B", false); again != b {
					t.Fatalf("the same request got %+v and %+v", b, again)
				}
				continue
			}
			f := views[k].Issue(hall.Issue{Ticket: hall.TicketID(fmt.Sprint("t", i)), Origin: kiosks[k].origin, Epoch: 1, Digit: k + 1, Service: "B", Class: hall.WalkIn, NowMS: start})
			if seen[f.Number] {
				t.Fatalf("number %s twice", f.Number)
			}
			seen[f.Number] = true
			if _, err := views[k].Apply(kiosks[k].note(hall.KindIssued, f, start)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheBusinessDayChangesAtFour(t *testing.T) {
	four, err := hall.At("2026-11-24", "04:00")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := hall.DateOf(four-1), hall.DateOf(four); a != "2026-11-23" || b != "2026-11-24" {
		t.Fatalf("%s and %s", a, b)
	}
}

func TestForecasts(t *testing.T) {
	h := hall.New("jiangnan")
	now := func(n int) hall.Waiter { return hall.Waiter{Service: "B", Key: start + int64(n)} }
	if r := h.Forecast(now(3), start, hall.Day{}); r.Known {
		t.Fatal("a forecast with no window open")
	}
	c := &desk{origin: "jiangnan/c1"}
	for _, w := range []hall.WindowID{"B01", "B02"} {
		if _, err := h.Apply(c.note(hall.KindWindowOpened, hall.WindowOpened{Window: w, Services: []hall.Letter{"B"}, AtMS: start}, start)); err != nil {
			t.Fatal(err)
		}
	}
	if r := h.Forecast(now(0), start, hall.Day{}); !r.Known || r.Low != 0 || r.High < 1 {
		t.Fatalf("nobody ahead and a free window: %+v", r)
	}
	last := hall.Range{}
	for ahead := range 30 {
		r := h.Forecast(now(ahead), start, hall.Day{})
		if r.Low < last.Low || r.High < r.Low || r.High < last.High {
			t.Fatalf("%d ahead: %+v after %+v", ahead, r, last)
		}
		last = r
		if _, err := h.Apply(c.note(hall.KindIssued, issued(ahead, hall.WalkIn, start+int64(ahead)), start)); err != nil {
			t.Fatal(err)
		}
	}
	if last.Low < 60 || last.High > 200 {
		t.Errorf("with 29 people ahead of two windows: %+v", last)
	}
	// Thirty wait for two windows, about 75 minutes each on average; with a third one they
	// wait two thirds of that.
	look := func(l hall.Letter) int {
		return h.Rush([]hall.Letter{l}, start, hall.Day{}).Saves("Z09", []hall.Letter{l})
	}
	relief := look("B")
	if relief < 500 || relief > 1100 {
		t.Errorf("a third window saves %d person-minutes", relief)
	}
	if again := look("B"); again != relief {
		t.Errorf("asked again it saves %d", again)
	}
	if look("C") != 0 {
		t.Error("a window where nobody waits saves something")
	}
}

func TestMovesAreGuarded(t *testing.T) {
	kiosk, hub, c := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/hub"}, &desk{origin: "jiangnan/c1"}
	h := fold(t, []event.Event{kiosk.note(hall.KindIssued, issued(1, hall.WalkIn, start), start)})
	refused := func(name string, no, want *event.Refusal) {
		t.Helper()
		if no == nil || !errors.Is(no, want) {
			t.Errorf("%s: %v, want %v", name, no, want)
		}
	}
	_, no := h.Start("B01", "wang", "button", start)
	refused("start without a ticket", no, event.NoTicket)
	call, no := h.Call(hall.Call{Request: "r", Window: "B01", Services: []hall.Letter{"B"}}, start)
	if no != nil {
		t.Fatal(no)
	}
	if _, err := h.Apply(hub.note(hall.KindCalled, call.Called, start)); err != nil {
		t.Fatal(err)
	}
	_, no = h.Call(hall.Call{Request: "r2", Window: "B01", Services: []hall.Letter{"B"}}, start)
	refused("a second call", no, event.StillServing)
	_, no = h.Recall("B01", "wang", start+1000)
	refused("recall at once", no, event.TooSoon)
	_, no = h.Miss("B01", "wang", start+60_000)
	refused("no-show after a minute", no, event.TooSoon)
	_, no = h.Finish("B01", "wang", []hall.Ending{{Outcome: hall.Accepted}}, start)
	refused("finish before the start", no, event.TicketState)
	for i := range hall.RecallLimit {
		m, no := h.Recall("B01", "wang", start+int64(i+1)*40_000)
		if no != nil {
			t.Fatal(no)
		}
		if _, err := h.Apply(c.note(hall.KindRecalled, m, start)); err != nil {
			t.Fatal(err)
		}
	}
	_, no = h.Recall("B01", "wang", start+400_000)
	refused("a fourth recall", no, event.RecallLimit)
	if _, no = h.Miss("B01", "wang", start+130_000); no != nil {
		t.Errorf("no-show after the last recall: %v", no)
	}
	if _, no := h.Return("B01", "wang", "wrong window", start+130_000); no != nil {
		t.Errorf("return: %v", no)
	}
}

// Of two windows that served one person the earlier is named, and both are kept.
func TestTheEarlierOfTwoStartsNamesTheWindow(t *testing.T) {
	kiosk, c1, c2 := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/c1"}, &desk{origin: "jiangnan/c2"}
	h := fold(t, []event.Event{
		kiosk.note(hall.KindIssued, issued(1, hall.WalkIn, start), start),
		c2.note(hall.KindStarted, hall.Moved{Ticket: "t0001", Window: "B02", AtMS: start + 9}, start+9),
		c1.note(hall.KindStarted, hall.Moved{Ticket: "t0001", Window: "B01", AtMS: start + 2}, start+2),
	})
	x := h.Ticket("t0001")
	if x.Window != "B01" || x.StartedMS != start+2 {
		t.Fatalf("window %s, started at %d", x.Window, x.StartedMS-start)
	}
	if kind, windows := x.Conflict(); kind != "double_service" || len(windows) != 2 {
		t.Fatalf("conflict %q %v", kind, windows)
	}
}

// The number blocks of a day that is over are let go with its tickets.
func TestBlocksOfOldDaysAreForgotten(t *testing.T) {
	h := hall.New("jiangnan")
	hub := &desk{origin: "jiangnan/hub"}
	const dayMS = int64(24 * 3600 * 1000)
	for day := range int64(3) {
		at := start + day*dayMS
		b := h.Lease(fmt.Sprint(day), 1, "jiangnan/k1", 7, hall.DateOf(at), "B", false)
		if _, err := h.Apply(hub.note(hall.KindBlockLeased, b, at)); err != nil {
			t.Fatal(err)
		}
	}
	h.Forget(hall.DateOf(start+dayMS), nil)
	tomorrow := hall.DateOf(start + 3*dayMS)
	if list := h.Leftover("jiangnan/k1", tomorrow); len(list) != 2 || list[0].Date != hall.DateOf(start+dayMS) {
		t.Errorf("blocks that are known: %v", list)
	}
}

// A ticket whose id is of yesterday and whose day is today, by a clock that was wrong, is
// let go with its day: nobody can be called by what is left of it in the queue.
func TestWhoIsForgottenIsNotCalled(t *testing.T) {
	kiosk := &desk{origin: "jiangnan/k1"}
	const dayMS = int64(24 * 3600 * 1000)
	old := issued(1, hall.WalkIn, start)
	hex := fmt.Sprintf("%012x", start-dayMS)
	old.Ticket = hall.TicketID(hex[:8] + "-" + hex[8:] + "-7000-8000-000000000001")
	h := fold(t, []event.Event{kiosk.note(hall.KindIssued, old, start)})
	call := hall.Call{Request: "r", Window: "B01", Clerk: "wang", Services: []hall.Letter{"B"}}
	if c, no := h.Call(call, start); no != nil || c.Ticket != old.Ticket {
		t.Fatalf("before it is forgotten %v is called: %v", c.Ticket, no)
	}
	h.Forget(hall.DateOf(start), nil)
	if c, no := h.Call(call, start); no == nil {
		t.Errorf("%s is called, which nobody knows any more", c.Ticket)
	}
	if n := h.AheadOf(hall.DateOf(start), "B", start+1, "z") + h.WaitingAt(hall.DateOf(start), "B"); n != 0 {
		t.Errorf("%d still wait", n)
	}
}

func TestDatesAreThoseOfTheCalendar(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for _, at := range []time.Time{time.Date(2026, 11, 27, 3, 59, 59, 999e6, zone), time.Date(2026, 11, 27, 4, 0, 0, 0, zone), time.Date(2027, 1, 1, 0, 0, 0, 0, zone),
		time.Date(2028, 2, 29, 12, 0, 0, 0, zone), time.UnixMilli(-1), time.UnixMilli(0), time.Date(812, 3, 4, 5, 6, 7, 0, zone), time.Date(9999, 12, 31, 23, 0, 0, 0, zone), time.UnixMilli(1<<48 - 1)} {
		if got, want := hall.DateOf(at.UnixMilli()), hall.Date(at.In(zone).Add(-4*time.Hour).Format(time.DateOnly)); got != want {
			t.Errorf("%s is of %s, not %s", at.In(zone), got, want)
		}
	}
}

// A slip does not say how long its ticket took at the kiosk: whatever comes first, paper or event, a hall knows it in
// the end, and nobody disputes the ticket.
func TestWhatASlipDoesNotSayIsKnownInAnyOrder(t *testing.T) {
	k, c := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/c1"}
	f := issued(1, hall.WalkIn, start)
	f.TookMS = 23_400
	noted := k.note(hall.KindIssued, f, start)
	plain := f
	plain.TookMS = 0
	paper := c.note(hall.KindAdmitted, hall.Admitted{Issued: plain, Origin: noted.ID.Origin, Epoch: noted.ID.Epoch, Seq: noted.ID.Seq}, start)
	var sums []string
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		h := hall.New("jiangnan")
		for _, n := range order {
			if _, err := h.Apply([]event.Event{noted, paper}[n]); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.Ticket(f.Ticket); got.TookMS != 23_400 || got.Disputed {
			t.Errorf("in the order %v: %d ms, disputed %v", order, got.TookMS, got.Disputed)
		}
		sum := h.Hash(hall.DateOf(start))
		sums = append(sums, string(sum[:]))
	}
	if sums[0] != sums[1] {
		t.Error("the state depends on the order")
	}
}
