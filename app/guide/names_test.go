package guide

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// district reads the real names of one district.
func district(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../../shared/data/real/guangan_items.jsonl")
	if err != nil {
		t.Fatalf("the names to search for are missing (shared/data/real beside the checkout): %v", err)
	}
	return text
}

func names(t testing.TB) *Catalogue {
	t.Helper()
	c, err := ParseNames(district(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func has(c *Catalogue, hits []Hit, name string) bool {
	return slices.ContainsFunc(hits, func(h Hit) bool {
		i, _ := c.Item(h.Code)
		return i.Name == name
	})
}

func TestBareItemsAreKnownByNameAlone(t *testing.T) {
	c := names(t)
	if n := len(c.Items()); n != 1135 {
		t.Errorf("%d items", n)
	}
	i, ok := c.Item("511Z07001006-511602000000-000-11511301008778183N-1-00")
	if want := (&Item{Code: i.Code, Name: "企业投资项目备案（技术改造）（市级/县级）", Department: "区经信局"}); !ok || !reflect.DeepEqual(i, want) {
		t.Errorf("%+v", i)
	}
	for _, i := range c.Items() {
		if !i.Bare() {
			t.Fatalf("%s has an area", i.Code)
		}
	}
}

// Two names stand twice in the list, with different codes, and some agree as far as a
// query is read: any of them will do.
func TestBareItemsAreFoundByTheirNames(t *testing.T) {
	c := names(t)
	x := NewIndex(c)
	read := func(name string) string { return string(fold(name)[:min(len(fold(name)), maxQueryRunes)]) }
	missed, asked := map[string]float64{}, map[string]float64{}
	miss := func(kind, query, name string, found bool) {
		asked[kind]++
		if !found {
			missed[kind]++
			t.Logf("%s %s does not find %s", kind, query, name)
		}
	}
	for _, i := range c.Items() {
		first, _ := c.Item(x.Search(i.Name, 1)[0].Code)
		miss("name", i.Name, i.Name, read(first.Name) == read(i.Name))
		chars := []rune(squeezed(string(fold(i.Name))))
		for at := 0; at+4 <= len(chars); at += 4 {
			piece := string(chars[at : at+4])
			hits := x.Search(piece, 20)
			// Where more items have the piece than are shown, all that are shown have to have it.
			full := len(hits) == 20 && !slices.ContainsFunc(hits, func(h Hit) bool {
				other, _ := c.Item(h.Code)
				return !strings.Contains(squeezed(string(fold(other.Name))), piece)
			})
			miss("piece", piece, i.Name, full || has(c, hits, i.Name))
		}
		if q := initialsOf(i.Name); len(q) >= 4 {
			q = q[:min(len(q), 12)]
			miss("initials", q, i.Name, has(c, x.Search(q, 20), i.Name))
		}
	}
	t.Logf("missed %v of %v", missed, asked)
	// A piece may cut through words, or lose a filler: "案的备案" is asked as "案 备案".
	for kind, most := range map[string]float64{"name": 0, "piece": 0.01, "initials": 0.01} {
		if asked[kind] < 1100 || missed[kind] > most*asked[kind] {
			t.Errorf("%.0f of %.0f queries by %s miss their item", missed[kind], asked[kind], kind)
		}
	}
}

func TestNamesAreAPartOfACatalogue(t *testing.T) {
	files := shippedFiles(t)
	files[FileNames] = district(t)
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Items()); n != 154+1135 {
		t.Errorf("%d items", n)
	}
	again, err := FromRows(c.Rows(), c.Documents())
	if err != nil {
		t.Fatal(err)
	}
	written, err := c.Files()
	if err != nil {
		t.Fatal(err)
	}
	third, err := Parse(written)
	if err != nil {
		t.Fatal(err)
	}
	for how, o := range map[string]*Catalogue{"rows": again, "files": third} {
		if !reflect.DeepEqual(c.Items(), o.Items()) || c.Hash() != o.Hash() {
			t.Errorf("the catalogue is another one after a trip through %s", how)
		}
	}
	if shipped(t).Hash() == c.Hash() {
		t.Error("the names make no difference to the hash")
	}
	if hits := NewIndex(c).Search("拖拉机驾驶证换证", 5); len(hits) == 0 || !strings.Contains(hits[0].Match, "拖拉机") {
		t.Errorf("found: %v", hits)
	}
}

func TestFaultyNames(t *testing.T) {
	good := `{"name": "样例", "department": "区民政局", "item_code": "G-1"}`
	for _, w := range []struct {
		text string
		kind FaultKind
		line int
	}{
		{"", FaultEmpty, 0},
		{good + "\n" + good, FaultDuplicate, 2},
		{good + "\n\n" + `{"name": "", "item_code": "G-2"}`, FaultValue, 3},
		{`{"name": "样例", "item_code": ""}`, FaultCode, 1},
		{`{"name": "样例", "item_code": "G 1"}`, FaultCode, 1},
		{`{"name": "样例", "item_code": "` + strings.Repeat("7", 65) + `"}`, FaultCode, 1},
		{good + "\n" + `{"name": 7, "item_code": "G-2"}`, FaultShape, 2},
		{good + "\n" + `{"name": "样例", "item_c`, FaultTruncated, 2},
		{good + "\n样例", FaultSyntax, 2},
	} {
		_, err := ParseNames([]byte(w.text))
		var f *Fault
		if !errors.As(err, &f) || f.Kind != w.kind || f.Line != w.line || f.File != FileNames || f.Advice == "" {
			t.Errorf("%q: %v, want %s in line %d", w.text, err, w.kind, w.line)
		}
		files := shippedFiles(t)
		files[FileNames] = []byte(w.text)
		if _, err := Parse(files); err == nil {
			t.Errorf("%q passes as a part of a catalogue", w.text)
		}
	}
}
