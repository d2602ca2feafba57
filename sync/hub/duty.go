package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Peer is the other hub of a hall that has two.
type Peer interface {
	Lease(ctx context.Context, a wire.LeaseAsk) (wire.LeaseAnswer, error)
	// Follow gives what the other hub has committed behind a position, everything
	// included; it may wait a moment until there is something.
	Follow(ctx context.Context, a wire.FollowAsk) (wire.Feed, error)
}

// duty is what a hub does beside its work where its hall has two: both run the same,
// each follows the log of the other, and the one that holds the lease leads.
//
// Nothing that the leader grants is answered or told before a second of the three has
// saved it and the leader still holds the lease. Whoever leads next has the promise of
// one of the other two and reads it to its end, or is that second one itself: it knows
// every grant that anybody was told of.
type duty struct {
	h    *Hub
	self event.Origin
	peer event.Origin
	log  *slog.Logger
	// moved tells news that more may be told.
	moved chan struct{}

	mu    sync.Mutex
	watch stopwatch
	voter *core.Voter
	lease core.Lease

	// Of the time as leader, which begins with the lease:
	end      context.CancelFunc // not nil while this hub holds the lease
	since    int64
	gathered bool  // it grants
	shown    int64 // the log up to here is saved by a second of the three
	waiting  []granted
	marks    []mark

	backed int64       // when the other hub last said that it backs this one
	at     core.Cursor // how far the other hub's log is committed here
	level  int64       // when it was asked last and had nothing more
	pairs  []pair
}

// granted is a decision that is committed and not answered yet.
type granted struct {
	tell  func(wire.Grant)
	g     wire.Grant
	pos   int64
	asked int64
}

// mark says that the own chain is seq long where the log is pos long.
type mark struct {
	pos int64
	seq event.Seq
}

// pair says that the other hub's log, in its life, has up to theirs everything that is
// in this log up to here.
type pair struct {
	life         event.Epoch
	theirs, here int64
}

// Pauses and limits of the lease. The other hub counts as away when it has not
// confirmed anything for awayAfter: then the centre is the second that saves.
const (
	leaseLook  = 100 * time.Millisecond
	leaseEvery = time.Second
	leaseTry   = 400 * time.Millisecond // and up to twice that, so that two do not try in step
	leaseLimit = time.Second
	followHold = 500 * time.Millisecond
	awayAfter  = 2_000 // ms
	readEvery  = time.Minute
	waitMost   = 10_000 // ms: who asked has given up long before
)

// stopwatch counts ms, forward only.
type stopwatch struct {
	began time.Time
	ahead int64
}

// promised is the clock of promises to others; it may stand still while the machine
// sleeps, which only makes them longer.
func (w *stopwatch) promised() int64 { return time.Since(w.began).Milliseconds() + 1 }

// held is the clock of the own lease. It goes on while the machine sleeps: a wall clock
// that runs ahead of the other one says so. One that is put forward ends a lease early,
// which costs a moment.
func (w *stopwatch) held() int64 {
	now := w.promised()
	w.ahead = max(w.ahead, time.Now().Round(0).Sub(w.began.Round(0)).Milliseconds()-now)
	return now + w.ahead
}

func newDuty(h *Hub) *duty {
	d := &duty{h: h, self: h.opt.Origin, peer: wire.OtherHub(h.opt.Origin), log: h.opt.Logger, moved: make(chan struct{}, 1), watch: stopwatch{began: time.Now()}}
	d.voter = core.NewVoter(d.watch.promised())
	d.backed = -awayAfter
	return d
}

// locked does something with what is known of the lease. That it has ended meanwhile is
// noticed before and after: a lease that lapsed unnoticed must not seem to go on.
func (d *duty) locked(ctx context.Context, do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settle(ctx)
	do()
	d.settle(ctx)
}

// settle begins or ends the time as leader. The caller holds mu.
func (d *duty) settle(ctx context.Context) {
	held := d.lease.Held(d.watch.held())
	switch {
	case held && d.end == nil && ctx.Err() == nil:
		leading, end := context.WithCancel(ctx)
		d.end, d.since = end, d.watch.promised()
		d.gathered, d.shown, d.waiting, d.marks = false, 0, nil, nil
		d.h.opt.OnLead(true)
		d.h.spawn(func() { d.take(leading) })
	case !held && d.end != nil:
		d.end()
		d.end, d.gathered, d.waiting = nil, false, nil
		d.h.opt.OnLead(false)
		d.log.Warn("this hub stands by: it has not the promise of two of three any more", "hub", d.self)
	}
}

