// Package centre is the district's end apart from receiving pushes, which is
// inlet's work: it hears the beats of the halls and tells a duty officer, as a
// page and as JSON, how the district stands, and shows each agency its applications. It
// decides nothing, notes only what an officer of an agency says, and never shows anything
// personal.
package centre

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
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// RoleHub is the role under which a hub beats; other roles are those of terminals.
const RoleHub = "hub"

// Log is what the centre needs of its store.
type Log interface {
	// Halls lists the halls that events have come from, in any order.
	Halls() []hall.ID
	// View shows one hall as it is saved; the hall is not kept after fn returns.
	View(id hall.ID, fn func(*hall.Hall))
	// History gives what was committed after a position about one hall.
	History(ctx context.Context, id hall.ID, after int64, max int) (wire.Feed, error)
	// AnswerCheck answers a hub that compares its chains with those here.
	AnswerCheck(ctx context.Context, a wire.CheckAsk) (wire.CheckAnswer, error)
	// Kept counts the events in the log.
	Kept(ctx context.Context) (int, error)
	// Quarantined counts what is kept aside because it could not be read or trusted.
	Quarantined(ctx context.Context) (int, error)
	// Strays lists the origins of events whose number another event has.
	Strays(ctx context.Context) ([]event.Origin, error)
	// Left counts what citizens left of a kind since a moment (ms since 1970).
	Left(ctx context.Context, kind event.Kind, sinceMS int64) (int, error)
	// Rated lists what counts of the visits of a hall that were rated, of the business days
	// from one on.
	Rated(ctx context.Context, id hall.ID, from hall.Date) ([]feedback.Rated, error)
	// FollowUps counts the bad ratings of a hall that nobody has checked yet, and those of
	// them whose last day was before a day.
	FollowUps(ctx context.Context, id hall.ID, today hall.Date) (open, overdue int, err error)
	// Applications lists what a hall took since a moment (ms since 1970), newest first.
	Applications(ctx context.Context, id hall.ID, sinceMS int64) ([]Application, error)
}

// Places names what the page speaks of, from the catalogue in use.
type Places interface {
	// Places lists the halls of the district in the order in which they are shown.
	Places() []Place
	// Item names an item; both names are empty when the catalogue has none.
	Item(code hall.ItemCode) Name
}

// Name is a name in the two languages of the page; En may be empty.
type Name struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Place is a hall of the catalogue with its areas in their order.
type Place struct {
	ID    hall.ID
	Name  Name
	Areas []Area
}

// Area is a service area of a hall; Windows counts its windows, 0 when not known.
type Area struct {
	Letter  hall.Letter
	Name    Name
	Windows int
}

// Application is what the centre shows of an application: nothing personal.
// State is the state's word of the intake rules, Due a date ("2026-12-01") or
// empty when nothing is due.
type Application struct {
	Number  string        `json:"number"`
	Hall    hall.ID       `json:"hall"`
	Item    hall.ItemCode `json:"item"`
	State   string        `json:"state"`
	TakenMS int64         `json:"taken_at_ms"`
	Due     string        `json:"due,omitempty"`
}

// Options of Start.
type Options struct {
	Conn   *nats.Conn
	Log    Log
	Places Places
	// Agencies is behind the page of the agencies; nil where there is none.
	Agencies Agencies
	// Appointments is behind the page of appointments, for officers of Agencies; nil where there is none.
	Appointments Appointments
	// Disclosures are the requests for information, whose terms are counted on Calendar; without both
	// there is no page of them.
	Disclosures Disclosures
	Calendar    *intake.Calendar
	// Figures counts what days were; nil where there is no page of that.
	Figures Figures
	// Bundle names the bundle in force, for the hubs that beat; nil where there are none.
	Bundle func() string
	Logger *slog.Logger
	// Now is the wall clock in ms; it dates what is shown and may be compressed.
	Now func() int64
	// SilentAfter is how long without a beat makes a hall or a terminal silent (default 60 s).
	SilentAfter time.Duration
	// Elapsed is a clock that only runs forward, by default the machine's own.
	// Silence is judged by it, so that a stepped or compressed wall clock changes nothing.
	Elapsed func() time.Duration
}

// Centre hears the halls until Stop.
type Centre struct {
	opt       Options
	subs      []*nats.Subscription
	startedMS int64
	started   time.Duration
	began     time.Time

	mu     sync.Mutex
	posts  map[hall.ID]*post
	voters map[hall.ID]*core.Voter // of halls that have two hubs

	pages pageCache
	weeks weekCache
}

// post is what was heard of one hall.
type post struct {
	hub       heard
	terminals map[event.Origin]*heard
}

