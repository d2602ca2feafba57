package terminal

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"onewindow/app/binder"
	"onewindow/app/device"
	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/pdf"
	"onewindow/app/screen"
	"onewindow/app/sealed"
	"onewindow/app/slip"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// book lets the pages write through the store.
type book struct {
	*store.Store
	keys  *keyring.Ring  // nil at a board
	scans *binder.Binder // nil but at a counter
}

func (b book) Write(ctx context.Context, fn func(screen.Tx) error) error {
	return b.Store.Write(ctx, func(tx *store.Tx) error { return fn(commit{tx, b.keys}) })
}

// Hear takes what the hub has granted. Where replicas had to be taken back it is written like
// everything else, so that the person at the window sees who was called.
func (b book) Hear(ctx context.Context, fn func(screen.Tx) error) error {
	err := b.Store.Replicate(ctx, func(tx *store.Tx) error { return fn(commit{tx, b.keys}) })
	if errors.Is(err, store.ErrReplica) {
		return b.Write(ctx, fn)
	}
	return err
}

// commit is one commit, with the keyring beside it.
type commit struct {
	*store.Tx
	keys *keyring.Ring
}

// NewCaseKey draws the key of a new application and keeps it before the commit: an
// application without its key could never be read.
func (c commit) NewCaseKey(id intake.ApplicationID, nowMS int64) (sealed.Key, error) {
	if c.keys == nil {
		return sealed.Key{}, event.RequestUnusable
	}
	k, err := c.keys.New(string(id), nowMS)
	if err != nil {
		return k, c.Fail(err)
	}
	return k, nil
}

// NewNoteKey is NewCaseKey for what is written with a rating or about one.
func (c commit) NewNoteKey(name string, nowMS int64) (sealed.Key, error) {
	return c.NewCaseKey(intake.ApplicationID(name), nowMS)
}

func (b book) Cases(ctx context.Context, ticket hall.TicketID) ([]screen.Case, error) {
	list, err := b.Store.Cases(ctx, ticket)
	out := make([]screen.Case, 0, len(list))
	for _, c := range list {
		saved, err := b.CaseSaved(ctx, c.Application, c.Facts)
		if err != nil {
			return nil, err
		}
		out = append(out, screen.Case{Status: c.Status, Saved: screen.Saved(saved)})
	}
	return out, err
}

// CaseSaved tells where an application can be read as it stands: where all its events and its key are.
func (b book) CaseSaved(ctx context.Context, id intake.ApplicationID, facts []event.ID) (string, error) {
	at := wire.Centre
	for _, f := range facts {
		at = keyring.Readable(at, b.Saved(f))
	}
	if b.keys == nil {
		return at, nil
	}
	key, err := b.keys.Saved(ctx, string(id))
	if err != nil {
		return "", err
	}
	return keyring.Readable(at, cmp.Or(key, wire.Centre)), nil // a key that is here no more is at the centre
}

// CaseKey gives the key of an application that is kept here.
func (b book) CaseKey(ctx context.Context, id intake.ApplicationID) (k sealed.Key, err error) {
	if b.keys == nil {
		return k, event.CaseElsewhere
	}
	switch k, err = b.keys.Key(ctx, string(id)); {
	case errors.Is(err, keyring.ErrErased):
		return k, event.CaseErased
	case errors.Is(err, keyring.ErrNone):
		return k, event.CaseElsewhere
	}
	return k, err
}

// Unsaved counts what is not saved further on, keys of applications and scans like events.
func (b book) Unsaved(ctx context.Context) (hereOnly, hallOnly int, oldestMS int64, err error) {
	hereOnly, hallOnly, oldestMS, err = b.Store.Unsaved(ctx)
	if err != nil || b.keys == nil {
		return hereOnly, hallOnly, oldestMS, err
	}
	here, below, err := b.keys.Owed(ctx)
	if err != nil || b.scans == nil {
		return hereOnly + here, hallOnly + below, oldestMS, err
	}
	scansHere, scansBelow, err := b.scans.Owed(ctx)
	return hereOnly + here + scansHere, hallOnly + below + scansBelow, oldestMS, err
}

// line is the way to the hub; without one every question is answered "not reached".
type line struct{ t *Terminal }

