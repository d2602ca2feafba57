package screen

import (
	"onewindow/app/guide"
	"onewindow/app/intake"
)

// daysAhead is how many days after today the page of a hall shows.
const daysAhead = 7

// Hall tells about the hall where the kiosk stands: when it is open, whom to call. It asks
// nobody, so it is the same with no network at all.
func (k *Kiosk) Hall() HallPage {
	k.visited(true)
	guides, calendar, now, id := k.m.Guides.Now(), k.m.Calendar, k.m.Book.Now(), guide.HallID(k.m.Hall)
	place, _ := guides.Hall(id)
	hours := guides.HoursOf(id)
	p := HallPage{Address: place.Address, Phone: place.Phone, Hours: usual(hours.Hours), Opening: opening(calendar.Opening(hours.Hours, now)),
		Days: []HallDay{}, Holidays: []Holidays{}, UnknownYear: calendar.NextUnknown(now), Others: []OtherHours{}, Desks: []Desk{}}
	if p.Opening.State != string(intake.NotTold) {
		for _, d := range calendar.Days(hours.Hours, now, daysAhead) {
			p.Days = append(p.Days, hallDay(d))
		}
	}
	left, _ := calendar.HolidaysLeft(now)
	for _, h := range left {
		p.Holidays = append(p.Holidays, Holidays{Names: h.Names, From: string(h.From), To: string(h.To), MakeUps: words(h.MakeUps)})
	}
	for _, o := range hours.Others {
		other := OtherHours{Hours: usual(o.Hours), Opening: opening(calendar.Opening(o.Hours, now)), Areas: []SomeItems{}}
		for _, a := range o.Areas {
			other.Areas = append(other.Areas, SomeItems{Letter: string(a.Letter), Items: a.Items, Of: a.Of})
		}
		p.Others = append(p.Others, other)
	}
	for _, d := range guides.DesksOf(id) {
		p.Desks = append(p.Desks, Desk{Department: d.Department, Letters: words(d.Letters), Consult: d.Consult, Complaint: d.Complaint})
	}
	return p
}

func words[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

func opening(o intake.Opening) Opening {
	return Opening{State: string(o.State), Today: hallDay(o.Today), Until: o.Until, Again: o.Again, NextDate: string(o.NextDate), NextAt: o.NextAt,
		UnknownFrom: string(o.UnknownFrom), ClosedFrom: string(o.ClosedFrom), ClosedTo: string(o.ClosedTo), Holidays: words(o.Holidays)}
}

func hallDay(d intake.Day) HallDay {
	return HallDay{Date: string(d.Date), Kind: string(d.Kind), Holiday: d.Name, Periods: periods(d.Periods)}
}

func usual(h guide.Hours) Hours {
	return Hours{Text: h.Text, Weekdays: append([]int{}, h.Weekdays...), Periods: periods(h.Periods)}
}

func periods(list [][2]string) []Period {
	out := make([]Period, 0, len(list))
	for _, p := range list {
		out = append(out, Period{From: p[0], To: p[1]})
	}
	return out
}
