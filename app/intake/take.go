package intake

import (
	"cmp"
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
// Phone and Note may be empty, because the law does not ask for a phone; so may Agent with AgentNumber,
// Representative, which only an organisation has, and Address.
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
	Agent          Personal
	AgentNumber    Personal
	Representative Personal
	Address        Personal
	Materials      []Material
	// Shared is what the platform has said of the materials that data sets prove, by their
	// numbers, for this person.
	Shared map[int]Evidence
	Note   Personal
	// Answer is what the window says of it, AnswerCheck when empty. Reason goes with
	// AnswerRefuse and AnswerNotOurs, Agency with the latter.
	Answer Answer
	Reason Personal
	Agency string
	NowMS  int64
}

// Answer is what a window says of an application that is handed in.
type Answer string

// Answers. Refused and what is not ours are decided in the name of the agency.
const (
	// AnswerCheck: what the materials make of it, accepted or to be corrected.
	AnswerCheck Answer = ""
	// AnswerReceive is 收件: it is taken in and decided later whether it is accepted.
	AnswerReceive Answer = "receive"
	AnswerRefuse  Answer = "refuse"
	AnswerNotOurs Answer = "not_ours"
	// AnswerAtOnce is 即办件: accepted, granted and handed out in one step. The caller notes
	// the steps of AtOnce behind it.
	AnswerAtOnce Answer = "at_once"
)

// LogValue gives the parts of the wish that may stand in a log.
func (c Take) LogValue() slog.Value {
	return slog.GroupValue(slog.String("application", string(c.Application)), slog.String("number", c.Number))
}

// Decide compares what was brought with the guide and gives the fact to note, and the
// person, tidied, who is to be sealed into it.
//
// All that must be there received or waived: Accepted. Only materials missing
// that the guide lets be brought later: AcceptedLater. Else Correction, with the
// missing ones in Absent and no due date. What shared data proves is Waived where it was found,
// and Unverified where nobody knows yet, which holds up nothing. The due date counts from the day after
// today in the unit of the guide; a year that the calendar does not know gives an
// empty one, as does a nil calendar.
//
// Refusals: ItemUnknown for a nil item and for a bare one, of which nobody knows what it
// takes; RequestUnusable (args field) for what
// only a program can get wrong; FieldMissing (args field: applicant,
// document_number, phone, agent, agent_number, reason, agency); IdentityWrong (args why and type, and field where it is not the applicant's); NotAtOnce for
// an item that is none, or with something missing; CaseUnproved for one that shared data has
// not proved yet.
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
		ItemVersion: item.Version, Department: item.Department, DocumentType: c.DocumentType, Window: c.Window, Clerk: c.Clerk, AtMS: c.NowMS,
		Request: c.Request}
	who, refusal := c.Who(today)
	if refusal != nil {
		return refused(refusal)
	}
	if refusal := c.compare(item, &t); refusal != nil {
		return refused(refusal)
	}
	if refusal := c.answer(item, &t, &who); refusal != nil {
		return refused(refusal)
	}
	if t.State != Refused && t.State != NotOurs {
		t.Clock = clockOf(item)
	}
	if calendar != nil {
		t.AnswerBy = calendar.answerBy(t.State, today)
		if t.State == Accepted || t.State == AcceptedLater {
			t.DueDate = calendar.due(item, today)
		}
	}
	return t, who, nil
}

// answer lets what the window says count over what the materials make of it.
func (c Take) answer(item *guide.Item, t *Taken, who *Person) *event.Refusal {
	switch c.Answer {
	case AnswerCheck:
		return nil
	case AnswerReceive:
		t.State = Lodged
		return nil
	case AnswerAtOnce:
		if item.Handling != guide.AtOnce || t.State != Accepted {
			return event.NotAtOnce.With("state", string(t.State))
		}
		if slices.ContainsFunc(t.Materials, func(m Material) bool { return m.State == Unverified }) {
			return event.CaseUnproved // nothing is granted on proof that is not there
		}
		return nil
	case AnswerRefuse:
		t.State = Refused
	case AnswerNotOurs:
		t.State = NotOurs
		if t.Agency = string(tidy(Personal(c.Agency))); t.Agency == "" {
			return event.FieldMissing.With("field", "agency")
		}
	default:
		return event.RequestUnusable.With("field", "answer")
	}
	if who.Reason = tidy(c.Reason); who.Reason == "" && c.Answer == AnswerRefuse {
		return event.FieldMissing.With("field", "reason")
	}
	return nil
}

// clockOf is what the time for a decision on an item is counted by.
func clockOf(item *guide.Item) *Clock {
	return &Clock{Days: cmp.Or(item.LegalDays, item.PromisedDays), Promised: item.PromisedDays, Unit: item.DayUnit}
}

// Who checks and tidies who applies. Refusals: FieldMissing and IdentityWrong as of Decide.
func (c Take) Who(today hall.Date) (p Person, _ *event.Refusal) {
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
	if c.DocumentType == CreditCode {
		p.Representative = tidy(c.Representative)
	}
	p.Address = tidy(c.Address)
	return p, c.agent(&p, today)
}

// agent checks and tidies who acts for the person: a name and a document, or neither.
func (c Take) agent(p *Person, today hall.Date) *event.Refusal {
	number := Normalise(string(c.AgentNumber))
	switch p.Agent = tidy(c.Agent); {
	case p.Agent == "" && number == "":
		return nil
	case p.Agent == "":
		return event.FieldMissing.With("field", "agent")
	case number == "":
		return event.FieldMissing.With("field", "agent_number")
	}
	kind := Other
	if len(number) == 18 {
		kind = ResidentID
	}
	number, refusal := CheckDocument(kind, number, today)
	if refusal != nil {
		return refusal.With("field", "agent_number")
	}
	p.AgentNumber = Personal(number)
	return nil
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
		case Brought, Missing, Waived, Owed, Unverified, Contested:
			said[m.No] = m.State
		default:
			return event.RequestUnusable.With("field", field)
		}
	}
	t.State, t.Materials = Accepted, []Material{}
	for _, m := range item.Materials {
		state, mentioned := said[m.No]
		delete(said, m.No)
		if m.WaivedBy == "" && (state == Waived || state == Unverified || state == Contested) {
			return event.RequestUnusable.With("field", "materials."+strconv.Itoa(m.No))
		}
		if !mentioned {
			state = Missing
		}
		if m.WaivedBy != "" && (mentioned || m.Need() != guide.Maybe) {
			if state = c.asksShared(m, state); state == Waived || state == Unverified {
				t.Shared = append(t.Shared, Shared{No: m.No, Set: m.WaivedBy, Ask: c.Shared[m.No].Ask})
			}
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
