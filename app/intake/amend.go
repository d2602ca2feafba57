package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// An amendment (更正) puts a slip in a record right: one person proposes it, another one lets it
// pass or sends it back, and only then it counts. Who took the application may be either of the
// two and never both: no rule asks for a third person, and who took it knows best what was handed in.
//
// It changes what the record says and takes nothing from who applies. A material that was
// never received is not owed because of it: everything to be corrected has to be told at once (行政许可法
// 32), and the deadline of what may follow on the spot (浙江 11). No day gets later by it: a promise
// binds (浙江 12), and more time is had by an extension or a special procedure alone (行政许可法 42, 45).

// Kinds of what is noted of amendments. A check may come before its proposal.
const (
	KindAmendProposed event.Kind = "amendment.proposed"
	KindAmendChecked  event.Kind = "amendment.checked"
)

// Field is what of an application can be amended.
type Field string

// Fields.
const (
	FieldApplicant Field = "applicant"
	FieldDocument  Field = "document"
	FieldPhone     Field = "phone"
	FieldAgent     Field = "agent"
	FieldMaterial  Field = "material"
	FieldDue       Field = "due"
	// FieldScan takes a scan off that was attached to the wrong application: places drop what was scanned.
	FieldScan Field = "scan"
)

// Fields lists them in the order in which they are offered.
var Fields = []Field{FieldApplicant, FieldDocument, FieldPhone, FieldAgent, FieldMaterial, FieldDue, FieldScan}

// Causes of a slip that can be chosen: mistyped, misread from a document or by a reader, a wrong tick, a sheet of
// another application, told so by who applies, or something else, which is then written down.
var Causes = []string{"typed", "misread", "ticked", "misplaced", "told", "other"}

// NotReceived is what an amendment makes of a material that was ticked and never came.
const NotReceived Received = "not_received"

// amendMost bounds a new value and a reason, in characters.
const amendMost = 300

// Proposal is what one person proposes. What is of the person who applies, and the reason, is
// sealed; the other values say nothing of anybody.
type Proposal struct {
	Application ApplicationID `json:"application"`
	Hall        hall.ID       `json:"hall"`
	Field       Field         `json:"field"`
	// Value is the new name, document number, phone or agent, sealed; empty takes a phone or an agent out.
	Value        sealed.Value `json:"value,omitempty"`
	DocumentType DocumentType `json:"document_type,omitempty"`
	// Material is a number of the guide, Received what became of it: Brought or NotReceived.
	Material int      `json:"material,omitempty"`
	Received Received `json:"received,omitempty"`
	// Day is the promised day, and Promised the same in days of the application's clock.
	Day      hall.Date `json:"day,omitempty"`
	Promised int       `json:"promised,omitempty"`
	Scan     ScanID    `json:"scan,omitempty"`
	// Was is the day, or what became of the material, when it was proposed.
	Was     string        `json:"was,omitempty"`
	Cause   string        `json:"cause"`
	Why     sealed.Value  `json:"why,omitempty"`
	Window  hall.WindowID `json:"window,omitempty"`
	Clerk   hall.ClerkID  `json:"clerk"`
	AtMS    int64         `json:"at_ms"`
	Request string        `json:"request"`
}

// Verdict is what a second person says of a proposal. Of is the hash of the proposal's payload:
// who checks lets pass exactly what they saw.
type Verdict struct {
	Application ApplicationID `json:"application"`
	Hall        hall.ID       `json:"hall"`
	Of          string        `json:"of"`
	Good        bool          `json:"good"`
	Why         sealed.Value  `json:"why,omitempty"`
	Window      hall.WindowID `json:"window,omitempty"`
	Clerk       hall.ClerkID  `json:"clerk"`
	AtMS        int64         `json:"at_ms"`
	Request     string        `json:"request"`
}

// Proposed is a proposal with the hash of its payload, which names it.
type Proposed struct {
	Sum string `json:"sum"`
	Proposal
}

// Words gives how proposals and checks are bound to the places of their sealed values.
func (p *Proposal) words(field string) []string {
	return []string{string(KindAmendProposed), string(p.Application), p.Request, string(p.Field), field}
}

