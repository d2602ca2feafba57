package hall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/event"
)

// How long somebody who asked for help waits before the question is old, and how long
// an answer stands: until then a further tap is the same question.
const (
	HelpWaitsMS = 15 * 60_000
	HelpComesMS = 2 * 60_000
)

// HelpAsked says that somebody at a terminal wants a member of staff. The terminal is
// the event's origin, so that none can ask in another's name; of the person it says nothing.
type HelpAsked struct {
	Hall ID    `json:"hall"`
	AtMS int64 `json:"at_ms"`
}

// HelpAnswered says that a clerk goes there. Asked is the event that asked; the window
// is empty where the clerk has none.
type HelpAnswered struct {
	Hall   ID       `json:"hall"`
	Asked  string   `json:"asked"`
	Window WindowID `json:"window,omitempty"`
	Clerk  ClerkID  `json:"clerk"`
	AtMS   int64    `json:"at_ms"`
}

// Help is a question and, once somebody goes, its answer.
type Help struct {
	ID       event.ID
	AtMS     int64
	Answered bool
	Answer   HelpAnswered
}

// helps are the last question of each terminal, and the first answer to each question:
// an answer may be heard of before its question.
type helps struct {
	asked   map[event.Origin]question
	answers map[string]answer
}

type question struct {
	Help
	at event.Stamp
}

type answer struct {
	HelpAnswered
	at event.Stamp
	by event.ID
}

func newHelps() helps {
	return helps{asked: map[event.Origin]question{}, answers: map[string]answer{}}
}

// earlier orders what was said by stamp and then by id, the same everywhere.
func earlier(a event.Stamp, by event.ID, b event.Stamp, than event.ID) bool {
	return a.Less(b) || a == b && by.String() < than.String()
}

func (h *Hall) ask(e event.Event, f HelpAsked) error {
	if f.Hall != h.ID {
		return fmt.Errorf("%s: help is asked for in %q, and not in %s", e.ID, f.Hall, h.ID)
	}
	if known, ok := h.helps.asked[e.Origin]; !ok || earlier(known.at, known.ID, e.At, e.ID) {
		h.helps.asked[e.Origin] = question{Help{ID: e.ID, AtMS: f.AtMS}, e.At}
	}
	return nil
}

func (h *Hall) answer(e event.Event, f HelpAnswered) error {
	if f.Hall != h.ID || f.Asked == "" {
		return fmt.Errorf("%s: hall or question is missing", e.ID)
	}
	if known, ok := h.helps.answers[f.Asked]; !ok || earlier(e.At, e.ID, known.at, known.by) {
		h.helps.answers[f.Asked] = answer{f, e.At, e.ID}
	}
	return nil
}

// forget drops what was asked and answered on business days before one.
func (l helps) forget(from Date) {
	maps.DeleteFunc(l.asked, func(_ event.Origin, q question) bool { return DateOf(q.AtMS) < from })
	maps.DeleteFunc(l.answers, func(_ string, a answer) bool { return DateOf(a.AtMS) < from })
}

// HelpAt gives what a terminal asked for and still waits for, or was answered a moment ago.
func (h *Hall) HelpAt(o event.Origin, nowMS int64) (Help, bool) {
	q, ok := h.helps.asked[o]
	if !ok {
		return Help{}, false
	}
	if a, ok := h.helps.answers[q.ID.String()]; ok {
		q.Answered, q.Answer = true, a.HelpAnswered
		return q.Help, Left(a.AtMS, HelpComesMS, nowMS) > 0
	}
	return q.Help, Left(q.AtMS, HelpWaitsMS, nowMS) > 0
}

// Helps lists what is asked for now, who waits longest first.
func (h *Hall) Helps(nowMS int64) []Help {
	var out []Help
	for o := range h.helps.asked {
		if help, ok := h.HelpAt(o, nowMS); ok {
			out = append(out, help)
		}
	}
	slices.SortFunc(out, func(a, b Help) int { return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.ID.Origin, b.ID.Origin)) })
	return out
}

// AskHelp decides whether a terminal asks: not again while its last question stands.
func (h *Hall) AskHelp(o event.Origin, nowMS int64) (HelpAsked, bool) {
	_, stands := h.HelpAt(o, nowMS)
	return HelpAsked{Hall: h.ID, AtMS: nowMS}, !stands
}

// AnswerHelp decides that a clerk goes to a terminal; false when the question is answered or old.
func (h *Hall) AnswerHelp(o event.Origin, w WindowID, clerk ClerkID, nowMS int64) (HelpAnswered, bool) {
	help, stands := h.HelpAt(o, nowMS)
	return HelpAnswered{Hall: h.ID, Asked: help.ID.String(), Window: w, Clerk: clerk, AtMS: nowMS}, stands && !help.Answered
}
