package guide

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Guess is characters that typed letters may stand for, and how many of the letters
// they take, from the first on.
type Guess struct {
	Text    string
	Letters int
}

// Typing gives characters for pinyin letters. It never changes, so goroutines may share it.
type Typing struct {
	chances *chances
	bySound [][]typed          // the characters of each sound, the most usual first
	begun   map[string][]typed // and of each beginning of a syllable
	words   [26][]spelled      // by the first letters of their readings
}

// mostLearned bounds the characters that are learned from a catalogue, because a large
// district's must not take longer than a person waits for the first key.
const mostLearned = 200_000

// NewTyping learns from the catalogue's texts, what people say for its items, and the
// everyday words.
func NewTyping(c *Catalogue) *Typing {
	t := &Typing{chances: newChances(), begun: map[string][]typed{}}
	worth := map[string]float32{}
	words, chars := everyday()
	for n, w := range words {
		share := teachEveryday / (float32(n) + teachRank)
		t.chances.learn(w, share)
		worth[w] += share
	}
	for n, r := range chars {
		t.chances.know(glyphOf(r), teachEveryday/(float32(n)+teachRank))
	}
	for _, w := range saidWords() {
		t.chances.learn(w, teachSaid)
		worth[w] += teachSaid
	}
	left := mostLearned
	learn := func(texts []string, share float32) {
		for _, text := range texts {
			t.chances.learn(text, share)
			left -= utf8.RuneCountInString(text)
		}
	}
	for _, i := range c.items {
		if left < 0 {
			break
		}
		for _, name := range append([]string{i.Name}, i.Aliases...) {
			worth[name] += teachSaid
		}
		learn(textsOf(i), teachGuide)
		learn(append(questions(i), i.Aliases...), teachSaid)
	}
	t.sort()
	t.spell(worth)
	return t
}

// textsOf gives the official words of an item.
func textsOf(i *Item) []string {
	out := append([]string{i.Name, i.AreaName, i.Department, i.Result, i.Fee.Text, i.Hours.Text, i.Remark}, i.LifeEvents...)
	out = append(append(out, i.Conditions...), i.Steps...)
	for _, m := range i.Materials {
		out = append(out, m.Name, m.Note)
	}
	for _, q := range i.FAQ {
		out = append(out, q.A)
	}
	return out
}

// saidWords gives the Chinese words of tables/words.txt and tables/asked.txt, cut where
// anything else stands.
func saidWords() (out []string) {
	for _, table := range []string{wordsTable, askedTable} {
		for line := range strings.Lines(table) {
			if !strings.HasPrefix(line, "#") {
				out = append(out, strings.FieldsFunc(line, func(r rune) bool { return glyphOf(r) == 0 })...)
			}
		}
	}
	return out
}

// sort puts the characters of each sound, and of each beginning of one, in their order:
// the most usual first, and what never occurs in the order of the table.
func (t *Typing) sort() {
	r := spoken()
	t.bySound = make([][]typed, len(r.names))
	for line := range strings.Lines(readingsTable) {
		for _, c := range line {
			for at, s := range r.of(c) {
				if list := t.bySound[s]; !slices.ContainsFunc(list, func(have typed) bool { return have.glyph == glyphOf(c) }) {
					t.bySound[s] = append(list, typed{glyphOf(c), costFurther * float32(min(at, 1))})
				}
			}
		}
	}
	usual := func(c typed) float32 {
		if c.cost > 0 {
			return (t.chances.alone[c.glyph] + never) / 10
		}
		return t.chances.alone[c.glyph] + never
	}
	order := func(list []typed) {
		slices.SortStableFunc(list, func(a, b typed) int { return cmp.Compare(usual(b), usual(a)) })
	}
	for s, list := range t.bySound {
		order(list)
		name := r.names[s]
		for n := 1; n < len(name); n++ {
			t.begun[name[:n]] = append(t.begun[name[:n]], list...)
		}
	}
	for part, list := range t.begun {
		order(list)
		t.begun[part] = list[:min(len(list), mostBegun)]
	}
}

// Guesses gives up to n guesses for letters: the whole of them as a sentence first, then
// words, those that take the most letters first, then single characters of the first
// syllable. What can stand for no letters at all, such as "i", gives none.
func (t *Typing) Guesses(letters string, n int) []Guess {
	letters = plainLetters(letters)
	ways := t.ways(letters)
	if ways.end == 0 {
		return nil
	}
	var out []Guess
	have := map[string]bool{}
	add := func(g Guess) {
		if !have[g.Text] && len(out) < n {
			have[g.Text] = true
			out = append(out, g)
		}
	}
	add(t.sentence(ways))
	for _, g := range t.fitting(letters, ways) {
		add(g)
	}
	for _, s := range ways.from[ways.first] {
		for _, c := range s.chars {
			add(Guess{string(c.glyph.rune()), s.to})
		}
	}
	return out
}
