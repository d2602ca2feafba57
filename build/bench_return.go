//go:build bench

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/broker"
	"onewindow/sync/link"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

const (
	// returnEvents is what a hall of the model district notes in three working days.
	returnEvents = 126_000
	// returnCalls is how often a counter calls while its hall comes back.
	returnCalls = 20 * time.Millisecond
)

// benchReturn lets both halls of the district come back at once after three days
// without hub or centre: in each a terminal owes 126,000 events, and while they go
// up, a kiosk issues and a counter calls at the same hub. It gives the seconds until
// the centre has everything (the slower hall), the p99 of a call meanwhile, the most
// memory that the process held with two hubs and the centre in it, and how long after
// a restart of a hub the first push is acknowledged.
func benchReturn(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	halls := []hall.ID{"jiangnan", "jiangbei"}
	clock, err := y.threeDays(halls)
	if err != nil {
		return nil, err
	}
	var seconds, calls, memory, resume, bare series
	for round := range min(y.rounds, 3) {
		r := &returning{bay: y, clock: clock, halls: halls}
		if err := r.run(); err != nil {
			return nil, err
		}
		y.say("round %d: %.1f s, calls p99 %.1f ms of %d, %.0f MB, resumed in %.0f ms", round+1, r.seconds, r.waits.quantile(0.99), len(r.waits), r.memory, r.resume)
		seconds, calls, memory, resume, bare = append(seconds, r.seconds), append(calls, r.waits.quantile(0.99)), append(memory, r.memory), append(resume, r.resume), append(bare, r.idle)
	}
	s := seconds.against("catchup_3_days_seconds", "s", series{60}, "the goal")
	c := calls.against("catchup_call_ms_p99", "ms", bare, "p99 of the same calls before the halls come back")
	m := memory.against("catchup_memory_mb", "MB", series{300}, "the goal for one hub; this process holds two hubs, the centre and both terminals")
	b := resume.against("resume_after_restart_ms", "ms", series{1000}, "the goal")
	return []figure{s.must("value <= 60", s.Value <= 60), c.must("value < 200", c.Value < 200), m, b.must("value <= 1000", b.Value <= 1000)}, nil
}

// threeDays makes the database of a terminal in each hall that owes three days, named
// after the hall, and gives the clock at their end.
func (y *bay) threeDays(halls []hall.ID) (*clock, error) {
	clock := newClock(benchStart)
	for _, id := range halls {
		y.say("noting %d events of %s", returnEvents, id)
		s, err := openStore(filepath.Join(y.folder, string(id)+".db"), event.Origin(id+"/k1"), newClock(benchStart).now)
		if err != nil {
			return nil, err
		}
		own := newClock(benchStart)
		if err := errors.Join(fillDays(s, own, returnEvents), s.Close()); err != nil {
			return nil, err
		}
		clock.to(own.now())
	}
	return clock, nil
}

type returning struct {
	*bay
	clock *clock
	halls []hall.ID

	centre *node.Centre
	hubs   []*node.Hub
	mu     sync.Mutex
	waits  series

	seconds, memory, resume, idle float64
}

func (r *returning) run() (err error) {
	folder, err := r.fresh("return")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	o := node.Options{Data: filepath.Join(folder, "centre"), Listen: "127.0.0.1:0", Open: true, Now: r.clock.now, Logger: r.log}
	if r.centre, err = node.OpenCentre(o); err != nil {
		return err
	}
	defer closing(r.centre, &err)
	for _, id := range r.halls {
		o := node.Options{Data: filepath.Join(folder, string(id)), Listen: "127.0.0.1:0", Open: true, Hall: id, Centre: r.centre.Broker.URL(), Now: r.clock.now, Logger: r.log, Gather: time.Millisecond}
		h, err := node.OpenHub(o)
		if err != nil {
			return err
		}
		defer closing(h, &err)
		r.hubs = append(r.hubs, h)
		for !h.Store.Ready() {
			time.Sleep(time.Millisecond)
		}
	}
	conn, err := r.people()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, stop := context.WithCancel(context.Background())
	var calling sync.WaitGroup
	broken := make(chan error, 1)
	calling.Add(1)
	go func() { defer calling.Done(); broken <- r.call(ctx, conn) }()
	time.Sleep(2 * time.Second)
	r.mu.Lock()
	r.idle, r.waits = r.waits.quantile(0.99), nil
	r.mu.Unlock()
	err = r.comeBack(folder)
	stop()
	calling.Wait()
	if err = errors.Join(err, <-broken); err != nil {
		return err
	}
	return r.restart(folder)
}

