package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// Kinds of steps: what windows and agencies make of an application that was taken.
const (
	// KindAccepted and KindDeclined answer what was received (收件): a window or the agency
	// says so. KindDeemed is noted by the hub when nobody has said anything in time.
	KindAccepted event.Kind = "application.accepted"
	KindDeclined event.Kind = "application.declined"
	KindDeemed   event.Kind = "application.deemed"
	// KindAsked asks the applicant to correct what was received (补正告知).
	KindAsked event.Kind = "application.asked"
	// KindSuspended begins a special procedure (特别程序), KindResumed ends it.
	KindSuspended event.Kind = "application.suspended"
	KindResumed   event.Kind = "application.resumed"
	KindExtended  event.Kind = "application.extended"
	KindDecided   event.Kind = "application.decided"
	KindHandedOut event.Kind = "application.handed_out"
	KindArchived  event.Kind = "application.archived"
)

var stepKinds = []event.Kind{KindAccepted, KindDeclined, KindDeemed, KindAsked, KindSuspended, KindResumed, KindExtended, KindDecided, KindHandedOut, KindArchived, KindCharged, KindPaid}

// IsStep tells whether events of a kind are steps.
func IsStep(kind event.Kind) bool { return slices.Contains(stepKinds, kind) }

// Procedures are the special ones whose days do not count (行政许可法 45): hearing, bidding,
// auction, inspection, test, quarantine, appraisal and review by experts.
var Procedures = []string{"hearing", "bidding", "auction", "inspection", "test", "quarantine", "appraisal", "expert_review"}

// Step is one of them. Day is the civil day from which it counts. Everything may be shown but
// Why, which is sealed.
type Step struct {
	Application ApplicationID `json:"application"`
	// Hall is where the application was taken, so that the centre knows whom it concerns.
	Hall hall.ID   `json:"hall"`
	Day  hall.Date `json:"day"`
	// Outcome is Refused or NotOurs where it was declined, and a decision's.
	Outcome State `json:"outcome,omitempty"`
	// Procedure is one of Procedures; Of names the request of what is resumed, or was paid.
	Procedure string `json:"procedure,omitempty"`
	Of        string `json:"of,omitempty"`
	// Days is by how much the time was extended, in the unit of the application's clock.
	Days int `json:"days,omitempty"`
	// Agency is who takes what is not ours, or what was passed on.
	Agency string       `json:"agency,omitempty"`
	Why    sealed.Value `json:"why,omitempty"`
	// Materials are the numbers of what has to be brought, Absent their names in the same order,
	// AnswerBy the last day for it, or empty where that is not known.
	Materials []int     `json:"materials,omitempty"`
	Absent    []string  `json:"absent,omitempty"`
	AnswerBy  hall.Date `json:"answer_by,omitempty"`
	// How a decision was handed out: one of Ways.
	How string `json:"how,omitempty"`
	// Fen is what has to be paid, in hundredths of a yuan, by what the guide says (Basis), at Place, until
	// AnswerBy; Receipt is the number of the receipt of what Of names.
	Fen     int64         `json:"fen,omitempty"`
	Basis   string        `json:"basis,omitempty"`
	Place   string        `json:"place,omitempty"`
	Receipt string        `json:"receipt,omitempty"`
	Window  hall.WindowID `json:"window,omitempty"`
	Clerk   hall.ClerkID  `json:"clerk,omitempty"`
	AtMS    int64         `json:"at_ms"`
	// Request makes it safe to repeat, and names it.
	Request string `json:"request"`
}

// Ways in which a decision is handed out: signed for on the proof of delivery (送达回证), or
// with an application that was decided at once.
var Ways = []string{WaySigned, WayAtOnce}

// Ways of handing out.
const (
	WaySigned = "signed"
	WayAtOnce = "at_once"
)

// Noted is a step with the event that it stands in.
type Noted struct {
	ID   event.ID   `json:"id"`
	Kind event.Kind `json:"kind"`
	Step
}

