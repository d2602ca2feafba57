// Package link is the sending end of a hop, for a terminal towards its hub and a
// hub towards the centre: it pushes what is owed until the place above has
// confirmed it, takes the hall's feed, and says honestly how the line stands.
// It owns timers and the connection; what to send and what an ack means is
// decided by the log.
package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Log is what the link needs of a store.
type Log interface {
	Owing() []wire.Owed
	Batch(ctx context.Context, o event.Origin, e event.Epoch, from event.Seq, prev event.Hash, max int) (wire.Push, bool, error)
	Acked(ctx context.Context, o event.Origin, e event.Epoch, a wire.Ack, toCentre bool, expected *event.Hash) error
	// Unsure notes that the place above may have another database than before.
	Unsure()
	// OwnForked tells that somebody else has written under this device's name.
	OwnForked() bool
	// Hand gives the own log behind a position, for a hub that has lost it.
	Hand(ctx context.Context, after int64, max int) (wire.Feed, error)
	// Renew begins a new life of the database after a fork of its own chain.
	Renew(ctx context.Context) error
	// Chains tells how the chains stand; own is the one of this life.
	Chains() (own core.ChainID, all []core.Chain)
	// Sing notes a canary.
	Sing(ctx context.Context) error
	// Offline notes a time (ms of the node's clock) without the place above; back tells that it was
	// reached again then.
	Offline(ctx context.Context, fromMS, toMS int64, back bool) error
	Cursor(ctx context.Context, source string) (core.Cursor, error)
	TakeFeed(ctx context.Context, source string, f wire.Feed, at core.Cursor) error
	// KeepsFrom is the first business day whose tickets are kept in memory; HeldBefore lists
	// those of earlier days that are kept because they hold a window.
	KeepsFrom() hall.Date
	HeldBefore(day hall.Date) []hall.TicketID
	Watch() chan struct{}
	Unwatch(chan struct{})
}

// Options of Start.
type Options struct {
	Conn *nats.Conn
	// Place is where the pushes go: a hall id or wire.Centre.
	Place  string
	Origin event.Origin
	Log    Log
	// Fork is the error with which Log.Acked tells of a fork.
	Fork error
	// OnFork is called when the place above has another history of a chain that is not
	// this node's own; nil when nobody has to know.
	OnFork func()
	// Feed tells to follow the hall's feed (terminals do, hubs do not).
	Feed bool
	// Beat gives what to tell about this node; nil sends no beats.
	Beat func() wire.Beat
	// Take is called with the name of the bundle that is in force above, after each beat, and
	// fetches it from the link where it is not here; nil where none are taken.
	Take func(ctx context.Context, name string, from *Link) error
	// Keys are the keys of cases, at a device that has any; else nil.
	Keys Keyring
	// Scans are what was scanned, at a device that has any; else nil.
	Scans Binder
	// Now is the node's wall clock in ms, compared with the one above; Elapsed one that only runs forward, the
	// machine's own when nil.
	Now, Elapsed func() int64
	Logger       *slog.Logger
	// Resend is how often unconfirmed events are sent again without a new
	// write (default 30 s); BeatEvery is the pause between beats (default 5 s).
	Resend, BeatEvery time.Duration
	// Answer is how long to wait for an ack before sending again (default 10 s).
	Answer time.Duration
	// Canary is how long nothing may be noted before a canary is (default 1 min); negative
	// where none is to be noted: at a hub, which passes those of its hall on, and where a
	// test counts events.
	Canary time.Duration
	// Overdue is how long something may wait for the centre, while the line says that it
	// stands, before the connection is made anew (default 15 s).
	Overdue time.Duration
}

// Line is how the link stands.
type Line struct {
	Reached       bool
	CentreReached bool
	Since         time.Time
	// ClockOffMS is this clock minus the clock above, as of the last beat.
	ClockOffMS int64
}

