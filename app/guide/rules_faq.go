package guide

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	promisedInText = regexp.MustCompile(`受理后(\d{1,3})(?:个(工作)日|日|天)`)
	legalInText    = regexp.MustCompile(`法定(?:时限|期限|办结时限)(?:为|是)?(\d{1,3})(?:个(工作)日|日|天)`)
	money          = regexp.MustCompile(`\d+(?:\.\d+)?元`)
)

// faqMismatch compares answers with the guide where their words are plain. It is
// silent while other rules doubt the guide itself.
func faqMismatch(_ *Catalogue, i *draft, say say) {
	for n, f := range i.FAQ {
		note := func(zh, en string, args ...any) { say(at("faq", n, "a"), zh, en, args...) }
		switch f.Field {
		case "time":
			if (i.PromisedDays == 0) == (i.Handling == AtOnce) && i.PromisedDays <= i.LegalDays {
				compareDays(promisedInText, f.A, i, i.PromisedDays, func(said int) {
					note("回答说受理后%d天办结,承诺时限是%d天", "the answer says %d days, promised are %d", said, i.PromisedDays)
				})
				compareDays(legalInText, f.A, i, i.LegalDays, func(said int) {
					note("回答说法定时限%d天,指南写的是%d天", "the answer says that the law gives %d days, the guide has %d", said, i.LegalDays)
				})
			}
		case "fee":
			if !blank(i.Fee.Text) {
				compareFee(f.A, i.Fee, note)
			}
		}
	}
}

// compareDays tells a number of days in an answer that is not days. Numbers in another unit cannot be compared.
func compareDays(in *regexp.Regexp, answer string, i *draft, days int, tell func(said int)) {
	for _, m := range in.FindAllStringSubmatch(answer, -1) {
		unit := CalendarDays
		if m[2] != "" {
			unit = WorkingDays
		}
		if said, err := strconv.Atoi(m[1]); err == nil && unit == i.DayUnit && said != days {
			tell(said)
			return
		}
	}
}

func compareFee(answer string, fee Fee, note func(zh, en string, args ...any)) {
	free := strings.Contains(answer, "免费") || strings.Contains(answer, "不收费")
	amounts, known := money.FindAllString(answer, -1), money.FindAllString(fee.Text, -1)
	switch other := slices.IndexFunc(amounts, func(a string) bool { return !slices.Contains(known, a) }); {
	case fee.Charged && free && len(amounts) == 0 && !strings.Contains(fee.Text, "免"):
		note("回答说不收费,指南写的是“%s”", "the answer says that it is free, the guide has %q", fee.Text)
	case fee.Charged && len(known) > 0 && other >= 0:
		note("回答说%s,指南写的是“%s”", "the answer says %s, the guide has %q", amounts[other], fee.Text)
	}
}
