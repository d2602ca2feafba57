package sim_test

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onewindow/sync/sim"
)

func TestDistricts(t *testing.T) {
	seeds, began := uint64(12), time.Now()
	switch {
	case testing.Short():
		seeds = 2
		t.Log("left to `go run ./build test faults`: ten more districts")
	case os.Getenv("ONEWINDOW_FULL") == "1":
		seeds = 10_000
	}
	events, wrong := 0, 0
	faults := map[string]int{}
	results, next := make(chan *sim.Result), atomic.Uint64{}
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for seed := next.Add(1) - 1; seed < seeds; seed = next.Add(1) - 1 {
				results <- sim.Run(sim.Options{Seed: seed})
			}
		})
	}
	go func() { all.Wait(); close(results) }()
	for r := range results {
		seed := r.Seed
		for _, v := range r.Violations {
			t.Errorf("seed %d: %s", seed, v)
		}
		t.Logf("seed %d: %d events, drained in %d ms, %d destroyed, excused %v, faults %v", seed, r.Events, r.DrainMS, r.Destroyed, r.Excused, r.Faults)
		events, wrong = events+r.Events, wrong+len(r.Violations)
		for k, v := range r.Faults {
			faults[k] += v
		}
	}
	t.Logf("T1 districts: %d seeds in %.0f s, %d events, faults %v; %d violations", seeds, time.Since(began).Seconds(), events, faults, wrong)
}

func TestTheSameSeedGivesTheSameTrace(t *testing.T) {
	for seed := range uint64(3) {
		a, b := sim.Run(sim.Options{Seed: seed}), sim.Run(sim.Options{Seed: seed})
		if a.Trace != b.Trace {
			t.Errorf("seed %d: %s and %s", seed, a.Trace, b.Trace)
		}
	}
}
