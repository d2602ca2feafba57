package screen

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Times sum up times in ms; N is 0 where nothing was seen, and then the rest says nothing.
type Times struct {
	N     int   `json:"n"`
	P50MS int64 `json:"p50Ms"`
	P90MS int64 `json:"p90Ms"`
	MaxMS int64 `json:"maxMs"`
}

// FigureRow are the figures of a hall or of one of its windows, queues or hours, as figures.Row has them.
type FigureRow struct {
	Key        string `json:"key"`
	Issued     int    `json:"issued"`
	Served     int    `json:"served"`
	NoShow     int    `json:"noShow"`
	Carried    int    `json:"carried"`
	Cancelled  int    `json:"cancelled"`
	Recalls    int    `json:"recalls"`
	Transfers  int    `json:"transfers"`
	OutOfOrder int    `json:"outOfOrder"`
	// InTarget of Wait.N were reached in time, Kept of Promises were told the truth.
	InTarget int   `json:"inTarget"`
	Promises int   `json:"promises"`
	Kept     int   `json:"kept"`
	Wait     Times `json:"wait"`
	Service  Times `json:"service"`
	IdleMS   int64 `json:"idleMs"`
	OpenMS   int64 `json:"openMs"`
	HeldMS   int64 `json:"heldMs"`
}

// OwnDay is the day of the clerk who is signed in, and of nobody else.
type OwnDay struct {
	Whole FigureRow   `json:"whole"`
	Hours []FigureRow `json:"hours"`
	// Visits are how long each visit took, in the order of the day.
	Visits []OwnVisit `json:"visits"`
}

// OwnVisit is one visit: when it began, "09:05", and how long it took.
type OwnVisit struct {
	At     string `json:"at"`
	TookMS int64  `json:"tookMs"`
}

// HallNow is what a supervisor sees of the hall.
type HallNow struct {
	Queues  []HallQueue  `json:"queues"`
	Windows []HallWindow `json:"windows"`
	Advice  []Advice     `json:"advice"`
	// Whole, Hours and Reasons are the figures of today, as of some seconds ago; TargetMinutes is the
	// wait that InTarget is counted by.
	Whole         FigureRow     `json:"whole"`
	Hours         []FigureRow   `json:"hours"`
	TargetMinutes int           `json:"targetMinutes"`
	Reasons       []CallReason  `json:"reasons"`
	Carried       []CarriedOver `json:"carried"`
}

// HallQueue is a queue as it stands, with its figures of today.
type HallQueue struct {
	Area Area `json:"area"`
	// LongestMinutes is how long who waits longest has waited, -1 where nobody does.
	LongestMinutes int       `json:"longestMinutes"`
	Figures        FigureRow `json:"figures"`
}

// HallWindow is a window as it stands: "closed", "free", "called", "serving", "away" with its clerk's Absence,
// or "lost" where the hub has not heard of its terminal for a minute, or its visit went back to the queue for that. Since is the clock time from when.
type HallWindow struct {
	ID       string   `json:"id"`
	Letter   string   `json:"letter"`
	State    string   `json:"state"`
	Clerk    string   `json:"clerk"`
	Services []string `json:"services"`
	Number   string   `json:"number"`
	SinceMS  int64    `json:"sinceMs"`
	Away     *Absence `json:"away"`
}

// Advice is a closed window that would save so many person-minutes of waiting if it were opened for its
// area now.
type Advice struct {
	Window string `json:"window"`
	Letter string `json:"letter"`
	Area   Text   `json:"area"`
	Saves  int    `json:"saves"`
}

// CallReason is why tickets were called out of their order, of the fixed reasons or in own words.
type CallReason struct {
	Reason string `json:"reason"`
	Calls  int    `json:"calls"`
}

// CarriedOver is a ticket of an earlier day that nobody was called for: its slip is a return pass.
type CarriedOver struct {
	Number string `json:"number"`
	Date   string `json:"date"`
	Letter string `json:"letter"`
	// Used tells that somebody came again with it.
	Used bool `json:"used"`
}

func times(s figures.Spread) Times { return Times{s.N, s.P50, s.P90, s.Max} }

