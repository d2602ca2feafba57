package apptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// phone is a number that nobody may find again in any file.
const phone = "13857170462"

func book(t *testing.T, k *terminal.Terminal, request, letter, number string) screen.BookingPage {
	t.Helper()
	days, err := k.Kiosk.BookingDays(letter)
	apptest.Must(t, err)
	if len(days) < 2 {
		t.Fatalf("days that can be booked: %+v", days)
	}
	times, err := k.Kiosk.BookingTimes(letter, days[1].Date)
	apptest.Must(t, err)
	for _, at := range times {
		if at.At != "10:00" {
			continue
		}
		page, err := k.Kiosk.Book(screen.BookingRequest{Request: request, Letter: letter, AtMS: at.AtMS, Phone: number, Language: "zh"})
		apptest.Must(t, err)
		return page
	}
	t.Fatalf("ten o'clock cannot be booked: %+v", times)
	return screen.BookingPage{}
}

// TestAnAppointment books at one kiosk, checks in at another one that has no line any more, and
// is called before those who came earlier without one.
func TestAnAppointment(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	printer, at := w.Printer(nil)
	k1 := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Printer = at })
	k2, c := w.Terminal(config.Kiosk, "k2"), w.Terminal(config.Counter, "c1")
	reached(t, k1, k2, c)

	page := book(t, k1, "0193-a1", "B", phone)
	again := book(t, k1, "0193-a1", "B", phone)
	if page.Date != "2026-11-25" || page.At != "10:00" || page.From != "09:30" || page.Till != "10:15" || page.State != "booked" || page.Phone != "0462" || page.Code != "OWA:0193-a1" {
		t.Errorf("booked: %+v", page)
	}
	if page.Paper != "printed" || again.Paper != "printed" || printer.Jobs() != 1 {
		t.Errorf("asked twice, the paper is %q and %q, %d sheets", page.Paper, again.Paper, printer.Jobs())
	}
	if _, err := k1.Kiosk.Book(screen.BookingRequest{Request: "0193-a2", Letter: "B", AtMS: clock(t, "2026-11-25", "11:00"), Phone: phone, Language: "zh"}); !errors.Is(err, event.BookedAlready) {
		t.Errorf("a second one on that day: %v", err)
	}
	if _, err := k1.Kiosk.CheckIn("check0", page.Code, "zh"); !errors.Is(err, event.BookingDay) {
		t.Errorf("checked in a day early: %v", err)
	}
	apptest.Eventually(t, "the other kiosk knows of it", func() bool { p, err := k2.Kiosk.Progress(page.Code); return err == nil && p.Booking != nil })

	// The next day the hub is away, and three people were there before.
	w.StopHub()
	w.Clock.Set(clock(t, "2026-11-25", "09:31"))
	for range 3 {
		issue(t, k1, "B")
	}
	if _, err := k2.Kiosk.Book(screen.BookingRequest{Request: "0193-a3", Letter: "B", AtMS: clock(t, "2026-11-26", "11:00"), Phone: "13900000000", Language: "zh"}); !errors.Is(err, event.HubUnreachable) {
		t.Errorf("booked without a hub: %v", err)
	}
	found, err := k2.Kiosk.Bookings("0462")
	apptest.Must(t, err)
	if len(found) != 1 || found[0].State != "open" || found[0].Code != page.Code {
		t.Fatalf("found by the last digits: %+v", found)
	}
	ticket, err := k2.Kiosk.CheckIn("check1", found[0].Code, "zh")
	apptest.Must(t, err)
	same, err := k2.Kiosk.CheckIn("check1", found[0].Code, "zh")
	if err != nil || same.Ticket != ticket.Ticket || ticket.Class != "appointment" {
		t.Errorf("the same request again: %+v %v, first %+v", same, err, ticket)
	}
	if _, err := k2.Kiosk.CheckIn("check2", found[0].Code, "zh"); !errors.Is(err, event.BookingUsed) {
		t.Errorf("checked in twice: %v", err)
	}
	// The first kiosk cannot know that: the person is impatient and takes another slip.
	twice, err := k1.Kiosk.CheckIn("check3", page.Code, "zh")
	apptest.Must(t, err)

	w.StartHub()
	reached(t, k1, k2, c)
	apptest.Eventually(t, "one of two slips goes on", func() bool {
		states := map[hall.State]int{}
		w.Hub.Store.View("jiangnan", func(h *hall.Hall) {
			for _, id := range []string{ticket.Ticket, twice.Ticket} {
				if x := h.Ticket(hall.TicketID(id)); x != nil {
					states[x.State]++
				}
			}
		})
		return states[hall.Waiting] == 1 && states[hall.Merged] == 1
	})
	w.Clock.Set(clock(t, "2026-11-25", "09:56"))
	signIn(t, c, "wang", "246810", "B01", "B")
	if number := callNext(t, c); number != ticket.Number {
		t.Errorf("%s was called, the appointment is %s", number, ticket.Number)
	}
	converged(t, w, k1, k2, c)
	files, err := walk(w.Dir, func(path string, raw []byte) {
		if bytes.Contains(raw, []byte(phone)) {
			t.Errorf("the phone number stands in %s", path)
		}
	})
	if err != nil || files < 10 {
		t.Errorf("%d files: %v", files, err)
	}
}

