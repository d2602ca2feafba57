package guide

import (
	"math"
	"slices"
	"strings"
)

// The parts of an item that a search reads, with how much a hit in each counts,
// how much its length dampens, and whether it is also read by its sound.
type field struct {
	weight float64
	damp   float64
	spoken bool
	text   func(*Item) []string
}

// saidField is the weight of what people say for an item (tables/words.txt).
var saidField = field{weight: 3, damp: 0.2, spoken: true}

// aroundField is that of the words around an item. There are many, of which most
// sound like others, so they count as they are written alone.
var aroundField = field{weight: 1.5, damp: 0.2}

var fields = []field{
	{5, 0.3, true, func(i *Item) []string { return []string{i.Name} }},
	{4.5, 0.3, true, func(i *Item) []string { return i.Aliases }},
	{1.6, 0.5, false, questions},
	{0.7, 0.3, false, func(i *Item) []string { return append([]string{i.AreaName}, i.LifeEvents...) }},
	{0.5, 0.3, false, func(i *Item) []string { return []string{i.Department, i.Remark} }},
	{0.7, 0.5, false, materialNames},
	{0.9, 0.5, false, func(i *Item) []string { return append([]string{i.Result}, i.Conditions...) }},
	{5, 0.3, false, func(i *Item) []string { return []string{i.NameEn} }},
}

// variantWeight is how much an alias counts with one word replaced by another for the same.
const variantWeight = 0.85

// areaField is where the area's English name goes as well.
const areaField = 3

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

// Kinds of terms.
const (
	oneChar = iota
	twoChars
	oneSound
	twoSounds
	oneWord
)

// term is a character, two neighbours, their sounds, or an English word by number.
type term struct {
	kind uint8
	a, b int32
}

// posting is what one term is worth in one item.
type posting struct {
	item  int
	worth float64
}

// phrase is a name, alias or saying of an item, ready for matching as a whole.
// chars are numbers of Index.chars, rarity is the sum over them.
type phrase struct {
	item   int
	why    Why
	text   string
	chars  []uint16
	rarity float64
	weight float64
}

// character is one that occurs in a phrase. Its rarity is the inverse frequency over items.
type character struct {
	r      rune
	sounds []sound
	rarity float64
	// starts has a bit for each letter that one of the sounds begins with.
	starts uint32
}

// Index answers searches over one catalogue, in memory. It never changes, so
// goroutines may share it.
type Index struct {
	items    []*Item
	folded   [][][]string // per item and field, for the explanation of a hit
	words    map[string]int32
	english  []string // all words in order, for half-typed ones
	postings map[term][]posting
	phrases  []phrase
	chars    []character
	number   map[rune]uint16
	bySound  map[sound][]uint16 // characters by their two main readings
	common   float64            // rarity of a character that occurs nowhere
}

// k1 is where repeated hits saturate (BM25).
const k1 = 1.5

// NewIndex reads a whole catalogue.
func NewIndex(c *Catalogue) *Index {
	x := &Index{items: c.items, words: map[string]int32{}, postings: map[term][]posting{},
		number: map[rune]uint16{}, bySound: map[sound][]uint16{}}
	all, alike := sayings()
	for n, i := range c.items {
		texts := make([][]string, 0, len(fields)+2)
		for _, f := range fields {
			texts = append(texts, foldAll(f.text(i)))
		}
		area, _ := c.Area(i.Letter)
		texts[areaField] = append(texts[areaField], string(fold(area.NameEn)))
		own := append(slices.Clone(texts[0]), texts[1]...)
		heard, around := heardFor(all, own)
		others, replaced := variants(alike, own)
		x.folded = append(x.folded, append(texts, append(slices.Clone(heard), replaced...), around))
		x.addPhrase(n, WhyName, 1, i.Name)
		for _, a := range i.Aliases {
			x.addPhrase(n, WhyAlias, 1, a)
		}
		for _, h := range heard {
			x.addPhrase(n, WhyWords, 0.5, h)
		}
		for _, o := range others {
			x.addPhrase(n, WhyWords, variantWeight, o)
		}
	}
	x.weigh()
	x.rate()
	for w := range x.words {
		x.english = append(x.english, w)
	}
	slices.Sort(x.english)
	return x
}

func foldAll(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, s := range texts {
		out = append(out, string(fold(s)))
	}
	return out
}

