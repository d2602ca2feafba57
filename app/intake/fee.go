package intake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// A fee is charged only where the guide says so, by what it publishes (行政许可法 58, 59). It is told by a
// notice (缴费通知书) and paid somewhere else, against a receipt of the treasury. An open fee holds up neither the
// decision nor its handing out: no law that this program knows lets it.

// KindCharged tells what has to be paid, KindPaid that it was.
const (
	KindCharged event.Kind = "application.charged"
	KindPaid    event.Kind = "application.paid"
)

// feeMost is the most that a notice can ask for, in fen: what has more digits is a slip.
const feeMost int64 = 1_000_000_000_00

// payDays is how many working days a notice gives, unless the clerk says otherwise; no law sets a term.
const payDays = 10

var yuan = regexp.MustCompile(`^(\d{1,10})(?:\.(\d{1,2}))?$`)

// Fen reads an amount as people type it, "80", "80.5" or "80.50" yuan. Refusal: FeeWrong.
func Fen(text string) (int64, *event.Refusal) {
	m := yuan.FindStringSubmatch(strings.Trim(Normalise(text), "¥￥元"))
	if m == nil {
		return 0, event.FeeWrong
	}
	whole, _ := strconv.ParseInt(m[1], 10, 64) // ten digits at most
	part, _ := strconv.ParseInt((m[2] + "00")[:2], 10, 64)
	if fen := whole*100 + part; fen > 0 && fen <= feeMost {
		return fen, nil
	}
	return 0, event.FeeWrong
}

// Yuan writes an amount, "80.50".
func Yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

var amounts = regexp.MustCompile(`(\d+(?:\.\d{1,2})?)元`)

// FeeOf reads the amount from what a guide says of its fee; false where it names none or several,
// so that somebody has to say which.
func FeeOf(f guide.Fee) (fen int64, ok bool) {
	found := amounts.FindAllStringSubmatch(f.Text, -1)
	if !f.Charged || len(found) != 1 {
		return 0, false
	}
	fen, no := Fen(found[0][1])
	return fen, no == nil
}

// numerals and their places, as amounts are written on documents so that nobody changes them.
var (
	numerals = []rune("零壹贰叁肆伍陆柒捌玖")
	places   = []string{"", "拾", "佰", "仟"}
	groups   = []string{"", "万", "亿"}
)

// Capitals writes an amount in the characters that documents carry: 壹佰零捌元伍角整.
func Capitals(fen int64) string {
	digits := strconv.FormatInt(fen/100, 10)
	var b strings.Builder
	zero, group := false, false
	for n, d := range digits {
		at := len(digits) - 1 - n
		if d == '0' {
			zero = true
		} else {
			if zero && b.Len() > 0 {
				b.WriteRune('零')
			}
			b.WriteString(string(numerals[d-'0']) + places[at%4])
			zero, group = false, true
		}
		if at%4 == 0 && group {
			b.WriteString(groups[at/4])
			group = false
		}
	}
	if b.Len() > 0 {
		b.WriteString("元")
	}
	jiao, odd := fen/10%10, fen%10
	switch {
	case jiao == 0 && odd == 0:
		return b.String() + "整"
	case jiao > 0:
		b.WriteString(string(numerals[jiao]) + "角")
	case b.Len() > 0:
		b.WriteRune('零')
	}
	if odd == 0 {
		return b.String() + "整"
	}
	return b.String() + string(numerals[odd]) + "分"
}

// Fee is what has to be paid for an application and, once it was, the step that tells of it. Of several notices the
// last one counts, because it was written to put an earlier one right, but for one that was paid: what was
// paid is paid. Nil where no notice was given.
func (c *Case) Fee() (charged, paid *Noted) {
	for n := range c.Steps {
		s := &c.Steps[n]
		switch {
		case s.Kind == KindCharged:
			charged = s
		case s.Kind == KindPaid && paid == nil && c.charge(s.Of) != nil:
			paid = s
		}
	}
	if paid != nil {
		charged = c.charge(paid.Of)
	}
	return charged, paid
}

func (c *Case) charge(request string) *Noted {
	for n := range c.Steps {
		if s := &c.Steps[n]; s.Kind == KindCharged && s.Request == request {
			return s
		}
	}
	return nil
}

// Charges counts the notices of a fee that were given.
func (c *Case) Charges() (n int) {
	for _, s := range c.Steps {
		if s.Kind == KindCharged {
			n++
		}
	}
	return n
}

// PayBy is the last day that a notice of today gives where nobody says another one; empty where it is not known.
func (c *Calendar) PayBy(today hall.Date) hall.Date {
	day, _ := c.Due(Term{Rule: Rule{Days: payDays}, From: today})
	return day
}

// charge checks a notice of a fee.
func (d Deed) charge(c *Case, today hall.Date, s *Step) *event.Refusal {
	_, paid := c.Fee()
	switch {
	case !d.Tariff.Charged:
		return event.FeeFree
	case paid != nil:
		return event.FeeState.With("state", "paid")
	case d.Fen <= 0 || d.Fen > feeMost:
		return event.FeeWrong
	}
	s.Fen, s.Basis, s.Place, s.AnswerBy = d.Fen, d.Tariff.Text, string(tidy(Personal(d.Place))), d.Until
	if _, day := addDays(d.Until, 0); !day || d.Until < today {
		return event.FieldMissing.With("field", "until")
	}
	if s.Place == "" || len(s.Place) > amendMost {
		return event.FieldMissing.With("field", "place")
	}
	return nil
}

// pay checks that a fee was paid.
func (d Deed) pay(c *Case, s *Step) *event.Refusal {
	charged, paid := c.Fee()
	switch {
	case charged == nil:
		return event.FeeState.With("state", "none")
	case paid != nil:
		return event.FeeState.With("state", "paid")
	}
	s.Of, s.Receipt = charged.Request, Normalise(d.Receipt)
	if s.Receipt == "" || len(s.Receipt) > 64 {
		return event.FieldMissing.With("field", "receipt")
	}
	return nil
}