func (l line) Line() screen.Line {
	if l.t.link == nil {
		return screen.Line{Since: l.t.began} // alone since it runs
	}
	return screen.Line(l.t.link.Line())
}

func (l line) Call(ctx context.Context, c hall.Call) ([][]byte, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	return l.t.link.Call(ctx, c)
}

func (l line) Cases(ctx context.Context, ticket hall.TicketID) ([]screen.Case, error) {
	return l.cases(ctx, wire.CasesAsk{Ticket: string(ticket)})
}

func (l line) CasesNumbered(ctx context.Context, number string) ([]screen.Case, error) {
	return l.cases(ctx, wire.CasesAsk{Number: number})
}

func (l line) cases(ctx context.Context, ask wire.CasesAsk) ([]screen.Case, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	list, err := l.t.link.Cases(ctx, ask)
	out := make([]screen.Case, 0, len(list))
	for _, c := range list {
		out = append(out, screen.Case{Saved: screen.Saved(c.Saved), Status: intake.Status{Number: c.Number, Item: hall.ItemCode(c.Item), State: intake.State(c.State),
			DueDate: hall.Date(c.DueDate), Absent: c.Absent, AnswerBy: hall.Date(c.AnswerBy), Ticket: hall.TicketID(c.Ticket), Agency: c.Agency}})
	}
	return out, err
}

func (l line) Case(ctx context.Context, number string) (*intake.Case, sealed.Key, map[intake.ScanID]screen.Saved, error) {
	if l.t.link == nil {
		return nil, sealed.Key{}, nil, event.HubUnreachable
	}
	a, err := l.t.link.Case(ctx, number)
	if err != nil {
		return nil, sealed.Key{}, nil, err
	}
	c, err := intake.ReadRow(a.Row)
	if err != nil || len(a.Key) != sealed.Size {
		return nil, sealed.Key{}, nil, errors.Join(event.Internal, err)
	}
	scans := map[intake.ScanID]screen.Saved{}
	for _, s := range a.Scans {
		scans[intake.ScanID(s.Scan)] = screen.Saved(s.Saved)
	}
	return c, sealed.Key(a.Key), scans, nil
}

func (l line) Shared(ctx context.Context, ask screen.SharedAsk) ([]screen.SharedRecord, error) {
	if l.t.link == nil {
		return nil, event.SharedAway
	}
	a := wire.SharedAsk{Application: string(ask.Application), Number: ask.Number, Purpose: ask.Purpose, Clerk: string(ask.Clerk),
		DocumentType: string(ask.Type), Document: string(ask.Who.DocumentNumber), Name: string(ask.Who.Applicant), Blind: ask.Blind}
	for _, q := range ask.Questions {
		a.Questions = append(a.Questions, wire.SharedQuestion{ID: q.ID, Set: q.Set, Again: q.Again})
	}
	records, err := l.t.link.Shared(ctx, a)
	out := make([]screen.SharedRecord, 0, len(records))
	for _, r := range records {
		got := screen.SharedRecord{Reference: intake.Reference{Record: r.Record, Sum: r.Sum, AsOf: r.AsOf}, Says: []screen.SharedLine{}}
		if r.Outcome != wire.Unserved {
			got.Outcome = intake.Outcome(r.Outcome)
		}
		for _, s := range r.Says {
			got.Says = append(got.Says, screen.SharedLine{Name: screen.Text{Zh: s.Zh, En: s.En}, Value: intake.Personal(s.Value)})
		}
		out = append(out, got)
	}
	return out, err
}

func (l line) Rated(ctx context.Context, ticket hall.TicketID) (list []feedback.Heard, err error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	a, err := l.t.link.Rated(ctx, string(ticket))
	for _, r := range a.Ratings {
		list = append(list, feedback.Heard{Rating: feedback.RatingID(r.Rating), Proof: feedback.Proof(r.Proof)})
	}
	return list, err
}

func (l line) Complaints(ctx context.Context, ticket hall.TicketID) (list []screen.Complaint, err error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	a, err := l.t.link.Ratings(ctx, string(ticket))
	if err != nil {
		return nil, err
	}
	keys, erased := map[string]sealed.Key{}, []feedback.RatingID{}
	for _, k := range a.Keys {
		if len(k.Key) == sealed.Size {
			keys[k.Case] = sealed.Key(k.Key)
		} else if k.Erased() {
			erased = append(erased, feedback.RatingID(k.Case))
		}
	}
	for _, row := range a.Rows {
		c := screen.Complaint{Keys: keys, Erased: erased}
		if c.Visit, err = feedback.ReadVisit(row.Row); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(row.Served, &c.Served); err != nil {
			return nil, fmt.Errorf("read who served a visit: %w", err)
		}
		list = append(list, c)
	}
	return list, nil
}