// ReadStep decodes the fact of an event that IsStep. Errors wrap ErrNotOurs.
func ReadStep(e event.Event) (s Step, err error) {
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if _, ok := addDays(s.Day, 0); !ok || s.Application == "" || s.Hall == "" || s.AtMS <= 0 || s.Days < 0 || s.Days > maxTerm {
		return s, fmt.Errorf("%w: %s lacks application, hall, day or time", ErrNotOurs, e.ID)
	}
	if e.Kind == KindAsked && len(s.Materials) == 0 || len(s.Materials) != len(s.Absent) {
		return s, fmt.Errorf("%w: %s names %d materials and numbers %d", ErrNotOurs, e.ID, len(s.Absent), len(s.Materials))
	}
	if _, until := addDays(s.AnswerBy, 0); e.Kind == KindCharged && (s.Fen <= 0 || s.Fen > feeMost || s.Basis == "" || s.Place == "" || !until) || e.Kind == KindPaid && (s.Of == "" || s.Receipt == "") {
		return s, fmt.Errorf("%w: %s tells no usable fee", ErrNotOurs, e.ID)
	}
	allowed := map[event.Kind][]State{KindDeclined: {Refused, NotOurs}, KindDecided: {Granted, Denied, Returned, PassedOn}}[e.Kind]
	if len(allowed) > 0 && !slices.Contains(allowed, s.Outcome) {
		return s, fmt.Errorf("%w: %s has the outcome %q", ErrNotOurs, e.ID, s.Outcome)
	}
	return s, nil
}

// SealWhy puts the reason into a step, under the key of its application and bound to the
// step. An empty one stays empty.
func (s *Step) SealWhy(kind event.Kind, why Personal, key sealed.Key, random io.Reader) (err error) {
	if why == "" {
		return nil
	}
	s.Why, err = key.Seal(string(why), random, string(kind), string(s.Application), s.Request, "why")
	return err
}

// Reason gives what SealWhy put in. Errors wrap sealed.ErrShut.
func (n Noted) Reason(key sealed.Key) (Personal, error) {
	if n.Why == "" {
		return "", nil
	}
	plain, err := key.Open(n.Why, string(n.Kind), string(n.Application), n.Request, "why")
	if err != nil {
		return "", fmt.Errorf("read the reason of %s: %w", n.ID, err)
	}
	return Personal(plain), nil
}

// step adds a step to the set.
func (c *Case) step(n Noted) {
	at, known := slices.BinarySearchFunc(c.Steps, n, compareSteps)
	if !known {
		c.Steps = slices.Insert(slices.Clone(c.Steps), at, n)
	}
}

// compareSteps orders steps by time. A device that was copied may have two of one id: their
// content tells them apart.
func compareSteps(a, b Noted) int {
	if order := cmp.Or(cmp.Compare(a.AtMS, b.AtMS), a.ID.Compare(b.ID), cmp.Compare(a.Kind, b.Kind)); order != 0 {
		return order
	}
	return cmp.Compare(string(hall.Payload(a.Step)), string(hall.Payload(b.Step)))
}

// first gives the earliest step of some kinds, nil where there is none. What two places
// noted of the same thing counts once: the earlier one.
func (c *Case) first(kinds ...event.Kind) *Noted {
	for n := range c.Steps {
		if slices.Contains(kinds, c.Steps[n].Kind) && c.Counts(&c.Steps[n]) {
			return &c.Steps[n]
		}
	}
	return nil
}

// Counts tells that a step was noted where it may be. What agencies decide is noted at the centre, and
// noted again by a hub where the centre has lost it; at a window nothing is decided but, with its taking,
// what is decided at once.
func (c *Case) Counts(n *Noted) bool {
	switch n.Kind {
	case KindSuspended, KindResumed, KindExtended, KindArchived:
		return !n.ID.Origin.Terminal()
	case KindDecided:
		return !n.ID.Origin.Terminal() || n.ID.Origin == c.From.Origin && n.Request == c.Taken.Request+":decided"
	}
	return true
}

// pause is the special procedure that goes on, nil where none does.
func (c *Case) pause() *Noted {
	for n := range c.Steps {
		if s := &c.Steps[n]; s.Kind == KindSuspended && c.Counts(s) && c.resumed(s.Request) == "" {
			return s
		}
	}
	return nil
}

// resumed is the first day on which a procedure was said to have ended.
func (c *Case) resumed(request string) (day hall.Date) {
	for _, s := range c.Steps {
		if s.Kind == KindResumed && c.Counts(&s) && s.Of == request && (day == "" || s.Day < day) {
			day = s.Day
		}
	}
	return day
}

