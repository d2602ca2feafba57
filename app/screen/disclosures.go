package screen

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// Disclosures are the requests for information that this terminal holds.
type Disclosures interface {
	Disclosure(ctx context.Context, number string) (*disclosure.Case, error)
	Disclosures(ctx context.Context, id hall.ID) ([]*disclosure.Case, error)
	OpenDisclosures(ctx context.Context, id hall.ID, since hall.Date) ([]*disclosure.Case, error)
}

// DisclosureHub is the hall's hub where requests for information are asked for. Refusals: those
// of Hub.Case.
type DisclosureHub interface {
	Disclosure(ctx context.Context, number string) (*disclosure.Case, sealed.Key, error)
	DisclosuresBefore(ctx context.Context, look disclosure.Look) (disclosure.Before, error)
	OpenDisclosures(ctx context.Context, since hall.Date) ([]*disclosure.Case, error)
}

// DisclosureForm is a request as the page sends it. Request is made once for each intent.
type DisclosureForm struct {
	Request string `json:"request"`
	Agency  string `json:"agency"`
	// By is "person", "business", "research", "charity", "legal" or "other".
	By string `json:"by"`
	// Channel is "counter", "post", "letter" or "online"; Day the day of receipt, empty for today.
	Channel  string `json:"channel"`
	Day      string `json:"day"`
	Oral     bool   `json:"oral"`
	ReadBack bool   `json:"readBack"`
	// Form is "paper", "electronic" or "inspect", Delivery "collect", "post", "email" or "on_site".
	Form           string          `json:"form"`
	Delivery       string          `json:"delivery"`
	DocumentType   string          `json:"documentType"`
	DocumentNumber intake.Personal `json:"documentNumber"`
	Name           intake.Personal `json:"name"`
	Contact        intake.Personal `json:"contact"`
	Phone          intake.Personal `json:"phone"`
	Address        intake.Personal `json:"address"`
	Asked          intake.Personal `json:"asked"`
}

// DisclosurePage is a request for information as a clerk reads it.
type DisclosurePage struct {
	Number string `json:"number"`
	Agency string `json:"agency"`
	// State is "open", "correcting", "consulting", "charged" or "answered".
	State string `json:"state"`
	Day   string `json:"day"`
	// Due is the last day for the answer, Left the working days until then (below 0 afterwards), where
	// DueKnown is "known"; else "suspended" or "unknown".
	Due      string `json:"due"`
	DueKnown string `json:"dueKnown"`
	Left     int    `json:"left"`
	Late     bool   `json:"late"`
	// Overtime tells that the last day for a correction is over: it needs a good reason then.
	Overtime bool `json:"overtime"`
	// NoticeBy is the last day for the notice of a correction, AnswerBy that of whoever is waited for; empty for none.
	NoticeBy string `json:"noticeBy"`
	AnswerBy string `json:"answerBy"`
	// Whom is "third_party" or "agency" while one is heard.
	Whom string `json:"whom"`
	// Outcome and Earlier of an answer.
	Outcome string          `json:"outcome"`
	Earlier string          `json:"earlier"`
	Words   intake.Personal `json:"words"`
	// Who asks, and what for; empty in a list.
	By             string          `json:"by"`
	Channel        string          `json:"channel"`
	Oral           bool            `json:"oral"`
	Form           string          `json:"form"`
	Delivery       string          `json:"delivery"`
	DocumentType   string          `json:"documentType"`
	DocumentNumber intake.Personal `json:"documentNumber"`
	Name           intake.Personal `json:"name"`
	Contact        intake.Personal `json:"contact"`
	Phone          intake.Personal `json:"phone"`
	Address        intake.Personal `json:"address"`
	Asked          intake.Personal `json:"asked"`
	// Extended, Notified, Reasons and Heard tell that these steps were done.
	Extended bool `json:"extended"`
	Notified bool `json:"notified"`
	Reasons  bool `json:"reasons"`
	Heard    bool `json:"heard"`
	// Notice tells that there is a document that tells where it stands.
	Notice bool `json:"notice"`
	// Alone tells that the hub was away, Disputed that two records claim this request or answer it differently.
	Alone    bool  `json:"alone"`
	Disputed bool  `json:"disputed"`
	Saved    Saved `json:"saved"`
}

