package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// The hours of the shipped sample: the hall's, those over lunch, those with Saturdays.
var (
	hallHours  = guide.Hours{Text: "周一至周五", Weekdays: []int{1, 2, 3, 4, 5}, Periods: [][2]string{{"08:30", "12:00"}, {"13:30", "17:00"}}}
	lunchHours = guide.Hours{Text: "午间不间断", Weekdays: []int{1, 2, 3, 4, 5}, Periods: [][2]string{{"08:30", "17:00"}}}
	sixDays    = guide.Hours{Text: "周一至周六", Weekdays: []int{1, 2, 3, 4, 5, 6}, Periods: [][2]string{{"08:30", "12:00"}, {"13:30", "17:00"}}}
	threeDays  = guide.Hours{Text: "周一至周三", Weekdays: []int{1, 2, 3}, Periods: [][2]string{{"09:00", "16:00"}}}
)

// moment gives "2026-11-24 09:12" or, with seconds, "2026-11-24 11:59:59" in the halls' time.
func moment(t *testing.T, at string) int64 {
	t.Helper()
	date, clock, _ := strings.Cut(at, " ")
	ms, err := hall.At(hall.Date(date), clock)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// told says an opening in one line: how it stands, what is closed from tomorrow (or
// today) on, and what comes next.
func told(o Opening) string {
	words := []string{string(o.State)}
	add := func(word, value string) {
		if value != "" {
			words = append(words, word+value)
		}
	}
	add("until ", o.Until)
	add("again ", o.Again)
	if o.ClosedFrom != "" {
		add("", fmt.Sprintf("closed %s..%s", o.ClosedFrom[5:], o.ClosedTo[5:]))
	}
	add("for ", strings.Join(o.Holidays, " "))
	if o.NextDate != "" {
		add("", fmt.Sprintf("next %s %s", o.NextDate[5:], o.NextAt))
	}
	add("unknown from ", string(o.UnknownFrom))
	return strings.Join(words, ", ")
}

func TestOpening(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		at    string
		hours guide.Hours
		want  string
	}{
		// A Tuesday, around the clock.
		{"2026-11-24 00:00", hallHours, "before, again 08:30, next 11-25 08:30"},
		{"2026-11-24 03:59", hallHours, "before, again 08:30, next 11-25 08:30"}, // civil, not business days
		{"2026-11-24 08:29:59", hallHours, "before, again 08:30, next 11-25 08:30"},
		{"2026-11-24 08:30", hallHours, "open, until 12:00, again 13:30, next 11-25 08:30"},
		{"2026-11-24 11:59:59", hallHours, "open, until 12:00, again 13:30, next 11-25 08:30"},
		{"2026-11-24 12:00", hallHours, "pause, again 13:30, next 11-25 08:30"},
		{"2026-11-24 13:29:59", hallHours, "pause, again 13:30, next 11-25 08:30"},
		{"2026-11-24 13:30", hallHours, "open, until 17:00, next 11-25 08:30"},
		{"2026-11-24 16:59:59", hallHours, "open, until 17:00, next 11-25 08:30"},
		{"2026-11-24 17:00", hallHours, "after, next 11-25 08:30"},
		{"2026-11-24 23:59:59", hallHours, "after, next 11-25 08:30"},
		// Over lunch, where some items are taken then.
		{"2026-11-24 12:30", lunchHours, "open, until 17:00, next 11-25 08:30"},
		{"2026-11-24 17:30", lunchHours, "after, next 11-25 08:30"},
		// A weekend: closed from the Friday's point of view on, and open for some on Saturday.
		{"2026-11-27 16:50", hallHours, "open, until 17:00, closed 11-28..11-29, next 11-30 08:30"},
		{"2026-11-27 18:00", hallHours, "after, closed 11-28..11-29, next 11-30 08:30"},
		{"2026-11-28 10:00", hallHours, "closed, closed 11-28..11-29, next 11-30 08:30"},
		{"2026-11-28 10:00", sixDays, "open, until 12:00, again 13:30, closed 11-29..11-29, next 11-30 08:30"},
		{"2026-11-28 12:30", sixDays, "pause, again 13:30, closed 11-29..11-29, next 11-30 08:30"},
		{"2026-11-29 10:00", sixDays, "closed, closed 11-29..11-29, next 11-30 08:30"},
		{"2026-11-27 16:50", sixDays, "open, until 17:00, next 11-28 08:30"},
		{"2026-11-29 23:59", hallHours, "closed, closed 11-29..11-29, next 11-30 08:30"},
		// New Year with its make-up Sunday.
		{"2025-12-31 16:50", hallHours, "open, until 17:00, closed 01-01..01-03, for 元旦节, next 01-04 08:30"},
		{"2026-01-01 10:00", hallHours, "closed, closed 01-01..01-03, for 元旦节, next 01-04 08:30"},
		{"2026-01-04 10:00", hallHours, "open, until 12:00, again 13:30, next 01-05 08:30"},
		// The Spring Festival begins after a make-up Saturday.
		{"2026-02-13 16:50", hallHours, "open, until 17:00, next 02-14 08:30"},
		{"2026-02-14 08:00", hallHours, "before, again 08:30, closed 02-15..02-23, for 春节, next 02-24 08:30"},
		{"2026-02-14 16:50", hallHours, "open, until 17:00, closed 02-15..02-23, for 春节, next 02-24 08:30"},
		{"2026-02-17 10:00", hallHours, "closed, closed 02-17..02-23, for 春节, next 02-24 08:30"},
		{"2026-02-21 10:00", sixDays, "closed, closed 02-21..02-23, for 春节, next 02-24 08:30"}, // a Saturday, and a holiday
		{"2026-02-27 16:50", hallHours, "open, until 17:00, next 02-28 08:30"},
		{"2026-02-28 12:10", hallHours, "pause, again 13:30, closed 03-01..03-01, next 03-02 08:30"},
		{"2026-02-28 12:10", lunchHours, "open, until 17:00, closed 03-01..03-01, next 03-02 08:30"},
		// A holiday that begins on a weekend, and one that ends before one.
		{"2026-04-03 16:50", hallHours, "open, until 17:00, closed 04-04..04-06, for 清明节, next 04-07 08:30"},
		{"2026-04-30 11:00", hallHours, "open, until 12:00, again 13:30, closed 05-01..05-05, for 劳动节, next 05-06 08:30"},
		{"2026-05-09 09:00", hallHours, "open, until 12:00, again 13:30, closed 05-10..05-10, next 05-11 08:30"},
		// Mid-Autumn and National Day 2026.
		{"2026-09-18 17:30", hallHours, "after, closed 09-19..09-19, next 09-20 08:30"}, // the Sunday makes up
		{"2026-09-20 16:50", hallHours, "open, until 17:00, next 09-21 08:30"},
		{"2026-09-24 18:00", hallHours, "after, closed 09-25..09-27, for 中秋节, next 09-28 08:30"},
		{"2026-09-29 16:50", hallHours, "open, until 17:00, next 09-30 08:30"},
		{"2026-09-30 09:00", hallHours, "open, until 12:00, again 13:30, closed 10-01..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-09-30 16:50", hallHours, "open, until 17:00, closed 10-01..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-09-30 23:59", hallHours, "after, closed 10-01..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-10-01 00:00", hallHours, "closed, closed 10-01..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-10-03 10:00", sixDays, "closed, closed 10-03..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-10-07 23:59", hallHours, "closed, closed 10-07..10-07, for 国庆节, next 10-08 08:30"},
		{"2026-10-10 16:50", hallHours, "open, until 17:00, closed 10-11..10-11, next 10-12 08:30"}, // a make-up Saturday
		// Two holidays in a row.
		{"2023-09-28 16:50", hallHours, "open, until 17:00, closed 09-29..10-06, for 中秋节 国庆节, next 10-07 08:30"},
		// The end of what is known.
		{"2026-12-30 17:30", hallHours, "after, next 12-31 08:30"},
		{"2026-12-31 10:00", hallHours, "open, until 12:00, again 13:30, unknown from 2027-01-01"},
		{"2026-12-31 16:50", hallHours, "open, until 17:00, unknown from 2027-01-01"},
		{"2026-12-31 18:00", hallHours, "after, unknown from 2027-01-01"},
		{"2027-01-01 00:00", hallHours, "not_known, unknown from 2027-01-01"},
		{"2027-03-02 10:00", hallHours, "not_known, unknown from 2027-03-02"},
		{"2027-03-06 10:00", sixDays, "not_known, unknown from 2027-03-06"},
		{"2016-12-30 10:00", hallHours, "not_known, unknown from 2016-12-30"},
		// Hours of three days a week: nobody knows which of them a make-up day stands for.
		{"2026-11-25 16:00", threeDays, "after, closed 11-26..11-29, next 11-30 09:00"},
		{"2026-10-10 10:00", threeDays, "closed, closed 10-10..10-11, next 10-12 09:00"},
		{"2026-12-30 17:00", threeDays, "after, closed 12-31..12-31, unknown from 2027-01-01"},
		// Nobody wrote the hours, or only in words.
		{"2026-11-24 10:00", guide.Hours{}, "not_told"},
		{"2026-11-24 10:00", guide.Hours{Text: "以现场公告为准"}, "not_told"},
		{"2026-11-24 10:00", guide.Hours{Text: "上午", Periods: [][2]string{{"08:30", "12:00"}}}, "not_told"},
		{"2027-11-24 10:00", guide.Hours{}, "not_told"},
	} {
		if got := told(c.Opening(w.hours, moment(t, w.at))); got != w.want {
			t.Errorf("%s %s:\n got %s\nwant %s", w.at, w.hours.Text, got, w.want)
		}
	}
}

