//go:build bench

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

// placeWord is the first argument of a process that is one place of the soak.
const placeWord = "place"

// placeSpec is who a process is. It goes in as JSON on the command line, because such a
// process is this program once more: hub and centre are those of onewindowd, started
// through the same package, and only their clock is told from outside.
type placeSpec struct {
	Role   string        `json:"role"` // hub, centre, kiosk or counter
	Hall   hall.ID       `json:"hall"`
	Device string        `json:"device"`
	Folder string        `json:"folder"`
	Listen string        `json:"listen"` // of hub and centre
	Above  string        `json:"above"`  // where the place above listens
	NowMS  int64         `json:"now_ms"`
	Backup time.Duration `json:"backup"` // by the told clock
}

// order is what a place is told, one line of JSON; report is its answer to each.
type order struct {
	NowMS int64 `json:"now_ms"`
	// Issue is how many more tickets a kiosk shall issue, Open whether counters work.
	Issue int  `json:"issue,omitempty"`
	Open  bool `json:"open,omitempty"`
	// Compare lets a hub compare itself with the centre, Look the centre make its page.
	Compare bool `json:"compare,omitempty"`
	Look    bool `json:"look,omitempty"`
	// Backup lets a hub back itself up now.
	Backup bool `json:"backup,omitempty"`
}

type report struct {
	URL        string `json:"url,omitempty"`
	Goroutines int    `json:"goroutines"`
	// GarbageMB is what Go's heap holds of the machine's memory and nobody uses: what
	// died since the last collection, and what is free and not yet given back.
	GarbageMB float64     `json:"garbage_mb"`
	Epoch     event.Epoch `json:"epoch"`
	Noted     event.Seq   `json:"noted"` // how far the own chain is saved
	Events    int64       `json:"events"`
	// Owed counts own events that the centre has not confirmed.
	Owed int `json:"owed"`
	// Due are tickets that a kiosk has still to issue, Issued those of this life.
	Due    int `json:"due"`
	Issued int `json:"issued"`
	// Waiting counts who waits in a hub's queues, AtWindows who was called and not served.
	Waiting   int     `json:"waiting"`
	AtWindows int     `json:"at_windows"`
	LookMS    float64 `json:"look_ms,omitempty"`
	Compared  int     `json:"compared,omitempty"` // how many comparisons are done
	Backups   int     `json:"backups,omitempty"`  // and backups that were ordered
	// Fault is what must not have happened.
	Fault string `json:"fault,omitempty"`
}

// place is a running one.
type place interface {
	io.Closer
	obey(order)
	tell(*report)
}

