package figures_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
)

const (
	date  = hall.Date("2026-11-24")
	start = int64(1_795_485_600_000) // 10:00 on that day
)

// scene is a hall whose steps are decided by the hall's own rules and noted in whole seconds.
type scene struct {
	h      *hall.Hall
	now    int64
	seqs   map[event.Origin]event.Seq
	events []event.Event
	issued int
}

func newScene() *scene {
	return &scene{h: hall.New("jiangnan"), now: start, seqs: map[event.Origin]event.Seq{}}
}

type failer interface{ Fatal(...any) }

func (s *scene) note(t failer, by event.Origin, kind event.Kind, fact any) event.Event {
	s.seqs[by]++
	e := event.Event{ID: event.ID{Origin: by, Epoch: 1, Seq: s.seqs[by]}, At: event.Stamp{MS: s.now, Tick: uint16(len(s.events))}, Kind: kind, Payload: hall.Payload(fact)}
	s.events = append(s.events, e)
	if _, err := s.h.Apply(e); err != nil {
		t.Fatal(err)
	}
	return e
}

// moved notes a step that was decided; one that was refused did not happen.
func (s *scene) moved(t failer, by event.Origin, kind event.Kind, m hall.Moved, no *event.Refusal) bool {
	if no == nil {
		s.note(t, by, kind, m)
	}
	return no == nil
}

func counterOf(w hall.WindowID) event.Origin { return event.Origin("jiangnan/c" + string(w[2:])) }

func clerkOf(w hall.WindowID) hall.ClerkID { return hall.ClerkID("clerk" + string(w[2:])) }

func (s *scene) issue(t failer, service hall.Letter, class hall.Class, slotMS int64) hall.TicketID {
	s.issued++
	h := fmt.Sprintf("%012x", s.now)
	f := hall.Issued{Ticket: hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012x", h[:8], h[8:], s.issued)), Hall: "jiangnan", Date: hall.DateOf(s.now), Service: service,
		Number: hall.Number(fmt.Sprintf("%s%03d", service, s.issued)), Class: class, IssuedMS: s.now, SlotMS: slotMS, LowMinutes: 5, HighMinutes: 12}
	s.note(t, "jiangnan/k1", hall.KindIssued, f)
	return f.Ticket
}

func (s *scene) call(t failer, w hall.WindowID, id hall.TicketID, reason string) bool {
	services := []hall.Letter{}
	for _, x := range s.h.Windows() {
		if x.ID == w && x.Open {
			services = x.Services
		}
	}
	g, no := s.h.Call(hall.Call{Request: fmt.Sprint("r", len(s.events)), Window: w, Clerk: clerkOf(w), Services: services, Ticket: id, Reason: reason}, s.now)
	if no != nil {
		return false
	}
	if g.Before != nil {
		s.note(t, "jiangnan/hub", g.Before.Kind, g.Before.Moved)
	}
	s.note(t, "jiangnan/hub", hall.KindCalled, g.Called)
	return true
}

func (s *scene) open(t failer, w hall.WindowID, services ...hall.Letter) {
	s.note(t, counterOf(w), hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: w, Clerk: clerkOf(w), Services: services, AtMS: s.now})
}

func (s *scene) close(t failer, w hall.WindowID) {
	s.note(t, counterOf(w), hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: w, AtMS: s.now})
}

func (s *scene) start(t failer, w hall.WindowID) bool {
	m, no := s.h.Start(w, clerkOf(w), "button", s.now)
	return s.moved(t, counterOf(w), hall.KindStarted, m, no)
}

func (s *scene) finish(t failer, w hall.WindowID, o hall.Outcome) bool {
	m, no := s.h.Finish(w, clerkOf(w), []hall.Ending{{Outcome: o}}, s.now)
	return s.moved(t, counterOf(w), hall.KindFinished, m, no)
}

