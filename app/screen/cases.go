package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// CasePage is an application as a clerk reads it, with the person.
type CasePage struct {
	Number string `json:"number"`
	Code   string `json:"code"`
	Item   Text   `json:"item"`
	// State is a word of intake.State: "accepted", "correction", "suspended", "granted" ...
	State string `json:"state"`
	// DueDate is the next day that binds the office, AnswerBy the last one for what is still to be
	// brought; dates, or empty.
	DueDate  string `json:"dueDate"`
	AnswerBy string `json:"answerBy"`
	// What is due: "accept", "bring", "decide", "deliver" or empty; Left the working days left, where
	// Known, 0 on the last day and below 0 afterwards.
	What  string `json:"what"`
	Known bool   `json:"known"`
	Left  int    `json:"left"`
	// May lists the steps that this window can note now, Steps what was noted, Extended that
	// its time was. Reason is why it was refused, denied or returned, Agency who takes it then.
	May      []string        `json:"may"`
	Steps    []CaseStep      `json:"steps"`
	Extended bool            `json:"extended"`
	Reason   intake.Personal `json:"reason"`
	Agency   string          `json:"agency"`
	TakenMS  int64           `json:"takenMs"`
	Window   string          `json:"window"`
	Rows     []CaseMaterial  `json:"rows"`
	// The person; DocumentType is as in Intake.
	Applicant      intake.Personal `json:"applicant"`
	DocumentType   string          `json:"documentType"`
	DocumentNumber intake.Personal `json:"documentNumber"`
	Phone          intake.Personal `json:"phone"`
	Note           intake.Personal `json:"note"`
	Agent          intake.Personal `json:"agent"`
	AgentNumber    intake.Personal `json:"agentNumber"`
	Representative intake.Personal `json:"representative"`
	Address        intake.Personal `json:"address"`
	// Amendments are all that was proposed to be put right, in its order. Amend tells that something can be.
	Amendments []CaseAmendment `json:"amendments"`
	Amend      bool            `json:"amend"`
	Fee        CaseFee         `json:"fee"`
	// Alone tells that the hub was away: what other windows noted of it is not known here.
	Alone bool `json:"alone"`
	// Disputed tells that what was noted of this application contradicts itself (see intake.Case.Doubted).
	Disputed bool `json:"disputed"`
	// Scans are what is attached to it, in the order in which that was done; Signed tells that the receipt of the
	// decision was signed on the pad.
	Scans  []CaseScan `json:"scans"`
	Signed bool       `json:"signed"`
}

// CaseMaterial is a material of an application: State is as in MaterialRow, by now, or "supplied" for one
// that was brought afterwards, at SuppliedMS. Check tells of one that is to be verified what shared data has
// said: "pending" for nothing yet, "not_found", "mismatch"; Set names the data set that a material stands on.
type CaseMaterial struct {
	No         int    `json:"no"`
	Name       string `json:"name"`
	State      string `json:"state"`
	SuppliedMS int64  `json:"suppliedMs"`
	Check      string `json:"check"`
	Set        Text   `json:"set"`
}

// opened is an application with its key, as the hall or this counter knows it.
type opened struct {
	*intake.Case
	key   sealed.Key
	scans map[intake.ScanID]Saved // where the hub knows them to be
	alone bool
}

// OpenCase shows an application of the hall to a clerk who says what for: "supply",
// "withdraw", "ask", "correct", "answer" (whether it is accepted) or "deliver". That it was opened is noted before anything is shown.
// Refusals: NotSignedIn, WindowClosed, FieldMissing (args field: number, purpose), CaseUnknown,
// CaseErased, CaseElsewhere where only the hub, which is away, knows it.
func (c *Counter) OpenCase(number, purpose string) (CasePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err := c.ready(); {
	case err != nil:
		return CasePage{}, err
	case strings.TrimSpace(number) == "":
		return CasePage{}, event.FieldMissing.With("field", "number")
	case !slices.Contains(intake.Purposes, purpose):
		return CasePage{}, event.FieldMissing.With("field", "purpose")
	}
	o, who, err := c.read(number)
	if err == nil {
		err = c.note(intake.KindOpened, o, purpose)
	}
	if err != nil {
		return CasePage{}, err
	}
	p := c.casePage(o)
	if p.Reason, err = whyOf(o, who); err != nil {
		return CasePage{}, err
	}
	if p.Scans, err = c.caseScans(o, o.Attached()); err != nil {
		return CasePage{}, err
	}
	c.reading = o.Application
	p.Applicant, p.DocumentNumber, p.Phone, p.Note = who.Applicant, who.DocumentNumber, who.Phone, who.Note
	p.Agent, p.AgentNumber, p.Representative, p.Address = who.Agent, who.AgentNumber, who.Representative, who.Address
	if p.Amendments, err = c.amendments(o, p.Rows); err != nil {
		return CasePage{}, err
	}
	return p, nil
}

