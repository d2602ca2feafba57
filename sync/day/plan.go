package day

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Person is one visit as it will go: everything that chance decides is drawn
// here, so that it does not depend on what the machine does later.
type Person struct {
	No      int
	AtMS    int64
	Service hall.Letter
	Class   hall.Class
	// SlotMS is when an appointment is: people with one come from five minutes before to ten after it.
	SlotMS  int64
	Items   []hall.ItemCode
	English bool
	// Miss is drawn from 0 to 1: below the no-show probability nobody comes.
	Miss float64
	// Late people come only after the first recall.
	Late bool
	// WayMS is from the call to the desk, ServiceMS at the desk, WrapMS after it.
	WayMS, ServiceMS, WrapMS int64
	// Scan: the clerk scans the slip instead of pressing the button.
	Scan bool
	// Intake: the clerk takes an application for the first item.
	Intake bool
	// Outcomes has one for each item, or one when there is no item.
	Outcomes []hall.Outcome
	// Kiosk is which kiosk the person goes to, as a number from 0 to 1.
	Kiosk float64
	// Bus tells that the person came with the bus of the disturbance.
	Bus bool
}

// Plan is a whole day of one hall, in the order of arrival.
type Plan struct {
	Hall   hall.ID
	Date   hall.Date
	Seed   uint64
	File   *File
	Day    HallDay
	People []*Person
	// Guides is the shipped catalogue.
	Guides *guide.Catalogue
	// Sessions are the times of the windows, OpenMS and CloseMS of the day in ms.
	Sessions [][2]int64
	// Disturb are the disturbances that apply, in order of time.
	Disturb []Disturbance
}

// Names of the disturbances. HubCut is not in the file: it is the product's own claim.
const (
	NetCut   = "net-cut"
	KioskOff = "kiosk-off"
	FastPC   = "clock"
	Bus      = "bus"
	HubCut   = "hub-cut"
)

var hubCut = Disturbance{ID: HubCut, At: "10:40", Minutes: 20, Text: "the hall's hub is switched off"}

// onlyIn are the disturbances that the file puts into one hall.
var onlyIn = map[string]hall.ID{NetCut: "jiangbei", KioskOff: "jiangnan"}

// busPeople come with the bus, for area busArea.
const (
	busPeople = 60
	busArea   = hall.Letter("B")
)

// NewPlan draws a day. want names disturbances, or is ["all"]; those that belong
// to another hall are left out. Errors are InputErrors.
func NewPlan(f *File, id hall.ID, date hall.Date, seed uint64, want []string, guides *guide.Catalogue) (*Plan, error) {
	h, err := f.of(id)
	if err != nil {
		return nil, err
	}
	p := &Plan{Hall: id, Date: date, Seed: seed, File: f, Day: h, Guides: guides}
	for _, l := range h.letters() {
		a, ok := guides.AreaOf(guide.HallID(id), guide.Letter(l))
		if !ok || len(a.Windows) < h.Areas[l].Windows {
			return nil, Wrong("the shipped catalogue has %d windows for area %s of hall %s and the day wants %d: the two files do not belong together",
				len(a.Windows), l, id, h.Areas[l].Windows)
		}
	}
	if err := p.disturb(want); err != nil {
		return nil, err
	}
	for _, w := range f.Opening.Windows {
		from, err := hall.At(date, w[0])
		if err != nil {
			return nil, Wrong("%q is no date: name one like 2026-11-24 with --date", date)
		}
		to, _ := hall.At(date, w[1])
		p.Sessions = append(p.Sessions, [2]int64{from, to})
	}
	p.people()
	return p, nil
}

// disturb picks the disturbances that are wanted and apply here.
func (p *Plan) disturb(want []string) error {
	all := slices.Concat(p.File.Disturbances, []Disturbance{hubCut})
	for _, name := range want {
		known := name == "all" || slices.ContainsFunc(all, func(d Disturbance) bool { return d.ID == name })
		if !known || name != "all" && !slices.Contains([]string{NetCut, KioskOff, FastPC, Bus, HubCut}, name) {
			return Wrong("there is no disturbance %q: name some of net-cut, kiosk-off, clock, bus, hub-cut, or all, with --disturb", name)
		}
	}
	for _, d := range all {
		here := onlyIn[d.ID] == "" || onlyIn[d.ID] == p.Hall
		if here && (slices.Contains(want, d.ID) || slices.Contains(want, "all")) {
			p.Disturb = append(p.Disturb, d)
		}
	}
	slices.SortStableFunc(p.Disturb, func(a, b Disturbance) int { return cmp.Compare(a.At, b.At) })
	return nil
}

