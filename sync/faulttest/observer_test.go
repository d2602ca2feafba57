package faulttest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"onewindow/app/hall"
)

// observer stands outside the nodes. It keeps what was asked and what was
// answered, and knows nothing else.
type observer struct {
	mu       sync.Mutex
	asked    int
	lost     int                // answers that never came; the request was repeated
	issued   map[string]paper   // request -> what the person was told
	numbers  map[string]string  // number -> request
	taken    map[string]receipt // request of an intake -> what the clerk was told
	finished map[string]string  // ticket id -> window, of visits whose end was answered
	// restored tells that a place was emptied or put back: no badge can know it at
	// once, and none is compared from then on.
	restored atomic.Bool
	// copied names kiosks whose database was copied or put back: the two lives give out
	// the same numbers until they hear of each other. Such numbers are counted, not wrong.
	copied  map[string]bool
	excused map[string]bool
	claims  int      // badges that were compared with the database they speak of
	wrong   []string // what must not happen and did
}

type paper struct {
	kiosk, number string
	ticket        hall.TicketID
}

type receipt struct{ counter, number, ticket string }

func newObserver() *observer {
	return &observer{issued: map[string]paper{}, numbers: map[string]string{}, taken: map[string]receipt{}, finished: map[string]string{}, copied: map[string]bool{}, excused: map[string]bool{}}
}

func (o *observer) ask() {
	o.mu.Lock()
	o.asked++
	o.mu.Unlock()
}

func (o *observer) unanswered() {
	o.mu.Lock()
	o.lost++
	o.mu.Unlock()
}

// wrongly notes a broken promise; the test goes on and tells all of them.
func (o *observer) wrongly(format string, args ...any) {
	o.mu.Lock()
	o.wrong = append(o.wrong, fmt.Sprintf(format, args...))
	o.mu.Unlock()
}

// ticket notes the answer to a tap.
func (o *observer) ticket(kiosk, request, ticket, number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch other, known := o.numbers[number]; {
	case !known || other == request:
	case o.copied[kiosk] && o.issued[other].kiosk == kiosk:
		o.excused[number] = true
	default:
		o.wrong = append(o.wrong, fmt.Sprintf("number %s was given to %s and to %s", number, other, request))
	}
	if before, known := o.issued[request]; known && before.number != number {
		o.wrong = append(o.wrong, fmt.Sprintf("request %s was answered with %s and with %s", request, before.number, number))
	}
	o.numbers[number] = request
	o.issued[request] = paper{kiosk, number, hall.TicketID(ticket)}
}

// application notes the answer to an intake.
func (o *observer) application(counter, request, number, ticket string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if before, known := o.taken[request]; known && before.number != number {
		o.wrong = append(o.wrong, fmt.Sprintf("intake %s was answered with %s and with %s", request, before.number, number))
	}
	o.taken[request] = receipt{counter, number, ticket}
}

// ended notes that the end of a visit was answered as saved.
func (o *observer) ended(ticket, window string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if before, known := o.finished[ticket]; known && before != window {
		o.wrong = append(o.wrong, fmt.Sprintf("ticket %s was served at %s and at %s", ticket, before, window))
	}
	o.finished[ticket] = window
}

// claimed compares a badge with the database that it speaks of, right now.
func (o *observer) claimed(w *world, what, number, saved string, state func(*node) (string, error), enough func(string) bool) {
	above := map[string]*node{"hall": w.hub, "centre": w.centre}[saved]
	if above == nil {
		return // "here" promises nothing about others
	}
	s, err := state(above)
	if err == nil && !enough(s) && above == w.hub && w.second != nil {
		s, err = state(w.second) // in the hall is at one of its hubs
	}
	switch {
	case o.restored.Load():
		return
	case err != nil:
		o.wrongly("%s %s claims to be saved (%s) and that cannot be read: %v", what, number, saved, err)
	case !enough(s):
		o.wrongly("%s %s claims to be saved (%s), but the %s has it as %q", what, number, saved, above.name, s)
	}
	o.mu.Lock()
	o.claims++
	o.mu.Unlock()
}

// verify compares all answers with the databases after quiet time, and gives
// how many tickets and applications they hold.
func (o *observer) verify(t *testing.T, w *world, views map[string]*view) (tickets, applications int) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	lost := func(format string, args ...any) { o.wrong = append(o.wrong, "lost: "+fmt.Sprintf(format, args...)) }
	hubs := []string{"hub"}
	if w.second != nil {
		hubs = []string{"hub", "hub2"}
	}
	for request, p := range o.issued {
		for _, place := range append(hubs, p.kiosk, "centre") {
			if x, there := views[place].tickets[p.ticket]; !there || string(x.Number) != p.number {
				lost("ticket %s of request %s is not at %s", p.number, request, place)
			}
		}
	}
	for request, r := range o.taken {
		for _, place := range append(hubs, r.counter, "centre") {
			if string(views[place].applications[r.number]) != r.ticket {
				lost("application %s of request %s is not at %s", r.number, request, place)
			}
		}
	}
	for ticket, window := range o.finished {
		for name, v := range views {
			if s := v.tickets[hall.TicketID(ticket)].State; s != hall.Done {
				lost("the visit of ticket %s at %s has ended and is %q at %s", ticket, window, s, name)
			}
		}
	}
	for name, v := range views {
		v.twice = slices.DeleteFunc(v.twice, func(n hall.Number) bool { return o.excused[string(n)] })
		if len(v.twice) > 0 {
			o.wrong = append(o.wrong, fmt.Sprintf("numbers twice at %s: %v", name, v.twice))
		}
		if len(v.twiceTaken) > 0 {
			o.wrong = append(o.wrong, fmt.Sprintf("application numbers twice at %s: %v", name, v.twiceTaken))
		}
	}
	slices.Sort(o.wrong)
	for i, s := range o.wrong {
		if i == 20 {
			t.Errorf("... and %d more", len(o.wrong)-i)
			break
		}
		t.Error(s)
	}
	return len(views["centre"].tickets), len(views["centre"].applications)
}

// oneEffect looks for requests that had two effects: databases hold no more
// than was asked for.
func (o *observer) oneEffect(t *testing.T, tickets, applications int) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	// A request whose answer was never received may have had its effect, once.
	if tickets > o.asked || len(o.issued) > tickets {
		t.Errorf("%d people asked, %d were answered, and there are %d tickets", o.asked, len(o.issued), tickets)
	}
	if applications < len(o.taken) {
		t.Errorf("%d intakes were answered, and there are %d applications", len(o.taken), applications)
	}
}