// leads tells that this hub may grant now.
func (d *duty) leads() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gathered && d.lease.Held(d.watch.held())
}

// holds tells that this hub leads or is about to: terminals may come.
func (d *duty) holds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lease.Held(d.watch.held())
}

// run asks for the lease and keeps it until the end.
func (d *duty) run(ctx context.Context) {
	next := time.Now()
	for pause(ctx, leaseLook) == nil {
		d.locked(ctx, func() {})
		if time.Now().Before(next) {
			continue
		}
		if d.round(ctx) {
			next = time.Now().Add(leaseEvery)
		} else {
			next = time.Now().Add(leaseTry + rand.N(leaseTry))
		}
	}
}

// round asks all three. A hub whose own promise another one has does not ask: who leads
// goes on leading.
func (d *duty) round(ctx context.Context) (held bool) {
	var asked int64
	mine := false
	d.locked(ctx, func() {
		asked = d.watch.held()
		if mine = d.voter.Ask(d.watch.promised(), d.self); mine {
			d.lease.Promised(string(d.self), asked)
		} else {
			d.lease.Refused(string(d.self))
		}
	})
	if !mine {
		return d.holds()
	}
	limited, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	var all sync.WaitGroup
	for voter, ask := range d.others() {
		all.Go(func() {
			a, err := ask(limited, wire.LeaseAsk{})
			if err != nil {
				return // what it promised before holds until its end
			}
			d.locked(ctx, func() {
				if a.Promised {
					d.lease.Promised(voter, asked)
				} else {
					d.lease.Refused(voter)
				}
			})
		})
	}
	all.Wait()
	d.locked(ctx, func() {
		if held = d.lease.Held(d.watch.held()); !held {
			// In vain: the own promise must not keep the other hub from leading.
			d.lease.Drop()
			d.voter.Leave(d.self)
		}
	})
	return held
}

func (d *duty) others() map[string]func(context.Context, wire.LeaseAsk) (wire.LeaseAnswer, error) {
	return map[string]func(context.Context, wire.LeaseAsk) (wire.LeaseAnswer, error){string(d.peer): d.h.opt.Peer.Lease, wire.Centre: d.h.opt.Above.Lease}
}

// vote answers the other hub that asks for this one's promise.
func (d *duty) vote(m *nats.Msg, from event.Origin) {
	var ask wire.LeaseAsk
	if err := json.Unmarshal(m.Data, &ask); err != nil || from != d.peer {
		return
	}
	var a wire.LeaseAnswer
	d.locked(d.h.ctx, func() {
		if ask.Leave {
			d.voter.Leave(from)
		} else {
			a.Promised = d.voter.Ask(d.watch.promised(), from)
		}
	})
	body, err := json.Marshal(a)
	if err == nil {
		err = m.Respond(body)
	}
	if err != nil {
		d.log.Warn("answer the other hub", "error", err)
	}
}

// take gathers what this hub needs to know before it grants, and takes the duty over.
func (d *duty) take(ctx context.Context) {
	d.log.Warn("this hub leads its hall from now on; it reads what it may lack before it grants", "hub", d.self)
	began := time.Now()
	d.mu.Lock()
	since := d.since
	d.mu.Unlock()
	g := &core.Gatherer{LeastMS: d.h.opt.Gather.Milliseconds(), MostMS: gatherMost.Milliseconds()}
	g.Begin(0, false)
	d.h.mu.Lock()
	d.h.gatherer = g
	d.h.mu.Unlock()
	centre := make(chan struct{})
	d.h.spawn(func() {
		if d.readCentre(ctx) == nil {
			close(centre)
		}
	})
	for pause(ctx, gatherLook) == nil {
		// One of the other two must be read to its end, however long that takes: that is
		// what makes a takeover safe. The terminals are waited for as after a lost disk.
		d.mu.Lock()
		read := d.level >= since
		d.mu.Unlock()
		select {
		case <-centre:
			read = true
		default:
		}
		d.h.mu.Lock()
		done := read && g.Done(time.Since(began).Milliseconds())
		d.h.mu.Unlock()
		if !done {
			continue
		}
		if err := d.h.commit(ctx, func(tx Tx) error { return tx.Lead(d.h.opt.Hall) }); err != nil {
			if ctx.Err() == nil {
				d.log.Error("take the duty over; it is tried again", "error", err)
			}
			continue
		}
		d.mu.Lock()
		d.gathered = ctx.Err() == nil
		d.mu.Unlock()
		d.log.Warn("this hub grants calls and numbers", "hub", d.self, "after", time.Since(began).Round(time.Millisecond))
		return
	}
}