// A day is one kind only, and has hours only where it should.
func TestDaysAhead(t *testing.T) {
	c := shippedCalendar(t)
	line := func(days []Day) string {
		var out []string
		for _, d := range days {
			out = append(out, fmt.Sprintf("%s %s%s %d", d.Date[5:], d.Kind, d.Name, len(d.Periods)))
		}
		return strings.Join(out, ", ")
	}
	for _, w := range []struct {
		at    string
		hours guide.Hours
		want  string
	}{
		{"2026-11-24 10:00", hallHours, "11-25 work 2, 11-26 work 2, 11-27 work 2, 11-28 rest 0, 11-29 rest 0, 11-30 work 2, 12-01 work 2"},
		{"2026-11-24 23:59", sixDays, "11-25 work 2, 11-26 work 2, 11-27 work 2, 11-28 work 2, 11-29 rest 0, 11-30 work 2, 12-01 work 2"},
		{"2026-10-05 01:00", lunchHours, "10-06 holiday国庆节 0, 10-07 holiday国庆节 0, 10-08 work 1, 10-09 work 1, 10-10 make_up国庆节 1, 10-11 rest 0, 10-12 work 1"},
		{"2026-12-29 10:00", hallHours, "12-30 work 2, 12-31 work 2, 01-01 unknown 0, 01-02 unknown 0, 01-03 unknown 0, 01-04 unknown 0, 01-05 unknown 0"},
	} {
		if got := line(c.Days(w.hours, moment(t, w.at), 7)); got != w.want {
			t.Errorf("%s %s:\n got %s\nwant %s", w.at, w.hours.Text, got, w.want)
		}
	}
}