// BeforePage is what the same person asked for before.
type BeforePage struct {
	Repeats []RepeatRow `json:"repeats"`
	// Month counts this month's requests to the agency, this one included, All those to every agency;
	// ManyAMonth is the number beyond which reasons may be asked for. ItemFee is what this one
	// would cost by 按件计收, in yuan.
	Month      int `json:"month"`
	All        int `json:"all"`
	ManyAMonth int `json:"manyAMonth"`
	ItemFee    int `json:"itemFee"`
	// Looked is how many requests were looked through, Shut how many could not be read here. Alone tells
	// that the hub was away, so that only what this counter can read was looked through.
	Looked int  `json:"looked"`
	Shut   int  `json:"shut"`
	Alone  bool `json:"alone"`
}

// RepeatRow is an earlier request that may be the same, and why.
type RepeatRow struct {
	Number   string          `json:"number"`
	Agency   string          `json:"agency"`
	Day      string          `json:"day"`
	Asked    intake.Personal `json:"asked"`
	Answered string          `json:"answered"`
	Outcome  string          `json:"outcome"`
	Settled  bool            `json:"settled"`
	// Common and Beyond tell why, in words of the request.
	Common []intake.Personal `json:"common"`
	Beyond []intake.Personal `json:"beyond"`
}

// DisclosureAgencies names the agencies that can be asked.
func (c *Counter) DisclosureAgencies() []string {
	names := []string{}
	for _, d := range c.m.Guides.Now().Departments() {
		names = append(names, d.Name)
	}
	return names
}

// LookBefore proposes which earlier requests of the same person a request may repeat; nothing is
// kept of what is asked. number is that of the request itself where it is noted already, else Request names the
// form. That a clerk looked, and each request that is named, is noted before anything is shown, once for a
// form. Refusals: NotSignedIn, WindowClosed, RequestUnusable.
func (c *Counter) LookBefore(f DisclosureForm, number string) (BeforePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return BeforePage{}, err
	}
	form := cmp.Or(number, f.Request)
	if form == "" || len(form) > mostRequest {
		return BeforePage{}, event.RequestUnusable
	}
	look := disclosure.Look{DocumentType: intake.DocumentType(f.DocumentType), DocumentNumber: f.DocumentNumber, Asked: f.Asked, Agency: strings.TrimSpace(f.Agency), Day: hall.Date(f.Day), Except: number}
	if look.Day == "" {
		look.Day = hall.DateOf(c.m.Book.Now())
	}
	ctx := context.Background()
	b, err := c.m.DisclosureHub.DisclosuresBefore(ctx, look)
	alone := err != nil
	if alone {
		b, err = c.beforeHere(ctx, look)
	}
	if err != nil {
		return BeforePage{}, err
	}
	if err := c.noteLook(form, look, b); err != nil {
		return BeforePage{}, err
	}
	p := BeforePage{Repeats: []RepeatRow{}, Month: b.Month, All: b.All, ManyAMonth: disclosure.ManyAMonth, ItemFee: disclosure.Fee(look.Day, disclosure.ByItems, b.Month, 0), Looked: b.Looked, Shut: b.Shut, Alone: alone}
	for _, r := range b.Repeats {
		p.Repeats = append(p.Repeats, RepeatRow{Number: r.Number, Agency: r.Agency, Day: string(r.Day), Asked: r.Asked, Answered: string(r.Answered), Outcome: string(r.Outcome),
			Settled: r.Settled, Common: append([]intake.Personal{}, r.Common...), Beyond: append([]intake.Personal{}, r.Beyond...)})
	}
	return p, nil
}

// lookedAt is what was noted of looking from a form: for whom, and which requests it named.
type lookedAt struct {
	form  string
	whose map[intake.Personal]bool
	named map[disclosure.ID]bool
}

