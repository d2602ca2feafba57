package day

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
)

// Options of Run.
type Options struct {
	// Folder takes the databases of all machines; it must be empty and stays.
	Folder string
	// Compress is how many seconds of the day may pass in one real second at most; 0 for no bound.
	Compress float64
	// Tell takes a line of progress now and then; nil for none.
	Tell func(string)
}

// run is a day under way. Everything in it belongs to the step that happens: see step.
type run struct {
	*world
	*observer
	ctx     context.Context
	opt     Options
	plan    *Plan
	agenda  agenda
	rand    *rand.Rand
	logs    *logCount
	queues  map[hall.Letter]*queue
	late    bool // the windows have closed; who holds a ticket is still served
	hubAway bool
	strays  int      // people who went to another desk than the one they were called to
	dark    *station // the kiosk without power
	crash   bool     // the next person's kiosk loses power
	fast    *desk    // the counter PC with the fast clock
	// fastSeen: that counter's page has told that its clock is off.
	fastSeen  bool
	fastSince time.Time
	stories   []Story
	// drain is real time from the last action until the centre had all, spread
	// until every terminal had it too.
	drain, spread time.Duration
}

// queue is who waits for a service.
type queue struct {
	waiting []*note    // who holds a ticket and was not called, in order of arrival
	unheard []*note    // of those, the ones that the hub was not seen to have
	rand    *rand.Rand // what chance decides about its windows
}

// Run plays a day and gives what came of it. An error means that the day could
// not be played to its end; a day that was played and went wrong is told by
// Report.Bad.
func Run(ctx context.Context, plan *Plan, opt Options) (report *Report, err error) {
	begin := time.Now()
	r := newRun(ctx, plan, opt, &logCount{})
	w := r.world
	defer func() {
		if closing := w.close(); err == nil && closing != nil {
			err = fmt.Errorf("end the day: %w", closing)
		}
	}()
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	r.tell("%s: %d terminals started in %.1f s", plan.Hall, len(w.terminals()), time.Since(begin).Seconds())
	if err := r.morning(); err != nil {
		return nil, err
	}
	if err := r.play(); err != nil {
		return nil, fmt.Errorf("at %s: %w", hall.ClockOf(r.clock.now()), err)
	}
	played := time.Now()
	r.tell("%s: played in %.1f s, waiting until all is at the centre", plan.Hall, time.Since(begin).Seconds())
	if err := r.settle(); err != nil {
		return nil, err
	}
	r.spread = time.Since(played)
	if report, err = r.report(); err != nil {
		return nil, err
	}
	state := r.sum(r.centre.Store)
	if err := w.close(); err != nil {
		return nil, fmt.Errorf("end the day: %w", err)
	}
	if err := r.onDisk(report, state); err != nil {
		return nil, err
	}
	report.Seconds = time.Since(begin).Seconds()
	return report, nil
}

func newRun(ctx context.Context, plan *Plan, opt Options, logs *logCount) *run {
	w := &world{plan: plan, folder: opt.Folder, clock: &clock{}, log: slog.New(logs)}
	r := &run{world: w, observer: newObserver(), ctx: ctx, opt: opt, plan: plan, logs: logs,
		rand: rand.New(rand.NewPCG(plan.Seed, 0xda7)), queues: map[hall.Letter]*queue{}}
	for _, l := range plan.Day.letters() {
		r.queues[l] = &queue{rand: rand.New(rand.NewPCG(plan.Seed, streamOf(string(l))))}
	}
	return r
}

func (r *run) tell(format string, args ...any) {
	if r.opt.Tell != nil {
		r.opt.Tell(fmt.Sprintf(format, args...))
	}
}

// morning signs everybody in and writes the day on the agenda.
func (r *run) morning() error {
	err := each(r.desks, 4, func(d *desk) error { return d.arriveAtWork(r.ctx) })
	if err != nil {
		return err
	}
	for _, p := range r.plan.People {
		r.agenda.note(p.AtMS, func() error { return r.arrive(p) }, r.keysOf(p)...)
	}
	for n, s := range r.plan.Sessions {
		last := n == len(r.plan.Sessions)-1
		for _, d := range r.desks {
			r.agenda.note(s[0]+r.rand.Int64N(20_000), func() error { return r.openWindow(d) }, string(d.service))
		}
		r.agenda.note(s[1], func() error { return r.endSession(last) })
	}
	for _, d := range r.plan.Disturb {
		r.agenda.note(r.plan.at(d.At), func() error { return r.begin(d) })
	}
	for at := r.plan.Sessions[0][0]; at < r.plan.Sessions[len(r.plan.Sessions)-1][1]; at += 60_000 {
		r.agenda.note(at, r.look, "board")
	}
	return nil
}

