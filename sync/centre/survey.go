package centre

import (
	"cmp"
	"context"
	"slices"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// newestApplications bounds the applications that are listed one by one.
const newestApplications = 40

// oldAfterMS is how long an event may wait for the centre before somebody
// should ask why; on a healthy line it is there within a second.
const oldAfterMS = 60_000

// leftForMS is how far back what citizens left is counted.
const leftForMS = 30 * 24 * 3_600_000

// Survey looks at the whole district now.
func (c *Centre) Survey(ctx context.Context) State {
	now := c.opt.Now()
	s := State{NowMS: now, Date: hall.DateOf(now), StartedMS: c.startedMS, Reasons: []Reason{},
		Halls: []HallState{}, NotConnected: []Label{}}
	posts := c.heardSoFar()
	strays, err := c.opt.Log.Strays(ctx)
	if err != nil {
		c.opt.Logger.Error("list strays", "error", err)
		s.Kept = -1
	}
	places, absent := c.places(posts)
	s.NotConnected = append(s.NotConnected, absent...)
	for _, p := range places {
		h := c.hall(ctx, p, posts[p.ID], strays, s.Date, now)
		s.Halls = append(s.Halls, h)
		s.add(h)
	}
	if s.Kept == 0 {
		s.Kept = c.count(ctx, "count events", c.opt.Log.Kept)
	}
	since := now - leftForMS
	s.Questions = c.count(ctx, "count questions", func(ctx context.Context) (int, error) { return c.opt.Log.Left(ctx, feedback.KindQuestion, since) })
	s.Surveys = c.count(ctx, "count surveys", func(ctx context.Context) (int, error) { return c.opt.Log.Left(ctx, feedback.KindSurvey, since) })
	s.Quarantined = c.count(ctx, "count quarantine", c.opt.Log.Quarantined)
	s.judge()
	return s
}

// count gives -1 for what cannot be read; the verdict then says so.
func (c *Centre) count(ctx context.Context, what string, read func(context.Context) (int, error)) int {
	n, err := read(ctx)
	if err != nil {
		c.opt.Logger.Error(what, "error", err)
		return -1
	}
	return n
}

// add sums a hall up into the district.
func (s *State) add(h HallState) {
	t := &s.Tickets
	t.Issued += h.Tickets.Issued
	t.Waiting += h.Tickets.Waiting
	t.Called += h.Tickets.Called
	t.Serving += h.Tickets.Serving
	t.Done += h.Tickets.Done
	t.NoShow += h.Tickets.NoShow
	t.Parked += h.Tickets.Parked
	t.Closed += h.Tickets.Closed
	s.Conflicts += len(h.Conflicts)
	s.Doubled += len(h.Doubled)
	if !h.Unsaved.Known {
		s.Unsaved.UnknownHalls++
		return
	}
	s.Unsaved.OnTerminals += h.Unsaved.OnTerminals
	s.Unsaved.InHalls += h.Unsaved.InHall
	s.Unsaved.OldestMS = earlier(s.Unsaved.OldestMS, h.Unsaved.OldestMS)
	s.Unsaved.UnknownTerminals += h.Unsaved.SilentTerminals
}

// earlier gives the smaller of two moments, where 0 is none.
func earlier(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// heardSoFar copies what was heard, so that nobody waits for a survey.
func (c *Centre) heardSoFar() map[hall.ID]post {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[hall.ID]post, len(c.posts))
	for id, p := range c.posts {
		q := post{hub: p.hub, terminals: make(map[event.Origin]*heard, len(p.terminals))}
		for o, t := range p.terminals {
			one := *t
			q.terminals[o] = &one
		}
		out[id] = q
	}
	return out
}

// places gives the halls that were ever heard of, those of the catalogue first
// and in its order, and the halls of the catalogue that were not.
func (c *Centre) places(posts map[hall.ID]post) (known []Place, absent []Label) {
	here := map[hall.ID]bool{}
	for id := range posts {
		here[id] = true
	}
	for _, id := range c.opt.Log.Halls() {
		here[id] = true
	}
	// The centre's own events stand under these names; they are no halls.
	delete(here, wire.Centre)
	delete(here, "district")
	for _, p := range c.opt.Places.Places() {
		if !here[p.ID] {
			absent = append(absent, Label{ID: string(p.ID), Name: p.Name})
			continue
		}
		known = append(known, p)
		delete(here, p.ID)
	}
	var rest []Place
	for id := range here {
		rest = append(rest, Place{ID: id, Name: Name{Zh: string(id), En: string(id)}})
	}
	slices.SortFunc(rest, func(a, b Place) int { return cmp.Compare(a.ID, b.ID) })
	return append(known, rest...), absent
}

// hall describes one hall: what the log holds of it, and what its hub told.
func (c *Centre) hall(ctx context.Context, p Place, heardHere post, strays []event.Origin, date hall.Date, now int64) HallState {
	h := HallState{ID: p.ID, Name: p.Name, Queues: []Queue{}, Conflicts: []Conflict{}, Doubled: []string{}, Forks: []string{}}
	c.link(&h, heardHere.hub)
	var devices map[event.Origin]hall.Device
	opened := map[event.Origin]bool{}
	c.opt.Log.View(p.ID, func(v *hall.Hall) {
		devices = make(map[event.Origin]hall.Device, len(v.Devices()))
		for o, d := range v.Devices() {
			devices[o] = d
		}
		for _, w := range v.Windows() {
			if w.Open {
				h.Windows++
				opened[w.By] = true
			}
		}
		for _, n := range v.Doubled() {
			h.Doubled = append(h.Doubled, string(n))
		}
		h.queues(v, p.Areas, date, now)
	})
	forked := h.forks(devices, strays)
	c.terminals(&h, heardHere, devices, forked, opened, now)
	if h.Link == Reached {
		beat := heardHere.hub.beat
		h.HubLateMS, h.Guides = beat.LateMS, beat.Bundle
		if h.Spare = beat.Spare; beat.Leads == wire.HubLeads {
			h.Hub = beat.Origin.Device()
		}
	}
	h.owed(heardHere.hub)
	h.Applications = c.applications(ctx, p.ID, date)
	h.Ratings = c.ratings(ctx, p.ID, date, now)
	return h
}

// forks finds the devices of which two databases have written: those that had to go on
// in a new life and say so in its first event, and those of which the log has two events
// under one number.
func (h *HallState) forks(devices map[event.Origin]hall.Device, strays []event.Origin) map[event.Origin]bool {
	forked := map[event.Origin]bool{}
	for o, d := range devices {
		if d.Forked {
			forked[o] = true
		}
	}
	for _, o := range strays {
		if o.Hall() == string(h.ID) {
			forked[o] = true
		}
	}
	for o := range forked {
		h.Forks = append(h.Forks, o.Device())
	}
	slices.SortFunc(h.Forks, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return forked
}

func (c *Centre) link(h *HallState, hub heard) {
	h.HeardMS, h.Program = hub.atMS, hub.beat.Program
	switch {
	case hub.atMS == 0 && c.opt.Elapsed()-c.started <= c.opt.SilentAfter:
		h.Link = Awaited
	case hub.atMS == 0:
		h.Link, h.SilentSinceMS = Silent, c.startedMS
	case c.silent(hub):
		h.Link, h.SilentSinceMS = Silent, hub.atMS
	default:
		h.Link = Reached
	}
}

// queues counts the day's tickets, once over all of them.
func (h *HallState) queues(v *hall.Hall, areas []Area, date hall.Date, now int64) {
	at := map[hall.Letter]int{}
	queue := func(l hall.Letter) *Queue {
		i, ok := at[l]
		if !ok {
			i = len(h.Queues)
			at[l] = i
			h.Queues = append(h.Queues, Queue{Letter: l, Name: Name{Zh: string(l), En: string(l)}})
		}
		return &h.Queues[i]
	}
	for _, a := range areas {
		q := queue(a.Letter)
		q.Name, q.Windows = a.Name, a.Windows
	}
	for _, t := range v.Tickets(date) {
		if kind, windows := t.Conflict(); kind != "" {
			h.Conflicts = append(h.Conflicts, Conflict{Number: t.Number, Kind: kind, Windows: windows, State: t.State})
		}
		if !t.Known {
			continue
		}
		h.Tickets.add(t)
		q := queue(t.Queue())
		q.Issued++
		switch t.State {
		case hall.Waiting:
			q.Waiting++
			q.LongestMS = earlier(q.LongestMS, t.IssuedMS)
		case hall.Serving:
			q.Serving++
		}
	}
	for i := range h.Queues {
		q := &h.Queues[i]
		q.Open = v.OpenAt(q.Letter)
		q.LowMinutes, q.HighMinutes = -1, -1
		if r := v.Forecast(hall.Waiter{Service: q.Letter, Key: now}, now, hall.Day{}); r.Known {
			q.LowMinutes, q.HighMinutes = r.Low, r.High
		}
	}
}

func (n *Tickets) add(t *hall.Ticket) {
	n.Issued++
	switch t.State {
	case hall.Waiting:
		n.Waiting++
	case hall.CalledS:
		n.Called++
	case hall.Serving:
		n.Serving++
	case hall.Done:
		n.Done++
	case hall.NoShow:
		n.NoShow++
	case hall.Parked:
		n.Parked++
	default:
		n.Closed++
	}
}

// owed sums up what the hall owes the centre. What the hub tells of itself
// covers every event that reached it; only the terminals know of the others. A
// terminal's own "in the hall only" is the hub's figure seen again and not added.
func (h *HallState) owed(hub heard) {
	u := &h.Unsaved
	u.Known, u.AsOfMS = h.Link == Reached, hub.atMS
	u.InHall, u.OldestMS = hub.beat.HereOnly+hub.beat.HallOnly, hub.beat.OldestMS
	for _, t := range h.Terminals {
		switch t.Presence {
		case TerminalSilent, TerminalUnheard:
			u.SilentTerminals++
			u.LastReported += t.HereOnly
		default:
			u.OnTerminals += t.HereOnly
			if t.HereOnly > 0 {
				u.OldestMS = earlier(u.OldestMS, t.OldestMS)
			}
		}
	}
}

func (c *Centre) applications(ctx context.Context, id hall.ID, date hall.Date) Applications {
	out := Applications{ByState: map[string]int{}, Newest: []Application{}}
	since, err := hall.At(date, "04:00")
	if err != nil {
		c.opt.Logger.Error("begin of the day", "date", date, "error", err)
		out.Total = -1
		return out
	}
	list, err := c.opt.Log.Applications(ctx, id, since)
	if err != nil {
		c.opt.Logger.Error("list applications", "hall", id, "error", err)
		out.Total = -1
		return out
	}
	out.Total = len(list)
	for _, a := range list {
		out.ByState[a.State]++
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Application) int { return cmp.Compare(b.TakenMS, a.TakenMS) })
	out.Newest = append(out.Newest, list[:min(len(list), newestApplications)]...)
	return out
}
