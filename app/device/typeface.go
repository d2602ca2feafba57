package device

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// unknownRune stands for bytes that are no character in the mode at hand; it is
// printed as a box, as wide as a Latin character.
const unknownRune = rune(0x7f)

// wideRune keeps a character that came as a Chinese code in a Chinese cell.
func wideRune(r rune) rune {
	if r < 0x80 {
		return 0xfffd
	}
	return r
}

// fontFiles are where Chinese fonts are looked for, the regular and the bold one.
// The first pair comes with Debian's package fonts-noto-cjk.
var fontFiles = [][2]string{
	{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"},
	{"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc"},
	{`C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\msyhbd.ttc`},
	{`C:\Windows\Fonts\simsun.ttc`, `C:\Windows\Fonts\simsunb.ttf`},
}

// families are the fonts of a collection by preference: in the first, Latin
// characters are exactly half as wide as Chinese ones, as in a printer.
var families = []string{"Noto Sans Mono CJK SC", "Noto Sans CJK SC", "Microsoft YaHei", "SimSun"}

// typeface draws characters as a printer would, one per cell. It is used by one
// goroutine at a time.
type typeface struct {
	missing       string
	regular, bold *sfnt.Font
	files         []*os.File
	faces         map[faceKey]font.Face
	inks          map[inkKey]*image.Alpha
}

// faceKey: em is the size in 64ths of a dot.
type faceKey struct {
	bold bool
	em   int
}

// Where characters stand in a cell, in hundredths of its height. The body of the
// Noto fonts reaches 88 above the base line and 12 below it, but the tails of Latin
// letters reach further; like a printer's, they are drawn smaller and stay inside.
const (
	chineseBase = 88
	latinBase   = 81
	latinPart   = 92
)

type inkKey struct {
	r          rune
	wide, high int
	bold       bool
}

// openTypeface finds a Chinese font on this machine.
func openTypeface() *typeface { return openTypefaceFrom(fontFiles) }

func openTypefaceFrom(pairs [][2]string) *typeface {
	t := &typeface{faces: map[faceKey]font.Face{}, inks: map[inkKey]*image.Alpha{}}
	var tried []string
	for _, pair := range pairs {
		f, err := t.load(pair[0])
		if err != nil {
			tried = append(tried, filepath.Base(pair[0])+": "+err.Error())
			continue
		}
		t.regular, t.bold = f, f
		if b, err := t.load(pair[1]); err == nil {
			t.bold = b
		}
		return t
	}
	t.missing = "no Chinese font is on this machine, so the virtual printer prints boxes for text; install fonts-noto-cjk (" +
		strings.Join(tried, "; ") + ")"
	return t
}

// load opens one font file or the preferred font of a collection.
func (t *typeface) load(path string) (*sfnt.Font, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open font: %w", err)
	}
	collection, err := sfnt.ParseCollectionReaderAt(file)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("read font: %w", err)
	}
	var best *sfnt.Font
	rank := len(families)
	for i := range collection.NumFonts() {
		f, err := collection.Font(i)
		if err != nil {
			continue
		}
		name, err := f.Name(nil, sfnt.NameIDFamily)
		if err != nil {
			continue
		}
		for j, want := range families {
			// Bold fonts may have their weight in the family name.
			if j < rank && strings.HasPrefix(name, want) {
				best, rank = f, j
			}
		}
		if best == nil {
			best = f
		}
	}
	if best == nil {
		_ = file.Close()
		return nil, fmt.Errorf("read font: no usable font in %s", path)
	}
	t.files = append(t.files, file)
	return best, nil
}

func (t *typeface) close() {
	for _, f := range t.files {
		_ = f.Close()
	}
	t.files = nil
}

// ink draws a character in its cell of 12 x 24 or 24 x 24 dots times the style's
// size; nil for a blank.
func (t *typeface) ink(r rune, s style) *image.Alpha {
	if r == ' ' || r == 0x3000 {
		return nil
	}
	key := inkKey{r, s.wide, s.high, s.bold}
	if ink, ok := t.inks[key]; ok {
		return ink
	}
	if len(t.inks) > 4096 {
		clear(t.inks)
	}
	width := halfCell
	if r >= 0x80 {
		width = fullCell
	}
	ink := t.cell(r, width, s)
	t.inks[key] = ink
	return ink
}

func (t *typeface) cell(r rune, width int, s style) *image.Alpha {
	size := max(s.wide, s.high)
	square := image.NewAlpha(image.Rect(0, 0, width*size, cellHeight*size))
	if !t.glyph(square, r, size, s.bold) {
		box(square, size)
	}
	if s.wide == s.high {
		return square
	}
	out := image.NewAlpha(image.Rect(0, 0, width*s.wide, cellHeight*s.high))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), square, square.Bounds(), draw.Src, nil)
	return out
}

// has tells whether the font has a character; a blank needs none.
func (t *typeface) has(r rune, s style) bool {
	f := t.regular
	if s.bold {
		f = t.bold
	}
	if f == nil || r == unknownRune {
		return false
	}
	i, err := f.GlyphIndex(nil, r)
	return err == nil && i != 0
}

// glyph draws the font's glyph in the middle of the cell; false when there is none.
func (t *typeface) glyph(dst *image.Alpha, r rune, size int, bold bool) bool {
	f := t.regular
	if bold {
		f = t.bold
	}
	if !t.has(r, style{bold: bold}) {
		return false
	}
	em, base := fullCell*size*64, chineseBase
	if dst.Bounds().Dx() < fullCell*size {
		em, base = em*latinPart/100, latinBase
	}
	face, err := t.face(f, faceKey{bold, em})
	if err != nil {
		return false
	}
	advance, ok := face.GlyphAdvance(r)
	if !ok {
		return false
	}
	dot := fixed.Point26_6{X: (fixed.I(dst.Bounds().Dx()) - advance) / 2, Y: fixed.Int26_6(cellHeight * size * 64 * base / 100)}
	where, mask, from, _, ok := face.Glyph(dot, r)
	if !ok {
		return false
	}
	draw.DrawMask(dst, where, image.Opaque, image.Point{}, mask, from, draw.Over)
	return true
}

func (t *typeface) face(f *sfnt.Font, key faceKey) (font.Face, error) {
	if face, ok := t.faces[key]; ok {
		return face, nil
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(key.em) / 64, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size font: %w", err)
	}
	t.faces[key] = face
	return face, nil
}

// box draws what a printer shows for a character that it has not.
func box(dst *image.Alpha, size int) {
	r := dst.Bounds().Inset(2 * size)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if x < r.Min.X+size || x >= r.Max.X-size || y < r.Min.Y+size || y >= r.Max.Y-size {
				dst.SetAlpha(x, y, color.Alpha{A: 0xff})
			}
		}
	}
}
