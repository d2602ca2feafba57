// Package hall is the queue of a service hall as pure functions: decide (state,
// command -> facts or a refusal) and fold (state, fact -> state). Terminal, hub,
// centre and simulator run the same code. It reads no clock, draws no random
// numbers and stores nothing.
package hall

import (
	"encoding/json"
	"fmt"
	"slices"

	"onewindow/app/event"
)

type (
	// ID names a hall: "jiangnan".
	ID string
	// TicketID is a UUIDv7 in its text form; it never changes and is on no screen.
	TicketID string
	// Letter names a service, that is a queue: the letter of its area in the catalogue.
	Letter string
	// Number is what a person reads on the slip: "B017", or "B2-017" from a kiosk that was cut off.
	Number string
	// WindowID is what stands above a window: "B07".
	WindowID string
	// ClerkID is a clerk's sign-in name.
	ClerkID string
	// ItemCode is the 31-character code of an item of the catalogue.
	ItemCode string
	// Date is a business day, "2026-11-24"; it changes at 04:00 local time.
	Date string
	// Class decides a ticket's head start.
	Class string
	// Outcome says how an item ended at the window.
	Outcome string
)

// Classes of tickets.
const (
	WalkIn      Class = "walk_in"
	Priority    Class = "priority"
	Appointment Class = "appointment"
	// ReturnPass is of somebody whom the hall sent away or could not reach on an earlier day.
	ReturnPass Class = "return_pass"
)

// Outcomes of an item (queue.md, transition 14).
const (
	Accepted   Outcome = "accepted"
	Correction Outcome = "correction"
	Refused    Outcome = "refused"
	OnTheSpot  Outcome = "on_the_spot"
	AdviceOnly Outcome = "advice"
	PassedOn   Outcome = "passed_on"
)

// Kinds of events that this package decides and folds.
const (
	KindIssued       event.Kind = "ticket.issued"
	KindReprinted    event.Kind = "ticket.reprinted"
	KindCalled       event.Kind = "ticket.called"
	KindRecalled     event.Kind = "ticket.recalled"
	KindUncalled     event.Kind = "ticket.uncalled" // takes back a call that nobody was told of: a Moved whose How is the call's event
	KindStarted      event.Kind = "ticket.started"
	KindMissed       event.Kind = "ticket.missed"
	KindReturned     event.Kind = "ticket.returned"
	KindFinished     event.Kind = "ticket.finished"
	KindCameBack     event.Kind = "ticket.came_back" // after a no-show
	KindParked       event.Kind = "ticket.parked"
	KindResumed      event.Kind = "ticket.resumed"
	KindPassed       event.Kind = "ticket.passed" // to another queue or window
	KindAdded        event.Kind = "ticket.added"  // an item
	KindCancelled    event.Kind = "ticket.cancelled"
	KindWithdrawn    event.Kind = "ticket.withdrawn"
	KindExpired      event.Kind = "ticket.expired"
	KindCarried      event.Kind = "ticket.carried_over"
	KindMerged       event.Kind = "ticket.merged" // into another slip of the same person
	KindWindowOpened event.Kind = "window.opened"
	KindWindowClosed event.Kind = "window.closed"
	KindBlockLeased  event.Kind = "block.leased"
	KindBlockVoided  event.Kind = "block.voided"
	KindAdmitted     event.Kind = "ticket.admitted"
	KindDevice       event.Kind = "device.started"
	KindReady        event.Kind = "device.ready"
	KindClerk        event.Kind = "clerk.admitted"
	KindHelpAsked    event.Kind = "help.asked"
	KindHelpAnswered event.Kind = "help.answered"
	KindNoticePosted event.Kind = "notice.posted"
	KindNoticeEnded  event.Kind = "notice.ended"
)

// Issued is the immutable part of a ticket: the promise to a person.
type Issued struct {
	Ticket   TicketID   `json:"ticket"`
	Hall     ID         `json:"hall"`
	Date     Date       `json:"date"`
	Service  Letter     `json:"service"`
	Number   Number     `json:"number"`
	Class    Class      `json:"class"`
	Evidence string     `json:"evidence,omitempty"`
	Items    []ItemCode `json:"items,omitempty"`
	Language string     `json:"language"`
	IssuedMS int64      `json:"issued_at_ms"`
	// Ahead, LowMinutes and HighMinutes are what the slip promises; -1 means "not known".
	Ahead       int `json:"ahead"`
	LowMinutes  int `json:"low_minutes"`
	HighMinutes int `json:"high_minutes"`
	// ClockOff tells that the terminal knew its clock to be wrong by over two minutes.
	ClockOff bool `json:"clock_off,omitempty"`
	// SlotMS is when the appointment of the ticket is; Ref names it, or the ticket that a
	// return pass was before.
	SlotMS int64  `json:"slot_ms,omitempty"`
	Ref    string `json:"ref,omitempty"`
	// Checked is what the person said of the materials of items before the ticket.
	Checked []Checked `json:"checked,omitempty"`
	// TookMS is how long it took from the first touch at the kiosk to the ticket, in ms; 0 for not known. It is not
	// on the slip.
	TookMS int64 `json:"took_ms,omitempty"`
}

// Checked tells that somebody went through the materials of an item, and which of those
// that their case needs they lack, as numbers of that version of its guide; none for
// nothing. The answers that led there are in no event.
type Checked struct {
	Item    ItemCode `json:"item"`
	Version int      `json:"version"`
	Lacks   []int    `json:"lacks,omitempty"`
}

// same tells whether two facts make the same promise.
func (f Issued) same(o Issued) bool {
	f.TookMS, o.TookMS = 0, 0
	items := slices.Equal(f.Items, o.Items)
	f.Items, o.Items = nil, nil
	return items && fmt.Sprint(f) == fmt.Sprint(o)
}

