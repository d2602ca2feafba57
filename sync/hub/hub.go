// Package hub is a hall's own end: it grants calls and number blocks, one at a
// time and for ever, and tells the hall what was committed. Receiving pushes is
// inlet's work, sending them on is link's; the rules of the queue are hall's.
package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Tx is what a grant needs inside its commit.
type Tx interface {
	Call(place hall.ID, c hall.Call) (wire.Grant, error)
	Block(place hall.ID, a wire.BlockAsk) (wire.Grant, error)
	// Take notes an event that a terminal hands back, Adopt one that the centre gives.
	Take(body []byte) error
	Adopt(body []byte, above event.Epoch) error
	BecomeReady(place hall.ID) error
	CarryOrphans(max int) (int, error)
}

// Log is what the hub needs of its store.
type Log interface {
	Submit(fn func(Tx) error, done func(error)) error
	Feed(ctx context.Context, after int64, max int) (wire.Feed, error)
	// FeedFor answers a terminal that asks what follows its cursor.
	FeedFor(ctx context.Context, ask wire.FeedAsk, max int) (wire.Feed, error)
	Position() int64
	// Ready tells that this life of the database may grant.
	Ready() bool
	Marks() []wire.Mark
	Watch() chan struct{}
	Unwatch(chan struct{})
	Now() int64
	// Cases lists the applications of a ticket, without anything personal.
	Cases(ctx context.Context, ticket hall.TicketID) ([]wire.CaseRow, error)
	// Chains, AnswerCheck and Mend serve the comparison with the centre.
	Chains() (own core.ChainID, all []core.Chain)
	AnswerCheck(ctx context.Context, a wire.CheckAsk) (wire.CheckAnswer, error)
	Mend(ctx context.Context, id event.ID, body []byte) (bool, error)
}

// Options of Start.
type Options struct {
	Hall   hall.ID
	Conn   *nats.Conn
	Log    Log
	Logger *slog.Logger
	// CentreReached tells how the line upwards stands; nil for a hub that is the centre too.
	CentreReached func() bool
	// Above is the centre; nil for a hub that stands alone.
	Above Above
	// Gather is the least time that a hub in a new life of its database gives its
	// terminals to come; 0 means the usual one.
	Gather time.Duration
	// Carry is how long terminals are given to bring their own events before the hub
	// brings up what only their neighbours had; 0 means a minute.
	Carry time.Duration
}

// Hub is a running hub.
type Hub struct {
	opt    Options
	subs   []*nats.Subscription
	cancel context.CancelFunc
	done   sync.WaitGroup

	reread chan struct{}

	mu       sync.Mutex
	beats    map[event.Origin]wire.Heard
	gatherer *core.Gatherer // nil until something is gathered
}

// feedEvents is how many log positions one feed covers at most.
const feedEvents = 2000

// Start answers the hall until Stop.
func Start(opt Options) (*Hub, error) {
	ctx, cancel := context.WithCancel(context.Background())
	if opt.Gather == 0 {
		opt.Gather = gatherLeast
	}
	if opt.Carry == 0 {
		opt.Carry = carryAfter
	}
	h := &Hub{opt: opt, cancel: cancel, reread: make(chan struct{}, 1), beats: map[event.Origin]wire.Heard{}}
	place := string(opt.Hall)
	for verb, answer := range map[wire.Verb]func(*nats.Msg, event.Origin){
		wire.VerbCall:  h.call,
		wire.VerbBlock: h.block,
		wire.VerbFeed:  h.feed,
		wire.VerbBeat:  h.beat,
		wire.VerbCases: h.cases,
		wire.VerbHand:  h.take,
	} {
		subject := wire.AnyoneSubject(place, verb)
		sub, err := opt.Conn.Subscribe(subject, func(m *nats.Msg) {
			from, ok := wire.Sender(m.Subject, m.Reply)
			if !ok {
				opt.Logger.Warn("a request is not answered: its answer would go to somebody else", "subject", m.Subject, "reply", m.Reply)
				return
			}
			answer(m, from)
		})
		if err != nil {
			cancel()
			return nil, fmt.Errorf("listen on %s: %w", subject, err)
		}
		h.subs = append(h.subs, sub)
	}
	for _, run := range []func(context.Context){h.news, h.tend, h.comparing} {
		h.done.Add(1)
		go func() { defer h.done.Done(); run(ctx) }()
	}
	return h, nil
}

// Stop ends the hub.
func (h *Hub) Stop() {
	for _, s := range h.subs {
		_ = s.Unsubscribe()
	}
	h.cancel()
	h.done.Wait()
}

// call is the allocator: one request, one commit that picks, writes and answers.
func (h *Hub) call(m *nats.Msg, _ event.Origin) {
	var c hall.Call
	if err := json.Unmarshal(m.Data, &c); err != nil {
		h.answer(m, wire.Grant{Refuse: event.RequestUnusable})
		return
	}
	h.grant(m, func(tx Tx) (wire.Grant, error) { return tx.Call(h.opt.Hall, c) })
}

