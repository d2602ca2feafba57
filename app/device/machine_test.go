package device

import (
	"bytes"
	"errors"
	"image"
	"io"
	"slices"
	"strings"
	"testing"
)

// render prints a stream and gives the sheets cut.
func render(t testing.TB, face *typeface, stream string) []*image.Gray {
	t.Helper()
	var sheets []*image.Gray
	m := newMachine(strings.NewReader(stream), face)
	m.cut = func(img *image.Gray, _ string) { sheets = append(sheets, img) }
	if err := m.run(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return sheets
}

func one(t testing.TB, face *typeface, stream string) *image.Gray {
	t.Helper()
	sheets := render(t, face, stream+"\x1dV\x00")
	if len(sheets) != 1 {
		t.Fatalf("%q gives %d sheets", stream, len(sheets))
	}
	return sheets[0]
}

// ink gives the box around everything that is not white.
func ink(img *image.Gray) image.Rectangle {
	var box image.Rectangle
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.Pix[y*img.Stride+x] < 0x80 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func chineseFont(t testing.TB) *typeface {
	t.Helper()
	face := openTypeface()
	t.Cleanup(face.close)
	if face.missing != "" {
		t.Fatal(face.missing)
	}
	return face
}

// TestCommandsWithoutInk puts every command that moves no ink before an X: exactly
// the X must be printed, so every command is read to its end and no further.
func TestCommandsWithoutInk(t *testing.T) {
	face := chineseFont(t)
	want := one(t, face, "X\n")
	for _, c := range []string{
		"\x1b@", "\x1ba\x00", "\x1ba0", "\x1bE\x00", "\x1bG\x00", "\x1b!\x00", "\x1b2", "\x1b3\x1e", "\x1b$\x00\x00", "\x1b \x00", "\x1b-A", "\x1bMA", "\x1bRA", "\x1btA",
		"\x1bVA", "\x1b{\x00", "\x1b\\AA", "\x1bpAAA", "\x1bDABC\x00", "\x1b*\x00\x02\x00AA", "\x1b*\x21\x02\x00AAAAAA", "\x1b=\x01",
		"\x1c&", "\x1c.", "\x1c!\x00", "\x1cW\x00", "\x1c-A", "\x1cCA", "\x1cSAA", "\x1c(A\x02\x00AA",
		"\x1d!\x00", "\x1dB\x00", "\x1dr\x01", "\x1da\x00", "\x1dkA\x02AA", "\x1dk\x04AAA\x00", "\x1d(L\x03\x00AAA", "\x1dLAA", "\x1dWAA", "\x1dPAA", "\x1dhA", "\x1dwA", "\x1dHA", "\x1dfA",
		"\x10\x04\x01", "\x10\x05\x01", string(forget), "\x10\x14\x01\x00\x01", "\x00\x07\x0c\x18\r\x7f", "\x1dv0\x00\x00\x00\x00\x00", "\x1d$AA",
	} {
		if got := one(t, face, c+"X\n"); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%q before the X changes the paper", c)
		}
	}
}

func TestText(t *testing.T) {
	face := chineseFont(t)
	small := ink(one(t, face, "H\n"))
	if small.Min.Y < knifeGap || small.Max.Y > knifeGap+cellHeight || small.Max.X > halfCell || small.Dy() < 14 {
		t.Errorf("an H takes %v", small)
	}
	large := ink(one(t, face, "\x1d!\x77H\n"))
	if w, h := float64(large.Dx())/float64(small.Dx()), float64(large.Dy())/float64(small.Dy()); w < 6 || w > 9 || h < 7 || h > 9 {
		t.Errorf("eight times the size is %.1f x %.1f", w, h)
	}
	wide := ink(one(t, face, "\x1d!\x10H\n"))
	if wide.Dx() < small.Dx()*3/2 || wide.Dy() > small.Dy()+1 {
		t.Errorf("double width takes %v", wide)
	}
	if b := ink(one(t, face, "\x1ba\x02H\n")); b.Min.X < paperWidth-halfCell {
		t.Errorf("at the right: %v", b)
	}
	if b := ink(one(t, face, "\x1ba\x01H\n")); b.Min.X < paperWidth/2-halfCell || b.Max.X > paperWidth/2+halfCell {
		t.Errorf("centred: %v", b)
	}
	if b := ink(one(t, face, strings.Repeat("H", 49)+"\n")); b.Dy() < defaultPitch {
		t.Errorf("49 characters take one line: %v", b)
	}
	if b := ink(one(t, face, strings.Repeat("H", 48)+"\n")); b.Dy() > cellHeight || b.Max.X < paperWidth-halfCell {
		t.Errorf("48 characters take %v", b)
	}
	bold, plain := one(t, face, "\x1bE\x01H\n"), one(t, face, "H\n")
	if bytes.Equal(bold.Pix, plain.Pix) {
		t.Error("bold text looks like plain text")
	}
	if b := ink(one(t, face, "\x1dB\x01 \n")); b.Dx() != halfCell || b.Dy() != cellHeight {
		t.Errorf("a reversed blank takes %v", b)
	}
	if tall := one(t, face, "a\x1bd\x03"); tall.Rect.Dy() != knifeGap+cellHeight+3*defaultPitch {
		t.Errorf("three lines on: %d rows", tall.Rect.Dy())
	}
	if b := ink(one(t, face, "a\tb\n")); b.Min.X > halfCell || b.Max.X < 8*halfCell {
		t.Errorf("text, tab, text: %v", b)
	}
	if b := ink(one(t, face, "\x1b$\x64\x00H\n")); b.Min.X < 100 {
		t.Errorf("text 100 dots from the left: %v", b)
	}
}

func TestChineseText(t *testing.T) {
	face := chineseFont(t)
	for name, c := range map[string]struct {
		code  string
		r     rune
		width int
	}{
		"GB2312":        {"\xb4\xf3", '大', fullCell},
		"GBK":           {"\x81\x40", '丂', fullCell},
		"four bytes":    {"\x81\x39\xee\x39", '㐀', fullCell},
		"beyond 0xffff": {"\x95\x32\x82\x36", '𠀀', fullCell},
	} {
		got := one(t, face, "\x1c&"+c.code+"\n")
		if b := ink(got); b.Empty() || b.Max.X > c.width || b.Dx() < 14 {
			t.Errorf("%s: ink in %v", name, b)
		}
		p := newPage(face)
		p.put(c.r, style{wide: 1, high: 1}, 0, defaultPitch)
		p.end(0, defaultPitch)
		if want := p.tear(); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%s: not the glyph of %c", name, c.r)
		}
	}
	both := ink(one(t, face, "\x1c&\x1d!\x11\xb4\xf3A\n"))
	if both.Max.X < 2*fullCell || both.Max.X > 2*(fullCell+halfCell) || both.Dy() < 36 {
		t.Errorf("GS ! enlarges both scripts; ink in %v", both)
	}
	if b := ink(one(t, face, "\x1c.\xb4\xf3\n")); b.Max.X > 2*halfCell {
		t.Errorf("outside Chinese mode two bytes are two characters: %v", b)
	}
	if len(render(t, face, "\x1c&\xb4")) != 0 {
		t.Error("half a character cuts paper")
	}
}