// step lets chance do something that the rules allow.
func (s *scene) step(t *rapid.T) {
	s.now += 1000 * rapid.Int64Range(0, 60).Draw(t, "pause")
	w := rapid.SampledFrom([]hall.WindowID{"B01", "B02", "C03"}).Draw(t, "window")
	letter := rapid.SampledFrom([]hall.Letter{"B", "C"}).Draw(t, "letter")
	clerk, by := clerkOf(w), counterOf(w)
	some := hall.TicketID("")
	if list := s.h.Tickets(""); len(list) > 0 {
		some = rapid.SampledFrom(list).Draw(t, "ticket").Ticket
	}
	switch rapid.IntRange(0, 17).Draw(t, "what") {
	case 0, 1, 2:
		class := rapid.SampledFrom([]hall.Class{hall.WalkIn, hall.WalkIn, hall.Priority, hall.Appointment}).Draw(t, "class")
		slot := int64(0)
		if class == hall.Appointment {
			slot = s.now + 60_000*rapid.Int64Range(0, 12).Draw(t, "slot")
		}
		s.issue(t, letter, class, slot)
	case 3, 4:
		s.call(t, w, "", "")
	case 5, 6:
		s.start(t, w)
	case 7, 8:
		s.finish(t, w, rapid.SampledFrom([]hall.Outcome{hall.Accepted, hall.Correction, hall.AdviceOnly}).Draw(t, "outcome"))
	case 9:
		m, no := s.h.Recall(w, clerk, s.now)
		s.moved(t, by, hall.KindRecalled, m, no)
	case 10:
		m, no := s.h.Miss(w, clerk, s.now)
		s.moved(t, by, hall.KindMissed, m, no)
	case 11:
		p := hall.Pass{Service: letter, Reason: "other"}
		if rapid.Bool().Draw(t, "to a window") {
			p.To = rapid.SampledFrom([]hall.WindowID{"B01", "B02", "C03"}).Draw(t, "to")
		}
		m, no := s.h.Pass(w, clerk, p, s.now)
		s.moved(t, by, hall.KindPassed, m, no)
	case 12:
		m, no := s.h.Park(w, clerk, "copy", s.now+600_000, s.now)
		s.moved(t, by, hall.KindParked, m, no)
		for _, x := range s.h.Parked() {
			if r, b, no := s.h.Resume(x.Ticket, "B02", clerkOf("B02"), s.now); no == nil && rapid.Bool().Draw(t, "resumes") {
				s.note(t, counterOf("B02"), hall.KindResumed, r)
				s.note(t, counterOf("B02"), hall.KindStarted, b)
			}
		}
	case 13:
		m, no := s.h.Cancel(some, s.now)
		s.moved(t, "jiangnan/k1", hall.KindCancelled, m, no)
		m, no = s.h.ComeBack(some, s.now)
		s.moved(t, "jiangnan/k1", hall.KindCameBack, m, no)
	case 14:
		s.call(t, w, some, "only to sign")
	case 15:
		if f, no := s.h.PauseQueue(letter, "system", int(rapid.Int64Range(1, 5).Draw(t, "minutes")), w, clerk, s.now); no == nil && rapid.Bool().Draw(t, "pauses") {
			s.note(t, by, hall.KindPaused, f)
		} else if f, paused := s.h.ResumeQueue(letter, clerk, s.now); paused {
			s.note(t, by, hall.KindUnpaused, f)
		}
	case 17:
		by := rapid.SampledFrom([]event.Origin{"jiangnan/k1", "jiangnan/c2", "jiangnan/hub"}).Draw(t, "device")
		to := s.now - 1000*rapid.Int64Range(0, 200).Draw(t, "ended")
		s.note(t, by, hall.KindOffline, hall.Outage{Hall: "jiangnan", FromMS: to - 1000*rapid.Int64Range(60, 5000).Draw(t, "seconds"), ToMS: to, Back: rapid.Bool().Draw(t, "back")})
	case 16:
		if s.h.AtWindow(w) != nil {
			return
		}
		switch rapid.IntRange(0, 3).Draw(t, "closes") {
		case 0:
			s.close(t, w)
		case 1:
			if f, no := s.h.StepAway(w, clerk, []hall.Letter{letter}, hall.Rest, 5, s.now); no == nil {
				s.note(t, by, hall.KindWindowClosed, f)
			}
		default:
			s.open(t, w, rapid.SampledFrom([][]hall.Letter{{"B"}, {"C"}, {"B", "C"}}).Draw(t, "services")...)
		}
	}
}

func wildDay(t *rapid.T) *scene {
	s := newScene()
	for _, w := range []hall.WindowID{"B01", "B02", "C03"} {
		s.open(t, w, hall.Letter(w[:1]))
	}
	for range rapid.IntRange(5, 60).Draw(t, "steps") {
		s.step(t)
	}
	s.now += 30_000
	return s
}

