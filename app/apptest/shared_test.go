package apptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/sync/registry"
)

// newborn is 新生儿参保登记: an application, a birth certificate (2) and a household register (3), both proved by shared data.
const newborn = "119901080000X003594992003002000"

// People of the sample: one whose records are there, one whose register is in an earlier name, one who has none.
var (
	registered = screen.Intake{Item: newborn, Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X", Phone: "10000000000"}
	renamed    = screen.Intake{Item: newborn, Applicant: "何海庆(样例)", DocumentType: "resident_id", DocumentNumber: "990108197405036595", Phone: "10000000005"}
	unknown    = screen.Intake{Item: newborn, Applicant: "查无此人(样例)", DocumentType: "resident_id", DocumentNumber: identityNumber(0)}
)

// serveRecords restarts the centre with the sample, in a folder beside the district's.
func serveRecords(t *testing.T, w *apptest.World) {
	t.Helper()
	w.Records = t.TempDir()
	from, err := fs.Sub(registry.Sample, "sample")
	if err == nil {
		err = os.CopyFS(w.Records, from)
	}
	apptest.Must(t, err)
	w.StopCentre()
	w.StartCentre()
}

func (o *office) form(in screen.Intake, request string, rows ...screen.MaterialRow) screen.Intake {
	in.Request, in.Ticket, in.Materials = request, o.ticket, append([]screen.MaterialRow{{No: 1, State: "received"}}, rows...)
	return in
}

func states(list []screen.SharedEvidence) (out string) {
	for _, e := range list {
		out += fmt.Sprintf("%d %s ", e.No, e.State)
	}
	return out
}

// asked asks until the centre is there and gives what it says.
func (o *office) asked(t *testing.T, in screen.Intake) (list []screen.SharedEvidence) {
	t.Helper()
	apptest.Eventually(t, "shared data answers", func() bool {
		var err error
		list, err = o.c.Counter.AskShared(in)
		apptest.Must(t, err)
		return len(list) > 0 && list[0].State != "away"
	})
	return list
}

func (o *office) takes(t *testing.T, in screen.Intake) screen.IntakeResult {
	t.Helper()
	r, err := o.c.Counter.TakeIntake(in)
	apptest.Must(t, err)
	return r
}

// rows are the materials of an application as the hall knows them.
func (o *office) rows(t *testing.T, number string) (list []screen.CaseMaterial) {
	t.Helper()
	apptest.Eventually(t, "the application is opened", func() bool {
		p, err := o.c.Counter.OpenCase(number, "ask")
		list = p.Rows
		return err == nil && !p.Alone
	})
	return list
}

func rowStates(list []screen.CaseMaterial) (out string) {
	for _, r := range list {
		out += r.State
		if r.Check != "" {
			out += "/" + r.Check
		}
		out += " "
	}
	return out
}

// audit is the list of questions in a place's database.
func audit(t *testing.T, w *apptest.World, place string) []store.SharedAsk {
	t.Helper()
	list, err := store.SharedAsks(t.Context(), filepath.Join(w.Dir, place, map[string]string{"hub": "hub.db", "centre": "centre.db"}[place]), 0)
	apptest.Must(t, err)
	return list
}

// noted counts the notes of shared data at the centre: of questions, answers, and what was given.
func noted(t *testing.T, w *apptest.World) string {
	t.Helper()
	n, given := kinds(t, w.Centre.Store), 0
	for _, a := range audit(t, w, "centre") {
		if a.GivenMS != 0 {
			given++
		}
	}
	return fmt.Sprint(n[intake.KindSharedAsked], n[intake.KindSharedAnswered], given)
}

// TestSharedDataIsAskedAtTheWindow asks for three people: what is found waives the paper, what is
// not there or in another name has to be brought or is verified later, and who disputes it brings
// the paper. Evidence of one person does not count for another.
func TestSharedDataIsAskedAtTheWindow(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	serveRecords(t, w)
	o := newOffice(t, w)
	list := o.asked(t, o.form(registered, ""))
	if states(list) != "2 found 3 found " || list[1].Set.Zh != "公安户籍信息" || list[1].Set.En == "" || list[1].Holder != "区公安分局" || list[1].AsOf != "2026-11-23" || list[1].Record != "HJ-990108-00001" ||
		len(list[1].Says) != 3 || list[1].Says[0].Value == "" || list[1].Says[0].Name.En == "" {
		t.Fatalf("%s, %+v", states(list), list[1])
	}
	// What was found counts for whom it was found, with nothing but its reference in the events.
	other := o.takes(t, o.form(unknown, "i0", screen.MaterialRow{No: 2, State: "waived"}, screen.MaterialRow{No: 3, State: "waived"}))
	r := other
	if got := rowStates(o.rows(t, r.Number)); r.State != "accepted" || got != "received unverified/pending unverified/pending " && got != "received unverified/not_found unverified/not_found " {
		t.Errorf("evidence of another person: %s, %s", r.State, got)
	}
	o.asked(t, o.form(registered, ""))
	r = o.takes(t, o.form(registered, "i1", screen.MaterialRow{No: 2, State: "waived"}, screen.MaterialRow{No: 3, State: "missing"}))
	if got := rowStates(o.rows(t, r.Number)); r.State != "accepted" || got != "received waived waived " {
		t.Errorf("found: %s, %s", r.State, got)
	}
	if got := states(o.asked(t, o.form(renamed, ""))); got != "2 not_found 3 mismatch " && got != "2 found 3 mismatch " {
		t.Errorf("in an earlier name: %s", got)
	}
	r = o.takes(t, o.form(renamed, "i2", screen.MaterialRow{No: 2, State: "received"}, screen.MaterialRow{No: 3, State: "missing"}))
	if r.State != "correction" || len(r.Missing) != 1 {
		t.Errorf("a paper that the platform has not got is asked for: %+v", r)
	}
	o.asked(t, o.form(unknown, "", screen.MaterialRow{No: 2, State: "received"}))
	r = o.takes(t, o.form(unknown, "i3", screen.MaterialRow{No: 2, State: "received"}, screen.MaterialRow{No: 3, State: "disputed"}))
	if got := rowStates(o.rows(t, r.Number)); r.State != "accepted" || got != "received received disputed " {
		t.Errorf("disputed: %s, %s", r.State, got)
	}
	// Nothing that shared data proves is among what is ticked.
	if _, err := o.c.Counter.AskShared(o.form(unknown, "", screen.MaterialRow{No: 2, State: "received"}, screen.MaterialRow{No: 3, State: "received"})); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("nothing to ask: %v", err)
	}
	bad := o.form(registered, "")
	bad.DocumentNumber = "990108200009077550"
	if _, err := o.c.Counter.AskShared(bad); !errors.Is(err, event.IdentityWrong) {
		t.Errorf("a wrong number is asked for: %v", err)
	}
}