// people puts tickets into the first hall's queue, and gives the line of its counter.
func (r *returning) people() (*natsgo.Conn, error) {
	now := r.clock.now()
	err := r.hubs[0].Store.Write(context.Background(), func(tx *store.Tx) error {
		for n := range 6000 {
			at := now - int64(6000-n)*10
			f := hall.Issued{Ticket: hall.TicketID(terminal.NewID(at)), Hall: r.halls[0], Date: hall.DateOf(now), Service: claimService,
				Number: hall.Number(fmt.Sprintf("%s2-%04d", claimService, n+1)), Class: hall.WalkIn, Language: "zh", IssuedMS: at, LowMinutes: -1, HighMinutes: -1}
			if _, _, err := tx.Append(hall.KindIssued, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return broker.Connect(r.hubs[0].Broker.URL(), string(r.halls[0])+"/c1", r.log)
}

// call calls the next ticket every few ms until ctx ends.
func (r *returning) call(ctx context.Context, conn *natsgo.Conn) error {
	tick := time.NewTicker(returnCalls)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		ask, err := json.Marshal(claim(1, n, r.clock.now()))
		if err != nil {
			return err
		}
		begin := time.Now()
		m, err := conn.Request(wire.AskSubject(string(r.halls[0]), wire.VerbCall, event.Origin(r.halls[0]+"/c1")), ask, 10*time.Second)
		if err != nil {
			return fmt.Errorf("call: %w", err)
		}
		took := inMS(time.Since(begin))
		var g wire.Grant
		if err := json.Unmarshal(m.Data, &g); err != nil || g.Refuse != nil {
			return fmt.Errorf("call %d: %v %v", n, err, g.Refuse)
		}
		r.mu.Lock()
		r.waits = append(r.waits, took)
		r.mu.Unlock()
	}
}

// comeBack connects a terminal with three days in each hall and waits until both know
// that the centre has it all.
func (r *returning) comeBack(folder string) (err error) {
	begin := time.Now()
	for i, id := range r.halls {
		path := filepath.Join(folder, string(id)+"-k1", "terminal.db")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), copyTo(path, filepath.Join(r.folder, string(id)+".db"), 0o600)); err != nil {
			return err
		}
		t, err := openStore(path, event.Origin(id+"/k1"), r.clock.now)
		if err != nil {
			return err
		}
		defer closing(t, &err)
		if err := meet(t, id, r.hubs[i]); err != nil {
			return err
		}
		conn, err := broker.Connect(r.hubs[i].Broker.URL(), string(t.Origin()), r.log)
		if err != nil {
			return err
		}
		defer conn.Close()
		l := link.Start(link.Options{Conn: conn, Place: string(id), Origin: t.Origin(), Log: t, Fork: store.ErrFork, Feed: true, Now: r.clock.now, Logger: r.log})
		defer l.Stop()
	}
	for !r.allThere() {
		r.memory = max(r.memory, residentMB())
		if time.Since(begin) > 5*time.Minute {
			return errors.New("the halls are not back after five minutes")
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.seconds = time.Since(begin).Seconds()
	return nil
}

func (r *returning) allThere() bool {
	for _, id := range r.halls {
		have := event.Seq(0)
		_, chains := r.centre.Store.Chains()
		for _, c := range chains {
			if c.ID.Origin == event.Origin(id+"/k1") {
				have = c.Seq
			}
		}
		if have < returnEvents {
			return false
		}
	}
	return true
}

// restart ends a hub with all that it holds by now, starts it again, and takes the time
// until a push is acknowledged.
func (r *returning) restart(folder string) (err error) {
	at := r.hubs[1].Broker.URL()
	if err := r.hubs[1].Close(); err != nil {
		return err
	}
	s, err := openStore(filepath.Join(folder, "k2", "terminal.db"), event.Origin(r.halls[1]+"/k2"), r.clock.now)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	begin := time.Now()
	o := node.Options{Data: filepath.Join(folder, string(r.halls[1])), Listen: at[len("nats://"):], Open: true, Hall: r.halls[1], Centre: r.centre.Broker.URL(), Now: r.clock.now, Logger: r.log}
	if r.hubs[1], err = node.OpenHub(o); err != nil {
		return err
	}
	defer closing(r.hubs[1], &err)
	conn, err := broker.Connect(at, string(s.Origin()), r.log)
	if err != nil {
		return err
	}
	defer conn.Close()
	l := link.Start(link.Options{Conn: conn, Place: string(r.halls[1]), Origin: s.Origin(), Log: s, Fork: store.ErrFork, Now: r.clock.now, Logger: r.log})
	defer l.Stop()
	for len(s.Owing()) > 0 {
		if time.Since(begin) > time.Minute {
			return errors.New("the hub does not answer a minute after its restart")
		}
		time.Sleep(time.Millisecond)
	}
	r.resume = inMS(time.Since(begin))
	return nil
}

// residentMB is the memory that this process holds, in MB.
func residentMB() float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb / 1000
		}
	}
	return 0
}
