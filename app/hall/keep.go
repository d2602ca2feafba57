package hall

import (
	"fmt"
	"slices"

	"onewindow/app/event"
)

// TicketOf gives the ticket that a fact speaks of; "" when it speaks of none.
func TicketOf(fact any) TicketID {
	switch f := fact.(type) {
	case Issued:
		return f.Ticket
	case Admitted:
		return f.Ticket
	case Called:
		return f.Ticket
	case Moved:
		return f.Ticket
	}
	return ""
}

// blockKept is for how many days a number block is folded again at a start: where a clock is
// put back by less, the numbers of that day are known as taken.
const blockKept = 30

// pauseKept is the same of a pause and of an outage: the figures of the last week are counted of them.
const pauseKept = 9

// LastsUntil gives the last day on which a start has to fold a fact again that is no ticket's; empty for
// one that counts for ever.
func LastsUntil(fact any) Date {
	switch f := fact.(type) {
	case Block:
		return f.Date.plus(blockKept)
	case Booked:
		return f.Date.plus(1)
	case Unbooked:
		return f.Date.plus(1)
	case QueuePaused:
		return DateOf(f.UntilMS).plus(pauseKept)
	case QueueResumed:
		return DateOf(f.AtMS + PauseMost).plus(pauseKept)
	case Outage:
		return DateOf(f.ToMS).plus(pauseKept)
	case Skipped:
		return f.Date.plus(missedKept)
	case Excused:
		return f.Date.plus(missedKept)
	}
	return ""
}

// HeldBefore lists the tickets that hold a window and were issued before a business
// day: memory keeps them until their visit ends.
func (h *Hall) HeldBefore(day Date) []TicketID {
	var out []TicketID
	for _, at := range h.current {
		for id := range at {
			if issued := IssueDate(id); issued != "" && issued < day {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// WindowWords are who spoke last for each window, and when.
type WindowWords map[WindowID]said

// WindowWords tells who has the word on each window.
func (h *Hall) WindowWords() WindowWords {
	out := make(WindowWords, len(h.windows))
	for id, w := range h.windows {
		out[id] = said{w.last, w.By}
	}
	return out
}

// Overrule tells that what an event says of a window counts no more, for ever.
func (l WindowWords) Overrule(e event.Event, f WindowOpened) bool {
	last, known := l[f.Window]
	return known && !last.less(e)
}

// ReadCalled reads a grant out of its event.
func ReadCalled(e event.Event) (Called, error) { return quick(e, (*Called).scan) }

// ReadDevice reads the first event of a device's epoch.
func ReadDevice(e event.Event) (Device, error) { return decode[Device](e) }

// ReadIssued reads the facts of a ticket out of its event.
func ReadIssued(e event.Event) (Issued, error) {
	if e.Kind != KindIssued {
		return Issued{}, fmt.Errorf("%s is %s, not a ticket", e.ID, e.Kind)
	}
	return quick(e, (*Issued).scan)
}
