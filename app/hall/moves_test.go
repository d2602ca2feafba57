package hall_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// scene is a hall in which every place knows everything at once.
type scene struct {
	t     *testing.T
	h     *hall.Hall
	now   int64
	count int
	// folded are the events so far, to be folded again in other orders.
	folded []event.Event
	desks  map[event.Origin]*desk
}

func newScene(t *testing.T) *scene {
	return &scene{t: t, h: hall.New("jiangnan"), now: start, desks: map[event.Origin]*desk{}}
}

func (s *scene) note(by event.Origin, kind event.Kind, fact any) {
	s.t.Helper()
	d := s.desks[by]
	if d == nil {
		d = &desk{origin: by}
		s.desks[by] = d
	}
	e := d.note(kind, fact, s.now)
	s.folded = append(s.folded, e)
	if _, err := s.h.Apply(e); err != nil {
		s.t.Fatal(err)
	}
}

// moved notes a step that was decided, or fails.
func (s *scene) moved(by event.Origin, kind event.Kind, m hall.Moved, no *event.Refusal) {
	s.t.Helper()
	if no != nil {
		s.t.Fatalf("%s at %s: %v", kind, by, no)
	}
	s.note(by, kind, m)
}

func (s *scene) refused(what string, no *event.Refusal, want error) {
	s.t.Helper()
	if no == nil || !errors.Is(no, want) {
		s.t.Errorf("%s: %v, want %v", what, no, want)
	}
}

func (s *scene) pass(minutes float64) { s.now += int64(minutes * 60_000) }

// issue gives out a ticket one minute after the last one.
func (s *scene) issue(c hall.Class) hall.TicketID {
	s.pass(1)
	s.count++
	f := issued(s.count, c, s.now)
	s.note("jiangnan/k1", hall.KindIssued, f)
	return f.Ticket
}

// call lets a window call, for the services or a certain ticket.
func (s *scene) call(c hall.Call) (hall.TicketID, *event.Refusal) {
	s.t.Helper()
	c.Request, c.Clerk = fmt.Sprint(len(s.folded)), "wang"
	if c.Services == nil {
		c.Services = []hall.Letter{"B"}
	}
	g, no := s.h.Call(c, s.now)
	if no != nil {
		return "", no
	}
	if g.Before != nil {
		s.note("jiangnan/hub", g.Before.Kind, g.Before.Moved)
	}
	s.note("jiangnan/hub", hall.KindCalled, g.Called)
	return g.Ticket, nil
}

// serve calls the next ticket to a window and starts.
func (s *scene) serve(w hall.WindowID) hall.TicketID {
	s.t.Helper()
	id, no := s.call(hall.Call{Window: w})
	if no != nil {
		s.t.Fatal(no)
	}
	m, no := s.h.Start(w, "wang", "button", s.now)
	s.moved(at(w), hall.KindStarted, m, no)
	return id
}

func at(w hall.WindowID) event.Origin { return event.Origin("jiangnan/" + string(w)) }

func (s *scene) state(id hall.TicketID, want hall.State) {
	s.t.Helper()
	if got := s.h.Ticket(id).State; got != want {
		s.t.Fatalf("%s is %q, not %q", id, got, want)
	}
}

func (s *scene) finish(w hall.WindowID) {
	s.t.Helper()
	m, no := s.h.Finish(w, "wang", []hall.Ending{{Outcome: hall.AdviceOnly}}, s.now)
	s.moved(at(w), hall.KindFinished, m, no)
}

// calls lets a window call and finish until nobody waits, and gives the order.
func (s *scene) calls(w hall.WindowID) (order []hall.TicketID) {
	s.t.Helper()
	for {
		id, no := s.call(hall.Call{Window: w})
		if no != nil {
			return order
		}
		order = append(order, id)
		m, no := s.h.Start(w, "wang", "button", s.now)
		s.moved(at(w), hall.KindStarted, m, no)
		s.finish(w)
	}
}

func same(t *testing.T, got, want []hall.TicketID) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("the order is %v, not %v", got, want)
	}
}

