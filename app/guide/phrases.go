package guide

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// role is what a phrase is to an item.
type role uint8

const (
	named role = iota
	aliased
	heard
	varied
)

// What a phrase of each role counts, and the reason that a hit by it tells.
var (
	roleWeight = [...]float64{1, 1, 0.5, 0.85}
	roleWhy    = [...]Why{WhyName, WhyAlias, WhyWords, WhyWords}
)

// owner is an item that has a phrase.
type owner struct {
	item int32
	role role
}

// phrase is a name, alias or saying, ready for matching as a whole. Many items may
// have the same one. chars and owners are where its part of phrases.chars and
// phrases.owners begins; rarity is the sum over its characters.
type phrase struct {
	chars, owners uint32
	rarity        float32
	weight        float32 // of the best role in it
	spoken        float32 // the same, but 0 when nobody types it by its sound
}

// phrases are all of them, short ones first.
type phrases struct {
	list    []phrase // and one more that is empty, where the last one ends
	chars   []uint16 // numbers of Index.chars
	owners  []owner
	byChar  lists          // phrases per character
	byStart lists          // spoken phrases per startKey of three neighbours
	spaced  map[int]string // what is written with spaces, as it is written
}

func (p *phrases) charsOf(n int) []uint16 { return p.chars[p.list[n].chars:p.list[n+1].chars] }

// text gives a phrase folded, with its spaces.
func (x *Index) text(n int) string {
	if s, ok := x.phrases.spaced[n]; ok {
		return s
	}
	var out strings.Builder
	for _, k := range x.phrases.charsOf(n) {
		out.WriteRune(x.chars[k].r)
	}
	return out.String()
}

func (p *phrases) ownersOf(n int) []owner { return p.owners[p.list[n].owners:p.list[n+1].owners] }

// character is one that occurs in a phrase. Its rarity is the inverse frequency over items.
type character struct {
	r      rune
	sounds []sound
	rarity float64
	starts starts
}

// starts has a bit for each letter that a character may be typed with first: those
// that its sounds begin with, or itself; silent is the bit of what has none.
type starts uint32

const (
	silent   = 26
	phraseOf = 27 // where a phrase has ended
	allStart = 28
)

func startsOf(r rune, sounds []sound) starts {
	var out starts
	for _, s := range sounds {
		out |= 1 << (spoken().names[s][0] - 'a')
	}
	if isLetter(r) {
		out |= 1 << (r - 'a')
	}
	return cmp.Or(out, 1<<silent)
}

// phraseBook gathers the phrases of a catalogue.
type phraseBook struct {
	x    *Index
	at   map[string]int32 // by text
	all  []gathered
	last []int // per character, the last item that has it, from 1
	df   []float64
}

type gathered struct {
	spaced string // empty when it has no spaces
	chars  []uint16
	owners []owner
}

// add takes the phrases of the next item in.
func (b *phraseBook) add(n int, r reading) {
	for as, texts := range r.phrases() {
		for _, text := range texts {
			b.phrase(n, role(as), text)
		}
	}
}

// squeezed is a folded phrase as it is compared: without spaces.
func squeezed(folded string) string { return strings.ReplaceAll(folded, " ", "") }

// phrase takes one in. English ones are found by their words alone.
func (b *phraseBook) phrase(n int, as role, text string) {
	folded := squeezed(text)
	if strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") == "" {
		return
	}
	at, known := b.at[folded]
	if !known {
		at = int32(len(b.all))
		b.at[folded] = at
		b.all = append(b.all, gathered{})
		if spaced := strings.TrimSpace(text); spaced != folded {
			b.all[at].spaced = spaced
		}
		for _, r := range folded {
			b.all[at].chars = append(b.all[at].chars, b.number(r))
		}
	}
	g := &b.all[at]
	g.owners = append(g.owners, owner{int32(n), as})
	for _, k := range g.chars {
		if b.last[k] != n+1 {
			b.last[k] = n + 1
			b.df[k]++
		}
	}
}

