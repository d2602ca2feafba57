// Package reading is what the centre publishes to be read: policies with their
// interpretation, notices, the disclosure guide, and surveys. It reads and checks the files;
// who reads, what is in force, and who answers a survey, it does not know.
package reading

import (
	"slices"

	"onewindow/app/guide"
)

// Edition is all that there is to read at one time. An empty one has nothing.
type Edition struct {
	// Columns are in the order of the file. Policies and Notices have the newest first.
	Columns  []Column
	Policies []Policy
	Notices  []Notice
	// Sections are the disclosure guide (依申请公开指南).
	Sections []Section
	Surveys  []Survey
	// Sample tells that one of the files says of itself that it is not official.
	Sample bool
}

// Column is a heading under which policies stand (专栏).
type Column struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
}

// Policy is a document in short: what it says, and what people ask about it.
type Policy struct {
	ID         string `json:"id"`
	Column     string `json:"column"`
	Title      string `json:"title"`
	TitleEn    string `json:"title_en"`
	Department string `json:"department"`
	// Number is the document's (文号), Date when it was issued, "2026-11-27".
	Number string   `json:"number"`
	Date   string   `json:"date"`
	Points []string `json:"points"`
	// Interpretation are questions with their answers (政策解读).
	Interpretation []QA `json:"interpretation"`
	// Items are the codes of what can be applied for because of it.
	Items []guide.Code `json:"items"`
}

// QA is a question with its answer.
type QA struct {
	Q string `json:"q"`
	A string `json:"a"`
}

// Notice is shown from Date to Until, the last day included.
type Notice struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	TitleEn    string   `json:"title_en"`
	Department string   `json:"department"`
	Date       string   `json:"date"`
	Until      string   `json:"until"`
	Paragraphs []string `json:"paragraphs"`
}

// Section is a part of the disclosure guide.
type Section struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	TitleEn    string   `json:"title_en"`
	Paragraphs []string `json:"paragraphs"`
}

// Survey asks a few questions until its last day. Nobody can write words into it, so that
// nothing personal gets in.
type Survey struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	TitleEn   string     `json:"title_en"`
	Until     string     `json:"until"`
	Questions []Question `json:"questions"`
}

// Question is one of a survey. English is empty where the centre has written none.
type Question struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	TextEn  string   `json:"text_en"`
	Kind    Kind     `json:"kind"`
	Choices []Choice `json:"choices"`
	// Low and High say what 1 and 5 of a scale are.
	Low    string `json:"low"`
	LowEn  string `json:"low_en"`
	High   string `json:"high"`
	HighEn string `json:"high_en"`
}

// Choice is an answer that can be chosen.
type Choice struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	TextEn string `json:"text_en"`
}

// Kind says how a question is answered.
type Kind string

// The kinds of questions: one of the choices, any of them, or a number from 1 to 5.
const (
	One     Kind = "one"
	Several Kind = "several"
	Scale   Kind = "scale"
)

// scaleMost is the last step of a scale; the first is 1.
const scaleMost = 5

// Option is what can be chosen: the place of a choice from 0, or a step of a scale.
type Option struct {
	Place int
	// Text is empty for a step between the ends of a scale.
	Text string
}

// Options are what can be chosen, in order.
func (q Question) Options() (out []Option) {
	if q.Kind == Scale {
		for n := 1; n <= scaleMost; n++ {
			out = append(out, Option{Place: n})
		}
		out[0].Text, out[scaleMost-1].Text = q.Low, q.High
		return out
	}
	for n, c := range q.Choices {
		out = append(out, Option{n, c.Text})
	}
	return out
}

// Takes tells whether somebody can have chosen these places of the choices, from 0, or this
// step of a scale: something is chosen, nothing twice, and several only where that may be.
func (q Question) Takes(chosen []int) bool {
	options := q.Options()
	for n, c := range chosen {
		if !slices.ContainsFunc(options, func(o Option) bool { return o.Place == c }) || slices.Contains(chosen[:n], c) {
			return false
		}
	}
	return len(chosen) == 1 || len(chosen) > 1 && q.Kind == Several
}

// Question finds a question by its id.
func (s *Survey) Question(id string) (Question, bool) {
	i := slices.IndexFunc(s.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return s.Questions[i], true
}

// Empty tells that there is nothing to read on a day, "2026-11-27".
func (e *Edition) Empty(day string) bool {
	return len(e.Policies) == 0 && len(e.Sections) == 0 && len(e.NoticesOn(day)) == 0 && len(e.SurveysOn(day)) == 0
}

// In gives the policies of a column, the newest first.
func (e *Edition) In(column string) (out []*Policy) {
	for i := range e.Policies {
		if e.Policies[i].Column == column {
			out = append(out, &e.Policies[i])
		}
	}
	return out
}

// Policy finds a policy by its id.
func (e *Edition) Policy(id string) (*Policy, bool) {
	i := slices.IndexFunc(e.Policies, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &e.Policies[i], true
}

// NoticesOn gives the notices that are shown on a day, the newest first.
func (e *Edition) NoticesOn(day string) (out []*Notice) {
	for i := range e.Notices {
		if n := &e.Notices[i]; n.Date <= day && day <= n.Until {
			out = append(out, n)
		}
	}
	return out
}

// SurveysOn gives the surveys that can be answered on a day.
func (e *Edition) SurveysOn(day string) (out []*Survey) {
	for i := range e.Surveys {
		if s := &e.Surveys[i]; day <= s.Until {
			out = append(out, s)
		}
	}
	return out
}
