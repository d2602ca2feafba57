package reading

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/guide"
)

// The files of an edition. Any of them may be missing.
const (
	FilePolicies   = "policies.json"
	FileNotices    = "notices.json"
	FileDisclosure = "disclosure.json"
	FileSurveys    = "surveys.json"
)

// FileNames are all of them.
var FileNames = []string{FilePolicies, FileNotices, FileDisclosure, FileSurveys}

// Files gathers those that are there with read, which is given a name and gives nothing
// where there is no such file.
func Files(read func(name string) ([]byte, error)) (map[string][]byte, error) {
	files := map[string][]byte{}
	var wrong []error
	for _, name := range FileNames {
		text, err := read(name)
		if err != nil {
			wrong = append(wrong, err)
		} else if text != nil {
			files[name] = text
		}
	}
	return files, errors.Join(wrong...)
}

// Parse reads an edition and checks it whole. The error joins a *guide.Fault for everything
// that is wrong; there is no edition then, so that the one in use stays. Fields that it does
// not know are let pass: a newer centre may have written them.
func Parse(files map[string][]byte) (*Edition, error) { return parse(files, false) }

// Check is Parse for what has not been published yet. A field that is not known is a field
// whose name was mistyped.
func Check(files map[string][]byte) (*Edition, error) { return parse(files, true) }

func parse(files map[string][]byte, strict bool) (*Edition, error) {
	e := &Edition{}
	var wrong []error
	for _, name := range FileNames {
		if text, ok := files[name]; ok {
			d := document{name: name, text: bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), strict: strict}
			d.read(e)
			wrong = append(wrong, d.wrong...)
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	slices.SortStableFunc(e.Policies, func(a, b Policy) int { return cmp.Compare(b.Date, a.Date) })
	slices.SortStableFunc(e.Notices, func(a, b Notice) int { return cmp.Compare(b.Date, a.Date) })
	return e, nil
}

// read reads the lists that belong to a file.
func (d *document) read(e *Edition) {
	var top map[string]json.RawMessage
	if !d.decode(d.text, 0, &top) {
		return
	}
	if meta, ok := top["meta"]; ok {
		var head struct {
			Sample bool `json:"sample"`
		}
		if d.decode(meta, d.find(meta), &head) && head.Sample {
			e.Sample = true
		}
		delete(top, "meta")
	}
	switch d.name {
	case FilePolicies:
		e.Columns = list(d, top, "columns", checkColumn)
		e.Policies = list(d, top, "policies", func(x entry, p *Policy) string { return checkPolicy(x, p, e.Columns) })
	case FileNotices:
		e.Notices = list(d, top, "notices", checkNotice)
	case FileDisclosure:
		e.Sections = list(d, top, "sections", checkSection)
	case FileSurveys:
		e.Surveys = list(d, top, "surveys", checkSurvey)
	}
	for _, name := range slices.Sorted(maps.Keys(top)) {
		d.unknown(0, "", name)
	}
}

// Recounted gives a *guide.Fault for each survey that goes on under its id with other
// questions than before: answers are places of choices, and would be counted as answers to
// something else. Choices and questions may be added behind the others, words be corrected.
func (e *Edition) Recounted(before *Edition) (out []error) {
	for _, s := range e.Surveys {
		i := slices.IndexFunc(before.Surveys, func(b Survey) bool { return b.ID == s.ID })
		if i < 0 {
			continue
		}
		for _, old := range before.Surveys[i].Questions {
			if q, ok := s.Question(old.ID); ok && !q.continues(old) {
				out = append(out, &guide.Fault{Kind: guide.FaultValue, File: FileSurveys, Item: s.ID, Field: "questions." + q.ID,
					Problem: "its kind or the order of its choices is not that of the survey in force, whose answers are counted", Advice: "put it back, or give the survey another id"})
			}
		}
	}
	return out
}

func (q Question) continues(old Question) bool {
	ids := func(list []Choice) (out []string) {
		for _, c := range list {
			out = append(out, c.ID)
		}
		return out
	}
	had, has := ids(old.Choices), ids(q.Choices)
	return q.Kind == old.Kind && len(has) >= len(had) && slices.Equal(has[:len(had)], had)
}

// Unknown gives a *guide.Fault for each item that a policy leads to and the catalogue has not.
func (e *Edition) Unknown(c *guide.Catalogue) (out []error) {
	for _, p := range e.Policies {
		for i, code := range p.Items {
			if _, ok := c.Item(code); !ok {
				out = append(out, &guide.Fault{Kind: guide.FaultUnknown, File: FilePolicies, Item: p.ID, Field: fmt.Sprintf("items[%d]", i),
					Problem: fmt.Sprintf("the catalogue has no item %q", code), Advice: "correct the code or take it out"})
			}
		}
	}
	return out
}
