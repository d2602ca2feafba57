package hall

import (
	"container/heap"
	"iter"
	"slices"
)

// Times of the order (queue.md, Order), in ms.
const (
	// HeadStart is how much earlier than its issue a priority ticket counts: no walk-in is
	// overtaken by one that was issued more than this after it.
	HeadStart = 20 * 60_000
	// BookedLead is how much earlier than its slot a ticket with an appointment counts, and
	// than its issue a return pass; BookedEarly is how long before the slot it may be called.
	BookedLead  = 120 * 60_000
	BookedEarly = 5 * 60_000
	// WaitMost is after how long a wait a ticket goes before all but appointments and those
	// who have waited longer.
	WaitMost = 60 * 60_000
	// HelpAfter is after how long a wait in a queue those windows help that serve it
	// beside their own.
	HelpAfter = 30 * 60_000
)

// Due is a ticket's place in its first queue.
func (f *Issued) Due() int64 {
	switch f.Class {
	case Priority:
		return f.IssuedMS - HeadStart
	case ReturnPass:
		return f.IssuedMS - BookedLead
	case Appointment:
		if f.SlotMS > 0 {
			return f.SlotMS - BookedLead
		}
		return f.IssuedMS - HeadStart // of a program that knew no slots
	}
	return f.IssuedMS
}

// booked tells whether a ticket has its place by an appointment, and not by its wait.
func (t *Ticket) booked() bool { return t.Class == ReturnPass || t.Class == Appointment }

// entry is a ticket's place in a queue, as it was when it was noted.
type entry struct {
	key    int64
	round  int
	ticket *Ticket
}

func (e entry) less(o entry) bool {
	return e.key < o.key || e.key == o.key && e.ticket.Ticket < o.ticket.Ticket
}

// waits tells whether the ticket still waits at this place.
func (l *line) waits(e entry, key int64) bool {
	t := e.ticket
	return t.State == Waiting && t.Round == e.round && key == e.key && t.Queue() == l.at.service && t.Only() == l.at.only && !t.forgotten
}

// entries are a heap whose entries are checked when they reach the top, because a ticket
// leaves the queue in more ways than by being called.
type entries []entry

func (l entries) Len() int           { return len(l) }
func (l entries) Less(i, j int) bool { return l[i].less(l[j]) }
func (l entries) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

// Push and Pop serve container/heap.
func (l *entries) Push(x any) { *l = append(*l, x.(entry)) }

// Pop serves container/heap.
func (l *entries) Pop() any {
	last := len(*l) - 1
	e := (*l)[last]
	*l = (*l)[:last]
	return e
}

// place names a queue; only is the one window for which its tickets wait, empty for all.
type place struct {
	series
	only WindowID
}

// line is one queue: who may be called by the key and by how long they wait, and who has
// an appointment that is still to come, by when they may be called.
type line struct {
	at    place
	byKey entries
	long  entries
	early entries
	count int
}

func (l *line) push(t *Ticket) {
	l.count++
	if t.notBefore() > 0 {
		heap.Push(&l.early, entry{t.notBefore(), t.Round, t})
		return
	}
	l.ready(t)
}

func (l *line) ready(t *Ticket) {
	heap.Push(&l.byKey, entry{t.Key(), t.Round, t})
	if !t.booked() {
		heap.Push(&l.long, entry{t.Since(), t.Round, t})
	}
}

// notBefore is when a ticket may be called, 0 for at once.
func (t *Ticket) notBefore() int64 {
	if t.Round == 0 {
		return t.Issued.notBefore()
	}
	return 0
}

func (f *Issued) notBefore() int64 {
	if f.Class == Appointment && f.SlotMS > 0 {
		return f.SlotMS - BookedEarly
	}
	return 0
}

func (h *Hall) line(p place) *line {
	l := h.queues[p]
	if l == nil {
		l = &line{at: p}
		h.queues[p] = l
		h.lines[p.series] = append(h.lines[p.series], l)
	}
	return l
}

