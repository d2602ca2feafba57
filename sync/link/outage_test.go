package link

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"onewindow/app/hall"
)

// told keeps what a link notes of outages.
type told struct {
	Log
	list []outage
}

func (n *told) Offline(_ context.Context, fromMS, toMS int64, back bool) error {
	n.list = append(n.list, outage{fromMS, toMS, back})
	return nil
}

// An outage is as long as the clock says that nobody sets: a wall clock that is put right meanwhile, by fifty years or
// back by an hour, makes none and hides none. What is under a minute is none; what waits at the end is noted, and so is
// the one that goes on then.
func TestAnOutageIsTimedByAClockThatNobodySets(t *testing.T) {
	const minute, years = int64(60_000), int64(50 * 365 * 24 * 3_600_000)
	wall, passed := int64(0), int64(0)
	log := &told{}
	l := &Link{opt: Options{Log: log, Logger: slog.New(slog.DiscardHandler), Now: func() int64 { return wall }, Elapsed: func() int64 { return passed }}, outages: make(chan outage, 16)}
	l.reached(true, true, 0, 0) // half a minute after the start, and the clock was put right from 1970
	for _, step := range []struct{ wall, passed int64 }{{years, minute / 2}, {years + 2*minute, 2 * minute}, {years - 60*minute, 3 * minute}, {years, hall.OutageMost + 5*minute}} {
		l.reached(false, false, 0, -1)
		wall, passed = wall+step.wall, passed+step.passed
		l.reached(true, true, 0, 0)
		wall = years
	}
	l.reached(false, false, 0, -1)
	wall, passed = wall+4*minute, passed+4*minute
	ctx, stop := context.WithCancel(t.Context())
	stop()
	l.note(ctx)
	var lengths []int64
	for _, o := range log.list {
		lengths = append(lengths, o.toMS-o.fromMS)
	}
	if want := []int64{2 * minute, 3 * minute, hall.OutageMost, 4 * minute}; !slices.Equal(lengths, want) || log.list[3].back || !log.list[0].back {
		t.Errorf("outages of %v ms, want %v: %+v", lengths, want, log.list)
	}
}
