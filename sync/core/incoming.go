package core

import (
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Incoming is a push with everything that can be computed of it before its turn in the
// writer comes: hashes, head, decoded events. A receiver reads one push while it
// commits another.
type Incoming struct {
	wire.Push
	sums   []event.Hash
	head   event.Hash
	events []read
}

// read is an event as it was decoded: inner is what it tells, fact what its payload
// holds (nil when it is not the queue's), err why it cannot be used.
type read struct {
	outer, inner event.Event
	fact         any
	err          error
}

// Read computes what can be computed of a push without the memory of a place.
func Read(p wire.Push) Incoming {
	in := Incoming{Push: p, sums: p.Sums(), events: make([]read, len(p.Bodies))}
	in.head = wire.HeadOf(p.Prev, in.sums)
	for i, body := range p.Bodies {
		in.events[i] = readEvent(body)
	}
	return in
}

func readEvent(body []byte) (r read) {
	if r.outer, r.err = event.Decode(body); r.err != nil {
		return r
	}
	if r.inner, r.err = r.outer.Inner(); r.err != nil {
		return r
	}
	r.fact, r.err = hall.Read(r.inner)
	return r
}
