package screen

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// SharedEvidence is what a data set says of one material. State is "found", "not_found",
// "mismatch" (a record under this number in another name), "unserved" (the centre has not got
// this set) or "away" (nobody answers now; it is asked again by itself once the application is taken).
type SharedEvidence struct {
	No  int  `json:"no"`
	Set Text `json:"set"`
	// Holder is the agency that holds the record, as the guide names it.
	Holder string `json:"holder"`
	State  string `json:"state"`
	// Record is the record's number there, AsOf the day of the data; empty unless it was found.
	Record string       `json:"record"`
	AsOf   string       `json:"asOf"`
	Says   []SharedLine `json:"says"`
}

// SharedLine is one thing that a record says. It is shown and kept nowhere.
type SharedLine struct {
	Name  Text            `json:"name"`
	Value intake.Personal `json:"value"`
}

// DifferingCase is an application of the hall of which shared data has said that something that
// it was to prove is not there, or is in another name: a clerk has to see to it.
type DifferingCase struct {
	Number string `json:"number"`
	Window string `json:"window"`
	Sets   []Text `json:"sets"`
}

// SharedAsk asks data sets about a person, for one application; the line carries it.
type SharedAsk struct {
	Application intake.ApplicationID
	Number      string
	Purpose     string
	Clerk       hall.ClerkID
	Type        intake.DocumentType
	Who         intake.Person
	Blind       []byte
	Questions   []SharedQuestion
}

// SharedQuestion is one of its questions: Root is the id of the first one of its material, Again how often it
// was answered before.
type SharedQuestion struct {
	ID, Root, Set string
	Again         int
}

// SharedRecord answers a question. Outcome is empty where the centre has not got the set.
type SharedRecord struct {
	Outcome   intake.Outcome
	Reference intake.Reference
	Says      []SharedLine
}

// AskShared asks for all materials of an application that data sets prove and that the form does not
// tick as brought or needless; the person and the item are those of the form. That it is
// asked is noted before the question leaves. What was found counts when the application is
// taken for the same person. Refusals: NotSignedIn, WindowClosed, NoTicket, TicketState, ItemUnknown,
// FieldMissing, IdentityWrong, SharedMany (args seconds), RequestUnusable (args field: materials)
// where no material is proved by shared data.
func (c *Counter) AskShared(in Intake) ([]SharedEvidence, error) {
	ask, key, rows, err := c.noteAsked(in)
	if err != nil {
		return nil, err
	}
	return c.askShared(ask, key, rows)
}

// noteAsked decides what is asked for a draft and notes it.
func (c *Counter) noteAsked(in Intake) (ask SharedAsk, key sealed.Key, rows []intake.Shared, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return ask, key, nil, err
	}
	item, ok := c.m.Guides.Now().Item(guide.Code(in.Item))
	if !ok {
		return ask, key, nil, event.ItemUnknown.With("code", in.Item)
	}
	now := c.m.Book.Now()
	wish := c.wish(in, "", 0, now)
	who, no := wish.Who(hall.DateOf(now))
	if no != nil {
		return ask, key, nil, no
	}
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		if err := c.serving(tx, in.Ticket); err != nil {
			return err
		}
		id, err := draftOf(tx, wish, hall.ItemCode(item.Code), true)
		if err == nil {
			key, err = tx.NewCaseKey(id, now)
		}
		if err != nil {
			return err
		}
		ask = SharedAsk{Application: id, Purpose: intake.ForIntake, Clerk: c.clerk.ID, Type: wish.DocumentType, Who: who, Blind: intake.Blind(key, id)}
		rows = proved(item, wish, ask)
		if len(rows) == 0 {
			return event.RequestUnusable.With("field", "materials")
		}
		known, err := tx.Application(id)
		if err != nil {
			return err
		}
		ask.Questions = questions(rows, ask, known)
		return c.appendAsked(tx, ask, hall.TicketID(in.Ticket), now)
	})
	return ask, key, rows, err
}

// serving refuses where another ticket than this is served at the window.
func (c *Counter) serving(tx Tx, ticket string) error {
	t := tx.Hall(c.m.Hall).AtWindow(c.window)
	if t == nil || string(t.Ticket) != ticket {
		return event.NoTicket
	}
	if t.State != hall.Serving {
		return event.TicketState.With("state", string(t.State)).With("number", string(t.Number))
	}
	return nil
}

