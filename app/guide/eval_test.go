package guide

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strconv"
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
	measureSearch(t, evalLines[evalQuery](t, "../../../shared/data/eval/search.dev.jsonl"), floors, true)
}

// heldoutFloors are those of the queries with odd numbers in testdata/heldout.jsonl.
var heldoutFloors = map[string][2]float64{
	"all": {0.91, 0.98}, "name": {1, 1}, "colloq": {0.94, 0.99}, "synonym": {1, 1}, "typo": {0.95, 1}, "pinyin": {0.94, 0.97},
	"initials": {0.98, 1}, "single": {0.9, 1}, "english": {0.94, 1}, "mixed": {0.9, 0.95}, "hard": {0.86, 0.97},
}

// Words are chosen looking at the even numbers, so the misses of the odd ones are counted
// and not told. One hand wrote both and the table: their rates are a floor against steps
// back, and say little of strangers' questions (rounds 2 and 3 stood at hit@5 0.75 to
// 0.81 of the hard ones before a word was added for them).
func TestSearchOfHeldOutQueries(t *testing.T) {
	var odd []evalQuery
	for _, q := range evalLines[evalQuery](t, "testdata/heldout.jsonl") {
		if n, err := strconv.Atoi(q.ID); err != nil {
			t.Fatal(err)
		} else if n%2 == 1 {
			odd = append(odd, q)
		}
	}
	if len(odd) < 900 {
		t.Fatalf("%d questions", len(odd))
	}
	measureSearch(t, odd, heldoutFloors, false)
}

// measureSearch holds the hit rates of each kind of query against its floor; tell
// also names the queries that were not answered first.
func measureSearch(t *testing.T, queries []evalQuery, floors map[string][2]float64, tell bool) {
	t.Helper()
	c := shipped(t)
	x := NewIndex(c)
	first, five, all := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, q := range queries {
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
		if at != 0 && tell {
			t.Logf("%s %-8s %q wants %v, at %d of %v", q.ID, q.Kind, q.Query, q.Slugs, at+1, slugs(c, hits))
		}
	}
	for kind, n := range all {
		t.Logf("%-8s %3.0f queries, hit@1 %.3f, hit@5 %.3f", kind, n, first[kind]/n, five[kind]/n)
		if f, ok := floors[kind]; !ok || first[kind]/n < f[0] || five[kind]/n < f[1] {
			t.Errorf("%s: hit@1 %.3f, hit@5 %.3f, below the floors %v", kind, first[kind]/n, five[kind]/n, f)
		}
	}
}
