// Package hub is a hall's own end: it grants calls and number blocks, one at a
// time and for ever, and tells the hall what was committed. Receiving pushes is
// inlet's work, sending them on is link's; the rules of the queue are hall's.
package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
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
	Book(place hall.ID, b hall.Book) (wire.Grant, error)
	Unbook(place hall.ID, appointment string) (wire.Grant, error)
	// Take notes an event that a terminal hands back, Adopt one that the centre gives.
	Take(body []byte) error
	Adopt(body []byte, above event.Epoch) error
	BecomeReady(place hall.ID) error
	CarryOrphans(max int) (int, error)
	// Tidy notes what time alone brings to the hall's tickets.
	Tidy(place hall.ID, silent hall.Silent) error
	// Follow notes what the other hub or the centre has (see core.Tx), Lead that this hub
	// leads from now on.
	Follow(source string, f wire.Feed, above event.Epoch, leads bool) error
	Lead(place hall.ID) error
}

// Log is what the hub needs of its store.
type Log interface {
	Submit(fn func(Tx) error, done func(error)) error
	Feed(ctx context.Context, after int64, max int) (wire.Feed, error)
	// FeedFor answers a terminal that asks what follows its cursor, up to a position.
	FeedFor(ctx context.Context, ask wire.FeedAsk, events int, told int64) (wire.Feed, error)
	Position() int64
	// Epoch is the life of the database.
	Epoch() event.Epoch
	// History is Feed with everything of the hall included, for its other hub; Cursor tells
	// how far a source was followed.
	History(ctx context.Context, id hall.ID, after int64, max int) (wire.Feed, error)
	Cursor(ctx context.Context, source string) (core.Cursor, error)
	// Ready tells that this life of the database may grant.
	Ready() bool
	Marks() []wire.Mark
	Watch() chan struct{}
	Unwatch(chan struct{})
	Now() int64
	// Cases lists the applications that are asked for, without anything personal.
	Cases(ctx context.Context, ask wire.CasesAsk) ([]wire.CaseRow, error)
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
	// Bundle names the bundle in force here, for whoever beats; nil where there are none.
	Bundle func() string
	// Differing lists what counters are told that shared data has said otherwise.
	Differing func() []wire.Differing
	// Amending lists the amendments that wait for a second person, told to counters.
	Amending func() []wire.Amending
	// Above is the centre; nil for a hub that stands alone.
	Above Above
	// Peer is the other hub where the hall has two; both need the centre then. Origin is
	// this hub's own name. OnLead is told when this hub begins and ends to hold the lease:
	// terminals have business at the one that holds it alone. It must not block.
	Peer   Peer
	Origin event.Origin
	OnLead func(holds bool)
	// Mark puts marks in the place of a person's numbers, by which they are known again who books;
	// BookRules are what the hall does about those who do not come.
	Mark      func(ctx context.Context, b *hall.Book) error
	BookRules hall.BookRules
	// Tidy notes what time alone brings beside the tickets; called every two seconds where this
	// hub leads. It may be nil.
	Tidy func(ctx context.Context) error
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
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	duty   *duty // nil where the hall has one hub
	left   context.CancelFunc
	asking sync.WaitGroup // for the lease

	reread chan struct{}

	hearing hearing

	mu       sync.Mutex
	beats    map[event.Origin]wire.Heard
	gatherer *core.Gatherer // nil until something is gathered
	stopped  bool
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
	h := &Hub{opt: opt, ctx: ctx, cancel: cancel, reread: make(chan struct{}, 1), beats: map[event.Origin]wire.Heard{}}
	h.hearing.begin(time.Now())
	place := string(opt.Hall)
	verbs := map[wire.Verb]func(*nats.Msg, event.Origin){
		wire.VerbCall:  h.call,
		wire.VerbBlock: h.block,
		wire.VerbBook:  h.book,
		wire.VerbFeed:  h.feed,
		wire.VerbBeat:  h.beat,
		wire.VerbCases: h.cases,
		wire.VerbHand:  h.take,
	}
	work := []func(context.Context){h.news, h.tend, h.comparing, h.tidy}
	if opt.Peer != nil {
		h.duty = newDuty(h)
		verbs[wire.VerbLease], verbs[wire.VerbFollow] = h.duty.vote, h.duty.followed
		work = append(work, h.duty.follow, h.duty.keepRead, h.duty.centreSaves)
	}
	for verb, answer := range verbs {
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
	for _, run := range work {
		h.spawn(func() { run(ctx) })
	}
	if h.duty != nil {
		asking, left := context.WithCancel(ctx)
		h.left = left
		h.asking.Go(func() { h.duty.run(asking) })
	}
	return h, nil
}

// spawn does something that Stop waits for.
func (h *Hub) spawn(do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.stopped {
		h.done.Go(do)
	}
}

// Stop ends the hub.
func (h *Hub) Stop() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	for _, s := range h.subs {
		_ = s.Unsubscribe()
	}
	h.cancel()
	h.asking.Wait()
	h.done.Wait()
}

