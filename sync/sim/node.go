package sim

import (
	"cmp"
	"crypto/ed25519"
	"errors"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// node is one machine with its process, if that runs.
type node struct {
	w      *world
	name   string
	origin event.Origin
	place  hall.ID
	role   string
	key    ed25519.PrivateKey
	disk   *disk
	skew   int64 // of the wall clock
	hour   int64 // of the wall clock in which since was computed
	since  hall.Date

	up    bool
	life  int // of the process: what an earlier one began is nobody's business
	born  int64
	core  *core.Node
	jobs  []job
	under bool // a commit is under way
	full  bool // the disk has no room
	woken int64

	parent   *line
	children []*line
	sender   core.Sender
	feed     core.Follower
	above    core.Follower // a hub reads the centre's feed while it gathers
	reading  bool
	gather   core.Gatherer
	told     int64 // the last position of the news
	telling  bool
	marked   map[core.ChainID]wire.Mark

	// of kiosks and counters
	digit   int
	asking  bool // for a block
	window  hall.WindowID
	service hall.Letter
	request string
	busy    int64

	silent  bool // for a broken rule: nothing is sent before the next write
	copied  bool // a copy of this machine's disk has run, or an older state of it
	twin    bool // is such a copy
	granted bool // as a hub it has lost knowledge of what it granted
}

// job is something to be committed.
type job struct {
	fn    func(*core.Tx) error
	done  func(error)
	again bool // can be fetched again: not synced
}

func (n *node) wall() int64 { return max(0, dayStart+n.w.nights*dayMS+n.w.now+n.skew) }

// keepsSince is the first business day whose tickets are kept in memory. It is asked at
// every turn, and a business day begins at a full hour.
func (n *node) keepsSince() hall.Date {
	if hour := n.wall() / 3600_000; hour != n.hour || n.since == "" {
		n.hour, n.since = hour, hall.DateOf(n.wall()-dayMS)
	}
	return n.since
}
func (n *node) elapsed() int64 { return n.w.now - n.born + 1 }

// later does something unless the process has ended by then.
func (n *node) later(ms int64, do func()) {
	life := n.life
	n.w.after(ms, func() {
		if n.up && n.life == life {
			do()
		}
	})
}

// start starts the process on what the disk holds.
func (n *node) start() {
	n.life++
	n.up, n.born, n.jobs, n.under, n.woken, n.telling, n.asking = true, n.w.now, nil, false, 0, false, false
	if n.role == "counter" {
		n.request = "" // a kiosk's page asks again after a restart
	}
	n.core = n.disk.load(n)
	n.sender = core.Sender{Depth: 4, AnswerMS: 10_000, RetryMS: 1000, ResendMS: 30_000}
	n.marked = map[core.ChainID]wire.Mark{}
	n.told = n.core.Position()
	n.w.tell("%s starts, epoch %s, position %d", n.name, n.core.Epoch(), n.told)
	n.announce()
	if n.follows() {
		n.feed = core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 10_000 + n.w.upto(5000), Hands: true}
		n.feed.Start(n.disk.cursors["hall"])
	}
	if n.role == "hub" && !n.core.Ready() {
		n.begin()
	}
	if n.role == "hub" {
		n.later(20_000, n.carry)
	}
	for _, l := range n.children {
		l.turn()
	}
	if n.parent != nil {
		n.parent.turn()
	}
	n.act()
	n.pump()
}

// announce notes the first event of a life, until it is saved.
func (n *node) announce() {
	if n.core.OwnSeq() > 0 {
		return
	}
	n.write(func(tx *core.Tx) error {
		if !tx.Fresh() {
			return nil
		}
		d := hall.Device{Role: n.role, Program: "sim", Series: n.digit}
		if n.key != nil {
			d.Key = n.key.Public().(ed25519.PublicKey)
		}
		_, _, err := tx.Append(hall.KindDevice, d)
		return err
	}, nil)
	n.later(200, n.announce)
}

// begin starts to gather what the hall and the centre know.
func (n *node) begin() {
	if broken("grants-at-once") {
		n.write(n.becomeReady, nil)
		return
	}
	n.gather = core.Gatherer{LeastMS: 1500, MostMS: 20_000}
	n.gather.Begin(n.elapsed(), true)
	n.readAbove()
	n.gathered()
}

// readAbove reads the centre's feed from the beginning to its end.
func (n *node) readAbove() {
	n.reading = true
	n.above = core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 3600_000}
	n.above.Start(core.Cursor{})
	if n.parent.connected {
		n.above.Connect()
	}
}

func (n *node) gathered() {
	if n.core.Ready() {
		return
	}
	if n.gather.Done(n.elapsed()) {
		n.write(n.becomeReady, nil) // tried again until the disk has room
	}
	n.later(100, n.gathered)
}

// carry brings up what only neighbours of its device still had.
func (n *node) carry() {
	n.later(20_000, n.carry)
	if !n.core.Ready() || n.reading || !n.parent.connected {
		return
	}
	n.write(func(tx *core.Tx) error {
		_, err := tx.CarryOrphans(500)
		return err
	}, nil)
}

// orphans counts what carry has to bring up.
func (n *node) orphans() int {
	list, err := n.core.Begin(n.disk, n.wall, nil).Orphans()
	check(err)
	return len(list)
}

