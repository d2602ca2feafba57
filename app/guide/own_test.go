package guide

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The hit rates of testdata/queries.txt; falling below is a step back.
const (
	ownFirst = 0.92
	ownFive  = 0.99
)

func TestSearchOnOwnQueries(t *testing.T) {
	b, err := os.ReadFile("testdata/queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := shipped(t)
	x := NewIndex(c)
	total, first, five := 0.0, 0.0, 0.0
	for line := range strings.Lines(string(b)) {
		want, q, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		total++
		got := slugs(c, x.Search(q, 5))
		at := slices.IndexFunc(got, func(s string) bool { return slices.Contains(strings.Split(want, ","), s) })
		if at == 0 {
			first++
		} else {
			t.Logf("%q wants %s: %v", q, want, got)
		}
		if at >= 0 {
			five++
		}
	}
	t.Logf("%.0f queries, hit@1 %.3f, hit@5 %.3f", total, first/total, five/total)
	if first/total < ownFirst || five/total < ownFive {
		t.Errorf("hit@1 %.3f, hit@5 %.3f, below %.2f and %.2f", first/total, five/total, ownFirst, ownFive)
	}
}
