package hall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/event"
)

// Kinds of what is said of a whole queue.
const (
	KindPaused   event.Kind = "queue.paused"
	KindUnpaused event.Kind = "queue.resumed"
)

// PauseMost is the longest time for which a queue is paused at once, in ms.
const PauseMost = 4 * 3600_000

// QueuePaused says that nobody of a queue is called until a moment: the agency's system is down,
// say. Tickets are given out all the same, with a word about it. Its event's id names it.
type QueuePaused struct {
	Hall    ID       `json:"hall"`
	Service Letter   `json:"service"`
	UntilMS int64    `json:"until_ms"`
	Reason  string   `json:"reason"`
	Window  WindowID `json:"window,omitempty"`
	Clerk   ClerkID  `json:"clerk"`
	AtMS    int64    `json:"at_ms"`
}

// QueueResumed ends all pauses of a queue that are named in it.
type QueueResumed struct {
	Hall    ID       `json:"hall"`
	Service Letter   `json:"service"`
	Paused  []string `json:"paused"`
	Clerk   ClerkID  `json:"clerk"`
	AtMS    int64    `json:"at_ms"`
}

// pauses are what was paused by the events' ids, and which of them were ended: that may be heard
// of first.
type pauses struct {
	paused  map[string]QueuePaused
	resumed map[string]int64 // when
}

func newPauses() pauses { return pauses{map[string]QueuePaused{}, map[string]int64{}} }

func (h *Hall) pause(e event.Event, f QueuePaused) error {
	if f.Hall != h.ID || f.Service == "" || f.Reason == "" || f.UntilMS > f.AtMS+PauseMost {
		return fmt.Errorf("%s: hall, queue or reason of the pause is missing, or it is too long", e.ID)
	}
	id := e.ID.String()
	// Two histories of one device may use an id twice: the longer pause counts everywhere.
	if was, known := h.pauses.paused[id]; !known || was.UntilMS < f.UntilMS || was.UntilMS == f.UntilMS && string(Payload(was)) < string(Payload(f)) {
		h.pauses.paused[id] = f
	}
	return nil
}

func (h *Hall) unpause(e event.Event, f QueueResumed) error {
	if f.Hall != h.ID || len(f.Paused) == 0 {
		return fmt.Errorf("%s: hall or pauses are missing", e.ID)
	}
	for _, id := range f.Paused {
		h.pauses.resumed[id] = max(h.pauses.resumed[id], f.AtMS)
	}
	return nil
}

// forget drops the pauses of business days before one.
func (p pauses) forget(from Date) {
	maps.DeleteFunc(p.paused, func(_ string, f QueuePaused) bool { return DateOf(f.UntilMS) < from })
	maps.DeleteFunc(p.resumed, func(_ string, ms int64) bool { return DateOf(ms+PauseMost) < from })
}

// PausedNow gives the pause of a queue that lasts longest of those that stand now; false when
// its people are called.
func (h *Hall) PausedNow(s Letter, nowMS int64) (last QueuePaused, paused bool) {
	for id, f := range h.pauses.paused {
		if _, ended := h.pauses.resumed[id]; !ended && f.Service == s && f.AtMS <= nowMS+dayMS && nowMS < f.UntilMS && (!paused || f.UntilMS > last.UntilMS || f.UntilMS == last.UntilMS && f.Reason < last.Reason) {
			last, paused = f, true
		}
	}
	return last, paused
}

// Pause is a time in which nobody of a queue was called, or will be.
type Pause struct {
	Service      Letter
	FromMS, ToMS int64
}

// Pauses lists the pauses of the days in memory, each as long as it was or is to be, in order.
func (h *Hall) Pauses() []Pause {
	out := make([]Pause, 0, len(h.pauses.paused))
	for id, f := range h.pauses.paused {
		p := Pause{f.Service, f.AtMS, f.UntilMS}
		if ended, ok := h.pauses.resumed[id]; ok {
			p.ToMS = min(p.ToMS, ended)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Pause) int {
		return cmp.Or(cmp.Compare(a.FromMS, b.FromMS), cmp.Compare(a.ToMS, b.ToMS), cmp.Compare(a.Service, b.Service))
	})
	return out
}

// PauseQueue decides that nobody of a queue is called for some minutes. Refusals: ReasonMissing;
// RequestUnusable for no time or more than PauseMost.
func (h *Hall) PauseQueue(s Letter, reason string, minutes int, w WindowID, clerk ClerkID, nowMS int64) (QueuePaused, *event.Refusal) {
	ms := int64(minutes) * 60_000
	switch {
	case reason == "":
		return QueuePaused{}, event.ReasonMissing
	case s == "" || ms <= 0 || ms > PauseMost:
		return QueuePaused{}, event.RequestUnusable
	}
	return QueuePaused{Hall: h.ID, Service: s, UntilMS: nowMS + ms, Reason: reason, Window: w, Clerk: clerk, AtMS: nowMS}, nil
}

// ResumeQueue decides that a queue's people are called again; false when they are.
func (h *Hall) ResumeQueue(s Letter, clerk ClerkID, nowMS int64) (QueueResumed, bool) {
	f := QueueResumed{Hall: h.ID, Service: s, Clerk: clerk, AtMS: nowMS}
	for id, p := range h.pauses.paused {
		if _, ended := h.pauses.resumed[id]; !ended && p.Service == s && nowMS < p.UntilMS {
			f.Paused = append(f.Paused, id)
		}
	}
	slices.Sort(f.Paused)
	return f, len(f.Paused) > 0
}
