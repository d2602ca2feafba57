package hall

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"

	"onewindow/app/event"
)

// What can be asked of a hall.

// Ticket gives a ticket by id, nil when unknown. It must not be changed.
func (h *Hall) Ticket(id TicketID) *Ticket { return h.tickets[id] }

// Bring gives a ticket by id, also one of an earlier day that is only in the rows; nil when
// unknown. It may be called by the writer alone.
func (h *Hall) Bring(id TicketID) *Ticket {
	if h.tickets[id] == nil && h.Missing != nil {
		if t := h.Missing(id); t != nil {
			h.Restore(t)
		}
	}
	return h.tickets[id]
}

// Past gives a ticket by id as Bring does, and keeps none of an earlier day in memory.
func (h *Hall) Past(id TicketID) *Ticket {
	if t := h.tickets[id]; t != nil || h.Missing == nil {
		return t
	}
	return h.Missing(id)
}

// ByNumber gives the ticket with a display number of a day, nil when there is none.
func (h *Hall) ByNumber(date Date, n Number) *Ticket {
	ids := h.numbers[numberKey{date, n}]
	if len(ids) == 0 {
		return nil
	}
	return h.tickets[ids[0]]
}

// Tickets gives the tickets of a business day ("" for all), by issue time and id.
func (h *Hall) Tickets(date Date) []*Ticket {
	return pick(h.tickets, date)
}

// AtWindow gives the open ticket of a window, nil when it is free. Where a
// disagreement left two, the one being served counts, then the earlier called.
func (h *Hall) AtWindow(w WindowID) *Ticket {
	var best *Ticket
	for _, t := range h.current[w] {
		if best == nil || t.State == Serving && best.State != Serving ||
			t.State == best.State && (t.LastCallMS < best.LastCallMS || t.LastCallMS == best.LastCallMS && t.Ticket < best.Ticket) {
			best = t
		}
	}
	return best
}

// Windows gives the windows heard of, by name.
func (h *Hall) Windows() []Window {
	out := make([]Window, 0, len(h.windows))
	for _, w := range h.windows {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b Window) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// Window gives a window, zero for one that was never heard of.
func (h *Hall) Window(id WindowID) Window {
	if w := h.windows[id]; w != nil {
		return *w
	}
	return Window{ID: id}
}

// OpenAt counts the open windows that serve a service.
func (h *Hall) OpenAt(l Letter) int {
	n := 0
	for _, w := range h.windows {
		if w.Open && slices.Contains(w.Services, l) {
			n++
		}
	}
	return n
}

// DeviceKeys gives the public keys that a device has had, in no order; none when the
// hall has not heard of it. A device whose disk was replaced has another key, and the
// slips that it printed before are still good.
func (h *Hall) DeviceKeys(o event.Origin) [][]byte { return h.keys[o] }

// Devices gives the devices heard of.
func (h *Hall) Devices() map[event.Origin]Device { return h.devices }

// Clerk gives a clerk by sign-in name.
func (h *Hall) Clerk(id ClerkID) (Clerk, bool) {
	c, ok := h.clerks[id]
	return c, ok
}

// Doubled lists display numbers that two tickets of one day carry; it must stay empty.
func (h *Hall) Doubled() []Number {
	var out []Number
	for k, ids := range h.numbers {
		if len(ids) > 1 {
			out = append(out, k.number)
		}
	}
	slices.Sort(out)
	return out
}

// Conflicts lists the tickets of a day on which two places disagreed.
func (h *Hall) Conflicts(date Date) []*Ticket {
	return pick(h.disputes, date)
}

// Longest gives who of those who may be called now has waited longest for a service, nil for nobody.
func (h *Hall) Longest(d Date, l Letter, nowMS int64) (longest *Ticket) {
	for t := range h.waiting(series{d, l}) {
		if t.notBefore() <= nowMS && (longest == nil || cmp.Or(cmp.Compare(t.Since(), longest.Since()), cmp.Compare(t.Ticket, longest.Ticket)) < 0) {
			longest = t
		}
	}
	return longest
}

// Parked gives the tickets that are parked, by issue time and id.
func (h *Hall) Parked() []*Ticket { return pick(h.parked, "") }

// EndedAt gives the visits of a day that ended at a window, by issue time and id.
func (h *Hall) EndedAt(date Date, w WindowID) []*Ticket { return pick(h.ended[w], date) }

// pick gives the tickets of a business day ("" for all), by issue time and id.
func pick(from map[TicketID]*Ticket, date Date) []*Ticket {
	var out []*Ticket
	for _, t := range from {
		if date == "" || t.Date == date {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *Ticket) int {
		return cmp.Or(cmp.Compare(a.IssuedMS, b.IssuedMS), cmp.Compare(a.Ticket, b.Ticket))
	})
	return out
}

// Hash sums up the tickets and the appointments of a day. Two nodes with the same events have the
// same hash, in whatever order the events came.
func (h *Hall) Hash(date Date) event.Hash {
	sum := sha256.New()
	ids := make([]TicketID, 0, len(h.tickets))
	for id, t := range h.tickets {
		if t.Date == date {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		sum.Write(h.tickets[id].Row())
	}
	h.agenda.hash(date, sum)
	return event.Hash(sum.Sum(nil))
}
