package guide

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func missingHours(_ *Catalogue, i *draft, say say) {
	switch h := i.Hours; {
	case blank(h.Text) && len(h.Weekdays) == 0 && len(h.Periods) == 0:
		say("hours", "没有办理时间", "there are no hours")
	case blank(h.Text):
		say("hours.text", "没有办理时间的文字", "the hours have no text, which is what people read")
	}
}

func badWeekday(_ *Catalogue, i *draft, say say) {
	for n, day := range i.Hours.Weekdays {
		if day < 1 || day > 7 {
			say(at("hours.weekdays", n, ""), "没有星期%d", "%d is no day of the week", day)
		}
	}
}

var clock = regexp.MustCompile(`^(?:[01]\d|2[0-3]):[0-5]\d$`)

func badPeriod(_ *Catalogue, i *draft, say say) {
	before := ""
	for n, p := range i.Hours.Periods {
		if !clock.MatchString(p[0]) || !clock.MatchString(p[1]) || p[0] >= p[1] || p[0] < before {
			say(at("hours.periods", n, ""), "时段“%s”到“%s”不对", "%q to %q is no period", p[0], p[1])
		}
		before = p[1]
	}
}

// wrongHours gives the first thing wrong with the hours of a hall, or nothing: the rules
// are those of items, but what tells whether a hall is open has to be whole.
func wrongHours(h *Hours) (field, problem string) {
	if h == nil {
		return "", ""
	}
	note := func(path, _, en string, args ...any) {
		if problem == "" {
			field, problem = "halls."+path, fmt.Sprintf(en, args...)
		}
	}
	i := &draft{Item: Item{Hours: *h}}
	missingHours(nil, i, note)
	if !h.known() {
		note("hours", "", "the hours need weekdays and periods")
	}
	badWeekday(nil, i, note)
	badPeriod(nil, i, note)
	return field, problem
}

var (
	clockInText = regexp.MustCompile(`(\d{1,2})[:：](\d{2})`)
	daysInText  = regexp.MustCompile(`(?:周|星期)([一二三四五六日天])[至到—–~-]{1,2}(?:周|星期)?([一二三四五六日天])`)
	dayNumbers  = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
)

// hoursMismatch compares what can be read with certainty: the clock times of a text
// that has as many as the periods, and its one range of weekdays.
func hoursMismatch(_ *Catalogue, i *draft, say say) {
	var said, meant []string
	for _, m := range clockInText.FindAllStringSubmatch(i.Hours.Text, -1) {
		said = append(said, fmt.Sprintf("%05s", m[1]+":"+m[2]))
	}
	for _, p := range i.Hours.Periods {
		meant = append(meant, p[0], p[1])
	}
	if len(said) == len(meant) && !slices.Equal(said, meant) {
		say("hours.periods", "文字写的是%[1]s,时段是%[2]s", "the text says %s and the periods are %s", strings.Join(said, " "), strings.Join(meant, " "))
	}
	ranges := daysInText.FindAllStringSubmatch(i.Hours.Text, -1)
	if len(ranges) != 1 || len(i.Hours.Weekdays) == 0 || strings.ContainsAny(strings.Replace(i.Hours.Text, ranges[0][0], "", 1), "周") {
		return
	}
	var days []int
	for day := dayNumbers[ranges[0][1]]; day <= dayNumbers[ranges[0][2]]; day++ {
		days = append(days, day)
	}
	if have := slices.Sorted(slices.Values(i.Hours.Weekdays)); !slices.Equal(have, days) {
		say("hours.weekdays", "文字写的是%s,星期是%v", "the text says %s and the weekdays are %v", ranges[0][0], have)
	}
}

func missingPlace(_ *Catalogue, i *draft, say say) {
	if len(i.Places) == 0 {
		say("places", "没有办理地点", "it is taken nowhere")
	}
	for n, p := range i.Places {
		if blank(p.Address) {
			say(at("places", n, "address"), "地点没有地址", "the place has no address")
		}
	}
}

func unknownHall(c *Catalogue, i *draft, say say) {
	for n, p := range i.Places {
		if _, known := c.Hall(p.Hall); !known {
			say(at("places", n, "hall"), "没有大厅“%s”", "there is no hall %q", p.Hall)
		}
	}
}

func badWindows(_ *Catalogue, i *draft, say say) {
	for n, p := range i.Places {
		if p.Windows != "" && WindowNames(p.Windows) == nil {
			say(at("places", n, "windows"), "“%s”不是窗口范围", "%q is not a range of windows", p.Windows)
		}
	}
}

// stations gives what the halls file says about the places of an item: nothing for
// halls whose windows it does not number, and for what other rules find.
func stations(c *Catalogue, i *draft, tell func(n int, p Place, windows []string, a HallArea, has bool)) {
	if _, known := c.Area(i.Letter); !known {
		return
	}
	for n, p := range i.Places {
		windows := WindowNames(p.Windows)
		if len(c.hallAreas[p.Hall]) == 0 || p.Windows != "" && windows == nil {
			continue
		}
		a, has := c.AreaOf(p.Hall, i.Letter)
		tell(n, p, windows, a, has)
	}
}

func noWindow(c *Catalogue, i *draft, say say) {
	for n, p := range i.Places {
		if _, known := c.Hall(p.Hall); known && len(c.hallAreas[p.Hall]) == 0 && p.Windows == "" {
			say(at("places", n, "windows"), "进驻大厅,但没有窗口", "it is stationed in a hall and has no window")
		}
	}
	stations(c, i, func(n int, p Place, windows []string, a HallArea, has bool) {
		there := func(w string) bool {
			of, known := c.AreaOf(p.Hall, Letter(w[:1]))
			return known && slices.Contains(of.Windows, w)
		}
		missing := slices.IndexFunc(windows, func(w string) bool { return !there(w) })
		switch {
		case !has:
			say(at("places", n, ""), "大厅“%s”没有受理%s类事项的窗口", "the hall %q has no window for area %s", p.Hall, i.Letter)
		case missing >= 0:
			say(at("places", n, "windows"), "大厅“%s”没有窗口%s", "the hall %q has no window %s", p.Hall, windows[missing])
		}
	})
}

func windowMismatch(c *Catalogue, i *draft, say say) {
	stations(c, i, func(n int, p Place, windows []string, a HallArea, has bool) {
		if has && len(windows) > 0 && Letter(windows[0][:1]) != i.Letter {
			say(at("places", n, "windows"), "窗口%s不受理%s类事项", "the windows %s are not those of area %s", p.Windows, i.Letter)
		}
		if has && p.Floor != a.Floor {
			say(at("places", n, "floor"), "写的是%d楼,大厅的这类窗口在%d楼", "floor %d is said, and these windows are on floor %d", p.Floor, a.Floor)
		}
	})
}