// Transition 9: whoever goes back to the queue has their old place, and the window is free.
func TestAReturnedTicketHasItsOldPlace(t *testing.T) {
	s := newScene(t)
	a, b := s.issue(hall.WalkIn), s.issue(hall.WalkIn)
	if got := s.serve("B01"); got != a {
		t.Fatalf("%s is served", got)
	}
	m, no := s.h.Return("B01", "wang", "a file is missing", s.now)
	s.moved("jiangnan/B01", hall.KindReturned, m, no)
	s.state(a, hall.Waiting)
	if s.h.AtWindow("B01") != nil || s.h.WaitingAt(hall.DateOf(s.now), "B") != 2 {
		t.Fatal("the window is not free, or the queue has not two")
	}
	same(t, s.calls("B02"), []hall.TicketID{a, b})
}

// Transition 8: once, within half an hour, behind the next three.
func TestWhoComesBackIsBehindTheNextThree(t *testing.T) {
	s := newScene(t)
	late := s.issue(hall.WalkIn)
	if _, no := s.call(hall.Call{Window: "B01"}); no != nil {
		t.Fatal(no)
	}
	s.pass(3)
	m, no := s.h.Miss("B01", "wang", s.now)
	s.moved("jiangnan/B01", hall.KindMissed, m, no)
	var others []hall.TicketID
	for range 5 {
		others = append(others, s.issue(hall.WalkIn))
	}
	m, no = s.h.ComeBack(late, s.now)
	s.moved("jiangnan/k1", hall.KindCameBack, m, no)
	s.state(late, hall.Waiting)
	if n := s.h.AheadOf(hall.DateOf(s.now), "B", s.h.Ticket(late).Key(), late); n != 3 {
		t.Errorf("%d are ahead of who came back", n)
	}
	_, no = s.h.ComeBack(others[0], s.now)
	s.refused("come back without a no-show", no, event.TicketState)
	same(t, s.calls("B01"), []hall.TicketID{others[0], others[1], others[2], late, others[3], others[4]})

	for _, again := range []struct {
		minutes float64
		twice   bool
		want    error
	}{{29, false, nil}, {31, false, event.BackLate}, {5, true, event.BackOnce}} {
		id := s.issue(hall.WalkIn)
		for n := range 2 {
			if _, no := s.call(hall.Call{Window: "B01"}); no != nil {
				t.Fatal(no)
			}
			s.pass(3)
			m, no := s.h.Miss("B01", "wang", s.now)
			s.moved("jiangnan/B01", hall.KindMissed, m, no)
			if n == 0 && !again.twice {
				break
			}
			if n == 0 {
				m, no := s.h.ComeBack(id, s.now)
				s.moved("jiangnan/k1", hall.KindCameBack, m, no)
			}
		}
		s.pass(again.minutes)
		if m, no := s.h.ComeBack(id, s.now); again.want != nil {
			s.refused(fmt.Sprint(again), no, again.want)
		} else {
			s.moved("jiangnan/k1", hall.KindCameBack, m, no)
			s.calls("B01")
		}
	}
}

// Transitions 10 and 11: a parked visit frees its window, and goes on first when its
// timer ends or its clerk says so.
func TestAParkedVisitGoesOnFirst(t *testing.T) {
	s := newScene(t)
	a, b, c := s.issue(hall.WalkIn), s.issue(hall.Priority), s.issue(hall.WalkIn)
	if got := s.serve("B01"); got != b {
		t.Fatalf("%s is served", got)
	}
	_, no := s.h.Park("B01", "wang", "", s.now+600_000, s.now)
	s.refused("park without a reason", no, event.ReasonMissing)
	_, no = s.h.Park("B01", "wang", "copies", s.now, s.now)
	s.refused("park until now", no, event.RequestUnusable)
	_, no = s.h.Park("B01", "wang", "copies", s.now+9*3600_000, s.now)
	s.refused("park for nine hours", no, event.RequestUnusable)
	m, no := s.h.Park("B01", "wang", "copies", s.now+600_000, s.now)
	s.moved("jiangnan/B01", hall.KindParked, m, no)
	s.state(b, hall.Parked)
	if s.h.AtWindow("B01") != nil || len(s.h.Wake(s.now+599_999)) != 0 {
		t.Fatal("the window is not free, or the timer is early")
	}
	if got := s.serve("B01"); got != a {
		t.Fatalf("%s is called while one is parked", got)
	}
	s.pass(10)
	wake := s.h.Wake(s.now)
	if len(wake) != 1 || wake[0].Ticket != b {
		t.Fatalf("the timer wakes %v", wake)
	}
	s.note("jiangnan/hub", hall.KindResumed, wake[0])
	s.state(b, hall.Waiting)
	s.finish("B01")
	if got := s.serve("B01"); got != b {
		t.Fatalf("%s is called before who was parked", got)
	}
	// Once more, and the clerk goes on with it without the hub.
	m, no = s.h.Park("B01", "wang", "a call to the bank", s.now+600_000, s.now)
	s.moved("jiangnan/B01", hall.KindParked, m, no)
	resumed, started, no := s.h.Resume(b, "B01", "wang", s.now)
	s.moved("jiangnan/B01", hall.KindResumed, resumed, no)
	s.note("jiangnan/B01", hall.KindStarted, started)
	s.state(b, hall.Serving)
	_, _, no = s.h.Resume(b, "B02", "wang", s.now)
	s.refused("go on with it twice", no, event.TicketState)
	s.finish("B01")
	same(t, s.calls("B01"), []hall.TicketID{c})
}

