package guide

import (
	"bytes"
	"fmt"
)

// FileNames is a file that a catalogue may have besides the others: the items of which
// a district has no guide yet. Each line is a JSON object with name, department and
// item_code, as the lists of a province have them.
const FileNames = "names.jsonl"

// mostBareCode is the longest code of a bare item: those of the provinces have 55 characters.
const mostBareCode = 64

// Bare tells whether only name, department and code of an item are known. It is found
// by its name, but has no area: no ticket is given out for it and nothing is taken in.
func (i *Item) Bare() bool { return i.Letter == "" }

// ParseNames reads a FileNames alone, as a catalogue that can be searched and has
// no hall, area or guide. On the first thing wrong it gives a *Fault.
func ParseNames(text []byte) (*Catalogue, error) {
	text, fault := readable(FileNames, text)
	if fault != nil {
		return nil, fault
	}
	b := builder{cat: newCatalogue()}
	for place, p := range nameParts(text) {
		if f := b.item(place, p); f != nil {
			return nil, f
		}
	}
	return b.cat, nil
}

// nameParts cuts the file into its lines.
func nameParts(text []byte) (out []part) {
	start := 0
	for line := range bytes.Lines(text) {
		if body := bytes.TrimSpace(line); len(body) > 0 {
			out = append(out, part{file: FileNames, whole: text, start: start + bytes.Index(line, body), body: body})
		}
		start += len(line)
	}
	return out
}

// bare reads, checks and adds a line of FileNames.
func (b *builder) bare(place int, p part) *Fault {
	var line struct {
		Name       string `json:"name"`
		Department string `json:"department"`
		Code       Code   `json:"item_code"`
	}
	if f := decode(p.file, p.whole, p.body, p.start, &line); f != nil {
		return f
	}
	i := &Item{Code: line.Code, Name: line.Name, Department: line.Department}
	if !validBareCode(string(i.Code)) {
		return p.fault(FaultCode, string(i.Code), "item_code", fmt.Sprintf("a code has 1 to %d digits, letters and hyphens", mostBareCode), "correct the code")
	}
	if first, twice := b.cat.byCode[i.Code]; twice {
		return p.fault(FaultDuplicate, string(i.Code), "item_code", fmt.Sprintf("the code is already used by %q", first.Name), "give one of them its own code")
	}
	if i.Name == "" {
		return p.fault(FaultValue, string(i.Code), "name", "the item has no name", "fill it in")
	}
	b.add(i, place, p)
	return nil
}

func validBareCode(code string) bool {
	for _, c := range code {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return code != "" && len(code) <= mostBareCode
}
