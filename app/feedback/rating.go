package feedback

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// Rating (好差评, 国办发〔2019〕51号): who was served says how it was, once a visit and only
// if they like. A visit that nobody rates is rated nowhere: silence is no praise.
//
// Who may do what on which device:
//
//   - At a kiosk anybody who stands there rates the visit of a slip (its signed code is the
//     proof that they hold it), or of a number of today or of a document's code, which prove nothing:
//     a number hangs on the board and a document's code can be guessed.
//   - At a counter's own screen nobody rates. It faces the clerk, the clerk's hands are on its
//     keyboard, and turning it around changes neither: a program cannot tell who typed. The pad
//     on the citizen's side can only take a signature. So a rating never comes from a counter, and a clerk
//     who wants to praise himself has to walk to a kiosk, in everybody's sight.
//   - Whoever does that with a number is overruled by the person who has the slip, whenever
//     they come (see Visit.Counts), both stay to be seen, and no praise that came first
//     keeps a complaint from being followed up (see Visit.Complaints).
//   - What a person wrote is opened at a counter by a clerk who was not rated, and that is noted.

// Kinds of ratings and of what follows a bad one. They go up to the hub and the centre and
// to no other terminal: a rated clerk's counter has nothing to look into.
const (
	KindRated    event.Kind = "rating.given"
	KindAnswered event.Kind = "rating.answered"
	KindChecked  event.Kind = "rating.checked"
	// KindRead is noted before a clerk is shown what a person wrote; it changes nothing.
	KindRead event.Kind = "rating.opened"
)

// Levels of a rating, in the codes of GB/T 39046-2020, A.8: 1 is the best, the reverse of stars.
const (
	VerySatisfied    = 1 // 非常满意
	Satisfied        = 2 // 满意
	RatherSatisfied  = 3 // 基本满意
	Dissatisfied     = 4 // 不满意
	VeryDissatisfied = 5 // 非常不满意
)

// Negative tells whether a level is one of the two that are followed up.
func Negative(level int) bool { return level >= Dissatisfied }

// Bounds of a rating and of what is written about it, in characters, and for how many days
// after the visit it can be given: our own bound, so that a follow-up still finds who remembers.
const (
	RemarkMost = QuestionMost
	NoteMost   = 500
	RateDays   = 30
)

type (
	// RatingID names a rating and the key of what is written about it.
	RatingID string
	// Proof is what somebody showed for a visit to be theirs.
	Proof string
)

// Proofs. Only the slip is one.
const (
	BySlip     Proof = "slip"
	ByNumber   Proof = "number"
	ByDocument Proof = "document"
)

// Reasons that can be chosen with a rating, by what they go with; the pages have the words.
var (
	goodReasons = []string{"fast", "friendly", "clear", "once"}
	badReasons  = []string{"wait", "slow", "manner", "unclear", "materials", "trips", "place"}
)

// Reasons lists those that go with a level.
func Reasons(level int) []string {
	if Negative(level) {
		return badReasons
	}
	return goodReasons
}

// Rating is what one person said of one visit. Nothing in it says who: Remark, which may
// name somebody, is sealed under the key of this rating. A rating that its giver changes
// before they go is noted once more as a whole, with the next Edition.
type Rating struct {
	Rating  RatingID      `json:"rating"`
	Edition int           `json:"edition"`
	Hall    hall.ID       `json:"hall"`
	Ticket  hall.TicketID `json:"ticket"`
	Level   int           `json:"level"`
	Reasons []string      `json:"reasons,omitempty"`
	Remark  sealed.Value  `json:"remark,omitempty"`
	Proof   Proof         `json:"proof"`
	// Due is the last day of the follow-up of a bad one.
	Due      hall.Date `json:"due,omitempty"`
	Language string    `json:"language"`
	AtMS     int64     `json:"at_ms"`
}

// AnsweredRating is what a clerk found out about a bad rating and did. Answer names it and the key
// of its Note, because that of the rating may be where the counter cannot reach it. Note is empty where what
// was written with the rating has been destroyed: an answer would say it again.
type AnsweredRating struct {
	Answer string        `json:"answer"`
	Ticket hall.TicketID `json:"ticket"`
	Rating RatingID      `json:"rating"`
	Note   sealed.Value  `json:"note"`
	Window hall.WindowID `json:"window,omitempty"`
	Clerk  hall.ClerkID  `json:"clerk"`
	AtMS   int64         `json:"at_ms"`
}

