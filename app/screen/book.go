package screen

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// BookingPage is an appointment as a person sees it.
type BookingPage struct {
	// Code is what the kiosk reads at the check-in; QR the same as a PNG, a data: address.
	Code string `json:"code"`
	QR   string `json:"qr"`
	// Phone are the last four digits with which the person can check in, too, empty where none
	// were given; Card tells that their identity card does.
	Phone   string `json:"phone"`
	Card    bool   `json:"card"`
	Area    Area   `json:"area"`
	Windows string `json:"windows"`
	Items   []Text `json:"items"`
	Date    string `json:"date"`
	// At is the clock time "09:15", From and Till when to check in.
	At   string `json:"at"`
	From string `json:"from"`
	Till string `json:"till"`
	// State is "booked", "open" (the check-in is possible now), "late" (a check-in makes a
	// walk-in), "missed", "cancelled" or "used" (it has its ticket, Number).
	State  string `json:"state"`
	Number string `json:"number"`
	Saved  Saved  `json:"saved"`
	// Paper is as in TicketPage; empty where nothing was printed now.
	Paper string `json:"paper"`
}

// BookingDay is a day with times that can be booked.
type BookingDay struct {
	Date string `json:"date"`
	Free int    `json:"free"`
}

// BookingTime is a time that can be booked: its moment in ms since 1970 and its clock time "09:15".
type BookingTime struct {
	AtMS int64  `json:"atMs"`
	At   string `json:"at"`
}

// BookingRequest is the wish for an appointment; the page makes Request, which names the
// appointment, and may send it again. Phone has eleven digits.
type BookingRequest struct {
	Request  string   `json:"request"`
	Letter   string   `json:"letter"`
	Items    []string `json:"items"`
	AtMS     int64    `json:"atMs"`
	Phone    string   `json:"phone"`
	Language string   `json:"language"`
}

// What a kiosk does with appointments and return passes. A booking asks the hub, because the
// times are shared; the check-in works with no network at all.

// BookingDays lists the days, from today on, on which a queue still takes appointments.
// Refusal: ServiceUnknown.
func (k *Kiosk) BookingDays(letter string) ([]BookingDay, error) {
	k.visited(true)
	if _, ok := k.m.Guides.Now().AreaOf(guide.HallID(k.m.Hall), guide.Letter(letter)); !ok {
		return nil, event.ServiceUnknown.With("service", letter)
	}
	out := []BookingDay{}
	now := k.m.hallNow()
	for ms := now; len(out) < hall.BookDays && ms <= now+hall.BookDays*dayMS; ms += dayMS {
		free := 0
		for _, s := range k.slots(letter, ms) {
			free += s.Free
		}
		if free > 0 {
			out = append(out, BookingDay{Date: string(hall.DateOf(ms)), Free: free})
		}
	}
	return out, nil
}

const dayMS = int64(24 * 60 * 60 * 1000)

// BookingTimes lists the times of a day at which a queue still takes appointments.
func (k *Kiosk) BookingTimes(letter, date string) ([]BookingTime, error) {
	k.visited(true)
	noon, err := hall.At(hall.Date(date), "12:00")
	if err != nil {
		return nil, event.RequestUnusable
	}
	out := []BookingTime{}
	for _, s := range k.slots(letter, noon) {
		out = append(out, BookingTime{AtMS: s.AtMS, At: hall.ClockOf(s.AtMS)})
	}
	return out, nil
}

func (k *Kiosk) slots(letter string, ms int64) (out []hall.Slot) {
	day, now := k.m.dayOf(ms), k.m.hallNow()
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) { out = h.Slots(hall.Letter(letter), day, now) })
	return out
}

// Book asks the hub for an appointment and prints it. The same request gives the same one.
// Refusals: those of hall.Book, ServiceUnknown, ItemUnknown, ItemElsewhere, HubUnreachable.
func (k *Kiosk) Book(r BookingRequest) (BookingPage, error) { return k.book(r, "") }