func (n *node) becomeReady(tx *core.Tx) error { return tx.BecomeReady(n.place) }

// stop ends the process: a kill keeps what the system has taken, a power cut only
// what was synced and, by chance, some of the rest.
func (n *node) stop(power bool) {
	if !n.up {
		return
	}
	n.w.tell("%s stops, power cut %v, %d commits unsynced", n.name, power, len(n.disk.unsynced))
	n.up = false
	n.life++
	if power {
		n.disk.cut(int(n.w.upto(int64(len(n.disk.unsynced)))))
	}
	n.disk.unsynced = nil
	if n.parent != nil {
		n.parent.turn()
	}
	for _, l := range n.children {
		l.turn()
	}
}

func (n *node) follows() bool { return n.role == "kiosk" || n.role == "counter" }

// write commits with a sync, replicate without.
func (n *node) write(fn func(*core.Tx) error, done func(error)) { n.submit(job{fn: fn, done: done}) }

func (n *node) replicate(fn func(*core.Tx) error, done func(error)) {
	n.submit(job{fn: fn, done: done, again: true})
}

func (n *node) submit(j job) {
	n.jobs = append(n.jobs, j)
	if !n.under {
		n.under = true
		n.later(1+n.w.upto(3), n.commit)
	}
}

var errFull = errors.New("no space")

// commit takes all that waits into one transaction, as the store does.
func (n *node) commit() {
	batch := n.jobs
	n.jobs, n.under = nil, false
	results := make([]error, len(batch))
	synced := false
	tx := n.core.Begin(n.disk, n.wall, nil)
	var fault error
	for i, j := range batch {
		synced = synced || !j.again
		before := tx.Writes()
		results[i] = j.fn(tx)
		if results[i] != nil && tx.Writes() != before {
			fault = results[i]
			break
		}
	}
	if fault == nil {
		fault = tx.Fault()
	}
	if fault == nil && tx.Writes() > 0 && n.full {
		fault = errFull
	}
	switch {
	case fault != nil:
		n.w.tell("%s cannot commit: %v", n.name, fault)
		n.core = n.disk.load(n)
		for i := range results {
			results[i] = fault
		}
	case tx.Writes() == 0 && len(tx.Chains) > 0:
		n.w.seen.violate("I7 %s moved a chain on in memory and wrote nothing", n.name)
	case tx.Writes() > 0:
		n.disk.commit(tx, synced && !(broken("sync-normal") && n.follows()))
		n.w.seen.committed(n, tx)
		if n.silent && synced && n.parent.connected {
			n.silent = false
			n.sender.Connect()
		}
	}
	for i, j := range batch {
		if j.done != nil {
			result := results[i]
			n.later(n.w.upto(2), func() { j.done(result) })
		}
	}
	if fault == nil && tx.Writes() > 0 {
		n.tellHall()
		if n.w.chance(20) && n.core.Behind() {
			n.disk.project(n.core.TakeDirty(), n.core.Position())
		}
	}
	n.pump()
}

// tellHall tells the children what was committed, at most every 40 ms.
func (n *node) tellHall() {
	if n.role != "hub" || n.telling {
		return
	}
	n.telling = true
	n.later(n.w.upto(40), func() {
		n.telling = false
		f := n.disk.feed(n.place, public, n.told, 2000, nil)
		f.Epoch = n.core.Epoch()
		for _, m := range n.core.Marks() {
			if id := (core.ChainID{Origin: m.Origin, Epoch: m.Epoch}); n.marked[id] != m {
				n.marked[id] = m
				f.Marks = append(f.Marks, m)
			}
		}
		n.told = f.Upto
		if len(f.Bodies) == 0 && len(f.Marks) == 0 {
			n.told = f.From
			return
		}
		for _, l := range n.children {
			l.down(func(c *node) { c.news(f) })
		}
		if n.core.Position() > n.told {
			n.tellHall()
		}
	})
}

// pump sends and asks what is due, and sees to it that it is called again in time.
func (n *node) pump() {
	if !n.up {
		return
	}
	if n.parent != nil && n.parent.connected {
		n.push()
		n.fetch()
	}
	if n.core.OwnForked() && !broken("no-epoch") {
		n.renew()
	}
	wait := n.sender.Wait(n.elapsed(), 30_000)
	if n.follows() {
		wait = min(wait, n.feed.Wait(n.elapsed(), 15_000))
	}
	if n.reading {
		wait = min(wait, n.above.Wait(n.elapsed(), 15_000))
	}
	if at := n.w.now + wait; n.woken <= n.w.now || at < n.woken {
		n.woken = at
		n.later(wait, func() {
			if n.woken == at {
				n.pump()
			}
		})
	}
}

func (n *node) renew() {
	n.w.tell("%s begins a new life after a fork", n.name)
	epoch := n.w.epoch()
	n.write(func(tx *core.Tx) error {
		if !tx.Node().OwnForked() {
			return nil
		}
		return tx.Renew(epoch, n.core.Hall(n.place).Devices()[n.origin])
	}, func(err error) {
		if err == nil && n.role == "hub" {
			n.granted = true
			n.begin()
		}
	})
}

func cmpID(a, b event.ID) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq, b.Seq))
}