// CheckedRating is what a second person says of an answer: good, or back to be done again.
// Note, sealed under the key that Check names, says why it goes back.
type CheckedRating struct {
	Check  string        `json:"check"`
	Answer string        `json:"answer"`
	Ticket hall.TicketID `json:"ticket"`
	Rating RatingID      `json:"rating"`
	Good   bool          `json:"good"`
	Note   sealed.Value  `json:"note,omitempty"`
	Window hall.WindowID `json:"window,omitempty"`
	Clerk  hall.ClerkID  `json:"clerk"`
	AtMS   int64         `json:"at_ms"`
}

// OpenedRating says that a clerk was shown what a person wrote.
type OpenedRating struct {
	Ticket hall.TicketID `json:"ticket"`
	Window hall.WindowID `json:"window,omitempty"`
	Clerk  hall.ClerkID  `json:"clerk"`
	AtMS   int64         `json:"at_ms"`
}

func (r Rating) usable() bool {
	return r.Rating != "" && len(r.Rating) <= nameMost && r.Edition > 0 && r.Hall != "" && r.Ticket != "" && r.AtMS > 0 &&
		r.Level >= VerySatisfied && r.Level <= VeryDissatisfied && (r.Proof == BySlip || r.Proof == ByNumber || r.Proof == ByDocument) &&
		len(r.Reasons) <= chosenMost && (!Negative(r.Level) || r.Due != "")
}

func (a AnsweredRating) usable() bool {
	return a.Answer != "" && len(a.Answer) <= nameMost && a.Ticket != "" && a.Rating != "" && a.Clerk != "" && a.AtMS > 0
}

func (c CheckedRating) usable() bool {
	return c.Check != "" && len(c.Check) <= nameMost && c.Answer != "" && c.Ticket != "" && c.Rating != "" && c.Clerk != "" && c.AtMS > 0
}

func (o OpenedRating) usable() bool { return o.Ticket != "" && o.Clerk != "" && o.AtMS > 0 }

// Heard is that there is a rating, as places that keep none of them hear it.
type Heard struct {
	Rating RatingID
	Proof  Proof
}

// Give is the wish of somebody to rate a visit. Seen is the ticket as it is known where they
// stand, nil where it is not; Alone tells that this place is cut off, so that it cannot know
// how a visit went on. Elsewhere are ratings that the hall has heard of. Due is the last day of a follow-up, should there be one.
type Give struct {
	Rating    RatingID
	Hall      hall.ID
	Ticket    hall.TicketID
	Seen      *hall.Ticket
	Alone     bool
	Elsewhere []Heard
	Level     int
	Reasons   []string
	Proof     Proof
	Due       hall.Date
	Language  string
	NowMS     int64
}

// Decide gives the fact to note; v is what is known here of the visit's ratings, nil for
// nothing. The remark is sealed into it afterwards. A rating that this place noted before is
// given again with the next edition and its first time; who has the slip may rate after
// somebody who had none. Refusals: RequestUnusable (args field),
// RatingEarly, RatingNone (args state), RatingLate (args days), RatedAlready.
func (g Give) Decide(v *Visit) (Rating, *event.Refusal) {
	if no := g.sound(); no != nil {
		return Rating{}, no
	}
	if no := g.over(); no != nil {
		return Rating{}, no
	}
	r := Rating{Rating: g.Rating, Edition: 1, Hall: g.Hall, Ticket: g.Ticket, Level: g.Level, Reasons: slices.Clone(g.Reasons), Proof: g.Proof, Language: "zh", AtMS: g.NowMS}
	if g.Language == "en" {
		r.Language = "en"
	}
	heard := g.Elsewhere
	if v != nil {
		for _, was := range v.Given() {
			if was.Rating.Rating == g.Rating {
				r.Edition, r.AtMS = was.Edition+1, was.AtMS
			}
			heard = append(heard[:len(heard):len(heard)], Heard{was.Rating.Rating, was.Proof})
		}
	}
	if slices.ContainsFunc(heard, func(h Heard) bool { return h.Rating != g.Rating && (h.Proof == BySlip || g.Proof != BySlip) }) {
		return Rating{}, event.RatedAlready
	}
	if Negative(g.Level) {
		r.Due = g.Due
	}
	return r, nil
}

