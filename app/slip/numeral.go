package slip

import (
	_ "embed" // numerals.ttf
	"fmt"
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The number is printed as a picture, in one typeface on every printer; scaled
// printer characters have steps of a millimetre. The typeface is a part of Roboto
// Condensed Bold with the characters A-Z, 0-9 and '-', under the Apache License
// in numerals.LICENSE.
const (
	numeralWidth  = 536
	numeralHeight = 200
)

//go:embed numerals.ttf
var numeralsTTF []byte

var numeralFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(numeralsTTF) })

// numeral draws a number as large as the paper and numeralHeight allow, cropped
// to what is black.
func numeral(text string) (*image.Alpha, error) {
	f, err := numeralFont()
	if err != nil {
		return nil, fmt.Errorf("read numeral font: %w", err)
	}
	const trial = 100
	box, err := inkOf(f, trial, text)
	if err != nil {
		return nil, err
	}
	w, h := (box.Max.X - box.Min.X).Ceil(), (box.Max.Y - box.Min.Y).Ceil()
	if w <= 0 || h <= 0 {
		return nil, fmt.Errorf("draw number %q: nothing to see", text)
	}
	size := min(float64(trial*numeralWidth)/float64(w), float64(trial*numeralHeight)/float64(h))
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size numeral font: %w", err)
	}
	ink, _ := font.BoundString(face, text)
	out := image.NewAlpha(image.Rect(0, 0, min(paperDots, (ink.Max.X-ink.Min.X).Ceil()+1), (ink.Max.Y-ink.Min.Y).Ceil()+1))
	d := font.Drawer{Dst: out, Src: image.Opaque, Face: face, Dot: fixed.Point26_6{X: -ink.Min.X, Y: -ink.Min.Y}}
	d.DrawString(text)
	return out, face.Close()
}

func inkOf(f *opentype.Font, size float64, text string) (fixed.Rectangle26_6, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fixed.Rectangle26_6{}, fmt.Errorf("size numeral font: %w", err)
	}
	ink, _ := font.BoundString(face, text)
	return ink, face.Close()
}