// read finds an application and opens what it says of the person.
func (c *Counter) read(number string) (o opened, who intake.Person, err error) {
	if o, err = c.find(number); err != nil {
		return o, who, err
	}
	if who, err = o.Person(o.key); err != nil {
		err = fmt.Errorf("%w: %w", event.CaseElsewhere.With("number", o.Number), err)
	}
	return o, who, err
}

// note notes what a clerk did with an application that changes nothing of it.
func (c *Counter) note(kind event.Kind, o opened, reason string) error {
	return c.m.Book.Write(context.Background(), func(tx Tx) error {
		_, _, err := tx.Append(kind, intake.Later{Application: o.Application, Reason: reason, Window: c.window, Clerk: c.clerk.ID, AtMS: c.m.Book.Now()})
		return err
	})
}

// find looks an application up where everything of it is known, and else here: the hub may
// be away, gather, or lack what this counter has only just noted.
func (c *Counter) find(number string) (o opened, err error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	o.Case, o.key, o.scans, err = c.m.Hub.Case(context.Background(), number)
	if err == nil { // with what was noted here, which the hub may not have got yet
		err = c.m.Book.Write(context.Background(), func(tx Tx) error {
			own, err := tx.Application(o.Application)
			o.Case = o.Join(own)
			return err
		})
		return o, err
	}
	if errors.Is(err, event.CaseErased) || errors.Is(err, event.CaseTwice) {
		return o, err
	}
	own, here := c.m.Book.Numbered(context.Background(), number)
	if here != nil {
		return o, here
	}
	if own == nil || !own.Known() {
		if errors.Is(err, event.HubUnreachable) || errors.Is(err, event.HubGathers) {
			err = event.CaseElsewhere.With("number", number)
		}
		return o, err
	}
	key, here := c.m.Book.CaseKey(context.Background(), own.Application)
	return opened{Case: own, key: key, alone: true}, here
}

func (c *Counter) casePage(o opened) CasePage {
	s := c.m.Calendar.Status(o.Case)
	p := CasePage{Number: s.Number, Code: string(s.Item), Item: c.m.itemName(s.Item), State: string(s.State), DueDate: string(s.DueDate), AnswerBy: string(s.AnswerBy),
		TakenMS: s.TakenMS, Window: string(o.Window), DocumentType: string(o.Showing()), Amend: o.Standing() != intake.Archived, Amendments: []CaseAmendment{}, Fee: c.fee(o), Alone: o.alone, Disputed: o.Doubted(), Rows: []CaseMaterial{},
		Scans: []CaseScan{}, Signed: o.Signed() != nil, Agency: s.Agency, Extended: o.Extension() != nil}
	c.steps(o, &p)
	names := map[int]string{}
	if item, ok := c.m.Guides.Now().Item(guide.Code(s.Item)); ok {
		for _, m := range item.Materials {
			names[m.No] = m.Name
		}
	}
	lacking, told := o.Lacking()
	for n, no := range lacking { // as they were told on that day
		names[no] = told[n]
	}
	for _, m := range o.Materials {
		row := CaseMaterial{No: m.No, Name: names[m.No], State: string(o.Holding(m))}
		if row.Name == "" {
			row.Name = fmt.Sprintf("№ %d", m.No)
		}
		if at, came := o.Supplied[m.No]; came && row.State == string(intake.Brought) {
			row.State, row.SuppliedMS = "supplied", at
		}
		check, id := o.checked(m.No)
		if set, ok := c.m.Guides.Now().DataSet(id); ok {
			row.Set = text(set.Name, set.NameEn)
		}
		row.Check = check
		p.Rows = append(p.Rows, row)
	}
	return p
}

// SupplyCase notes that materials of an application were brought afterwards, and gives it
// as it stands then. A repeated request changes nothing. Refusals: those of OpenCase,
// CaseState (args state), CaseLate (args by), FieldMissing (args field: materials).
func (c *Counter) SupplyCase(request, number string, materials []int) (IntakeResult, error) {
	return c.later(request, number, intake.KindSupplied, func(o opened, now int64) (any, *event.Refusal) {
		item, _ := c.m.Guides.Now().Item(guide.Code(o.Item))
		return intake.Supply{Materials: materials, Window: c.window, Clerk: c.clerk.ID, Request: request, NowMS: now}.Decide(o.Case, item, c.m.Calendar, hall.DateOf(now))
	})
}

