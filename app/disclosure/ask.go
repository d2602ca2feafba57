package disclosure

import (
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// AskedMost bounds what is asked for, in characters.
const AskedMost = 2000

// fieldMost bounds every other text, in characters.
const fieldMost = 200

// Ask is the wish of a clerk to take a request. The caller makes the id and the number, reads
// the clock and names itself; Request makes it safe to repeat.
type Ask struct {
	Request    string
	Disclosure ID
	Number     string
	// Ticket is empty for what came by post or online.
	Ticket  hall.TicketID
	Hall    hall.ID
	Window  hall.WindowID
	Clerk   hall.ClerkID
	Agency  string
	By      Party
	Channel Channel
	// Day is when it was received; empty for today.
	Day hall.Date
	// Oral: it was said and written down by the clerk, who has to have ReadBack what was written.
	Oral, ReadBack bool
	Form           Form
	Delivery       Delivery
	DocumentType   intake.DocumentType
	Who            Who
	NowMS          int64
}

// LogValue gives the parts of the wish that may stand in a log.
func (a Ask) LogValue() slog.Value {
	return slog.GroupValue(slog.String("disclosure", string(a.Disclosure)), slog.String("number", a.Number))
}

// Decide checks a request against what the law asks of one (政府信息公开条例 2019 第29条: name, proof of
// identity and way to be reached; the name or number of the information, or another description that
// makes it easy to find; the form in which it is wanted and the way to hand it over) and gives the
// fact to note and who is to be sealed into it. The law of 2007 (第20条) asks for no proof of
// identity. What the information is wanted for is not asked: the law of 2019 does not want to know.
//
// Refusals: RequestUnusable (args field) for what only a program can get wrong; FieldMissing
// (args field: agency, by, day, form, delivery, name, document_number, contact, phone,
// address, asked, read_back); IdentityWrong (args why and type).
func (a Ask) Decide(today hall.Date) (Requested, Who, *event.Refusal) {
	none := func(r *event.Refusal) (Requested, Who, *event.Refusal) { return Requested{}, Who{}, r }
	for _, f := range []struct{ name, value string }{{"request", a.Request}, {"disclosure", string(a.Disclosure)}, {"number", a.Number},
		{"hall", string(a.Hall)}, {"window", string(a.Window)}, {"clerk", string(a.Clerk)}} {
		if f.value == "" {
			return none(event.RequestUnusable.With("field", f.name))
		}
	}
	if !isDay(today) || !slices.Contains(Channels, a.Channel) {
		return none(event.RequestUnusable.With("field", "channel"))
	}
	if a.Day == "" || a.Channel == AtCounter {
		a.Day = today
	}
	missing := func(field string) (Requested, Who, *event.Refusal) {
		return none(event.FieldMissing.With("field", field))
	}
	switch {
	case !isDay(a.Day) || a.Day > today:
		return missing("day")
	case strings.TrimSpace(a.Agency) == "":
		return missing("agency")
	case !slices.Contains(Parties, a.By):
		return missing("by")
	case !slices.Contains(Forms, a.Form):
		return missing("form")
	case !slices.Contains(Deliveries, a.Delivery):
		return missing("delivery")
	}
	w, refusal := a.who(today)
	switch {
	case refusal != nil:
		return none(refusal)
	case a.Oral && !a.ReadBack:
		return missing("read_back")
	case a.Oral && a.Channel != AtCounter:
		return none(event.RequestUnusable.With("field", "oral"))
	}
	r := Requested{Disclosure: a.Disclosure, Number: a.Number, Ticket: a.Ticket, Hall: a.Hall, Agency: strings.TrimSpace(a.Agency), By: a.By, Channel: a.Channel, Day: a.Day,
		Oral: a.Oral, Form: a.Form, Delivery: a.Delivery, Window: a.Window, Clerk: a.Clerk, AtMS: a.NowMS, Request: a.Request}
	if w.DocumentNumber != "" {
		r.DocumentType = a.DocumentType
	}
	return r, w, nil
}

// who checks and tidies who asks, and what for.
func (a Ask) who(today hall.Date) (w Who, _ *event.Refusal) {
	for _, f := range []struct {
		name     string
		from     intake.Personal
		to       *intake.Personal
		required bool
		most     int
	}{{"name", a.Who.Name, &w.Name, true, fieldMost}, {"contact", a.Who.Contact, &w.Contact, false, fieldMost},
		{"address", a.Who.Address, &w.Address, a.Delivery == "post" || a.Delivery == "email", fieldMost}, {"asked", a.Who.Asked, &w.Asked, true, AskedMost}} {
		*f.to = intake.Personal(strings.Join(strings.Fields(string(f.from)), " "))
		if n := utf8.RuneCountInString(string(*f.to)); n == 0 && f.required || n > f.most {
			return w, event.FieldMissing.With("field", f.name)
		}
	}
	w.Phone = intake.Personal(intake.Normalise(string(a.Who.Phone)))
	switch {
	case w.Phone == "" && w.Address == "": // a way to be reached
		return w, event.FieldMissing.With("field", "phone")
	case w.Phone != "" && !intake.PlausiblePhone(string(w.Phone)):
		return w, event.FieldMissing.With("field", "phone")
	}
	if intake.Normalise(string(a.Who.DocumentNumber)) == "" {
		if a.Day < Law2019 {
			return w, nil
		}
		return w, event.FieldMissing.With("field", "document_number")
	}
	number, refusal := intake.CheckDocument(a.DocumentType, string(a.Who.DocumentNumber), today)
	w.DocumentNumber = intake.Personal(number)
	return w, refusal
}
