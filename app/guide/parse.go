package guide

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The files of a catalogue.
const (
	FileItems    = "items.json"
	FileStreet   = "street.json"
	FileHalls    = "halls.json"
	FileDataSets = "datasets.json"
)

var fileNames = []string{FileItems, FileStreet, FileHalls, FileDataSets}

// Files gathers the files of a catalogue with read, which is given a name and gives nothing
// where there is no such file. The error joins a *Fault for each that is missing; FileNames
// may be.
func Files(read func(name string) ([]byte, error)) (map[string][]byte, error) {
	files := map[string][]byte{}
	var wrong []error
	for _, name := range append(fileNames[:len(fileNames):len(fileNames)], FileNames) {
		text, err := read(name)
		switch {
		case err != nil:
			wrong = append(wrong, err)
		case text != nil:
			files[name] = text
		case name != FileNames:
			wrong = append(wrong, missing(name))
		}
	}
	return files, errors.Join(wrong...)
}

func missing(file string) *Fault {
	return &Fault{Kind: FaultMissing, File: file, Problem: "the file is missing", Advice: adviceCopy}
}

// Parse reads a catalogue from its four files, and from FileNames where there is one, and checks it whole. On the first
// thing wrong it gives a *Fault and no catalogue, so that the one in use stays.
// Fields and files that it does not know are let pass.
func Parse(files map[string][]byte) (*Catalogue, error) {
	b := builder{}
	var parts []part
	for _, name := range fileNames {
		text, ok := files[name]
		if !ok {
			return nil, missing(name)
		}
		text, fault := readable(name, text)
		if fault != nil {
			return nil, fault
		}
		if name != FileItems && name != FileStreet {
			b.documents = append(b.documents, Document{Name: name, Body: text})
			continue
		}
		rest, items, fault := split(name, text)
		if fault != nil {
			return nil, fault
		}
		b.documents = append(b.documents, Document{Name: name, Body: rest})
		parts = append(parts, items...)
	}
	if text, ok := files[FileNames]; ok {
		text, fault := readable(FileNames, text)
		if fault != nil {
			return nil, fault
		}
		parts = append(parts, nameParts(text)...)
	}
	c, fault := b.build(parts)
	if fault != nil {
		return nil, fault
	}
	return c, nil
}

// part is one item's JSON and where it stands.
type part struct {
	file  string
	whole []byte
	start int
	body  []byte
}

// fault starts a fault about the item.
func (p part) fault(kind FaultKind, item, field, problem, advice string) *Fault {
	f := &Fault{Kind: kind, File: p.file, Item: item, Field: field, Problem: problem, Advice: advice}
	return f.at(p.whole, p.start)
}

// split takes the list of items out of an item file and gives what is left.
func split(file string, text []byte) (rest []byte, items []part, _ *Fault) {
	var top map[string]json.RawMessage
	if f := decode(file, text, text, 0, &top); f != nil {
		return nil, nil, f
	}
	bodies, ok := top["items"]
	if !ok {
		f := &Fault{Kind: FaultShape, File: file, Field: "items", Problem: "there is no list of items", Advice: adviceCopy}
		return nil, nil, f.at(text, 0)
	}
	items, f := list(file, text, bodies)
	if f != nil {
		return nil, nil, f
	}
	delete(top, "items")
	rest, err := encode(top)
	if err != nil {
		return nil, nil, &Fault{Kind: FaultSyntax, File: file, Problem: err.Error(), Advice: adviceCopy}
	}
	return rest, items, nil
}

// list takes a list of items apart, which is a piece of text.
func list(file string, text, piece []byte) (items []part, _ *Fault) {
	var bodies []json.RawMessage
	at := bytes.Index(text, piece)
	if f := decode(file, text, piece, at, &bodies); f != nil {
		f.Field = "items"
		return nil, f
	}
	for _, body := range bodies {
		at += bytes.Index(text[at:], body)
		items = append(items, part{file: file, whole: text, start: at, body: body})
		at += len(body)
	}
	return items, nil
}