// Transition 12: a transfer keeps the seniority; one to a window waits for that window,
// but not when it has closed.
func TestATransferKeepsItsPlace(t *testing.T) {
	s := newScene(t)
	a := s.issue(hall.WalkIn)
	s.serve("B01")
	_, no := s.h.Pass("B01", "wang", hall.Pass{Service: "B", Reason: "x"}, s.now)
	s.refused("pass to where it is", no, event.ServiceUnknown)
	_, no = s.h.Pass("B01", "wang", hall.Pass{Service: "C"}, s.now)
	s.refused("pass without a reason", no, event.ReasonMissing)
	m, no := s.h.Pass("B01", "wang", hall.Pass{Service: "C", Back: true, Reason: "tax first"}, s.now)
	s.moved("jiangnan/B01", hall.KindPassed, m, no)
	x := s.h.Ticket(a)
	if n, back := x.Passes(); n != 1 || back != "B01" || x.Queue() != "C" || x.Key() != x.IssuedMS {
		t.Fatalf("after %d transfers it waits at %s with %d, %q wants it back", n, x.Queue(), x.Key()-x.IssuedMS, back)
	}
	if n := s.h.WaitingAt(hall.DateOf(s.now), "B") + 10*s.h.WaitingAt(hall.DateOf(s.now), "C"); n != 10 {
		t.Errorf("the queues hold %d", n)
	}
	open := func(w hall.WindowID, l ...hall.Letter) {
		s.note(at(w), hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: w, Clerk: "wang", Services: l, AtMS: s.now})
	}
	open("C01", "C")
	open("C02", "C")
	if id, no := s.call(hall.Call{Window: "C01", Services: []hall.Letter{"C"}}); no != nil || id != a {
		t.Fatalf("C01 calls %s: %v", id, no)
	}
	m, no = s.h.Pass("C01", "wang", hall.Pass{To: "C02", Reason: "C02 knows the case"}, s.now)
	s.moved("jiangnan/C01", hall.KindPassed, m, no)
	_, no = s.call(hall.Call{Window: "C01", Services: []hall.Letter{"C"}})
	s.refused("call what waits for another window", no, event.NobodyWaits)
	s.note("jiangnan/C02", hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: "C02", AtMS: s.now})
	if id, no := s.call(hall.Call{Window: "C01", Services: []hall.Letter{"C"}}); no != nil || id != a {
		t.Fatalf("with C02 closed C01 calls %q: %v", id, no)
	}
}

// Transition 13: every item that was added at the window needs its outcome.
func TestAnAddedItemNeedsItsOutcome(t *testing.T) {
	s := newScene(t)
	s.issue(hall.WalkIn)
	id := s.serve("B01")
	m, no := s.h.Add("B01", "wang", []hall.ItemCode{"i1", "i2"}, s.now)
	s.moved("jiangnan/B01", hall.KindAdded, m, no)
	_, no = s.h.Add("B01", "wang", []hall.ItemCode{"i2"}, s.now)
	s.refused("add an item twice", no, event.ItemUnknown)
	_, no = s.h.Finish("B01", "wang", []hall.Ending{{Item: "i1", Outcome: hall.Accepted}}, s.now)
	s.refused("finish without one outcome", no, event.OutcomeMissing)
	m, no = s.h.Finish("B01", "wang", []hall.Ending{{Item: "i1", Outcome: hall.Accepted}, {Item: "i2", Outcome: hall.PassedOn}}, s.now)
	s.moved("jiangnan/B01", hall.KindFinished, m, no)
	if got := s.h.Ticket(id).AllItems(); len(got) != 2 {
		t.Errorf("the visit has the items %v", got)
	}
}

