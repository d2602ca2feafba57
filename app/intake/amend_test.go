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

// amendKey is the key of the application of these tests.
func amendKey(t interface{ Fatal(...any) }) sealed.Key {
	key, err := sealed.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// slipped is an application as a window took it, with a slip in it, accepted on 2 March 2026: 20 working days
// by law, 10 promised, which end on 16 March.
func slipped(t interface{ Fatal(...any) }, key sealed.Key) event.Event {
	f := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: Accepted, Request: "take", Clock: &Clock{Days: 20, Promised: 10}, DueDate: "2026-03-16", AtMS: noon(t, "2026-03-02"),
		DocumentType: ResidentID, Materials: []Material{{1, Brought}, {2, Waived}}}
	if err := f.Seal(Person{Applicant: "罗庆(样例)", DocumentNumber: "99010820000907755X", Phone: "10000000000", Agent: "陈一(样例)", AgentNumber: "990108197405036595"}, key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	return event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: f.Payload()}
}

// amendEvent is a proposal as its event, with a value sealed into it.
func amendEvent(t interface{ Fatal(...any) }, seq event.Seq, p Proposal, value Personal, key sealed.Key) event.Event {
	p.Application, p.Hall, p.Window = "01a0", "jiangnan", "A01"
	if p.Cause == "" {
		p.Cause = "typed"
	}
	if err := p.Seal(value, "", key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	return event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: seq}, Kind: KindAmendProposed, Payload: hall.Payload(p)}
}

// checkEvent is a check of what a proposal's event says.
func checkEvent(t interface{ Fatal(...any) }, seq event.Seq, of event.Event, clerk hall.ClerkID, good bool, atMS int64, key sealed.Key) event.Event {
	v := Verdict{Application: "01a0", Hall: "jiangnan", Of: event.Sum(of.Payload).String(), Good: good, Clerk: clerk, AtMS: atMS, Request: "check"}
	why := Personal("")
	if !good {
		why = "与身份证不一致"
	}
	if err := v.Seal(why, key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	return event.Event{ID: event.ID{Origin: "jiangnan/c2", Epoch: 1, Seq: seq}, Kind: KindAmendChecked, Payload: hall.Payload(v)}
}

// Whatever was proposed and checked at places that could not hear each other, in any order and twice: the same
// case, the same person, the same days.
func TestAmendmentsKnowNoOrder(t *testing.T) {
	calendar, key := shippedCalendar(t), amendKey(t)
	rapid.Check(t, func(t *rapid.T) {
		clerks := []hall.ClerkID{"wang", "li", "zhao"}
		events := []event.Event{slipped(t, key)}
		for n := range rapid.IntRange(1, 6).Draw(t, "proposals") {
			p := Proposal{Clerk: rapid.SampledFrom(clerks).Draw(t, "clerk"), AtMS: rapid.Int64Range(1, 3).Draw(t, "at"), Request: rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "request"),
				Field: rapid.SampledFrom(Fields).Draw(t, "field")}
			value := Personal("")
			switch p.Field {
			case FieldMaterial:
				p.Material, p.Received = 1, rapid.SampledFrom([]Received{Brought, NotReceived}).Draw(t, "received")
			case FieldDue:
				p.Promised = rapid.IntRange(1, 30).Draw(t, "promised")
				p.Day = "2026-03-13"
			case FieldScan:
				p.Scan, p.Cause = rapid.SampledFrom([]ScanID{"a", "b"}).Draw(t, "scan"), "misplaced"
			default:
				value, p.DocumentType = Personal(rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "value")), Passport
			}
			e := amendEvent(t, event.Seq(10+n), p, value, key)
			events = append(events, e)
			for k := range rapid.IntRange(0, 2).Draw(t, "checks") {
				events = append(events, checkEvent(t, event.Seq(100+10*n+k), e, rapid.SampledFrom(clerks).Draw(t, "checker"), rapid.Bool().Draw(t, "good"), rapid.Int64Range(1, 3).Draw(t, "checked"), key))
			}
		}
		for n, id := range []ScanID{"a", "b"} {
			events = append(events, scanEvent("jiangnan/c3", event.Seq(800+n), Scan{Scan: id, Use: UseScan, Type: PNG, Size: 1, Chunks: 1, Sum: strings.Repeat("0", 64), AtMS: 2}))
		}
		events = append(events, laterEvent("jiangnan/c1", 900, KindDocument, Later{Reason: "N1-SL", AtMS: rapid.Int64Range(1, 3).Draw(t, "printed")}), laterEvent("jiangnan/c2", 901, KindDocument, Later{Reason: "N1-SL", AtMS: 2}))
		again := append(slices.Clone(events), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		a, b := foldAll(t, events...), foldAll(t, rapid.Permutation(again).Draw(t, "order")...)
		if !bytes.Equal(a.Row(), b.Row()) {
			t.Fatalf("%s\n%s", a.Row(), b.Row())
		}
		pa, err := a.Person(key)
		pb, other := b.Person(key)
		if err != nil || other != nil || pa != pb {
			t.Fatalf("%v, %v", err, other)
		}
		if x, y := calendar.Next(a, "2026-03-04"), calendar.Next(b, "2026-03-04"); x != y || x.Day > "2026-03-16" {
			t.Fatalf("%+v, %+v: a day gets later by no amendment (浙江 12)", x, y)
		}
		if a.Standing() != Accepted {
			t.Fatalf("an amendment made %s of what was accepted", a.Standing())
		}
		if off := a.TakenOff(); len(a.Attached()) != 2-len(slices.Compact(slices.Sorted(slices.Values(off)))) {
			t.Fatalf("%v were taken off, %+v are attached", off, a.Attached())
		}
		for _, am := range a.Amended() {
			if am.By != nil && am.By.Clerk == am.Clerk {
				t.Fatalf("%s checked their own", am.Clerk)
			}
		}
		if c, err := ReadRow(a.Row()); err != nil || !bytes.Equal(c.Row(), a.Row()) {
			t.Fatalf("the row is another one when read: %v", err)
		}
		// Two halves that heard of some of it each, joined, know as much as who heard of all.
		cut := rapid.IntRange(1, len(events)).Draw(t, "cut")
		half := foldAll(t, events[:cut]...)
		if rest := events[cut:]; len(rest) > 0 {
			half = half.Join(foldAll(t, rest...))
		}
		if !bytes.Equal(half.Row(), a.Row()) {
			t.Fatalf("joined: %s\n%s", half.Row(), a.Row())
		}
	})
}

