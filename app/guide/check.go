package guide

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Severity tells what follows from a finding.
type Severity string

// An error keeps a catalogue from being published; a warning is for a person to judge.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Finding is one thing wrong with an item. Path is the place within it, such as
// "materials[7].name"; Zh and En say what is wrong and what to do. File is the
// name that Check was given and Line, from 1, where the item begins there.
type Finding struct {
	Code     Code     `json:"code"`
	Rule     string   `json:"rule"`
	Path     string   `json:"path"`
	Severity Severity `json:"severity"`
	Zh       string   `json:"zh"`
	En       string   `json:"en"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
}

// Count gives the number of errors and of warnings among findings.
func Count(found []Finding) (wrong, doubtful int) {
	for _, f := range found {
		if f.Severity == SeverityError {
			wrong++
		} else {
			doubtful++
		}
	}
	return wrong, doubtful
}

// File is a file of items for Check: {"meta": ..., "items": [...]}, a list of
// items, or one item a line.
type File struct {
	Name string
	Body []byte
}

// Check lists all that is wrong with the items of files, in the order of files, items
// and rules. It leans on halls.json and datasets.json. Parse takes what Check finds
// no error in, if its files name an edition; but where Parse ends at the first
// fault, a field of the wrong type is one finding here. The error has a *Fault for
// each file that cannot be read; the findings of the others are given all the same.
func Check(halls, dataSets File, files ...File) ([]Finding, error) {
	cat, fault := surroundings(halls, dataSets)
	if fault != nil {
		return nil, fault
	}
	var out []Finding
	var faults []error
	items := 0
	for _, f := range files {
		parts, fault := entries(f.Name, f.Body)
		if fault != nil {
			faults = append(faults, fault)
		}
		for n, p := range parts {
			out = append(out, placed(checkOne(cat, fmt.Sprintf("items[%d]", n), p), p)...)
		}
		items += len(parts)
	}
	if items == 0 && faults == nil && len(files) > 0 {
		return nil, &Fault{Kind: FaultEmpty, File: files[0].Name, Field: "items", Problem: "there is not one item", Advice: adviceCopy}
	}
	return out, errors.Join(faults...)
}

// placed notes where the item of findings begins.
func placed(found []Finding, p part) []Finding {
	if len(found) == 0 {
		return nil
	}
	at := p.fault("", "", "", "", "")
	for n := range found {
		found[n].File, found[n].Line = at.File, at.Line
	}
	return found
}

// surroundings makes a catalogue of halls, areas and data sets without items.
func surroundings(halls, dataSets File) (*Catalogue, *Fault) {
	b := builder{cat: newCatalogue()}
	for _, read := range []struct {
		file File
		into func([]byte) *Fault
	}{{halls, b.halls}, {dataSets, b.dataSets}} {
		text, f := readable(read.file.Name, read.file.Body)
		if f == nil {
			f = read.into(text)
		}
		if f != nil {
			f.File = read.file.Name
			return nil, f
		}
	}
	return b.cat, nil
}

// entries takes the items out of a file of one of the forms of File.
func entries(file string, text []byte) ([]part, *Fault) {
	text, f := readable(file, text)
	if f != nil {
		return nil, f
	}
	first, _, more := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	var top map[string]json.RawMessage
	switch {
	case first[0] == '[':
		return list(file, text, text)
	case json.Unmarshal(first, &top) == nil && top["items"] == nil && (more || top["code"] != nil):
		return oneALine(file, text)
	}
	_, parts, f := split(file, text)
	return parts, f
}

// oneALine reads items that have a line each.
func oneALine(file string, text []byte) (out []part, _ *Fault) {
	at := 0
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) > 0 {
			var body json.RawMessage
			if f := decode(file, text, line, at, &body); f != nil {
				return nil, f
			}
			out = append(out, part{file: file, whole: text, start: at, body: line})
		}
		at += len(line)
	}
	return out, nil
}

// draft is an item as somebody wrote it: also with what the program does not keep.
type draft struct {
	Item
	// SaidRunOnce is what the file says where it says it: Item.RunOnce follows from
	// the visits, and no second list of it is kept.
	SaidRunOnce *bool `json:"run_once"`
}

// checkOne gives the findings of one item, and notes its code in cat.
func checkOne(cat *Catalogue, place string, p part) (out []Finding) {
	d := &draft{}
	var broken []string
	add := func(r *rule, path, zh, en string) {
		out = append(out, Finding{Code: d.Code, Rule: r.id, Path: path, Severity: r.severity, Zh: zh + ";" + r.zh, En: en + "; " + r.en})
	}
	// What fits is in the draft even where something does not.
	if err := json.Unmarshal(p.body, d); err != nil {
		misfits("", p.body, mold{whole: func() any { return &draft{} }}, func(path string, f *Fault) {
			if path == "" {
				path = place
			}
			broken = append(broken, path)
			add(&wrongType, path, "数据类型不对:"+f.Problem, f.Problem)
		})
	}
	if !bytes.HasPrefix(bytes.TrimSpace(p.body), []byte("{")) {
		if broken == nil { // null is no item, though it fits everywhere
			add(&wrongType, place, "此处不是事项", "this is no item")
		}
		return out
	}
	for _, r := range rules {
		reads := strings.Fields(r.reads)
		if slices.ContainsFunc(broken, func(b string) bool { return slices.ContainsFunc(reads, func(s string) bool { return overlap(b, s) }) }) {
			continue // what it would compare is not known
		}
		r.find(cat, d, func(path, zh, en string, args ...any) {
			if !slices.ContainsFunc(broken, func(b string) bool { return overlap(b, path) }) {
				add(&r, path, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
			}
		})
	}
	cat.byCode[d.Code] = &d.Item
	return out
}

// overlap tells whether two paths are the same or one is within the other.
func overlap(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, within := strings.CutPrefix(b, a)
	return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// mold makes what a JSON value has to fit into: the whole, and where that is a list one element.
type mold struct{ whole, element func() any }

// molds are the fields of an item that are looked into.
var molds = map[string]mold{
	"materials": {func() any { return &[]Material{} }, func() any { return &Material{} }},
	"places":    {func() any { return &[]Place{} }, func() any { return &Place{} }},
	"faq":       {func() any { return &[]FAQ{} }, func() any { return &FAQ{} }},
	"hours":     {whole: func() any { return &Hours{} }},
	"fee":       {whole: func() any { return &Fee{} }},
	"online":    {whole: func() any { return &Online{} }},
}

// misfits names every field of a JSON value that does not fit, each once:
// encoding/json tells only the first one.
func misfits(path string, raw []byte, m mold, tell func(path string, f *Fault)) {
	fault := decode("", raw, raw, 0, m.whole())
	if fault == nil {
		return
	}
	told := false
	note := func(path string, f *Fault) { told = true; tell(path, f) }
	var fields map[string]json.RawMessage
	var elements []json.RawMessage
	switch {
	case m.element != nil && json.Unmarshal(raw, &elements) == nil:
		for n, e := range elements {
			misfits(fmt.Sprintf("%s[%d]", path, n), e, mold{whole: m.element}, note)
		}
	case m.element == nil && json.Unmarshal(raw, &fields) == nil:
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			at := strings.TrimPrefix(path+"."+key, ".")
			if inner, ok := molds[key]; ok && path == "" {
				misfits(at, fields[key], inner, note)
			} else if one, err := encode(map[string]json.RawMessage{key: fields[key]}); err == nil {
				if f := decode("", one, one, 0, m.whole()); f != nil {
					note(at, f)
				}
			}
		}
	}
	if !told { // the value itself is of another kind, or a field stands there twice
		tell(strings.Trim(path+"."+fault.Field, "."), fault)
	}
}