// call is the allocator: one request, one commit that picks, writes and answers.
func (h *Hub) call(m *nats.Msg, _ event.Origin) {
	var c hall.Call
	if err := json.Unmarshal(m.Data, &c); err != nil {
		h.answer(m, wire.Grant{Refuse: event.RequestUnusable})
		return
	}
	c.Silent = h.silent
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

// book grants an appointment. The numbers themselves go no further than this. What asks as the
// hub itself is its own tool, which brings appointments of another system.
func (h *Hub) book(m *nats.Msg, from event.Origin) {
	var b hall.Book
	if err := json.Unmarshal(m.Data, &b); err != nil {
		h.answer(m, wire.Grant{Refuse: event.RequestUnusable})
		return
	}
	b.Partly = wire.IsHub(from)
	if decide, no := h.marked(b); no != nil {
		h.answer(m, wire.Grant{Refuse: no})
	} else {
		h.grant(m, decide)
	}
}

// marked makes the decision on an appointment, without the numbers.
func (h *Hub) marked(b hall.Book) (func(Tx) (wire.Grant, error), *event.Refusal) {
	if err := h.opt.Mark(h.ctx, &b); err != nil {
		var no *event.Refusal
		if errors.As(err, &no) {
			return nil, no
		}
		h.opt.Logger.Error("make the mark of who books", "error", err)
		return nil, event.Internal
	}
	b.Rules = h.opt.BookRules
	return func(tx Tx) (wire.Grant, error) { return tx.Book(h.opt.Hall, b) }, nil
}

// Book grants what somebody wants of appointments who is not in the hall and has asked the
// centre; nil when ctx ends before it is safe to tell.
func (h *Hub) Book(ctx context.Context, w wire.Wish) *wire.Grant {
	decide := func(tx Tx) (wire.Grant, error) { return tx.Unbook(h.opt.Hall, w.Cancel) }
	if w.Cancel == "" {
		var b hall.Book
		if err := json.Unmarshal(w.Book, &b); err != nil || b.Appointment != w.Request {
			return &wire.Grant{Refuse: event.RequestUnusable}
		}
		b.Partly = true
		var no *event.Refusal
		if decide, no = h.marked(b); no != nil {
			return &wire.Grant{Refuse: no}
		}
	}
	told := make(chan wire.Grant, 1)
	h.decide("a wish of the centre", func(g wire.Grant) { told <- g }, decide)
	select {
	case g := <-told:
		return &g
	case <-ctx.Done():
		return nil
	}
}

// grant commits one decision and answers it.
func (h *Hub) grant(m *nats.Msg, decide func(Tx) (wire.Grant, error)) {
	h.decide(m.Subject, func(g wire.Grant) { h.answer(m, g) }, decide)
}

// decide commits one decision and tells it, once, as soon as it may be told.
func (h *Hub) decide(what string, tell func(wire.Grant), decide func(Tx) (wire.Grant, error)) {
	var g wire.Grant
	err := h.opt.Log.Submit(func(tx Tx) (err error) {
		if h.duty != nil && !h.duty.leads() {
			g = wire.Grant{Refuse: event.HubGathers}
			return nil
		}
		g, err = decide(tx)
		return err
	}, func(err error) {
		var no *event.Refusal
		switch {
		case err == nil && h.duty != nil && g.Refuse == nil:
			h.duty.answer(tell, g, h.opt.Log.Position())
			return
		case err == nil:
		case errors.As(err, &no):
			g = wire.Grant{Refuse: no}
		default:
			h.opt.Logger.Error("grant", "subject", what, "error", err)
			g = wire.Grant{Refuse: event.Internal}
		}
		tell(g)
	})
	if err != nil {
		tell(wire.Grant{Refuse: event.NotSaved})
	}
}

// feed gives a terminal what it has missed. A cursor of the other hub's log goes on here,
// where everything that it stands for is here too.
func (h *Hub) feed(m *nats.Msg, from event.Origin) {
	var a wire.FeedAsk
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return
	}
	a.Origin = from
	here := h.opt.Log.Epoch()
	if h.duty != nil && a.Epoch != here {
		if at, ok := h.duty.instead(a.Epoch, a.After); ok {
			a.Epoch, a.After = here, at
		}
	}
	h.mu.Lock()
	if h.gatherer != nil {
		h.gatherer.Asked(from, a.Epoch, here)
	}
	h.mu.Unlock()
	f, err := h.opt.Log.FeedFor(context.Background(), a, feedEvents, h.told())
	if err != nil {
		h.opt.Logger.Error("feed", "error", err)
		return
	}
	for _, mark := range h.opt.Log.Marks() {
		if mark.Origin == from {
			f.Marks = append(f.Marks, mark)
		}
	}
	if err := m.Respond(f.Encode()); err != nil {
		h.opt.Logger.Warn("feed", "error", err)
	}
}