// Another agent has another document: the number of the one before is not shown beside the new name.
func TestAnotherAgentHasNotTheNumberOfTheOneBefore(t *testing.T) {
	key := amendKey(t)
	taken := slipped(t, key)
	other := amendEvent(t, 10, Proposal{Field: FieldAgent, Clerk: "wang", AtMS: 5, Request: "r"}, "赵二(样例)", key)
	for _, w := range []struct {
		facts         []event.Event
		agent, number string
	}{
		{[]event.Event{taken, other}, "陈一(样例)", "990108197405036595"},
		{[]event.Event{taken, other, checkEvent(t, 11, other, "li", true, 7, key)}, "赵二(样例)", ""},
	} {
		who, err := foldAll(t, w.facts...).Person(key)
		if err != nil || string(who.Agent) != w.agent || string(who.AgentNumber) != w.number {
			t.Errorf("%q with %q, %v", string(who.Agent), string(who.AgentNumber), err)
		}
	}
}

// What counts of proposals and checks, whoever noted them wherever.
func TestWhatAnAmendmentMakes(t *testing.T) {
	key := amendKey(t)
	taken := slipped(t, key)
	name := func(seq event.Seq, value Personal, clerk hall.ClerkID, at int64) event.Event {
		return amendEvent(t, seq, Proposal{Field: FieldApplicant, Clerk: clerk, AtMS: at, Request: "p" + string(clerk)}, value, key)
	}
	first, second := name(10, "罗清(样例)", "wang", 5), name(11, "罗青(样例)", "li", 6)
	check := func(of event.Event, clerk hall.ClerkID, good bool, at int64) event.Event {
		return checkEvent(t, event.Seq(100+at), of, clerk, good, at, key)
	}
	for _, w := range []struct {
		name   string
		facts  []event.Event
		who    string
		states []AmendState
	}{
		{"nothing", nil, "罗庆(样例)", nil},
		{"proposed alone", []event.Event{first}, "罗庆(样例)", []AmendState{AmendWaiting}},
		{"passed by a second person", []event.Event{first, check(first, "li", true, 7)}, "罗清(样例)", []AmendState{AmendPassed}},
		{"passed by who proposed it, through another counter", []event.Event{first, check(first, "wang", true, 7)}, "罗庆(样例)", []AmendState{AmendWaiting}},
		{"the check came first", []event.Event{check(first, "li", true, 7), first}, "罗清(样例)", []AmendState{AmendPassed}},
		{"sent back", []event.Event{first, check(first, "li", false, 7)}, "罗庆(样例)", []AmendState{AmendReturned}},
		{"two checks that do not agree", []event.Event{first, check(first, "li", true, 7), check(first, "zhao", false, 9)}, "罗庆(样例)", []AmendState{AmendReturned}},
		{"two proposals, one passed", []event.Event{first, second, check(first, "zhao", true, 9)}, "罗清(样例)", []AmendState{AmendPassed, AmendWaiting}},
		{"two proposals, the later one passed last", []event.Event{first, second, check(first, "zhao", true, 8), check(second, "wang", true, 9)}, "罗青(样例)", []AmendState{AmendPassed, AmendPassed}},
		{"two proposals, the earlier one passed last", []event.Event{first, second, check(first, "zhao", true, 9), check(second, "wang", true, 8)}, "罗清(样例)", []AmendState{AmendPassed, AmendPassed}},
	} {
		c := foldAll(t, append([]event.Event{taken}, w.facts...)...)
		who, err := c.Person(key)
		if err != nil || string(who.Applicant) != w.who {
			t.Errorf("%s: %q, %v", w.name, string(who.Applicant), err)
		}
		var states []AmendState
		for _, a := range c.Amended() {
			states = append(states, a.State)
		}
		if !slices.Equal(states, w.states) {
			t.Errorf("%s: %v", w.name, states)
		}
		if bytes.Contains(c.Row(), []byte("罗")) {
			t.Errorf("%s: a name stands in clear", w.name)
		}
	}
	c := foldAll(t, taken, first, check(first, "zhao", true, 8), second, check(second, "wang", true, 9))
	list, err := c.Changes(key)
	if err != nil || len(list) != 2 || list[0].Old != "罗庆(样例)" || list[0].New != "罗清(样例)" || list[1].Old != "罗清(样例)" || list[1].New != "罗青(样例)" {
		t.Errorf("the earlier values cannot be read: %d, %v", len(list), err)
	}
	if _, err := c.Person(amendKey(t)); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("an amended name is read without the key: %v", err)
	}
}

