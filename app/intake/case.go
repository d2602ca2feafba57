package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Case is an application as the facts about it tell, in whatever order they came. Taken
// is empty as long as only later facts have come.
type Case struct {
	Taken
	// From is the event that Taken comes from, Sum the hash of its payload in hexadecimal.
	From event.ID `json:"from"`
	Sum  string   `json:"sum"`
	// Told is the newest event of each life of a device that told something of it: where all
	// of them are saved, the application is saved as it stands.
	Told []event.ID `json:"told,omitempty"`
	// Disputed tells that two events claim this application with different content;
	// the one with the smaller id stands, and a person has to look. See Doubted.
	Disputed bool `json:"disputed,omitempty"`
	// Supplied are the materials that were brought afterwards, each with when it was.
	Supplied map[int]int64 `json:"supplied,omitempty"`
	// Due and Answer are the latest dates that were promised when something was brought.
	Due    hall.Date `json:"due,omitempty"`
	Answer hall.Date `json:"answer,omitempty"`
	// WithdrawnMS is when the citizen took the application back, 0 for never.
	WithdrawnMS int64 `json:"withdrawn_at_ms,omitempty"`
	// Overdue is the latest last day that was found to be over.
	Overdue hall.Date `json:"overdue,omitempty"`
	// Checks is what the platform said of materials, by the id of the first question; Papers are the
	// materials whose paper counts since the citizen disputed that, each with when that was.
	Checks map[string]Check `json:"checks,omitempty"`
	Papers map[int]int64    `json:"papers,omitempty"`
	// Steps are what was made of it, by time and, where that is the same, by event: a set,
	// so that it is the same in whatever order it was heard of.
	Steps []Noted `json:"steps,omitempty"`
	// Scans are what was attached to it, by the name of each scan.
	Scans map[ScanID]Scan `json:"scans,omitempty"`
	// Amendments and Verdicts are what was proposed to be put right and what second people
	// said of it: sets, in an order that owes nothing to arrival. Amended tells what counts.
	Amendments []Proposed `json:"amendments,omitempty"`
	Verdicts   []Verdict  `json:"verdicts,omitempty"`
	// Printed are the numbers of its documents that were printed, each with when it first was.
	Printed map[string]int64 `json:"printed,omitempty"`
}

// Status is what "my progress" and any public screen may know of an application:
// nothing about the person.
type Status struct {
	Number string
	Item   hall.ItemCode
	Hall   hall.ID
	Ticket hall.TicketID
	State  State
	// DueDate is the next day that binds the office: for the answer whether it is accepted,
	// the decision, or its handing out.
	DueDate hall.Date
	// Absent names the materials still to be brought, AnswerBy the last day for them.
	Absent   []string
	AnswerBy hall.Date
	// Agency is who takes what is not ours or was passed on; empty where nobody is named.
	Agency  string
	TakenMS int64
}

// Known tells that the application itself has come, and not only what came after it.
func (c *Case) Known() bool { return c.From.Origin != "" }

// Lacking are the numbers and names of the materials that the applicant was told to bring:
// when it was taken, or of what was received afterwards.
func (c *Case) Lacking() (nos []int, names []string) {
	if c.State != Lodged {
		return c.AbsentNo, c.Absent
	}
	if n := c.asked(); n != nil {
		return n.Materials, n.Absent
	}
	return nil, nil
}

// Owing are the places in Lacking of what is still to be brought.
func (c *Case) Owing() (at []int) {
	nos, _ := c.Lacking()
	for n, no := range nos {
		_, came := c.Supplied[no]
		if was, amended := c.amendedTo(no); !came && !(amended && was == Brought) {
			at = append(at, n)
		}
	}
	return at
}

// Standing is the state of the application by now. What was brought counts even where
// another place had already found the time over, because a counter takes nothing that is
// late: what may still follow then has a day of its own, and only that one counts. A
// decision, a refusal to accept it and a withdrawal end it, whichever was first; but what was
// handed out stays handed out, whatever is heard of afterwards (see Doubted).
func (c *Case) Standing() State {
	decided, ended := c.first(KindDecided), c.endedBefore()
	archived := c.first(KindArchived) != nil
	switch {
	case decided != nil && c.HandedOut() != nil && archived:
		return Archived
	case decided != nil && c.HandedOut() != nil:
		return HandedOut
	case ended != "":
		return ended
	case decided != nil && archived:
		return Archived
	case decided != nil:
		return decided.Outcome
	}
	if open := c.open(); open == Lodged || open == Correction || c.pause() == nil {
		return open
	}
	return Suspended
}

// endedBefore is how it ended without a decision, or before the one that there is: not
// accepted, taken back, or its time was over. Empty where it did not.
func (c *Case) endedBefore() State {
	if c.State == Refused || c.State == NotOurs {
		return c.State
	}
	said, decided, over := c.Declined(), c.first(KindDecided), c.over()
	before := func(n *Noted) bool { return n == nil || c.WithdrawnMS < n.AtMS }
	switch {
	case c.WithdrawnMS != 0 && before(said) && before(decided):
		return Withdrawn
	case said != nil:
		return said.Outcome
	case over != "" && (decided == nil || decided.Day > c.Overdue):
		return over
	}
	return ""
}

