package hall

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
)

// opened folds that a window is open.
func opened(t interface{ Fatal(...any) }, h *Hall, w WindowID, nowMS int64, services ...Letter) {
	e := event.Event{ID: event.ID{Origin: event.Origin("jiangnan/" + string(w)), Epoch: 1, Seq: 1}, At: event.Stamp{MS: nowMS}, Kind: KindWindowOpened,
		Payload: Payload(WindowOpened{Hall: "jiangnan", Window: w, Clerk: "wang", Services: services, AtMS: nowMS})}
	if _, err := h.Apply(e); err != nil {
		t.Fatal(err)
	}
}

// waits gives a hall in which people wait for services, as a string of letters tells, some already at a
// window, and so many came lately.
func waits(t interface{ Fatal(...any) }, letters string, lately int, windows map[WindowID][]Letter) *Hall {
	h := New("jiangnan")
	for w, services := range windows {
		opened(t, h, w, noon-3600_000, services...)
	}
	for i := range lately {
		p := h.pace(Letter(letters[i%len(letters)]))
		p.arrivals.add(noon - int64(lately-i)*90_000)
	}
	for i, l := range letters {
		id := TicketID(fmt.Sprintf("t%03d", i))
		h.Restore(&Ticket{Issued: Issued{Ticket: id, Hall: "jiangnan", Date: DateOf(noon), Service: Letter(l), Number: Number(fmt.Sprint(string(l), i)), Class: WalkIn, IssuedMS: noon - int64(len(letters)-i)*30_000}, Known: true})
	}
	return h
}

var session = Day{Sessions: [][2]int64{{noon - 4*3600_000, noon + 2*3600_000}}}

// TestWhatAWindowSavesIsTheDifferenceOfTwoReplays: what is said of a window that could be opened is
// what the replay of the hall in which it was opened comes to.
func TestWhatAWindowSavesIsTheDifferenceOfTwoReplays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		windows := map[WindowID][]Letter{}
		for i := range rapid.IntRange(1, 4).Draw(t, "windows") {
			windows[WindowID(fmt.Sprintf("W%02d", 2*i+1))] = rapid.SampledFrom([][]Letter{{"B"}, {"C"}, {"D"}, {"B", "C"}, {"C", "D"}}).Draw(t, "services")
		}
		letters := rapid.StringMatching(`[BCD]{1,30}`).Draw(t, "waiting")
		lately := rapid.IntRange(0, 40).Draw(t, "lately")
		services := rapid.SampledFrom([][]Letter{{"B"}, {"C"}, {"B", "D"}}).Draw(t, "profile")
		more := WindowID(rapid.SampledFrom([]string{"W00", "W04", "W99"}).Draw(t, "window"))
		h, with := waits(t, letters, lately, windows), waits(t, letters, lately, windows)
		opened(t, with, more, noon, services...)
		before, after := h.Rush(services, noon, session), with.Rush(services, noon, session)
		want := max(0, int(math.Round(before.Waits()-after.Waits())))
		if len(before.waiting) == 0 {
			want = 0
		}
		if got := before.Saves(more, services); got != want {
			t.Fatalf("it is said to save %d person-minutes, and saves %d", got, want)
		}
	})
}

// TestTheRightQueueIsNamed: where many wait at one of two windows a second one saves hours there, and
// little where two wait.
func TestTheRightQueueIsNamed(t *testing.T) {
	h := waits(t, "BBBBBBBBBBBBBBBBBBBBCC", 0, map[WindowID][]Letter{"B01": {"B"}, "C01": {"C"}})
	saves := func(l Letter, day Day) int { return h.Rush([]Letter{l}, noon, day).Saves("Z01", []Letter{l}) }
	// Twenty wait for one window, about 8 minutes each: 9.5 visits on average are before somebody, with
	// two windows half of them.
	if b, c := saves("B", session), saves("C", session); b < 500 || b > 1200 || c > 20 {
		t.Errorf("a second window for B saves %d person-minutes, for C %d", b, c)
	}
	if d := saves("D", session); d != 0 {
		t.Errorf("a window for D, where nobody waits, saves %d", d)
	}
	if night := saves("B", Day{Sessions: [][2]int64{{noon - 5*3600_000, noon - 3600_000}}}); night != 0 {
		t.Errorf("outside of the session it saves %d", night)
	}
}

// Who is expected counts as well as who waits: with people coming faster than one window serves them
// a second one saves more.
func TestWhoIsExpectedCounts(t *testing.T) {
	few, many := waits(t, "BBBB", 0, map[WindowID][]Letter{"B01": {"B"}}), waits(t, "BBBB", 40, map[WindowID][]Letter{"B01": {"B"}})
	saves := func(h *Hall) int { return h.Rush([]Letter{"B"}, noon, session).Saves("Z01", []Letter{"B"}) }
	if a, b := saves(few), saves(many); b < 10*a {
		t.Errorf("with nobody expected %d person-minutes, with many %d", a, b)
	}
	for _, x := range many.Tickets("") {
		many.before(x)
		x.State = Cancelled
		many.after(x)
	}
	if got := saves(many); got != 0 {
		t.Errorf("while nobody waits it saves %d", got)
	}
}

// Who waits where no window serves waits until the session ends; the first window there saves that.
func TestTheFirstWindowOfAQueue(t *testing.T) {
	h := waits(t, "BB", 0, nil)
	if got := h.Rush([]Letter{"B"}, noon, session).Saves("Z01", []Letter{"B"}); got < 2*100 || got > 2*120 {
		t.Errorf("the first window saves %d person-minutes", got)
	}
	if got := h.Rush([]Letter{"B"}, noon, Day{}).Saves("Z01", []Letter{"B"}); got != 0 {
		t.Errorf("where nobody knows when the session ends it saves %d", got)
	}
}