// head gives the next ticket of a queue, nil when nobody may be called.
func (l *line) head(nowMS int64) *Ticket {
	for len(l.early) > 0 && l.early[0].key <= nowMS {
		e := heap.Pop(&l.early).(entry)
		if l.waits(e, e.ticket.notBefore()) {
			l.ready(e.ticket)
		}
	}
	best := l.top(&l.byKey, (*Ticket).Key)
	if oldest := l.oldest(); oldest != nil && oldest.before(best, nowMS) {
		return oldest
	}
	return best
}

// oldest gives who has waited longest of those who may be called.
func (l *line) oldest() *Ticket { return l.top(&l.long, (*Ticket).Since) }

func (l *line) top(list *entries, key func(*Ticket) int64) *Ticket {
	for len(*list) > 0 {
		if e := (*list)[0]; l.waits(e, key(e.ticket)) {
			return e.ticket
		}
		heap.Pop(list)
	}
	return nil
}

// waitedFor tells whether somebody has waited as long.
func (l *line) waitedFor(longMS, nowMS int64) bool {
	oldest := l.oldest()
	return oldest != nil && nowMS-oldest.Since() >= longMS
}

// before tells whether a ticket is called before another, of any queue.
func (t *Ticket) before(o *Ticket, nowMS int64) bool {
	return (entry{key: t.turn(nowMS), ticket: t}).less(entry{key: o.turn(nowMS), ticket: o})
}

// turn is the key of a ticket at a moment. Whoever has waited too long gets the head start
// of a priority: so nobody is before them who came after them, but who has an appointment.
func (t *Ticket) turn(nowMS int64) int64 {
	if !t.booked() && nowMS-t.Since() > WaitMost {
		return min(t.Key(), t.Since()-HeadStart)
	}
	return t.Key()
}

// next gives the ticket that a window calls next of some services, nil for nobody. A
// ticket that waits for another window is taken only when that one is closed. With longMS
// only queues count in which somebody has waited as long; of a paused queue nobody is called.
func (h *Hall) next(date Date, w WindowID, services []Letter, longMS, nowMS int64) (best *Ticket) {
	for _, s := range services {
		if _, paused := h.PausedNow(s, nowMS); paused {
			continue // by its number, for a reason, a ticket is called all the same
		}
		for _, l := range h.lines[series{date, s}] {
			if l.at.only != "" && l.at.only != w && h.windows[l.at.only] != nil && h.windows[l.at.only].Open {
				continue
			}
			t := l.head(nowMS)
			if t == nil || longMS > 0 && !l.waitedFor(longMS, nowMS) {
				continue
			}
			if best == nil || t.before(best, nowMS) {
				best = t
			}
		}
	}
	return best
}

// WaitingAt counts who waits for a service.
func (h *Hall) WaitingAt(d Date, s Letter) (n int) {
	for _, l := range h.lines[series{d, s}] {
		n += l.count
	}
	return n
}

// waiting yields who waits for a service, also those whose appointment is still to come;
// in no order, each once.
func (h *Hall) waiting(of series) iter.Seq[*Ticket] {
	return func(yield func(*Ticket) bool) {
		for _, l := range h.lines[of] {
			seen := make(map[*Ticket]bool, l.count)
			for _, list := range []entries{l.byKey, l.early} {
				for _, e := range list {
					t := e.ticket
					if t.State != Waiting || t.forgotten || t.waitsAt() != l.at || seen[t] {
						continue
					}
					if seen[t] = true; !yield(t) {
						return
					}
				}
			}
		}
	}
}

// AheadOf counts the waiting tickets of the same service that come before a key.
func (h *Hall) AheadOf(d Date, s Letter, key int64, id TicketID) (n int) {
	for t := range h.waiting(series{d, s}) {
		if t.Key() < key || t.Key() == key && t.Ticket < id {
			n++
		}
	}
	return n
}

// behind gives the place behind so many who are next in a queue, or behind all.
func (h *Hall) behind(of series, most int, nowMS int64) int64 {
	var turns []int64
	for t := range h.waiting(of) {
		if t.notBefore() <= nowMS {
			turns = append(turns, t.turn(nowMS))
		}
	}
	if len(turns) == 0 {
		return nowMS
	}
	slices.Sort(turns)
	return turns[min(most, len(turns))-1] + 1
}
