package guide

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed tables/words.txt
var wordsTable string

// sayings is tables/words.txt, ready to be asked for one item after the other:
// both maps have the first character of a word as their key, because a text has
// few characters and the table has many words.
type sayings struct {
	lines []line
	needs map[rune][]need
	alike [][]string // words for the same
	words map[rune][]alikeWord
}

// line is what people say for an item. What is only around it ("金毛" for a dog licence)
// tells by its words; it is no name to compare with.
type line struct {
	heard  []string
	around bool
}

// need is one list of words of a line: who has them all is also found by what is heard.
type need struct {
	line  int
	words []string
}

// alikeWord is the word with number at of a list of words for the same.
type alikeWord struct{ list, at int }

func newSayings() *sayings {
	s := &sayings{needs: map[rune][]need{}, words: map[rune][]alikeWord{}}
	var lists [][]string // of the line, or of the one above it that says to whom both belong
	for text := range strings.Lines(wordsTable) {
		text = strings.TrimSpace(text)
		if same, ok := strings.CutPrefix(text, "~"); ok {
			s.alike = append(s.alike, strings.Fields(same))
			continue
		}
		at := strings.IndexAny(text, "=:")
		if at < 0 || strings.HasPrefix(text, "#") {
			continue
		}
		if left := strings.Fields(text[:at]); len(left) > 0 {
			lists = nil
			for _, list := range left {
				lists = append(lists, foldAll(strings.Split(list, "+")))
			}
		}
		for _, words := range lists {
			first, _ := utf8.DecodeRuneInString(words[0])
			s.needs[first] = append(s.needs[first], need{line: len(s.lines), words: words})
		}
		l := line{around: text[at] == ':'}
		for _, h := range strings.Fields(text[at+1:]) {
			l.heard = append(l.heard, string(fold(strings.ReplaceAll(h, "_", " "))))
		}
		s.lines = append(s.lines, l)
	}
	for list, same := range s.alike {
		for at, w := range same {
			first, _ := utf8.DecodeRuneInString(w)
			s.words[first] = append(s.words[first], alikeWord{list, at})
		}
	}
	return s
}

// variants gives phrases with one of their words replaced by each that is used
// for it, and all words that are used for one another in them; without doubles.
func (s *sayings) variants(phrases []string) (texts, words []string) {
	seen := map[string]bool{}
	for _, p := range phrases {
		for _, found := range s.longest(p) {
			same := s.alike[found.list]
			for at, w := range same {
				if v := strings.Replace(p, same[found.at], w, 1); at != found.at && !seen[v] {
					seen[v] = true
					texts = append(texts, v)
				}
				if !seen[w] {
					seen[w] = true
					words = append(words, w)
				}
			}
		}
	}
	return texts, words
}

// longest gives the words of a phrase for which others are used, one of each list: the
// longest counts, so that "驾驶证" is not taken for another word within it.
func (s *sayings) longest(phrase string) (out []alikeWord) {
	for at, r := range phrase {
		for _, w := range s.words[r] {
			word := s.alike[w.list][w.at]
			if !strings.HasPrefix(phrase[at:], word) {
				continue
			}
			n := slices.IndexFunc(out, func(o alikeWord) bool { return o.list == w.list })
			if n < 0 {
				out = append(out, w)
			} else if best := s.alike[w.list][out[n].at]; len(word) > len(best) || len(word) == len(best) && w.at < out[n].at {
				out[n] = w
			}
		}
	}
	slices.SortFunc(out, func(a, b alikeWord) int { return a.list - b.list })
	return out
}

// heardFor gives what people say for an item whose name and aliases are phrases, and
// the words around it, each word once, in the order of the table.
func (s *sayings) heardFor(phrases []string) (heard, around []string) {
	whole := strings.Join(phrases, "\n")
	var lines []int
	for at, r := range whole {
		for _, n := range s.needs[r] {
			if strings.HasPrefix(whole[at:], n.words[0]) && !slices.ContainsFunc(n.words[1:], func(w string) bool { return !strings.Contains(whole, w) }) {
				lines = append(lines, n.line)
			}
		}
	}
	slices.Sort(lines)
	seen := map[string]bool{}
	for _, at := range slices.Compact(lines) {
		to := &heard
		if s.lines[at].around {
			to = &around
		}
		for _, h := range s.lines[at].heard {
			if !seen[h] {
				seen[h] = true
				*to = append(*to, h)
			}
		}
	}
	return heard, around
}
