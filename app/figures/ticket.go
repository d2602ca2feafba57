package figures

import (
	"strings"

	"onewindow/app/hall"
)

// Reached is when a person was first called or, where a window served without calling, started with; 0
// for nobody yet.
func Reached(t *hall.Ticket) (ms int64) {
	s := reachedIn(t.Stays())
	if s == nil {
		return 0
	}
	return s.reachedMS()
}

// Waited is how long somebody waited until they were reached: from the issue or, where that is later,
// the slot of their appointment. False for who was not.
func Waited(t *hall.Ticket) (ms int64, known bool) {
	at := Reached(t)
	return waited(t, at), at > 0
}

// WaitedSoFar is how long somebody who still waits has waited at a moment.
func WaitedSoFar(t *hall.Ticket, nowMS int64) int64 { return waited(t, nowMS) }

// waited is how long somebody has waited at a moment; whoever is called before their slot waited for nothing.
func waited(t *hall.Ticket, atMS int64) int64 { return max(0, atMS-max(t.IssuedMS, t.SlotMS)) }

// stay is hall.Stay with what is asked of it here.
type stay struct{ hall.Stay }

// reachedMS is when somebody called or started, 0 for never.
func (s *stay) reachedMS() int64 {
	if s.CalledMS == 0 || s.StartedMS > 0 && s.StartedMS < s.CalledMS {
		return s.StartedMS
	}
	return s.CalledMS
}

// calledAt is where a round's call counts.
func (s *stay) calledAt(t *hall.Ticket, atMS int64) place {
	if s.CalledMS == 0 {
		return s.servedAt(t, atMS)
	}
	return place{s.Queue, s.CalledTo, s.CalledBy, t.Class, atMS}
}

// servedAt is where a round's service counts.
func (s *stay) servedAt(t *hall.Ticket, atMS int64) place {
	return place{s.Queue, s.Window, s.Clerk, t.Class, atMS}
}

// reachedIn gives the first round in which somebody called or started; nil for none.
func reachedIn(list []hall.Stay) *stay {
	for i := range list {
		if s := (&stay{list[i]}); s.reachedMS() > 0 {
			return s
		}
	}
	return nil
}

// ticket counts one ticket. Of one whose issue has not come nothing is known.
func (b *book) ticket(t *hall.Ticket) {
	if !t.Known {
		return
	}
	stays := t.Stays()
	b.add(place{queue: t.Service, class: t.Class, atMS: t.IssuedMS}, func(r *tally) {
		r.Issued++
		if t.TookMS > 0 {
			r.before = append(r.before, t.TookMS)
		}
		// A kiosk numbers B017, and B2-017 when it is cut off and its block is used up.
		r.OwnSeries += count(strings.Contains(string(t.Number), "-"))
	})
	first := reachedIn(stays)
	if first != nil {
		b.reached(t, first)
	}
	b.end(t, first)
	for i := range stays {
		b.round(t, &stay{stays[i]})
	}
	b.services(t, stays)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// reached counts the wait of somebody who was called or started with, and whether what the slip said held.
func (b *book) reached(t *hall.Ticket, first *stay) {
	wait := waited(t, first.reachedMS())
	named, kept := t.Promise()
	b.add(first.calledAt(t, t.IssuedMS), func(r *tally) {
		r.wait = append(r.wait, wait)
		r.InTarget += count(wait <= TargetMS)
		r.Called += count(t.FirstMS > 0)
		r.Promises, r.Kept = r.Promises+count(named), r.Kept+count(named && kept)
		if t.FirstMS > 0 && t.LowMinutes >= 0 {
			off := t.FirstMS - t.IssuedMS - int64(t.LowMinutes)*60_000
			r.off = append(r.off, max(off, -off))
		}
	})
}

// end counts how a ticket ended, at the window that ended it.
func (b *book) end(t *hall.Ticket, first *stay) {
	conflict, _ := t.Conflict()
	b.add(place{t.Queue(), t.Window, t.Clerk, t.Class, t.IssuedMS}, func(r *tally) {
		r.Conflicts += count(conflict != "")
		switch t.State {
		case hall.Done:
			r.Served++
			r.OneVisit += count(oneVisit(t))
		case hall.NoShow:
			r.NoShow++
		case hall.Cancelled:
			r.Cancelled++
		case hall.Withdrawn:
			r.Withdrawn++
		case hall.Expired:
			r.Expired++
		case hall.Carried:
			r.Carried++
		case hall.Merged:
			r.Merged++
		default:
			r.Open++
		}
		if t.State == hall.Cancelled && first == nil {
			r.gone = append(r.gone, waited(t, cancelledMS(t)))
		}
	})
}

// oneVisit tells that nobody has to come again for what was done.
func oneVisit(t *hall.Ticket) bool {
	for _, e := range t.Ended() {
		if e.Outcome == hall.Correction || e.Outcome == hall.PassedOn {
			return false
		}
	}
	return true
}

// cancelledMS is when the citizen gave the ticket up.
func cancelledMS(t *hall.Ticket) (ms int64) {
	for _, s := range t.Stays() {
		if s.End == hall.KindCancelled {
			ms = s.EndMS
		}
	}
	return ms
}

// round counts a call and what came of it.
func (b *book) round(t *hall.Ticket, s *stay) {
	if s.CalledMS > 0 {
		b.add(s.calledAt(t, s.CalledMS), func(r *tally) {
			r.Recalls += s.Recalls
			r.OutOfOrder += count(s.Reason != "")
		})
		if s.Reason != "" && (b.clerk == "" || b.clerk == s.CalledBy) {
			if b.reasons == nil {
				b.reasons = map[string]int{}
			}
			b.reasons[s.Reason]++
		}
	}
	if s.StartedMS > 0 {
		b.add(s.servedAt(t, s.StartedMS), func(r *tally) {
			r.Uncalled += count(s.CalledMS == 0 && s.How == "scan")
			if s.CalledMS > 0 && s.CalledTo == s.Window && s.StartedMS >= s.CalledMS {
				r.way = append(r.way, s.StartedMS-s.CalledMS)
			}
		})
	}
	if s.End == hall.KindPassed {
		at := s.calledAt(t, s.EndMS)
		if s.StartedMS > 0 {
			at = s.servedAt(t, s.EndMS)
		}
		b.add(at, func(r *tally) { r.Transfers++ })
	}
}

// services counts how long a visit was at each of its windows: whoever was parked and went on there was
// there once.
func (b *book) services(t *hall.Ticket, stays []hall.Stay) {
	type desk struct {
		queue  hall.Letter
		window hall.WindowID
	}
	var order []desk
	at, took, on := map[desk]*stay{}, map[desk]int64{}, map[desk]bool{}
	for i := range stays {
		s := &stay{stays[i]}
		if s.StartedMS == 0 {
			continue
		}
		k := desk{s.Queue, s.Window}
		if at[k] == nil {
			at[k], order = s, append(order, k)
		}
		took[k] += max(0, s.EndMS-s.StartedMS)
		on[k] = s.End == "" || s.End == hall.KindParked && t.State == hall.Parked
	}
	for _, k := range order {
		if !on[k] {
			b.add(at[k].servedAt(t, at[k].StartedMS), func(r *tally) { r.service = append(r.service, took[k]) })
			if b.clerk != "" && b.clerk == at[k].Clerk {
				b.visits = append(b.visits, Visit{at[k].StartedMS, took[k]})
			}
		}
	}
}
