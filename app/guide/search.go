package guide

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Why tells which part of an item answered a search.
type Why string

// Reasons of a hit. WhyWords: people say it so, the catalogue does not.
const (
	WhyName       Why = "name"
	WhyAlias      Why = "alias"
	WhyPinyin     Why = "pinyin"
	WhyEnglish    Why = "english"
	WhyWords      Why = "words"
	WhyQuestion   Why = "question"
	WhyArea       Why = "area"
	WhyDepartment Why = "department"
	WhyLifeEvent  Why = "life_event"
	WhyMaterial   Why = "material"
	WhyCondition  Why = "condition"
)

// Hit is one answer of a search. Match is the text that matched, in the words of
// the catalogue; Score orders hits of one search and means nothing across searches.
type Hit struct {
	Code  Code
	Why   Why
	Match string
	Score float64
}

// Worth of the parts of a score, found on the development queries.
const (
	worthChar      = 0.65
	worthPair      = 1.0
	worthSound     = 0.12
	worthSounds    = 0.4
	worthWord      = 1.3
	worthWhole     = 14.0
	worthPinyin    = 12.0
	worthTop       = 1.04
	maxQueryRunes  = 60
	leastShareKept = 0.12
)

// ownNumber is an identity number, of 15 or 18 places, or a unified social credit code.
var ownNumber = regexp.MustCompile(`^(\d{15}|\d{17}[\dXx]|\d{8}[0-9A-Za-z]{10})$`)

// Search gives at most limit items for what a person typed: one character or a
// whole sentence, pinyin, initials of pinyin, English, or a mixture; the best
// first, and equal ones in the order of the catalogue. Nothing typed gives nothing, and
// so does the number of a person or a company, of which a part would be in many texts.
func (x *Index) Search(query string, limit int) []Hit { return x.Find(query, Filter{}, limit) }

// Find is Search among the items that a filter lets pass.
func (x *Index) Find(query string, f Filter, limit int) []Hit {
	q := newQuery(query)
	if q.empty() || limit <= 0 || ownNumber.MatchString(strings.TrimSpace(query)) {
		return nil
	}
	scores := make([]float64, len(x.items))
	x.addTerms(&q, scores)
	best := x.addPhrases(&q, scores)
	x.addPinyin(&q, scores, best)
	var hits []Hit
	if !f.Empty() {
		for n, i := range x.items {
			if !f.Passes(i) {
				scores[n] = 0
			}
		}
	}
	for _, n := range x.ranked(scores, limit) {
		why, match := x.explain(&q, n, best.of(n))
		hits = append(hits, Hit{Code: x.items[n].Code, Why: why, Match: match, Score: scores[n]})
	}
	return hits
}

// ranked gives the best items in order, without those that are far below the first.
func (x *Index) ranked(scores []float64, limit int) (order []int) {
	for _, n := range x.top {
		scores[n] *= worthTop
	}
	top := slices.Max(scores)
	limit = min(limit, len(scores))
	least := max(leastShareKept*top, math.SmallestNonzeroFloat64)
	for n, s := range scores {
		if s < least {
			continue
		}
		order = append(order, n)
		if len(order) == 2*limit {
			order = bestOf(order, scores, limit)
			least = scores[order[limit-1]]
		}
	}
	return bestOf(order, scores, limit)
}

// bestOf gives the first of the items in order of their scores, equal ones as they stand.
func bestOf(order []int, scores []float64, limit int) []int {
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return order[:min(limit, len(order))]
}

// query is what a person typed, prepared.
type query struct {
	chars []rune   // all characters and digits in order, fillers included
	core  []string // stretches of characters and digits without fillers
	words []string // Latin words in order
	mixed []run    // everything in order, for patterns like "办hz"
}

func newQuery(s string) query {
	var q query
	folded := fold(s)
	folded = folded[:min(len(folded), maxQueryRunes)]
	q.mixed = runs(folded)
	joined := joinSingles(q.mixed)
	for _, r := range joined {
		if r.latin {
			q.words = append(q.words, string(r.text))
			continue
		}
		q.chars = append(q.chars, r.text...)
		q.core = append(q.core, strings.Fields(strip(string(r.text)))...)
	}
	return q
}

// joinSingles puts characters typed with spaces between them together again.
func joinSingles(in []run) []run {
	var out []run
	for n, r := range in {
		if n > 0 && !r.latin && !in[n-1].latin && (len(r.text) == 1 || len(in[n-1].text) == 1) {
			last := &out[len(out)-1]
			last.text = append(slices.Clone(last.text), r.text...)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (q *query) empty() bool { return len(q.chars) == 0 && len(q.words) == 0 }

// addTerms adds what the single terms of the query are worth.
func (x *Index) addTerms(q *query, scores []float64) {
	seen := map[term]bool{}
	add := func(t term, worth float64) bool {
		number, known := x.terms[t]
		if !known {
			return false
		}
		if !seen[t] {
			seen[t] = true
			for _, p := range x.postings[number] {
				scores[p.item] += worth * float64(p.worth)
			}
		}
		return true
	}
	for _, part := range q.core {
		var before rune
		for _, c := range part {
			add(newTerm(oneChar, c, 0), worthChar)
			// A pair that nobody writes may be a slip of the input method.
			if before != 0 && !add(newTerm(twoChars, before, c), worthPair) {
				soundTerms(before, c, func(t term) {
					if t.kind() == twoSounds {
						add(t, worthSounds)
					}
				})
			}
			before = c
		}
	}
	for n, w := range q.words {
		if stopWords[w] && len(q.words) > 1 {
			continue
		}
		if number, known := x.words[stem(w)]; known {
			add(newTerm(oneWord, number, 0), worthWord)
		} else if len(w) >= 3 {
			x.addHalfTyped(w, n == len(q.words)-1, add)
		}
	}
	x.addSyllables(q, add)
}

// addHalfTyped adds the English words that begin like one that was typed.
func (x *Index) addHalfTyped(word string, last bool, add func(term, float64) bool) {
	worth := worthWord * 0.6
	if !last {
		worth /= 2
	}
	at, _ := slices.BinarySearch(x.english, word)
	for n := at; n < len(x.english) && n < at+4 && strings.HasPrefix(x.english[n], word); n++ {
		add(newTerm(oneWord, x.words[x.english[n]], 0), worth)
	}
}

// addSyllables adds whole pinyin that was typed as words or as one string.
func (x *Index) addSyllables(q *query, add func(term, float64) bool) {
	before := int32(-1)
	for _, w := range q.words {
		parts := soundsOf(w)
		if x.knows(w) || parts == nil {
			before = -1
			continue
		}
		for _, s := range parts {
			add(newTerm(oneSound, int32(s), 0), worthSound)
			if before >= 0 {
				add(newTerm(twoSounds, before, int32(s)), worthPair)
			}
			before = int32(s)
		}
	}
}
