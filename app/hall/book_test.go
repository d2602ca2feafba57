package hall_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// clockAt gives a moment of the test's day in ms.
func clockAt(t interface{ Fatal(...any) }, date hall.Date, clock string) int64 {
	ms, err := hall.At(date, clock)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// sameNo tells whether a refusal is the wanted one, or that there is none of either.
func sameNo(no, want *event.Refusal) bool {
	return no == nil && want == nil || no != nil && want != nil && no.Code == want.Code
}

const (
	tuesday   hall.Date = "2026-11-24"
	wednesday hall.Date = "2026-11-25"
)

// openDay is a day of a hall with so many windows for queue B.
func openDay(t interface{ Fatal(...any) }, date hall.Date, windows int) hall.Day {
	return hall.Day{Sessions: [][2]int64{{clockAt(t, date, "08:30"), clockAt(t, date, "12:00")}, {clockAt(t, date, "13:30"), clockAt(t, date, "17:00")}}, Windows: map[hall.Letter]int{"B": windows}}
}

func wish(t interface{ Fatal(...any) }, name, person, clock string, day hall.Day) hall.Book {
	return hall.Book{Appointment: name, Service: "B", SlotMS: clockAt(t, hall.DateOf(day.Sessions[0][0]), clock), Number: "13800001234", Language: "zh", Day: day, Person: person, Rules: hall.BookRules{Missed: 2, Days: 30}}
}

// booking is a hall whose hub grants, whose kiosk checks in, on a clock.
type booking struct {
	t          *testing.T
	h          *hall.Hall
	hub, kiosk desk
	events     []event.Event
}

func newBooking(t *testing.T) *booking {
	return &booking{t: t, h: hall.New("jiangnan"), hub: desk{origin: "jiangnan/hub"}, kiosk: desk{origin: "jiangnan/k1"}}
}

func (b *booking) note(d *desk, kind event.Kind, fact any, ms int64) {
	b.t.Helper()
	e := d.note(kind, fact, ms)
	b.events = append(b.events, e)
	if _, err := b.h.Apply(e); err != nil {
		b.t.Fatal(err)
	}
}

func (b *booking) book(w hall.Book, ms int64) *event.Refusal {
	b.t.Helper()
	f, no := b.h.Book(w, ms)
	if no == nil {
		b.note(&b.hub, hall.KindBooked, f, ms)
	}
	return no
}

func (b *booking) checkIn(name, ticket string, ms int64) (hall.Issued, *event.Refusal) {
	b.t.Helper()
	f, no := b.h.CheckIn(name, hall.Issue{Ticket: hall.TicketID(ticket), Origin: "jiangnan/k1", Epoch: 1, Digit: 1, Language: "zh", NowMS: ms})
	if no == nil {
		b.note(&b.kiosk, hall.KindIssued, f, ms)
	}
	return f, no
}

// TestAtMostHalfIsBooked books and gives up at random: no slot is sold twice, and at no time
// of a session is more than half of what the windows can serve until then promised.
func TestAtMostHalfIsBooked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		windows := rapid.IntRange(1, 20).Draw(rt, "windows")
		day := openDay(rt, wednesday, windows)
		h, hub := hall.New("jiangnan"), &desk{origin: "jiangnan/hub"}
		now := clockAt(rt, tuesday, "10:00")
		for n := range rapid.IntRange(1, 150).Draw(rt, "wishes") {
			now += 1000
			if n > 0 && rapid.IntRange(0, 9).Draw(rt, "gives up") == 0 {
				f, no := h.Unbook(fmt.Sprint("a", rapid.IntRange(0, n-1).Draw(rt, "which")), now)
				if no == nil {
					if _, err := h.Apply(hub.note(hall.KindUnbooked, f, now)); err != nil {
						rt.Fatal(err)
					}
				}
			}
			slots := h.Slots("B", day, now)
			if len(slots) == 0 {
				break
			}
			w := wish(rt, fmt.Sprint("a", n), fmt.Sprint("p", n), "09:00", day)
			w.SlotMS = slots[rapid.IntRange(0, len(slots)-1).Draw(rt, "slot")].AtMS
			f, no := h.Book(w, now)
			if no != nil {
				rt.Fatalf("a free slot was refused: %v", no)
			}
			if _, err := h.Apply(hub.note(hall.KindBooked, f, now)); err != nil {
				rt.Fatal(err)
			}
		}
		// Nothing was seen yet, so that a service is expected to take eight minutes and 35 seconds.
		const visitMS = 8*60_000 + 35_000
		for _, s := range day.Sessions {
			booked := 0
			for from := s[0]; from < s[1]; from += hall.SlotLength {
				booked += len(slices.DeleteFunc(h.BookingsOf(wednesday, "1234"), func(b hall.Booking) bool { return b.SlotMS != from }))
				if most := float64(windows) * float64(from+hall.SlotLength-s[0]) / visitMS / 2; float64(booked) > most {
					rt.Fatalf("%d are booked until %s, and half of what %d windows serve is %.2f", booked, hall.ClockOf(from+hall.SlotLength), windows, most)
				}
			}
		}
	})
}

