package intake

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Take is the wish of a clerk to take an application. The caller makes the id and
// the number, reads the clock and names itself; Request makes it safe to repeat.
// Phone and Note may be empty, because the law does not ask for a phone.
type Take struct {
	Request        string
	Application    ApplicationID
	Number         string
	Ticket         hall.TicketID
	Hall           hall.ID
	Window         hall.WindowID
	Clerk          hall.ClerkID
	Applicant      Personal
	DocumentType   DocumentType
	DocumentNumber Personal
	Phone          Personal
	Materials      []Material
	Note           Personal
	NowMS          int64
}

// LogValue gives the parts of the wish that may stand in a log.
func (c Take) LogValue() slog.Value {
	return slog.GroupValue(slog.String("application", string(c.Application)), slog.String("number", c.Number))
}

// Decide compares what was brought with the guide and gives the fact to note, and the
// person, tidied, who is to be sealed into it.
//
// All that must be there received or waived: Accepted. Only materials missing
// that the guide lets be brought later: AcceptedLater. Else Correction, with the
// missing ones in Absent and no due date. The due date counts from the day after
// today in the unit of the guide; a year that the calendar does not know gives an
// empty one, as does a nil calendar.
//
// Refusals: ItemUnknown for a nil item and for a bare one, of which nobody knows what it
// takes; RequestUnusable (args field) for what
// only a program can get wrong; FieldMissing (args field: applicant,
// document_number, phone); IdentityWrong (args why and type).
func (c Take) Decide(item *guide.Item, calendar *Calendar, today hall.Date) (Taken, Person, *event.Refusal) {
	refused := func(r *event.Refusal) (Taken, Person, *event.Refusal) { return Taken{}, Person{}, r }
	if item == nil || item.Bare() {
		return refused(event.ItemUnknown)
	}
	if _, ok := addDays(today, 0); !ok {
		return refused(event.RequestUnusable.With("field", "today"))
	}
	for _, f := range []struct{ name, value string }{
		{"request", c.Request}, {"application", string(c.Application)}, {"number", c.Number},
		{"ticket", string(c.Ticket)}, {"hall", string(c.Hall)}, {"window", string(c.Window)}, {"clerk", string(c.Clerk)},
	} {
		if f.value == "" {
			return refused(event.RequestUnusable.With("field", f.name))
		}
	}
	t := Taken{Application: c.Application, Number: c.Number, Ticket: c.Ticket, Hall: c.Hall, Item: hall.ItemCode(item.Code),
		ItemVersion: item.Version, DocumentType: c.DocumentType, Window: c.Window, Clerk: c.Clerk, AtMS: c.NowMS,
		Request: c.Request}
	who, refusal := c.person(today)
	if refusal != nil {
		return refused(refusal)
	}
	if refusal := c.compare(item, &t); refusal != nil {
		return refused(refusal)
	}
	if calendar != nil {
		t.AnswerBy = calendar.answerBy(t.State, today)
		if t.State != Correction {
			t.DueDate = calendar.due(item, today)
		}
	}
	return t, who, nil
}

// person checks and tidies who applies.
func (c Take) person(today hall.Date) (p Person, _ *event.Refusal) {
	p = Person{Applicant: tidy(c.Applicant), Note: tidy(c.Note)}
	if p.Applicant == "" {
		return p, event.FieldMissing.With("field", "applicant")
	}
	if Normalise(string(c.DocumentNumber)) == "" {
		return p, event.FieldMissing.With("field", "document_number")
	}
	number, refusal := CheckDocument(c.DocumentType, string(c.DocumentNumber), today)
	if refusal != nil {
		return p, refusal
	}
	phone := Normalise(string(c.Phone))
	if phone != "" && !PlausiblePhone(phone) {
		return p, event.FieldMissing.With("field", "phone")
	}
	p.DocumentNumber, p.Phone = Personal(number), Personal(phone)
	return p, nil
}

// tidy drops white space around a text and doubles within.
func tidy(p Personal) Personal { return Personal(strings.Join(strings.Fields(string(p)), " ")) }

// PlausiblePhone lets digits with an optional plus and hyphens pass, 5 to 20 of them.
func PlausiblePhone(s string) bool {
	digits := 0
	for n, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '-' && n > 0, r == '+' && n == 0:
		default:
			return false
		}
	}
	return digits >= 5 && digits <= 20
}

// compare goes through the guide's materials and sets Materials, Absent and State.
func (c Take) compare(item *guide.Item, t *Taken) *event.Refusal {
	said := map[int]Received{}
	for _, m := range c.Materials {
		field := "materials." + strconv.Itoa(m.No)
		if _, twice := said[m.No]; twice {
			return event.RequestUnusable.With("field", field)
		}
		switch m.State {
		case Brought, Missing, Waived, Owed:
			said[m.No] = m.State
		default:
			return event.RequestUnusable.With("field", field)
		}
	}
	t.State, t.Materials = Accepted, []Material{}
	for _, m := range item.Materials {
		state, mentioned := said[m.No]
		delete(said, m.No)
		if state == Waived && m.WaivedBy == "" {
			return event.RequestUnusable.With("field", "materials."+strconv.Itoa(m.No))
		}
		if !mentioned {
			state = Missing
		}
		if m.Need() == guide.Maybe {
			// What only some people need is recorded when it was spoken about, and never holds up.
			if mentioned {
				t.Materials = append(t.Materials, Material{No: m.No, State: state})
			}
			continue
		}
		if state == Missing || state == Owed {
			t.Absent, t.AbsentNo = append(t.Absent, m.Name), append(t.AbsentNo, m.No)
			if m.Need() == guide.Later {
				state = Owed
				if t.State == Accepted {
					t.State = AcceptedLater
				}
			} else {
				state = Missing
				t.State = Correction
			}
		}
		t.Materials = append(t.Materials, Material{No: m.No, State: state})
	}
	if len(said) > 0 {
		unknown := slices.Min(slices.Collect(maps.Keys(said)))
		return event.RequestUnusable.With("field", "materials."+strconv.Itoa(unknown))
	}
	return nil
}
