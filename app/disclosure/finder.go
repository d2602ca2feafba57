// Package disclosure is the request for government information (依申请公开) as pure functions:
// what a request must have, its clocks, what it costs, which earlier request it repeats, the
// fold of its facts, and the table of the year. It reads no clock and keeps personal values
// out of logs. It proposes and counts; what is disclosed a person decides.
package disclosure

import (
	"slices"
	"strings"
)

// Repeat is why a request may ask for the same information as an earlier one of the same
// person. Common names what both ask for; Beyond what only one of them says.
type Repeat struct {
	// Index is the place of the earlier request in the list that was looked through.
	Index  int
	Common []string
	Beyond []string
	// Alike is how much of both is common, from 0 to 100.
	Alike int
}

// FindRepeats proposes which earlier requests a new one may repeat (政府信息公开条例 第36条(六)), the
// likeliest first. It proposes too few rather than false ones: two requests that name different years,
// numbers, places, agencies or kinds of documents are different, and so are two of which
// each says something that the other does not. A person decides.
func FindRepeats(asked Reading, earlier []Reading) (found []Repeat) {
	for n, e := range earlier {
		if r, same := compare(asked, e); same {
			r.Index = n
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b Repeat) int { return b.Alike - a.Alike })
	return found
}

func compare(a, b Reading) (r Repeat, same bool) {
	switch {
	case a.text == "" || b.text == "":
		return r, false
	case a.text == b.text:
		r.Common, r.Alike = append(append(common(a, b), a.agencies.with(b.agencies)...), a.docs.with(b.docs)...), 100
		return r, true
	// A request without a year is another one than that for a year.
	case differ(a.years, b.years), differ(a.numbers, b.numbers), !agree(a.admins, b.admins), !agree(a.agencies, b.agencies), !sameDocs(a, b):
		return r, false
	}
	restA, sharedA, namesA := a.beyond(b)
	restB, sharedB, namesB := b.beyond(a)
	apart, fits := align([]rune(restA.text), []rune(restB.text))
	shared := (sharedA + sharedB + apart.both) / 2
	for d := range a.docs {
		shared += len([]rune(d))
	}
	firm := len(a.years) + len(a.numbers) + 2*len(a.admins.with(b.admins)) + (namesA+namesB)/2
	switch {
	case !fits:
		return r, false
	case (restA.name || restB.name) && (namesA == 0 || opposed(restA.text, restB.text)):
		return r, false
	case apart.cost*2 > shared+(namesA+namesB)/4, shared+firm < 4: // one of them asks for something else beside it, or too little is known
		return r, false
	}
	r.Common = append(append(common(a, b), a.agencies.with(b.agencies)...), a.docs.with(b.docs)...)
	r.Beyond = append(append(slices.Concat(restA.said, restB.said), oneSided(a.admins, b.admins)...), oneSided(a.agencies, b.agencies)...)
	r.Alike = 100 * (shared + firm) / (shared + firm + apart.cost)
	return r, true
}

// rest is what one request says and the other does not.
type rest struct {
	text string
	said []string
	name bool // a name is part of it
}

// beyond gives what r says and o does not, and how many characters of words and of names both say.
func (r Reading) beyond(o Reading) (x rest, shared, names int) {
	for _, s := range r.said {
		lacks := ""
		for _, m := range s.means {
			if !o.means[m] {
				lacks += m
			}
		}
		switch {
		case lacks == "" && s.name:
			names += len([]rune(s.text))
		case lacks == "":
			shared += max(2*len(s.means), len([]rune(strings.Join(s.means, ""))))
		case len(s.means) == 1 || len(lacks) == len(strings.Join(s.means, "")):
			lacks = s.text
			fallthrough
		default:
			x.text, x.said, x.name = x.text+lacks, append(x.said, lacks), x.name || s.name
		}
	}
	return x, shared, names
}

// common lists what both say, in the order of the first.
func common(a, b Reading) (out []string) {
	for _, s := range a.said {
		for _, m := range s.means {
			if b.means[m] && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return append(append(out, a.years.with(b.years)...), a.numbers.with(b.numbers)...)
}

// apartness is how two rests stand to each other: the characters that both have, in their
// order, and those that one of them lacks.
type apartness struct{ both, cost int }

// align lays two rests side by side. They fit where one only leaves characters out or adds
// some, as short forms do (年检, 年度检查); where one has other characters in the place of
// those of the other (桂花, 兰花) they are about different things.
func align(a, b []rune) (apartness, bool) {
	const never = 1 << 20
	// cost[n][m][s] is the least for the first n and m characters, where the last step was a
	// match (0), a character of a alone (1) or of b alone (2).
	cost := make([][][3]int, len(a)+1)
	for n := range cost {
		cost[n] = make([][3]int, len(b)+1)
		for m := range cost[n] {
			c := [3]int{never, never, never}
			if n == 0 && m == 0 {
				c[0] = 0
			}
			if n > 0 && m > 0 && a[n-1] == b[m-1] {
				c[0] = min(cost[n-1][m-1][0], cost[n-1][m-1][1], cost[n-1][m-1][2])
			}
			if n > 0 {
				c[1] = 1 + min(cost[n-1][m][0], cost[n-1][m][1])
			}
			if m > 0 {
				c[2] = 1 + min(cost[n][m-1][0], cost[n][m-1][2])
			}
			cost[n][m] = c
		}
	}
	end := cost[len(a)][len(b)]
	least := min(end[0], end[1], end[2])
	if least > 0 && len(a) == len(b) && len(a) >= turned && sameCharacters(a, b) {
		least = 0 // 江南段改线, 改线江南段
	}
	return apartness{both: len(a) + len(b) - least, cost: least}, least < never
}

// turned is how many characters of two rests have to be the same where their order is not.
const turned = 4

func sameCharacters(a, b []rune) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// against are characters that tell one place from another of nearly the same name.
const against = "东西南北上下左右前后内外大小新老旧高低一二三四五六七八九十甲乙丙丁"

// opposed tells whether rests differ in such a character.
func opposed(a, b string) bool {
	for _, c := range against {
		if strings.Count(a, string(c)) != strings.Count(b, string(c)) {
			return true
		}
	}
	return false
}

func differ(a, b set) bool { return len(a.without(b)) > 0 || len(b.without(a)) > 0 }

// agree tells that two sets say nothing against each other: one of them says nothing, or
// one says all that the other does.
func agree(a, b set) bool { return len(a.without(b)) == 0 || len(b.without(a)) == 0 }

func oneSided(a, b set) []string { return append(a.without(b), b.without(a)...) }

// sameDocs compares the kinds of documents. 总额 or 报告 counts where nothing firmer is named.
func sameDocs(a, b Reading) bool {
	if len(a.docs) > 0 || len(b.docs) > 0 {
		return !differ(a.docs, b.docs)
	}
	return agree(a.weak, b.weak)
}

// String gives the common things in a line, for an explanation.
func (r Repeat) String() string { return strings.Join(r.Common, "、") }
