package core

import (
	"onewindow/app/event"
	"onewindow/app/hall"
)

// Gatherer decides when a hub in a new life of its database may grant calls and
// numbers: an empty or restored hub has no authority before it has heard what its
// terminals and the centre know of what it granted in an earlier life.
type Gatherer struct {
	// LeastMS is how long terminals are given to connect; MostMS how long a terminal
	// that has something to hand back, or the centre, is waited for.
	LeastMS, MostMS int64

	began   int64
	centre  bool                  // nothing is expected of the centre any more
	devices map[event.Origin]bool // who asked since; true: it has nothing (more) to hand back
}

// Begin starts to gather; centre tells whether there is one to ask.
func (g *Gatherer) Begin(now int64, centre bool) {
	g.began, g.centre, g.devices = now, !centre, map[event.Origin]bool{}
}

// Asked notes that a terminal asks for the feed with a cursor of the life that it
// knows, 0 for none: one of another life than own means that it hands back what it has
// first.
func (g *Gatherer) Asked(o event.Origin, known, own event.Epoch) {
	if g.devices != nil {
		g.devices[o] = known == own
	}
}

// CentreRead notes that all that the centre knows of the hall is read.
func (g *Gatherer) CentreRead() { g.centre = true }

// Done tells whether enough is gathered. The bounds make sure that a hall is never
// without calls because one machine is broken; what it knew alone is why numbers
// leave a gap then (see hall.Lease) and conflicts are shown to a person.
func (g *Gatherer) Done(now int64) bool {
	switch took := now - g.began; {
	case took < g.LeastMS:
		return false
	case took >= g.MostMS:
		return true
	}
	for _, done := range g.devices {
		if !done {
			return false
		}
	}
	return g.centre
}

// BecomeReady notes that this place has gathered enough to grant calls and numbers
// in this life of its database.
func (tx *Tx) BecomeReady(place hall.ID) error {
	if tx.n.ready {
		return nil
	}
	return tx.Lead(place)
}

// Lead notes that this hub leads its hall from now on: each time that one of two takes
// over it stands in the log.
func (tx *Tx) Lead(place hall.ID) error {
	_, _, err := tx.Append(hall.KindReady, hall.Ready{Hall: place, AtMS: tx.now()})
	return err
}