// Link is a running sender.
type Link struct {
	opt     Options
	cancel  context.CancelFunc
	done    sync.WaitGroup
	kick    chan bool        // the line is up (true) or broke
	news    chan bool        // the same for the feed
	anew    [2]chan struct{} // sender and follower begin anew, with subscriptions of their own
	follows atomic.Uint64    // the life of the hub whose feed was read to its end last; 0 before
	late    atomic.Int64     // ms: see core.Vigil.LateMS
	tick    chan struct{}    // beat now
	offered chan string      // the bundle above
	outages chan outage
	began   time.Time

	mu     sync.Mutex
	losses int // how often the connection broke
	line   Line
	// awaySince is when the line was lost, of Options.Elapsed.
	awaySince int64
	told      wire.BeatReply
	changed   func()
}

// depth is how many pushes may be under way before the first is confirmed; the
// receiver commits one while the next is read and travels.
const depth = 4

// retryAfter is how soon a connected node tries again when nobody answered.
const retryAfter = time.Second

// Start runs the link until Stop.
func Start(opt Options) *Link {
	if opt.Resend == 0 {
		opt.Resend = 30 * time.Second
	}
	if opt.BeatEvery == 0 {
		opt.BeatEvery = 5 * time.Second
	}
	if opt.Answer == 0 {
		opt.Answer = 10 * time.Second
	}
	if opt.Canary == 0 {
		opt.Canary = time.Minute
	}
	if opt.Overdue == 0 {
		opt.Overdue = 15 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Link{opt: opt, cancel: cancel, kick: make(chan bool, 16), news: make(chan bool, 16), tick: make(chan struct{}, 1), offered: make(chan string, 1), outages: make(chan outage, 16), began: time.Now(),
		anew: [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}}
	if opt.Elapsed == nil {
		l.opt.Elapsed = l.elapsed
	}
	l.line.Since, l.awaySince = time.Now(), l.opt.Elapsed()
	run := func(fn func(context.Context)) {
		l.done.Add(1)
		go func() { defer l.done.Done(); fn(ctx) }()
	}
	run(l.status)
	run(func(ctx context.Context) { l.again(ctx, l.anew[0], l.push) })
	if opt.Feed {
		run(func(ctx context.Context) { l.again(ctx, l.anew[1], l.feed) })
	}
	run(l.vigil)
	run(l.note)
	if opt.Take != nil {
		run(l.bundles)
	}
	if opt.Keys != nil {
		run(l.keys)
	}
	if opt.Scans != nil {
		run(l.scans)
	}
	if opt.Beat != nil {
		run(l.beat)
	}
	return l
}

// Stop ends the link; what is not confirmed stays owed.
func (l *Link) Stop() {
	l.cancel()
	l.done.Wait()
}

// Line tells how the link stands.
func (l *Link) Line() Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}

// Followed tells that the hall's feed was read to its end since this link began.
func (l *Link) Followed() bool { return l.follows.Load() != 0 }

// OnChange calls fn whenever the line begins or ends to be reached, what the hub tells of the hall
// changes, or a hub is followed for the first time in its life.
func (l *Link) OnChange(fn func()) {
	l.mu.Lock()
	l.changed = fn
	l.mu.Unlock()
}

// status follows the connection: away at once when it breaks, awake when it is back.
func (l *Link) status(ctx context.Context) {
	changes := l.opt.Conn.StatusChanged(nats.CONNECTED, nats.RECONNECTING, nats.DISCONNECTED, nats.CLOSED)
	defer l.opt.Conn.RemoveStatusListener(changes)
	for {
		select {
		case <-ctx.Done():
			return
		case now, open := <-changes:
			switch {
			case !open:
				return
			case now == nats.CONNECTED:
				l.turned(true)
				l.Nudge()
			default:
				l.giveUp()
			}
		}
	}
}