// TestWhatCannotBeVerifiedKeepsNobodyFromTheirTurn leaves more applications than a look takes whose set nobody serves and
// whose key never came.
func TestWhatCannotBeVerifiedKeepsNobodyFromTheirTurn(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	serveRecords(t, w)
	o := newOffice(t, w)
	apptest.Must(t, w.Hub.Store.Write(t.Context(), func(tx *store.Tx) error {
		for n := range 501 {
			f := intake.Taken{Application: intake.ApplicationID(fmt.Sprintf("old%04d", n)), Number: fmt.Sprintf("OLD%04d", n), Hall: "jiangnan", Item: "x", State: intake.Accepted,
				Materials: []intake.Material{{No: 1, State: intake.Unverified}}, Shared: []intake.Shared{{No: 1, Set: "hukou", Ask: fmt.Sprint("ask", n)}}, AtMS: 1_795_000_000_000 + int64(n)}
			if _, _, err := tx.Append(intake.KindTaken, f); err != nil {
				return err
			}
		}
		return nil
	}))
	w.StopHub()
	good := o.takes(t, o.form(registered, "i1", screen.MaterialRow{No: 2, State: "unverified"}, screen.MaterialRow{No: 3, State: "unverified"}))
	w.StartHub()
	reached(t, o.c)
	apptest.Eventually(t, "the new one is verified", func() bool { return rowStates(o.rows(t, good.Number)) == "received waived waived " })
}

