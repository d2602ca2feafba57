package core

import (
	"crypto/sha256"

	"onewindow/app/event"
)

// DigestFan is how many ranges a range is split into at each step down the tree, and
// how many events the smallest range has.
const DigestFan = 32

// Digest sums up a range of a chain: SHA-256 over the hashes of its events, in order.
func Digest(sums []event.Hash) event.Hash {
	h := sha256.New()
	for i := range sums {
		h.Write(sums[i][:])
	}
	return event.Hash(h.Sum(nil))
}

// DigestAsk asks for the digests of the consecutive ranges of Span events that a chain
// has from From to Upto; the last range may be shorter. Span 1 asks for each event.
type DigestAsk struct {
	ID         ChainID
	From, Upto event.Seq
	Span       event.Seq
}

// Ranges is how many digests answer the question.
func (a DigestAsk) Ranges() int { return int((a.Upto - a.From + a.Span) / a.Span) }

// Comparer finds where two places differ in a chain that both have up to a number, as a
// state machine: it goes down only where digests differ, so that one changed event of a
// million costs four questions.
type Comparer struct {
	open   []DigestAsk // what is still to be asked
	differ []event.Seq
	asked  int
	given  int
}

// NewComparer begins to compare a chain from its beginning to a number.
func NewComparer(id ChainID, upto event.Seq) *Comparer {
	c := &Comparer{}
	if upto > 0 {
		// The first answer holds at most DigestFan digests as well.
		span := event.Seq(1)
		for span*DigestFan < upto {
			span *= DigestFan
		}
		c.open = []DigestAsk{{ID: id, From: 1, Upto: upto, Span: span}}
	}
	return c
}

// Next gives the next question, which is asked here and at the other place; false when
// the comparison has ended.
func (c *Comparer) Next() (DigestAsk, bool) {
	if len(c.open) == 0 {
		return DigestAsk{}, false
	}
	return c.open[0], true
}

// Answer takes what both places have for the question that Next gave; false when the
// answers do not fit it, and the question stands.
func (c *Comparer) Answer(here, there []event.Hash) bool {
	a := c.open[0]
	if len(here) != a.Ranges() || len(there) != a.Ranges() {
		return false
	}
	c.open = c.open[1:]
	c.asked++
	c.given += len(there)
	for i := range here {
		if here[i] == there[i] {
			continue
		}
		from := a.From + event.Seq(i)*a.Span
		if a.Span == 1 {
			c.differ = append(c.differ, from)
			continue
		}
		c.open = append(c.open, DigestAsk{ID: a.ID, From: from, Upto: min(a.Upto, from+a.Span-1), Span: a.Span / DigestFan})
	}
	return true
}

// Differ lists the numbers at which the places differ, as far as it is known.
func (c *Comparer) Differ() []event.Seq { return c.differ }

// Cost tells how many questions were asked and how many digests came for them.
func (c *Comparer) Cost() (asked, digests int) { return c.asked, c.given }
