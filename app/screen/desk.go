package screen

import (
	"context"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// What a counter does with a visit besides the usual call, start and finish.

// CallNumber calls a certain ticket of today by its number, for a reason that is counted:
// somebody who waits, was parked, missed the call and stands there now, or was called to a
// window that is gone. The page makes request as for Next. Refusals: those of Next,
// TicketUnknown, TicketState (args state, number), ReasonMissing.
func (c *Counter) CallNumber(request, number, reason string) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.calls(); err != nil {
		return CounterPage{}, err
	}
	reason, no := reasonOf(reason)
	if no != nil {
		return CounterPage{}, no
	}
	var id hall.TicketID
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) { id, no = c.byNumber(h, number) })
	if no != nil {
		return CounterPage{}, no
	}
	return c.call(hall.Call{Request: request, Window: c.window, Clerk: c.clerk.ID, Services: c.services, Ticket: id, Reason: reason})
}

// mostReason bounds a reason, in bytes.
const mostReason = 200

func reasonOf(text string) (string, *event.Refusal) {
	switch text = strings.TrimSpace(text); {
	case text == "":
		return "", event.ReasonMissing
	case len(text) > mostReason:
		return "", event.RequestUnusable
	}
	return text, nil
}

// byNumber finds a ticket of today by what stands on its slip.
func (c *Counter) byNumber(h *hall.Hall, number string) (hall.TicketID, *event.Refusal) {
	n := hall.Number(strings.ToUpper(strings.TrimSpace(number)))
	if t := h.ByNumber(hall.DateOf(c.m.Book.Now()), n); t != nil {
		return t.Ticket, nil
	}
	return "", event.TicketUnknown.With("number", string(n))
}

// Park lets the person at the window go and fetch or fill in something for so many
// minutes; the window is free meanwhile. Refusals: NoTicket, TicketState, ReasonMissing,
// RequestUnusable.
func (c *Counter) Park(reason string, minutes int) (CounterPage, error) {
	reason, no := reasonOf(reason)
	if no != nil {
		return CounterPage{}, no
	}
	return c.move(hall.KindParked, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Park(c.window, c.clerk.ID, reason, now+int64(minutes)*60_000, now)
	})
}

// Resume goes on with a visit that was parked, also with the hub away: the person sits
// there. Refusals: StillServing, TicketUnknown, TicketState.
func (c *Counter) Resume(ticket string) (CounterPage, error) {
	return c.write(func(tx Tx) error {
		if c.awayIn(tx.Hall(c.m.Hall)) != nil {
			return event.WindowClosed
		}
		return c.resume(tx, hall.TicketID(ticket))
	})
}

func (c *Counter) resume(tx Tx, id hall.TicketID) error {
	resumed, started, no := tx.Hall(c.m.Hall).Resume(id, c.window, c.clerk.ID, c.m.hallNow())
	if no != nil {
		return no
	}
	if _, _, err := tx.Append(hall.KindResumed, resumed); err != nil {
		return err
	}
	_, _, err := tx.Append(hall.KindStarted, started)
	return err
}

// Pass lets the window's ticket wait in another queue or for another window, with the
// place that it has by its issue. Refusals: NoTicket, TicketState, ReasonMissing,
// ServiceUnknown, WindowUnknown.
func (c *Counter) Pass(w PassWish) (CounterPage, error) {
	p := hall.Pass{Service: hall.Letter(w.Letter), To: hall.WindowID(w.Window), Back: w.Back}
	var no *event.Refusal
	if p.Reason, no = reasonOf(w.Reason); no == nil {
		no = c.placeKnown(&p)
	}
	if no != nil {
		return CounterPage{}, no
	}
	return c.move(hall.KindPassed, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Pass(c.window, c.clerk.ID, p, now)
	})
}

