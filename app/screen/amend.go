package screen

import (
	"crypto/rand"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// AmendWish is what a clerk proposes to put right of an application: Field is "applicant", "document",
// "phone", "agent", "material", "due" or "scan", which takes Scan off. Value is the new text of the first four, DocumentType goes with a
// document; Material is a number of the guide and Received "received" or "not_received"; Day is the promised
// day. Cause is "typed", "misread", "ticked", "misplaced", "told" or "other", Why are own words.
type AmendWish struct {
	Field        string          `json:"field"`
	Value        intake.Personal `json:"value"`
	DocumentType string          `json:"documentType"`
	Material     int             `json:"material"`
	Received     string          `json:"received"`
	Day          string          `json:"day"`
	Scan         string          `json:"scan"`
	Cause        string          `json:"cause"`
	Why          intake.Personal `json:"why"`
}

// CaseAmendment is one of an application. Old and New are texts, dates, or what became of a material, as
// its row has it, or the name of a scan (Scan) that shows Material; OldType and NewType the kinds of document. State is "waiting", "passed" or "returned", May
// tells that this clerk can check it, Mine that they proposed it.
type CaseAmendment struct {
	Sum       string          `json:"sum"`
	Field     string          `json:"field"`
	Material  string          `json:"material"`
	No        int             `json:"no"`
	Scan      string          `json:"scan"`
	Old       intake.Personal `json:"old"`
	New       intake.Personal `json:"new"`
	OldType   string          `json:"oldType"`
	NewType   string          `json:"newType"`
	Cause     string          `json:"cause"`
	Why       intake.Personal `json:"why"`
	Clerk     string          `json:"clerk"`
	AtMS      int64           `json:"atMs"`
	State     string          `json:"state"`
	Checker   string          `json:"checker"`
	CheckedMS int64           `json:"checkedMs"`
	Reply     intake.Personal `json:"reply"`
	May       bool            `json:"may"`
	Mine      bool            `json:"mine"`
}

// Amending is an amendment that a second person has yet to check, as the hall tells it.
type Amending struct {
	Sum    string
	Number string
	Item   hall.ItemCode
	Field  string
	Clerk  hall.ClerkID
	AtMS   int64
}

// AmendingCase is one on the list of a counter. Mine tells that this clerk proposed it, so that somebody
// else has to check it.
type AmendingCase struct {
	Number string `json:"number"`
	Item   Text   `json:"item"`
	Field  string `json:"field"`
	Clerk  string `json:"clerk"`
	Mine   bool   `json:"mine"`
	AtMS   int64  `json:"atMs"`
}

// amending lists what waits for a second person, without what was checked here a moment ago.
func (c *Counter) amending() []AmendingCase {
	out := []AmendingCase{}
	if c.m.Amending == nil || c.clerk.ID == "" {
		return out
	}
	list := slices.DeleteFunc(c.m.Amending(), func(a Amending) bool { return c.settled[a.Sum] })
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		for _, a := range list {
			out = append(out, AmendingCase{Number: a.Number, Item: c.m.itemName(a.Item), Field: a.Field, Clerk: clerkName(h, a.Clerk), Mine: a.Clerk == c.clerk.ID, AtMS: a.AtMS})
		}
	})
	return out
}

// amendments opens those of an application for who serves it.
func (c *Counter) amendments(o opened, rows []CaseMaterial) ([]CaseAmendment, error) {
	list, err := o.Changes(o.key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", event.CaseElsewhere.With("number", o.Number), err)
	}
	out := make([]CaseAmendment, 0, len(list))
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		for _, ch := range list {
			a := CaseAmendment{Sum: ch.Sum, Field: string(ch.Field), No: ch.Material, Scan: string(ch.Proposal.Scan), Old: ch.Old, New: ch.New, OldType: string(ch.OldType), NewType: string(ch.DocumentType), Cause: ch.Cause, Why: ch.Why,
				Clerk: clerkName(h, ch.Clerk), AtMS: ch.AtMS, State: string(ch.State), Reply: ch.Reply, Mine: ch.Clerk == c.clerk.ID}
			a.May = ch.State == intake.AmendWaiting && !a.Mine && o.Standing() != intake.Archived
			if ch.By != nil {
				a.Checker, a.CheckedMS = clerkName(h, ch.By.Clerk), ch.By.AtMS
			}
			shows := ch.Material
			if ch.Field == intake.FieldScan {
				shows = o.Scans[ch.Proposal.Scan].Material
			}
			for _, r := range rows {
				if r.No == shows {
					a.Material = r.Name
				}
			}
			out = append(out, a)
		}
	})
	return out, nil
}

// ProposeAmendment notes that something of an application is to be put right. Nothing changes until
// somebody else has let it pass. A repeated request changes nothing. Refusals: those of OpenCase, CaseState
// (args state), AmendWaits, AmendSame, AmendDay (args by), FieldMissing (args field: value, cause, reason, phone),
// IdentityWrong (args why and type).
func (c *Counter) ProposeAmendment(request, number string, w AmendWish) (IntakeResult, error) {
	return c.later(request, number, intake.KindAmendProposed, func(o opened, now int64) (any, *event.Refusal) {
		who, err := o.Person(o.key)
		if err != nil {
			return nil, event.CaseElsewhere.With("number", o.Number)
		}
		a := intake.Amend{Field: intake.Field(w.Field), Value: w.Value, DocumentType: intake.DocumentType(w.DocumentType), Material: w.Material, Received: intake.Received(w.Received), Day: hall.Date(w.Day), Scan: intake.ScanID(w.Scan),
			Cause: w.Cause, Why: w.Why, Window: c.window, Clerk: c.clerk.ID, Request: request, NowMS: now}
		p, value, why, no := a.Decide(o.Case, who, c.m.Calendar, hall.DateOf(now))
		if no == nil && p.Seal(value, why, o.key, rand.Reader) != nil {
			no = event.Internal
		}
		return p, no
	})
}

// CheckAmendment notes that a second person lets an amendment pass, or sends it back with a reason; of names it. A
// repeated request changes nothing. Refusals: those of OpenCase, AmendOwn, AmendState (args state), CaseState (args
// state), FieldMissing (args field: reason).
func (c *Counter) CheckAmendment(request, number, of string, good bool, why intake.Personal) (IntakeResult, error) {
	r, err := c.later(request, number, intake.KindAmendChecked, func(o opened, now int64) (any, *event.Refusal) {
		v, words, no := intake.CheckAmend{Of: of, Good: good, Why: why, Window: c.window, Clerk: c.clerk.ID, Request: request, NowMS: now}.Decide(o.Case)
		if no == nil && v.Seal(words, o.key, rand.Reader) != nil {
			no = event.Internal
		}
		return v, no
	})
	if err == nil {
		c.mu.Lock()
		c.settled[of] = true
		c.mu.Unlock()
	}
	return r, err
}