// TestIdleIsWhatEachSecondTells asks in each second of wild days the hall that everybody knows by then:
// is the window open, does it hold somebody, and would its call be granted.
func TestIdleIsWhatEachSecondTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := wildDay(t)
		type times struct{ open, held, away, idle int64 }
		want, by := map[hall.WindowID]*times{}, hall.New("jiangnan")
		next := 0
		for sec := start; sec < s.now; sec += 1000 {
			for ; next < len(s.events) && s.events[next].At.MS <= sec; next++ {
				if _, err := by.Apply(s.events[next]); err != nil {
					t.Fatal(err)
				}
			}
			for _, w := range by.Windows() {
				if want[w.ID] == nil {
					want[w.ID] = &times{}
				}
				if by.AtWindow(w.ID) != nil {
					want[w.ID].held += 1000
				}
				if w.Absent(sec) {
					want[w.ID].away += 1000
				}
				if !w.Open {
					continue
				}
				want[w.ID].open += 1000
				if _, no := by.Call(hall.Call{Request: "x", Window: w.ID, Services: w.Services}, sec+500); no == nil {
					want[w.ID].idle += 1000
				}
			}
		}
		for _, r := range figures.Of(s.h, date, s.now).Windows {
			if r.Key == "" {
				continue
			}
			if got := (times{r.OpenMS, r.HeldMS, r.AwayMS, r.IdleMS}); got != *want[hall.WindowID(r.Key)] {
				t.Fatalf("%s: %+v, by the second %+v", r.Key, got, *want[hall.WindowID(r.Key)])
			}
			delete(want, hall.WindowID(r.Key))
		}
		for w, left := range want {
			if *left != (times{}) {
				t.Fatalf("%s is not counted: %+v", w, *left)
			}
		}
	})
}

// sumOf adds up the rows of a kind: counts, and of times how many and how long.
func sumOf(rows []figures.Row) map[string]int64 {
	out := map[string]int64{}
	for _, r := range rows {
		v := reflect.ValueOf(r)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			switch f := v.Field(i).Interface().(type) {
			case int:
				out[name] += int64(f)
			case int64:
				out[name] += f
			case figures.Spread:
				out[name+"N"] += int64(f.N)
				out[name+"Sum"] += f.Sum
			}
		}
	}
	return out
}

// TestTheRowsOfAKindSumUpToTheHall: nothing is counted twice, and nothing falls between two rows.
func TestTheRowsOfAKindSumUpToTheHall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := wildDay(t)
		d := figures.Of(s.h, date, s.now)
		want := sumOf([]figures.Row{d.Whole})
		for name, rows := range map[string][]figures.Row{"windows": d.Windows, "queues": d.Queues, "classes": d.Classes, "hours": d.Hours} {
			got := sumOf(append([]figures.Row{{}}, rows...))
			if name == "queues" || name == "classes" {
				got["OpenMS"], got["AwayMS"], got["OfflineMS"] = want["OpenMS"], want["AwayMS"], want["OfflineMS"] // belong to none: see Row
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %v, the hall %v", name, got, want)
			}
		}
		w := d.Whole
		if ends := w.Served + w.NoShow + w.Cancelled + w.Withdrawn + w.Expired + w.Carried + w.Merged + w.Open; ends != w.Issued || w.Issued != s.issued {
			t.Fatalf("%d tickets were issued, %d counted, and %d stand somewhere", s.issued, w.Issued, ends)
		}
	})
}

// TestFiguresDoNotDependOnTheOrder folds a wild day in other orders, some events twice.
func TestFiguresDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := wildDay(t)
		want := figures.Of(s.h, date, s.now)
		order := rapid.Permutation(s.events).Draw(t, "order")
		h := hall.New("jiangnan")
		for _, e := range slices.Concat(order, order[:len(order)/2]) {
			if _, err := h.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if got := figures.Of(h, date, s.now); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order\n%+v, not\n%+v", got, want)
		}
	})
}

// TestOwnFiguresAreTheClerksShare: what all clerks did is what was done.
func TestOwnFiguresAreTheClerksShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := wildDay(t)
		whole := figures.Of(s.h, date, s.now).Whole
		var all []figures.Row
		for _, c := range []hall.ClerkID{"clerk1", "clerk2", "clerk3"} {
			own, _ := figures.Own(s.h, date, c, s.now)
			all = append(all, own.Whole)
		}
		got, want := sumOf(all), sumOf([]figures.Row{whole})
		for _, name := range []string{"Served", "NoShow", "WaitN", "WaitSum", "ServiceN", "ServiceSum", "Recalls", "OutOfOrder"} {
			if got[name] != want[name] {
				t.Fatalf("%s: the clerks have %d, the hall %d", name, got[name], want[name])
			}
		}
	})
}
