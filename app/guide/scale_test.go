package guide_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"onewindow/app/crowd"
	"onewindow/app/guide"
)

// inputs are the queries of testdata, each whole and half typed, and pinyin.
func inputs(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Fields("房 证 s sh shen shenfenzheng sfz esfgh ershoufanggh zfgjj zm 办hz 社保zm")
	for line := range strings.Lines(string(text)) {
		if _, q, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			out = append(out, q, string([]rune(q)[:(len([]rune(q))+1)/2]))
		}
	}
	return out
}

func codes(hits []guide.Hit) (out []guide.Code) {
	for _, h := range hits {
		out = append(out, h.Code)
	}
	return out
}

// What is shipped is searched in full: the bound on what is compared changes nothing.
func TestTheBoundChangesNothingInWhatIsShipped(t *testing.T) {
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	c, err := guide.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	x := guide.NewIndex(c)
	all := x.Exhaustive()
	for _, q := range inputs(t) {
		if got, want := x.Search(q, 20), all.Search(q, 20); !slices.Equal(got, want) {
			t.Errorf("%q: %v, and in full %v", q, got, want)
		}
	}
}

// In a catalogue of thousands it changes little, and hardly ever what stands first.
func TestTheBoundChangesLittleInALargeCatalogue(t *testing.T) {
	names, err := crowd.Names("../../../shared/data/real/guangan_items.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	c, err := crowd.Catalogue(5000, names)
	if err != nil {
		t.Fatal(err)
	}
	x := guide.NewIndex(c)
	all := x.Exhaustive()
	total, first, shown, kept := 0.0, 0.0, 0.0, 0.0
	for n, q := range inputs(t) {
		if n%3 != 0 {
			continue
		}
		got, want := codes(x.Search(q, 8)), codes(all.Search(q, 8))
		if len(want) == 0 {
			continue
		}
		total++
		if got[0] == want[0] {
			first++
		} else {
			t.Logf("%q: %v, and in full %v", q, got, want)
		}
		for _, code := range want {
			shown++
			if slices.Contains(got, code) {
				kept++
			}
		}
	}
	t.Logf("%.0f queries: the same first in %.4f, the same eight in %.4f", total, first/total, kept/shown)
	if first/total < 0.99 || kept/shown < 0.98 {
		t.Errorf("the same first in %.4f, the same eight in %.4f", first/total, kept/shown)
	}
}
