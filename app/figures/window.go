package figures

import (
	"cmp"
	"math"
	"slices"

	"onewindow/app/hall"
)

// The day is gone through from one moment at which something changed to the next: who waits, which
// windows are open, which hold somebody, which queues are paused. Between two of them nothing changes.

// change is what happens at a moment.
type change struct {
	atMS int64
	do   func()
}

// waiter is somebody who may be called.
type waiter struct {
	ticket *hall.Ticket
	queue  hall.Letter
	only   hall.WindowID
}

// desk is a window while the day is gone through.
type desk struct {
	id       hall.WindowID
	open     bool
	away     bool
	clerk    hall.ClerkID
	services []hall.Letter
	held     int // more than one where places disagreed
	holder   place
	// openMS, heldMS and awayMS are what is not yet in the book since fromMS.
	openMS, heldMS, awayMS, fromMS int64
	// wrapMS is the finish behind which somebody has been waiting all the time, 0 for none.
	wrapMS int64
	wrapOf place
}

// walk is the day as it is gone through.
type walk struct {
	book    *book
	desks   map[hall.WindowID]*desk
	order   []*desk
	waiting map[hall.Letter][]waiter // by since
	paused  map[hall.Letter]int
	changes []change
	nowMS   int64
}

const hourMS = 3_600_000

// windows counts how long the windows were open, held and idle, and the wrap-ups.
func (b *book) windows(h *hall.Hall, tickets []*hall.Ticket, date hall.Date, begin, end int64) {
	w := walk{book: b, desks: map[hall.WindowID]*desk{}, waiting: map[hall.Letter][]waiter{}, paused: map[hall.Letter]int{}, nowMS: end}
	turns := h.Turns()
	w.turns(turns, date, begin)
	for _, p := range h.Pauses() {
		w.between(p.FromMS, p.ToMS, func() { w.paused[p.Service]++ }, func() { w.paused[p.Service]-- })
	}
	for _, t := range tickets {
		if t.Known {
			w.ticket(t)
		}
	}
	w.at(w.nowMS, func() {})
	for at := begin; at < w.nowMS; at += hourMS { // what is in the book is of one hour
		w.at(at, w.enter)
	}
	w.run()
	w.enter()
}

func (w *walk) at(ms int64, do func()) {
	if ms <= w.nowMS {
		w.changes = append(w.changes, change{ms, do})
	}
}

// between does something at one moment and undoes it at another; a time that is none leaves no trace.
func (w *walk) between(from, to int64, do, undo func()) {
	if from < to {
		w.at(from, do)
		w.at(to, undo)
	}
}

func (w *walk) desk(id hall.WindowID) *desk {
	d := w.desks[id]
	if d == nil {
		d = &desk{id: id}
		w.desks[id] = d
		w.order = append(w.order, d)
	}
	return d
}

// turns brings in who opened and closed the windows; of those before the day the last one counts.
func (w *walk) turns(list []hall.Turn, date hall.Date, begin int64) {
	last := map[hall.WindowID]int64{}
	for _, t := range list {
		d := w.desk(t.Window)
		// What was said later counts from when it was said, also where a clock was put back.
		last[t.Window] = max(last[t.Window], t.AtMS, begin)
		w.at(last[t.Window], func() {
			w.flush(d)
			d.away = t.Away != "" && hall.DateOf(t.AtMS) == date // a day ends it: see hall.Window.Absent
			if d.open, d.clerk, d.services = t.Open, t.Clerk, t.Services; !t.Open {
				d.wrapMS = 0
			}
		})
	}
}

// ticket brings in a ticket's waits and the windows that held it.
func (w *walk) ticket(t *hall.Ticket) {
	stays := t.Stays()
	for i := range stays {
		s := &stay{stays[i]}
		endMS := s.EndMS
		if endMS == 0 {
			endMS = math.MaxInt64
			if i+1 < len(stays) {
				endMS = stays[i+1].FromMS
			}
		}
		w.wait(t, s, min(endMS, s.orEver(s.CalledMS), s.orEver(s.StartedMS)))
		switch {
		case s.StartedMS == 0 && s.CalledMS > 0:
			w.hold(s.CalledTo, s.CalledMS, endMS, s.calledAt(t, s.CalledMS), false)
		case s.CalledMS > 0 && s.CalledTo == s.Window:
			w.hold(s.Window, min(s.CalledMS, s.StartedMS), endMS, s.servedAt(t, s.StartedMS), s.End == hall.KindFinished)
		case s.StartedMS > 0:
			if s.CalledMS > 0 {
				w.hold(s.CalledTo, s.CalledMS, s.StartedMS, s.calledAt(t, s.CalledMS), false)
			}
			w.hold(s.Window, s.StartedMS, endMS, s.servedAt(t, s.StartedMS), s.End == hall.KindFinished)
		}
	}
}

