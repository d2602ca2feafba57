//go:build bench

package main

import (
	"sync/atomic"
	"time"
)

// clock is a wall clock in ms that moves only when it is told to.
type clock struct{ ms atomic.Int64 }

func newClock(ms int64) *clock {
	c := &clock{}
	c.ms.Store(ms)
	return c
}

func (c *clock) now() int64 { return c.ms.Load() }

func (c *clock) step(ms int64) { c.ms.Add(ms) }

// to moves the clock forward to a moment; it never goes back.
func (c *clock) to(ms int64) {
	if ms > c.now() {
		c.ms.Store(ms)
	}
}

// running gives a wall clock that shows ms now and goes on from there.
func running(ms int64) func() int64 {
	begin := time.Now()
	return func() int64 { return ms + time.Since(begin).Milliseconds() }
}
