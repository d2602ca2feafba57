package device

import (
	"image"
	"sync"
)

// Pen draws characters as a printer would, with a Chinese font of this machine, for
// those that printers lack. The font is looked for at the first one: most kiosks never
// print any. It may be used by several goroutines.
type Pen struct {
	mu   sync.Mutex
	face *typeface
}

// Ink draws a character in its cell of 12 x 24 dots, 24 x 24 from U+0080 on, times scale;
// nil for a blank. It is false where no font has the character.
func (p *Pen) Ink(r rune, scale int, bold bool) (*image.Alpha, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.face == nil {
		p.face = openTypeface()
	}
	s := style{wide: scale, high: scale, bold: bold}
	if !p.face.has(r, s) {
		return nil, false
	}
	return p.face.ink(r, s), true
}
