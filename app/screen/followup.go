package screen

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// FollowUps are the bad ratings that the clerk who is signed in may look after. Those of
// visits that the clerk served are not among them, nor is a word about them: the person who
// complained would be known by the number.
type FollowUps struct {
	Rows []FollowUpRow `json:"rows"`
	// Open counts those that are not checked yet, Overdue those of them whose last day is over.
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
	// Alone tells that the hall is away: the rows are those that were told last.
	Alone bool `json:"alone"`
}

// FollowUpRow is a visit with a bad rating.
type FollowUpRow struct {
	Ticket string `json:"ticket"`
	// Number is the ticket's, Date its business day, Window where it was served; Number and
	// Window are empty where nobody knows.
	Number string `json:"number"`
	Date   string `json:"date"`
	Window string `json:"window"`
	Items  []Text `json:"items"`
	// Level is 4 or 5: the worst that was said.
	Level int `json:"level"`
	// State is "open", "answered", "returned" or "checked".
	State   string `json:"state"`
	Due     string `json:"due"`
	Overdue bool   `json:"overdue"`
	// Next is what this clerk can do: "answer", "check", or "" for nothing.
	Next string `json:"next"`
	// Erased tells that what was written is destroyed, so that nothing may be written about it either.
	Erased bool `json:"erased"`
}

// FollowUpPage is one of them with all that was said.
type FollowUpPage struct {
	Row     FollowUpRow  `json:"row"`
	Ratings []RatingSaid `json:"ratings"`
	Answers []AnswerSaid `json:"answers"`
	// Alone is as in FollowUps.
	Alone bool `json:"alone"`
}

// RatingSaid is a rating of the visit. Counts is true for the one that counts, Proof is
// "slip", "number" or "document"; Shut tells that something was written that cannot be read any more.
type RatingSaid struct {
	Rating  string          `json:"rating"`
	Level   int             `json:"level"`
	Reasons []string        `json:"reasons"`
	Remark  intake.Personal `json:"remark"`
	Shut    bool            `json:"shut"`
	Proof   string          `json:"proof"`
	Counts  bool            `json:"counts"`
	AtMS    int64           `json:"atMs"`
}

// AnswerSaid is what a clerk answered, and what a second one said of it: Good and Back tell
// which, both false while nobody has.
type AnswerSaid struct {
	Note      intake.Personal `json:"note"`
	Clerk     string          `json:"clerk"`
	AtMS      int64           `json:"atMs"`
	Good      bool            `json:"good"`
	Back      bool            `json:"back"`
	CheckNote intake.Personal `json:"checkNote"`
	Checker   string          `json:"checker"`
}

// followed is what a counter was told last. It is forgotten when the clerk goes.
type followed struct {
	list   []Complaint
	told   bool       // that there is nothing is something, too
	opened *Complaint // with its keys
	atMS   int64      // of the last look
}

// tendEveryMS is how often a counter looks for follow-ups by itself.
const tendEveryMS = 60_000

// TendFollowUps looks, while a clerk is signed in, whether there is something to follow up,
// at most once a minute; true when the page should look again. It is no call of a page. The
// window goes on while the hall takes its time.
func TendFollowUps(c *Counter) bool {
	c.mu.Lock()
	clerk, now := c.clerk.ID, c.m.Book.Now()
	early := now < c.followed.atMS+tendEveryMS && now >= c.followed.atMS
	if clerk != "" && !early {
		c.followed.atMS = now
	}
	c.mu.Unlock()
	if clerk == "" || early {
		return false
	}
	list, err := c.m.Ratings.Complaints(context.Background(), "")
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || c.clerk.ID != clerk {
		return false
	}
	before := c.followUps()
	c.followed.list, c.followed.told = list, true
	after := c.followUps()
	return before.Open != after.Open || before.Overdue != after.Overdue
}

// FollowUps lists the bad ratings of the hall that this clerk may look after: what is
// overdue first, then by the last day. Without the hall it gives what was told last. Refusals:
// NotSignedIn, HubUnreachable and HubGathers where nothing was told yet.
func (c *Counter) FollowUps() (FollowUps, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clerk.ID == "" {
		return FollowUps{}, event.NotSignedIn
	}
	list, err := c.m.Ratings.Complaints(context.Background(), "")
	if err == nil {
		c.followed.list, c.followed.told, c.followed.atMS = list, true, c.m.Book.Now()
	}
	if err != nil && !c.followed.told {
		return FollowUps{}, err
	}
	out := c.followUps()
	out.Alone = err != nil
	return out, nil
}