// Doubted tells that a person has to look: two events claim this application with different
// content, or somebody was told what does not count, because it was declined at one place
// and accepted at another, decided after it had ended, or decided in two ways.
func (c *Case) Doubted() bool {
	decided, declined := c.first(KindDecided), c.first(KindDeclined)
	return c.Disputed ||
		declined != nil && (c.first(KindAccepted) != nil || c.Declined() == nil) ||
		decided != nil && c.endedBefore() != "" ||
		decided != nil && slices.ContainsFunc(c.Steps, func(n Noted) bool { return n.Kind == KindDecided && n.Outcome != decided.Outcome })
}

// open is where it would stand if nothing had ended or stopped it: Lodged, Correction,
// AcceptedLater or Accepted.
func (c *Case) open() State {
	if c.State == Lodged {
		switch asked := c.asked() != nil; {
		case !asked && c.first(KindAccepted, KindDeemed) == nil:
			return Lodged // also where it was declined before it was asked to be corrected
		case asked && c.first(KindAccepted) == nil && len(c.Owing()) > 0:
			return Correction
		}
		return Accepted
	}
	open := Accepted
	if len(c.AbsentNo) == 0 && len(c.Absent) > 0 {
		open = c.State // noted before materials were numbered
	}
	for _, n := range c.Owing() {
		if c.mustBeThere(c.AbsentNo[n]) {
			return Correction
		}
		open = AcceptedLater
	}
	return open
}

// over is Lapsed or Revoked where the time for what is missing is over, else empty.
func (c *Case) over() State {
	open := c.open()
	switch {
	case open == Lodged || open == Accepted || c.Overdue == "" || c.Overdue < c.answerBy():
		return ""
	case open == Correction:
		return Lapsed
	}
	return Revoked
}

// Asks tells that something is still to be brought: it is owed, and nothing has ended.
func (c *Case) Asks() bool {
	switch c.Standing() {
	case Correction, AcceptedLater:
		return true
	case Suspended:
		return c.open() == AcceptedLater
	}
	return false
}

// mustBeThere tells whether nothing is accepted without a material.
func (c *Case) mustBeThere(no int) bool {
	return c.State == Lodged || slices.Contains(c.Materials, Material{No: no, State: Missing})
}

// DueBy is the promised day as it was told, or empty: not accepted, stopped, ended, or not
// known. Calendar.DecideBy counts what came after.
func (c *Case) DueBy() hall.Date {
	switch c.Standing() {
	case Accepted, AcceptedLater:
		return c.promisedDay()
	}
	return ""
}

// AnswerUntil is the last day for what is still to be brought, or empty.
func (c *Case) AnswerUntil() hall.Date {
	if c.Asks() {
		return c.answerBy()
	}
	return ""
}

// answerBy is the last day for what is to be brought, as it was told last.
func (c *Case) answerBy() hall.Date {
	if n := c.asked(); n != nil {
		return cmp.Or(c.Answer, n.AnswerBy)
	}
	return cmp.Or(c.Answer, c.AnswerBy)
}

// Concerns tells whether events of a kind change applications.
func Concerns(kind event.Kind) bool {
	switch kind {
	case KindTaken, KindSupplied, KindWithdrawn, KindOverdue, KindSharedAnswered, KindSharedDisputed, KindAmendProposed, KindAmendChecked, KindDocument:
		return true
	}
	return kind == KindAttached || IsStep(kind)
}

// Fact is what one event tells of an application.
type Fact struct {
	id    event.ID
	kind  event.Kind
	sum   string // of the payload, for KindTaken and KindAmendProposed
	taken Taken
	later Later
	said  Answered // for KindSharedAnswered
	step  Step
	scan  Scan // for KindAttached
	// Of amendments.
	proposal Proposal
	verdict  Verdict
}