// A value cannot be moved to another application, field or request.
func TestAnAmendedValueStaysWhereItIs(t *testing.T) {
	key := amendKey(t)
	p := Proposal{Application: "01a0", Field: FieldPhone, Request: "r1", Cause: "typed"}
	if err := p.Seal("13900000000", "听错了", key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if value, why, err := p.Said(key); err != nil || value != "13900000000" || why != "听错了" {
		t.Errorf("%v", err)
	}
	for _, other := range []func(*Proposal){func(p *Proposal) { p.Application = "01a1" }, func(p *Proposal) { p.Field = FieldAgent }, func(p *Proposal) { p.Request = "r2" }, func(p *Proposal) { p.Value, p.Why = p.Why, p.Value }} {
		moved := p
		other(&moved)
		if _, _, err := moved.Said(key); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("%+v: %v", moved.Request, err)
		}
	}
}

// What may be proposed, and what is refused with its reason. The days were counted on a calendar of 2026.
func TestProposing(t *testing.T) {
	calendar, key := shippedCalendar(t), amendKey(t)
	const at = hall.Date("2026-03-04")
	taken := slipped(t, key)
	archived := []event.Event{taken, stepEvent(t, "district/centre", 5, KindDecided, Step{Day: "2026-03-03", Outcome: Granted}), stepEvent(t, "jiangnan/c1", 6, KindHandedOut, Step{Day: "2026-03-03", How: WaySigned}), stepEvent(t, "district/centre", 7, KindArchived, Step{Day: "2026-03-03"})}
	paused := []event.Event{taken, stepEvent(t, "district/centre", 5, KindSuspended, Step{Day: "2026-03-03", Procedure: "hearing", Request: "p1"})}
	waits := []event.Event{taken, amendEvent(t, 10, Proposal{Field: FieldPhone, Clerk: "li", AtMS: 5, Request: "r0"}, "13900000000", key)}
	noReceipt := amendEvent(t, 10, Proposal{Field: FieldMaterial, Material: 1, Received: NotReceived, Clerk: "li", AtMS: 5, Request: "r0"}, "", key)
	lost := []event.Event{taken, noReceipt, checkEvent(t, 20, noReceipt, "zhao", true, 6, key)}
	one := []event.Event{taken}
	page := Scan{Use: UseScan, Type: PNG, Size: 1, Chunks: 1, Sum: strings.Repeat("0", 64), AtMS: 2}
	page.Scan = "s1"
	sign := page
	sign.Scan, sign.Use = "s2", UseSignature
	scanned := []event.Event{taken, scanEvent("jiangnan/c1", 30, page), scanEvent("jiangnan/c1", 31, sign)}
	takenOff := amendEvent(t, 10, Proposal{Field: FieldScan, Scan: "s1", Clerk: "li", AtMS: 5, Request: "r0"}, "", key)
	for _, w := range []struct {
		name  string
		facts []event.Event
		wish  Amend
		want  *event.Refusal
		arg   string
	}{
		{"a name", one, Amend{Field: FieldApplicant, Value: " 罗清(样例) "}, nil, ""},
		{"the same name", one, Amend{Field: FieldApplicant, Value: "罗庆(样例) "}, event.AmendSame, ""},
		{"no name", one, Amend{Field: FieldApplicant, Value: " "}, event.FieldMissing, "value"},
		{"a document number", one, Amend{Field: FieldDocument, DocumentType: Passport, Value: "e12345678"}, nil, ""},
		{"a number that cannot be", one, Amend{Field: FieldDocument, DocumentType: ResidentID, Value: "990108200009077550"}, event.IdentityWrong, "checksum"},
		{"the same number as another document", one, Amend{Field: FieldDocument, DocumentType: Other, Value: "99010820000907755X"}, nil, ""},
		{"the same number", one, Amend{Field: FieldDocument, DocumentType: ResidentID, Value: "99010820000907755x"}, event.AmendSame, ""},
		{"a phone", one, Amend{Field: FieldPhone, Value: "13900000000"}, nil, ""},
		{"no phone", one, Amend{Field: FieldPhone}, nil, ""},
		{"a phone that is none", one, Amend{Field: FieldPhone, Value: "139a"}, event.FieldMissing, "phone"},
		{"a phone while one waits", waits, Amend{Field: FieldPhone, Value: "13900000001"}, event.AmendWaits, ""},
		{"a name while a phone waits", waits, Amend{Field: FieldApplicant, Value: "罗清(样例)"}, nil, ""},
		{"an agent", one, Amend{Field: FieldAgent, Value: "赵二(样例)"}, nil, ""},
		{"the same agent", one, Amend{Field: FieldAgent, Value: "陈一(样例)"}, event.AmendSame, ""},
		{"a material that never came", one, Amend{Field: FieldMaterial, Material: 1, Received: NotReceived}, nil, ""},
		{"a material that is there", one, Amend{Field: FieldMaterial, Material: 1, Received: Brought}, event.AmendSame, ""},
		{"a material that came after all", lost, Amend{Field: FieldMaterial, Material: 1, Received: Brought}, nil, ""},
		{"what shared data proves", one, Amend{Field: FieldMaterial, Material: 2, Received: NotReceived}, event.RequestUnusable, "materials.2"},
		{"a material of another item", one, Amend{Field: FieldMaterial, Material: 9, Received: NotReceived}, event.RequestUnusable, "materials.9"},
		{"an earlier day", one, Amend{Field: FieldDue, Day: "2026-03-13"}, nil, ""},
		{"the same day", one, Amend{Field: FieldDue, Day: "2026-03-16"}, event.AmendDay, "2026-03-16"},
		{"a later day, within the law", one, Amend{Field: FieldDue, Day: "2026-03-20"}, event.AmendDay, "2026-03-16"},
		{"a day that is over", one, Amend{Field: FieldDue, Day: "2026-03-03"}, event.AmendDay, "2026-03-16"},
		{"a day in a hearing", paused, Amend{Field: FieldDue, Day: "2026-03-10"}, event.CaseState, "suspended"},
		{"a scan of another application", scanned, Amend{Field: FieldScan, Scan: "s1", Cause: "misplaced"}, nil, ""},
		{"a scan while that waits", append(slices.Clone(scanned), takenOff), Amend{Field: FieldScan, Scan: "s1"}, event.AmendWaits, ""},
		{"a scan that is taken off", append(slices.Clone(scanned), takenOff, checkEvent(t, 20, takenOff, "zhao", true, 6, key)), Amend{Field: FieldScan, Scan: "s1"}, event.RequestUnusable, "scan"},
		{"a scan that nobody attached", scanned, Amend{Field: FieldScan, Scan: "s9"}, event.RequestUnusable, "scan"},
		{"a signature", scanned, Amend{Field: FieldScan, Scan: "s2"}, event.RequestUnusable, "scan"},
		{"what is archived", archived, Amend{Field: FieldApplicant, Value: "罗清(样例)"}, event.CaseState, "archived"},
		{"no cause", one, Amend{Field: FieldApplicant, Value: "罗清(样例)", Cause: "?"}, event.FieldMissing, "cause"},
		{"another cause without words", one, Amend{Field: FieldApplicant, Value: "罗清(样例)", Cause: "other"}, event.FieldMissing, "reason"},
		{"another cause", one, Amend{Field: FieldApplicant, Value: "罗清(样例)", Cause: "other", Why: "改名"}, nil, ""},
		{"anything else", one, Amend{Field: "item", Value: "y"}, event.RequestUnusable, "field"},
	} {
		c := foldAll(t, w.facts...)
		before := string(c.Row())
		who, err := c.Person(key)
		if err != nil {
			t.Fatal(err)
		}
		w.wish.Request, w.wish.NowMS, w.wish.Clerk = "r1", noon(t, at), "wang"
		if w.wish.Cause == "" {
			w.wish.Cause = "typed"
		}
		p, value, why, refusal := w.wish.Decide(c, who, calendar, at)
		switch {
		case w.want == nil && refusal != nil, w.want != nil && !errors.Is(refusal, w.want):
			t.Errorf("%s: %v", w.name, refusal)
		case refusal != nil && !strings.Contains(string(hall.Payload(refusal.Args)), w.arg):
			t.Errorf("%s: %v does not tell %s", w.name, refusal, w.arg)
		case refusal == nil:
			if err := p.Seal(value, why, key, rand.Reader); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadProposal(event.Event{Kind: KindAmendProposed, Payload: hall.Payload(p)}); err != nil {
				t.Errorf("%s: what was proposed is not read back: %v", w.name, err)
			}
		}
		if string(c.Row()) != before {
			t.Errorf("%s: proposing changed the case", w.name)
		}
	}
}

