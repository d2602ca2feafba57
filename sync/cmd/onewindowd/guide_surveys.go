package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"onewindow/app/feedback"
	"onewindow/app/reading"
	"onewindow/app/store"
	"onewindow/sync/node"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

type guideSurveys struct {
	Data string `required:"" help:"Data folder of the centre or a hub; the program may be running." type:"existingdir"`
}

// counted is a survey with what was chosen. People counts those who answered at least one
// question of it.
type counted struct {
	Survey    string            `json:"survey"`
	Title     string            `json:"title,omitempty"`
	People    int               `json:"people"`
	Questions []countedQuestion `json:"questions"`
}

// countedQuestion is a question with its choices in order. One that is not published any
// more has no words.
type countedQuestion struct {
	Question string          `json:"question"`
	Text     string          `json:"text,omitempty"`
	Answers  int             `json:"answers"`
	Choices  []countedChoice `json:"choices"`
}

type countedChoice struct {
	// Choice is the place of the choice from 0, of a scale the step.
	Choice int    `json:"choice"`
	Text   string `json:"text,omitempty"`
	Times  int    `json:"times"`
}

// Run prints a line of JSON for each survey that was answered or is published from this
// folder, in order of its id.
func (c *guideSurveys) Run() error {
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	list, err := store.Surveys(context.Background(), path)
	if err != nil {
		return fmt.Errorf("read the answers in %s: %w", path, err)
	}
	published, err := readingIn(c.Data)
	if err != nil {
		return err
	}
	surveys := map[string]*reading.Survey{}
	for i := range published.Surveys {
		surveys[published.Surveys[i].ID] = &published.Surveys[i]
	}
	answers := map[string][]feedback.Survey{}
	for _, a := range list {
		answers[a.Survey] = append(answers[a.Survey], a)
		if surveys[a.Survey] == nil {
			surveys[a.Survey] = &reading.Survey{ID: a.Survey}
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, id := range slices.Sorted(maps.Keys(surveys)) {
		if err := out.Encode(count(surveys[id], answers[id])); err != nil {
			return fmt.Errorf("print a survey: %w", err)
		}
	}
	return nil
}

// count counts what was chosen, with the words that the survey has.
func count(s *reading.Survey, answers []feedback.Survey) counted {
	out := counted{Survey: s.ID, Title: s.Title, People: len(answers), Questions: []countedQuestion{}}
	for _, q := range s.Questions {
		row := countedQuestion{Question: q.ID, Text: q.Text}
		for _, c := range q.Options() {
			row.Choices = append(row.Choices, countedChoice{Choice: c.Place, Text: c.Text})
		}
		out.Questions = append(out.Questions, row)
	}
	for _, a := range answers {
		for _, x := range a.Answers {
			at := slices.IndexFunc(out.Questions, func(q countedQuestion) bool { return q.Question == x.Question })
			if at < 0 {
				out.Questions = append(out.Questions, countedQuestion{Question: x.Question})
				at = len(out.Questions) - 1
			}
			out.Questions[at].add(x.Chosen)
		}
	}
	return out
}

// add counts one person's answer.
func (q *countedQuestion) add(chosen []int) {
	q.Answers++
	for _, c := range chosen {
		at, known := slices.BinarySearchFunc(q.Choices, c, func(x countedChoice, c int) int { return x.Choice - c })
		if !known {
			q.Choices = slices.Insert(q.Choices, at, countedChoice{Choice: c})
		}
		q.Choices[at].Times++
	}
}

// readingIn gives what there is to read that is in force in a data folder, the shipped
// sample where nothing was published.
func readingIn(data string) (*reading.Edition, error) {
	s, err := shelf.Open(shelf.Options{Data: data})
	if err != nil {
		return nil, err
	}
	if s.Bundle().Version == 0 {
		return reading.Shipped()
	}
	files, err := s.Files(wire.KindReading)
	if err != nil {
		return nil, err
	}
	return reading.Parse(files)
}
