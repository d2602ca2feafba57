package intake

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// Materials that shared data proves (浙江省保障"最多跑一次"改革规定 7-10): what the platform
// holds is asked of the platform and never of the citizen, who may dispute what it says.
const (
	// Unverified is 待核验: nothing was brought, and the platform has not said yet whether it
	// holds it. It holds up nothing.
	Unverified Received = "unverified"
	// Contested: the citizen disputes what the platform says, so that the paper counts.
	Contested Received = "disputed"
)

// Kinds of what is noted of shared data. Asked is noted before the question leaves, Given by the
// centre before it answers; Answered and Disputed change the application.
const (
	KindSharedAsked    event.Kind = "shared.asked"
	KindSharedAnswered event.Kind = "shared.answered"
	KindSharedGiven    event.Kind = "shared.given"
	KindSharedDisputed event.Kind = "shared.disputed"
)

// Outcome is what the platform said; empty as long as it has said nothing.
type Outcome string

// Outcomes. A mismatch is a record under the person's number that is in another name.
const (
	Found    Outcome = "found"
	NotFound Outcome = "not_found"
	Mismatch Outcome = "mismatch"
)

// outcomes in the order in which a later one counts more: a record that is there is there,
// whatever was answered before it was.
var outcomes = []Outcome{"", NotFound, Mismatch, Found}

// Purposes for which a data set is asked: at the window for an application, by the hub for
// one that was accepted without an answer, and by a clerk once more.
const (
	ForIntake  = "intake"
	ForVerify  = "verify"
	ForRecheck = "recheck"
)

// SharedPurposes lists them.
var SharedPurposes = []string{ForIntake, ForVerify, ForRecheck}

// Shared is a material of an application that a data set proves. Ask is the first question's
// id, which commits to the person: answers about anybody else do not count.
type Shared struct {
	No  int    `json:"no"`
	Set string `json:"set"`
	Ask string `json:"ask"`
}

// Evidence is what is known of a material when an application is taken.
type Evidence struct {
	Ask     string
	Outcome Outcome
}

// Asked is the note that a question leaves: who asks which set, for what and for which case. Number is
// that of the application once it has one. It says nothing of the person.
type Asked struct {
	Ask         string        `json:"ask"`
	Root        string        `json:"root"`
	Application ApplicationID `json:"application"`
	Number      string        `json:"number,omitempty"`
	Ticket      hall.TicketID `json:"ticket"`
	Hall        hall.ID       `json:"hall"`
	Set         string        `json:"set"`
	Purpose     string        `json:"purpose"`
	Window      hall.WindowID `json:"window,omitempty"`
	Clerk       hall.ClerkID  `json:"clerk"`
	AtMS        int64         `json:"at_ms"`
}

// Answered is what came back. Reference names the record, sealed under the key of the case;
// what the record says is shown and kept nowhere.
type Answered struct {
	Ask         string        `json:"ask"`
	Root        string        `json:"root"`
	Application ApplicationID `json:"application"`
	Set         string        `json:"set"`
	Outcome     Outcome       `json:"outcome"`
	Reference   sealed.Value  `json:"reference,omitempty"`
	AtMS        int64         `json:"at_ms"`
}

// Given is the centre's own note of an answer, by which what halls say they asked can be
// held against what was given out.
type Given struct {
	Ask         string        `json:"ask"`
	Application ApplicationID `json:"application"`
	Number      string        `json:"number,omitempty"`
	From        event.Origin  `json:"from"`
	Set         string        `json:"set"`
	Purpose     string        `json:"purpose"`
	Clerk       hall.ClerkID  `json:"clerk"`
	Outcome     Outcome       `json:"outcome"`
	AtMS        int64         `json:"at_ms"`
}

// Reference is how a record is found again by who holds it: its number there and the SHA-256
// of what it said, in hexadecimal. AsOf is the day of the data.
type Reference struct {
	Record string `json:"record"`
	Sum    string `json:"sum"`
	AsOf   string `json:"as_of"`
}

// Check is what the platform has said of a material by now. Asks are the ids of the questions
// that were answered, in order.
type Check struct {
	Outcome   Outcome      `json:"outcome"`
	Reference sealed.Value `json:"reference,omitempty"`
	AtMS      int64        `json:"at_ms"`
	Asks      []string     `json:"asks"`
}

