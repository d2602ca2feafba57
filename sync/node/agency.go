package node

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/badge"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/centre"
)

// agencies lets officers work on the applications of their agency: those that were taken in its
// name, whatever became of the item since, and those of the items that name it as their
// department in the catalogue in force, for what was taken before that was noted and for an
// agency that took another's place.
type agencies struct {
	c     *Centre
	named *places
	list  *Officers
}

// SignIn gives the officer of a name, and tells whether the PIN is theirs.
func (a agencies) SignIn(id, pin string) (centre.Officer, bool) {
	o, known := a.list.Find(id)
	return centre.Officer{ID: o.ID, Name: o.Name, Agency: o.Agency, Appointments: o.Appointments}, known && badge.Check(pin, o.Verifier)
}

// items are the codes of what an agency handles.
func (a agencies) items(agency string) []hall.ItemCode {
	out := []hall.ItemCode{}
	for _, i := range a.named.in.Load().Items() {
		if agency != "" && i.Department == agency {
			out = append(out, hall.ItemCode(i.Code))
		}
	}
	return out
}

// Pending lists what an agency has to do.
func (a agencies) Pending(ctx context.Context, o centre.Officer) ([]centre.Pending, error) {
	if !a.still(o) {
		return nil, event.NotSignedIn
	}
	if o.Agency == "" { // who makes appointments alone
		return nil, nil
	}
	list, err := a.c.Store.PendingOf(ctx, o.Agency, a.items(o.Agency), centre.PendingMost)
	out := make([]centre.Pending, 0, len(list))
	for _, c := range list {
		out = append(out, a.pending(c))
	}
	return out, err
}

// Find gives one application of the agency.
func (a agencies) Find(ctx context.Context, o centre.Officer, number string) (centre.Pending, error) {
	c, err := a.find(ctx, o, number)
	if err != nil {
		return centre.Pending{}, err
	}
	return a.pending(c), nil
}

// still tells that who signed in is on the list yet, for the same agency.
func (a agencies) still(o centre.Officer) bool {
	now, known := a.list.Find(o.ID)
	return known && now.Agency == o.Agency
}

func (a agencies) find(ctx context.Context, o centre.Officer, number string) (*intake.Case, error) {
	if !a.still(o) {
		return nil, event.NotSignedIn
	}
	c, err := a.c.Store.Numbered(ctx, strings.ToUpper(strings.TrimSpace(number)))
	if err == nil && (c == nil || !c.Known() || (o.Agency == "" || c.Department != o.Agency) && !slices.Contains(a.items(o.Agency), c.Item)) {
		err = event.CaseUnknown.With("number", number)
	}
	return c, err
}

// pending is an application as an officer sees it.
func (a agencies) pending(c *intake.Case) centre.Pending {
	now := a.c.Store.Now()
	today, calendar := hall.DateOf(now), a.c.Store.Calendar()
	due := calendar.Next(c, today)
	p := centre.Pending{Number: c.Number, Hall: c.Hall, Item: a.named.Item(c.Item), State: string(c.Standing()), What: due.What, Due: string(due.Day),
		Known: due.State == intake.TermKnown, Left: due.Left, TakenMS: c.AtMS, Absent: c.Status().Absent, Doubted: c.Doubted()}
	for _, m := range c.Unsettled() {
		said := cmp.Or(string(c.Checks[m.Ask].Outcome), "pending")
		p.Unproved = append(p.Unproved, centre.Unproved{Name: a.material(c, m.No), Said: said})
	}
	if p.Item.Zh == "" {
		p.Item.Zh = string(c.Item)
	}
	for _, s := range steps {
		d := s.deed
		// Whether it stands so; what goes with it the officer has yet to say.
		d.Request, d.NowMS, d.Why, d.Agency, d.Procedure, d.Lacks = "may", now, "?", "?", intake.Procedures[0], []intake.Lack{{No: 1, Name: "?"}}
		d.Receipt = "?"
		if _, no := d.Decide(c, calendar, today); no == nil {
			p.May = append(p.May, s.name)
		}
	}
	if c.Standing() == intake.Lodged {
		p.Materials = a.materials(c)
	}
	if c.Standing() == intake.HandedOut {
		p.What = "archive"
	}
	for _, n := range c.Steps {
		row := centre.Past{Kind: string(n.Kind), Outcome: string(n.Outcome), Procedure: n.Procedure, Agency: n.Agency, Receipt: n.Receipt, Day: string(n.Day), By: signed(n.Window, n.Clerk), Void: !c.Counts(&n)}
		if n.Fen > 0 {
			row.Amount = intake.Yuan(n.Fen)
		}
		p.History = append(p.History, row)
	}
	a.amended(c, &p)
	if charged, paid := c.Fee(); charged != nil && paid == nil {
		p.FeeOpen, p.FeeUntil = intake.Yuan(charged.Fen), string(charged.AnswerBy)
	}
	return p
}

