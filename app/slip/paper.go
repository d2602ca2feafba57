package slip

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"onewindow/app/hall"
)

// Slip is everything that stands on a ticket's paper; nothing of it is personal.
// Names are in the ticket's language where there is one, else in Chinese.
type Slip struct {
	// Issued is the ticket as its event has it: number, class, language, people
	// ahead, minutes and the clock remark are printed from here.
	Issued hall.Issued
	// Code is the text that Sign gave for the event.
	Code string
	// Hall and Area are names; Items those of the items, in the ticket's order.
	Hall  string
	Area  string
	Items []string
	// Floor is where the windows are, 0 when there is nothing to say; Windows is
	// what stands above them, "B01-B20", or "".
	Floor   int
	Windows string
	// At is the moment of issue in the hall's time zone.
	At time.Time
	// Reprint counts from 1; 0 is the first print.
	Reprint int
	// OwnSeries tells that the kiosk was cut off and numbered the ticket itself.
	OwnSeries bool
	// Late tells that the hall may close before the ticket is called.
	Late bool
}

// Measures of the slip: a margin of 2 cells, values in two columns.
const (
	margin      = 2
	secondFrom  = 22
	largestCode = 6
	lineGap     = 6
)

// Paper gives the ESC/POS bytes of a slip for paper of 576 dots, from the reset to
// the cut. Text is in GB18030, number, rules and QR symbol are pictures (GS v 0), so
// that they look the same on every printer. The QR symbol has 6 dots a module, or
// fewer where a large one would not fit. It fails without a number, and when the
// code is missing or too long.
func Paper(s Slip) ([]byte, error) { return PaperBy(nil, s) }

// PaperBy is Paper with a pen for the characters that printers lack; nil for none.
func PaperBy(pen Pen, s Slip) ([]byte, error) {
	if s.Code == "" {
		return nil, errors.New("print slip: the code is missing")
	}
	w := wordsOf(s.Issued.Language)
	j := newJob()
	j.pen = pen
	j.to(centre)
	header(j, w, s)
	if err := hero(j, w, s); err != nil {
		return nil, fmt.Errorf("print slip: %w", err)
	}
	facts(j, w, s)
	itemList(j, w, s)
	if err := symbol(j, s.Code); err != nil {
		return nil, fmt.Errorf("print slip: %w", err)
	}
	footer(j, w, s)
	j.cut()
	return j.b.Bytes(), nil
}

func header(j *job, w *words, s Slip) {
	paragraph(j, s.Hall, 1, true, columns)
	j.feed(10)
	j.rule(3)
	if s.Reprint > 0 {
		j.feed(14)
		j.line("- "+w.reprint(s.Reprint)+" -", 1, true)
	}
}

// hero is the number and where to go with it.
func hero(j *job, w *words, s Slip) error {
	j.feed(20)
	label := w.number
	switch s.Issued.Class {
	case hall.Priority:
		label += " · " + w.priority
	case hall.Appointment:
		label += " · " + w.appointment
	}
	j.line(label, 1, false)
	j.feed(18)
	picture, err := numeral(string(s.Issued.Number))
	if err != nil {
		return err
	}
	j.mask(picture)
	j.feed(30)
	paragraph(j, s.Area, 2, true, columns)
	j.feed(22)
	return nil
}

// facts are four values under their labels, in two columns: where, and how long.
func facts(j *job, w *words, s Slip) {
	j.to(left)
	j.rule(1)
	j.feed(20)
	var where []cell
	if s.Floor != 0 {
		where = append(where, cell{w.floor, w.storey(s.Floor)})
	}
	if s.Windows != "" {
		where = append(where, cell{w.windows, s.Windows})
	}
	row(j, where)
	f := s.Issued
	ahead, wait := cell{w.ahead, w.unknown}, cell{w.wait, w.unknown}
	if f.Ahead >= 0 {
		ahead.value = w.people(f.Ahead)
	}
	if f.LowMinutes >= 0 && f.HighMinutes >= 0 {
		wait.value = w.minutes(f.LowMinutes, f.HighMinutes)
	}
	row(j, []cell{ahead, wait})
	j.rule(1)
}

// cell is a value under its label.
type cell struct{ label, value string }

func row(j *job, values []cell) {
	if len(values) == 0 {
		return
	}
	j.text(blanks(margin), 1, false)
	used := margin
	for i, v := range values {
		if i > 0 {
			j.text(blanks(secondFrom-used), 1, false)
		}
		j.text(v.label, 1, false)
		used += cells(v.label)
	}
	j.line("", 1, false)
	j.feed(6)
	j.text(blanks(margin), 1, false)
	used = margin
	for i, v := range values {
		if i > 0 {
			j.text(blanks(secondFrom-used), 1, false)
			used = secondFrom
		}
		end := secondFrom - 1
		if i == len(values)-1 {
			end = columns
		}
		scale := 2
		if used+2*cells(v.value) > end {
			scale = 1
		}
		j.text(v.value, scale, true)
		used += scale * cells(v.value)
	}
	j.line("", 1, false)
	j.feed(20)
}

func itemList(j *job, w *words, s Slip) {
	if len(s.Items) == 0 {
		return
	}
	j.feed(16)
	j.line(blanks(margin)+w.items, 1, false)
	for _, item := range s.Items {
		j.feed(12)
		for i, line := range even(item, columns-2*margin-2) {
			mark := "- "
			if i > 0 {
				mark = "  "
				j.feed(lineGap)
			}
			j.line(blanks(margin)+mark+line, 1, true)
		}
	}
}

// symbol prints the QR symbol with the largest whole module that fits.
func symbol(j *job, code string) error {
	modules, err := modulesOf(code)
	if err != nil {
		return err
	}
	dots := min(largestCode, paperDots/len(modules))
	side := dots * len(modules)
	j.to(centre)
	j.raster(side, side, func(x, y int) bool { return modules[y/dots][x/dots] })
	return nil
}

func footer(j *job, w *words, s Slip) {
	paragraph(j, w.keep, 1, true, columns-2*margin)
	j.feed(10)
	if s.Late {
		paragraph(j, w.late, 1, false, columns-2*margin)
		j.feed(10)
	}
	if s.OwnSeries {
		paragraph(j, w.ownSeries, 1, false, columns-2*margin)
		j.feed(10)
	}
	if s.Issued.ClockOff {
		paragraph(j, w.clockOff, 1, false, columns-2*margin)
		j.feed(10)
	}
	j.line(w.moment(s.At), 1, false)
}

// paragraph prints text in lines of at most width cells; larger text gets the
// normal size when it would take over two lines.
func paragraph(j *job, text string, scale int, bold bool, width int) {
	lines := even(text, width/scale)
	if scale > 1 && len(lines) > 2 {
		scale, lines = 1, even(text, width)
	}
	for i, line := range lines {
		if i > 0 {
			j.feed(lineGap)
		}
		j.line(line, scale, bold)
	}
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }
