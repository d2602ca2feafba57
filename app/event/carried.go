package event

import (
	"fmt"
	"strings"
)

// carried marks the kind of an event that wraps another one, which cannot come up in
// its own chain any more: its device noted it in an earlier life of its database, or
// only a neighbour of its device still has it.
const carried = "carried."

// Inner gives the kind of what an event tells: for a wrapped event the kind inside.
func (k Kind) Inner() Kind { return Kind(strings.TrimPrefix(string(k), carried)) }

// Carry gives the kind and payload with which an event is noted again; body is the canonical bytes of e. What is wrapped already
// stays as it is, so that nothing is ever wrapped twice.
func (e Event) Carry(body []byte) (Kind, []byte) {
	if strings.HasPrefix(string(e.Kind), carried) {
		return e.Kind, e.Payload
	}
	return carried + e.Kind, body
}

// Inner gives the event that e tells: e itself, or the one that it wraps, with its
// own id and time. Errors wrap ErrMalformed: a device carries its own events, and a
// hub those of its hall.
func (e Event) Inner() (Event, error) {
	if !strings.HasPrefix(string(e.Kind), carried) {
		return e, nil
	}
	inner, err := Decode(e.Payload)
	switch {
	case err != nil:
		return e, fmt.Errorf("carried by %s: %w", e.ID, err)
	case inner.Origin.Hall() != e.Origin.Hall() || carried+inner.Kind != e.Kind:
		return e, fmt.Errorf("%w: %s carries %s %s", ErrMalformed, e.ID, inner.Kind, inner.ID)
	}
	return inner, nil
}
