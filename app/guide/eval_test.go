package guide

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// floors are the hit rates that the search reached on the development queries;
// falling below one of them is a step back.
var floors = map[string][2]float64{
	"all": {0.93, 0.99}, "name": {1, 1}, "colloq": {0.95, 1}, "synonym": {1, 1}, "typo": {0.93, 1}, "pinyin": {0.92, 1},
	"initials": {1, 1}, "single": {0.8, 1}, "english": {1, 1}, "mixed": {1, 1}, "hard": {0.72, 0.96},
}

type evalQuery struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Query string   `json:"query"`
	Codes []Code   `json:"codes"`
	Slugs []string `json:"slugs"`
}

func evalLines[T any](t *testing.T, path string) []T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("the queries to measure with are missing (shared/data/eval beside the checkout): %v", err)
	}
	var out []T
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestEvalSearchReachesItsFloors(t *testing.T) {
	c := shipped(t)
	x := NewIndex(c)
	first, five, all := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, q := range evalLines[evalQuery](t, "../../../shared/data/eval/search.dev.jsonl") {
		hits := x.Search(q.Query, 5)
		at := slices.IndexFunc(hits, func(h Hit) bool { return slices.Contains(q.Codes, h.Code) })
		for _, kind := range []string{q.Kind, "all"} {
			all[kind]++
			if at == 0 {
				first[kind]++
			}
			if at >= 0 {
				five[kind]++
			}
		}
		if at != 0 {
			var got []string
			for _, h := range hits {
				i, _ := c.Item(h.Code)
				got = append(got, i.Slug+":"+h.Match)
			}
			t.Logf("%s %-8s %q wants %v, at %d of %v", q.ID, q.Kind, q.Query, q.Slugs, at+1, got)
		}
	}
	for kind, n := range all {
		t.Logf("%-8s %3.0f queries, hit@1 %.3f, hit@5 %.3f", kind, n, first[kind]/n, five[kind]/n)
		if f := floors[kind]; first[kind]/n < f[0] || five[kind]/n < f[1] {
			t.Errorf("%s: hit@1 %.3f, hit@5 %.3f, below the floors %v", kind, first[kind]/n, five[kind]/n, f)
		}
	}
}
