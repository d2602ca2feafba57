package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

// The program's sign, drawn here so that no picture has to be kept: a window with
// one slip in it, in the colours of the pages.
var (
	teal  = color.NRGBA{0x0d, 0x5c, 0x68, 0xff}
	paper = color.NRGBA{0xfa, 0xf9, 0xf6, 0xff}
	ink   = color.NRGBA{0xb8, 0x32, 0x1c, 0xff}
)

// drawIcon draws the sign with a side of so many pixels.
func drawIcon(side int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	shapes := []struct {
		x, y, w, h, r float64 // in 64ths of the side
		c             color.NRGBA
	}{
		{2, 2, 60, 60, 12, teal},
		{14, 12, 36, 40, 4, paper},
		{20, 19, 24, 9, 1.5, ink},
		{20, 33, 24, 3, 1.5, teal},
		{20, 40, 16, 3, 1.5, teal},
	}
	const fine = 4 // samples along each side of a pixel
	for y := range side {
		for x := range side {
			var r, g, b, a float64
			for s := range fine * fine {
				px := (float64(x) + (float64(s%fine)+0.5)/fine) * 64 / float64(side)
				py := (float64(y) + (float64(s/fine)+0.5)/fine) * 64 / float64(side)
				for i := len(shapes) - 1; i >= 0; i-- {
					if sh := shapes[i]; insideRounded(px-sh.x, py-sh.y, sh.w, sh.h, sh.r) {
						r, g, b, a = r+float64(sh.c.R), g+float64(sh.c.G), b+float64(sh.c.B), a+1
						break
					}
				}
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(math.Round(a * 255 / fine / fine))})
			}
		}
	}
	return img
}

// insideRounded tells whether a point lies in a rectangle with round corners.
func insideRounded(x, y, w, h, r float64) bool {
	if x < 0 || y < 0 || x > w || y > h {
		return false
	}
	dx := math.Max(math.Max(r-x, x-(w-r)), 0)
	dy := math.Max(math.Max(r-y, y-(h-r)), 0)
	return dx*dx+dy*dy <= r*r
}

func iconPNG(side int) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, drawIcon(side))
	return b.Bytes(), err
}

// iconSides are those that Windows chooses from.
var iconSides = []int{16, 24, 32, 48, 64, 256}

// iconImages gives the sign in all sizes as PNGs, which Windows takes in icons since Vista.
func iconImages() ([][]byte, error) {
	var out [][]byte
	for _, side := range iconSides {
		raw, err := iconPNG(side)
		if err != nil {
			return nil, fmt.Errorf("draw the icon: %w", err)
		}
		out = append(out, raw)
	}
	return out, nil
}

// iconEntry describes image i of an icon; the last field is its offset in a file
// (4 bytes) or its number among the resources (2 bytes).
func iconEntry(i, size int) []byte {
	side := uint8(iconSides[i]) // 256 is written as 0
	b := []byte{side, side, 0, 0}
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 32)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// writeICO writes the sign as a Windows icon file, for the installer.
func writeICO(path string) error {
	images, err := iconImages()
	if err != nil {
		return err
	}
	out := []byte{0, 0, 1, 0, byte(len(images)), 0}
	at := len(out) + 16*len(images)
	for i, raw := range images {
		out = binary.LittleEndian.AppendUint32(append(out, iconEntry(i, len(raw))...), uint32(at))
		at += len(raw)
	}
	for _, raw := range images {
		out = append(out, raw...)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, out, 0o644)
}
