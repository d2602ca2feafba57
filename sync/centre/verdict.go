package centre

import (
	"cmp"
	"slices"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// judge writes the reasons and the verdict. What breaks a promise to people
// (a number given twice) or blinds the officer (a silent hall, a line that says
// that it stands and brings nothing, a log that cannot be read) is an alarm.
func (s *State) judge() {
	say := func(l Level, r Reason) {
		r.Level = l
		s.Reasons = append(s.Reasons, r)
	}
	unreadable := s.Kept < 0 || s.Quarantined < 0
	for _, h := range s.Halls {
		unreadable = unreadable || h.Applications.Total < 0 || h.Ratings.Open < 0
	}
	if unreadable {
		say(Alarm, Reason{Key: ReasonLogUnreadable})
	}
	for _, h := range s.Halls {
		s.judgeHall(h, say)
	}
	if s.Quarantined > 0 {
		say(Attention, Reason{Key: ReasonQuarantine, Count: s.Quarantined})
	}
	s.Verdict = Well
	if len(s.Reasons) > 0 {
		s.Verdict = Attention
	}
	slices.SortStableFunc(s.Reasons, func(a, b Reason) int { return worth(a.Level) - worth(b.Level) })
	if len(s.Reasons) > 0 && s.Reasons[0].Level == Alarm {
		s.Verdict = Alarm
	}
}

func worth(l Level) int {
	if l == Alarm {
		return 0
	}
	return 1
}

func (s *State) judgeHall(h HallState, say func(Level, Reason)) {
	if len(h.Doubled) > 0 {
		say(Alarm, Reason{Key: ReasonNumbersDoubled, Hall: h.ID, Count: len(h.Doubled), Names: h.Doubled})
	}
	if h.Link == Silent {
		say(Alarm, Reason{Key: ReasonHallSilent, Hall: h.ID, SinceMS: h.SilentSinceMS})
	}
	u := h.Unsaved
	if owed := u.OnTerminals + u.InHall; u.Known && owed > 0 && u.OldestMS > 0 && s.NowMS-u.OldestMS > oldAfterMS {
		say(Attention, Reason{Key: ReasonUnsavedLong, Hall: h.ID, Count: owed, SinceMS: u.OldestMS})
	}
	var silent, late, printers, closed, refusing []string
	hub := cmp.Or(h.Hub, wire.HubDevice)
	if h.HubLateMS > lateAfterMS {
		late = append(late, hub)
	}
	if h.Guides != nil && h.Guides.Why != "" {
		refusing = append(refusing, hub)
	}
	for _, t := range h.Terminals {
		if slices.Contains(t.Needs, "silent") {
			silent = append(silent, t.Device)
		}
		if slices.Contains(t.Needs, "late") {
			late = append(late, t.Device)
		}
		if t.Guides != nil && t.Guides.Why != "" {
			refusing = append(refusing, t.Device)
		}
		if slices.Contains(t.Needs, "printer") {
			printers = append(printers, t.Device)
		}
	}
	for _, q := range h.Queues {
		if q.Waiting > 0 && q.Open == 0 {
			closed = append(closed, string(q.Letter))
		}
	}
	if len(late) > 0 {
		say(Alarm, Reason{Key: ReasonCanaryLate, Hall: h.ID, Count: len(late), Names: late})
	}
	switch {
	case h.Spare != "" && h.Hub == "":
		say(Attention, Reason{Key: ReasonNoneLeads, Hall: h.ID})
	case h.Spare == wire.SpareAway:
		say(Attention, Reason{Key: ReasonSpareAway, Hall: h.ID, Count: 1, Names: []string{wire.OtherHub(event.Origin(string(h.ID) + "/" + h.Hub)).Device()}})
	}
	if h.Ratings.Overdue > 0 {
		say(Attention, Reason{Key: ReasonFollowUps, Hall: h.ID, Count: h.Ratings.Overdue})
	}
	var numbers []string
	for _, c := range h.Conflicts {
		numbers = append(numbers, string(c.Number))
	}
	for _, r := range []Reason{
		{Key: ReasonForks, Names: h.Forks},
		{Key: ReasonTerminalsSilent, Names: silent},
		{Key: ReasonGuidesRefused, Names: refusing},
		{Key: ReasonPrinters, Names: printers},
		{Key: ReasonNoWindow, Names: closed},
		{Key: ReasonConflicts, Names: numbers},
	} {
		if r.Count = len(r.Names); r.Count > 0 {
			r.Hall = h.ID
			say(Attention, r)
		}
	}
}