func figureRow(r figures.Row) FigureRow {
	return FigureRow{Key: r.Key, Issued: r.Issued, Served: r.Served, NoShow: r.NoShow, Carried: r.Carried, Cancelled: r.Cancelled, Recalls: r.Recalls, Transfers: r.Transfers,
		OutOfOrder: r.OutOfOrder, InTarget: r.InTarget, Promises: r.Promises, Kept: r.Kept, Wait: times(r.Wait), Service: times(r.Service), IdleMS: r.IdleMS, OpenMS: r.OpenMS, HeldMS: r.HeldMS}
}

func figureRows(list []figures.Row) []FigureRow {
	out := make([]FigureRow, 0, len(list))
	for _, r := range list {
		out = append(out, figureRow(r))
	}
	return out
}

// OwnDay gives the figures of the day of the clerk who is signed in: what this counter knows, also with
// nothing else running. Refusal: NotSignedIn.
func (c *Counter) OwnDay() (OwnDay, error) {
	c.mu.Lock()
	clerk := c.clerk.ID
	c.mu.Unlock()
	if clerk == "" {
		return OwnDay{}, event.NotSignedIn
	}
	now := c.m.hallNow()
	var day figures.Day
	var visits []figures.Visit
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) { day, visits = figures.Own(h, hall.DateOf(now), clerk, now) })
	out := OwnDay{Whole: figureRow(day.Whole), Hours: figureRows(day.Hours), Visits: []OwnVisit{}}
	for _, v := range visits {
		out.Visits = append(out.Visits, OwnVisit{hall.ClockOf(v.StartedMS), v.TookMS})
	}
	return out, nil
}

// countMS is for how long the day's figures are said again.
const countMS = 15_000

// counted keeps the day's figures: every counter of a supervisor asks again and again.
type counted struct {
	mu  sync.Mutex
	day figures.Day
}

// figures gives the figures of today, not older than countMS.
func (m *Machine) figures(now int64) figures.Day {
	m.counted.mu.Lock()
	defer m.counted.mu.Unlock()
	if was := m.counted.day; was.Date != hall.DateOf(now) || now < was.AsOfMS || now >= was.AsOfMS+countMS {
		m.Book.View(m.Hall, func(h *hall.Hall) { m.counted.day = figures.Of(h, hall.DateOf(now), now) })
	}
	return m.counted.day
}

// HallNow gives the hall as it stands. Refusals: NotSignedIn, SupervisorOnly.
func (c *Counter) HallNow() (HallNow, error) {
	c.mu.Lock()
	clerk := c.clerk.ID
	c.mu.Unlock()
	if clerk == "" {
		return HallNow{}, event.NotSignedIn
	}
	supervisor := false
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) { supervisor = supervises(h, clerk) })
	if !supervisor {
		return HallNow{}, event.SupervisorOnly
	}
	now := c.m.hallNow()
	day := c.m.figures(now)
	out := HallNow{Queues: []HallQueue{}, Advice: []Advice{}, Whole: figureRow(day.Whole), Hours: figureRows(day.Hours), TargetMinutes: int(day.TargetMS / 60_000), Reasons: []CallReason{}}
	for _, r := range day.Reasons {
		out.Reasons = append(out.Reasons, CallReason(r))
	}
	byQueue := map[string]figures.Row{}
	for _, r := range day.Queues {
		byQueue[r.Key] = r
	}
	areas := c.m.areas()
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		for _, a := range areas {
			if a.Windows == 0 {
				continue
			}
			out.Queues = append(out.Queues, HallQueue{Area: a, LongestMinutes: longest(h, hall.Letter(a.Letter), now), Figures: figureRow(byQueue[a.Letter])})
		}
		out.Windows = c.m.hallWindows(h, now)
		out.Carried = carriedOver(h, now)
	})
	out.Advice = advice(out.Queues, out.Windows)
	return out, nil
}

// supervises tells whether a clerk sees to the hall.
func supervises(h *hall.Hall, id hall.ClerkID) bool {
	c, known := h.Clerk(id)
	return known && c.Supervisor
}

// longest is for how many minutes who waits longest in a queue has waited, -1 where nobody does.
func longest(h *hall.Hall, l hall.Letter, now int64) int {
	t := h.Longest(hall.DateOf(now), l, now)
	if t == nil {
		return -1
	}
	return hall.Minutes(figures.WaitedSoFar(t, now))
}

