package guide

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const catalogueDir = "../../../shared/data/catalogue/"

func sharedFile(t *testing.T, name string) File {
	t.Helper()
	body, err := os.ReadFile(catalogueDir + name)
	if err != nil {
		t.Fatalf("the sample catalogue is missing (shared/data beside the checkout): %v", err)
	}
	return File{Name: name, Body: body}
}

// surroundingFiles gives the shipped halls and data sets.
func surroundingFiles(t testing.TB) (out [2]File) {
	t.Helper()
	shipped := shippedFiles(t)
	for n, name := range []string{FileHalls, FileDataSets} {
		out[n] = File{Name: name, Body: shipped[name]}
	}
	return out
}

// checked gives "rule path" for each finding in one of the files.
func checked(t *testing.T, name string, files ...File) []string {
	t.Helper()
	around := surroundingFiles(t)
	found, err := Check(around[0], around[1], files...)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, f := range found {
		if f.Zh == "" || f.En == "" || f.File == "" || f.Line < 1 || strings.Contains(f.Zh+f.En, "%!") {
			t.Errorf("an unclear finding: %+v", f)
		}
		if f.File == name {
			out = append(out, f.Rule+" "+f.Path)
		}
	}
	return out
}

func TestCheckFindsExactlyWhatIsFaulty(t *testing.T) {
	var doc struct {
		Rules []struct {
			ID       string   `json:"id"`
			Severity Severity `json:"severity"`
		} `json:"rules"`
		Cases []struct {
			Case   string          `json:"case"`
			Item   json.RawMessage `json:"item"`
			Expect []struct {
				Rule string `json:"rule"`
				Path string `json:"path"`
			} `json:"expect"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(sharedFile(t, "faulty.json").Body, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Cases) != 24 || len(doc.Rules) != 19 {
		t.Fatalf("%d cases, %d rules", len(doc.Cases), len(doc.Rules))
	}
	for _, want := range doc.Rules {
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.id == want.ID && r.severity == want.Severity }) {
			t.Errorf("no rule %s of severity %s", want.ID, want.Severity)
		}
	}
	items, street := sharedFile(t, "items.json"), sharedFile(t, "street.json")
	for _, c := range doc.Cases {
		want := []string{}
		for _, e := range c.Expect {
			want = append(want, e.Rule+" "+e.Path)
		}
		one := File{Name: "case.json", Body: slices.Concat([]byte(`{"items":[`), c.Item, []byte(`]}`))}
		if got := checked(t, one.Name, items, street, one); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", c.Case, got, want)
		}
	}
}

func TestCheckIsSilentOnTheSample(t *testing.T) {
	for _, name := range []string{FileItems, FileStreet} {
		own := File{Name: "own.json", Body: shippedFiles(t)[name]}
		if got := checked(t, own.Name, own); len(got) > 0 {
			t.Errorf("the shipped %s: %v", name, got)
		}
		if got := checked(t, name, sharedFile(t, name)); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// gone takes a field away in an edit.
type gone struct{}

// itemBodies has the JSON of the shipped items by slug.
var itemBodies = sync.OnceValue(func() map[string][]byte {
	files, err := ShippedFiles()
	if err != nil {
		panic(err)
	}
	out := map[string][]byte{}
	for _, name := range []string{FileItems, FileStreet} {
		_, parts, f := split(name, files[name])
		if f != nil {
			panic(f)
		}
		for _, p := range parts {
			var i Item
			if f := decode(name, p.whole, p.body, p.start, &i); f != nil {
				panic(f)
			}
			out[i.Slug] = p.body
		}
	}
	return out
})

// sampleItem gives a shipped item with fields replaced: "materials[0].name".
func sampleItem(t testing.TB, slug string, edits map[string]any) []byte {
	t.Helper()
	var item map[string]any
	if err := json.Unmarshal(itemBodies()[slug], &item); err != nil {
		t.Fatalf("item %q: %v", slug, err)
	}
	for path, value := range edits {
		edit(t, item, path, value)
	}
	body, err := encode(item)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

var step = regexp.MustCompile(`[^.\[\]]+`)

func edit(t testing.TB, in any, path string, value any) {
	t.Helper()
	steps := step.FindAllString(path, -1)
	for n, s := range steps {
		last := n == len(steps)-1
		switch v := in.(type) {
		case map[string]any:
			switch _, drop := value.(gone); {
			case last && drop:
				delete(v, s)
			case last:
				v[s] = value
			}
			in = v[s]
		case []any:
			at, err := strconv.Atoi(s)
			if err != nil || at >= len(v) {
				t.Fatalf("%s: no element %s", path, s)
			}
			if last {
				v[at] = value
			}
			in = v[at]
		default:
			t.Fatalf("%s: nothing at %s", path, s)
		}
	}
}

// set is an edit of several fields.
type set = map[string]any

// ruleCases have each rule broken, and near misses. The item is re-transfer-resale,
// or the one that slug names.
var ruleCases = []struct {
	name, slug string
	edits      set
	want       []string
}{
	{"untouched", "", nil, nil},
	{"code of 30 characters", "", set{"code": "119901080000X0019K499070100100"}, []string{"bad_code code"}},
	{"code of 32 characters", "", set{"code": "119901080000X0019K49907010010000"}, []string{"bad_code code"}},
	{"code with a small letter", "", set{"code": "119901080000x0019K4990701001000"}, []string{"bad_code code"}},
	{"no code", "", set{"code": gone{}}, []string{"bad_code code"}},
	{"check character of the credit code", "", set{"code": "119901080000X0019L4990701001000"}, []string{"bad_code code"}},
	{"check character of the organisation code", "", set{"code": "119901080000X0018G4990701001000"}, []string{"bad_code code"}},
	{"two digits changed places", "", set{"code": "191901080000X0019K4990701001000"}, []string{"bad_code code"}},
	{"a letter that no credit code has", "", set{"code": "119901080000O0019K4990701001000"}, []string{"bad_code code"}},
	{"a true code of a real agency", "", set{"code": "11511301MB1550442U4990701001000"}, nil},
	{"no name", "", set{"name": " "}, []string{"missing_name name"}},
	{"type of another code", "", set{"type": "公共服务"}, []string{"code_type type"}},
	{"a type that codes do not number", "", set{"type": "其他"}, nil},
	{"unknown department", "", set{"department": "区房管局"}, []string{"unknown_department department"}},
	{"unknown area", "", set{"area": "estate", "area_letter": "Q"}, []string{"unknown_area area"}},
	{"unknown letter", "", set{"area_letter": "Q"}, []string{"unknown_area area_letter"}},
	{"letter of another area", "", set{"area_letter": "B"}, []string{"unknown_area area", "window_mismatch places[0].windows", "window_mismatch places[0].floor", "window_mismatch places[1].windows"}},
	{"at once with days", "pol-driver", set{"promised_days": 1}, []string{"handling_mismatch promised_days"}},
	{"promised with 0 days", "", set{"promised_days": 0}, []string{"handling_mismatch promised_days"}},
	{"another handling", "", set{"handling": "其他", "promised_days": 0}, nil},
	{"promised more than legal", "", set{"promised_days": 31}, []string{"promise_over_legal promised_days"}},
	{"promised as much as legal", "", set{"promised_days": 30, "faq": []any{}}, nil},
	{"below 0", "", set{"legal_days": -1, "visits": -2, "materials[1].originals": -1},
		[]string{"promise_over_legal promised_days", "bad_number legal_days", "bad_number visits", "bad_number materials[1].originals"}},
	{"days in hours", "", set{"day_unit": "小时"}, []string{"unknown_unit day_unit"}},
	{"run once with two visits", "", set{"visits": 2}, []string{"run_once_mismatch run_once"}},
	{"not run once with no visit", "", set{"visits": 0, "run_once": false}, []string{"run_once_mismatch run_once"}},
	{"run once is not said", "", set{"visits": 2, "run_once": gone{}}, nil},
	{"no audience", "", set{"audience": []any{}}, []string{"no_audience audience"}},
	{"empty audience", "", set{"audience": []any{"", "无"}}, []string{"no_audience audience"}},
	{"catch-all condition and name", "", set{"conditions[0]": "法律、法规规定的其他条件", "materials[6].name": "其他材料"},
		[]string{"catch_all_clause conditions[0]", "catch_all_clause materials[6].name"}},
	{"no materials", "", set{"materials": gone{}}, []string{"no_materials materials"}},
	{"material without name", "", set{"materials[0].name": ""}, []string{"bad_material materials[0]"}},
	{"material without number", "", set{"materials[0].no": 0}, []string{"bad_material materials[0]"}},
	{"material twice", "", set{"materials[6].name": "《不动产登记申请书》"}, []string{"dup_material materials[6]"}},
	{"another material that begins alike", "", set{"materials[6].name": "不动产登记申请书附表"}, nil},
	{"number twice", "", set{"materials[6].no": 1}, []string{"material_number materials[6].no"}},
	{"necessity unknown", "", set{"materials[0].necessity": "必须"}, []string{"unknown_necessity materials[0].necessity"}},
	{"paper of which there is none", "", set{"materials[0].originals": 0}, []string{"zero_copies materials[0]"}},
	{"copies instead of originals", "", set{"materials[0].originals": 0, "materials[0].photocopies": 1}, nil},
	{"electronic, of which there is none", "", set{"materials[0].originals": 0, "materials[0].form": "电子件"}, nil},
	{"not needed, of which there is none", "", set{"materials[6].originals": 0}, nil},
	{"data set unknown", "", set{"materials[4].waived_by": "mariage"}, []string{"unknown_dataset materials[4].waived_by"}},
	{"asked for what is shared", "", set{"materials[4].waived_by": nil}, []string{"asks_shared materials[4].waived_by"}},
	{"data set that does not prove it", "", set{"materials[4].waived_by": "birth"}, []string{"waiver_unproved materials[4].waived_by"}},
	{"fee without text", "", set{"fee.text": " ", "faq": []any{}}, []string{"fee_missing fee.text"}},
	{"fee without text, of which the answer says free", "", set{"fee.text": "", "faq[2].a": "不收费。"}, []string{"fee_missing fee.text"}},
	{"answer that says when it is free", "", set{"fee.text": "每证20元", "faq[2].a": "首次不收费,补领每证20元。"}, nil},
	{"fee to be settled", "", set{"fee.text": "待定"}, []string{"fee_missing fee.text"}},
	{"no fee and no text", "", set{"fee": set{"charged": false, "text": ""}}, nil},
	{"free, with a price", "", set{"fee.charged": false}, []string{"fee_mismatch fee.text"}},
	{"charged, and free", "pol-driver", set{"fee.text": "免费", "faq": []any{}}, []string{"fee_mismatch fee.text"}},
	{"first one free", "pol-driver", set{"fee.text": "首次免费,补领每证10元"}, nil},
	{"first one free, in one breath", "pol-driver", set{"fee.text": "首次免费补领每证10元"}, nil},
	{"first one free, then by a standard", "pol-driver", set{"fee.text": "首次免费,补领按标准收取", "faq": []any{}}, nil},
	{"no phone for questions", "", set{"consult_phone": nil}, []string{"missing_consult_phone consult_phone"}},
	{"no phone for complaints", "", set{"complaint_phone": "暂无"}, []string{"missing_complaint_phone complaint_phone"}},
	{"phone with letters", "", set{"complaint_phone": "0571-0000ABCD"}, []string{"bad_phone complaint_phone"}},
	{"missing hours", "", set{"hours": nil}, []string{"missing_hours hours"}},
	{"empty hours", "", set{"hours": set{"text": "", "weekdays": []any{}, "periods": []any{}}}, []string{"missing_hours hours"}},
	{"hours without text", "", set{"hours.text": ""}, []string{"missing_hours hours.text"}},
	{"eighth day", "", set{"hours.weekdays[4]": 8}, []string{"bad_weekday hours.weekdays[4]", "hours_mismatch hours.weekdays"}},
	{"period that runs backwards", "", set{"hours.periods[0]": []any{"12:00", "08:30"}}, []string{"bad_period hours.periods[0]", "hours_mismatch hours.periods"}},
	{"hours of which the text says other times", "", set{"hours.periods[0][0]": "09:00"}, []string{"hours_mismatch hours.periods"}},
	{"hours of which the text says other days", "", set{"hours.weekdays": []any{1, 2, 3, 4, 5, 6}}, []string{"hours_mismatch hours.weekdays"}},
	{"hours of two seasons", "", set{"hours.text": "周一至周五 8:30—12:00,夏季14:00—17:30,冬季13:30—17:00"}, nil},
	{"hours with a Saturday", "", set{"hours.text": "周一至周五 8:30—12:00、13:30—17:00,周六照常", "hours.weekdays": []any{1, 2, 3, 4, 5, 6}}, nil},
	{"no places", "", set{"places": []any{}}, []string{"missing_place places"}},
	{"place without address", "", set{"places[1].address": ""}, []string{"missing_place places[1].address"}},
	{"unknown hall", "", set{"places[0].hall": "jiangdong"}, []string{"unknown_hall places[0].hall"}},
	{"odd windows", "", set{"places[0].windows": "A1至A16"}, []string{"bad_windows places[0].windows"}},
	{"hall without windows for it", "jus-aid", set{"places[0].hall": "jiangbei", "places[0].windows": ""}, []string{"no_window places[0]"}},
	{"windows that are not there", "", set{"places[1].windows": "A01-A05"}, []string{"no_window places[1].windows"}},
	{"a few of the windows", "", set{"places[0].windows": "A03-A05"}, nil},
	{"all windows of the area", "", set{"places[0].windows": ""}, nil},
	{"street hall without windows", "st-dibao", set{"places[2].windows": ""}, []string{"no_window places[2].windows"}},
	{"windows of another area", "", set{"places[0].windows": "B01-B02"}, []string{"window_mismatch places[0].windows"}},
	{"another floor", "", set{"places[0].floor": 4}, []string{"window_mismatch places[0].floor"}},
	{"online without address and depth", "", set{"online.url": nil, "online.depth": ""}, []string{"online_incomplete online.depth", "online_incomplete online.url"}},
	{"not online", "", set{"online.url": nil, "online.available": false}, nil},
	{"half an address", "", set{"online.url": "zwfw.example.invalid"}, []string{"bad_url online.url"}},
	{"no legal basis", "", set{"legal_basis": "", "result": nil, "steps": []any{}},
		[]string{"incomplete_guide legal_basis", "incomplete_guide result", "incomplete_guide steps"}},
	{"answer with another promise", "", set{"promised_days": 3}, []string{"faq_mismatch faq[1].a"}},
	{"answer with another legal time", "", set{"legal_days": 20}, []string{"faq_mismatch faq[1].a"}},
	{"answer in another unit", "", set{"day_unit": "自然日"}, nil},
	{"answer with another price", "", set{"fee.text": "住宅类每件60元,非住宅类每件550元;多领一本权证加收工本费10元"}, []string{"faq_mismatch faq[2].a"}},
	{"answer that says free", "", set{"faq[2].a": "不收费。"}, []string{"faq_mismatch faq[2].a"}},
	{"wrong types, each told once", "", set{"legal_days": "30", "consult_phone": 57100001001, "materials[2].originals": "1", "materials[3]": 5, "hours.weekdays": "1-5",
		"audience": "个人", "faq": set{"q": "?"}, "materials[6].name": "其他材料"},
		[]string{"wrong_type audience", "wrong_type consult_phone", "wrong_type faq", "wrong_type hours.weekdays", "wrong_type legal_days", "wrong_type materials[2].originals",
			"wrong_type materials[3]", "catch_all_clause materials[6].name"}},
}

func TestCheckRules(t *testing.T) {
	broken := map[string]bool{wrongType.id: false}
	for _, r := range rules {
		broken[r.id] = false
	}
	broken["duplicate_code"] = true // it takes two items: TestCheckAcrossFiles
	for _, c := range ruleCases {
		slug := c.slug
		if slug == "" {
			slug = "re-transfer-resale"
		}
		got := checked(t, "x", File{Name: "x", Body: slices.Concat([]byte("["), sampleItem(t, slug, c.edits), []byte("]"))})
		if !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		for _, f := range got {
			id, _, _ := strings.Cut(f, " ")
			broken[id] = true
		}
	}
	for id, yes := range broken {
		if !yes {
			t.Errorf("no case breaks the rule %s", id)
		}
	}
}

func TestPhones(t *testing.T) {
	good := strings.Fields("0571-00001001 0571-1234567 010-12345678 021-12345678 0571-00001001-801 0571-00001001转801 12345 12333 12366 110 114 95598 96196 10086 116114 400-123-4567 0571-00001001、0571-00001002")
	bad := strings.Fields("0571-0000ABCD ０５７１-00001800 0571－00001001 0571—00001001 057100001001 00001001 0571-123456 0571-123456789 571-00001001 1234 123456 13800000000 +86-571-00001001 0571-00001001、 021-1234567 0571--00001001 (0571)00001001 电话")
	for _, number := range append(bad, "0571 00001001", " 0571-00001001", "12345 ") {
		if phone.MatchString(number) {
			t.Errorf("%q is taken for a phone number", number)
		}
	}
	for _, number := range good {
		if !phone.MatchString(number) {
			t.Errorf("%q is a phone number", number)
		}
	}
}

func TestCheckAcrossFiles(t *testing.T) {
	one, other := sampleItem(t, "re-transfer-resale", nil), sampleItem(t, "re-transfer-new", set{"consult_phone": "", "complaint_phone": ""})
	again := sampleItem(t, "re-transfer-resale", set{"name": "另一事项", "visits": 2})
	files := []File{{Name: "b.json", Body: slices.Concat([]byte("{\"items\":[\n"), one, []byte(",\n"), other, []byte("]}"))}, {Name: "a.jsonl", Body: slices.Concat(again, []byte("\n\n"), other, []byte("\n"))}}
	around := surroundingFiles(t)
	var first []Finding
	for range 3 {
		found, err := Check(around[0], around[1], files...)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = found
		}
		if !slices.Equal(found, first) {
			t.Fatal("the order changes")
		}
	}
	var got []string
	for _, f := range first {
		got = append(got, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Rule))
	}
	want := []string{"b.json:3 missing_consult_phone", "b.json:3 missing_complaint_phone", "a.jsonl:1 duplicate_code", "a.jsonl:1 run_once_mismatch",
		"a.jsonl:3 duplicate_code", "a.jsonl:3 missing_consult_phone", "a.jsonl:3 missing_complaint_phone"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if wrong, doubtful := Count(first); wrong != 7 || doubtful != 0 {
		t.Errorf("%d errors, %d warnings", wrong, doubtful)
	}
}

func TestCheckReadsLists(t *testing.T) {
	broken := string(sampleItem(t, "re-transfer-resale", set{"consult_phone": ""}))
	for _, body := range []string{"[" + broken + "]", broken, broken + "\n", "\n" + broken + "\r\n\r\n", "\xef\xbb\xbf{\"items\":[" + broken + "]}", `{"items":[` + broken + `],"meta":{}}`} {
		if got := checked(t, "x", File{Name: "x", Body: []byte(body)}); !slices.Equal(got, []string{"missing_consult_phone consult_phone"}) {
			t.Errorf("%.20q: %v", body, got)
		}
	}
}

func TestCheckTellsUnreadableFiles(t *testing.T) {
	around := surroundingFiles(t)
	good := File{Name: "good.json", Body: slices.Concat([]byte("["), sampleItem(t, "re-transfer-resale", set{"consult_phone": ""}), []byte("]"))}
	for _, c := range []struct {
		name, body string
		kind       FaultKind
		line       int
	}{
		{"empty", " \n", FaultEmpty, 0},
		{"half", "{\"items\": [\n{\"code\":", FaultTruncated, 2},
		{"comma", "{\"items\": [\n{\"code\": \"1\",,}]}", FaultSyntax, 2},
		{"no list", `{"halls": []}`, FaultShape, 1},
		{"words for items", "{\n\"items\": \"all\"}", FaultShape, 2},
		{"third line of three", "{\"code\":\"1\"}\n{\"code\":\"2\"}\n{\"code\" \"3\"}\n", FaultSyntax, 3},
		{"GB 18030", "{\"items\": [\n{\"name\":\"\xd7\xaa\xd2\xc6\"}]}", FaultEncoding, 2},
	} {
		found, err := Check(around[0], around[1], File{Name: "bad.json", Body: []byte(c.body)}, good)
		var f *Fault
		if !errors.As(err, &f) || f.File != "bad.json" || f.Kind != c.kind || f.Line != c.line || f.Advice == "" {
			t.Errorf("%s: %v", c.name, err)
		}
		if len(found) != 1 || found[0].File != "good.json" {
			t.Errorf("%s: the other file's findings are %v", c.name, found)
		}
	}
	var f *Fault
	if _, err := Check(around[0], around[1], File{Name: "none.json", Body: []byte(`{"items": []}`)}); !errors.As(err, &f) || f.Kind != FaultEmpty {
		t.Errorf("no items: %v", err)
	}
	if _, err := Check(File{Name: "h.json", Body: []byte("{}")}, around[1], good); !errors.As(err, &f) || f.File != "h.json" {
		t.Errorf("no halls: %v", err)
	}
	if _, err := Check(around[0], File{Name: "d.json", Body: []byte("{")}, good); !errors.As(err, &f) || f.File != "d.json" {
		t.Errorf("no data sets: %v", err)
	}
	for _, body := range []string{"[5]", "[null]", `["x"]`, "[[]]"} {
		if got := checked(t, "x", File{Name: "x", Body: []byte(body)}); !slices.Equal(got, []string{"wrong_type items[0]"}) {
			t.Errorf("%s: %v", body, got)
		}
	}
}

func TestRunOnceFollowsFromTheVisits(t *testing.T) {
	for visits, want := range []bool{true, true, false, false} {
		if i := (&Item{Visits: visits}); i.RunOnce() != want {
			t.Errorf("%d visits: %v", visits, !want)
		}
	}
	for _, said := range []string{"true", "false"} {
		files := edited(t, FileItems, `"run_once": true`, `"run_once": `+said)
		c, err := Parse(files)
		if err != nil {
			t.Fatal(err)
		}
		if i := c.Items()[0]; !i.RunOnce() {
			t.Errorf("the file says %s of %d visits, and RunOnce believes it", said, i.Visits)
		}
	}
}

func TestMaterialThatStandsThereTwiceIsTakenOnce(t *testing.T) {
	var item struct{ Materials []any }
	if err := json.Unmarshal(itemBodies()["re-transfer-resale"], &item); err != nil {
		t.Fatal(err)
	}
	twice := append(slices.Clone(item.Materials), item.Materials[0])
	body := slices.Concat([]byte(`{"meta":{"version":"1"},"items":[`), sampleItem(t, "re-transfer-resale", set{"materials": twice}), []byte(`]}`))
	if got := checked(t, "x", File{Name: "x", Body: body}); !slices.Equal(got, []string{"dup_material materials[7]"}) {
		t.Errorf("check: %v", got)
	}
	files := shippedFiles(t)
	files[FileItems] = body
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if m := c.Items()[0].Materials; len(m) != len(item.Materials) || m[0].No != 1 || m[6].No != 7 {
		t.Errorf("%+v", m)
	}
}

// FuzzCheck throws items at the lenient reader: it never panics, and what it finds
// no error in is taken by Parse. As a file of its own, an item is read or faulted.
func FuzzCheck(f *testing.F) {
	files, err := ShippedFiles()
	if err != nil {
		f.Fatal(err)
	}
	around := surroundingFiles(f)
	for _, c := range ruleCases {
		if c.slug == "" {
			f.Add(sampleItem(f, "re-transfer-resale", c.edits))
		}
	}
	for _, s := range []string{`{"code":5,"code":"1"}`, `{"materials":{"no":1}}`, `{"materials":[null,{"no":"1"}],"hours":[],"visits":1e99}`, `null`, `[[1]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, item []byte) {
		if _, err := Check(around[0], around[1], File{Name: "x", Body: item}); err != nil {
			var fault *Fault
			if !errors.As(err, &fault) || fault.Problem == "" || fault.Advice == "" {
				t.Fatalf("not a clear fault: %v", err)
			}
		}
		body := slices.Concat([]byte(`{"meta":{"version":"1"},"items":[`), item, []byte(`]}`))
		found, err := Check(around[0], around[1], File{Name: FileItems, Body: body})
		wrong, _ := Count(found)
		if err != nil || wrong > 0 {
			return
		}
		if _, err := Parse(map[string][]byte{FileItems: body, FileStreet: []byte(`{"meta":{"version":"1"},"items":[]}`), FileHalls: files[FileHalls], FileDataSets: files[FileDataSets]}); err != nil {
			t.Fatalf("the check is content, Parse is not: %v\n%s", err, item)
		}
	})
}
