package guide

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// How good a syllable is that was typed whole, by its first letter, or half.
const (
	typedWhole   = 1.0
	typedInitial = 0.85
	typedPart    = 0.8
	leastPinyin  = 0.3
	// maxPattern bounds the letters compared, because nobody types more in one go.
	maxPattern = 48
)

// addPinyin compares typed letters with the sounds of phrases: whole
// syllables, initials, both mixed, and characters between them ("办hz").
func (x *Index) addPinyin(q *query, scores []float64, best *finds) {
	if len(q.words) == 0 {
		return
	}
	tries := []pattern{newPattern(q.mixed, 1)}
	if len(q.mixed) > 1 {
		for _, r := range q.mixed {
			if r.latin && len(r.text) > 1 && !x.knows(string(r.text)) {
				tries = append(tries, newPattern([]run{r}, float64(len(r.text))/float64(len(tries[0].text))))
			}
		}
	}
	gained := newFinds(len(x.items))
	for _, t := range tries {
		if len(t.text) <= maxPattern {
			x.addPattern(t, gained)
		}
	}
	for n, at := range gained.at {
		if at == 0 {
			continue
		}
		g := gained.all[at]
		scores[n] += worthPinyin * (g.top[0] + 0.12*g.top[1] + 0.06*g.top[2])
		if g.likeness > best.of(n).likeness {
			best.put(n, g)
		}
	}
}

// addPattern adds the phrases that a pattern fits, short ones first: they are covered
// best, so that those beyond the most that are compared would be worth the least.
func (x *Index) addPattern(t pattern, gained *finds) {
	p := &x.phrases
	marked := newMarks(len(p.list))
	// One character is too little of a phrase from here on.
	long := sort.Search(len(p.list)-1, func(n int) bool { return covers(0, 1, len(p.charsOf(n))) < leastPinyin })
	for _, s := range t.spans() {
		end := int32(len(p.list))
		if s.chars == 1 {
			end = int32(long)
		}
		for key := s.from; key < s.to; key++ {
			for _, n := range p.byStart.between(key, key+1) {
				if n >= end {
					break
				}
				marked.add(n)
			}
		}
	}
	left := x.most
	for n := range marked.each {
		fits := x.fits(t, p.charsOf(n))
		if fits*float64(p.list[n].spoken) < leastPinyin {
			continue
		}
		for _, o := range p.ownersOf(n) {
			if l := fits * roleWeight[o.role]; o.role != varied && l >= leastPinyin {
				gained.add(o.item, l*t.share, n, o.role, true)
			}
		}
		if left--; left == 0 {
			return
		}
	}
}

// span is a range of the keys of phrases.byStart, for a stretch of so many characters;
// 3 stands for more as well.
type span struct{ from, to, chars int }

// spans gives how the first three neighbours may begin of a stretch that the pattern fits.
func (t pattern) spans() (out []span) {
	var cut func(from, key, chars int)
	cut = func(from, key, chars int) {
		size := 1
		for range 3 - chars {
			size *= allStart
		}
		if from == len(t.text) || chars == 3 {
			out = append(out, span{key * size, (key + 1) * size, chars})
			return
		}
		r := t.text[from]
		if t.letters[from] == '?' {
			// A character is under all of its keys: any will do.
			cut(from+1, key*allStart+startsOf(r, spoken().of(r)).first(), chars+1)
			return
		}
		for _, length := range t.steps(from) {
			cut(from+length, key*allStart+int(t.letters[from]-'a'), chars+1)
		}
		if r == 'v' {
			cut(from+1, key*allStart+int(r-'a'), chars+1)
		}
	}
	cut(0, 0, 0)
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	return slices.Compact(out)
}

// steps gives how many letters from one on may stand for a character.
func (t pattern) steps(from int) []int {
	rest := t.letters[from:]
	out := []int{1}
	if len(rest) > 1 && rest[1] == 'h' {
		out = append(out, 2)
	}
	for _, s := range spoken().names {
		switch {
		case len(s) > 1 && strings.HasPrefix(rest, s):
			out = append(out, len(s))
		case len(rest) > 1 && strings.HasPrefix(s, rest):
			out = append(out, len(rest))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// knows tells whether a word is an English word of the catalogue.
func (x *Index) knows(word string) bool {
	_, ok := x.words[stem(word)]
	return ok
}

// pattern is a typed text of letters and characters; share is its part of the query.
type pattern struct {
	text    []rune
	letters string // text with '?' for each character that is no letter
	share   float64
}

func newPattern(parts []run, share float64) pattern {
	p := pattern{share: share}
	for _, r := range parts {
		p.text = append(p.text, r.text...)
	}
	letters := make([]byte, len(p.text))
	for n, r := range p.text {
		switch {
		case r == 'v':
			letters[n] = 'u'
		case isLetter(r):
			letters[n] = byte(r)
		default:
			letters[n] = '?'
		}
	}
	p.letters = string(letters)
	return p
}

// fits gives how well the pattern fits a stretch of a phrase: its quality times
// how much of the phrase it covers; 0 when it does not fit.
func (x *Index) fits(p pattern, phrase []uint16) float64 {
	best := 0.0
	for at := range phrase {
		quality, chars := x.fit(p, phrase[at:], 0)
		if chars == 0 {
			continue
		}
		best = max(best, covers(at, chars, len(phrase))*quality/float64(chars))
	}
	return min(1, best)
}

// covers is what it means that so many of the characters of a phrase fit, from one on.
func covers(at, chars, size int) float64 {
	cover := 0.35 + 0.65*float64(chars)/float64(size)
	if at == 0 {
		cover += 0.03
	}
	// One letter or one syllable fits too much to mean a lot.
	if chars == 1 {
		cover *= 0.6
	}
	return cover
}

// fit matches the pattern from "from" on to the first of the characters on, and gives
// the sum of the qualities and the number of characters; 0 characters when it fails.
func (x *Index) fit(p pattern, phrase []uint16, from int) (quality float64, chars int) {
	if from == len(p.text) || len(phrase) == 0 {
		return 0, 0
	}
	c, letter := &x.chars[phrase[0]], p.letters[from]
	if c.r != p.text[from] && (letter == '?' || c.starts&(1<<(letter-'a')) == 0) {
		return 0, 0
	}
	try := func(length int, worth float64) {
		q, n := worth, 1
		if from+length < len(p.text) {
			q, n = x.fit(p, phrase[1:], from+length)
			if n == 0 {
				return
			}
			q, n = q+worth, n+1
		}
		if chars == 0 || q/float64(n) > quality/float64(chars) {
			quality, chars = q, n
		}
	}
	if c.r == p.text[from] {
		try(1, 1)
	}
	if letter == '?' {
		return quality, chars
	}
	rest := p.letters[from:]
	names := spoken().names
	for n, number := range c.sounds {
		s := names[number]
		if s[0] != rest[0] {
			continue
		}
		rank := 1 - 0.05*float64(min(n, 2))
		switch {
		case strings.HasPrefix(rest, s):
			try(len(s), typedWhole*rank)
		case len(rest) > 1 && strings.HasPrefix(s, rest):
			try(len(rest), typedPart*rank)
		}
		if len(s) > 1 {
			try(1, typedInitial*rank)
		}
		if len(s) > 2 && s[1] == 'h' && strings.HasPrefix(rest, s[:2]) {
			try(2, typedInitial*rank)
		}
	}
	return quality, chars
}