// draftOf gives the id that the next application of a visit for an item will have. It is drawn
// and kept with the first question, so that what was asked before a crash counts after it.
func draftOf(tx Tx, wish intake.Take, item hall.ItemCode, first bool) (id intake.ApplicationID, err error) {
	taken, err := tx.TakenOf(wish.Ticket, item)
	if err != nil {
		return "", err
	}
	request := fmt.Sprintf("draft:%s:%s:%d", wish.Ticket, item, taken)
	kept, known, err := tx.Answered(request)
	switch {
	case err != nil:
		return "", err
	case known:
		return intake.ApplicationID(kept), nil
	case !first:
		return wish.Application, nil
	}
	return wish.Application, tx.Answer(request, []byte(wish.Application))
}

// proved lists the materials of a form that data sets are asked for, each with its first question's id.
func proved(item *guide.Item, wish intake.Take, ask SharedAsk) (rows []intake.Shared) {
	said := map[int]intake.Received{}
	for _, m := range wish.Materials {
		said[m.No] = m.State
	}
	for _, m := range item.Materials {
		state, mentioned := said[m.No]
		if m.WaivedBy == "" || state == intake.Brought || state == intake.Contested || m.Need() == guide.Maybe && !mentioned {
			continue
		}
		rows = append(rows, intake.Shared{No: m.No, Set: m.WaivedBy, Ask: intake.AskID(ask.Blind, ask.Application, m.WaivedBy, ask.Type, ask.Who, 0)})
	}
	return rows
}

// questions makes the questions for materials, one for each set; known is what was answered before.
func questions(rows []intake.Shared, ask SharedAsk, known *intake.Case) (list []SharedQuestion) {
	for _, s := range rows {
		if slices.ContainsFunc(list, func(q SharedQuestion) bool { return q.Root == s.Ask }) {
			continue
		}
		q := SharedQuestion{Root: s.Ask, Set: s.Set}
		if known != nil {
			q.Again = len(known.Checks[s.Ask].Asks)
		}
		// Of who was named when it was taken the first one is s.Ask itself; the name may be amended since.
		q.ID = intake.AskID(ask.Blind, ask.Application, s.Set, ask.Type, ask.Who, q.Again)
		list = append(list, q)
	}
	return list
}

