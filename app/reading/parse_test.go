package reading_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"onewindow/app/guide"
	"onewindow/app/reading"
)

func shipped(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := reading.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func catalogue(t *testing.T) *guide.Catalogue {
	t.Helper()
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	c, err := guide.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShippedEditionIsWhole(t *testing.T) {
	e, err := reading.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Columns) != 3 || len(e.Policies) != 9 || len(e.Notices) != 5 || len(e.Sections) != 8 || len(e.Surveys) != 2 || !e.Sample {
		t.Errorf("%d columns, %d policies, %d notices, %d sections, %d surveys, sample: %v", len(e.Columns), len(e.Policies), len(e.Notices), len(e.Sections), len(e.Surveys), e.Sample)
	}
	if wrong := e.Unknown(catalogue(t)); len(wrong) > 0 {
		t.Error(errors.Join(wrong...))
	}
	for _, c := range e.Columns {
		list := e.In(c.ID)
		if len(list) == 0 {
			t.Errorf("the column %s is empty", c.Name)
		}
		for i, p := range list[1:] {
			if list[i].Date < p.Date {
				t.Errorf("%s stands before %s, which is newer", list[i].Title, p.Title)
			}
		}
	}
	for _, p := range e.Policies {
		if !strings.HasPrefix(p.Number, "样例区") || len(p.Interpretation) == 0 || p.TitleEn == "" {
			t.Errorf("%s does not say that it is a sample, or explains nothing", p.Title)
		}
	}
}

// A missing file leaves its part empty; none at all is an edition with nothing in it.
func TestAnyFileMayBeMissing(t *testing.T) {
	files, err := reading.Files(func(name string) ([]byte, error) {
		if name == reading.FileNotices {
			return shipped(t)[name], nil
		}
		return nil, nil
	})
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	e, err := reading.Parse(files)
	if err != nil || len(e.Notices) != 5 || len(e.Policies)+len(e.Sections)+len(e.Surveys) > 0 || e.Empty("2026-11-24") {
		t.Errorf("%+v %v", e, err)
	}
	if e, err = reading.Parse(nil); err != nil || !e.Empty("2026-11-24") {
		t.Errorf("%+v %v", e, err)
	}
	broken := errors.New("the disk is broken")
	if _, err := reading.Files(func(string) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestWhatIsOverIsNotShown(t *testing.T) {
	e, err := reading.Parse(map[string][]byte{
		reading.FileNotices: []byte(`{"notices": [
			{"id": "old", "title": "甲", "department": "乙", "date": "2026-11-01", "until": "2026-11-20", "paragraphs": ["丙"]},
			{"id": "new", "title": "甲", "department": "乙", "date": "2026-11-20", "until": "2026-11-24", "paragraphs": ["丙"]}]}`),
		reading.FileSurveys: []byte(`{"surveys": [{"id": "s", "title": "甲", "until": "2026-11-21", "questions": [{"id": "q", "text": "乙", "kind": "scale", "low": "丙", "high": "丁"}]}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day     string
		notices []string
		surveys int
		empty   bool
	}{{"2026-10-31", nil, 1, false}, {"2026-11-20", []string{"new", "old"}, 1, false}, {"2026-11-21", []string{"new"}, 1, false},
		{"2026-11-22", []string{"new"}, 0, false}, {"2026-11-24", []string{"new"}, 0, false}, {"2026-11-25", nil, 0, true}} {
		var have []string
		for _, n := range e.NoticesOn(c.day) {
			have = append(have, n.ID)
		}
		if !slices.Equal(have, c.notices) || len(e.SurveysOn(c.day)) != c.surveys || e.Empty(c.day) != c.empty {
			t.Errorf("on %s: %v, %d surveys, empty: %v", c.day, have, len(e.SurveysOn(c.day)), e.Empty(c.day))
		}
	}
}

func TestTakes(t *testing.T) {
	e, err := reading.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	q := e.Surveys[0].Questions
	for _, c := range []struct {
		q      reading.Question
		chosen []int
		takes  bool
	}{{q[0], []int{5}, true}, {q[0], []int{6}, false}, {q[0], []int{0}, false}, {q[0], []int{1, 2}, false}, {q[0], nil, false},
		{q[1], []int{0}, true}, {q[1], []int{4}, false}, {q[1], []int{-1}, false}, {q[1], []int{1, 2}, false},
		{q[2], []int{0, 4}, true}, {q[2], []int{1, 1}, false}, {q[2], nil, false}} {
		if c.q.Takes(c.chosen) != c.takes {
			t.Errorf("%s takes %v: %v", c.q.ID, c.chosen, !c.takes)
		}
	}
}

func TestEachFaultIsNamedWithItsPlace(t *testing.T) {
	long := strings.Repeat("长", 501)
	for _, c := range []struct {
		name, file, old, new string
		kind                 guide.FaultKind
		item, field          string
	}{
		{"half a file", reading.FilePolicies, "]\n}\n", "", guide.FaultTruncated, "", ""},
		{"no list", reading.FileNotices, `"notices": [`, `"notes": [`, guide.FaultShape, "", "notices"},
		{"a list nobody reads", reading.FileDisclosure, `"sections": [`, `"parts": [], "sections": [`, guide.FaultUnknown, "", "parts"},
		{"a number as title", reading.FileNotices, `"title": "一楼自助拍照机免费使用"`, `"title": 1`, guide.FaultShape, "", "title"},
		{"a field nobody reads", reading.FileNotices, `"until": "2027-12-31",`, `"untill": "2027-12-31",`, guide.FaultUnknown, "notices[0]", "untill"},
		{"a field nobody reads in a question", reading.FileSurveys, `"low": "很不满意"`, `"lowest": "很不满意"`, guide.FaultUnknown, "surveys[0]", "lowest"},
		{"no id", reading.FileNotices, `"id": "photo-booth"`, `"id": ""`, guide.FaultValue, "notices[3]", "id"},
		{"an id for a path", reading.FilePolicies, `"id": "rent-2026"`, `"id": "../rent"`, guide.FaultValue, "policies[7]", "id"},
		{"an id twice", reading.FileNotices, `"id": "photo-booth"`, `"id": "tax-season"`, guide.FaultDuplicate, "tax-season", "id"},
		{"a column twice", reading.FilePolicies, `"id": "business"`, `"id": "people"`, guide.FaultDuplicate, "people", "id"},
		{"no title", reading.FileDisclosure, `"title": "收费吗"`, `"title": " "`, guide.FaultValue, "fees", "title"},
		{"a long title", reading.FileDisclosure, `"title": "收费吗"`, `"title": "` + long + `"`, guide.FaultValue, "fees", "title"},
		{"no department", reading.FileNotices, `"department": "区税务局"`, `"department": ""`, guide.FaultValue, "tax-season", "department"},
		{"no document number", reading.FilePolicies, `"样例区公积金〔2026〕3号"`, `""`, guide.FaultValue, "rent-2026", "number"},
		{"no date", reading.FilePolicies, `"date": "2026-05-18"`, `"date": "2026-5-18"`, guide.FaultValue, "rent-2026", "date"},
		{"a day that is none", reading.FileNotices, `"date": "2026-09-14"`, `"date": "2026-09-31"`, guide.FaultValue, "photo-booth", "date"},
		{"over before it begins", reading.FileNotices, `"date": "2026-09-14"`, `"date": "2028-09-14"`, guide.FaultValue, "photo-booth", "until"},
		{"no such column", reading.FilePolicies, `"column": "business"`, `"column": "busyness"`, guide.FaultUnknown, "start-2026", "column"},
		{"an answer without words", reading.FilePolicies, `"a": "两种都不收费。"`, `"a": ""`, guide.FaultValue, "catering-2026", "interpretation[1].a"},
		{"a long paragraph", reading.FileNotices, `"照片只用于您当天办理的事项。"`, `"` + long + `"`, guide.FaultValue, "photo-booth", "paragraphs[1]"},
		{"an item twice", reading.FilePolicies, `"119901080000X0027E4990502004000"`, `"119901080000X0027E4990502003000"`, guide.FaultDuplicate, "graduates-2026", "items[1]"},
		{"a question for words", reading.FileSurveys, `"kind": "several"`, `"kind": "text"`, guide.FaultValue, "hall-service-2026", "questions[2].kind"},
		{"a question twice", reading.FileSurveys, `"id": "helped"`, `"id": "waiting"`, guide.FaultDuplicate, "hall-service-2026", "questions[2].id"},
		{"a choice twice", reading.FileSurveys, `"id": "fine"`, `"id": "short"`, guide.FaultDuplicate, "hall-service-2026", "questions[1].choices[1].id"},
		{"a choice without words", reading.FileSurveys, `"text": "可以接受"`, `"text": ""`, guide.FaultValue, "hall-service-2026", "questions[1].choices[1].text"},
		{"a scale with choices", reading.FileSurveys, `"kind": "one"`, `"kind": "scale", "low": "低", "high": "高"`, guide.FaultValue, "hall-service-2026", "questions[1].choices"},
		{"a scale without ends", reading.FileSurveys, `"high": "非常满意"`, `"high": ""`, guide.FaultValue, "hall-service-2026", "questions[0].high"},
		{"nothing to choose", reading.FileSurveys, `"kind": "scale"`, `"kind": "one"`, guide.FaultEmpty, "hall-service-2026", "questions[0].choices"},
		{"no last day", reading.FileSurveys, `"until": "2027-12-31"`, `"until": ""`, guide.FaultValue, "hall-service-2026", "until"},
		{"GB 18030", reading.FileNotices, "公安", "\xb9\xab\xb0\xb2", guide.FaultEncoding, "", ""},
		{"an empty file", reading.FileNotices, "", "", guide.FaultEmpty, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := shipped(t)
			if c.old == "" {
				files[c.file] = nil
			} else if !bytes.Contains(files[c.file], []byte(c.old)) {
				t.Fatalf("%s has no %s", c.file, c.old)
			}
			files[c.file] = bytes.Replace(files[c.file], []byte(c.old), []byte(c.new), 1)
			e, err := reading.Check(files)
			var f *guide.Fault
			if !errors.As(err, &f) || e != nil {
				t.Fatalf("no fault: %v", err)
			}
			if f.Kind != c.kind || f.File != c.file || f.Item != c.item || f.Field != c.field {
				t.Errorf("%+v", f)
			}
			if f.Problem == "" || f.Advice == "" || strings.Contains(f.Error(), "\n") {
				t.Errorf("no clear sentence: %q", f.Error())
			}
			if c.item != "" && f.Line < 2 {
				t.Errorf("no position: %q", f.Error())
			}
		})
	}
}

func TestFieldsOfANewerCentreArePassedOver(t *testing.T) {
	files := shipped(t)
	files[reading.FileNotices] = bytes.Replace(files[reading.FileNotices], []byte(`"notices": [`), []byte(`"places": [], "notices": [`), 1)
	files[reading.FileSurveys] = bytes.Replace(files[reading.FileSurveys], []byte(`"kind": "scale"`), []byte(`"kind": "scale", "colour": "red"`), 1)
	if e, err := reading.Parse(files); err != nil || len(e.Notices) != 5 || len(e.Surveys) != 2 {
		t.Errorf("%v", err)
	}
	if _, err := reading.Check(files); err == nil || !strings.Contains(err.Error(), "colour") || !strings.Contains(err.Error(), "places") {
		t.Errorf("%v", err)
	}
}

func TestNothingToReadIsAFault(t *testing.T) {
	_, err := reading.Parse(map[string][]byte{reading.FileDisclosure: []byte(`{"sections": [{"id": "s", "title": "甲", "paragraphs": []}]}`)})
	var f *guide.Fault
	if !errors.As(err, &f) || f.Kind != guide.FaultEmpty || f.Item != "s" || f.Field != "paragraphs" {
		t.Errorf("%v", err)
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	files := shipped(t)
	files[reading.FileNotices] = bytes.ReplaceAll(files[reading.FileNotices], []byte(`"until": "2027-12-31"`), []byte(`"until": "soon"`))
	files[reading.FileSurveys] = []byte("{")
	_, err := reading.Parse(files)
	if n := strings.Count(err.Error(), `"soon" is no date`); n != 5 || !strings.Contains(err.Error(), "surveys.json line 1") {
		t.Errorf("%d notices, %v", n, err)
	}
}

func TestAPositionIsTheEntrysLine(t *testing.T) {
	files := shipped(t)
	text := bytes.Replace(files[reading.FileNotices], []byte(`"title": "一楼自助拍照机免费使用"`), []byte(`"title": true`), 1)
	files[reading.FileNotices] = text
	_, err := reading.Parse(files)
	var f *guide.Fault
	line := 1 + bytes.Count(text[:bytes.Index(text, []byte(`"title": true`))], []byte("\n"))
	if !errors.As(err, &f) || f.Line != line {
		t.Errorf("the title is on line %d: %v", line, err)
	}
}

func TestItemsThatTheCatalogueHasNotAreNamed(t *testing.T) {
	files := shipped(t)
	files[reading.FilePolicies] = bytes.Replace(files[reading.FilePolicies], []byte(`"119901080000X014XA4992014001000"`), []byte(`"119901080000X014XA4992014001009"`), 1)
	e, err := reading.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	wrong := e.Unknown(catalogue(t))
	if len(wrong) != 1 || !strings.Contains(wrong[0].Error(), `policies.json, entry rent-2026, items[0]: the catalogue has no item "119901080000X014XA4992014001009"`) {
		t.Errorf("%v", wrong)
	}
}

func TestASurveyGoesOnOnlyWithItsQuestions(t *testing.T) {
	before, err := reading.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string
		faults         int
	}{
		{"the same", "", "", 0},
		{"words are corrected", `"可以接受"`, `"还可以"`, 0},
		{"a choice more at the end", `"text_en": "I did not wait"`, `"text_en": "I did not wait"}, {"id": "unsure", "text": "说不准", "text_en": ""`, 0},
		{"a choice in the middle", `"id": "fine"`, `"id": "new", "text": "新", "text_en": ""}, {"id": "fine"`, 1},
		{"another kind", `"kind": "several"`, `"kind": "one"`, 1},
		{"another survey", `"id": "hall-service-2026"`, `"id": "hall-service-2027"`, 0},
	} {
		files := shipped(t)
		files[reading.FileSurveys] = bytes.Replace(files[reading.FileSurveys], []byte(c.old), []byte(c.new), 1)
		e, err := reading.Check(files)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if wrong := e.Recounted(before); len(wrong) != c.faults {
			t.Errorf("%s: %v", c.name, wrong)
		}
	}
}

func FuzzParse(f *testing.F) {
	files := shipped(f)
	for n, name := range reading.FileNames {
		f.Add(n, files[name])
	}
	f.Fuzz(func(t *testing.T, n int, text []byte) {
		_, err := reading.Parse(map[string][]byte{reading.FileNames[uint(n)%4]: text})
		var fault *guide.Fault
		if err != nil && (!errors.As(err, &fault) || fault.Problem == "") {
			t.Fatalf("not a clear fault: %v", err)
		}
	})
}