func (v *Verdict) words() []string {
	return []string{string(KindAmendChecked), string(v.Application), v.Request, v.Of, "why"}
}

// Seal puts the new value and the reason into a proposal, under the key of its application.
func (p *Proposal) Seal(value, why Personal, key sealed.Key, random io.Reader) (err error) {
	if p.Value, err = key.Seal(string(value), random, p.words("value")...); err == nil {
		p.Why, err = key.Seal(string(why), random, p.words("why")...)
	}
	return err
}

// Said gives what Seal put in. Errors wrap sealed.ErrShut.
func (p *Proposal) Said(key sealed.Key) (value, why Personal, err error) {
	v, err := key.Open(p.Value, p.words("value")...)
	if err != nil {
		return "", "", fmt.Errorf("read an amendment of %s: %w", p.Application, err)
	}
	w, err := key.Open(p.Why, p.words("why")...)
	if err != nil {
		return "", "", fmt.Errorf("read the reason of an amendment of %s: %w", p.Application, err)
	}
	return Personal(v), Personal(w), nil
}

// Seal puts the reason into a check.
func (v *Verdict) Seal(why Personal, key sealed.Key, random io.Reader) (err error) {
	v.Why, err = key.Seal(string(why), random, v.words()...)
	return err
}

// Said gives what Seal put in. Errors wrap sealed.ErrShut.
func (v *Verdict) Said(key sealed.Key) (Personal, error) {
	why, err := key.Open(v.Why, v.words()...)
	if err != nil {
		return "", fmt.Errorf("read what was said of an amendment of %s: %w", v.Application, err)
	}
	return Personal(why), nil
}

// ReadProposal and ReadVerdict decode the facts of events of their kinds. Errors wrap ErrNotOurs.
func ReadProposal(e event.Event) (p Proposal, err error) {
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return p, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	ok := p.Application != "" && p.Hall != "" && p.Clerk != "" && p.Request != "" && p.AtMS > 0 && slices.Contains(Causes, p.Cause)
	switch p.Field {
	case FieldApplicant:
		ok = ok && p.Value != ""
	case FieldDocument:
		ok = ok && p.Value != "" && slices.Contains([]DocumentType{ResidentID, Passport, CreditCode, Other}, p.DocumentType)
	case FieldPhone, FieldAgent:
	case FieldMaterial:
		ok = ok && p.Material > 0 && (p.Received == Brought || p.Received == NotReceived)
	case FieldDue:
		_, day := addDays(p.Day, 0)
		ok = ok && day && p.Promised >= 0 && p.Promised <= maxTerm
	case FieldScan:
		ok = ok && p.Scan != ""
	default:
		ok = false
	}
	if !ok {
		return p, fmt.Errorf("%w: %s is no usable proposal of an amendment", ErrNotOurs, e.ID)
	}
	return p, nil
}

// ReadVerdict is described at ReadProposal.
func ReadVerdict(e event.Event) (v Verdict, err error) {
	if err := json.Unmarshal(e.Payload, &v); err != nil {
		return v, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if v.Application == "" || v.Hall == "" || v.Of == "" || v.Clerk == "" || v.Request == "" || v.AtMS <= 0 || !v.Good && v.Why == "" {
		return v, fmt.Errorf("%w: %s is no usable check of an amendment", ErrNotOurs, e.ID)
	}
	return v, nil
}

// proposed adds a proposal to the set; checked a check.
func (c *Case) proposed(p Proposed) {
	at, known := slices.BinarySearchFunc(c.Amendments, p, func(a, b Proposed) int { return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Sum, b.Sum)) })
	if !known {
		c.Amendments = slices.Insert(slices.Clone(c.Amendments), at, p)
	}
}

func (c *Case) checked(v Verdict) {
	at, known := slices.BinarySearchFunc(c.Verdicts, v, func(a, b Verdict) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(string(hall.Payload(a)), string(hall.Payload(b))))
	})
	if !known {
		c.Verdicts = slices.Insert(slices.Clone(c.Verdicts), at, v)
	}
}

