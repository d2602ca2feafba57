//go:build bench

package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

// Shape of the days that are drained: tickets a day, windows, and how visits go,
// rounded from the model hall's day.
const (
	ticketsADay = 3189
	dayWindows  = 72
	doorsOpenMS = int64(8.75 * 3600 * 1000)
	missShare   = 0.05
	recallShare = 0.12
	meanVisitMS = 9 * 60_000
	visitSigma  = 0.7
)

// days fills a store with the events of whole days: tickets, calls, recalls,
// starts, no-shows and ends in the order in which they happen, decided by the
// same rules as in a hall.
type days struct {
	hall    hall.ID
	store   *store.Store
	clock   *clock
	rng     *rand.Rand
	want    int
	noted   int
	windows []dayWindow
}

// dayWindow is a window and what happens there next.
type dayWindow struct {
	id      hall.WindowID
	service hall.Letter
	at      int64
	next    event.Kind
	items   []hall.ItemCode
}

// fillDays notes events until the store's own chain has exactly want of them.
func fillDays(s *store.Store, c *clock, want int) error {
	d := &days{hall: hall.ID(s.Origin().Hall()), store: s, clock: c, rng: rand.New(rand.NewPCG(1, 2)), want: want, noted: 1}
	for i := range dayWindows {
		l := letters[i%len(letters)]
		d.windows = append(d.windows, dayWindow{id: hall.WindowID(fmt.Sprintf("%c%02d", l, i+1)), service: hall.Letter(l), next: hall.KindCalled})
	}
	opened := c.now()
	for n := 0; d.noted < want; {
		err := s.Write(context.Background(), func(tx *store.Tx) error {
			for range 100 {
				day, ticket := n/ticketsADay, n%ticketsADay
				c.to(opened + int64(day)*24*3600_000 + int64(ticket)*doorsOpenMS/ticketsADay)
				if err := d.arrive(tx); err != nil {
					return err
				}
				for i := range d.windows {
					if err := d.work(tx, &d.windows[i]); err != nil {
						return err
					}
				}
				n++
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("play days: %w", err)
		}
	}
	return nil
}

func (d *days) note(tx *store.Tx, kind event.Kind, fact any) error {
	if d.noted == d.want {
		return nil
	}
	d.noted++
	_, _, err := tx.Append(kind, fact)
	return err
}

func (d *days) arrive(tx *store.Tx) error {
	cmd := hall.Issue{Ticket: hall.TicketID(terminal.NewID(d.clock.now())), Origin: d.store.Origin(), Digit: 1,
		Service: hall.Letter(letters[d.rng.IntN(len(letters))]), Class: hall.WalkIn, Language: "zh", NowMS: d.clock.now()}
	if d.rng.Float64() < 0.06 {
		cmd.Class = hall.Priority
	}
	for n, p := 0, d.rng.Float64(); n == 0 || n < 4 && p > [...]float64{0, 0.66, 0.86, 0.95}[n]; n++ {
		cmd.Items = append(cmd.Items, hall.ItemCode(fmt.Sprintf("11330100MB0000001X4%03d711001%03d", d.rng.IntN(138), n)))
	}
	return d.note(tx, hall.KindIssued, tx.Hall(d.hall).Issue(cmd))
}

// work does what is due at a window.
func (d *days) work(tx *store.Tx, w *dayWindow) error {
	now := d.clock.now()
	if w.at > now || d.noted == d.want {
		return nil
	}
	h := tx.Hall(d.hall)
	clerk := hall.ClerkID("c-" + string(w.id))
	kind, fact, no := w.next, any(nil), error(nil)
	switch kind {
	case hall.KindCalled:
		f, refusal := h.Call(hall.Call{Request: terminal.NewID(now), Window: w.id, Clerk: clerk, Services: []hall.Letter{w.service}}, now)
		if refusal != nil {
			return nil // nobody waits
		}
		fact, w.items = f.Called, h.Ticket(f.Ticket).Items
		d.then(w, hall.KindStarted, 40_000)
		if d.rng.Float64() < recallShare {
			d.then(w, hall.KindRecalled, hall.RecallAfterMS)
		}
	case hall.KindRecalled:
		f, refusal := h.Recall(w.id, clerk, now)
		if refusal != nil {
			no = refusal
		}
		fact = f
		d.then(w, hall.KindStarted, 30_000)
		if d.rng.Float64() < missShare/recallShare {
			d.then(w, hall.KindMissed, hall.MissAfterMS)
		}
	case hall.KindMissed:
		f, refusal := h.Miss(w.id, clerk, now)
		if refusal != nil {
			no = refusal
		}
		fact = f
		d.then(w, hall.KindCalled, 5_000)
	case hall.KindStarted:
		f, refusal := h.Start(w.id, clerk, "scan", now)
		if refusal != nil {
			no = refusal
		}
		fact = f
		d.then(w, hall.KindFinished, int64(meanVisitMS*math.Exp(visitSigma*d.rng.NormFloat64()-visitSigma*visitSigma/2)))
	case hall.KindFinished:
		var ended []hall.Ending
		for _, i := range w.items {
			ended = append(ended, hall.Ending{Item: i, Outcome: hall.Accepted})
		}
		f, refusal := h.Finish(w.id, clerk, ended, now)
		if refusal != nil {
			no = refusal
		}
		fact = f
		d.then(w, hall.KindCalled, 15_000)
	}
	if no != nil {
		return fmt.Errorf("%s at %s: %w", kind, w.id, no)
	}
	return d.note(tx, kind, fact)
}

func (d *days) then(w *dayWindow, kind event.Kind, afterMS int64) {
	w.next, w.at = kind, d.clock.now()+afterMS
}
