package screen

import (
	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/reading"
)

// ReadingPage is all that there is to read today. Date is when the centre published it,
// "2026-11-27", and empty where it came with the program or from a folder.
type ReadingPage struct {
	Columns  []Column   `json:"columns"`
	Notices  []ReadCard `json:"notices"`
	Sections []ReadCard `json:"sections"`
	Surveys  []ReadCard `json:"surveys"`
	Date     string     `json:"date"`
	// Sample tells that it says of itself that it is not official.
	Sample bool `json:"sample"`
}

// Column is a heading under which policies stand, with the newest of them.
type Column struct {
	ID       string   `json:"id"`
	Name     Text     `json:"name"`
	Policies int      `json:"policies"`
	Newest   ReadCard `json:"newest"`
}

// ReadCard is a policy, a notice, a section of the disclosure guide or a survey in a list.
// Department and Date are empty where it has none; Questions are those of a survey.
type ReadCard struct {
	ID         string `json:"id"`
	Title      Text   `json:"title"`
	Department string `json:"department"`
	Date       string `json:"date"`
	Questions  int    `json:"questions"`
}

// PolicyPage is a policy in short, what people ask about it, and what can be applied for.
type PolicyPage struct {
	Card           ReadCard   `json:"card"`
	Number         string     `json:"number"`
	Points         []string   `json:"points"`
	Interpretation []QA       `json:"interpretation"`
	Items          []ItemCard `json:"items"`
}

// TextPage is a notice or a section of the disclosure guide. Next is the section that
// follows; its id is empty behind the last one and for a notice.
type TextPage struct {
	Card       ReadCard `json:"card"`
	Paragraphs []string `json:"paragraphs"`
	Next       ReadCard `json:"next"`
}

// SurveyPage is a survey with its questions.
type SurveyPage struct {
	Card      ReadCard         `json:"card"`
	Questions []SurveyQuestion `json:"questions"`
}

// SurveyQuestion is answered by one of its choices, by several, or on a scale from 1 to 5,
// as Kind says: "one", "several" or "scale". Low and High are what 1 and 5 mean.
type SurveyQuestion struct {
	ID      string `json:"id"`
	Text    Text   `json:"text"`
	Kind    string `json:"kind"`
	Choices []Text `json:"choices"`
	Low     Text   `json:"low"`
	High    Text   `json:"high"`
}

// SurveyAnswers are one person's. The page makes Request once, so that a repeated call
// leaves nothing more.
type SurveyAnswers struct {
	Request  string         `json:"request"`
	Survey   string         `json:"survey"`
	Answers  []SurveyAnswer `json:"answers"`
	Language string         `json:"language"`
}

// SurveyAnswer is what was chosen of a question: places of the choices from 0, or the step of a scale.
type SurveyAnswer struct {
	Question string `json:"question"`
	Chosen   []int  `json:"chosen"`
}

func (k *Kiosk) today() string { return string(hall.DateOf(k.m.hallNow())) }

// Reading lists what there is to read; what is over is not in it.
func (k *Kiosk) Reading() ReadingPage {
	k.visited(true)
	e := k.m.Guides.Now()
	out := ReadingPage{Columns: []Column{}, Notices: []ReadCard{}, Sections: []ReadCard{}, Surveys: []ReadCard{}, Date: dateOf(e.ReadingMS), Sample: e.Reading.Sample}
	for _, c := range e.Reading.Columns {
		if list := e.Reading.In(c.ID); len(list) > 0 {
			out.Columns = append(out.Columns, Column{ID: c.ID, Name: text(c.Name, c.NameEn), Policies: len(list), Newest: policyCard(list[0])})
		}
	}
	for _, n := range e.Reading.NoticesOn(k.today()) {
		out.Notices = append(out.Notices, noticeCard(n))
	}
	for i := range e.Reading.Sections {
		out.Sections = append(out.Sections, sectionCard(&e.Reading.Sections[i]))
	}
	for _, s := range e.Reading.SurveysOn(k.today()) {
		out.Surveys = append(out.Surveys, surveyCard(s))
	}
	return out
}

func policyCard(p *reading.Policy) ReadCard {
	return ReadCard{ID: p.ID, Title: text(p.Title, p.TitleEn), Department: p.Department, Date: p.Date}
}

func noticeCard(n *reading.Notice) ReadCard {
	return ReadCard{ID: n.ID, Title: text(n.Title, n.TitleEn), Department: n.Department, Date: n.Date}
}

func sectionCard(s *reading.Section) ReadCard {
	return ReadCard{ID: s.ID, Title: text(s.Title, s.TitleEn)}
}