func (h *Hub) block(m *nats.Msg, from event.Origin) {
	var a wire.BlockAsk
	if err := json.Unmarshal(m.Data, &a); err != nil || a.Origin != from {
		h.answer(m, wire.Grant{Refuse: event.RequestUnusable})
		return
	}
	h.grant(m, func(tx Tx) (wire.Grant, error) { return tx.Block(h.opt.Hall, a) })
}

// grant commits one decision and answers it.
func (h *Hub) grant(m *nats.Msg, decide func(Tx) (wire.Grant, error)) {
	var g wire.Grant
	err := h.opt.Log.Submit(func(tx Tx) (err error) {
		g, err = decide(tx)
		return err
	}, func(err error) {
		var no *event.Refusal
		switch {
		case err == nil:
		case errors.As(err, &no):
			g = wire.Grant{Refuse: no}
		default:
			h.opt.Logger.Error("grant", "subject", m.Subject, "error", err)
			g = wire.Grant{Refuse: event.Internal}
		}
		h.answer(m, g)
	})
	if err != nil {
		h.answer(m, wire.Grant{Refuse: event.NotSaved})
	}
}

// feed gives a terminal what it has missed.
func (h *Hub) feed(m *nats.Msg, from event.Origin) {
	var a wire.FeedAsk
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return
	}
	a.Origin = from
	f, err := h.opt.Log.FeedFor(context.Background(), a, feedEvents)
	if err != nil {
		h.opt.Logger.Error("feed", "error", err)
		return
	}
	h.mu.Lock()
	if h.gatherer != nil {
		h.gatherer.Asked(from, a.Epoch, f.Epoch)
	}
	h.mu.Unlock()
	for _, mark := range h.opt.Log.Marks() {
		if mark.Origin == from {
			f.Marks = append(f.Marks, mark)
		}
	}
	if err := m.Respond(f.Encode()); err != nil {
		h.opt.Logger.Warn("feed", "error", err)
	}
}

// cases answers a kiosk's "my progress": the kiosk itself holds no applications.
func (h *Hub) cases(m *nats.Msg, _ event.Origin) {
	list, err := h.opt.Log.Cases(context.Background(), hall.TicketID(m.Data))
	if err != nil {
		h.opt.Logger.Error("cases", "error", err)
		return
	}
	body, err := json.Marshal(list)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		h.opt.Logger.Warn("cases", "error", err)
	}
}

// newsEvery is the least pause between two news. The first commit after a quiet
// moment is told at once; in a rush, a hundred terminals take a run of commits
// together instead of each alone.
const newsEvery = 40 * time.Millisecond

// news tells the hall each run of commits as it happens, and how far the centre
// has come. What is lost on the way is fetched by whoever sees the gap.
func (h *Hub) news(ctx context.Context) {
	commits := h.opt.Log.Watch()
	defer h.opt.Log.Unwatch(commits)
	at := h.opt.Log.Position()
	last := at // where the last news ended; silent positions behind it join the next
	told := map[core.ChainID]wire.Mark{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
		}
		var marks []wire.Mark
		for _, m := range h.opt.Log.Marks() {
			if id := (core.ChainID{Origin: m.Origin, Epoch: m.Epoch}); told[id] != m {
				told[id] = m
				marks = append(marks, m)
			}
		}
		for more := true; more; {
			f, err := h.opt.Log.Feed(ctx, at, feedEvents)
			if err != nil {
				if ctx.Err() == nil {
					h.opt.Logger.Error("news", "error", err)
				}
				break
			}
			more = f.Upto > at
			at, f.From = f.Upto, last
			f.Marks, marks = marks, nil
			if len(f.Bodies) == 0 && len(f.Marks) == 0 {
				continue
			}
			if err := h.opt.Conn.Publish(wire.NewsSubject(string(h.opt.Hall)), f.Encode()); err != nil {
				h.opt.Logger.Warn("news", "error", err)
			}
			last = f.Upto
			if pause(ctx, newsEvery) != nil {
				return
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (h *Hub) beat(m *nats.Msg, from event.Origin) {
	var b wire.Beat
	if err := json.Unmarshal(m.Data, &b); err != nil || b.Origin != from {
		return
	}
	h.mu.Lock()
	h.beats[b.Origin] = wire.Heard{Beat: b, AtMS: time.Now().UnixMilli()}
	h.mu.Unlock()
	reply := wire.BeatReply{TimeMS: h.opt.Log.Now(), CentreReached: h.opt.CentreReached == nil || h.opt.CentreReached()}
	body, err := json.Marshal(reply)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		h.opt.Logger.Warn("beat", "error", err)
	}
}

// Heard lists the last beat of each terminal of the hall.
func (h *Hub) Heard() []wire.Heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]wire.Heard, 0, len(h.beats))
	for _, b := range h.beats {
		out = append(out, b)
	}
	return out
}

func (h *Hub) answer(m *nats.Msg, g wire.Grant) {
	b, err := json.Marshal(g)
	if err == nil {
		err = m.Respond(b)
	}
	if err != nil {
		h.opt.Logger.Warn("an answer could not be sent; the request will come again", "error", err)
	}
}
