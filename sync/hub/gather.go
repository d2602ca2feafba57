package hub

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Above is where a hub reads what the centre knows of its hall.
type Above interface {
	// History gives what the place above has of this hall behind a position of its log, in
	// order, to fn until the end; it goes on through broken lines and ends early only with
	// ctx or an error of fn.
	History(ctx context.Context, from core.Cursor, fn func(wire.Feed) error) error
	// Lease asks for the centre's promise, where the hall has two hubs.
	Lease(ctx context.Context, a wire.LeaseAsk) (wire.LeaseAnswer, error)
	// Check asks about a run of a chain, for a comparison.
	Check(ctx context.Context, a wire.CheckAsk) (wire.CheckAnswer, error)
}

// Bounds of gathering: terminals find a hub that came back within two seconds; a
// terminal or centre that does not answer may not keep a hall from calling.
const (
	gatherLeast = 2 * time.Second
	gatherMost  = 20 * time.Second
	gatherLook  = 50 * time.Millisecond
	carryAfter  = time.Minute
)

// tend sees to the authority of this hub for as long as it runs: in a new life of its
// database it gathers before it grants, and afterwards brings up what is in no chain.
func (h *Hub) tend(ctx context.Context) {
	carried := time.Now()
	for {
		if h.duty == nil && !h.opt.Log.Ready() {
			h.opt.Logger.Info("this hub's database has begun another life: it gathers what the hall and the centre know before it grants calls and numbers")
			if !h.gather(ctx) {
				return
			}
			carried = time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-h.reread:
			h.read(ctx, nil)
		case <-time.After(time.Second):
			if h.duty != nil && !h.duty.leads() {
				carried = time.Now() // terminals bring their own first after a takeover, too
			}
			if time.Since(carried) >= h.opt.Carry {
				carried = time.Now()
				h.carry(ctx)
			}
		}
	}
}

// Reread tells the hub that the centre has another history of a terminal's chain: what
// the hall lacks of it is read.
func (h *Hub) Reread() {
	select {
	case h.reread <- struct{}{}:
	default:
	}
}

// gather waits until enough is known, and takes authority; false when the hub ends.
func (h *Hub) gather(ctx context.Context) bool {
	began := time.Now()
	elapsed := func() int64 { return time.Since(began).Milliseconds() }
	g := &core.Gatherer{LeastMS: h.opt.Gather.Milliseconds(), MostMS: gatherMost.Milliseconds()}
	h.mu.Lock()
	g.Begin(0, h.opt.Above != nil)
	h.gatherer = g
	h.mu.Unlock()
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go h.read(reading, func() {
		h.mu.Lock()
		g.CentreRead()
		h.mu.Unlock()
	})
	for {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(gatherLook):
		}
		h.mu.Lock()
		done := g.Done(elapsed())
		h.mu.Unlock()
		if !done {
			continue
		}
		result := make(chan error, 1)
		err := h.opt.Log.Submit(func(tx Tx) error { return tx.BecomeReady(h.opt.Hall) }, func(err error) { result <- err })
		if err == nil {
			err = <-result
		}
		if err == nil {
			return true
		}
		h.opt.Logger.Error("take authority; it is tried again", "error", err)
	}
}

// read takes what the centre knows of the hall, and calls done at the end of it.
func (h *Hub) read(ctx context.Context, done func()) {
	if h.opt.Above == nil {
		return
	}
	err := h.opt.Above.History(ctx, core.Cursor{}, func(f wire.Feed) error {
		return h.commit(ctx, func(tx Tx) error {
			for _, body := range f.Bodies {
				if err := tx.Adopt(body, f.Epoch); err != nil {
					return err
				}
			}
			return nil
		})
	})
	switch {
	case err == nil && done != nil:
		done()
	case err != nil && ctx.Err() == nil:
		h.opt.Logger.Error("read what the centre knows of the hall", "error", err)
	}
}

// tidyEvery is how soon a timer of the hall is noticed.
const tidyEvery = 2 * time.Second

// tidy sees to the timers of the hall's tickets.
func (h *Hub) tidy(ctx context.Context) {
	for pause(ctx, tidyEvery) == nil {
		if h.duty != nil && !h.duty.leads() {
			h.hearing.begin(time.Now()) // its terminals are at the other hub
			continue
		}
		err := h.commit(ctx, func(tx Tx) error { return tx.Tidy(h.opt.Hall, h.silent) })
		if err == nil && h.opt.Tidy != nil {
			err = h.opt.Tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.opt.Logger.Error("see to the timers of the hall; it is tried again", "error", err)
		}
	}
}

// carry brings up the events that no chain brings.
func (h *Hub) carry(ctx context.Context) {
	if h.opt.CentreReached != nil && !h.opt.CentreReached() {
		return
	}
	var n int
	err := h.commit(ctx, func(tx Tx) (err error) { n, err = tx.CarryOrphans(wire.MaxEvents); return err })
	if err != nil && ctx.Err() == nil {
		h.opt.Logger.Error("bring up what only neighbours kept", "error", err)
	}
	if n > 0 {
		h.opt.Logger.Warn("events that only neighbours of their device kept are brought up", "events", n)
	}
}

// commit is Submit that waits.
func (h *Hub) commit(ctx context.Context, fn func(Tx) error) error {
	result := make(chan error, 1)
	if err := h.opt.Log.Submit(fn, func(err error) { result <- err }); err != nil {
		return err
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return errors.Join(errors.New("wait for the commit"), ctx.Err())
	}
}

// take takes a portion of a terminal's log, which it hands back to a hub that has
// begun another life. The answer is an empty feed that ends where the portion did.
func (h *Hub) take(m *nats.Msg, from event.Origin) {
	f, err := wire.DecodeFeed(m.Data)
	if err != nil {
		h.opt.Logger.Warn("what is handed back cannot be read", "origin", from, "error", err)
		return
	}
	err = h.opt.Log.Submit(func(tx Tx) error {
		for _, body := range f.Bodies {
			if id, ok := event.Peek(body); ok && id.Origin.Hall() != from.Hall() {
				continue // of another hall: not its business
			}
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) {
		if err == nil {
			err = m.Respond(wire.Feed{Epoch: f.Epoch, From: f.Upto, Upto: f.Upto}.Encode())
		}
		if err != nil {
			h.opt.Logger.Error("take what is handed back; it will come again", "origin", from, "error", err)
		}
	})
	if err != nil {
		h.opt.Logger.Error("take what is handed back; it will come again", "origin", from, "error", err)
	}
}
