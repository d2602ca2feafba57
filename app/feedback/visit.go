package feedback

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Visit is what is known of the ratings of one visit and of what followed, in whatever order
// it came: sets of facts, each with the event that it is from. What counts is told by its
// methods. The zero value with a ticket is a visit that nobody rated.
type Visit struct {
	Ticket  hall.TicketID          `json:"ticket"`
	Ratings []From[Rating]         `json:"ratings,omitempty"`
	Answers []From[AnsweredRating] `json:"answers,omitempty"`
	Checks  []From[CheckedRating]  `json:"checks,omitempty"`
}

// From is a fact and the event that told it. Sum is the hash of the event's payload: two
// lives of a copied device may use one id for two events, and both are kept.
type From[T any] struct {
	Fact T      `json:"fact"`
	ID   string `json:"id"`
	Sum  string `json:"sum"`
}

// ConcernsVisit tells whether events of a kind change what is known of a visit's ratings.
func ConcernsVisit(kind event.Kind) bool {
	return kind == KindRated || kind == KindAnswered || kind == KindChecked
}

// VisitFact is what one event tells of a visit.
type VisitFact struct {
	e    event.Event
	fact any
}

// ReadVisitFact decodes an event that concerns a visit. Errors wrap ErrNotOurs.
func ReadVisitFact(e event.Event) (VisitFact, error) {
	fact, err := Read(e)
	if err == nil && !ConcernsVisit(e.Kind) {
		err = fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	return VisitFact{e, fact}, err
}

// Ticket names the visit.
func (f VisitFact) Ticket() hall.TicketID {
	switch fact := f.fact.(type) {
	case Rating:
		return fact.Ticket
	case AnsweredRating:
		return fact.Ticket
	case CheckedRating:
		return fact.Ticket
	}
	return ""
}

// Fold adds the fact to its visit; old is nil for the first one and is not changed. The
// result is the same in any order and for repetitions.
func (f VisitFact) Fold(old *Visit) *Visit {
	v := &Visit{Ticket: f.Ticket()}
	if old != nil {
		*v = *old
	}
	switch fact := f.fact.(type) {
	case Rating:
		v.Ratings = added(v.Ratings, f.e, fact)
	case AnsweredRating:
		v.Answers = added(v.Answers, f.e, fact)
	case CheckedRating:
		v.Checks = added(v.Checks, f.e, fact)
	}
	return v
}

// added gives a set with one fact more, in an order that owes nothing to arrival.
func added[T any](set []From[T], e event.Event, fact T) []From[T] {
	one := From[T]{Fact: fact, ID: e.ID.String(), Sum: event.Sum(e.Payload).String()}
	at, found := slices.BinarySearchFunc(set, one, func(a, b From[T]) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Sum, b.Sum)) })
	if found {
		return set
	}
	return slices.Insert(slices.Clone(set), at, one)
}

// Given is a rating as it stands: the last edition that its giver left.
type Given struct {
	Rating
	ID string
}

// Given lists the ratings of the visit, the one that counts first, then those that repeat it.
func (v *Visit) Given() []Given {
	stand := map[RatingID]From[Rating]{}
	for _, r := range v.Ratings {
		if was, ok := stand[r.Fact.Rating]; !ok || later(r, was) {
			stand[r.Fact.Rating] = r
		}
	}
	var out []Given
	for _, r := range stand {
		out = append(out, Given{r.Fact, r.ID})
	}
	slices.SortFunc(out, func(a, b Given) int {
		return cmp.Or(cmp.Compare(unproved(a.Proof), unproved(b.Proof)), cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Rating.Rating, b.Rating.Rating))
	})
	return out
}

// later orders the editions of one rating.
func later(a, b From[Rating]) bool {
	return cmp.Or(cmp.Compare(a.Fact.Edition, b.Fact.Edition), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Sum, b.Sum)) > 0
}

func unproved(p Proof) int {
	if p == BySlip {
		return 0
	}
	return 1
}

// Counts is the one rating of the visit that counts; false where nobody rated it. Of several,
// given at places that did not know of each other, a rating with the slip in hand goes before
// one with a number that anybody may have read off the board, because only its giver is known to
// be who was served; and then the first one, because nobody can talk a person out of what
// they said unasked by having them say it again. Clocks may lie: a tie ends by the ratings' names.
func (v *Visit) Counts() (Given, bool) {
	if list := v.Given(); len(list) > 0 {
		return list[0], true
	}
	return Given{}, false
}

// Repeats lists the ratings that do not count.
func (v *Visit) Repeats() []Given {
	if list := v.Given(); len(list) > 1 {
		return list[1:]
	}
	return nil
}

