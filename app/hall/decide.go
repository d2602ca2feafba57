package hall

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"onewindow/app/event"
)

// Guards of the call (queue.md, transitions 5, 7 and 8).
const (
	RecallAfterMS = 30_000
	RecallLimit   = 3
	MissAfterMS   = 3 * 60_000
	// BackWithinMS is how long after a no-show the citizen may come back, BackBehind behind
	// how many who are next.
	BackWithinMS = 30 * 60_000
	BackBehind   = 3
	// ParkMost is the longest time for which a visit may be parked.
	ParkMost = 8 * 3600_000
	// PassWarn is from which transfer on the clerk is warned.
	PassWarn = 3
	// MostItems is how many items one ticket may have.
	MostItems = 9
)

// Orphan is how a ticket goes back to the queue whose window is gone, Timer how a parked
// one goes on by itself.
const (
	Orphan = "orphan"
	Timer  = "timer"
)

// Issue is the wish for a ticket.
type Issue struct {
	Ticket   TicketID
	Origin   event.Origin
	Epoch    event.Epoch // the life of the terminal's database, for its number blocks
	Digit    int         // of the kiosk's own series, 1-9
	Service  Letter
	Items    []ItemCode
	Checked  []Checked
	Class    Class
	Language string
	NowMS    int64
	// TookMS is since when the person has been at the kiosk, 0 for not known.
	TookMS   int64
	ClockOff bool
	// Day is what the guides tell of today's windows, for the forecast.
	Day Day
	// SlotMS and Ref are those of an appointment or a return pass.
	SlotMS int64
	Ref    string
}

// Issue decides a ticket: its number, its place and what the slip promises. It
// works with the hub away; that is the point.
func (h *Hall) Issue(c Issue) Issued {
	date := DateOf(c.NowMS)
	f := Issued{Ticket: c.Ticket, Hall: h.ID, Date: date, Service: c.Service, Class: c.Class, Items: c.Items, Checked: c.Checked,
		Language: c.Language, IssuedMS: c.NowMS, TookMS: c.TookMS, ClockOff: c.ClockOff, SlotMS: c.SlotMS, Ref: c.Ref,
		Number: h.TakeNumber(c.Origin, c.Epoch, c.Digit, date, c.Service)}
	if f.Class == Priority {
		f.Evidence = "shown"
	}
	f.Ahead = h.AheadOf(date, f.Service, f.Due(), f.Ticket)
	f.LowMinutes, f.HighMinutes = -1, -1
	if r := h.Forecast(Waiter{f.Service, f.Due(), f.Ticket, f.notBefore()}, c.NowMS, c.Day); r.Known {
		f.LowMinutes, f.HighMinutes = r.Low, r.High
	}
	return f
}

// Call asks for the next ticket of a window, or for a certain one. Request makes it safe
// to repeat.
type Call struct {
	Request string   `json:"request"`
	Window  WindowID `json:"window"`
	Clerk   ClerkID  `json:"clerk"`
	// Services are the window's own queues. Those of Helps it takes when nobody waits in
	// its own, or somebody has waited there for HelpAfter; those of Reserves when nobody
	// waits in any of the others.
	Services []Letter `json:"services"`
	Helps    []Letter `json:"helps,omitempty"`
	Reserves []Letter `json:"reserves,omitempty"`
	// Ticket is called out of its order, for a reason that is counted.
	Ticket TicketID `json:"ticket,omitempty"`
	Reason string   `json:"reason,omitempty"`
	// Silent is how the hub hears the hall's terminals: the visits of one that is gone may
	// be adopted. Nil where nobody knows.
	Silent Silent `json:"-"`
}

// Silent tells for how many ms nothing was heard of a terminal.
type Silent func(event.Origin) int64

// After how long a silence of its terminal a visit may be adopted by another window, and
// after how long it goes back to the queue by itself: soon while the person was only
// called, late when somebody may still sit there.
const (
	AdoptAfterMS  = 60_000
	CalledAfterMS = 3 * 60_000
	ServedAfterMS = 30 * 60_000
)

// gone tells whether nothing was heard of the terminal at a window for so long.
func (h *Hall) gone(w WindowID, silent Silent, ms int64) bool {
	at := h.windows[w]
	return silent != nil && at != nil && silent(at.By) >= ms
}

// Grant is a call with the step that makes the ticket callable, if it needs one.
type Grant struct {
	Called
	Before *Note
}

// Note is a step that is to be noted.
type Note struct {
	Kind event.Kind
	Moved
}