// followUps shapes what was told last for the clerk.
func (c *Counter) followUps() FollowUps {
	out := FollowUps{Rows: []FollowUpRow{}}
	for _, v := range c.followed.list {
		row, mine := c.followUpRow(v)
		if mine || row.State == string(feedback.Unneeded) {
			continue
		}
		if row.State != string(feedback.Checked) {
			out.Open++
		}
		if row.Overdue {
			out.Overdue++
		}
		out.Rows = append(out.Rows, row)
	}
	slices.SortStableFunc(out.Rows, func(a, b FollowUpRow) int {
		return cmp.Or(cmp.Compare(settled(a), settled(b)), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Number, b.Number))
	})
	return out
}

func settled(r FollowUpRow) int {
	if r.State == string(feedback.Checked) {
		return 1
	}
	return 0
}

// followUpRow shapes a visit; own tells that the clerk served it.
func (c *Counter) followUpRow(v Complaint) (row FollowUpRow, own bool) {
	state, last := v.Standing(v.Served.Clerks)
	row = FollowUpRow{Ticket: string(v.Ticket), Number: string(v.Served.Number), Date: string(hall.IssueDate(v.Ticket)), Window: string(v.Served.Window), Items: []Text{},
		State: string(state), Due: string(v.Due()), Overdue: v.Overdue(v.Served.Clerks, hall.DateOf(c.m.hallNow()))}
	for _, r := range v.Complaints() {
		row.Level = max(row.Level, r.Level)
	}
	for _, item := range v.Served.Items {
		row.Items = append(row.Items, c.m.itemName(item))
	}
	if bad := v.Complaints(); len(bad) > 0 {
		row.Erased = slices.Contains(v.Erased, bad[0].Rating.Rating)
	}
	switch {
	case state == feedback.Open || state == feedback.Returned:
		row.Next = "answer"
	case state == feedback.Answered && last.Clerk != c.clerk.ID:
		row.Next = "check"
	}
	return row, slices.Contains(v.Served.Clerks, c.clerk.ID)
}

// complaint finds a visit with its keys: at the hall, or, where that is away, as this counter
// has it open. Refusals: FollowUpUnknown, FollowUpOwn, HubUnreachable, HubGathers.
func (c *Counter) complaint(ticket string) (v Complaint, alone bool, err error) {
	list, err := c.m.Ratings.Complaints(context.Background(), hall.TicketID(ticket))
	switch {
	case err == nil && len(list) > 0:
		v = list[0]
	case errors.Is(err, event.HubUnreachable) && c.followed.opened != nil && string(c.followed.opened.Ticket) == ticket:
		v, alone = *c.followed.opened, true
	case err == nil || ticket == "":
		return v, false, event.FollowUpUnknown
	default:
		return v, false, err
	}
	if slices.Contains(v.Served.Clerks, c.clerk.ID) {
		return v, false, event.FollowUpOwn
	}
	c.followed.opened = &v
	return v, alone, nil
}

// OpenFollowUp shows a bad rating with what the person wrote, to a clerk who did not serve
// the visit. That it was opened is noted before anything is shown. Refusals: NotSignedIn,
// FollowUpUnknown, FollowUpOwn, HubUnreachable, HubGathers.
func (c *Counter) OpenFollowUp(ticket string) (FollowUpPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clerk.ID == "" {
		return FollowUpPage{}, event.NotSignedIn
	}
	v, alone, err := c.complaint(ticket)
	if err != nil {
		return FollowUpPage{}, err
	}
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		_, _, err := tx.Append(feedback.KindRead, feedback.OpenedRating{Ticket: v.Ticket, Window: c.window, Clerk: c.clerk.ID, AtMS: c.m.Book.Now()})
		return err
	})
	if err != nil {
		return FollowUpPage{}, err
	}
	return c.followUpPage(v, alone), nil
}

// followUpPage opens what is written.
func (c *Counter) followUpPage(v Complaint, alone bool) FollowUpPage {
	p := FollowUpPage{Ratings: []RatingSaid{}, Answers: []AnswerSaid{}, Alone: alone}
	p.Row, _ = c.followUpRow(v)
	for i, r := range v.Given() {
		said := RatingSaid{Rating: string(r.Rating.Rating), Level: r.Level, Reasons: append([]string{}, r.Reasons...), Proof: string(r.Proof), Counts: i == 0, AtMS: r.AtMS}
		said.Remark, said.Shut = unsealed(v.Keys, string(r.Rating.Rating), r.Said, r.Remark)
		p.Ratings = append(p.Ratings, said)
	}
	names := map[hall.ClerkID]string{}
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		for _, a := range v.Answers {
			names[a.Fact.Clerk] = clerkName(h, a.Fact.Clerk)
		}
		for _, k := range v.Checks {
			names[k.Fact.Clerk] = clerkName(h, k.Fact.Clerk)
		}
	})
	for _, a := range v.Replies(v.Served.Clerks) {
		row := AnswerSaid{Clerk: names[a.Clerk], AtMS: a.AtMS}
		row.Note, _ = unsealed(v.Keys, a.Answer, a.Said, a.Note)
		if a.Check != nil {
			row.Good, row.Back, row.Checker = a.Check.Good, !a.Check.Good, names[a.Check.Clerk]
			row.CheckNote, _ = unsealed(v.Keys, a.Check.Check, a.Check.Said, a.Check.Note)
		}
		p.Answers = append(p.Answers, row)
	}
	return p
}

