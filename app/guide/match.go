package guide

import (
	"strings"
)

// Likeness of two characters in a whole match.
const (
	sameSound   = 0.7
	adjacency   = 0.5
	phraseFloor = 0.28
)

// found is the best whole match of an item.
type found struct {
	likeness float64
	phrase   int
	pinyin   bool
}

// addPhraseScores compares the query with every name, alias and saying as a whole.
func (x *Index) addPhraseScores(q *query, scores []float64) []found {
	best := make([]found, len(x.items))
	for n := range best {
		best[n].phrase = -1
	}
	var tries [][]rune
	if len(q.chars) > 0 {
		tries = append(tries, q.chars)
	}
	core := []rune(strings.Join(q.core, ""))
	if len(core) > 0 && len(core) != len(q.chars) {
		tries = append(tries, core)
	}
	if len(q.core) > 1 {
		for _, part := range q.core {
			if r := []rune(part); len(r) > 1 {
				tries = append(tries, r)
			}
		}
	}
	for n, try := range tries {
		m := x.matcher(try)
		// A part of the query counts by its share of it.
		share := 1.0
		if n > 0 && len(core) > 0 {
			share = min(1, m.weight/max(x.weightOf(core), 0.001))
		}
		for k := range x.phrases {
			p := &x.phrases[k]
			if l := m.likeness(p) * p.weight * share; l > best[p.item].likeness && l > phraseFloor {
				best[p.item] = found{likeness: l, phrase: k}
			}
		}
	}
	for n, f := range best {
		scores[n] += worthWhole * f.likeness * f.likeness
	}
	return best
}

func (x *Index) rare(r rune) float64 {
	if w, ok := x.rarity[r]; ok {
		return w
	}
	return x.common
}

func (x *Index) weightOf(chars []rune) (w float64) {
	for _, r := range chars {
		w += x.rare(r)
	}
	return w
}

// matcher compares one text with many phrases.
type matcher struct {
	x      *Index
	chars  []rune
	sounds [][]string
	rare   []float64
	weight float64
	row    []float64
	last   []bool
}

func (x *Index) matcher(chars []rune) *matcher {
	m := &matcher{x: x, chars: chars, weight: x.weightOf(chars)}
	for _, r := range chars {
		m.sounds = append(m.sounds, spoken().of[r])
		m.rare = append(m.rare, x.rare(r))
	}
	return m
}

// likeness is 1 for equal texts and 0 for texts without a common character: the
// weight of the best common subsequence, neighbours favoured, homophones counted
// in part, against the weight of both texts.
func (m *matcher) likeness(p *phrase) float64 {
	// score[j] and linked[j] belong to the last character of the query that was
	// read: the best up to phrase position j, and the value if both ended here.
	width := len(p.chars) + 1
	if cap(m.row) < 3*width {
		m.row = make([]float64, 3*width)
	}
	prev, cur, ends := m.row[:width], m.row[width:2*width], m.row[2*width:3*width]
	clear(m.row[:3*width])
	total := 0.0
	for _, r := range p.chars {
		total += m.x.rare(r)
	}
	for i, c := range m.chars {
		diagonal := 0.0
		for j := 1; j < width; j++ {
			like := 0.0
			if p.chars[j-1] == c {
				like = 1
			} else if sounds(m.sounds[i], p.sounds[j-1]) {
				like = sameSound
			}
			endedBefore := diagonal
			diagonal = ends[j]
			ends[j] = 0
			if like > 0 {
				gain := like * m.rare[i]
				value := prev[j-1] + gain*(1-adjacency)
				if linked := endedBefore; linked > 0 || i == 0 || j == 1 {
					value = max(value, linked+gain)
					if linked == 0 {
						value = max(value, prev[j-1]+gain)
					}
				}
				ends[j] = value
			}
			cur[j] = max(prev[j], cur[j-1], ends[j])
		}
		prev, cur = cur, prev
		cur[0] = 0
	}
	return min(1, 2*prev[width-1]/(m.weight+total))
}

// sounds tells whether two characters share a main reading.
func sounds(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && (a[0] == b[0] || len(b) > 1 && a[0] == b[1] || len(a) > 1 && a[1] == b[0])
}
