package hall

import "onewindow/app/event"

// Stay is one round of a ticket as figures count it: a wait in a queue, the call, the time at a window,
// and how it ended. Moments are in ms, 0 for what did not happen.
type Stay struct {
	Queue Letter
	// Only is the one window that may call, empty for any.
	Only WindowID
	// FromMS is when the wait begins, NotBeforeMS when an appointment may be called, 0 for at once.
	FromMS, NotBeforeMS int64
	// CalledMS is the first call, CalledTo and CalledBy whose; Reason tells why it was out of order.
	CalledMS int64
	CalledTo WindowID
	CalledBy ClerkID
	Reason   string
	// StartedMS is the earliest start, Window and Clerk whose, How as in Moved.
	StartedMS int64
	Window    WindowID
	Clerk     ClerkID
	How       string
	Recalls   int
	// End is what ended the round for its window or queue, empty while it lasts: a finish, parking, a
	// return, a transfer, a no-show, or one of the ends without a visit.
	End   event.Kind
	EndMS int64
}

// Stays gives the rounds of a ticket, up to the finish: what other places noted of it after that
// happened to nobody.
func (t *Ticket) Stays() []Stay {
	out := make([]Stay, 0, 1)
	at := spot{queue: t.Service, key: t.Due(), since: t.IssuedMS}
	fromMS, number := t.IssuedMS, 0 // from 0 is a round that nobody waited in
	for next := 0; next < len(t.Steps); {
		var r round
		r, next = t.readRound(next)
		s := r.stay()
		if s.Queue, s.Only, s.FromMS = at.queue, at.only, fromMS; fromMS == 0 {
			s.FromMS = s.firstMS() // ended while it was parked, or what opened it has not been heard of
		}
		if r.number == 0 {
			s.NotBeforeMS = t.Issued.notBefore()
		}
		out = append(out, s)
		if r.finished != nil {
			return out
		}
		number = r.number + 1
		if fromMS = 0; r.opener != nil {
			at, fromMS = at.after(r.opener, t.IssuedMS), max(t.IssuedMS, r.opener.AtMS)
		}
	}
	if t.State == Waiting && (number == 0 || t.Round == number) {
		s := Stay{Queue: at.queue, Only: at.only, FromMS: fromMS}
		if number == 0 {
			s.NotBeforeMS = t.Issued.notBefore()
		}
		out = append(out, s)
	}
	return out
}

// firstMS is the first moment that was noted of a round.
func (s *Stay) firstMS() (ms int64) {
	for _, at := range []int64{s.CalledMS, s.StartedMS, s.EndMS} {
		if at > 0 && (ms == 0 || at < ms) {
			ms = at
		}
	}
	return ms
}

// stay reads a round; the queue is the caller's to fill in.
func (r *round) stay() (s Stay) {
	s.Recalls = r.recalls
	if c := r.called; c != nil {
		s.CalledMS, s.CalledTo, s.CalledBy, s.Reason = c.AtMS, c.Window, c.Clerk, c.Reason
	}
	if b := r.started; b != nil {
		s.StartedMS, s.Window, s.Clerk, s.How = b.AtMS, b.Window, b.Clerk, b.How
	}
	var end *Step
	switch {
	case r.finished != nil:
		end = r.finished
	case r.present != nil: // somebody sits there
	case r.parked != nil:
		end = r.parked
	case r.opener != nil && (r.opener.Kind == KindReturned || r.opener.Kind == KindPassed):
		end = r.opener
	case r.closed != nil:
		end = r.closed
	case r.missed != nil:
		end = r.missed
	}
	if end != nil {
		s.End, s.EndMS = end.Kind, end.AtMS
	}
	return s
}