// ReadFact decodes an event that Concerns applications. Errors wrap ErrNotOurs.
func ReadFact(e event.Event) (f Fact, err error) {
	f = Fact{id: e.ID, kind: e.Kind}
	switch {
	case e.Kind == KindTaken:
		f.sum = event.Sum(e.Payload).String()
		f.taken, err = Read(e)
	case e.Kind == KindSharedAnswered:
		f.said, err = ReadAnswered(e)
	case e.Kind == KindAttached:
		f.scan, err = ReadScan(e)
	case e.Kind == KindAmendProposed:
		f.sum = event.Sum(e.Payload).String()
		f.proposal, err = ReadProposal(e)
	case e.Kind == KindAmendChecked:
		f.verdict, err = ReadVerdict(e)
	case IsStep(e.Kind):
		f.step, err = ReadStep(e)
	case Concerns(e.Kind):
		f.later, err = ReadLater(e)
	default:
		err = fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	return f, err
}

// Application is the one that the fact is about.
func (f Fact) Application() ApplicationID {
	return cmp.Or(f.taken.Application, f.later.Application, f.said.Application, f.step.Application, f.scan.Application, f.proposal.Application, f.verdict.Application)
}

// Fold adds a fact to the case that it is about; old is nil for the first one and is not
// changed. The result is the same in any order and for repetitions. Errors wrap ErrNotOurs.
func (f Fact) Fold(old *Case) (*Case, error) {
	c := &Case{Taken: Taken{Application: f.Application()}}
	if old != nil {
		if old.Application != f.Application() {
			return nil, fmt.Errorf("%w: %s is about another application", ErrNotOurs, f.id)
		}
		*c = *old
	}
	c.Told = event.Newest(c.Told, f.id)
	switch {
	case f.kind == KindSharedAnswered:
		c.answered(f.said)
		return c, nil
	case f.kind == KindAttached:
		c.attached(f.scan)
		return c, nil
	case f.kind == KindAmendProposed:
		c.proposed(Proposed{f.sum, f.proposal})
		return c, nil
	case f.kind == KindAmendChecked:
		c.checked(f.verdict)
		return c, nil
	case IsStep(f.kind):
		c.step(Noted{ID: f.id, Kind: f.kind, Step: f.step})
		return c, nil
	case f.kind != KindTaken:
		c.later(f.kind, f.later)
		return c, nil
	}
	if c.Known() {
		c.Disputed = c.Disputed || c.Sum != f.sum
		// A counter that was copied may have two of one id: their content tells them apart.
		if cmp.Or(c.From.Compare(f.id), cmp.Compare(c.Sum, f.sum)) < 0 {
			return c, nil
		}
	}
	c.Taken, c.From, c.Sum = f.taken, f.id, f.sum
	return c, nil
}

// Fold is ReadFact and its Fold.
func Fold(old *Case, e event.Event) (*Case, error) {
	f, err := ReadFact(e)
	if err != nil {
		return nil, err
	}
	return f.Fold(old)
}

// later adds what came after the application: sets and latest dates know no order.
func (c *Case) later(kind event.Kind, l Later) {
	switch kind {
	case KindSupplied:
		c.Supplied = maps.Clone(c.Supplied)
		if c.Supplied == nil {
			c.Supplied = map[int]int64{}
		}
		for _, no := range l.Materials {
			if at, came := c.Supplied[no]; !came || l.AtMS < at {
				c.Supplied[no] = l.AtMS
			}
		}
		c.Due, c.Answer = max(c.Due, l.DueDate), max(c.Answer, l.AnswerBy)
	case KindWithdrawn:
		c.WithdrawnMS = earlier(c.WithdrawnMS, l.AtMS)
	case KindSharedDisputed:
		c.disputed(l)
	case KindOverdue:
		c.Overdue = max(c.Overdue, hall.Date(l.Reason))
	case KindDocument:
		c.printed(l.Reason, l.AtMS)
	}
}

// printed adds that a document was printed.
func (c *Case) printed(number string, atMS int64) {
	if at, known := c.Printed[number]; known && at <= atMS {
		return
	}
	c.Printed = maps.Clone(c.Printed)
	if c.Printed == nil {
		c.Printed = map[string]int64{}
	}
	c.Printed[number] = atMS
}

func earlier(a, b int64) int64 {
	if a == 0 || b < a {
		return b
	}
	return a
}

// Facts names events that have to be saved for the application to be saved as it stands. A row
// of an earlier program has no Told.
func (c *Case) Facts() []event.ID {
	ids := slices.Clone(c.Told)
	if c.Known() {
		ids = append(ids, c.From)
	}
	for _, s := range c.Steps {
		ids = append(ids, s.ID)
	}
	return ids
}

// Status gives what may be shown to anybody.
func (c *Case) Status() Status {
	s := Status{Number: c.Number, Item: c.Item, Hall: c.Hall, Ticket: c.Ticket, State: c.Standing(), DueDate: c.DueBy(), AnswerBy: c.AnswerUntil(), TakenMS: c.AtMS}
	switch n, decided := c.Declined(), c.Decision(); s.State {
	case NotOurs, Refused:
		if s.Agency = c.Agency; n != nil {
			s.Agency = n.Agency
		}
	case PassedOn, HandedOut, Archived:
		s.Agency = decided.Agency
	}
	if c.Asks() {
		_, names := c.Lacking()
		for _, n := range c.Owing() {
			s.Absent = append(s.Absent, names[n])
		}
	}
	return s
}

// Row encodes the case for its row of the database; equal cases have equal rows.
func (c *Case) Row() []byte { return hall.Payload(c) }

// ReadRow decodes what Row gave.
func ReadRow(b []byte) (*Case, error) {
	c := &Case{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("read application: %w", err)
	}
	return c, nil
}
