package faulttest

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"onewindow/app/hall"
)

// full tells whether the numbers of a release are asked for instead of those
// that keep every commit's run short.
func full() bool { return os.Getenv("ONEWINDOW_FULL") == "1" }

// left tells that a test is not for `go test -short`: the part "faults" of the build's
// tests runs it and prints its figures.
func left(t *testing.T, what string) bool {
	t.Helper()
	if testing.Short() {
		t.Logf("left to `go run ./build test faults`: %s", what)
	}
	return testing.Short()
}

// pick gives the short or the full number.
func pick[T any](short, long T) T {
	if full() {
		return long
	}
	return short
}

// chance gives each actor of a test its own random numbers, so that what one
// does not depend on how fast another is. Real processes do not repeat to the
// instant; the plan of faults does.
type chance struct{ seed uint64 }

// drawn gives the chances of a test and promises the command that replays it.
func drawn(t *testing.T) chance {
	t.Helper()
	c := chance{20261126}
	if s := os.Getenv("ONEWINDOW_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("ONEWINDOW_SEED: %v", err)
		}
		c.seed = n
	}
	name := t.Name()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again: ONEWINDOW_SEED=%d ONEWINDOW_FULL=%s CGO_ENABLED=0 go test ./sync/faulttest -count 1 -timeout 3h -v -run '^%s$'", c.seed, os.Getenv("ONEWINDOW_FULL"), name)
		}
	})
	return c
}

func (c chance) of(actor string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, actor)
	return rand.New(rand.NewPCG(c.seed, h.Sum64()))
}

// between draws a duration from low up to high.
func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Int64N(int64(high-low)+1))
}

// pause waits, as people and faults do; false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// within polls until so gives no error; the last error stands in the failure.
func within(limit time.Duration, what string, so func() error) (time.Duration, error) {
	began := time.Now()
	for step := 2 * time.Millisecond; ; step = min(2*step, 200*time.Millisecond) {
		err := so()
		took := time.Since(began)
		switch {
		case err == nil:
			return took, nil
		case took > limit:
			return took, fmt.Errorf("not within %v: %s: %w", limit, what, err)
		}
		<-time.After(step)
	}
}

// eventually is within for what the test cannot go on without.
func eventually(t *testing.T, limit time.Duration, what string, so func() error) time.Duration {
	t.Helper()
	took, err := within(limit, what, so)
	must(t, err)
	return took
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// steadyDay waits past the change of the business day (04:00 in the halls) when
// it is near: a queue ends with its day, and these tests are about one queue.
func steadyDay(t *testing.T, length time.Duration) {
	t.Helper()
	changes := func() bool {
		now := time.Now()
		return hall.DateOf(now.UnixMilli()) != hall.DateOf(now.Add(length).UnixMilli())
	}
	if changes() {
		t.Logf("the business day changes within %v: waiting for the new one", length)
		eventually(t, length+time.Minute, "the new business day", func() error {
			if changes() {
				return fmt.Errorf("it is still the old one")
			}
			return nil
		})
	}
}

// times collects durations for their percentiles.
type times struct {
	mu   sync.Mutex
	list []time.Duration
}

func (x *times) add(d time.Duration) {
	x.mu.Lock()
	x.list = append(x.list, d)
	x.mu.Unlock()
}

// at gives the duration that a share of all stay below, 0 when there is none.
func (x *times) at(share float64) time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(x.list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func (x *times) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.list)
}