// at gives the moment of a clock time that the file's check has read already.
func (p *Plan) at(clock string) int64 {
	ms, err := hall.At(p.Date, clock)
	if err != nil {
		panic(fmt.Sprintf("clock time %q was checked before", clock))
	}
	return ms
}

// people draws everybody: the file's arrivals and, with the disturbance, the bus.
func (p *Plan) people() {
	for _, l := range p.Day.letters() {
		// A stream for each area, so that one area's numbers do not move another's people.
		r := rand.New(rand.NewPCG(p.Seed, uint64(l[0])))
		items := p.items(l)
		for slot, n := range p.Day.Areas[l].Arrivals {
			from := p.at(p.File.Slots[slot])
			for range n {
				at := from + r.Int64N(int64(p.File.SlotMinutes)*60_000)
				p.People = append(p.People, p.person(r, l, at, items))
			}
		}
	}
	for _, d := range p.Disturb {
		if _, serves := p.Day.Areas[busArea]; d.ID != Bus || !serves {
			continue
		}
		r := rand.New(rand.NewPCG(p.Seed, 0xb05))
		from, items := p.at(d.At), p.items(busArea)
		for range busPeople {
			v := p.person(r, busArea, from+r.Int64N(int64(max(1, d.Minutes))*60_000), items)
			v.Class, v.Bus = hall.Priority, true
			p.People = append(p.People, v)
		}
	}
	slices.SortStableFunc(p.People, func(a, b *Person) int { return cmp.Compare(a.AtMS, b.AtMS) })
	last := int64(0)
	for i, v := range p.People {
		// No two arrive in the same millisecond: then nothing hangs on how ids fall.
		v.AtMS = max(v.AtMS, last+1)
		last, v.No = v.AtMS, i+1
	}
}

// items lists what the hall takes in an area.
func (p *Plan) items(l hall.Letter) []*guide.Item {
	var out []*guide.Item
	for _, i := range p.Guides.ItemsIn(guide.Letter(l)) {
		if _, here := i.PlaceIn(guide.HallID(p.Hall)); here {
			out = append(out, i)
		}
	}
	return out
}

// Shares that the file does not tell: how people behave at the desk.
const (
	lateShare    = 0.08
	scanShare    = 0.6
	intakeShare  = 0.35
	englishShare = 0.03
)

func (p *Plan) person(r *rand.Rand, l hall.Letter, at int64, items []*guide.Item) *Person {
	v := &Person{AtMS: at, Service: l, Class: hall.WalkIn, Miss: r.Float64(), Late: r.Float64() < lateShare, Kiosk: r.Float64(),
		WayMS: 10_000 + r.Int64N(18_000), WrapMS: 5_000 + r.Int64N(20_000), Scan: r.Float64() < scanShare, English: r.Float64() < englishShare}
	switch u, a := r.Float64(), p.File.Appointments[l]; {
	case u < a:
		v.Class = hall.Appointment
		v.SlotMS = at + hall.BookedEarly
		v.SlotMS -= v.SlotMS % hall.SlotLength
	case u < a+p.File.Priorities.Share:
		v.Class = hall.Priority
	}
	seconds := math.Exp(p.File.Service.Areas[l].Mu + p.File.Service.Sigma*r.NormFloat64())
	v.ServiceMS = int64(1000 * min(max(seconds, p.File.Service.MinSeconds), p.File.Service.MaxSeconds))
	for _, i := range r.Perm(len(items))[:min(p.count(r.Float64()), len(items))] {
		v.Items = append(v.Items, hall.ItemCode(items[i].Code))
	}
	v.Intake = len(v.Items) > 0 && r.Float64() < intakeShare
	outcomes := []hall.Outcome{hall.Accepted, hall.Accepted, hall.OnTheSpot, hall.OnTheSpot, hall.Correction, hall.AdviceOnly, hall.Refused, hall.PassedOn}
	for range max(1, len(v.Items)) {
		v.Outcomes = append(v.Outcomes, outcomes[r.IntN(len(outcomes))])
	}
	return v
}

// count draws how many items a person comes with.
func (p *Plan) count(u float64) int {
	for i, share := range p.File.Items.Probabilities {
		if u -= share; u < 0 {
			return p.File.Items.Values[i]
		}
	}
	return p.File.Items.Values[len(p.File.Items.Values)-1]
}

// comes tells whether a person called after this wait is there: no-shows rise
// with the wait, at most threefold, and do not for appointments.
func (p *Plan) comes(v *Person, waitMS int64) bool {
	if v.Class == hall.Appointment {
		return v.Miss >= p.File.NoShow.Appointment
	}
	return v.Miss >= p.File.NoShow.WalkIn[v.Service]*min(3, 1+float64(waitMS)/3_600_000)
}

// booking names the person's appointment.
func (v *Person) booking() string { return fmt.Sprintf("booking-%d", v.No) }
