package guide

import "strings"

// How good a syllable is that was typed whole, by its first letter, or half.
const (
	typedWhole   = 1.0
	typedInitial = 0.85
	typedPart    = 0.8
	leastPinyin  = 0.3
	// maxPattern bounds the letters compared, because nobody types more in one go.
	maxPattern = 48
)

// addPinyin compares typed letters with the sounds of all phrases: whole
// syllables, initials, both mixed, and characters between them ("办hz").
func (x *Index) addPinyin(q *query, scores []float64, best []found) {
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
	gained := make([]found, len(scores))
	for _, t := range tries {
		if len(t.text) > maxPattern {
			continue
		}
		for k := range x.phrases {
			p := &x.phrases[k]
			if p.weight == variantWeight {
				continue // what people write for an alias they seldom type by its sound
			}
			if l := x.fits(t, p) * p.weight; l >= leastPinyin {
				gained[p.item].add(l*t.share, k, true)
			}
		}
	}
	for n, g := range gained {
		scores[n] += worthPinyin * (g.top[0] + 0.12*g.top[1] + 0.06*g.top[2])
		if g.likeness > best[n].likeness {
			best[n] = g
		}
	}
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

// fits gives how well the pattern fits a stretch of the phrase: its quality times
// how much of the phrase it covers; 0 when it does not fit.
func (x *Index) fits(p pattern, ph *phrase) float64 {
	best := 0.0
	for at := range ph.chars {
		quality, chars := x.fit(p, ph, at, 0)
		if chars == 0 {
			continue
		}
		cover := 0.35 + 0.65*float64(chars)/float64(len(ph.chars))
		if at == 0 {
			cover += 0.03
		}
		// One letter or one syllable fits too much to mean a lot.
		if chars == 1 {
			cover *= 0.6
		}
		best = max(best, cover*quality/float64(chars))
	}
	return min(1, best)
}

// fit matches the pattern from "from" on to the characters from "at" on, and gives
// the sum of the qualities and the number of characters; 0 characters when it fails.
func (x *Index) fit(p pattern, ph *phrase, at, from int) (quality float64, chars int) {
	if from == len(p.text) || at == len(ph.chars) {
		return 0, 0
	}
	c, letter := &x.chars[ph.chars[at]], p.letters[from]
	if c.r != p.text[from] && (letter == '?' || c.starts&(1<<(letter-'a')) == 0) {
		return 0, 0
	}
	try := func(length int, worth float64) {
		q, n := worth, 1
		if from+length < len(p.text) {
			q, n = x.fit(p, ph, at+1, from+length)
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
