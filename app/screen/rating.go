package screen

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// RateRequest is what somebody says of a visit. Visit is what they showed for it, the same
// text that Progress took: a slip's code, a number of today, or the code of a document. The
// page makes Request once for a visit; with the same one a rating is changed until the person goes.
type RateRequest struct {
	Request string `json:"request"`
	Visit   string `json:"visit"`
	// Level is 1 (非常满意) to 5 (非常不满意).
	Level int `json:"level"`
	// Reasons are of those that go with the level, Remark is in the person's own words; both
	// may be empty.
	Reasons  []string        `json:"reasons"`
	Remark   intake.Personal `json:"remark"`
	Language string          `json:"language"`
}

// Rated is a rating that was noted: Remark as it was kept, and Due the last day of the
// follow-up of a bad one, empty for others.
type Rated struct {
	Remark intake.Personal `json:"remark"`
	Due    string          `json:"due"`
	Saved  Saved           `json:"saved"`
}

// mostRequest bounds a page's request where it becomes a name, in bytes.
const mostRequest = 50

// visitRated is a visit that somebody stands up for.
type visitRated struct {
	ticket hall.TicketID
	proof  feedback.Proof
}

// visitOf finds the visit of what somebody showed; an empty ticket where there is none.
// Refusals: those of a code, CodeOtherHall, HubUnreachable for a document.
func (k *Kiosk) visitOf(shown string) (v visitRated, err error) {
	shown = strings.TrimSpace(shown)
	if number, is := strings.CutPrefix(shown, intake.CodePrefix); is {
		list, err := k.m.Hub.CasesNumbered(context.Background(), number)
		if err == nil && len(list) > 0 {
			v = visitRated{list[0].Ticket, feedback.ByDocument}
		}
		return v, err
	}
	if strings.Contains(shown, ":") {
		f, _, err := k.m.slip(shown)
		if err == nil && f.Hall != k.m.Hall {
			err = event.CodeOtherHall.With("hall", string(f.Hall))
		}
		return visitRated{f.Ticket, feedback.BySlip}, err
	}
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
		if t := h.ByNumber(hall.DateOf(k.m.Book.Now()), hall.Number(strings.ToUpper(shown))); t != nil {
			v = visitRated{t.Ticket, feedback.ByNumber}
		}
	})
	return v, nil
}

// Rate notes how a visit was (好差评): once a visit, and as often as the person changes it
// before they go. Of a slip nothing else is needed, also without the hall; a document needs
// it. The remark is cleaned of numbers and sealed before it is noted. Refusals: those of a code, CodeOtherHall,
// HubUnreachable, TicketUnknown, RatingEarly, RatingNone, RatingLate (args days), RatedAlready,
// RequestUnusable, DiskFull, NotSaved.
func (k *Kiosk) Rate(r RateRequest) (Rated, error) {
	k.visited(true)
	if r.Request == "" || len(r.Request) > mostRequest || utf8.RuneCountInString(string(r.Remark)) > 10*feedback.RemarkMost {
		return Rated{}, event.RequestUnusable
	}
	v, err := k.visitOf(r.Visit)
	if err != nil {
		return Rated{}, err
	}
	if v.ticket == "" {
		return Rated{}, event.TicketUnknown.With("number", r.Visit)
	}
	g := k.giving(v)
	g.Rating, g.Level, g.Reasons, g.Language = feedback.RatingID("rating-"+r.Request), r.Level, r.Reasons, r.Language
	k.askElsewhere(&g)
	remark := feedback.Remark(string(r.Remark))
	out := Rated{Remark: intake.Personal(remark), Saved: "here"}
	err = k.m.Book.Write(context.Background(), func(tx Tx) error {
		f, err := k.noteRating(tx, g, remark)
		out.Due = string(f.Due)
		return err
	})
	return out, err
}

// giving is the wish to rate a visit, as far as it is known before anything is said.
func (k *Kiosk) giving(v visitRated) feedback.Give {
	now := k.m.hallNow()
	g := feedback.Give{Hall: k.m.Hall, Ticket: v.ticket, Proof: v.proof, Alone: !k.m.Hub.Line().Reached, NowMS: now}
	if h, ok := k.m.Guides.Now().Hall(guide.HallID(k.m.Hall)); ok {
		g.Due = k.m.Calendar.FollowUpBy(hall.DateOf(now), h.FollowUpDays)
	}
	return g
}

// askElsewhere fills in what the hall has heard of ratings of the visit. Without the hall
// nobody can know; then the order of feedback.Visit.Counts decides afterwards.
func (k *Kiosk) askElsewhere(g *feedback.Give) {
	var err error
	if g.Elsewhere, err = k.m.Ratings.Rated(context.Background(), g.Ticket); err != nil {
		g.Alone = true
	}
}