// readCentre takes what the centre knows of the hall behind what was read before.
func (d *duty) readCentre(ctx context.Context) error {
	at, err := d.h.opt.Log.Cursor(ctx, wire.Centre)
	if err == nil {
		err = d.h.opt.Above.History(ctx, at, func(f wire.Feed) error {
			return d.h.commit(ctx, func(tx Tx) error { return tx.Follow(wire.Centre, f, f.Epoch, d.leads()) })
		})
	}
	if err != nil && ctx.Err() == nil {
		d.log.Error("read what the centre knows of the hall", "error", err)
	}
	return err
}

// keepRead reads the centre now and then while this hub stands by, so that little is left
// to read when it takes over.
func (d *duty) keepRead(ctx context.Context) {
	for ctx.Err() == nil {
		if !d.holds() {
			_ = d.readCentre(ctx) // told already; it comes again
		}
		_ = pause(ctx, readEvery)
	}
}

// peerSource names the cursor of the other hub's log.
const peerSource = "peer"

// follow commits what the other hub commits, as it does. Each question confirms what the
// last answer brought.
func (d *duty) follow(ctx context.Context) {
	at, err := d.h.opt.Log.Cursor(ctx, peerSource)
	if err != nil && ctx.Err() == nil {
		d.log.Error("read how far the other hub was followed; it is followed from its beginning", "error", err)
	}
	for ctx.Err() == nil {
		d.mu.Lock()
		d.at = at
		asked := d.watch.promised()
		ask := wire.FollowAsk{Epoch: at.Epoch, After: at.Pos, Backs: d.voter.Backs(asked, d.peer)}
		d.mu.Unlock()
		ask.Life, ask.Pos = d.h.opt.Log.Epoch(), d.h.opt.Log.Position()
		limited, cancel := context.WithTimeout(ctx, leaseLimit+followHold)
		f, err := d.h.opt.Peer.Follow(limited, ask)
		cancel()
		if err == nil && (f.Upto > f.From || f.Epoch != at.Epoch) {
			if err = d.h.commit(ctx, func(tx Tx) error { return tx.Follow(peerSource, f, 0, d.leads()) }); err != nil && ctx.Err() == nil {
				d.log.Error("save what the other hub has; it is asked again", "error", err)
			}
		}
		if err != nil {
			_ = pause(ctx, followHold)
			continue
		}
		at = core.Cursor{Epoch: f.Epoch, Pos: f.Upto}
		if f.Upto == f.From {
			d.mu.Lock()
			d.level = asked
			d.mu.Unlock()
		}
	}
}

// followed answers the other hub that follows this one.
func (d *duty) followed(m *nats.Msg, from event.Origin) {
	var ask wire.FollowAsk
	if err := json.Unmarshal(m.Data, &ask); err != nil || from != d.peer {
		return
	}
	life := d.h.opt.Log.Epoch()
	d.locked(d.h.ctx, func() {
		if ask.Epoch != life {
			return
		}
		d.note(pair{ask.Life, ask.Pos, ask.After})
		if ask.Backs {
			d.backed = d.watch.promised()
			d.show(ask.After)
		}
	})
	after := ask.After
	if ask.Epoch != life || after < 0 || after > d.h.opt.Log.Position() {
		after = 0
	}
	d.h.spawn(func() {
		commits := d.h.opt.Log.Watch()
		defer d.h.opt.Log.Unwatch(commits)
		for limit := time.After(followHold); d.h.opt.Log.Position() == after && limit != nil; {
			select {
			case <-d.h.ctx.Done():
				return
			case <-commits:
			case <-limit:
				limit = nil
			}
		}
		f, err := d.h.opt.Log.History(d.h.ctx, d.h.opt.Hall, after, feedEvents)
		if err == nil {
			err = m.Respond(f.Encode())
		}
		if err != nil && d.h.ctx.Err() == nil {
			d.log.Warn("tell the other hub", "error", err)
		}
	})
}

// note keeps where the other hub's log stands against this one: all of the newest, and
// one in pairApart positions of what is older. The caller holds mu.
func (d *duty) note(p pair) {
	if n := len(d.pairs); n > 0 && d.pairs[n-1].life != p.life {
		d.pairs = nil
	} else if n > 1 && d.pairs[n-1].theirs-d.pairs[n-2].theirs < pairApart {
		d.pairs = d.pairs[:n-1]
	}
	if len(d.pairs) == pairMost {
		d.pairs = d.pairs[1:]
	}
	d.pairs = append(d.pairs, p)
}