// Call grants a ticket to a window: the one that is asked for, or the next one. Refusals:
// RequestUnusable, StillServing (args number), NobodyWaits; of a certain ticket also
// ReasonMissing, TicketUnknown, TicketState (args state, number).
func (h *Hall) Call(c Call, nowMS int64) (Grant, *event.Refusal) {
	if c.Request == "" || c.Window == "" || len(c.Services) == 0 {
		return Grant{}, event.RequestUnusable
	}
	if t := h.AtWindow(c.Window); t != nil {
		return Grant{}, event.StillServing.With("number", string(t.Number))
	}
	if c.Ticket != "" {
		return h.callThis(c, nowMS)
	}
	date := DateOf(nowMS)
	best := h.next(date, c.Window, c.Services, 0, nowMS)
	if help := h.next(date, c.Window, c.Helps, HelpAfter, nowMS); help != nil && (best == nil || help.before(best, nowMS)) {
		best = help
	}
	for _, others := range [][]Letter{c.Helps, c.Reserves} {
		if best == nil {
			best = h.next(date, c.Window, others, 0, nowMS)
		}
	}
	if best == nil {
		return Grant{}, event.NobodyWaits
	}
	return Grant{Called: h.called(c, best, best.Round, nowMS)}, nil
}

func (h *Hall) called(c Call, t *Ticket, round int, nowMS int64) Called {
	return Called{Ticket: t.Ticket, Round: round, Window: c.Window, Clerk: c.Clerk, Request: c.Request, Hall: h.ID, Date: DateOf(nowMS), AtMS: nowMS, Reason: c.Reason}
}

// callThis grants a certain ticket: of somebody who waits, was parked, did not come when
// called and stands there now, or was called to a window that is gone.
func (h *Hall) callThis(c Call, nowMS int64) (Grant, *event.Refusal) {
	if c.Reason == "" {
		return Grant{}, event.ReasonMissing
	}
	t := h.tickets[c.Ticket]
	if t == nil || !t.Known {
		return Grant{}, event.TicketUnknown
	}
	m := Moved{Ticket: t.Ticket, Round: t.Round, Clerk: c.Clerk, AtMS: nowMS, Reason: c.Reason}
	var before *Note
	switch {
	case t.State == Waiting:
		return Grant{Called: h.called(c, t, t.Round, nowMS)}, nil
	case t.State == Parked:
		m.How = "window"
		before = &Note{KindResumed, m}
	case t.State == NoShow:
		m.Detail = &Detail{KeyMS: nowMS}
		before = &Note{KindCameBack, m}
	case t.Open() && h.gone(t.Window, c.Silent, AdoptAfterMS):
		m.Window, m.How = t.Window, Orphan
		before = &Note{KindReturned, m}
	default:
		return Grant{}, t.must(Waiting)
	}
	return Grant{Called: h.called(c, t, t.Round+1, nowMS), Before: before}, nil
}

// held gives the open ticket of a window in one of the wanted states.
func (h *Hall) held(w WindowID, states ...State) (*Ticket, *event.Refusal) {
	t := h.AtWindow(w)
	if t == nil {
		return nil, event.NoTicket
	}
	return t, t.must(states...)
}

// must refuses a ticket that is in none of the wanted states.
func (t *Ticket) must(states ...State) *event.Refusal {
	if slices.Contains(states, t.State) {
		return nil
	}
	return event.TicketState.With("state", string(t.State)).With("number", string(t.Number))
}

func (t *Ticket) move(clerk ClerkID, nowMS int64) Moved {
	return Moved{Ticket: t.Ticket, Round: t.Round, Window: t.Window, Clerk: clerk, AtMS: nowMS}
}

// Recall decides to call the window's ticket once more: not before 30 s after
// the last call (TooSoon, args seconds), at most three times (RecallLimit).
func (h *Hall) Recall(w WindowID, clerk ClerkID, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, CalledS)
	if no != nil {
		return Moved{}, no
	}
	if t.Recalls >= RecallLimit {
		return Moved{}, event.RecallLimit
	}
	if wait := Left(t.LastCallMS, RecallAfterMS, nowMS); wait > 0 {
		return Moved{}, event.TooSoon.With("seconds", strconv.FormatInt((wait+999)/1000, 10))
	}
	m := t.move(clerk, nowMS)
	m.Recall = t.Recalls + 1
	return m, nil
}