// Who may check, and when.
func TestChecking(t *testing.T) {
	key := amendKey(t)
	e := amendEvent(t, 10, Proposal{Field: FieldApplicant, Clerk: "wang", AtMS: 5, Request: "r0"}, "罗清(样例)", key)
	sum := event.Sum(e.Payload).String()
	waiting := foldAll(t, slipped(t, key), e)
	passed := foldAll(t, slipped(t, key), e, checkEvent(t, 11, e, "li", true, 6, key))
	for _, w := range []struct {
		name string
		c    *Case
		wish CheckAmend
		want *event.Refusal
	}{
		{"a second person", waiting, CheckAmend{Of: sum, Good: true, Clerk: "li"}, nil},
		{"back with a reason", waiting, CheckAmend{Of: sum, Why: "与证件不符", Clerk: "li"}, nil},
		{"back without one", waiting, CheckAmend{Of: sum, Why: " ", Clerk: "li"}, event.FieldMissing},
		{"who proposed it", waiting, CheckAmend{Of: sum, Good: true, Clerk: "wang"}, event.AmendOwn},
		{"twice", passed, CheckAmend{Of: sum, Good: true, Clerk: "zhao"}, event.AmendState},
		{"what nobody proposed", waiting, CheckAmend{Of: "00", Good: true, Clerk: "li"}, event.RequestUnusable},
	} {
		w.wish.Request, w.wish.NowMS = "k1", 7
		v, why, refusal := w.wish.Decide(w.c)
		if w.want == nil && refusal != nil || w.want != nil && !errors.Is(refusal, w.want) {
			t.Errorf("%s: %v", w.name, refusal)
		}
		if refusal == nil {
			if err := v.Seal(why, key, rand.Reader); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadVerdict(event.Event{Kind: KindAmendChecked, Payload: hall.Payload(v)}); err != nil {
				t.Errorf("%s: what was checked is not read back: %v", w.name, err)
			}
		}
	}
}