func (l line) Due(ctx context.Context) ([]screen.Due, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	list, err := l.t.link.Due(ctx)
	out := make([]screen.Due, 0, len(list))
	for _, r := range list {
		out = append(out, screen.Due{Number: r.Number, Item: hall.ItemCode(r.Item), State: intake.State(r.State), Deadline: intake.Deadline{What: r.What, Day: hall.Date(r.Day), State: intake.TermKnown, Left: r.Left}})
	}
	return out, err
}

func (l line) disclosures(ctx context.Context, ask wire.DisclosureAsk) (wire.DisclosureAnswer, error) {
	if l.t.link == nil {
		return wire.DisclosureAnswer{}, event.HubUnreachable
	}
	return l.t.link.Disclosure(ctx, ask)
}

func (l line) Disclosure(ctx context.Context, number string) (*disclosure.Case, sealed.Key, error) {
	a, err := l.disclosures(ctx, wire.DisclosureAsk{Number: number})
	if err != nil {
		return nil, sealed.Key{}, err
	}
	c, err := disclosure.ReadRow(a.Row)
	if err != nil || len(a.Key) != sealed.Size {
		return nil, sealed.Key{}, errors.Join(event.Internal, err)
	}
	return c, sealed.Key(a.Key), nil
}

func (l line) DisclosuresBefore(ctx context.Context, look disclosure.Look) (b disclosure.Before, err error) {
	raw, err := json.Marshal(look)
	if err != nil {
		return b, err
	}
	a, err := l.disclosures(ctx, wire.DisclosureAsk{Look: raw})
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(a.Found, &b)
}

func (l line) OpenDisclosures(ctx context.Context, since hall.Date) (list []*disclosure.Case, err error) {
	a, err := l.disclosures(ctx, wire.DisclosureAsk{Since: string(since)})
	for _, row := range a.Rows {
		c, err := disclosure.ReadRow(row)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, err
}

func (l line) Block(ctx context.Context, request string, date hall.Date, service hall.Letter) ([]byte, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	return l.t.link.Block(ctx, wire.BlockAsk{Request: request, Origin: l.t.Store.Origin(), Epoch: l.t.Store.Epoch(), Date: string(date), Service: string(service)})
}

func (l line) Book(ctx context.Context, b hall.Book) ([]byte, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	return l.t.link.Book(ctx, b)
}

// voice is the terminal's voice as the pages know it.
type voice struct{ device.Voice }

func (v voice) Say(text string, english bool, volume, speed int) error {
	return v.Voice.Say(device.Speech{Text: text, English: english, Volume: volume, Speed: speed})
}

// documents prints applications' documents.
type documents struct{ *device.PagePrinter }

func (d documents) Print(ctx context.Context, doc intake.Document) error {
	job, err := pdf.Make(doc)
	if err != nil {
		return err
	}
	return d.PagePrinter.Print(ctx, job)
}

// slips makes tickets into codes and paper with this device's key, and with the fonts
// of this machine what the printer's own lack.
type slips struct {
	key ed25519.PrivateKey
	pen slip.Pen
}

func (s slips) Code(e event.Event) (string, error) { return slip.Sign(e, s.key) }

func (s slips) Picture(code string, minPx int) ([]byte, error) { return slip.PNG(code, minPx) }

func (s slips) Paper(p screen.Paper) ([]byte, error) { return slip.PaperBy(s.pen, slip.Slip(p)) }

func (s slips) ChecklistPaper(c screen.Checklist) []byte { return slip.Checklist(c).Paper(s.pen) }

func (s slips) BookingPaper(b screen.Booking) ([]byte, error) { return slip.Booking(b).Paper(s.pen) }

func (s slips) ChecklistText(c screen.Checklist) string { return slip.Checklist(c).Text() }

func (s slips) Open(text string, keys func(event.Origin) []ed25519.PublicKey) (event.Event, error) {
	return slip.Open(text, keys)
}
