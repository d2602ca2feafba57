package faulttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// letters are the services that people want; every counter serves all of them.
var letters = []string{"A", "B", "C"}

// again is the pause before a request whose answer was lost is repeated.
const again = 30 * time.Millisecond

// slip is what a person reads.
type slip struct {
	Ticket string `json:"ticket"`
	Number string `json:"number"`
	Saved  string `json:"saved"`
}

// crowd are the people at one kiosk.
type crowd struct {
	w         *world
	o         *observer
	kiosk     *node
	low, high time.Duration // between two taps
	took      *times        // how long answers took, lost ones included; may be nil
}

// tap asks for one ticket and repeats the request, as the page does, until it is
// answered; false when the test's time ended before.
func (c *crowd) tap(ctx context.Context, request, letter string) (slip, bool) {
	var items []string
	if letter == "A" {
		items = []string{string(c.w.item().Code)}
	}
	c.o.ask()
	for {
		began := time.Now()
		p, err := ask[slip](ctx, c.kiosk.pages, "Kiosk.Issue", map[string]any{"request": request, "letter": letter, "items": items, "language": "zh"})
		if c.took != nil && ctx.Err() == nil {
			c.took.add(time.Since(began))
		}
		if err == nil {
			c.o.ticket(c.kiosk.name, request, p.Ticket, p.Number)
			return p, true
		}
		if errors.As(err, new(*event.Refusal)) {
			c.o.wrongly("%s refused a ticket: %v", c.kiosk.name, err)
			return p, false
		}
		c.o.unanswered()
		if !pause(ctx, again) {
			return p, false
		}
	}
}

// run taps until the context ends.
func (c *crowd) run(ctx context.Context, name string, r *rand.Rand) {
	for n := 0; ctx.Err() == nil; n++ {
		c.tap(ctx, fmt.Sprintf("%s-%d", name, n), letters[r.IntN(len(letters))])
		if !pause(ctx, between(r, c.low, c.high)) {
			return
		}
	}
}

// watchBadges looks at random tickets of a kiosk as their owners do, and at the
// database that the badge speaks of.
func (c *crowd) watchBadges(ctx context.Context, r *rand.Rand) {
	for pause(ctx, between(r, 50*time.Millisecond, 250*time.Millisecond)) {
		number := c.o.any(c.kiosk.name, r)
		if number == "" {
			continue
		}
		p, err := ask[struct {
			Found  bool `json:"found"`
			Ticket slip `json:"ticket"`
		}](ctx, c.kiosk.pages, "Kiosk.Progress", number)
		if err != nil {
			continue // killed just now
		}
		if !p.Found {
			c.o.wrongly("%s does not know its own ticket %s", c.kiosk.name, number)
			continue
		}
		c.o.claimed(c.w, "ticket", number, p.Ticket.Saved, func(n *node) (string, error) { return n.ticketState(number) }, func(s string) bool { return s != "" })
	}
}

// any gives the number of one of a kiosk's answered tickets; "" when there is none.
func (o *observer) any(kiosk string, r *rand.Rand) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for range 20 {
		if len(o.issued) == 0 {
			return ""
		}
		at := r.IntN(len(o.issued))
		for _, p := range o.issued {
			if at--; at < 0 {
				if p.kiosk == kiosk {
					return p.number
				}
				break
			}
		}
	}
	return ""
}

// item is the item that applications are for.
func (w *world) item() *guide.Item { return w.guides.ItemsIn("A")[0] }

// desk is what a counter shows, as far as a clerk needs it.
type desk struct {
	Clerk   string `json:"clerk"`
	Window  string `json:"window"`
	Current *struct {
		Ticket string `json:"ticket"`
		Number string `json:"number"`
		Letter string `json:"letter"`
		State  string `json:"state"`
		Items  []struct {
			Code string `json:"code"`
		} `json:"items"`
		Applications []struct {
			Number string `json:"number"`
			Saved  string `json:"saved"`
		} `json:"applications"`
	} `json:"current"`
	Recent []struct {
		Number string `json:"number"`
		State  string `json:"state"`
		Saved  string `json:"saved"`
	} `json:"recent"`
}

// clerk works at a counter: after anything that happens it looks at the screen
// and goes on from there.
type clerk struct {
	w       *world
	o       *observer
	counter *node
	r       *rand.Rand
	call    string // the request of the call that has no answer yet
	calls   int
	taken   map[string]bool // tickets for which this clerk has decided about an application
}