// told is up to which position the hall may be told of the log now.
func (h *Hub) told() int64 {
	if h.duty == nil {
		return math.MaxInt64
	}
	return h.duty.upto()
}

// cases answers a kiosk's "my progress": the kiosk itself holds no applications.
func (h *Hub) cases(m *nats.Msg, _ event.Origin) {
	var ask wire.CasesAsk
	if err := json.Unmarshal(m.Data, &ask); err != nil {
		h.opt.Logger.Warn("read a question for applications", "error", err)
		return
	}
	list, err := h.opt.Log.Cases(context.Background(), ask)
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
	var moved chan struct{}
	if h.duty != nil {
		moved = h.duty.moved
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
		case <-moved:
		}
		if h.duty != nil && !h.duty.holds() {
			at = h.opt.Log.Position() // nobody hears it here
			last = at
			continue
		}
		var marks []wire.Mark
		for _, m := range h.opt.Log.Marks() {
			if id := (core.ChainID{Origin: m.Origin, Epoch: m.Epoch}); told[id] != m {
				told[id] = m
				marks = append(marks, m)
			}
		}
		for more := true; more; {
			f, err := h.opt.Log.Feed(ctx, at, int(min(feedEvents, max(0, h.told()-at))))
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
	h.hearing.heard(b.Origin, time.Now())
	h.mu.Lock()
	now := time.Now().UnixMilli()
	h.beats[b.Origin] = wire.Heard{Beat: b, AtMS: now}
	reply := wire.BeatReply{}
	if b.Role == wire.RoleCounter {
		reply.Troubles, reply.Silent = h.troubles(now), silences(h.beats, h.silent)
	}
	h.mu.Unlock()
	reply.TimeMS, reply.CentreReached = h.opt.Log.Now(), h.opt.CentreReached == nil || h.opt.CentreReached()
	if b.Role == wire.RoleCounter && h.opt.Differing != nil {
		reply.Differing = h.opt.Differing()
	}
	if b.Role == wire.RoleCounter && h.opt.Amending != nil {
		reply.Amending = h.opt.Amending()
	}
	if h.opt.Bundle != nil {
		reply.Bundle = h.opt.Bundle()
	}
	body, err := json.Marshal(reply)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		h.opt.Logger.Warn("beat", "error", err)
	}
}

// troubleLasts is how long what a terminal told last counts: one that was switched off
// with an empty roll needs no paper.
const troubleLasts = time.Minute

// troubles gathers the devices of the hall that need somebody, by terminal. The caller
// holds the lock.
func (h *Hub) troubles(nowMS int64) []wire.Trouble {
	var out []wire.Trouble
	for origin, b := range h.beats {
		if nowMS-b.AtMS > troubleLasts.Milliseconds() {
			continue
		}
		for _, t := range b.Troubles {
			t.Origin = origin
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b wire.Trouble) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// silences gathers the counters that beat once and do not any more, by name.
func silences(beats map[event.Origin]wire.Heard, silent hall.Silent) (out []wire.Silence) {
	for origin, b := range beats {
		if ms := silent(origin); b.Role == wire.RoleCounter && ms >= hall.AdoptAfterMS {
			out = append(out, wire.Silence{Origin: origin, Minutes: int(ms / 60_000)})
		}
	}
	slices.SortFunc(out, func(a, b wire.Silence) int { return cmp.Compare(a.Origin, b.Origin) })
	return out
}

func (h *Hub) silent(o event.Origin) int64 { return h.hearing.silent(o, time.Now()) }

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
