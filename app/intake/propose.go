package intake

import (
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Amend is the wish to propose an amendment: Value and DocumentType, Material and Received, Day, or Scan,
// as the field has it. Why are own words; they may be empty unless Cause is "other".
type Amend struct {
	Field        Field
	Value        Personal
	DocumentType DocumentType
	Material     int
	Received     Received
	Day          hall.Date
	Scan         ScanID
	Cause        string
	Why          Personal
	Window       hall.WindowID
	Clerk        hall.ClerkID
	Request      string
	NowMS        int64
}

// Decide gives the proposal to note, and the value and the words that the caller seals into it. who is the
// person as of now. Refusals: CaseState (args state) for what is archived, and a day of what has none that can be
// told; AmendWaits where one of the same field is not checked yet; AmendSame where nothing would change;
// AmendDay (args by) for a day that is later than the promised one, or over; FieldMissing (args field: value, cause,
// reason, phone), IdentityWrong (args why and type), RequestUnusable (args field).
func (a Amend) Decide(c *Case, who Person, calendar *Calendar, today hall.Date) (p Proposal, value, why Personal, _ *event.Refusal) {
	p = Proposal{Application: c.Application, Hall: c.Hall, Field: a.Field, Cause: a.Cause, Window: a.Window, Clerk: a.Clerk, AtMS: a.NowMS, Request: a.Request}
	why = tidy(a.Why)
	refused := func(r *event.Refusal) (Proposal, Personal, Personal, *event.Refusal) { return Proposal{}, "", "", r }
	switch {
	case a.Request == "" || a.Clerk == "" || a.NowMS <= 0 || !slices.Contains(Fields, a.Field):
		return refused(event.RequestUnusable.With("field", "field"))
	case !c.Known() || c.Standing() == Archived:
		return refused(event.CaseState.With("state", string(c.Standing())))
	case slices.ContainsFunc(c.Waiting(), func(w Amended) bool {
		return w.Field == a.Field && (a.Field != FieldMaterial || w.Material == a.Material) && (a.Field != FieldScan || w.Scan == a.Scan)
	}):
		return refused(event.AmendWaits)
	case !slices.Contains(Causes, a.Cause), a.Cause == "misplaced" && a.Field != FieldScan:
		return refused(event.FieldMissing.With("field", "cause"))
	case a.Cause == "other" && why == "":
		return refused(event.FieldMissing.With("field", "reason"))
	case len([]rune(string(why))) > amendMost || len([]rune(string(a.Value))) > amendMost:
		return refused(event.RequestUnusable.With("field", "value"))
	}
	var no *event.Refusal
	switch a.Field {
	case FieldMaterial:
		no = a.material(c, &p)
	case FieldDue:
		no = a.day(c, calendar, today, &p)
	case FieldScan:
		if !slices.ContainsFunc(c.Attached(), func(s Scan) bool { return s.Scan == a.Scan && s.Use == UseScan }) {
			return refused(event.RequestUnusable.With("field", "scan"))
		}
		p.Scan = a.Scan
	default:
		value, no = a.person(c, who, today, &p)
	}
	if no != nil {
		return refused(no)
	}
	return p, value, why, nil
}

// person checks a value that is of the person.
func (a Amend) person(c *Case, who Person, today hall.Date, p *Proposal) (value Personal, _ *event.Refusal) {
	same := *who.field(a.Field)
	switch a.Field {
	case FieldDocument:
		number, no := CheckDocument(a.DocumentType, string(a.Value), today)
		if no != nil {
			return "", no
		}
		value, p.DocumentType = Personal(number), a.DocumentType
		if a.DocumentType != c.Showing() {
			same = "" // another kind of document is another one whatever its number
		}
	case FieldPhone:
		phone := Normalise(string(a.Value))
		if phone != "" && !PlausiblePhone(phone) {
			return "", event.FieldMissing.With("field", "phone")
		}
		value = Personal(phone)
	default:
		value = tidy(a.Value)
	}
	switch {
	case value == "" && (a.Field == FieldApplicant || a.Field == FieldDocument):
		return "", event.FieldMissing.With("field", "value")
	case value == same:
		return "", event.AmendSame
	}
	return value, nil
}

// material checks what is said of a material. What shared data proves is no tick of a clerk: there
// is the check by shared data for it, and the citizen's own paper.
func (a Amend) material(c *Case, p *Proposal) *event.Refusal {
	field := fmt.Sprintf("materials.%d", a.Material)
	at := slices.IndexFunc(c.Materials, func(m Material) bool { return m.No == a.Material })
	if at < 0 || a.Received != Brought && a.Received != NotReceived {
		return event.RequestUnusable.With("field", field)
	}
	switch have := c.Holding(c.Materials[at]); {
	case have == Waived || have == Unverified:
		return event.RequestUnusable.With("field", field)
	case (have == Brought || have == Contested) == (a.Received == Brought):
		return event.AmendSame
	}
	p.Material, p.Received, p.Was = a.Material, a.Received, string(c.Holding(c.Materials[at]))
	return nil
}

// day checks a promised day and counts it in days of the clock, so that hearings and extensions that come
// later move it as they move any promise.
func (a Amend) day(c *Case, calendar *Calendar, today hall.Date, p *Proposal) *event.Refusal {
	if calendar == nil {
		return event.RequestUnusable.With("field", "day")
	}
	by, state := calendar.DecideBy(c)
	switch s := c.Standing(); {
	case s != Accepted && s != AcceptedLater, state != TermKnown:
		return event.CaseState.With("state", string(s))
	case a.Day < today || a.Day >= by:
		return event.AmendDay.With("by", string(by))
	}
	p.Day, p.Was = a.Day, string(by)
	clock := c.clock()
	if clock == nil { // noted before clocks were
		return nil
	}
	for clock.Promised = min(clock.Promised, maxTerm); clock.Promised >= 0; clock.Promised-- {
		if day, state := calendar.Due(c.term(clock, calendar.acceptedOn(c))); state == TermKnown && day <= a.Day {
			if day < today {
				break
			}
			p.Day, p.Promised = day, clock.Promised
			return nil
		}
	}
	return event.AmendDay.With("by", string(by))
}

// CheckAmend is the wish of a second person to let an amendment pass, or to send it back with a reason.
type CheckAmend struct {
	Of      string
	Good    bool
	Why     Personal
	Window  hall.WindowID
	Clerk   hall.ClerkID
	Request string
	NowMS   int64
}

// Decide gives the check to note, and the words that the caller seals into it. Refusals: AmendOwn for who proposed it,
// AmendState (args state) for what is checked already, CaseState (args state) for what is archived, FieldMissing (args
// field: reason), RequestUnusable (args field).
func (k CheckAmend) Decide(c *Case) (v Verdict, why Personal, _ *event.Refusal) {
	why = tidy(k.Why)
	list := c.Amended()
	at := slices.IndexFunc(list, func(a Amended) bool { return a.Sum == k.Of })
	switch {
	case at < 0 || k.Request == "" || k.Clerk == "" || k.NowMS <= 0 || len([]rune(string(why))) > amendMost:
		return v, "", event.RequestUnusable.With("field", "of")
	case c.Standing() == Archived:
		return v, "", event.CaseState.With("state", string(Archived))
	case list[at].State != AmendWaiting:
		return v, "", event.AmendState.With("state", string(list[at].State))
	case list[at].Clerk == k.Clerk:
		return v, "", event.AmendOwn
	case !k.Good && why == "":
		return v, "", event.FieldMissing.With("field", "reason")
	}
	return Verdict{Application: c.Application, Hall: c.Hall, Of: k.Of, Good: k.Good, Window: k.Window, Clerk: k.Clerk, AtMS: k.NowMS, Request: k.Request}, why, nil
}