// noteLook notes that the clerk looked for what a person asked before, and opens each request that
// is named, as far as it is not noted of this form already: the question comes again with
// every pause of typing.
func (c *Counter) noteLook(form string, look disclosure.Look, b disclosure.Before) error {
	if c.looked.form != form {
		c.looked = lookedAt{form: form, whose: map[intake.Personal]bool{}, named: map[disclosure.ID]bool{}}
	}
	whose := intake.Personal(intake.Normalise(string(look.DocumentNumber)))
	var fresh []disclosure.ID
	for _, r := range b.Repeats {
		if !c.looked.named[r.Disclosure] {
			fresh = append(fresh, r.Disclosure)
		}
	}
	if c.looked.whose[whose] && len(fresh) == 0 {
		return nil
	}
	now := c.m.Book.Now()
	step := disclosure.Step{Day: hall.DateOf(now), Reason: disclosure.ForRepeat, Window: c.window, Clerk: c.clerk.ID, AtMS: now, Request: form}
	err := c.m.Book.Write(context.Background(), func(tx Tx) error {
		if !c.looked.whose[whose] {
			if _, _, err := tx.Append(disclosure.KindLooked, step); err != nil {
				return err
			}
		}
		for _, id := range fresh {
			step.Disclosure = id
			if _, _, err := tx.Append(disclosure.KindOpened, step); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.looked.whose[whose] = true
	for _, id := range fresh {
		c.looked.named[id] = true
	}
	return nil
}

// beforeHere looks through what this counter can read: what it took in the last day.
func (c *Counter) beforeHere(ctx context.Context, look disclosure.Look) (disclosure.Before, error) {
	list, err := c.m.Disclosures.Disclosures(ctx, c.m.Hall)
	if err != nil {
		return disclosure.Before{}, err
	}
	return look.Through(list, func(id disclosure.ID) (sealed.Key, bool, error) {
		k, err := c.m.Book.CaseKey(ctx, intake.ApplicationID(id))
		if errors.Is(err, event.CaseElsewhere) || errors.Is(err, event.CaseErased) {
			return k, false, nil
		}
		return k, err == nil, err
	})
}

// TakeDisclosure notes a request for information, on the visit under way where there is one. A
// repeated request gives the same. Refusals: NotSignedIn, WindowClosed, FieldMissing (args
// field), IdentityWrong, RequestUnusable.
func (c *Counter) TakeDisclosure(f DisclosureForm) (DisclosurePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return DisclosurePage{}, err
	}
	if f.Request == "" || len(f.Request) > 64 {
		return DisclosurePage{}, event.RequestUnusable
	}
	var page DisclosurePage
	err := c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, "disclosure:"+f.Request, &page, func() (err error) {
			page, err = c.takeDisclosure(tx, f)
			return err
		})
	})
	if err == nil {
		err = c.dropDraft(formDisclosure)
	}
	return page, err
}

func (c *Counter) takeDisclosure(tx Tx, f DisclosureForm) (DisclosurePage, error) {
	now := c.m.Book.Now()
	today := hall.DateOf(now)
	n, err := tx.DisclosureCount(today)
	if err != nil {
		return DisclosurePage{}, fmt.Errorf("count the day's requests: %w", err)
	}
	a := disclosure.Ask{Request: f.Request, Disclosure: disclosure.ID(c.m.NewID(now)), Number: disclosure.Number(c.m.Hall, today, c.m.Device, tx.Life(), n+1), Hall: c.m.Hall, Window: c.window, Clerk: c.clerk.ID,
		Agency: f.Agency, By: disclosure.Party(f.By), Channel: disclosure.Channel(f.Channel), Day: hall.Date(f.Day), Oral: f.Oral, ReadBack: f.ReadBack, Form: disclosure.Form(f.Form), Delivery: disclosure.Delivery(f.Delivery),
		DocumentType: intake.DocumentType(f.DocumentType), NowMS: now,
		Who: disclosure.Who{Name: f.Name, DocumentNumber: f.DocumentNumber, Contact: f.Contact, Phone: f.Phone, Address: f.Address, Asked: f.Asked}}
	if t := tx.Hall(c.m.Hall).AtWindow(c.window); t != nil && a.Channel == disclosure.AtCounter {
		a.Ticket = t.Ticket
	}
	r, who, no := a.Decide(today)
	if no != nil {
		return DisclosurePage{}, no
	}
	key, err := tx.NewCaseKey(intake.ApplicationID(r.Disclosure), now)
	if err == nil {
		err = r.Seal(who, key, rand.Reader)
	}
	if err != nil {
		return DisclosurePage{}, err
	}
	e, _, err := tx.Append(disclosure.KindRequested, r)
	if err != nil {
		return DisclosurePage{}, err
	}
	// The answer of the request is kept: nothing personal is in it.
	return c.disclosureShape(&disclosure.Case{Requested: r, From: e.ID}), nil
}

