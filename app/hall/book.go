package hall

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"onewindow/app/event"
)

// Kinds of appointments. A booking is granted by the hub alone, because the slots of a
// queue are shared; everything else may be noted by any terminal, cut off or not.
const (
	KindBooked   event.Kind = "appointment.booked"
	KindUnbooked event.Kind = "appointment.cancelled"
	KindSkipped  event.Kind = "appointment.missed"
	KindExcused  event.Kind = "appointment.excused"
)

// Times of appointments (queue.md, transition 2 and Order), in ms.
const (
	// SlotLength is how long a slot is: slots begin at the quarters of an hour.
	SlotLength = 15 * 60_000
	// CheckInEarly and CheckInLate bound the check-in around the slot. Who comes later waits
	// as a walk-in from then on.
	CheckInEarly = 30 * 60_000
	CheckInLate  = 15 * 60_000
	// BookAhead is how long before its slot an appointment is made at the latest, BookDays for
	// how many days from today.
	BookAhead = 30 * 60_000
	BookDays  = 14
	// missedKept is for how many days it is known that somebody did not come.
	missedKept = 90
)

// BookedShare is which part of what a queue can serve may be booked: walk-ins keep the rest.
const BookedShare = 0.5

// Booked is an appointment. It names nobody: Phone is the last four digits of a number, with
// which the person checks in, Person a mark of the number, or of an identity card's, that only
// the hall's hubs can make, and from which nobody can tell the number.
type Booked struct {
	Appointment string     `json:"appointment"`
	Hall        ID         `json:"hall"`
	Date        Date       `json:"date"`
	Service     Letter     `json:"service"`
	SlotMS      int64      `json:"slot_ms"`
	Items       []ItemCode `json:"items,omitempty"`
	Phone       string     `json:"phone,omitempty"`
	Person      string     `json:"person"`
	Language    string     `json:"language"`
	AtMS        int64      `json:"at_ms"`
	// Card is the mark of an identity card that checks in, and CardKey the name of the key that it
	// was made with: one of the appointment's day, which is destroyed after it. Both are empty where
	// no card was named.
	Card    string `json:"card,omitempty"`
	CardKey string `json:"card_key,omitempty"`
}

// Unbooked says that an appointment was given up, Skipped that its day is over and nobody came.
type Unbooked struct {
	Appointment string `json:"appointment"`
	Hall        ID     `json:"hall"`
	Date        Date   `json:"date"`
	AtMS        int64  `json:"at_ms"`
}

// Skipped is the close of the day's word on an appointment.
type Skipped struct {
	Appointment string `json:"appointment"`
	Hall        ID     `json:"hall"`
	Date        Date   `json:"date"`
	Person      string `json:"person"`
	AtMS        int64  `json:"at_ms"`
}

// Excused takes a Skipped back: the check-in, or that it was given up, was heard of after the day, from a
// kiosk that had been cut off. It is a fact of its own because tickets are forgotten after days, and
// who did not come is not.
type Excused Skipped

// Booking is an appointment as it stands.
type Booking struct {
	Booked
	Cancelled bool
	// Ticket is the one of the check-in, empty before it.
	Ticket TicketID
}

// agenda is what is known of appointments. All of it are sets, so that it comes to the same
// in whatever order the events come.
type agenda struct {
	booked    map[string]Booked     // by appointment
	source    map[string]string     // the event of each; of two the smaller one counts
	cancelled map[string]Date       // the day of those that were given up
	unbooked  map[string]string     // the event of that; of two the smaller one counts
	tickets   map[string][]TicketID // by what a ticket refers to: an appointment, or the ticket of a return pass
	missed    map[string]map[string]Date
	excused   map[string]Date // the day of appointments whose people came after all
}

func newAgenda() agenda {
	return agenda{booked: map[string]Booked{}, source: map[string]string{}, cancelled: map[string]Date{}, unbooked: map[string]string{},
		tickets: map[string][]TicketID{}, missed: map[string]map[string]Date{}, excused: map[string]Date{}}
}

