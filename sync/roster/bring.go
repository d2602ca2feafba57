package roster

import (
	"context"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Outcome is what became of a line.
type Outcome string

// Outcomes of a line: Undone is one that the hub was not asked for, because it answers no more.
const (
	Booked  Outcome = "booked"
	There   Outcome = "already there"
	Refused Outcome = "refused"
	Undone  Outcome = "not done"
)

// Result is the outcome of a line; Words tells when the appointment is, or why there is none.
type Result struct {
	No      int
	Outcome Outcome
	Words   string
}

// Hub grants appointments. An error says that it does not answer.
type Hub interface {
	Book(ctx context.Context, b hall.Book) (wire.Grant, error)
}

// Bring asks a hub for the appointments of a list, one after the other, and tells the result of
// each line as it comes. A line that was brought before is not booked again.
func (d Desk) Bring(ctx context.Context, rows []Row, hub Hub, tell func(Result)) {
	var gone error
	for _, r := range rows {
		b, err := d.Wish(r)
		switch {
		case err != nil:
			tell(Result{r.No, Refused, err.Error()})
			continue
		case gone != nil:
			tell(Result{r.No, Undone, gone.Error()})
			continue
		}
		g, err := hub.Book(ctx, b)
		switch {
		case err != nil:
			gone = err
			tell(Result{r.No, Undone, err.Error()})
		case g.Refuse != nil:
			tell(Result{r.No, Refused, Why(g.Refuse)})
		default:
			tell(granted(r.No, b, g))
		}
	}
}

// granted holds a grant against the wish: of a line that came before it is what was booked then.
func granted(no int, b hall.Book, g wire.Grant) Result {
	f, err := ReadBooked(g.Event)
	if err != nil {
		return Result{no, Undone, err.Error() + ": look at the hub's log, and try again"}
	}
	when := fmt.Sprintf("%s %s %s", f.Date, hall.ClockOf(f.SlotMS), f.Service)
	switch {
	case !g.Known:
		return Result{no, Booked, when}
	case f.SlotMS != b.SlotMS || f.Service != b.Service:
		return Result{no, Refused, "its reference is booked at another time, " + when + ": give that one up at a kiosk or the centre, and this one a reference of its own"}
	}
	return Result{no, There, when}
}

// ReadBooked reads the event of an appointment.
func ReadBooked(body []byte) (f hall.Booked, err error) {
	e, err := event.Decode(body)
	if err == nil {
		e, err = e.Inner()
	}
	if err != nil {
		return f, fmt.Errorf("read the appointment: %w", err)
	}
	fact, err := hall.Read(e)
	if err != nil {
		return f, fmt.Errorf("read the appointment: %w", err)
	}
	f, is := fact.(hall.Booked)
	if !is {
		return f, fmt.Errorf("read the appointment: it is a %s", e.Kind)
	}
	return f, nil
}
