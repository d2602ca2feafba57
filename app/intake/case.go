package intake

import (
	"cmp"
	"encoding/json"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Case is an application as the facts about it tell, in whatever order they came.
type Case struct {
	Taken
	// From is the event that Taken comes from, Sum the hash of its payload in hexadecimal.
	From event.ID `json:"from"`
	Sum  string   `json:"sum"`
	// Disputed tells that two events claim this application with different content;
	// the one with the smaller id stands, and a person has to look.
	Disputed bool `json:"disputed,omitempty"`
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
	// Absent names the materials still to be brought.
	Absent  []string
	TakenMS int64
}

// Concerns tells whether events of a kind are about applications.
func Concerns(kind event.Kind) bool { return kind == KindTaken }

// Fold adds one event to the case that it is about; old is nil for the first one
// and is not changed. The result is the same in any order and for repetitions.
// Errors wrap ErrNotOurs.
func Fold(old *Case, e event.Event) (*Case, error) {
	t, err := Read(e)
	if err != nil {
		return nil, err
	}
	fresh := &Case{Taken: t, From: e.ID, Sum: event.Sum(e.Payload).String()}
	if old == nil {
		return fresh, nil
	}
	if old.Application != t.Application {
		return nil, fmt.Errorf("%w: %s is about another application", ErrNotOurs, e.ID)
	}
	disputed := old.Disputed || old.Sum != fresh.Sum
	winner := *old
	if compareIDs(fresh.From, old.From) < 0 {
		winner = *fresh
	}
	winner.Disputed = disputed
	return &winner, nil
}

func compareIDs(a, b event.ID) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq, b.Seq))
}

// Status gives what may be shown to anybody.
func (c *Case) Status() Status {
	return Status{Number: c.Number, Item: c.Item, Hall: c.Hall, Ticket: c.Ticket, State: c.State,
		DueDate: c.DueDate, Absent: c.Absent, TakenMS: c.AtMS}
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
