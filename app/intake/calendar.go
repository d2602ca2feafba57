package intake

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Shipped has the calendar and the terms of the law that come with the program, in the folder "shipped".
//
//go:embed shipped/calendar.json shipped/rules.json
var Shipped embed.FS

// FileCalendar is the name of the calendar among the files of a catalogue.
const FileCalendar = "calendar.json"

// ShippedCalendar gives the calendar that comes with the program.
func ShippedCalendar() (*Calendar, error) {
	text, err := Shipped.ReadFile("shipped/" + FileCalendar)
	if err != nil {
		return nil, fmt.Errorf("read shipped calendar: %w", err)
	}
	c, err := ParseCalendar(text)
	if err == nil {
		c.Rules, err = ShippedRules()
		c.Version = event.Sum(hall.Payload([]any{string(text), c.Rules})).String()
	}
	return c, err
}

// Calendar knows the working days of the years that a national notice was
// published for. Of any other year it says that it does not know.
type Calendar struct {
	first, last int
	unknown     map[int]bool
	days        map[hall.Date]listed
	// Version tells one calendar with its terms from another: what they were read from, as a hash.
	Version string
	// Rules are the terms that are counted on it; those shipped with the shipped calendar.
	Rules Rules
}

// listed is a day that is not what its weekday says: it works although a weekend, or is a
// holiday. name is the holiday that it is or makes up for.
type listed struct {
	works bool
	name  string
}

const layout = "2006-01-02"

// ParseCalendar reads a calendar file. A *guide.Fault names what is wrong with
// it; the number of working days of each year that the file states is checked.
func ParseCalendar(text []byte) (*Calendar, error) {
	var file struct {
		Years       []int          `json:"years"`
		WorkingDays map[string]int `json:"working_days"`
		NoDataFor   []int          `json:"no_data_for"`
		Days        []struct {
			Date hall.Date `json:"date"`
			Name string    `json:"name"`
			Type string    `json:"type"`
		} `json:"days"`
	}
	if err := guide.Decode(FileCalendar, text, &file); err != nil {
		return nil, err
	}
	wrong := func(entry, problem string) error {
		return &guide.Fault{Kind: guide.FaultValue, File: FileCalendar, Item: entry, Problem: problem, Advice: "fetch the calendar again"}
	}
	if len(file.Years) != 2 || file.Years[0] > file.Years[1] || file.Years[0] < 1949 || file.Years[1] > 2200 {
		return nil, wrong("", "years has to name the first and the last year")
	}
	c := &Calendar{first: file.Years[0], last: file.Years[1], unknown: map[int]bool{}, days: map[hall.Date]listed{}}
	for _, y := range file.NoDataFor {
		c.unknown[y] = true
	}
	for _, d := range file.Days {
		at, err := time.Parse(layout, string(d.Date))
		if err != nil {
			return nil, wrong(string(d.Date), "this is not a day")
		}
		if _, twice := c.days[d.Date]; twice {
			return nil, wrong(string(d.Date), "the day stands there twice")
		}
		if d.Type != "public_holiday" && d.Type != "transfer_workday" {
			return nil, wrong(string(d.Date), "the type "+strconv.Quote(d.Type)+" is not known")
		}
		if !c.knows(at.Year()) {
			return nil, wrong(string(d.Date), "the day is outside the years of the file")
		}
		c.days[d.Date] = listed{works: d.Type == "transfer_workday", name: d.Name}
	}
	for year := c.first; year <= c.last; year++ {
		stated, ok := file.WorkingDays[strconv.Itoa(year)]
		if counted := c.count(year); ok && !c.unknown[year] && counted != stated {
			return nil, wrong(strconv.Itoa(year), fmt.Sprintf("the year states %d working days and lists %d", stated, counted))
		}
	}
	return c, nil
}

func (c *Calendar) knows(year int) bool { return year >= c.first && year <= c.last && !c.unknown[year] }

func (c *Calendar) count(year int) (n int) {
	for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == year; t = t.AddDate(0, 0, 1) {
		if c.works(t) {
			n++
		}
	}
	return n
}

// works tells whether a day of a known year is a working day.
func (c *Calendar) works(t time.Time) bool {
	if day, is := c.days[hall.Date(t.Format(layout))]; is {
		return day.works
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// WorkingDay tells whether d is a working day; known is false when d is no day or
// of a year that no notice was published for.
func (c *Calendar) WorkingDay(d hall.Date) (working, known bool) {
	t, err := time.Parse(layout, string(d))
	if err != nil || !c.knows(t.Year()) {
		return false, false
	}
	return c.works(t), true
}

// maxTerm bounds terms, in days; the longest of any law is far below it.
const maxTerm = 3650

// addDays gives the day n calendar days after d.
func addDays(d hall.Date, n int) (hall.Date, bool) {
	t, err := time.Parse(layout, string(d))
	if err != nil || n < 0 || n > maxTerm {
		return "", false
	}
	return hall.Date(t.AddDate(0, 0, n).Format(layout)), true
}

// due gives the last day for the decision on an item accepted on d, or nothing when it is
// not known: the promised time, and the legal one where that is shorter.
func (c *Calendar) due(item *guide.Item, d hall.Date) hall.Date {
	day, _ := c.Due(clockOf(item).term(d))
	return day
}

// term is the time for a decision on what was accepted on a day.
func (k *Clock) term(from hall.Date) Term {
	return Term{Rule: Rule{Days: k.Days, Unit: k.Unit}, From: from, HasPromise: true, Promised: k.Promised, Unit: k.Unit}
}

// answerBy gives the last day for what is still to be brought, or nothing when it is not
// known: of an application that was accepted without it, or of one that has to be corrected.
func (c *Calendar) answerBy(s State, d hall.Date) hall.Date {
	id := map[State]string{AcceptedLater: RuleMissingParts, Correction: RuleCorrectionAnswer}[s]
	rule, ok := c.Rules.On(id, "", d)
	if !ok {
		return ""
	}
	day, _ := c.Due(Term{Rule: rule, From: d})
	return day
}

// FollowUpBy gives the last day for following up a bad rating that was given on a day: so
// many working days later, those of the term in force (国办发〔2019〕51号) where days is 0. A follow-up
// has a last day in any case: in a year that no notice was published for, Monday to Friday count.
func (c *Calendar) FollowUpBy(given hall.Date, days int) hall.Date {
	if rule, ok := c.Rules.On(RuleRatingFollowUp, "", given); ok && days == 0 {
		days = rule.Days
	}
	if due, state := c.Due(Term{Rule: Rule{Days: days}, From: given}); state == TermKnown {
		return due
	}
	at, err := time.Parse(layout, string(given))
	if err != nil {
		return ""
	}
	for days > 0 {
		if at = at.AddDate(0, 0, 1); c.works(at) {
			days--
		}
	}
	return hall.Date(at.Format(layout))
}

func compactDate(d hall.Date) string { return strings.ReplaceAll(string(d), "-", "") }