// unsealed opens a sealed text; shut tells that there is one that cannot be read.
func unsealed(keys map[string]sealed.Key, name string, said func(sealed.Key) (string, error), text sealed.Value) (plain intake.Personal, shut bool) {
	if text == "" {
		return "", false
	}
	key, known := keys[name]
	if !known {
		return "", true
	}
	words, err := said(key)
	return intake.Personal(words), err != nil
}

// AnswerFollowUp notes what the clerk found out about a bad rating and did, sealed. A repeated
// request changes nothing. Refusals: those of OpenFollowUp, FieldMissing (args field: note),
// FollowUpState (args state), RequestUnusable.
func (c *Counter) AnswerFollowUp(request, ticket string, note intake.Personal) (FollowUpPage, error) {
	return c.follow(request, ticket, feedback.KindAnswered, func(v Complaint) (sealing, *event.Refusal) {
		f, no := feedback.Respond{Answer: "answer-" + request, Note: string(note), Erased: v.Erased, Window: c.window, Clerk: c.clerk.ID, NowMS: c.m.Book.Now()}.Decide(v.Visit, v.Served.Clerks)
		return sealing{f.Answer, note, func(k sealed.Key) (any, error) { err := f.Seal(string(note), k, rand.Reader); return f, err }}, no
	})
}

// CheckFollowUp notes that a second clerk lets an answer pass, or sends it back with a note.
// Refusals: those of AnswerFollowUp, FollowUpSame.
func (c *Counter) CheckFollowUp(request, ticket string, good bool, note intake.Personal) (FollowUpPage, error) {
	return c.follow(request, ticket, feedback.KindChecked, func(v Complaint) (sealing, *event.Refusal) {
		f, no := feedback.Review{Check: "check-" + request, Good: good, Note: string(note), Erased: v.Erased, Window: c.window, Clerk: c.clerk.ID, NowMS: c.m.Book.Now()}.Decide(v.Visit, v.Served.Clerks)
		return sealing{f.Check, note, func(k sealed.Key) (any, error) { err := f.Seal(string(note), k, rand.Reader); return f, err }}, no
	})
}

// sealing is a fact that waits for what is written in it, and the name of the key.
type sealing struct {
	name string
	note intake.Personal
	seal func(sealed.Key) (any, error)
}

// follow decides and notes a step of a follow-up, once for a request.
func (c *Counter) follow(request, ticket string, kind event.Kind, decide func(Complaint) (sealing, *event.Refusal)) (FollowUpPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.clerk.ID == "":
		return FollowUpPage{}, event.NotSignedIn
	case request == "" || len(request) > mostRequest:
		return FollowUpPage{}, event.RequestUnusable
	}
	v, alone, err := c.complaint(ticket)
	if err != nil {
		return FollowUpPage{}, err
	}
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, "follow:"+request, &struct{}{}, func() error {
			s, no := decide(v)
			if no != nil {
				return no
			}
			var key sealed.Key
			if s.note != "" {
				var err error
				if key, err = tx.NewNoteKey(s.name, c.m.Book.Now()); err != nil {
					return err
				}
				v.Keys = maps.Clone(v.Keys)
				v.Keys[s.name] = key
			}
			fact, err := s.seal(key)
			if err != nil {
				return err
			}
			e, _, err := tx.Append(kind, fact)
			if err != nil {
				return err
			}
			f, err := feedback.ReadVisitFact(e)
			if err == nil {
				v.Visit = f.Fold(v.Visit)
			}
			return err
		})
	})
	if err != nil {
		return FollowUpPage{}, err
	}
	c.followed.opened = &v
	for i := range c.followed.list {
		if c.followed.list[i].Ticket == v.Ticket {
			c.followed.list[i].Visit = v.Visit
		}
	}
	return c.followUpPage(v, alone), nil
}

func (f FollowUps) counts() (open, overdue int) { return f.Open, f.Overdue }
