package hub

import (
	"testing"
	"time"

	"onewindow/app/event"
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