func (h *Hall) book(e event.Event, f Booked) error {
	if f.Hall != h.ID || f.Appointment == "" || f.Service == "" || f.SlotMS <= 0 || f.Date != DateOf(f.SlotMS) {
		return fmt.Errorf("%s: hall, name, service or slot of the appointment is missing", e.ID)
	}
	by := e.ID.String()
	if was, known := h.agenda.source[f.Appointment]; !known || by < was {
		h.agenda.booked[f.Appointment], h.agenda.source[f.Appointment] = f, by
	}
	return nil
}

func (h *Hall) unbook(e event.Event, f Unbooked) error {
	if f.Hall != h.ID || f.Appointment == "" || f.Date == "" {
		return fmt.Errorf("%s: hall, name or day of the appointment is missing", e.ID)
	}
	h.agenda.cancelled[f.Appointment] = max(h.agenda.cancelled[f.Appointment], f.Date)
	if by, was := e.ID.String(), h.agenda.unbooked[f.Appointment]; was == "" || by < was {
		h.agenda.unbooked[f.Appointment] = by
	}
	return nil
}

func (h *Hall) skip(e event.Event, f Skipped) error {
	if f.Hall != h.ID || f.Appointment == "" || f.Person == "" || f.Date == "" {
		return fmt.Errorf("%s: hall, name, person or day of the appointment is missing", e.ID)
	}
	if h.agenda.missed[f.Person] == nil {
		h.agenda.missed[f.Person] = map[string]Date{}
	}
	h.agenda.missed[f.Person][f.Appointment] = f.Date
	return nil
}

func (h *Hall) excuse(e event.Event, f Excused) error {
	if f.Hall != h.ID || f.Appointment == "" || f.Date == "" {
		return fmt.Errorf("%s: hall, name or day of the appointment is missing", e.ID)
	}
	h.agenda.excused[f.Appointment] = max(h.agenda.excused[f.Appointment], f.Date)
	return nil
}

// refers keeps what a ticket refers to.
func (a agenda) refers(f *Issued) {
	if f.Ref != "" && !slices.Contains(a.tickets[f.Ref], f.Ticket) {
		a.tickets[f.Ref] = append(a.tickets[f.Ref], f.Ticket)
		slices.Sort(a.tickets[f.Ref])
	}
}

// forget drops the appointments of days before one. That somebody did not come is known longer.
func (a agenda) forget(from Date) {
	for id, b := range a.booked {
		if b.Date < from {
			delete(a.booked, id)
			delete(a.source, id)
		}
	}
	maps.DeleteFunc(a.unbooked, func(id string, _ string) bool { return a.cancelled[id] < from })
	maps.DeleteFunc(a.cancelled, func(_ string, d Date) bool { return d < from })
	maps.DeleteFunc(a.tickets, func(_ string, list []TicketID) bool { return IssueDate(list[len(list)-1]) < from })
	before := from.plus(-missedKept)
	maps.DeleteFunc(a.excused, func(_ string, d Date) bool { return d < before })
	for person, list := range a.missed {
		maps.DeleteFunc(list, func(_ string, d Date) bool { return d < before })
		if len(list) == 0 {
			delete(a.missed, person)
		}
	}
}

// hash writes the appointments of a day.
func (a agenda) hash(d Date, to io.Writer) {
	for _, id := range slices.Sorted(maps.Keys(a.booked)) {
		if b := a.booked[id]; b.Date == d {
			fmt.Fprintf(to, "%s %v %v %v\n", Payload(b), a.source[id], a.cancelled[id], a.tickets[id])
		}
	}
}

// plus gives the day so many days later.
func (d Date) plus(days int64) Date {
	ms, err := At(d, "12:00")
	if err != nil {
		return d
	}
	return DateOf(ms + days*dayMS)
}

