package reading

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"onewindow/app/guide"
)

const (
	adviceFill   = "fill it in"
	adviceShort  = "say it shorter"
	adviceDate   = "write a date like 2026-11-27"
	adviceRename = "correct its name or take it out"
)

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// document is a file that is being read, and everything that is wrong with it.
type document struct {
	name   string
	text   []byte
	strict bool
	wrong  []error
}

// find gives where a piece of the text begins.
func (d *document) find(piece []byte) int { return max(0, bytes.Index(d.text, piece)) }

// place gives the line and column of a byte of the text, counted from 1.
func (d *document) place(at int) (line, column int) {
	before := d.text[:min(at, len(d.text))]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}

// decode reads a piece of the text that begins at a byte of it.
func (d *document) decode(piece []byte, at int, v any) bool {
	err := guide.Decode(d.name, piece, v)
	var f *guide.Fault
	if errors.As(err, &f) && f.Line > 0 {
		line, column := d.place(at)
		if f.Line == 1 {
			f.Column += column - 1
		}
		f.Line += line - 1
	}
	if err != nil {
		d.wrong = append(d.wrong, err)
	}
	return err == nil
}

// unknown tells of a field that nobody reads, where that is wrong.
func (d *document) unknown(from int, id, name string) {
	if !d.strict {
		return
	}
	at := from + max(0, bytes.Index(d.text[from:], []byte(`"`+name+`"`)))
	entry{d, at, id}.fault(guide.FaultUnknown, name, "there is no field of this name", adviceRename)
}

// entry is one thing of a list; id names it in a fault.
type entry struct {
	d  *document
	at int
	id string
}

func (x entry) fault(kind guide.FaultKind, field, problem, advice string) {
	f := &guide.Fault{Kind: kind, File: x.d.name, Item: x.id, Field: field, Problem: problem, Advice: advice}
	f.Line, f.Column = x.d.place(x.at)
	x.d.wrong = append(x.d.wrong, f)
}

// list reads a list of the file, and takes it from top. check gives the id of what it has
// looked at, which may be there only once.
func list[T any](d *document, top map[string]json.RawMessage, name string, check func(x entry, v *T) string) (out []T) {
	body, ok := top[name]
	delete(top, name)
	if !ok {
		entry{d: d}.fault(guide.FaultShape, name, "the list is missing", "add it, empty where there is nothing")
		return nil
	}
	var bodies []json.RawMessage
	at := d.find(body)
	if !d.decode(body, at, &bodies) {
		return nil
	}
	seen := map[string]bool{}
	for i, one := range bodies {
		at += bytes.Index(d.text[at:], one)
		var v T
		before := len(d.wrong)
		if d.decode(one, at, &v) {
			x := entry{d, at, fmt.Sprintf("%s[%d]", name, i)}
			d.fields(x, one, &v)
			id := check(x, &v)
			if seen[id] && id != "" {
				entry{d, at, id}.fault(guide.FaultDuplicate, "id", fmt.Sprintf("%q is there twice", id), "give one of them another id")
			}
			seen[id] = true
		}
		if len(d.wrong) == before {
			out = append(out, v)
		}
		at += len(one)
	}
	return out
}

// fields finds a field, however deep, that the shape has not.
func (d *document) fields(x entry, body []byte, v any) {
	r := json.NewDecoder(bytes.NewReader(body))
	r.DisallowUnknownFields()
	if err := r.Decode(v); err != nil {
		_, name, _ := strings.Cut(err.Error(), "unknown field ")
		d.unknown(x.at, x.id, strings.Trim(name, `"`))
	}
}

// named takes the id of an entry as its name from here on.
func (x *entry) named(id string) string {
	if !idPattern.MatchString(id) {
		x.fault(guide.FaultValue, "id", fmt.Sprintf("%q cannot be an id", id), "write 1 to 40 small letters, digits and hyphens")
		return ""
	}
	x.id = id
	return id
}

// text holds a field to having words, and not too many characters.
func (x entry) text(field, value string, most int) {
	if strings.TrimSpace(value) == "" {
		x.fault(guide.FaultValue, field, "it is empty", adviceFill)
	}
	x.short(field, value, most)
}

func (x entry) short(field, value string, most int) {
	if n := utf8.RuneCountInString(value); n > most {
		x.fault(guide.FaultValue, field, fmt.Sprintf("%d characters are more than the %d that fit", n, most), adviceShort)
	}
}

// texts holds a list to having texts, and not too many.
func (x entry) texts(field string, values []string, mostValues, most int) {
	x.count(field, len(values), 1, mostValues)
	for i, v := range values {
		x.text(fmt.Sprintf("%s[%d]", field, i), v, most)
	}
}

func (x entry) count(field string, n, least, most int) {
	switch {
	case n < least:
		x.fault(guide.FaultEmpty, field, fmt.Sprintf("%d is too few", n), fmt.Sprintf("there have to be %d to %d", least, most))
	case n > most:
		x.fault(guide.FaultValue, field, fmt.Sprintf("%d are too many", n), fmt.Sprintf("there may be %d to %d", least, most))
	}
}

func (x entry) date(field, value string) bool {
	_, err := time.Parse(time.DateOnly, value)
	if err != nil {
		x.fault(guide.FaultValue, field, fmt.Sprintf("%q is no date", value), adviceDate)
	}
	return err == nil
}