// AmendState is where an amendment stands.
type AmendState string

// States of an amendment.
const (
	AmendWaiting  AmendState = "waiting"
	AmendPassed   AmendState = "passed"
	AmendReturned AmendState = "returned"
)

// Amended is a proposal with what came of it; By is nil while it waits.
type Amended struct {
	Proposed
	State AmendState
	By    *Verdict
}

// Amended lists all amendments, in the order in which they were proposed.
func (c *Case) Amended() []Amended {
	out := make([]Amended, 0, len(c.Amendments))
	for _, p := range c.Amendments {
		a := Amended{Proposed: p, State: AmendWaiting, By: c.verdict(p)}
		switch {
		case a.By != nil && a.By.Good:
			a.State = AmendPassed
		case a.By != nil:
			a.State = AmendReturned
		}
		out = append(out, a)
	}
	return out
}

// verdict is the check of a proposal that counts, nil for none. Nobody checks their own, whatever a
// place noted that could not know. Of two the one that sends it back counts: what two people
// do not agree on is no fact. But what was taken off is gone, and no later word brings it back.
func (c *Case) verdict(p Proposed) (one *Verdict) {
	for i := range c.Verdicts {
		v := &c.Verdicts[i]
		if v.Of != p.Sum || v.Clerk == p.Clerk {
			continue
		}
		if one == nil || one.Good != v.Good && v.Good == (p.Field == FieldScan) {
			one = v
		}
	}
	return one
}

// passed lists what counts: by when it was let pass, so that of two amendments of one
// field the one that somebody saw last stands.
func (c *Case) passed() (list []Amended) {
	if len(c.Verdicts) == 0 {
		return nil
	}
	for _, a := range c.Amended() {
		if a.State == AmendPassed {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b Amended) int { return cmp.Or(cmp.Compare(a.By.AtMS, b.By.AtMS), cmp.Compare(a.Sum, b.Sum)) })
	return list
}

// Waiting lists the amendments that a second person has yet to check; of what is archived nobody checks any.
func (c *Case) Waiting() (list []Amended) {
	if len(c.Amendments) == 0 || c.Standing() == Archived {
		return nil
	}
	for _, a := range c.Amended() {
		if a.State == AmendWaiting {
			list = append(list, a)
		}
	}
	return list
}

// Person gives who applies as of now: what was taken, with what was amended. Errors wrap sealed.ErrShut.
func (c *Case) Person(key sealed.Key) (Person, error) {
	p, err := c.Taken.Person(key)
	for _, a := range c.passed() {
		at := p.field(a.Field)
		if at == nil || err != nil {
			continue
		}
		*at, _, err = a.Said(key)
		if a.Field == FieldAgent {
			p.AgentNumber = "" // that of another one
		}
	}
	return p, err
}

// field is where a person keeps what a field amends, nil for what is not of the person.
func (p *Person) field(f Field) *Personal {
	return map[Field]*Personal{FieldApplicant: &p.Applicant, FieldDocument: &p.DocumentNumber, FieldPhone: &p.Phone, FieldAgent: &p.Agent}[f]
}

// Change is an amendment as who serves the application reads it: what stood there before, what is to stand there, and
// what both people wrote.
type Change struct {
	Amended
	Old, New   Personal
	OldType    DocumentType
	Why, Reply Personal
}

