package faulttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// treatment is what a proxy does to one line for a while.
type treatment struct {
	name string
	cut  bool
	run  func(ctx context.Context, p *proxy, r *rand.Rand) error
}

func mannered(m manner) func(context.Context, *proxy, *rand.Rand) error {
	return func(ctx context.Context, p *proxy, _ *rand.Rand) error {
		p.set(m)
		<-ctx.Done()
		p.set(passes)
		return nil
	}
}

var treatments = []treatment{
	{"nothing at all", false, mannered(passes)},
	{"resets", false, func(ctx context.Context, p *proxy, r *rand.Rand) error { p.resets(ctx, r); return nil }},
	{"refuses", true, func(ctx context.Context, p *proxy, _ *rand.Rand) error { p.refuse(); <-ctx.Done(); return p.listen() }},
	{"swallows", true, mannered(swallows)},
	{"swallows what goes up", true, mannered(swallowsUp)},
	{"swallows what comes down", true, mannered(swallowsDown)},
	{"stalls", true, mannered(stalls)},
}

// T4 with what only a TCP peer can do: the lines are reset, refused, swallowed
// and stalled, and the line of the hall is reset all the time.
func TestLinesThatStall(t *testing.T) {
	if left(t, "T4, T15") {
		return
	}
	c := drawn(t)
	lasts := pick(20*time.Second, 30*time.Minute)
	steadyDay(t, lasts+2*time.Minute)
	at := onLoopback(t)
	upward := through(t, at.centreListens)
	at.centreSeen = upward.addr
	w, o := newWorld(t, at, 0), newObserver()
	x := &ward{world: w}
	var lines []*proxy
	for i := range treatments {
		p := through(t, at.hubListens)
		lines = append(lines, p)
		x.kiosks = append(x.kiosks, w.terminal(fmt.Sprintf("k%d", i+1), seat{hub: p.addr}))
		x.took = append(x.took, &times{})
	}
	w.reaches(w.terminals...)
	end := x.people(c, o, "stall")
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var faults sync.WaitGroup
	seen, errs := make([]time.Duration, len(treatments)), make([]error, len(treatments))
	faults.Go(func() { upward.resets(ctx, c.of("line of the hall")) })
	for i, what := range treatments {
		faults.Go(func() { errs[i] = what.run(ctx, lines[i], c.of(what.name)) })
		if what.cut {
			faults.Go(func() {
				var err error
				if seen[i], err = x.kiosks[i].says("alone", seenLimit); err != nil {
					o.wrongly("%s: %v", what.name, err)
				}
			})
		}
	}
	faults.Wait()
	end()
	must(t, errors.Join(errs...))
	drained := x.drained("proxies")
	views, err := w.look()
	must(t, err)
	tickets, _ := o.verify(t, w, views)
	o.oneEffect(t, tickets, 0)
	for i, what := range treatments {
		x.felt(what.name, i, x.took[0])
		t.Logf("T4 %-26s %4d taps, p50 %3d ms, p99 %3d ms; alone seen after %.1f s", what.name, x.took[i].count(), x.took[i].at(0.5).Milliseconds(), x.took[i].at(0.99).Milliseconds(), seen[i].Seconds())
	}
	t.Logf("T15 silence after stalls: drained %.1f s after healing, with no write", drained.Seconds())
	t.Logf("T4 stalls: %d treatments at once for %.0f s while the hall's line is reset; %d tickets; drained %.1f s after healing; %d wrong", len(treatments), lasts.Seconds(), tickets, drained.Seconds(), len(o.wrong))
}
