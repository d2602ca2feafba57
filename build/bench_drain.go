//go:build bench

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/core"
	"onewindow/sync/link"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

const (
	drainEvents = 100_000
	drainOrigin = event.Origin("jiangnan/k1")
	// drainLimit ends a drain that hangs.
	drainLimit = 2 * time.Minute
	// pushesAhead is how many pushes the bare receiver has waiting, as link does.
	pushesAhead = 4
)

// benchDrain brings 100,000 events that a terminal noted in eight days alone to
// its hub and, in another round, on to the centre: real link, real NATS on
// loopback, real stores. It met its hub before it was cut off; a hub that it never met, or
// one that lost its disk, is handed the whole log back as well, which a figure of its own
// tells. The ceiling is the receiver alone: the same pushes, made
// beforehand, handed to its store without network or sender. How far that is from
// SQLite itself tells apply_events_per_second.
func benchDrain(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	d := &drain{bay: y, clock: newClock(benchStart), full: filepath.Join(y.folder, "full.db")}
	y.say("noting %d events", drainEvents)
	if err := d.note(); err != nil {
		return nil, fmt.Errorf("note events: %w", err)
	}
	var one, two, first, bare, rows, rival series
	for round := range y.rounds {
		for _, part := range []struct {
			into *series
			name string
			run  func() (float64, error)
		}{{&rows, "rows in SQLite", d.rows}, {&bare, "bare apply", d.apply}, {&one, "one hop", d.oneHop}, {&two, "two hops", d.twoHops}, {&first, "one hop to a hub that never met it", d.firstContact}, {&rival, "JetStream into SQLite", d.rival}} {
			perSecond, err := part.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", part.name, err)
			}
			y.say("round %d: %s %.0f events/s", round+1, part.name, perSecond)
			*part.into = append(*part.into, perSecond)
		}
	}
	const ceiling = "bare apply: the same pushes given to the receiver's store without network or sender"
	hops := two.against("drain_two_hops_events_per_second", "1/s", one, "one hop: drain_events_per_second")
	against := one.against("drain_against_jetstream", "1/s", rival, "one asynchronous JetStream publish per event, a consumer into SQLite, 500 a commit, no checks and no tickets")
	hop := one.against("drain_events_per_second", "1/s", bare, ceiling)
	return []figure{
		hop.must("ratio >= 0.8", hop.Ratio >= 0.8),
		hops.must("ratio >= 0.7", hops.Ratio >= 0.7),
		against.must("ratio >= 1.5", against.Ratio >= 1.5),
		first.against("drain_first_contact_events_per_second", "1/s", one, "one hop: drain_events_per_second"),
		bare.against("apply_events_per_second", "1/s", rows, "the same rows inserted into the same tables and indexes, 1000 a commit, no fold, no checks"),
	}, nil
}

type drain struct {
	*bay
	clock  *clock
	full   string
	pushes []wire.Push
	last   event.ID
	hash   event.Hash
	today  hall.Date
}

// note makes the terminal's database with everything still to be sent, and the
// pushes that a link would make of it.
func (d *drain) note() (err error) {
	s, err := openStore(d.full, drainOrigin, d.clock.now)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := fillDays(s, d.clock, drainEvents); err != nil {
		return err
	}
	d.today = hall.DateOf(d.clock.now())
	d.hash = hashOf(s, d.today)
	owed := s.Owing()
	if len(owed) != 1 || owed[0].Seq != drainEvents {
		return fmt.Errorf("the terminal owes %v, not %d events", owed, drainEvents)
	}
	d.last = event.ID{Origin: owed[0].Origin, Epoch: owed[0].Epoch, Seq: owed[0].Seq}
	var prev event.Hash
	for from := event.Seq(1); ; {
		p, more, err := s.Batch(context.Background(), d.last.Origin, d.last.Epoch, from, prev, wire.MaxEvents)
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		from, prev = p.Upto()+1, p.Head()
		d.pushes = append(d.pushes, p)
	}
}

func hashOf(s *store.Store, today hall.Date) (h event.Hash) {
	s.View(benchHall, func(v *hall.Hall) { h = v.Hash(today) })
	return h
}

// check makes sure that a receiver has everything, once, and in the same state.
func (d *drain) check(s *store.Store) error {
	ctx := context.Background()
	var have, aside int
	if err := s.Reader().QueryRowContext(ctx, "SELECT count(*) FROM event JOIN chain ON chain.id = event.chain WHERE chain.origin = ?", string(drainOrigin)).Scan(&have); err != nil {
		return err
	}
	aside, err := s.Quarantined(ctx)
	if err != nil {
		return err
	}
	if have != drainEvents || aside != 0 {
		return fmt.Errorf("%s has %d events and %d in quarantine, not %d and 0", s.Origin(), have, aside, drainEvents)
	}
	if hashOf(s, d.today) != d.hash {
		return fmt.Errorf("%s is in another state than the terminal", s.Origin())
	}
	return nil
}

