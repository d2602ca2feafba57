package intake

import "onewindow/app/hall"

// What is due of an application.
const (
	DueAccept  = "accept"  // to be told whether it is accepted (行政许可法 32)
	DueBring   = "bring"   // what the citizen has to bring
	DueDecide  = "decide"  // the decision (行政许可法 42)
	DueDeliver = "deliver" // the decision to be handed out (行政许可法 44)
)

// Deadline is the next day that binds somebody. Day is empty while nobody knows it: State
// tells whether it is suspended, or leads through a year whose holidays are not published.
type Deadline struct {
	What  string
	Day   hall.Date
	State TermState
	// Left are the working days left, 0 on the last day and below 0 afterwards; only where
	// State is TermKnown.
	Left int
}

// acceptedOn is the day on which an application was accepted, or empty. One that counts as
// accepted because nobody said anything in time was so on the day on which it was received
// (行政许可法 32), also where somebody said so afterwards, before the hub had noted it; one
// that had to be corrected when the last of it was brought.
func (c *Calendar) acceptedOn(a *Case) hall.Date {
	switch a.open() {
	case Lodged, Correction:
		return ""
	}
	received := hall.DateOf(a.AtMS)
	switch a.State {
	case Lodged:
		asked := a.asked() != nil
		if asked && a.first(KindAccepted) == nil {
			return a.corrected()
		}
		n := a.first(KindAccepted, KindDeemed)
		if by, state := c.AcceptBy(a); !asked && state == TermKnown && n.Day > by {
			return received
		}
		return n.Day
	case Correction:
		return a.corrected()
	}
	return received
}

// corrected is the day on which the last of what must be there came.
func (c *Case) corrected() hall.Date {
	last := c.AtMS
	for no, at := range c.Supplied {
		if c.mustBeThere(no) {
			last = max(last, at)
		}
	}
	return hall.DateOf(last)
}

// DecideBy is the last day for the decision, from everything that is known of the
// application: the day of its acceptance, special procedures, the extension. Empty where
// it is not accepted.
func (c *Calendar) DecideBy(a *Case) (hall.Date, TermState) {
	from := c.acceptedOn(a)
	switch {
	case from == "":
		return "", TermUnknown
	case a.Clock == nil: // noted before clocks were
		day := a.promisedDay()
		if day == "" {
			return "", TermUnknown
		}
		return day, TermKnown
	}
	return c.Due(a.term(a.clock(), from))
}

// term is the time for the decision by a clock, from the day of the acceptance on, with what moved it.
func (c *Case) term(clock *Clock, from hall.Date) Term {
	t := clock.term(from)
	if n := c.Extension(); n != nil {
		t.Extended, t.Rule.Extra = true, n.Days
	}
	for _, s := range c.Steps {
		if s.Kind == KindSuspended && c.Counts(&s) {
			t.Suspensions = append(t.Suspensions, Suspension{From: s.Day, Until: c.resumed(s.Request)})
		}
	}
	return t
}

// ruled gives the last day of a term of the law that begins on a day.
func (c *Calendar) ruled(id string, from hall.Date) (hall.Date, TermState) {
	rule, ok := c.Rules.On(id, "", from)
	if !ok {
		return "", TermUnknown
	}
	return c.Due(Term{Rule: rule, From: from})
}

// AcceptBy is the last day for saying whether something that was received is accepted.
func (c *Calendar) AcceptBy(a *Case) (hall.Date, TermState) {
	return c.ruled(RuleCorrectionNotice, hall.DateOf(a.AtMS))
}

// DeliverBy is the last day for handing a decision out. The law names those that grant
// (行政许可法 44); the others are held to the same.
func (c *Calendar) DeliverBy(a *Case) (hall.Date, TermState) {
	n := a.Decision()
	if n == nil {
		return "", TermUnknown
	}
	return c.ruled(RuleDelivery, n.Day)
}

// Next gives what is due next of an application; What is empty where nothing is.
func (c *Calendar) Next(a *Case, today hall.Date) (d Deadline) {
	switch a.Standing() {
	case Lodged:
		d.What = DueAccept
		d.Day, d.State = c.AcceptBy(a)
	case Correction:
		d.What, d.Day, d.State = DueBring, a.AnswerUntil(), TermKnown
		if d.Day == "" {
			d.State = TermUnknown
		}
	case Accepted, AcceptedLater, Suspended:
		d.What = DueDecide
		d.Day, d.State = c.DecideBy(a)
	case Granted, Denied, Returned, PassedOn:
		d.What = DueDeliver
		d.Day, d.State = c.DeliverBy(a)
	default:
		return Deadline{}
	}
	if d.State == TermKnown {
		left, known := c.left(d.Day, today)
		if d.Left = left; !known { // the year is not published: civil days say enough
			d.Left = apart(today, d.Day)
		}
	}
	return d
}

// Deem decides that what was received counts as accepted because nobody said anything: on
// the day after the last one (行政许可法 32).
func (c *Calendar) Deem(a *Case, today hall.Date, nowMS int64) (Step, bool) {
	by, state := c.AcceptBy(a)
	if a.Standing() != Lodged || state != TermKnown || today <= by {
		return Step{}, false
	}
	return Step{Application: a.Application, Hall: a.Hall, Day: hall.DateOf(a.AtMS), AtMS: nowMS, Request: "deemed"}, true
}

// Status gives what may be shown to anybody, with the days as they are by now; those that
// were told where c is nil.
func (c *Calendar) Status(a *Case) Status {
	s := a.Status()
	if c == nil {
		return s
	}
	switch s.State {
	case Lodged:
		s.DueDate, _ = c.AcceptBy(a)
	case Accepted, AcceptedLater, Suspended:
		// What was told binds nobody once a hearing has moved it; only where no clock was
		// noted it is all that is known.
		if day, state := c.DecideBy(a); state == TermKnown || a.Clock != nil {
			s.DueDate = day
		}
	case Granted, Denied, Returned, PassedOn:
		s.DueDate, _ = c.DeliverBy(a)
	}
	return s
}
