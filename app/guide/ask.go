package guide

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Answer is what the catalogue says to a question: a part of the guide of one item.
// Text is a quote, it stands so in an answer of the FAQ or in the guide; More are
// further quotes of the same part, such as the other materials. A refused question
// has none of these: the catalogue does not speak of it, or not clearly enough.
type Answer struct {
	Refused bool
	Code    Code
	Field   Field
	FromFAQ bool
	Text    string
	More    []string
}

// Worth of what speaks for an answer, fitted to questions of our own.
const (
	worthTopic  = 4.9 // the search finds the item by what the question is about
	worthHeard  = 2.4 // and by the whole question
	worthCover  = 4.5 // the guide has the question's words
	worthAsked  = 6.2 // the field is asked for
	worthBeyond = 5.4 // the FAQ has the words beyond the item's names
	worthAlike  = 5.8 // the FAQ has the words
	worthFAQ    = 2.5 // people have asked this before
	worthFirst  = 1.0 // and it is the first that they asked of the field
	mostAsked   = 1.2
	askedItems  = 12 // items that are looked at closely
)

// usual is how much more or less often a field is asked for that no FAQ speaks of.
var usual = map[Field]float64{FieldMaterials: 0.5, FieldTime: 1, FieldWho: -2.4}

// What makes sure that a question is for this catalogue (a logistic regression over
// questions of both kinds); below 0 it is refused.
const (
	sureStart     = -6.35
	sureCover     = 2.17
	sureMissed    = -0.93
	sureAsked     = 1.54
	sureFound     = 2
	sureElsewhere = -4.7
	leastMet      = 1.5 // less is nothing but light words
	askedLeast    = 0.6 // words that are as clear ask for something
)

// candidate is an answer that could be given: a FAQ, or a part of the guide that no FAQ speaks of.
type candidate struct {
	item  *Item
	field Field
	faq   *FAQ
	cover cover
	found float64 // score of the search
	score float64
}

// Ask answers a question in everyday words, Chinese or English, with a quote from
// the catalogue. It never says what does not stand there: what it is not sure of, and a
// question that is the number of a person or a company, it refuses.
func (x *Index) Ask(question string) Answer {
	refused := Answer{Refused: true}
	if ownNumber.MatchString(strings.TrimSpace(question)) {
		return refused
	}
	a := newAsked(question, x.named)
	best := x.best(&a)
	if best == nil || x.sure(&a, best) < 0 {
		return refused
	}
	quotes := best.item.quotes(best.field)
	if best.faq != nil {
		quotes = said(best.faq.A)
	}
	if len(quotes) == 0 {
		return refused
	}
	return Answer{Code: best.item.Code, Field: best.field, FromFAQ: best.faq != nil, Text: quotes[0], More: quotes[1:]}
}

// Asks tells whether words ask for a part of a guide, answered or not, and are not only
// what somebody looks for.
func (x *Index) Asks(words string) bool {
	words = strings.TrimSpace(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	if strings.ContainsRune("?？吗呢么", last) {
		return true
	}
	a := newAsked(words, x.named)
	return a.clearest() >= askedLeast
}

// best gives the best candidate; nil when the search finds nothing.
func (x *Index) best(a *asked) (best *candidate) {
	hits := x.Search(a.topic, askedItems)
	heard := map[Code]float64{}
	whole := x.Search(a.text, 2*askedItems)
	for _, h := range whole {
		heard[h.Code] = h.Score / whole[0].Score
	}
	loads := x.loads(a)
	for _, h := range hits {
		n := slices.IndexFunc(x.items, func(i *Item) bool { return i.Code == h.Code })
		p := x.page(n)
		c := candidate{item: x.items[n], cover: p.cover(loads), found: h.Score}
		base := worthTopic*h.Score/hits[0].Score + worthHeard*heard[h.Code] + worthCover*c.cover.share()
		for _, c := range p.candidates(a, loads, c) {
			if c.score += base; best == nil || c.score > best.score {
				best = &c
			}
		}
	}
	return best
}

// candidates gives the answers of one item, like first but for the field.
func (p *page) candidates(a *asked, loads []load, first candidate) []candidate {
	var out []candidate
	seen := map[Field]bool{}
	add := func(f Field, faq *FAQ, worth float64) {
		c := first
		c.field, c.faq = f, faq
		c.score = worth + worthAsked*min(mostAsked, a.clear[f])
		out = append(out, c)
		seen[f] = true
	}
	for n := range first.item.FAQ {
		faq := &first.item.FAQ[n]
		worth := worthFAQ + p.alike(loads, faq, false)
		if !seen[Field(faq.Field)] {
			worth += worthFirst
		}
		add(Field(faq.Field), faq, worth)
	}
	guide := map[bool]float64{false: p.alike(loads, nil, false), true: p.alike(loads, nil, true)}
	for _, f := range guideFields {
		if !seen[f] {
			add(f, nil, usual[f]+guide[a.clear[f] > 0])
		}
	}
	return out
}

// sure tells how sure it is that the question is for this catalogue: above 0 rather than not.
func (x *Index) sure(a *asked, c *candidate) float64 {
	if c.cover.met < leastMet && !c.cover.named {
		return -1
	}
	return sureStart + sureCover*c.cover.share() + sureMissed*math.Log1p(c.cover.missed) + sureAsked*min(mostAsked, a.clearest()) +
		sureFound*math.Log1p(c.found) + sureElsewhere*a.elsewhere(x.named)
}
