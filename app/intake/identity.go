package intake

import (
	"strings"
	"time"
	"unicode"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Why a document number cannot be right: the argument "why" of event.IdentityWrong.
const (
	WrongLength  = "length"
	WrongCharset = "charset"
	WrongDate    = "date"
	WrongCheck   = "checksum"
	WrongType    = "type"
)

// Normalise brings a document number as typed or read to its official form:
// full-width characters to ASCII, small letters to capitals, no spaces.
func Normalise(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, number)
}

// CheckDocument normalises a document number and checks what can be checked
// without asking anyone. The refusal is event.IdentityWrong with "why"; a person
// must be born by today.
func CheckDocument(kind DocumentType, number string, today hall.Date) (string, *event.Refusal) {
	n := Normalise(number)
	why := ""
	switch kind {
	case ResidentID:
		why = checkResident(n, today)
	case CreditCode:
		why = checkCredit(n)
	case Passport:
		why = checkLoose(n, 5, 17)
	case Other:
		if len([]rune(n)) > 64 {
			why = WrongLength
		}
	default:
		why = WrongType
	}
	if why != "" {
		return "", event.IdentityWrong.With("why", why).With("type", string(kind))
	}
	return n, nil
}

// checkResident checks a resident identity number (GB 11643-1999): 17 digits and
// a check character, with a possible date of birth. Regions are not looked up,
// because codes of dissolved regions stay valid for life.
func checkResident(n string, today hall.Date) string {
	if len(n) != 18 {
		return WrongLength
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i := range 18 {
		c := n[i]
		if (c < '0' || c > '9') && (i != 17 || c != 'X') {
			return WrongCharset
		}
		if i < 17 {
			sum += weights[i] * int(c-'0')
		}
	}
	birth, err := time.Parse("20060102", n[6:14])
	if err != nil || birth.Year() < 1900 || birth.Format(layout) > string(today) {
		return WrongDate
	}
	if "10X98765432"[sum%11] != n[17] {
		return WrongCheck
	}
	return ""
}

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// checkCredit checks a unified social credit code (GB 32100-2015): 18 characters
// without I, O, S, V and Z, the last a check character modulo 31.
func checkCredit(n string) string {
	if len(n) != 18 {
		return WrongLength
	}
	sum, weight := 0, 1
	for i := range 18 {
		value := strings.IndexByte(creditAlphabet, n[i])
		if value < 0 {
			return WrongCharset
		}
		// With the check character itself the weighted sum is a multiple of 31.
		if i == 17 {
			weight = 1
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	if sum%31 != 0 {
		return WrongCheck
	}
	return ""
}

// checkLoose checks a number whose rules differ by country: letters and digits.
func checkLoose(n string, shortest, longest int) string {
	if len(n) < shortest || len(n) > longest {
		return WrongLength
	}
	for _, r := range n {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return WrongCharset
		}
	}
	return ""
}