// Booking gives an appointment by its name.
func (h *Hall) Booking(id string) (Booking, bool) {
	f, known := h.agenda.booked[id]
	if !known {
		return Booking{}, false
	}
	b := Booking{Booked: f, Cancelled: h.agenda.cancelled[id] != ""}
	if list := h.agenda.tickets[id]; len(list) > 0 {
		b.Ticket = list[0]
	}
	return b, true
}

// BookedBy names the events that an appointment is known from: that it was made, and that it was given up.
func (h *Hall) BookedBy(id string) []string {
	events := []string{h.agenda.source[id]}
	if up := h.agenda.unbooked[id]; up != "" {
		events = append(events, up)
	}
	return events
}

// BookingState is how an appointment stands for whoever made it.
type BookingState string

// States of an appointment: Open and Late are those in which a check-in is possible, the late
// one as a walk-in.
const (
	BookingBooked    BookingState = "booked"
	BookingOpen      BookingState = "open"
	BookingLate      BookingState = "late"
	BookingMissed    BookingState = "missed"
	BookingCancelled BookingState = "cancelled"
	BookingTaken     BookingState = "used"
)

// State tells how the appointment stands at a moment.
func (b Booking) State(nowMS int64) BookingState {
	switch {
	case b.Ticket != "":
		return BookingTaken
	case b.Cancelled:
		return BookingCancelled
	case b.Date < DateOf(nowMS):
		return BookingMissed
	case nowMS > b.SlotMS+CheckInLate:
		return BookingLate
	case nowMS >= b.SlotMS-CheckInEarly:
		return BookingOpen
	}
	return BookingBooked
}

// bookings yields the appointments of a day that were not given up; service "" for all.
func (h *Hall) bookings(d Date, service Letter) (out []Booking) {
	for id, f := range h.agenda.booked {
		if f.Date == d && (service == "" || f.Service == service) && h.agenda.cancelled[id] == "" {
			b, _ := h.Booking(id)
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Booking) int {
		return cmp.Or(cmp.Compare(a.SlotMS, b.SlotMS), cmp.Compare(a.Appointment, b.Appointment))
	})
	return out
}

// BookingsOf lists the appointments of a day that were made with a phone number of these last
// four digits and not given up, by their slots.
func (h *Hall) BookingsOf(d Date, phone string) []Booking {
	return slices.DeleteFunc(h.bookings(d, ""), func(b Booking) bool { return b.Phone == "" || b.Phone != phone })
}

// BookingsByCard lists the appointments of a day whose identity card has one of these marks, by
// the name of the key of each, and that were not given up, by their slots.
func (h *Hall) BookingsByCard(d Date, marks map[string]string) []Booking {
	return slices.DeleteFunc(h.bookings(d, ""), func(b Booking) bool { return b.Card == "" || b.Card != marks[b.CardKey] })
}

// CardKeys names the keys of the appointments from a day on that a card checks in to, until
// another day where that is not empty.
func (h *Hall) CardKeys(from, until Date) (out []string) {
	for _, f := range h.agenda.booked {
		if f.CardKey != "" && f.Date >= from && (until == "" || f.Date <= until) && !slices.Contains(out, f.CardKey) {
			out = append(out, f.CardKey)
		}
	}
	slices.Sort(out)
	return out
}

// Slot is a time that can be booked, and for how many.
type Slot struct {
	AtMS int64
	Free int
}

// Slots lists the times of a day, which day tells of, at which a queue still takes
// appointments, in order.
func (h *Hall) Slots(service Letter, day Day, nowMS int64) (out []Slot) {
	if len(day.Sessions) == 0 {
		return nil
	}
	taken := map[int64]int{}
	for _, b := range h.bookings(DateOf(day.Sessions[0][0]), service) {
		taken[b.SlotMS]++
	}
	perSlot := h.perSlot(service, day)
	for _, s := range day.Sessions {
		// The share is counted from the beginning of the session on, so that what is left of a
		// visit in one slot is not lost: half of one window's three visits in half an hour is
		// one appointment, now in the first and now in the second quarter.
		for n := int64(0); s[0]+(n+1)*SlotLength <= s[1]; n++ {
			at := s[0] + n*SlotLength
			most := int(float64(n+1)*perSlot*BookedShare) - int(float64(n)*perSlot*BookedShare)
			if free := most - taken[at]; free > 0 && at >= nowMS+BookAhead {
				out = append(out, Slot{at, free})
			}
		}
	}
	return out
}

