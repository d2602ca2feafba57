package slip

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"

	"github.com/skip2/go-qrcode"
)

// quietModules is the white border that readers need on each side.
const quietModules = 4

// modulesOf gives the symbol of a text at level M with its quiet zone, true for black.
func modulesOf(text string) ([][]bool, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make QR symbol: %w", err)
	}
	return code.Bitmap(), nil
}

// QR draws a text as a QR symbol of level M with modules of modulePx x modulePx
// pixels and a quiet zone of four modules, black on white. It fails when modulePx
// is below 1 or the text is longer than a symbol holds.
func QR(text string, modulePx int) (image.Image, error) {
	if modulePx < 1 {
		return nil, fmt.Errorf("draw QR symbol: module of %d pixels", modulePx)
	}
	modules, err := modulesOf(text)
	if err != nil {
		return nil, err
	}
	return drawModules(modules, modulePx), nil
}

func drawModules(modules [][]bool, px int) *image.Paletted {
	side := len(modules) * px
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y, line := range modules {
		rows := img.Pix[y*px*img.Stride : (y+1)*px*img.Stride]
		for x, black := range line {
			if black {
				for i := range px {
					rows[x*px+i] = 1
				}
			}
		}
		for i := 1; i < px; i++ {
			copy(rows[i*img.Stride:], rows[:img.Stride])
		}
	}
	return img
}

// buffers keeps what the encoder works with: a hundred times a picture's own size.
var buffers encoders

type encoders struct{ sync.Pool }

// Get and Put serve png.EncoderBufferPool.
func (p *encoders) Get() *png.EncoderBuffer {
	b, _ := p.Pool.Get().(*png.EncoderBuffer)
	return b
}

// Put keeps a buffer for the next picture.
func (p *encoders) Put(b *png.EncoderBuffer) { p.Pool.Put(b) }

// PNG gives the QR symbol of a text as a PNG file of at least minPx x minPx pixels:
// the smallest whole number of pixels per module that reaches it, so that no
// module is blurred.
func PNG(text string, minPx int) ([]byte, error) {
	modules, err := modulesOf(text)
	if err != nil {
		return nil, err
	}
	px := max(1, (minPx+len(modules)-1)/len(modules))
	var out bytes.Buffer
	// The page shows it at once and forgets it: speed matters, size does not.
	encoder := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers}
	if err := encoder.Encode(&out, drawModules(modules, px)); err != nil {
		return nil, fmt.Errorf("write QR picture: %w", err)
	}
	return out.Bytes(), nil
}
