package disclosure

import (
	"errors"
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

// asked is a request of a party, answered on a day unless that is empty.
func asked(t testing.TB, n int, by Party, day, answered hall.Date, o Outcome) *Case {
	t.Helper()
	r := Requested{Disclosure: ID(fmt.Sprint("d", n)), Number: fmt.Sprint("N", n), Hall: "jiangnan", By: by, Day: day, AtMS: 1}
	c, err := Fold(nil, event.Event{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: event.Seq(2*n + 1)}, Kind: KindRequested, Payload: hall.Payload(r)})
	if err == nil && answered != "" {
		c, err = Fold(c, event.Event{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: event.Seq(2*n + 2)}, Kind: KindAnswered, Payload: hall.Payload(Step{Disclosure: r.Disclosure, Day: answered, AtMS: 2, Outcome: o})})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func cell(table Table, id RowID, by Party) int {
	for _, r := range table.Rows {
		for n, p := range Parties {
			if r.ID == id && p == by {
				return r.Counts[n]
			}
		}
		if r.ID == id && by == "" {
			return r.Sum
		}
	}
	return -1
}

// 政府信息公开工作年度报告 表三 (国办公开办函〔2021〕30号).
func TestYearTable(t *testing.T) {
	cases := []*Case{
		asked(t, 1, Person, "2024-12-20", "2025-01-10", OutcomeGranted),
		asked(t, 2, Person, "2024-12-20", "2024-12-30", OutcomeGranted), // of the year before
		asked(t, 3, Business, "2025-03-03", "2025-03-20", OutcomePartly),
		asked(t, 4, LegalService, "2025-03-03", "2025-03-20", OutcomeRepeat),
		asked(t, 5, Person, "2025-03-03", "2025-03-20", OutcomePublic), // 已主动公开 is 予以公开
		asked(t, 6, Person, "2025-03-03", "2025-03-20", "not_existing"),
		asked(t, 7, Person, "2025-03-03", "2025-03-20", "not_ours"), // both are 不掌握
		asked(t, 8, Person, "2025-03-03", "2025-03-20", OutcomeWithdrawn),
		asked(t, 9, Charity, "2025-12-20", "2026-01-05", OutcomeGranted),
		asked(t, 10, Person, "2025-12-20", "", ""),
		asked(t, 11, Person, "2026-01-02", "", ""),    // of the next year
		asked(t, 12, Research, "2023-12-20", "", ""),  // never answered
		{Requested: Requested{Disclosure: "unknown"}}, // only later facts have come
	}
	y := Tabulate(2025, cases, "2026-11-24")
	if err := y.Check(); err != nil {
		t.Error(err)
	}
	for _, x := range []struct {
		row  RowID
		by   Party
		want int
	}{
		{RowNew, "", 8}, {RowNew, Person, 5}, {RowCarried, "", 2}, {RowCarried, Person, 1}, {RowCarried, Research, 1},
		{"granted", Person, 2}, {"granted", Charity, 0}, {"partly", Business, 1}, {"repeat", LegalService, 1}, {"not_held", Person, 2}, {"other", Person, 1},
		{RowTotal, "", 7}, {RowForward, "", 3}, {RowForward, Person, 1}, {RowForward, Charity, 1}, {RowForward, Research, 1},
	} {
		if got := cell(y, x.row, x.by); got != x.want {
			t.Errorf("%s of %q: %d, not %d", x.row, x.by, got, x.want)
		}
	}
	if half := Tabulate(2025, cases, "2025-03-10"); cell(half, RowNew, "") != 6 || cell(half, RowForward, "") != 7 || half.Check() != nil {
		t.Errorf("in March: %d new, %d open, %v", cell(half, RowNew, ""), cell(half, RowForward, ""), half.Check())
	}
}

// What a year carries forward is what the next one begins with, and every year keeps its rule.
func TestYearsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cases []*Case
		day := rapid.Custom(func(t *rapid.T) hall.Date {
			return hall.Date(fmt.Sprintf("%d-%02d-%02d", rapid.IntRange(2023, 2026).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")))
		})
		for n := range rapid.IntRange(0, 30).Draw(t, "count") {
			from, to := day.Draw(t, "from"), day.Draw(t, "to")
			if to < from {
				to = ""
			}
			c := &Case{Requested: Requested{Disclosure: ID(fmt.Sprint(n)), By: rapid.SampledFrom(Parties).Draw(t, "by"), Day: from}, From: event.ID{Origin: "h/c1"}}
			if to != "" {
				c.Steps = []Noted{{Kind: KindAnswered, Step: Step{Day: to, Outcome: rapid.SampledFrom(order).Draw(t, "outcome")}}}
			}
			cases = append(cases, c)
		}
		for year := 2023; year < 2026; year++ {
			this, next := Tabulate(year, cases, "2027-01-01"), Tabulate(year+1, cases, "2027-01-01")
			if err := this.Check(); err != nil {
				t.Fatal(err)
			}
			for _, p := range append([]Party{""}, Parties...) {
				if cell(this, RowForward, p) != cell(next, RowCarried, p) {
					t.Fatalf("%d carries %d of %q forward, %d begins with %d", year, cell(this, RowForward, p), p, year+1, cell(next, RowCarried, p))
				}
			}
		}
	})
}

// A table that somebody has changed by hand is found out.
func TestATableThatContradictsItself(t *testing.T) {
	for name, spoil := range map[string]func(*Table){
		"one more is new":                     func(t *Table) { t.Rows[0].Counts[0]++; t.Rows[0].Sum++ },
		"an answer too many":                  func(t *Table) { t.Rows[2].Counts[1]++; t.Rows[2].Sum++ },
		"the sums of two columns are swapped": func(t *Table) { t.Rows[0].Counts[0]++; t.Rows[0].Counts[1]-- },
		"a sum alone":                         func(t *Table) { t.Rows[5].Sum++ },
		"two sums that fit each other":        func(t *Table) { t.Rows[0].Sum++; t.Rows[len(t.Rows)-1].Sum++ },
		"a column is gone":                    func(t *Table) { t.Rows[3].Counts = t.Rows[3].Counts[:5] },
	} {
		y := Tabulate(2025, []*Case{asked(t, 1, Person, "2025-03-03", "2025-03-20", OutcomePartly), asked(t, 2, Business, "2025-03-03", "", "")}, "2026-01-01")
		if err := y.Check(); err != nil {
			t.Fatal(err)
		}
		spoil(&y)
		if err := y.Check(); !errors.As(err, &ErrUnbalanced{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