// Decision is the one that counts, nil where there is none.
func (c *Case) Decision() *Noted { return c.first(KindDecided) }

// Declined is the refusal to accept what was received; nil where it was accepted before,
// in words or because the time was over.
func (c *Case) Declined() *Noted {
	if n := c.first(KindAccepted, KindDeclined, KindDeemed); n != nil && n.Kind == KindDeclined {
		return n
	}
	return nil
}

// asked is the notice of correction to what was received; nil where it was answered otherwise before.
func (c *Case) asked() *Noted {
	if c.State != Lodged {
		return nil
	}
	if n := c.first(KindAccepted, KindDeclined, KindDeemed, KindAsked); n != nil && n.Kind == KindAsked {
		return n
	}
	return nil
}

// Extension is the one that the law allows.
func (c *Case) Extension() *Noted { return c.first(KindExtended) }

// Procedure is the special one that goes on.
func (c *Case) Procedure() *Noted { return c.pause() }

// Deemed tells that the application counts as accepted because nobody said anything.
func (c *Case) Deemed() bool {
	n := c.first(KindAccepted, KindDeclined, KindDeemed)
	return c.State == Lodged && n != nil && n.Kind == KindDeemed
}

// Deed is the wish to take a step. Why goes with refusals, extensions and returns. Agency with what
// is not ours and what is passed on; Joint with the extension of what several agencies
// handle together, which the law gives more days.
type Deed struct {
	Kind      event.Kind
	Outcome   State
	Procedure string
	Agency    string
	Joint     bool
	// Lacks are the materials that have to be brought, with KindAsked.
	Lacks []Lack
	How   string
	// Of KindCharged: the guide's word on its fee, the amount, where and until when to pay. Of KindPaid: the receipt's number.
	Tariff  guide.Fee
	Fen     int64
	Place   string
	Until   hall.Date
	Receipt string
	Why     Personal
	Window  hall.WindowID
	Clerk   hall.ClerkID
	Request string
	NowMS   int64
}

// Lack is a material that was not in order, by its number and name in the guide.
type Lack struct {
	No   int
	Name string
}

// Decide gives the step to note; the caller seals Why into it.
//
// Refusals: CaseState (args state) where the application does not stand so, CaseExtended for a second
// extension, CaseLate (args by) for one that comes after the time, FieldMissing (args
// field: reason, agency, procedure, materials, until, place, receipt), CaseUnproved for a grant while the proof of a
// material is waited for or differs, FeeFree, FeeWrong, FeeState (args state), RequestUnusable (args field) for what only
// a program can get wrong.
func (d Deed) Decide(c *Case, calendar *Calendar, today hall.Date) (Step, *event.Refusal) {
	s := Step{Application: c.Application, Hall: c.Hall, Day: today, Window: d.Window, Clerk: d.Clerk, AtMS: d.NowMS, Request: d.Request}
	if _, ok := addDays(today, 0); !ok || calendar == nil || d.Request == "" || d.NowMS <= 0 || !IsStep(d.Kind) || d.Kind == KindDeemed {
		return s, event.RequestUnusable.With("field", "step")
	}
	if state := c.Standing(); !slices.Contains(d.from(), state) {
		return s, event.CaseState.With("state", string(state))
	}
	needsWhy, needsAgency := d.Kind == KindExtended, false
	switch d.Kind {
	case KindDeclined, KindDecided:
		if by, state := calendar.AcceptBy(c); d.Kind == KindDeclined && state == TermKnown && today > by {
			return s, event.CaseLate.With("by", string(by)) // it counts as accepted since
		}
		if d.Outcome == Granted && len(c.Unsettled()) > 0 {
			return s, event.CaseUnproved
		}
		s.Outcome = d.Outcome
		needsWhy = d.Outcome == Refused || d.Outcome == Denied || d.Outcome == Returned
		needsAgency = d.Outcome == NotOurs || d.Outcome == PassedOn
	case KindAsked:
		if refusal := d.ask(c, calendar, today, &s); refusal != nil {
			return s, refusal
		}
	case KindSuspended:
		if !slices.Contains(Procedures, d.Procedure) {
			return s, event.FieldMissing.With("field", "procedure")
		}
		s.Procedure = d.Procedure
	case KindResumed:
		s.Of = c.pause().Request
	case KindExtended:
		if refusal := d.extend(c, calendar, today, &s); refusal != nil {
			return s, refusal
		}
	case KindCharged:
		if refusal := d.charge(c, today, &s); refusal != nil {
			return s, refusal
		}
	case KindPaid:
		if refusal := d.pay(c, &s); refusal != nil {
			return s, refusal
		}
	case KindHandedOut:
		if s.How = d.How; !slices.Contains(Ways, d.How) {
			return s, event.RequestUnusable.With("field", "how")
		}
	}
	if needsAgency {
		if s.Agency = strings.Join(strings.Fields(d.Agency), " "); s.Agency == "" {
			return s, event.FieldMissing.With("field", "agency")
		}
	}
	if needsWhy && tidy(d.Why) == "" {
		return s, event.FieldMissing.With("field", "reason")
	}
	return s, nil
}

