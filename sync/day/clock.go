package day

import (
	"container/heap"
	"context"
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

// step is something that happens at a moment.
type step struct {
	atMS int64
	no   int
	do   func() error
}

// agenda is what will happen, in order of time and then of noting.
type agenda struct {
	steps []step
	noted int
}

// Len, Less, Swap, Push and Pop serve container/heap.
func (a *agenda) Len() int { return len(a.steps) }

// Less orders steps by time, then by when they were noted.
func (a *agenda) Less(i, j int) bool {
	x, y := &a.steps[i], &a.steps[j]
	return x.atMS < y.atMS || x.atMS == y.atMS && x.no < y.no
}

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
func (a *agenda) note(atMS int64, do func() error) {
	a.noted++
	heap.Push(a, step{atMS, a.noted, do})
}

func (a *agenda) next() step { return heap.Pop(a).(step) }

// stride is the longest jump of the clock at once. A beat under way sees half of
// a jump as an error of its clock, and two minutes of that would mark tickets.
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
