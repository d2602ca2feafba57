package centre

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Appointments is what the page of appointments needs: officers make them for people on the
// telephone, and the hub of the hall grants them.
type Appointments interface {
	// Free lists the days on which a queue takes appointments, with their times.
	Free(id hall.ID, service hall.Letter) []FreeDay
	// Of lists the appointments of a day that were made with a phone number of these last four
	// digits and not given up.
	Of(id hall.ID, date hall.Date, phone string) []Appointment
	// Do makes an appointment, or ends one; the same wish does it once. Refusals: those of
	// hall.Book and hall.Unbook, NotSignedIn for who may not, HubUnreachable, with the argument
	// field "answer" where it is not known what became of it.
	Do(ctx context.Context, o Officer, w AppointmentWish) (Appointment, error)
}

// FreeDay is a day with times that can be booked.
type FreeDay struct {
	Date  hall.Date
	Times []hall.Slot
}

// Appointment is one as officers see it: Phone are the last four digits with which the person
// checks in between From and Till. State is a hall.BookingState.
type Appointment struct {
	ID, Phone, State string
	Letter           hall.Letter
	Date             hall.Date
	At, From, Till   string
}

// NewAppointment shows an appointment as it stands at a moment.
func NewAppointment(b hall.Booking, nowMS int64) Appointment {
	return Appointment{ID: b.Appointment, Phone: b.Phone, State: string(b.State(nowMS)), Letter: b.Service, Date: b.Date,
		At: hall.ClockOf(b.SlotMS), From: hall.ClockOf(b.SlotMS - hall.CheckInEarly), Till: hall.ClockOf(b.SlotMS + hall.CheckInLate)}
}

// AppointmentWish is what an officer wants: Cancel names the appointment that is given up, empty
// for a new one. Number is the caller's phone number, or its last four digits.
type AppointmentWish struct {
	Request  string
	Hall     hall.ID
	Letter   hall.Letter
	AtMS     int64
	Number   string
	Language string
	Cancel   string
}

// appointmentPage is what the template of the page sees.
type appointmentPage struct {
	agencyPage
	Hall   hall.ID
	Letter hall.Letter
	Date   hall.Date
	Areas  []Area
	Days   []FreeDay
	Times  []hall.Slot
	Wish   AppointmentWish
	// Made is what was made or given up just now, Found what a number has found.
	Made  *Appointment
	Gone  bool
	Asked bool
	Found []Appointment
	Phone string
	Day   hall.Date
}

// Link leads to the page with a hall, a queue and a day chosen.
func (p appointmentPage) Link(id hall.ID, letter hall.Letter, date hall.Date) string {
	q := url.Values{"hall": {string(id)}}
	if letter != "" {
		q.Set("letter", string(letter))
	}
	if date != "" {
		q.Set("date", string(date))
	}
	if p.Lang == en {
		q.Set("lang", en)
	}
	return p.Up + "appointments?" + q.Encode()
}

// DayOf writes a day with its weekday.
func (p appointmentPage) DayOf(d hall.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	if p.Lang == en {
		return t.Format("Mon 2 Jan")
	}
	return t.Format("1月2日 ") + "周" + []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
}

// AreaOf names an area of the chosen hall.
func (p appointmentPage) AreaOf(letter hall.Letter) string {
	for _, a := range p.Areas {
		if a.Letter == letter {
			return string(letter) + " " + a.Name.in(p.Lang)
		}
	}
	return string(letter)
}

// ClockOf writes a time that can be booked.
func (p appointmentPage) ClockOf(ms int64) string { return hall.ClockOf(ms) }

// Tell is the sentence that is read out on the telephone.
func (p appointmentPage) Tell() (string, error) {
	s, err := p.Word("tell_caller")
	a := p.Made
	return fill(s, 0, "{day}", p.DayOf(a.Date), "{time}", a.At, "{hall}", p.hallName(p.Hall), "{area}", p.AreaOf(a.Letter), "{phone}", a.Phone, "{from}", a.From, "{till}", a.Till), err
}

// newAppointments makes the page with what is chosen, from the address or the form.
func (d *desk) newAppointments(r *http.Request, up string) appointmentPage {
	p := appointmentPage{agencyPage: d.newPage(r, up)}
	p.Base = "appointments"
	p.Hall, p.Letter, p.Date = hall.ID(r.Form.Get("hall")), hall.Letter(r.Form.Get("letter")), hall.Date(r.Form.Get("date"))
	places := d.c.opt.Places.Places()
	at := max(0, slices.IndexFunc(places, func(h Place) bool { return h.ID == p.Hall }))
	if len(places) == 0 {
		return p
	}
	p.Hall, p.Areas = places[at].ID, places[at].Areas
	if !slices.ContainsFunc(p.Areas, func(a Area) bool { return a.Letter == p.Letter }) {
		p.Letter, p.Date = "", ""
	}
	return p
}

