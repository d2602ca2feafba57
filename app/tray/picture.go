package tray

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // what scanners write beside JPEG

	"golang.org/x/image/draw"
)

// mostDots bounds what is drawn: an A3 page at 600 dots an inch has 70 million.
const mostDots = 100 << 20

// unread is the fault of a picture that nobody can draw: "type" where its head is none, or is of one too large.
func unread(content []byte) string {
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || c.Width < 1 || c.Height < 1 || int64(c.Width)*int64(c.Height) > mostDots {
		return "type"
	}
	return ""
}

// Preview gives a small picture of a file that was listed, as a JPEG of at most px dots a side. Refusals: as for Read.
func (t *Tray) Preview(name, mark string, px int) ([]byte, error) {
	t.drawing.Lock()
	defer t.drawing.Unlock()
	content, _, err := t.Read(name, mark)
	if err != nil {
		return nil, err
	}
	return Shrink(content, px)
}

// Shrink draws a picture anew, at most px dots a side, as a JPEG: a page never reads what came out of a
// scanner itself. It fails where the content is no JPEG or PNG, or is damaged.
func Shrink(content []byte, px int) ([]byte, error) {
	if fault := unread(content); fault != "" {
		return nil, fmt.Errorf("draw a scan: it is no picture that can be drawn")
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("draw a scan: %w", err)
	}
	size := img.Bounds().Size()
	if longest := max(size.X, size.Y); longest > px {
		size.X, size.Y = max(1, size.X*px/longest), max(1, size.Y*px/longest)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 82}); err != nil {
		return nil, fmt.Errorf("draw a scan: %w", err)
	}
	return b.Bytes(), nil
}
