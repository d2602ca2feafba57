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
	// Disputed tells that two events claim this application with different content;
	// the one with the smaller id stands, and a person has to look.
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
}

// Status is what "my progress" and any public screen may know of an application:
// nothing about the person.
type Status struct {
	Number  string
	Item    hall.ItemCode
	Hall    hall.ID
	Ticket  hall.TicketID
	State   State
	DueDate hall.Date
	// Absent names the materials still to be brought, AnswerBy the last day for them.
	Absent   []string
	AnswerBy hall.Date
	TakenMS  int64
}

// Known tells that the application itself has come, and not only what came after it.
func (c *Case) Known() bool { return c.From.Origin != "" }

// Owing are the places in Taken.Absent of what is still to be brought.
func (c *Case) Owing() (at []int) {
	for n, no := range c.AbsentNo {
		if _, came := c.Supplied[no]; !came {
			at = append(at, n)
		}
	}
	return at
}

// Standing is the state of the application by now. What was brought counts even where
// another place had already found the time over, because a counter takes nothing that is
// late: what may still follow then has a day of its own, and only that one counts.
func (c *Case) Standing() State {
	open := Accepted
	if len(c.AbsentNo) == 0 && len(c.Absent) > 0 {
		open = c.State // noted before materials were numbered
	}
	for _, n := range c.Owing() {
		if c.mustBeThere(c.AbsentNo[n]) {
			open = Correction
			break
		}
		open = AcceptedLater
	}
	switch {
	case c.WithdrawnMS != 0:
		return Withdrawn
	case open == Accepted || c.Overdue == "" || c.Overdue < cmp.Or(c.Answer, c.AnswerBy):
		return open
	case open == Correction:
		return Lapsed
	}
	return Revoked
}

// mustBeThere tells whether nothing is accepted without a material.
func (c *Case) mustBeThere(no int) bool {
	return slices.Contains(c.Materials, Material{No: no, State: Missing})
}

// DueBy is the promised day, or empty: not accepted, ended, or not known.
func (c *Case) DueBy() hall.Date {
	switch c.Standing() {
	case Accepted, AcceptedLater:
		return cmp.Or(c.DueDate, c.Due)
	}
	return ""
}

// AnswerUntil is the last day for what is still to be brought, or empty.
func (c *Case) AnswerUntil() hall.Date {
	switch c.Standing() {
	case Correction, AcceptedLater:
		return cmp.Or(c.Answer, c.AnswerBy)
	}
	return ""
}

// Concerns tells whether events of a kind change applications.
func Concerns(kind event.Kind) bool {
	switch kind {
	case KindTaken, KindSupplied, KindWithdrawn, KindOverdue, KindSharedAnswered, KindSharedDisputed:
		return true
	}
	return false
}

// Fact is what one event tells of an application.
type Fact struct {
	id    event.ID
	kind  event.Kind
	sum   string // of the payload, for KindTaken
	taken Taken
	later Later
	said  Answered // for KindSharedAnswered
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
	case Concerns(e.Kind):
		f.later, err = ReadLater(e)
	default:
		err = fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	return f, err
}

// Application is the one that the fact is about.
func (f Fact) Application() ApplicationID {
	return cmp.Or(f.taken.Application, f.later.Application, f.said.Application)
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
	if f.kind == KindSharedAnswered {
		c.answered(f.said)
		return c, nil
	}
	if f.kind != KindTaken {
		c.later(f.kind, f.later)
		return c, nil
	}
	if c.Known() {
		c.Disputed = c.Disputed || c.Sum != f.sum
		if compareIDs(c.From, f.id) < 0 {
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
	}
}

func earlier(a, b int64) int64 {
	if a == 0 || b < a {
		return b
	}
	return a
}

func compareIDs(a, b event.ID) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq, b.Seq))
}

// Status gives what may be shown to anybody.
func (c *Case) Status() Status {
	s := Status{Number: c.Number, Item: c.Item, Hall: c.Hall, Ticket: c.Ticket, State: c.Standing(), DueDate: c.DueBy(), AnswerBy: c.AnswerUntil(), TakenMS: c.AtMS}
	if s.State == Correction || s.State == AcceptedLater {
		for _, n := range c.Owing() {
			s.Absent = append(s.Absent, c.Absent[n])
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