// noteRating decides and notes; what says the same as before is not noted again.
func (k *Kiosk) noteRating(tx Tx, g feedback.Give, remark string) (f feedback.Rating, err error) {
	known, err := tx.Visit(k.m.Hall, g.Ticket)
	if err != nil {
		return f, err
	}
	g.Seen = tx.Hall(k.m.Hall).Past(g.Ticket)
	f, no := g.Decide(known)
	if no != nil {
		return f, no
	}
	was := standing(known, g.Rating)
	if remark == "" && was != nil && was.Remark == "" && was.Level == f.Level && slices.Equal(was.Reasons, f.Reasons) {
		return *was, nil
	}
	if remark != "" {
		if wroteBefore(known, g.Rating) {
			// Its key was drawn then. Where it is gone from here no other one may be drawn: hub and
			// centre keep the first, and what is written now could be read nowhere.
			if _, err := k.m.Book.CaseKey(context.Background(), intake.ApplicationID(g.Rating)); err != nil {
				return f, event.RatedAlready
			}
		}
		key, err := tx.NewNoteKey(string(g.Rating), g.NowMS)
		if err != nil {
			return f, err
		}
		if was != nil && was.Level == f.Level && slices.Equal(was.Reasons, f.Reasons) {
			if said, err := was.Said(key); err == nil && said == remark {
				return *was, nil
			}
		}
		if err := f.Seal(remark, key, rand.Reader); err != nil {
			return f, err
		}
	}
	_, _, err = tx.Append(feedback.KindRated, f)
	return f, err
}

// wroteBefore tells that an edition of a rating that was noted here has a remark.
func wroteBefore(v *feedback.Visit, id feedback.RatingID) bool {
	return v != nil && slices.ContainsFunc(v.Ratings, func(r feedback.From[feedback.Rating]) bool { return r.Fact.Rating == id && r.Fact.Remark != "" })
}

// standing is a rating as it was noted here before, nil for none.
func standing(v *feedback.Visit, id feedback.RatingID) *feedback.Rating {
	if v == nil {
		return nil
	}
	for _, r := range v.Given() {
		if r.Rating.Rating == id {
			return &r.Rating
		}
	}
	return nil
}

// mayRate decides a rating that nobody gives, to see whether somebody may.
func (k *Kiosk) mayRate(g feedback.Give) (no *event.Refusal, err error) {
	g.Rating, g.Level = "nobody's", feedback.VerySatisfied
	err = k.m.Book.Write(context.Background(), func(tx Tx) error {
		known, err := tx.Visit(k.m.Hall, g.Ticket)
		if err == nil {
			g.Seen = tx.Hall(k.m.Hall).Past(g.Ticket)
			_, no = g.Decide(known)
		}
		return err
	})
	return no, err
}

// ratable tells whether the visit of what somebody showed can be rated: "open", "rated" where
// it was, or "" where it cannot be (now).
func (k *Kiosk) ratable(v visitRated) (state string, err error) {
	if v.ticket == "" {
		return "", nil
	}
	g := k.giving(v)
	no, err := k.mayRate(g)
	if err == nil && no == nil {
		k.askElsewhere(&g)
		no, err = k.mayRate(g)
	}
	switch {
	case err != nil:
		return "", err
	case no == nil:
		return "open", nil
	case errors.Is(no, event.RatedAlready):
		return "rated", nil
	}
	return "", nil
}

// proofOf is what a slip's code, or a number without one, is worth.
func proofOf(code string) feedback.Proof {
	if code == "" {
		return feedback.ByNumber
	}
	return feedback.BySlip
}

// pastProgress answers for the slip of a day, or of a kiosk, that this terminal knows nothing
// of: its visit can still be rated.
func (k *Kiosk) pastProgress(code string) (Progress, error) {
	p := Progress{Applications: []CaseStatus{}}
	f, _, err := k.m.slip(code)
	if err != nil || f.Hall != k.m.Hall {
		return p, err
	}
	p.Rate, err = k.ratable(visitRated{f.Ticket, feedback.BySlip})
	if p.Found = p.Rate != ""; p.Found {
		p.Ticket = TicketPage{Ticket: string(f.Ticket), Number: string(f.Number), Area: k.m.areaOf(f.Service), Windows: k.m.windowsText(f.Service), Items: k.itemNames(f.Items),
			Class: string(f.Class), IssuedMS: f.IssuedMS, IssuedAt: hall.ClockOf(f.IssuedMS), Date: string(f.Date), State: "past", OwnSeries: f.Number.OwnSeries(), Saved: "here"}
	}
	return p, err
}
