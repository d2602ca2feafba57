package intake

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

// sharedCase is an application with two materials that wait for an answer.
func sharedCase(t interface{ Fatal(...any) }, facts ...event.Event) *Case {
	taken := Taken{Application: "01a0", Number: "N1", Item: "x", State: Accepted, Materials: []Material{{1, Brought}, {2, Unverified}, {3, Unverified}, {4, Waived}},
		Shared: []Shared{{2, "hukou", "a2"}, {3, "marriage", "a3"}, {4, "birth", "a4"}}}
	c, err := Fold(nil, event.Event{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: taken.Payload()})
	for _, e := range facts {
		if err == nil {
			c, err = Fold(c, e)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answerEvent(seq event.Seq, root, ask string, o Outcome, atMS int64) event.Event {
	a := Answered{Ask: ask, Root: root, Application: "01a0", Set: "hukou", Outcome: o, Reference: sealed.Value("1." + string(o)), AtMS: atMS}
	return event.Event{ID: event.ID{Origin: "h/hub", Epoch: 1, Seq: seq}, Kind: KindSharedAnswered, Payload: hall.Payload(a)}
}

func disputeEvent(seq event.Seq, atMS int64, nos ...int) event.Event {
	return laterEvent("h/c2", seq, KindSharedDisputed, Later{AtMS: atMS, Materials: nos})
}

// What waits for an answer, and what a clerk has to do, follows from the facts alone (intake.md:
// accepted and marked 待核验; 浙江 10: the citizen may dispute it, then the citizen's paper counts).
func TestWhatIsToBeVerified(t *testing.T) {
	back := laterEvent("h/c2", 9, KindWithdrawn, Later{AtMS: 60})
	for _, w := range []struct {
		name             string
		facts            []event.Event
		pending, differs string
		two              Received
	}{
		{"nothing was answered", nil, "2 3", "", Unverified},
		{"one is found", []event.Event{answerEvent(2, "a2", "a2", Found, 5)}, "3", "", Waived},
		{"one is not found", []event.Event{answerEvent(2, "a2", "a2", NotFound, 5)}, "3", "2", Unverified},
		{"in another name", []event.Event{answerEvent(2, "a2", "a2", Mismatch, 5), answerEvent(3, "a3", "a3", Found, 5)}, "", "2", Unverified},
		{"put right and asked once more", []event.Event{answerEvent(2, "a2", "a2", NotFound, 5), answerEvent(3, "a2", "b2", Found, 9)}, "3", "", Waived},
		{"gone when it was asked once more", []event.Event{answerEvent(2, "a2", "a2", Found, 5), answerEvent(3, "a2", "b2", NotFound, 9)}, "3", "", Waived},
		{"an answer about another person", []event.Event{answerEvent(2, "z2", "z2", Found, 5)}, "2 3", "", Unverified},
		{"disputed after another answer", []event.Event{answerEvent(2, "a2", "a2", Mismatch, 5), disputeEvent(3, 6, 2)}, "3", "", Contested},
		{"disputed before anything was answered", []event.Event{disputeEvent(3, 6, 2)}, "3", "", Contested},
		{"found, then disputed", []event.Event{answerEvent(4, "a2", "a2", Found, 7), disputeEvent(5, 8, 2)}, "3", "", Contested},
		{"disputed, then found", []event.Event{disputeEvent(3, 6, 2), answerEvent(4, "a2", "a2", Found, 7)}, "3", "", Contested},
		{"taken back", []event.Event{answerEvent(2, "a2", "a2", NotFound, 5), back}, "", "", Unverified},
	} {
		for _, facts := range [][]event.Event{w.facts, reversed(w.facts)} {
			c := sharedCase(t, facts...)
			if numbers(c.Pending()) != w.pending || numbers(c.Differing()) != w.differs || c.ReceivedNow(c.Materials[1]) != w.two {
				t.Errorf("%s: pending %q, differing %q, %s", w.name, numbers(c.Pending()), numbers(c.Differing()), c.ReceivedNow(c.Materials[1]))
			}
			if s := c.Standing(); s != Accepted && s != Withdrawn || c.ReceivedNow(c.Materials[3]) != Waived {
				t.Errorf("%s: an answer changed the acceptance: %s", w.name, s)
			}
		}
	}
}

func reversed(in []event.Event) []event.Event {
	out := slices.Clone(in)
	slices.Reverse(out)
	return out
}

func numbers(list []Shared) string {
	var out []string
	for _, s := range list {
		out = append(out, string(rune('0'+s.No)))
	}
	return strings.Join(out, " ")
}

// Answers and disputes come from counter, hub and file in any order, and twice.
func TestAnswersKnowNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := []event.Event{{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: sharedCase(t).Payload()}}
		for n := range rapid.IntRange(1, 9).Draw(t, "count") {
			at := rapid.Int64Range(1, 4).Draw(t, "at")
			if rapid.IntRange(0, 4).Draw(t, "dispute") == 0 {
				events = append(events, disputeEvent(event.Seq(n+2), at, rapid.SampledFrom([]int{2, 3}).Draw(t, "no")))
				continue
			}
			e := answerEvent(event.Seq(n+2), rapid.SampledFrom([]string{"a2", "a3"}).Draw(t, "root"), rapid.SampledFrom([]string{"a2", "b2", "c2"}).Draw(t, "ask"),
				rapid.SampledFrom(outcomes[1:]).Draw(t, "outcome"), at)
			a, err := ReadAnswered(e)
			if err != nil {
				t.Fatal(err)
			}
			a.Reference += sealed.Value(rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "reference"))
			e.Payload = hall.Payload(a)
			events = append(events, e)
		}
		fold := func(in []event.Event) []byte {
			var c *Case
			for _, e := range in {
				next, err := Fold(c, e)
				if err != nil {
					t.Fatal(err)
				}
				c = next
			}
			return c.Row()
		}
		again := append(slices.Clone(events), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		if a, b := fold(events), fold(rapid.Permutation(again).Draw(t, "order")); !bytes.Equal(a, b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestDispute(t *testing.T) {
	open := sharedCase(t, answerEvent(2, "a2", "a2", NotFound, 5))
	over := sharedCase(t, laterEvent("h/c2", 9, KindWithdrawn, Later{AtMS: 60}))
	settled := sharedCase(t, answerEvent(2, "a2", "a2", Found, 5))
	papers := sharedCase(t, disputeEvent(3, 6, 2))
	for _, w := range []struct {
		name string
		c    *Case
		nos  []int
		want *event.Refusal
	}{
		{"one that was not found", open, []int{2}, nil},
		{"one that nobody answered for", open, []int{2, 3}, nil},
		{"nothing", open, nil, event.FieldMissing},
		{"what was brought", open, []int{1}, event.RequestUnusable},
		{"what was found", settled, []int{2}, nil},
		{"what was found when it was taken", settled, []int{4}, nil},
		{"what stands on paper already", papers, []int{2}, event.RequestUnusable},
		{"what there is not", open, []int{9}, event.RequestUnusable},
		{"of an application that was taken back", over, []int{2}, event.CaseState},
	} {
		l, refusal := w.c.Dispute(w.nos, "A02", "li", "r", 7)
		switch {
		case w.want == nil && (refusal != nil || !slices.Equal(l.Materials, w.nos) || l.Application != "01a0"):
			t.Errorf("%s: %+v, %v", w.name, l, refusal)
		case w.want != nil && !errors.Is(refusal, w.want):
			t.Errorf("%s: %v, want %v", w.name, refusal, w.want)
		}
	}
}

// A question's id is the same at every place and every time, another one for anything else that is
// asked, and nothing without the secret of the case.
func TestAQuestionsIDCommitsToWhatIsAsked(t *testing.T) {
	who := Person{Applicant: "罗庆(样例)", DocumentNumber: "99010820000907755X"}
	blind := Blind(sealed.Key{1}, "01a0")
	id := AskID(blind, "01a0", "hukou", ResidentID, who, 0)
	if id != AskID(Blind(sealed.Key{1}, "01a0"), "01a0", "hukou", ResidentID, Person{Applicant: who.Applicant, DocumentNumber: who.DocumentNumber, Phone: "1", Note: "2"}, 0) {
		t.Error("the same question has another id")
	}
	other := who
	other.DocumentNumber = "990108201807205418"
	named := who
	named.Applicant = "罗庆"
	// Where one part ends and the next begins counts.
	moved := Person{Applicant: "X" + who.Applicant, DocumentNumber: who.DocumentNumber[:17]}
	for name, differs := range map[string]string{
		"person": AskID(blind, "01a0", "hukou", ResidentID, other, 0), "name": AskID(blind, "01a0", "hukou", ResidentID, named, 0), "set": AskID(blind, "01a0", "birth", ResidentID, who, 0),
		"case": AskID(blind, "01a1", "hukou", ResidentID, who, 0), "document": AskID(blind, "01a0", "hukou", Passport, who, 0), "once more": AskID(blind, "01a0", "hukou", ResidentID, who, 1),
		"key": AskID(Blind(sealed.Key{2}, "01a0"), "01a0", "hukou", ResidentID, who, 0), "secret of another case": AskID(Blind(sealed.Key{1}, "01a1"), "01a0", "hukou", ResidentID, who, 0),
		"moved": AskID(blind, "01a0", "hukou", ResidentID, moved, 0),
	} {
		if differs == id {
			t.Errorf("another %s has the same id", name)
		}
	}
}

func TestARecordsReferenceIsSealed(t *testing.T) {
	a := Answered{Ask: "b2", Root: "a2", Application: "01a0", Set: "hukou", Outcome: Found, AtMS: 5}
	want := Reference{Record: "HJ-000001", Sum: "ab", AsOf: "2026-11-23"}
	if err := a.Seal(want, sealed.Key{7}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	e := event.Event{ID: event.ID{Origin: "h/hub", Epoch: 1, Seq: 2}, Kind: KindSharedAnswered, Payload: hall.Payload(a)}
	if strings.Contains(string(e.Payload), "HJ-000001") {
		t.Error("the record stands in the event in clear")
	}
	c := sharedCase(t, e)
	if got, err := c.Checks["a2"].Record(sealed.Key{7}, "01a0", "a2"); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Checks["a2"].Record(sealed.Key{7}, "01a0", "a3"); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("the reference of another material: %v", err)
	}
}

func TestFactsOfSharedDataAreReadOrRefused(t *testing.T) {
	asked := Asked{Ask: "a", Root: "a", Application: "01a0", Hall: "jiangnan", Set: "hukou", Purpose: ForIntake, Clerk: "wang", AtMS: 1}
	given := Given{Ask: "a", Application: "01a0", From: "jiangnan/c1", Set: "hukou", Purpose: ForIntake, Clerk: "wang", Outcome: Found, AtMS: 1}
	at := event.ID{Origin: "h/c1", Epoch: 1, Seq: 1}
	if got, err := ReadAsked(event.Event{ID: at, Kind: KindSharedAsked, Payload: hall.Payload(asked)}); err != nil || got != asked {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := ReadGiven(event.Event{ID: at, Kind: KindSharedGiven, Payload: hall.Payload(given)}); err != nil || got != given {
		t.Errorf("%+v, %v", got, err)
	}
	nobody, aimless := asked, asked
	nobody.Clerk, aimless.Purpose = "", "curiosity"
	for name, payload := range map[string]any{"by nobody": nobody, "for nothing": aimless, "empty": struct{}{}} {
		if _, err := ReadAsked(event.Event{ID: at, Kind: KindSharedAsked, Payload: hall.Payload(payload)}); !errors.Is(err, ErrNotOurs) {
			t.Errorf("asked %s: %v", name, err)
		}
	}
	odd := Answered{Ask: "a", Root: "a", Application: "01a0", Set: "hukou", Outcome: "perhaps", AtMS: 1}
	if _, err := Fold(nil, event.Event{ID: at, Kind: KindSharedAnswered, Payload: hall.Payload(odd)}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("an outcome that there is not: %v", err)
	}
	if Concerns(KindSharedAsked) || Concerns(KindSharedGiven) || !Concerns(KindSharedAnswered) || !Concerns(KindSharedDisputed) {
		t.Error("Concerns is wrong")
	}
}