// appendAsked notes questions that are not noted yet: one that a crash kept from being answered goes once
// more under its id.
func (c *Counter) appendAsked(tx Tx, ask SharedAsk, ticket hall.TicketID, now int64) error {
	for _, q := range ask.Questions {
		asked, _, _, err := tx.SharedNoted(q.ID)
		if err == nil && !asked {
			_, _, err = tx.Append(intake.KindSharedAsked, intake.Asked{Ask: q.ID, Root: q.Root, Application: ask.Application, Number: ask.Number, Ticket: ticket, Hall: c.m.Hall, Set: q.Set,
				Purpose: ask.Purpose, Window: c.window, Clerk: ask.Clerk, AtMS: now})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askShared sends questions that are noted and notes what came back. The window goes on meanwhile.
func (c *Counter) askShared(ask SharedAsk, key sealed.Key, rows []intake.Shared) ([]SharedEvidence, error) {
	ctx := context.Background()
	records, err := c.m.Hub.Shared(ctx, ask)
	away := errors.Is(err, event.SharedAway) || errors.Is(err, event.HubUnreachable)
	if err != nil && !away {
		return nil, err
	}
	if !away {
		err = c.m.Book.Write(ctx, func(tx Tx) error { return c.appendAnswered(tx, ask, records, key) })
		if err != nil {
			return nil, err
		}
	}
	out := make([]SharedEvidence, 0, len(rows))
	for _, s := range rows {
		e := SharedEvidence{No: s.No, State: "away", Says: []SharedLine{}}
		if set, ok := c.m.Guides.Now().DataSet(s.Set); ok {
			e.Set, e.Holder = text(set.Name, set.NameEn), set.Provider
		}
		for n, q := range ask.Questions {
			if q.Root != s.Ask || away {
				continue
			}
			if e.State = string(records[n].Outcome); e.State == "" {
				e.State = "unserved"
			}
			if records[n].Outcome == intake.Found {
				e.Record, e.AsOf, e.Says = records[n].Reference.Record, records[n].Reference.AsOf, records[n].Says
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func (c *Counter) appendAnswered(tx Tx, ask SharedAsk, records []SharedRecord, key sealed.Key) error {
	for n, q := range ask.Questions {
		_, answered, _, err := tx.SharedNoted(q.ID)
		if err != nil {
			return err
		}
		if answered || records[n].Outcome == "" {
			continue
		}
		a := intake.Answered{Ask: q.ID, Root: q.Root, Application: ask.Application, Set: q.Set, Outcome: records[n].Outcome, AtMS: c.m.Book.Now()}
		if a.Outcome == intake.Found {
			err = a.Seal(records[n].Reference, key, rand.Reader)
		}
		if err == nil {
			_, _, err = tx.Append(intake.KindSharedAnswered, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// evidence fills in what was said of the materials of a form about this person, and gives the key of
// the application, whose id it settles.
func (c *Counter) evidence(tx Tx, wish *intake.Take, item *guide.Item) (key sealed.Key, err error) {
	who, no := wish.Who(hall.DateOf(wish.NowMS))
	if no != nil {
		return key, no
	}
	if wish.Application, err = draftOf(tx, *wish, hall.ItemCode(item.Code), false); err != nil {
		return key, err
	}
	if key, err = tx.NewCaseKey(wish.Application, wish.NowMS); err != nil {
		return key, err
	}
	known, err := tx.Application(wish.Application)
	if err != nil {
		return key, err
	}
	wish.Shared = map[int]intake.Evidence{}
	blind := intake.Blind(key, wish.Application)
	for _, m := range item.Materials {
		if m.WaivedBy == "" {
			continue
		}
		e := intake.Evidence{Ask: intake.AskID(blind, wish.Application, m.WaivedBy, wish.DocumentType, who, 0)}
		if known != nil {
			e.Outcome = known.Checks[e.Ask].Outcome
		}
		wish.Shared[m.No] = e
	}
	return key, nil
}

// RecheckShared asks once more for what of an application is still to be verified, after who holds the data has
// put it right for example. Refusals: those of OpenCase but for the purpose, SharedMany (args
// seconds), RequestUnusable (args field: materials) where nothing is to be verified.
func (c *Counter) RecheckShared(number string) ([]SharedEvidence, error) {
	ask, key, rows, err := c.noteRecheck(number)
	if err != nil {
		return nil, err
	}
	return c.askShared(ask, key, rows)
}

func (c *Counter) noteRecheck(number string) (ask SharedAsk, key sealed.Key, rows []intake.Shared, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err := c.ready(); {
	case err != nil:
		return ask, key, nil, err
	case strings.TrimSpace(number) == "":
		return ask, key, nil, event.FieldMissing.With("field", "number")
	}
	o, who, err := c.read(number)
	if err != nil {
		return ask, key, nil, err
	}
	if rows = o.Unsettled(); len(rows) == 0 {
		return ask, key, nil, event.RequestUnusable.With("field", "materials")
	}
	ask = SharedAsk{Application: o.Application, Number: o.Number, Purpose: intake.ForRecheck, Clerk: c.clerk.ID, Type: o.Showing(), Who: who, Blind: intake.Blind(o.key, o.Application)}
	ask.Questions = questions(rows, ask, o.Case)
	err = c.m.Book.Write(context.Background(), func(tx Tx) error { return c.appendAsked(tx, ask, o.Ticket, c.m.Book.Now()) })
	return ask, o.key, rows, err
}

// DisputeShared notes that the citizen disputes what shared data says of materials, or that it is not there, and
// has shown the paper: the paper counts from then on (浙江省保障"最多跑一次"改革规定 10). A repeated request
// changes nothing. Refusals: those of OpenCase, CaseState (args state), FieldMissing (args field: materials).
func (c *Counter) DisputeShared(request, number string, materials []int) (IntakeResult, error) {
	return c.later(request, number, intake.KindSharedDisputed, func(o opened, now int64) (any, *event.Refusal) {
		f, no := o.Dispute(materials, c.window, c.clerk.ID, request, now)
		return f, no
	})
}

// checked tells how a material of an application stands with shared data: "pending", "not_found",
// "mismatch", or nothing where it is not to be verified any more; and which set it stands on.
func (o opened) checked(no int) (state, set string) {
	s, _ := o.SharedOf(no)
	if slices.Contains(o.Unsettled(), s) {
		if state = string(o.Checks[s.Ask].Outcome); state == "" {
			state = "pending"
		}
	}
	return state, s.Set
}
