// Package sim is a whole district in one goroutine under a seed: two halls with
// kiosks, counters and a hub each, and the centre; a network that loses, doubles,
// delays and parts; disks that lose what was not synced, are rolled back, copied or
// wiped; clocks that step. It runs the code that decides, folds and syncs in a hall
// (core, hall), and checks what must hold in every such district. The same seed gives
// the same trace.
package sim

import (
	"container/heap"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
)

// Options of a run. The zero value of a count means the usual district.
type Options struct {
	Seed uint64
	// Trace gets a line for each thing that happens.
	Trace io.Writer
	// Mutant names a rule that is broken on purpose; see Mutants.
	Mutant string
}

// Result is what a run found.
type Result struct {
	Seed       uint64
	Violations []string
	// Events counts what was noted; Destroyed those that existed only on a disk that the
	// run destroyed; Excused counts doubled numbers and calls that no program could have
	// avoided, by reason.
	Events, Destroyed int
	Excused           map[string]int
	Faults            map[string]int
	// Sifted counts the answers that a hub gave from a snapshot.
	Sifted int
	// SimMS is how long the district lived, DrainMS how long it took to come to rest
	// after the last fault, without new writes.
	SimMS, DrainMS int64
	// Trace is the sum over everything that happened.
	Trace string
}

const (
	dayStart = int64(1_795_485_600_000) // 2026-11-24 10:00 in the halls
	dayMS    = int64(24 * 3600_000)
	// Most districts live a hundred seconds in which a whole morning's troubles meet;
	// one in thirty lives longer, so that parts and old backups span more of its life.
	runMS   = int64(100_000)
	longMS  = int64(600_000)
	longOne = 30
	restMS  = int64(240_000)
)

// world is the district.
type world struct {
	opt    Options
	rng    *rand.Rand
	now    int64
	lives  int64 // how long everybody acts
	ages   bool  // days pass and machines are replaced
	nights int64 // that have passed at once
	tail   int64 // see core.Tail
	queue  moments
	serial uint64
	nodes  []*node // in the order in which they were made
	hubs   []*node
	centre *node
	seen   observer
	sum    hash.Hash
	quiet  bool // nobody acts any more and nothing breaks
	faults map[string]int
	loss   int // of 1000 messages
	double int
	slow   int64 // longest usual delay in ms
	signed bool
}

// moment is something that happens at a time.
type moment struct {
	at     int64
	serial uint64
	do     func()
}

type moments []*moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	return m[i].at < m[j].at || m[i].at == m[j].at && m[i].serial < m[j].serial
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }

// Push and Pop serve container/heap.
func (m *moments) Push(x any) { *m = append(*m, x.(*moment)) }

// Pop serves container/heap.
func (m *moments) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

func (w *world) after(ms int64, do func()) {
	w.serial++
	heap.Push(&w.queue, &moment{w.now + ms, w.serial, do})
}

// upto gives a number from 0 to n.
func (w *world) upto(n int64) int64 { return w.rng.Int64N(n + 1) }

// chance is true in n of 1000 cases.
func (w *world) chance(n int) bool { return w.rng.IntN(1000) < n }

// tell adds a line to the trace.
func (w *world) tell(format string, args ...any) {
	line := fmt.Sprintf("%9d ", w.now) + fmt.Sprintf(format, args...) + "\n"
	_, _ = io.WriteString(w.sum, line)
	if w.opt.Trace != nil {
		_, _ = io.WriteString(w.opt.Trace, line)
	}
}

// id makes a UUIDv7 of a time and the seed's chance.
func (w *world) id(ms int64) string {
	a, b := w.rng.Uint64(), w.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x", ms>>16, ms&0xffff, a&0xfff, 0x8000|a>>12&0x3fff, b&0xffffffffffff)
}

func (w *world) epoch() event.Epoch { return event.Epoch(w.rng.Uint64()>>1 | 1) }

