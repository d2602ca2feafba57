package core

import (
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Call decides the next ticket of a window, inside the commit that notes it: the
// allocator. The same request gets the same event for ever: the grant itself carries
// it. A refusal stands in the grant; an error is the disk's.
func (tx *Tx) Call(place hall.ID, c hall.Call) (g wire.Grant, err error) {
	if !tx.n.ready {
		return wire.Grant{Refuse: event.HubGathers}, nil
	}
	h := tx.Hall(place)
	if id, ticket, known := h.Granted(c.Request); known && !event.Broken("forgets-requests") {
		if g.Event, err = tx.body(id); err == nil {
			g.Ticket, err = tx.Source(place, ticket)
		}
		return g, err
	}
	if g, known, err := tx.grantedLongAgo(place, c.Request); known || err != nil {
		return g, err
	}
	called, no := h.Call(c, tx.now())
	if no != nil {
		return wire.Grant{Refuse: no}, nil
	}
	if before := called.Before; before != nil {
		if _, _, err = tx.Append(before.Kind, before.Moved); err != nil {
			return g, err
		}
	}
	if g.Ticket, err = tx.Source(place, called.Ticket); err != nil {
		return g, err
	}
	if g.Steps, err = tx.steps(h.Ticket(called.Ticket)); err != nil {
		return g, err
	}
	if _, g.Event, err = tx.Append(hall.KindCalled, called.Called); err == nil {
		tx.Rows[len(tx.Rows)-1].Request = c.Request
	}
	return g, err
}

// steps gives the events of what was noted of a ticket so far.
func (tx *Tx) steps(t *hall.Ticket) (out [][]byte, err error) {
	for _, s := range t.Steps {
		id, err := event.ParseID(s.By)
		if err != nil {
			continue
		}
		body, err := tx.body(id)
		if err != nil {
			return nil, err
		}
		if body != nil {
			out = append(out, body)
		}
	}
	return out, nil
}

// grantedLongAgo finds a call in the log whose ticket memory has forgotten: a request may
// come again days later.
func (tx *Tx) grantedLongAgo(place hall.ID, request string) (g wire.Grant, known bool, err error) {
	if request == "" || event.Broken("forgets-requests") {
		return g, false, nil
	}
	if g.Event, err = tx.disk.Granted(request); err != nil {
		return g, false, tx.fail(fmt.Errorf("look up the call: %w", err))
	}
	if g.Event == nil {
		return g, false, nil
	}
	e, err := event.Decode(g.Event)
	if err != nil {
		return g, false, fmt.Errorf("read the call: %w", err)
	}
	called, err := hall.ReadCalled(e)
	if err == nil {
		g.Ticket, err = tx.Source(place, called.Ticket)
	}
	return g, true, err
}

// Block decides a block of display numbers for a device, inside the commit that
// notes it. The same request gets the same event.
func (tx *Tx) Block(place hall.ID, a wire.BlockAsk) (g wire.Grant, err error) {
	if a.Request == "" || !a.Origin.Valid() || a.Date == "" || a.Service == "" {
		return wire.Grant{Refuse: event.RequestUnusable}, nil
	}
	if !tx.n.ready || a.Life != tx.n.epoch {
		return wire.Grant{Refuse: event.HubGathers}, nil // what the device knows has not been heard
	}
	request := "block:" + a.Request
	before, known, err := tx.Answered(request)
	if err != nil {
		return g, fmt.Errorf("look up the request: %w", err)
	}
	if known {
		return wire.Grant{Event: before}, nil
	}
	b := tx.Hall(place).Lease(a.Request, tx.n.reign, a.Origin, a.Epoch, hall.Date(a.Date), hall.Letter(a.Service), tx.n.livedBefore() && hall.Date(a.Date) <= tx.n.readyOn)
	if _, g.Event, err = tx.Append(hall.KindBlockLeased, b); err != nil {
		return g, err
	}
	return g, tx.Answer(request, g.Event)
}

// Book decides an appointment inside the commit that notes it. The same wish gets the same
// event, also of the hub that leads after another one.
func (tx *Tx) Book(place hall.ID, b hall.Book) (g wire.Grant, err error) {
	if !tx.n.ready {
		return wire.Grant{Refuse: event.HubGathers}, nil
	}
	request := "book:" + b.Appointment
	g.Event, g.Known, err = tx.Answered(request)
	if err != nil {
		return g, fmt.Errorf("look up the request: %w", err)
	}
	if g.Known {
		return g, nil
	}
	h := tx.Hall(place)
	if id, err := event.ParseID(h.BookedBy(b.Appointment)[0]); err == nil {
		g.Known = true
		g.Event, err = tx.body(id)
		return g, err
	}
	f, no := h.Book(b, tx.now())
	if no != nil {
		return wire.Grant{Refuse: no}, nil
	}
	if _, g.Event, err = tx.Append(hall.KindBooked, f); err != nil {
		return g, err
	}
	return g, tx.Answer(request, g.Event)
}

// Unbook notes that an appointment is given up, where whoever wants it cannot note it
// themselves. What was given up before stays so.
func (tx *Tx) Unbook(place hall.ID, id string) (g wire.Grant, err error) {
	if !tx.n.ready {
		return wire.Grant{Refuse: event.HubGathers}, nil
	}
	h := tx.Hall(place)
	f, no := h.Unbook(id, tx.now())
	if no != nil {
		return wire.Grant{Refuse: no}, nil
	}
	if b, _ := h.Booking(id); b.Cancelled {
		return wire.Grant{Known: true}, nil
	}
	_, g.Event, err = tx.Append(hall.KindUnbooked, f)
	return g, err
}
