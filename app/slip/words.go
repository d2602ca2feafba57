package slip

import (
	"fmt"
	"time"

	"onewindow/app/guide"
)

// words are the sentences of a slip in one language. Numbers are put in by the
// functions; every sentence must be plain enough to be read aloud at a desk.
type words struct {
	number, floor, windows, ahead, wait, items, unknown string
	keep, late, ownSeries, clockOff                     string
	priority, appointment                               string
	storey                                              func(n int) string
	people                                              func(n int) string
	minutes                                             func(low, high int) string
	reprint                                             func(n int) string
	moment, day                                         func(t time.Time) string
	checkIn, lastDigits, howToCheckIn                   string // of an appointment
	orBy, card, howToCheckInByCard                      string // of one that an identity card checks in to
	span                                                func(from, till string) string
	closed                                              string
	free, serving                                       func(what string) string
	called                                              func(number, window string) string
	// Of a checklist.
	checklist, noTicket, phone, comma string
	heading                           string // of a part of the list in plain text
	duties                            map[guide.Duty]string
	floorNamed, onPaper               func(n int) string
	pieces                            func(form string, originals, copies int) []string
}

var chinese = words{
	number:      "您的号码",
	floor:       "楼层",
	windows:     "窗口",
	ahead:       "前面等候",
	wait:        "预计等候",
	items:       "办理事项",
	unknown:     "暂不能估计",
	keep:        "请保管好此票，叫到号后到窗口扫码办理。",
	late:        "今天可能轮不到；没轮到的，改天凭此票在取号机上扫码，优先叫号。",
	ownSeries:   "大厅线路暂断，此号由本机编排，同样有效。",
	clockOff:    "本机时钟可能不准，时间以大厅时钟为准。",
	priority:    "优先",
	appointment: "预约",
	storey:      func(n int) string { return fmt.Sprintf("%d楼", n) },
	people:      func(n int) string { return fmt.Sprintf("%d人", n) },
	minutes: func(low, high int) string {
		if high <= 1 {
			return "1分钟内"
		}
		if low >= high {
			return fmt.Sprintf("约%d分钟", high)
		}
		return fmt.Sprintf("%d至%d分钟", low, high)
	},
	day: func(t time.Time) string {
		return fmt.Sprintf("%d月%d日 星期%s", t.Month(), t.Day(), [...]string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()])
	},
	checkIn:      "签到时间",
	lastDigits:   "手机号后四位",
	howToCheckIn: "到大厅后，在取号机上扫此码或输手机号后四位签到取号。",
	orBy:         "签到证件", card: "居民身份证", howToCheckInByCard: "到大厅后，在取号机上扫此码或放上身份证签到取号。",
	span: func(from, till string) string { return from + "-" + till },

	closed:  "暂停服务",
	free:    func(window string) string { return window + " 请稍候叫号" },
	serving: func(number string) string { return number + "号 办理中" },
	called:  func(number, window string) string { return "请" + number + "号到" + window + "窗口" },
	reprint: func(n int) string { return fmt.Sprintf("补打 第%d次", n) },
	moment: func(t time.Time) string {
		day := [...]string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
		return fmt.Sprintf("%d年%d月%d日 星期%s %s", t.Year(), t.Month(), t.Day(), day, t.Format("15:04"))
	},
	checklist: "材料清单",
	noTicket:  "这不是号票，办理时请另取号。",
	phone:     "咨询电话",
	comma:     "，",
	heading:   "【%s】",
	duties: map[guide.Duty]string{guide.Bring: "要带", guide.Follow: "可以后补", guide.OnlyIf: "看情况，见说明",
		guide.Shared: "不用带，共享数据里已有"},
	floorNamed: func(n int) string { return fmt.Sprintf("%d楼", n) },
	onPaper:    func(n int) string { return fmt.Sprintf("还有%d项，见纸质清单", n) },
	pieces:     counts("%s%d份", map[string]string{"原件": "原件", "原件核验": "原件（核验后退还）", "复印件": "复印件", "电子件": "电子件"}),
}

var english = words{
	number:      "Your number",
	floor:       "Floor",
	windows:     "Windows",
	ahead:       "People ahead",
	wait:        "Likely wait",
	items:       "What you came for",
	unknown:     "not known",
	keep:        "Keep this slip. When you are called, have the code scanned at the window.",
	late:        "You may not be reached today. Then scan this slip at a kiosk on another day: you are called early.",
	ownSeries:   "The line to the hall is down. This kiosk gave the number itself; it is just as valid.",
	clockOff:    "The clock of this kiosk may be wrong. Go by the clock of the hall.",
	priority:    "Priority",
	appointment: "Appointment",
	storey:      func(n int) string { return fmt.Sprint(n) },
	people:      func(n int) string { return fmt.Sprint(n) },
	minutes: func(low, high int) string {
		switch {
		case high <= 1:
			return "1 min"
		case low >= high:
			return fmt.Sprintf("%d min", high)
		case high >= 100:
			return fmt.Sprintf("%d-%d min", low, high)
		}
		return fmt.Sprintf("%d to %d min", low, high)
	},
	day:          func(t time.Time) string { return t.Format("Monday, 2 January") },
	checkIn:      "Check in",
	lastDigits:   "Phone ends in",
	howToCheckIn: "In the hall, scan this code at a kiosk or type the last four digits of your phone number to check in and get your number.",
	orBy:         "Check in with", card: "identity card", howToCheckInByCard: "In the hall, scan this code at a kiosk or hold your identity card on its reader to check in and get your number.",
	span: func(from, till string) string { return from + "-" + till },

	closed:    "Closed",
	free:      func(window string) string { return window + " Please wait" },
	serving:   func(number string) string { return number + " is served" },
	called:    func(number, window string) string { return number + " to window " + window },
	reprint:   func(n int) string { return fmt.Sprintf("Reprint %d", n) },
	moment:    func(t time.Time) string { return t.Format("Monday, 2 January 2006, 15:04") },
	checklist: "What to bring",
	noTicket:  "This is not a ticket. Take one when you come.",
	phone:     "Questions:",
	comma:     ", ",
	heading:   "%s:",
	duties: map[guide.Duty]string{guide.Bring: "Bring", guide.Follow: "Can follow later", guide.OnlyIf: "It depends: see the remark",
		guide.Shared: "Not needed, shared data has it"},
	floorNamed: func(n int) string { return fmt.Sprintf("Floor %d", n) },
	onPaper:    func(n int) string { return fmt.Sprintf("And %d more: see the printed list", n) },
	pieces:     counts("%[2]d x %[1]s", map[string]string{"原件": "original", "原件核验": "original (given back)", "复印件": "copy", "电子件": "electronic copy"}),
}

// counts gives how many of what: originals in the form that is asked for, then photocopies.
func counts(format string, forms map[string]string) func(string, int, int) []string {
	return func(form string, originals, copies int) (out []string) {
		name := forms[form]
		if name == "" || form == "复印件" && originals > 0 {
			name = forms["原件"]
		}
		if originals > 0 {
			out = append(out, fmt.Sprintf(format, name, originals))
		}
		if copies > 0 {
			out = append(out, fmt.Sprintf(format, forms["复印件"], copies))
		}
		if len(out) == 0 {
			out = append(out, name)
		}
		return out
	}
}

// wordsOf gives the words of a ticket's language: English for "en", else Chinese.
func wordsOf(language string) *words {
	if language == "en" {
		return &english
	}
	return &chinese
}
