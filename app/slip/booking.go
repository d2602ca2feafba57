package slip

import (
	"fmt"
	"time"
)

// Booking is what stands on the paper of an appointment; it names nobody.
type Booking struct {
	Language string
	// Code is what a kiosk reads at the check-in, Phone the digits that do the same; empty where
	// the person gave none.
	Code, Phone string
	// Card tells that their identity card does, too.
	Card       bool
	Hall, Area string
	Items      []string
	Floor      int
	Windows    string
	// Slot is when it is, From and Till when to check in, in the hall's time zone.
	Slot, From, Till time.Time
}

// Paper gives the ESC/POS bytes of the paper; pen is as in PaperBy. It fails when the code is
// missing or too long.
func (b Booking) Paper(pen Pen) ([]byte, error) {
	w := wordsOf(b.Language)
	j := newJob()
	j.pen = pen
	j.to(centre)
	paragraph(j, b.Hall, 1, true, columns)
	j.feed(10)
	j.rule(3)
	j.feed(20)
	j.line(w.appointment, 1, false)
	j.feed(16)
	j.line(w.day(b.Slot), 2, true)
	j.feed(12)
	j.line(b.Slot.Format("15:04"), 4, true)
	j.feed(24)
	paragraph(j, b.Area, 2, true, columns)
	j.feed(22)
	j.to(left)
	j.rule(1)
	j.feed(20)
	var where []cell
	if b.Floor != 0 {
		where = append(where, cell{w.floor, w.storey(b.Floor)})
	}
	if b.Windows != "" {
		where = append(where, cell{w.windows, b.Windows})
	}
	row(j, where)
	by := cell{w.lastDigits, b.Phone}
	if b.Phone == "" {
		by = cell{w.orBy, w.card}
	}
	row(j, []cell{{w.checkIn, w.span(b.From.Format("15:04"), b.Till.Format("15:04"))}, by})
	j.rule(1)
	itemList(j, w, Slip{Items: b.Items})
	if err := symbol(j, b.Code); err != nil {
		return nil, fmt.Errorf("print appointment: %w", err)
	}
	how := w.howToCheckIn
	if b.Card {
		how = w.howToCheckInByCard
	}
	paragraph(j, how, 1, true, columns-2*margin)
	j.cut()
	return j.b.Bytes(), nil
}
