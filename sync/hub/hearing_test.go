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
	beat := func(role string, at int64) wire.Heard { return wire.Heard{Beat: wire.Beat{Role: role}, AtMS: at} }
	beats := map[event.Origin]wire.Heard{"jiangnan/c2": beat(wire.RoleCounter, 1), "jiangnan/c1": beat(wire.RoleCounter, 121_000), "jiangnan/c3": beat(wire.RoleCounter, 150_000), "jiangnan/k1": beat(wire.RoleKiosk, 1)}
	want := []wire.Silence{{Origin: "jiangnan/c1", Minutes: 1}, {Origin: "jiangnan/c2", Minutes: 3}}
	if got := silences(beats, 181_001); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
