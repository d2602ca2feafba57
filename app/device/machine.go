package device

import (
	"image"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// machine obeys an ESC/POS stream: it keeps the modes, knows how long every
// command is, and puts text and pictures on a page. Commands that move no ink
// here (drawer, code pages, bar codes) are read to their end and passed over, so that
// what follows is not taken for text.
type machine struct {
	src  io.ByteReader
	page *page
	// reply answers GS r 1; asb hears of GS a; cut takes the paper. Each may be nil.
	reply func()
	asb   func(on bool)
	cut   func(img *image.Gray, text string)
	// words is the text on the page, in the order in which it was printed.
	words strings.Builder
	// err is the first error of src.
	err     error
	chinese bool
	text    style
	kanji   style
	pitch   int
	align   int
}

// defaultPitch is the line spacing after ESC @, in dots.
const defaultPitch = 30

func newMachine(src io.ByteReader, face *typeface) *machine {
	m := &machine{src: src, page: newPage(face)}
	m.reset()
	return m
}

func (m *machine) reset() {
	m.page.drop()
	m.chinese, m.pitch, m.align = false, defaultPitch, 0
	m.text = style{wide: 1, high: 1}
	m.kanji = m.text
}

// run obeys until the source fails and gives its error. It may be called again: a
// command in which the stream broke off is forgotten, modes and page are kept.
func (m *machine) run() error {
	m.err = nil
	for {
		c := m.next()
		if m.err != nil {
			return m.err
		}
		m.obey(c)
		if m.page.y >= maxSheet {
			m.tear()
		}
	}
}

func (m *machine) next() byte {
	if m.err != nil {
		return 0
	}
	c, err := m.src.ReadByte()
	if err != nil {
		m.err = err
		return 0
	}
	return c
}

// word reads a number of two bytes, low byte first.
func (m *machine) word() int {
	low := m.next()
	return int(low) | int(m.next())<<8
}

func (m *machine) skip(n int) {
	for ; n > 0 && m.err == nil; n-- {
		m.next()
	}
}

func (m *machine) obey(c byte) {
	switch c {
	case '\n':
		m.words.WriteByte('\n')
		m.page.end(m.align, m.pitch)
	case '\t':
		m.page.tab(m.pitch, m.align)
	case 0x10:
		m.dle()
	case 0x1b:
		m.esc()
	case 0x1c:
		m.fs()
	case 0x1d:
		m.gs()
	default:
		if c >= ' ' && c != 0x7f {
			m.character(c)
		}
	}
}

// character prints one character; in Chinese mode a byte from 0x81 on begins one
// of two or four bytes.
func (m *machine) character(c byte) {
	if c < 0x80 {
		m.words.WriteByte(c)
		m.page.put(rune(c), m.text, m.align, m.pitch)
		return
	}
	if !m.chinese || c == 0x80 || c == 0xff {
		m.page.put(unknownRune, m.text, m.align, m.pitch)
		return
	}
	code := []byte{c, m.next()}
	if code[1] >= '0' && code[1] <= '9' {
		code = append(code, m.next(), m.next())
	}
	if m.err != nil {
		return
	}
	r := unknownRune
	if out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(code); err == nil {
		for _, r = range string(out) {
			break
		}
	}
	m.words.WriteRune(r)
	m.page.put(wideRune(r), m.kanji, m.align, m.pitch)
}

// dle reads real-time commands, which were obeyed when they came in.
func (m *machine) dle() {
	switch m.next() {
	case 0x04, 0x05:
		m.next()
	case 0x14:
		if m.next() == 8 {
			m.skip(len(forget) - 3)
		} else {
			m.skip(2)
		}
	}
}

func (m *machine) esc() {
	switch c := m.next(); c {
	case '@':
		m.reset()
	case 'a':
		m.align = int(m.next() % 48)
	case 'E', 'G':
		on := m.next()&1 != 0
		m.text.bold, m.kanji.bold = on, on
	case '!':
		n := m.next()
		m.text.bold = n&0x08 != 0
		m.text.high, m.text.wide = 1+int(n>>4&1), 1+int(n>>5&1)
	case '3':
		m.pitch = int(m.next())
	case '2':
		m.pitch = defaultPitch
	case 'd':
		n := int(m.next())
		m.page.flush(m.align)
		m.page.feed(n * m.pitch)
	case 'J':
		n := int(m.next())
		m.page.flush(m.align)
		m.page.feed(n)
	case '$':
		m.page.moveTo(m.word())
	case '*':
		mode, n := m.next(), m.word()
		if mode == 32 || mode == 33 {
			n *= 3
		}
		m.skip(n)
	case ' ', '-', 'M', 'R', 't', 'V', '{', 'U', 'r', '=':
		m.next()
	case '\\':
		m.skip(2)
	case 'p':
		m.skip(3)
	case 'D':
		for m.next() != 0 && m.err == nil {
			continue
		}
	}
}

func (m *machine) fs() {
	switch m.next() {
	case '&':
		m.chinese = true
	case '.':
		m.chinese = false
	case '!':
		n := m.next()
		m.kanji.wide, m.kanji.high = 1+int(n>>2&1), 1+int(n>>3&1)
	case 'W':
		n := 1 + int(m.next()&1)
		m.kanji.wide, m.kanji.high = n, n
	case '-', 'C':
		m.next()
	case 'S':
		m.skip(2)
	case '(':
		m.next()
		m.skip(m.word())
	}
}

func (m *machine) gs() {
	switch m.next() {
	case '!':
		n := m.next()
		wide, high := 1+int(n>>4&7), 1+int(n&7)
		m.text.wide, m.text.high = wide, high
		m.kanji.wide, m.kanji.high = wide, high
	case 'B':
		on := m.next()&1 != 0
		m.text.reverse, m.kanji.reverse = on, on
	case 'V':
		m.knife()
	case 'v':
		if m.next() == '0' {
			m.picture()
		}
	case 'r':
		if m.next()%48 == 1 && m.reply != nil && m.err == nil {
			m.reply()
		}
	case 'a':
		n := m.next()
		if m.asb != nil && m.err == nil {
			m.asb(n&0x0f != 0)
		}
	case 'k':
		m.barcode()
	case '(':
		m.next()
		m.skip(m.word())
	case 'L', 'W', 'P', '$', '\\':
		m.skip(2)
	case 'h', 'w', 'H', 'f', 'b', 'I', '/':
		m.next()
	}
}

// knife obeys GS V: 0 and 1 cut here, 65 and 66 feed to the knife and n dots first.
func (m *machine) knife() {
	mode := m.next()
	n := 0
	if mode == 65 || mode == 66 {
		n = knifeGap + int(m.next())
	}
	if m.err != nil {
		return
	}
	m.page.flush(m.align)
	m.page.feed(n)
	m.tear()
}

func (m *machine) tear() {
	img := m.page.tear()
	if m.cut != nil {
		m.cut(img, m.words.String())
	}
	m.words.Reset()
}

// picture obeys GS v 0: a raster of eight dots a byte, doubled as the mode says.
func (m *machine) picture() {
	mode := m.next() % 48
	rowBytes, rows := m.word(), m.word()
	if m.err != nil {
		return
	}
	m.page.flush(m.align)
	wide, high := 1+int(mode&1), 1+int(mode>>1&1)
	row := make([]byte, rowBytes)
	for range rows {
		for i := range row {
			row[i] = m.next()
		}
		if m.err != nil {
			return
		}
		m.page.dots(row, wide, high, m.align)
		if m.page.y >= maxSheet {
			m.tear()
		}
	}
}

// barcode reads GS k to its end: this twin draws none.
func (m *machine) barcode() {
	if m.next() >= 65 {
		m.skip(int(m.next()))
		return
	}
	for m.next() != 0 && m.err == nil {
		continue
	}
}
