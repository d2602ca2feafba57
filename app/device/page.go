package device

import (
	"image"
	"image/draw"
)

const (
	// paperWidth is 80 mm paper: 72 mm of print, 8 dots to a millimetre.
	paperWidth = 576
	halfCell   = 12
	fullCell   = 24
	cellHeight = 24
	// knifeGap is how far the knife is from the print head, in dots: the blank
	// head of every sheet, and what is fed before a cut.
	knifeGap = 64
	// maxSheet is the longest sheet, one metre; a longer one is torn off.
	maxSheet = 8000
)

// style is how characters are printed.
type style struct {
	wide, high    int
	bold, reverse bool
}

// mark is one character in the line that is not yet on paper.
type mark struct {
	x, width, height int
	ink              *image.Alpha
	reverse          bool
}

// page is paper under the print head: finished rows, and the line being filled.
type page struct {
	face *typeface
	pix  []uint8
	// y is the row under the head.
	y int
	// x is where the next character goes.
	x    int
	line []mark
}

func newPage(face *typeface) *page {
	p := &page{face: face}
	p.feed(knifeGap)
	return p
}

// feed moves the paper.
func (p *page) feed(rows int) {
	p.y = min(p.y+rows, maxSheet)
	for len(p.pix) < p.y*paperWidth {
		p.pix = append(p.pix, white[:]...)
	}
}

var white = func() (row [paperWidth]uint8) {
	for i := range row {
		row[i] = 0xff
	}
	return row
}()

// drop forgets the line that is being filled.
func (p *page) drop() { p.line, p.x = nil, 0 }

// put adds a character; when the line is full it is printed first.
func (p *page) put(r rune, s style, align, pitch int) {
	width := halfCell
	if r >= 0x80 && r != unknownRune {
		width = fullCell
	}
	width *= s.wide
	if p.x+width > paperWidth {
		p.end(align, pitch)
	}
	p.line = append(p.line, mark{x: p.x, width: width, height: cellHeight * s.high, ink: p.face.ink(r, s), reverse: s.reverse})
	p.x += width
}

func (p *page) tab(pitch, align int) {
	const stop = 8 * halfCell
	if p.x = (p.x/stop + 1) * stop; p.x >= paperWidth {
		p.end(align, pitch)
	}
}

func (p *page) moveTo(x int) { p.x = min(x, paperWidth) }

// end prints the line and moves on by the line spacing, or by its height if larger.
func (p *page) end(align, pitch int) {
	from := p.y
	p.flush(align)
	p.feed(max(0, from+pitch-p.y))
}

// flush prints what is in the line, if anything; characters stand on one base.
func (p *page) flush(align int) {
	line, width, height := p.line, 0, 0
	p.drop()
	for _, m := range line {
		width, height = max(width, m.x+m.width), max(height, m.height)
	}
	if len(line) == 0 {
		return
	}
	top, shift := p.y, offset(align, width)
	p.feed(height)
	for _, m := range line {
		cell := image.Rect(shift+m.x, top+height-m.height, shift+m.x+m.width, top+height)
		p.draw(cell, m)
	}
}

func (p *page) draw(cell image.Rectangle, m mark) {
	img := &image.Gray{Pix: p.pix, Stride: paperWidth, Rect: image.Rect(0, 0, paperWidth, len(p.pix)/paperWidth)}
	ink := image.Image(image.Black)
	if m.reverse {
		draw.Draw(img, cell, image.Black, image.Point{}, draw.Src)
		ink = image.White
	}
	if m.ink != nil {
		draw.DrawMask(img, cell, ink, image.Point{}, m.ink, image.Point{}, draw.Over)
	}
}

// dots prints one row of a picture, each dot wide x high.
func (p *page) dots(row []byte, wide, high, align int) {
	from, top := offset(align, len(row)*8*wide), p.y
	p.feed(high)
	for i, b := range row {
		for bit := 0; b != 0 && bit < 8; bit++ {
			if b&(0x80>>bit) == 0 {
				continue
			}
			for x := from + (i*8+bit)*wide; x < from+(i*8+bit+1)*wide && x < paperWidth; x++ {
				for y := top; y < p.y; y++ {
					p.pix[y*paperWidth+x] = 0
				}
			}
		}
	}
}

// offset gives where something of a width begins: left, centred or right.
func offset(align, width int) int {
	switch align {
	case 1:
		return max(0, (paperWidth-width)/2)
	case 2:
		return max(0, paperWidth-width)
	}
	return 0
}

// tear gives the paper above the head and begins a new sheet, whose head is the
// paper between head and knife.
func (p *page) tear() *image.Gray {
	img := &image.Gray{Pix: p.pix, Stride: paperWidth, Rect: image.Rect(0, 0, paperWidth, len(p.pix)/paperWidth)}
	p.pix, p.y = nil, 0
	p.feed(knifeGap)
	return img
}
