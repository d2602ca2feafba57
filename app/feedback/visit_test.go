package feedback

import (
	"errors"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// served served the visit; the other clerks did not.
var served = []hall.ClerkID{"wang"}

// A bad rating is followed up by somebody who was not rated and checked by a second person
// (国办发〔2019〕51号), wherever that is noted.
func TestWhereAFollowUpStands(t *testing.T) {
	bad := ratedEvent("jiangnan/k1", 1, Rating{Rating: "r1", Level: 4, Proof: BySlip, AtMS: 1})
	for _, c := range []struct {
		name  string
		facts []event.Event
		want  FollowUp
		last  string
	}{
		{"a bad rating", nil, Open, ""},
		{"answered", []event.Event{answerEvent(1, "a1", "li", 5)}, Answered, "a1"},
		{"answered by the clerk who was rated", []event.Event{answerEvent(1, "a1", "wang", 5)}, Open, ""},
		{"and checked by another one", []event.Event{answerEvent(1, "a1", "wang", 5), checkEvent(1, "a1", "li", true)}, Open, ""},
		{"checked", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", true)}, Checked, "a1"},
		{"checked before it was answered", []event.Event{checkEvent(1, "a1", "zhao", true), answerEvent(1, "a1", "li", 5)}, Checked, "a1"},
		{"checked by who answered", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "li", true)}, Answered, "a1"},
		{"checked by the clerk who was rated", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "wang", true)}, Answered, "a1"},
		{"sent back by the clerk who was rated", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "wang", false)}, Answered, "a1"},
		{"sent back", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", false)}, Returned, "a1"},
		{"sent back and let pass by two", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", true), checkEvent(2, "a1", "chen", false)}, Returned, "a1"},
		{"answered again", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", false), answerEvent(2, "a2", "li", 6)}, Answered, "a2"},
		{"and checked", []event.Event{answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", false), answerEvent(2, "a2", "li", 6), checkEvent(2, "a2", "zhao", true)}, Checked, "a2"},
		{"two answers, the later one is looked at", []event.Event{answerEvent(1, "a1", "zhao", 6), answerEvent(2, "a2", "li", 5)}, Answered, "a1"},
	} {
		v := folded(t, append(c.facts, bad)...)
		state, last := v.Standing(served)
		if state != c.want || (last == nil) != (c.last == "") || last != nil && last.Answer != c.last {
			t.Errorf("%s: %q by %v", c.name, state, last)
		}
	}
	good := folded(t, ratedEvent("jiangnan/k1", 1, Rating{Rating: "r1", Level: 3, Proof: BySlip, AtMS: 1}), answerEvent(1, "a1", "li", 5))
	if state, _ := good.Standing(served); state != Unneeded || good.Overdue(served, "2027-01-01") {
		t.Errorf("基本满意 is followed up: %q", state)
	}
}

func TestOverdueByItself(t *testing.T) {
	bad := ratedEvent("jiangnan/k1", 1, Rating{Rating: "r1", Level: 4, Proof: BySlip, AtMS: 1})
	open := folded(t, bad)
	answered := folded(t, bad, answerEvent(1, "a1", "li", 5))
	checked := folded(t, bad, answerEvent(1, "a1", "li", 5), checkEvent(1, "a1", "zhao", true))
	for _, c := range []struct {
		name  string
		v     *Visit
		today hall.Date
		want  bool
	}{
		{"on the last day", open, due, false}, {"the day after", open, "2026-12-02", true},
		{"answered and not checked", answered, "2026-12-02", true}, {"checked", checked, "2026-12-02", false},
	} {
		if got := c.v.Overdue(served, c.today); got != c.want {
			t.Errorf("%s: overdue %v", c.name, got)
		}
	}
	// Of two complaints the day that was promised first binds.
	two := folded(t, bad, ratedEvent("jiangnan/k2", 1, Rating{Rating: "r2", Level: 5, Proof: BySlip, Due: "2026-11-30", AtMS: 2}))
	if two.Due() != "2026-11-30" {
		t.Errorf("due %s", two.Due())
	}
}

func TestWhoMayFollowUp(t *testing.T) {
	bad := ratedEvent("jiangnan/k1", 1, Rating{Rating: "r1", Level: 5, Proof: BySlip, AtMS: 1})
	open, answered := folded(t, bad), folded(t, bad, answerEvent(1, "a1", "li", 5))
	for _, c := range []struct {
		name string
		r    Respond
		v    *Visit
		want *event.Refusal
	}{
		{"another clerk", Respond{Answer: "a", Note: "已回访", Clerk: "li"}, open, nil},
		{"the clerk who was rated", Respond{Answer: "a", Note: "已回访", Clerk: "wang"}, open, event.FollowUpOwn},
		{"without a word", Respond{Answer: "a", Clerk: "li"}, open, event.FieldMissing},
		{"words about what is erased", Respond{Answer: "a", Note: "已回访", Clerk: "li", Erased: []RatingID{"r1"}}, open, event.RatingErased},
		{"what is erased, without a word", Respond{Answer: "a", Clerk: "li", Erased: []RatingID{"r1"}}, open, nil},
		{"without a word, where another one is erased", Respond{Answer: "a", Clerk: "li", Erased: []RatingID{"r2"}}, open, event.FieldMissing},
		{"without a name", Respond{Note: "已回访", Clerk: "li"}, open, event.RequestUnusable},
		{"what is answered", Respond{Answer: "a", Note: "已回访", Clerk: "zhao"}, answered, event.FollowUpState},
		{"a visit without a complaint", Respond{Answer: "a", Note: "已回访", Clerk: "li"}, &Visit{Ticket: visitID}, event.FollowUpState},
	} {
		got, no := c.r.Decide(c.v, served)
		if (no == nil) != (c.want == nil) || no != nil && !errors.Is(no, c.want) || no == nil && (got.Rating != "r1" || got.Ticket != visitID) {
			t.Errorf("%s: %+v, %v", c.name, got, no)
		}
	}
	for _, c := range []struct {
		name string
		r    Review
		v    *Visit
		want *event.Refusal
	}{
		{"a second clerk", Review{Check: "k", Good: true, Clerk: "zhao"}, answered, nil},
		{"who answered", Review{Check: "k", Good: true, Clerk: "li"}, answered, event.FollowUpSame},
		{"the clerk who was rated", Review{Check: "k", Good: true, Clerk: "wang"}, answered, event.FollowUpOwn},
		{"back with a word", Review{Check: "k", Note: "请再问", Clerk: "zhao"}, answered, nil},
		{"back without a word", Review{Check: "k", Clerk: "zhao"}, answered, event.FieldMissing},
		{"back with words about what is erased", Review{Check: "k", Note: "请再问", Clerk: "zhao", Erased: []RatingID{"r1"}}, answered, event.RatingErased},
		{"back without a word about what is erased", Review{Check: "k", Clerk: "zhao", Erased: []RatingID{"r1"}}, answered, nil},
		{"before there is an answer", Review{Check: "k", Good: true, Clerk: "zhao"}, open, event.FollowUpState},
	} {
		got, no := c.r.Decide(c.v, served)
		if (no == nil) != (c.want == nil) || no != nil && !errors.Is(no, c.want) || no == nil && got.Answer != "a1" {
			t.Errorf("check, %s: %+v, %v", c.name, got, no)
		}
	}
}

// Satisfaction is the share of 1 to 3 among the visits that were rated (GB/T 39046-2020, A.8).
func TestCounts(t *testing.T) {
	list := []Rated{
		{"jiangnan", "2026-11-24", "A01", 1, 0}, {"jiangnan", "2026-11-24", "A01", 5, 1}, {"jiangnan", "2026-11-24", "A02", 3, 0},
		{"jiangnan", "2026-11-25", "A01", 4, 0}, {"jiangbei", "2026-11-24", "A01", 2, 0}, {"jiangnan", "2026-11-24", "A02", 9, 0},
	}
	halls := Count(list, func(r Rated) hall.ID { return r.Hall })
	windows := Count(list, func(r Rated) [2]string { return [2]string{string(r.Hall), string(r.Window)} })
	days := Count(list, func(r Rated) hall.Date { return r.Date })
	for _, c := range []struct {
		name         string
		tally        Tally
		total, share int
	}{
		{"jiangnan", halls["jiangnan"], 4, 500}, {"jiangbei", halls["jiangbei"], 1, 1000}, {"its A01", windows[[2]string{"jiangnan", "A01"}], 3, 333},
		{"its A02", windows[[2]string{"jiangnan", "A02"}], 1, 1000}, {"a day", days["2026-11-24"], 4, 750}, {"the next one", days["2026-11-25"], 1, 0},
	} {
		if share, known := c.tally.Share(); c.tally.Total() != c.total || share != c.share || !known {
			t.Errorf("%s: %d, %d of a thousand", c.name, c.tally.Total(), share)
		}
	}
	if halls["jiangnan"].Repeats != 1 || halls["jiangnan"].Levels != [5]int{1, 0, 1, 1, 1} {
		t.Errorf("%+v", halls["jiangnan"])
	}
	if _, known := (Tally{}).Share(); known {
		t.Error("nobody rated, and a share is known")
	}
	nearly := Tally{Levels: [5]int{1999, 0, 0, 0, 1}}
	if share, _ := nearly.Share(); share != 999 {
		t.Errorf("one complaint of two thousand is rounded away: %d", share)
	}
	if _, ok := RatedVisit(&Visit{Ticket: visitID}, "A01"); ok {
		t.Error("a visit that nobody rated is counted")
	}
	one, ok := RatedVisit(folded(t, ratedEvent("jiangnan/k1", 1, Rating{Rating: "r", Level: 2, Proof: BySlip, AtMS: 1})), "A01")
	if !ok || one != (Rated{"jiangnan", hall.IssueDate(visitID), "A01", 2, 0}) {
		t.Errorf("%+v", one)
	}
}