// runPlace is the whole of such a process. It ends when its driver does: standard input
// is closed then, however that came about.
func runPlace(arg string, in io.Reader, out io.Writer) (err error) {
	var spec placeSpec
	if err := json.Unmarshal([]byte(arg), &spec); err != nil {
		return fmt.Errorf("read what place to be: %w", err)
	}
	if err := os.MkdirAll(spec.Folder, 0o700); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(spec.Folder, "log.txt"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer closing(log, &err)
	b := &base{spec: spec, clock: newClock(spec.NowMS), log: slog.New(slog.NewTextHandler(log, nil))}
	p, err := openPlace(b)
	if err != nil {
		return fmt.Errorf("open %s: %w", spec.Folder, err)
	}
	defer closing(p, &err)
	lines := json.NewEncoder(out)
	answer := func() error {
		r := report{Goroutines: runtime.NumGoroutine(), GarbageMB: garbageMB()}
		b.tell(&r)
		p.tell(&r)
		return lines.Encode(r)
	}
	if err := answer(); err != nil {
		return err
	}
	orders := bufio.NewScanner(in)
	for orders.Scan() {
		var o order
		if err := json.Unmarshal(orders.Bytes(), &o); err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		b.clock.to(o.NowMS)
		p.obey(o)
		if err := answer(); err != nil {
			return err
		}
	}
	return orders.Err()
}

func garbageMB() float64 {
	sizes := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(sizes)
	free, objects, live := sizes[0].Value.Uint64(), sizes[1].Value.Uint64(), sizes[2].Value.Uint64()
	return float64(free+objects-min(objects, live)) / 1e6
}

func openPlace(b *base) (place, error) {
	switch b.spec.Role {
	case wire.RoleHub:
		return openSoakHub(b)
	case wire.Centre:
		return openSoakCentre(b)
	case "kiosk", "counter":
		return openStation(b)
	}
	return nil, fmt.Errorf("there is no role %q", b.spec.Role)
}

// base is what all places have in common.
type base struct {
	spec  placeSpec
	clock *clock
	log   *slog.Logger
	store *store.Store

	mu    sync.Mutex
	fault string
}

func (b *base) wrong(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fault == "" {
		b.fault = fmt.Sprintf(format, args...)
	}
}

func (b *base) tell(r *report) {
	own, chains := b.store.Chains()
	for _, c := range chains {
		if c.ID == own {
			r.Epoch, r.Noted = own.Epoch, c.Seq
		}
	}
	r.Events = b.store.Position()
	here, inHall, _, err := b.store.Unsaved(context.Background())
	if r.Owed = here + inHall; err != nil {
		b.wrong("count what is unsaved: %v", err)
	}
	b.mu.Lock()
	r.Fault = b.fault
	b.mu.Unlock()
}

func (b *base) options() node.Options {
	return node.Options{Data: b.spec.Folder, Listen: b.spec.Listen, Open: true, Hall: b.spec.Hall, Centre: b.spec.Above, Now: b.clock.now, Logger: b.log, BackupEvery: b.spec.Backup}
}

type soakHub struct {
	*base
	*node.Hub
	ctx     context.Context
	stop    context.CancelFunc
	reading sync.WaitGroup
	// compared and backups are guarded by base.mu.
	compared, backups int
}

func openSoakHub(b *base) (*soakHub, error) {
	node.BoundHub() // as onewindowd does
	h, err := node.OpenHub(b.options())
	if err != nil {
		return nil, err
	}
	b.store = h.Store
	out := &soakHub{base: b, Hub: h}
	out.ctx, out.stop = context.WithCancel(context.Background())
	return out, nil
}

func (h *soakHub) obey(o order) {
	if o.Backup {
		h.reading.Go(func() {
			if _, err := h.Backups.Keep(h.ctx); err != nil && h.ctx.Err() == nil {
				h.wrong("back up: %v", err)
			}
			h.mu.Lock()
			h.backups++
			h.mu.Unlock()
		})
	}
	if !o.Compare {
		return
	}
	h.reading.Go(func() {
		found, err := h.Allocator.Compare(h.ctx)
		switch {
		case h.ctx.Err() != nil:
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, event.HubUnreachable):
			// The centre was away: the product tries again tomorrow, and so does the soak.
		case err != nil:
			h.wrong("compare: %v", err)
		case len(found.Here)+len(found.Above)+len(found.Left) > 0:
			h.wrong("a comparison found damage: %+v", found)
		default:
			h.mu.Lock()
			h.compared++
			h.mu.Unlock()
		}
	})
}

func (h *soakHub) tell(r *report) {
	r.URL = h.Broker.URL()
	today := hall.DateOf(h.clock.now())
	h.Store.View(h.spec.Hall, func(v *hall.Hall) {
		for _, l := range services {
			r.Waiting += v.WaitingAt(today, l)
		}
		for _, w := range v.Windows() {
			if v.AtWindow(w.ID) != nil {
				r.AtWindows++
			}
		}
	})
	h.mu.Lock()
	r.Compared, r.Backups = h.compared, h.backups
	h.mu.Unlock()
}

// Close ends a comparison or backup under way first: they read the database.
func (h *soakHub) Close() error {
	h.stop()
	h.reading.Wait()
	return h.Hub.Close()
}

type soakCentre struct {
	*base
	*node.Centre
	lookMS float64
}

func openSoakCentre(b *base) (*soakCentre, error) {
	c, err := node.OpenCentre(b.options())
	if err != nil {
		return nil, err
	}
	b.store = c.Store
	return &soakCentre{base: b, Centre: c}, nil
}

func (c *soakCentre) obey(o order) {
	if o.Look {
		begin := time.Now()
		c.District.Survey(context.Background())
		c.lookMS = inMS(time.Since(begin))
	}
}

func (c *soakCentre) tell(r *report) { r.URL, r.LookMS = c.Broker.URL(), c.lookMS }
