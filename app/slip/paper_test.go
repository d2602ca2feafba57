package slip

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"onewindow/app/hall"
)

var utc8 = time.FixedZone("UTC+8", 8*3600)

func sampleSlip(t testing.TB) Slip {
	f, err := readIssued(sample())
	if err != nil {
		t.Fatal(err)
	}
	return Slip{Issued: f, Code: mustSign(t, sample()), Hall: "江南办事服务大厅", Area: "社保医保", Items: []string{"城乡居民基本医疗保险参保登记"},
		Floor: 1, Windows: "B01-B20", At: time.UnixMilli(sampleMS).In(utc8)}
}

func mustPaper(t testing.TB, s Slip) []byte {
	t.Helper()
	b, err := Paper(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gb(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPaperSays(t *testing.T) {
	chineseSlip := sampleSlip(t)
	englishSlip := sampleSlip(t)
	englishSlip.Issued.Language = "en"
	englishSlip.Hall, englishSlip.Area, englishSlip.Items = "Jiangnan Service Hall", "Social and medical insurance", []string{"Transfer of pension insurance between regions"}
	odd := sampleSlip(t)
	odd.Issued.Number, odd.Issued.Class, odd.Issued.ClockOff = "C2-017", hall.Priority, true
	odd.Issued.Ahead, odd.Issued.LowMinutes, odd.Issued.HighMinutes = -1, -1, -1
	odd.Reprint, odd.OwnSeries, odd.Items, odd.Floor, odd.Windows = 2, true, nil, 0, ""
	for _, c := range []struct {
		name     string
		slip     Slip
		says     []string
		saysNone []string
	}{
		{"Chinese", chineseSlip, []string{"江南办事服务大厅", "您的号码", "社保医保", "1楼", "B01-B20", "12人", "15至35分钟", "城乡居民基本医疗保险参保登记", chinese.keep, "2026年11月24日 星期二 09:05"},
			[]string{"补打", "优先", chinese.ownSeries, chinese.clockOff, chinese.unknown}},
		{"English", englishSlip, []string{"Jiangnan Service Hall", "Your number", "medical insurance", "B01-B20", "12", "15 to 35 min", "pension", "Keep this slip.", "Tuesday, 24 November 2026, 09:05"},
			[]string{"Reprint", "Priority", "您", "人", "。"}},
		{"cut off, priority, reprint, nothing known", odd, []string{"补打 第2次", "优先", chinese.ownSeries, chinese.clockOff, chinese.unknown},
			[]string{chinese.items, chinese.floor, "-1"}},
	} {
		job := mustPaper(t, c.slip)
		for _, s := range c.says {
			if !bytes.Contains(job, gb(t, s)) {
				t.Errorf("%s: %q is not on paper", c.name, s)
			}
		}
		for _, s := range c.saysNone {
			if bytes.Contains(job, gb(t, s)) {
				t.Errorf("%s: %q is on paper", c.name, s)
			}
		}
		if !bytes.HasPrefix(job, []byte{0x1b, '@'}) || !bytes.HasSuffix(job, []byte{0x1d, 'V', 66, 24}) {
			t.Errorf("%s: a slip begins with a reset and ends with a cut", c.name)
		}
		if len(job) > 48<<10 {
			t.Errorf("%s: %d bytes", c.name, len(job))
		}
	}
}

func TestPaperKeepsEvidenceOff(t *testing.T) {
	s := sampleSlip(t)
	plain := mustPaper(t, s)
	s.Issued.Evidence = "disability-certificate"
	if !bytes.Equal(mustPaper(t, s), plain) {
		t.Error("the evidence of a priority changes the paper")
	}
}

func TestPaperRefuses(t *testing.T) {
	s := sampleSlip(t)
	s.Code = ""
	if _, err := Paper(s); err == nil {
		t.Error("printed without a code")
	}
	s = sampleSlip(t)
	s.Code = prefix + strings.Repeat("A", MaxText)
	if _, err := Paper(s); err == nil {
		t.Error("printed a code that no symbol holds")
	}
	s = sampleSlip(t)
	s.Issued.Number = ""
	if _, err := Paper(s); err == nil {
		t.Error("printed without a number")
	}
}

// TestPaperObeysNoName puts commands into every name: none may reach the printer,
// and nothing in the job may look like a real-time command.
func TestPaperObeysNoName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.OneOf(rapid.SampledFrom([]rune("\x1b@\x1dV\x00\x10\x04\x01\x1c&\n\r\t\x7f\u0085")), rapid.Rune()), 0, 60, -1)
		s := Slip{Issued: hall.Issued{Number: "B017", Language: "en"}, Code: "OW1:AB", At: time.UnixMilli(sampleMS).In(utc8)}
		s.Issued.Number = hall.Number(rapid.StringMatching(`[A-Z][0-9]{3}|[A-Z][1-9]-[0-9]{3}`).Draw(t, "number"))
		s.Hall, s.Area, s.Windows, s.Items = name.Draw(t, "hall"), name.Draw(t, "area"), name.Draw(t, "windows"), []string{name.Draw(t, "item")}
		job, err := Paper(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(job) - 1 {
			if job[i] == 0x10 && (job[i+1] == 4 || job[i+1] == 5 || job[i+1] == 0x14) {
				t.Fatalf("byte %d begins a real-time command", i)
			}
		}
		if n := bytes.Count(job, []byte{0x1d, 'V'}); n != 1 {
			t.Fatalf("%d cuts", n)
		}
		for _, text := range []string{s.Hall, s.Area, s.Windows, s.Items[0]} {
			for _, c := range gb18030(text) {
				if c < ' ' || c == 0x7f {
					t.Fatalf("%q reaches the printer with %#02x", text, c)
				}
			}
		}
	})
}

