// Package pdf makes the documents of an application as PDF, A4, with their fonts
// embedded and a code that leads to the case. It reads no clock and opens no printer.
package pdf

import (
	"bytes"
	_ "embed"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"strings"
	"unicode/utf8"

	"github.com/signintech/gopdf"

	"onewindow/app/intake"
	"onewindow/app/slip"
)

// The characters of Droid Sans Fallback (Apache-2.0) with those of Noto Sans (OFL) for
// Latin text, which it lacks.
var (
	//go:embed fonts/cjk.ttf
	cjkFont []byte
	//go:embed fonts/latin.ttf
	latinFont []byte
)

// Measures of the page in points, 1/72 inch; A4 is 595 x 842.
const (
	margin   = 68.0
	width    = 595.0 - 2*margin
	foot     = 700.0 // where rows end and the foot of the page begins
	codeSide = 86.0
	codePx   = 300
)

// Make makes a document. It fails only where the fonts or the code cannot be made.
func Make(d intake.Document) ([]byte, error) {
	s, err := newSheet(d.Number())
	if err != nil {
		return nil, err
	}
	s.page()
	head(s, d)
	for _, p := range d.Says() {
		s.paragraph("　　"+p, 12, 22)
		if p == intake.SignatureLine {
			if err := signature(s, d.Signature); err != nil {
				return nil, err
			}
		}
	}
	s.y += 8
	rows(s, d)
	if err := sign(s, d); err != nil {
		return nil, err
	}
	if s.err != nil {
		return nil, fmt.Errorf("write document %s: %w", d.Number(), s.err)
	}
	var out bytes.Buffer
	if _, err := s.pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write document %s: %w", d.Number(), err)
	}
	return out.Bytes(), nil
}

// The box into which a signature is drawn, and how many dots a side it may have.
const (
	signatureWide, signatureHigh = 180.0, 64.0
	signatureDots                = 4096
)

// signature draws what a person wrote on the pad below the line, on white: what is transparent prints black on
// some printers.
func signature(s *sheet, picture []byte) error {
	shape, err := png.DecodeConfig(bytes.NewReader(picture))
	if err == nil && (shape.Width < 1 || shape.Height < 1 || shape.Width > signatureDots || shape.Height > signatureDots) {
		err = fmt.Errorf("%d by %d dots", shape.Width, shape.Height)
	}
	var img image.Image
	if err == nil {
		img, err = png.Decode(bytes.NewReader(picture))
	}
	if err != nil {
		return fmt.Errorf("read the signature: %w", err)
	}
	flat := image.NewGray(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	var plain bytes.Buffer
	if err := png.Encode(&plain, flat); err != nil {
		return fmt.Errorf("draw the signature: %w", err)
	}
	holder, err := gopdf.ImageHolderByBytes(plain.Bytes())
	if err != nil {
		return fmt.Errorf("take the signature: %w", err)
	}
	scale := min(signatureWide/float64(shape.Width), signatureHigh/float64(shape.Height))
	wide, high := scale*float64(shape.Width), scale*float64(shape.Height)
	if err := s.pdf.ImageByHolder(holder, margin+140, s.y-22, &gopdf.Rect{W: wide, H: high}); err != nil {
		return fmt.Errorf("draw the signature: %w", err)
	}
	s.y += max(0, high-22) + 6
	return nil
}

// head is the title, the number and the person.
func head(s *sheet, d intake.Document) {
	zh, en := d.Title()
	s.centred(d.Hall, 12)
	s.y += 10
	s.centred(zh, 24)
	s.centred(en, 11)
	s.y += 6
	s.right("编号 No. "+d.Number(), 10)
	s.rule(1.2)
	s.y += 10
	s.paragraph(string(d.Applicant)+"：", 13, 24)
	if d.DocumentNumber != "" {
		s.grey(d.Shown(), 10)
	}
	if d.Representative != "" {
		s.grey("法定代表人 Legal representative "+string(d.Representative), 10)
	}
	if d.Agent != "" {
		s.grey("代理人 Agent "+string(d.Agent), 10)
	}
	s.y += 6
}

// rows lists the materials; those of a long list go on to another page.
func rows(s *sheet, d intake.Document) {
	list := d.Listed()
	if len(list) == 0 {
		return
	}
	s.rule(0.6)
	s.pair("材料 Material", "情况 State", 10)
	s.rule(0.6)
	for n, r := range list {
		if s.y > foot-30 {
			s.page()
		}
		s.pair(fmt.Sprintf("%d. %s", n+1, r[0]), r[1], 11)
		s.rule(0.3)
	}
}

// sign is the foot of the page: the code at the left and who signs at the right.
func sign(s *sheet, d intake.Document) error {
	if s.y > foot-30 {
		s.page()
	}
	code, err := slip.PNG(intake.CodePrefix+d.Case, codePx)
	if err != nil {
		return fmt.Errorf("make the code of %s: %w", d.Case, err)
	}
	holder, err := gopdf.ImageHolderByBytes(code)
	if err != nil {
		return fmt.Errorf("take the code of %s: %w", d.Case, err)
	}
	if err := s.pdf.ImageByHolder(holder, margin-8, foot, &gopdf.Rect{W: codeSide, H: codeSide}); err != nil {
		return fmt.Errorf("draw the code of %s: %w", d.Case, err)
	}
	s.write(margin+codeSide, foot+14, "办件编号 Case "+d.Case, 10)
	s.write(margin+codeSide, foot+32, "扫此码可在大厅窗口查办。", 10)
	if d.Phone != "" {
		s.write(margin+codeSide, foot+50, "咨询电话 Phone "+d.Phone, 10)
	}
	s.y = foot + 8
	s.right(d.Agency, 12)
	s.right(intake.ShortDate(d.Date), 12)
	s.right("(加盖业务专用章)", 10)
	s.right(fmt.Sprintf("%s 窗口 · 经办 %s", d.Window, d.Clerk), 10)
	return nil
}

// sheet is a document that is being written from the top down. The first error stays.
type sheet struct {
	pdf gopdf.GoPdf
	y   float64
	err error
}

func newSheet(title string) (*sheet, error) {
	s := &sheet{}
	s.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	s.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "OneWindow"})
	for name, font := range map[string][]byte{"cjk": cjkFont, "latin": latinFont} {
		if err := s.pdf.AddTTFFontDataWithOption(name, font, gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return unknown[name] }}); err != nil {
			return nil, fmt.Errorf("take the font %s: %w", name, err)
		}
	}
	return s, nil
}

