package store_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"onewindow/app/event"
	"onewindow/app/intake"
	"onewindow/app/store"
)

// The notes of a question come from counter, hub and centre in any order and twice; the list is the same,
// and a rebuild gives it again.
func TestTheListOfQuestionsKnowsNoOrder(t *testing.T) {
	asked := intake.Asked{Ask: "q1", Root: "q1", Application: "01a0", Ticket: "t", Hall: "jiangnan", Set: "hukou", Purpose: intake.ForIntake, Window: "A01", Clerk: "wang", AtMS: 10}
	again := asked
	again.Purpose, again.AtMS, again.Number = intake.ForVerify, 20, "JN-1"
	given := intake.Given{Ask: "q1", Application: "01a0", From: "jiangnan/c1", Set: "hukou", Purpose: intake.ForIntake, Clerk: "wang", Outcome: intake.NotFound, AtMS: 11}
	answered := intake.Answered{Ask: "q1", Root: "q1", Application: "01a0", Set: "hukou", Outcome: intake.NotFound, AtMS: 12}
	better := answered
	better.Outcome, better.AtMS = intake.Found, 30
	type fact struct {
		kind event.Kind
		said any
	}
	facts := []fact{{intake.KindSharedAsked, asked}, {intake.KindSharedAsked, again}, {intake.KindSharedGiven, given}, {intake.KindSharedAnswered, answered}, {intake.KindSharedAnswered, better}, {intake.KindSharedAsked, asked}}
	var want []store.SharedAsk
	for turn := range len(facts) {
		dir := t.TempDir()
		s := open(t, dir, "jiangnan/hub")
		for n := range facts {
			f := facts[(n+turn)%len(facts)]
			if err := s.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(f.kind, f.said); return err }); err != nil {
				t.Fatal(err)
			}
		}
		list := func() []store.SharedAsk {
			t.Helper()
			list, err := store.SharedAsks(t.Context(), filepath.Join(dir, "t.db"), 1)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d questions, %v", len(list), err)
			}
			return list
		}
		got := list()
		if want == nil {
			want = got
			if a := got[0]; a.Purpose != intake.ForIntake || a.Outcome != intake.Found || a.Given != intake.NotFound || a.AskedMS != 10 || a.GivenMS != 11 {
				t.Errorf("%+v", a)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("from fact %d on: %+v, not %+v", turn, got, want)
		}
		if err := s.Rebuild(t.Context()); err != nil || !reflect.DeepEqual(list(), want) {
			t.Errorf("after a rebuild another one: %v", err)
		}
		if late, err := store.SharedAsks(t.Context(), filepath.Join(dir, "t.db"), 31); err != nil || len(late) != 0 {
			t.Errorf("%d questions of later, %v", len(late), err)
		}
	}
}

// What waits for an answer is found by the hub, and what a clerk has to do by the hall, as long
// as it is so.
func TestWhatWaitsForAnAnswerIsFound(t *testing.T) {
	s := open(t, t.TempDir(), "jiangnan/hub")
	note := func(kind event.Kind, said any) {
		t.Helper()
		if err := s.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(kind, said); return err }); err != nil {
			t.Fatal(err)
		}
	}
	counts := func() string {
		t.Helper()
		pending, err := s.Unverified(t.Context(), "jiangnan", nil, 9)
		if err != nil {
			t.Fatal(err)
		}
		differing, err := s.Differing(t.Context(), "jiangnan", 9)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(pending), len(differing))
	}
	note(intake.KindSharedAnswered, intake.Answered{Ask: "q2", Root: "q2", Application: "01a0", Set: "birth", Outcome: intake.Found, AtMS: 1})
	if got := counts(); got != "0 0" {
		t.Errorf("an answer before its application: %s", got)
	}
	note(intake.KindTaken, intake.Taken{Application: "01a0", Number: "JN-1", Ticket: "t", Hall: "jiangnan", Item: "x", State: intake.Accepted, AtMS: 1,
		Materials: []intake.Material{{No: 1, State: intake.Unverified}, {No: 2, State: intake.Unverified}}, Shared: []intake.Shared{{No: 1, Set: "hukou", Ask: "q1"}, {No: 2, Set: "birth", Ask: "q2"}}})
	if got := counts(); got != "1 0" {
		t.Errorf("accepted with one to be verified: %s", got)
	}
	note(intake.KindSharedAnswered, intake.Answered{Ask: "q1", Root: "q1", Application: "01a0", Set: "hukou", Outcome: intake.Mismatch, AtMS: 2})
	if got := counts(); got != "0 1" {
		t.Errorf("in another name: %s", got)
	}
	note(intake.KindSharedDisputed, intake.Later{Application: "01a0", Materials: []int{1}, AtMS: 3})
	if got := counts(); got != "0 0" {
		t.Errorf("disputed: %s", got)
	}
	if err := s.Write(t.Context(), func(tx *store.Tx) error {
		if n, err := tx.TakenOf("t", "x"); err != nil || n != 1 {
			t.Errorf("%d applications of the item, %v", n, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