// sound refuses what only a program can get wrong.
func (g Give) sound() *event.Refusal {
	field := ""
	switch {
	case g.Rating == "" || len(g.Rating) > nameMost:
		field = "rating"
	case g.Hall == "" || g.Ticket == "" || hall.IssueDate(g.Ticket) == "":
		field = "ticket"
	case g.Level < VerySatisfied || g.Level > VeryDissatisfied || Negative(g.Level) && g.Due == "":
		field = "level"
	case g.Proof != BySlip && g.Proof != ByNumber && g.Proof != ByDocument:
		field = "proof"
	}
	for i, reason := range g.Reasons {
		if !slices.Contains(Reasons(g.Level), reason) || slices.Contains(g.Reasons[:i], reason) {
			field = "reasons"
		}
	}
	if field != "" {
		return event.RequestUnusable.With("field", field)
	}
	return nil
}

// over refuses a visit that has not ended, that never was, or that is long ago. A place that
// is cut off, or has no word of a ticket, believes the slip: it was in the person's hand
// when they were served.
func (g Give) over() *event.Refusal {
	begin, err := hall.At(hall.IssueDate(g.Ticket), "04:00")
	if err != nil || g.NowMS > begin+(RateDays+1)*24*3_600_000 {
		return event.RatingLate.With("days", fmt.Sprint(RateDays))
	}
	known := g.Seen != nil && g.Seen.Known
	switch {
	case known && g.Seen.State == hall.Done:
	case g.Proof == BySlip && (g.Alone || !known):
	case g.Proof == ByDocument && !known: // the hub has the application that was taken then
	case !known:
		return event.TicketUnknown
	case g.Seen.Live():
		return event.RatingEarly.With("state", string(g.Seen.State))
	default:
		return event.RatingNone.With("state", string(g.Seen.State))
	}
	return nil
}

// Remark gives what somebody wrote as it may be sealed: cleaned as a question is.
func Remark(text string) string { return Clean(text) }

// noted checks what a clerk wrote. Refusals: FieldMissing (args field: note), RequestUnusable.
func noted(text string) *event.Refusal {
	switch {
	case text == "":
		return event.FieldMissing.With("field", "note")
	case utf8.RuneCountInString(text) > NoteMost:
		return event.RequestUnusable.With("field", "note")
	}
	return nil
}

// Seal puts a remark into the rating, under the key of this rating and bound to its place.
func (r *Rating) Seal(remark string, key sealed.Key, random io.Reader) (err error) {
	r.Remark, err = key.Seal(remark, random, string(KindRated), string(r.Ticket), string(r.Rating), "remark")
	return err
}

// Said gives the remark that Seal put in. Errors wrap sealed.ErrShut.
func (r Rating) Said(key sealed.Key) (string, error) {
	return key.Open(r.Remark, string(KindRated), string(r.Ticket), string(r.Rating), "remark")
}

// Seal puts a note into the answer, as Rating's.
func (a *AnsweredRating) Seal(note string, key sealed.Key, random io.Reader) (err error) {
	a.Note, err = key.Seal(note, random, string(KindAnswered), string(a.Ticket), a.Answer, "note")
	return err
}

// Said gives the note that Seal put in. Errors wrap sealed.ErrShut.
func (a AnsweredRating) Said(key sealed.Key) (string, error) {
	return key.Open(a.Note, string(KindAnswered), string(a.Ticket), a.Answer, "note")
}

// Seal puts a note into the check, as Rating's; it may be empty.
func (c *CheckedRating) Seal(note string, key sealed.Key, random io.Reader) (err error) {
	c.Note, err = key.Seal(note, random, string(KindChecked), string(c.Ticket), c.Check, "note")
	return err
}

// Said gives the note that Seal put in. Errors wrap sealed.ErrShut.
func (c CheckedRating) Said(key sealed.Key) (string, error) {
	return key.Open(c.Note, string(KindChecked), string(c.Ticket), c.Check, "note")
}
