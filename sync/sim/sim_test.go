package sim_test

import (
	"testing"

	"onewindow/sync/sim"
)

func TestDistricts(t *testing.T) {
	for seed := range uint64(12) {
		r := sim.Run(sim.Options{Seed: seed})
		for _, v := range r.Violations {
			t.Errorf("seed %d: %s", seed, v)
		}
		t.Logf("seed %d: %d events, drained in %d ms, %d destroyed, excused %v, faults %v", seed, r.Events, r.DrainMS, r.Destroyed, r.Excused, r.Faults)
	}
}

func TestTheSameSeedGivesTheSameTrace(t *testing.T) {
	for seed := range uint64(3) {
		a, b := sim.Run(sim.Options{Seed: seed}), sim.Run(sim.Options{Seed: seed})
		if a.Trace != b.Trace {
			t.Errorf("seed %d: %s and %s", seed, a.Trace, b.Trace)
		}
	}
}
