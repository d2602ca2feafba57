//go:build bench

package main

import (
	"fmt"
	"image/png"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestMain lets this program be a place of the soak too, as the bench's own does.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "bench" && os.Args[2] == placeWord {
		if err := runPlace(os.Args[3], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func smallSoak(t *testing.T, days int) *soak {
	dir := t.TempDir()
	return newSoak(&bay{name: "soak", folder: dir, days: days, tickets: 300, seed: 7, plot: filepath.Join(dir, "soak.png"), log: slog.New(slog.DiscardHandler), started: time.Now()})
}

// TestSoakInSmall lives a day of few people with all that the soak does.
func TestSoakInSmall(t *testing.T) {
	s := smallSoak(t, 1)
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	found, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	if found.lost != 0 || found.doubled != 0 || found.events < 2*4*300 {
		t.Errorf("%+v", found)
	}
	if len(s.faults) != faultsADay {
		t.Errorf("%d faults", len(s.faults))
	}
	if err := s.draw(s.plot); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(s.plot)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if c, err := png.DecodeConfig(f); err != nil || c.Width != plotWidth {
		t.Errorf("a plot of %d pixels: %v", c.Width, err)
	}
}

func TestFaultsTakeAQuarterOfEachDay(t *testing.T) {
	s := smallSoak(t, 2)
	for day := range 50 {
		sum, last := 0.0, float64(day)
		for _, f := range s.plan(day) {
			if f.from <= last || f.to <= f.from || f.to >= float64(day+1) || f.at == nil {
				t.Errorf("day %d: %+v after %v", day, f, last)
			}
			sum, last = sum+f.to-f.from, f.to
		}
		if math.Abs(sum-faultShare) > 1e-9 {
			t.Errorf("day %d has faults for %v of it", day, sum)
		}
	}
}

// TestGrowthIsSeen: what rises by a tenth in a month is told from what only jumps about, and
// from backups that take more and more of a day.
func TestGrowthIsSeen(t *testing.T) {
	s := smallSoak(t, 30)
	for d := range 30 {
		for n := range 5 {
			h := holding{memoryMB: 100, walMB: 4 + 0.1*float64(d), backup: 17*n < 2*d}
			h.keptMB = 100 + float64(d)
			if h.backup {
				h.memoryMB = 300
			}
			s.samples = append(s.samples, sample{at: float64(d) + float64(n)/5, held: map[string]holding{s.centre.name: h}})
		}
	}
	if g := s.growth(s.centre, func(h holding) float64 { return h.memoryMB }); math.Abs(g) > 0.1 {
		t.Errorf("memory that is flat grows by %v %%", g)
	}
	if g := s.growth(s.centre, func(h holding) float64 { return h.keptMB }); g < mostGrowth {
		t.Errorf("a leak of 1 MB a day grows by %v %%", g)
	}
	if g := s.growth(s.centre, func(h holding) float64 { return h.walMB }); g < 30 || g > 60 {
		t.Errorf("a log that grows from 4.5 to 6.9 MB grows by %v %%", g)
	}
}
