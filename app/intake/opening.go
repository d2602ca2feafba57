package intake

import (
	"slices"
	"strconv"
	"time"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// DayKind is why a day has hours or has none.
type DayKind string

// Kinds of days. A holiday has no hours whatever its weekday; a day that makes up for one
// has those of a working day. Rest is any other day outside the weekdays of the hours. Of an
// unknown day nobody can say: no notice was published for its year.
const (
	Workday DayKind = "work"
	MakeUp  DayKind = "make_up"
	Rest    DayKind = "rest"
	Holiday DayKind = "holiday"
	Unknown DayKind = "unknown"
)

// Day is a civil day as the calendar has it. Name is the holiday that it is, or makes up for.
// Periods are empty when it has no hours, and when nobody knows.
type Day struct {
	Date    hall.Date
	Kind    DayKind
	Name    string
	Periods [][2]string
}

// Day gives a day under some hours.
func (c *Calendar) Day(h guide.Hours, t time.Time) Day {
	d := Day{Date: hall.Date(t.Format(layout)), Kind: Unknown}
	if !c.knows(t.Year()) {
		return d
	}
	day, is := c.days[d.Date]
	d.Name = day.name
	// Monday is 1 and Sunday 7.
	on := slices.Contains(h.Weekdays, (int(t.Weekday())+6)%7+1)
	switch {
	case is && !day.works:
		d.Kind = Holiday
		return d
	case is:
		d.Kind, on = MakeUp, on || everyWorkday(h)
	case on:
		d.Kind = Workday
	default:
		d.Kind = Rest
	}
	if on {
		d.Periods = h.Periods
	}
	return d
}

// HallDay gives what the guides tell of the windows of a hall on the day of a moment: the times
// in which they work, and how many serve each queue. Without a calendar nobody knows the times.
func HallDay(guides *guide.Catalogue, c *Calendar, place hall.ID, ms int64) hall.Day {
	out := hall.Day{Windows: map[hall.Letter]int{}}
	for _, a := range guides.AreasOf(guide.HallID(place)) {
		out.Windows[hall.Letter(a.Letter)] = len(a.Windows)
	}
	if c == nil {
		return out
	}
	for _, p := range c.Day(guides.HoursOf(guide.HallID(place)).Hours, hall.LocalTime(ms)).Periods {
		from, err := hall.At(hall.DateOf(ms), p[0])
		to, err2 := hall.At(hall.DateOf(ms), p[1])
		if err == nil && err2 == nil {
			out.Sessions = append(out.Sessions, [2]int64{from, to})
		}
	}
	return out
}

// everyWorkday tells whether hours are those of all working days. Of any others nobody can
// say which of their weekdays a make-up day stands for.
func everyWorkday(h guide.Hours) bool {
	for day := 1; day <= 5; day++ {
		if !slices.Contains(h.Weekdays, day) {
			return false
		}
	}
	return true
}

// Days gives n days from the one after a moment.
func (c *Calendar) Days(h guide.Hours, nowMS int64, n int) []Day {
	out := make([]Day, 0, n)
	for t := hall.LocalTime(nowMS).AddDate(0, 0, 1); len(out) < n; t = t.AddDate(0, 0, 1) {
		out = append(out, c.Day(h, t))
	}
	return out
}

// OpenState is how a place stands at a moment.
type OpenState string

// States of a place. A pause lies between two periods of a day; before and after lie around
// them; closed is a day without hours. NotTold is a place of which nobody wrote the hours, NotKnown
// a day of a year that the calendar does not know.
const (
	Open     OpenState = "open"
	Pause    OpenState = "pause"
	Before   OpenState = "before"
	After    OpenState = "after"
	Closed   OpenState = "closed"
	NotTold  OpenState = "not_told"
	NotKnown OpenState = "not_known"
)

// Opening is what somebody who stands there has to know. It says what is ahead on every day
// and not only after closing: who comes in the afternoon before a holiday learns that
// tomorrow is closed and when it opens again.
type Opening struct {
	State OpenState
	Today Day
	// Until is when it closes, while it is open; Again when it opens (again) today.
	Until, Again string
	// NextDate and NextAt are when it opens first after today. They are empty where the way
	// there touches a day that the calendar does not know: UnknownFrom.
	NextDate    hall.Date
	NextAt      string
	UnknownFrom hall.Date
	// ClosedFrom and ClosedTo are the days without hours from tomorrow on, from today where it
	// has none; empty when tomorrow opens or is not known. Holidays are the names of those
	// among them.
	ClosedFrom, ClosedTo hall.Date
	Holidays             []string
}

// maxClosed bounds the days that are looked through for the next hours.
const maxClosed = 400

// Opening tells how a place with some hours stands at a moment, by the halls' civil time.
// An end is not part of its period.
func (c *Calendar) Opening(h guide.Hours, nowMS int64) Opening {
	now := hall.LocalTime(nowMS)
	o := Opening{Today: c.Day(h, now)}
	if len(h.Periods) == 0 || len(h.Weekdays) == 0 {
		o.State = NotTold
		return o
	}
	o.stand(now.Format("15:04"))
	if o.State == NotKnown {
		o.UnknownFrom = o.Today.Date
		return o
	}
	if o.State == Closed {
		o.closed(o.Today)
	}
	for n := 1; n <= maxClosed; n++ {
		d := c.Day(h, now.AddDate(0, 0, n))
		switch {
		case d.Kind == Unknown:
			o.UnknownFrom = d.Date
			return o
		case len(d.Periods) > 0:
			o.NextDate, o.NextAt = d.Date, d.Periods[0][0]
			return o
		}
		o.closed(d)
	}
	return o
}

// stand finds a clock time among today's periods.
func (o *Opening) stand(clock string) {
	switch {
	case o.Today.Kind == Unknown:
		o.State = NotKnown
		return
	case len(o.Today.Periods) == 0:
		o.State = Closed
		return
	}
	o.State = Before
	for _, p := range o.Today.Periods {
		switch {
		case clock >= p[1]:
			o.State = After
		case clock >= p[0]:
			o.State, o.Until = Open, p[1]
		default:
			o.Again = p[0]
			if o.State == After {
				o.State = Pause
			}
			return
		}
	}
}

func (o *Opening) closed(d Day) {
	if o.ClosedFrom == "" {
		o.ClosedFrom = d.Date
	}
	o.ClosedTo = d.Date
	if d.Kind == Holiday {
		o.Holidays = named(o.Holidays, d.Name)
	}
}

// Holidays are days in a row, which may have more than one name, and the days that make up
// for them.
type Holidays struct {
	Names    []string
	From, To hall.Date
	MakeUps  []hall.Date
}

// makeUpDays is how far from its holiday a day that makes up for it may lie.
const makeUpDays = 31

// HolidaysLeft gives the holidays of a moment's year that are not over, the first one
// first; known is false when no notice was published for the year.
func (c *Calendar) HolidaysLeft(nowMS int64) (out []Holidays, known bool) {
	now := hall.LocalTime(nowMS)
	if !c.knows(now.Year()) {
		return nil, false
	}
	for _, h := range c.holidays() {
		if string(h.To) >= now.Format(layout) && string(h.From) <= strconv.Itoa(now.Year())+"-12-31" {
			out = append(out, h)
		}
	}
	return out, true
}

// holidays gives those of all years in order.
func (c *Calendar) holidays() []Holidays {
	var dates []hall.Date
	for d := range c.days {
		dates = append(dates, d)
	}
	slices.Sort(dates)
	var out []Holidays
	for _, d := range dates {
		if c.days[d].works {
			continue
		}
		if n := len(out); n > 0 && apart(out[n-1].To, d) == 1 {
			out[n-1].To, out[n-1].Names = d, named(out[n-1].Names, c.days[d].name)
			continue
		}
		out = append(out, Holidays{Names: []string{c.days[d].name}, From: d, To: d})
	}
	for n := range out {
		h := &out[n]
		for _, d := range dates {
			if c.days[d].works && slices.Contains(h.Names, c.days[d].name) && max(apart(d, h.From), apart(h.To, d)) <= makeUpDays {
				h.MakeUps = append(h.MakeUps, d)
			}
		}
	}
	return out
}

// named adds a name to others, once.
func named(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// apart counts the days from one day of the calendar to another.
func apart(from, to hall.Date) int {
	a, _ := time.Parse(layout, string(from))
	b, _ := time.Parse(layout, string(to))
	return int(b.Sub(a).Hours() / 24)
}

// NextUnknown gives the year of a moment, or the one after it, when no notice was published
// for it; 0 when both are known.
func (c *Calendar) NextUnknown(nowMS int64) int {
	year := hall.LocalTime(nowMS).Year()
	switch {
	case !c.knows(year):
		return year
	case !c.knows(year + 1):
		return year + 1
	}
	return 0
}
