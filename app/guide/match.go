package guide

import "strings"

// Likeness of two characters in a whole match, and what a gap between characters costs.
const (
	sameSound   = 0.7
	gapCost     = 0.5
	phraseFloor = 0.28
)

// found is the best whole match of an item, and what its three best are worth together.
type found struct {
	likeness float64
	phrase   int
	pinyin   bool
	top      [3]float64
}

// add takes the likeness of one more phrase in.
func (f *found) add(likeness float64, phrase int, pinyin bool) {
	if likeness > f.likeness {
		f.likeness, f.phrase, f.pinyin = likeness, phrase, pinyin
	}
	for n := range f.top {
		if likeness > f.top[n] {
			likeness, f.top[n] = f.top[n], likeness
		}
	}
}

// addPhrases compares the query with every name, alias and saying as a whole.
func (x *Index) addPhrases(q *query, scores []float64) []found {
	best := make([]found, len(x.items))
	for n := range best {
		best[n].phrase = -1
	}
	core := []rune(strings.Join(q.core, ""))
	var tries [][]rune
	if len(q.chars) > 0 {
		tries = append(tries, q.chars)
	}
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
	whole := x.weightOf(core)
	likenesses := make([]float64, len(x.phrases))
	for n, try := range tries {
		m := x.matcher(try)
		// A part of the query counts by its share of it.
		share := 1.0
		if n > 0 {
			share = min(1, m.weight/max(whole, 0.001))
		}
		for k := range x.phrases {
			p := &x.phrases[k]
			if m.bound(p)*p.weight*share > max(phraseFloor, likenesses[k]) {
				likenesses[k] = max(likenesses[k], m.likeness(p)*p.weight*share)
			}
		}
	}
	for k, l := range likenesses {
		if l > phraseFloor {
			best[x.phrases[k].item].add(l, k, false)
		}
	}
	for n, f := range best {
		scores[n] += worthWhole * (f.top[0]*f.top[0] + 0.12*f.top[1]*f.top[1] + 0.06*f.top[2]*f.top[2])
	}
	return best
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
	rare   []float64
	weight float64
	like   [][]float32 // per character of the text and character of the index
	most   []float32   // per character of the index, the best over the text
	row    []float64
}

func (x *Index) matcher(chars []rune) *matcher {
	m := &matcher{x: x, weight: x.weightOf(chars), most: make([]float32, len(x.chars))}
	for _, r := range chars {
		m.rare = append(m.rare, x.rare(r))
		like := make([]float32, len(x.chars))
		sounds := spoken().of[r]
		for n, s := range sounds[:min(2, len(sounds))] {
			for _, k := range x.bySound[s] {
				// Two rare readings that agree are no slip of the input method.
				if n == 0 || x.chars[k].sounds[0] == s {
					like[k] = sameSound
				}
			}
		}
		if k, ok := x.number[r]; ok {
			like[k] = 1
		}
		for k, l := range like {
			m.most[k] = max(m.most[k], l)
		}
		m.like = append(m.like, like)
	}
	return m
}

// bound is never below likeness and cheap.
func (m *matcher) bound(p *phrase) float64 {
	sum := 0.0
	for _, k := range p.chars {
		if l := m.most[k]; l > 0 {
			sum += float64(l) * max(m.x.chars[k].rarity, m.x.common)
		}
	}
	return min(1, 2*min(sum, m.weight)/(m.weight+p.rarity))
}

// likeness is 1 for equal texts and 0 for texts without a common character: the
// weight of the best common subsequence, neighbours favoured and homophones
// counted in part, against the weight of both texts.
func (m *matcher) likeness(p *phrase) float64 {
	width := len(p.chars) + 1
	if cap(m.row) < 3*width {
		m.row = make([]float64, 3*width)
	}
	row := m.row[:3*width]
	clear(row)
	// before and now hold, per position of the phrase, the best so far; ends the
	// best of those that match the current character of the text right there.
	before, now, ends := row[:width], row[width:2*width], row[2*width:]
	for i, like := range m.like {
		diagonal := 0.0
		for j := 1; j < width; j++ {
			linked := diagonal
			diagonal, ends[j] = ends[j], 0
			if l := float64(like[p.chars[j-1]]); l > 0 {
				gain := l * m.rare[i]
				value := before[j-1] + gain*(1-gapCost)
				if linked > 0 {
					value = max(value, linked+gain)
				} else if i == 0 || j == 1 {
					value = before[j-1] + gain
				}
				ends[j] = value
			}
			now[j] = max(before[j], now[j-1], ends[j])
		}
		before, now = now, before
	}
	return min(1, 2*before[width-1]/(m.weight+p.rarity))
}