// showTimes fills in the days of the chosen queue and the times of the chosen day.
func (d *desk) showTimes(w http.ResponseWriter, status int, p appointmentPage) {
	if p.Letter != "" {
		p.Days = d.c.opt.Appointments.Free(p.Hall, p.Letter)
		for _, day := range p.Days {
			if p.Date == "" || day.Date == p.Date {
				p.Date, p.Times = day.Date, day.Times
				break
			}
		}
	}
	d.fill(w, status, p.Lang, appointmentsTemplate, p)
}

// booker gives the officer who may make appointments; without one the page says why.
func (d *desk) booker(w http.ResponseWriter, r *http.Request, p *appointmentPage) bool {
	o, ok := d.officer(r)
	switch {
	case ok && o.Appointments:
		p.Officer = o
		return true
	case ok:
		p.Fault = "fault_no_appointments"
	case r.Method != http.MethodGet:
		p.Fault = "fault_again"
	}
	status := http.StatusOK
	if p.Fault != "" {
		status = http.StatusForbidden
	}
	d.render(w, status, p.agencyPage)
	return false
}

func (d *desk) times(w http.ResponseWriter, r *http.Request) {
	p := d.newAppointments(r, "")
	if d.booker(w, r, &p) {
		d.showTimes(w, http.StatusOK, p)
	}
}

// grantFor bounds how long an officer waits for the hall's hub.
const grantFor = 5 * time.Second

func (d *desk) book(w http.ResponseWriter, r *http.Request) {
	p := d.newAppointments(r, "../")
	if !d.booker(w, r, &p) {
		return
	}
	f := r.PostForm
	at, _ := strconv.ParseInt(f.Get("at"), 10, 64) // 0 is a time that nobody can have
	p.Wish = AppointmentWish{Request: f.Get("request"), Hall: p.Hall, Letter: p.Letter, AtMS: at, Number: digitsOf(f.Get("phone")), Language: f.Get("language")}
	d.do(w, r, p)
}

func (d *desk) cancel(w http.ResponseWriter, r *http.Request) {
	p := d.newAppointments(r, "../")
	if !d.booker(w, r, &p) {
		return
	}
	p.Gone = true
	p.Wish = AppointmentWish{Request: r.PostForm.Get("request"), Hall: p.Hall, Cancel: r.PostForm.Get("appointment")}
	d.do(w, r, p)
}

// do asks the hall, and shows what became of it; a form that is sent again does it once.
func (d *desk) do(w http.ResponseWriter, r *http.Request, p appointmentPage) {
	ctx, cancel := context.WithTimeout(r.Context(), grantFor)
	defer cancel()
	status := http.StatusOK
	a, err := d.c.opt.Appointments.Do(ctx, p.Officer, p.Wish)
	if err != nil {
		p.Fault, status = d.fault(err), http.StatusConflict
		var no *event.Refusal
		if errors.As(err, &no) && no.Args["field"] == "answer" {
			p.Request = p.Wish.Request // it may have been granted: once more is the same wish
		}
	} else {
		p.Made = &a
		p.Wish.Number, p.Wish.AtMS = "", 0
		if !p.Gone {
			p.Date = a.Date
		}
	}
	d.showTimes(w, status, p)
}

func (d *desk) find(w http.ResponseWriter, r *http.Request) {
	p := d.newAppointments(r, "../")
	if !d.booker(w, r, &p) {
		return
	}
	p.Phone = digitsOf(r.PostForm.Get("phone"))
	p.Phone = p.Phone[max(0, len(p.Phone)-hall.CheckInDigits):]
	p.Asked, p.Day = true, hall.Date(r.PostForm.Get("day"))
	p.Found = d.c.opt.Appointments.Of(p.Hall, p.Day, p.Phone)
	d.showTimes(w, http.StatusOK, p)
}

// Ahead lists the days on which somebody may have an appointment.
func (p appointmentPage) Ahead() (out []hall.Date) {
	for n := range int64(hall.BookDays + 1) {
		out = append(out, hall.DateOf(p.NowMS+n*24*time.Hour.Milliseconds()))
	}
	return out
}

// digitsOf leaves out what people write between the digits of a phone number.
func digitsOf(s string) string {
	var out []rune
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			out = append(out, c)
		case c >= '０' && c <= '９':
			out = append(out, c-'０'+'0')
		}
	}
	return string(out)
}
