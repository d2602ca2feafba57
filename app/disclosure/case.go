package disclosure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Case is a request as the facts about it tell, in whatever order they came. Requested is empty
// as long as only later facts have come.
type Case struct {
	Requested
	// From is the event that Requested comes from, Sum the hash of its payload in hexadecimal.
	From event.ID `json:"from"`
	Sum  string   `json:"sum"`
	// Disputed tells that two events claim this request with different content; the one with
	// the smaller id stands, and a person has to look.
	Disputed bool `json:"disputed,omitempty"`
	// Steps are what came after it, each once, in the order of their days and times.
	Steps []Noted `json:"steps,omitempty"`
}

// Noted is a step with the event that it comes from.
type Noted struct {
	ID   event.ID   `json:"id"`
	Kind event.Kind `json:"kind"`
	Step
}

// Known tells that the request itself has come, and not only what came after it.
func (c *Case) Known() bool { return c.From.Origin != "" }

// Facts names the events that have to be saved for the request to be saved as it stands.
func (c *Case) Facts() []event.ID {
	ids := []event.ID{c.From}
	for _, n := range c.Steps {
		ids = append(ids, n.ID)
	}
	return ids
}

// Fact is what one event tells of a request.
type Fact struct {
	id        event.ID
	kind      event.Kind
	sum       string // of the payload
	requested Requested
	step      Step
}

// ReadFact decodes an event that Concerns requests. Errors wrap ErrNotOurs.
func ReadFact(e event.Event) (f Fact, err error) {
	f = Fact{id: e.ID, kind: e.Kind, sum: event.Sum(e.Payload).String()}
	switch {
	case e.Kind == KindRequested:
		f.requested, err = readRequested(e)
	case Concerns(e.Kind):
		f.step, err = readStep(e)
	default:
		err = fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	return f, err
}

// Disclosure is the request that the fact is about.
func (f Fact) Disclosure() ID { return cmp.Or(f.requested.Disclosure, f.step.Disclosure) }

// Fold adds a fact to the request that it is about; old is nil for the first one and is not
// changed. The result is the same in any order and for repetitions. Errors wrap ErrNotOurs.
func (f Fact) Fold(old *Case) (*Case, error) {
	c := &Case{Requested: Requested{Disclosure: f.Disclosure()}}
	if old != nil {
		if old.Disclosure != f.Disclosure() {
			return nil, fmt.Errorf("%w: %s is about another request", ErrNotOurs, f.id)
		}
		*c = *old
	}
	if f.kind != KindRequested {
		n := Noted{ID: f.id, Kind: f.kind, Step: f.step}
		at, there := slices.BinarySearchFunc(c.Steps, n, compareNoted)
		if !there {
			c.Steps = slices.Insert(slices.Clone(c.Steps), at, n)
		}
		return c, nil
	}
	if c.Known() {
		c.Disputed = c.Disputed || c.Sum != f.sum
		if cmp.Or(c.From.Compare(f.id), cmp.Compare(c.Sum, f.sum)) < 0 {
			return c, nil
		}
	}
	c.Requested, c.From, c.Sum = f.requested, f.id, f.sum
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

// compareNoted orders steps by day and time. A device that used a number twice has two steps of
// one id: their content tells them apart.
func compareNoted(a, b Noted) int {
	if order := cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.AtMS, b.AtMS), a.ID.Compare(b.ID), cmp.Compare(a.Kind, b.Kind)); order != 0 || a.Step == b.Step {
		return order
	}
	return cmp.Compare(string(hall.Payload(a.Step)), string(hall.Payload(b.Step)))
}

// Row encodes the case for its row of the database; equal cases have equal rows.
func (c *Case) Row() []byte { return hall.Payload(c) }

// ReadRow decodes what Row gave.
func ReadRow(b []byte) (*Case, error) {
	c := &Case{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("read a request for information: %w", err)
	}
	return c, nil
}

// State is where a request stands.
type State string

// States. In all but Open and Consulting no clock of the agency runs.
const (
	Open       State = "open"
	Correcting State = "correcting" // the applicant has to say what is meant
	Consulting State = "consulting" // a third party or another agency is heard
	Charged    State = "charged"    // the applicant has to pay
	Answered   State = "answered"
)

