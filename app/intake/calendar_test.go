package intake

import (
	"errors"
	"strings"
	"testing"

	"onewindow/app/guide"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

func shippedCalendar(t testing.TB) *Calendar {
	t.Helper()
	c, err := ShippedCalendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWorkingDay(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		day            hall.Date
		working, known bool
	}{
		{"2026-11-24", true, true},   // a Tuesday
		{"2026-11-21", false, true},  // a Saturday
		{"2026-10-01", false, true},  // National Day
		{"2026-10-10", true, true},   // a Saturday that makes up for the holiday
		{"2026-09-20", true, true},   // a Sunday that makes up
		{"2026-02-14", true, true},   // a Saturday before the Spring Festival
		{"2018-06-16", false, true},  // an ordinary Saturday that some tables get wrong
		{"2018-09-22", false, true},  // the same
		{"2027-01-04", false, false}, // no notice yet
		{"2016-12-30", false, false}, // before the table
		{"2026-02-30", false, false}, // no day at all
		{"", false, false},
	} {
		if working, known := c.WorkingDay(w.day); working != w.working || known != w.known {
			t.Errorf("%s: working %v, known %v", w.day, working, known)
		}
	}
}

// add gives the n-th working day after d.
func add(c *Calendar, d hall.Date, n int) (hall.Date, bool) {
	due, state := c.Due(Term{Rule: Rule{Days: n}, From: d})
	return due, state == TermKnown
}

func TestAddWorkingDays(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		from  hall.Date
		n     int
		due   hall.Date
		known bool
	}{
		{"2026-11-24", 0, "2026-11-24", true},
		{"2026-11-24", 1, "2026-11-25", true},
		{"2026-11-27", 1, "2026-11-30", true}, // over a weekend
		{"2026-09-30", 1, "2026-10-08", true}, // over National Day
		{"2026-09-30", 3, "2026-10-10", true}, // the make-up Saturday counts
		{"2026-11-21", 1, "2026-11-23", true}, // from a Saturday
		{"2026-12-30", 1, "2026-12-31", true}, // the last known day
		{"2026-12-30", 2, "", false},          // 2027 is unknown
		{"2026-11-24", 28, "", false},         // so is all that leads into it
		{"2025-12-31", 1, "2026-01-04", true}, // over New Year with a make-up Sunday
		{"2027-03-01", 1, "", false},          // begins in it
		{"2026-11-24", -1, "", false},         // no such term
		{"2026-11-24", 1_000_000, "", false},  // nor this one
		{"24.11.2026", 1, "", false},          // no day
	} {
		if due, known := add(c, w.from, w.n); due != w.due || known != w.known {
			t.Errorf("%s + %d: %s, known %v, want %s", w.from, w.n, due, known, w.due)
		}
	}
}

// Adding a and then b working days is adding a+b, and every due date is a working day.
func TestWorkingDaysAddUp(t *testing.T) {
	c := shippedCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		from, _ := addDays("2017-01-01", rapid.IntRange(0, 3400).Draw(t, "day"))
		a, b := rapid.IntRange(1, 60).Draw(t, "a"), rapid.IntRange(1, 60).Draw(t, "b")
		first, known := add(c, from, a)
		if working, _ := c.WorkingDay(first); known && !working {
			t.Fatalf("%s + %d is %s, no working day", from, a, first)
		}
		second, known2 := add(c, first, b)
		both, known3 := add(c, from, a+b)
		if known && (known2 != known3 || second != both) {
			t.Fatalf("%s + %d + %d: %s or %s", from, a, b, second, both)
		}
	})
}

func TestFaultyCalendars(t *testing.T) {
	text, err := Shipped.ReadFile("shipped/" + FileCalendar)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	for name, in := range map[string]string{
		"half":           whole[:len(whole)/2],
		"empty":          "",
		"no day":         strings.Replace(whole, "2017-01-22", "2017-13-22", 1),
		"day twice":      strings.Replace(whole, "2017-01-28", "2017-01-27", 1),
		"type unknown":   strings.Replace(whole, "transfer_workday", "workday", 1),
		"year elsewhere": strings.Replace(whole, `"2017-01-22"`, `"2029-01-22"`, 1),
		"years missing":  strings.Replace(whole, `"years"`, `"jahre"`, 1),
		"holiday lost":   strings.Replace(whole, `"2026-10-01"`, `"2026-10-31"`, 1),
	} {
		if in == whole {
			t.Fatalf("%s: the text was not changed", name)
		}
		_, err := ParseCalendar([]byte(in))
		var f *guide.Fault
		if !errors.As(err, &f) || f.File != FileCalendar || f.Problem == "" || f.Advice == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
