package guide

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kinds of terms.
const (
	oneChar = iota
	twoChars
	oneSound
	twoSounds
	oneWord
)

// term is a character, two neighbours, their sounds, or an English word by number.
type term uint64

func newTerm(kind int, a, b int32) term {
	return term(kind)<<56 | term(a)<<28 | term(b)
}

func (t term) kind() int { return int(t >> 56) }

// posting is what one term is worth in one item.
type posting struct {
	item  int32
	worth float32
}

// k1 is where repeated hits saturate (BM25).
const k1 = 1.5

// weigher turns the terms of all fields into postings (BM25F). Two rounds are needed,
// because the length of a text counts against the mean; the texts are folded in
// each, for keeping them would take more memory than the index.
type weigher struct {
	x     *Index
	sizes [][]float64 // bytes per item and field
	mean  []float64
	said  [][][]string // per item, from saidField on
	seen  []uint64     // the terms of one item: number and field
}

// measure is the first round: how long the texts of the next item are.
func (w *weigher) measure(texts [][]string) {
	sizes := make([]float64, len(fields))
	for f := range fields {
		for _, s := range texts[f] {
			sizes[f] += float64(len(s))
		}
		w.mean[f] += sizes[f] / float64(len(w.x.items))
	}
	w.sizes = append(w.sizes, sizes)
	w.said = append(w.said, texts[saidField:])
}

// weigh is the second round.
func (w *weigher) weigh() {
	x := w.x
	for n, i := range x.items {
		texts := x.texts(i)
		copy(texts[saidField:], w.said[n])
		w.count(texts)
		for at := 0; at < len(w.seen); {
			number, worth := w.seen[at]>>8, 0.0
			for at < len(w.seen) && w.seen[at]>>8 == number {
				from := at
				for at < len(w.seen) && w.seen[at] == w.seen[from] {
					at++
				}
				f := w.seen[from] & 0xff
				damp := 1 - fields[f].damp + fields[f].damp*w.sizes[n][f]/max(1, w.mean[f])
				worth += fields[f].weight * (1 + math.Log(float64(at-from))) / damp
			}
			x.postings[number] = append(x.postings[number], posting{item: int32(n), worth: float32(worth * (k1 + 1) / (k1 + worth))})
		}
	}
	for _, list := range x.postings {
		df := float64(len(list))
		idf := math.Log(1 + (float64(len(x.items))-df+0.5)/(df+0.5))
		for n := range list {
			list[n].worth *= float32(idf)
		}
	}
}

// count fills seen with the terms of one item, equal ones side by side.
func (w *weigher) count(texts [][]string) {
	w.seen = w.seen[:0]
	for f, field := range fields {
		for _, s := range texts[f] {
			w.x.termsOf(s, field.spoken, func(t term) {
				number, known := w.x.terms[t]
				if !known {
					number = int32(len(w.x.postings))
					w.x.terms[t] = number
					w.x.postings = append(w.x.postings, nil)
				}
				w.seen = append(w.seen, uint64(number)<<8|uint64(f))
			})
		}
	}
	slices.Sort(w.seen)
}

// termsOf hands over the terms of folded text. New English words get a number.
func (x *Index) termsOf(folded string, spoken bool, add func(term)) {
	var before rune
	for at := 0; at < len(folded); {
		c, size := utf8.DecodeRuneInString(folded[at:])
		if isLetter(c) {
			for at+size < len(folded) && isLetter(rune(folded[at+size])) {
				size++
			}
			if w := folded[at : at+size]; !stopWords[w] {
				add(newTerm(oneWord, x.word(stem(w)), 0))
			}
			c = 0
		} else if c == ' ' {
			c = 0
		} else {
			add(newTerm(oneChar, c, 0))
			if before != 0 {
				add(newTerm(twoChars, before, c))
			}
			if spoken {
				soundTerms(before, c, add)
			}
		}
		before, at = c, at+size
	}
}

// word gives the number of an English word.
func (x *Index) word(w string) int32 {
	number, known := x.words[w]
	if !known {
		number = int32(len(x.words))
		x.words[strings.Clone(w)] = number
	}
	return number
}

// soundTerms hands over the sounds of c, and pairs with those of the character before it.
func soundTerms(before, c rune, add func(term)) {
	of := spoken().of
	mine := of(c)
	for _, s := range mine {
		add(newTerm(oneSound, int32(s), 0))
	}
	// Pairs use two readings of each character at most, which covers all common ones.
	theirs := of(before)
	for _, a := range theirs[:min(2, len(theirs))] {
		for _, b := range mine[:min(2, len(mine))] {
			add(newTerm(twoSounds, int32(a), int32(b)))
		}
	}
}
