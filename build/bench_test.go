//go:build bench

package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestMiddleAndTail(t *testing.T) {
	for _, c := range []struct {
		in               series
		median, p99, p50 float64
	}{
		{series{3}, 3, 3, 3},
		{series{4, 1, 3, 2}, 2.5, 4, 2},
		{series{5, 1, 2, 3, 4}, 3, 5, 3},
	} {
		if m, q, h := c.in.median(), c.in.quantile(0.99), c.in.quantile(0.5); m != c.median || q != c.p99 || h != c.p50 {
			t.Errorf("%v: median %v, p99 %v, p50 %v", c.in, m, q, h)
		}
	}
	if !math.IsNaN(series{}.median()) {
		t.Error("nothing has a median")
	}
}

func TestFigureNamesItsCeilingAndGoal(t *testing.T) {
	f := series{0.30001, 0.2, 0.4}.against("x", "ms", series{0.1, 0.2}, "raw").must("ratio <= 2.0", false)
	if f.Value != 0.3 || f.Ceiling != 0.15 || f.Ratio != 2 || f.Min != 0.2 || f.Max != 0.4 || f.Rounds != 3 || *f.OK {
		t.Errorf("%+v", f)
	}
	if r := rounded(123456.7); r != 123457 {
		t.Errorf("rounded to %v", r)
	}
}

func TestUnknownFigureIsNamed(t *testing.T) {
	if _, err := chosen([]string{"speed"}); err == nil {
		t.Error("took a figure that does not exist")
	}
	all, err := chosen(nil)
	if err != nil || !all["drain_events_per_second"] || len(all) < 10 {
		t.Errorf("all are %v, %v", all, err)
	}
}

// TestOnlyAPictureIsAFrame paints a screen's memory as an X server would: blank,
// half covered, with a pointer, and with letters.
func TestOnlyAPictureIsAFrame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "screen")
	raw := make([]byte, 100+4*upright.width*upright.height)
	for n, v := range map[int]uint32{0: 100, 4: uint32(upright.width), 5: uint32(upright.height), 11: 32, 12: uint32(4 * upright.width)} {
		binary.BigEndian.PutUint32(raw[4*n:], v)
	}
	paint := func(x0, y0, w, h int, colour func(x, y int) uint32) {
		for y := y0; y < y0+h; y++ {
			for x := x0; x < x0+w; x++ {
				binary.NativeEndian.PutUint32(raw[100+4*(y*upright.width+x):], colour(x, y))
			}
		}
	}
	grey := func(x, y int) uint32 { return uint32(x+y) % 64 * 0x010101 }
	for _, step := range []struct {
		name  string
		paint func()
		want  bool
	}{
		{"blank", func() {}, false},
		{"half covered", func() { paint(0, 0, upright.width/2, upright.height, func(int, int) uint32 { return 0xfaf9f6 }) }, false},
		{"covered", func() { paint(0, 0, upright.width, upright.height, func(int, int) uint32 { return 0xfaf9f6 }) }, false},
		{"pointer", func() { paint(500, 960, 16, 24, grey) }, false},
		{"letters", func() { paint(100, 160, 600, 60, grey) }, true},
	} {
		step.paint()
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		x := &virtualScreen{memory: f}
		if err := x.readHead(); err != nil {
			t.Fatal(err)
		}
		if got, err := x.shows(); err != nil || got != step.want {
			t.Errorf("%s: shows %v, %v", step.name, got, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDaysAreWholeVisits plays a few hundred events and looks whether the log is
// a hall's: exactly as many as wanted, and nobody served without a call.
func TestDaysAreWholeVisits(t *testing.T) {
	c := newClock(benchStart)
	s, err := openStore(filepath.Join(t.TempDir(), "t.db"), drainOrigin, c.now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := fillDays(s, c, 900); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	rows, err := s.Reader().Query("SELECT kind, count(*) FROM event GROUP BY kind")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := 0
	for rows.Next() {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			t.Fatal(err)
		}
		kinds[kind], all = n, all+n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if all != 900 || kinds["ticket.issued"] < kinds["ticket.called"] || kinds["ticket.called"] < kinds["ticket.started"] ||
		kinds["ticket.started"] < kinds["ticket.finished"] || kinds["ticket.finished"] < 50 {
		t.Errorf("%d events: %v", all, kinds)
	}
}