// WithdrawCase notes that the citizen takes an application back. Refusals: those of
// OpenCase, CaseState (args state).
func (c *Counter) WithdrawCase(request, number string) (IntakeResult, error) {
	return c.later(request, number, intake.KindWithdrawn, func(o opened, now int64) (any, *event.Refusal) {
		return o.Withdraw("", c.window, c.clerk.ID, request, now)
	})
}

// later decides and notes what comes after an application was taken.
func (c *Counter) later(request, number string, kind event.Kind, decide func(o opened, now int64) (any, *event.Refusal)) (IntakeResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return IntakeResult{}, err
	}
	if request == "" || len(request) > 64 {
		return IntakeResult{}, event.RequestUnusable
	}
	request = "case:" + request
	var result IntakeResult
	known := false
	// What was answered before is answered again, also when the application has moved on since.
	err := c.m.Book.Write(context.Background(), func(tx Tx) (err error) {
		known, err = answered(tx, request, &result)
		return err
	})
	if err != nil || known {
		return result, err
	}
	o, err := c.find(number)
	if err != nil {
		return result, err
	}
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, request, &result, func() error {
			l, no := decide(o, c.m.Book.Now())
			if no != nil {
				return no
			}
			e, _, err := tx.Append(kind, l)
			if err != nil {
				return err
			}
			after, err := intake.Fold(o.Case, e)
			if err == nil {
				result = intakeResult(c.m.Calendar.Status(after))
			}
			return err
		})
	})
	return result, err
}

// PrintDocument prints a document of an application: kind is "receipt" for what was received,
// "notice" for the one that tells where it stands, "extension", "decision", or "delivery" for
// the proof that is signed (送达回证), "fee" for what has to be paid. That it was printed is noted before.
// It gives the document's number. Refusals: those of OpenCase, PrinterFailed (args reason).
func (c *Counter) PrintDocument(number, kind string) (string, error) {
	d, err := c.noteDocument(number, kind)
	if err != nil {
		return "", err
	}
	// The window goes on while a printer takes its time.
	c.printing.Lock()
	defer c.printing.Unlock()
	return d.Number(), c.m.Documents.Print(context.Background(), d)
}

// noteDocument makes a document and notes that it is printed.
func (c *Counter) noteDocument(number, kind string) (d intake.Document, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err := c.ready(); {
	case err != nil:
		return d, err
	case !slices.Contains([]string{"receipt", "notice", "extension", "decision", "delivery", "fee"}, kind):
		return d, event.RequestUnusable.With("field", "kind")
	case c.m.Documents == nil:
		return d, event.PrinterFailed.With("reason", "none")
	}
	o, who, err := c.read(number)
	if err != nil {
		return d, err
	}
	if d, err = c.document(o, who, kind); err != nil {
		return d, err
	}
	return d, c.note(intake.KindDocument, o, d.Number())
}

// document fills in what stands on a document of an application.
func (c *Counter) document(o opened, who intake.Person, kind string) (intake.Document, error) {
	s, page := c.m.Calendar.Status(o.Case), c.casePage(o)
	d := intake.Document{Kind: intake.DocumentOf(s.State), Case: s.Number, Item: page.Item.Zh, Applicant: who.Applicant, DocumentType: o.Showing(), DocumentNumber: who.DocumentNumber, Agent: who.Agent, Representative: who.Representative, Edition: o.Edition(),
		State: s.State, Taken: hall.DateOf(s.TakenMS), Date: hall.DateOf(c.m.Book.Now()), Due: s.DueDate, AnswerBy: s.AnswerBy, Window: string(c.window), Clerk: c.clerk.Name, Hall: c.m.place().HallName.Zh}
	if o.WithdrawnMS != 0 {
		d.Withdrawn = hall.DateOf(o.WithdrawnMS)
	}
	if item, ok := c.m.Guides.Now().Item(guide.Code(s.Item)); ok {
		d.Agency, d.Phone = item.Department, item.ConsultPhone
	}
	for _, r := range page.Rows {
		state := intake.Received(r.State)
		if r.State == "supplied" {
			state = intake.Brought
		}
		d.Rows = append(d.Rows, intake.DocumentRow{Name: r.Name, State: state})
	}
	d, err := c.stepDocument(o, who, kind, d)
	if d.Kind == intake.PaperFee {
		d.Edition += o.Charges() - 1 // each notice takes the place of the one before
	}
	d.Replaces = o.Replaced(d)
	return d, err
}
