package feedback

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

// visitID is a ticket issued on 2026-11-24 at 10:00 in the halls, nowMS a quarter of an hour later.
const (
	visitID = hall.TicketID("01a20b48-0900-7000-8000-000000000001")
	due     = hall.Date("2026-12-01")
	nowMS   = int64(1_795_485_600_000) + 15*60_000
)

func ticketIn(s hall.State) *hall.Ticket {
	return &hall.Ticket{Issued: hall.Issued{Ticket: visitID}, Known: true, State: s}
}

func give(level int) Give {
	return Give{Rating: "r1", Hall: "jiangnan", Ticket: visitID, Seen: ticketIn(hall.Done), Level: level, Proof: BySlip, Due: due, NowMS: nowMS}
}

func ratedEvent(origin event.Origin, seq event.Seq, r Rating) event.Event {
	r.Hall, r.Ticket, r.Edition = "jiangnan", visitID, max(r.Edition, 1)
	if Negative(r.Level) && r.Due == "" {
		r.Due = due
	}
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: KindRated, Payload: hall.Payload(r)}
}

func answerEvent(seq event.Seq, name string, clerk hall.ClerkID, atMS int64) event.Event {
	return event.Event{ID: event.ID{Origin: "jiangnan/c2", Epoch: 1, Seq: seq}, Kind: KindAnswered,
		Payload: hall.Payload(AnsweredRating{Answer: name, Ticket: visitID, Rating: "r1", Note: "1.x", Clerk: clerk, AtMS: atMS})}
}

func checkEvent(seq event.Seq, answer string, clerk hall.ClerkID, good bool) event.Event {
	return event.Event{ID: event.ID{Origin: "jiangnan/c3", Epoch: 1, Seq: seq}, Kind: KindChecked,
		Payload: hall.Payload(CheckedRating{Check: fmt.Sprint("k", seq), Answer: answer, Ticket: visitID, Rating: "r1", Good: good, Clerk: clerk, AtMS: 1})}
}

func folded(t interface{ Fatal(...any) }, events ...event.Event) *Visit {
	v := &Visit{Ticket: visitID}
	for _, e := range events {
		f, err := ReadVisitFact(e)
		if err != nil {
			t.Fatal(err)
		}
		v = f.Fold(v)
	}
	return v
}

// However the facts about one visit are shuffled and repeated, every place has the same
// visit, the same rating counts, and the follow-up stands the same.
func TestAVisitKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for n := range rapid.IntRange(1, 10).Draw(t, "count") {
			seq := event.Seq(n + 1)
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0, 1:
				events = append(events, ratedEvent(rapid.SampledFrom([]event.Origin{"jiangnan/k1", "jiangnan/k2"}).Draw(t, "kiosk"), seq, Rating{
					Rating: rapid.SampledFrom([]RatingID{"r1", "r2", "r3"}).Draw(t, "rating"), Edition: rapid.IntRange(1, 3).Draw(t, "edition"), Level: rapid.IntRange(1, 5).Draw(t, "level"),
					Proof: rapid.SampledFrom([]Proof{BySlip, ByNumber}).Draw(t, "proof"), AtMS: rapid.Int64Range(1, 3).Draw(t, "at")}))
			case 2:
				events = append(events, answerEvent(seq, rapid.SampledFrom([]string{"a1", "a2"}).Draw(t, "answer"), rapid.SampledFrom([]hall.ClerkID{"li", "wang", "zhao"}).Draw(t, "clerk"), int64(n+1)))
			default:
				events = append(events, checkEvent(seq, rapid.SampledFrom([]string{"a1", "a2"}).Draw(t, "of"), rapid.SampledFrom([]hall.ClerkID{"li", "wang", "zhao"}).Draw(t, "by"), rapid.Bool().Draw(t, "good")))
			}
		}
		again := append(slices.Clone(events), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		a, b := folded(t, events...), folded(t, rapid.Permutation(again).Draw(t, "order")...)
		if !bytes.Equal(a.Row(), b.Row()) {
			t.Fatalf("%s\n%s", a.Row(), b.Row())
		}
		one, counts := a.Counts()
		two, _ := b.Counts()
		sa, la := a.Standing([]hall.ClerkID{"wang"})
		sb, lb := b.Standing([]hall.ClerkID{"wang"})
		if fmt.Sprint(one) != fmt.Sprint(two) || sa != sb || (la == nil) != (lb == nil) || la != nil && *la != *lb {
			t.Fatalf("%v, %v: %s and %s", one, two, sa, sb)
		}
		if names := map[RatingID]bool{}; counts {
			for _, r := range a.Ratings {
				names[r.Fact.Rating] = true
			}
			if len(a.Repeats())+1 != len(names) {
				t.Fatalf("%d ratings, %d repeats: one is lost", len(names), len(a.Repeats()))
			}
		}
		back, err := ReadVisit(a.Row())
		if err != nil || !bytes.Equal(back.Row(), a.Row()) {
			t.Fatalf("the row is another one when read: %v", err)
		}
	})
}

