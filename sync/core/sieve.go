package core

import (
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Tail is how many positions of a hub's log are given whole to a terminal that is
// behind; one that is further behind, or new, gets what is left of the log by a Sieve
// until it is level.
const Tail = 20_000

// Sieve is a hub's log as a terminal needs it that keeps the tickets of the business
// days from Since on: everything of these tickets, of those that hold a window, and
// the lasting events that still count. What it leaves out changes nothing that such a
// terminal keeps, so that a cursor at a position means the same as without it.
type Sieve struct {
	Since hall.Date
	// From is a position before which no event of such a ticket stands: only lasting
	// events are to be looked at there.
	From int64

	held  map[hall.TicketID]bool
	words hall.WindowWords
}

// Sieve gives the sieve for a terminal that asks what follows a position; nil when it
// gets everything. first is the first business day that this place keeps itself: where
// two clocks differ the earlier day counts, so that no clock of a later year can take a
// day away from anybody. tail is how many positions are given whole.
func (n *Node) Sieve(a wire.FeedAsk, after int64, first hall.Date, tail int64) *Sieve {
	h := n.halls[hall.ID(a.Origin.Hall())]
	if a.Since == "" || h == nil || !a.Sifted && n.pos-after <= tail {
		return nil
	}
	s := &Sieve{Since: min(hall.Date(a.Since), first), From: n.pos + 1, held: map[hall.TicketID]bool{}, words: h.WindowWords()}
	low := s.Since
	hold := func(id hall.TicketID) {
		if day := hall.IssueDate(id); day != "" {
			s.held[id], low = true, min(low, day)
		}
	}
	for _, id := range h.HeldBefore(s.Since) {
		hold(id)
	}
	for _, id := range a.Held {
		hold(hall.TicketID(id))
	}
	for day, pos := range n.days {
		if day == "" || day >= low {
			s.From = min(s.From, pos)
		}
	}
	return s
}

// Keeps tells whether a public event passes. What cannot be read, and what speaks of no
// ticket that is known by its id, does.
func (s *Sieve) Keeps(body []byte) bool {
	r := readEvent(body)
	if r.err != nil {
		return true
	}
	switch f := r.fact.(type) {
	case hall.Block:
		return f.Date >= s.Since
	case hall.HelpAsked:
		return hall.DateOf(f.AtMS) >= s.Since
	case hall.HelpAnswered:
		return hall.DateOf(f.AtMS) >= s.Since
	case hall.Outage:
		return hall.DateOf(f.ToMS) >= s.Since
	case hall.Booked:
		return f.Date >= s.Since
	case hall.WindowOpened:
		// How long a window was open is counted of all that was said of it on these days.
		return hall.DateOf(f.AtMS) >= s.Since || !s.words.Overrule(r.inner, f)
	}
	id := hall.TicketOf(r.fact)
	day := hall.IssueDate(id)
	return day == "" || day >= s.Since || s.held[id]
}

// Day is the first position of a log at which an event of a ticket of a business day
// stands. Date is empty for events of tickets whose day nobody can tell.
type Day struct {
	Date hall.Date
	Pos  int64
}

// RestoreDay takes what is known of a day.
func (n *Node) RestoreDay(d Day) { n.days[d.Date] = d.Pos }

// dated notes the day of a ticket's event where it is the first of its day.
func (tx *Tx) dated(kind event.Kind, fact any, pos int64) {
	if !strings.HasPrefix(string(kind.Inner()), "ticket.") {
		return
	}
	day := hall.IssueDate(hall.TicketOf(fact))
	if _, known := tx.n.days[day]; !known {
		tx.n.days[day] = pos
		tx.Days = append(tx.Days, Day{day, pos})
	}
}