func TestTheHalfThatMayBeBookedIsOffered(t *testing.T) {
	day := openDay(t, wednesday, 4)
	all := 0
	for _, s := range hall.New("jiangnan").Slots("B", day, clockAt(t, tuesday, "10:00")) {
		all += s.Free
	}
	// Seven hours of four windows are 195 visits of eight minutes and 35 seconds.
	if all != 97 && all != 96 {
		t.Errorf("%d appointments are offered, want half of 195", all)
	}
}

func TestBookingsAreGuarded(t *testing.T) {
	b := newBooking(t)
	day, monday := openDay(t, wednesday, 1), clockAt(t, tuesday, "10:00")
	if no := b.book(wish(t, "a1", "ann", "09:00", day), monday); no != nil {
		t.Fatal(no)
	}
	far := openDay(t, "2026-12-20", 2)
	short := wish(t, "a2", "bob", "09:00", day)
	short.Number = "138000012"
	letters := wish(t, "a2", "bob", "09:00", day)
	letters.Number = "1380000123x"
	digits, nobody, card, system, long := wish(t, "a2", "bob", "10:00", day), wish(t, "a2", "bob", "10:00", day), wish(t, "a2", "bob", "10:00", day), wish(t, "a2", "bob", "10:00", day), wish(t, "a2", "bob", "10:00", day)
	digits.Number, nobody.Number, card.Number, system.Number = "1234", "", "", "1234"
	card.Card, card.CardKey = "mark", "card:2026-11-25:jiangnan/hub"
	system.Partly, nobody.Partly = true, true
	long.Pseudonym = strings.Repeat("a", 129)
	for name, c := range map[string]struct {
		wish hall.Book
		at   int64
		no   *event.Refusal
	}{
		"the slot is full":                      {wish(t, "a2", "bob", "09:00", day), monday, event.SlotTaken},
		"between two slots":                     {wish(t, "a2", "bob", "09:05", day), monday, event.SlotTaken},
		"over lunch":                            {wish(t, "a2", "bob", "12:15", day), monday, event.SlotTaken},
		"the slot is past":                      {wish(t, "a2", "bob", "09:15", day), clockAt(t, wednesday, "09:30"), event.SlotTaken},
		"the slot is in twenty minutes":         {wish(t, "a2", "bob", "09:15", day), clockAt(t, wednesday, "08:55"), event.SlotTaken},
		"too many days ahead":                   {wish(t, "a2", "bob", "09:00", far), monday, event.SlotTaken},
		"the second of a person on that day":    {wish(t, "a2", "ann", "10:00", day), monday, event.BookedAlready},
		"a short number":                        {short, monday, event.FieldMissing},
		"a number with letters":                 {letters, monday, event.FieldMissing},
		"the last digits alone":                 {digits, monday, event.FieldMissing},
		"the last digits from another system":   {system, monday, nil},
		"neither phone nor card":                {nobody, monday, event.FieldMissing},
		"a pseudonym without an end":            {long, monday, event.RequestUnusable},
		"of nobody":                             {wish(t, "a2", "", "10:00", day), monday, event.RequestUnusable},
		"without a name":                        {wish(t, "", "bob", "10:00", day), monday, event.RequestUnusable},
		"on a day of which nobody knows hours":  {hall.Book{Appointment: "a2", Service: "B", SlotMS: monday, Number: "13800001234", Person: "bob"}, monday, event.RequestUnusable},
		"another time for somebody else is had": {wish(t, "a2", "bob", "10:00", day), monday, nil},
	} {
		f, no := b.h.Book(c.wish, c.at)
		if !sameNo(no, c.no) {
			t.Errorf("%s: %v, want %v", name, no, c.no)
		}
		if no == nil && f.Phone != "1234" {
			t.Errorf("%s: kept of the number is %q", name, f.Phone)
		}
	}
	if f, no := b.h.Book(card, monday); no != nil || f.Phone != "" || f.Card != "mark" || f.CardKey != card.CardKey {
		t.Errorf("by a card alone: %+v %v", f, no)
	}
}