// What is archived asks for nobody's eyes any more.
func TestNothingWaitsOfWhatIsArchived(t *testing.T) {
	key := amendKey(t)
	e := amendEvent(t, 10, Proposal{Field: FieldPhone, Clerk: "wang", AtMS: 5, Request: "r0"}, "", key)
	facts := []event.Event{slipped(t, key), e, stepEvent(t, "district/centre", 5, KindDecided, Step{Day: "2026-03-03", Outcome: Granted}), stepEvent(t, "jiangnan/c1", 6, KindHandedOut, Step{Day: "2026-03-03", How: WaySigned})}
	if c := foldAll(t, facts...); len(c.Waiting()) != 1 {
		t.Errorf("%d wait before it is archived", len(c.Waiting()))
	}
	if c := foldAll(t, append(facts, stepEvent(t, "district/centre", 7, KindArchived, Step{Day: "2026-03-03"}))...); len(c.Waiting()) != 0 {
		t.Error("something of what is archived waits")
	}
}

// An amended day is a promise like any: a hearing and an extension move it, it is never later than what was promised
// before or the law allows, and a later one that some place lets pass counts for nothing.
func TestAnAmendedDayIsAPromise(t *testing.T) {
	calendar, key := shippedCalendar(t), amendKey(t)
	taken := slipped(t, key)
	who, err := foldAll(t, taken).Person(key)
	if err != nil {
		t.Fatal(err)
	}
	p, _, _, refusal := Amend{Field: FieldDue, Day: "2026-03-08", Cause: "typed", Request: "r", Clerk: "wang", NowMS: noon(t, "2026-03-04")}.Decide(foldAll(t, taken), who, calendar, "2026-03-04")
	if refusal != nil || p.Day != "2026-03-06" || p.Promised != 4 {
		t.Fatalf("a Sunday ends no term, the Friday before does: %+v, %v", p, refusal)
	}
	p.Window = ""
	e := amendEvent(t, 10, p, "", key)
	passed := []event.Event{taken, e, checkEvent(t, 11, e, "li", true, 7, key)}
	late := amendEvent(t, 12, Proposal{Field: FieldDue, Day: "2026-03-31", Promised: 20, Clerk: "wang", AtMS: 8, Request: "r2"}, "", key)
	for _, w := range []struct {
		law   string
		more  []event.Event
		until hall.Date
	}{
		{"浙江 12", nil, "2026-03-06"},
		{"浙江 12: no later promise", []event.Event{late, checkEvent(t, 13, late, "li", true, 9, key)}, "2026-03-06"},
		{"行政许可法 45", []event.Event{stepEvent(t, "district/centre", 20, KindSuspended, Step{Day: "2026-03-04", Procedure: "hearing", Request: "h"}), stepEvent(t, "district/centre", 21, KindResumed, Step{Day: "2026-03-06", Of: "h"})}, "2026-03-10"},
		{"行政许可法 42", []event.Event{stepEvent(t, "district/centre", 20, KindExtended, Step{Day: "2026-03-04", Days: 10})}, "2026-03-20"},
	} {
		c := foldAll(t, append(slices.Clone(passed), w.more...)...)
		if day, state := calendar.DecideBy(c); day != w.until || state != TermKnown {
			t.Errorf("%s: %s (%s), not %s", w.law, day, state, w.until)
		}
	}
	if s := foldAll(t, passed...).Status(); s.DueDate != "2026-03-06" {
		t.Errorf("without a calendar: %s", s.DueDate)
	}
}

