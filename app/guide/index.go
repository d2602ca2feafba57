package guide

import (
	"math"
	"slices"
)

// The parts of an item that a search reads, with how much a hit in each counts
// and how much its length dampens.
type field struct {
	weight float64
	b      float64
	text   func(*Item) []string
}

const saidWeight = 2.2

var fields = []field{
	{5, 0.3, func(i *Item) []string { return []string{i.Name} }},
	{4.5, 0.3, func(i *Item) []string { return i.Aliases }},
	{1.6, 0.5, questions},
	{0.7, 0.3, func(i *Item) []string { return append([]string{i.AreaName}, i.LifeEvents...) }},
	{0.5, 0.3, func(i *Item) []string { return []string{i.Department, i.Remark} }},
	{0.7, 0.5, materialNames},
	{0.9, 0.5, func(i *Item) []string { return append([]string{i.Result}, i.Conditions...) }},
	{5, 0.3, func(i *Item) []string { return []string{i.NameEn} }},
}

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

// posting is what one term is worth in one item.
type posting struct {
	item  int
	worth float64
}

// phrase is a name, alias or saying of an item, ready for matching as a whole.
type phrase struct {
	item   int
	why    Why
	text   string
	chars  []rune
	sounds [][]string
	weight float64
}

// Index answers searches over one catalogue, in memory. It never changes, so
// goroutines may share it.
type Index struct {
	items    []*Item
	postings map[string][]posting
	// rarity is the inverse frequency of a character in names, aliases and sayings.
	rarity  map[rune]float64
	common  float64
	phrases []phrase
	english []string
}

// bm25 saturates repeated hits.
const k1 = 1.5

// Kinds of terms, as the first byte of a posting's key.
const (
	keyChar   = "1"
	keyPair   = "2"
	keySound  = "3"
	keySounds = "4"
	keyWord   = "5"
)

// NewIndex reads a whole catalogue. For 154 items it takes some 20 ms and 5 MB.
func NewIndex(c *Catalogue) *Index {
	x := &Index{items: c.items, postings: map[string][]posting{}, rarity: map[rune]float64{}}
	all := sayings()
	texts := make([][][]string, len(c.items))
	for n, i := range c.items {
		for _, f := range fields {
			var folded []string
			for _, s := range f.text(i) {
				folded = append(folded, string(fold(s)))
			}
			texts[n] = append(texts[n], folded)
		}
		area, _ := c.Area(i.Letter)
		texts[n][3] = append(texts[n][3], string(fold(area.NameEn)))
		heard := heardFor(all, append(slices.Clone(texts[n][0]), texts[n][1]...))
		texts[n] = append(texts[n], heard)
		x.addPhrases(n, i, heard)
	}
	x.weigh(texts)
	x.spread()
	return x
}

// weigh turns the terms of all fields into postings (BM25F).
func (x *Index) weigh(texts [][][]string) {
	all := append(slices.Clone(fields), field{weight: saidWeight, b: 0.2})
	counts := make([][]map[string]int, len(texts))
	mean := make([]float64, len(all))
	sizes := make([][]float64, len(texts))
	for n := range texts {
		counts[n] = make([]map[string]int, len(all))
		sizes[n] = make([]float64, len(all))
		for f := range all {
			counts[n][f] = map[string]int{}
			for _, s := range texts[n][f] {
				for _, t := range terms(s) {
					counts[n][f][t]++
				}
				sizes[n][f] += float64(len(s))
			}
			mean[f] += sizes[n][f] / float64(len(texts))
		}
	}
	frequency := map[string]int{}
	weights := make([]map[string]float64, len(texts))
	for n := range texts {
		weights[n] = map[string]float64{}
		for f, field := range all {
			damp := 1 - field.b + field.b*sizes[n][f]/max(1, mean[f])
			for t, count := range counts[n][f] {
				weights[n][t] += field.weight * (1 + math.Log(float64(count))) / damp
			}
		}
		for t := range weights[n] {
			frequency[t]++
		}
	}
	for n := range texts {
		for t, w := range weights[n] {
			df := float64(frequency[t])
			idf := math.Log(1 + (float64(len(texts))-df+0.5)/(df+0.5))
			x.postings[t] = append(x.postings[t], posting{item: n, worth: idf * w * (k1 + 1) / (k1 + w)})
		}
	}
	for t := range x.postings {
		if t[:1] == keyWord {
			x.english = append(x.english, t)
		}
	}
	slices.Sort(x.english)
}

// addPhrases keeps the names, aliases and sayings of an item for whole matching.
func (x *Index) addPhrases(n int, i *Item, heard []string) {
	add := func(why Why, weight float64, text string) {
		p := phrase{item: n, why: why, text: text, weight: weight}
		for _, r := range fold(text) {
			if r != ' ' {
				p.chars = append(p.chars, r)
			}
		}
		for _, r := range p.chars {
			p.sounds = append(p.sounds, spoken().of[r])
		}
		if len(p.chars) > 0 && !isLetter(p.chars[0]) {
			x.phrases = append(x.phrases, p)
		}
	}
	add(WhyName, 1, i.Name)
	for _, a := range i.Aliases {
		add(WhyAlias, 1, a)
	}
	for _, h := range heard {
		add(WhyWords, 0.5, h)
	}
}

// spread computes the rarity of characters over items.
func (x *Index) spread() {
	seen := map[rune]map[int]bool{}
	for _, p := range x.phrases {
		for _, r := range p.chars {
			if seen[r] == nil {
				seen[r] = map[int]bool{}
			}
			seen[r][p.item] = true
		}
	}
	total := float64(len(x.items))
	for r, in := range seen {
		x.rarity[r] = math.Log(1 + total/float64(len(in)))
	}
	x.common = math.Log(1 + total)
}

// terms gives the terms of folded text: characters, pairs, their sounds, English words.
func terms(folded string) []string {
	var out []string
	for _, r := range runs([]rune(folded)) {
		if r.latin {
			if w := stem(string(r.text)); !stopWords[string(r.text)] {
				out = append(out, keyWord+w)
			}
			continue
		}
		var before rune
		for _, c := range r.text {
			out = append(out, keyChar+string(c))
			if before != 0 {
				out = append(out, keyPair+string([]rune{before, c}))
			}
			out = append(out, soundTerms(before, c)...)
			before = c
		}
	}
	return out
}

// soundTerms gives the syllables of c, and its pairs with those of the character before.
func soundTerms(before, c rune) []string {
	var out []string
	of := spoken().of
	for _, s := range of[c] {
		out = append(out, keySound+s)
	}
	// Pairs use two readings of each character at most, which covers all common ones.
	for _, a := range of[before][:min(2, len(of[before]))] {
		for _, b := range of[c][:min(2, len(of[c]))] {
			out = append(out, keySounds+a+" "+b)
		}
	}
	return out
}