// Standing is where a request stands and until when what has to be done.
type Standing struct {
	State State
	// Clock counts the days for the answer; Due is its last one, as Known tells.
	Clock intake.Term
	Due   hall.Date
	Known intake.TermState
	// Restarted tells that the clock began anew with a correction or a payment.
	Restarted bool
	// NoticeBy is the last day for the notice of what has to be corrected; empty where there is
	// no such term, it is not known, or the notice was given.
	NoticeBy hall.Date
	// AnswerBy is the last day of the applicant, a third party or an agency, empty for none.
	AnswerBy hall.Date
	// Notified, Corrected and Reasons tell that these steps were done; Heard that a third party was
	// consulted and has answered, or its time is over on the day that was asked for.
	Notified, Corrected, Reasons, Heard, Paid bool
	// Whom is consulted now.
	Whom string
	// waited is until when the applicant was waited for, of a request that was given up.
	waited hall.Date
	// Answer is the step that ended it, nil for none. Twice tells that a person has to
	// look: another one says otherwise, or one ended the request for what the applicant had done in time.
	Answer *Noted
	Twice  bool
}

// Stands follows a request through its steps up to a day. The term is that of the law in force
// when its clock begins: 15 working days and 15 more under the law of 2007 (第24条), 20 and 20
// since 2019-05-15 (第33条). The clock begins anew with a correction (2019 第30条; the law of 2007
// knows no such thing) and with a payment (109号). Time in which a third party is heard does
// not count (2007 第24条, 2019 第33条), that of another agency since 2019 (第33条).
func (c *Case) Stands(calendar *intake.Calendar, today hall.Date) Standing {
	s := c.walk(calendar, today)
	s.silence(today)
	if s.State != Answered { // of an answered one Due is what it was
		s.count(calendar)
	}
	return s
}

// walk follows the steps up to a day. Without a calendar no day of the agency is counted; where
// the request stands, and what ended it, needs none.
func (c *Case) walk(calendar *intake.Calendar, upto hall.Date) Standing {
	s := Standing{State: Open}
	s.begin(calendar, c.Day)
	if calendar != nil {
		if rule, ok := calendar.Rules.On(intake.RuleDisclosureCorrect, "", c.Day); ok {
			s.NoticeBy, _ = calendar.Due(intake.Term{Rule: rule, From: c.Day})
		}
	}
	for n := range c.Steps {
		if at := &c.Steps[n]; at.Day <= upto {
			s.silence(at.Day)
			s.step(calendar, at)
		}
	}
	return s
}

// everyDay is behind every step.
const everyDay hall.Date = "9999-12-31"

// answer is the answer that stands by the end of a day, nil for none.
func (c *Case) answer(upto hall.Date) *Noted {
	s := c.walk(nil, upto)
	return s.Answer
}

// AnsweredOn is the day of the answer, empty for none.
func (c *Case) AnsweredOn() hall.Date {
	if a := c.answer(everyDay); a != nil {
		return a.Day
	}
	return ""
}

// WaitsUntil is the day behind which it is worth asking whether the applicant, without whom the request
// does not go on, has given it up: the last day to correct it or to pay, and where that was not known when it was told,
// its first one. Empty where nobody is waited for.
func (c *Case) WaitsUntil() hall.Date {
	s := c.walk(nil, everyDay)
	if _, waits := s.givesUp(); !waits {
		return ""
	}
	return cmp.Or(s.AnswerBy, c.last(KindNotified, KindCharged).Day)
}

// givesUp is how a request ends on whose applicant is waited for in vain. The law of 2007 knew no such end.
func (s *Standing) givesUp() (o Outcome, waits bool) {
	for outcome, state := range givenUp {
		if s.State == state && s.stops() {
			return outcome, true
		}
	}
	return "", false
}

// silence ends a consultation whose last day is over: who is silent is not waited for.
func (s *Standing) silence(today hall.Date) {
	if p := s.suspension(); s.State == Consulting && p != nil && p.Until != "" && p.Until < today {
		s.State, s.AnswerBy = Open, ""
		s.Heard = s.Heard || s.Whom == ThirdParty
	}
}

