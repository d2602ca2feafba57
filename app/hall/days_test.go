package hall_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// randomDay is a day of one queue as chance has it: who books, who comes when, how many windows serve it and how long
// each visit takes.
type randomDay struct {
	r       *rand.Rand
	h       *hall.Hall
	desks   map[event.Origin]*desk
	day     hall.Day
	now     int64
	issued  map[hall.TicketID]hall.Issued
	waiting map[hall.TicketID]hall.Issued
	arrived []arrival
	served  int
	fault   string
}

type arrival struct {
	atMS int64
	book string // the appointment that is checked in to, "" for none
}

func (d *randomDay) note(by event.Origin, kind event.Kind, fact any) {
	if d.desks[by] == nil {
		d.desks[by] = &desk{origin: by}
	}
	if _, err := d.h.Apply(d.desks[by].note(kind, fact, d.now)); err != nil && d.fault == "" {
		d.fault = err.Error()
	}
}

func (d *randomDay) fail(format string, args ...any) {
	if d.fault == "" {
		d.fault = fmt.Sprintf(format, args...)
	}
}

// book lets people ask for appointments the day before, as many as want to; of no slot are more given than half of
// what the queue serves.
func (d *randomDay) book(t *testing.T, windows int) {
	d.now = clockAt(t, tuesday, "10:00")
	half := map[int64]int{}
	for _, s := range d.h.Slots("B", d.day, d.now) {
		half[s.AtMS] = s.Free
	}
	booked := map[int64]int{}
	for n := range d.r.IntN(60) {
		slots := d.h.Slots("B", d.day, d.now)
		if len(slots) == 0 {
			break
		}
		at := slots[d.r.IntN(len(slots))].AtMS
		w := wish(t, fmt.Sprint("a", n), fmt.Sprint("p", n), "09:00", d.day)
		w.SlotMS = at
		f, no := d.h.Book(w, d.now)
		if no != nil {
			d.fail("a free slot was refused: %v", no)
			return
		}
		if booked[at]++; booked[at] > half[at] {
			d.fail("%d are booked at %s, half of what %d windows serve is %d", booked[at], hall.ClockOf(at), windows, half[at])
		}
		d.note("jiangnan/hub", hall.KindBooked, f)
		if d.r.IntN(10) > 0 {
			d.arrived = append(d.arrived, arrival{at + d.r.Int64N(50*60_000) - 29*60_000, f.Appointment})
		}
	}
}

// arrive gives one person a ticket.
func (d *randomDay) arrive(n int, a arrival) {
	var f hall.Issued
	if a.book != "" {
		var no *event.Refusal
		if f, no = d.h.CheckIn(a.book, hall.Issue{Ticket: hall.TicketID(fmt.Sprintf("t%04d", n)), Origin: "jiangnan/k1", Epoch: 1, Digit: 1, Language: "zh", NowMS: d.now}); no != nil {
			d.fail("check in to %s at %s: %v", a.book, hall.ClockOf(d.now), no)
			return
		}
	} else {
		f = issued(n, []hall.Class{hall.WalkIn, hall.WalkIn, hall.WalkIn, hall.WalkIn, hall.Priority, hall.ReturnPass}[d.r.IntN(6)], d.now)
	}
	d.waiting[f.Ticket], d.issued[f.Ticket] = f, f
	d.note("jiangnan/k1", hall.KindIssued, f)
}