// heard is the last beat of one device. A zero beat was never heard.
type heard struct {
	beat wire.Beat
	atMS int64         // by Options.Now
	at   time.Duration // by Options.Elapsed
	// stamp is when the hub heard the beat, by the hub's clock. Only its change
	// is used: a hub with a wrong clock must not make its terminals silent.
	stamp int64
}

// Start answers beats to the centre until Stop.
func Start(opt Options) (*Centre, error) {
	if opt.Conn == nil || opt.Log == nil || opt.Places == nil || opt.Logger == nil || opt.Now == nil {
		return nil, errors.New("start centre: connection, log, places, logger and clock are all needed")
	}
	if opt.SilentAfter == 0 {
		opt.SilentAfter = time.Minute
	}
	if opt.Elapsed == nil {
		begin := time.Now()
		opt.Elapsed = func() time.Duration { return time.Since(begin) }
	}
	c := &Centre{opt: opt, startedMS: opt.Now(), started: opt.Elapsed(), began: time.Now(), posts: map[hall.ID]*post{}, voters: map[hall.ID]*core.Voter{}}
	for verb, answer := range map[wire.Verb]nats.MsgHandler{wire.VerbBeat: c.answer, wire.VerbFeed: c.history, wire.VerbCheck: c.check, wire.VerbLease: c.vote} {
		sub, err := opt.Conn.Subscribe(wire.AnyoneSubject(wire.Centre, verb), answer)
		if err != nil {
			return nil, fmt.Errorf("listen for hubs: %w", err)
		}
		c.subs = append(c.subs, sub)
	}
	return c, nil
}

// Stop ends the listening; what was heard stays readable.
func (c *Centre) Stop() error {
	for _, s := range c.subs {
		if err := s.Unsubscribe(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
			return fmt.Errorf("stop listening for hubs: %w", err)
		}
	}
	return nil
}

// historyEvents is how many log positions one answer covers at most.
const historyEvents = 2000

// history gives a hub what is known of its hall, for when it has lost its disk.
func (c *Centre) history(m *nats.Msg) {
	from, ok := wire.Sender(m.Subject, m.Reply)
	var a wire.FeedAsk
	if err := json.Unmarshal(m.Data, &a); err != nil || !ok || !wire.IsHub(from) {
		c.opt.Logger.Warn("a question for a hall's history could not be used", "subject", m.Subject, "error", err)
		return
	}
	f, err := c.opt.Log.History(context.Background(), hall.ID(from.Hall()), max(0, a.After), historyEvents)
	if err == nil && a.Epoch != 0 && a.Epoch != f.Epoch {
		// This database was restored in between: the hub reads it from the beginning.
		f, err = c.opt.Log.History(context.Background(), hall.ID(from.Hall()), 0, historyEvents)
	}
	if err == nil {
		err = m.Respond(f.Encode())
	}
	if err != nil {
		c.opt.Logger.Error("give a hall's history", "origin", from, "error", err)
	}
}

// check answers a hub that compares a chain of its hall.
func (c *Centre) check(m *nats.Msg) {
	from, ok := wire.Sender(m.Subject, m.Reply)
	var a wire.CheckAsk
	if err := json.Unmarshal(m.Data, &a); err != nil || !ok || !a.Usable() || !wire.IsHub(from) || !wire.MayBring(from, a.Origin) {
		c.opt.Logger.Warn("a question of a comparison could not be used", "subject", m.Subject, "of", a.Origin, "error", err)
		return
	}
	answer, err := c.opt.Log.AnswerCheck(context.Background(), a)
	if err != nil {
		c.opt.Logger.Warn("compare with a hub", "origin", from, "of", a.Origin, "error", err)
		answer.Why = err.Error()
	}
	if answer.Mended {
		c.opt.Logger.Warn("a damaged event is mended with what its hub has", "origin", a.Origin, "epoch", a.Epoch, "seq", a.From)
	}
	body, err := json.Marshal(answer)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		c.opt.Logger.Warn("compare with a hub", "origin", from, "error", err)
	}
}

// vote promises one of a hall's two hubs that it leads, or does not.
func (c *Centre) vote(m *nats.Msg) {
	from, ok := wire.Sender(m.Subject, m.Reply)
	var a wire.LeaseAsk
	if err := json.Unmarshal(m.Data, &a); err != nil || !ok || !wire.IsHub(from) {
		c.opt.Logger.Warn("a question for a hall's lease could not be used", "subject", m.Subject, "error", err)
		return
	}
	var answer wire.LeaseAnswer
	c.mu.Lock()
	v := c.voters[hall.ID(from.Hall())]
	if v == nil {
		v = core.NewVoter(c.leaseMS(c.began))
		c.voters[hall.ID(from.Hall())] = v
	}
	if a.Leave {
		v.Leave(from)
	} else {
		answer.Promised = v.Ask(c.leaseMS(time.Now()), from)
	}
	c.mu.Unlock()
	body, err := json.Marshal(answer)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		c.opt.Logger.Warn("answer a hub that asks for its hall's lease", "origin", from, "error", err)
	}
}

