package faulttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/event"
)

// T2: programs are killed at random moments while people tap and clerks work.
// Everything that anybody was told is saved must be so, everywhere, once.
func TestKilledProgramsLoseNothing(t *testing.T) {
	if left(t, "T2, T20") {
		return
	}
	c := drawn(t)
	steadyDay(t, pick(3*time.Minute, 40*time.Minute))
	terminalKills, hubKills, centreKills := pick(100, 1000), pick(30, 300), pick(30, 300)
	w := newWorld(t, onLoopback(t), 3)
	o := newObserver()
	for _, device := range []string{"k1", "k2", "c1", "c2", "c3"} {
		w.terminal(device, seat{})
	}
	w.reaches(w.terminals...)
	load, endLoad := context.WithCancel(t.Context())
	defer endLoad()
	var people sync.WaitGroup
	for _, k := range w.terminalsOf("kiosk") {
		at := &crowd{w: w, o: o, kiosk: k, low: 40 * time.Millisecond, high: 160 * time.Millisecond}
		for person := range 2 {
			name := fmt.Sprintf("%s-p%d", k.name, person)
			people.Go(func() { at.run(load, name, c.of(name)) })
		}
		people.Go(func() { at.watchBadges(load, c.of(k.name+" badges")) })
	}
	for _, n := range w.terminalsOf("counter") {
		who := &clerk{w: w, o: o, counter: n, r: c.of(n.name), taken: map[string]bool{}}
		people.Go(func() { who.run(load) })
	}
	began := time.Now()
	back := &times{}
	var killers sync.WaitGroup
	killed := make(chan error, 8)
	killer := func(name string, kills int, down, life time.Duration, among ...*node) {
		killers.Go(func() { killed <- killAtRandom(t.Context(), o, c.of(name), kills, down, life, back, among) })
	}
	killer("killer of k1, c1, c3", terminalKills/2, 100*time.Millisecond, 700*time.Millisecond, w.terminals[0], w.terminals[2], w.terminals[4])
	killer("killer of k2, c2", terminalKills-terminalKills/2, 100*time.Millisecond, 700*time.Millisecond, w.terminals[1], w.terminals[3])
	killer("killer of the hub", hubKills, 500*time.Millisecond, 2*time.Second, w.hub)
	killer("killer of the centre", centreKills, 500*time.Millisecond, 2*time.Second, w.centre)
	killers.Wait()
	close(killed)
	for err := range killed {
		must(t, err)
	}
	killing := time.Since(began)
	endLoad()
	people.Wait()
	took, views, err := w.quiet(3 * drainLimit)
	if err == nil && took > drainLimit {
		t.Errorf("drained %.1f s after the last kill without writes, not within %v", took.Seconds(), drainLimit)
	}
	if err != nil {
		t.Error(err)
		if views, err = w.look(); err != nil {
			t.Fatal(err)
		}
	}
	tickets, applications := o.verify(t, w, views)
	o.oneEffect(t, tickets, applications)
	if tickets < terminalKills || applications == 0 || len(o.finished) == 0 || o.claims < 20 {
		t.Errorf("%d tickets, %d applications, %d visits, %d badges: the test has tested nothing", tickets, applications, len(o.finished), o.claims)
	}
	if worst := back.at(0.99); worst > 2*time.Second {
		t.Errorf("a killed kiosk issues again after %v, not within 2 s", worst)
	}
	over := 0
	for _, s := range o.wrong {
		if strings.Contains(s, "claims to be saved") {
			over++
		}
	}
	t.Logf("T20 badges: %d badges at random moments compared with the databases that they speak of, while these are killed; %d wrong", o.claims, over)
	t.Logf("T15 silence after kills: drained in %.1f s, with no write", took.Seconds())
	t.Logf("T2 kill: %d terminal, %d hub, %d centre kills in %.0f s; %d tickets, %d applications, %d visits ended; %d answers lost and asked again; %d badges compared; back p50 %.2f s, p99 %.2f s; drained in %.1f s; %d wrong",
		terminalKills, hubKills, centreKills, killing.Seconds(), tickets, applications, len(o.finished), o.lost, o.claims, back.at(0.5).Seconds(), back.at(0.99).Seconds(), took.Seconds(), len(o.wrong))
}

// killAtRandom lets a program live up to life, kills it, leaves it down up to
// down, and starts it again. For kiosks it measures from the start until a
// ticket comes.
func killAtRandom(ctx context.Context, o *observer, r *rand.Rand, kills int, down, life time.Duration, back *times, among []*node) error {
	for n := range kills {
		victim := among[r.IntN(len(among))]
		if !pause(ctx, between(r, 0, life)) {
			return ctx.Err()
		}
		if err := victim.kill(); err != nil {
			return err
		}
		if !pause(ctx, between(r, 0, down)) {
			return ctx.Err()
		}
		began := time.Now()
		if err := victim.start(); err != nil {
			return err
		}
		switch victim.role {
		case "kiosk":
		case "counter":
			// Its next life begins when it answers: on a slow machine a clerk would never come to work.
			_, err := within(readyLimit, "a page after a restart", func() error {
				_, err := ask[struct{}](ctx, victim.pages, "Counter.Page")
				return err
			})
			if err != nil {
				return err
			}
			continue
		default:
			continue
		}
		request := fmt.Sprintf("back-%s-%d-%d", victim.name, n, r.Uint64())
		o.ask()
		if _, err := within(readyLimit, "a ticket after a restart", func() error {
			p, err := ask[slip](ctx, victim.pages, "Kiosk.Issue", map[string]any{"request": request, "letter": "B", "items": []string{}, "language": "zh"})
			if errors.As(err, new(*event.Refusal)) {
				return fmt.Errorf("refused: %w", err)
			}
			if err == nil {
				o.ticket(victim.name, request, p.Ticket, p.Number)
			}
			return err
		}); err != nil {
			return err
		}
		back.add(time.Since(began))
	}
	return nil
}
