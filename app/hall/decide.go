package hall

import (
	"strconv"

	"onewindow/app/event"
)

// Guards of the call (queue.md, transitions 5 and 7).
const (
	RecallAfterMS = 30_000
	RecallLimit   = 3
	MissAfterMS   = 3 * 60_000
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
	ClockOff bool
}

// Issue decides a ticket: its number, its place and what the slip promises. It
// works with the hub away; that is the point.
func (h *Hall) Issue(c Issue) Issued {
	date := DateOf(c.NowMS)
	f := Issued{Ticket: c.Ticket, Hall: h.ID, Date: date, Service: c.Service, Class: c.Class, Items: c.Items, Checked: c.Checked,
		Language: c.Language, IssuedMS: c.NowMS, ClockOff: c.ClockOff,
		Number: h.TakeNumber(c.Origin, c.Epoch, c.Digit, date, c.Service)}
	if f.Class == Priority {
		f.Evidence = "shown"
	}
	f.Ahead = h.AheadOf(date, f.Service, Key(&Ticket{Issued: f}), f.Ticket)
	f.LowMinutes, f.HighMinutes = -1, -1
	if r := h.Forecast(f.Service, f.Ahead); r.Known {
		f.LowMinutes, f.HighMinutes = r.Low, r.High
	}
	return f
}

// Call asks for the next ticket of a window. Request makes it safe to repeat.
type Call struct {
	Request  string   `json:"request"`
	Window   WindowID `json:"window"`
	Clerk    ClerkID  `json:"clerk"`
	Services []Letter `json:"services"`
}

// CallNext grants the ticket with the smallest key over all services of the
// window. Refusals: RequestUnusable, StillServing (args number), NobodyWaits.
func (h *Hall) CallNext(c Call, nowMS int64) (Called, *event.Refusal) {
	if c.Request == "" || c.Window == "" || len(c.Services) == 0 {
		return Called{}, event.RequestUnusable
	}
	if t := h.AtWindow(c.Window); t != nil {
		return Called{}, event.StillServing.With("number", string(t.Number))
	}
	date := DateOf(nowMS)
	var best *Ticket
	for _, s := range c.Services {
		t := h.head(date, s)
		if t == nil {
			continue
		}
		if best == nil || (entry{key: Key(t), ticket: t}).less(entry{key: Key(best), ticket: best}) {
			best = t
		}
	}
	if best == nil {
		return Called{}, event.NobodyWaits
	}
	return Called{Ticket: best.Ticket, Round: best.Round, Window: c.Window, Clerk: c.Clerk, Request: c.Request, Hall: h.ID, Date: date, AtMS: nowMS}, nil
}

// held gives the open ticket of a window in one of the wanted states.
func (h *Hall) held(w WindowID, states ...State) (*Ticket, *event.Refusal) {
	t := h.AtWindow(w)
	if t == nil {
		return nil, event.NoTicket
	}
	for _, s := range states {
		if t.State == s {
			return t, nil
		}
	}
	return nil, event.TicketState.With("state", string(t.State)).With("number", string(t.Number))
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
	for _, item := range t.Items {
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
