//go:build bench

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

const (
	// soakDays and soakTickets (of each hall and day) make 2.5 million events.
	soakDays    = 30
	soakTickets = 10_300
	soakEvents  = 2_500_000
	// soakSteps is in how many steps the clock goes through a day.
	soakSteps = 256
	// soakQueue is how many people wait in a hall before no more come: the clock stands still then.
	soakQueue = 200
	// soakLook is how often every place is measured, soakPoll how often it is spoken with.
	soakLook = time.Second
	soakPoll = 20 * time.Millisecond
	// soakPollMS is how far the clock goes between two polls.
	soakPollMS = 5_000
	// soakPatience ends a soak in which nothing moves.
	soakPatience = 5 * time.Minute
	// doorsOpen is when a day begins.
	doorsOpen = "08:45"
)

// soakHall is a hall of the soak: a hub, two kiosks and two counters.
type soakHall struct {
	id               hall.ID
	hub              *worker
	kiosks, counters []*worker
	target           int // tickets that kiosks shall have issued by now
}

// soak is working days compressed to a minute each, with a hub, a centre and terminals
// that are processes of their own, a fault a quarter of the time.
type soak struct {
	*bay
	rng          *rand.Rand
	clock        *clock
	at           float64 // the day and the share of it that is over
	open         bool
	centre       *worker
	halls        []*soakHall
	workers      []*worker
	faults       []fault
	samples      []sample
	looked       time.Time
	centreEvents int64
}

func newSoak(y *bay) *soak {
	s := &soak{bay: y, rng: rand.New(rand.NewPCG(y.seed, 0x50a4)), clock: newClock(benchStart)}
	s.centre = s.worker("centre", placeSpec{Role: wire.Centre})
	for _, id := range []hall.ID{"jiangnan", "jiangbei"} {
		h := &soakHall{id: id}
		h.hub = s.worker(string(id)+"/hub", placeSpec{Role: wire.RoleHub, Hall: id})
		for _, name := range []string{"k1", "k2"} {
			h.kiosks = append(h.kiosks, s.worker(string(id)+"/"+name, placeSpec{Role: "kiosk", Hall: id, Device: name}))
		}
		for _, name := range []string{"c1", "c2"} {
			h.counters = append(h.counters, s.worker(string(id)+"/"+name, placeSpec{Role: "counter", Hall: id, Device: name}))
		}
		s.halls = append(s.halls, h)
	}
	return s
}

func (s *soak) worker(name string, spec placeSpec) *worker {
	spec.Folder = filepath.Join(s.folder, strings.ReplaceAll(name, "/", "-"))
	spec.Listen = "127.0.0.1:0"
	spec.Backup = 96 * time.Hour // of the told clock: some minutes here
	w := &worker{name: name, spec: spec, noted: map[event.Epoch]event.Seq{}}
	s.workers = append(s.workers, w)
	return w
}

// terminals lists the kiosks and counters of a hall.
func (h *soakHall) terminals() []*worker { return slices.Concat(h.kiosks, h.counters) }

// run lives all days and leaves every place drained and ended.
func (s *soak) run() (err error) {
	defer func() {
		for _, w := range slices.Backward(s.workers) {
			err = errors.Join(err, w.end())
			if w.line != nil {
				err = errors.Join(err, w.line.Close())
			}
		}
	}()
	date := hall.DateOf(benchStart)
	if err := s.begin(date); err != nil {
		return err
	}
	for n := range s.days {
		begin := time.Now()
		if err := s.day(n, date); err != nil {
			return fmt.Errorf("day %d: %w", n+1, err)
		}
		hub := s.halls[0].hub
		s.say("day %d, %s: %.0f s, %d events; a hub holds %.0f MB (at most %.0f), the centre %.0f MB; they start in %.0f and %.0f ms, the page takes %.0f ms", n+1, date, time.Since(begin).Seconds(),
			s.centre.last.Events, hub.measure().memoryMB, hub.peakMB, s.centre.measure().memoryMB, hub.startMS, s.centre.startMS, s.centre.last.LookMS)
		if date, err = nextWorkingDay(date); err != nil {
			return err
		}
	}
	return s.until("everything to be at the centre", func() bool {
		return !slices.ContainsFunc(s.workers, func(w *worker) bool { return w != s.centre && w.last.Owed > 0 })
	})
}