// Of two ratings given at places that did not know of each other one counts, the other is kept.
func TestWhichRatingCounts(t *testing.T) {
	number := Rating{Rating: "n", Level: 1, Proof: ByNumber, AtMS: 5}
	for _, c := range []struct {
		name  string
		two   [2]Rating
		want  RatingID
		moral string
	}{
		{"the slip before a number, though later", [2]Rating{number, {Rating: "s", Level: 5, Proof: BySlip, AtMS: 900}}, "s", "anybody can read a number off the board"},
		{"a document is a number", [2]Rating{{Rating: "d", Level: 2, Proof: ByDocument, AtMS: 9}, number}, "n", "a document's code can be guessed"},
		{"of two slips the first", [2]Rating{{Rating: "b", Level: 5, Proof: BySlip, AtMS: 7}, {Rating: "a", Level: 1, Proof: BySlip, AtMS: 8}}, "b", "nobody is talked out of it"},
		{"of two at one moment the smaller name", [2]Rating{{Rating: "b", Level: 5, Proof: BySlip, AtMS: 7}, {Rating: "a", Level: 1, Proof: BySlip, AtMS: 7}}, "a", "the same everywhere"},
	} {
		v := folded(t, ratedEvent("jiangnan/k1", 1, c.two[0]), ratedEvent("jiangnan/k2", 1, c.two[1]))
		if got, ok := v.Counts(); !ok || got.Rating.Rating != c.want || len(v.Repeats()) != 1 {
			t.Errorf("%s: %+v counts, %d repeat; %s", c.name, got.Rating, len(v.Repeats()), c.moral)
		}
	}
	// A praise that came first buries no complaint, whichever counts.
	v := folded(t, ratedEvent("jiangnan/k1", 1, Rating{Rating: "a", Level: 1, Proof: BySlip, AtMS: 1}), ratedEvent("jiangnan/k2", 1, Rating{Rating: "b", Level: 5, Proof: ByNumber, AtMS: 2}))
	if s, _ := v.Standing(nil); s != Open || v.Due() != due {
		t.Errorf("a complaint that does not count is %q until %s", s, v.Due())
	}
	// Who changes it before they go has said what they said last, and once.
	v = folded(t, ratedEvent("jiangnan/k1", 10, Rating{Rating: "a", Edition: 2, Level: 2, Proof: BySlip, AtMS: 1}), ratedEvent("jiangnan/k1", 9, Rating{Rating: "a", Level: 5, Proof: BySlip, AtMS: 1}))
	if got, _ := v.Counts(); got.Level != 2 || len(v.Repeats()) != 0 {
		t.Errorf("after a change %+v counts", got.Rating)
	}
	if s, _ := v.Standing(nil); s != Unneeded {
		t.Errorf("what was taken back is followed up: %q", s)
	}
	if _, ok := (&Visit{Ticket: visitID}).Counts(); ok {
		t.Error("silence counts")
	}
}

// Who may rate what, by what they hold and what the place can know (国办发〔2019〕51号: 一次一评, voluntary).
func TestWhoMayRate(t *testing.T) {
	by := func(p Proof, seen *hall.Ticket, alone bool) Give {
		g := give(1)
		g.Proof, g.Seen, g.Alone = p, seen, alone
		return g
	}
	late, tomorrow := give(1), give(1)
	late.NowMS += (RateDays + 1) * 24 * 3_600_000
	tomorrow.NowMS += 24 * 3_600_000
	mixed, twice, none := give(5), give(5), give(6)
	mixed.Reasons, twice.Reasons = []string{"friendly"}, []string{"wait", "wait"}
	undue := give(4)
	undue.Due = ""
	for _, c := range []struct {
		name string
		give Give
		want *event.Refusal
	}{
		{"a visit that has ended", give(1), nil},
		{"its number alone", by(ByNumber, ticketIn(hall.Done), false), nil},
		{"the day after", tomorrow, nil},
		{"a month after", late, event.RatingLate},
		{"while waiting", by(BySlip, ticketIn(hall.Waiting), false), event.RatingEarly},
		{"while served", by(BySlip, ticketIn(hall.Serving), false), event.RatingEarly},
		{"the slip where the place is cut off", by(BySlip, ticketIn(hall.Waiting), true), nil},
		{"a number where the place is cut off", by(ByNumber, ticketIn(hall.Waiting), true), event.RatingEarly},
		{"who never came", by(BySlip, ticketIn(hall.NoShow), false), event.RatingNone},
		{"who gave the ticket up", by(ByNumber, ticketIn(hall.Cancelled), true), event.RatingNone},
		{"a slip that nobody has heard of", by(BySlip, nil, false), nil},
		{"a number that nobody has heard of", by(ByNumber, nil, true), event.TicketUnknown},
		{"a document of a day that is gone from here", by(ByDocument, nil, false), nil},
		{"a sixth level", none, event.RequestUnusable},
		{"a praise in a complaint", mixed, event.RequestUnusable},
		{"a reason twice", twice, event.RequestUnusable},
		{"a complaint without a last day", undue, event.RequestUnusable},
		{"at a counter", by("counter", ticketIn(hall.Done), false), event.RequestUnusable},
	} {
		_, no := c.give.Decide(nil)
		if (no == nil) != (c.want == nil) || no != nil && !errors.Is(no, c.want) {
			t.Errorf("%s: %v", c.name, no)
		}
	}
}

