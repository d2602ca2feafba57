package screen

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// DisclosureStep is a step of a request as the page sends it. Request is made once for each intent.
type DisclosureStep struct {
	Request string `json:"request"`
	Number  string `json:"number"`
	// Step is "correction_asked", "corrected", "extended", "consulted", "heard", "charged", "paid", "reasons_asked" or "answered".
	Step string `json:"step"`
	// Whom of "consulted": "third_party" or "agency".
	Whom string `json:"whom"`
	// Basis of "charged": "items" or "pages"; Pages those of A4, Month which request of the month it is.
	Basis string `json:"basis"`
	Pages int    `json:"pages"`
	Month int    `json:"month"`
	// Outcome and Earlier of "answered".
	Outcome string `json:"outcome"`
	Earlier string `json:"earlier"`
	// Excused of "corrected" that comes after its last day: there is a good reason.
	Excused bool `json:"excused"`
	// Words of "correction_asked", "corrected" and "answered".
	Words intake.Personal `json:"words"`
}

// StepDisclosure notes a step of a request and gives it as it stands then. A repeated request
// changes nothing. Refusals: those of OpenDisclosure but for the purpose, and of disclosure.Do.
func (c *Counter) StepDisclosure(s DisclosureStep) (DisclosurePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return DisclosurePage{}, err
	}
	if s.Request == "" || len(s.Request) > 64 {
		return DisclosurePage{}, event.RequestUnusable
	}
	// What was answered before is answered again, also when the request has moved on since. Only its
	// number is kept with it: what it says of a person is read with its key each time.
	request, number := "disclosure:"+s.Request, ""
	known := false
	err := c.m.Book.Write(context.Background(), func(tx Tx) (err error) {
		known, err = answered(tx, request, &number)
		return err
	})
	if err != nil {
		return DisclosurePage{}, err
	}
	o, err := c.findDisclosure(s.Number)
	if err != nil {
		return DisclosurePage{}, err
	}
	if known {
		return c.readDisclosure(o)
	}
	do, err := c.stepWish(s)
	if err != nil {
		return DisclosurePage{}, err
	}
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, request, &number, func() error {
			step, no := do.Decide(o.Case, c.m.Calendar, hall.DateOf(do.NowMS))
			if no != nil {
				return no
			}
			if err := step.Seal(do.Kind, do.Words, o.key, rand.Reader); err != nil {
				return err
			}
			e, _, err := tx.Append(do.Kind, step)
			if err == nil {
				number = o.Number
				o.Case, err = disclosure.Fold(o.Case, e)
			}
			return err
		})
	})
	if err != nil {
		return DisclosurePage{}, err
	}
	return c.readDisclosure(o)
}

// stepWish turns what the page sends into the wish that is decided. The earlier request that an
// answer names is looked up: it has to be answered itself.
func (c *Counter) stepWish(s DisclosureStep) (disclosure.Do, error) {
	do := disclosure.Do{Kind: event.Kind("disclosure." + s.Step), Whom: s.Whom, Basis: disclosure.Basis(s.Basis), Pages: s.Pages, Nth: s.Month, Outcome: disclosure.Outcome(s.Outcome), Earlier: s.Earlier, Excused: s.Excused,
		Words: intake.Personal(strings.TrimSpace(string(s.Words))), Window: c.window, Clerk: c.clerk.ID, Request: s.Request, NowMS: c.m.Book.Now()}
	if do.Outcome != disclosure.OutcomeRepeat || strings.TrimSpace(s.Earlier) == "" {
		return do, nil
	}
	switch e, err := c.findDisclosure(s.Earlier); {
	case errors.Is(err, event.CaseElsewhere), errors.Is(err, event.CaseErased): // it was, and nobody can look here
	case err != nil:
		return do, err
	case e.AnsweredOn() == "":
		return do, event.StepMissing.With("step", "earlier").With("number", e.Number)
	default:
		do.EarlierOn = e.AnsweredOn()
	}
	return do, nil
}

// PrintDisclosure prints a paper of a request: "receipt", or "notice" for the one that tells where
// it stands. That it was printed is noted before. It gives the document's number. Refusals: those
// of OpenDisclosure, CaseState where there is nothing to tell, PrinterFailed (args reason).
func (c *Counter) PrintDisclosure(number, kind string) (string, error) {
	d, err := c.disclosureDocument(number, kind)
	if err != nil {
		return "", err
	}
	// The window goes on while a printer takes its time.
	c.printing.Lock()
	defer c.printing.Unlock()
	return d.Number(), c.m.Documents.Print(context.Background(), d)
}

// disclosureDocument makes a document and notes that it is printed.
func (c *Counter) disclosureDocument(number, kind string) (d intake.Document, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err := c.ready(); {
	case err != nil:
		return d, err
	case kind != disclosure.PaperReceipt && kind != disclosure.PaperNotice:
		return d, event.RequestUnusable.With("field", "kind")
	case c.m.Documents == nil:
		return d, event.PrinterFailed.With("reason", "none")
	}
	o, err := c.findDisclosure(number)
	if err != nil {
		return d, err
	}
	p, err := c.readDisclosure(o)
	if err != nil {
		return d, err
	}
	today := hall.DateOf(c.m.Book.Now())
	s := o.Stands(c.m.Calendar, today)
	written, there := o.Document(kind, s, p.Asked, p.Words)
	if !there {
		return d, event.CaseState.With("state", string(s.State))
	}
	d = intake.Document{Case: o.Number, Hall: c.m.place().HallName.Zh, Agency: o.Agency, Applicant: p.Name, DocumentType: o.DocumentType, DocumentNumber: p.DocumentNumber, Taken: o.Day, Date: today,
		Window: string(c.window), Clerk: c.clerk.Name, Written: &written}
	for _, a := range c.m.Guides.Now().Departments() {
		if a.Name == o.Agency {
			d.Phone = a.Phone
		}
	}
	return d, c.noteDisclosure(disclosure.KindDocument, o, d.Number())
}
