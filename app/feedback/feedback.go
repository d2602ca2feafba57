// Package feedback is what citizens leave for the staff at a kiosk: a question that no
// guide answers, the answers to a survey, and how a visit was, with what follows a bad
// rating. It is pure, names no person in clear, and keeps numbers that could name one out
// of what is written.
package feedback

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Kinds of this package. They go up to the centre and to no other terminal.
const (
	KindQuestion event.Kind = "question.left"
	KindSurvey   event.Kind = "survey.answered"
)

// Bounds of what is left: characters of a question, questions of a survey and choices of
// each, bytes of a name.
const (
	QuestionMost = 120
	answersMost  = 40
	chosenMost   = 20
	nameMost     = 60
)

// Question is a question in a citizen's words, as Clean leaves them.
type Question struct {
	Hall     hall.ID `json:"hall"`
	Text     string  `json:"text"`
	Language string  `json:"language"`
	AtMS     int64   `json:"at_ms"`
}

// Survey is one person's answers to a survey. Language is the one they read it in.
type Survey struct {
	Hall     hall.ID  `json:"hall"`
	Survey   string   `json:"survey"`
	Answers  []Answer `json:"answers"`
	Language string   `json:"language"`
	AtMS     int64    `json:"at_ms"`
}

// Answer is what was chosen of a survey's question: the places of the choices, from 0. Of
// a scale it is one number, the step itself.
type Answer struct {
	Question string `json:"question"`
	Chosen   []int  `json:"chosen"`
}

// ErrNotOurs says that an event is not a usable fact of this package.
var ErrNotOurs = errors.New("nothing that a citizen has left")

// Read decodes what an event of this package tells, a Question, a Survey, or a fact of a
// rating; nil for every other kind. Errors wrap ErrNotOurs.
func Read(e event.Event) (any, error) {
	switch e.Kind {
	case KindQuestion:
		return read(e, func(q Question) bool {
			return q.Hall != "" && q.Text != "" && utf8.RuneCountInString(q.Text) <= QuestionMost
		})
	case KindSurvey:
		return read(e, Survey.usable)
	case KindRated:
		return read(e, Rating.usable)
	case KindAnswered:
		return read(e, AnsweredRating.usable)
	case KindChecked:
		return read(e, CheckedRating.usable)
	case KindRead:
		return read(e, OpenedRating.usable)
	}
	return nil, nil
}

func read[T any](e event.Event, usable func(T) bool) (any, error) {
	var fact T
	if err := json.Unmarshal(e.Payload, &fact); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if !usable(fact) {
		return nil, fmt.Errorf("%w: %s lacks something or is too long", ErrNotOurs, e.ID)
	}
	return fact, nil
}

func (s Survey) usable() bool {
	if s.Hall == "" || s.Survey == "" || len(s.Survey) > nameMost || len(s.Answers) == 0 || len(s.Answers) > answersMost {
		return false
	}
	seen := map[string]bool{}
	for _, a := range s.Answers {
		if a.Question == "" || len(a.Question) > nameMost || seen[a.Question] || len(a.Chosen) == 0 || len(a.Chosen) > chosenMost {
			return false
		}
		seen[a.Question] = true
		if sorted := slices.Sorted(slices.Values(a.Chosen)); sorted[0] < 0 || len(slices.Compact(sorted)) < len(a.Chosen) {
			return false
		}
	}
	return true
}

// numberLeast is how many digits in a row may belong to a person, a company or a phone.
const numberLeast = 6

// hidden stands in the place of a number.
const hidden = "***"

// Clean gives a question as it may be kept: in one line, without numbers of six digits or
// more, which could name a person, and no longer than QuestionMost. Empty says that nothing is left of it.
func Clean(text string) string {
	text = strings.Join(strings.Fields(strings.Map(plain, text)), " ")
	var out strings.Builder
	for len(text) > 0 {
		n, digits := number(text)
		switch {
		case digits >= numberLeast:
			out.WriteString(hidden)
		case n == 0:
			_, n = utf8.DecodeRuneInString(text)
			fallthrough
		default:
			out.WriteString(text[:n])
		}
		text = text[n:]
	}
	if runes := []rune(out.String()); len(runes) > QuestionMost {
		return strings.TrimSpace(string(runes[:QuestionMost]))
	}
	return out.String()
}

// plain makes wide characters of ASCII narrow and drops what cannot be printed.
func plain(r rune) rune {
	switch {
	case r >= '！' && r <= '～' && (unicode.IsDigit(r) || unicode.IsLetter(r) || r == '－'):
		return r - '！' + '!'
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r):
		return -1
	}
	return r
}

// number gives how many bytes at the beginning of a text are a number with whatever
// separates its groups, and how many digits it has; the X of a check digit belongs to it.
func number(text string) (bytes, digits int) {
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
			bytes = i + utf8.RuneLen(r)
		case digits > 0 && strings.ContainsRune("- .·_", r):
		case digits >= numberLeast && (r == 'x' || r == 'X'):
			return i + 1, digits
		default:
			return bytes, digits
		}
	}
	return bytes, digits
}