// Transitions 15 and 16, and two slips of one person.
func TestWhatEndsATicketWithoutAVisit(t *testing.T) {
	s := newScene(t)
	a, b, c, d := s.issue(hall.WalkIn), s.issue(hall.WalkIn), s.issue(hall.WalkIn), s.issue(hall.WalkIn)
	m, no := s.h.Cancel(a, s.now)
	s.moved("jiangnan/k1", hall.KindCancelled, m, no)
	s.state(a, hall.Cancelled)
	_, no = s.h.Withdraw(b, "chen", "", s.now)
	s.refused("withdraw without a reason", no, event.ReasonMissing)
	m, no = s.h.Withdraw(b, "chen", "the system of the agency is down", s.now)
	s.moved("jiangnan/B01", hall.KindWithdrawn, m, no)
	s.state(b, hall.Withdrawn)
	_, no = s.h.Merge(c, c, "chen", s.now)
	s.refused("merge with itself", no, event.TicketUnknown)
	m, no = s.h.Merge(c, d, "chen", s.now)
	s.moved("jiangnan/B01", hall.KindMerged, m, no)
	s.state(c, hall.Merged)
	same(t, s.calls("B01"), []hall.TicketID{d})
	for _, id := range []hall.TicketID{a, b, c, d} {
		_, no = s.h.Cancel(id, s.now)
		s.refused("cancel at the end", no, event.TicketState)
	}
	// Of a parked one, and while it is called.
	e := s.issue(hall.WalkIn)
	s.serve("B01")
	_, no = s.h.Cancel(e, s.now)
	s.refused("cancel what is being served", no, event.TicketState)
	m, no = s.h.Park("B01", "wang", "copies", s.now+60_000, s.now)
	s.moved("jiangnan/B01", hall.KindParked, m, no)
	m, no = s.h.Cancel(e, s.now)
	s.moved("jiangnan/k1", hall.KindCancelled, m, no)
	s.state(e, hall.Cancelled)
	f := s.issue(hall.WalkIn)
	if id, no := s.call(hall.Call{Window: "B01"}); no != nil || id != f {
		t.Fatalf("%s is called: %v", id, no)
	}
	m, no = s.h.Cancel(f, s.now)
	s.moved("jiangnan/k1", hall.KindCancelled, m, no)
	if s.state(f, hall.Cancelled); s.h.AtWindow("B01") != nil {
		t.Error("the window of a cancelled ticket is not free")
	}
}

// Transition 4: a certain ticket only for a reason; it stands in the event and is counted.
func TestACallOutOfOrderHasAReason(t *testing.T) {
	s := newScene(t)
	a, b := s.issue(hall.WalkIn), s.issue(hall.WalkIn)
	_, no := s.call(hall.Call{Window: "B01", Ticket: b})
	s.refused("call without a reason", no, event.ReasonMissing)
	_, no = s.call(hall.Call{Window: "B01", Ticket: "t9999", Reason: "ill"})
	s.refused("call what is not known", no, event.TicketUnknown)
	if id, no := s.call(hall.Call{Window: "B01", Ticket: b, Reason: "ill"}); no != nil || id != b {
		t.Fatalf("%s is called: %v", id, no)
	}
	if steps := s.h.Ticket(b).Steps; len(steps) != 1 || steps[0].Reason != "ill" {
		t.Errorf("the steps are %+v", steps)
	}
	_, no = s.call(hall.Call{Window: "B02", Ticket: b, Reason: "mine"})
	s.refused("call what is called", no, event.TicketState)
	if id, no := s.call(hall.Call{Window: "B02"}); no != nil || id != a {
		t.Fatalf("%s is next: %v", id, no)
	}
}