// Left is how much of a pause after a moment is left, in ms, 0 when it is over. Clocks of
// a hall may be two minutes apart before they are corrected; where more than that seems
// to be left a clock was put back, and nobody waits years for it.
func Left(sinceMS, pauseMS, nowMS int64) int64 {
	const apartMS = 2 * 60_000
	if left := sinceMS + pauseMS - nowMS; left > 0 && left <= pauseMS+apartMS {
		return left
	}
	return 0
}

// Start decides that the person called to the window is there; how is "scan" or "button".
func (h *Hall) Start(w WindowID, clerk ClerkID, how string, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, CalledS)
	if no != nil {
		return Moved{}, no
	}
	m := t.move(clerk, nowMS)
	m.How = how
	return m, nil
}

// StartScanned decides to serve the person who stands at the window with this
// ticket, called or not: that is how a counter works with the hub away. With the
// hub reachable only a ticket called to this window may start, everything else
// is a call out of order. Refusals: CodeOtherHall, CodeStale (args date), CodeUsed (args number), StillServing,
// TicketState.
func (h *Hall) StartScanned(f Issued, w WindowID, clerk ClerkID, nowMS int64, hubReached bool) (Moved, *event.Refusal) {
	if f.Hall != h.ID {
		return Moved{}, event.CodeOtherHall.With("hall", string(f.Hall))
	}
	if f.Date != DateOf(nowMS) {
		return Moved{}, event.CodeStale.With("date", string(f.Date))
	}
	if held := h.AtWindow(w); held != nil && (held.Ticket != f.Ticket || held.State == Serving) {
		return Moved{}, event.StillServing.With("number", string(held.Number))
	}
	m := Moved{Ticket: f.Ticket, Window: w, Clerk: clerk, AtMS: nowMS, How: "scan"}
	t := h.tickets[f.Ticket]
	if t == nil {
		if hubReached {
			return Moved{}, event.TicketState.With("state", string(Waiting)).With("number", string(f.Number))
		}
		return m, nil
	}
	m.Round = t.Round
	switch {
	case t.State == Done, t.State == Serving:
		return Moved{}, event.CodeUsed.With("number", string(t.Number))
	case hubReached && (t.State != CalledS || t.Window != w):
		return Moved{}, event.TicketState.With("state", string(t.State)).With("number", string(t.Number))
	case t.State == NoShow:
		// A person who came late is there after all: presence outranks the no-show.
		return m, nil
	}
	return m, nil
}

// Miss decides that nobody came: after the last recall or three minutes (TooSoon, args seconds).
func (h *Hall) Miss(w WindowID, clerk ClerkID, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, CalledS)
	if no != nil {
		return Moved{}, no
	}
	if wait := Left(t.CalledMS, MissAfterMS, nowMS); t.Recalls < RecallLimit && wait > 0 {
		return Moved{}, event.TooSoon.With("seconds", strconv.FormatInt((wait+999)/1000, 10))
	}
	return t.move(clerk, nowMS), nil
}

// Finish decides the end of a visit; every item of the ticket needs an outcome (OutcomeMissing, args item).
func (h *Hall) Finish(w WindowID, clerk ClerkID, ended []Ending, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, Serving)
	if no != nil {
		return Moved{}, no
	}
	if len(ended) == 0 {
		return Moved{}, event.OutcomeMissing
	}
	for _, e := range ended {
		switch e.Outcome {
		case Accepted, Correction, Refused, OnTheSpot, AdviceOnly, PassedOn:
		default:
			return Moved{}, event.OutcomeMissing.With("item", string(e.Item))
		}
	}
	for _, item := range t.AllItems() {
		found := false
		for _, e := range ended {
			found = found || e.Item == item
		}
		if !found {
			return Moved{}, event.OutcomeMissing.With("item", string(item))
		}
	}
	m := t.move(clerk, nowMS)
	m.Ended = ended
	return m, nil
}

// Return decides that the window's ticket goes back to its old place in the queue.
func (h *Hall) Return(w WindowID, clerk ClerkID, reason string, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, CalledS, Serving)
	if no != nil {
		return Moved{}, no
	}
	m := t.move(clerk, nowMS)
	m.Reason = reason
	return m, nil
}

