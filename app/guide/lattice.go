package guide

import (
	"cmp"
	"slices"
	"strings"
)

// What it costs in logarithms to read letters otherwise than as a whole syllable of the
// character's main reading.
const (
	costFurther = 2.5
	costInitial = 3.0
	costHalf    = 1.5
)

const (
	// mostLetters is how many letters are read in one go.
	mostLetters = 96
	// beam is how many ways of reading are followed at once, none of which is less likely
	// than the best by more than lost, in logarithms; mostChars how many characters of a
	// syllable, and mostBegun how many of those that only begin with a letter.
	beam      = 16
	lost      = 9
	mostChars = 40
	mostBegun = 80
)

// typed is a character with what its reading costs.
type typed struct {
	glyph glyph
	cost  float32
}

// stretch is letters up to one that may stand for one character.
type stretch struct {
	to    int
	chars []typed
	cost  float32
	begun bool // no whole syllable
}

// plainLetters brings typed letters to small ones of a to z, with u for ü and ' for what
// parts syllables; it ends where something else stands. Each letter has one byte.
func plainLetters(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r == '’':
			r = '\''
		}
		if r == 'v' || r == 'ü' || r == 'Ü' {
			r = 'u'
		}
		if r != '\'' && !isLetter(r) || out.Len() == mostLetters {
			break
		}
		out.WriteByte(byte(r))
	}
	return out.String()
}

// stretches gives what may begin at a letter: whole syllables, the one at the end half
// typed, and first letters.
func (t *Typing) stretches(letters string, at int) (out []stretch) {
	rest := letters[at:]
	if end := strings.IndexByte(rest, '\''); end >= 0 {
		rest = rest[:end]
	}
	r := spoken()
	for n := min(r.longest, len(rest)); n > 0; n-- {
		to := past(letters, at+n)
		s, whole := r.numbers[rest[:n]]
		if whole {
			out = append(out, stretch{to: to, chars: t.bySound[s]})
		}
		begun := t.begun[rest[:n]]
		switch initial := n == 1 || n == 2 && rest[1] == 'h'; {
		case len(begun) == 0 || whole && n > 1:
		case to == len(letters) && n == len(rest):
			out = append(out, stretch{to, begun, costHalf, true})
		case initial && !whole:
			out = append(out, stretch{to, begun, costInitial, true})
		}
	}
	return out
}

// past gives where to go on behind what parts syllables.
func past(letters string, at int) int {
	for at < len(letters) && letters[at] == '\'' {
		at++
	}
	return at
}

// ways are the stretches at each letter that lead to the end, which is as far as letters
// can be read. Whole tells that nothing but the last syllable is less than whole.
type ways struct {
	first, end int
	from       [][]stretch
	whole      bool
}

// leads tells whether the letters can be read on from one.
func (w ways) leads(at int) bool { return at == w.end || at < w.end && len(w.from[at]) > 0 }

// ways finds them. First letters count only where whole syllables do not come out even.
func (t *Typing) ways(letters string) ways {
	w := ways{first: past(letters, 0)}
	all := make([][]stretch, len(letters))
	reached := make([]bool, len(letters)+1)
	reached[w.first] = true
	for n := w.first; n < len(letters); n++ {
		if !reached[n] {
			continue
		}
		all[n] = t.stretches(letters, n)
		for _, s := range all[n] {
			reached[s.to] = true
			w.end = max(w.end, s.to)
		}
	}
	for _, w.whole = range []bool{true, false} {
		w.from = make([][]stretch, w.end)
		for n := w.end - 1; n >= w.first; n-- {
			for _, s := range all[n] {
				if w.leads(s.to) && (!w.whole || !s.begun || s.to == w.end) {
					w.from[n] = append(w.from[n], s)
				}
			}
		}
		if w.end == 0 || len(w.from[w.first]) > 0 {
			break
		}
	}
	return w
}

// path is one way of reading the letters up to a place: the last two characters, how
// likely it is, and the way before.
type path struct {
	a, b  glyph
	score float32
	from  *path
}

// sentence reads letters as a whole, as far as that goes.
func (t *Typing) sentence(w ways) Guess {
	at := make([][]path, w.end+1)
	at[w.first] = []path{{}}
	for n := w.first; n < w.end; n++ {
		if len(at[n]) == 0 {
			continue
		}
		at[n] = likeliest(at[n])
		for _, s := range w.from[n] {
			at[s.to] = t.extend(at[s.to], at[n], s)
		}
	}
	best := slices.MaxFunc(at[w.end], byScore)
	var text []rune
	for p := &best; p.from != nil; p = p.from {
		text = append(text, p.b.rune())
	}
	slices.Reverse(text)
	return Guess{Text: string(text), Letters: w.end}
}

// likeliest gives the paths that are followed on. One that is less likely than the best by
// more than a character can win back is none of them.
func likeliest(paths []path) []path {
	best := slices.MaxFunc(paths, byScore).score
	paths = slices.DeleteFunc(paths, func(p path) bool { return p.score < best-lost })
	slices.SortFunc(paths, func(p, q path) int { return byScore(q, p) })
	return paths[:min(len(paths), beam)]
}

func byScore(p, q path) int { return cmp.Compare(p.score, q.score) }

// extend adds the characters of a stretch to each of the paths; of those that end in the
// same two characters only the best can win.
func (t *Typing) extend(to, paths []path, s stretch) []path {
	most := mostChars
	if s.begun {
		most = mostBegun
	}
	rooms := make([]*followers, len(paths))
	for n, p := range paths {
		rooms[n] = t.chances.room(p.a, p.b)
	}
	for _, c := range s.chars[:min(len(s.chars), most)] {
		first := len(to)
		for n := range paths {
			p := &paths[n]
			new := path{p.b, c.glyph, p.score + score(rooms[n], c.glyph, t.chances.two(p.b, c.glyph)) - s.cost - c.cost, p}
			same := slices.IndexFunc(to[first:], func(q path) bool { return q.a == p.b })
			switch {
			case same < 0:
				to = append(to, new)
			case new.score > to[first+same].score:
				to[first+same] = new
			}
		}
	}
	return to
}
