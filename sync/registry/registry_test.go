package registry

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/intake"
	"onewindow/app/sealed"
	"onewindow/sync/wire"
)

var quiet = slog.New(slog.DiscardHandler)

// sample puts the sample into a folder.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	from, err := fs.Sub(Sample, "sample")
	if err == nil {
		err = os.CopyFS(dir, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// about asks sets about a person, as a counter does.
func about(name, document string, sets ...string) wire.SharedAsk {
	a := wire.SharedAsk{From: "jiangnan/c1", Application: "01a0", Purpose: intake.ForIntake, Clerk: "wang", DocumentType: "resident_id", Document: document, Name: name, Blind: intake.Blind(sealed.Key{1}, "01a0")}
	for _, s := range sets {
		who := intake.Person{Applicant: intake.Personal(name), DocumentNumber: intake.Personal(document)}
		a.Questions = append(a.Questions, wire.SharedQuestion{ID: intake.AskID(a.Blind, "01a0", s, "resident_id", who, 0), Set: s})
	}
	return a
}

// Each of the nine sets is in the sample, the people in it are possible, and each set is found for somebody.
func TestTheSampleServesEverySet(t *testing.T) {
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := guide.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(sample(t), quiet)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range catalogue.DataSets() {
		want = append(want, s.ID)
	}
	slices.Sort(want)
	if !slices.Equal(r.Sets(), want) || len(want) != 9 {
		t.Errorf("the sample serves %v, the catalogue has %v", r.Sets(), want)
	}
	for id, s := range r.sets {
		for _, rec := range s.file.Records {
			for _, p := range rec.People {
				kind := intake.ResidentID
				if id == "licence" && p.Document == rec.Says[1] {
					kind = intake.CreditCode
				}
				if _, refusal := intake.CheckDocument(kind, p.Document, "2026-11-24"); refusal != nil {
					t.Errorf("%s %s: %v", id, rec.Record, refusal)
				}
			}
			p := rec.People[0]
			got, ok := r.Answer(about(p.Name, p.Document, id))
			if !ok || got[0].Outcome != "found" || len(got[0].Says) != len(s.file.Fields) || len(got[0].Sum) != 64 || got[0].AsOf != "2026-11-23" {
				t.Errorf("%s %s: %+v", id, rec.Record, got)
			}
		}
	}
}

func TestWhatASetSays(t *testing.T) {
	r, err := Open(sample(t), quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct{ name, who, document, set, outcome string }{
		{"there", "罗庆(样例)", "99010820000907755X", "hukou", "found"},
		{"as the citizen writes it", " 罗庆 (样例)", "99010820000907755X", "hukou", "found"},
		{"nobody", "罗庆(样例)", "990108193001010011", "hukou", "not_found"},
		{"another's number", "刘文秀(样例)", "99010820000907755X", "hukou", "mismatch"},
		{"a record in an earlier name", "何海庆(样例)", "990108197405036595", "hukou", "mismatch"},
		{"not in this set", "罗庆(样例)", "99010820000907755X", "disability", "not_found"},
		{"a set that there is not", "罗庆(样例)", "99010820000907755X", "property", wire.Unserved},
		{"a path", "罗庆(样例)", "99010820000907755X", "../sample/hukou", wire.Unserved},
	} {
		got, ok := r.Answer(about(w.who, w.document, w.set))
		if !ok || got[0].Outcome != w.outcome {
			t.Errorf("%s: %v", w.name, got)
			continue
		}
		if w.outcome != "found" && (got[0].Record != "" || got[0].Sum != "" || len(got[0].Says) > 0) {
			t.Errorf("%s: somebody else's record is told", w.name)
		}
	}
	// One note stands for one question about one person.
	for name, change := range map[string]func(a *wire.SharedAsk){
		"person": func(a *wire.SharedAsk) { a.Document = "990108197910114865" }, "name": func(a *wire.SharedAsk) { a.Name = "x" }, "set": func(a *wire.SharedAsk) { a.Questions[0].Set = "birth" },
		"case": func(a *wire.SharedAsk) { a.Application = "01a1" }, "times": func(a *wire.SharedAsk) { a.Questions[0].Again = 1 }, "id": func(a *wire.SharedAsk) { a.Questions[0].ID = "" },
	} {
		a := about("罗庆(样例)", "99010820000907755X", "hukou")
		change(&a)
		if got, ok := r.Answer(a); ok || got != nil {
			t.Errorf("another %s under the same id is answered", name)
		}
	}
	// What is asked and said stays out of logs, whatever prints it.
	got, _ := r.Answer(about("罗庆(样例)", "99010820000907755X", "hukou"))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		said := fmt.Sprintf(verb+verb, about("罗庆(样例)", "99010820000907755X", "hukou"), got)
		if strings.Contains(said, "罗庆") || strings.Contains(said, "0907755") || strings.Contains(said, "样例路") {
			t.Errorf("%s prints %s", verb, said)
		}
	}
}

// Of a person's records the last one in the file counts.
func TestTheLastRecordCounts(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "marriage", `{"as_of":"2026-11-23","fields":[["状况","State"]],"records":[
		{"record":"1","people":[{"name":"甲","document":"1"}],"says":["已婚"]},{"record":"2","people":[{"name":"甲","document":"1"}],"says":["离婚"]}]}`)
	r, err := Open(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Answer(about("甲", "1", "marriage")); got[0].Record != "2" {
		t.Errorf("%s counts", got[0].Record)
	}
}

func put(t *testing.T, dir, set, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, set+".json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Files are exchanged while the program runs; a broken one leaves the old one in use, and at
// the start it is named.
func TestRecordsAreExchanged(t *testing.T) {
	dir := t.TempDir()
	text := func(name string) string {
		return `{"as_of":"2026-11-23","fields":[],"records":[{"record":"1","people":[{"name":"` + name + `","document":"1"}],"says":[]}]}`
	}
	put(t, dir, "hukou", text("甲"))
	r, err := Open(dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	outcome := func(name, set string) string { got, _ := r.Answer(about(name, "1", set)); return got[0].Outcome }
	steps := []struct {
		file, text, ask, set, want string
	}{
		{"", "", "甲", "hukou", "found"},
		{"hukou", text("甲乙"), "甲乙", "hukou", "found"},
		{"hukou", "{", "甲乙", "hukou", "found"},
		{"birth", text("丙"), "丙", "birth", "found"},
	}
	for n, s := range steps {
		if s.file != "" {
			put(t, dir, s.file, s.text)
		}
		if got := outcome(s.ask, s.set); got != s.want {
			t.Errorf("step %d: %s", n, got)
		}
	}
	if err := os.Remove(filepath.Join(dir, "birth.json")); err != nil {
		t.Fatal(err)
	}
	if got := outcome("丙", "birth"); got != wire.Unserved {
		t.Errorf("a set that was taken away: %s", got)
	}
	for name, w := range map[string]struct{ set, text, says string }{
		"half a file":       {"hukou", "{", "hukou.json"},
		"another word":      {"hukou", `{"as_of":"2026-11-23","feilds":[]}`, "feilds"},
		"no day":            {"hukou", `{"as_of":"","fields":[],"records":[]}`, "as_of"},
		"a value too few":   {"hukou", `{"as_of":"2026-11-23","fields":[["a","b"]],"records":[{"record":"1","people":[{"name":"甲","document":"1"}],"says":[]}]}`, "record 1"},
		"nobody":            {"hukou", `{"as_of":"2026-11-23","fields":[],"records":[{"record":"1","people":[],"says":[]}]}`, "record 1"},
		"nobody's document": {"hukou", `{"as_of":"2026-11-23","fields":[],"records":[{"record":"1","people":[{"name":"甲","document":" "}],"says":[]}]}`, "document"},
		"a wrong name":      {"Hukou 1", text("甲"), "small letters"},
	} {
		dir := t.TempDir()
		put(t, dir, w.set, w.text)
		if _, err := Open(dir, quiet); err == nil || !strings.Contains(err.Error(), w.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(t.TempDir(), quiet); err == nil || !strings.Contains(err.Error(), "onewindowd shared sample") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestALimitLetsAWindowWorkAndNobodyReadARegister(t *testing.T) {
	l := Limit{Burst: 20, PerMinute: 30}
	now := int64(1)
	if l.Take("c1", 20, now) != 0 {
		t.Fatal("the first person at a window waits")
	}
	wait := l.Take("c1", 2, now)
	if wait < 4 || wait > 5 {
		t.Errorf("two questions more in %d s, not in 4", wait)
	}
	if l.Take("c2", 5, now) != 0 {
		t.Error("another window waits for the first one")
	}
	if l.Take("c1", 2, now+int64(wait)*1000) != 0 {
		t.Error("who waited as long as was said waits again")
	}
	passed := 0
	for range 3600 {
		now += time.Second.Milliseconds()
		if l.Take("c3", 1, now) == 0 {
			passed++
		}
	}
	if passed < 1700 || passed > 1900 {
		t.Errorf("%d questions in an hour, not some 1,800", passed)
	}
}

func TestAnAnswerTravelsAsJSON(t *testing.T) {
	a := about("罗庆(样例)", "99010820000907755X", "hukou")
	b, err := json.Marshal(a)
	if err != nil || !strings.Contains(string(b), "99010820000907755X") {
		t.Fatalf("the request does not carry whom it asks about: %v", err)
	}
	no := wire.SharedAnswer{Refuse: event.SharedMany.With("seconds", "5")}
	if b, err = json.Marshal(no); err != nil || !strings.Contains(string(b), "shared_many") {
		t.Errorf("%s, %v", b, err)
	}
}