// Nothing is taken from who applies: a material that never came is not owed because of an amendment (行政许可法
// 32, 浙江 11); one that was wrongly asked for is not asked for any more, and the time counts from the day on which it was there.
func TestAmendedMaterials(t *testing.T) {
	calendar, key := shippedCalendar(t), amendKey(t)
	never := amendEvent(t, 10, Proposal{Field: FieldMaterial, Material: 1, Received: NotReceived, Clerk: "wang", AtMS: 5, Request: "r"}, "", key)
	c := foldAll(t, slipped(t, key), never, checkEvent(t, 11, never, "li", true, 6, key))
	if c.Standing() != Accepted || len(c.Owing()) != 0 || c.Holding(c.Materials[0]) != NotReceived {
		t.Errorf("%s, owing %v, %s", c.Standing(), c.Owing(), c.Holding(c.Materials[0]))
	}
	f := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: Correction, Materials: []Material{{1, Missing}}, Absent: []string{"申请书"}, AbsentNo: []int{1}, AnswerBy: "2026-03-16", Clock: &Clock{Days: 20, Promised: 5}, AtMS: noon(t, "2026-03-02")}
	asked := event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: f.Payload()}
	there := amendEvent(t, 10, Proposal{Field: FieldMaterial, Material: 1, Received: Brought, Clerk: "wang", AtMS: 5, Request: "r"}, "", key)
	lapsed := laterEvent("jiangnan/hub", 30, KindOverdue, Later{AtMS: noon(t, "2026-03-17"), Reason: "2026-03-16"})
	c = foldAll(t, asked, lapsed, there, checkEvent(t, 11, there, "li", true, noon(t, "2026-03-18"), key))
	if day, _ := calendar.DecideBy(c); c.Standing() != Accepted || c.AnswerUntil() != "" || day != "2026-03-09" {
		t.Errorf("%s, until %q, to be decided by %s", c.Standing(), c.AnswerUntil(), day)
	}
}