// begin starts the places from above to below, each behind its line.
func (s *soak) begin(date hall.Date) error {
	now, err := hall.At(date, "08:30")
	if err != nil {
		return err
	}
	s.clock = newClock(now)
	if err := s.centre.start(now); err != nil {
		return err
	}
	for _, h := range s.halls {
		for _, w := range append([]*worker{h.hub}, h.terminals()...) {
			if w.line, err = laySoakLine(); err != nil {
				return err
			}
			w.spec.Above = w.line.url()
			above := h.hub
			if w == h.hub {
				above = s.centre
			}
			w.line.lead(above.spec.Listen)
			if err := w.start(now); err != nil {
				return err
			}
		}
	}
	return nil
}

// nextWorkingDay skips the weekend.
func nextWorkingDay(d hall.Date) (hall.Date, error) {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d, err
	}
	for at = at.AddDate(0, 0, 1); at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; {
		at = at.AddDate(0, 0, 1)
	}
	return hall.Date(at.Format(time.DateOnly)), nil
}

// day lets a day's people come, and goes home when everybody is served.
func (s *soak) day(n int, date hall.Date) error {
	opened, err := hall.At(date, doorsOpen)
	if err != nil {
		return err
	}
	faults := s.plan(n)
	begun := make([]int, len(s.halls))
	for i, h := range s.halls {
		begun[i] = h.target
	}
	s.open = true
	for step := range soakSteps {
		s.at = float64(n) + float64(step)/soakSteps
		s.clock.to(opened + int64(step)*doorsOpenMS/soakSteps)
		for len(faults) > 0 && s.at >= faults[0].from && !s.disturbed() {
			if err := s.disturb(faults[0]); err != nil {
				return err
			}
			faults = faults[1:]
		}
		if err := s.mend(false); err != nil {
			return err
		}
		for i, h := range s.halls {
			h.target = begun[i] + s.tickets*(step+1)/soakSteps
		}
		if err := s.until("the halls to keep pace", s.keepsPace); err != nil {
			return err
		}
	}
	s.at = float64(n + 1)
	if err := s.mend(true); err != nil {
		return err
	}
	err = s.until("everybody to be served", func() bool {
		return !slices.ContainsFunc(s.halls, func(h *soakHall) bool {
			return h.missing() > 0 || h.due() > 0 || h.hub.last.Waiting+h.hub.last.AtWindows > 0
		})
	})
	if err != nil {
		return err
	}
	return s.evening(n)
}

// evening closes the windows; the officer looks at the page and, now and then, the hubs
// compare themselves with the centre, as they do once a day.
func (s *soak) evening(n int) error {
	s.open = false
	return s.tell(func(w *worker) order { return order{Look: true, Compare: n%10 == 9} })
}

// missing is how many of the tickets that shall be issued nobody has been told to issue:
// what a kiosk had still to do when it was killed is asked for again.
func (h *soakHall) missing() int {
	have := h.due()
	for _, k := range h.kiosks {
		have += k.issued + k.last.Issued
	}
	return h.target - have
}

func (h *soakHall) due() (n int) {
	for _, k := range h.kiosks {
		n += k.last.Due
	}
	return n
}

// keepsPace tells whether the next people may come: kiosks have done their work and, where
// a hub can call, not too many wait.
func (s *soak) keepsPace() bool {
	return !slices.ContainsFunc(s.halls, func(h *soakHall) bool {
		return h.missing() > 0 || h.due() > s.tickets/soakSteps || h.hub.running() && h.hub.last.Waiting > soakQueue
	})
}

