package disclosure

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Purposes for which a clerk may open a request.
var Purposes = []string{"handle", "answer", "ask", "correct"}

// ForRepeat is the purpose for which what a person asked before is looked at while a request is
// written or answered: whether it repeats one (第36条(六)).
const ForRepeat = "repeat"

// Do is the wish to note a step of a request. What belongs to which kind is said at Step.
type Do struct {
	Kind event.Kind
	Whom string
	// Basis and Pages of a fee; Nth is as in Fee.
	Basis      Basis
	Pages, Nth int
	Outcome    Outcome
	Earlier    string
	EarlierOn  hall.Date
	// Excused tells that a correction comes late for a good reason, as the clerk finds.
	Excused bool
	// Words are what is unclear, the request as it is corrected, or the answer. They are not
	// in the step that is decided: the caller seals them into it.
	Words   intake.Personal
	Window  hall.WindowID
	Clerk   hall.ClerkID
	Request string
	NowMS   int64
}

// allowed are the states in which a step may be done.
var allowed = map[event.Kind][]State{
	KindNotified: {Open}, KindCorrected: {Correcting, Answered}, KindExtended: {Open, Consulting}, KindConsulted: {Open}, KindHeard: {Consulting},
	KindCharged: {Open}, KindPaid: {Charged}, KindReasons: {Open}, KindAnswered: {Open, Consulting, Correcting, Charged},
}

// Decide gives the step to note.
//
// Refusals: CaseState (args state) where the request does not stand so; TermOver (args by) where the
// day for it is over; FieldMissing (args field: words, whom, basis, earlier, outcome, excused); StepMissing (args
// step: third_party, reasons, correction) where the law wants another step first; TermUnknown where the day until which
// somebody has time lies in a year whose holidays are not announced; StepOnce (args step)
// where it allows one alone; NoFee where nothing is to be paid; RequestUnusable.
func (d Do) Decide(c *Case, calendar *intake.Calendar, today hall.Date) (Step, *event.Refusal) {
	s := c.Stands(calendar, today)
	step := Step{Disclosure: c.Disclosure, Day: today, Window: d.Window, Clerk: d.Clerk, AtMS: d.NowMS, Request: d.Request}
	states, known := allowed[d.Kind]
	switch {
	case !known || d.Request == "" || !isDay(today):
		return Step{}, event.RequestUnusable
	case !slices.Contains(states, s.State):
		return Step{}, event.CaseState.With("state", string(s.State))
	case today < c.Day:
		return Step{}, event.RequestUnusable.With("field", "today")
	}
	if (d.Kind == KindNotified || d.Kind == KindCorrected) && d.words() == 0 || d.words() > AskedMost {
		return Step{}, event.FieldMissing.With("field", "words")
	}
	var refusal *event.Refusal
	switch d.Kind {
	case KindNotified:
		refusal = s.mayNotify(today)
	case KindCorrected:
		step.Excused, refusal = d.late(&s, today)
	case KindExtended:
		refusal = s.mayExtend(today)
	case KindConsulted:
		if step.Whom = d.Whom; d.Whom != ThirdParty && d.Whom != OtherAgency {
			refusal = event.FieldMissing.With("field", "whom")
		}
	case KindHeard:
		step.Whom = s.Whom
	case KindCharged:
		refusal = d.charge(&step, &s, today)
	case KindAnswered:
		refusal = d.answer(c, &step, &s, today)
	}
	if refusal != nil {
		return Step{}, refusal
	}
	step.By = lastDay(calendar, d.Kind, &step)
	return step, nil
}

// lastDay of whom a step waits for, counted from its day; empty where it waits for nobody, or
// where the way leads into a year whose holidays nobody knows yet.
func lastDay(calendar *intake.Calendar, kind event.Kind, s *Step) (by hall.Date) {
	if calendar == nil {
		return ""
	}
	rule, ok := intake.Rule{Days: payDays, Unit: guide.CalendarDays}, kind == KindCharged
	switch {
	case kind == KindNotified:
		rule, ok = calendar.Rules.On(intake.RuleCorrectionAnswer, "", s.Day)
	case kind == KindConsulted && s.Whom == ThirdParty:
		rule, ok = calendar.Rules.On(intake.RuleThirdParty, "", s.Day)
	case kind == KindConsulted:
		rule, ok = calendar.Rules.On(intake.RuleConsultedAgency, "", s.Day)
	}
	if ok {
		by, _ = calendar.Due(intake.Term{Rule: rule, From: s.Day})
	}
	return by
}

func (d Do) words() int { return utf8.RuneCountInString(strings.TrimSpace(string(d.Words))) }

