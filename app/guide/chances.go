package guide

import (
	_ "embed"
	"math"
	"slices"
	"strings"
)

//go:embed tables/everyday.txt
var everydayTable string

// glyph is a character that has readings, counted from 1 in the order of Unicode; 0 is
// the beginning of a text.
type glyph uint16

const allGlyphs = afterHan - firstHan + 1

// glyphOf gives 0 for what has no reading.
func glyphOf(c rune) glyph {
	if len(spoken().of(c)) == 0 {
		return 0
	}
	return glyph(c - firstHan + 1)
}

func (g glyph) rune() rune { return rune(g) - 1 + firstHan }

// chances tells how likely a character is behind the two before it, learned from texts.
// What was seldom seen behind two is taken from what was seen behind one, and that from
// how usual the character is.
type chances struct {
	alone  []float32
	total  float32
	behind []followers      // behind a character
	pairs  map[uint32]int32 // where in rooms a pair stands
	rooms  []followers      // behind a pair
}

// followers is what was seen behind something, in order, and how much of it.
type followers struct {
	sum  float32
	list []follower
}

type follower struct {
	glyph glyph
	count float32
}

func (f *followers) find(c glyph) (int, bool) {
	return slices.BinarySearchFunc(f.list, c, func(o follower, c glyph) int { return int(o.glyph) - int(c) })
}

func (f *followers) add(c glyph, worth float32) {
	at, ok := f.find(c)
	if !ok {
		f.list = slices.Insert(f.list, at, follower{glyph: c})
	}
	f.list[at].count += worth
	f.sum += worth
}

// mix gives the chance of c among the followers, where before is its chance without them.
// Each kind that was seen speaks for one to come.
func (f *followers) mix(c glyph, before float32) float32 {
	more := float32(len(f.list)) + 0.5
	count := float32(0)
	if at, ok := f.find(c); ok {
		count = f.list[at].count
	}
	return (count + more*before) / (f.sum + more)
}

// How much a text teaches: the official words of a guide less than what people say. The
// everyday words and characters teach the less the further down their table they stand.
const (
	teachGuide    = 0.5
	teachSaid     = 1
	teachEveryday = 1600
	teachRank     = 30
	// never is what a character counts that was not seen at all.
	never = 0.02
)

func newChances() *chances {
	return &chances{alone: make([]float32, allGlyphs), behind: make([]followers, allGlyphs), pairs: make(map[uint32]int32, 1<<16), rooms: make([]followers, 1, 1<<16)}
}

func pairKey(a, b glyph) uint32 { return uint32(a)<<16 | uint32(b) }

// learn takes in a text; what is no character ends a stretch.
func (m *chances) learn(text string, worth float32) {
	a, b := glyph(0), glyph(0)
	for _, r := range text {
		c := glyphOf(r)
		if c == 0 {
			a, b = 0, 0
			continue
		}
		m.know(c, worth)
		m.behind[b].add(c, worth)
		at, ok := m.pairs[pairKey(a, b)]
		if !ok {
			at = int32(len(m.rooms))
			m.pairs[pairKey(a, b)] = at
			m.rooms = append(m.rooms, followers{})
		}
		m.rooms[at].add(c, worth)
		a, b = b, c
	}
}

// know takes in a character by itself.
func (m *chances) know(c glyph, worth float32) {
	m.alone[c] += worth
	m.total += worth
}

// one is the chance of a character by itself.
func (m *chances) one(c glyph) float32 { return (m.alone[c] + never) / (m.total + never*7000) }

// two is its chance behind another one.
func (m *chances) two(b, c glyph) float32 { return m.behind[b].mix(c, m.one(c)) }

// room gives what was seen behind a pair.
func (m *chances) room(a, b glyph) *followers { return &m.rooms[m.pairs[pairKey(a, b)]] }

// score is the logarithm of its chance behind two, of which the room is known.
func score(room *followers, c glyph, two float32) float32 {
	return float32(math.Log(float64(room.mix(c, two))))
}

// everyday gives the words of tables/everyday.txt, the most usual first, and the
// characters by themselves.
func everyday() (words []string, chars []rune) {
	for line := range strings.Lines(everydayTable) {
		switch more, single := strings.CutPrefix(line, "="); {
		case strings.HasPrefix(line, "#"):
		case single:
			chars = append(chars, []rune(strings.TrimSpace(more))...)
		default:
			words = append(words, strings.Fields(line)...)
		}
	}
	return words, chars
}
