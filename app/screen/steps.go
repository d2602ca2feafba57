package screen

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// CaseStep is something that was noted of an application after it was taken: Kind is "accepted",
// "declined", "deemed", "asked", "suspended", "resumed", "extended", "decided", "handed_out", "archived", "charged" or "paid".
type CaseStep struct {
	Kind      string `json:"kind"`
	Outcome   string `json:"outcome"`
	Procedure string `json:"procedure"`
	Day       string `json:"day"`
	Days      int    `json:"days"`
}

// DueCase is an application of the hall of which something is due soon or was; nothing personal.
type DueCase struct {
	Number string `json:"number"`
	Item   Text   `json:"item"`
	State  string `json:"state"`
	// What is "accept", "decide" or "deliver", Day until when, Left the working days left.
	What string `json:"what"`
	Day  string `json:"day"`
	Left int    `json:"left"`
}

// windowSteps are what a window may note; decisions are the agency's, at the centre.
var windowSteps = []struct {
	name string
	deed intake.Deed
}{
	{"accept", intake.Deed{Kind: intake.KindAccepted}},
	{"correct", intake.Deed{Kind: intake.KindAsked}},
	{"refuse", intake.Deed{Kind: intake.KindDeclined, Outcome: intake.Refused}},
	{"not_ours", intake.Deed{Kind: intake.KindDeclined, Outcome: intake.NotOurs}},
	{"hand_out", intake.Deed{Kind: intake.KindHandedOut, How: intake.WaySigned}},
}

// DueCases lists what is due in the hall, what is over longest first. Refusals: NotSignedIn,
// WindowClosed, HubUnreachable.
func (c *Counter) DueCases() ([]DueCase, error) {
	c.mu.Lock()
	err := c.ready()
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	list, err := c.m.Hub.Due(context.Background())
	out := make([]DueCase, 0, len(list))
	for _, d := range list {
		out = append(out, DueCase{Number: d.Number, Item: c.m.itemName(d.Item), State: string(d.State), What: d.What, Day: string(d.Day), Left: d.Left})
	}
	return out, err
}

// StepCase notes a step of an application: "accept", "correct" (materials: the numbers of what
// has to be brought), "refuse" (reason) or "not_ours" (agency) of one that was received, "hand_out" of a
// decision that was signed for. A repeated request changes nothing. Refusals: those of
// OpenCase, CaseState (args state), CaseLate (args by), FieldMissing (args field: reason,
// agency, materials).
func (c *Counter) StepCase(request, number, step, reason, agency string, materials []int) (IntakeResult, error) {
	for _, s := range windowSteps {
		if s.name != step {
			continue
		}
		d := s.deed
		d.Why, d.Agency = intake.Personal(reason), agency
		return c.later(request, number, d.Kind, func(o opened, now int64) (any, *event.Refusal) {
			d.Window, d.Clerk, d.Request, d.NowMS = c.window, c.clerk.ID, request, now
			d.Lacks = c.lacks(o, materials)
			f, no := d.Decide(o.Case, c.m.Calendar, hall.DateOf(now))
			if no == nil && f.SealWhy(d.Kind, d.Why, o.key, rand.Reader) != nil {
				no = event.Internal
			}
			return f, no
		})
	}
	return IntakeResult{}, event.RequestUnusable.With("field", "step")
}

// lacks names materials as the page of the application does.
func (c *Counter) lacks(o opened, materials []int) (list []intake.Lack) {
	for _, r := range c.casePage(o).Rows {
		if slices.Contains(materials, r.No) {
			list = append(list, intake.Lack{No: r.No, Name: r.Name})
		}
	}
	return list
}