// weigh turns the terms of all fields into postings (BM25F).
func (x *Index) weigh() {
	all := append(slices.Clone(fields), saidField, aroundField)
	mean := make([]float64, len(all))
	sizes := make([][]float64, len(x.items))
	for n, texts := range x.folded {
		sizes[n] = make([]float64, len(all))
		for f := range all {
			for _, s := range texts[f] {
				sizes[n][f] += float64(len(s))
			}
			mean[f] += sizes[n][f] / float64(len(x.items))
		}
	}
	counts, weights := map[term]int{}, map[term]float64{}
	for n, texts := range x.folded {
		clear(weights)
		for f, field := range all {
			clear(counts)
			for _, s := range texts[f] {
				x.terms(s, field.spoken, func(t term) { counts[t]++ })
			}
			damp := 1 - field.damp + field.damp*sizes[n][f]/max(1, mean[f])
			for t, count := range counts {
				weights[t] += field.weight * (1 + math.Log(float64(count))) / damp
			}
		}
		for t, w := range weights {
			x.postings[t] = append(x.postings[t], posting{item: n, worth: w * (k1 + 1) / (k1 + w)})
		}
	}
	for _, list := range x.postings {
		df := float64(len(list))
		idf := math.Log(1 + (float64(len(x.items))-df+0.5)/(df+0.5))
		for n := range list {
			list[n].worth *= idf
		}
	}
}

// terms hands over the terms of folded text. New English words get a number.
func (x *Index) terms(folded string, spoken bool, add func(term)) {
	for _, r := range runs([]rune(folded)) {
		if r.latin {
			if w := string(r.text); !stopWords[w] {
				w = stem(w)
				if _, ok := x.words[w]; !ok {
					x.words[w] = int32(len(x.words))
				}
				add(term{kind: oneWord, a: x.words[w]})
			}
			continue
		}
		var before rune
		for _, c := range r.text {
			add(term{kind: oneChar, a: c})
			if before != 0 {
				add(term{kind: twoChars, a: before, b: c})
			}
			if spoken {
				soundTerms(before, c, add)
			}
			before = c
		}
	}
}

// soundTerms hands over the sounds of c, and pairs with those of the character before it.
func soundTerms(before, c rune, add func(term)) {
	of := spoken().of
	mine := of[c]
	for _, s := range mine {
		add(term{kind: oneSound, a: int32(s)})
	}
	// Pairs use two readings of each character at most, which covers all common ones.
	theirs := of[before]
	for _, a := range theirs[:min(2, len(theirs))] {
		for _, b := range mine[:min(2, len(mine))] {
			add(term{kind: twoSounds, a: int32(a), b: int32(b)})
		}
	}
}

// addPhrase keeps a name, alias or saying for matching as a whole. English ones
// are found by their words alone.
func (x *Index) addPhrase(n int, why Why, weight float64, text string) {
	p := phrase{item: n, why: why, text: text, weight: weight}
	folded := strings.ReplaceAll(string(fold(text)), " ", "")
	if folded == "" || strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") == "" {
		return
	}
	for _, r := range folded {
		k, known := x.number[r]
		if !known {
			k = uint16(len(x.chars))
			x.number[r] = k
			sounds := spoken().of[r]
			c := character{r: r, sounds: sounds}
			for _, s := range sounds {
				c.starts |= 1 << (spoken().names[s][0] - 'a')
			}
			x.chars = append(x.chars, c)
			for _, s := range sounds[:min(2, len(sounds))] {
				x.bySound[s] = append(x.bySound[s], k)
			}
		}
		p.chars = append(p.chars, k)
	}
	x.phrases = append(x.phrases, p)
}

// rate computes the rarity of characters and phrases.
func (x *Index) rate() {
	items := make([]map[int]bool, len(x.chars))
	for _, p := range x.phrases {
		for _, k := range p.chars {
			if items[k] == nil {
				items[k] = map[int]bool{}
			}
			items[k][p.item] = true
		}
	}
	total := float64(len(x.items))
	x.common = math.Log(1 + total)
	for k := range x.chars {
		x.chars[k].rarity = math.Log(1 + total/float64(len(items[k])))
	}
	for n := range x.phrases {
		p := &x.phrases[n]
		for _, k := range p.chars {
			p.rarity += x.chars[k].rarity
		}
	}
}

// rare gives the rarity of a character.
func (x *Index) rare(r rune) float64 {
	if k, ok := x.number[r]; ok {
		return x.chars[k].rarity
	}
	return x.common
}
