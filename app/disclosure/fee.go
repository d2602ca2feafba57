package disclosure

import "onewindow/app/hall"

// Basis is what a fee is counted by. A request is charged by one of them, never by both
// (国办函〔2020〕109号 政府信息公开信息处理费管理办法).
type Basis string

// The bases.
const (
	ByItems Basis = "items" // 按件计收
	ByPages Basis = "pages" // 按量计收
)

// FeesFrom is the day from which 国办函〔2020〕109号 is in force.
const FeesFrom hall.Date = "2021-01-01"

// payDays is how many calendar days after the notice a fee may be paid (109号: 收到收费通知次日起30日内).
const payDays = 30

// Fee gives what a request costs in yuan. nth counts the requests of the same person to the same
// agency within the calendar month, this one included; pages are those in A4 that are handed
// over. A request from before FeesFrom costs nothing here.
//
// By items: the first 10 of a month are free, the 11th to the 30th cost 100 each, and
// from the 31st on each further ten costs 100 more. By pages: 30 are free, the 31st to the
// 100th cost 10 each, the 101st to the 200th 20, all others 40.
func Fee(day hall.Date, basis Basis, nth, pages int) (yuan int) {
	switch {
	case day < FeesFrom:
		return 0
	case basis == ByItems:
		return itemFee(nth)
	case basis == ByPages:
		return pageFee(pages)
	}
	return 0
}

func itemFee(nth int) int {
	switch {
	case nth <= 10:
		return 0
	case nth <= 30:
		return 100
	}
	return 100 * (2 + (nth-31)/10)
}

func pageFee(pages int) (yuan int) {
	for _, step := range []struct{ above, yuan int }{{200, 40}, {100, 20}, {30, 10}} {
		if pages > step.above {
			yuan += (pages - step.above) * step.yuan
			pages = step.above
		}
	}
	return yuan
}

// ManyAMonth is how many requests of one person within a calendar month are no reason to ask for
// reasons. The law says 明显超过合理范围 (第35条) and no number; this is the one up to which 109号 takes no fee.
const ManyAMonth = 10

// Nth gives which request of its month and agency a new one would be, after earlier ones of
// the same person.
func Nth(day hall.Date, agency string, earlier []*Case) int {
	n := 1
	for _, c := range earlier {
		if len(c.Day) >= 7 && len(day) >= 7 && c.Day[:7] == day[:7] && c.Agency == agency {
			n++
		}
	}
	return n
}
