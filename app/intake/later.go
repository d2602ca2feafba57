package intake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Later is what is noted of an application after it was taken: KindSupplied (Materials,
// DueDate and AnswerBy as they are from then on), KindWithdrawn (by the citizen, Reason),
// KindOverdue (noted by the hub when the time for what is missing is over; Reason is the last day),
// KindOpened (a clerk has read what it says of the person, Reason says what for), and
// KindDocument (a document was printed, Reason is its number).
type Later struct {
	Application ApplicationID `json:"application"`
	Materials   []int         `json:"materials,omitempty"`
	DueDate     hall.Date     `json:"due_date,omitempty"`
	AnswerBy    hall.Date     `json:"answer_by,omitempty"`
	Reason      string        `json:"reason,omitempty"`
	Window      hall.WindowID `json:"window,omitempty"`
	Clerk       hall.ClerkID  `json:"clerk,omitempty"`
	AtMS        int64         `json:"at_ms"`
	Request     string        `json:"request,omitempty"`
}

// ReadLater decodes the fact of an event that is no KindTaken. Errors wrap ErrNotOurs.
func ReadLater(e event.Event) (l Later, err error) {
	if err := json.Unmarshal(e.Payload, &l); err != nil {
		return l, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if l.Application == "" || l.AtMS <= 0 {
		return l, fmt.Errorf("%w: %s lacks application or time", ErrNotOurs, e.ID)
	}
	return l, nil
}

// Purposes for which a clerk may open an application.
var Purposes = []string{"supply", "withdraw", "ask", "correct", "answer", "deliver"}

// Supply is the wish to note that materials were brought after an application was taken.
type Supply struct {
	Materials []int
	Window    hall.WindowID
	Clerk     hall.ClerkID
	Request   string
	NowMS     int64
}

// Decide gives the fact to note. The dates count from today: the promised one where the
// application is accepted by it, and the last day for what is still to follow. item may be
// nil where the guide is gone; then no day is promised.
//
// Refusals: CaseState (args state: withdrawn, lapsed, revoked, accepted) where nothing is
// to be brought, CaseLate (args by), FieldMissing (args field) where nothing was
// brought, RequestUnusable (args field) for a material that is not missing.
func (s Supply) Decide(c *Case, item *guide.Item, calendar *Calendar, today hall.Date) (Later, *event.Refusal) {
	if refusal := c.asks(); refusal != nil {
		return Later{}, refusal
	}
	if by := c.AnswerUntil(); by != "" && today > by {
		return Later{}, event.CaseLate.With("by", string(by))
	}
	if len(s.Materials) == 0 {
		return Later{}, event.FieldMissing.With("field", "materials")
	}
	l := Later{Application: c.Application, Window: s.Window, Clerk: s.Clerk, AtMS: s.NowMS, Request: s.Request}
	after := *c
	after.Supplied = map[int]int64{}
	for no, at := range c.Supplied {
		after.Supplied[no] = at
	}
	nos, _ := c.Lacking()
	for _, no := range s.Materials {
		if !slices.ContainsFunc(c.Owing(), func(n int) bool { return nos[n] == no }) || slices.Contains(l.Materials, no) {
			return Later{}, event.RequestUnusable.With("field", "materials."+strconv.Itoa(no))
		}
		l.Materials = append(l.Materials, no)
		after.Supplied[no] = s.NowMS
	}
	if calendar != nil {
		// The promise counts from the day of the acceptance and stays.
		if c.open() == Correction && after.open() != Correction && item != nil {
			l.DueDate = calendar.due(item, today)
		}
		// Who still has to bring something keeps the day that was told, unless it is now for another reason.
		if after.open() != c.open() {
			l.AnswerBy = calendar.answerBy(after.open(), today)
		}
	}
	return l, nil
}

// Withdraw decides that the citizen takes an application back. Refusal: CaseState.
func (c *Case) Withdraw(reason string, window hall.WindowID, clerk hall.ClerkID, request string, nowMS int64) (Later, *event.Refusal) {
	// Any time before the decision: what is decided is not taken back.
	switch s := c.Standing(); s {
	case Lodged, Correction, Accepted, AcceptedLater, Suspended:
	default:
		return Later{}, event.CaseState.With("state", string(s))
	}
	return Later{Application: c.Application, Reason: reason, Window: window, Clerk: clerk, AtMS: nowMS, Request: request}, nil
}

// EndOverdue decides that the time for what is missing is over: the day after the last one
// (行政许可法 has no second notice; 浙江 11 for what was to follow). Nothing is due where the day is not known.
func (c *Case) EndOverdue(today hall.Date, nowMS int64) (Later, bool) {
	by := c.AnswerUntil()
	return Later{Application: c.Application, Reason: string(by), AtMS: nowMS}, by != "" && today > by
}

// asks refuses where nothing is to be brought.
func (c *Case) asks() *event.Refusal {
	if !c.Asks() {
		return event.CaseState.With("state", string(c.Standing()))
	}
	return nil
}