func TestPictures(t *testing.T) {
	face := openTypefaceFrom(nil)
	// Two bytes by two rows: the left half of the first, the right half of the second.
	const dots = "\x02\x00\x02\x00\xff\x00\x00\xff"
	for mode, want := range map[string]image.Rectangle{
		"\x00": image.Rect(0, 0, 16, 2), "\x01": image.Rect(0, 0, 32, 2), "\x02": image.Rect(0, 0, 16, 4), "3": image.Rect(0, 0, 32, 4),
	} {
		if got := ink(one(t, face, "\x1dv0"+mode+dots)); got != want.Add(image.Pt(0, knifeGap)) {
			t.Errorf("mode %q: %v", mode, got)
		}
	}
	if got := ink(one(t, face, "\x1ba\x01\x1dv0\x00"+dots)); got != image.Rect(280, knifeGap, 296, knifeGap+2) {
		t.Errorf("centred: %v", got)
	}
	if got := ink(one(t, face, "\x1dv0\x00\x50\x00\x01\x00"+strings.Repeat("\xff", 80))); got.Dx() != paperWidth {
		t.Errorf("a picture wider than the paper: %v", got)
	}
	// A picture ends the line before it.
	if got := ink(one(t, face, "a\x1dv0\x00"+dots)); got.Max.Y != knifeGap+cellHeight+2 {
		t.Errorf("behind text: %v", got)
	}
}

func TestCuts(t *testing.T) {
	face := openTypefaceFrom(nil)
	sheets := render(t, face, "a\n\x1dV\x00b\n\x1dV\x41\x10c\n\x1dV\x31\n\x1dV\x42\x00")
	heights := []int{}
	for _, s := range sheets {
		heights = append(heights, s.Rect.Dy())
	}
	if want := []int{94, 94 + 64 + 16, 94, 94 + 64}; !slices.Equal(heights, want) {
		t.Errorf("sheets of %v rows, want %v", heights, want)
	}
	long := render(t, face, strings.Repeat("\x1bJ\xff", 3*maxSheet/255))
	if len(long) != 2 || long[0].Rect.Dy() != maxSheet {
		t.Errorf("three metres without a cut: %d sheets", len(long))
	}
}

// FuzzMachine gives the machine any bytes, few enough to be quick (three of them can
// feed a metre of paper): it must read on to the end, and cut
// nothing but paper.
func FuzzMachine(f *testing.F) {
	face := openTypefaceFrom(nil)
	for _, seed := range []string{
		"\x1b@\x1da\x00\x1c&\x1b3\x18\xb4\xf3A\x1d!\x77B\n\x1dV\x42\x18", "\x1dv0\x00\x02\x00\x02\x00\xff\x00\x00\xff\x1dV\x00",
		"\x1c&\x81\x39\xee\x39\n\x1bd\xff\x1bJ\xff\x1dV1", "\x1b*\x21\x02\x00AAAAAA\x1dk\x04AAA\x00\x1d(L\xff\xff", "\x1b$\xff\xff\t\x1dB\x01xyz\x1ba\x02\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(stream) > 400 {
			return
		}
		in := bytes.NewReader(stream)
		m := newMachine(in, face)
		m.cut = func(img *image.Gray, _ string) {
			if img.Rect.Dx() != paperWidth || img.Rect.Dy() > maxSheet || len(img.Pix) != paperWidth*img.Rect.Dy() {
				t.Errorf("a sheet of %v", img.Rect)
			}
		}
		if err := m.run(); !errors.Is(err, io.EOF) || in.Len() != 0 {
			t.Errorf("%d bytes were left: %v", in.Len(), err)
		}
	})
}