// BookByCard is Book by whoever lays their identity card on the reader; the request's phone may
// be empty. Refusals beside those of Book: ReaderFailed.
func (k *Kiosk) BookByCard(r BookingRequest) (BookingPage, error) {
	card, err := k.readCard()
	if err != nil {
		return BookingPage{}, err
	}
	return k.book(r, string(card.Number))
}

// readCard reads the identity card that somebody lays on this kiosk's reader. Nothing of it is
// kept, and none of it comes to the page.
func (k *Kiosk) readCard() (IdentityCard, error) {
	k.visited(true)
	if k.m.Reader == nil || k.m.Cards == nil {
		return IdentityCard{}, event.ReaderFailed.With("reason", "none")
	}
	return k.m.Reader.Read(context.Background(), hall.DateOf(k.m.hallNow()))
}

func (k *Kiosk) book(r BookingRequest, identity string) (BookingPage, error) {
	k.visited(true)
	cmd, err := k.command(TicketRequest{Request: r.Request, Letter: r.Letter, Items: r.Items, Language: r.Language})
	if err != nil {
		return BookingPage{}, err
	}
	ctx := context.Background()
	body, err := k.m.Hub.Book(ctx, hall.Book{Appointment: r.Request, Service: cmd.Service, SlotMS: r.AtMS, Items: cmd.Items, Number: r.Phone, Identity: identity, Language: cmd.Language, Day: k.m.dayOf(r.AtMS)})
	if err != nil {
		return BookingPage{}, err
	}
	if err := k.m.Book.Write(ctx, func(tx Tx) error { return tx.Take(body) }); err != nil {
		return BookingPage{}, fmt.Errorf("keep the appointment: %w", err)
	}
	page, found, err := k.booking(r.Request)
	if err != nil || !found {
		return BookingPage{}, errors.Join(err, event.Internal)
	}
	if page.Paper = k.paperOf(r.Request); page.Paper == "" {
		page.Paper = k.printBooking(r.Request)
		k.keepPaper(r.Request, page.Paper)
	}
	return page, nil
}

// Bookings lists today's appointments that were made with a phone number of these last four
// digits.
func (k *Kiosk) Bookings(digits string) ([]BookingPage, error) {
	k.visited(true)
	return k.bookings(func(h *hall.Hall) []hall.Booking { return h.BookingsOf(hall.DateOf(k.m.hallNow()), digits) })
}

// CardBookings lists today's appointments of whoever lays their identity card on the reader, also
// without any line. Refusal: ReaderFailed.
func (k *Kiosk) CardBookings() ([]BookingPage, error) {
	card, err := k.readCard()
	if err != nil {
		return nil, err
	}
	today := hall.DateOf(k.m.hallNow())
	var keys []string
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) { keys = h.CardKeys(today, today) })
	marks, err := k.m.Cards.Marks(context.Background(), string(card.Number), keys)
	if err != nil {
		return nil, err
	}
	return k.bookings(func(h *hall.Hall) []hall.Booking { return h.BookingsByCard(today, marks) })
}

func (k *Kiosk) bookings(find func(*hall.Hall) []hall.Booking) ([]BookingPage, error) {
	var ids []string
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
		for _, b := range find(h) {
			ids = append(ids, b.Appointment)
		}
	})
	out := []BookingPage{}
	for _, id := range ids {
		page, _, err := k.booking(id)
		if err != nil {
			return nil, err
		}
		out = append(out, page)
	}
	return out, nil
}

// CheckIn gives the ticket of an appointment or a return pass by its code, and prints it. The
// same request gives the same ticket. Refusals: those of hall.CheckIn and hall.PassIn, those of a
// code, DiskFull, NotSaved.
func (k *Kiosk) CheckIn(request, code, language string) (TicketPage, error) {
	k.visited(true)
	if request == "" || len(request) > 64 {
		return TicketPage{}, event.RequestUnusable
	}
	code = strings.TrimSpace(code)
	if id, is := strings.CutPrefix(code, hall.BookingPrefix); is {
		return k.give(request, k.wish(language), func(_ Tx, h *hall.Hall, cmd hall.Issue) (hall.Issued, error) {
			f, no := h.CheckIn(id, cmd)
			return f, refused(no)
		})
	}
	old, _, err := k.m.slip(code)
	if err != nil {
		return TicketPage{}, err
	}
	return k.give(request, k.wish(language), func(tx Tx, h *hall.Hall, cmd hall.Issue) (hall.Issued, error) {
		f, ended, no := h.PassIn(h.Bring(old.Ticket), cmd)
		if no != nil {
			return f, no
		}
		_, _, err := tx.Append(hall.KindMerged, ended)
		return f, err
	})
}

