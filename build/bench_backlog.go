//go:build bench

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/link"
)

// backlogPoll is how often the hub is looked at while three days come back.
const backlogPoll = 50 * time.Millisecond

// benchBacklog lets both halls come back after three days, as benchReturn does, with each
// hub and the centre in a process of its own, and gives the most that one of them held. In
// the middle of it the hubs back themselves up, as they do every hour.
func benchBacklog(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	var hubs, centres series
	for round := range min(y.rounds, 3) {
		folder, err := y.fresh("backlog")
		if err != nil {
			return nil, err
		}
		in := *y
		in.folder = folder
		hub, centre, err := in.backlog()
		if err != nil {
			return nil, err
		}
		y.say("round %d: the larger hub held %.0f MB, the centre %.0f MB", round+1, hub, centre)
		hubs, centres = append(hubs, hub), append(centres, centre)
	}
	h := hubs.against("backlog_3_days_hub_memory_mb", "MB", series{300}, "the goal")
	return []figure{h.must("max < 300", h.Max < 300), centres.against("backlog_3_days_centre_memory_mb", "MB", hubs, "the larger of two hubs")}, nil
}

func (y *bay) backlog() (hubMB, centreMB float64, err error) {
	s := newSoak(y)
	var halls []hall.ID
	for _, h := range s.halls {
		halls = append(halls, h.id)
	}
	if s.clock, err = y.threeDays(halls); err != nil {
		return 0, 0, err
	}
	defer func() {
		for _, w := range []*worker{s.halls[0].hub, s.halls[1].hub, s.centre} {
			err = errors.Join(err, w.end())
		}
	}()
	if err := s.centre.start(s.clock.now()); err != nil {
		return 0, 0, err
	}
	for _, h := range s.halls {
		h.hub.spec.Above = "nats://" + s.centre.spec.Listen
		if err := h.hub.start(s.clock.now()); err != nil {
			return 0, 0, err
		}
		origin := event.Origin(h.id + "/k1")
		t, err := openStore(filepath.Join(y.folder, string(h.id)+".db"), origin, s.clock.now)
		if err != nil {
			return 0, 0, err
		}
		defer closing(t, &err)
		conn, err := broker.Connect(h.hub.last.URL, string(origin), y.log)
		if err != nil {
			return 0, 0, err
		}
		defer conn.Close()
		l := link.Start(link.Options{Conn: conn, Place: string(h.id), Origin: origin, Log: t, Fork: store.ErrFork, Feed: true, Now: s.clock.now, Logger: y.log})
		defer l.Stop()
	}
	begun, all := false, int64(len(halls)*returnEvents)
	backedUp := func() bool { return s.halls[0].hub.last.Backups+s.halls[1].hub.last.Backups == len(halls) }
	for begin := time.Now(); s.centre.last.Events < all || !backedUp(); time.Sleep(backlogPoll) {
		if time.Since(begin) > soakPatience {
			return 0, 0, fmt.Errorf("the halls are not back: %s", s.standing())
		}
		o := order{Backup: !begun && s.centre.last.Events > all/2}
		begun = begun || o.Backup
		if err := s.tell(func(*worker) order { return o }); err != nil {
			return 0, 0, err
		}
		for _, w := range s.workers {
			w.measure()
		}
	}
	return max(s.halls[0].hub.peakMB, s.halls[1].hub.peakMB), s.centre.peakMB, nil
}