// giveUp notes that the connection broke: answers to what is under way will not come.
func (l *Link) giveUp() {
	l.mu.Lock()
	l.losses++
	l.mu.Unlock()
	l.turned(false)
	l.reached(false, false, 0, -1)
}

// turned tells sender and follower that the line is up or broke.
func (l *Link) turned(up bool) {
	for _, c := range []chan bool{l.kick, l.news} {
		select {
		case c <- up:
		default: // sixteen turns wait: the last of them ask the same
		}
	}
}

// elapsed is a clock in ms that only runs forward.
func (l *Link) elapsed() int64 { return time.Since(l.began).Milliseconds() + 1 }

// lost counts how often the connection broke.
func (l *Link) lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.losses
}

// reached notes how the line stands. An answer counts only when the connection
// has not broken since it was asked for: read a moment too late, it would claim a
// hub that is gone until the next one comes.
func (l *Link) reached(here, centre bool, offset int64, losses int) {
	l.mu.Lock()
	if here && losses != l.losses {
		l.mu.Unlock()
		return
	}
	was := l.line
	l.line.Reached, l.line.CentreReached = here, centre
	if here {
		l.line.ClockOffMS = offset
	}
	turned := was.Reached != here || was.CentreReached != centre
	if turned {
		l.line.Since = time.Now()
	}
	if was.Reached != here {
		l.lostOrBack(here)
	}
	l.mu.Unlock()
	if turned {
		l.tell()
	}
}