// Changes opens all amendments, in the order in which they were proposed. Of one that counts Old is what it
// took the place of, of any other what stands there now. Errors wrap sealed.ErrShut.
func (c *Case) Changes(key sealed.Key) ([]Change, error) {
	now, err := c.Taken.Person(key)
	if err != nil {
		return nil, err
	}
	kind, before := c.DocumentType, map[string]Change{}
	for _, a := range c.passed() {
		at := now.field(a.Field)
		if at == nil {
			continue
		}
		before[a.Sum] = Change{Old: *at, OldType: kind}
		if *at, _, err = a.Said(key); err != nil {
			return nil, err
		}
		if a.Field == FieldDocument {
			kind = a.DocumentType
		}
	}
	out := make([]Change, 0, len(c.Amendments))
	for _, a := range c.Amended() {
		ch, passed := before[a.Sum]
		ch.Amended = a
		at := now.field(a.Field)
		if !passed && at != nil {
			ch.Old, ch.OldType = *at, kind
		}
		if ch.New, ch.Why, err = a.Said(key); err != nil {
			return nil, err
		}
		switch a.Field {
		case FieldMaterial:
			ch.Old, ch.New = Personal(a.Was), Personal(a.Received)
		case FieldDue:
			ch.Old, ch.New = Personal(a.Was), Personal(a.Day)
		case FieldScan: // the name of a file that is another one's is told only as long as somebody has to judge it
			if s, here := c.Scans[a.Proposal.Scan]; here && a.State == AmendWaiting {
				if ch.Old, err = s.Called(key); err != nil {
					return nil, err
				}
			}
		}
		if a.By != nil {
			if ch.Reply, err = a.By.Said(key); err != nil {
				return nil, err
			}
		}
		out = append(out, ch)
	}
	return out, nil
}

// Showing is the kind of document that the person showed, as of now.
func (c *Case) Showing() DocumentType {
	kind := c.DocumentType
	for _, a := range c.passed() {
		if a.Field == FieldDocument {
			kind = a.DocumentType
		}
	}
	return kind
}

// amendedTo is what an amendment made of a material; false where none did.
func (c *Case) amendedTo(no int) (r Received, ok bool) {
	for _, a := range c.passed() {
		if a.Field == FieldMaterial && a.Material == no {
			r, ok = a.Received, true
		}
	}
	return r, ok
}

// Holding is what became of a material by now: also what was brought afterwards is Brought.
func (c *Case) Holding(m Material) Received {
	if r, amended := c.amendedTo(m.No); amended {
		return r
	}
	if _, came := c.Supplied[m.No]; came {
		return Brought
	}
	if nos, _ := c.Lacking(); c.State == Lodged && slices.Contains(nos, m.No) {
		return Missing // of what was received, as it turned out
	}
	return c.ReceivedNow(m)
}

// clock is the time for the decision with what was amended: never more than before.
func (c *Case) clock() *Clock {
	if c.Clock == nil {
		return nil
	}
	k := *c.Clock
	for _, a := range c.passed() {
		if a.Field == FieldDue {
			k.Promised = min(k.Promised, a.Promised)
		}
	}
	return &k
}

// promisedDay is the day that was told, with what was amended: never later.
func (c *Case) promisedDay() hall.Date {
	day := cmp.Or(c.DueDate, c.Due)
	for _, a := range c.passed() {
		if a.Field == FieldDue && day != "" {
			day = min(day, a.Day)
		}
	}
	return day
}

// Edition counts the contents that documents of an application have had, from 1.
func (c *Case) Edition() int {
	n := 1
	for _, a := range c.passed() {
		if a.Field != FieldPhone && a.Field != FieldScan { // which stand on none
			n++
		}
	}
	return n
}

// Replaced is the number of the document that one printed now replaces: of its kind, the one of another
// number that was printed last; empty where there is none.
func (c *Case) Replaced(d Document) (number string) {
	own, stem := d.Number(), d.stem()
	for n, at := range c.Printed {
		if n == own || n != stem && !strings.HasPrefix(n, stem+"-") {
			continue
		}
		if number == "" || at > c.Printed[number] || at == c.Printed[number] && n > number {
			number = n
		}
	}
	return number
}

// Join adds what another place knows of the same application to c: what is a set there, so that a
// counter sees what it noted itself a moment ago and the hub has not got yet.
func (c *Case) Join(o *Case) *Case {
	if o == nil || o.Application != c.Application {
		return c
	}
	out := *c
	for _, p := range o.Amendments {
		out.proposed(p)
	}
	for _, v := range o.Verdicts {
		out.checked(v)
	}
	for _, n := range o.Steps {
		out.step(n)
	}
	for number, at := range o.Printed {
		out.printed(number, at)
	}
	for _, s := range o.Scans {
		out.attached(s)
	}
	for _, id := range o.Told {
		out.Told = event.Newest(out.Told, id)
	}
	return &out
}
