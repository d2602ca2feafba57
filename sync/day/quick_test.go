package day

import (
	"container/heap"
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// quick plays a plan on the fold alone: the people, desks and rules of a day without
// programs, files and lines. A day takes some seconds.
type quick struct {
	plan  *Plan
	h     *hall.Hall
	now   int64
	todo  todo
	n     int64
	seq   map[event.Origin]event.Seq
	desks []*quickDesk
	day   hall.Day
	late  bool
	who   map[hall.TicketID]*Person
}

type quickDesk struct {
	window     hall.WindowID
	service    hall.Letter
	noon       bool
	open, busy bool
}

// deed is what happens at a moment; n keeps deeds of one moment in order.
type deed struct {
	at, n int64
	do    func()
}

type todo []deed

func (t todo) Len() int           { return len(t) }
func (t todo) Less(i, j int) bool { return t[i].at < t[j].at || t[i].at == t[j].at && t[i].n < t[j].n }
func (t todo) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *todo) Push(x any)        { *t = append(*t, x.(deed)) }
func (t *todo) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}

func (q *quick) in(ms int64, do func()) {
	q.n++
	heap.Push(&q.todo, deed{q.now + ms, q.n, do})
}

func (q *quick) note(by event.Origin, kind event.Kind, fact any) {
	q.seq[by]++
	e := event.Event{ID: event.ID{Origin: by, Epoch: 1, Seq: q.seq[by]}, At: event.Stamp{MS: q.now}, Kind: kind, Payload: hall.Payload(fact)}
	if _, err := q.h.Apply(e); err != nil {
		panic(err)
	}
}

// playQuick plays a day and gives its tickets.
func playQuick(p *Plan) []*hall.Ticket {
	q := &quick{plan: p, h: hall.New(p.Hall), seq: map[event.Origin]event.Seq{}, who: map[hall.TicketID]*Person{},
		day: hall.Day{Sessions: p.Sessions, Windows: map[hall.Letter]int{}}}
	for _, l := range p.Day.letters() {
		a, _ := p.Guides.AreaOf(guide.HallID(p.Hall), guide.Letter(l))
		q.day.Windows[l] = p.Day.Areas[l].Windows
		for i := range p.Day.Areas[l].Windows {
			q.desks = append(q.desks, &quickDesk{window: hall.WindowID(a.Windows[i]), service: l, noon: i == 0})
		}
	}
	q.now = p.People[0].AtMS - 1
	for _, v := range p.People {
		q.in(v.AtMS-q.now, func() { q.issue(v) })
	}
	for i, s := range p.Sessions {
		for n, d := range q.desks {
			q.in(s[0]+int64(n*190)-q.now, func() { q.open(d) })
		}
		q.in(s[1]-q.now, func() {
			q.late = i == len(p.Sessions)-1
			for _, d := range q.desks {
				if d.open && !d.busy {
					q.free(d)
				}
			}
		})
	}
	for len(q.todo) > 0 {
		d := heap.Pop(&q.todo).(deed)
		q.now = d.at
		d.do()
	}
	return q.h.Tickets("")
}

func (d *quickDesk) origin() event.Origin { return event.Origin("jiangnan/" + string(d.window)) }

func (q *quick) open(d *quickDesk) {
	if !d.open {
		d.open = true
		q.note(d.origin(), hall.KindWindowOpened, hall.WindowOpened{Hall: q.plan.Hall, Window: d.window, Clerk: "wang", Services: []hall.Letter{d.service}, AtMS: q.now})
	}
	q.free(d)
}

func (q *quick) issue(v *Person) {
	hex := fmt.Sprintf("%012x", q.now)
	id := hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012d", hex[:8], hex[8:], v.No))
	q.who[id] = v
	q.note("jiangnan/k1", hall.KindIssued, q.h.Issue(hall.Issue{Ticket: id, Origin: "jiangnan/k1", Epoch: 1, Digit: 1, Service: v.Service,
		Items: v.Items, Class: v.Class, Language: "zh", NowMS: q.now, Day: q.day}))
	for _, d := range q.desks {
		if d.service == v.Service && d.open && !d.busy {
			d.busy = true
			q.in(2000+int64(v.No%3000), func() { q.free(d) })
			return
		}
	}
}

// free is a clerk without a person.
func (q *quick) free(d *quickDesk) {
	d.busy = false
	if !d.open || q.h.AtWindow(d.window) != nil {
		return
	}
	lunch := q.now >= q.plan.Sessions[0][1] && q.now < q.plan.Sessions[1][0]
	g, no := q.h.Call(hall.Call{Request: fmt.Sprint(q.n, d.window), Window: d.window, Clerk: "wang", Services: []hall.Letter{d.service}}, q.now)
	switch {
	case lunch && !d.noon, no != nil && q.late:
		d.open = false
		q.note(d.origin(), hall.KindWindowClosed, hall.WindowClosed{Hall: q.plan.Hall, Window: d.window, Services: []hall.Letter{d.service}, AtMS: q.now})
	case no == nil:
		q.call(d, g.Called)
	}
}

func (q *quick) call(d *quickDesk, c hall.Called) {
	d.busy = true
	q.n++
	q.note("jiangnan/hub", hall.KindCalled, c)
	t, v := q.h.Ticket(c.Ticket), q.who[c.Ticket]
	move := func(kind event.Kind) {
		q.note(d.origin(), kind, hall.Moved{Ticket: t.Ticket, Round: t.Round, Window: d.window, Clerk: "wang", AtMS: q.now, Ended: []hall.Ending{{Outcome: hall.Accepted}}})
	}
	way := v.WayMS
	switch {
	case !q.plan.comes(v, q.now-t.IssuedMS):
		q.in(4*35_000, func() { move(hall.KindMissed); q.free(d) })
		return
	case v.Late:
		way += 35_000
	}
	q.in(way, func() {
		move(hall.KindStarted)
		q.in(v.ServiceMS, func() {
			move(hall.KindFinished)
			q.in(v.WrapMS, func() { q.free(d) })
		})
	})
}

// TestForecastsHold plays days of the larger hall, without and with the bus of
// pensioners, and holds what the slips said against what came of it.
func TestForecastsHold(t *testing.T) {
	f, err := Read("../../../shared/data")
	if err != nil {
		t.Fatalf("the sample day is missing (shared/data beside the checkout): %v", err)
	}
	guides := shipped(t)
	const seeds = 5
	for _, bus := range [][]string{{}, {Bus}} {
		promises, kept := 0, 0.0
		for seed := uint64(1); seed <= seeds; seed++ {
			p, err := NewPlan(f, "jiangnan", "2026-11-24", seed, bus, guides)
			if err != nil {
				t.Fatal(err)
			}
			w := waitsOf(playQuick(p))
			t.Logf("seed %d %v: MAE %.2f min, of %d promises %.3f kept, P99 of walk-ins %.0f min, P90 of priorities %.0f min", seed, bus, w.MAE, w.Promises, w.Kept, w.WalkIn, w.Priority)
			promises, kept = promises+w.Promises, kept+w.Kept*float64(w.Promises)
			if w.MAE > 3 || w.Untold > 0 || w.Promises < 300 {
				t.Errorf("seed %d %v: %+v", seed, bus, w)
			}
		}
		if share := kept / float64(promises); share < 0.88 || share > 0.92 {
			t.Errorf("%v: of %d promises that nine of ten keep %.3f were kept", bus, promises, share)
		}
	}
}