// from lists the states in which a step may be taken. Nothing is granted of which something
// is still to be brought (容缺受理).
func (d Deed) from() []State {
	switch d.Kind {
	case KindAccepted, KindAsked:
		return []State{Lodged}
	case KindDeclined:
		if d.Outcome == Refused || d.Outcome == NotOurs {
			return []State{Lodged}
		}
	case KindSuspended:
		return []State{Accepted, AcceptedLater}
	case KindResumed:
		return []State{Suspended}
	case KindExtended:
		return []State{Accepted, AcceptedLater, Suspended}
	case KindDecided:
		switch d.Outcome {
		case Granted:
			return []State{Accepted}
		case Denied, Returned, PassedOn:
			return []State{Accepted, AcceptedLater}
		}
	case KindHandedOut:
		return []State{Granted, Denied, Returned, PassedOn}
	case KindArchived:
		return []State{HandedOut}
	case KindCharged: // also at once, when everything is handed out already
		return []State{Accepted, AcceptedLater, Suspended, Granted, HandedOut}
	case KindPaid:
		return []State{Accepted, AcceptedLater, Suspended, Granted, Denied, Returned, PassedOn, HandedOut}
	}
	return nil
}

// ask asks for a correction of what was received: once, in time, and for everything at once (行政许可法 32).
func (d Deed) ask(c *Case, calendar *Calendar, today hall.Date, s *Step) *event.Refusal {
	if by, state := calendar.AcceptBy(c); state == TermKnown && today > by {
		return event.CaseLate.With("by", string(by)) // it counts as accepted since
	}
	if len(d.Lacks) == 0 {
		return event.FieldMissing.With("field", "materials")
	}
	for _, l := range d.Lacks {
		if l.Name == "" || slices.Contains(s.Materials, l.No) {
			return event.RequestUnusable.With("field", "materials")
		}
		s.Materials, s.Absent = append(s.Materials, l.No), append(s.Absent, l.Name)
	}
	s.AnswerBy = calendar.answerBy(Correction, today)
	return nil
}

// extend lets the time be extended once, before it is over (行政许可法 42).
func (d Deed) extend(c *Case, calendar *Calendar, today hall.Date, s *Step) *event.Refusal {
	if c.Extension() != nil {
		return event.CaseExtended
	}
	if by, state := calendar.DecideBy(c); state == TermKnown && today > by {
		return event.CaseLate.With("by", string(by))
	}
	id := RuleDecision
	if d.Joint {
		id = RuleDecisionJoint
	}
	rule, ok := calendar.Rules.On(id, "", today)
	if !ok {
		return event.RequestUnusable.With("field", "day")
	}
	s.Days = rule.Extra
	return nil
}

// AtOnce are the steps that follow an application which is decided at once (即办件): it is
// granted and handed out on the spot, with its acceptance in one commit.
func (t Taken) AtOnce() (decided, out Step) {
	s := Step{Application: t.Application, Hall: t.Hall, Day: hall.DateOf(t.AtMS), Window: t.Window, Clerk: t.Clerk, AtMS: t.AtMS}
	decided, out = s, s
	decided.Outcome, decided.Request = Granted, t.Request+":decided"
	out.How, out.Request = WayAtOnce, t.Request+":out"
	return decided, out
}

// HandedOut is the handing out of the decision; nil where there was none.
func (c *Case) HandedOut() *Noted { return c.first(KindHandedOut) }