// Transition 18: another counter adopts the visit of a window that is gone; else it goes
// back, first. A window that was only cut off and finishes has the last word.
func TestTheVisitOfALostWindowIsAdopted(t *testing.T) {
	s := newScene(t)
	a := s.issue(hall.WalkIn)
	s.issue(hall.Priority)
	s.serve("B01")
	got := s.h.AtWindow("B01").Ticket
	dark := func(w hall.WindowID, ms int64) hall.Silent {
		return func(o event.Origin) int64 {
			if o == at(w) {
				return ms
			}
			return 0
		}
	}
	gone := func(w hall.WindowID) hall.Silent { return dark(w, hall.ServedAfterMS) }
	for _, w := range []hall.WindowID{"B01", "B02", "B03", "B04"} {
		s.note(at(w), hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: w, Clerk: "wang", Services: []hall.Letter{"B"}, AtMS: s.now})
	}
	_, no := s.call(hall.Call{Window: "B02", Ticket: got, Reason: "B01 is dark"})
	s.refused("adopt from a window that is there", no, event.TicketState)
	if id, no := s.call(hall.Call{Window: "B02", Ticket: got, Reason: "B01 is dark", Silent: gone("B01")}); no != nil || id != got {
		t.Fatalf("%s is adopted: %v", id, no)
	}
	if s.state(got, hall.CalledS); s.h.AtWindow("B01") != nil || s.h.AtWindow("B02") == nil {
		t.Fatal("it is not at the window that adopted it")
	}
	if early := s.h.Orphans(dark("B02", hall.CalledAfterMS-1), s.now); len(early) != 0 {
		t.Fatalf("a call is given up early: %v", early)
	}
	lost := s.h.Orphans(dark("B02", hall.CalledAfterMS), s.now)
	if len(lost) != 1 {
		t.Fatalf("orphans: %v", lost)
	}
	s.note("jiangnan/hub", hall.KindReturned, lost[0])
	s.state(got, hall.Waiting)
	if id := s.serve("B03"); id != got {
		t.Fatalf("%s is called before the orphan", id)
	}
	if early := s.h.Orphans(dark("B03", hall.ServedAfterMS-1), s.now); len(early) != 0 {
		t.Fatalf("somebody who may sit at B03 still is taken away: %v", early)
	}
	// B03 is cut off; the hub gives its visit up, another one is called for it, and then
	// it turns out that B03 has served the person all the time.
	lost = s.h.Orphans(gone("B03"), s.now)
	m := hall.Moved{Ticket: got, Round: s.h.Ticket(got).Round, Window: "B03", Clerk: "wang", AtMS: s.now, Ended: []hall.Ending{{Outcome: hall.Accepted}}}
	s.note("jiangnan/hub", hall.KindReturned, lost[0])
	if id, no := s.call(hall.Call{Window: "B04"}); no != nil || id != got {
		t.Fatalf("%s is called: %v", id, no)
	}
	s.note("jiangnan/B03", hall.KindFinished, m)
	if s.state(got, hall.Done); s.h.Ticket(got).Window != "B03" || s.h.AtWindow("B04") != nil {
		t.Errorf("done at %s", s.h.Ticket(got).Window)
	}
	same(t, s.calls("B04"), []hall.TicketID{a})
}