// count gives the last day for the answer, or tells that the clock stands still.
func (s *Standing) count(calendar *intake.Calendar) {
	if s.State == Correcting && s.stops() || s.State == Charged {
		s.Due, s.Known = "", intake.TermSuspended
		return
	}
	if calendar != nil {
		s.Due, s.Known = calendar.Due(s.Clock)
	}
}

// stops tells that a notice of correction stops the clock, as it does since 2019.
func (s *Standing) stops() bool { return s.Clock.From >= Law2019 }

// begin starts the clock on a day.
func (s *Standing) begin(calendar *intake.Calendar, d hall.Date) {
	s.Clock = intake.Term{From: d}
	if calendar != nil {
		s.Clock.Rule, _ = calendar.Rules.On(intake.RuleDisclosure, "", d)
	}
}

// suspension is the last one of the clock.
func (s *Standing) suspension() *intake.Suspension {
	if n := len(s.Clock.Suspensions); n > 0 {
		return &s.Clock.Suspensions[n-1]
	}
	return nil
}

func (s *Standing) step(calendar *intake.Calendar, n *Noted) {
	if n.Kind == KindAnswered {
		s.answered(calendar, n)
		return
	}
	if s.State == Answered {
		if !s.comesBack(n) {
			return
		}
		s.Answer = nil
	}
	by := cmp.Or(n.By, lastDay(calendar, n.Kind, &n.Step)) // a year that was not known then may be by now
	switch n.Kind {
	case KindNotified:
		if !s.Notified { // 一次性: there is one
			s.State, s.Notified, s.AnswerBy, s.NoticeBy = Correcting, true, by, ""
		}
	case KindCorrected:
		s.State, s.Corrected, s.AnswerBy, s.NoticeBy = Open, true, "", ""
		if s.stops() {
			s.Restarted = true
			s.begin(calendar, n.Day)
		}
	case KindExtended:
		s.Clock.Extended = true
	case KindConsulted:
		s.State, s.Whom, s.AnswerBy = Consulting, n.Whom, by
		if n.Whom == ThirdParty || s.stops() {
			s.Clock.Suspensions = append(slices.Clone(s.Clock.Suspensions), intake.Suspension{From: n.Day, Until: by})
		}
	case KindHeard:
		s.heard(n)
	case KindCharged:
		s.State, s.AnswerBy = Charged, by
	case KindPaid:
		s.State, s.AnswerBy, s.Paid, s.Restarted = Open, "", true, true
		s.begin(calendar, n.Day)
	case KindReasons:
		s.Reasons = true
	}
}

// answered ends a request. That the applicant has given it up counts only where the applicant was
// waited for, and no longer than told: what came in time at another place may be heard of
// after somebody has found the time over. Then it goes on, and a person is told.
func (s *Standing) answered(calendar *intake.Calendar, n *Noted) {
	waits := givenUp[n.Outcome]
	switch {
	case s.State == Answered: // what ends by itself contradicts nobody
		s.Twice = s.Twice || n.Outcome != s.Answer.Outcome && (waits == "" || n.Clerk != "")
	case waits != "" && (s.State != waits || n.Day <= s.AnswerBy):
		s.Twice = true
	default:
		s.count(calendar)
		s.State, s.Answer, s.waited, s.AnswerBy, s.NoticeBy = Answered, n, s.AnswerBy, "", ""
	}
}

// comesBack tells that a step opens a request again that was given up: it was not corrected in
// time, and there was a good reason (第30条, 无正当理由).
func (s *Standing) comesBack(n *Noted) bool {
	return n.Kind == KindCorrected && n.Excused && s.Answer.Outcome == OutcomeUncorrected
}

// heard ends a consultation: the time up to the answer does not count, and not beyond the last
// day for it.
func (s *Standing) heard(n *Noted) {
	if s.State != Consulting || s.Whom != n.Whom {
		return
	}
	if p := s.suspension(); p != nil && (p.Until == "" || n.Day < p.Until) && n.Day >= p.From {
		p.Until = n.Day
	}
	s.State, s.AnswerBy = Open, ""
	s.Heard = s.Heard || n.Whom == ThirdParty
}

// Late tells whether the answer came, or today is, after the last day.
func (s Standing) Late(today hall.Date) bool {
	if s.Answer != nil {
		today = s.Answer.Day
	}
	return s.Known == intake.TermKnown && today > s.Due
}