// call lets a window call, and holds who is called against all who wait.
func (d *randomDay) call(w hall.WindowID) bool {
	c, no := d.h.Call(hall.Call{Request: fmt.Sprint(w, d.now), Window: w, Services: []hall.Letter{"B"}}, d.now)
	if no != nil {
		for _, f := range d.waiting {
			if f.Class != hall.Appointment || d.now >= f.SlotMS-hall.BookedEarly {
				d.fail("nobody is called at %s and %s of %s waits", hall.ClockOf(d.now), f.Class, hall.ClockOf(f.IssuedMS))
			}
		}
		return false
	}
	got := d.waiting[c.Ticket]
	delete(d.waiting, c.Ticket)
	d.served++
	if got.Class == hall.Appointment {
		if d.now < got.SlotMS-hall.BookedEarly {
			d.fail("the appointment of %s is called at %s", hall.ClockOf(got.SlotMS), hall.ClockOf(d.now))
		}
	} else if got.Class != hall.ReturnPass {
		for _, f := range d.waiting {
			if f.IssuedMS < got.IssuedMS-hall.HeadStart && f.Class != hall.Appointment {
				d.fail("%s of %s overtook %s of %s", got.Class, hall.ClockOf(got.IssuedMS), f.Class, hall.ClockOf(f.IssuedMS))
			}
			if f.Class == got.Class && f.IssuedMS < got.IssuedMS {
				d.fail("%s of %s overtook one of %s", got.Class, hall.ClockOf(got.IssuedMS), hall.ClockOf(f.IssuedMS))
			}
		}
	}
	d.note("jiangnan/hub", hall.KindCalled, c.Called)
	by := event.Origin("jiangnan/" + string(w))
	d.note(by, hall.KindStarted, hall.Moved{Ticket: c.Ticket, Window: w, AtMS: d.now})
	d.note(by, hall.KindFinished, hall.Moved{Ticket: c.Ticket, Window: w, AtMS: d.now, Ended: []hall.Ending{{Outcome: hall.AdviceOnly}}})
	return true
}

// live plays the day: people come, and windows call when they are free, until nobody waits.
func (d *randomDay) live(t *testing.T) (people int) {
	windows := 1 + d.r.IntN(5)
	d.day = openDay(t, wednesday, windows)
	d.book(t, windows)
	from, to := d.day.Sessions[0][0], d.day.Sessions[1][1]
	for range d.r.IntN(1 + 40*windows) {
		d.arrived = append(d.arrived, arrival{atMS: from + d.r.Int64N(to-from)})
	}
	slices.SortFunc(d.arrived, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.atMS, b.atMS), cmp.Compare(a.book, b.book)) })
	free := make([]int64, windows)
	for n := 0; (n < len(d.arrived) || len(d.waiting) > 0) && d.fault == ""; {
		next := slices.Index(free, slices.Min(free))
		if n < len(d.arrived) && d.arrived[n].atMS <= free[next] || len(d.waiting) == 0 {
			d.now = max(d.now, d.arrived[n].atMS)
			d.arrive(n, d.arrived[n])
			n++
			continue
		}
		d.now = max(d.now, free[next])
		if d.call(hall.WindowID(fmt.Sprintf("B%02d", next+1))) {
			free[next] = d.now + 60_000 + d.r.Int64N(18*60_000)
		} else {
			free[next] = d.now + 60_000 // only appointments wait, whose time has not come
		}
	}
	if d.served != len(d.issued) && d.fault == "" {
		d.fail("%d tickets, %d were called", len(d.issued), d.served)
	}
	return len(d.issued)
}

// TestTheBoundHoldsOverRandomDays: no walk-in is overtaken by a priority ticket that was issued more than the head start
// after it, nor by anybody of its own class; no appointment is called before its time, nor more booked than half of
// what a queue serves; and whoever has a ticket is called. ONEWINDOW_FULL=1 plays a hundred thousand days.
func TestTheBoundHoldsOverRandomDays(t *testing.T) {
	days := 1_000
	if os.Getenv("ONEWINDOW_FULL") == "1" {
		days = 100_000
	}
	const lanes = 2
	var all sync.WaitGroup
	people, faults := make([]int, lanes), make([]string, lanes)
	for lane := range lanes {
		all.Go(func() {
			for seed := lane; seed < days && faults[lane] == ""; seed += lanes {
				d := &randomDay{r: rand.New(rand.NewPCG(uint64(seed), 11)), h: hall.New("jiangnan"), desks: map[event.Origin]*desk{},
					issued: map[hall.TicketID]hall.Issued{}, waiting: map[hall.TicketID]hall.Issued{}}
				people[lane] += d.live(t)
				if d.fault != "" {
					faults[lane] = fmt.Sprintf("day %d: %s", seed, d.fault)
				}
			}
		})
	}
	all.Wait()
	for _, f := range faults {
		if f != "" {
			t.Error(f)
		}
	}
	t.Logf("%d days, %d people", days, people[0]+people[1])
}