// tell calls who wants to hear of changes.
func (l *Link) tell() {
	l.mu.Lock()
	fn := l.changed
	l.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// Nudge sends a beat now: what this terminal tells of itself has changed.
func (l *Link) Nudge() {
	select {
	case l.tick <- struct{}{}:
	default:
	}
}

// push drives the sender: it sends what is owed at once after a write, on connect,
// and again every Resend without any write.
func (l *Link) push(ctx context.Context) {
	writes := l.opt.Log.Watch()
	defer l.opt.Log.Unwatch(writes)
	acks := make(chan *nats.Msg, 64)
	inbox := l.opt.Conn.NewInbox()
	sub, err := l.opt.Conn.ChanSubscribe(inbox+".*", acks)
	if err != nil {
		l.opt.Logger.Error("listen for acks", "error", err)
		return
	}
	defer func() { _ = sub.Unsubscribe() }()
	l.opt.Log.Unsure() // a new beginning: what was confirmed is asked for
	s := &sending{Link: l, inbox: inbox, under: map[string]core.ChainID{}, Sender: core.Sender{Depth: depth,
		AnswerMS: l.opt.Answer.Milliseconds(), RetryMS: retryAfter.Milliseconds(), ResendMS: l.opt.Resend.Milliseconds()}}
	if l.opt.Conn.IsConnected() {
		s.Connect()
	}
	for {
		s.renew(ctx)
		s.send(ctx)
		pause := l.opt.Resend/2 + rand.N(l.opt.Resend)
		select {
		case <-ctx.Done():
			return
		case <-writes:
		case m := <-acks:
			s.ack(ctx, m)
		case up := <-l.kick:
			clear(s.under)
			if s.Break(); up {
				l.opt.Log.Unsure()
				s.Connect()
			}
		case <-time.After(time.Duration(s.Wait(l.elapsed(), pause.Milliseconds())) * time.Millisecond):
		}
	}
}

// renew lets this device go on in a new life when a copy of its database, or an older
// state of it, has written too: apart from it, so that nothing of either is lost.
func (s *sending) renew(ctx context.Context) {
	if !s.opt.Log.OwnForked() {
		return
	}
	s.opt.Logger.Error("this device's records have two histories: it goes on in a new one; look for a copy of its data folder", "origin", s.opt.Origin)
	if err := s.opt.Log.Renew(ctx); err != nil && ctx.Err() == nil {
		s.opt.Logger.Error("go on in a new life; it is tried again", "error", err)
	}
}

// sending is the sender with what its driver needs.
type sending struct {
	*Link
	core.Sender
	inbox string
	under map[string]core.ChainID // reply subjects of what is under way
}

// send sends all that the sender wants to send now.
func (s *sending) send(ctx context.Context) {
	for {
		want, ok := s.Next(s.elapsed(), s.opt.Log.Owing())
		if !ok {
			return
		}
		p, ok, err := wire.Push{Origin: want.ID.Origin, Epoch: want.ID.Epoch, From: want.From, Prev: want.Prev}, true, error(nil)
		if !want.Ask {
			p, ok, err = s.opt.Log.Batch(ctx, want.ID.Origin, want.ID.Epoch, want.From, want.Prev, wire.MaxEvents)
		}
		if err != nil || !ok {
			if err != nil && ctx.Err() == nil {
				s.opt.Logger.Error("push", "origin", want.ID.Origin, "error", err)
			}
			s.Rest(s.elapsed(), want.ID)
			continue
		}
		reply := fmt.Sprintf("%s.%d", s.inbox, s.Sent(s.elapsed(), p))
		s.under[reply] = want.ID
		if err := s.opt.Conn.PublishRequest(wire.AskSubject(s.opt.Place, wire.VerbPush, s.opt.Origin), reply, p.Encode()); err != nil {
			s.opt.Logger.Warn("push", "origin", p.Origin, "error", err)
			s.Break() // status wakes the sender when the line is back
			return
		}
	}
}

// ack takes an answer to a push and saves what it confirms.
func (s *sending) ack(ctx context.Context, m *nats.Msg) {
	id, known := s.under[m.Subject]
	if !known {
		return
	}
	delete(s.under, m.Subject)
	if len(m.Data) == 0 {
		s.Unanswered(s.elapsed(), id) // nobody listens there yet
		return
	}
	var a wire.Ack
	if err := json.Unmarshal(m.Data, &a); err != nil {
		s.opt.Logger.Warn("read the ack", "error", err)
		return
	}
	serial, err := strconv.ParseUint(m.Subject[len(s.inbox)+1:], 10, 64)
	if err != nil {
		return
	}
	expected, _ := s.Acked(s.elapsed(), id, serial, a)
	if a.Refuse != nil {
		s.opt.Logger.Warn("push", "origin", id.Origin, "error", a.Refuse)
	}
	err = s.opt.Log.Acked(ctx, id.Origin, id.Epoch, a, s.opt.Place == wire.Centre, expected)
	if errors.Is(err, s.opt.Fork) && id.Origin != s.opt.Origin && s.opt.OnFork != nil {
		s.opt.OnFork()
	}
	if err != nil && ctx.Err() == nil {
		s.opt.Logger.Warn("save the ack", "origin", id.Origin, "error", err)
	}
}

// beat tells the place above that this node lives, and learns its clock.
func (l *Link) beat(ctx context.Context) {
	for {
		pause := l.opt.BeatEvery
		if l.opt.Conn.IsConnected() {
			beat := l.opt.Beat()
			beat.LateMS = l.late.Load()
			b, err := json.Marshal(beat)
			if err != nil {
				l.opt.Logger.Error("beat", "error", err)
			}
			losses := l.lost()
			sent, began := l.opt.Now(), time.Now()
			var reply wire.BeatReply
			err = l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbBeat, l.opt.Origin), b, 3*time.Second, &reply)
			if err == nil {
				off := l.clockOff(sent, l.opt.Now(), time.Since(began), reply.TimeMS)
				l.reached(true, reply.CentreReached || l.opt.Place == wire.Centre, off, losses)
				l.hear(reply)
				l.offer(reply.Bundle)
			} else if ctx.Err() == nil {
				l.reached(false, false, 0, -1)
				pause = min(pause, retryAfter)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-l.tick:
		case <-time.After(pause):
		}
	}
}

