package day

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// clock is the wall clock of every machine of the simulation; it moves only
// between steps.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() int64 { return c.ms.Load() }

// off is a machine's own error against the clock.
type off struct {
	*clock
	by atomic.Int64
}

func (o *off) now() int64 { return o.clock.now() + o.by.Load() }

// step is something that happens at a moment. It touches only what its keys name
// (a service with its windows and who waits for it, a kiosk, the board); a step
// without keys touches anything and happens alone.
type step struct {
	atMS int64
	no   int
	keys []string
	do   func() error
}

func (s step) compare(o step) int {
	return cmp.Or(cmp.Compare(s.atMS, o.atMS), cmp.Compare(s.no, o.no))
}

// agenda is what will happen, in order of time and then of noting.
type agenda struct {
	mu    sync.Mutex
	steps []step
	noted int
}

// Len, Less, Swap, Push and Pop serve container/heap.
func (a *agenda) Len() int { return len(a.steps) }

// Less orders steps by time, then by when they were noted.
func (a *agenda) Less(i, j int) bool { return a.steps[i].compare(a.steps[j]) < 0 }

// Swap serves container/heap.
func (a *agenda) Swap(i, j int) { a.steps[i], a.steps[j] = a.steps[j], a.steps[i] }

// Push serves container/heap.
func (a *agenda) Push(x any) { a.steps = append(a.steps, x.(step)) }

// Pop serves container/heap.
func (a *agenda) Pop() any {
	last := a.steps[len(a.steps)-1]
	a.steps = a.steps[:len(a.steps)-1]
	return last
}

// note puts a step on the agenda.
func (a *agenda) note(atMS int64, do func() error, keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.noted++
	heap.Push(a, step{atMS, a.noted, keys, do})
}

// together is how many ms of the day happen side by side: in a hall nobody waits for
// what is done at another window or kiosk.
const together = 5_000

// next takes the steps that may happen side by side now and the moment of the last of
// them; none when nothing is left. It gives them as lanes: what shares a key keeps its
// order, so that a day does not depend on how fast the machine is.
func (a *agenda) next() (lanes [][]step, atMS int64) {
	var open []*lane
	for first := int64(-1); len(a.steps) > 0; {
		s := a.steps[0]
		if first < 0 {
			first = s.atMS
		}
		if s.atMS > first+together || len(s.keys) == 0 && len(open) > 0 {
			break
		}
		heap.Pop(a)
		atMS = s.atMS
		if len(s.keys) == 0 {
			return [][]step{{s}}, atMS
		}
		into := &lane{keys: s.keys, steps: []step{s}}
		open = slices.DeleteFunc(open, func(l *lane) bool { return into.absorb(l) })
		open = append(open, into)
	}
	for _, l := range open {
		slices.SortFunc(l.steps, step.compare)
		lanes = append(lanes, l.steps)
	}
	return lanes, atMS
}

// lane is what happens one after the other.
type lane struct {
	keys  []string
	steps []step
}

// absorb takes another lane in when both touch the same.
func (l *lane) absorb(other *lane) bool {
	if !slices.ContainsFunc(other.keys, func(key string) bool { return slices.Contains(l.keys, key) }) {
		return false
	}
	l.keys, l.steps = append(slices.Clone(l.keys), other.keys...), append(l.steps, other.steps...)
	return true
}

// stride is the longest jump of the clock at once. A beat that is under way tells nothing of the
// clocks then, however long the machine takes for it.
const stride = 60_000

// forward moves the clock to a moment. With a compression it never runs faster
// than so many seconds a second.
func (c *clock) forward(ctx context.Context, toMS int64, compress float64) error {
	for c.now() < toMS {
		jump := min(toMS-c.now(), stride)
		pause := time.Duration(0)
		if compress > 0 {
			pause = time.Duration(float64(jump) / compress * float64(time.Millisecond))
		} else if jump == stride {
			pause = time.Millisecond
		}
		if pause > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		c.ms.Add(jump)
	}
	return ctx.Err()
}
