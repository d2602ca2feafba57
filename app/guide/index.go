package guide

import (
	"slices"
	"sync"
)

// The parts of an item that a search reads, with how much a hit in each counts,
// how much its length dampens, and whether it is also read by its sound.
type field struct {
	weight float64
	damp   float64
	spoken bool
	text   func(*Item) []string
}

// The fields of an item, and last what people say for it and the words around it
// (tables/words.txt). Of those there are many, and most sound like others.
var fields = []field{
	{5, 0.3, true, func(i *Item) []string { return []string{i.Name} }},
	{4.5, 0.3, true, func(i *Item) []string { return i.Aliases }},
	{1.6, 0.5, false, questions},
	{0.7, 0.3, false, func(i *Item) []string { return append([]string{i.AreaName}, i.LifeEvents...) }},
	{0.5, 0.3, false, func(i *Item) []string { return []string{i.Department, i.Remark} }},
	{0.7, 0.5, false, materialNames},
	{0.9, 0.5, false, func(i *Item) []string { return append([]string{i.Result}, i.Conditions...) }},
	{5, 0.3, false, func(i *Item) []string { return []string{i.NameEn} }},
	{3, 0.2, true, func(*Item) []string { return nil }},
	{1.5, 0.2, false, func(*Item) []string { return nil }},
}

const (
	// areaField is where the area's English name goes as well.
	areaField   = 3
	saidField   = 8
	aroundField = 9
)

func questions(i *Item) []string {
	var out []string
	for _, q := range i.FAQ {
		out = append(append(out, q.Q), q.Variants...)
	}
	return out
}

func materialNames(i *Item) []string {
	var out []string
	for _, m := range i.Materials {
		out = append(out, m.Name)
	}
	return out
}

// Index answers searches over one catalogue, in memory. It never changes, so
// goroutines may share it.
type Index struct {
	items    []*Item
	area     map[Letter]string // English names of the areas, folded
	sayings  *sayings
	words    map[string]int32
	english  []string // all words in order, for half-typed ones
	terms    map[term]int32
	postings [][]posting // per term
	phrases  phrases
	chars    []character
	number   map[rune]uint16
	bySound  map[sound][]uint16 // characters by their two main readings
	common   float64            // rarity of a character that occurs nowhere
	top      []int32            // items that people ask for most
	most     int                // phrases that are compared with a query in full
	spare    *sync.Pool         // of *[]float32, one per phrase, from searches that are done
}

// NewIndex reads a whole catalogue.
func NewIndex(c *Catalogue) *Index {
	x := &Index{items: c.items, area: map[Letter]string{}, sayings: newSayings(), words: map[string]int32{}, terms: map[term]int32{},
		number: map[rune]uint16{}, bySound: map[sound][]uint16{}, most: mostCompared, spare: &sync.Pool{}}
	for _, a := range c.areas {
		x.area[a.Letter] = string(fold(a.NameEn))
	}
	b := phraseBook{x: x, at: map[string]int32{}}
	w := weigher{x: x, mean: make([]float64, len(fields))}
	for n, i := range x.items {
		r := x.read(i)
		w.measure(r.texts)
		b.add(n, r)
		if i.Top {
			x.top = append(x.top, int32(n))
		}
	}
	x.phrases = b.finish()
	w.weigh()
	for word := range x.words {
		x.english = append(x.english, word)
	}
	slices.Sort(x.english)
	return x
}

// reading is all text that an item is found by, folded: texts per field, and what
// people say for it, heard and varied (see sayings).
type reading struct {
	texts         [][]string
	heard, varied []string
}

func (x *Index) read(i *Item) reading {
	r := reading{texts: x.texts(i)}
	own := append(slices.Clone(r.texts[0]), r.texts[1]...)
	var replaced []string
	r.heard, r.texts[aroundField] = x.sayings.heardFor(own)
	r.varied, replaced = x.sayings.variants(own)
	r.texts[saidField] = append(slices.Clone(r.heard), replaced...)
	return r
}

// phrases gives the texts that are matched as a whole, per role.
func (r reading) phrases() [][]string {
	return [][]string{named: r.texts[0], aliased: r.texts[1], heard: r.heard, varied: r.varied}
}

// texts gives the folded texts of an item per field, those of saidField and aroundField aside.
func (x *Index) texts(i *Item) [][]string {
	out := make([][]string, 0, len(fields))
	for _, f := range fields {
		out = append(out, foldAll(f.text(i)))
	}
	out[areaField] = append(out[areaField], x.area[i.Letter])
	return out
}

func foldAll(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, s := range texts {
		out = append(out, string(fold(s)))
	}
	return out
}