// builder puts a catalogue together from documents and items.
type builder struct {
	documents []Document
	cat       *Catalogue
}

func newCatalogue() *Catalogue {
	return &Catalogue{byCode: map[Code]*Item{}, hallAreas: map[HallID][]HallArea{}}
}

func (b *builder) build(parts []part) (*Catalogue, *Fault) {
	b.cat = newCatalogue()
	slices.SortFunc(b.documents, func(x, y Document) int { return strings.Compare(x.Name, y.Name) })
	if f := b.halls(b.document(FileHalls)); f != nil {
		return nil, f
	}
	if f := b.dataSets(b.document(FileDataSets)); f != nil {
		return nil, f
	}
	for place, p := range parts {
		if f := b.item(place, p); f != nil {
			return nil, f
		}
	}
	if len(b.cat.items) == 0 {
		return nil, &Fault{Kind: FaultEmpty, File: FileItems, Field: "items", Problem: "there is not one item", Advice: adviceCopy}
	}
	b.streets()
	return b.cat, b.versions()
}

func (b *builder) document(name string) []byte {
	for _, d := range b.documents {
		if d.Name == name {
			return d.Body
		}
	}
	return nil
}

// versions reads the edition of each item file and keeps the compact documents.
func (b *builder) versions() *Fault {
	for _, d := range b.documents {
		if d.Name == FileItems || d.Name == FileStreet {
			var head struct {
				Meta struct {
					Version string `json:"version"`
				} `json:"meta"`
			}
			if f := decode(d.Name, d.Body, d.Body, 0, &head); f != nil {
				return f
			}
			d.Version = head.Meta.Version
			switch {
			case d.Version == "":
				return &Fault{Kind: FaultValue, File: d.Name, Field: "meta.version", Problem: "the edition is not named", Advice: "publish the catalogue again with a version"}
			case b.cat.Version == "":
				b.cat.Version = d.Version
			case b.cat.Version != d.Version:
				b.cat.Version += "+" + d.Version
			}
		}
		d.Body = compact(d.Body)
		b.cat.documents = append(b.cat.documents, d)
	}
	for i := range b.cat.documents {
		if b.cat.documents[i].Version == "" {
			b.cat.documents[i].Version = b.cat.Version
		}
	}
	return nil
}

// compact drops the white space of JSON that was read before.
func compact(body []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, body) != nil {
		return body
	}
	return out.Bytes()
}

func (b *builder) halls(text []byte) *Fault {
	var doc struct {
		Halls       []Hall                       `json:"halls"`
		Areas       []map[string]json.RawMessage `json:"areas"`
		Departments []Department                 `json:"departments"`
	}
	if f := decode(FileHalls, text, text, 0, &doc); f != nil {
		return f
	}
	wrong := func(kind FaultKind, item, field, problem, advice string) *Fault {
		f := &Fault{Kind: kind, File: FileHalls, Item: item, Field: field, Problem: problem, Advice: advice}
		if at := bytes.Index(text, []byte(`"`+item+`"`)); at >= 0 && item != "" {
			f.at(text, at)
		}
		return f
	}
	shorts := map[string]HallID{}
	for i, h := range doc.Halls {
		if h.ID == "" || h.Name == "" {
			return wrong(FaultValue, string(h.ID), fmt.Sprintf("halls[%d]", i), "a hall needs an id and a name", "fill them in")
		}
		if _, twice := b.cat.Hall(h.ID); twice {
			return wrong(FaultDuplicate, string(h.ID), "halls.id", "two halls have this id", "give one of them another id")
		}
		if other, twice := shorts[Short(h.ID)]; twice {
			return wrong(FaultDuplicate, string(h.ID), "halls.id", "shortens to "+Short(h.ID)+" like "+string(other)+", and document numbers would collide", "give the new hall another id")
		}
		shorts[Short(h.ID)] = h.ID
		if field, problem := wrongHours(h.Hours); problem != "" {
			return wrong(FaultValue, string(h.ID), field, problem, "correct the hours or leave them out")
		}
		if h.FollowUpDays < 0 || h.FollowUpDays > FollowUpMost {
			return wrong(FaultValue, string(h.ID), "halls.follow_up_days", fmt.Sprintf("a bad rating is followed up within 1 to %d working days", FollowUpMost), "write a number of days, or leave it away")
		}
		b.cat.halls = append(b.cat.halls, h)
	}
	if len(b.cat.halls) == 0 {
		return wrong(FaultEmpty, "", "halls", "there is not one hall", adviceCopy)
	}
	if len(doc.Areas) == 0 {
		return wrong(FaultEmpty, "", "areas", "there is not one area", adviceCopy)
	}
	for i, fields := range doc.Areas {
		if f := b.area(fmt.Sprintf("areas[%d]", i), fields, wrong); f != nil {
			return f
		}
	}
	b.cat.departments = doc.Departments
	return nil
}

