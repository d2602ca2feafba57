package hall

import (
	"cmp"
	"slices"

	"onewindow/app/event"
)

// State is where a ticket stands. Within a round the states only rise, in the
// order of rank; done is above everything, because a person has been served.
type State string

// States of a ticket (queue.md).
const (
	Unknown State = ""
	Waiting State = "waiting"
	CalledS State = "called"
	NoShow  State = "no_show"
	Serving State = "serving"
	Done    State = "done"
)

// Step is one move of a ticket as its fold keeps it. Steps form a set: the same
// steps in any order make the same ticket, which is what lets events of several
// origins arrive in any order.
type Step struct {
	Kind    event.Kind `json:"kind"`
	Round   int        `json:"round"`
	Window  WindowID   `json:"window,omitempty"`
	Clerk   ClerkID    `json:"clerk,omitempty"`
	AtMS    int64      `json:"at_ms"`
	How     string     `json:"how,omitempty"`
	Request string     `json:"request,omitempty"`
	Recall  int        `json:"recall,omitempty"`
	Ended   []Ending   `json:"ended,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	// By is the event that noted the step; it makes steps distinct and their order total.
	By string `json:"by"`
}

// Ticket is the fold of all events of one ticket. Everything below Steps is
// derived from the facts and the steps and is never written by hand.
type Ticket struct {
	Issued
	// Known is false while only moves have arrived and the ticket itself has not.
	Known bool `json:"known"`
	// Disputed is true when two events gave this ticket different facts.
	Disputed bool   `json:"disputed,omitempty"`
	Source   string `json:"source,omitempty"`
	Steps    []Step `json:"steps,omitempty"`

	State      State    `json:"state"`
	Round      int      `json:"round"`
	Window     WindowID `json:"window,omitempty"`
	Clerk      ClerkID  `json:"clerk,omitempty"`
	Recalls    int      `json:"recalls,omitempty"`
	Reprints   int      `json:"reprints,omitempty"`
	CalledMS   int64    `json:"called_at_ms,omitempty"`
	LastCallMS int64    `json:"last_call_at_ms,omitempty"`
	StartedMS  int64    `json:"started_at_ms,omitempty"`
	FinishedMS int64    `json:"finished_at_ms,omitempty"`
	FirstMS    int64    `json:"first_called_at_ms,omitempty"`

	// forgotten tells that the hall keeps it no more: see Hall.Forget.
	forgotten bool
}

func rank(kind event.Kind) (State, int) {
	switch kind {
	case KindCalled, KindRecalled:
		return CalledS, 1
	case KindMissed:
		return NoShow, 2
	case KindStarted:
		return Serving, 3
	case KindFinished:
		return Done, 4
	}
	return Waiting, 0
}

// usualSteps is what most visits have: called, started, finished.
const usualSteps = 3

// add puts a step into the set; false when it was there.
func (t *Ticket) add(s Step) bool {
	at, found := slices.BinarySearchFunc(t.Steps, s, compareSteps)
	if event.Broken("order-of-arrival") {
		at, found = len(t.Steps), slices.ContainsFunc(t.Steps, func(o Step) bool { return compareSteps(o, s) == 0 })
	}
	if found {
		return false
	}
	if t.Steps == nil {
		t.Steps = make([]Step, 0, usualSteps)
	}
	t.Steps = slices.Insert(t.Steps, at, s)
	t.derive()
	return true
}

// compareSteps orders by meaning first and by the noting event last, so that
// the order is total and owes nothing to arrival.
func compareSteps(a, b Step) int {
	_, ra := rank(a.Kind)
	_, rb := rank(b.Kind)
	return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(ra, rb), cmp.Compare(a.AtMS, b.AtMS),
		cmp.Compare(a.Recall, b.Recall), cmp.Compare(a.By, b.By),
		// Two lives of a copied device may use one id for two steps: both are kept everywhere.
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Window, b.Window), cmp.Compare(a.Clerk, b.Clerk), cmp.Compare(a.How, b.How),
		cmp.Compare(a.Request, b.Request), cmp.Compare(a.Reason, b.Reason), slices.CompareFunc(a.Ended, b.Ended, func(x, y Ending) int {
			return cmp.Or(cmp.Compare(x.Item, y.Item), cmp.Compare(x.Outcome, y.Outcome))
		}))
}

// derive computes the state from the steps: the highest round counts, in it the
// highest rank; a finish in any round wins. Of two starts or finishes the
// earlier one names the window, the other one makes a conflict (see Conflict).
func (t *Ticket) derive() {
	state, round, best := Waiting, 0, 0
	t.Recalls, t.Reprints = 0, 0
	t.Window, t.Clerk = "", ""
	t.CalledMS, t.LastCallMS, t.StartedMS, t.FinishedMS, t.FirstMS = 0, 0, 0, 0, 0
	for i := range t.Steps {
		s := &t.Steps[i]
		switch {
		case t.uncalled(s):
			continue
		case s.Kind == KindReprinted:
			t.Reprints++
			continue
		case s.Kind == KindReturned && s.Round+1 > round:
			state, round, best = Waiting, s.Round+1, 0
			t.Window, t.Clerk, t.Recalls = "", "", 0
			t.CalledMS, t.LastCallMS, t.StartedMS = 0, 0, 0
			continue
		case s.Kind == KindReturned:
			continue
		}
		to, r := rank(s.Kind)
		if t.FirstMS == 0 && s.Kind == KindCalled {
			t.FirstMS = s.AtMS
		}
		if s.Round > round {
			round, best = s.Round, 0
			t.Recalls = 0
		}
		if s.Kind == KindCalled && t.CalledMS == 0 {
			t.CalledMS = s.AtMS
		}
		if r == 1 {
			t.LastCallMS = max(t.LastCallMS, s.AtMS)
			t.Recalls = max(t.Recalls, s.Recall)
		}
		if r > best {
			best, state = r, to
			t.Window, t.Clerk = s.Window, s.Clerk
			switch to {
			case Serving:
				t.StartedMS = s.AtMS
			case Done:
				t.FinishedMS = s.AtMS
			}
		}
	}
	if last := t.latest(); last != nil && event.Broken("last-writer-wins") {
		state, round = firstOf(rank(last.Kind)), last.Round
	} else if f := t.firstFinish(); f != nil {
		state, t.Window, t.Clerk, t.FinishedMS = Done, f.Window, f.Clerk, f.AtMS
	}
	if !t.Known && state == Waiting {
		state = Unknown
	}
	t.State, t.Round = state, round
}

// uncalled tells that a step is a call that was taken back, or takes one back.
func (t *Ticket) uncalled(s *Step) bool {
	return s.Kind == KindUncalled || s.Kind == KindCalled && slices.ContainsFunc(t.Steps, func(o Step) bool { return o.Kind == KindUncalled && o.How == s.By })
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

func firstOf(s State, _ int) State { return s }

func (t *Ticket) firstFinish() *Step {
	for i := range t.Steps {
		if t.Steps[i].Kind == KindFinished {
			return &t.Steps[i]
		}
	}
	return nil
}

// Ended gives the outcomes of the finish that counts; nil before it.
func (t *Ticket) Ended() []Ending {
	if f := t.firstFinish(); f != nil {
		return f.Ended
	}
	return nil
}

// ended tells whether the ticket's way ended at a window: done or no-show.
func (t *Ticket) ended() bool { return t.State == Done || t.State == NoShow }

// Open tells whether the ticket still holds a window: called or serving.
func (t *Ticket) Open() bool { return t.State == CalledS || t.State == Serving }

// Conflict names a disagreement that a person has to look at, or "" when there
// is none: "double_service" (started or finished at two windows of one round),
// "called_and_served" (called to one window, served at another),
// "facts" (two sets of facts under one ticket id). Windows are sorted.
func (t *Ticket) Conflict() (kind string, windows []WindowID) {
	if !t.Disputed && t.oneWindow() {
		return "", nil
	}
	type at struct {
		round  int
		window WindowID
	}
	starts, calls := map[at]bool{}, map[at]bool{}
	perRound := map[int]int{}
	for i := range t.Steps {
		s := &t.Steps[i]
		if t.uncalled(s) {
			continue
		}
		switch s.Kind {
		case KindStarted, KindFinished:
			if k := (at{s.Round, s.Window}); !starts[k] {
				starts[k] = true
				perRound[s.Round]++
			}
		case KindCalled:
			calls[at{s.Round, s.Window}] = true
		}
	}
	seen := map[WindowID]bool{}
	for k := range starts {
		if perRound[k.round] > 1 {
			kind, seen[k.window] = "double_service", true
		}
	}
	if kind == "" {
		for s := range starts {
			for c := range calls {
				if s.round == c.round && s.window != c.window {
					kind, seen[s.window], seen[c.window] = "called_and_served", true, true
				}
			}
		}
	}
	if kind == "" && t.Disputed {
		kind = "facts"
	}
	for w := range seen {
		windows = append(windows, w)
	}
	slices.Sort(windows)
	return kind, windows
}

// oneWindow tells that every step happened at the same window: nothing to disagree on.
func (t *Ticket) oneWindow() bool {
	var first WindowID
	for i := range t.Steps {
		w := t.Steps[i].Window
		if first == "" {
			first = w
		}
		if w != "" && w != first {
			return false
		}
	}
	return true
}
