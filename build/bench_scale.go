//go:build bench

package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/terminal"
	"onewindow/sync/broker"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

const (
	scaleHalls  = 1000
	scalePushes = 6
	scaleEvents = 24 // of one push: six visits
)

// benchScale lets a thousand halls speak to one centre at once: real frames, chains
// and signatures over a thousand connections on loopback, each hall a light hub that
// sends its next push when the last one is acknowledged. The ceiling is the same
// pushes given to the centre's store by one caller without network.
func benchScale(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	var rate, p99, memory, bare series
	for round := range min(y.rounds, 3) {
		s := &scale{bay: y, clock: newClock(benchStart)}
		if err := s.run(); err != nil {
			return nil, err
		}
		y.say("round %d: %.0f events/s, acks p50 %.0f p99 %.0f ms, %.0f KiB a hall, bare %.0f/s", round+1, s.rate, s.waits.quantile(0.5), s.waits.quantile(0.99), s.kib, s.bare)
		rate, p99, memory, bare = append(rate, s.rate), append(p99, s.waits.quantile(0.99)), append(memory, s.kib), append(bare, s.bare)
	}
	return []figure{
		rate.against("scale_1000_halls_events_per_second", "1/s", bare, "the same pushes given to the centre's store, no network"),
		p99.against("scale_1000_halls_ack_p99", "ms", series{scaleHalls * scaleEvents * 1000 / bare.median()}, "one push of each hall through the bare store"),
		memory.against("scale_memory_kib_per_hall", "KiB", series{55}, "a connected terminal as measured before this project (both ends)"),
	}, nil
}

type scale struct {
	*bay
	clock *clock
	halls []*lightHall

	mu              sync.Mutex
	waits           series
	rate, kib, bare float64
}

// lightHall is a hub that only pushes.
type lightHall struct {
	origin event.Origin
	pushes []wire.Push
}

func (s *scale) run() (err error) {
	for i := range scaleHalls {
		s.halls = append(s.halls, s.hall(i))
	}
	if s.bare, err = s.alone(); err != nil {
		return err
	}
	folder, err := s.fresh("centre")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	debug.FreeOSMemory()
	before := residentMB()
	c, err := node.OpenCentre(node.Options{Data: folder, Listen: "127.0.0.1:0", Open: true, Now: s.clock.now, Logger: s.log})
	if err != nil {
		return err
	}
	defer closing(c, &err)
	ready := make(chan bool)
	results := make(chan error, scaleHalls)
	var connected sync.WaitGroup
	for _, h := range s.halls {
		connected.Add(1)
		go func() { results <- s.speak(c.Broker.URL(), h, &connected, ready) }()
	}
	connected.Wait()
	s.kib = (residentMB() - before) * 1000 / scaleHalls
	begin := time.Now()
	close(ready)
	for range s.halls {
		err = errors.Join(err, <-results)
	}
	s.rate = scaleHalls * scalePushes * scaleEvents / time.Since(begin).Seconds()
	return err
}

// hall makes the chain of one hall: a device and the visits of a morning.
func (s *scale) hall(i int) *lightHall {
	h := &lightHall{origin: event.Origin(fmt.Sprintf("h%04d/hub", i))}
	key := ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32.32s", h.origin)))
	var seq event.Seq
	var prev event.Hash
	var list [][]byte
	note := func(kind event.Kind, fact any) {
		seq++
		e := event.Event{ID: event.ID{Origin: h.origin, Epoch: 7, Seq: seq}, At: event.Stamp{MS: s.clock.now() + int64(seq)}, Kind: kind, Payload: hall.Payload(fact)}
		list = append(list, e.Encode())
	}
	place, day := hall.ID(h.origin.Hall()), hall.DateOf(s.clock.now())
	for p := range scalePushes {
		from := seq + 1
		list = nil
		if p == 0 {
			note(hall.KindDevice, hall.Device{Role: "hub", Key: key.Public().(ed25519.PublicKey), Program: "bench"})
		}
		for n := 0; len(list) < scaleEvents; n++ {
			at := s.clock.now() + int64(p*100+n)
			id := hall.TicketID(terminal.NewID(at))
			step := hall.Moved{Ticket: id, Window: "B01", Clerk: "c1", AtMS: at, Ended: []hall.Ending{{Outcome: hall.Accepted}}}
			note(hall.KindIssued, hall.Issued{Ticket: id, Hall: place, Date: day, Service: "B", Number: hall.Number(fmt.Sprintf("B%03d", p*10+n+1)), Class: hall.WalkIn, Language: "zh", IssuedMS: at})
			note(hall.KindCalled, hall.Called{Ticket: id, Window: "B01", Clerk: "c1", Request: string(id), Hall: place, Date: day, AtMS: at})
			note(hall.KindStarted, step)
			note(hall.KindFinished, step)
		}
		push := wire.Push{Origin: h.origin, Epoch: 7, From: from, Prev: prev, Bodies: list}
		push.Sig = wire.SignHead(key, h.origin, 7, push.Upto(), push.Head())
		prev = push.Head()
		h.pushes = append(h.pushes, push)
	}
	return h
}

// alone gives what the centre's store takes of the same pushes, in events per second.
func (s *scale) alone() (perSecond float64, err error) {
	folder, err := s.fresh("alone")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	db, err := openStore(folder+"/centre.db", "district/centre", s.clock.now)
	if err != nil {
		return 0, err
	}
	defer closing(db, &err)
	results := make(chan error, scaleHalls*scalePushes)
	begin := time.Now()
	for p := range scalePushes {
		for _, h := range s.halls {
			if err := db.Receive(h.pushes[p], func(a wire.Ack, err error) {
				if err == nil && a.Refuse != nil {
					err = a.Refuse
				}
				results <- err
			}); err != nil {
				return 0, err
			}
		}
	}
	for range scaleHalls * scalePushes {
		if err := <-results; err != nil {
			return 0, err
		}
	}
	return scaleHalls * scalePushes * scaleEvents / time.Since(begin).Seconds(), nil
}

// speak connects a hall, waits for all others, and sends push after push.
func (s *scale) speak(url string, h *lightHall, connected *sync.WaitGroup, ready chan bool) error {
	conn, err := broker.Connect(url, string(h.origin), s.log)
	if err == nil {
		err = conn.FlushTimeout(30 * time.Second)
	}
	connected.Done()
	if err != nil {
		return fmt.Errorf("connect %s: %w", h.origin, err)
	}
	defer conn.Close()
	<-ready
	for _, p := range h.pushes {
		begin := time.Now()
		m, err := conn.Request(wire.AskSubject(wire.Centre, wire.VerbPush, h.origin), p.Encode(), 30*time.Second)
		if err != nil {
			return fmt.Errorf("push of %s: %w", h.origin, err)
		}
		var a wire.Ack
		if err := json.Unmarshal(m.Data, &a); err != nil || a.Refuse != nil || a.Upto < p.Upto() {
			return fmt.Errorf("push of %s: ack %+v: %w", h.origin, a, err)
		}
		s.mu.Lock()
		s.waits = append(s.waits, inMS(time.Since(begin)))
		s.mu.Unlock()
	}
	return nil
}
