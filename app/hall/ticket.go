package hall

import (
	"cmp"
	"slices"

	"onewindow/app/event"
)

// State is where a ticket stands; see fold for how the steps make it.
type State string

// States of a ticket (queue.md). A ticket in one of the last five is at its end.
const (
	Unknown   State = ""
	Waiting   State = "waiting"
	CalledS   State = "called"
	NoShow    State = "no_show"
	Serving   State = "serving"
	Parked    State = "parked"
	Done      State = "done"
	Cancelled State = "cancelled"    // by the citizen
	Withdrawn State = "withdrawn"    // by the hall, with a reason: the slip is a return pass
	Expired   State = "expired"      // by the close of the day
	Carried   State = "carried_over" // by the close of the day: the slip is a return pass
	Merged    State = "merged"       // another slip of the same person goes on
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
	*Detail
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

	// spot is where the ticket waits, nil for where it was issued for.
	spot *spot
	// forgotten tells that the hall keeps it no more: see Hall.Forget.
	forgotten bool
}

// rank orders the kinds of a round by how much they tell of where the person is.
func rank(kind event.Kind) int {
	switch kind {
	case KindCalled, KindRecalled:
		return 1
	case KindMissed:
		return 2
	case KindCancelled, KindWithdrawn, KindExpired, KindCarried, KindMerged:
		return 3
	case KindStarted:
		return 4
	case KindParked:
		return 5
	case KindFinished:
		return 6
	case KindReturned, KindCameBack, KindResumed:
		return 7
	case KindPassed:
		return 8
	}
	return 0
}

// ends gives the state in which a step lets a ticket end.
func ends(kind event.Kind) State {
	switch kind {
	case KindCancelled:
		return Cancelled
	case KindWithdrawn:
		return Withdrawn
	case KindExpired:
		return Expired
	case KindCarried:
		return Carried
	case KindMerged:
		return Merged
	}
	return Unknown
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
	return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.AtMS, b.AtMS),
		cmp.Compare(a.Recall, b.Recall), cmp.Compare(a.By, b.By),
		// Two lives of a copied device may use one id for two steps: both are kept everywhere.
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Window, b.Window), cmp.Compare(a.Clerk, b.Clerk), cmp.Compare(a.How, b.How),
		cmp.Compare(a.Request, b.Request), cmp.Compare(a.Reason, b.Reason), slices.CompareFunc(a.Ended, b.Ended, func(x, y Ending) int {
			return cmp.Or(cmp.Compare(x.Item, y.Item), cmp.Compare(x.Outcome, y.Outcome))
		}), compareDetails(a.Detail, b.Detail))
}

func compareDetails(a, b *Detail) int {
	if a == nil || b == nil {
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	return cmp.Or(cmp.Compare(a.UntilMS, b.UntilMS), cmp.Compare(a.KeyMS, b.KeyMS), cmp.Compare(a.Service, b.Service), cmp.Compare(a.To, b.To),
		cmp.Compare(a.Back, b.Back), slices.Compare(a.Items, b.Items), cmp.Compare(a.Into, b.Into))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// uncalled tells that a step is a call that was taken back, or takes one back.
func (t *Ticket) uncalled(s *Step) bool {
	return s.Kind == KindUncalled || s.Kind == KindCalled && slices.ContainsFunc(t.Steps, func(o Step) bool { return o.Kind == KindUncalled && o.How == s.By })
}

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

// AllItems lists the items of the visit: those of the slip and those added at a window.
func (t *Ticket) AllItems() []ItemCode {
	out := t.Items[:len(t.Items):len(t.Items)]
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Kind == KindAdded && s.Detail != nil {
			for _, item := range s.Items {
				if !slices.Contains(out, item) {
					out = append(out, item)
				}
			}
		}
	}
	return out
}

// Passes counts how often the ticket was passed on, and gives the window that wants the
// person back, empty for none.
func (t *Ticket) Passes() (n int, back WindowID) {
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Kind == KindPassed {
			n++
			if back = ""; s.Detail != nil {
				back = s.Back
			}
		}
	}
	return n, back
}

// ParkedUntil is when the timer of a parked ticket ends, 0 for one that is not, and why it
// was parked.
func (t *Ticket) ParkedUntil() (ms int64, reason string) {
	for i := range t.Steps {
		if s := &t.Steps[i]; t.State == Parked && s.Kind == KindParked && s.Round == t.Round && s.Detail != nil {
			return s.UntilMS, s.Reason
		}
	}
	return 0, ""
}

// LastReason is why the ticket is where it is: passed on, parked, returned or called out
// of its order; empty for a usual one.
func (t *Ticket) LastReason() (reason string) {
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Reason != "" && s.Round >= t.Round-1 {
			reason = s.Reason
		}
	}
	return reason
}

// ended tells whether the ticket's way ended at a window: done or no-show.
func (t *Ticket) ended() bool { return t.State == Done || t.State == NoShow }

// Live tells whether the hall still owes the person something: only a finish, a no-show
// and what a person decided end that.
func (t *Ticket) Live() bool {
	return t.Known && (t.State == Waiting || t.State == Parked || t.Open())
}

// Open tells whether the ticket still holds a window: called or serving.
func (t *Ticket) Open() bool { return t.State == CalledS || t.State == Serving }

// Conflict names a disagreement that a person has to look at, or "" when there
// is none: "double_service" (started or finished at two windows of one round),
// "called_and_served" (called to one window, served at another), "closed_and_served" (the
// citizen cancelled it or the hall closed it, and it went on), "facts" (two sets of facts
// under one ticket id). Windows are sorted.
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
	closed := false
	for i := range t.Steps {
		s := &t.Steps[i]
		switch {
		case t.uncalled(s):
		case s.Kind == KindStarted, s.Kind == KindFinished:
			if k := (at{s.Round, s.Window}); !starts[k] {
				starts[k] = true
				perRound[s.Round]++
			}
		case s.Kind == KindCalled:
			calls[at{s.Round, s.Window}] = true
		}
		closed = closed || ends(s.Kind) != Unknown
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
	switch {
	case kind != "":
	case closed && !t.closed():
		kind = "closed_and_served"
		if t.Window != "" {
			seen[t.Window] = true
		}
	case t.Disputed:
		kind = "facts"
	}
	for w := range seen {
		windows = append(windows, w)
	}
	slices.Sort(windows)
	return kind, windows
}

// closed tells whether the ticket is at an end that a person or the close of the day decided.
func (t *Ticket) closed() bool {
	switch t.State {
	case Cancelled, Withdrawn, Expired, Carried, Merged:
		return true
	}
	return false
}

// oneWindow tells that every step happened at the same window and that nobody closed the
// ticket: nothing to disagree on.
func (t *Ticket) oneWindow() bool {
	var first WindowID
	for i := range t.Steps {
		w := t.Steps[i].Window
		if first == "" {
			first = w
		}
		if w != "" && w != first || ends(t.Steps[i].Kind) != Unknown {
			return false
		}
	}
	return true
}
