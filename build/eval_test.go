package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEvalCounts has each way in which a query can go right or wrong once.
func TestEvalCounts(t *testing.T) {
	found := func(kind, want string, got ...string) pair {
		return pair{wanted{Kind: kind, Codes: []string{want, "z"}}, came{Codes: got}}
	}
	told := func(answerable bool, code, field string, refused bool) pair {
		return pair{wanted{Code: "a", Field: "fee", Answerable: answerable}, came{Code: code, Field: field, Refused: refused}}
	}
	got := map[string]rate{}
	for _, r := range searchRates([]pair{found("hard", "a", "a", "b"), found("hard", "a", "b", "z"), found("name", "a", "b", "c", "d", "e", "f", "a"), found("name", "a")}) {
		got[r.name] = r
	}
	for _, r := range askRates([]pair{told(true, "a", "fee", false), told(true, "a", "time", false), told(true, "b", "fee", false), told(true, "", "", true),
		told(false, "a", "fee", false), told(false, "", "", true), told(false, "", "", true)}) {
		got[r.name] = r
	}
	for name, want := range map[string]rate{"search all hit@1": {met: 1, all: 4}, "search all hit@5": {met: 2, all: 4}, "search hard hit@1": {met: 1, all: 2}, "search hard hit@5": {met: 2, all: 2},
		"search name hit@5": {met: 0, all: 2}, "ask item": {met: 2, all: 4}, "ask item and field": {met: 1, all: 4}, "ask refused rightly": {met: 2, all: 3}, refusedWrongly: {met: 1, all: 4}} {
		if r := got[name]; r.met != want.met || r.all != want.all {
			t.Errorf("%s: %v of %v, want %v of %v", name, r.met, r.all, want.met, want.all)
		}
	}
	for name, met := range map[string]float64{"search all hit@1": 92, "search hard hit@5": 89, "ask item": 92, "ask refused rightly": 89, refusedWrongly: 6} {
		if line, ok := (rate{name, met, 100}).judged(); ok {
			t.Errorf("let pass: %s", line)
		}
	}
	for name, met := range map[string]float64{"search all hit@1": 93, "search name hit@5": 0, refusedWrongly: 5} {
		if line, ok := (rate{name, met, 100}).judged(); !ok {
			t.Errorf("did not let pass: %s", line)
		}
	}
}

// TestEvalAsksTheRealProgram asks it something that it answers and something that it must
// not answer, with the wrong one wanted of both.
func TestEvalAsksTheRealProgram(t *testing.T) {
	project(t) // goes to the top
	dir := t.TempDir()
	search, ask := filepath.Join(dir, "search.jsonl"), filepath.Join(dir, "ask.jsonl")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(search, `{"id":"1","kind":"name","query":"护照","codes":["119901080000X0086H4990108001000"]}`)
	write(ask, `{"id":"1","question":"护照多少钱一本","code":"119901080000X0086H4990108001000","field":"fee","answerable":true}
{"id":"2","question":"哪里能看电影","answerable":false}`)
	if err := evaluate(t.Context(), []string{"--search", search, "--ask", ask}); err != nil {
		t.Error(err)
	}
	write(ask, `{"id":"1","question":"护照多少钱一本","code":"119901080000X0086H4990108001000","field":"time","answerable":true}
{"id":"2","question":"护照多少钱一本","answerable":false}`)
	err := evaluate(t.Context(), []string{"--search", search, "--ask", ask})
	if err == nil || err.Error() != "not good enough: ask item and field, ask refused rightly" {
		t.Errorf("%v", err)
	}
	write(ask, `{"question":"护照","answerable":true}
{"question":"护照","answerable":true}`)
	if err := evaluate(t.Context(), []string{"--search", search, "--ask", ask}); err == nil || !strings.Contains(err.Error(), "has 2 lines and 1 ids") {
		t.Errorf("%v", err)
	}
	write(search, "")
	if err := evaluate(t.Context(), []string{"--search", search, "--ask", ask}); err == nil || !strings.Contains(err.Error(), "search.jsonl is empty") {
		t.Errorf("%v", err)
	}
}