// Somebody who sits at a window is served there, whatever a hub that had not heard of it
// did with the ticket meanwhile.
func TestPresenceOutranksWhatWasDoneWithoutIt(t *testing.T) {
	s := newScene(t)
	id := s.issue(hall.WalkIn)
	if _, no := s.call(hall.Call{Window: "B01"}); no != nil {
		t.Fatal(no)
	}
	here := hall.Moved{Ticket: id, Window: "B02", Clerk: "li", AtMS: s.now, How: "scan"}
	m, no := s.h.Return("B01", "wang", "nobody here", s.now)
	s.moved("jiangnan/B01", hall.KindReturned, m, no)
	if _, no := s.call(hall.Call{Window: "B03"}); no != nil {
		t.Fatal(no)
	}
	s.note("jiangnan/B02", hall.KindStarted, here)
	if x := s.h.Ticket(id); x.State != hall.Serving || x.Window != "B02" {
		t.Fatalf("%s at %s", x.State, x.Window)
	}
	if kind, _ := s.h.Ticket(id).Conflict(); kind != "called_and_served" {
		t.Errorf("conflict %q", kind)
	}
	end := hall.Moved{Ticket: id, Window: "B02", Clerk: "li", AtMS: s.now, Reason: "gone"}
	s.note("jiangnan/B02", hall.KindReturned, end)
	if x := s.h.Ticket(id); x.State != hall.CalledS || x.Window != "B03" {
		t.Fatalf("after B02 let go it is %s at %q", x.State, x.Window)
	}
	// A citizen cancels at a kiosk that is cut off and is served all the same.
	other := s.issue(hall.WalkIn)
	m, no = s.h.Cancel(other, s.now)
	cancel := m
	s.serve("B01")
	s.moved("jiangnan/k1", hall.KindCancelled, cancel, no)
	s.state(other, hall.Serving)
	if kind, windows := s.h.Ticket(other).Conflict(); kind != "closed_and_served" || !slices.Equal(windows, []hall.WindowID{"B01"}) {
		t.Errorf("conflict %q at %v", kind, windows)
	}
}

// The close of a day lists who was never called, and nobody whom a window holds.
func TestTheCloseOfTheDayTakesNobodyFromAWindow(t *testing.T) {
	s := newScene(t)
	s.issue(hall.WalkIn)
	waiting := s.issue(hall.WalkIn)
	s.serve("B01")
	s.pass(24 * 60)
	if early := s.h.Leftovers(hall.DateOf(s.now), s.now); len(early) != 0 {
		t.Fatalf("a clock alone ends %v", early)
	}
	s.issue(hall.WalkIn)
	got := s.h.Leftovers(hall.DateOf(s.now), s.now)
	if len(got) != 1 || got[0].Ticket != waiting {
		t.Fatalf("the close of the day ends %v", got)
	}
	s.note("jiangnan/hub", hall.KindCarried, got[0])
	if s.state(waiting, hall.Carried); s.h.AtWindow("B01") == nil {
		t.Error("the visit at the window is gone")
	}
	if again := s.h.Leftovers(hall.DateOf(s.now), s.now); len(again) != 0 {
		t.Errorf("twice: %v", again)
	}
}

// Windows help where people wait long, and are a reserve where nobody else is left.
func TestProfilesOfAWindow(t *testing.T) {
	s := newScene(t)
	a := s.issue(hall.WalkIn)
	s.note("jiangnan/k1", hall.KindIssued, in("C", 900, s.now))
	c := hall.TicketID("t0900")
	helps := hall.Call{Window: "A01", Services: []hall.Letter{"A"}, Helps: []hall.Letter{"B"}, Reserves: []hall.Letter{"C"}}
	if id, no := s.call(helps); no != nil || id != a {
		t.Fatalf("a helper with nobody in its own queue calls %q: %v", id, no)
	}
	s.finishAt("A01")
	if id, no := s.call(helps); no != nil || id != c {
		t.Fatalf("a reserve calls %q: %v", id, no)
	}
	s.finishAt("A01")
	b := s.issue(hall.WalkIn)
	s.note("jiangnan/k1", hall.KindIssued, in("A", 901, s.now))
	if id, no := s.call(helps); no != nil || id != "t0901" {
		t.Fatalf("with its own queue to serve it calls %q: %v", id, no)
	}
	s.finishAt("A01")
	s.pass(31)
	s.note("jiangnan/k1", hall.KindIssued, in("A", 902, s.now))
	if id, no := s.call(helps); no != nil || id != b {
		t.Fatalf("after half an hour of waiting elsewhere it calls %q: %v", id, no)
	}
}

func (s *scene) finishAt(w hall.WindowID) {
	s.t.Helper()
	m, no := s.h.Start(w, "wang", "button", s.now)
	s.moved(at(w), hall.KindStarted, m, no)
	s.finish(w)
}

func in(l hall.Letter, n int, ms int64) hall.Issued {
	f := issued(n, hall.WalkIn, ms)
	f.Service, f.Number = l, hall.Number(fmt.Sprintf("%s%03d", l, n))
	return f
}

