package core_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/sync/core"
)

// digests answers a question out of a list of hashes.
func digests(chain []event.Hash, a core.DigestAsk) []event.Hash {
	var out []event.Hash
	for from := a.From; from <= a.Upto; from += a.Span {
		out = append(out, core.Digest(chain[from-1:min(a.Upto, from+a.Span-1)]))
	}
	return out
}

// TestEachDifferenceIsFound changes some events of chains of every awkward length.
func TestEachDifferenceIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{0, 1, 2, 31, 32, 33, 1023, 1024, 1025, 32_768, 32_769, 50_000} {
		for changes := range 4 {
			here := make([]event.Hash, n)
			for i := range here {
				here[i] = event.Sum([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
			}
			there := slices.Clone(here)
			var want []event.Seq
			for range min(changes, n) {
				at := rng.IntN(n)
				there[at][5] ^= 1
				want = append(want, event.Seq(at+1))
			}
			slices.Sort(want)
			// The same place twice is the same place again.
			want = slices.DeleteFunc(want, func(s event.Seq) bool { return here[s-1] == there[s-1] })
			c := core.NewComparer(core.ChainID{Origin: "jiangnan/k1", Epoch: 7}, event.Seq(n))
			for {
				a, more := c.Next()
				if !more {
					break
				}
				if a.Ranges() > core.DigestFan || c.Answer(digests(here, a)[1:], digests(there, a)) {
					t.Fatalf("%d events: question %+v", n, a)
				}
				if !c.Answer(digests(here, a), digests(there, a)) {
					t.Fatalf("%d events: the answer to %+v is not taken", n, a)
				}
			}
			got := slices.Sorted(slices.Values(c.Differ()))
			if !slices.Equal(got, slices.Compact(want)) {
				t.Fatalf("%d events, %d changes: found %v, not %v", n, changes, got, want)
			}
			if asked, given := c.Cost(); changes == 1 && (asked > 4 || given > 4*core.DigestFan) {
				t.Errorf("%d events, one change: %d questions, %d digests", n, asked, given)
			}
		}
	}
}
