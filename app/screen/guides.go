package screen

import (
	"sync"
	"sync/atomic"

	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/reading"
)

// Edition is a catalogue with the index of its search, and what there is to read beside it.
type Edition struct {
	*guide.Catalogue
	Reading *reading.Edition
	// Index may wait a moment: the first one is made while the first screen is shown.
	Index func() *guide.Index
	// PublishedMS is when the centre published the catalogue, ReadingMS what there is to
	// read, in ms since 1970; 0 for what came with the program or lies in a folder of this
	// machine.
	PublishedMS, ReadingMS int64

	// typing is made when somebody types for the first time.
	once  sync.Once
	types *guide.Typing
}

func (e *Edition) typing() *guide.Typing {
	e.once.Do(func() { e.types = guide.NewTyping(e.Catalogue) })
	return e.types
}

func dateOf(publishedMS int64) string {
	if publishedMS == 0 {
		return ""
	}
	return string(hall.DateOf(publishedMS))
}

// Guides are the edition in use and the one that waits until nobody is in the middle of
// something: at a kiosk for the first screen, at a counter for an empty window.
type Guides struct {
	now atomic.Pointer[Edition]

	mu   sync.Mutex
	next *Edition
}

// NewGuides begins with an edition.
func NewGuides(first *Edition) *Guides {
	g := &Guides{}
	g.now.Store(first)
	return g
}

// Now is the edition in use. Who looks twice may see two; each is whole.
func (g *Guides) Now() *Edition { return g.now.Load() }

// Offer lets an edition take the place of the one in use as soon as it may.
func (g *Guides) Offer(e *Edition) {
	g.mu.Lock()
	g.next = e
	g.mu.Unlock()
}

// turn puts the edition that waits in use.
func (g *Guides) turn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next != nil {
		g.now.Store(g.next)
		g.next = nil
	}
}
