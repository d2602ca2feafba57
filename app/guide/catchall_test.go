package guide

import (
	"os"
	"strings"
	"testing"
)

func TestCatchAllClauses(t *testing.T) {
	raw, err := os.ReadFile("testdata/clauses.txt")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]struct {
		is   func(string) bool
		want bool
	}{
		"catch-all names": {catchAllName, true}, "definite names": {catchAllName, false},
		"catch-all conditions": {catchAllCondition, true}, "definite conditions": {catchAllCondition, false},
	}
	read, section := map[string]int{}, ""
	for text := range strings.Lines(string(raw)) {
		text = strings.TrimSpace(text)
		if head, ok := strings.CutPrefix(text, "# "); ok {
			section = head
			continue
		}
		kind, known := kinds[section]
		if text == "" || !known {
			continue
		}
		read[section]++
		if kind.is(text) != kind.want {
			t.Errorf("%s: %q, shape %s", section, text, shape(text))
		}
	}
	for section := range kinds {
		if read[section] < 30 {
			t.Errorf("%s: only %d were read", section, read[section])
		}
	}
}

func TestRealNamesAreDefinite(t *testing.T) {
	for _, i := range shipped(t).Items() {
		for _, m := range i.Materials {
			if catchAllName(m.Name) {
				t.Errorf("%s: %q, shape %s", i.Slug, m.Name, shape(m.Name))
			}
		}
		for _, c := range i.Conditions {
			if catchAllCondition(c) {
				t.Errorf("%s: %q, shape %s", i.Slug, c, shape(c))
			}
		}
	}
	for _, v := range evalLines[struct{ Name string }](t, "../../../shared/data/real/guangan_items.jsonl") {
		if catchAllName(v.Name) || catchAllCondition(v.Name) {
			t.Errorf("%q, shape %s", v.Name, shape(v.Name))
		}
	}
}

func TestShapes(t *testing.T) {
	for text, want := range map[string]string{"登记机构认为必要的其他材料": "AIBNVOP", "其他继承人放弃继承声明": "OX", "高等学校": "X", "": "", "其他材料、": "OP"} {
		if got := shape(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
