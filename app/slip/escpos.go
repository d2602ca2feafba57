package slip

import (
	"bytes"
	"image"
	"image/draw"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Dots of the paper: 80 mm paper has 576 dots of 1/8 mm, a Chinese cell is 24 x 24
// and a Latin cell 12 x 24.
const (
	paperDots = 576
	cellDots  = 12
	lineDots  = 24
	// columns is how many Latin cells a line holds at normal size.
	columns = paperDots / cellDots
)

// alignment is the argument of ESC a.
type alignment byte

const (
	left   alignment = 0
	centre alignment = 1
)

// job collects ESC/POS bytes. It uses only commands that the printers of many
// makers share; sizes and modes are written when they change.
type job struct {
	b     bytes.Buffer
	pen   Pen
	scale int
	bold  bool
	align alignment
}

// newJob begins with a reset, so that nothing of a job before it remains, no
// status messages unasked for, and Chinese mode.
func newJob() *job {
	j := &job{scale: 1}
	j.b.Write([]byte{0x1b, '@', 0x1d, 'a', 0, 0x1c, '&', 0x1b, '3', lineDots})
	return j
}

// text prints s at 1 to 8 times the normal size, without ending the line.
func (j *job) text(s string, scale int, bold bool) {
	if scale != j.scale {
		j.b.Write([]byte{0x1d, '!', byte((scale-1)<<4 | (scale - 1))})
		// Some makers want the size of Chinese characters told apart; it knows
		// only once and twice.
		kanji := byte(0)
		if scale > 1 {
			kanji = 0x0c
		}
		if scale <= 2 {
			j.b.Write([]byte{0x1c, '!', kanji})
		}
		j.scale = scale
	}
	if bold != j.bold {
		j.b.Write([]byte{0x1b, 'E', flag(bold)})
		j.bold = bold
	}
	j.b.Write(gb18030(s))
}

// line prints s and ends the line. A line with a character that the printer may not
// have is printed as a picture.
func (j *job) line(s string, scale int, bold bool) {
	if strings.ContainsFunc(s, rare) && j.drawn(s, scale, bold) {
		return
	}
	j.text(s, scale, bold)
	j.b.WriteByte('\n')
}

// Pen draws one character in its cell of 12 x 24 dots, 24 x 24 from U+0080 on, times
// scale; nil for a blank. It is false for a character that it has not.
type Pen func(r rune, scale int, bold bool) (*image.Alpha, bool)

// rare tells whether a character has four bytes in GB18030: printers have the
// characters of two bytes, and often no others, and print a box or nothing.
func rare(r rune) bool { return r >= 0x80 && len(gb18030(string(r))) == 4 }

// drawn prints a line as a picture; false when the pen lacks one of its characters, and
// then the printer does what it can.
func (j *job) drawn(s string, scale int, bold bool) bool {
	if j.pen == nil {
		return false
	}
	line := image.NewAlpha(image.Rect(0, 0, min(cells(s)*cellDots*scale, paperDots), lineDots*scale))
	x := 0
	for _, r := range s {
		ink, ok := j.pen(r, scale, bold)
		if !ok {
			return false
		}
		if ink != nil {
			draw.Draw(line, ink.Bounds().Sub(ink.Bounds().Min).Add(image.Pt(x, 0)), ink, ink.Bounds().Min, draw.Over)
		}
		x += cells(string(r)) * cellDots * scale
	}
	j.mask(line)
	return true
}

func (j *job) to(a alignment) {
	if a != j.align {
		j.b.Write([]byte{0x1b, 'a', byte(a)})
		j.align = a
	}
}

// feed moves the paper by dots; it must stand at the beginning of a line.
func (j *job) feed(dots int) {
	for ; dots > 0; dots -= 255 {
		j.b.Write([]byte{0x1b, 'J', byte(min(dots, 255))})
	}
}

// cut feeds the paper to the knife and cuts it, all but a point.
func (j *job) cut() { j.b.Write([]byte{0x1d, 'V', 66, 24}) }

// rule prints a line across the whole paper.
func (j *job) rule(dots int) {
	j.raster(paperDots, dots, func(x, y int) bool { return true })
}

// raster prints a picture with GS v 0. Its bytes never look like one of the
// commands (DLE EOT, DLE ENQ, DLE DC4) that printers obey even inside pictures.
func (j *job) raster(width, height int, black func(x, y int) bool) {
	rowBytes := (width + 7) / 8
	j.b.Write([]byte{0x1d, 'v', '0', 0, byte(rowBytes), byte(rowBytes >> 8), byte(height), byte(height >> 8)})
	pix := make([]byte, rowBytes*height)
	for y := range height {
		for x := range width {
			if black(x, y) {
				pix[y*rowBytes+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	for i := 1; i < len(pix); i++ {
		if pix[i-1] == 0x10 && (pix[i] == 0x04 || pix[i] == 0x05 || pix[i] == 0x14) {
			pix[i-1] |= 0x08
		}
	}
	j.b.Write(pix)
}

// mask prints a picture of coverage: black from half on.
func (j *job) mask(m *image.Alpha) {
	b := m.Bounds()
	j.raster(b.Dx(), b.Dy(), func(x, y int) bool { return m.AlphaAt(b.Min.X+x, b.Min.Y+y).A >= 0x80 })
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// gb18030 encodes text for the printer. Control characters, which the printer
// would obey, become spaces: names come from files.
func gb18030(s string) []byte {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		// GB18030 has a code for every character of valid UTF-8.
		panic("encode GB18030: " + err.Error())
	}
	return b
}

// cells gives the width of text in Latin cells: two for what GB18030 encodes in
// two or four bytes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x80 {
			n++
		}
	}
	return n
}

// noLineStart are marks that must not begin a line, noLineEnd those that must not end one.
const (
	noLineStart = "、，。；：！？）》」』】〉”’,.;:!?)]}%·"
	noLineEnd   = "（《「『【〈“‘([{"
)

// wrap breaks text into lines of at most width cells: between words, and between
// Chinese characters, but not in front of a closing mark. A single word longer
// than a line is broken where the line ends.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	end := func() {
		if t := strings.TrimRight(line, " "); t != "" {
			lines = append(lines, t)
		}
		line, used = "", 0
	}
	for _, piece := range pieces(s) {
		n := cells(piece)
		if used+n > width && strings.TrimSpace(piece) != "" {
			end()
		}
		if used == 0 {
			piece = strings.TrimLeft(piece, " ")
			n = cells(piece)
		}
		for n > width {
			cut := 0
			for i, r := range piece {
				if used+cells(string(r)) > width {
					break
				}
				used += cells(string(r))
				cut = i + len(string(r))
			}
			line = piece[:cut]
			end()
			piece = piece[cut:]
			n = cells(piece)
		}
		line += piece
		used += n
	}
	end()
	return lines
}

// even is wrap with lines of about the same length: as narrow as the same number
// of lines allows, so that no single character is left for the last one.
func even(s string, width int) []string {
	lines := wrap(s, width)
	for width > 2 {
		narrower := wrap(s, width-1)
		if len(narrower) != len(lines) {
			break
		}
		lines, width = narrower, width-1
	}
	return lines
}

// pieces cuts text into what must stay on one line: words, spaces, Chinese
// characters with the closing marks behind and the opening marks before them.
func pieces(s string) []string {
	var out []string
	before := ' '
	for _, r := range s {
		glued := strings.ContainsRune(noLineStart, r) || strings.ContainsRune(noLineEnd, before) || latin(r) && latin(before)
		if len(out) > 0 && glued && before != ' ' && r != ' ' {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		before = r
	}
	return out
}

func latin(r rune) bool { return r > ' ' && r < 0x80 && !strings.ContainsRune(noLineEnd, r) }