// TestAnApplicationIsAcceptedWithTheLineDownAndVerifiedByItself takes two applications with the hub away; when
// it is back it asks by itself: one is verified, and of the other a counter is told what to do. Asked once more, and then
// disputed, it is settled. Each question is in the audit at hub and centre, once, with who asked what for.
func TestAnApplicationIsAcceptedWithTheLineDownAndVerifiedByItself(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	serveRecords(t, w)
	o := newOffice(t, w)
	w.StopHub()
	list, err := o.c.Counter.AskShared(o.form(registered, ""))
	if err != nil || states(list) != "2 away 3 away " {
		t.Fatalf("with the line down: %s, %v", states(list), err)
	}
	good := o.takes(t, o.form(registered, "i1", screen.MaterialRow{No: 2, State: "unverified"}, screen.MaterialRow{No: 3, State: "unverified"}))
	odd := o.takes(t, o.form(renamed, "i2", screen.MaterialRow{No: 2, State: "received"}, screen.MaterialRow{No: 3, State: "missing"}))
	if good.State != "accepted" || odd.State != "accepted" || good.DueDate == "" || len(odd.Missing) != 0 {
		t.Fatalf("accepted with the line down: %+v, %+v", good, odd)
	}
	w.StartHub()
	reached(t, o.c)
	var page screen.CounterPage
	apptest.Eventually(t, "a counter is told what to do", func() bool {
		page, err = o.c.Counter.Page()
		return err == nil && len(page.Differing) == 1 && page.Differing[0].Number == odd.Number
	})
	if d := page.Differing[0]; d.Window != "A01" || len(d.Sets) != 1 || d.Sets[0].Zh != "公安户籍信息" {
		t.Errorf("%+v", d)
	}
	apptest.Eventually(t, "the other one is verified", func() bool { return rowStates(o.rows(t, good.Number)) == "received waived waived " })
	if got := rowStates(o.rows(t, odd.Number)); got != "received received unverified/mismatch " {
		t.Errorf("in another name: %s", got)
	}
	apptest.Eventually(t, "three questions and answers are at the centre", func() bool { return noted(t, w) == "3 3 3" })
	again, err := o.c.Counter.RecheckShared(odd.Number)
	if err != nil || states(again) != "3 mismatch " {
		t.Errorf("asked once more: %s, %v", states(again), err)
	}
	if _, err := o.c.Counter.RecheckShared(good.Number); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("what is verified is asked for again: %v", err)
	}
	if _, err := o.c.Counter.DisputeShared("d0", good.Number, []int{1}); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("what stands on paper is disputed: %v", err)
	}
	for range 2 {
		if r, err := o.c.Counter.DisputeShared("d1", odd.Number, []int{3}); err != nil || r.State != "accepted" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	apptest.Eventually(t, "nothing is left to do", func() bool { page, err = o.c.Counter.Page(); return err == nil && len(page.Differing) == 0 })
	if got := rowStates(o.rows(t, odd.Number)); got != "received received disputed " {
		t.Errorf("the paper counts: %s", got)
	}
	apptest.Eventually(t, "the fourth question is at the centre", func() bool { return noted(t, w) == "4 4 4" })
	for _, place := range []string{"hub", "centre"} {
		said := map[string]int{}
		for _, a := range audit(t, w, place) {
			if a.Clerk != "wang" || a.Hall != "jiangnan" || a.AskedMS == 0 || a.Outcome == "" || a.Number == "" {
				t.Errorf("%s: %+v", place, a)
			}
			if place == "centre" && (a.GivenMS == 0 || a.Given != a.Outcome) {
				t.Errorf("what was given is not what was answered: %+v", a)
			}
			said[a.Purpose+" "+a.Set+" "+string(a.Outcome)]++
		}
		want := map[string]int{"intake birth found": 1, "intake hukou found": 1, "verify hukou mismatch": 1, "recheck hukou mismatch": 1}
		if fmt.Sprint(said) != fmt.Sprint(want) {
			t.Errorf("%s: %v, not %v", place, said, want)
		}
	}
	converged(t, w, o.c)
}

