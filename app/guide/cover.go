package guide

import (
	"math"
	"strings"
	"unicode/utf8"
)

// load is one character or Latin word of a question.
type load struct {
	text   string
	pair   string  // the character before and this one, or empty
	weight float64 // how much it says: few guides have it
	pairs  float64 // the same of pair
	light  bool    // it says nothing of the matter
	asks   bool    // it tells which part of the guide is wanted
}

const (
	lightShare = 0.1  // what a light word counts
	wordLoad   = 2    // how many characters a Latin word counts for
	aloneShare = 0.35 // what a character counts that a guide has with other neighbours
)

// topical is what a load counts for or against a guide.
func (l *load) topical() float64 {
	switch {
	case l.asks:
		return 0
	case l.light:
		return l.weight * lightShare
	}
	return l.weight
}

// rarity of a term over all guides.
func (x *Index) rarity(t term) float64 {
	have := 0
	if number, known := x.terms[t]; known {
		have = len(x.postings[number])
	}
	return math.Log(1 + float64(len(x.items))/float64(1+have))
}

// loads gives the characters and words of a question in order.
func (x *Index) loads(a *asked) []load {
	var out []load
	next := 0
	for word := range strings.SplitSeq(a.text, " ") {
		at := next
		next += len(word) + 1
		if word == "" || stopWords[word] {
			continue
		}
		if isLetter(rune(word[0])) {
			l := load{text: stem(word), weight: wordLoad * x.common, light: asking().light[word], asks: a.topic[at] == ' '}
			if number, known := x.words[l.text]; known {
				l.weight = wordLoad * x.rarity(newTerm(oneWord, number, 0))
			}
			out = append(out, l)
			continue
		}
		var before rune
		light := asking().lights(word)
		for n, c := range []rune(word) {
			l := load{text: string(c), weight: x.rarity(newTerm(oneChar, c, 0)), light: light[n], asks: a.topic[at] == ' '}
			if before != 0 {
				l.pair = string(before) + l.text
				l.pairs = x.rarity(newTerm(twoChars, before, c))
			}
			before = c
			at += utf8.RuneLen(c)
			out = append(out, l)
		}
	}
	return out
}

// page is the folded text of a guide: its names, and its parts, the most telling first.
type page struct {
	names string
	parts [5]string
}

// partWorth is what it counts to stand in a part: in names and what people say, questions,
// conditions, materials, or area and department.
var partWorth = [5]float64{1, 0.9, 0.7, 0.6, 0.5}

func (x *Index) page(n int) page {
	texts := x.read(x.items[n]).texts
	join := func(fields ...int) string {
		var b strings.Builder
		for _, f := range fields {
			for _, text := range texts[f] {
				b.WriteString(text)
				b.WriteByte('|')
			}
		}
		return b.String()
	}
	return page{names: join(0, 1, 7), parts: [5]string{join(0, 1, 7, saidField), join(2), join(6), join(5), join(areaField, 4)}}
}

// has gives what it counts that a text stands in the guide.
func (p *page) has(text string) float64 {
	for n, part := range p.parts {
		if strings.Contains(part, text) {
			return partWorth[n]
		}
	}
	return 0
}

// cover is what a guide has of a question, and what it lacks.
type cover struct {
	met, missed float64
	named       bool // a part of the question is in the names or what people say
}

// share is 1 when the guide has everything.
func (c cover) share() float64 { return c.met / max(leastLoad, c.met+c.missed) }

func (p *page) cover(loads []load) (c cover) {
	got := make([]float64, len(loads))
	for n, l := range loads {
		if isLetter(rune(l.text[0])) {
			got[n] = p.has(l.text)
			continue
		}
		got[n] = aloneShare * p.has(l.text)
		if l.pair == "" {
			continue
		}
		if worth := p.has(l.pair); worth > 0 {
			got[n] = max(got[n], worth)
			got[n-1] = max(got[n-1], worth)
		}
	}
	for n := range loads {
		w := loads[n].topical()
		c.named = c.named || got[n] == 1 && !loads[n].asks
		c.met += w * got[n]
		c.missed += w * (1 - got[n])
	}
	return c
}

// alike tells what it is worth that a question is like a FAQ. What no FAQ asks is taken to
// be asked with the item's names and, if the field isAsked for, with the words that ask.
func (p *page) alike(loads []load, faq *FAQ, isAsked bool) float64 {
	asks, says := "", ""
	if faq != nil {
		asks, says = string(fold(faq.Q+"|"+strings.Join(faq.Variants, "|"))), string(fold(faq.A))
	}
	met, whole, metBeyond, wholeBeyond := 0.0, leastLoad, 0.0, leastLoad
	add := func(text string, weight float64, cue bool) {
		named := strings.Contains(p.names, text)
		found := faq == nil && (named || cue && isAsked) || faq != nil && strings.Contains(asks, text)
		whole += weight
		if found {
			met += weight
		}
		if named {
			return
		}
		wholeBeyond += weight
		switch {
		case found:
			metBeyond += weight
		case strings.Contains(says, text):
			metBeyond += weight / 2
		}
	}
	for _, l := range loads {
		add(l.text, l.weight, l.asks)
		if l.pair != "" {
			add(l.pair, l.pairs, l.asks)
		}
	}
	return worthAlike*met/whole + worthBeyond*metBeyond/wholeBeyond
}

// leastLoad keeps a share of nothing from being no number.
const leastLoad = 0.001