// TestACardFindsItsAppointments looks for the marks that a card has under the keys of a day.
func TestACardFindsItsAppointments(t *testing.T) {
	b := newBooking(t)
	key := func(d hall.Date, hub string) string { return "card:" + string(d) + ":jiangnan/" + hub }
	for n, c := range []struct {
		name, clock, key, mark string
		date                   hall.Date
	}{
		{"a1", "10:00", key(wednesday, "hub"), "ann", wednesday}, {"a2", "09:00", key(wednesday, "hub2"), "ann2", wednesday}, {"a3", "11:00", key(wednesday, "hub"), "bob", wednesday},
		{"a4", "10:00", key("2026-11-26", "hub"), "ann", "2026-11-26"}, {"a5", "14:00", "", "", wednesday}, {"a6", "15:00", key(wednesday, "hub"), "ann", wednesday},
	} {
		w := wish(t, c.name, fmt.Sprint("p", n), c.clock, openDay(t, c.date, 2))
		w.Card, w.CardKey = c.mark, c.key
		if no := b.book(w, clockAt(t, tuesday, "10:00")); no != nil {
			t.Fatal(c.name, no)
		}
	}
	f, no := b.h.Unbook("a6", clockAt(t, tuesday, "11:00"))
	if no != nil {
		t.Fatal(no)
	}
	b.note(&b.kiosk, hall.KindUnbooked, f, clockAt(t, tuesday, "11:00"))
	if got := b.h.CardKeys(wednesday, wednesday); !slices.Equal(got, []string{key(wednesday, "hub"), key(wednesday, "hub2")}) {
		t.Errorf("keys of the day: %v", got)
	}
	if got := b.h.CardKeys("2026-11-26", ""); !slices.Equal(got, []string{key("2026-11-26", "hub")}) {
		t.Errorf("keys from the next day on: %v", got)
	}
	for _, c := range []struct {
		marks map[string]string
		want  string
	}{
		{map[string]string{key(wednesday, "hub"): "ann", key(wednesday, "hub2"): "ann2"}, "a2 a1"},
		{map[string]string{key(wednesday, "hub2"): "ann"}, ""},
		{map[string]string{key(wednesday, "hub"): "bob"}, "a3"},
		{map[string]string{}, ""},
		{nil, ""},
	} {
		var got []string
		for _, found := range b.h.BookingsByCard(wednesday, c.marks) {
			got = append(got, found.Appointment)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v finds %v, want %q", c.marks, got, c.want)
		}
	}
	if got := b.h.BookingsOf(wednesday, ""); len(got) != 0 {
		t.Errorf("no digits at all find %v", got)
	}
}

