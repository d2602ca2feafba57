package hub

import (
	"sync"
	"time"

	"onewindow/app/event"
)

// hearing is when this hub last heard of each terminal, by a clock that nobody puts
// forward or back. A hub that does not lead hears of nobody: silence counts from when it
// began to.
type hearing struct {
	mu    sync.Mutex
	since time.Time
	last  map[event.Origin]time.Time
}

// begin forgets everything: silence counts from now.
func (h *hearing) begin(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since, h.last = now, map[event.Origin]time.Time{}
}

func (h *hearing) heard(o event.Origin, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last[o] = now
}

// silent tells for how many ms nothing was heard of a terminal.
func (h *hearing) silent(o event.Origin, now time.Time) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	from, known := h.last[o]
	if !known {
		from = h.since
	}
	return now.Sub(from).Milliseconds()
}
