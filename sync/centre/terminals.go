package centre

import (
	"cmp"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// roles in the order in which they are shown; others follow by name.
var roles = []string{"kiosk", "counter", "board"}

// terminals lists the devices of a hall: those that the hub told of and those
// that only the log knows. Those that need somebody come first.
func (c *Centre) terminals(h *HallState, p post, devices map[event.Origin]hall.Device, forked, opened map[event.Origin]bool, now int64) {
	h.Terminals = []Terminal{}
	for _, t := range p.terminals {
		one := Terminal{Origin: t.beat.Origin, Device: t.beat.Origin.Device(), Role: t.beat.Role, Program: t.beat.Program,
			HeardMS: t.atMS, Printer: t.beat.Printer, HereOnly: t.beat.HereOnly, HallOnly: t.beat.HallOnly, OldestMS: t.beat.OldestMS, LateMS: t.beat.LateMS, Guides: t.beat.Bundle}
		switch {
		case !c.silent(*t):
			one.Presence = TerminalHeard // by its hub, or by the centre itself
		case h.Link != Reached:
			one.Presence = TerminalUnknown
		default:
			one.Presence = TerminalSilent
		}
		h.Terminals = append(h.Terminals, one)
	}
	for o, d := range devices {
		if p.terminals[o] != nil || d.Role == RoleHub || o.Hall() != string(h.ID) {
			continue
		}
		one := Terminal{Origin: o, Device: o.Device(), Role: d.Role, Program: d.Program, Presence: TerminalUnheard}
		if h.Link != Reached {
			one.Presence = TerminalUnknown
		}
		h.Terminals = append(h.Terminals, one)
	}
	for i := range h.Terminals {
		t := &h.Terminals[i]
		t.Forked = forked[t.Origin]
		t.Needs = needs(t, opened[t.Origin], h.Windows > 0, now)
	}
	slices.SortFunc(h.Terminals, compareTerminals)
	h.sumRoles()
}

// lateAfterMS is how long a line may say that it stands while nothing comes of it: a
// device asks again, and makes its connection anew, before that. With the minute between
// two canaries and the beats of terminal and hub an officer knows within 90 s.
const lateAfterMS = 15_000

// needs tells why somebody should look at a terminal. A counter that was
// switched off after its window closed needs nobody, and neither do kiosks and
// boards once every window is closed.
func needs(t *Terminal, windowOpen, hallOpen bool, now int64) []string {
	var out []string
	if t.Presence == TerminalSilent && (t.HereOnly > 0 || windowOpen || hallOpen && t.Role != "counter") {
		out = append(out, "silent")
	}
	if t.Forked {
		out = append(out, "forked")
	}
	if t.Presence != TerminalHeard {
		return out
	}
	if t.LateMS > lateAfterMS {
		out = append(out, "late")
	}
	if t.HereOnly > 0 && now-t.OldestMS > oldAfterMS {
		out = append(out, "owes")
	}
	if t.PrinterTroubled() {
		out = append(out, "printer")
	}
	return out
}

func compareTerminals(a, b Terminal) int {
	calm := func(t Terminal) int {
		if len(t.Needs) > 0 {
			return 0
		}
		return 1
	}
	// k2 comes before k10: within a role the names are of one pattern.
	return cmp.Or(cmp.Compare(calm(a), calm(b)), compareRoles(a.Role, b.Role),
		cmp.Compare(len(a.Device), len(b.Device)), cmp.Compare(a.Device, b.Device))
}

func compareRoles(a, b string) int {
	place := func(r string) int {
		if i := slices.Index(roles, r); i >= 0 {
			return i
		}
		return len(roles)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

func (h *HallState) sumRoles() {
	h.Roles = []Role{}
	for _, t := range h.Terminals {
		i := slices.IndexFunc(h.Roles, func(r Role) bool { return r.Role == t.Role })
		if i < 0 {
			i = len(h.Roles)
			h.Roles = append(h.Roles, Role{Role: t.Role})
		}
		r := &h.Roles[i]
		r.Total++
		switch t.Presence {
		case TerminalHeard:
			r.Heard++
		case TerminalSilent:
			r.Silent++
		default:
			r.Unheard++
		}
		if t.HereOnly > 0 {
			r.Owing++
		}
	}
	slices.SortFunc(h.Roles, func(a, b Role) int { return compareRoles(a.Role, b.Role) })
}