// perSlot is how many visits a queue can serve in one slot.
func (h *Hall) perSlot(service Letter, day Day) float64 {
	l := h.paceOf(service).law()
	return float64(day.Windows[service]) * SlotLength / (l.mean() + betweenMS + wayMS)
}

// BookRules are what a hall does about those who do not come: after Missed of them within
// 90 days nobody books for Days days from the last one.
type BookRules struct{ Missed, Days int }

// Book is the wish for an appointment. The name that whoever asks gives it makes the wish safe
// to repeat.
type Book struct {
	Appointment string     `json:"appointment"`
	Service     Letter     `json:"service"`
	SlotMS      int64      `json:"slot_ms"`
	Items       []ItemCode `json:"items,omitempty"`
	// Number is the person's phone number; the hub keeps its last four digits and a mark of it.
	Number string `json:"number,omitempty"`
	// Identity is the number of the person's identity card, where that checks in; the hub keeps
	// marks of it. One of the two has to be there.
	Identity string `json:"identity,omitempty"`
	// Pseudonym is by what another system knows the person where it tells no number.
	Pseudonym string `json:"pseudonym,omitempty"`
	// Reference is by what another system knows the wish; the hub makes the name of the
	// appointment of it, which nobody else can.
	Reference string `json:"reference,omitempty"`
	Language  string `json:"language"`
	// Day is what the guides tell of the slot's day.
	Day Day `json:"day"`
	// Person, Card and CardKey are the hub's marks (see Booked), Rules are the hub's.
	Person  string    `json:"-"`
	Card    string    `json:"-"`
	CardKey string    `json:"-"`
	Rules   BookRules `json:"-"`
	// Partly tells that whoever asks may know the last digits of the phone alone: another system,
	// or the district's centre.
	Partly bool `json:"-"`
}

// BookingPrefix begins the code of an appointment; its name follows. The name cannot be guessed, so
// that whoever has it was given it.
const BookingPrefix = "OWA:"

// PhoneDigits is how many digits a phone number has here, and how many of them check in.
const (
	PhoneDigits   = 11
	CheckInDigits = 4
)

// mostPseudonym bounds Book.Pseudonym in bytes: the longest hash in hexadecimal.
const mostPseudonym = 128

// phone gives the digits that check in; false where the person has to say more.
func (b Book) phone() (string, bool) {
	switch n := len(b.Number); {
	case !digits(b.Number):
		return "", false
	case n == PhoneDigits, n == CheckInDigits && b.Partly:
		return b.Number[n-CheckInDigits:], true
	case n == 0:
		return "", b.Card != "" && b.CardKey != ""
	}
	return "", false
}

