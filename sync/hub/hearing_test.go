package hub

import (
	"slices"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// A hub that takes over hears of its terminals for the first time: those that it has not
// heard of yet are not silent since it was started.
func TestSilenceCountsFromTheTakeover(t *testing.T) {
	start := time.Now()
	var h hearing
	h.begin(start)
	h.heard("jiangnan/c1", start.Add(time.Minute))
	if got := h.silent("jiangnan/c1", start.Add(3*time.Minute)); got != 120_000 {
		t.Errorf("heard two minutes ago, it is silent for %d ms", got)
	}
	if got := h.silent("jiangnan/c2", start.Add(3*time.Minute)); got != 180_000 {
		t.Errorf("never heard of, it is silent for %d ms", got)
	}
	h.begin(start.Add(5 * time.Hour))
	for _, o := range []event.Origin{"jiangnan/c1", "jiangnan/c2"} {
		if got := h.silent(o, start.Add(5*time.Hour+time.Second)); got != 1000 {
			t.Errorf("a second after the takeover %s is silent for %d ms", o, got)
		}
	}
}

// Counters are told of counters that beat once and do not any more, from a minute on; never of a kiosk.
func TestWhoIsSilent(t *testing.T) {
	beats, ms := map[event.Origin]wire.Heard{}, map[event.Origin]int64{"jiangnan/c2": 181_000, "jiangnan/c1": 60_000, "jiangnan/c3": 59_999, "jiangnan/k1": 181_000}
	for origin := range ms {
		role := wire.RoleCounter
		if origin == "jiangnan/k1" {
			role = wire.RoleKiosk
		}
		beats[origin] = wire.Heard{Beat: wire.Beat{Role: role}}
	}
	want := []wire.Silence{{Origin: "jiangnan/c1", Minutes: 1}, {Origin: "jiangnan/c2", Minutes: 3}}
	if got := silences(beats, func(o event.Origin) int64 { return ms[o] }); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
