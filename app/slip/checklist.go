package slip

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onewindow/app/guide"
)

// Checklist is what somebody takes home of an item: what to bring, where and when. It tells
// nothing of the person but what they ticked.
type Checklist struct {
	Language string
	// Hall and Item are names in the language.
	Hall, Item string
	Lines      []guide.Line
	// Have are the numbers of the materials that the person has with them.
	Have []int
	// Sets are the names of the shared data sets by their ids.
	Sets map[string]string
	// Floor is 0 and Windows "" where this hall does not take the item.
	Floor                 int
	Windows, Hours, Phone string
	At                    time.Time
}

// ChecklistMost is how many bytes of text a checklist's code has at most: a symbol of 113
// modules with its quiet zone, which is 1 mm a module at the size that the pages show. A
// phone reads half of that from a hand's length.
const ChecklistMost = 779

// Marks of a material: in GB2312, so that every printer has them.
const (
	ticked   = "√"
	unticked = "□"
)

// listed are the duties in the order of a list; what only others need is on none.
var listed = []guide.Duty{guide.Bring, guide.Follow, guide.OnlyIf, guide.Shared}

func (c Checklist) with(d guide.Duty) (out []guide.Line) {
	for _, l := range c.Lines {
		if l.Duty == d {
			out = append(out, l)
		}
	}
	return out
}

func (c Checklist) mark(l guide.Line) string {
	if slices.Contains(c.Have, l.No) {
		return ticked
	}
	return unticked
}

// more is what stands behind a name: how many, and what the catalogue says of it; of what
// nobody brings, who has it.
func (c Checklist) more(w *words, l guide.Line, notes bool) []string {
	if l.Duty == guide.Shared {
		return []string{c.Sets[l.WaivedBy]}
	}
	out := w.pieces(l.Form, l.Originals, l.Copies)
	if l.Note != "" && (notes || l.Duty == guide.OnlyIf) {
		out = append(out, l.Note)
	}
	return out
}

func (c Checklist) where(w *words) string {
	if c.Windows == "" {
		return ""
	}
	return fmt.Sprintf("%s %s %s", w.floorNamed(c.Floor), w.windows, c.Windows)
}

// Text is the list for a phone: plain text of at most ChecklistMost bytes. Where there is
// no room for all, first the remarks go, then the last lines, and it says how many.
func (c Checklist) Text() string {
	for _, notes := range []bool{true, false} {
		if text := c.text(notes, len(c.Lines)); len(text) <= ChecklistMost {
			return text
		}
	}
	lines := len(c.Lines)
	for lines > 0 && len(c.text(false, lines)) > ChecklistMost {
		lines--
	}
	return cutText(c.text(false, lines), ChecklistMost)
}

func (c Checklist) text(notes bool, most int) string {
	w := wordsOf(c.Language)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", w.checklist, c.Item)
	said, left := 0, 0
	for _, d := range listed {
		head := fmt.Sprintf(w.heading, w.duties[d]) + "\n"
		for _, l := range c.with(d) {
			if said == most {
				left++
				continue
			}
			said++
			b.WriteString(head)
			head = ""
			mark := ""
			if d != guide.Shared {
				mark = c.mark(l)
			}
			b.WriteString(mark + l.Name)
			if more := c.more(w, l, notes); len(more) > 0 {
				b.WriteString(" (" + strings.Join(more, w.comma) + ")")
			}
			b.WriteByte('\n')
		}
	}
	if left > 0 {
		b.WriteString(w.onPaper(left) + "\n")
	}
	for _, s := range []string{c.Hall + " " + c.where(w), c.Hours, w.phone + " " + c.Phone} {
		if s = strings.TrimSpace(s); s != "" {
			b.WriteString(s + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cutText keeps whole characters.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	const dots = "…"
	end := 0
	for i := range s {
		if i > most-len(dots) {
			break
		}
		end = i
	}
	return s[:end] + dots
}

// Paper gives the ESC/POS bytes of the list; pen is as in PaperBy.
func (c Checklist) Paper(pen Pen) []byte {
	w := wordsOf(c.Language)
	j := newJob()
	j.pen = pen
	j.to(centre)
	paragraph(j, c.Hall, 1, true, columns)
	j.feed(10)
	j.rule(3)
	j.feed(20)
	j.line(w.checklist, 2, true)
	j.feed(16)
	paragraph(j, c.Item, 1, true, columns-2*margin)
	j.to(left)
	for _, d := range listed {
		lines := c.with(d)
		if len(lines) == 0 {
			continue
		}
		j.feed(20)
		j.rule(1)
		j.feed(14)
		j.line(blanks(margin)+w.duties[d], 1, false)
		for _, l := range lines {
			c.entry(j, w, l)
		}
	}
	j.feed(20)
	j.rule(1)
	for _, s := range []string{c.where(w), c.Hours, strings.TrimSpace(w.phone + " " + c.Phone)} {
		if s == "" {
			continue
		}
		j.feed(14)
		indented(j, s, "", true)
	}
	j.feed(24)
	j.to(centre)
	paragraph(j, w.noTicket, 1, true, columns-2*margin)
	j.feed(10)
	j.line(w.moment(c.At), 1, false)
	j.cut()
	return j.b.Bytes()
}

func (c Checklist) entry(j *job, w *words, l guide.Line) {
	mark := "- "
	if l.Duty != guide.Shared {
		mark = c.mark(l) + " "
	}
	j.feed(14)
	indented(j, l.Name, mark, true)
	if more := c.more(w, l, true); len(more) > 0 {
		j.feed(lineGap)
		indented(j, strings.Join(more, w.comma), blanks(cells(mark)), false)
	}
}

// indented prints text in lines behind a mark.
func indented(j *job, text, mark string, bold bool) {
	for i, line := range even(text, columns-2*margin-cells(mark)) {
		if i > 0 {
			mark = blanks(cells(mark))
			j.feed(lineGap)
		}
		j.line(blanks(margin)+mark+line, 1, bold)
	}
}
