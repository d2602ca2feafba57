// Package watch tells those who wait that something has changed.
package watch

import "sync"

// Watchers are those who wait. The zero value has none; goroutines may share it.
type Watchers struct {
	mu  sync.Mutex
	all map[chan struct{}]bool
}

// Watch gives a channel that receives after each Signal; signals that nobody fetched melt
// into one. Unwatch ends it.
func (w *Watchers) Watch() chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[chan struct{}]bool{}
	}
	w.all[c] = true
	return c
}

// Unwatch ends what Watch began.
func (w *Watchers) Unwatch(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, c)
}

// Signal tells everybody; it waits for nobody.
func (w *Watchers) Signal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.all {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
