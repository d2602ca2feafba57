package hall

import (
	"cmp"
	"slices"

	"onewindow/app/event"
)

// Turn is what was said of a window at a moment: from then on a clerk serves these queues there, or
// nobody does. Window tells only what was said last; how long a window was open is counted of its turns.
type Turn struct {
	Window   WindowID
	Clerk    ClerkID
	Services []Letter
	Open     bool
	Away     Away // of a closed window: see Absence
	AtMS     int64
	By       event.Origin
	at       event.Stamp
}

// turns are those of each window, as their events are ordered: a set, so that it is the same in
// whatever order they came.
type turns map[WindowID][]Turn

// compareTurns puts the later word behind, as Hall.window has it, and tells apart what two lives of a
// copied device said under one stamp.
func compareTurns(a, b Turn) int {
	return cmp.Or(cmp.Compare(a.at.MS, b.at.MS), cmp.Compare(a.at.Tick, b.at.Tick), cmp.Compare(a.By, b.By), cmp.Compare(a.AtMS, b.AtMS),
		cmp.Compare(btoi(a.Open), btoi(b.Open)), cmp.Compare(a.Away, b.Away), cmp.Compare(a.Clerk, b.Clerk), slices.Compare(a.Services, b.Services))
}

func (t turns) add(w Turn) {
	list := t[w.Window]
	at, known := slices.BinarySearchFunc(list, w, compareTurns)
	if !known {
		t[w.Window] = slices.Insert(list, at, w)
	}
}

// forget drops the turns of business days before one, but for each window's last one of them: it
// tells how the day began.
func (t turns) forget(from Date) {
	for w, list := range t {
		first := len(list)
		for first > 0 && DateOf(list[first-1].AtMS) >= from {
			first--
		}
		if first > 1 {
			t[w] = slices.Clone(list[first-1:])
		}
	}
}

// Turns gives what was said of the windows, by window and in the order in which it counts: that of the
// days in memory, and the last word before them.
func (h *Hall) Turns() (out []Turn) {
	for _, list := range h.turns {
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b Turn) int { return cmp.Compare(a.Window, b.Window) })
	return out
}
