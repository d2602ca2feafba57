// Package intake is the application (办件) at a window as pure functions: the
// check of what was handed in against the guide, the state that follows, the
// working-day clock, and the fold of these facts; by the same calendar it tells when
// a hall is open. It reads no clock, prints nothing and keeps personal values out of
// logs. The queue is not its business.
package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

type (
	// ApplicationID is the UUID of an application in its text form; it never changes.
	ApplicationID string
	// State is where an application stands.
	State string
	// Received tells what became of one material.
	Received string
	// DocumentType is the kind of document that a person or company shows.
	DocumentType string
)

// States of an application, and how it can end before it is decided.
const (
	Accepted State = "accepted"
	// AcceptedLater is 容缺受理: accepted, with materials to be brought afterwards.
	AcceptedLater State = "accepted_later"
	// Correction is 补正告知: not accepted until the named materials are brought.
	Correction State = "correction"
	// Withdrawn by the citizen.
	Withdrawn State = "withdrawn"
	// Lapsed: what a correction notice asked for was not brought in time (视为撤回).
	Lapsed State = "lapsed"
	// Revoked: what was to follow an acceptance was not brought in time (撤销受理).
	Revoked State = "revoked"
)

// States beside those: what a window says at once, and what the agency makes of an
// application afterwards.
const (
	// Lodged is 收件: the materials are here; whether it is accepted is said within five
	// working days, or it is accepted without a word.
	Lodged State = "received"
	// Refused is 不予受理, with reasons; NotOurs 不受理, with who takes it.
	Refused State = "refused"
	NotOurs State = "not_ours"
	// Suspended: a hearing, an inspection or an expert's review, whose days do not count.
	Suspended State = "suspended"
	// The decisions: 准予, 不予, 退件, 转办.
	Granted  State = "granted"
	Denied   State = "denied"
	Returned State = "returned"
	PassedOn State = "passed_on"
	// HandedOut is 送达, signed for; Archived (归档) is the end.
	HandedOut State = "handed_out"
	Archived  State = "archived"
)

// What became of a material.
const (
	Brought Received = "received"
	Missing Received = "missing"
	// Waived: a shared data set proves it.
	Waived Received = "waived"
	// Owed: to be brought afterwards (容缺后补).
	Owed Received = "later"
)

// Documents that people show.
const (
	ResidentID DocumentType = "resident_id"
	Passport   DocumentType = "passport"
	CreditCode DocumentType = "credit_code"
	Other      DocumentType = "other"
)

// KindTaken is noted when a window has taken an application; the others are what comes after.
const (
	KindTaken     event.Kind = "application.taken"
	KindSupplied  event.Kind = "application.supplied"
	KindWithdrawn event.Kind = "application.withdrawn"
	KindOverdue   event.Kind = "application.overdue"
	KindOpened    event.Kind = "application.opened"
	KindDocument  event.Kind = "application.document"
)

// Material is what became of the material with this number in the guide.
type Material struct {
	No    int      `json:"no"`
	State Received `json:"state"`
}

// Taken is an application as the window took it. What is of the person is sealed under
// the key of the application (see Seal); everything else may be shown and logged.
type Taken struct {
	Application    ApplicationID `json:"application"`
	Number         string        `json:"number"`
	Ticket         hall.TicketID `json:"ticket"`
	Hall           hall.ID       `json:"hall"`
	Item           hall.ItemCode `json:"item"`
	ItemVersion    int           `json:"item_version"`
	Applicant      sealed.Value  `json:"applicant"`
	DocumentType   DocumentType  `json:"document_type"`
	DocumentNumber sealed.Value  `json:"document_number"`
	Phone          sealed.Value  `json:"phone,omitempty"`
	Agent          sealed.Value  `json:"agent,omitempty"`
	AgentNumber    sealed.Value  `json:"agent_number,omitempty"`
	Representative sealed.Value  `json:"representative,omitempty"`
	Address        sealed.Value  `json:"address,omitempty"`
	Materials      []Material    `json:"materials"`
	// Absent names the materials that are missing or owed, in the words of the guide of that day.
	Absent []string `json:"absent,omitempty"`
	// AbsentNo are the numbers of the same materials, in the same order.
	AbsentNo []int `json:"absent_no,omitempty"`
	// Shared are the materials that data sets prove, with what was asked for them.
	Shared []Shared `json:"shared,omitempty"`
	State  State    `json:"state"`
	// DueDate is the promised day, or empty: not accepted, or not known.
	DueDate hall.Date `json:"due_date,omitempty"`
	// AnswerBy is the last day for what is absent, or empty: nothing is, or not known.
	AnswerBy hall.Date     `json:"answer_by,omitempty"`
	Window   hall.WindowID `json:"window"`
	Clerk    hall.ClerkID  `json:"clerk"`
	AtMS     int64         `json:"at_ms"`
	Note     sealed.Value  `json:"note,omitempty"`
	// Reason is why it is refused or not ours, sealed; Agency who takes what is not ours.
	Reason  sealed.Value `json:"reason,omitempty"`
	Agency  string       `json:"agency,omitempty"`
	Request string       `json:"request"`
	// Clock is what the decision's time is counted by; nil where nothing is to be decided,
	// and in applications of before it was noted.
	Clock *Clock `json:"clock,omitempty"`
	// Department is the agency whose item it was when it was taken: it decides, also when the
	// catalogue has the item no more. Empty in applications of before it was noted.
	Department string `json:"department,omitempty"`
}

// Clock is the time for a decision as the guide and the law had it when an application
// was taken: Days of the law, Promised by the agency, both in days of Unit.
type Clock struct {
	Days     int    `json:"days"`
	Promised int    `json:"promised"`
	Unit     string `json:"unit,omitempty"`
}

// LogValue gives the parts of an application that may stand in a log.
func (t Taken) LogValue() slog.Value {
	return slog.GroupValue(slog.String("application", string(t.Application)), slog.String("number", t.Number),
		slog.String("item", string(t.Item)), slog.String("state", string(t.State)))
}

// ErrNotOurs says that an event is not a usable fact of this package.
var ErrNotOurs = errors.New("not a fact of an application")

// Read decodes the fact of an event of KindTaken. Errors wrap ErrNotOurs.
func Read(e event.Event) (Taken, error) {
	if e.Kind != KindTaken {
		return Taken{}, fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	var t Taken
	if err := json.Unmarshal(e.Payload, &t); err != nil {
		return Taken{}, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if t.Application == "" || t.Number == "" || t.Item == "" || t.State == "" {
		return Taken{}, fmt.Errorf("%w: %s lacks application, number, item or state", ErrNotOurs, e.ID)
	}
	// The numbers came later than the names: who first noted applications had none.
	if len(t.AbsentNo) != len(t.Absent) && len(t.AbsentNo) > 0 {
		return Taken{}, fmt.Errorf("%w: %s names %d materials and numbers %d", ErrNotOurs, e.ID, len(t.Absent), len(t.AbsentNo))
	}
	return t, nil
}

// Payload encodes the fact for an event.
func (t Taken) Payload() []byte { return hall.Payload(t) }

// Number gives the number that people read on their receipt, "JN20261124-C07-0003":
// hall, day, device and n, which counts the device's applications of that day
// from 1. No hub is needed to keep numbers apart as long as a device counts its own: life marks
// the life of its database where that is not its first, because a new disk counts from 1 again,
// "JN20261124-C07-KM0003"; it is empty in the first one.
func Number(h hall.ID, d hall.Date, device, life string, n int) string {
	return fmt.Sprintf("%s%s-%s-%s%04d", guide.Short(guide.HallID(h)), compactDate(d), upper(device), life, n)
}