// Complaints lists the bad ratings of the visit, in the order of Given. Those that do not
// count are among them: whoever comes first with a praise must not bury what the other one said.
func (v *Visit) Complaints() (out []Given) {
	for _, r := range v.Given() {
		if Negative(r.Level) {
			out = append(out, r)
		}
	}
	return out
}

// Due is the last day of the follow-up: that of the complaint which was promised first;
// empty where there is none.
func (v *Visit) Due() (due hall.Date) {
	for _, r := range v.Complaints() {
		if due == "" || r.Due < due {
			due = r.Due
		}
	}
	return due
}

// FollowUp is where the follow-up of a bad rating stands.
type FollowUp string

// States of a follow-up. Unneeded: the visit has no bad rating.
const (
	Unneeded FollowUp = ""
	Open     FollowUp = "open"
	Answered FollowUp = "answered"
	Returned FollowUp = "returned" // sent back by the second person: to be answered again
	Checked  FollowUp = "checked"
)

// Standing tells where the follow-up stands. served are the clerks who served the visit: an
// answer or a check of one of them counts for nothing, as does the check of a clerk's own
// answer, also where it was noted at a place that could not know. Of two checks of one
// answer the one that sends it back counts. Last is the answer that the state rests on, nil
// for none.
func (v *Visit) Standing(served []hall.ClerkID) (state FollowUp, last *AnsweredRating) {
	if len(v.Complaints()) == 0 {
		return Unneeded, nil
	}
	state = Open
	for _, a := range v.answers(served) {
		said := v.verdict(a, served)
		if last == nil || weight[said] > weight[state] || weight[said] == weight[state] && a.AtMS >= last.AtMS {
			state, last = said, a
		}
	}
	return state, last
}

// weight orders what single answers make of a follow-up.
var weight = map[FollowUp]int{Open: 0, Returned: 1, Answered: 2, Checked: 3}

// Sealed names everything of the visit that something is written in, each the name of its key.
func (v *Visit) Sealed() (names []string) {
	for _, r := range v.Given() {
		if r.Remark != "" {
			names = append(names, string(r.Rating.Rating))
		}
	}
	for _, a := range v.Answers {
		if a.Fact.Note != "" {
			names = append(names, a.Fact.Answer)
		}
	}
	for _, c := range v.Checks {
		if c.Fact.Note != "" {
			names = append(names, c.Fact.Check)
		}
	}
	return names
}

// KeysOf names the keys of what is written with a rating and about it.
func (v *Visit) KeysOf(id RatingID) []string {
	names := []string{string(id)}
	for _, a := range v.Answers {
		if a.Fact.Rating == id {
			names = append(names, a.Fact.Answer)
		}
	}
	for _, c := range v.Checks {
		if c.Fact.Rating == id {
			names = append(names, c.Fact.Check)
		}
	}
	return names
}

// answers lists the answers that count, by their names. Of two with one name, from two lives of a device, the
// first by its event counts.
func (v *Visit) answers(served []hall.ClerkID) (out []*AnsweredRating) {
	seen := map[string]bool{}
	for i := range v.Answers {
		a := &v.Answers[i].Fact
		if !seen[a.Answer] && !slices.Contains(served, a.Clerk) {
			seen[a.Answer] = true
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *AnsweredRating) int { return cmp.Compare(a.Answer, b.Answer) })
	return out
}

// verdict is what was said of one answer.
func (v *Visit) verdict(a *AnsweredRating, served []hall.ClerkID) FollowUp {
	switch c := v.said(a, served); {
	case c == nil:
		return Answered
	case c.Good:
		return Checked
	}
	return Returned
}

// said is the check of an answer that counts, nil for none: one that sends it back before
// one that lets it pass, and of several such the first by its event.
func (v *Visit) said(a *AnsweredRating, served []hall.ClerkID) (one *CheckedRating) {
	for i := range v.Checks {
		c := &v.Checks[i].Fact
		if c.Answer != a.Answer || c.Clerk == a.Clerk || slices.Contains(served, c.Clerk) {
			continue
		}
		if one == nil || one.Good && !c.Good {
			one = c
		}
	}
	return one
}

// Overdue tells that a follow-up is not checked after its last day.
func (v *Visit) Overdue(served []hall.ClerkID, today hall.Date) bool {
	state, _ := v.Standing(served)
	return state != Unneeded && state != Checked && today > v.Due()
}

// Respond is the wish of a clerk to answer a bad rating. Note is not sealed yet. Erased are the ratings of which
// what was written is destroyed: an answer to one of them has no words, which might say it again.
type Respond struct {
	Answer string
	Note   string
	Erased []RatingID
	Window hall.WindowID
	Clerk  hall.ClerkID
	NowMS  int64
}