// apply gives the receiver alone, in events per second.
func (d *drain) apply() (perSecond float64, err error) {
	folder, err := d.fresh("bare")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	s, err := openStore(filepath.Join(folder, "hub.db"), "jiangnan/hub", d.clock.now)
	if err != nil {
		return 0, err
	}
	defer closing(s, &err)
	results := make(chan error, len(d.pushes))
	ahead := make(chan bool, pushesAhead)
	begin := time.Now()
	for _, p := range d.pushes {
		ahead <- true
		err := s.Receive(p, func(a wire.Ack, err error) {
			if err == nil && a.Refuse != nil {
				err = a.Refuse
			}
			results <- err
			<-ahead
		})
		if err != nil {
			return 0, err
		}
	}
	for range d.pushes {
		if err := <-results; err != nil {
			return 0, err
		}
	}
	took := time.Since(begin)
	return drainEvents / took.Seconds(), d.check(s)
}

// oneHop gives the way terminal -> hub -> ack, in events per second.
func (d *drain) oneHop() (float64, error) { return d.hop(true) }

// firstContact is oneHop to a hub that has never heard of the terminal.
func (d *drain) firstContact() (float64, error) { return d.hop(false) }

func (d *drain) hop(met bool) (perSecond float64, err error) {
	h, err := d.hub("")
	if err != nil {
		return 0, err
	}
	defer closing(h, &err)
	perSecond, err = d.send(h, met, noneOwed)
	return perSecond, errors.Join(err, d.check(h.Store))
}

func noneOwed(t *store.Store) bool { return len(t.Owing()) == 0 }

// twoHops gives the way terminal -> hub -> centre until the terminal knows that
// the centre has everything, in events per second.
func (d *drain) twoHops() (perSecond float64, err error) {
	folder, err := d.fresh("centre")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	c, err := node.OpenCentre(node.Options{Data: folder, Listen: "127.0.0.1:0", Open: true, Now: d.clock.now, Logger: d.log})
	if err != nil {
		return 0, err
	}
	defer closing(c, &err)
	h, err := d.hub(c.Broker.URL())
	if err != nil {
		return 0, err
	}
	defer closing(h, &err)
	perSecond, err = d.send(h, true, func(t *store.Store) bool { return t.Saved(d.last) == "centre" })
	return perSecond, errors.Join(err, d.check(h.Store), d.check(c.Store))
}

func (d *drain) hub(centre string) (*node.Hub, error) {
	folder, err := d.fresh("hub")
	if err != nil {
		return nil, err
	}
	return node.OpenHub(node.Options{Data: folder, Listen: "127.0.0.1:0", Open: true, Hall: benchHall, Centre: centre, Now: d.clock.now, Logger: d.log})
}

// send opens a copy of the terminal's database, lets a link empty it as a
// terminal's does, feed and beats included, and times it until done says so. met tells
// that the terminal followed this hub before.
func (d *drain) send(h *node.Hub, met bool, done func(*store.Store) bool) (perSecond float64, err error) {
	folder, err := d.fresh("terminal")
	if err != nil {
		return 0, err
	}
	path := filepath.Join(folder, "terminal.db")
	if err := copyTo(path, d.full, 0o600); err != nil {
		return 0, err
	}
	t, err := openStore(path, drainOrigin, d.clock.now)
	if err != nil {
		return 0, err
	}
	defer closing(t, &err)
	if met {
		if err := meet(t, benchHall, h); err != nil {
			return 0, err
		}
	}
	conn, err := broker.Connect(h.Broker.URL(), string(drainOrigin), d.log)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.FlushTimeout(5 * time.Second); err != nil {
		return 0, fmt.Errorf("connect: %w", err)
	}
	commits := t.Watch()
	defer t.Unwatch(commits)
	late := time.After(drainLimit)
	begin := time.Now()
	l := link.Start(link.Options{Conn: conn, Place: string(benchHall), Origin: drainOrigin, Log: t, Fork: store.ErrFork, Feed: true, Now: d.clock.now, Logger: d.log,
		Beat: func() wire.Beat {
			b := wire.Beat{Origin: drainOrigin, Role: "kiosk"}
			b.HereOnly, b.HallOnly, b.OldestMS, _ = t.Unsaved(context.Background())
			return b
		}})
	defer l.Stop()
	for !done(t) {
		select {
		case <-commits:
		case <-late:
			return 0, fmt.Errorf("not drained after %s: %v is owed", drainLimit, t.Owing())
		}
	}
	return drainEvents / time.Since(begin).Seconds(), nil
}

// meet leaves a terminal's database as it is after it followed its hall's hub: it knows its life.
func meet(t *store.Store, id hall.ID, h *node.Hub) error {
	life := h.Store.Epoch()
	return t.Write(context.Background(), func(tx *store.Tx) error {
		return tx.TakeFeed(string(id), wire.Feed{Epoch: life}, core.Cursor{Epoch: life})
	})
}
