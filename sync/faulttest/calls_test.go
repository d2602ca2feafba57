package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// group is ten counters that serve the same two services, and the kiosk that
// gives tickets for them.
type group struct {
	services [2]hall.Letter
	kiosk    *device
	counters []*device
}

// history collects operations with times of one clock.
type history struct {
	began time.Time
	mu    sync.Mutex
	list  []porcupine.Operation
	calls atomic.Int64 // granted
	again atomic.Int64 // requests asked again after a lost answer
	left  atomic.Int64 // calls that never had an answer

	faults []span // when the hub was stopped or dead, and a moment behind it
	took   times  // of calls outside of faults
}

type span struct{ from, to int64 }

func (h *history) now() int64 { return time.Since(h.began).Nanoseconds() }

func (h *history) add(client int, q question, from int64, a answer, to int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, porcupine.Operation{ClientId: client, Input: q, Call: from, Output: a, Return: to})
}

// openHour gives a group its tickets of one hour, in the order in which they will
// come: every fifth person has priority and so a key that lies before others.
func openHour(name string, g *group, size int, r *rand.Rand) (*hour, []hall.Issued, map[hall.TicketID]int) {
	h := &hour{name: name}
	now := time.Now().UnixMilli()
	var come []hall.Issued
	for n := range size {
		ms := now + int64(n)
		f := hall.Issued{Ticket: ticketID(ms, r.Uint64()), Hall: hallID, Date: hall.DateOf(ms), Service: g.services[r.IntN(2)], Class: hall.WalkIn, Language: "zh", IssuedMS: ms}
		f.Number = hall.Number(fmt.Sprintf("%s9-%s%03d", f.Service, name, n))
		if r.IntN(5) == 0 {
			f.Class = hall.Priority
		}
		come = append(come, f)
	}
	place := map[hall.TicketID]int{}
	for i := range come {
		before := 0
		for j := range come {
			a, b := come[j].Due(), come[i].Due()
			if a < b || a == b && come[j].Ticket < come[i].Ticket {
				before++
			}
		}
		place[come[i].Ticket] = before
		for s, l := range g.services {
			if come[i].Service == l {
				h.of[s].put(before)
			}
		}
	}
	return h, come, place
}