// TestWhoGivesAnAppointmentUpLeavesItsTimeToOthers cancels with no line at all.
func TestWhoGivesAnAppointmentUpLeavesItsTimeToOthers(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	page := book(t, k, "0193-b1", "B", phone)
	apptest.Eventually(t, "the appointment is at the centre", func() bool {
		p, err := k.Kiosk.Progress(page.Code)
		return err == nil && p.Booking != nil && p.Booking.Saved == "centre"
	})
	w.StopHub()
	gone, err := k.Kiosk.CancelBooking(page.Code)
	apptest.Must(t, err)
	if gone.State != "cancelled" || gone.Saved != "here" {
		t.Errorf("given up: %+v", gone)
	}
	before := k.Store.Position()
	if _, err := k.Kiosk.CancelBooking(page.Code); err != nil || k.Store.Position() != before {
		t.Errorf("given up twice: %v, %d events more", err, k.Store.Position()-before)
	}
	w.StartHub()
	reached(t, k)
	apptest.Eventually(t, "the hub knows", func() bool {
		known := false
		w.Hub.Store.View("jiangnan", func(h *hall.Hall) { b, _ := h.Booking("0193-b1"); known = b.Cancelled })
		return known
	})
	book(t, k, "0193-b2", "B", phone)
}

// TestWhoDoesNotComeIsBarredForATime misses two appointments; the hub notes both by itself.
func TestWhoDoesNotComeIsBarredForATime(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	at := w.Clock.Now()
	for n := range 2 {
		book(t, k, fmt.Sprint("0193-c", n), "B", phone)
		at += 2 * 24 * time.Hour.Milliseconds()
		w.Clock.Set(at)
		issue(t, k, "A")
		apptest.Eventually(t, "nobody came", func() bool { return kinds(t, w.Hub.Store)[hall.KindSkipped] == n+1 })
	}
	_, err := k.Kiosk.Book(screen.BookingRequest{Request: "0193-c9", Letter: "B", AtMS: clock(t, "2026-11-30", "11:00"), Phone: phone, Language: "zh"})
	if !errors.Is(err, event.BookBarred) {
		t.Errorf("after two missed appointments: %v", err)
	}
}

// TestTheSlipOfSomebodyWhoWasNotReachedIsAReturnPass brings yesterday's slip.
func TestTheSlipOfSomebodyWhoWasNotReachedIsAReturnPass(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	late := issue(t, k, "B")
	code := codeOf(t, k, late)
	w.Clock.Set(clock(t, "2026-11-25", "09:00"))
	first := issue(t, k, "B")
	apptest.Eventually(t, "the day is closed", func() bool { p, err := k.Kiosk.Progress(code); return err == nil && p.Ticket.Pass })
	pass, err := k.Kiosk.CheckIn("check1", code, "zh")
	apptest.Must(t, err)
	if pass.Class != "return_pass" || pass.Ticket == late.Ticket {
		t.Errorf("the pass: %+v", pass)
	}
	if _, err := k.Kiosk.CheckIn("check2", code, "zh"); !errors.Is(err, event.BookingUsed) {
		t.Errorf("used twice: %v", err)
	}
	converged(t, w, k, c)
	signIn(t, c, "wang", "246810", "B01", "B")
	if number := callNext(t, c); number != pass.Number {
		t.Errorf("%s was called, the pass is %s and %s came first", number, pass.Number, first.Number)
	}
}

// TestTheSlipOfSomebodyWhomTheHallSentAwayIsAReturnPass withdraws a ticket at a counter and brings its slip on another day.
func TestTheSlipOfSomebodyWhomTheHallSentAwayIsAReturnPass(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	sent := issue(t, k, "B")
	code := codeOf(t, k, sent)
	signIn(t, c, "wang", "246810", "B01", "B")
	apptest.Eventually(t, "the counter withdraws it", func() bool { _, err := c.Counter.Withdraw(sent.Number, "system_down"); return err == nil })
	apptest.Eventually(t, "the kiosk knows", func() bool { p, err := k.Kiosk.Progress(code); return err == nil && p.Ticket.State == "withdrawn" })
	if p, _ := k.Kiosk.Progress(code); p.Ticket.Pass {
		t.Error("it is a pass on its own day")
	}
	w.Clock.Set(clock(t, "2026-11-25", "09:00"))
	if p, err := k.Kiosk.Progress(code); err != nil || !p.Ticket.Pass {
		t.Errorf("the next day: %+v, %v", p.Ticket, err)
	}
	if pass, err := k.Kiosk.CheckIn("check1", code, "zh"); err != nil || pass.Class != "return_pass" {
		t.Errorf("%+v, %v", pass, err)
	}
}

func clock(t *testing.T, d hall.Date, at string) int64 {
	t.Helper()
	ms, err := hall.At(d, at)
	apptest.Must(t, err)
	return ms
}
