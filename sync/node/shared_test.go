package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
	"onewindow/app/store"
	"onewindow/sync/registry"
	"onewindow/sync/wire"
)

// question asks the household register about somebody of the sample, for a case.
func question(of int) wire.SharedAsk {
	id := intake.ApplicationID(fmt.Sprint("case-", of))
	a := wire.SharedAsk{From: "jiangnan/c1", Application: string(id), Purpose: intake.ForIntake, Clerk: "wang", DocumentType: "resident_id", Document: "99010820000907755X", Name: "罗庆(样例)", Blind: intake.Blind(sealed.Key{1}, id)}
	who := intake.Person{Applicant: intake.Personal(a.Name), DocumentNumber: intake.Personal(a.Document)}
	a.Questions = []wire.SharedQuestion{{ID: intake.AskID(a.Blind, id, "hukou", intake.ResidentID, who, 0), Set: "hukou"}}
	return a
}

// The centre answers a hall's hub for the devices of that hall, for a purpose that is named, so much and no more,
// and notes each question once, before it answers.
func TestTheCentreAnswersWhoMayAskAndNotesIt(t *testing.T) {
	records := t.TempDir()
	from, err := fs.Sub(registry.Sample, "sample")
	if err == nil {
		err = os.CopyFS(records, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Open: true, Logger: slog.New(slog.DiscardHandler), BackupEvery: -1, Records: records}
	c, err := OpenCentre(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { c.Close() }()
	ask := func(hub event.Origin, a wire.SharedAsk) wire.SharedAnswer {
		t.Helper()
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.shared(t.Context(), hub, body)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, w := range []struct {
		name, field string
		hub         event.Origin
		change      func(a *wire.SharedAsk)
	}{
		{"a device of another hall", "from", "jiangbei/hub", func(*wire.SharedAsk) {}},
		{"a counter without its hub", "from", "jiangnan/c1", func(*wire.SharedAsk) {}},
		{"nobody", "from", "jiangnan/hub", func(a *wire.SharedAsk) { a.From = "" }},
		{"for nothing", "purpose", "jiangnan/hub", func(a *wire.SharedAsk) { a.Purpose = "" }},
		{"out of curiosity", "purpose", "jiangnan/hub", func(a *wire.SharedAsk) { a.Purpose = "curiosity" }},
		{"a counter that verifies by itself", "purpose", "jiangnan/hub", func(a *wire.SharedAsk) { a.Purpose = intake.ForVerify }},
		{"a hub that stands at a window", "purpose", "jiangnan/hub", func(a *wire.SharedAsk) { a.From = "jiangnan/hub" }},
		{"without a clerk", "clerk", "jiangnan/hub", func(a *wire.SharedAsk) { a.Clerk = "" }},
		{"without a case", "application", "jiangnan/hub", func(a *wire.SharedAsk) { a.Application = "" }},
		{"without a question", "questions", "jiangnan/hub", func(a *wire.SharedAsk) { a.Questions = nil }},
		{"a whole register", "questions", "jiangnan/hub", func(a *wire.SharedAsk) { a.Questions = make([]wire.SharedQuestion, wire.MaxQuestions+1) }},
		{"somebody else under the same id", "id", "jiangnan/hub", func(a *wire.SharedAsk) { a.Document = "990108197910114865" }},
	} {
		a := question(0)
		w.change(&a)
		got := ask(w.hub, a)
		if !errors.Is(got.Refuse, event.RequestUnusable) || got.Refuse.Args["field"] != w.field || len(got.Records) > 0 {
			t.Errorf("%s: %v", w.name, got)
		}
	}
	list := func() []store.SharedAsk {
		t.Helper()
		list, err := store.SharedAsks(t.Context(), filepath.Join(o.Data, "centre.db"), 0)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if n := len(list()); n != 0 {
		t.Errorf("%d questions are noted that were refused", n)
	}
	before, err := c.Store.Kept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first answer was lost on its way
		if got := ask("jiangnan/hub", question(0)); got.Refuse != nil || got.Records[0].Outcome != "found" {
			t.Fatalf("%v", got)
		}
	}
	if after, err := c.Store.Kept(t.Context()); err != nil || after != before+1 {
		t.Errorf("one question asked twice is noted %d times, %v", after-before, err)
	}
	unserved := question(0)
	unserved.Questions[0] = wire.SharedQuestion{ID: intake.AskID(unserved.Blind, "case-0", "property", intake.ResidentID, intake.Person{Applicant: "罗庆(样例)", DocumentNumber: "99010820000907755X"}, 0), Set: "property"}
	if got := ask("jiangnan/hub", unserved); got.Records[0].Outcome != wire.Unserved {
		t.Errorf("a set that there is not: %v", got)
	}
	if got := list(); len(got) != 1 || got[0].Given != intake.Found || got[0].GivenTo != "jiangnan/c1" || got[0].Hall != "jiangnan" || got[0].Clerk != "wang" || got[0].Purpose != intake.ForIntake || got[0].Set != "hukou" || got[0].AskedMS != 0 {
		t.Errorf("%+v", got)
	}
	// One window reads no register.
	refused := 0
	for n := range 60 {
		if got := ask("jiangnan/hub", question(n+1)); got.Refuse != nil {
			if refused++; !errors.Is(got.Refuse, event.SharedMany) || got.Refuse.Args["seconds"] == "" {
				t.Errorf("%v", got)
			}
		}
	}
	if refused < 25 || refused > 40 {
		t.Errorf("of 60 people in a moment %d are refused", refused)
	}
	other := question(99)
	other.From = "jiangnan/c2"
	if got := ask("jiangnan/hub", other); got.Refuse != nil {
		t.Errorf("another window waits for the first one: %v", got)
	}
	if _, err := c.shared(t.Context(), "jiangnan/hub", []byte(`{"document":"99010820000907755X`)); err == nil || err.Error() != "read a question to shared data: it is none" {
		t.Errorf("what cannot be read is told in the log: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	// A centre without records says so, and notes nothing.
	o.Records = ""
	if c, err = OpenCentre(o); err != nil {
		t.Fatal(err)
	}
	noted := len(list())
	if got := ask("jiangnan/hub", question(200)); !errors.Is(got.Refuse, event.SharedAway) || len(list()) != noted {
		t.Errorf("without records: %v", got)
	}
}

// A hub passes on what a clerk of its hall asks for the window, and nothing else.
func TestAHubAsksForClerksOfItsHall(t *testing.T) {
	o := Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Open: true, Hall: "jiangnan", Logger: slog.New(slog.DiscardHandler), BackupEvery: -1}
	h, err := OpenHub(o)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ask := func(a wire.SharedAsk) *event.Refusal {
		t.Helper()
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.sharedFor(t.Context(), "jiangnan", "jiangnan/c1", body)
		if err != nil || len(got.Records) > 0 {
			t.Fatalf("%v, %v", got, err)
		}
		return got.Refuse
	}
	if no := ask(question(0)); !errors.Is(no, event.RequestUnusable) || no.Args["field"] != "clerk" {
		t.Errorf("a clerk whom nobody knows: %v", no)
	}
	if err := h.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: "wang", Name: "王", Verifier: "x"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	verify := question(0)
	verify.Purpose = intake.ForVerify
	if no := ask(verify); !errors.Is(no, event.RequestUnusable) || no.Args["field"] != "purpose" {
		t.Errorf("a counter that verifies by itself: %v", no)
	}
	if no := ask(question(0)); !errors.Is(no, event.SharedAway) {
		t.Errorf("a hub that stands alone: %v", no)
	}
}