func (b *phraseBook) number(r rune) uint16 {
	x := b.x
	k, known := x.number[r]
	if !known {
		k = uint16(len(x.chars))
		x.number[r] = k
		sounds := spoken().of(r)
		x.chars = append(x.chars, character{r: r, sounds: sounds, starts: startsOf(r, sounds)})
		for _, s := range sounds[:min(2, len(sounds))] {
			x.bySound[s] = append(x.bySound[s], k)
		}
		b.last, b.df = append(b.last, 0), append(b.df, 0)
	}
	return k
}

// finish rates the characters, sorts the phrases and makes the lists.
func (b *phraseBook) finish() phrases {
	x, total := b.x, float64(len(b.x.items))
	x.common = math.Log(1 + total)
	for k := range x.chars {
		x.chars[k].rarity = math.Log(1 + total/b.df[k])
	}
	slices.SortStableFunc(b.all, func(a, b gathered) int { return cmp.Compare(len(a.chars), len(b.chars)) })
	out := phrases{spaced: map[int]string{}}
	for n, g := range b.all {
		if g.spaced != "" {
			out.spaced[n] = g.spaced
		}
		p := phrase{chars: uint32(len(out.chars)), owners: uint32(len(out.owners))}
		for _, k := range g.chars {
			p.rarity += float32(x.chars[k].rarity)
		}
		for _, o := range g.owners {
			w := float32(roleWeight[o.role])
			p.weight = max(p.weight, w)
			if o.role != varied { // what people write for an alias they seldom type by its sound
				p.spoken = max(p.spoken, w)
			}
		}
		out.list = append(out.list, p)
		out.chars = append(out.chars, g.chars...)
		out.owners = append(out.owners, g.owners...)
	}
	out.list = append(out.list, phrase{chars: uint32(len(out.chars)), owners: uint32(len(out.owners))})
	out.byChar = newLists(len(x.chars), func(add func(key int, n int32)) {
		for n := range len(b.all) {
			for _, k := range out.charsOf(n) {
				add(int(k), int32(n))
			}
		}
	})
	out.byStart = newLists(allStart*allStart*allStart, func(add func(key int, n int32)) {
		for n := range len(b.all) {
			if out.list[n].spoken > 0 {
				x.startKeys(out.charsOf(n), func(key int) { add(key, int32(n)) })
			}
		}
	})
	return out
}

// startKeys hands over how each three neighbours of a phrase may begin.
func (x *Index) startKeys(chars []uint16, add func(key int)) {
	at := func(n int) starts {
		if n < len(chars) {
			return x.chars[chars[n]].starts
		}
		return 1 << phraseOf
	}
	for n := range chars {
		for a := range at(n).each {
			for b := range at(n + 1).each {
				for c := range at(n + 2).each {
					add((a*allStart+b)*allStart + c)
				}
			}
		}
	}
}

func (s starts) first() int { return bits.TrailingZeros32(uint32(s)) }

func (s starts) each(yield func(int) bool) {
	for ; s != 0; s &= s - 1 {
		if !yield(s.first()) {
			return
		}
	}
}

// rare gives the rarity of a character.
func (x *Index) rare(r rune) float64 {
	if k, ok := x.number[r]; ok {
		return x.chars[k].rarity
	}
	return x.common
}

// lists are lists of phrases in one piece: list k is all[at[k]:at[k+1]], ascending.
type lists struct {
	at  []uint32
	all []int32
}

// newLists makes them of what walk hands over, twice: to count and to fill.
func newLists(keys int, walk func(add func(key int, n int32))) lists {
	at := make([]uint32, keys+2)
	walk(func(key int, _ int32) { at[key+2]++ })
	for k := range keys {
		at[k+2] += at[k+1]
	}
	all := make([]int32, at[keys+1])
	walk(func(key int, n int32) {
		all[at[key+1]] = n
		at[key+1]++
	})
	return lists{at: at[:keys+1], all: all}
}

// between gives the lists from one key up to another, which it leaves out.
func (l *lists) between(from, to int) []int32 { return l.all[l.at[from]:l.at[to]] }

// marks is a set of phrases. It gives them back in ascending order, each once.
type marks []uint64

func newMarks(phrases int) marks { return make(marks, (phrases+63)/64) }

func (m marks) add(n int32) { m[n>>6] |= 1 << (n & 63) }

func (m marks) each(yield func(int) bool) {
	for at, word := range m {
		for ; word != 0; word &= word - 1 {
			if !yield(at<<6 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}