// refused makes an error of a refusal, nil of none.
func refused(no *event.Refusal) error {
	if no != nil {
		return no
	}
	return nil
}

// CancelBooking gives an appointment up. Refusals: BookingUnknown, BookingUsed, BookingOver.
func (k *Kiosk) CancelBooking(code string) (BookingPage, error) {
	id := strings.TrimPrefix(strings.TrimSpace(code), hall.BookingPrefix)
	err := k.m.Book.Write(context.Background(), func(tx Tx) error {
		h := tx.Hall(k.m.Hall)
		f, no := h.Unbook(id, k.m.hallNow())
		if no != nil {
			return no
		}
		if b, _ := h.Booking(id); b.Cancelled {
			return nil
		}
		_, _, err := tx.Append(hall.KindUnbooked, f)
		return err
	})
	if err != nil {
		return BookingPage{}, err
	}
	page, _, err := k.booking(id)
	return page, err
}

// bookingProgress answers for the code of an appointment.
func (k *Kiosk) bookingProgress(id string) (Progress, error) {
	page, found, err := k.booking(id)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Ticket: TicketPage{Items: []Text{}}, Applications: []CaseStatus{}}
	if !found {
		return p, event.BookingUnknown
	}
	p.Found, p.Booking = true, &page
	return p, nil
}

// booking shows an appointment as it stands now.
func (k *Kiosk) booking(id string) (page BookingPage, found bool, err error) {
	var b hall.Booking
	var number hall.Number
	var events []string
	now := k.m.hallNow()
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
		if b, found = h.Booking(id); found {
			events = h.BookedBy(id)
			if t := h.Ticket(b.Ticket); t != nil {
				number = t.Number
			}
		}
	})
	if !found {
		return BookingPage{}, false, nil
	}
	code := hall.BookingPrefix + id
	png, err := k.m.Slips.Picture(code, 360)
	if err != nil {
		return BookingPage{}, false, fmt.Errorf("draw the appointment's code: %w", err)
	}
	return BookingPage{Code: code, QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), Phone: b.Phone, Card: b.Card != "", Area: k.m.areaOf(b.Service), Windows: k.m.windowsText(b.Service),
		Items: k.itemNames(b.Items), Date: string(b.Date), At: hall.ClockOf(b.SlotMS), From: hall.ClockOf(b.SlotMS - hall.CheckInEarly), Till: hall.ClockOf(b.SlotMS + hall.CheckInLate),
		State: string(b.State(now)), Number: string(number), Saved: k.m.savedOf(events...)}, true, nil
}

func (k *Kiosk) printBooking(id string) string {
	if k.m.Printer == nil {
		return "none"
	}
	var b hall.Booking
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) { b, _ = h.Booking(id) })
	p := k.paper(hall.Issued{Service: b.Service, Items: b.Items, Language: b.Language}, "", 0)
	job, err := k.m.Slips.BookingPaper(Booking{Language: b.Language, Code: hall.BookingPrefix + id, Phone: b.Phone, Card: b.Card != "", Hall: p.Hall, Area: p.Area, Items: p.Items, Floor: p.Floor, Windows: p.Windows,
		Slot: hall.LocalTime(b.SlotMS), From: hall.LocalTime(b.SlotMS - hall.CheckInEarly), Till: hall.LocalTime(b.SlotMS + hall.CheckInLate)})
	if err != nil {
		return "off"
	}
	return k.send(job)
}