// Whoever has waited an hour goes before everybody who came later, but for appointments.
func TestNobodyWaitsForEver(t *testing.T) {
	s := newScene(t)
	a := s.issue(hall.WalkIn)
	s.pass(13)
	p, q := s.issue(hall.Priority), s.issue(hall.Priority)
	if id, no := s.call(hall.Call{Window: "B01"}); no != nil || id != p {
		t.Fatalf("%s is called before the hour is over: %v", id, no)
	}
	s.finishAt("B01")
	s.pass(44)
	late := s.issue(hall.Priority)
	booked := issued(800, hall.Appointment, s.now)
	booked.SlotMS = s.now + 10*60_000
	s.note("jiangnan/k1", hall.KindIssued, booked)
	s.pass(2)
	if id := s.serve("B01"); id != a {
		t.Fatalf("after an hour %s is called", id)
	}
	s.finish("B01")
	for _, next := range []hall.TicketID{q, late} {
		if id := s.serve("B01"); id != next {
			t.Fatalf("%s is called, and not %s: the appointment is ten minutes away", id, next)
		}
		s.finish("B01")
	}
	w := s.issue(hall.WalkIn)
	s.pass(3)
	same(t, s.calls("B01"), []hall.TicketID{booked.Ticket, w})
}

// TestNoLiveTicketIsLost plays wild days: every command that the pages, the hub and its
// timers know, at any time, with clerks who leave, breaks, programs that start again and midnights. However it goes, a ticket
// that the hall owes something is in exactly one place from which it is called or served,
// and only a person's own decision or the close of the day ends it.
func TestNoLiveTicketIsLost(t *testing.T) {
	const games = 60
	seen := map[hall.State]int{}
	for seed := range games {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		s := newScene(t)
		windows := []hall.WindowID{"B01", "B02", "B03"}
		for range 400 {
			s.pass(r.Float64() * 4)
			if r.IntN(60) == 0 {
				s.pass(9 * 60) // a night
			}
			if r.IntN(100) == 0 {
				s.h = fold(t, s.folded) // the program starts again
			}
			s.wild(r, windows)
			s.whole()
		}
		s.drain(windows)
		for _, x := range s.h.Tickets("") {
			seen[x.State]++
		}
		inOrder := s.h.Hash(hall.DateOf(start))
		r.Shuffle(len(s.folded), func(i, j int) { s.folded[i], s.folded[j] = s.folded[j], s.folded[i] })
		if got := fold(t, s.folded).Hash(hall.DateOf(start)); got != inOrder {
			t.Fatalf("seed %d: in another order it is another day", seed)
		}
	}
	for _, want := range []hall.State{hall.Done, hall.NoShow, hall.Cancelled, hall.Withdrawn, hall.Carried, hall.Merged} {
		if seen[want] == 0 {
			t.Errorf("no ticket ended as %q", want)
		}
	}
	t.Logf("%d days: %v", games, seen)
}