func TestAVisitIsRatedOnce(t *testing.T) {
	first, no := give(5).Decide(nil)
	if no != nil || first.Edition != 1 || first.Due != due {
		t.Fatal(first, no)
	}
	v := folded(t, ratedEvent("jiangnan/k1", 1, first))
	other := give(1)
	other.Rating = "r2"
	if _, no := other.Decide(v); !errors.Is(no, event.RatedAlready) {
		t.Errorf("a second rating: %v", no)
	}
	other.Proof = ByNumber
	if _, no := other.Decide(v); !errors.Is(no, event.RatedAlready) {
		t.Errorf("a number after the slip: %v", no)
	}
	changed := give(2)
	changed.NowMS += 9
	second, no := changed.Decide(v)
	if no != nil || second.Edition != 2 || second.AtMS != first.AtMS || second.Due != "" {
		t.Errorf("a change: %+v, %v", second, no)
	}
	// Somebody typed the number first; who has the slip still has a say.
	byNumber := first
	byNumber.Rating, byNumber.Proof = "n", ByNumber
	v = folded(t, ratedEvent("jiangnan/k1", 1, byNumber))
	if _, no := give(5).Decide(v); no != nil {
		t.Errorf("the slip after a number: %v", no)
	}
	if _, no := other.Decide(v); !errors.Is(no, event.RatedAlready) {
		t.Errorf("a number twice: %v", no)
	}
}

func TestRatingsAreReadWhole(t *testing.T) {
	whole := Rating{Rating: "r", Edition: 1, Hall: "jiangnan", Ticket: visitID, Level: 4, Proof: BySlip, Due: due, AtMS: 1}
	bad := map[string]func(*Rating){
		"no name": func(r *Rating) { r.Rating = "" }, "no edition": func(r *Rating) { r.Edition = 0 }, "no hall": func(r *Rating) { r.Hall = "" }, "no visit": func(r *Rating) { r.Ticket = "" },
		"level 0": func(r *Rating) { r.Level = 0 }, "level 6": func(r *Rating) { r.Level = 6 }, "no proof": func(r *Rating) { r.Proof = "" }, "no last day": func(r *Rating) { r.Due = "" },
		"no time": func(r *Rating) { r.AtMS = 0 }, "reasons without end": func(r *Rating) { r.Reasons = make([]string, 99) },
	}
	read := func(kind event.Kind, fact any) error {
		_, err := Read(event.Event{Kind: kind, Payload: hall.Payload(fact)})
		return err
	}
	if err := read(KindRated, whole); err != nil {
		t.Error(err)
	}
	for name, change := range bad {
		r := whole
		change(&r)
		if err := read(KindRated, r); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, e := range map[string]error{
		"an answer of nobody": read(KindAnswered, AnsweredRating{Answer: "a", Ticket: visitID, Rating: "r", Note: "1.x", AtMS: 1}),
		"a check of nothing":  read(KindChecked, CheckedRating{Check: "k", Ticket: visitID, Rating: "r", Clerk: "li", AtMS: 1}),
		"opened by nobody":    read(KindRead, OpenedRating{Ticket: visitID, AtMS: 1}),
	} {
		if !errors.Is(e, ErrNotOurs) {
			t.Errorf("%s: %v", name, e)
		}
	}
	if _, err := ReadVisitFact(event.Event{Kind: KindSurvey, Payload: []byte("{}")}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("a survey as a fact of a visit: %v", err)
	}
	if _, err := ReadVisit([]byte("{")); err == nil {
		t.Error("half a row was read")
	}
}

// What somebody wrote is read with the key of this rating and nowhere else.
func TestRemarksAreSealed(t *testing.T) {
	random := bytes.NewReader(bytes.Repeat([]byte("chance, for a test "), 20))
	key, err := sealed.NewKey(random)
	if err != nil {
		t.Fatal(err)
	}
	r := Rating{Rating: "r", Ticket: visitID}
	if err := r.Seal("找李某问了三次", key, random); err != nil || strings.Contains(string(hall.Payload(r)), "李") {
		t.Fatalf("%v: %s", err, hall.Payload(r))
	}
	if said, err := r.Said(key); err != nil || said != "找李某问了三次" {
		t.Errorf("%q, %v", said, err)
	}
	other := r
	if other.Rating = "r2"; r.Remark != "" {
		if _, err := other.Said(key); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("under another rating: %v", err)
		}
	}
	a, c := AnsweredRating{Answer: "a", Ticket: visitID}, CheckedRating{Check: "k", Ticket: visitID}
	if err := errors.Join(a.Seal("已回访", key, random), c.Seal("请再问", key, random)); err != nil {
		t.Fatal(err)
	}
	for want, said := range map[string]func(sealed.Key) (string, error){"已回访": a.Said, "请再问": c.Said} {
		if got, err := said(key); err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
	}
}
