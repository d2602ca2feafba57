package hall

import "container/heap"

// HeadStartMS is how much earlier than its issue time a ticket of a class counts
// (queue.md, Order). No walk-in is overtaken by a priority ticket that was
// issued more than this after it.
func HeadStartMS(c Class) int64 {
	switch c {
	case Priority, Appointment:
		return 20 * 60_000
	}
	return 0
}

// Key is the place of a waiting ticket in its queue: the smallest is served next.
func Key(t *Ticket) int64 { return t.IssuedMS - HeadStartMS(t.Class) }

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
func (e entry) waits() bool {
	t := e.ticket
	return t.State == Waiting && t.Round == e.round && Key(t) == e.key && !t.forgotten
}

// line is one queue: a heap whose entries are checked when they reach the top,
// because a ticket leaves the queue in more ways than by being called.
type line struct {
	entries []entry
	count   int
}

func (l *line) Len() int           { return len(l.entries) }
func (l *line) Less(i, j int) bool { return l.entries[i].less(l.entries[j]) }
func (l *line) Swap(i, j int)      { l.entries[i], l.entries[j] = l.entries[j], l.entries[i] }

// Push and Pop serve container/heap.
func (l *line) Push(x any) { l.entries = append(l.entries, x.(entry)) }

// Pop serves container/heap.
func (l *line) Pop() any {
	last := len(l.entries) - 1
	e := l.entries[last]
	l.entries = l.entries[:last]
	return e
}

func (l *line) push(e entry) { heap.Push(l, e) }

func (h *Hall) line(d Date, s Letter) *line {
	k := series{d, s}
	l := h.queues[k]
	if l == nil {
		l = &line{}
		h.queues[k] = l
	}
	return l
}

// head gives the next waiting ticket of a service, nil when nobody waits.
func (h *Hall) head(d Date, s Letter) *Ticket {
	l := h.queues[series{d, s}]
	for l != nil && len(l.entries) > 0 {
		if top := l.entries[0]; top.waits() {
			return top.ticket
		}
		heap.Pop(l)
	}
	return nil
}

// WaitingAt counts who waits for a service.
func (h *Hall) WaitingAt(d Date, s Letter) int {
	if l := h.queues[series{d, s}]; l != nil {
		return l.count
	}
	return 0
}

// AheadOf counts the waiting tickets of the same service that come before a key.
func (h *Hall) AheadOf(d Date, s Letter, key int64, id TicketID) int {
	l := h.queues[series{d, s}]
	if l == nil {
		return 0
	}
	me := entry{key: key, ticket: &Ticket{Issued: Issued{Ticket: id}}}
	seen := map[*Ticket]bool{}
	for _, e := range l.entries {
		if e.less(me) && e.waits() {
			seen[e.ticket] = true
		}
	}
	return len(seen)
}
