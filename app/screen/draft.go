package screen

import (
	"onewindow/app/event"
	"onewindow/app/hall"
)

// Drafts keep what a clerk has typed of an application that is not taken yet, so that a
// machine that dies in the middle of it costs nothing.
type Drafts interface {
	Keep(ticket hall.TicketID, text string) error
	Kept(ticket hall.TicketID) (string, error)
	Retain(goesOn func(hall.TicketID) bool) error
}

// draftMost bounds a draft in bytes.
const draftMost = 32 << 10

// KeepDraft keeps what the page has of the visit at this window; what it means is the
// page's business. It is on the disk, sealed, when KeepDraft returns. Refusals:
// NotSignedIn, WindowClosed, NoTicket, RequestUnusable.
func (c *Counter) KeepDraft(ticket, text string) error {
	id, err := c.drafting()
	switch {
	case err != nil:
		return err
	case string(id) != ticket:
		return event.NoTicket
	case len(text) > draftMost, c.m.Drafts == nil:
		return event.RequestUnusable
	}
	return c.m.Drafts.Keep(id, text)
}

// Draft gives what was kept of the visit at this window; empty when nothing was.
// Refusals: NotSignedIn, WindowClosed, NoTicket.
func (c *Counter) Draft() (string, error) {
	id, err := c.drafting()
	if err != nil || c.m.Drafts == nil {
		return "", err
	}
	return c.m.Drafts.Kept(id)
}

// drafting is the visit at this window.
func (c *Counter) drafting() (id hall.TicketID, err error) {
	c.mu.Lock()
	err = c.ready()
	window := c.window
	c.mu.Unlock()
	if err != nil {
		return "", err
	}
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		if t := h.AtWindow(window); t != nil && t.State == hall.Serving {
			id = t.Ticket
		}
	})
	if id == "" {
		return "", event.NoTicket
	}
	return id, nil
}

// DropDrafts drops the drafts of visits that have ended or wait again.
func (m *Machine) DropDrafts() error {
	if m.Drafts == nil {
		return nil
	}
	return m.Drafts.Retain(m.VisitGoesOn)
}

// VisitGoesOn tells that a visit is at a window or comes back to one: what is kept of it is still needed.
func (m *Machine) VisitGoesOn(id hall.TicketID) (goesOn bool) {
	m.Book.View(m.Hall, func(h *hall.Hall) {
		t := h.Ticket(id)
		goesOn = t != nil && (t.State == hall.CalledS || t.State == hall.Serving || t.State == hall.Parked)
	})
	return goesOn
}