// A document that is printed after an amendment has a number of its own and names the one it replaces; the phone stands on none.
func TestDocumentsAfterAnAmendment(t *testing.T) {
	key := amendKey(t)
	phone := amendEvent(t, 10, Proposal{Field: FieldPhone, Clerk: "wang", AtMS: 5, Request: "r"}, "13900000000", key)
	name := amendEvent(t, 12, Proposal{Field: FieldApplicant, Clerk: "wang", AtMS: 6, Request: "r"}, "罗清(样例)", key)
	printed := laterEvent("jiangnan/c1", 20, KindDocument, Later{Reason: "N1-SL", AtMS: 5})
	facts := []event.Event{slipped(t, key), printed, phone, checkEvent(t, 11, phone, "li", true, 6, key), name}
	d := Document{Kind: PaperAcceptance, Case: "N1", Item: "样例"}
	for _, w := range []struct {
		facts            []event.Event
		number, replaces string
	}{
		{facts, "N1-SL", ""},
		{append(slices.Clone(facts), checkEvent(t, 13, name, "li", true, 7, key)), "N1-SL-2", "N1-SL"},
	} {
		c := foldAll(t, w.facts...)
		d.Edition = c.Edition()
		d.Replaces = c.Replaced(d)
		if d.Number() != w.number || d.Replaces != w.replaces || strings.Contains(strings.Join(d.Says(), ""), "替代此前出具的N1-SL号") != (w.replaces != "") {
			t.Errorf("%s replaces %q: %v", d.Number(), d.Replaces, d.Says())
		}
		if receipt := (Document{Kind: PaperReceipt, Case: "N1", Edition: c.Edition()}); c.Replaced(receipt) != "" {
			t.Errorf("a receipt that was never printed replaces %s", c.Replaced(receipt))
		}
	}
}

// What two people took off stays off, whatever a third one says who heard of it late; of any other amendment the word
// that sends it back counts. A scan of another application, and a signature, are not taken off by it.
func TestWhatWasTakenOffStaysOff(t *testing.T) {
	key := amendKey(t)
	page := Scan{Scan: "s1", Use: UseScan, Type: PNG, Size: 1, Chunks: 1, Sum: strings.Repeat("0", 64), AtMS: 2}
	sign := page
	sign.Scan, sign.Use = "s2", UseSignature
	events := []event.Event{slipped(t, key), scanEvent("jiangnan/c1", 30, page), scanEvent("jiangnan/c1", 31, sign)}
	for n, id := range []ScanID{"s1", "s2", "s9"} {
		e := amendEvent(t, event.Seq(10+n), Proposal{Field: FieldScan, Scan: id, Clerk: "li", AtMS: 5, Request: string(id)}, "", key)
		events = append(events, e, checkEvent(t, event.Seq(40+2*n), e, "wang", true, 7, key), checkEvent(t, event.Seq(41+2*n), e, "zhao", false, 6, key))
	}
	phone := amendEvent(t, 20, Proposal{Field: FieldPhone, Clerk: "li", AtMS: 5, Request: "p"}, "13900000000", key)
	events = append(events, phone, checkEvent(t, 50, phone, "wang", true, 7, key), checkEvent(t, 51, phone, "zhao", false, 6, key))
	c := foldAll(t, events...)
	if off := c.TakenOff(); !slices.Equal(off, []ScanID{"s1"}) || len(c.Attached()) != 1 {
		t.Errorf("%v are taken off, %+v are attached", off, c.Attached())
	}
	if p, err := c.Person(key); err != nil || p.Phone == "13900000000" {
		t.Errorf("what was sent back counts: %v", err)
	}
}