// hallWindows lists the windows of the catalogue, and those that are open beside them.
func (m *Machine) hallWindows(h *hall.Hall, now int64) []HallWindow {
	lost := lostWindows(h, hall.DateOf(now))
	silent := map[event.Origin]int{}
	if m.Silent != nil {
		silent = m.Silent()
	}
	open := map[string]hall.Window{}
	for _, w := range h.Windows() {
		if w.Open || w.Absent(now) {
			open[string(w.ID)] = w
		}
	}
	out := []HallWindow{}
	add := func(id, letter string) {
		row := HallWindow{ID: id, Letter: letter, State: "closed", Services: []string{}}
		if w, is := open[id]; is && !w.Open {
			row.State, row.Clerk, row.SinceMS = "away", clerkName(h, w.Clerk), w.SinceMS
			row.Away = absenceOf(w, now)
			delete(open, id)
		} else if is {
			row.State, row.Clerk, row.SinceMS = "free", clerkName(h, w.Clerk), w.SinceMS
			for _, l := range w.Services {
				row.Services = append(row.Services, string(l))
			}
			if t := h.AtWindow(w.ID); t != nil {
				row.State, row.Number, row.SinceMS = string(t.State), string(t.Number), cmp.Or(t.StartedMS, t.CalledMS)
			} else if at := lost[w.ID]; at > w.SinceMS {
				row.State, row.SinceMS = "lost", at
			}
			if minutes := silent[w.By]; minutes > 0 {
				row.State, row.SinceMS = "lost", now-int64(minutes)*60_000
			}
			delete(open, id)
		}
		out = append(out, row)
	}
	for _, a := range m.Guides.Now().AreasOf(guide.HallID(m.Hall)) {
		for _, w := range a.Windows {
			add(w, string(a.Letter))
		}
	}
	for id := range open {
		add(id, "")
	}
	slices.SortFunc(out, func(a, b HallWindow) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// lostWindows are the windows whose visit went back to the queue because their terminal was gone, and
// when; not those that have had somebody since.
func lostWindows(h *hall.Hall, date hall.Date) map[hall.WindowID]int64 {
	lost, heard := map[hall.WindowID]int64{}, map[hall.WindowID]int64{}
	for _, t := range h.Tickets(date) {
		for i := range t.Steps {
			s := &t.Steps[i]
			if s.Kind == hall.KindReturned && s.How == hall.Orphan {
				lost[s.Window] = max(lost[s.Window], s.AtMS)
			} else if s.Window != "" {
				heard[s.Window] = max(heard[s.Window], s.AtMS)
			}
		}
	}
	maps.DeleteFunc(lost, func(w hall.WindowID, at int64) bool { return heard[w] > at })
	return lost
}

// adviceFrom is from how many person-minutes on opening a window is worth the walk, adviceMost how many
// are named.
const (
	adviceFrom = 30
	adviceMost = 2
)

// advice names the closed windows that would save most: of each area the first.
func advice(queues []HallQueue, windows []HallWindow) []Advice {
	out := []Advice{}
	for _, q := range queues {
		at := slices.IndexFunc(windows, func(w HallWindow) bool { return w.Letter == q.Area.Letter && w.State == "closed" })
		if q.Area.Relief >= adviceFrom && at >= 0 {
			out = append(out, Advice{Window: windows[at].ID, Letter: q.Area.Letter, Area: q.Area.Name, Saves: q.Area.Relief})
		}
	}
	slices.SortStableFunc(out, func(a, b Advice) int { return cmp.Compare(b.Saves, a.Saves) })
	return out[:min(len(out), adviceMost)]
}

// carriedOver lists the tickets of earlier days whose slips are return passes, the newest first.
func carriedOver(h *hall.Hall, now int64) []CarriedOver {
	out := []CarriedOver{}
	for _, t := range h.Tickets("") {
		if t.State == hall.Carried && t.Date < hall.DateOf(now) {
			out = append(out, CarriedOver{Number: string(t.Number), Date: string(t.Date), Letter: string(t.Queue()), Used: len(h.PassUsed(t)) > 0})
		}
	}
	slices.SortStableFunc(out, func(a, b CarriedOver) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.Number, b.Number))
	})
	return out
}
