package guide

import (
	"cmp"
	"slices"
	"strings"
)

// Likeness of two characters in a whole match, and what a gap between characters costs.
const (
	sameSound   = 0.7
	gapCost     = 0.5
	phraseFloor = 0.28
)

// mostCompared is how many phrases are compared in full with each part of a query: those
// that could be most alike. It bounds a search over a large catalogue, where many
// phrases share characters with everything; a small one has not so many.
const mostCompared = 600

// found is the best whole match of an item, and what its three best are worth together.
type found struct {
	likeness float64
	phrase   int
	role     role
	pinyin   bool
	top      [3]float64
}

// add takes the likeness of one more phrase in. Among equal ones a name stands
// before an alias, and a short phrase before a long one.
func (f *found) add(likeness float64, phrase int, as role, pinyin bool) {
	if likeness > f.likeness || likeness == f.likeness && (as < f.role || as == f.role && phrase < f.phrase) {
		f.likeness, f.phrase, f.role, f.pinyin = likeness, phrase, as, pinyin
	}
	for n := range f.top {
		if likeness > f.top[n] {
			likeness, f.top[n] = f.top[n], likeness
		}
	}
}

// finds has the found of each item that has one.
type finds struct {
	at  []int32 // per item, its place in all from 1
	all []found
}

func newFinds(items int) *finds { return &finds{at: make([]int32, items), all: make([]found, 1)} }

// of gives the found of an item; an empty one when nothing was.
func (f *finds) of(item int) found { return f.all[f.at[item]] }

// put sets the found of an item.
func (f *finds) put(item int, to found) {
	if f.at[item] == 0 {
		f.at[item] = int32(len(f.all))
		f.all = append(f.all, found{})
	}
	f.all[f.at[item]] = to
}

func (f *finds) add(item int32, likeness float64, phrase int, as role, pinyin bool) {
	if f.at[item] == 0 {
		f.at[item] = int32(len(f.all))
		f.all = append(f.all, found{})
	}
	f.all[f.at[item]].add(likeness, phrase, as, pinyin)
}

// addPhrases compares the query with names, aliases and sayings as a whole.
func (x *Index) addPhrases(q *query, scores []float64) *finds {
	best := newFinds(len(x.items))
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
	likeness := map[int]float64{}
	for n, try := range tries {
		m := x.matcher(try)
		// A part of the query counts by its share of it.
		share := 1.0
		if n > 0 {
			share = min(1, m.weight/max(whole, 0.001))
		}
		for _, c := range m.prospects(phraseFloor / share) {
			if l := m.likeness(c.phrase) * share; l > likeness[c.phrase] {
				likeness[c.phrase] = l
			}
		}
	}
	for n, l := range likeness {
		for _, o := range x.phrases.ownersOf(n) {
			if worth := l * roleWeight[o.role]; worth > phraseFloor {
				best.add(o.item, worth, n, o.role, false)
			}
		}
	}
	for n, at := range best.at {
		if at > 0 {
			top := best.all[at].top
			scores[n] += worthWhole * (top[0]*top[0] + 0.12*top[1]*top[1] + 0.06*top[2]*top[2])
		}
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
	gain   []float32   // per character of the index, the most it can bring
	row    []float64
}

func (x *Index) matcher(chars []rune) *matcher {
	m := &matcher{x: x, weight: x.weightOf(chars), gain: make([]float32, len(x.chars))}
	for _, r := range chars {
		rare := x.rare(r)
		like := make([]float32, len(x.chars))
		set := func(k uint16, l float32) {
			like[k] = l
			m.gain[k] = max(m.gain[k], l*float32(rare))
		}
		sounds := spoken().of(r)
		for n, s := range sounds[:min(2, len(sounds))] {
			for _, k := range x.bySound[s] {
				// Two rare readings that agree are no slip of the input method.
				if n == 0 || x.chars[k].sounds[0] == s {
					set(k, sameSound)
				}
			}
		}
		if k, ok := x.number[r]; ok {
			set(k, 1)
		}
		m.rare, m.like = append(m.rare, rare), append(m.like, like)
	}
	return m
}

// prospects gives the phrases whose likeness times weight may be above floor, of too
// many those that may be most.
func (m *matcher) prospects(floor float64) []prospect {
	p := &m.x.phrases
	// What a phrase can gain at most is added up along the lists of its characters. So much
	// memory is used again: left to the collector it would hold up every hundredth search.
	spare, ok := m.x.spare.Get().(*[]float32)
	if !ok {
		spare = new(make([]float32, len(p.list)-1))
	}
	defer m.x.spare.Put(spare)
	gains := *spare
	clear(gains)
	for k, gain := range m.gain {
		if gain > 0 {
			for _, n := range p.byChar.between(k, k+1) {
				gains[n] += gain
			}
		}
	}
	weight, out := float32(m.weight), shortlist{room: m.x.most, least: float32(floor)}
	for n, gain := range gains {
		if 2*gain > out.least*weight {
			f := &p.list[n]
			out.add(prospect{n, f.weight * min(1, 2*min(gain, weight)/(weight+f.rarity))})
		}
	}
	return out.finish()
}

// prospect is a phrase and the most that its likeness times its weight can be.
type prospect struct {
	phrase int
	bound  float32
}

// levels is how finely a shortlist tells bounds apart.
const levels = 1000

func (p prospect) level() int { return int(p.bound * levels) }

// shortlist keeps the prospects with the highest bounds, among equals the short ones.
type shortlist struct {
	room  int
	least float32 // who is not above it is not needed
	all   []prospect
	count [levels + 1]int
	level int // what is below it is not needed
	kept  int // prospects that are not below it
}

func (s *shortlist) add(p prospect) {
	at := p.level()
	if p.bound <= s.least || at < s.level {
		return
	}
	s.all = append(s.all, p)
	s.count[at]++
	s.kept++
	for s.kept-s.count[s.level] >= s.room {
		s.kept -= s.count[s.level]
		s.level++
		s.least = max(s.least, float32(s.level-1)/levels)
	}
}

func (s *shortlist) finish() []prospect {
	out := slices.DeleteFunc(s.all, func(p prospect) bool { return p.level() < s.level })
	if len(out) > s.room {
		slices.SortFunc(out, func(a, b prospect) int { return cmp.Or(b.level()-a.level(), a.phrase-b.phrase) })
		out = out[:s.room]
	}
	return out
}

// likeness is 1 for equal texts and 0 for texts without a common character: the
// weight of the best common subsequence, neighbours favoured and homophones
// counted in part, against the weight of both texts.
func (m *matcher) likeness(n int) float64 {
	chars := m.x.phrases.charsOf(n)
	width := len(chars) + 1
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
			if l := float64(like[chars[j-1]]); l > 0 {
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
	return min(1, 2*before[width-1]/(m.weight+float64(m.x.phrases.list[n].rarity)))
}