// T9: thirty counters call at once and ask again what was not answered, while the
// hub is stopped and killed. Each answer must fit one order of events.
func TestCallsAreGrantedOneByOne(t *testing.T) {
	if left(t, "T9") {
		return
	}
	c := drawn(t)
	calls, faults := pick(10_000, 100_000), pick(6, 40)
	steadyDay(t, pick(4*time.Minute, 30*time.Minute))
	w := newWorld(t, onLoopback(t), 0)
	groups := []*group{{services: [2]hall.Letter{"A", "B"}}, {services: [2]hall.Letter{"C", "D"}}, {services: [2]hall.Letter{"E", "F"}}}
	ctx, cancel := context.WithTimeout(t.Context(), pick(4*time.Minute, 30*time.Minute))
	defer cancel()
	for i, g := range groups {
		name := fmt.Sprintf("k%d", i+1)
		g.kiosk = newDevice(t, w, name, "kiosk", c.of(name))
		must(t, g.kiosk.push(ctx))
		for n := range 10 {
			name := fmt.Sprintf("c%d%d", i+1, n)
			g.counters = append(g.counters, newDevice(t, w, name, "counter", c.of(name)))
			must(t, g.counters[n].push(ctx))
		}
	}
	h := &history{began: time.Now()}
	disturb, calm := context.WithCancel(ctx)
	var disturber sync.WaitGroup
	var disturbed error
	disturber.Go(func() { disturbed = h.disturb(disturb, w.hub, groups[0].kiosk, faults, c.of("faults")) })
	errs := make(chan error, 1000)
	var all sync.WaitGroup
	for i, g := range groups {
		all.Go(func() {
			for n := 0; int(h.calls.Load()) < calls && ctx.Err() == nil; n++ {
				for _, err := range g.hour(ctx, h, fmt.Sprintf("%d.%d.", i, n), 100*i, c) {
					errs <- err
				}
			}
		})
	}
	all.Wait()
	lasted := time.Since(h.began)
	calm()
	disturber.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	must(t, errors.Join(disturbed, ctx.Err()))
	h.measure()
	began := time.Now()
	verdict, story := porcupine.CheckOperationsVerbose(allocator, h.list, pick(2*time.Minute, 10*time.Minute))
	if verdict != porcupine.Ok {
		path := filepath.Join(os.TempDir(), "calls.html")
		t.Errorf("the history of calls is %s: %s shows it (%v)", verdict, path, porcupine.VisualizePath(allocator, story, path))
	}
	checking := time.Since(began)
	h.spoil(t, c.of("spoil"))
	onceCalled(t, w)
	drained := eventually(t, drainLimit, "the centre has what the hub has", func() error {
		const count = "SELECT count(*) FROM event e JOIN chain c ON c.id = e.chain WHERE c.origin LIKE 'jiangnan/%'"
		here, err := w.hub.one(count)
		if err != nil {
			return err
		}
		above, err := w.centre.one(count)
		if err == nil && here != above {
			err = fmt.Errorf("the hub has %s events and the centre %s", here, above)
		}
		return err
	})
	t.Logf("T15 silence after calls: the centre has all %.1f s after the checks, with no write", drained.Seconds())
	// The goal of 50 ms (p99) is for a machine that does nothing else; half of the
	// calls must be below it on any.
	p50, p99 := h.took.at(0.5), h.took.at(0.99)
	if p50 > 50*time.Millisecond {
		t.Errorf("half of the calls took over %v outside the faults", p50)
	}
	t.Logf("T9 calls: %d granted of %d operations in %.0f s, 30 counters at once; %d times the hub was stopped or killed; %d requests asked again, %d never answered; %s in %.1f s; p50 %.1f ms, p99 %.1f ms outside the faults",
		h.calls.Load(), len(h.list), lasted.Seconds(), len(h.faults), h.again.Load(), h.left.Load(), verdict, checking.Seconds(), ms(p50), ms(p99))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// hour plays one hour of a group: people come while ten clerks call, until nobody
// is left.
func (g *group) hour(ctx context.Context, h *history, name string, client int, c chance) (errs []error) {
	hr, come, place := openHour(name, g, hourTickets, c.of("hour "+name))
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := func(err error) {
		if err != nil {
			mu.Lock()
			errs = append(errs, err)
			mu.Unlock()
		}
	}
	var arrived atomic.Bool
	all.Go(func() {
		defer arrived.Store(true)
		r := c.of("kiosk " + name)
		for len(come) > 0 {
			n := min(len(come), 1+r.IntN(16))
			var set tickets
			for _, f := range come[:n] {
				g.kiosk.note(hall.KindIssued, f)
				set.put(place[f.Ticket])
			}
			come = come[n:]
			from := h.now()
			if err := g.kiosk.push(ctx); err != nil {
				failed(err)
				return
			}
			h.add(client, question{hour: hr, arrive: set}, from, answer{}, h.now())
			pause(ctx, between(r, 0, 20*time.Millisecond))
		}
	})
	for n, d := range g.counters {
		who := &caller{group: g, device: d, h: h, hour: hr, place: place, client: client + 1 + n, r: c.of(fmt.Sprintf("counter %s%d", name, n)),
			window: hall.WindowID(fmt.Sprintf("W%s%d", name, client+n)), name: name}
		all.Go(func() { failed(who.work(ctx, &arrived)) })
	}
	all.Wait()
	return errs
}

// caller is a clerk of the hour.
type caller struct {
	*group
	*device
	h      *history
	hour   *hour
	place  map[hall.TicketID]int
	client int
	r      *rand.Rand
	window hall.WindowID
	name   string
	asked  int
}

// work calls, serves and ends visits until the queue is empty for good.
func (x *caller) work(ctx context.Context, arrived *atomic.Bool) error {
	for ctx.Err() == nil {
		last := arrived.Load()
		services := [2]bool{true, true}
		if !last && x.r.IntN(2) == 0 {
			services[x.r.IntN(2)] = false
		}
		called, err := x.call(ctx, services)
		switch {
		case errors.Is(err, event.NobodyWaits):
			if last {
				return nil
			}
			pause(ctx, between(x.r, time.Millisecond, 10*time.Millisecond))
			continue
		case errors.Is(err, errLeft):
			// The clerk sits down at another window; the one that was asked for may
			// have been called to, and stays so.
			x.window += "x"
			continue
		case err != nil:
			return err
		}
		at := time.Now().UnixMilli()
		x.note(hall.KindStarted, hall.Moved{Ticket: called.Ticket, Round: called.Round, Window: called.Window, Clerk: called.Clerk, AtMS: at, How: "button"})
		x.note(hall.KindFinished, hall.Moved{Ticket: called.Ticket, Round: called.Round, Window: called.Window, Clerk: called.Clerk, AtMS: at, Ended: []hall.Ending{{Outcome: hall.AdviceOnly}}})
		if err := x.push(ctx); err != nil {
			return err
		}
		pause(ctx, between(x.r, 0, 40*time.Millisecond))
	}
	return ctx.Err()
}

// errLeft says that the clerk did not wait for the answer.
var errLeft = errors.New("left without an answer")

// attempt is how long a clerk waits before the request is sent again. It is far
// below the hub's pauses, so that these bring many of the same requests at once.
const attempt = 150 * time.Millisecond

// call asks until it is answered. One in twenty whose first answer was lost gives
// up; one in twenty that was answered is asked again, as if it had been lost.
func (x *caller) call(ctx context.Context, services [2]bool) (hall.Called, error) {
	x.asked++
	ask := hall.Call{Request: fmt.Sprintf("%s%d-%d", x.name, x.client, x.asked), Window: x.window, Clerk: "wang"}
	for s, yes := range services {
		if yes {
			ask.Services = append(ask.Services, x.services[s])
		}
	}
	q := question{hour: x.hour, services: services}
	from := x.h.now()
	for tries := 0; ; tries++ {
		called, err := x.once(ctx, ask)
		to := x.h.now()
		switch {
		case err == nil:
			ticket, known := x.place[called.Ticket]
			if !known {
				return called, fmt.Errorf("request %s was answered with %s, which is nobody's of this hour", ask.Request, called.Ticket)
			}
			x.h.add(x.client, q, from, answer{ticket: ticket}, to)
			x.h.calls.Add(1)
			if x.r.IntN(20) == 0 {
				return called, x.same(ctx, ask, ticket)
			}
			return called, nil
		case errors.Is(err, event.NobodyWaits):
			x.h.add(x.client, q, from, answer{ticket: -1}, to)
			return called, err
		case errors.Is(err, event.HubGathers): // it has just begun
			pause(ctx, 50*time.Millisecond)
		case errors.As(err, new(*event.Refusal)):
			return called, fmt.Errorf("call %s: %w", ask.Request, err)
		case ctx.Err() != nil:
			return called, ctx.Err()
		}
		x.h.again.Add(1)
		if tries == 0 && x.r.IntN(20) == 0 {
			x.h.left.Add(1)
			x.h.add(x.client, q, from, answer{unknown: true}, neverReturned)
			return called, errLeft
		}
		pause(ctx, 5*time.Millisecond)
	}
}

// neverReturned is later than everything.
const neverReturned = int64(1) << 62

// same repeats an answered request.
func (x *caller) same(ctx context.Context, ask hall.Call, ticket int) error {
	from := x.h.now()
	for ctx.Err() == nil {
		called, err := x.once(ctx, ask)
		if errors.As(err, new(*event.Refusal)) {
			return fmt.Errorf("the same request once more: %w", err)
		}
		if err == nil {
			at, known := x.place[called.Ticket]
			if !known {
				at = -2
			}
			x.h.add(x.client, question{hour: x.hour, again: true, ticket: ticket}, from, answer{ticket: at}, x.h.now())
			return nil
		}
		pause(ctx, 5*time.Millisecond)
	}
	return ctx.Err()
}

// once sends the request a single time.
func (x *caller) once(ctx context.Context, ask hall.Call) (called hall.Called, err error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return called, err
	}
	ctx, cancel := context.WithTimeout(ctx, attempt)
	defer cancel()
	m, err := x.conn.RequestWithContext(ctx, wire.AskSubject(string(hallID), wire.VerbCall, x.origin), body)
	if err != nil {
		return called, err
	}
	var g wire.Grant
	if err := json.Unmarshal(m.Data, &g); err != nil {
		return called, err
	}
	if g.Refuse != nil {
		return called, g.Refuse
	}
	e, err := event.Decode(g.Event)
	if err != nil {
		return called, err
	}
	return hall.ReadCalled(e)
}