const (
	pairApart = 256
	pairMost  = 4096
)

// instead gives where in this log a terminal goes on that has read the other hub's log
// up to a position; false where this hub may lack something of that.
func (d *duty) instead(life event.Epoch, theirs int64) (here int64, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if life != d.at.Epoch || theirs > d.at.Pos {
		return 0, false
	}
	for _, p := range d.pairs {
		if p.life == life && p.theirs <= theirs {
			here = max(here, p.here)
		}
	}
	return here, here > 0
}

// answer answers a grant as soon as a second of the three has saved it.
func (d *duty) answer(tell func(wire.Grant), g wire.Grant, pos int64) {
	d.locked(d.h.ctx, func() {
		if d.gathered {
			d.waiting = append(d.waiting, granted{tell, g, pos, d.watch.promised()})
			d.show(d.shown)
		}
	})
}

// show notes that a second of the three has saved the log up to pos, and tells what waits
// for that. The caller holds mu, and settle has just looked whether the lease is held.
func (d *duty) show(pos int64) {
	if d.end == nil {
		return
	}
	if pos > d.shown {
		d.shown = pos
		select {
		case d.moved <- struct{}{}:
		default:
		}
	}
	now := d.watch.promised()
	rest := d.waiting[:0]
	for _, w := range d.waiting {
		switch {
		case w.pos <= d.shown:
			w.tell(w.g)
		case now-w.asked < waitMost:
			rest = append(rest, w)
		}
	}
	clear(d.waiting[len(rest):])
	d.waiting = rest
}

// upto is how far the hall may be told of this log.
func (d *duty) upto() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end == nil || !d.lease.Held(d.watch.held()) {
		return 0
	}
	return d.shown
}

// centreSaves lets the centre be the second that saves while the other hub is away.
func (d *duty) centreSaves(ctx context.Context) {
	commits := d.h.opt.Log.Watch()
	defer d.h.opt.Log.Unwatch(commits)
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
		case <-time.After(leaseLook):
		}
		d.mu.Lock()
		due := d.end != nil && d.watch.promised()-d.backed >= awayAfter
		d.mu.Unlock()
		if !due {
			continue
		}
		pos := d.h.opt.Log.Position() // before the chains: they have at least what is in it
		seq, centre, ok := d.own()
		if !ok {
			continue
		}
		d.locked(ctx, func() {
			if n := len(d.marks); n == 0 || d.marks[n-1].pos < pos {
				d.marks = append(d.marks, mark{pos, seq})
			}
			for len(d.marks) > 0 && d.marks[0].seq <= centre {
				d.show(d.marks[0].pos)
				d.marks = d.marks[1:]
			}
		})
	}
}

// own tells how long the own chain is and how much of it the centre has; false while
// something of an earlier life is not there.
func (d *duty) own() (seq, centre event.Seq, ok bool) {
	own, chains := d.h.opt.Log.Chains()
	for _, c := range chains {
		switch {
		case c.ID == own:
			seq, centre = c.Seq, c.Centre
		case c.ID.Origin == d.self && !c.Forked && c.Centre < c.Seq:
			return 0, 0, false
		}
	}
	return seq, centre, true
}

// leave gives the lease back, so that the other hub need not wait for its end.
func (d *duty) leave() {
	held := false
	d.locked(d.h.ctx, func() {
		held = d.end != nil
		d.lease.Drop()
		d.voter.Leave(d.self)
	})
	if !held {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaseLimit/2)
	defer cancel()
	var all sync.WaitGroup
	for _, ask := range d.others() {
		all.Go(func() { _, _ = ask(ctx, wire.LeaseAsk{Leave: true}) }) // else it ends by itself
	}
	all.Wait()
}

// Leads tells whether this hub leads its hall, and how it sees the other one, in the
// words of wire.Beat; both are empty where the hall has one hub.
func (h *Hub) Leads() (leads, spare string) {
	d := h.duty
	if d == nil {
		return "", ""
	}
	leads, spare = wire.HubStands, wire.SpareAway
	if d.leads() {
		leads = wire.HubLeads
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.watch.promised()
	if leads == wire.HubLeads && now-d.backed < awayAfter || leads == wire.HubStands && d.level > 0 && now-d.level < 2*awayAfter {
		spare = wire.SpareReady
	}
	return leads, spare
}

// Leave ends the asking for the lease and gives it back. It is called before the lines to
// the other hub and the centre are closed.
func (h *Hub) Leave() {
	if h.duty == nil {
		return
	}
	h.left()
	h.asking.Wait()
	h.duty.leave()
}