// Park decides that the person at the window goes to fetch or fill in something and that
// the window is free until then; parked time is no service time. Refusals: NoTicket,
// TicketState, ReasonMissing, RequestUnusable for a time that is over or too far away.
func (h *Hall) Park(w WindowID, clerk ClerkID, reason string, untilMS, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, Serving)
	switch {
	case no != nil:
		return Moved{}, no
	case reason == "":
		return Moved{}, event.ReasonMissing
	case untilMS <= nowMS || untilMS > nowMS+ParkMost:
		return Moved{}, event.RequestUnusable
	}
	m := t.move(clerk, nowMS)
	m.Reason, m.Detail = reason, &Detail{UntilMS: untilMS}
	return m, nil
}

// Resume decides that somebody who was parked at a window sits there again: the visit goes
// on at once, also with the hub away, and the two steps are noted in one commit. Refusals:
// StillServing, TicketUnknown, TicketState.
func (h *Hall) Resume(id TicketID, w WindowID, clerk ClerkID, nowMS int64) (resumed, started Moved, no *event.Refusal) {
	if held := h.AtWindow(w); held != nil {
		return Moved{}, Moved{}, event.StillServing.With("number", string(held.Number))
	}
	t, no := h.in(id, Parked)
	if no != nil {
		return Moved{}, Moved{}, no
	}
	resumed = Moved{Ticket: id, Round: t.Round, Window: w, Clerk: clerk, AtMS: nowMS, How: "window"}
	started = Moved{Ticket: id, Round: t.Round + 1, Window: w, Clerk: clerk, AtMS: nowMS, How: "resumed"}
	return resumed, started, nil
}

// in gives a ticket in one of the wanted states.
func (h *Hall) in(id TicketID, states ...State) (*Ticket, *event.Refusal) {
	t := h.tickets[id]
	if t == nil || !t.Known {
		return nil, event.TicketUnknown
	}
	return t, t.must(states...)
}

// Pass is where a visit goes on: at another queue, at a certain window, and whether the
// window that sends the person wants them back.
type Pass struct {
	Service Letter
	To      WindowID
	Back    bool
	Reason  string
}

// Pass decides that the window's ticket waits elsewhere, as long as it has waited here:
// it keeps its place by its issue. Refusals: NoTicket, TicketState, ReasonMissing,
// ServiceUnknown where nothing would change.
func (h *Hall) Pass(w WindowID, clerk ClerkID, p Pass, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, CalledS, Serving)
	switch {
	case no != nil:
		return Moved{}, no
	case p.Reason == "":
		return Moved{}, event.ReasonMissing
	case (p.Service == "" || p.Service == t.Queue()) && (p.To == "" || p.To == w):
		return Moved{}, event.ServiceUnknown.With("service", string(p.Service))
	}
	m := t.move(clerk, nowMS)
	m.Reason, m.Detail = p.Reason, &Detail{Service: p.Service, To: p.To}
	if p.Back {
		m.Back = w
	}
	return m, nil
}

// Add decides that the person at the window wants more items in the same visit. Refusals:
// NoTicket, TicketState, ItemUnknown for one that is there already, RequestUnusable for
// too many.
func (h *Hall) Add(w WindowID, clerk ClerkID, items []ItemCode, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.held(w, Serving)
	if no != nil {
		return Moved{}, no
	}
	have := t.AllItems()
	for _, i := range items {
		if slices.Contains(have, i) {
			return Moved{}, event.ItemUnknown.With("code", string(i))
		}
		have = append(have, i)
	}
	if len(items) == 0 || len(have) > MostItems {
		return Moved{}, event.RequestUnusable
	}
	m := t.move(clerk, nowMS)
	m.Detail = &Detail{Items: items}
	return m, nil
}

// ComeBack decides that somebody who did not come when called waits again, behind those
// who are next: once, and soon enough. Refusals: TicketUnknown, TicketState, BackOnce,
// BackLate (args minutes); with the last two a new ticket helps.
func (h *Hall) ComeBack(id TicketID, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.in(id, NoShow)
	if no != nil {
		return Moved{}, no
	}
	var missedMS int64
	for i := range t.Steps {
		switch s := &t.Steps[i]; s.Kind {
		case KindCameBack:
			return Moved{}, event.BackOnce
		case KindMissed:
			missedMS = s.AtMS
		}
	}
	if nowMS-missedMS > BackWithinMS {
		return Moved{}, event.BackLate.With("minutes", strconv.Itoa(BackWithinMS/60_000))
	}
	m := t.move("", nowMS)
	m.Window, m.Detail = "", &Detail{KeyMS: h.behind(series{t.Date, t.Queue()}, BackBehind, nowMS)}
	return m, nil
}