// mayNotify: within 7 working days since the request, and once (第30条). Later the agency answers
// what it understands.
func (s *Standing) mayNotify(today hall.Date) *event.Refusal {
	switch {
	case s.Notified:
		return event.StepOnce.With("step", "correction")
	case s.NoticeBy != "" && today > s.NoticeBy:
		return event.TermOver.With("by", string(s.NoticeBy))
	}
	return nil
}

// CorrectsLate tells that the last day for a correction is over, or the request given up for it.
func (s Standing) CorrectsLate(today hall.Date) bool {
	return s.State == Answered && s.Answer.Outcome == OutcomeUncorrected || s.State == Correcting && s.AnswerBy != "" && today > s.AnswerBy
}

// late tells that a correction comes after the last day for it, which needs a good reason (第30条);
// with one it may also come when the request counts as given up already.
func (d Do) late(s *Standing, today hall.Date) (bool, *event.Refusal) {
	if s.State == Answered && s.Answer.Outcome != OutcomeUncorrected {
		return false, event.CaseState.With("state", string(s.State))
	}
	late := s.CorrectsLate(today)
	if late && !d.Excused {
		return false, event.FieldMissing.With("field", "excused").With("by", string(cmp.Or(s.AnswerBy, s.waited)))
	}
	return late, nil
}

// mayExtend: once, and before the term is over (第33条).
func (s *Standing) mayExtend(today hall.Date) *event.Refusal {
	switch {
	case s.Clock.Extended:
		return event.StepOnce.With("step", "extension")
	case s.Known == intake.TermKnown && today > s.Due:
		return event.TermOver.With("by", string(s.Due))
	}
	return nil
}

// charge: by one basis, and only where there is something to pay.
func (d Do) charge(step *Step, s *Standing, today hall.Date) *event.Refusal {
	if d.Basis != ByItems && d.Basis != ByPages || d.Pages < 0 || d.Nth < 0 {
		return event.FieldMissing.With("field", "basis")
	}
	step.Basis, step.Yuan = d.Basis, Fee(today, d.Basis, d.Nth, d.Pages)
	switch {
	case s.Paid:
		return event.StepOnce.With("step", "fee")
	case step.Yuan == 0:
		return event.NoFee
	}
	return nil
}

// answer checks that what the law wants before an answer was done.
func (d Do) answer(c *Case, step *Step, s *Standing, today hall.Date) *event.Refusal {
	step.Outcome, step.Earlier = d.Outcome, strings.ToUpper(strings.TrimSpace(d.Earlier))
	_, known := outcomes[d.Outcome]
	waits := s.State == Correcting || s.State == Charged
	ends := givenUp[d.Outcome]
	switch {
	case !known:
		return event.FieldMissing.With("field", "outcome")
	case d.Outcome != OutcomeRepeat && step.Earlier != "":
		return event.RequestUnusable.With("field", "earlier")
	case d.Outcome == OutcomeWithdrawn:
		return nil
	case ends != "" && s.State != ends, ends == "" && waits:
		return event.CaseState.With("state", string(s.State))
	case ends != "" && s.AnswerBy == "": // nobody knows yet whether their time is over
		return event.TermUnknown
	case ends != "" && today <= s.AnswerBy: // they still have time
		return event.NotOver.With("by", string(s.AnswerBy))
	}
	switch d.Outcome {
	case OutcomeRepeat: // the earlier answer is named (第36条(六))
		if step.Earlier == "" || step.Earlier == c.Number {
			return event.FieldMissing.With("field", "earlier")
		}
		step.EarlierOn = d.EarlierOn
	case OutcomeExcessive: // reasons are asked for first (第35条)
		if !s.Reasons {
			return event.StepMissing.With("step", "reasons")
		}
	case OutcomeUnclear: // only after a correction (第30条)
		if !s.Corrected {
			return event.StepMissing.With("step", "correction")
		}
	case OutcomeThirdParty: // they are heard first (第32条)
		if !s.Heard {
			return event.StepMissing.With("step", "third_party")
		}
	case OutcomePublic, "not_ours", "petition", "publication": // where to turn to is said
		if d.words() == 0 {
			return event.FieldMissing.With("field", "words")
		}
	}
	if s.State == Consulting {
		return event.CaseState.With("state", string(s.State))
	}
	return nil
}

// GiveUp decides that the applicant has given the request up: what was unclear was not corrected in time
// (第30条), or the fee not paid (109号). False where nobody is waited for, the last day is not over,
// or nobody knows it. What the agency itself has not answered in time never ends so: that is late.
func (c *Case) GiveUp(calendar *intake.Calendar, today hall.Date, nowMS int64) (Step, bool) {
	s := c.walk(calendar, today)
	outcome, waits := s.givesUp()
	if !waits || s.AnswerBy == "" || today <= s.AnswerBy {
		return Step{}, false
	}
	return Step{Disclosure: c.Disclosure, Day: today, Outcome: outcome, AtMS: nowMS}, true
}
