//go:build bench

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/broker"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// Of so many tickets one is called once more, and one given up.
const (
	recallOneIn = 50
	missOneIn   = 200
)

// A counter of the soak stands for several windows, and what happens at them at about the
// same time is one commit: else the machine would only carry single events about.
const (
	stationWindows = 24
	stationPack    = 24
)

// services are the queues of letters; each window of the soak serves all of them.
var services = []hall.Letter{"A", "B", "C", "D", "E", "F", "G", "H"}

// station is a terminal without its pages: the real store, line and rules of a kiosk or
// a counter, driven as fast as it can. What it does next follows from its own database
// alone, so that it goes on after a kill as if nothing had been.
type station struct {
	*base
	conn *natsgo.Conn
	link *link.Link
	hall hall.ID

	due, issued atomic.Int64 // tickets that a kiosk has to issue, and has
	open        atomic.Bool  // the counter's window shall be open
	date        hall.Date    // of the last ticket
	count       int
	requests    map[hall.WindowID]string // of the calls whose tickets are not seen yet

	stop context.CancelFunc
	done sync.WaitGroup
}

func openStation(b *base) (*station, error) {
	s := &station{base: b, hall: b.spec.Hall, requests: map[hall.WindowID]string{}}
	origin := event.Origin(string(b.spec.Hall) + "/" + b.spec.Device)
	var err error
	if b.store, err = openStore(filepath.Join(b.spec.Folder, "terminal.db"), origin, b.clock.now); err != nil {
		return nil, err
	}
	if s.conn, err = broker.Connect(b.spec.Above, string(origin), b.log); err != nil {
		return nil, errors.Join(err, b.store.Close())
	}
	s.link = link.Start(link.Options{Conn: s.conn, Place: string(s.hall), Origin: origin, Log: b.store, Fork: store.ErrFork, Feed: true, Now: b.clock.now, Logger: b.log,
		Beat: func() wire.Beat {
			t := wire.Beat{Origin: origin, Role: b.spec.Role, Program: "soak"}
			t.HereOnly, t.HallOnly, t.OldestMS, _ = b.store.Unsaved(context.Background())
			return t
		}})
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	work := s.serve
	if b.spec.Role == "kiosk" {
		work = s.issue
	}
	s.done.Go(func() {
		for ctx.Err() == nil {
			if busy, err := work(ctx); err != nil && ctx.Err() == nil {
				s.wrong("%s: %v", origin, err)
				return
			} else if !busy {
				pauseFor(ctx, 5*time.Millisecond)
			}
		}
	})
	return s, nil
}

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (s *station) obey(o order) {
	s.due.Add(int64(o.Issue))
	s.open.Store(o.Open)
}

func (s *station) tell(r *report) { r.Due, r.Issued = int(s.due.Load()), int(s.issued.Load()) }

// Close ends the station as a program ends that is told to.
func (s *station) Close() error {
	s.stop()
	s.done.Wait()
	s.link.Stop()
	s.conn.Close()
	return s.store.Close()
}

// issue issues the tickets that are due, some in one commit; false when none are.
func (s *station) issue(ctx context.Context) (bool, error) {
	n := min(int(s.due.Load()), stationPack)
	if n == 0 {
		return false, nil
	}
	now := s.clock.now()
	if today := hall.DateOf(now); today != s.date {
		s.date = today
		if err := s.voidLeftover(ctx); err != nil {
			return false, err
		}
	}
	if err := s.stock(ctx); err != nil {
		return false, err
	}
	epoch := s.store.Epoch()
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		for range n {
			cmd := hall.Issue{Ticket: hall.TicketID(terminal.NewID(now)), Origin: s.store.Origin(), Epoch: epoch, Digit: int(s.spec.Device[1] - '0'),
				Service: hall.Letter(letters[s.count%len(letters)]), Class: hall.WalkIn, Language: "zh", NowMS: now, Items: []hall.ItemCode{"11330100MB0000001X4000711001001"}}
			if _, err := tx.Issue(terminal.NewID(now), tx.Hall(s.hall).Issue(cmd)); err != nil {
				return err
			}
			s.count++
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("issue: %w", err)
	}
	s.due.Add(int64(-n))
	s.issued.Add(int64(n))
	return true, nil
}

// voidLeftover gives the numbers of earlier days up, as a kiosk does.
func (s *station) voidLeftover(ctx context.Context) error {
	var list []hall.Block
	s.store.View(s.hall, func(h *hall.Hall) { list = h.Leftover(s.store.Origin(), s.date) })
	if len(list) == 0 {
		return nil
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		for _, b := range list {
			if _, _, err := tx.Append(hall.KindBlockVoided, b); err != nil {
				return err
			}
		}
		return nil
	})
}

// stock leases numbers while they are low; without a hub the kiosk goes on in its own series.
func (s *station) stock(ctx context.Context) error {
	if !s.conn.IsConnected() {
		return nil
	}
	var low []hall.Letter
	epoch := s.store.Epoch()
	s.store.View(s.hall, func(h *hall.Hall) {
		for _, l := range services {
			if h.NumbersLeft(s.store.Origin(), epoch, s.date, l) <= hall.BlockLow {
				low = append(low, l)
			}
		}
	})
	return s.ask(ctx, len(low), func(i int) ([][]byte, error) {
		body, err := s.link.Block(ctx, wire.BlockAsk{Request: terminal.NewID(s.clock.now()), Origin: s.store.Origin(), Epoch: epoch, Date: string(s.date), Service: string(low[i])})
		return [][]byte{body}, err
	})
}