// TestCheckIn walks through the times around a slot at 10:00 (queue.md, transition 2).
func TestCheckIn(t *testing.T) {
	for _, c := range []struct {
		clock string
		no    *event.Refusal
		class hall.Class
	}{
		{"09:29", event.BookingEarly, ""},
		{"09:30", nil, hall.Appointment},
		{"10:00", nil, hall.Appointment},
		{"10:15", nil, hall.Appointment},
		{"10:16", nil, hall.WalkIn},
	} {
		b := newBooking(t)
		b.note(&desk{origin: "jiangnan/c1"}, hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: "B01", Clerk: "wang", Services: []hall.Letter{"B"}, AtMS: 1}, 1)
		if no := b.book(wish(t, "a1", "ann", "10:00", openDay(t, wednesday, 2)), clockAt(t, tuesday, "10:00")); no != nil {
			t.Fatal(no)
		}
		now := clockAt(t, wednesday, c.clock)
		f, no := b.checkIn("a1", "t1", now)
		if !sameNo(no, c.no) || f.Class != c.class {
			t.Errorf("check-in at %s: %v %q, want %v %q", c.clock, no, f.Class, c.no, c.class)
		}
		if no != nil {
			continue
		}
		if f.Ref != "a1" || f.Service != "B" || (f.Class == hall.Appointment) != (f.SlotMS > 0) || f.Class == hall.WalkIn && f.Due() != now {
			t.Errorf("check-in at %s: %+v", c.clock, f)
		}
		if _, no := b.checkIn("a1", "t2", now); !sameNo(no, event.BookingUsed) || no.Args["number"] != string(f.Number) {
			t.Errorf("the second check-in: %v", no)
		}
		if early := (clockAt(t, wednesday, "09:55") - now) / 60_000; f.LowMinutes < 0 || int64(f.LowMinutes) < early {
			t.Errorf("check-in at %s: called in %d minutes, says the slip", c.clock, f.LowMinutes)
		}
		// Who came early is not called before five minutes to the slot.
		_, no = b.h.Call(hall.Call{Request: "r", Window: "B01", Services: []hall.Letter{"B"}}, now)
		if early := now < clockAt(t, wednesday, "09:55"); early != sameNo(no, event.NobodyWaits) {
			t.Errorf("called at %s: %v", c.clock, no)
		}
	}

	b := newBooking(t)
	if no := b.book(wish(t, "a1", "ann", "10:00", openDay(t, wednesday, 2)), clockAt(t, tuesday, "10:00")); no != nil {
		t.Fatal(no)
	}
	if _, no := b.checkIn("a1", "t1", clockAt(t, tuesday, "10:00")); !sameNo(no, event.BookingDay) || no.Args["date"] != string(wednesday) {
		t.Errorf("a day early: %v", no)
	}
	if _, no := b.checkIn("a9", "t1", clockAt(t, wednesday, "10:00")); !sameNo(no, event.BookingUnknown) {
		t.Errorf("never booked: %v", no)
	}
	f, no := b.h.Unbook("a1", clockAt(t, wednesday, "08:00"))
	if no != nil {
		t.Fatal(no)
	}
	b.note(&b.kiosk, hall.KindUnbooked, f, clockAt(t, wednesday, "08:00"))
	if _, no := b.checkIn("a1", "t1", clockAt(t, wednesday, "10:00")); !sameNo(no, event.BookingOver) {
		t.Errorf("given up: %v", no)
	}
	if got := b.h.Slots("B", openDay(t, wednesday, 2), clockAt(t, tuesday, "11:00")); !slices.ContainsFunc(got, func(s hall.Slot) bool { return s.AtMS == clockAt(t, wednesday, "10:00") }) {
		t.Error("the time that was given up is not free again")
	}
}

// TestWhoDoesNotComeTwiceMayNotBookForATime misses appointments on two days.
func TestWhoDoesNotComeTwiceMayNotBookForATime(t *testing.T) {
	b := newBooking(t)
	miss := func(name string, date hall.Date) {
		t.Helper()
		day := openDay(t, date, 2)
		if no := b.book(wish(t, name, "ann", "10:00", day), day.Sessions[0][0]-dayMS); no != nil {
			t.Fatal(no)
		}
		next := day.Sessions[0][0] + dayMS
		if out := b.h.Unkept(hall.DateOf(next), next); len(out) != 0 {
			t.Fatalf("before anybody took a ticket of the next day %v are missed", out)
		}
		b.note(&b.kiosk, hall.KindIssued, issued(int(b.kiosk.seq), hall.WalkIn, next), next)
		for _, f := range b.h.Unkept(hall.DateOf(next), next) {
			b.note(&b.hub, hall.KindSkipped, f, next)
		}
		if out := b.h.Unkept(hall.DateOf(next), next); len(out) != 0 {
			t.Fatalf("%v are missed twice", out)
		}
	}
	miss("a1", "2026-11-24")
	if no := b.book(wish(t, "b1", "ann", "10:00", openDay(t, "2026-11-27", 2)), clockAt(t, "2026-11-25", "10:00")); no != nil {
		t.Fatalf("after one: %v", no)
	}
	if _, no := b.checkIn("b1", "u1", clockAt(t, "2026-11-27", "10:00")); no != nil {
		t.Fatal(no)
	}
	miss("a2", "2026-12-01")
	no := b.book(wish(t, "a3", "ann", "10:00", openDay(t, "2026-12-07", 2)), clockAt(t, "2026-12-02", "10:00"))
	if !sameNo(no, event.BookBarred) || no.Args["date"] != "2026-12-31" {
		t.Fatalf("after two: %v", no)
	}
	if no := b.book(wish(t, "a3", "bob", "10:00", openDay(t, "2026-12-07", 2)), clockAt(t, "2026-12-02", "10:00")); no != nil {
		t.Errorf("somebody else: %v", no)
	}
	b.h.Forget("2026-12-30", nil)
	if no := b.book(wish(t, "a4", "ann", "10:00", openDay(t, "2027-01-05", 2)), clockAt(t, "2026-12-31", "10:00")); !sameNo(no, event.BookBarred) {
		t.Errorf("on the last day: %v", no)
	}
	if no := b.book(wish(t, "a4", "ann", "10:00", openDay(t, "2027-01-05", 2)), clockAt(t, "2027-01-01", "10:00")); no != nil {
		t.Errorf("afterwards: %v", no)
	}
}