// Book decides an appointment. Refusals: RequestUnusable; FieldMissing (args field: phone);
// SlotTaken when the time cannot be had (any more); BookedAlready (args time) for a person's
// second one in a queue and day; BookBarred (args date) until when who did not come may not book.
func (h *Hall) Book(b Book, nowMS int64) (Booked, *event.Refusal) {
	if b.Appointment == "" || len(b.Appointment) > 64 || b.Service == "" || b.Person == "" || len(b.Items) > MostItems || len(b.Day.Sessions) == 0 || len(b.Pseudonym) > mostPseudonym {
		return Booked{}, event.RequestUnusable
	}
	phone, enough := b.phone()
	if !enough {
		return Booked{}, event.FieldMissing.With("field", "phone")
	}
	f := Booked{Appointment: b.Appointment, Hall: h.ID, Date: DateOf(b.SlotMS), Service: b.Service, SlotMS: b.SlotMS, Items: b.Items,
		Phone: phone, Person: b.Person, Language: b.Language, AtMS: nowMS, Card: b.Card, CardKey: b.CardKey}
	if until := h.barred(b.Person, b.Rules, DateOf(nowMS)); until != "" {
		return Booked{}, event.BookBarred.With("date", string(until))
	}
	if f.Date > DateOf(nowMS).plus(BookDays) || !slices.ContainsFunc(h.Slots(b.Service, b.Day, nowMS), func(s Slot) bool { return s.AtMS == b.SlotMS }) {
		return Booked{}, event.SlotTaken
	}
	for _, other := range h.bookings(f.Date, f.Service) {
		if other.Person == f.Person {
			return Booked{}, event.BookedAlready.With("time", ClockOf(other.SlotMS))
		}
	}
	return f, nil
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// barred gives the last day on which somebody may not book, empty for nobody.
func (h *Hall) barred(person string, r BookRules, today Date) Date {
	var missed []Date
	for id, d := range h.agenda.missed[person] {
		if _, came := h.agenda.excused[id]; !came && !h.came(id) {
			missed = append(missed, d)
		}
	}
	if r.Missed <= 0 || len(missed) < r.Missed {
		return ""
	}
	if until := slices.Max(missed).plus(int64(r.Days)); until >= today {
		return until
	}
	return ""
}

// came tells that somebody checked in for an appointment, or gave it up.
func (h *Hall) came(id string) bool {
	return len(h.agenda.tickets[id]) > 0 || h.agenda.cancelled[id] != ""
}

// CheckIn decides the ticket of an appointment; c is as for a ticket without one. It works
// with the hub away. Who comes early is not called before the slot, who comes late waits as
// a walk-in from now on. Refusals: BookingUnknown, BookingOver for one that was given up or whose day is over,
// BookingDay (args date) before its day, BookingEarly (args time) too long before the slot,
// BookingUsed (args number) when it has its ticket.
func (h *Hall) CheckIn(id string, c Issue) (Issued, *event.Refusal) {
	b, known := h.Booking(id)
	switch today := DateOf(c.NowMS); {
	case !known:
		return Issued{}, event.BookingUnknown
	case b.Ticket != "":
		return Issued{}, event.BookingUsed.With("number", string(h.numberOf(b.Ticket)))
	case b.Cancelled, b.Date < today:
		return Issued{}, event.BookingOver
	case b.Date != today:
		return Issued{}, event.BookingDay.With("date", string(b.Date))
	case c.NowMS < b.SlotMS-CheckInEarly:
		return Issued{}, event.BookingEarly.With("time", ClockOf(b.SlotMS-CheckInEarly))
	}
	c.Service, c.Items, c.Class, c.SlotMS, c.Ref = b.Service, b.Items, Appointment, b.SlotMS, id
	if c.NowMS > b.SlotMS+CheckInLate {
		c.Class, c.SlotMS = WalkIn, 0
	}
	return h.Issue(c), nil
}

func (h *Hall) numberOf(id TicketID) Number {
	if t := h.tickets[id]; t != nil {
		return t.Number
	}
	return ""
}

// Unbook decides that an appointment is given up: its time can be booked again. Refusals:
// BookingUnknown, BookingUsed (args number), BookingOver once its time is over. One that was given up is given up.
func (h *Hall) Unbook(id string, nowMS int64) (Unbooked, *event.Refusal) {
	b, known := h.Booking(id)
	switch {
	case !known:
		return Unbooked{}, event.BookingUnknown
	case b.Ticket != "":
		return Unbooked{}, event.BookingUsed.With("number", string(h.numberOf(b.Ticket)))
	case !b.Cancelled && nowMS > b.SlotMS+CheckInLate: // who did not come cannot say so afterwards
		return Unbooked{}, event.BookingOver
	}
	return Unbooked{Appointment: id, Hall: h.ID, Date: b.Date, AtMS: nowMS}, nil
}

// Unkept lists the appointments of days that are over to which nobody came and of which
// that is not noted; as for Leftovers, a day is over when there is a ticket of a later one.
func (h *Hall) Unkept(today Date, nowMS int64) (out []Skipped) {
	today = h.LastDay(today)
	for id, f := range h.agenda.booked {
		if _, noted := h.agenda.missed[f.Person][id]; f.Date < today && !noted && !h.came(id) {
			out = append(out, Skipped{Appointment: id, Hall: h.ID, Date: f.Date, Person: f.Person, AtMS: nowMS})
		}
	}
	slices.SortFunc(out, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(a.Appointment, b.Appointment), cmp.Compare(a.Person, b.Person))
	})
	return out
}