// disclosurePage shapes what is no secret of a request, and where it is safe.
func (c *Counter) disclosurePage(d *disclosure.Case) DisclosurePage {
	p := c.disclosureShape(d)
	at, err := c.m.Book.CaseSaved(context.Background(), intake.ApplicationID(d.Disclosure), d.Facts())
	if p.Saved = Saved(at); err != nil {
		p.Saved = "here"
	} else if d.From.Origin != c.m.Book.Origin() && at == "centre" {
		p.Saved = "hall" // the hub gave it: where its key is nobody knows here
	}
	return p
}

// disclosureShape is the page of a request that has just been noted here.
func (c *Counter) disclosureShape(d *disclosure.Case) DisclosurePage {
	today := hall.DateOf(c.m.Book.Now())
	s := d.Stands(c.m.Calendar, today)
	p := DisclosurePage{Number: d.Number, Agency: d.Agency, State: string(s.State), Day: string(d.Day), Due: string(s.Due), DueKnown: string(s.Known), Late: s.Late(today), Overtime: s.CorrectsLate(today), NoticeBy: string(s.NoticeBy), AnswerBy: string(s.AnswerBy),
		By: string(d.By), Channel: string(d.Channel), Oral: d.Oral, Form: string(d.Form), Delivery: string(d.Delivery), DocumentType: string(d.DocumentType),
		Extended: s.Clock.Extended, Notified: s.Notified, Reasons: s.Reasons, Heard: s.Heard, Disputed: d.Disputed || s.Twice, Saved: "here"}
	if s.State == disclosure.Consulting {
		p.Whom = s.Whom
	}
	if s.Answer != nil {
		p.Outcome, p.Earlier = string(s.Answer.Outcome), s.Answer.Earlier
	}
	p.Left, _ = c.m.Calendar.Left(s.Clock, today)
	_, p.Notice = d.Document(disclosure.PaperNotice, s, "", "")
	return p
}

// openDisclosure is a request with its key, as the hall or this counter knows it.
type openDisclosure struct {
	*disclosure.Case
	key   sealed.Key
	alone bool
}

// findDisclosure looks a request up where everything of it is known, and else here.
func (c *Counter) findDisclosure(number string) (o openDisclosure, err error) {
	ctx := context.Background()
	if number = strings.ToUpper(strings.TrimSpace(number)); number == "" {
		return o, event.FieldMissing.With("field", "number")
	}
	o.Case, o.key, err = c.m.DisclosureHub.Disclosure(ctx, number)
	if err == nil || errors.Is(err, event.CaseErased) || errors.Is(err, event.CaseTwice) {
		return o, err
	}
	own, here := c.m.Disclosures.Disclosure(ctx, number)
	if here != nil {
		return o, here
	}
	if own == nil || !own.Known() {
		if errors.Is(err, event.HubUnreachable) || errors.Is(err, event.HubGathers) {
			err = event.CaseElsewhere.With("number", number)
		}
		return o, err
	}
	key, here := c.m.Book.CaseKey(ctx, intake.ApplicationID(own.Disclosure))
	return openDisclosure{Case: own, key: key, alone: true}, here
}