// orEver gives a moment, or the end of time for none.
func (s *stay) orEver(ms int64) int64 {
	if ms == 0 {
		return math.MaxInt64
	}
	return ms
}

// wait brings in that somebody may be called until a moment.
func (w *walk) wait(t *hall.Ticket, s *stay, until int64) {
	one := waiter{t, s.Queue, s.Only}
	w.between(max(s.FromMS, s.NotBeforeMS), until, func() {
		at, _ := slices.BinarySearchFunc(w.waiting[s.Queue], one, compareWaiters)
		w.waiting[s.Queue] = slices.Insert(w.waiting[s.Queue], at, one)
	}, func() {
		w.waiting[s.Queue] = slices.DeleteFunc(w.waiting[s.Queue], func(x waiter) bool { return x.ticket == t })
	})
}

func compareWaiters(a, b waiter) int {
	return cmp.Or(cmp.Compare(a.ticket.IssuedMS, b.ticket.IssuedMS), cmp.Compare(a.ticket.Ticket, b.ticket.Ticket))
}

// hold brings in that a window had somebody.
func (w *walk) hold(id hall.WindowID, from, to int64, of place, finished bool) {
	d := w.desk(id)
	w.between(from, to, func() {
		w.flush(d)
		if d.held++; d.held == 1 {
			d.holder = of
		}
		if d.wrapMS > 0 && from >= d.wrapMS {
			took, at := from-d.wrapMS, d.wrapOf
			w.book.add(at, func(r *tally) { r.wrap = append(r.wrap, took) })
		}
		d.wrapMS = 0
	}, func() {
		w.flush(d)
		if d.held--; finished && d.held == 0 && d.open {
			d.wrapMS, d.wrapOf = to, of
		}
	})
}

// run goes through the day.
func (w *walk) run() {
	slices.SortStableFunc(w.changes, func(a, b change) int { return cmp.Compare(a.atMS, b.atMS) })
	slices.SortFunc(w.order, func(a, b *desk) int { return cmp.Compare(a.id, b.id) })
	for i, c := range w.changes {
		c.do()
		if i+1 < len(w.changes) && w.changes[i+1].atMS > c.atMS {
			w.stand(c.atMS, w.changes[i+1].atMS)
		}
	}
}

// stand counts a stretch of time in which nothing changed.
func (w *walk) stand(from, to int64) {
	for _, d := range w.order {
		if d.openMS == 0 && d.heldMS == 0 && d.awayMS == 0 {
			d.fromMS = from
		}
		if d.held > 0 {
			d.heldMS += to - from
		}
		if d.open {
			d.openMS += to - from
		}
		if d.away {
			d.awayMS += to - from
		}
		if !d.open || d.held > 0 {
			continue
		}
		one := w.longest(d)
		if one == nil {
			d.wrapMS = 0
			continue
		}
		w.book.add(place{one.queue, d.id, d.clerk, one.ticket.Class, from}, func(r *tally) { r.IdleMS += to - from })
	}
}

// enter brings what all windows were into the book.
func (w *walk) enter() {
	for _, d := range w.order {
		w.flush(d)
	}
}

// flush brings what a window was into the book: something about it changes, or an hour is over.
func (w *walk) flush(d *desk) {
	if held := d.heldMS; held > 0 {
		at := d.holder
		at.atMS = d.fromMS
		w.book.add(at, func(r *tally) { r.HeldMS += held })
	}
	if open := d.openMS; open > 0 {
		w.book.add(place{window: d.id, clerk: d.clerk, atMS: d.fromMS}, func(r *tally) { r.OpenMS += open })
	}
	if away := d.awayMS; away > 0 {
		w.book.add(place{window: d.id, clerk: d.clerk, atMS: d.fromMS}, func(r *tally) { r.AwayMS += away })
	}
	d.openMS, d.heldMS, d.awayMS = 0, 0, 0
}

// longest gives who has waited longest of those whom a window could call; nil for nobody.
func (w *walk) longest(d *desk) (best *waiter) {
	for _, q := range d.services {
		if w.paused[q] > 0 {
			continue
		}
		for i := range w.waiting[q] {
			one := &w.waiting[q][i]
			if one.only != "" && one.only != d.id && w.desks[one.only] != nil && w.desks[one.only].open {
				continue // that window calls this person itself
			}
			if best == nil || compareWaiters(*one, *best) < 0 {
				best = one
			}
			break
		}
	}
	return best
}