// TestAQuestionIsNeitherLostNorNotedTwice ends counter, hub and centre between question and answer: the
// same question goes again, and each place has noted it once.
func TestAQuestionIsNeitherLostNorNotedTwice(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w) // the centre has no records: questions are noted, and nobody answers
	apptest.Eventually(t, "the centre is reached", func() bool { return o.c.Machine.Hub.Line().CentreReached })
	odd := o.takes(t, o.form(renamed, "i0", screen.MaterialRow{No: 2, State: "received"}))
	apptest.Eventually(t, "the hub asks by itself", func() bool { return kinds(t, w.Hub.Store)[intake.KindSharedAsked] == 1 })
	if list, err := o.c.Counter.AskShared(o.form(registered, "")); err != nil || states(list) != "2 away 3 away " {
		t.Fatalf("%s, %v", states(list), err)
	}
	apptest.Must(t, o.c.Close())
	o.c = w.Terminal(config.Counter, "c1")
	reached(t, o.c)
	signIn(t, o.c, "wang", "246810", "A01", "A")
	if list, err := o.c.Counter.AskShared(o.form(registered, "")); err != nil || states(list) != "2 away 3 away " {
		t.Fatalf("%s, %v", states(list), err)
	}
	r := o.takes(t, o.form(registered, "i1"))
	apptest.Eventually(t, "the hub has the questions", func() bool { return kinds(t, w.Hub.Store)[intake.KindSharedAsked] == 3 })
	w.StopHub()
	w.StartHub()
	reached(t, o.c)
	serveRecords(t, w)
	apptest.Eventually(t, "all is answered", func() bool { return noted(t, w) == "3 3 3" })
	if got := rowStates(o.rows(t, r.Number)); got != "received waived waived " {
		t.Error(got)
	}
	if got := rowStates(o.rows(t, odd.Number)); got != "received received unverified/mismatch " {
		t.Error(got)
	}
	if list := audit(t, w, "centre"); len(list) != 3 || slices.ContainsFunc(list, func(a store.SharedAsk) bool { return a.AskedMS == 0 || a.GivenMS == 0 || a.AnsweredMS == 0 }) {
		t.Errorf("%+v", list)
	}
	// Asked before a crash, found after it: what counts is on the disk, not on the screen.
	o.asked(t, o.form(registered, ""))
	apptest.Must(t, o.c.Close())
	o.c = w.Terminal(config.Counter, "c1")
	reached(t, o.c)
	signIn(t, o.c, "wang", "246810", "A01", "A")
	r = o.takes(t, o.form(registered, "i3", screen.MaterialRow{No: 2, State: "waived"}, screen.MaterialRow{No: 3, State: "waived"}))
	if got := rowStates(o.rows(t, r.Number)); got != "received waived waived " {
		t.Errorf("what was found before the crash: %s", got)
	}
}

// TestNothingOfSharedDataStandsInClear looks for the people who were asked about, for what was said of them and for their
// records' numbers in every file and log of the district, with the line up and down. Who has the key
// reads the record's number from the event.
func TestNothingOfSharedDataStandsInClear(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	log, err := os.Create(filepath.Join(w.Dir, "log"))
	apptest.Must(t, err)
	defer log.Close()
	w.LogTo(log)
	w.StopHub()
	w.StartHub()
	serveRecords(t, w)
	o := newOffice(t, w)
	list := o.asked(t, o.form(registered, ""))
	r := o.takes(t, o.form(registered, "i1", screen.MaterialRow{No: 2, State: "waived"}, screen.MaterialRow{No: 3, State: "waived"}))
	o.asked(t, o.form(unknown, ""))
	w.StopHub()
	o.takes(t, o.form(renamed, "i2"))
	w.StartHub()
	reached(t, o.c)
	apptest.Eventually(t, "all is answered", func() bool { return noted(t, w) == "6 6 6" })
	converged(t, w, o.c)
	backUp(t, w)
	c, err := w.Centre.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	key, err := w.Centre.Keys.Key(t.Context(), string(c.Application))
	apptest.Must(t, err)
	ref, err := c.Checks[c.Shared[1].Ask].Record(key, c.Application, c.Shared[1].Ask)
	if err != nil || ref.Record != "HJ-990108-00001" || len(ref.Sum) != 64 || ref.AsOf != "2026-11-23" {
		t.Errorf("the reference: %+v, %v", ref, err)
	}
	secrets := []string{ref.Record, ref.Sum}
	for _, in := range []screen.Intake{registered, renamed, unknown} {
		secrets = append(secrets, in.Applicant, in.DocumentNumber)
	}
	for _, e := range list {
		secrets = append(secrets, e.Record)
		for _, s := range e.Says {
			if len(s.Value) > 12 {
				secrets = append(secrets, string(s.Value))
			}
		}
	}
	look := func() (found []string) {
		files, err := walk(w.Dir, func(path string, raw []byte) {
			for _, s := range secrets {
				if bytes.Contains(raw, []byte(s)) || bytes.Contains(raw, utf16le(s)) {
					found = append(found, path)
					return
				}
			}
		})
		apptest.Must(t, err)
		if files < 10 {
			t.Errorf("looked at %d files only", files)
		}
		return found
	}
	if found := look(); len(found) > 0 {
		t.Errorf("what was asked or said of people stands in clear in %v", found)
	}
	planted := filepath.Join(w.Dir, "hub", "planted")
	apptest.Must(t, os.WriteFile(planted, []byte("…"+secrets[len(secrets)-1]+"…"), 0o600))
	if len(look()) != 1 {
		t.Error("what stands in clear is not found: this test finds nothing anywhere")
	}
}