// Run lives one district through faults and to rest, and checks it.
func Run(opt Options) (r *Result) {
	w := &world{opt: opt, rng: rand.New(rand.NewPCG(opt.Seed, 0x6f6e6577696e646f)), sum: sha256.New(), faults: map[string]int{}}
	w.seen.world = w
	r = &Result{Seed: opt.Seed}
	defer func() {
		if p := recover(); p != nil {
			r.Violations = append(r.Violations, fmt.Sprintf("panic: %v", p))
			if opt.Trace != nil {
				panic(p)
			}
		}
	}()
	event.Break(opt.Mutant)
	w.lives = runMS
	if opt.Seed%longOne == longOne-1 {
		w.lives = longMS
	}
	if w.ages, w.tail = opt.Seed%2 == 0, core.Tail; w.ages {
		w.tail = agedTail
	}
	w.build()
	w.plan()
	w.run(w.lives)
	w.heal()
	r.DrainMS = w.rest()
	w.seen.verdict(r)
	r.SimMS, r.Faults = w.now, w.faults
	r.Trace = fmt.Sprintf("%x", w.sum.Sum(nil)[:12])
	return r
}

// run lets things happen until a moment.
func (w *world) run(until int64) {
	for len(w.queue) > 0 && w.queue[0].at <= until {
		m := heap.Pop(&w.queue).(*moment)
		w.now = m.at
		m.do()
	}
	w.now = until
}

// rest waits until nothing is owed and every place follows, and gives how long that
// took; -1 when it does not come to rest. A message that is late may begin something
// anew (a call that was asked for long ago is granted), so a rest has to last.
func (w *world) rest() int64 {
	from := w.now
	for w.now-from < restMS {
		w.run(w.now + 1000)
		if w.atRest() {
			took, noted := w.now-from, len(w.seen.order)
			w.run(w.now + 2000) // what is on the way arrives
			if w.atRest() && len(w.seen.order) == noted {
				return took
			}
		}
	}
	return -1
}

func (w *world) atRest() bool {
	for _, n := range w.nodes {
		if !n.up || len(n.jobs) > 0 || n.core.OwnForked() || n.parent != nil && len(n.core.Owing()) > 0 {
			return false
		}
		if n.role == "hub" && (!n.core.Ready() || n.reading || n.orphans() > 0) {
			return false
		}
		if n.follows() && !n.level() {
			return false
		}
	}
	return true
}

const (
	kiosks   = 4
	counters = 10
)

// build makes the district: everything runs, nothing has happened.
func (w *world) build() {
	w.loss, w.double, w.slow = int(w.upto(30)), int(w.upto(50)), 1+w.upto(150)
	w.signed = w.opt.Seed%8 == 0
	w.centre = w.add("district/centre", "centre", nil)
	for _, place := range []string{"jiangnan", "jiangbei"} {
		hub := w.add(place+"/hub", "hub", w.centre)
		w.hubs = append(w.hubs, hub)
		for i := range kiosks {
			k := w.add(fmt.Sprintf("%s/k%d", place, i+1), "kiosk", hub)
			k.digit = i + 1
		}
		for i := range counters {
			c := w.add(fmt.Sprintf("%s/c%d", place, i+1), "counter", hub)
			c.window = hall.WindowID(fmt.Sprintf("%s%02d", services[i%len(services)], i+1))
			c.service = services[i%len(services)]
		}
	}
	for _, n := range w.nodes {
		n.start()
	}
}

// services are the queues of a hall.
var services = []hall.Letter{"A", "B"}

func (w *world) add(origin, role string, parent *node) *node {
	n := &node{w: w, name: origin, origin: event.Origin(origin), role: role, disk: newDisk(w.epoch())}
	n.place = hall.ID(n.origin.Hall())
	if w.signed {
		seed := sha256.Sum256([]byte(origin))
		n.key = ed25519.NewKeyFromSeed(seed[:])
	}
	if parent != nil {
		n.parent = &line{w: w, child: n, parent: parent}
		parent.children = append(parent.children, n.parent)
	}
	w.nodes = append(w.nodes, n)
	return n
}
