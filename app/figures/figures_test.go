package figures_test

import (
	"reflect"
	"testing"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// TestQuantilesAreOfTheNearestRank: of ten values the half is the fifth, nine tenths the ninth.
func TestQuantilesAreOfTheNearestRank(t *testing.T) {
	var list []int64
	for _, c := range []struct{ n, p50, p90, p95, p1000 int64 }{{0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, {2, 1, 2, 2, 2}, {10, 5, 9, 10, 10}, {11, 6, 10, 11, 11}, {20, 10, 18, 19, 20}, {100, 50, 90, 95, 100}} {
		for int64(len(list)) < c.n {
			list = append(list, int64(len(list)+1))
		}
		got := []int64{figures.Quantile(list, 500), figures.Quantile(list, 900), figures.Quantile(list, 950), figures.Quantile(list, 1000)}
		if want := []int64{c.p50, c.p90, c.p95, c.p1000}; !reflect.DeepEqual(got, want) {
			t.Errorf("of %d values: %v, want %v", c.n, got, want)
		}
	}
}

const minute = int64(60_000)

// at goes on to a minute of the day made by hand.
func (s *scene) at(m float64) { s.now = start + int64(m*60_000) }

// handmade is a day that can be counted with a pencil; the minutes are those after ten o'clock.
//
//	B01 is open from 0 on, C03 from 10 to 40.
//	a walk-in   B issued  0, called  2 (B01), started  3, finished 13 with a correction notice
//	b walk-in   B issued  5, called 15 (B01), recalled at 16, started 17, passed to C at 20; called 24 (C03), started 24, finished 30, accepted
//	c walk-in   B issued  6, given up at 14
//	d appointm. B issued  8, slot 20, called 22 (B01) for a reason, no-show at 26
//	e walk-in   B issued 28, called 50 (B01), started 51, finished 55, advice
//	f walk-in   C issued 33, waits
func handmade(t *testing.T) *scene {
	s := newScene()
	must := func(done bool) {
		t.Helper()
		if !done {
			t.Fatalf("at minute %d: refused", (s.now-start)/minute)
		}
	}
	s.open(t, "B01", "B")
	s.issue(t, "B", hall.WalkIn, 0)
	s.at(2)
	must(s.call(t, "B01", "", ""))
	s.at(3)
	must(s.start(t, "B01"))
	s.at(5)
	b := s.issue(t, "B", hall.WalkIn, 0)
	s.at(6)
	c := s.issue(t, "B", hall.WalkIn, 0)
	s.at(8)
	d := s.issue(t, "B", hall.Appointment, start+20*minute)
	s.at(10)
	s.open(t, "C03", "C")
	s.at(13)
	must(s.finish(t, "B01", hall.Correction))
	s.at(14)
	m, no := s.h.Cancel(c, s.now)
	must(s.moved(t, "jiangnan/k1", hall.KindCancelled, m, no))
	s.at(15) // d may be called from 15 on, and has its place before everybody
	must(s.call(t, "B01", b, "only to sign"))
	s.at(16)
	m, no = s.h.Recall("B01", "clerk1", s.now)
	must(s.moved(t, counterOf("B01"), hall.KindRecalled, m, no))
	s.at(17)
	must(s.start(t, "B01"))
	s.at(20)
	m, no = s.h.Pass("B01", "clerk1", hall.Pass{Service: "C", Reason: "other"}, s.now)
	must(s.moved(t, counterOf("B01"), hall.KindPassed, m, no))
	s.at(22)
	must(s.call(t, "B01", d, "stands there"))
	s.at(24)
	must(s.call(t, "C03", "", ""))
	must(s.start(t, "C03"))
	s.at(26)
	m, no = s.h.Miss("B01", "clerk1", s.now)
	must(s.moved(t, counterOf("B01"), hall.KindMissed, m, no))
	s.at(28)
	s.issue(t, "B", hall.WalkIn, 0)
	s.at(30)
	must(s.finish(t, "C03", hall.Accepted))
	s.at(33)
	s.issue(t, "C", hall.WalkIn, 0)
	s.at(40)
	s.close(t, "C03")
	s.at(50)
	must(s.call(t, "B01", "", ""))
	s.at(51)
	must(s.start(t, "B01"))
	s.at(55)
	must(s.finish(t, "B01", hall.AdviceOnly))
	s.at(60)
	return s
}

// minutesOf makes a spread of minutes, sorted.
func minutesOf(list ...int64) figures.Spread {
	s := figures.Spread{N: len(list)}
	for _, m := range list {
		s.Sum += m * minute
	}
	for _, q := range []struct {
		into  *int64
		share int
	}{{&s.P50, 500}, {&s.P90, 900}, {&s.P95, 950}, {&s.P99, 990}, {&s.Max, 1000}} {
		*q.into = figures.Quantile(list, q.share) * minute
	}
	return s
}

// TestADayCountedByHand holds the figures against those that were counted with a pencil.
func TestADayCountedByHand(t *testing.T) {
	s := handmade(t)
	got := figures.Of(s.h, date, s.now)
	want := figures.Row{Issued: 6, Called: 4, Served: 3, NoShow: 1, Cancelled: 1, Open: 1,
		Wait:     minutesOf(2, 2, 10, 22), // a; d from its slot; b; e
		InTarget: 3,                       // at most 20 minutes
		Way:      minutesOf(0, 1, 1, 2),   // b at C03; a; e; b at B01
		Service:  minutesOf(3, 4, 6, 10),  // b at B01; e; b at C03; a
		WrapUp:   minutesOf(2),            // B01 from 13 to 15; c and b waited. C03 has nobody until 33.
		// c came at 6 and left at 14.
		Abandoned: minutesOf(8), Recalls: 1, Transfers: 1,
		OneVisit:   2, // b and e; a has to bring something
		OutOfOrder: 2,
		// The slips said 5 to 12 minutes: a in 2, b in 10, d in 14 and e in 22.
		Promises: 4, Kept: 2, Forecast: minutesOf(3, 5, 9, 17),
		OpenMS: (60 + 30) * minute,
		HeldMS: (11 + 5 + 4 + 5 + 6) * minute,
		// B01: 0 to 2 (a), 13 to 15 (b), 20 to 22 (d, from 15 on), 28 to 50 (e). C03: 20 to 24 (b), 33 to 40 (f).
		IdleMS: (2 + 2 + 2 + 22 + 4 + 7) * minute}
	if got.Whole != want {
		t.Errorf("the hall\n got %+v\nwant %+v", got.Whole, want)
	}
	rows := func(list []figures.Row) map[string]figures.Row {
		out := map[string]figures.Row{}
		for _, r := range list {
			out[r.Key] = r
		}
		return out
	}
	windows, queues := rows(got.Windows), rows(got.Queues)
	for name, c := range map[string]struct{ got, want any }{
		"open at B01":      {windows["B01"].OpenMS, 60 * minute},
		"idle at B01":      {windows["B01"].IdleMS, 28 * minute},
		"idle at C03":      {windows["C03"].IdleMS, 11 * minute},
		"served at C03":    {windows["C03"].Service, minutesOf(6)},
		"no-shows at B01":  {windows["B01"].NoShow, 1},
		"given up at none": {windows[""].Cancelled, 1},
		"waits of B":       {queues["B"].Wait, minutesOf(2, 2, 10, 22)},
		"served in C":      {queues["C"].Served, 1},
		"idle for C":       {queues["C"].IdleMS, 11 * minute},
		"appointments":     {rows(got.Classes)["appointment"].Wait, minutesOf(2)},
		"at ten":           {rows(got.Hours)["10"].Issued, 6},
		"reasons":          {got.Reasons, []figures.Reason{{Reason: "only to sign", Calls: 1}, {Reason: "stands there", Calls: 1}}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	day, visits := figures.Own(s.h, date, "clerk3", s.now)
	if own := day.Whole; len(visits) != 1 || visits[0] != (figures.Visit{StartedMS: start + 24*minute, TookMS: 6 * minute}) || own.Served != 1 || own.Service != minutesOf(6) || own.Wait.N != 0 || own.Recalls != 0 {
		t.Errorf("the clerk at C03: %+v and %v", own, visits)
	}
}

// TestADayOfNobodyHasNoFigures: what nothing was seen of has no value.
func TestADayOfNobodyHasNoFigures(t *testing.T) {
	d := figures.Of(hall.New("jiangnan"), date, start)
	if d.Whole != (figures.Row{}) || len(d.Windows)+len(d.Queues)+len(d.Hours)+len(d.Reasons) > 0 {
		t.Errorf("of an empty day: %+v", d)
	}
	if _, known := figures.Share(0, 0); known {
		t.Error("a share of nothing is known")
	}
	if s, _ := figures.Share(1, 3); s != 333 {
		t.Errorf("a third is %d thousandths", s)
	}
}

// A window that nobody closed in the evening is open in the morning; what was said of days before
// counts no more than that.
func TestAWindowThatWasLeftOpen(t *testing.T) {
	s := newScene()
	s.now = start - 26*3600_000
	s.open(t, "B01", "C")
	s.close(t, "B01")
	s.open(t, "B01", "B")
	s.open(t, "C03", "C")
	s.close(t, "C03")
	s.h.Forget(date, nil)
	s.at(0)
	s.issue(t, "B", hall.WalkIn, 0)
	s.at(7)
	d := figures.Of(s.h, date, s.now)
	if d.Whole.OpenMS != 6*3600_000+7*minute || d.Whole.IdleMS != 7*minute {
		t.Errorf("open since four o'clock, and idle since the ticket: %d and %d min", d.Whole.OpenMS/minute, d.Whole.IdleMS/minute)
	}
}

// TestWhoCameFromAKioskThatWasCutOff tells numbers of an own series, and visits begun by the slip alone.
func TestWhoCameFromAKioskThatWasCutOff(t *testing.T) {
	s := newScene()
	f := hall.Issued{Ticket: "t1", Hall: "jiangnan", Date: date, Service: "B", Number: "B2-017", Class: hall.WalkIn, IssuedMS: start, LowMinutes: -1, HighMinutes: -1}
	s.note(t, "jiangnan/k2", hall.KindIssued, f)
	s.at(4)
	m, no := s.h.StartScanned(f, "B01", "clerk1", s.now, false)
	s.moved(t, counterOf("B01"), hall.KindStarted, m, no)
	s.at(9)
	s.finish(t, "B01", hall.Accepted)
	w := figures.Of(s.h, date, s.now).Whole
	if w.OwnSeries != 1 || w.Uncalled != 1 || w.Called != 0 || w.Wait != minutesOf(4) || w.Promises != 0 || w.Service != minutesOf(5) || w.Way.N != 0 {
		t.Errorf("%+v", w)
	}
}

// TestAWrapUpEndsWhereNobodyWaits: a pause in which nobody waited tells nothing of how long a clerk wraps up.
func TestAWrapUpEndsWhereNobodyWaits(t *testing.T) {
	s := newScene()
	s.open(t, "B01", "B")
	visit := func(from, to float64) {
		s.at(from)
		if !s.call(t, "B01", "", "") || !s.start(t, "B01") {
			t.Fatal("nobody came")
		}
		s.at(to)
		s.finish(t, "B01", hall.Accepted)
	}
	s.issue(t, "B", hall.WalkIn, 0)
	visit(1, 10)
	s.at(12)
	s.issue(t, "B", hall.WalkIn, 0)
	s.issue(t, "B", hall.WalkIn, 0)
	visit(13, 15)
	visit(16, 18)
	if w := figures.Of(s.h, date, s.now).Whole; w.WrapUp != minutesOf(1) || w.IdleMS != (1+1+1)*minute {
		t.Errorf("%+v", w)
	}
}

// TestParkedTimeIsNoService: a visit that was parked was served once, for as long as the person sat there.
func TestParkedTimeIsNoService(t *testing.T) {
	s := newScene()
	s.open(t, "B01", "B")
	id := s.issue(t, "B", hall.WalkIn, 0)
	s.call(t, "B01", "", "")
	s.start(t, "B01")
	s.at(5)
	m, no := s.h.Park("B01", "clerk1", "copy", s.now+30*minute, s.now)
	s.moved(t, counterOf("B01"), hall.KindParked, m, no)
	s.at(9)
	if w := figures.Of(s.h, date, s.now).Whole; w.Service.N != 0 || w.HeldMS != 5*minute || w.IdleMS != 0 {
		t.Errorf("while it is parked: %+v", w)
	}
	r, b, _ := s.h.Resume(id, "B01", "clerk1", s.now)
	s.note(t, counterOf("B01"), hall.KindResumed, r)
	s.note(t, counterOf("B01"), hall.KindStarted, b)
	s.at(11)
	s.finish(t, "B01", hall.Accepted)
	if w := figures.Of(s.h, date, s.now).Whole; w.Service != minutesOf(7) || w.HeldMS != 7*minute || w.Wait.N != 1 {
		t.Errorf("when it is over: %+v", w)
	}
}

// TestApplicationsOfADay counts them by what the window answered.
func TestApplicationsOfADay(t *testing.T) {
	var list []*intake.Case
	for i, state := range []intake.State{intake.Accepted, intake.Accepted, intake.AcceptedLater, intake.Correction, intake.Refused, intake.NotOurs, intake.Lodged} {
		c := &intake.Case{Taken: intake.Taken{State: state, AtMS: int64(i + 1)}, From: event.ID{Origin: "jiangnan/c1"}}
		if i == 0 {
			c.Steps = []intake.Noted{{Kind: intake.KindDecided, Step: intake.Step{AtMS: c.AtMS}}}
		}
		if i == 1 {
			c.Steps = []intake.Noted{{Kind: intake.KindDecided, Step: intake.Step{AtMS: c.AtMS + 1}}} // later: it was none of that day's
			c.Materials = []intake.Material{{No: 1, State: intake.Unverified}}
		}
		list = append(list, c)
	}
	list = append(list, &intake.Case{}) // of which only what came after it has come
	want := figures.Intake{Taken: 7, Accepted: 2, Later: 1, Corrections: 1, Refused: 1, NotOurs: 1, Received: 1, AtOnce: 1, Unverified: 1}
	if got := figures.Count(list); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
