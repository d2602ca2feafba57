package hall

import (
	"slices"

	"onewindow/app/event"
)

// A ticket goes through rounds. Each begins with its waiting and ends with a finish, with
// one of the ends that a person decides, or with a step that opens the next round: the
// person is waiting again, maybe elsewhere. Places that are cut off from each other note
// steps of the same round that cannot both be; every place comes to the same of them:
// presence beats what is said of somebody absent. Who sits at a window is served there
// until that very window ends it, whatever the hub or a kiosk thought meanwhile, and a
// finish in any round is the end. Of two starts or finishes the earlier one names the
// window. Conflict tells a person of all that.

// round is what the steps of one round make.
type round struct {
	number   int
	called   *Step // the first call
	lastMS   int64 // of calls and recalls
	recalls  int
	missed   *Step
	closed   *Step
	started  *Step // the earliest start
	present  *Step // the earliest start whose window has not ended it
	parked   *Step
	finished *Step
	opener   *Step // of the next round
}

// readRound reads the steps of the round that begins at from, and gives where the next
// one begins.
func (t *Ticket) readRound(from int) (r round, next int) {
	r.number = t.Steps[from].Round
	for next = from; next < len(t.Steps) && t.Steps[next].Round == r.number; next++ {
		s := &t.Steps[next]
		if t.uncalled(s) {
			continue
		}
		kind := rank(s.Kind)
		if kind >= 7 && event.Broken("stays-at-window") {
			continue
		}
		switch kind {
		case 1:
			if s.Kind == KindCalled && r.called == nil {
				r.called = s
			}
			r.lastMS, r.recalls = max(r.lastMS, s.AtMS), max(r.recalls, s.Recall)
		case 2:
			first(&r.missed, s)
		case 3:
			first(&r.closed, s)
		case 4:
			first(&r.started, s)
			if r.present == nil && !t.leftBy(s, next) {
				r.present = s
			}
		case 5:
			first(&r.parked, s)
		case 6:
			first(&r.finished, s)
		case 7, 8:
			r.opener = s
		}
	}
	return r, next
}

func first(to **Step, s *Step) {
	if *to == nil {
		*to = s
	}
}

// leftBy tells whether the window of a start has ended the person's stay in that round.
func (t *Ticket) leftBy(start *Step, from int) bool {
	for i := from; i < len(t.Steps) && t.Steps[i].Round == start.Round; i++ {
		if s := &t.Steps[i]; s.Window == start.Window && (s.Kind == KindParked || rank(s.Kind) >= rank(KindReturned)) {
			return true
		}
	}
	return false
}

// state gives where the round alone leaves the ticket, and the step that says so.
func (r *round) state() (State, *Step) {
	switch {
	case r.present != nil:
		return Serving, r.present
	case r.parked != nil:
		return Parked, r.parked
	case r.closed != nil:
		return ends(r.closed.Kind), r.closed
	case r.missed != nil:
		return NoShow, r.missed
	case r.called != nil:
		return CalledS, r.called
	}
	return Waiting, nil
}

// derive computes the state from the steps.
func (t *Ticket) derive() {
	t.Reprints, t.FirstMS, t.FinishedMS = 0, 0, 0
	t.spot = nil
	var top, at, done round
	for from := 0; from < len(t.Steps); {
		var r round
		if r, from = t.readRound(from); r.called != nil && t.FirstMS == 0 {
			t.FirstMS = r.called.AtMS
		}
		top = r
		if r.present != nil {
			at = r
		}
		if r.finished != nil && done.finished == nil {
			done = r
		}
		if r.opener != nil {
			t.enter(r.opener)
			top = round{number: r.number + 1}
		}
	}
	for i := range t.Steps {
		if t.Steps[i].Kind == KindReprinted {
			t.Reprints++
		}
	}
	if top.present == nil && at.present != nil {
		top = at
	}
	state, by := top.state()
	started := top.present
	if done.finished != nil {
		top, state, by = done, Done, done.finished
		t.FinishedMS = by.AtMS
		started = top.started
	}
	if last := t.latest(); last != nil && event.Broken("last-writer-wins") {
		alone := Ticket{Issued: t.Issued, Known: t.Known, Steps: []Step{*last}}
		alone.Steps[0].Round = 0
		r, _ := alone.readRound(0)
		if state, _ = r.state(); last.Kind == KindFinished {
			state = Done
		}
	}
	t.State, t.Round = state, top.number
	t.Window, t.Clerk, t.Recalls = "", "", top.recalls
	t.CalledMS, t.LastCallMS, t.StartedMS = 0, top.lastMS, 0
	if by != nil {
		t.Window, t.Clerk = by.Window, by.Clerk
	}
	if top.called != nil {
		t.CalledMS = top.called.AtMS
	}
	if started != nil {
		t.StartedMS = started.AtMS
	}
	if !t.Known && t.State == Waiting {
		t.State = Unknown
	}
}

// arrange derives a ticket of a row, whose steps an earlier program may have put into
// another order.
func (t *Ticket) arrange() {
	slices.SortFunc(t.Steps, compareSteps)
	t.derive()
}

// waitsAt names the queue of a ticket.
func (t *Ticket) waitsAt() place { return place{series{t.Date, t.Queue()}, t.Only()} }

// spot is where a ticket waits that was moved.
type spot struct {
	queue      Letter
	only       WindowID
	key, since int64
}

// Queue gives the service at which the ticket waits or waited last.
func (t *Ticket) Queue() Letter {
	if t.spot != nil {
		return t.spot.queue
	}
	return t.Service
}

// Only gives the one window that may call the ticket, empty for any.
func (t *Ticket) Only() WindowID {
	if t.spot != nil {
		return t.spot.only
	}
	return ""
}

// Key gives the place in the queue: the smallest is served next.
func (t *Ticket) Key() int64 {
	if t.spot != nil {
		return t.spot.key
	}
	return t.Due()
}

// Since gives from when the wait counts: the issue, or the coming back after a no-show.
func (t *Ticket) Since() int64 {
	if t.spot != nil {
		return t.spot.since
	}
	return t.IssuedMS
}

// enter puts the ticket into its next queue.
func (t *Ticket) enter(s *Step) {
	was := spot{t.Queue(), t.Only(), t.Key(), t.Since()}
	if at := was.after(s, t.IssuedMS); at != was {
		t.spot = &at
	}
}

// after gives where a ticket waits behind a step that opens a round.
func (at spot) after(s *Step, issuedMS int64) spot {
	switch {
	case s.Kind == KindResumed, s.Kind == KindReturned && s.How == Orphan:
		at.key = s.AtMS - dayMS // before everybody of the day, the earlier one first
	case s.Kind == KindCameBack && s.Detail != nil:
		at.key, at.since = s.KeyMS, max(issuedMS, s.AtMS)
	case s.Kind == KindPassed && s.Detail != nil:
		if at.only = s.To; s.Service != "" {
			at.queue = s.Service
		}
	}
	return at
}

// latest is the step with the latest wall clock, which decides nothing.
func (t *Ticket) latest() (last *Step) {
	for i := range t.Steps {
		if last == nil || t.Steps[i].AtMS > last.AtMS {
			last = &t.Steps[i]
		}
	}
	return last
}