// until speaks with every place again and again until something is so. The clock goes on
// meanwhile: a window may wait for somebody who does not come.
func (s *soak) until(what string, so func() bool) error {
	for begin := time.Now(); ; {
		err := s.tell(func(*worker) order { return order{} })
		if err != nil || so() {
			return err
		}
		if time.Since(begin) > soakPatience {
			return fmt.Errorf("waited %s for %s: %s", soakPatience, what, s.standing())
		}
		time.Sleep(soakPoll)
		s.clock.step(soakPollMS)
	}
}

// standing tells how every place stands, for an error.
func (s *soak) standing() string {
	var b strings.Builder
	for _, w := range s.workers {
		fmt.Fprintf(&b, "\n%s: runs %v, %+v", w.name, w.running(), w.last)
	}
	return b.String()
}

// tell gives every place that runs the time and its orders, side by side, and measures
// all of them once a second.
func (s *soak) tell(more func(*worker) order) error {
	orders := map[*worker]order{}
	for _, w := range s.workers {
		if w.running() {
			o := more(w)
			o.NowMS, o.Open = s.clock.now(), s.open
			orders[w] = o
		}
	}
	for _, h := range s.halls {
		working := slices.DeleteFunc(slices.Clone(h.kiosks), func(k *worker) bool { return !k.running() })
		missing := max(0, h.missing())
		for i, k := range working {
			o := orders[k]
			o.Issue = missing*(i+1)/len(working) - missing*i/len(working)
			orders[k] = o
		}
	}
	var told sync.WaitGroup
	errs := make([]error, len(s.workers))
	for i, w := range s.workers {
		if o, ok := orders[w]; ok {
			told.Go(func() { errs[i] = w.tell(o) })
		}
	}
	told.Wait()
	s.centreEvents = max(s.centreEvents, s.centre.last.Events)
	if time.Since(s.looked) >= soakLook {
		s.looked = time.Now()
		s.samples = append(s.samples, s.sample())
	}
	return errors.Join(errs...)
}

// driverName stands for this process among the places.
const driverName = "driver"

// sample is what every place holds at a moment of the soak.
type sample struct {
	at   float64
	held map[string]holding
}

type holding struct {
	memoryMB, goroutines, descriptors, walMB, databaseMB, startMS float64
	// keptMB is memoryMB without Go's garbage: what a leak would fill.
	keptMB float64
	// backup tells that a backup was being made: a day of a minute is full of them, a
	// real one has twenty-four that take some seconds.
	backup bool
}

func (s *soak) sample() sample {
	out := sample{at: s.at, held: map[string]holding{}}
	self := &worker{}
	m := self.look("/proc/self")
	out.held[driverName] = holding{memoryMB: m.memoryMB, goroutines: float64(runtime.NumGoroutine()), descriptors: m.descriptors}
	for _, w := range s.workers {
		if m := w.measure(); m.memoryMB > 0 {
			out.held[w.name] = holding{memoryMB: m.memoryMB, goroutines: float64(w.last.Goroutines), descriptors: m.descriptors, walMB: sizeMB(w.database() + "-wal"),
				databaseMB: sizeMB(w.database()), startMS: w.startMS, keptMB: m.memoryMB - w.last.GarbageMB, backup: w.backingUp()}
		}
	}
	return out
}

// benchSoak lives the working days and gives what was lost, what was doubled, and what
// grew that should not.
func benchSoak(y *bay) ([]figure, error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	y.say("seed %d: bench --seed %d soak plays the same faults again", y.seed, y.seed)
	s := newSoak(y)
	begin := time.Now()
	err := s.run()
	took := time.Since(begin)
	// Also a soak that broke down is drawn: it shows what led there.
	if err := errors.Join(err, os.MkdirAll(filepath.Dir(y.plot), 0o755), s.draw(y.plot)); err != nil {
		return nil, err
	}
	y.say("the plot is %s", y.plot)
	found, err := s.check()
	if err != nil {
		return nil, err
	}
	return s.figures(found, took), nil
}