// TestWhoCameAfterAllIsNotBarred hears on Monday of two check-ins at a kiosk that had been cut off, and of
// an appointment that was given up there, after it was noted that nobody came.
func TestWhoCameAfterAllIsNotBarred(t *testing.T) {
	b := newBooking(t)
	off := desk{origin: "jiangnan/k2"}
	var later []func()
	days := map[string]hall.Date{"a1": wednesday, "a2": "2026-11-26", "a3": "2026-11-27"}
	for _, name := range []string{"a1", "a2", "a3"} {
		if no := b.book(wish(t, name, "ann", "10:00", openDay(t, days[name], 2)), clockAt(t, tuesday, "10:00")); no != nil {
			t.Fatal(no)
		}
		now := clockAt(t, days[name], "09:55")
		if name == "a3" {
			f, no := b.h.Unbook(name, now)
			later = append(later, func() { b.note(&off, hall.KindUnbooked, f, now) })
			if no != nil {
				t.Fatal(no)
			}
			continue
		}
		f, no := b.h.CheckIn(name, hall.Issue{Ticket: issued(len(later)+50, hall.WalkIn, now).Ticket, Origin: off.origin, Epoch: 1, Digit: 2, NowMS: now})
		later = append(later, func() { b.note(&off, hall.KindIssued, f, now) })
		if no != nil {
			t.Fatal(no)
		}
	}
	monday := clockAt(t, "2026-11-30", "08:00")
	b.note(&b.kiosk, hall.KindIssued, issued(60, hall.WalkIn, monday), monday)
	missed := b.h.Unkept("2026-11-30", monday)
	for _, f := range missed {
		b.note(&b.hub, hall.KindSkipped, f, monday)
	}
	next := wish(t, "a9", "ann", "10:00", openDay(t, "2026-12-02", 2))
	if _, no := b.h.Book(next, monday); len(missed) != 3 || !sameNo(no, event.BookBarred) {
		t.Fatalf("%d missed, %v", len(missed), no)
	}
	if out := b.h.Unmissed(monday); len(out) != 0 {
		t.Errorf("excused without a reason: %v", out)
	}
	for _, note := range later {
		note()
	}
	out := b.h.Unmissed(monday)
	for _, f := range out {
		b.note(&b.hub, hall.KindExcused, f, monday)
	}
	if again := b.h.Unmissed(monday); len(out) != 3 || len(again) != 0 {
		t.Errorf("%d are excused, and again %d", len(out), len(again))
	}
	b.h.Forget("2026-11-29", nil) // the tickets are forgotten, and what was missed is not
	if _, no := b.h.Book(next, monday); no != nil {
		t.Errorf("who came is barred: %v", no)
	}
}

// TestWhatIsOverStaysOver: whoever did not come gives nothing up afterwards, and checks in on no other day.
func TestWhatIsOverStaysOver(t *testing.T) {
	b := newBooking(t)
	for name, at := range map[string]string{"a1": "10:00", "a2": "10:15"} {
		if no := b.book(wish(t, name, name, at, openDay(t, wednesday, 4)), clockAt(t, tuesday, "10:00")); no != nil {
			t.Fatal(no)
		}
	}
	if _, no := b.h.Unbook("a1", clockAt(t, wednesday, "10:15")); no != nil {
		t.Errorf("while it could be used: %v", no)
	}
	if _, no := b.h.Unbook("a1", clockAt(t, wednesday, "10:16")); !sameNo(no, event.BookingOver) {
		t.Errorf("given up afterwards: %v", no)
	}
	if _, no := b.checkIn("a1", "t1", clockAt(t, "2026-11-26", "10:00")); !sameNo(no, event.BookingOver) {
		t.Errorf("a day late: %v", no)
	}
	f, no := b.checkIn("a2", "t2", clockAt(t, wednesday, "10:10"))
	if no != nil {
		t.Fatal(no)
	}
	if _, no := b.h.Unbook("a2", clockAt(t, wednesday, "10:12")); !sameNo(no, event.BookingUsed) || no.Args["number"] != string(f.Number) {
		t.Errorf("given up after the check-in: %v", no)
	}
	if out := b.h.Unkept(wednesday, clockAt(t, wednesday, "17:00")); len(out) != 0 {
		t.Errorf("missed before the day is over: %v", out)
	}
	thursday := clockAt(t, "2026-11-26", "09:00")
	b.note(&b.kiosk, hall.KindIssued, issued(70, hall.WalkIn, thursday), thursday)
	if out := b.h.Unkept("2026-11-26", thursday); len(out) != 1 || out[0].Appointment != "a1" {
		t.Errorf("missed are %v, not a1 alone", out)
	}
}