// disturb stops and kills the hub at random moments until the context ends or all
// is done, and notes when.
func (h *history) disturb(ctx context.Context, hub *node, probe *device, faults int, r *rand.Rand) error {
	for n := range faults {
		if !pause(ctx, between(r, 500*time.Millisecond, 2*time.Second)) {
			return nil
		}
		from := h.now()
		if n%2 == 0 {
			if err := hub.signal(syscall.SIGSTOP); err != nil {
				return err
			}
			pause(context.Background(), between(r, 200*time.Millisecond, 1500*time.Millisecond))
			if err := hub.signal(syscall.SIGCONT); err != nil {
				return err
			}
		} else {
			if err := hub.kill(); err != nil {
				return err
			}
			pause(context.Background(), between(r, 0, 500*time.Millisecond))
			if err := hub.start(); err != nil {
				return err
			}
		}
		if _, err := within(10*time.Second, "the hub answers again", func() error {
			_, err := probe.conn.Request(wire.AskSubject(string(hallID), wire.VerbBeat, probe.origin), []byte(`{"origin":"`+string(probe.origin)+`"}`), 500*time.Millisecond)
			return err
		}); err != nil {
			return err
		}
		// Every counter must have its connection back before calls are as usual.
		h.mu.Lock()
		h.faults = append(h.faults, span{from, h.now() + (1500 * time.Millisecond).Nanoseconds()})
		h.mu.Unlock()
	}
	return nil
}

