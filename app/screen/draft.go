package screen

import (
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Drafts keep what a clerk has typed and not saved yet, so that a machine that dies in the middle of it
// costs nothing. A name is a visit's for its application, else that of a form, see draftName.
type Drafts interface {
	// Keep keeps a text; an empty one drops what was kept.
	Keep(name, text string) error
	Kept(name string) (string, error)
	// Retain drops all but those that goesOn tells to; keptMS is when one was kept.
	Retain(goesOn func(name string, keptMS int64) bool) error
}

// draftMost bounds a draft in bytes.
const draftMost = 32 << 10

// formIntake is the application of a visit, which belongs to the visit whoever is signed in. The
// others belong to their clerk: formDisclosure is a request for information with whoever is at the window,
// formNotes what is half written about ratings, requests and applications of others.
const (
	formIntake     = "intake"
	formDisclosure = "disclosure"
	formNotes      = "notes"
)

// formsKeptMS is how long a form of no visit is kept: over a weekend and some days, and not until
// somebody finds the machine years later.
const formsKeptMS = 7 * 24 * 60 * 60 * 1000

// KeepDraft keeps what the page has of a form, which is "intake", "disclosure" or "notes", with the
// visit at this window, empty where nobody is there; what the text means is the page's business. It
// is on the disk, sealed, when KeepDraft returns; an empty text drops it. Refusals: NotSignedIn, WindowClosed, NoTicket
// where another visit is here, RequestUnusable.
func (c *Counter) KeepDraft(form, ticket, text string) error {
	name, err := c.draftName(form, ticket)
	switch {
	case err != nil:
		return err
	case len(text) > draftMost, c.m.Drafts == nil:
		return event.RequestUnusable
	}
	return c.m.Drafts.Keep(name, text)
}

// Draft gives what was kept of a form; empty when nothing was, or when it was another clerk's. Refusals:
// those of KeepDraft.
func (c *Counter) Draft(form, ticket string) (string, error) {
	name, err := c.draftName(form, ticket)
	if err != nil || c.m.Drafts == nil {
		return "", err
	}
	return c.m.Drafts.Kept(name)
}

// draftName names what is kept of a form: a visit's application by its ticket, what a clerk
// writes by "form/clerk/ticket".
func (c *Counter) draftName(form, ticket string) (string, error) {
	c.mu.Lock()
	err, clerk, window := c.ready(), c.clerk.ID, c.window
	c.mu.Unlock()
	if err != nil {
		return "", err
	}
	if !slices.Contains([]string{formIntake, formDisclosure, formNotes}, form) {
		return "", event.RequestUnusable.With("field", "form")
	}
	here, serving := c.visitAt(window)
	switch {
	case form == formNotes: // of no visit
		here = ""
	case form == formIntake && !serving:
		return "", event.NoTicket
	}
	if string(here) != ticket {
		return "", event.NoTicket
	}
	if form == formIntake {
		return ticket, nil
	}
	return clerksDraft(form, clerk, here), nil
}

func clerksDraft(form string, clerk hall.ClerkID, ticket hall.TicketID) string {
	return strings.Join([]string{form, string(clerk), string(ticket)}, "/")
}

// visitAt is the visit at a window, empty for none, and whether it has begun.
func (c *Counter) visitAt(window hall.WindowID) (id hall.TicketID, serving bool) {
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		if t := h.AtWindow(window); t != nil {
			id, serving = t.Ticket, t.State == hall.Serving
		}
	})
	return id, serving
}

// dropDraft drops the clerk's form of what has just been noted. The page drops it too; a machine that dies in
// between shall not offer again what is done.
func (c *Counter) dropDraft(form string) error {
	if c.m.Drafts == nil {
		return nil
	}
	here, _ := c.visitAt(c.window)
	return c.m.Drafts.Keep(clerksDraft(form, c.clerk.ID, here), "")
}

// DropDrafts drops the drafts of visits that have ended or wait again, and old ones of no visit.
func (m *Machine) DropDrafts() error {
	if m.Drafts == nil {
		return nil
	}
	return m.Drafts.Retain(func(name string, keptMS int64) bool {
		ticket := name[strings.LastIndexByte(name, '/')+1:]
		if ticket == "" {
			return m.Book.Now() < keptMS+formsKeptMS
		}
		return m.VisitGoesOn(hall.TicketID(ticket))
	})
}

// VisitGoesOn tells that a visit is at a window or comes back to one: what is kept of it is still needed.
func (m *Machine) VisitGoesOn(id hall.TicketID) (goesOn bool) {
	m.Book.View(m.Hall, func(h *hall.Hall) {
		t := h.Ticket(id)
		goesOn = t != nil && (t.State == hall.CalledS || t.State == hall.Serving || t.State == hall.Parked)
	})
	return goesOn
}