// steps fills in what was noted of an application, what may be, and what is due.
func (c *Counter) steps(o opened, p *CasePage) {
	now := c.m.Book.Now()
	today := hall.DateOf(now)
	next := c.m.Calendar.Next(o.Case, today)
	p.What, p.Known, p.Left = next.What, next.State == intake.TermKnown, next.Left
	p.May, p.Steps = []string{}, []CaseStep{}
	for _, s := range windowSteps {
		d := s.deed
		d.Request, d.NowMS, d.Why, d.Agency, d.Lacks = "may", now, "?", "?", []intake.Lack{{No: 1, Name: "?"}} // whether it stands so; the rest is yet to be said
		if _, no := d.Decide(o.Case, c.m.Calendar, today); no == nil {
			p.May = append(p.May, s.name)
		}
	}
	for _, n := range o.Steps {
		p.Steps = append(p.Steps, CaseStep{Kind: string(n.Kind[len("application."):]), Outcome: string(n.Outcome), Procedure: n.Procedure, Day: string(n.Day), Days: n.Days})
	}
}

// answeredBy is the step that a refusal or a decision stands in; nil where it was said when it was taken.
func answeredBy(o opened) *intake.Noted {
	if s := o.Standing(); s == intake.Refused || s == intake.NotOurs {
		return o.Declined()
	}
	return o.Decision()
}

// whyOf opens why an application was refused, denied or returned.
func whyOf(o opened, who intake.Person) (intake.Personal, error) {
	n := answeredBy(o)
	if n == nil {
		return who.Reason, nil
	}
	why, err := n.Reason(o.key)
	if err != nil {
		return "", fmt.Errorf("%w: %w", event.CaseElsewhere.With("number", o.Number), err)
	}
	return why, nil
}

// stepDocument fills in what a document tells of steps, where the application has such a one.
func (c *Counter) stepDocument(o opened, who intake.Person, kind string, d intake.Document) (_ intake.Document, err error) {
	d.Deemed, d.Other = o.Deemed(), c.m.Calendar.Status(o.Case).Agency
	if item, ok := c.m.Guides.Now().Item(guide.Code(o.Item)); ok {
		d.Result = item.Result
	}
	of := answeredBy(o)
	switch kind {
	case "receipt":
		d.Kind = intake.PaperReceipt
	case "extension":
		d.Kind, of = intake.PaperExtension, o.Extension()
	case "decision":
		d.Kind, of = intake.PaperDecision, o.Decision()
	case "fee":
		d.Kind = intake.PaperFee
		if of, _ = o.Fee(); of != nil {
			d.Fen, d.Basis, d.Place, d.AnswerBy = of.Fen, of.Basis, of.Place, of.AnswerBy
		}
	case "delivery":
		d.Kind, of = intake.PaperDelivery, o.Decision()
	default:
		if d.Kind == intake.PaperProcedure {
			of = o.Procedure()
		}
	}
	if of == nil {
		if kind != "receipt" && kind != "notice" {
			return d, event.RequestUnusable.With("field", "kind")
		}
		d.Reason = who.Reason
		return d, nil
	}
	d.Step, d.Outcome, d.Procedure, d.Days = of.Day, of.Outcome, of.Procedure, of.Days
	if d.Reason, err = of.Reason(o.key); err != nil {
		return d, fmt.Errorf("%w: %w", event.CaseElsewhere.With("number", o.Number), err)
	}
	if d.Kind == intake.PaperDelivery {
		paper := d
		paper.Kind = intake.PaperDecision
		zh, _ := paper.Title()
		d.Paper, d.Step = zh+" "+paper.Number(), ""
		if out := o.HandedOut(); out != nil {
			d.Step = out.Day
		}
		c.signed(o, &d)
	}
	return d, nil
}

// signed puts the signature from the pad on the proof of delivery. Where it cannot be had now the proof has its
// empty line, and is signed on paper.
func (c *Counter) signed(o opened, d *intake.Document) {
	s := o.Signed()
	if s == nil || c.m.Scans == nil {
		return
	}
	if content, err := c.content(o, *s); err == nil {
		d.Signature, d.SignedOn = content, hall.DateOf(s.AtMS)
	}
}