// TestRasterHidesNoCommand draws what would be DLE EOT 1, DLE ENQ and DLE DC4.
func TestRasterHidesNoCommand(t *testing.T) {
	for _, second := range []byte{0x04, 0x05, 0x14} {
		j := newJob()
		from := j.b.Len() + 8
		j.raster(24, 1, func(x, _ int) bool { return []byte{0x10, second, 0x01}[x/8]&(0x80>>(x%8)) != 0 })
		if got := j.b.Bytes()[from:]; !bytes.Equal(got, []byte{0x18, second, 0x01}) {
			t.Errorf("drawn as % x", got)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"   ", 10, nil},
		{"社保医保", 8, []string{"社保医保"}},
		{"社保医保", 7, []string{"社保医", "保"}},
		{"社保医，保", 6, []string{"社保", "医，保"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"incomprehensible", 6, []string{"incomp", "rehens", "ible"}},
		{"a incomprehensible b", 6, []string{"a", "incomp", "rehens", "ible b"}},
		{"办事(江南)大厅", 7, []string{"办事(江", "南)大厅"}},
		{"办事(江南)大厅", 6, []string{"办事", "(江南)", "大厅"}},
		{"plan(a) now", 7, []string{"plan(a)", "now"}},
		{"plan(a) now", 6, []string{"plan", "(a)", "now"}},
	} {
		if got := wrap(c.text, c.width); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q in %d cells: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab c，。)社保医(1-")), 0, 80, -1).Draw(t, "text")
		width := rapid.IntRange(4, 30).Draw(t, "width")
		for _, lines := range [][]string{wrap(text, width), even(text, width)} {
			for _, line := range lines {
				if cells(line) > width || line == "" {
					t.Fatalf("%q is no line of %d cells", line, width)
				}
			}
			bare := strings.NewReplacer(" ", "")
			if got := bare.Replace(strings.Join(lines, "")); got != bare.Replace(text) {
				t.Fatalf("%q became %q", text, got)
			}
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	for name, w := range map[string]words{"zh": chinese, "en": english} {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: %s is missing", name, v.Type().Field(i).Name)
			}
		}
		for _, m := range [][2]int{{0, 0}, {0, 1}, {3, 3}, {5, 12}, {40, 120}, {100, 240}} {
			if text := w.minutes(m[0], m[1]); 2*cells(text) > columns-secondFrom || !strings.Contains(text, fmt.Sprint(max(1, m[1]))) {
				t.Errorf("%s: %v minutes are %q", name, m, text)
			}
		}
	}
}

func TestNumeralFillsThePaper(t *testing.T) {
	for _, n := range []string{"B017", "A1", "W999", "C2-017", "M9-9999"} {
		img, err := numeral(n)
		if err != nil {
			t.Fatal(err)
		}
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		if w > paperDots || h > numeralHeight+2 || w < numeralWidth-2 && h < numeralHeight-2 || h < 100 {
			t.Errorf("%s is %d x %d dots", n, w, h)
		}
	}
}

func TestPictureIsReadBack(t *testing.T) {
	for items, version := range map[int]int{0: 7, 1: 8, 2: 8, 3: 9, 6: 13, 20: 24} {
		text := mustSign(t, large(items))
		for _, minPx := range []int{1, 180, 300, 500} {
			file, err := PNG(text, minPx)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			modules, err := modulesOf(text)
			if err != nil {
				t.Fatal(err)
			}
			side := img.Bounds().Dx()
			if side%len(modules) != 0 || side < minPx || side-len(modules) >= max(minPx, len(modules)) {
				t.Errorf("%d pixels for %d modules and at least %d", side, len(modules), minPx)
			}
			if got := (len(modules) - 2*quietModules - 17) / 4; got > version {
				t.Errorf("%d items (%d characters) take QR version %d, at most %d is due", items, len(text), got, version)
			}
			if minPx >= 300 {
				if got := scan(t, img); got != text {
					t.Errorf("%d items: read %q, want %q", items, got, text)
				}
			}
		}
	}
	if _, err := QR("OW1:", 0); err == nil {
		t.Error("modules of no pixels")
	}
	if _, err := PNG(strings.Repeat("A", MaxText+1), 10); err == nil {
		t.Error("a text beyond the largest symbol")
	}
	if _, err := QR(strings.Repeat("A", MaxText), 1); err != nil {
		t.Errorf("the largest text: %v", err)
	}
}

func scan(t *testing.T, img image.Image) string { return scanWith(t, img, nil) }

func scanWith(t *testing.T, img image.Image, hints map[gozxing.DecodeHintType]any) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		t.Fatalf("read QR symbol: %v", err)
	}
	return got.GetText()
}

func BenchmarkSign(b *testing.B) {
	ev := sample()
	for b.Loop() {
		if _, err := Sign(ev, testKey); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	text := mustSign(b, sample())
	for b.Loop() {
		if _, err := Open(text, keys); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPaper(b *testing.B) {
	s := sampleSlip(b)
	for b.Loop() {
		if _, err := Paper(s); err != nil {
			b.Fatal(err)
		}
	}
}
