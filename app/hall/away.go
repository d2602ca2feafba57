package hall

import (
	"slices"

	"onewindow/app/event"
)

// Away is why a window that is closed is still its clerk's (queue.md: break, back office).
type Away string

// The reasons. Behind BackOffice the clerk works on and need not say until when.
const (
	Rest       Away = "rest"
	Meal       Away = "meal"
	Meeting    Away = "meeting"
	Fault      Away = "fault"
	BackOffice Away = "back_office"
)

var aways = []Away{Rest, Meal, Meeting, Fault, BackOffice}

// Absence is what a closing tells of a window to which its clerk comes back; zero for one that is closed.
type Absence struct {
	Away Away `json:"away,omitempty"`
	// UntilMS is when the clerk means to be back, 0 for not said.
	UntilMS int64 `json:"until_ms,omitempty"`
}

// AwayMost is the longest absence that is said at once, in ms.
const AwayMost = 4 * 3600_000

// Absent tells whether the window's clerk is away and comes back: on the day on which that was said, and
// until somebody opens or closes the window.
func (w Window) Absent(nowMS int64) bool {
	return !w.Open && w.Away != "" && DateOf(w.SinceMS) == DateOf(nowMS)
}

// back is when a window is served again whose clerk is away, 0 where nobody knows: who is late is
// expected at any moment.
func (w Window) back(nowMS int64) int64 {
	if !w.Absent(nowMS) || w.UntilMS == 0 {
		return 0
	}
	return max(w.UntilMS, nowMS+60_000)
}

// StepAway decides that nobody is called to a window for a while, which its clerk keeps. Refusals:
// StillServing (args number); ReasonMissing for none of the reasons; RequestUnusable for no time where one is
// due, or more than AwayMost.
func (h *Hall) StepAway(w WindowID, clerk ClerkID, services []Letter, why Away, minutes int, nowMS int64) (WindowClosed, *event.Refusal) {
	ms := int64(minutes) * 60_000
	switch t := h.AtWindow(w); {
	case t != nil:
		return WindowClosed{}, event.StillServing.With("number", string(t.Number))
	case !slices.Contains(aways, why):
		return WindowClosed{}, event.ReasonMissing
	case ms < 0, ms > AwayMost, ms == 0 && why != BackOffice:
		return WindowClosed{}, event.RequestUnusable
	}
	f := WindowClosed{Hall: h.ID, Window: w, Clerk: clerk, Services: services, AtMS: nowMS, Absence: Absence{Away: why}}
	if ms > 0 {
		f.UntilMS = nowMS + ms
	}
	return f, nil
}
