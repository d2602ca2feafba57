package apptest

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// ReadCode reads the QR symbol on a picture with a decoder that is not ours. Like
// a scanner in a hand it looks more than once: at the whole slip and at its lower
// parts, as it is, a quarter turned, and from further away. (The decoder is easily
// led astray by a square pattern in the data; it sees another one at each look.)
func ReadCode(img image.Image) (string, error) {
	var err error
	for _, from := range []int{0, 4, 2} {
		for _, look := range []func(image.Image) image.Image{same, turned, halved} {
			var bitmap *gozxing.BinaryBitmap
			if bitmap, err = gozxing.NewBinaryBitmapFromImage(look(lower(img, from))); err != nil {
				return "", err
			}
			var result *gozxing.Result
			result, err = qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
			if err == nil {
				return result.GetText(), nil
			}
		}
	}
	return "", err
}

// lower gives the part of a picture below one nth of its height; all of it for 0.
func lower(img image.Image, nth int) image.Image {
	b := img.Bounds()
	if nth > 0 {
		b.Min.Y += b.Dy() / nth
	}
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Src)
	return out
}

func same(img image.Image) image.Image { return img }

func turned(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(b.Dy()-1-y, x, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

func halved(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for y := range b.Dy() / 2 {
		for x := range b.Dx() / 2 {
			sum := 0
			for _, d := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				sum += int(color.GrayModel.Convert(img.At(b.Min.X+2*x+d.X, b.Min.Y+2*y+d.Y)).(color.Gray).Y)
			}
			out.SetGray(x, y, color.Gray{Y: uint8(sum / 4)})
		}
	}
	return out
}