const dayMS = int64(24 * 3600_000)

// TestOnePersonTwoSlips checks in at two kiosks that cannot hear each other.
func TestOnePersonTwoSlips(t *testing.T) {
	b := newBooking(t)
	if no := b.book(wish(t, "a1", "ann", "10:00", openDay(t, wednesday, 2)), clockAt(t, tuesday, "10:00")); no != nil {
		t.Fatal(no)
	}
	other := fold(t, b.events)
	now := clockAt(t, wednesday, "09:50")
	if _, no := b.checkIn("a1", "t1", now); no != nil {
		t.Fatal(no)
	}
	f, no := other.CheckIn("a1", hall.Issue{Ticket: "t2", Origin: "jiangnan/k2", Epoch: 1, Digit: 2, Language: "zh", NowMS: now})
	if no != nil {
		t.Fatal(no)
	}
	b.note(&desk{origin: "jiangnan/k2"}, hall.KindIssued, f, now)
	moves := b.h.Twice(now)
	if len(moves) != 1 || moves[0].Ticket != "t2" || moves[0].Into != "t1" {
		t.Fatalf("merged: %+v", moves)
	}
	b.note(&b.hub, hall.KindMerged, moves[0], now)
	if again := b.h.Twice(now); len(again) != 0 || b.h.WaitingAt(wednesday, "B") != 1 {
		t.Errorf("afterwards %d wait, %v are still twice", b.h.WaitingAt(wednesday, "B"), again)
	}
}

// TestAReturnPass carries somebody who still waited over to the next day.
func TestAReturnPass(t *testing.T) {
	b := newBooking(t)
	today := clockAt(t, tuesday, "16:50")
	b.note(&b.kiosk, hall.KindIssued, issued(1, hall.WalkIn, today), today)
	pass := func(h *hall.Hall, n int, ms int64) (hall.Issued, hall.Moved, *event.Refusal) {
		return h.PassIn(h.Ticket("t0001"), hall.Issue{Ticket: hall.TicketID(fmt.Sprintf("p%04d", n)), Origin: "jiangnan/k1", Epoch: 1, Digit: 1, Language: "zh", NowMS: ms})
	}
	if _, _, no := pass(b.h, 1, today); !sameNo(no, event.BookingDay) {
		t.Errorf("on the same day: %v", no)
	}
	next := clockAt(t, wednesday, "09:00")
	if _, _, no := pass(b.h, 1, next); !sameNo(no, event.BookingOver) {
		t.Errorf("before the day was closed: %v", no)
	}
	b.note(&b.kiosk, hall.KindIssued, issued(2, hall.WalkIn, next-60_000), next-60_000)
	for _, m := range b.h.Leftovers(wednesday, next) {
		b.note(&b.hub, hall.KindCarried, m, next)
	}
	other := fold(t, b.events)
	f, m, no := pass(b.h, 1, next)
	if no != nil || f.Class != hall.ReturnPass || f.Ref != "t0001" || f.Service != "B" {
		t.Fatalf("the pass: %+v %v", f, no)
	}
	if _, _, no := pass(other, 2, clockAt(t, "2026-12-31", "09:00")); !sameNo(no, event.BookingOver) {
		t.Errorf("after 30 days: %v", no)
	}
	b.note(&b.kiosk, hall.KindIssued, f, next)
	b.note(&b.kiosk, hall.KindMerged, m, next)
	if _, _, no := pass(b.h, 3, next); !sameNo(no, event.BookingUsed) || no.Args["number"] != string(f.Number) {
		t.Errorf("a second time: %v", no)
	}
	// The walk-in of today came a minute before, and the pass goes before it.
	c, no := b.h.Call(hall.Call{Request: "r", Window: "B01", Services: []hall.Letter{"B"}}, next)
	if no != nil || c.Ticket != f.Ticket {
		t.Errorf("called: %+v %v", c, no)
	}
	// Days later memory has lost the new ticket, and the old one still tells that it was used.
	old := b.h.Ticket("t0001")
	late := hall.New("jiangnan")
	late.Restore(old)
	if _, _, no := pass(late, 4, next+5*dayMS); !sameNo(no, event.BookingUsed) {
		t.Errorf("days later: %v", no)
	}
}

