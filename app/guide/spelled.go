package guide

import (
	"cmp"
	"slices"
	"strings"
)

// spelled is a word of several characters, and how usual it is.
type spelled struct {
	text  string
	chars []rune
	worth float32
}

// mostWords is how many words are offered, so that the characters behind them are not far.
const mostWords = 24

// spell gathers the words by the letters that they may begin with, the most usual first.
func (t *Typing) spell(worth map[string]float32) {
	all := make([]spelled, 0, len(worth))
	for w, n := range worth {
		chars := []rune(w)
		if len(chars) > 1 && !slices.ContainsFunc(chars, func(r rune) bool { return glyphOf(r) == 0 }) {
			all = append(all, spelled{w, chars, n})
		}
	}
	slices.SortFunc(all, func(a, b spelled) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.text, b.text)) })
	for _, w := range all {
		var done [26]bool
		for _, s := range spoken().of(w.chars[0]) {
			if first := spoken().names[s][0] - 'a'; !done[first] {
				done[first] = true
				t.words[first] = append(t.words[first], w)
			}
		}
	}
}

// fitting gives the words that letters begin with, those that take the most first. First
// letters stand for characters only where they take all, or nothing else can be read.
func (t *Typing) fitting(letters string, w ways) []Guess {
	type found struct {
		Guess
		short int
	}
	var all []found
	for _, word := range t.words[letters[w.first]-'a'] {
		to, short := fit(word.chars, letters[:w.end], w.first)
		if to == 0 || !w.leads(to) || w.whole && short >= byInitial {
			continue
		}
		all = append(all, found{Guess{word.text, to}, short})
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(b.Letters-a.Letters, a.short-b.short) })
	var out []Guess
	for _, f := range all[:min(len(all), mostWords)] {
		out = append(out, f.Guess)
	}
	return out
}

// How much less a character counts that is not typed as its main reading, whole.
const (
	byFurther = 1
	byHalf    = 100
	byInitial = 10_000
)

// fit gives how many of the letters a word takes from one on, 0 when they are not its own,
// and how much its characters are less than whole.
func fit(chars []rune, letters string, at int) (to, short int) {
	at = past(letters, at)
	if len(chars) == 0 {
		return at, 0
	}
	rest := letters[at:]
	if end := strings.IndexByte(rest, '\''); end >= 0 {
		rest = rest[:end]
	}
	try := func(n, less int) {
		t, s := fit(chars[1:], letters, at+n)
		if s += less; t > 0 && (t > to || t == to && s < short) {
			to, short = t, s
		}
	}
	for n, number := range spoken().of(chars[0]) {
		name := spoken().names[number]
		if rest == "" || rest[0] != name[0] {
			continue
		}
		less := byFurther * min(n, 1)
		if strings.HasPrefix(rest, name) {
			try(len(name), less)
		} else if strings.HasPrefix(name, rest) && at+len(rest) == len(letters) {
			try(len(rest), less+byHalf)
		}
		try(1, less+byInitial)
		if strings.HasPrefix(name[1:], "h") && strings.HasPrefix(rest[1:], "h") {
			try(2, less+byInitial)
		}
	}
	return to, short
}