func (s *sheet) page() {
	s.pdf.AddPage()
	s.y = 64
}

// run is text of one font.
type run struct {
	font string
	text string
}

// runs cuts a text where the font changes.
func runs(text string) (out []run) {
	for _, r := range text {
		font := "cjk"
		if r < 0x2e80 {
			font = "latin"
		}
		if n := len(out); n > 0 && out[n-1].font == font {
			out[n-1].text += string(r)
		} else {
			out = append(out, run{font, string(r)})
		}
	}
	return out
}

func (s *sheet) font(name string, size float64) {
	if err := s.pdf.SetFont(name, "", size); s.err == nil {
		s.err = err
	}
}

func (s *sheet) measure(text string, size float64) (sum float64) {
	for _, r := range runs(text) {
		s.font(r.font, size)
		w, err := s.pdf.MeasureTextWidth(r.text)
		if err != nil && s.err == nil {
			s.err = err
		}
		sum += w
	}
	return sum
}

// write puts a line at a place.
func (s *sheet) write(x, y float64, text string, size float64) {
	for _, r := range runs(text) {
		s.font(r.font, size)
		s.pdf.SetXY(x, y+size) // the line that letters of both fonts stand on
		if err := s.pdf.Text(r.text); err != nil && s.err == nil {
			s.err = err
		}
		w, _ := s.pdf.MeasureTextWidth(r.text) // measured once before without fault
		x += w
	}
}

func (s *sheet) centred(text string, size float64) {
	s.write(margin+(width-s.measure(text, size))/2, s.y, text, size)
	s.y += size * 1.5
}

func (s *sheet) right(text string, size float64) {
	s.write(margin+width-s.measure(text, size), s.y, text, size)
	s.y += size * 1.6
}

func (s *sheet) grey(text string, size float64) {
	s.pdf.SetTextColor(90, 90, 90)
	s.write(margin, s.y, text, size)
	s.pdf.SetTextColor(0, 0, 0)
	s.y += size * 1.6
}

func (s *sheet) rule(thick float64) {
	s.pdf.SetLineWidth(thick)
	s.pdf.Line(margin, s.y, margin+width, s.y)
	s.y += 4
}

// paragraph writes text in as many lines as it needs.
func (s *sheet) paragraph(text string, size, leading float64) {
	for _, line := range s.lines(text, size, width) {
		if s.y > foot-20 {
			s.page()
		}
		s.write(margin, s.y, line, size)
		s.y += leading
	}
}

// pair writes a row of two columns, the first in as many lines as it needs.
func (s *sheet) pair(left, right string, size float64) {
	lines := s.lines(left, size, width*0.8)
	s.write(margin+width*0.86, s.y, right, size)
	for _, l := range lines {
		s.write(margin, s.y, l, size)
		s.y += size * 1.45
	}
	s.y += 3
}

// unknown stands for a character that a font lacks, so that a gap is seen and written in by hand.
var unknown = map[string]rune{"cjk": '〓', "latin": '?'}

// closing are characters that may not begin a line, opening those that may not end one.
const (
	closing = "，。；：、”）》)"
	opening = "“（《("
)

// lines breaks a text to a width, between any two characters but within no Latin word.
func (s *sheet) lines(text string, size, most float64) (out []string) {
	line, have := "", 0.0
	for len(text) > 0 {
		n := unit(text)
		w := s.measure(text[:n], size)
		r, _ := utf8.DecodeRuneInString(text)
		if have+w > most && line != "" && !strings.ContainsRune(closing, r) {
			full := strings.TrimRight(line, opening)
			line = line[len(full):]
			out, have = append(out, full), s.measure(line, size)
		}
		line, have, text = line+text[:n], have+w, text[n:]
	}
	return append(out, line)
}

// unit is how many bytes stay together: a Latin word, or one character.
func unit(text string) int {
	for n, r := range text {
		if r > '~' || r == ' ' {
			if n == 0 {
				return utf8.RuneLen(r)
			}
			return n
		}
	}
	return len(text)
}