// ask asks the hub several things side by side, and keeps its answers in one commit.
func (s *station) ask(ctx context.Context, n int, one func(i int) ([][]byte, error)) error {
	if n == 0 {
		return nil
	}
	answers, errs := make([][][]byte, n), make([]error, n)
	var asked sync.WaitGroup
	for i := range n {
		asked.Go(func() {
			if answers[i], errs[i] = one(i); errs[i] != nil {
				answers[i] = nil
			}
			if saidNo(errs[i]) {
				errs[i] = nil
			}
		})
	}
	asked.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		for _, body := range slices.Concat(answers...) {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	})
}

// saidNo tells that the rules or the place above said no, or nothing; a disk that fails
// is no such answer.
func saidNo(err error) bool {
	var no *event.Refusal
	return errors.As(err, &no) && !errors.Is(err, event.NotSaved) && !errors.Is(err, event.DiskFull)
}

// move is the next thing that happens at a window.
type move struct {
	window hall.WindowID
	kind   event.Kind
}

// serve does the next thing at each window; false when there is nothing to do.
func (s *station) serve(ctx context.Context) (bool, error) {
	moves, free := s.look()
	if len(moves) > 0 {
		if err := s.note(ctx, moves); err != nil {
			return false, err
		}
	}
	called := atomic.Bool{}
	err := s.ask(ctx, len(free), func(i int) ([][]byte, error) {
		w := free[i]
		bodies, err := s.link.Call(ctx, hall.Call{Request: s.requests[w], Window: w, Clerk: clerkAt(w), Services: services})
		if err == nil {
			called.Store(true)
		}
		return bodies, err
	})
	return len(moves) > 0 || called.Load(), err
}

func clerkAt(w hall.WindowID) hall.ClerkID { return "c-" + hall.ClerkID(w) }

// look finds what is to be done at each window, and which ask for the next ticket: no
// more of them than people wait. A call has the same request until its ticket is seen.
func (s *station) look() (moves []move, free []hall.WindowID) {
	now := s.clock.now()
	today := hall.DateOf(now)
	s.store.View(s.hall, func(h *hall.Hall) {
		waiting := 0
		for _, l := range services {
			waiting += h.WaitingAt(today, l)
		}
		opened := map[hall.WindowID]bool{}
		for _, w := range h.Windows() {
			opened[w.ID] = w.Open
		}
		for n := range stationWindows {
			w := hall.WindowID(fmt.Sprintf("W%s%02d", s.spec.Device, n))
			t := h.AtWindow(w)
			switch {
			case t != nil && t.State == hall.Serving:
				moves = append(moves, move{w, hall.KindFinished})
			case t != nil:
				delete(s.requests, w)
				if kind, now := way(t, now); now {
					moves = append(moves, move{w, kind})
				}
			case opened[w] && !s.open.Load():
				moves = append(moves, move{w, hall.KindWindowClosed})
			case !opened[w] && s.open.Load():
				moves = append(moves, move{w, hall.KindWindowOpened})
			case opened[w] && len(free) < waiting:
				if s.requests[w] == "" {
					s.requests[w] = terminal.NewID(now)
				}
				free = append(free, w)
			}
		}
	})
	return moves, free
}

// way is what becomes of a call: most people come, some after a second call, a few never.
func way(t *hall.Ticket, now int64) (kind event.Kind, due bool) {
	chance := fnv.New32a()
	chance.Write([]byte(t.Ticket))
	n := chance.Sum32()
	switch {
	case n%missOneIn == 0:
		return hall.KindMissed, hall.Left(t.LastCallMS, hall.MissAfterMS, now) == 0
	case n%recallOneIn == 1 && t.Recalls == 0:
		return hall.KindRecalled, hall.Left(t.LastCallMS, hall.RecallAfterMS, now) == 0
	}
	return hall.KindStarted, true
}

// note notes the moves in one commit. What the rules refuse by now is looked at again.
func (s *station) note(ctx context.Context, moves []move) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		for _, m := range moves {
			fact, no := s.fact(tx.Hall(s.hall), m)
			if no != nil {
				continue
			}
			if _, _, err := tx.Append(m.kind, fact); err != nil {
				return fmt.Errorf("%s at %s: %w", m.kind, m.window, err)
			}
		}
		return nil
	})
}

func (s *station) fact(h *hall.Hall, m move) (any, *event.Refusal) {
	now, w, clerk := s.clock.now(), m.window, clerkAt(m.window)
	switch m.kind {
	case hall.KindWindowOpened:
		return hall.WindowOpened{Hall: s.hall, Window: w, Clerk: clerk, Services: services, AtMS: now}, nil
	case hall.KindWindowClosed:
		return hall.WindowClosed{Hall: s.hall, Window: w, AtMS: now}, nil
	case hall.KindRecalled:
		return h.Recall(w, clerk, now)
	case hall.KindMissed:
		return h.Miss(w, clerk, now)
	case hall.KindFinished:
		return h.Finish(w, clerk, []hall.Ending{{Item: "11330100MB0000001X4000711001001", Outcome: hall.Accepted}}, now)
	}
	return h.Start(w, clerk, "button", now)
}