// TestAWithdrawnTicketIsAReturnPass brings the slip of somebody whom the hall sent away; one that its owner gave up is none.
func TestAWithdrawnTicketIsAReturnPass(t *testing.T) {
	b := newBooking(t)
	today, next := clockAt(t, tuesday, "10:00"), clockAt(t, wednesday, "09:00")
	for n := 1; n <= 2; n++ {
		b.note(&b.kiosk, hall.KindIssued, issued(n, hall.WalkIn, today), today)
	}
	sent, no := b.h.Withdraw("t0001", "wang", "system_down", today)
	if no != nil {
		t.Fatal(no)
	}
	b.note(&b.hub, hall.KindWithdrawn, sent, today)
	gone, no := b.h.Cancel("t0002", today)
	if no != nil {
		t.Fatal(no)
	}
	b.note(&b.kiosk, hall.KindCancelled, gone, today)
	pass := func(of hall.TicketID, ms int64) (hall.Issued, hall.Moved, *event.Refusal) {
		return b.h.PassIn(b.h.Ticket(of), hall.Issue{Ticket: "p0001", Origin: "jiangnan/k1", Epoch: 1, Digit: 1, Language: "zh", NowMS: ms})
	}
	if _, _, no := pass("t0001", today); !sameNo(no, event.BookingDay) {
		t.Errorf("on the same day: %v", no)
	}
	if _, _, no := pass("t0002", next); !sameNo(no, event.BookingOver) {
		t.Errorf("given up by its owner: %v", no)
	}
	f, m, no := pass("t0001", next)
	if no != nil || f.Class != hall.ReturnPass || f.Ref != "t0001" {
		t.Fatalf("the pass: %+v %v", f, no)
	}
	b.note(&b.kiosk, hall.KindIssued, f, next)
	b.note(&b.kiosk, hall.KindMerged, m, next)
	if _, _, no := pass("t0001", next+1); !sameNo(no, event.BookingUsed) {
		t.Errorf("a second time: %v", no)
	}
}

// TestAppointmentsDoNotDependOnTheOrder folds bookings, check-ins, cancellations and the close
// of the day in many orders.
func TestAppointmentsDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		hubs := []*desk{{origin: "jiangnan/hub"}, {origin: "jiangnan/hub2"}}
		kiosk := &desk{origin: "jiangnan/k1"}
		var all []event.Event
		slot := clockAt(rt, tuesday, "10:00")
		for n := range 12 {
			name := fmt.Sprint("a", r.IntN(8))
			switch r.IntN(6) {
			case 0, 1:
				f := hall.Booked{Appointment: name, Hall: "jiangnan", Date: tuesday, Service: "B", SlotMS: slot + int64(r.IntN(3))*hall.SlotLength, Phone: "1234", Person: fmt.Sprint("p", r.IntN(3)), Language: "zh"}
				all = append(all, hubs[r.IntN(2)].note(hall.KindBooked, f, slot+int64(n)))
			case 2:
				all = append(all, kiosk.note(hall.KindUnbooked, hall.Unbooked{Appointment: name, Hall: "jiangnan", Date: tuesday}, slot+int64(n)))
			case 3:
				f := issued(n, hall.Appointment, slot+int64(n))
				f.Ref, f.SlotMS = name, slot
				all = append(all, kiosk.note(hall.KindIssued, f, slot+int64(n)))
			case 4:
				all = append(all, hubs[0].note(hall.KindSkipped, hall.Skipped{Appointment: name, Hall: "jiangnan", Date: tuesday, Person: fmt.Sprint("p", r.IntN(3))}, slot+int64(n)))
			case 5:
				all = append(all, hubs[1].note(hall.KindExcused, hall.Excused{Appointment: name, Hall: "jiangnan", Date: tuesday}, slot+int64(n)))
			}
		}
		look := func(h *hall.Hall) string {
			out := fmt.Sprint(h.BookingsOf(tuesday, "1234"), h.Unkept("2026-11-30", 1), h.Unmissed(1), string(hall.Payload(h.Twice(slot))))
			for p := range 3 {
				_, no := h.Book(wish(rt, "new", fmt.Sprint("p", p), "11:00", openDay(rt, wednesday, 2)), slot)
				out += fmt.Sprint(no)
			}
			return out
		}
		want := look(fold(rt, all))
		inAnyOrder(rt, all, func(h *hall.Hall) {
			if got := look(h); got != want {
				rt.Fatalf("got  %s\nwant %s", got, want)
			}
		})
	})
}

