package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"onewindow/app/folder"
	"onewindow/app/guide"
)

// foundMost is how many items a search prints.
const foundMost = 5

type guideSearch struct {
	Catalogue string `required:"" help:"Folder with the catalogue's files." type:"path"`
	Queries   string `required:"" help:"File with a line of JSON for each query: {\"id\": \"1\", \"query\": \"护照\"}." type:"path"`
}

// Run prints a line of JSON for each query: its id, and the codes of the items found, the best first.
func (c *guideSearch) Run() error {
	type found struct {
		ID    json.RawMessage `json:"id"`
		Codes []guide.Code    `json:"codes"`
	}
	return answerLines(c.Catalogue, c.Queries, "query", func(x *guide.Index, id json.RawMessage, text string) any {
		f := found{ID: id, Codes: []guide.Code{}}
		for _, h := range x.Search(text, foundMost) {
			f.Codes = append(f.Codes, h.Code)
		}
		return f
	})
}

type guideAsk struct {
	Catalogue string `required:"" help:"Folder with the catalogue's files." type:"path"`
	Questions string `required:"" help:"File with a line of JSON for each question: {\"id\": \"1\", \"question\": \"护照多少钱\"}." type:"path"`
}

// Run prints a line of JSON for each question: its id, and the quote that answers it with
// the code of its item and the field of the guide, or that it is refused.
func (c *guideAsk) Run() error {
	type answer struct {
		ID      json.RawMessage `json:"id"`
		Code    guide.Code      `json:"code"`
		Field   guide.Field     `json:"field"`
		Refused bool            `json:"refused"`
		Answer  string          `json:"answer"`
		// More are further quotes of the same field, such as the other materials.
		More []string `json:"more,omitempty"`
	}
	return answerLines(c.Catalogue, c.Questions, "question", func(x *guide.Index, id json.RawMessage, text string) any {
		a := x.Ask(text)
		return answer{ID: id, Code: a.Code, Field: a.Field, Refused: a.Refused, Answer: a.Text, More: a.More}
	})
}

// answerLines prints an answer for the text in a field of each line of a file. All lines are
// read first: a file with a mistake is answered not at all.
func answerLines(folder, file, field string, answer func(x *guide.Index, id json.RawMessage, text string) any) error {
	catalogue, err := catalogueIn(folder)
	if err != nil {
		return err
	}
	lines, err := readLines(file, field)
	if err != nil {
		return err
	}
	x := guide.NewIndex(catalogue)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, l := range lines {
		if err := out.Encode(answer(x, l.id, l.text)); err != nil {
			return fmt.Errorf("print an answer: %w", err)
		}
	}
	return nil
}

// catalogueIn reads and checks the catalogue of a folder.
func catalogueIn(dir string) (*guide.Catalogue, error) {
	files, err := filesIn(dir)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue in %s: %w: name the folder with its files with --catalogue", dir, err)
	}
	c, err := guide.Parse(files)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue in %s: %w", dir, err)
	}
	return c, nil
}

func filesIn(dir string) (map[string][]byte, error) {
	return guide.Files(func(name string) ([]byte, error) { return folder.Read(filepath.Join(dir, name)) })
}

// line is one object of a file: its id as it was written, and the text of the one field wanted.
type line struct {
	id   json.RawMessage
	text string
}

// readLines reads a file with a JSON object on each line; empty lines count for nothing.
func readLines(file, field string) ([]line, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read what is asked: %w", err)
	}
	var out []line
	no := 0
	for text := range bytes.Lines(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))) {
		no++
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return nil, fmt.Errorf("%s line %d is no JSON object: %w", file, no, err)
		}
		l := line{id: object["id"]}
		var asked *string
		if err := json.Unmarshal(object[field], &asked); err != nil || asked == nil {
			return nil, fmt.Errorf(`%s line %d has no text %q: write it like {"id": "1", %q: "护照"}`, file, no, field, field)
		}
		l.text = *asked
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, errors.New(file + " is empty: write a line of JSON for each " + field)
	}
	return out, nil
}