func TestHolidaysLeft(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		at, want string
		known    bool
		unknown  int
	}{
		{"2026-02-20 10:00", "春节 02-15..02-23 [2026-02-14 2026-02-28], 清明节 04-04..04-06 [], 劳动节 05-01..05-05 [2026-05-09], 端午节 06-19..06-21 [], 中秋节 09-25..09-27 [], 国庆节 10-01..10-07 [2026-09-20 2026-10-10]", true, 2027},
		{"2026-10-07 23:59", "国庆节 10-01..10-07 [2026-09-20 2026-10-10]", true, 2027},
		{"2026-10-08 00:00", "", true, 2027},
		{"2025-10-09 00:00", "", true, 0}, // the next year is known, and not part of this one
		{"2027-01-01 10:00", "", false, 2027},
		{"2018-12-29 10:00", "元旦节 12-30..01-01 [2018-12-29]", true, 0}, // over the turn of the year
	} {
		ms := moment(t, w.at)
		left, known := c.HolidaysLeft(ms)
		var got []string
		for _, h := range left {
			got = append(got, fmt.Sprintf("%s %s..%s %v", strings.Join(h.Names, " "), h.From[5:], h.To[5:], h.MakeUps))
		}
		if line := strings.Join(got, ", "); line != w.want || known != w.known || c.NextUnknown(ms) != w.unknown {
			t.Errorf("%s:\n got %s, %v, %d\nwant %s, %v, %d", w.at, line, known, c.NextUnknown(ms), w.want, w.known, w.unknown)
		}
	}
}

// Each day that makes up stands with one holiday of the file, so that none is left out or told twice.
func TestEveryMakeUpDayHasItsHoliday(t *testing.T) {
	c := shippedCalendar(t)
	var told []hall.Date
	for _, h := range c.holidays() {
		told = append(told, h.MakeUps...)
	}
	slices.Sort(told)
	var listed []hall.Date
	for d, day := range c.days {
		if day.works {
			listed = append(listed, d)
		}
	}
	slices.Sort(listed)
	if len(listed) < 40 || !slices.Equal(told, listed) {
		t.Errorf("the holidays tell %v, the file lists %v", told, listed)
	}
}