// Decide gives the fact to note; the note is sealed into it afterwards. Refusals: FieldMissing (args field), RequestUnusable (args
// field), FollowUpOwn, FollowUpState (args state), RatingErased.
func (r Respond) Decide(v *Visit, served []hall.ClerkID) (AnsweredRating, *event.Refusal) {
	if bad := v.Complaints(); len(bad) > 0 && slices.Contains(r.Erased, bad[0].Rating.Rating) {
		if r.Note != "" {
			return AnsweredRating{}, event.RatingErased
		}
	} else if no := noted(r.Note); no != nil {
		return AnsweredRating{}, no
	}
	switch state, _ := v.Standing(served); {
	case r.Answer == "" || len(r.Answer) > nameMost:
		return AnsweredRating{}, event.RequestUnusable.With("field", "answer")
	case state != Open && state != Returned:
		return AnsweredRating{}, event.FollowUpState.With("state", string(state))
	case slices.Contains(served, r.Clerk):
		return AnsweredRating{}, event.FollowUpOwn
	}
	return AnsweredRating{Answer: r.Answer, Ticket: v.Ticket, Rating: v.Complaints()[0].Rating.Rating, Window: r.Window, Clerk: r.Clerk, AtMS: r.NowMS}, nil
}

// Review is the wish of a second clerk to let an answer pass, or to send it back with a note. Erased is as
// in Respond.
type Review struct {
	Check  string
	Good   bool
	Note   string
	Erased []RatingID
	Window hall.WindowID
	Clerk  hall.ClerkID
	NowMS  int64
}

// Decide gives the fact to note, as Respond's. Refusals: those of Respond, FollowUpSame.
func (r Review) Decide(v *Visit, served []hall.ClerkID) (CheckedRating, *event.Refusal) {
	state, last := v.Standing(served)
	erased := last != nil && slices.Contains(r.Erased, last.Rating)
	if no := noted(r.Note); no != nil && !erased && (!r.Good || r.Note != "") {
		return CheckedRating{}, no
	}
	switch {
	case erased && r.Note != "":
		return CheckedRating{}, event.RatingErased
	case r.Check == "" || len(r.Check) > nameMost:
		return CheckedRating{}, event.RequestUnusable.With("field", "check")
	case state != Answered:
		return CheckedRating{}, event.FollowUpState.With("state", string(state))
	case slices.Contains(served, r.Clerk):
		return CheckedRating{}, event.FollowUpOwn
	case last.Clerk == r.Clerk:
		return CheckedRating{}, event.FollowUpSame
	}
	return CheckedRating{Check: r.Check, Answer: last.Answer, Ticket: v.Ticket, Rating: last.Rating, Good: r.Good, Window: r.Window, Clerk: r.Clerk, AtMS: r.NowMS}, nil
}

// Row encodes the visit for its row of the database; equal visits have equal rows.
func (v *Visit) Row() []byte { return hall.Payload(v) }

// ReadVisit decodes what Row gave.
func ReadVisit(b []byte) (*Visit, error) {
	v := &Visit{}
	if err := json.Unmarshal(b, v); err != nil {
		return nil, fmt.Errorf("read the ratings of a visit: %w", err)
	}
	return v, nil
}

// Served is by whom a visit was served, as its ticket tells; empty where nothing is known of it.
type Served struct {
	Number hall.Number     `json:"number"`
	Window hall.WindowID   `json:"window"`
	Clerks []hall.ClerkID  `json:"clerks"`
	Items  []hall.ItemCode `json:"items"`
}

// ServedBy reads a ticket: the window that ended the visit, and every clerk who had the
// person at a window. Whoever was only called to, and did not come, was served by nobody.
func ServedBy(t *hall.Ticket) Served {
	s := Served{Number: t.Number, Items: t.AllItems()}
	for i := range t.Steps {
		step := &t.Steps[i]
		if step.Kind != hall.KindStarted && step.Kind != hall.KindFinished || step.Clerk == "" {
			continue
		}
		if !slices.Contains(s.Clerks, step.Clerk) {
			s.Clerks = append(s.Clerks, step.Clerk)
		}
		s.Window = step.Window
	}
	if t.State == hall.Done {
		s.Window = t.Window
	}
	return s
}

// Reply is an answer that counts, with what was said of it; nil while nothing was.
type Reply struct {
	AnsweredRating
	Check *CheckedRating
}

// Replies lists the answers that count, the first one first.
func (v *Visit) Replies(served []hall.ClerkID) []Reply {
	var out []Reply
	for _, a := range v.answers(served) {
		out = append(out, Reply{*a, v.said(a, served)})
	}
	slices.SortStableFunc(out, func(a, b Reply) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return out
}