// play goes through the agenda until nothing is left to happen.
func (r *run) play() error {
	hour := ""
	for lanes, atMS := r.agenda.next(); len(lanes) > 0; lanes, atMS = r.agenda.next() {
		if err := r.clock.forward(r.ctx, max(atMS, r.clock.now()), r.opt.Compress); err != nil {
			return err
		}
		if now := hall.ClockOf(r.clock.now()); now[:2] != hour {
			hour = now[:2]
			r.tell("%s %s: %d tickets", r.plan.Hall, now, len(r.notes))
		}
		err := each(lanes, len(lanes), func(steps []step) error {
			for _, s := range steps {
				if err := s.do(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for l, q := range r.queues {
		if len(q.waiting) > 0 {
			return fmt.Errorf("the day ended and %d people still wait in %s", len(q.waiting), l)
		}
	}
	return nil
}

// after notes what happens some ms from now, alone.
func (r *run) after(ms int64, do func() error) { r.agenda.note(r.clock.now()+ms, do) }

// at notes what a clerk does some ms from now.
func (r *run) at(d *desk, ms int64, do func() error) {
	r.agenda.note(r.clock.now()+ms, do, string(d.service))
}

// look is what everybody in the hall sees each minute: the board.
func (r *run) look() error {
	for _, c := range r.board.Board.Page().Calls {
		if r.holder(hall.Number(c.Number)) == nil {
			r.fault("the board shows %s, which nobody holds", c.Number)
		}
	}
	return r.lookAtFastPC()
}

// keysOf names what a person's way through the kiosk touches.
func (r *run) keysOf(p *Person) []string {
	return []string{string(p.Service), r.kiosks[r.favourite(p)].settings.Device}
}

// arrive brings a person to a kiosk.
func (r *run) arrive(p *Person) error {
	n := &note{person: p, request: fmt.Sprintf("tap-%d", p.No), moves: map[event.Kind]int{}}
	k := r.kiosks[r.favourite(p)]
	if k != r.dark && !r.crash {
		return r.issue(k, n)
	}
	// It will be another kiosk than the step's keys say, or a kiosk ends.
	r.after(0, func() error {
		if r.crash {
			r.crash = false
			return r.powerCut(n)
		}
		return r.issue(r.kioskFor(p), n)
	})
	return nil
}

// favourite is where a person goes: the first kiosk, at the door, takes the most people.
func (r *run) favourite(p *Person) int { return int(float64(len(r.kiosks)) * p.Kiosk * p.Kiosk) }

// kioskFor picks a kiosk that has power.
func (r *run) kioskFor(p *Person) *station {
	i := r.favourite(p)
	for r.kiosks[i] == r.dark {
		i = (i + 1) % len(r.kiosks)
	}
	return r.kiosks[i]
}

func (n *note) wish() screen.TicketRequest {
	p := n.person
	w := screen.TicketRequest{Request: n.request, Letter: string(p.Service), Class: string(p.Class), Language: "zh"}
	if p.English {
		w.Language = "en"
	}
	for _, code := range p.Items {
		w.Items = append(w.Items, string(code))
	}
	return w
}

// take gives the person a ticket at a kiosk: with an appointment by checking in.
func (n *note) take(k *station) (screen.TicketPage, error) {
	w := n.wish()
	if n.person.Class == hall.Appointment {
		return k.Kiosk.CheckIn(n.request, hall.BookingPrefix+n.person.booking(), w.Language)
	}
	return k.Kiosk.Issue(w)
}

// issue is a person's way through the kiosk's pages to a ticket.
func (r *run) issue(k *station, n *note) error {
	if err := r.stocked(k, n.person); err != nil {
		return err
	}
	k.Kiosk.Home()
	if _, err := k.Kiosk.Items(string(n.person.Service)); err != nil {
		return fmt.Errorf("list the items of %s: %w", n.person.Service, err)
	}
	begin := time.Now()
	page, err := n.take(k)
	r.took(&r.issueMS, begin)
	if err != nil {
		return fmt.Errorf("take a ticket at %s: %w", k.settings.Device, err)
	}
	n.kiosk, n.code, n.own = k.Store.Origin(), k.slips.last, page.OwnSeries
	r.issued(n, hall.TicketID(page.Ticket), hall.Number(page.Number), page.IssuedMS)
	r.queueUp(n)
	return nil
}

// stocked waits until the kiosk has numbers, and knows the appointment of who has one: a person taps seconds after the
// last one, and a block comes in milliseconds.
func (r *run) stocked(k *station, p *Person) error {
	if r.hubAway {
		return nil
	}
	if p.Class == hall.Appointment {
		err := until(r.ctx, "an appointment at "+k.settings.Device, func() (ok bool) {
			k.Store.View(r.plan.Hall, func(h *hall.Hall) { _, ok = h.Booking(p.booking()) })
			return ok
		})
		if err != nil {
			return err
		}
	}
	l := p.Service
	return until(r.ctx, "numbers of "+string(l)+" at "+k.settings.Device, func() (ok bool) {
		epoch := k.Store.Epoch()
		k.Store.View(r.plan.Hall, func(h *hall.Hall) { ok = h.NumbersLeft(k.Store.Origin(), epoch, r.plan.Date, l) > 0 })
		return ok
	})
}

// queueUp adds a person with a ticket to those who wait and wakes a free clerk.
func (r *run) queueUp(n *note) {
	l := n.person.Service
	q := r.queues[l]
	q.waiting, q.unheard = append(q.waiting, n), append(q.unheard, n)
	r.wake(l)
}

// leave takes a person out of those who wait.
func (r *run) leave(n *note) {
	q := r.queues[n.person.Service]
	q.waiting = slices.DeleteFunc(q.waiting, func(x *note) bool { return x == n })
}

// callAnew lets the hub call again after it was away. People whom a clerk had
// waved to and who are still on their way wait for a call after all: the hub
// would refuse their slips, because it calls in order.
func (r *run) callAnew() error {
	r.hubAway = false
	var desks []*desk
	for _, n := range r.notes {
		if n.walking == nil || n.called {
			continue
		}
		desks, n.walking = append(desks, n.walking), nil
		q := r.queues[n.person.Service]
		at := slices.IndexFunc(q.waiting, func(x *note) bool { return x.issuedMS > n.issuedMS })
		if at < 0 {
			at = len(q.waiting)
		}
		q.waiting = slices.Insert(q.waiting, at, n)
	}
	for _, d := range desks {
		if err := r.free(d); err != nil {
			return err
		}
	}
	return nil
}

// heard waits until the hub has the tickets of a service and what a desk did
// last: for people that is seconds ago, for the line milliseconds.
func (r *run) heard(d *desk) error {
	q := r.queues[d.service]
	err := until(r.ctx, "the hub to have the tickets of "+string(d.service), func() bool {
		r.hub.Store.View(r.plan.Hall, func(h *hall.Hall) {
			q.unheard = slices.DeleteFunc(q.unheard, func(n *note) bool {
				t := h.Ticket(n.ticket)
				return t != nil && t.Known
			})
		})
		return len(q.unheard) == 0
	})
	if err != nil {
		return err
	}
	return until(r.ctx, "the hub to know that "+string(d.window)+" is free", func() (ok bool) {
		r.hub.Store.View(r.plan.Hall, func(h *hall.Hall) { ok = h.AtWindow(d.window) == nil })
		return ok
	})
}

// settle waits until everything is everywhere: confirmed from below to above,
// and the hall's feed read to its end.
func (r *run) settle() error {
	begin := time.Now()
	err := errors.Join(
		until(r.ctx, "the hub to have all of the terminals", func() bool { return owed(r.terminals()) == 0 }),
		until(r.ctx, "the centre to have all of the hub", func() bool { return owedBy(r.hub.Store) == 0 }))
	r.drain = time.Since(begin)
	return errors.Join(err, until(r.ctx, "the terminals to have all of the hub", r.caughtUp))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