// placeKnown checks where a ticket is passed to; a window alone names its area's queue.
func (c *Counter) placeKnown(p *hall.Pass) *event.Refusal {
	for _, a := range c.m.Guides.Now().AreasOf(guide.HallID(c.m.Hall)) {
		here := slices.Contains(a.Windows, string(p.To))
		if here && p.Service == "" {
			p.Service = hall.Letter(a.Letter)
		}
		if string(a.Letter) == string(p.Service) && (p.To == "" || here) {
			return nil
		}
	}
	if p.To != "" {
		return event.WindowUnknown.With("window", string(p.To))
	}
	return event.ServiceUnknown.With("service", string(p.Service))
}

// AddItems notes more items that the person at the window wants in the same visit.
// Refusals: NoTicket, TicketState, ItemUnknown, RequestUnusable.
func (c *Counter) AddItems(codes []string) (CounterPage, error) {
	var items []hall.ItemCode
	for _, code := range codes {
		if _, ok := c.m.Guides.Now().Item(guide.Code(code)); !ok {
			return CounterPage{}, event.ItemUnknown.With("code", code)
		}
		items = append(items, hall.ItemCode(code))
	}
	return c.move(hall.KindAdded, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Add(c.window, c.clerk.ID, items, now)
	})
}

// ComeBack lets somebody who missed the call and stands there wait again. Refusals:
// TicketUnknown, TicketState, BackOnce, BackLate.
func (c *Counter) ComeBack(number string) (CounterPage, error) {
	return c.moveNumber(hall.KindCameBack, number, (*hall.Hall).ComeBack)
}

// Cancel ends a ticket that its owner does not want any more. Refusals: TicketUnknown,
// TicketState.
func (c *Counter) Cancel(number string) (CounterPage, error) {
	return c.moveNumber(hall.KindCancelled, number, func(h *hall.Hall, id hall.TicketID, now int64) (hall.Moved, *event.Refusal) {
		m, no := h.Cancel(id, now)
		m.Clerk = c.clerk.ID
		return m, no
	})
}

// Withdraw ends a ticket that the hall cannot serve today; its slip is a return pass.
// Refusals: NotSignedIn, SupervisorOnly, TicketUnknown, TicketState, ReasonMissing.
func (c *Counter) Withdraw(number, reason string) (CounterPage, error) {
	reason, no := reasonOf(reason)
	if no != nil {
		return CounterPage{}, no
	}
	return c.told(func(tx Tx) error { // a supervisor has no window of their own
		h := tx.Hall(c.m.Hall)
		id, no := c.byNumber(h, number)
		if no != nil {
			return no
		}
		m, no := h.Withdraw(id, c.clerk.ID, reason, c.m.hallNow())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(hall.KindWithdrawn, m)
		return err
	})
}

// Merge takes a second slip of the person at the window into the visit under way, with
// its items. Refusals: NoTicket, TicketUnknown, TicketState.
func (c *Counter) Merge(number string) (CounterPage, error) {
	return c.write(func(tx Tx) error {
		id, no := c.byNumber(tx.Hall(c.m.Hall), number)
		if no != nil {
			return no
		}
		h := tx.Hall(c.m.Hall)
		into := h.AtWindow(c.window)
		if into == nil {
			return event.NoTicket
		}
		now := c.m.hallNow()
		m, no := h.Merge(id, into.Ticket, c.clerk.ID, now)
		if no != nil {
			return no
		}
		have := into.AllItems()
		more := slices.DeleteFunc(slices.Clone(h.Ticket(id).AllItems()), func(i hall.ItemCode) bool { return slices.Contains(have, i) })
		if _, _, err := tx.Append(hall.KindMerged, m); err != nil || len(more) == 0 {
			return err
		}
		add, no := h.Add(c.window, c.clerk.ID, more, now)
		if no != nil {
			return no
		}
		_, _, err := tx.Append(hall.KindAdded, add)
		return err
	})
}

// write is a commit of several steps by the clerk at an open window.
func (c *Counter) write(do func(Tx) error) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return CounterPage{}, err
	}
	if err := c.m.Book.Write(context.Background(), do); err != nil {
		return CounterPage{}, err
	}
	return c.page()
}