func TestBrokenAppointmentsAreRefused(t *testing.T) {
	d := desk{origin: "jiangnan/hub"}
	slot := clockAt(t, tuesday, "10:00")
	for name, e := range map[string]event.Event{
		"of another hall":     d.note(hall.KindBooked, hall.Booked{Appointment: "a", Hall: "jiangbei", Date: tuesday, Service: "B", SlotMS: slot}, slot),
		"without a slot":      d.note(hall.KindBooked, hall.Booked{Appointment: "a", Hall: "jiangnan", Date: tuesday, Service: "B"}, slot),
		"of another day":      d.note(hall.KindBooked, hall.Booked{Appointment: "a", Hall: "jiangnan", Date: wednesday, Service: "B", SlotMS: slot}, slot),
		"nameless":            d.note(hall.KindUnbooked, hall.Unbooked{Hall: "jiangnan", Date: tuesday}, slot),
		"missed by nobody":    d.note(hall.KindSkipped, hall.Skipped{Appointment: "a", Hall: "jiangnan", Date: tuesday}, slot),
		"not even an object":  {ID: event.ID{Origin: "jiangnan/hub", Epoch: 1, Seq: 9}, Kind: hall.KindBooked, Payload: []byte(`[1]`)},
		"cancelled elsewhere": d.note(hall.KindUnbooked, hall.Unbooked{Hall: "jiangbei", Appointment: "a", Date: tuesday}, slot),
	} {
		if _, err := hall.New("jiangnan").Apply(e); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

// TestLate tells when nine of ten who come now are not sure to be called before five o'clock
// (浙江省保障"最多跑一次"改革规定, 12: nobody is turned away in published hours).
func TestLate(t *testing.T) {
	day := openDay(t, tuesday, 2)
	for _, c := range []struct {
		clock string
		r     hall.Range
		late  bool
	}{
		{"16:30", hall.Range{Known: true, Low: 10, High: 30}, false},
		{"16:31", hall.Range{Known: true, Low: 10, High: 30}, true},
		{"09:00", hall.Range{Known: true, Low: 10, High: 30}, false},
		{"16:59", hall.Range{}, false}, // nobody knows how long it takes
		{"17:00", hall.Range{}, true},
	} {
		if late := day.Late(c.r, clockAt(t, tuesday, c.clock)); late != c.late {
			t.Errorf("at %s with %+v: late is %v", c.clock, c.r, late)
		}
	}
	if (hall.Day{}).Late(hall.Range{Known: true, High: 9999}, clockAt(t, tuesday, "16:59")) {
		t.Error("of a day whose hours nobody knows something is said")
	}
}

// What is known of an appointment outlives a start, which puts tickets back from their rows, and lasts as long as
// its rules need it.
func TestAppointmentsOutliveAStart(t *testing.T) {
	b := newBooking(t)
	day := openDay(t, wednesday, 2)
	for _, name := range []string{"kept", "given-up"} {
		if no := b.book(wish(t, name, name, "10:00", day), clockAt(t, tuesday, "10:00")); no != nil {
			t.Fatal(no)
		}
	}
	b.note(&b.kiosk, hall.KindUnbooked, hall.Unbooked{Appointment: "given-up", Hall: "jiangnan", Date: wednesday, AtMS: clockAt(t, tuesday, "11:00")}, clockAt(t, tuesday, "11:00"))
	booked, _ := b.h.Booking("given-up")
	if list := b.h.BookingsOf(wednesday, booked.Phone); slices.ContainsFunc(list, func(a hall.Booking) bool { return a.Appointment == "given-up" }) {
		t.Errorf("what was given up is listed: %+v", list)
	}
	if free := b.h.Slots("B", day, clockAt(t, tuesday, "12:00")); slices.ContainsFunc(free, func(s hall.Slot) bool { return s.AtMS == booked.SlotMS && s.Free != 1 }) {
		t.Errorf("what was given up still takes its slot: %+v", free)
	}
	if _, no := b.checkIn("kept", "t9", clockAt(t, wednesday, "09:50")); no != nil {
		t.Fatal(no)
	}
	again := hall.New("jiangnan")
	for _, e := range b.events {
		if e.Kind == hall.KindBooked || e.Kind == hall.KindUnbooked {
			if _, err := again.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	row := *b.h.Ticket("t9")
	again.Restore(&row)
	if a, ok := again.Booking("kept"); !ok || a.Ticket != "t9" {
		t.Errorf("after a start the appointment has ticket %q", a.Ticket)
	}
	for _, fact := range []any{hall.Skipped{Date: "2026-11-24"}, hall.Excused{Date: "2026-11-24"}} {
		if last := hall.LastsUntil(fact); last != "2027-02-22" {
			t.Errorf("%T is folded again until %s, ninety days are barred for", fact, last)
		}
	}
}
