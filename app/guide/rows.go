package guide

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"slices"

	"onewindow/app/event"
)

// Row is one item as the database keeps it: Body is the item's own JSON, with
// every field that the file had, also those that this program does not know.
// Place is its position in the catalogue from 0, Source the file it came from.
type Row struct {
	Code   Code
	Place  int
	Letter Letter
	Name   string
	Source string
	Body   []byte
}

// Document is what a catalogue has besides items, one for each file: halls, data
// sets, and the heads of the item files. Body is JSON.
type Document struct {
	Name    string
	Version string
	Body    []byte
}

// Rows gives one row per item, in order of Place.
func (c *Catalogue) Rows() []Row { return c.rows }

// Documents gives the rest of the catalogue, in order of Name. Rows and documents
// together are the whole catalogue: FromRows makes an equal one of them.
func (c *Catalogue) Documents() []Document { return c.documents }

// FromRows makes a catalogue of what Rows and Documents gave. The checks are
// those of Parse; a *Fault names the file that the row came from, without a line.
func FromRows(rows []Row, documents []Document) (*Catalogue, error) {
	b := builder{documents: slices.Clone(documents)}
	for _, name := range fileNames {
		if b.document(name) == nil {
			return nil, &Fault{Kind: FaultMissing, File: name, Problem: "the stored catalogue lacks it", Advice: "import the catalogue again"}
		}
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.Code, y.Code))
	})
	parts := make([]part, 0, len(rows))
	for _, r := range rows {
		parts = append(parts, part{file: r.Source, whole: r.Body, body: r.Body})
	}
	c, fault := b.build(parts)
	if fault != nil {
		fault.Line, fault.Column, fault.Advice = 0, 0, "import the catalogue again"
		return nil, fault
	}
	return c, nil
}

// Files gives the catalogue as files that Parse reads back to an equal one.
func (c *Catalogue) Files() (map[string][]byte, error) {
	lists := map[string][]json.RawMessage{}
	for _, r := range c.rows {
		lists[r.Source] = append(lists[r.Source], r.Body)
	}
	out := map[string][]byte{}
	for _, line := range lists[FileNames] {
		out[FileNames] = append(append(out[FileNames], line...), '\n')
	}
	for _, d := range c.documents {
		if d.Name != FileItems && d.Name != FileStreet {
			out[d.Name] = d.Body
			continue
		}
		var top map[string]json.RawMessage
		if err := json.Unmarshal(d.Body, &top); err != nil {
			return nil, fmt.Errorf("read head of %s: %w", d.Name, err)
		}
		var err error
		if top["items"], err = encode(append([]json.RawMessage{}, lists[d.Name]...)); err != nil {
			return nil, fmt.Errorf("list items of %s: %w", d.Name, err)
		}
		if out[d.Name], err = encode(top); err != nil {
			return nil, fmt.Errorf("write %s: %w", d.Name, err)
		}
	}
	return out, nil
}

// encode writes JSON without escaping what HTML would need, so that bytes that
// were read come out as they were.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

// Hash names the content: equal for catalogues with the same items in the same
// order and the same documents, whatever the spacing of their files.
func (c *Catalogue) Hash() event.Hash { return HashRows(c.rows, c.documents) }

// HashRows is the Hash of the catalogue that rows and documents would make, without
// reading what is in them.
func HashRows(rows []Row, documents []Document) event.Hash {
	h := sha256.New()
	for _, d := range documents {
		feed(h, []byte(d.Name), d.Body)
	}
	for _, r := range rows {
		feed(h, []byte(r.Source), r.Body)
	}
	return event.Hash(h.Sum(nil))
}

// feed writes parts so that no two lists of parts give the same bytes.
func feed(h hash.Hash, parts ...[]byte) {
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
}
