package guide

import (
	"fmt"
	"slices"
)

// item reads, checks and adds one item. Of the rules it takes those that a
// terminal cannot live without.
func (b *builder) item(place int, p part) *Fault {
	if p.file == FileNames {
		return b.bare(place, p)
	}
	d := &draft{}
	if f := decode(p.file, p.whole, p.body, p.start, &d.Item); f != nil {
		f.Item = string(d.Code)
		return f
	}
	// A material that stands there twice, letter for letter, is shown once.
	for n := len(d.Materials) - 1; n > 0; n-- {
		if slices.Contains(d.Materials[:n], d.Materials[n]) {
			d.Materials = slices.Delete(d.Materials, n, n+1)
		}
	}
	var fault *Fault
	for _, r := range rules {
		if r.kind == "" {
			continue
		}
		r.find(b.cat, d, func(path, _, en string, args ...any) {
			if fault == nil {
				fault = p.fault(r.kind, string(d.Code), path, fmt.Sprintf(en, args...), r.en)
			}
		})
	}
	if fault != nil {
		return fault
	}
	b.add(&d.Item, place, p)
	return nil
}

func (b *builder) add(i *Item, place int, p part) {
	b.cat.items = append(b.cat.items, i)
	b.cat.byCode[i.Code] = i
	b.cat.rows = append(b.cat.rows, Row{Code: i.Code, Place: place, Letter: i.Letter, Name: i.Name, Source: p.file, Body: compact(p.body)})
}