// complaint makes a fault about an entry of one file and finds its line.
type complaint func(kind FaultKind, item, field, problem, advice string) *Fault

// area reads one area; its other fields are halls with their floor and windows.
func (b *builder) area(path string, fields map[string]json.RawMessage, wrong complaint) *Fault {
	whole, err := encode(fields)
	if err != nil {
		return wrong(FaultSyntax, "", path, err.Error(), adviceCopy)
	}
	var a Area
	if f := decode(FileHalls, whole, whole, 0, &a); f != nil {
		f.Line, f.Column, f.Field = 0, 0, path+"."+f.Field
		return f
	}
	if len(a.Letter) != 1 || a.Letter[0] < 'A' || a.Letter[0] > 'Z' || a.Name == "" {
		return wrong(FaultValue, string(a.Letter), path, "an area needs a letter from A to Z and a name", "fill them in")
	}
	if _, twice := b.cat.Area(a.Letter); twice {
		return wrong(FaultDuplicate, string(a.Letter), path+".letter", "two areas have this letter", "give one of them another letter")
	}
	b.cat.areas = append(b.cat.areas, a)
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		var at struct {
			Floor   int  `json:"floor"`
			Windows *int `json:"windows"`
		}
		isHall := json.Unmarshal(fields[key], &at) == nil && at.Windows != nil
		_, known := b.cat.Hall(HallID(key))
		switch {
		case known && !isHall:
			return wrong(FaultShape, key, path+"."+key, "floor and windows have to be whole numbers", "correct them")
		case isHall && !known:
			return wrong(FaultUnknown, key, path+"."+key, "there is no hall with this id", "correct the id or add the hall")
		case isHall && (*at.Windows < 0 || *at.Windows > 99):
			return wrong(FaultValue, key, path+"."+key+".windows", fmt.Sprintf("%d windows cannot be", *at.Windows), "give a number from 0 to 99")
		case isHall && *at.Windows > 0:
			h := HallArea{Area: a, Floor: at.Floor, Windows: number(a.Letter, 1, *at.Windows)}
			b.cat.hallAreas[HallID(key)] = append(b.cat.hallAreas[HallID(key)], h)
		}
	}
	return nil
}

func (b *builder) dataSets(text []byte) *Fault {
	if f := decode(FileDataSets, text, text, 0, &b.cat.dataSets); f != nil {
		return f
	}
	seen := map[string]bool{}
	for i, d := range b.cat.dataSets {
		f := &Fault{File: FileDataSets, Item: d.ID, Field: fmt.Sprintf("[%d].id", i)}
		switch {
		case d.ID == "" || d.Name == "":
			f.Kind, f.Problem, f.Advice = FaultValue, "a data set needs an id and a name", "fill them in"
			return f
		case seen[d.ID]:
			f.Kind, f.Problem, f.Advice = FaultDuplicate, "two data sets have this id", "give one of them another id"
			return f
		}
		seen[d.ID] = true
	}
	return nil
}