// leaseMS is the clock of promises: the machine's own, which only runs forward. Promises
// are in real time, also where the day is compressed.
func (c *Centre) leaseMS(at time.Time) int64 { return at.Sub(c.began).Milliseconds() }

func (c *Centre) answer(m *nats.Msg) {
	from, ok := wire.Sender(m.Subject, m.Reply)
	if !ok {
		c.opt.Logger.Warn("a beat is not answered: its answer would go to somebody else", "subject", m.Subject, "reply", m.Reply)
		return
	}
	var b wire.Beat
	err := json.Unmarshal(m.Data, &b)
	if err == nil && b.Origin != from {
		err = fmt.Errorf("%q speaks for %q", from, b.Origin)
	}
	if err == nil {
		err = c.Hear(b)
	}
	if err != nil {
		c.opt.Logger.Warn("a beat could not be used", "error", err, "bytes", len(m.Data))
		return
	}
	reply := wire.BeatReply{TimeMS: c.opt.Now(), CentreReached: true}
	if c.opt.Bundle != nil {
		reply.Bundle = c.opt.Bundle()
	}
	body, err := json.Marshal(reply)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		c.opt.Logger.Warn("a beat could not be answered", "origin", b.Origin, "error", err)
	}
}

// BundleBelow is the highest version of what is published that a hub has told of.
func (c *Centre) BundleBelow() (version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.posts {
		if b := p.hub.beat.Bundle; b != nil {
			version = max(version, b.Version)
		}
	}
	return version
}

// Hear notes a beat as if it had come over the line; a process that is hub and
// centre at once calls it itself. A hub speaks only for terminals of its own
// hall. A beat with an impossible origin is an error and changes nothing.
func (c *Centre) Hear(b wire.Beat) error {
	if !b.Origin.Valid() {
		return fmt.Errorf("hear beat: %q is not a possible origin", b.Origin)
	}
	below := b.Below
	b.Below = nil
	now := heard{beat: b, atMS: c.opt.Now(), at: c.opt.Elapsed()}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := hall.ID(b.Origin.Hall())
	p := c.posts[id]
	if p == nil {
		p = &post{terminals: map[event.Origin]*heard{}}
		c.posts[id] = p
	}
	if b.Role != RoleHub {
		// A terminal whose hub is dead speaks to the centre itself.
		p.take(now, 0)
		return nil
	}
	if other := p.hub; b.Leads == wire.HubStands && other.atMS != 0 && other.beat.Origin != b.Origin && !c.silent(other) {
		return nil // the other hub leads and speaks for the hall
	}
	p.hub = now
	for _, t := range below {
		if !t.Origin.Valid() || t.Origin.Hall() != string(id) || t.Role == RoleHub || t.AtMS <= 0 {
			continue
		}
		h := heard{beat: t.Beat, atMS: now.atMS, at: now.at, stamp: t.AtMS}
		h.beat.Below = nil
		p.take(h, firstAge(t.AtMS))
	}
	return nil
}

// firstAge tells how old a beat is that the centre sees for the first time. The
// hub stamped it with its own clock, so this machine's own clock is the measure.
func firstAge(stampMS int64) time.Duration {
	return max(0, time.Duration(time.Now().UnixMilli()-stampMS)*time.Millisecond)
}

// take notes a terminal's beat, unless the hub only repeats the one it told of before.
func (p *post) take(h heard, firstAge time.Duration) {
	old := p.terminals[h.beat.Origin]
	if old == nil {
		old = &heard{}
		p.terminals[h.beat.Origin] = old
	}
	if h.stamp != 0 {
		if h.stamp == old.stamp {
			return
		}
		if old.stamp == 0 {
			h.at -= firstAge
			h.atMS -= firstAge.Milliseconds()
		}
	} else {
		h.stamp = old.stamp
	}
	if old.atMS != 0 && h.at < old.at {
		old.stamp = h.stamp
		return
	}
	*old = h
}

// silent tells whether a beat is too old to count.
func (c *Centre) silent(h heard) bool {
	return c.opt.Elapsed()-h.at > c.opt.SilentAfter
}