// Admitted makes a ticket again from its paper: the facts, the signed code they
// were read from, and the event that the kiosk noted. A counter writes it for a
// ticket that it has not heard of; when the kiosk's own event comes it changes nothing.
type Admitted struct {
	Issued
	Slip   string       `json:"slip"`
	Origin event.Origin `json:"origin"`
	Epoch  event.Epoch  `json:"epoch"`
	Seq    event.Seq    `json:"seq"`
}

// Called grants one ticket to one window. Only the hub's allocator writes it.
type Called struct {
	Ticket  TicketID `json:"ticket"`
	Round   int      `json:"round"`
	Window  WindowID `json:"window"`
	Clerk   ClerkID  `json:"clerk"`
	Request string   `json:"request"`
	Hall    ID       `json:"hall"`
	Date    Date     `json:"date"`
	AtMS    int64    `json:"at_ms"`
	// Reason is why this ticket was called out of its order; empty for who was next.
	Reason string `json:"reason,omitempty"`
}

// Moved is any later step of a ticket at a window.
type Moved struct {
	Ticket TicketID `json:"ticket"`
	Round  int      `json:"round"`
	Window WindowID `json:"window"`
	Clerk  ClerkID  `json:"clerk,omitempty"`
	AtMS   int64    `json:"at_ms"`
	// How tells "scan", "button" or "resumed" of a start, "timer" or "window" of what was
	// parked and goes on, "orphan" of a return from a window that is gone.
	How string `json:"how,omitempty"`
	// Recall counts the recalls so far, from 1.
	Recall int `json:"recall,omitempty"`
	// Ended has one outcome per item for a finish; the item is empty for advice without one.
	Ended []Ending `json:"ended,omitempty"`
	// Reason is why a ticket went back to the queue, was parked, passed on or withdrawn.
	Reason string `json:"reason,omitempty"`
	*Detail
}

// Detail is what only few steps tell; most tickets have none.
type Detail struct {
	// UntilMS is when the timer of a parked ticket ends.
	UntilMS int64 `json:"until_ms,omitempty"`
	// KeyMS is the place of somebody who came back.
	KeyMS int64 `json:"key_ms,omitempty"`
	// Service and To are the queue and the window that a ticket is passed to, Back the
	// window that wants the person back.
	Service Letter   `json:"service,omitempty"`
	To      WindowID `json:"to,omitempty"`
	Back    WindowID `json:"back,omitempty"`
	// Items are those that were added.
	Items []ItemCode `json:"items,omitempty"`
	// Into is the ticket that goes on instead of this one.
	Into TicketID `json:"into,omitempty"`
}

// Ending is the outcome of one item.
type Ending struct {
	Item    ItemCode `json:"item,omitempty"`
	Outcome Outcome  `json:"outcome"`
}

// WindowOpened says that a clerk serves these services at a window from now on.
type WindowOpened struct {
	Hall     ID       `json:"hall"`
	Window   WindowID `json:"window"`
	Clerk    ClerkID  `json:"clerk"`
	Services []Letter `json:"services"`
	AtMS     int64    `json:"at_ms"`
	Absence           // of a closing alone
}

// WindowClosed ends what WindowOpened began. Services are those that it served: forecasts
// for the time when it is open again rest on them. Clerk is who comes back, where somebody does.
type WindowClosed struct {
	Hall     ID       `json:"hall"`
	Window   WindowID `json:"window"`
	Clerk    ClerkID  `json:"clerk,omitempty"`
	Services []Letter `json:"services,omitempty"`
	AtMS     int64    `json:"at_ms"`
	Absence
}

// Block is a range of display numbers that only one terminal may use, in one life
// of its database: a copy of it that goes on in another life has no right to them.
type Block struct {
	Terminal event.Origin `json:"terminal"`
	Epoch    event.Epoch  `json:"epoch,omitempty"`
	Date     Date         `json:"date"`
	Service  Letter       `json:"service"`
	From     int          `json:"from"`
	To       int          `json:"to"`
	Request  string       `json:"request,omitempty"`
	// By is the life of the hub's database that leased the block, or another number for each
	// time that it took over from the other hub in the same life.
	By event.Epoch `json:"by,omitempty"`
}

// Ready says that a hub has gathered what its hall and the centre know, and grants
// calls and numbers from now on in this life of its database.
type Ready struct {
	Hall ID    `json:"hall"`
	AtMS int64 `json:"at_ms"`
}

// Device is the first event of every epoch of a device: its Ed25519 public key
// (32 bytes), with which its heads and its tickets are checked from then on.
type Device struct {
	Role    string `json:"role"`
	Key     []byte `json:"key"`
	Program string `json:"program"`
	// Series is the digit of a kiosk's own number series, 0 for other devices.
	Series int `json:"series,omitempty"`
	// Forked tells that this life began because a copy or an older state of the
	// device's database had written too: somebody has to look for it.
	Forked bool `json:"forked,omitempty"`
}

// Clerk makes a clerk known; Verifier is an Argon2id string, never a PIN. Supervisor (主管) tells that
// the clerk sees to the whole hall.
type Clerk struct {
	ID         ClerkID `json:"id"`
	Name       string  `json:"name"`
	Verifier   string  `json:"verifier"`
	Supervisor bool    `json:"supervisor,omitempty"`
}

// Payload encodes a fact for an event. The types of this package always encode.
func Payload(fact any) []byte {
	b, err := json.Marshal(fact)
	if err != nil {
		panic(fmt.Sprintf("encode fact: %v", err))
	}
	return b
}