// Cancel decides that the citizen does not wait any longer. Refusals: TicketUnknown, TicketState.
func (h *Hall) Cancel(id TicketID, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.in(id, Waiting, CalledS, Parked)
	if no != nil {
		return Moved{}, no
	}
	return t.close("", nowMS), nil
}

// Withdraw decides that the hall takes a ticket back; that is a supervisor's word (queue.md, transition
// 16). Refusals: SupervisorOnly, TicketUnknown, TicketState, ReasonMissing.
func (h *Hall) Withdraw(id TicketID, clerk ClerkID, reason string, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.in(id, Waiting, Parked)
	switch {
	case !h.MayWithdraw(clerk):
		return Moved{}, event.SupervisorOnly
	case no != nil:
		return Moved{}, no
	case reason == "":
		return Moved{}, event.ReasonMissing
	}
	m := t.close(clerk, nowMS)
	m.Reason = reason
	return m, nil
}

// MayWithdraw tells whether a clerk may take tickets back. A hall that names no supervisor leaves it to
// everybody, because else nobody could; in one that does a ticket that nobody withdraws is lost to
// nobody either: it waits, and the close of the day makes its slip a return pass.
func (h *Hall) MayWithdraw(clerk ClerkID) bool {
	named := false
	for _, c := range h.clerks {
		named = named || c.Supervisor
	}
	return !named || h.clerks[clerk].Supervisor
}

// Merge decides that a person's second slip goes on in the first. Refusals: TicketUnknown,
// TicketState.
func (h *Hall) Merge(id, into TicketID, clerk ClerkID, nowMS int64) (Moved, *event.Refusal) {
	t, no := h.in(id, Waiting, Parked)
	if no != nil {
		return Moved{}, no
	}
	if _, no := h.in(into, Waiting, CalledS, Serving, Parked); no != nil || into == id {
		return Moved{}, event.TicketUnknown
	}
	m := t.close(clerk, nowMS)
	m.Detail = &Detail{Into: into}
	return m, nil
}

// close is a step that ends a ticket which no window holds. Of a parked one it stands in
// the next round: the window's word on this one is that the person was there.
func (t *Ticket) close(clerk ClerkID, nowMS int64) Moved {
	m := t.move(clerk, nowMS)
	m.Window = ""
	if t.State == Parked {
		m.Round++
	}
	return m
}

// Wake lists the parked tickets whose time is over: each waits again, before everybody.
func (h *Hall) Wake(nowMS int64) (out []Moved) {
	for _, t := range sorted(h.parked) {
		if until, _ := t.ParkedUntil(); until > 0 && nowMS >= until {
			m := t.move("", nowMS)
			m.Window, m.How = "", Timer
			out = append(out, m)
		}
	}
	return out
}

// Orphans lists the tickets that were called or started at windows whose terminal is gone:
// each waits again, before everybody. A window that is only cut off may go on serving;
// what it notes counts.
func (h *Hall) Orphans(silent Silent, nowMS int64) (out []Moved) {
	for w, at := range h.current {
		for _, t := range sorted(at) {
			after := int64(CalledAfterMS)
			if t.State == Serving {
				after = ServedAfterMS
			}
			if h.gone(w, silent, after) {
				m := t.move("", nowMS)
				m.How = Orphan
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b Moved) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return out
}

// LastDay is the newest day, up to one, of which there is a ticket; empty where there is none.
func (h *Hall) LastDay(upto Date) (last Date) {
	for of := range h.lines {
		if of.date <= upto {
			last = max(last, of.date)
		}
	}
	return last
}

// Leftovers lists the tickets of days that are over which still wait or are parked; the
// close of the day ends them. Never one that was called or is being served. A day is over
// when the clock says so and somebody has taken a ticket of a later day: one clock alone
// that is put forward ends nobody's waiting.
func (h *Hall) Leftovers(today Date, nowMS int64) (out []Moved) {
	today = h.LastDay(today)
	old := map[TicketID]*Ticket{}
	for of := range h.lines {
		if of.date >= today {
			continue
		}
		for t := range h.waiting(of) {
			old[t.Ticket] = t
		}
	}
	for id, t := range h.parked {
		if t.Date < today {
			old[id] = t
		}
	}
	for _, t := range sorted(old) {
		out = append(out, t.close("", nowMS))
	}
	return out
}

func sorted(list map[TicketID]*Ticket) []*Ticket {
	return slices.SortedFunc(maps.Values(list), func(a, b *Ticket) int { return cmp.Compare(a.Ticket, b.Ticket) })
}