// steppedMS is by how much this clock may part from the time that passes while a beat is
// answered.
const steppedMS = 1000

// clockOff is how far this clock is ahead of the one above, which told its time between sent and
// got. A clock that was put forward or back meanwhile measures nothing but that: what was known stays
// until the next beat.
func (l *Link) clockOff(sent, got int64, passed time.Duration, above int64) int64 {
	if by := got - sent - passed.Milliseconds(); by > steppedMS || by < -steppedMS {
		return l.Line().ClockOffMS
	}
	return sent + (got-sent)/2 - above
}

func (l *Link) ask(ctx context.Context, subject string, body []byte, limit time.Duration, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	m, err := l.opt.Conn.RequestWithContext(ctx, subject, body)
	if err != nil {
		return fmt.Errorf("ask %s: %w", subject, err)
	}
	if err := json.Unmarshal(m.Data, answer); err != nil {
		return fmt.Errorf("read the answer of %s: %w", subject, err)
	}
	return nil
}

// Call asks the hub's allocator for the next ticket and gives the hub's event,
// behind the event that the ticket was made by and those of what was noted of it since.
// The same request may be asked again. Refusals: those of hall.Call, and
// event.HubUnreachable when the hub does not answer.
//
// What this node has noted goes first: the hub must know that the last visit of
// the window has ended before it is asked for the next.
func (l *Link) Call(ctx context.Context, c hall.Call) ([][]byte, error) {
	l.flush(ctx)
	g, err := l.grant(ctx, wire.AskSubject(l.opt.Place, wire.VerbCall, l.opt.Origin), c)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	if len(g.Ticket) > 0 {
		out = append(out, g.Ticket)
	}
	return append(append(out, g.Steps...), g.Event), nil
}

// Cases asks the hub for applications.
func (l *Link) Cases(ctx context.Context, ask wire.CasesAsk) ([]wire.CaseRow, error) {
	if !l.opt.Conn.IsConnected() {
		return nil, event.HubUnreachable
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("ask for applications: %w", err)
	}
	var list []wire.CaseRow
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbCases, l.opt.Origin), body, 2*time.Second, &list); err != nil {
		return nil, errors.Join(event.HubUnreachable, err)
	}
	return list, nil
}

// flushLimit bounds how long a call waits for what was noted before it.
const flushLimit = 2 * time.Second

// flush waits until the own events are confirmed above, or until the limit.
func (l *Link) flush(ctx context.Context) {
	commits := l.opt.Log.Watch()
	defer l.opt.Log.Unwatch(commits)
	limit := time.NewTimer(flushLimit)
	defer limit.Stop()
	for l.opt.Conn.IsConnected() {
		owed := false
		for _, o := range l.opt.Log.Owing() {
			owed = owed || o.Origin == l.opt.Origin
		}
		if !owed {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-limit.C:
			return
		case <-commits:
		}
	}
}

// Block asks the hub for a block of display numbers and gives the hub's event.
func (l *Link) Block(ctx context.Context, ask wire.BlockAsk) ([]byte, error) {
	ask.Life = event.Epoch(l.follows.Load())
	g, err := l.grant(ctx, wire.AskSubject(l.opt.Place, wire.VerbBlock, l.opt.Origin), ask)
	return g.Event, err
}

func (l *Link) grant(ctx context.Context, subject string, ask any) (wire.Grant, error) {
	b, err := json.Marshal(ask)
	if err != nil {
		return wire.Grant{}, fmt.Errorf("ask the hub: %w", err)
	}
	if !l.opt.Conn.IsConnected() {
		return wire.Grant{}, event.HubUnreachable
	}
	var g wire.Grant
	if err := l.ask(ctx, subject, b, 3*time.Second, &g); err != nil {
		return wire.Grant{}, errors.Join(event.HubUnreachable, err)
	}
	if g.Refuse != nil {
		return wire.Grant{}, g.Refuse
	}
	return g, nil
}
