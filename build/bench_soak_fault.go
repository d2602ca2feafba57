//go:build bench

package main

import (
	"errors"
	"fmt"
)

// Faults last a quarter of each day, and so many happen in it, one at a time.
const (
	faultShare = 0.25
	faultsADay = 5
)

// faultKind is what is done to a place or its line.
type faultKind int

const (
	cutHub faultKind = iota // the line between hub and centre
	cutTerminal
	killHub // and until it is started again its hall has none
	killCentre
	killTerminal
	faultKinds
)

func (k faultKind) String() string {
	return [...]string{"hub cut off", "terminal cut off", "hub killed", "centre killed", "terminal killed"}[k]
}

// fault is one from a moment (day and share of the day) to another.
type fault struct {
	kind     faultKind
	from, to float64
	at       *worker
	mended   bool
}

// plan draws the faults of a day.
func (s *soak) plan(day int) (out []fault) {
	var parts [2*faultsADay + 1]float64 // calm, fault, calm, ... calm
	var sums [2]float64
	for i := range parts {
		parts[i] = 0.3 + s.rng.Float64()
		sums[i%2] += parts[i]
	}
	at := float64(day)
	for i, p := range parts {
		share := 1 - faultShare
		if i%2 == 1 {
			share = faultShare
		}
		long := p / sums[i%2] * share
		if i%2 == 1 {
			f := fault{kind: faultKind(s.rng.IntN(int(faultKinds))), from: at, to: at + long}
			h := s.halls[s.rng.IntN(len(s.halls))]
			terminals := h.terminals()
			terminal := terminals[s.rng.IntN(len(terminals))]
			f.at = [...]*worker{h.hub, terminal, h.hub, s.centre, terminal}[f.kind]
			out = append(out, f)
		}
		at += long
	}
	return out
}

func (s *soak) disturbed() bool {
	return len(s.faults) > 0 && !s.faults[len(s.faults)-1].mended
}

// disturb begins a fault.
func (s *soak) disturb(f fault) error {
	f.from = s.at
	s.faults = append(s.faults, f)
	switch f.kind {
	case cutHub, cutTerminal:
		f.at.line.set(true)
		return nil
	}
	if err := f.at.kill(); err != nil {
		return fmt.Errorf("%s: %w", f.kind, err)
	}
	return nil
}

// mend ends the fault under way when its time has come, or at once.
func (s *soak) mend(atOnce bool) error {
	if !s.disturbed() {
		return nil
	}
	f := &s.faults[len(s.faults)-1]
	if s.at < f.to && !atOnce {
		return nil
	}
	f.mended, f.to = true, s.at
	switch f.kind {
	case cutHub, cutTerminal:
		f.at.line.set(false)
		return nil
	}
	if err := f.at.start(s.clock.now()); err != nil {
		return errors.Join(fmt.Errorf("after %q", f.kind), err)
	}
	return nil
}