// wild does one thing that somebody in the hall might do.
func (s *scene) wild(r *rand.Rand, windows []hall.WindowID) {
	s.t.Helper()
	w := windows[r.IntN(len(windows))]
	step := func(kind event.Kind, m hall.Moved, no *event.Refusal) {
		if no == nil {
			s.note(at(w), kind, m)
		}
	}
	all := s.h.Tickets("")
	if len(all) == 0 {
		s.issue(hall.WalkIn)
		return
	}
	some := all[r.IntN(len(all))].Ticket
	switch r.IntN(20) {
	case 0, 1, 2:
		s.issue([]hall.Class{hall.WalkIn, hall.Priority, hall.ReturnPass}[r.IntN(3)])
	case 3, 4, 5:
		_, _ = s.call(hall.Call{Window: w})
	case 6:
		_, _ = s.call(hall.Call{Window: w, Ticket: some, Reason: "asked", Silent: func(event.Origin) int64 { return r.Int64N(2 * hall.AdoptAfterMS) }})
	case 7, 8, 9:
		m, no := s.h.Start(w, "wang", "button", s.now)
		step(hall.KindStarted, m, no)
	case 10, 11:
		if x := s.h.AtWindow(w); x != nil && x.State == hall.Serving {
			s.finish(w)
		}
	case 12:
		m, no := s.h.Miss(w, "wang", s.now)
		step(hall.KindMissed, m, no)
	case 13:
		m, no := s.h.Return(w, "wang", "x", s.now)
		step(hall.KindReturned, m, no)
	case 14:
		m, no := s.h.Park(w, "wang", "x", s.now+5*60_000, s.now)
		step(hall.KindParked, m, no)
	case 15:
		m, no := s.h.Pass(w, "wang", hall.Pass{To: windows[r.IntN(len(windows))], Reason: "x"}, s.now)
		step(hall.KindPassed, m, no)
	case 16:
		m, no := s.h.ComeBack(some, s.now)
		step(hall.KindCameBack, m, no)
	case 17:
		switch m, no := s.h.Cancel(some, s.now); r.IntN(4) {
		case 0:
			step(hall.KindCancelled, m, no)
		case 1:
			m, no = s.h.Withdraw(some, "chen", "x", s.now)
			step(hall.KindWithdrawn, m, no)
		case 2:
			m, no = s.h.Merge(some, all[r.IntN(len(all))].Ticket, "chen", s.now)
			step(hall.KindMerged, m, no)
		}
	case 18:
		for _, m := range s.h.Wake(s.now) {
			s.note("jiangnan/hub", hall.KindResumed, m)
		}
		for _, m := range s.h.Leftovers(hall.DateOf(s.now), s.now) {
			s.note("jiangnan/hub", hall.KindCarried, m)
		}
		if r.IntN(4) == 0 {
			for _, m := range s.h.Orphans(func(event.Origin) int64 { return r.Int64N(2 * hall.ServedAfterMS) }, s.now) {
				s.note("jiangnan/hub", hall.KindReturned, m)
			}
		}
	case 19:
		kind, fact := hall.KindWindowOpened, any(hall.WindowOpened{Hall: "jiangnan", Window: w, Clerk: "wang", Services: []hall.Letter{"B"}, AtMS: s.now})
		if r.IntN(3) == 0 {
			kind, fact = hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: w, AtMS: s.now}
		} else if f, no := s.h.StepAway(w, "wang", []hall.Letter{"B"}, hall.Rest, 10, s.now); no == nil && r.IntN(2) == 0 {
			kind, fact = hall.KindWindowClosed, f
		}
		s.note(at(w), kind, fact)
	}
}

// whole holds the hall's lists against its tickets.
func (s *scene) whole() {
	s.t.Helper()
	waiting := map[hall.Date]int{}
	for _, x := range s.h.Tickets("") {
		switch x.State {
		case hall.Waiting:
			waiting[x.Date]++
		case hall.CalledS, hall.Serving:
			if x.Window == "" || s.h.AtWindow(x.Window) == nil {
				s.t.Fatalf("%s is %s at %q, where nobody is", x.Ticket, x.State, x.Window)
			}
		case hall.Unknown:
			s.t.Fatalf("%s is nowhere", x.Ticket)
		}
	}
	for day, n := range waiting {
		if got := s.h.WaitingAt(day, "B"); got != n {
			s.t.Fatalf("%d of %s wait, the queue counts %d", n, day, got)
		}
	}
}

// drain lets the windows serve until all of the day who wait are served.
func (s *scene) drain(windows []hall.WindowID) {
	s.t.Helper()
	for _, w := range windows {
		switch x := s.h.AtWindow(w); {
		case x == nil:
		case x.State == hall.Serving:
			s.finish(w)
		default:
			s.finishAt(w)
		}
		if s.h.AtWindow(w) != nil {
			s.t.Fatalf("%s is not free after its visit", w)
		}
	}
	s.pass(6)
	for _, m := range s.h.Wake(s.now) {
		s.note("jiangnan/hub", hall.KindResumed, m)
	}
	s.issue(hall.WalkIn)
	for _, m := range s.h.Leftovers(hall.DateOf(s.now), s.now) {
		s.note("jiangnan/hub", hall.KindCarried, m)
	}
	for _, w := range windows {
		s.note(at(w), hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: w, AtMS: s.now})
	}
	s.calls("B01")
	for _, x := range s.h.Tickets("") {
		if x.Live() {
			s.t.Fatalf("%s of %s is still %s (round %d, only %q)", x.Ticket, x.Date, x.State, x.Round, x.Only())
		}
	}
}