// measure takes the times of the calls that no fault touched.
func (h *history) measure() {
	for _, o := range h.list {
		q := o.Input.(question)
		touched := q.arrive != tickets{} || o.Return == neverReturned
		for _, f := range h.faults {
			touched = touched || o.Call < f.to && f.from < o.Return
		}
		if !touched {
			h.took.add(time.Duration(o.Return - o.Call))
		}
	}
}

// spoil changes one answer of the history that was found good: granted to a
// second counter, as a hub without a memory of requests would. It must be refused.
func (h *history) spoil(t *testing.T, r *rand.Rand) {
	t.Helper()
	for range 5 {
		one := h.list[r.IntN(len(h.list))].Input.(question).hour
		var part []porcupine.Operation
		var granted []int
		for _, o := range h.list {
			if q := o.Input.(question); q.hour == one {
				if a := o.Output.(answer); q.arrive == (tickets{}) && !q.again && !a.unknown && a.ticket >= 0 {
					granted = append(granted, len(part))
				}
				part = append(part, o)
			}
		}
		first, second := granted[r.IntN(len(granted)-1)], granted[len(granted)-1]
		part[second].Output = part[first].Output
		if got := porcupine.CheckOperationsTimeout(allocator, part, time.Minute); got == porcupine.Ok {
			t.Errorf("a history in which ticket %d is granted twice passes as good", part[first].Output.(answer).ticket)
		}
	}
}

// onceCalled looks at the hub's own database: no ticket was called twice.
func onceCalled(t *testing.T, w *world) {
	t.Helper()
	v, err := w.hub.look()
	must(t, err)
	for _, x := range v.tickets {
		calls := 0
		for _, s := range x.Steps {
			if s.Kind == hall.KindCalled {
				calls++
			}
		}
		if calls > 1 {
			t.Errorf("ticket %s was called %d times", x.Number, calls)
		}
	}
}
