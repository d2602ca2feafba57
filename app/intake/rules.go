package intake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// FileRules is the name of the file of terms among those shipped.
const FileRules = "rules.json"

// Rule is a term of the law: so many days, and so many more where it may be extended,
// from a day on. Place is the province that has one of its own, empty for the country.
type Rule struct {
	ID     string    `json:"id"`
	Place  string    `json:"place,omitempty"`
	From   hall.Date `json:"from"`
	Days   int       `json:"days"`
	Extra  int       `json:"extra,omitempty"`
	Unit   string    `json:"unit,omitempty"`
	Source string    `json:"source"`
}

// Terms by their id.
const (
	RuleCorrectionNotice  = "correction_notice"
	RuleDecision          = "decision"
	RuleDecisionJoint     = "decision_joint"
	RuleDelivery          = "delivery"
	RuleCorrectionAnswer  = "correction_answer"
	RuleMissingParts      = "missing_parts"
	RuleDisclosure        = "disclosure"
	RuleDisclosureCorrect = "disclosure_correction"
	RuleThirdParty        = "third_party"
	RuleConsultedAgency   = "consulted_agency"
	RuleRatingFollowUp    = "rating_follow_up"
)

var ruleIDs = []string{RuleCorrectionNotice, RuleDecision, RuleDecisionJoint, RuleDelivery, RuleCorrectionAnswer, RuleMissingParts,
	RuleDisclosure, RuleDisclosureCorrect, RuleThirdParty, RuleConsultedAgency, RuleRatingFollowUp}

// Rules are all terms, in the order of their days.
type Rules []Rule

// ShippedRules gives the terms that come with the program.
func ShippedRules() (Rules, error) {
	text, err := Shipped.ReadFile("shipped/" + FileRules)
	if err != nil {
		return nil, fmt.Errorf("read shipped terms: %w", err)
	}
	return ParseRules(text)
}

// ParseRules reads a file of terms. A *guide.Fault names what is wrong with it.
func ParseRules(text []byte) (Rules, error) {
	var file struct {
		Note  string `json:"note"`
		Rules Rules  `json:"rules"`
	}
	if err := guide.Decode(FileRules, text, &file); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, r := range file.Rules {
		wrong := func(problem string) error {
			return &guide.Fault{Kind: guide.FaultValue, File: FileRules, Item: fmt.Sprintf("%d: %s", i+1, r.ID), Problem: problem, Advice: "correct the entry"}
		}
		key := strings.Join([]string{r.ID, r.Place, string(r.From)}, " ")
		switch _, err := time.Parse(layout, string(r.From)); {
		case !slices.Contains(ruleIDs, r.ID):
			return nil, wrong("there is no such term")
		case err != nil:
			return nil, wrong("from is not a day")
		case r.Days < 0 || r.Extra < 0 || r.Days+r.Extra > maxTerm:
			return nil, wrong("the days are below 0 or beyond any law")
		case r.Source == "":
			return nil, wrong("the source is missing")
		case seen[key]:
			return nil, wrong("the term stands there twice")
		case r.Unit != "" && r.Unit != guide.WorkingDays && r.Unit != guide.CalendarDays:
			return nil, wrong("unit is neither working nor calendar days")
		}
		seen[key] = true
	}
	slices.SortStableFunc(file.Rules, func(a, b Rule) int { return strings.Compare(string(a.From), string(b.From)) })
	return file.Rules, nil
}

// On gives the term in force on a day at a place: that of its province, else the
// country's. False before there was one.
func (r Rules) On(id, place string, d hall.Date) (found Rule, ok bool) {
	for _, at := range []string{"", place} {
		for _, x := range r {
			if x.ID == id && x.Place == at && x.From <= d {
				found, ok = x, true
			}
		}
	}
	return found, ok
}

// Term is a clock that runs. It counts from the day after From; what was promised binds
// where it is shorter than the law.
type Term struct {
	Rule Rule
	From hall.Date
	// Promised is the promised time of an item in days of Unit, and 0 or more where
	// HasPromise is true.
	HasPromise bool
	Promised   int
	Unit       string
	// Extended tells that the term was extended, which the law allows once.
	Extended    bool
	Suspensions []Suspension
}

// Suspension is a time that does not count: a hearing, a test, an expert's review, a third
// party that is heard. The day on which it begins counts still, the day on which it ends
// does not, as a term begins on the day after its event. Until is empty while it lasts.
type Suspension struct {
	From, Until hall.Date
}

// TermState tells what can be said of a term's end.
type TermState string

// States of a term's end.
const (
	TermKnown TermState = "known"
	// TermSuspended: it does not run, and nobody knows until when.
	TermSuspended TermState = "suspended"
	// TermUnknown: the way to its end leads through a year that no notice was published for.
	TermUnknown TermState = "unknown"
)

// Due gives the last day of a term.
func (c *Calendar) Due(t Term) (hall.Date, TermState) {
	due, state := c.end(t, t.Rule.Days, t.Rule.Extra, t.Rule.Unit)
	if !t.HasPromise {
		return due, state
	}
	promised, of := c.end(t, t.Promised, t.Rule.Extra, t.Unit)
	if state == TermKnown && of == TermKnown && promised < due || state == TermUnknown && of == TermKnown {
		return promised, of
	}
	return due, state
}

// end counts days from a term's beginning.
func (c *Calendar) end(t Term, days, extra int, unit string) (hall.Date, TermState) {
	at, err := time.Parse(layout, string(t.From))
	if err != nil || unit != "" && unit != guide.WorkingDays && unit != guide.CalendarDays {
		return "", TermUnknown
	}
	if t.Extended {
		days += extra
	}
	if days < 0 || days > maxTerm {
		return "", TermUnknown
	}
	// Of a calendar term the last day may be no holiday (民法典 203).
	for last := unit == guide.CalendarDays && days > 0; days > 0 || last && !c.works(at); {
		at = at.AddDate(0, 0, 1)
		d := hall.Date(at.Format(layout))
		// Days of the calendar pass whatever a year's holidays are; its last one has to be known.
		if !c.knows(at.Year()) && (unit != guide.CalendarDays || days <= 1) {
			return "", TermUnknown
		}
		switch out, open := t.suspended(d); {
		case open:
			return "", TermSuspended
		case out:
		case days > 0 && (unit == guide.CalendarDays || c.works(at)):
			days--
		}
	}
	return hall.Date(at.Format(layout)), TermKnown
}

// suspended tells whether a day does not count, and whether that goes on without an end.
func (t *Term) suspended(d hall.Date) (out, open bool) {
	for _, p := range t.Suspensions {
		if d > p.From && (p.Until == "" || d <= p.Until) {
			out, open = true, open || p.Until == ""
		}
	}
	return out, open
}

// Left gives how many working days are left of a term after today: 0 on its last day,
// below 0 afterwards. known is false where its end is not.
func (c *Calendar) Left(t Term, today hall.Date) (days int, known bool) {
	due, state := c.Due(t)
	if state != TermKnown {
		return 0, false
	}
	return c.left(due, today)
}

// left gives how many working days are left until a day.
func (c *Calendar) left(due, today hall.Date) (days int, known bool) {
	from, to, step := today, due, 1
	if today > due {
		from, to, step = due, today, -1
	}
	at, err := time.Parse(layout, string(from))
	if err != nil {
		return 0, false
	}
	for n := 0; ; {
		if d := hall.Date(at.Format(layout)); d >= to {
			return step * n, true
		}
		if at = at.AddDate(0, 0, 1); !c.knows(at.Year()) {
			return 0, false
		}
		if c.works(at) {
			n++
		}
	}
}
