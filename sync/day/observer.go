package day

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
)

// note is what the observer knows of one person, all of it seen from outside:
// what a page answered, never what a database says.
type note struct {
	person  *Person
	kiosk   event.Origin
	request string

	ticket   hall.TicketID
	number   hall.Number
	issuedMS int64
	code     string // on the paper in the person's hand
	own      bool   // a number of the kiosk's own series
	walking  *desk  // on the way to this desk
	strayed  *desk  // called to this desk and gone to another one, with the hub away

	state    hall.State
	window   hall.WindowID
	called   bool // granted by the hub; else served by scanning
	reachMS  int64
	startMS  int64
	finishMS int64
	ended    []hall.Ending

	// moves counts the steps that a terminal said it had saved.
	moves map[event.Kind]int
	// application is the number of the application taken, "" for none.
	application string
}

func (n *note) moved(k event.Kind) { n.moves[k]++ }

// observer stands outside the nodes and notes each answer.
type observer struct {
	mu        sync.Mutex
	notes     []*note // by the number of the person
	byTicket  map[hall.TicketID]*note
	byNumber  map[hall.Number]*note
	faults    []string // answers that contradict earlier ones
	doubled   int
	numbers   int // display numbers given twice
	disorder  int
	issueMS   []float64
	callMS    []float64
	nextTimes int // how often "next" was pressed in vain because the hub was away
}

func newObserver() *observer {
	return &observer{byTicket: map[hall.TicketID]*note{}, byNumber: map[hall.Number]*note{}}
}

// fault notes an answer that contradicts another.
func (o *observer) fault(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.found(format, args...)
}

func (o *observer) found(format string, args ...any) {
	o.faults = append(o.faults, fmt.Sprintf(format, args...))
}

// holder finds who holds a number, nil when nobody does.
func (o *observer) holder(number hall.Number) *note {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.byNumber[number]
}

// took notes how long an answer took.
func (o *observer) took(list *[]float64, begin time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	*list = append(*list, ms(time.Since(begin)))
}

// pressedInVain notes that "next" was pressed with the hub away.
func (o *observer) pressedInVain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.nextTimes++
}

// issued notes a kiosk's answer. The same person may be answered again, with the same ticket.
func (o *observer) issued(n *note, id hall.TicketID, number hall.Number, ms int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n.ticket != "" {
		if n.ticket != id || n.number != number {
			o.doubled++
			o.found("%s: first the ticket was %s, now it is %s", n.request, n.number, number)
		}
		return
	}
	n.ticket, n.number, n.issuedMS, n.state = id, number, ms, hall.Waiting
	if other := o.byTicket[id]; other != nil {
		o.doubled++
		o.found("%s and %s got one ticket: %s", other.request, n.request, id)
		return
	}
	if other := o.byNumber[number]; other != nil {
		o.numbers++
		o.found("%s and %s got one number: %s", other.request, n.request, number)
	}
	o.byTicket[id], o.byNumber[number] = n, n
	at, _ := slices.BinarySearchFunc(o.notes, n, func(a, b *note) int { return cmp.Compare(a.person.No, b.person.No) })
	o.notes = slices.Insert(o.notes, at, n)
}

// granted notes a call and finds the person by what the counter shows.
func (o *observer) granted(t *screen.CounterTicket, waiting []*note, w hall.WindowID, nowMS int64) (*note, error) {
	if t == nil {
		return nil, fmt.Errorf("window %s called and shows no ticket", w)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.byTicket[hall.TicketID(t.Ticket)]
	if n == nil {
		return nil, fmt.Errorf("window %s called ticket %s, which nobody holds", w, t.Ticket)
	}
	if n.state != hall.Waiting {
		o.doubled++
		o.found("window %s called %s, which is %s at %s", w, n.number, n.state, n.window)
	}
	if first := slices.MinFunc(waiting, func(a, b *note) int { return before(a, b, nowMS) }); first != n {
		o.disorder++
		o.found("window %s called %s while %s was first", w, n.number, first.number)
	}
	n.state, n.window, n.called, n.reachMS = hall.CalledS, w, true, nowMS
	n.moved(hall.KindCalled)
	return n, nil
}

// before is the order of the queue at a moment as its rules say, written here a second time.
func before(a, b *note, nowMS int64) int {
	const minute = 60_000
	key := func(n *note) int64 {
		switch {
		case n.person.Class == hall.Appointment:
			return n.person.SlotMS - 120*minute
		case n.person.Class == hall.Priority, nowMS-n.issuedMS > 60*minute:
			return n.issuedMS - 20*minute
		}
		return n.issuedMS
	}
	return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ticket, b.ticket))
}
