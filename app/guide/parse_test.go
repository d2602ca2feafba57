package guide

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// shipped gives the catalogue that comes with the program.
func shipped(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Parse(shippedFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shippedFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestShippedCatalogueIsWhole(t *testing.T) {
	c := shipped(t)
	if n := len(c.Items()); n != 154 {
		t.Errorf("%d items", n)
	}
	if n := len(c.ItemsIn("S")); n != 16 {
		t.Errorf("%d street items", n)
	}
	if c.Version != "2026.11-1" || len(c.Areas()) != 13 || len(c.Halls()) != 5 || len(c.DataSets()) != 9 || len(c.Departments()) != 23 {
		t.Errorf("version %s, %d areas, %d halls, %d data sets, %d departments", c.Version, len(c.Areas()), len(c.Halls()), len(c.DataSets()), len(c.Departments()))
	}
	for _, h := range c.Halls() {
		windows := 0
		for _, a := range c.AreasOf(h.ID) {
			windows += len(a.Windows)
		}
		if windows != h.Windows {
			t.Errorf("hall %s has %d windows by area, %d by its own word", h.ID, windows, h.Windows)
		}
	}
}

func TestLookUps(t *testing.T) {
	c := shipped(t)
	i, ok := c.Item("119901080000X0019K4990701001000")
	if !ok || i.Name != "存量房(二手房)转移登记" || i.Letter != "A" || i.PromisedDays != 1 {
		t.Fatalf("item: %v %v", ok, i)
	}
	if m := i.Materials[4]; m.Need() != Must || m.WaivedBy != "marriage" || m.Originals != 1 {
		t.Errorf("material: %+v", m)
	}
	if p, ok := i.PlaceIn("jiangbei"); !ok || p.Floor != 1 || len(WindowNames(p.Windows)) != 4 {
		t.Errorf("place: %v %+v", ok, p)
	}
	if _, ok := i.PlaceIn("street-1"); ok {
		t.Error("a street hall takes a transfer of property")
	}
	b, ok := c.AreaOf("jiangnan", "B")
	if !ok || b.Floor != 1 || len(b.Windows) != 20 || b.Windows[0] != "B01" || b.Windows[19] != "B20" {
		t.Errorf("area B: %v %+v", ok, b)
	}
	if _, ok := c.AreaOf("jiangbei", "K"); ok {
		t.Error("area K has no window at jiangbei")
	}
	if s := c.AreasOf("street-2"); len(s) != 1 || !slices.Equal(s[0].Windows, []string{"S21", "S22", "S23", "S24"}) {
		t.Errorf("street-2: %+v", s)
	}
	if d, ok := c.DataSet("hukou"); !ok || d.NameEn != "Household registration" {
		t.Errorf("data set: %v %+v", ok, d)
	}
	if _, ok := c.Item("nothing"); ok {
		t.Error("an unknown code has an item")
	}
}

func TestWindowNames(t *testing.T) {
	for in, want := range map[string][]string{
		"A01-A03": {"A01", "A02", "A03"}, "M01-M01": {"M01"}, "B07": {"B07"}, "S11-S12": {"S11", "S12"},
		"": nil, "A03-A01": nil, "A01-B02": nil, "A1-A2": nil, "01-02": nil, "A01-": nil, "a01": nil,
	} {
		if got := WindowNames(in); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestShortNamesOfHalls(t *testing.T) {
	for in, want := range map[HallID]string{"jiangnan": "JN", "jiangbei": "JB", "street-1": "S1", "street-12": "S12", "lvyuan": "LY", "x": "X", "": ""} {
		if got := Short(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRowsMakeTheCatalogueAgain(t *testing.T) {
	c := shipped(t)
	again, err := FromRows(c.Rows(), c.Documents())
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Files()
	if err != nil {
		t.Fatal(err)
	}
	third, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]*Catalogue{"rows": again, "files": third} {
		if o.Hash() != c.Hash() || o.Version != c.Version || !reflect.DeepEqual(o.Items(), c.Items()) || !reflect.DeepEqual(o.AreasOf("jiangnan"), c.AreasOf("jiangnan")) {
			t.Errorf("the catalogue from %s is another one", name)
		}
	}
	back := slices.Clone(c.Rows())
	slices.Reverse(back)
	if o, err := FromRows(back, c.Documents()); err != nil || o.Hash() != c.Hash() {
		t.Errorf("rows in another order make another catalogue: %v", err)
	}
	if _, err := FromRows(c.Rows(), c.Documents()[1:]); err == nil {
		t.Error("a catalogue without a document was made")
	}
}

func TestRowsKeepWhatTheProgramDoesNotKnow(t *testing.T) {
	files := edited(t, FileItems, `"slug": "re-transfer-resale",`, `"slug": "re-transfer-resale", "from_2031": "<保留>&",`)
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(c.Rows()[0].Body, []byte(`"from_2031":"<保留>&"`)) {
		t.Errorf("the unknown field is gone: %.200s", c.Rows()[0].Body)
	}
	written, err := c.Files()
	if err != nil {
		t.Fatal(err)
	}
	if o, err := Parse(written); err != nil || o.Hash() != c.Hash() {
		t.Errorf("written and read it is another one: %v", err)
	}
	if shipped(t).Hash() == c.Hash() {
		t.Error("another content has the same hash")
	}
}

func TestHashIgnoresSpacing(t *testing.T) {
	files := shippedFiles(t)
	files[FileHalls] = append([]byte("\xef\xbb\xbf\n"), append(files[FileHalls], "\n \n"...)...)
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if c.Hash() != shipped(t).Hash() {
		t.Error("white space changes the hash")
	}
}

// edited gives the shipped files with one text of one file replaced, once.
func edited(t testing.TB, file, old, new string) map[string][]byte {
	t.Helper()
	files := maps.Clone(shippedFiles(t))
	if !bytes.Contains(files[file], []byte(old)) {
		t.Fatalf("%s has no %q", file, old)
	}
	files[file] = bytes.Replace(files[file], []byte(old), []byte(new), 1)
	return files
}

func TestFaultsNameThePlace(t *testing.T) {
	const first, second = "119901080000X0019K4990701001000", "119901080000X0019K4990701002000"
	for _, c := range []struct {
		name, file, old, new string
		kind                 FaultKind
		item, field          string
	}{
		{"comma missing", FileItems, `"level": "区级",`, `"level": "区级"`, FaultSyntax, "", ""},
		{"word for a number", FileItems, `"legal_days": 30`, `"legal_days": "30"`, FaultShape, first, "legal_days"},
		{"object for a list", FileItems, `"aliases": [`, `"aliases": {"x":1}, "was": [`, FaultShape, first, "aliases"},
		{"code too short", FileItems, first, first[:30], FaultCode, first[:30], "code"},
		{"code with small letter", FileItems, first, "119901080000x0019K4990701001000", FaultCode, "119901080000x0019K4990701001000", "code"},
		{"code twice", FileItems, second, first, FaultDuplicate, first, "code"},
		{"area unknown", FileItems, `"area_letter": "A"`, `"area_letter": "Q"`, FaultUnknown, first, "area_letter"},
		{"area of another letter", FileItems, `"area": "realty"`, `"area": "tax"`, FaultUnknown, first, "area"},
		{"data set unknown", FileItems, `"waived_by": "marriage"`, `"waived_by": "mariage"`, FaultUnknown, first, "materials[4].waived_by"},
		{"hall unknown", FileItems, `"hall": "jiangnan"`, `"hall": "jiangnam"`, FaultUnknown, first, "places[0].hall"},
		{"windows odd", FileItems, `"windows": "A01-A16"`, `"windows": "A1 to A16"`, FaultValue, first, "places[0].windows"},
		{"need unknown", FileItems, `"necessity": "必要"`, `"necessity": "必须"`, FaultValue, first, "materials[0].necessity"},
		{"material number twice", FileItems, `"no": 2`, `"no": 1`, FaultDuplicate, first, "materials[1].no"},
		{"days below zero", FileItems, `"promised_days": 1`, `"promised_days": -1`, FaultValue, first, "promised_days"},
		{"no name", FileItems, `"name": "存量房(二手房)转移登记"`, `"name": ""`, FaultValue, first, "name"},
		{"no items", FileItems, `"items": [`, `"itens": [`, FaultShape, "", "items"},
		{"no version", FileStreet, `"version": "2026.11-1"`, `"edition": 1`, FaultValue, "", "meta.version"},
		{"hall twice", FileHalls, `"id": "jiangbei"`, `"id": "jiangnan"`, FaultDuplicate, "jiangnan", "halls.id"},
		{"halls with one short name", FileHalls, `"id": "jiangbei"`, `"id": "jining"`, FaultDuplicate, "jining", "halls.id"},
		{"hall of an area unknown", FileHalls, `"jiangbei": {`, `"jiangbay": {`, FaultUnknown, "jiangbay", "areas[0].jiangbay"},
		{"hall on an eighth day", FileHalls, `"weekdays": [`, `"weekdays": [8,`, FaultValue, "jiangnan", "halls.hours.weekdays[0]"},
		{"hall open backwards", FileHalls, `"13:30"`, `"18:30"`, FaultValue, "jiangnan", "halls.hours.periods[1]"},
		{"hall with days and no times", FileHalls, `"periods": [`, `"times": [`, FaultValue, "jiangnan", "halls.hours"},
		{"hall with times and no words", FileHalls, `"text": "周一`, `"says": "周一`, FaultValue, "jiangnan", "halls.hours.text"},
		{"hall that follows up for ever", FileHalls, `"windows": 105,`, `"windows": 105, "follow_up_days": 16,`, FaultValue, "jiangnan", "halls.follow_up_days"},
		{"letter twice", FileHalls, `"letter": "B"`, `"letter": "A"`, FaultDuplicate, "A", "areas[1].letter"},
		{"windows as a word", FileHalls, `"windows": 16`, `"windows": "16"`, FaultShape, "jiangnan", "areas[0].jiangnan"},
		{"data set twice", FileDataSets, `"id": "floating"`, `"id": "hukou"`, FaultDuplicate, "hukou", "[1].id"},
		{"GB 18030", FileItems, "转移", "\xd7\xaa\xd2\xc6", FaultEncoding, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(edited(t, c.file, c.old, c.new))
			var f *Fault
			if !errors.As(err, &f) {
				t.Fatalf("not a fault: %v", err)
			}
			if f.Kind != c.kind || f.File != c.file || f.Item != c.item || f.Field != c.field {
				t.Errorf("%+v", f)
			}
			if f.Problem == "" || f.Advice == "" || strings.Contains(f.Error(), "\n") {
				t.Errorf("no clear sentence: %q", f.Error())
			}
			if c.file == FileItems && f.Line == 0 {
				t.Errorf("no position: %q", f.Error())
			}
		})
	}
}

func TestParseTellsTheFirstFaultOfAnItem(t *testing.T) {
	files := shippedFiles(t)
	files[FileItems] = bytes.Join([][]byte{[]byte(`{"meta":{"version":"1"},"items":[`), sampleItem(t, "re-transfer-resale", set{"code": "1", "name": "", "visits": -1}), []byte(`]}`)}, nil)
	var f *Fault
	if _, err := Parse(files); !errors.As(err, &f) || f.Kind != FaultCode || f.Field != "code" {
		t.Errorf("%v", f)
	}
}

func TestHalfWrittenFilesAreRefused(t *testing.T) {
	for _, name := range fileNames {
		whole := shippedFiles(t)[name]
		end := len(bytes.TrimSpace(whole))
		for n := range 40 {
			files := shippedFiles(t)
			files[name] = whole[:end*n/40]
			_, err := Parse(files)
			var f *Fault
			if !errors.As(err, &f) || f.File != name || f.Kind != FaultTruncated && f.Kind != FaultEmpty {
				t.Errorf("%s cut to %d bytes: %v", name, len(files[name]), err)
			}
		}
		files := shippedFiles(t)
		delete(files, name)
		if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s missing: %v", name, err)
		}
	}
}

func TestFaultPositionIsTheItemsLine(t *testing.T) {
	files := edited(t, FileItems, `"area_letter": "B"`, `"area_letter": "Q"`)
	at := bytes.Index(files[FileItems], []byte(`"area_letter": "Q"`))
	line := 1 + bytes.Count(files[FileItems][:at], []byte("\n"))
	_, err := Parse(files)
	var f *Fault
	if !errors.As(err, &f) || f.Line > line || f.Line < line-40 {
		t.Errorf("the letter is on line %d, the fault says %v", line, err)
	}
}

func FuzzParse(f *testing.F) {
	files, err := ShippedFiles()
	if err != nil {
		f.Fatal(err)
	}
	head, _, _ := bytes.Cut(files[FileItems], []byte("\"items\""))
	one := slices.Concat(head, []byte(`"items": [`), []byte(`{"code":"119901080000X0019K4990701001000","name":"甲","area_letter":"A","materials":[{"no":1,"name":"乙","necessity":"必要"}],"places":[{"hall":"jiangnan","windows":"A01-A02"}]}]}`))
	for n := range 4 {
		f.Add(n, one)
	}
	f.Add(2, files[FileHalls])
	f.Add(3, files[FileDataSets])
	f.Fuzz(func(t *testing.T, n int, text []byte) {
		in := maps.Clone(files)
		in[FileItems] = one
		in[fileNames[uint(n)%4]] = text
		c, err := Parse(in)
		if err != nil {
			var fault *Fault
			if !errors.As(err, &fault) || fault.Problem == "" {
				t.Fatalf("not a clear fault: %v", err)
			}
			return
		}
		again, err := FromRows(c.Rows(), c.Documents())
		if err != nil || again.Hash() != c.Hash() {
			t.Fatalf("rows do not make it again: %v", err)
		}
		NewIndex(c).Search("甲", 3)
	})
}