// OpenDisclosure shows a request for information to a clerk who says what for: "handle", "answer",
// "ask" or "correct". That it was opened is noted before anything is shown. Refusals: those of OpenCase.
func (c *Counter) OpenDisclosure(number, purpose string) (DisclosurePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return DisclosurePage{}, err
	}
	if !slices.Contains(disclosure.Purposes, purpose) {
		return DisclosurePage{}, event.FieldMissing.With("field", "purpose")
	}
	o, err := c.findDisclosure(number)
	if err == nil {
		err = c.noteDisclosure(disclosure.KindOpened, o, purpose)
	}
	if err != nil {
		return DisclosurePage{}, err
	}
	return c.readDisclosure(o)
}

// readDisclosure shapes a request with what it says.
func (c *Counter) readDisclosure(o openDisclosure) (DisclosurePage, error) {
	shut := func(err error) error {
		return fmt.Errorf("%w: %w", event.CaseElsewhere.With("number", o.Number), err)
	}
	p := c.disclosurePage(o.Case)
	p.Alone = o.alone
	who, err := o.Who(o.key)
	if err != nil {
		return p, shut(err)
	}
	p.Name, p.DocumentNumber, p.Contact, p.Phone, p.Address = who.Name, who.DocumentNumber, who.Contact, who.Phone, who.Address
	if p.Asked, err = o.Asks(o.key); err != nil {
		return p, shut(err)
	}
	if n := o.Words(o.Stands(c.m.Calendar, hall.DateOf(c.m.Book.Now()))); n != nil {
		if p.Words, err = n.Open(o.key); err != nil {
			return p, shut(err)
		}
	}
	return p, nil
}

// noteDisclosure notes what a clerk did with a request that changes nothing of it.
func (c *Counter) noteDisclosure(kind event.Kind, o openDisclosure, reason string) error {
	return c.m.Book.Write(context.Background(), func(tx Tx) error {
		now := c.m.Book.Now()
		_, _, err := tx.Append(kind, disclosure.Step{Disclosure: o.Disclosure, Day: hall.DateOf(now), Reason: reason, Window: c.window, Clerk: c.clerk.ID, AtMS: now})
		return err
	})
}

// ListDisclosures lists the hall's requests that are not answered, and the last month's answers,
// those whose day comes first before all others. Nothing of a person is in it.
// Refusals: NotSignedIn, WindowClosed.
func (c *Counter) ListDisclosures() (DisclosureList, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return DisclosureList{}, err
	}
	ctx := context.Background()
	since := hall.DateOf(c.m.Book.Now() - monthMS)
	list, err := c.m.DisclosureHub.OpenDisclosures(ctx, since)
	alone := err != nil
	if alone {
		if list, err = c.m.Disclosures.OpenDisclosures(ctx, c.m.Hall, since); err != nil {
			return DisclosureList{}, err
		}
	}
	out := DisclosureList{Alone: alone, Rows: []DisclosurePage{}}
	for _, d := range list {
		out.Rows = append(out.Rows, c.disclosurePage(d))
	}
	slices.SortStableFunc(out.Rows, byDue)
	return out, nil
}

// monthMS is how long an answered request is listed.
const monthMS = 30 * 24 * 60 * 60 * 1000

// byDue sorts what has to be answered first by its last day, then what others have to do, then answers.
func byDue(a, b DisclosurePage) int {
	rank := func(p DisclosurePage) string {
		switch {
		case p.State == string(disclosure.Answered):
			return "2" + p.Day
		case p.Due != "":
			return "0" + p.Due
		}
		return "1" + p.AnswerBy
	}
	return strings.Compare(rank(a), rank(b))
}

// DisclosureList are the hall's requests; Alone tells that only those of this counter are known.
type DisclosureList struct {
	Alone bool             `json:"alone"`
	Rows  []DisclosurePage `json:"rows"`
}