func (c *clerk) run(ctx context.Context) {
	for ctx.Err() == nil {
		d, err := ask[desk](ctx, c.counter.pages, "Counter.Page")
		if err == nil {
			c.badges(&d)
			err = c.step(ctx, &d)
		}
		wait := between(c.r, 5*time.Millisecond, 40*time.Millisecond)
		switch {
		case err == nil:
		case errors.Is(err, event.NobodyWaits), errors.Is(err, event.HubUnreachable), errors.Is(err, event.HubGathers):
			wait = between(c.r, 50*time.Millisecond, 200*time.Millisecond)
		case errors.Is(err, event.PINWrong), errors.Is(err, event.NotSignedIn), errors.Is(err, event.WindowClosed),
			errors.Is(err, event.NoTicket), errors.Is(err, event.TicketState), errors.Is(err, event.StillServing):
			wait = 100 * time.Millisecond // the counter was killed in between, or has not heard of the clerk yet
		case errors.As(err, new(*event.Refusal)):
			c.o.wrongly("%s: %v", c.counter.name, err)
			wait = 100 * time.Millisecond
		default:
			c.o.unanswered()
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// step does the next thing that the screen asks for.
func (c *clerk) step(ctx context.Context, d *desk) error {
	pages := c.counter.pages
	do := func(method string, args ...any) error {
		_, err := ask[desk](ctx, pages, "Counter."+method, args...)
		return err
	}
	switch {
	case d.Clerk == "":
		return do("SignIn", c.counter.clerk, pin)
	case d.Window == "":
		return do("OpenWindow", c.counter.window, letters)
	case d.Current == nil:
		if c.call == "" {
			c.calls++
			c.call = fmt.Sprintf("%s-%d-%d", c.counter.name, c.calls, c.r.Uint64())
		}
		err := do("Next", c.call)
		// A refusal is an answer; after it the clerk's next try is another wish.
		if err == nil || errors.Is(err, event.NobodyWaits) || errors.Is(err, event.StillServing) {
			c.call = ""
		}
		return err
	case d.Current.State == "called":
		return do("Start")
	}
	ticket := d.Current.Ticket
	if !c.taken[ticket] && len(d.Current.Items) > 0 {
		if err := c.take(ctx, d); err != nil {
			return err
		}
		c.taken[ticket] = true
	}
	outcomes := []map[string]string{}
	for _, i := range d.Current.Items {
		outcomes = append(outcomes, map[string]string{"item": i.Code, "outcome": string(hall.Accepted)})
	}
	if len(outcomes) == 0 {
		outcomes = append(outcomes, map[string]string{"outcome": string(hall.AdviceOnly)})
	}
	err := do("Finish", outcomes)
	if err == nil {
		c.o.ended(ticket, d.Window)
	}
	return err
}

// take notes an application; the same visit asks with the same request until it
// is answered.
func (c *clerk) take(ctx context.Context, d *desk) error {
	item := c.w.item()
	materials := []map[string]any{}
	for _, m := range item.Materials {
		materials = append(materials, map[string]any{"no": m.No, "state": "received"})
	}
	request := "i-" + d.Current.Ticket
	answer, err := ask[struct {
		Number string `json:"number"`
		Saved  string `json:"saved"`
	}](ctx, c.counter.pages, "Counter.TakeIntake", map[string]any{"request": request, "ticket": d.Current.Ticket, "item": item.Code, "applicant": "罗庆(样例)",
		"documentType": "resident_id", "documentNumber": "99010820000907755X", "materials": materials})
	if err == nil {
		c.o.application(c.counter.name, request, answer.Number, d.Current.Ticket)
	}
	return err
}

// badges compares some of what the screen claims with the databases.
func (c *clerk) badges(d *desk) {
	if c.r.IntN(8) > 0 {
		return
	}
	if d.Current != nil && len(d.Current.Applications) > 0 {
		a := d.Current.Applications[c.r.IntN(len(d.Current.Applications))]
		c.o.claimed(c.w, "application", a.Number, a.Saved, func(n *node) (string, error) { return n.applicationState(a.Number) }, func(s string) bool { return s != "" })
	}
	if len(d.Recent) > 0 {
		v := d.Recent[c.r.IntN(len(d.Recent))]
		final := []string{string(hall.Done), string(hall.NoShow)}
		c.o.claimed(c.w, "visit", v.Number, v.Saved, func(n *node) (string, error) { return n.ticketState(v.Number) }, func(s string) bool { return slices.Contains(final, s) })
	}
}