// moveNumber decides a step on a ticket that no window holds.
func (c *Counter) moveNumber(kind event.Kind, number string, decide func(h *hall.Hall, id hall.TicketID, nowMS int64) (hall.Moved, *event.Refusal)) (CounterPage, error) {
	return c.write(func(tx Tx) error {
		id, no := c.byNumber(tx.Hall(c.m.Hall), number)
		if no != nil {
			return no
		}
		m, no := decide(tx.Hall(c.m.Hall), id, c.m.hallNow())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(kind, m)
		return err
	})
}

// parked shapes the visits that are parked: this window's first, then those whose time is
// over first.
func (c *Counter) parked(h *hall.Hall) []ParkedVisit {
	out := []ParkedVisit{}
	for _, t := range h.Parked() {
		until, reason := t.ParkedUntil()
		out = append(out, ParkedVisit{Ticket: string(t.Ticket), Number: string(t.Number), Window: string(t.Window), Mine: t.Window == c.window, Reason: reason, UntilMS: until})
	}
	slices.SortStableFunc(out, func(a, b ParkedVisit) int {
		switch {
		case a.Mine != b.Mine && a.Mine:
			return -1
		case a.Mine != b.Mine:
			return 1
		}
		return int(a.UntilMS - b.UntilMS)
	})
	return out
}

// ComeBack lets a person whose number was called in vain wait again, behind those who are
// next: once, and within half an hour. Refusals: TicketUnknown, TicketState, BackOnce,
// BackLate.
func (k *Kiosk) ComeBack(ticket string) (TicketPage, error) {
	return k.change(ticket, hall.KindCameBack, (*hall.Hall).ComeBack)
}

// Cancel ends the ticket of a slip whose owner does not want it any more; whoever only
// knows a number ends nothing. Refusals: those of a code, TicketUnknown, TicketState.
func (k *Kiosk) Cancel(code string) (TicketPage, error) {
	f, _, err := k.m.slip(code)
	if err != nil {
		return TicketPage{}, err
	}
	return k.change(string(f.Ticket), hall.KindCancelled, (*hall.Hall).Cancel)
}

func (k *Kiosk) change(ticket string, kind event.Kind, decide func(*hall.Hall, hall.TicketID, int64) (hall.Moved, *event.Refusal)) (TicketPage, error) {
	k.visited(true)
	id := hall.TicketID(ticket)
	err := k.m.Book.Write(context.Background(), func(tx Tx) error {
		m, no := decide(tx.Hall(k.m.Hall), id, k.m.hallNow())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(kind, m)
		return err
	})
	if err != nil {
		return TicketPage{}, err
	}
	return k.page(id, "")
}

// parkedSlip tells that a slip is of a visit that was parked: the person is back.
func parkedSlip(h *hall.Hall, id hall.TicketID) bool {
	t := h.Ticket(id)
	return t != nil && t.State == hall.Parked
}

// PauseQueue lets nobody of a queue be called for some minutes: the agency's system is down, say.
// Tickets are given out all the same. Refusals: NotSignedIn, ReasonMissing, RequestUnusable,
// ServiceUnknown.
func (c *Counter) PauseQueue(letter, reason string, minutes int) (CounterPage, error) {
	reason, no := reasonOf(reason)
	if no != nil {
		return CounterPage{}, no
	}
	if _, ok := c.m.Guides.Now().AreaOf(guide.HallID(c.m.Hall), guide.Letter(letter)); !ok {
		return CounterPage{}, event.ServiceUnknown.With("service", letter)
	}
	return c.told(func(tx Tx) error {
		f, no := tx.Hall(c.m.Hall).PauseQueue(hall.Letter(letter), reason, minutes, c.window, c.clerk.ID, c.m.hallNow())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(hall.KindPaused, f)
		return err
	})
}

// ResumeQueue lets a queue be called again; one that is called is left alone. Refusal: NotSignedIn.
func (c *Counter) ResumeQueue(letter string) (CounterPage, error) {
	return c.told(func(tx Tx) error {
		f, paused := tx.Hall(c.m.Hall).ResumeQueue(hall.Letter(letter), c.clerk.ID, c.m.hallNow())
		if !paused {
			return nil
		}
		_, _, err := tx.Append(hall.KindUnpaused, f)
		return err
	})
}
