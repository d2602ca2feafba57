package device

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Card is what an identity card says. What is about a person prints masked.
type Card struct {
	Name    intake.Personal
	Number  intake.Personal
	Birth   intake.Personal // 20000907
	Address intake.Personal
	Issuer  intake.Personal
	// Sex is "1" for male, "2" for female (GB/T 2261.1); Nation two digits (GB/T 3304),
	// empty on the residence permits of people from Hong Kong, Macau and Taiwan.
	Sex, Nation string
	// From and To are the days between which the card is valid; To is empty for ever (长期).
	From, To hall.Date
}

// A card's text has 256 bytes: fields of fixed width in UTF-16, low byte first,
// filled up with blanks. Widths are in characters.
const (
	textBytes  = 256
	photoBytes = 1024

	nameWidth    = 15
	sexWidth     = 1
	nationWidth  = 2
	dayWidth     = 8
	addressWidth = 35
	numberWidth  = 18
	issuerWidth  = 15

	// kindAt is where newer cards tell their kind: a blank for citizens, J for the
	// residence permits of Hong Kong, Macau and Taiwan, which have the same fields, and I for
	// foreigners' permanent residence cards, which have others.
	kindAt = 248
	kindHK = 'J'
)

// Why a card is not taken. None of them holds anything of the card.
var (
	errOtherCard = errors.New("a card with other fields")
	errField     = errors.New("the card's text contradicts itself")
)

func wrongField(name string) error { return fmt.Errorf("%w: %s", errField, name) }

// cardOf reads a card's text. Everything that can be checked without asking anyone
// is: the number's check character, that it agrees with birth and sex, that days are
// days. today is where the person stands.
func cardOf(text []byte, today hall.Date) (Card, error) {
	if len(text) != textBytes {
		return Card{}, wrongField("length")
	}
	kind := rune(binary.LittleEndian.Uint16(text[kindAt:]))
	if kind != ' ' && kind != 0 && kind != kindHK {
		return Card{}, errOtherCard
	}
	at := 0
	field := func(width int) (string, bool) {
		units := make([]uint16, width)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(text[at+2*i:])
		}
		at += 2 * width
		s := strings.TrimRight(string(utf16.Decode(units)), " \x00")
		// What is no character decodes to U+FFFD, which is none either.
		return s, strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0
	}
	var c Card
	for _, f := range []struct {
		name  string
		width int
		take  func(s string) bool
	}{
		{"name", nameWidth, func(s string) bool { c.Name = intake.Personal(s); return strings.TrimSpace(s) != "" }},
		{"sex", sexWidth, func(s string) bool { c.Sex = s; return s == "1" || s == "2" }},
		{"nation", nationWidth, func(s string) bool { c.Nation = s; return digits(s, nationWidth) || s == "" && kind == kindHK }},
		{"birth", dayWidth, func(s string) bool { c.Birth = intake.Personal(s); return digits(s, dayWidth) }},
		{"address", addressWidth, func(s string) bool { c.Address = intake.Personal(s); return true }},
		{"number", numberWidth, func(s string) bool { c.Number = intake.Personal(s); return c.agrees(today) }},
		{"issuer", issuerWidth, func(s string) bool { c.Issuer = intake.Personal(s); return true }},
		{"valid from", dayWidth, func(s string) bool { c.From = dated(s); return c.From != "" }},
		{"valid to", dayWidth, func(s string) bool { c.To = dated(s); return c.To != "" || s == forEver }},
	} {
		if s, printable := field(f.width); !printable || !f.take(s) {
			return Card{}, wrongField(f.name)
		}
	}
	return c, nil
}

const forEver = "长期"

// agrees tells whether number, birth and sex are of one person.
func (c *Card) agrees(today hall.Date) bool {
	number := string(c.Number)
	if n, no := intake.CheckDocument(intake.ResidentID, number, today); no != nil || n != number {
		return false
	}
	// The 17th digit is odd for men and even for women, as is the code of the sex.
	return number[6:14] == string(c.Birth) && (number[16]-c.Sex[0])%2 == 0
}

func digits(s string, n int) bool {
	return len(s) == n && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// dated makes 20260131 a date; empty when it is none.
func dated(s string) hall.Date {
	day, err := time.Parse("20060102", s)
	if err != nil {
		return ""
	}
	return hall.Date(day.Format(time.DateOnly))
}

// textOf is the inverse of cardOf, for a twin.
func textOf(c Card) []byte {
	var b []byte
	field := func(s string, width int) {
		units := utf16.Encode([]rune(s))
		for i := range width {
			u := uint16(' ')
			if i < len(units) {
				u = units[i]
			}
			b = binary.LittleEndian.AppendUint16(b, u)
		}
	}
	day := func(d hall.Date) string { return strings.ReplaceAll(string(d), "-", "") }
	to := forEver
	if c.To != "" {
		to = day(c.To)
	}
	field(string(c.Name), nameWidth)
	field(c.Sex, sexWidth)
	field(c.Nation, nationWidth)
	field(string(c.Birth), dayWidth)
	field(string(c.Address), addressWidth)
	field(string(c.Number), numberWidth)
	field(string(c.Issuer), issuerWidth)
	field(day(c.From), dayWidth)
	field(to, dayWidth)
	for len(b) < textBytes {
		b = binary.LittleEndian.AppendUint16(b, ' ')
	}
	return b
}