// amended tells which fields were put right, by which two people, and of materials also how: no value
// of the person is among it.
func (a agencies) amended(c *intake.Case, p *centre.Pending) {
	for _, ch := range c.Amended() {
		if ch.State == intake.AmendWaiting {
			p.Amending = true
		}
		if ch.State != intake.AmendPassed {
			continue
		}
		p.Amended = true
		row := centre.Past{Kind: string(intake.KindAmendProposed), Field: string(ch.Field), Received: string(ch.Received), Day: string(hall.DateOf(ch.By.AtMS)),
			By: signed(ch.Window, ch.Clerk) + ", " + signed(ch.By.Window, ch.By.Clerk)}
		switch ch.Field {
		case intake.FieldMaterial:
			row.Material = a.material(c, ch.Material)
		case intake.FieldDue:
			row.Until = string(ch.Proposal.Day)
		}
		p.History = append(p.History, row)
	}
	slices.SortStableFunc(p.History, func(x, y centre.Past) int { return strings.Compare(x.Day, y.Day) })
}

// signed is who noted something, and where.
func signed(window hall.WindowID, clerk hall.ClerkID) string {
	return strings.TrimSpace(string(window) + " " + string(clerk))
}

// materials names what was handed in with an application.
func (a agencies) materials(c *intake.Case) (out []centre.Material) {
	for _, m := range c.Materials {
		out = append(out, centre.Material{No: m.No, Name: a.material(c, m.No)})
	}
	return out
}

// material names one of an application, by the guide in force.
func (a agencies) material(c *intake.Case, no int) string {
	if item, ok := a.named.in.Load().Item(guide.Code(c.Item)); ok {
		for _, g := range item.Materials {
			if g.No == no {
				return g.Name
			}
		}
	}
	return fmt.Sprintf("№ %d", no)
}

// steps are what officers may note, in the order in which they are offered. Handing out is the window's.
var steps = []struct {
	name string
	deed intake.Deed
}{
	{"accept", intake.Deed{Kind: intake.KindAccepted}},
	{"correct", intake.Deed{Kind: intake.KindAsked}},
	{"refuse", intake.Deed{Kind: intake.KindDeclined, Outcome: intake.Refused}},
	{"not_ours", intake.Deed{Kind: intake.KindDeclined, Outcome: intake.NotOurs}},
	{"resume", intake.Deed{Kind: intake.KindResumed}},
	{"grant", intake.Deed{Kind: intake.KindDecided, Outcome: intake.Granted}},
	{"deny", intake.Deed{Kind: intake.KindDecided, Outcome: intake.Denied}},
	{"return", intake.Deed{Kind: intake.KindDecided, Outcome: intake.Returned}},
	{"pass_on", intake.Deed{Kind: intake.KindDecided, Outcome: intake.PassedOn}},
	{"suspend", intake.Deed{Kind: intake.KindSuspended}},
	{"extend", intake.Deed{Kind: intake.KindExtended}},
	{"pay", intake.Deed{Kind: intake.KindPaid}},
	{"archive", intake.Deed{Kind: intake.KindArchived}},
}

// Note notes what an officer decided, in the centre's own chain; the hubs come for it.
func (a agencies) Note(ctx context.Context, o centre.Officer, wish centre.Deed) error {
	at := slices.IndexFunc(steps, func(s struct {
		name string
		deed intake.Deed
	}) bool {
		return s.name == wish.Step
	})
	if at < 0 || wish.Request == "" || len(wish.Request) > 64 {
		return event.RequestUnusable.With("field", "step")
	}
	known, err := a.find(ctx, o, wish.Number)
	if err != nil {
		return err
	}
	d := steps[at].deed
	d.Request, d.Clerk, d.Why, d.Agency, d.Procedure, d.Joint = wish.Request, hall.ClerkID(o.ID), intake.Personal(strings.TrimSpace(wish.Reason)), wish.Agency, wish.Procedure, wish.Joint
	d.Receipt = wish.Receipt
	for _, m := range a.materials(known) {
		if slices.Contains(wish.Lacks, m.No) {
			d.Lacks = append(d.Lacks, intake.Lack(m))
		}
	}
	key, noKey := a.c.Keys.Key(ctx, string(known.Application))
	switch {
	case d.Why == "" || noKey == nil:
	case errors.Is(noKey, keyring.ErrErased):
		return event.CaseErased.With("number", known.Number)
	case errors.Is(noKey, keyring.ErrNone):
		return event.CaseElsewhere.With("number", known.Number)
	default:
		return noKey
	}
	return a.c.Store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Application(known.Application)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(c.Steps, func(n intake.Noted) bool { return n.Request == wish.Request }) {
			return nil // the same form, sent twice
		}
		d.NowMS = a.c.Store.Now()
		s, no := d.Decide(c, a.c.Store.Calendar(), hall.DateOf(d.NowMS))
		if no != nil {
			return no
		}
		if err := s.SealWhy(d.Kind, d.Why, key, rand.Reader); err != nil {
			return fmt.Errorf("seal the reason: %w", err)
		}
		_, _, err = tx.Append(d.Kind, s)
		return err
	})
}
