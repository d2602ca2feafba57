package guide

import "strings"

// An implementation code begins with the 18 characters of the agency's unified
// social credit code (GB 32100). Its characters 9 to 17 are the agency's
// organisation code (GB 11714) with a check character of its own. Behind them stand
// the level, two digits for the region, two for the type of item, and numbers.
const (
	codeLength    = 31
	subjectLength = 18
	typeAt        = 21
)

func validCode(code string) bool {
	if len(code) != codeLength {
		return false
	}
	for n := 0; n < len(code); n++ {
		if c := code[n]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// subjectChars are the characters of GB 32100 in the order of their values: no I, O, S, V, Z.
const subjectChars = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// subjectCheck gives the check character that belongs behind the first 17
// characters of a code; false when one of them cannot be in a credit code.
func subjectCheck(code string) (byte, bool) {
	sum, weight := 0, 1
	for n := range subjectLength - 1 {
		value := strings.IndexByte(subjectChars, code[n])
		if value < 0 {
			return 0, false
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return subjectChars[(31-sum%31)%31], true
}

// organisationCheck gives the check character of the organisation code in a code.
func organisationCheck(code string) byte {
	sum := 0
	for n, weight := range [...]int{3, 7, 9, 10, 5, 8, 4, 2} {
		value := int(code[8+n] - '0')
		if code[8+n] >= 'A' {
			value = int(code[8+n]-'A') + 10
		}
		sum += value * weight
	}
	return "0X987654321"[sum%11]
}

// itemTypes are the types of items by the two digits of the code.
var itemTypes = map[string]string{"01": "行政许可", "02": "行政处罚", "03": "行政强制", "04": "行政征收", "05": "行政给付", "06": "行政检查",
	"07": "行政确认", "08": "行政奖励", "09": "行政裁决", "10": "其他行政权力", "20": "公共服务"}
