package screen

import (
	"context"
	"fmt"
	"sync"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// clockOffMS is how far a clock may be from the hub's before the terminal says so.
const clockOffMS = 2 * 60_000

// Terminal answers what every page asks first.
type Terminal struct{ m *Machine }

// NewTerminal gives the terminal's own answers.
func NewTerminal(m *Machine) *Terminal { return &Terminal{m} }

// Place says who and where this terminal is.
func (t *Terminal) Place() Place { return t.m.place() }

func (m *Machine) place() Place {
	guides := m.Guides.Now()
	h, _ := guides.Hall(guide.HallID(m.Hall))
	now := m.Book.Now()
	return Place{Role: m.Role, Hall: string(m.Hall), HallName: text(h.Name, h.NameEn), Terminal: string(m.Book.Origin()),
		PxPerMM: m.PxPerMM, ScreenLowMM: m.ScreenLowMM, DistanceMM: m.DistanceMM, Voice: m.Voice != nil, Reader: m.Reader != nil, Floor: m.Floor, Window: string(m.Window), Date: string(hall.DateOf(now)), NowMS: now, GuidesVersion: guides.Version, GuidesDate: dateOf(guides.PublishedMS)}
}

func (m *Machine) standing(ctx context.Context) Standing {
	line := m.Hub.Line()
	s := Standing{Line: "alone", SinceMS: line.Since.UnixMilli(), Disk: m.Disk(), Printer: "none", ClockOff: m.clockOff(), Devices: m.Devices(), Alerts: m.Alerts()}
	switch {
	case line.Reached && line.CentreReached:
		s.Line = "centre"
	case line.Reached:
		s.Line = "hall"
	}
	if m.Printer != nil {
		s.Printer = m.Printer.State()
	}
	here, inHall, oldest, err := m.Book.Unsaved(ctx)
	if err != nil {
		// A book that cannot be read is a failing disk; the page says that and no more.
		s.Disk = "full"
		return s
	}
	s.HereOnly, s.HallOnly = here, inHall
	if oldest > 0 {
		s.OldestSeconds = int(max(0, m.Book.Now()-oldest) / 1000)
	}
	return s
}

func (m *Machine) clockOff() bool {
	off := m.Hub.Line().ClockOffMS
	return off > clockOffMS || off < -clockOffMS
}

// hallNow is this clock, or, where that is known to be wrong, the hub's as of the
// last beat: calls carry the hub's time, and a PC whose clock is fast must not
// recall or give up a person early. A clock that was stepped since that beat makes it
// wrong until the next one; what is noted meanwhile is at least no time before 1970.
func (m *Machine) hallNow() int64 {
	now := m.Book.Now()
	if m.clockOff() {
		now = max(0, now-m.Hub.Line().ClockOffMS)
	}
	return now
}

func text(zh, en string) Text {
	if en == "" {
		en = zh
	}
	return Text{Zh: zh, En: en}
}

func wait(r hall.Range) Wait { return Wait{Known: r.Known, Low: r.Low, High: r.High} }

// area shapes one queue of this hall. The hall is the one inside a View; what the outlook
// tells of the wait is played outside it.
func (m *Machine) area(a guide.HallArea, h *hall.Hall, now int64, day hall.Day) (Area, hall.Outlook) {
	l := hall.Letter(a.Letter)
	waiting := h.WaitingAt(hall.DateOf(now), l)
	out := Area{Letter: string(a.Letter), Name: text(a.Name, a.NameEn), Floor: a.Floor, Windows: len(a.Windows), OpenWindows: h.OpenAt(l),
		Waiting: waiting, Items: len(m.Guides.Now().ItemsIn(a.Letter)), Elsewhere: m.elsewhere(a.Letter)}
	if p, paused := h.PausedNow(l, now); paused {
		out.PausedUntil, out.PausedWhy = hall.ClockOf(p.UntilMS), p.Reason
	}
	return out, h.Outlook(hall.Waiter{Service: l, Key: now}, now, day)
}

// elsewhere names the other halls that have an area.
func (m *Machine) elsewhere(l guide.Letter) []Text {
	out := []Text{}
	for _, h := range m.Guides.Now().Halls() {
		if _, has := m.Guides.Now().AreaOf(h.ID, l); has && string(h.ID) != string(m.Hall) {
			out = append(out, text(h.Name, h.NameEn))
		}
	}
	return out
}

// day tells when this hall's windows work today, and how many serve each area.
func (m *Machine) day() hall.Day { return m.dayOf(m.Book.Now()) }

// dayOf tells the same of the day of a moment in ms.
func (m *Machine) dayOf(ms int64) hall.Day {
	return intake.HallDay(m.Guides.Now().Catalogue, m.Calendar, m.Hall, ms)
}

func (m *Machine) areas() []Area {
	list := m.Guides.Now().AreasOf(guide.HallID(m.Hall))
	out, outlooks, rushes := make([]Area, len(list)), make([]hall.Outlook, len(list)), map[int]hall.Rush{}
	now, day := m.hallNow(), m.day()
	m.Book.View(m.Hall, func(h *hall.Hall) {
		for i, a := range list {
			out[i], outlooks[i] = m.area(a, h, now, day)
			if m.Role == "counter" && m.told.reckons(out[i], now) {
				rushes[i] = h.Rush([]hall.Letter{hall.Letter(a.Letter)}, now, day)
			}
		}
	})
	for i, o := range outlooks {
		m.tell(&out[i], o, now, day)
	}
	for i, rush := range rushes {
		go m.told.reckon(out[i], rush) // nobody waits for it: the next page tells
	}
	return out
}

// tell fills in what is forecast of an area.
func (m *Machine) tell(a *Area, o hall.Outlook, now int64, day hall.Day) {
	m.told.tell(a, o, now)
	a.Late = day.Late(hall.Range{Known: a.Wait.Known, High: a.Wait.High}, now)
}

// told keeps what was last said of each area's wait: every page asks at every change in
// the hall, and an area where nothing has changed is not played again for a while.
type told struct {
	mu      sync.Mutex
	areas   map[string]Area
	until   map[string]int64
	reliefs map[string]relief
}

// relief is what one more window for an area was reckoned to save, and at how many open ones.
type relief struct {
	minutes, open int
	atMS          int64
}

// toldMS is for how long the wait of an unchanged queue is said again, reliefMS the least time between two
// looks at what one more window would save.
const (
	toldMS   = 10_000
	reliefMS = 30_000
)

// tell fills in the wait of an area, and the relief where one was reckoned.
func (t *told) tell(a *Area, o hall.Outlook, now int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := t.reliefs[a.Letter]; ok && a.Waiting > 0 && r.open == a.OpenWindows {
		a.Relief = r.minutes
	}
	if was, ok := t.areas[a.Letter]; ok && was.Waiting == a.Waiting && was.OpenWindows == a.OpenWindows && was.Windows == a.Windows && was.PausedUntil == a.PausedUntil && now < t.until[a.Letter] && now >= t.until[a.Letter]-toldMS {
		a.Wait = was.Wait
		return
	}
	a.Wait = wait(o.Range())
	if t.areas == nil {
		t.areas, t.until = map[string]Area{}, map[string]int64{}
	}
	t.areas[a.Letter], t.until[a.Letter] = *a, now+toldMS
}

// reckons tells whether what one more window would save is to be reckoned again; who is told so does it.
func (t *told) reckons(a Area, now int64) bool {
	if a.Waiting == 0 || a.OpenWindows >= a.Windows {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	r, known := t.reliefs[a.Letter]
	if known && now >= r.atMS && now < r.atMS+reliefMS {
		return false
	}
	if t.reliefs == nil {
		t.reliefs = map[string]relief{}
	}
	r.atMS = now
	t.reliefs[a.Letter] = r
	return true
}

// reckon plays the rest of the session with one more window and without.
func (t *told) reckon(a Area, rush hall.Rush) {
	saved := rush.Saves("~", []hall.Letter{hall.Letter(a.Letter)})
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.reliefs[a.Letter]
	r.minutes, r.open = saved/10*10, a.OpenWindows
	t.reliefs[a.Letter] = r
}

func (m *Machine) areaOf(l hall.Letter) Area {
	a, ok := m.Guides.Now().AreaOf(guide.HallID(m.Hall), guide.Letter(l))
	if !ok {
		plain, _ := m.Guides.Now().Area(guide.Letter(l))
		return Area{Letter: string(l), Name: text(plain.Name, plain.NameEn), Elsewhere: m.elsewhere(guide.Letter(l))}
	}
	var out Area
	now, day := m.hallNow(), m.day()
	var outlook hall.Outlook
	m.Book.View(m.Hall, func(h *hall.Hall) { out, outlook = m.area(a, h, now, day) })
	m.tell(&out, outlook, now, day)
	return out
}

// windowsText is what a slip says about the windows of an area, "B01-B20".
func (m *Machine) windowsText(l hall.Letter) string {
	a, ok := m.Guides.Now().AreaOf(guide.HallID(m.Hall), guide.Letter(l))
	switch {
	case !ok || len(a.Windows) == 0:
		return ""
	case len(a.Windows) == 1:
		return string(a.Windows[0])
	}
	return fmt.Sprintf("%s-%s", a.Windows[0], a.Windows[len(a.Windows)-1])
}

func (m *Machine) card(i *guide.Item) ItemCard {
	a, _ := m.Guides.Now().Area(i.Letter)
	return ItemCard{Code: string(i.Code), Name: text(i.Name, i.NameEn), Department: i.Department, Letter: string(i.Letter),
		Area: text(a.Name, a.NameEn), RunOnce: i.RunOnce(), Materials: len(i.Materials), Here: m.here(i)}
}

func (m *Machine) here(i *guide.Item) bool {
	for _, p := range i.Places {
		if string(p.Hall) == string(m.Hall) {
			return true
		}
	}
	return false
}

func (m *Machine) cards(items []*guide.Item) []ItemCard {
	out := make([]ItemCard, 0, len(items))
	for _, i := range items {
		out = append(out, m.card(i))
	}
	return out
}

// search finds at most some items of one edition.
func (m *Machine) search(guides *Edition, query string, f guide.Filter, most int) []ItemCard {
	hits := guides.Index().Find(query, f, most)
	out := make([]ItemCard, 0, len(hits))
	for _, hit := range hits {
		i, ok := guides.Item(hit.Code)
		if !ok {
			continue
		}
		c := m.card(i)
		c.Why, c.Match = string(hit.Why), hit.Match
		out = append(out, c)
	}
	return out
}

func (m *Machine) guidePage(code string) (GuidePage, error) {
	i, ok := m.Guides.Now().Item(guide.Code(code))
	if !ok {
		return GuidePage{}, event.ItemUnknown.With("code", code)
	}
	g := GuidePage{Item: m.card(i), Handling: i.Handling, LegalDays: i.LegalDays, PromisedDays: i.PromisedDays, DayUnit: i.DayUnit,
		Visits: i.Visits, Conditions: i.Conditions, Steps: i.Steps, Result: i.Result, Fee: i.Fee.Text, Charged: i.Fee.Charged,
		ConsultPhone: i.ConsultPhone, ComplaintTel: i.ComplaintPhone, Hours: i.Hours.Text, Online: i.Online.Available,
		LegalBasis: i.LegalBasis, Materials: []Material{}, Places: []Spot{}, FAQ: []QA{}, Questions: []Question{}, Queue: m.areaOf(hall.Letter(i.Letter))}
	for _, x := range i.Materials {
		g.Materials = append(g.Materials, m.material(x))
	}
	for _, p := range i.Places {
		h, _ := m.Guides.Now().Hall(p.Hall)
		g.Places = append(g.Places, Spot{Hall: text(h.Name, h.NameEn), Address: p.Address, Floor: p.Floor, Windows: p.Windows, Here: string(p.Hall) == string(m.Hall)})
	}
	for _, q := range i.Questions() {
		g.Questions = append(g.Questions, Question(q))
	}
	for _, q := range i.FAQ {
		g.FAQ = append(g.FAQ, QA{Q: q.Q, A: q.A})
	}
	return g, nil
}

func (m *Machine) material(x guide.Material) Material {
	row := Material{No: x.No, Name: x.Name, Form: x.Form, Originals: x.Originals, Copies: x.Copies, Need: string(x.Need()), Note: x.Note}
	if set, ok := m.Guides.Now().DataSet(x.WaivedBy); ok {
		row.WaivedBy = text(set.Name, set.NameEn)
	}
	return row
}

// savedOf tells where all of some events are safe: the least of them counts.
func (m *Machine) savedOf(ids ...string) Saved {
	rank := map[string]int{"here": 0, "hall": 1, "centre": 2}
	least := "centre"
	for _, s := range ids {
		id, err := event.ParseID(s)
		if err != nil {
			return "here"
		}
		if at := m.Book.Saved(id); rank[at] < rank[least] {
			least = at
		}
	}
	return Saved(least)
}

// eventsOf lists the events that made a ticket what it is.
func eventsOf(t *hall.Ticket) []string {
	ids := []string{t.Source}
	for _, s := range t.Steps {
		ids = append(ids, s.By)
	}
	return ids
}

// itemName names an item, by its code where its guide is gone.
func (m *Machine) itemName(code hall.ItemCode) Text {
	if i, ok := m.Guides.Now().Item(guide.Code(code)); ok {
		return text(i.Name, i.NameEn)
	}
	return Text{Zh: string(code), En: string(code)}
}

func (m *Machine) caseStatus(c Case) CaseStatus {
	return CaseStatus{Number: c.Number, Code: string(c.Item), Item: m.itemName(c.Item), State: string(c.State), DueDate: string(c.DueDate), Saved: c.Saved, Absent: append([]string{}, c.Absent...), AnswerBy: string(c.AnswerBy), Agency: c.Agency}
}

func (m *Machine) caseList(list []Case) []CaseStatus {
	out := make([]CaseStatus, 0, len(list))
	for _, c := range list {
		out = append(out, m.caseStatus(c))
	}
	return out
}