// Unmissed lists those of which it was noted that nobody came, and somebody did: a kiosk that had
// been cut off told of it afterwards.
func (h *Hall) Unmissed(nowMS int64) (out []Excused) {
	for person, list := range h.agenda.missed {
		for id, d := range list {
			if _, noted := h.agenda.excused[id]; !noted && h.came(id) {
				out = append(out, Excused{Appointment: id, Hall: h.ID, Date: d, Person: person, AtMS: nowMS})
			}
		}
	}
	slices.SortFunc(out, func(a, b Excused) int {
		return cmp.Or(cmp.Compare(a.Appointment, b.Appointment), cmp.Compare(a.Person, b.Person))
	})
	return out
}

// PassDays is for how many days after its own one a slip is a return pass.
const PassDays = 30

// PassIn decides the ticket of a return pass: old is the one that was withdrawn, or still waited when its day
// ended. The step ends the pass, and is noted in the same commit. Refusals: BookingDay (args
// date) on the day of the slip itself, BookingOver for any other ticket and one that is too
// old, BookingUsed (args number).
func (h *Hall) PassIn(old *Ticket, c Issue) (Issued, Moved, *event.Refusal) {
	today := DateOf(c.NowMS)
	switch {
	case old == nil || !old.Known || old.Hall != h.ID:
		return Issued{}, Moved{}, event.TicketUnknown
	case old.Date >= today:
		return Issued{}, Moved{}, event.BookingDay.With("date", string(today.plus(1)))
	case !old.Pass() || old.Date < today.plus(-PassDays):
		return Issued{}, Moved{}, event.BookingOver
	}
	if used := h.PassUsed(old); len(used) > 0 {
		return Issued{}, Moved{}, event.BookingUsed.With("number", string(h.numberOf(used[0])))
	}
	c.Service, c.Items, c.Checked, c.Class, c.Ref = old.Queue(), old.AllItems(), old.Checked, ReturnPass, string(old.Ticket)
	f := h.Issue(c)
	return f, Moved{Ticket: old.Ticket, Round: old.Round, AtMS: c.NowMS, Detail: &Detail{Into: f.Ticket}}, nil
}

// PassUsed lists the tickets with which somebody has come again for one whose slip is a return pass.
func (h *Hall) PassUsed(old *Ticket) []TicketID {
	used := h.agenda.tickets[string(old.Ticket)]
	for i := range old.Steps {
		if s := &old.Steps[i]; s.Kind == KindMerged && s.Detail != nil {
			used = append(used[:len(used):len(used)], s.Into)
		}
	}
	return used
}

// Pass tells that the ticket's slip is a return pass: the hall closed before it was called, or sent its owner away.
func (t *Ticket) Pass() bool { return t.State == Carried || t.State == Withdrawn }

// Twice lists the second tickets of an appointment or a return pass with which somebody has
// checked in at two kiosks that could not know of each other: the first one goes on.
func (h *Hall) Twice(nowMS int64) (out []Moved) {
	for _, list := range h.agenda.tickets {
		for _, other := range list[min(1, len(list)):] {
			if m, no := h.Merge(other, list[0], "", nowMS); no == nil {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b Moved) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return out
}
