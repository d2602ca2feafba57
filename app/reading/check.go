package reading

import (
	"fmt"
	"slices"

	"onewindow/app/guide"
)

// Limits of what fits on a screen, in characters, and of how many there may be. Items and
// choices are at most as many as are taken in at a glance.
const (
	mostName      = 16
	mostTitle     = 60
	mostEnglish   = 120
	mostPoint     = 200
	mostParagraph = 500
	mostChoice    = 30
	mostList      = 30
	mostGlance    = 6
	mostQuestions = 12
)

func checkColumn(x entry, c *Column) string {
	id := x.named(c.ID)
	x.text("name", c.Name, mostName)
	x.short("name_en", c.NameEn, 2*mostName)
	return id
}

func checkPolicy(x entry, p *Policy, columns []Column) string {
	id := x.named(p.ID)
	x.titled(p.Title, p.TitleEn)
	x.text("department", p.Department, mostTitle)
	x.text("number", p.Number, mostTitle)
	x.date("date", p.Date)
	if !slices.ContainsFunc(columns, func(c Column) bool { return c.ID == p.Column }) {
		x.fault(guide.FaultUnknown, "column", fmt.Sprintf("there is no column %q", p.Column), "correct it or add the column")
	}
	x.texts("points", p.Points, mostList, mostPoint)
	x.count("interpretation", len(p.Interpretation), 0, mostList)
	for i, q := range p.Interpretation {
		x.text(fmt.Sprintf("interpretation[%d].q", i), q.Q, mostPoint)
		x.text(fmt.Sprintf("interpretation[%d].a", i), q.A, mostParagraph)
	}
	x.count("items", len(p.Items), 0, mostGlance)
	for i, code := range p.Items {
		if slices.Contains(p.Items[:i], code) {
			x.fault(guide.FaultDuplicate, fmt.Sprintf("items[%d]", i), fmt.Sprintf("the item %q is there twice", code), "take one out")
		}
	}
	return id
}

func checkNotice(x entry, n *Notice) string {
	id := x.named(n.ID)
	x.titled(n.Title, n.TitleEn)
	x.text("department", n.Department, mostTitle)
	from, to := x.date("date", n.Date), x.date("until", n.Until)
	if from && to && n.Until < n.Date {
		x.fault(guide.FaultValue, "until", fmt.Sprintf("%s is before %s", n.Until, n.Date), "it is the last day on which the notice is shown")
	}
	x.texts("paragraphs", n.Paragraphs, mostList, mostParagraph)
	return id
}

func checkSection(x entry, s *Section) string {
	id := x.named(s.ID)
	x.titled(s.Title, s.TitleEn)
	x.texts("paragraphs", s.Paragraphs, mostList, mostParagraph)
	return id
}

func (x entry) titled(title, english string) {
	x.text("title", title, mostTitle)
	x.short("title_en", english, mostEnglish)
}

func checkSurvey(x entry, s *Survey) string {
	id := x.named(s.ID)
	x.titled(s.Title, s.TitleEn)
	x.date("until", s.Until)
	x.count("questions", len(s.Questions), 1, mostQuestions)
	seen := map[string]bool{}
	for i, q := range s.Questions {
		field := fmt.Sprintf("questions[%d].", i)
		x.own(field+"id", q.ID, seen)
		x.text(field+"text", q.Text, mostTitle)
		x.short(field+"text_en", q.TextEn, mostEnglish)
		x.choices(field, q)
	}
	return id
}

// own holds an id within an entry to its form, and to being there once.
func (x entry) own(field, id string, seen map[string]bool) {
	switch {
	case !idPattern.MatchString(id):
		x.fault(guide.FaultValue, field, fmt.Sprintf("%q cannot be an id", id), "write 1 to 40 small letters, digits and hyphens")
	case seen[id]:
		x.fault(guide.FaultDuplicate, field, fmt.Sprintf("%q is there twice", id), "give one of them another id")
	}
	seen[id] = true
}

func (x entry) choices(field string, q Question) {
	switch q.Kind {
	case Scale:
		x.text(field+"low", q.Low, mostChoice)
		x.text(field+"high", q.High, mostChoice)
		x.short(field+"low_en", q.LowEn, 2*mostChoice)
		x.short(field+"high_en", q.HighEn, 2*mostChoice)
		x.count(field+"choices", len(q.Choices), 0, 0)
	case One, Several:
		x.count(field+"choices", len(q.Choices), 2, mostGlance)
	default:
		x.fault(guide.FaultValue, field+"kind", fmt.Sprintf("%q is no kind of question", q.Kind), `write "one", "several" or "scale"; nobody can be asked for words`)
	}
	seen := map[string]bool{}
	for i, c := range q.Choices {
		at := fmt.Sprintf("%schoices[%d].", field, i)
		x.own(at+"id", c.ID, seen)
		x.text(at+"text", c.Text, mostChoice)
		x.short(at+"text_en", c.TextEn, 2*mostChoice)
	}
}