func surveyCard(s *reading.Survey) ReadCard {
	return ReadCard{ID: s.ID, Title: text(s.Title, s.TitleEn), Questions: len(s.Questions)}
}

// Policies lists the policies of a column, the newest first.
func (k *Kiosk) Policies(column string) []ReadCard {
	k.visited(true)
	out := []ReadCard{}
	for _, p := range k.m.Guides.Now().Reading.In(column) {
		out = append(out, policyCard(p))
	}
	return out
}

// Policy gives a policy. Items that the catalogue has not are left out. Refusal: NotPublished.
func (k *Kiosk) Policy(id string) (PolicyPage, error) {
	k.visited(true)
	guides := k.m.Guides.Now()
	p, ok := guides.Reading.Policy(id)
	if !ok {
		return PolicyPage{}, event.NotPublished
	}
	out := PolicyPage{Card: policyCard(p), Number: p.Number, Points: p.Points, Interpretation: []QA{}, Items: []ItemCard{}}
	for _, q := range p.Interpretation {
		out.Interpretation = append(out.Interpretation, QA(q))
	}
	for _, code := range p.Items {
		if i, ok := guides.Item(code); ok {
			out.Items = append(out.Items, k.m.card(i))
		}
	}
	return out, nil
}

// Announcement gives a notice that is shown today. Refusal: NotPublished.
func (k *Kiosk) Announcement(id string) (TextPage, error) {
	k.visited(true)
	for _, n := range k.m.Guides.Now().Reading.NoticesOn(k.today()) {
		if n.ID == id {
			return TextPage{Card: noticeCard(n), Paragraphs: n.Paragraphs}, nil
		}
	}
	return TextPage{}, event.NotPublished
}

// Disclosure gives a section of the disclosure guide. Refusal: NotPublished.
func (k *Kiosk) Disclosure(id string) (TextPage, error) {
	k.visited(true)
	list := k.m.Guides.Now().Reading.Sections
	for i := range list {
		if list[i].ID != id {
			continue
		}
		out := TextPage{Card: sectionCard(&list[i]), Paragraphs: list[i].Paragraphs}
		if i+1 < len(list) {
			out.Next = sectionCard(&list[i+1])
		}
		return out, nil
	}
	return TextPage{}, event.NotPublished
}

// Survey gives a survey that can be answered today. Refusal: NotPublished.
func (k *Kiosk) Survey(id string) (SurveyPage, error) {
	k.visited(true)
	s, ok := k.survey(id)
	if !ok {
		return SurveyPage{}, event.NotPublished
	}
	out := SurveyPage{Card: surveyCard(s), Questions: []SurveyQuestion{}}
	for _, q := range s.Questions {
		row := SurveyQuestion{ID: q.ID, Text: text(q.Text, q.TextEn), Kind: string(q.Kind), Choices: []Text{}, Low: text(q.Low, q.LowEn), High: text(q.High, q.HighEn)}
		for _, c := range q.Choices {
			row.Choices = append(row.Choices, text(c.Text, c.TextEn))
		}
		out.Questions = append(out.Questions, row)
	}
	return out, nil
}

func (k *Kiosk) survey(id string) (*reading.Survey, bool) {
	for _, s := range k.m.Guides.Now().Reading.SurveysOn(k.today()) {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}

// AnswerSurvey leaves somebody's answers, without a name; a question that they passed over
// is not in them. A repeated request leaves nothing more. Refusals: NotPublished,
// RequestUnusable, DiskFull, NotSaved.
func (k *Kiosk) AnswerSurvey(r SurveyAnswers) error {
	k.visited(true)
	s, ok := k.survey(r.Survey)
	if !ok {
		return event.NotPublished
	}
	if r.Request == "" || len(r.Request) > 64 || len(r.Answers) == 0 {
		return event.RequestUnusable
	}
	fact := feedback.Survey{Hall: k.m.Hall, Survey: s.ID, Language: "zh", AtMS: k.m.hallNow()}
	if r.Language == "en" {
		fact.Language = "en"
	}
	seen := map[string]bool{}
	for _, a := range r.Answers {
		q, ok := s.Question(a.Question)
		if !ok || seen[a.Question] || !q.Takes(a.Chosen) {
			return event.RequestUnusable
		}
		seen[a.Question] = true
		fact.Answers = append(fact.Answers, feedback.Answer{Question: a.Question, Chosen: a.Chosen})
	}
	return k.leave("survey:"+r.Request, feedback.KindSurvey, fact)
}