// Blind is the secret of a case's questions, which goes with them: an id commits to the person
// by it, and once the key of the case is gone nobody can try numbers against an id.
func Blind(key sealed.Key, id ApplicationID) []byte { return key.Blind("shared data", string(id)) }

// AskID names a question about a person, whose values are as Take.Who gives them; n counts
// the questions that were answered before. The same question has the same id wherever and
// however often it is asked.
func AskID(blind []byte, id ApplicationID, set string, kind DocumentType, who Person, n int) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte("onewindow shared data 1"), blind, []byte(id), []byte(set), []byte(kind), []byte(who.DocumentNumber), []byte(who.Applicant)} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Seal puts the record's reference into the answer.
func (a *Answered) Seal(r Reference, key sealed.Key, random io.Reader) (err error) {
	a.Reference, err = key.Seal(string(hall.Payload(r)), random, string(KindSharedAnswered), string(a.Application), a.Root, "reference")
	return err
}

// Record opens what Answered.Seal put in, under the id of the first question of its material.
func (c Check) Record(key sealed.Key, id ApplicationID, root string) (r Reference, err error) {
	text, err := key.Open(c.Reference, string(KindSharedAnswered), string(id), root, "reference")
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

// ReadAsked, ReadAnswered and ReadGiven decode the facts of events of their kinds. Errors wrap ErrNotOurs.
func ReadAsked(e event.Event) (a Asked, err error) {
	err = readShared(e, KindSharedAsked, &a, func() bool {
		return a.Ask != "" && a.Root != "" && a.Application != "" && a.Set != "" && a.Clerk != "" && slices.Contains(SharedPurposes, a.Purpose) && a.AtMS > 0
	})
	return a, err
}

// ReadAnswered is described at ReadAsked.
func ReadAnswered(e event.Event) (a Answered, err error) {
	err = readShared(e, KindSharedAnswered, &a, func() bool {
		return a.Ask != "" && a.Root != "" && a.Application != "" && a.Set != "" && a.Outcome != "" && slices.Contains(outcomes, a.Outcome) && a.AtMS > 0
	})
	return a, err
}

// ReadGiven is described at ReadAsked.
func ReadGiven(e event.Event) (g Given, err error) {
	err = readShared(e, KindSharedGiven, &g, func() bool {
		return g.Ask != "" && g.Application != "" && g.Set != "" && g.From.Valid() && g.Outcome != "" && slices.Contains(outcomes, g.Outcome) && g.AtMS > 0
	})
	return g, err
}

func readShared(e event.Event, kind event.Kind, into any, whole func() bool) error {
	if e.Kind != kind {
		return fmt.Errorf("%w: kind %s", ErrNotOurs, e.Kind)
	}
	if err := json.Unmarshal(e.Payload, into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if !whole() {
		return fmt.Errorf("%w: %s lacks what makes it a fact of shared data", ErrNotOurs, e.ID)
	}
	return nil
}

// CountsMore tells whether an answer counts more than one that is known: a record that is
// there before everything else, then the earlier one. Ties do not depend on who came first.
func (o Outcome) CountsMore(atMS int64, than Outcome, thanMS int64) bool {
	return cmp.Or(cmp.Compare(slices.Index(outcomes, o), slices.Index(outcomes, than)), cmp.Compare(thanMS, atMS)) > 0
}

// answered adds an answer: the ids are a set, and of the answers the one that counts most stays.
func (c *Case) answered(a Answered) {
	checks := make(map[string]Check, len(c.Checks)+1)
	for root, was := range c.Checks {
		checks[root] = was
	}
	was, known := checks[a.Root]
	asks := was.Asks
	if !slices.Contains(asks, a.Ask) {
		asks = append(slices.Clone(asks), a.Ask)
		slices.Sort(asks)
	}
	if !known || a.Outcome.CountsMore(a.AtMS, was.Outcome, was.AtMS) || a.Outcome == was.Outcome && a.AtMS == was.AtMS && a.Reference < was.Reference {
		was = Check{Outcome: a.Outcome, Reference: a.Reference, AtMS: a.AtMS}
	}
	was.Asks = asks
	checks[a.Root] = was
	c.Checks = checks
}

// disputed adds that the citizen's paper counts for materials.
func (c *Case) disputed(l Later) {
	papers := make(map[int]int64, len(c.Papers)+1)
	for no, at := range c.Papers {
		papers[no] = at
	}
	for _, no := range l.Materials {
		papers[no] = earlier(papers[no], l.AtMS)
	}
	c.Papers = papers
}

// ReceivedNow is what became of a material by now: one that was to be verified is waived once
// the platform holds it, and contested once the citizen's paper counts.
func (c *Case) ReceivedNow(m Material) Received {
	if r, amended := c.amendedTo(m.No); amended {
		return r
	}
	s, proved := c.SharedOf(m.No)
	_, paper := c.Papers[m.No]
	switch {
	case proved && paper:
		return Contested
	case m.State == Unverified && proved && c.Checks[s.Ask].Outcome == Found:
		return Waived
	}
	return m.State
}

// SharedOf gives what data sets are asked for a material; false where none proves it.
func (c *Case) SharedOf(no int) (Shared, bool) {
	n := slices.IndexFunc(c.Shared, func(s Shared) bool { return s.No == no })
	if n < 0 {
		return Shared{}, false
	}
	return c.Shared[n], true
}

// Unsettled lists the materials that are still to be verified and what the platform has said
// of each. An application that has ended needs no answer any more.
func (c *Case) Unsettled() (list []Shared) {
	if !c.Known() || c.ended() {
		return nil
	}
	for _, m := range c.Materials {
		if s, ok := c.SharedOf(m.No); ok && c.ReceivedNow(m) == Unverified {
			list = append(list, s)
		}
	}
	return list
}

// Pending lists those of which nothing was said: the hub asks for them. Differing lists those of which
// something else was said than that they are there: a clerk has to do something.
func (c *Case) Pending() []Shared { return c.unsettled(false) }

// Differing is described at Pending.
func (c *Case) Differing() []Shared { return c.unsettled(true) }

func (c *Case) unsettled(said bool) []Shared {
	return slices.DeleteFunc(c.Unsettled(), func(s Shared) bool { return (c.Checks[s.Ask].Outcome != "") != said })
}

// ended tells whether nothing is decided of the application any more.
func (c *Case) ended() bool {
	return slices.Contains([]State{Withdrawn, Lapsed, Revoked, Refused, NotOurs, Granted, Denied, Returned, PassedOn, HandedOut, Archived}, c.Standing())
}

// Dispute decides that the citizen's paper counts for materials that data sets prove, or were to
// prove: what they say is disputed, or they say nothing (浙江 10: the citizen may dispute it).
// Refusals: CaseState where nothing of the application is decided any more, FieldMissing (args field:
// materials), RequestUnusable (args field) for a material that stands on no data set, or on paper already.
func (c *Case) Dispute(materials []int, window hall.WindowID, clerk hall.ClerkID, request string, nowMS int64) (Later, *event.Refusal) {
	switch {
	case c.ended():
		return Later{}, event.CaseState.With("state", string(c.Standing()))
	case len(materials) == 0:
		return Later{}, event.FieldMissing.With("field", "materials")
	}
	for _, no := range materials {
		_, proved := c.SharedOf(no)
		if _, paper := c.Papers[no]; !proved || paper {
			return Later{}, event.RequestUnusable.With("field", fmt.Sprintf("materials.%d", no))
		}
	}
	return Later{Application: c.Application, Materials: materials, Window: window, Clerk: clerk, AtMS: nowMS, Request: request}, nil
}

// asksShared settles what becomes of a material that a data set proves. What the platform
// holds may not be demanded, and what nobody asked it for may not either: only where it has
// answered that it has no such record, a missing paper holds the application up.
func (c Take) asksShared(m guide.Material, said Received) Received {
	outcome := c.Shared[m.No].Outcome
	switch said {
	case Brought, Contested:
		return said
	case Missing, Owed:
		if outcome == NotFound || outcome == Mismatch {
			return said
		}
	}
	if outcome == Found {
		return Waived
	}
	return Unverified
}
