package intake

import (
	"errors"
	"strings"
	"testing"

	"onewindow/app/guide"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

// none stands for an item without a promised time.
const none = -1

// deadlines are ends of terms, each under the law that it follows from. The ends were
// counted on lists of the working days of each year, by another program than this one.
var deadlines = []struct {
	rule, place string
	from        hall.Date
	extended    bool
	suspensions []Suspension
	promised    int
	unit        string
	due         hall.Date
	state       TermState
	law         string
}{
	{"decision", "", "2017-01-03", false, nil, none, "", "2017-02-04", "known", "行政许可法 42"},
	{"decision", "", "2017-01-20", false, nil, none, "", "2017-02-22", "known", "行政许可法 42"},
	{"decision", "", "2017-04-28", false, nil, none, "", "2017-05-27", "known", "行政许可法 42"},
	{"decision", "", "2017-09-25", false, nil, none, "", "2017-10-27", "known", "行政许可法 42"},
	{"decision", "", "2017-12-29", false, nil, none, "", "2018-01-29", "known", "行政许可法 42"},
	{"decision", "", "2018-02-08", false, nil, none, "", "2018-03-13", "known", "行政许可法 42"},
	{"decision", "", "2018-04-27", false, nil, none, "", "2018-05-28", "known", "行政许可法 42"},
	{"decision", "", "2018-09-21", false, nil, none, "", "2018-10-25", "known", "行政许可法 42"},
	{"decision", "", "2018-12-28", false, nil, none, "", "2019-01-28", "known", "行政许可法 42"},
	{"decision", "", "2019-01-02", false, nil, none, "", "2019-01-30", "known", "行政许可法 42"},
	{"decision", "", "2019-01-28", false, nil, none, "", "2019-02-28", "known", "行政许可法 42"},
	{"decision", "", "2019-04-29", false, nil, none, "", "2019-05-29", "known", "行政许可法 42"},
	{"decision", "", "2019-05-14", false, nil, none, "", "2019-06-12", "known", "行政许可法 42"},
	{"decision", "", "2019-05-15", false, nil, none, "", "2019-06-13", "known", "行政许可法 42"},
	{"decision", "", "2019-09-27", false, nil, none, "", "2019-10-30", "known", "行政许可法 42"},
	{"decision", "", "2019-12-31", false, nil, none, "", "2020-02-05", "known", "行政许可法 42"},
	{"decision", "", "2020-01-17", false, nil, none, "", "2020-02-21", "known", "行政许可法 42"},
	{"decision", "", "2020-04-29", false, nil, none, "", "2020-05-29", "known", "行政许可法 42"},
	{"decision", "", "2020-09-25", false, nil, none, "", "2020-10-29", "known", "行政许可法 42"},
	{"decision", "", "2020-12-31", false, nil, none, "", "2021-01-29", "known", "行政许可法 42"},
	{"decision", "", "2021-02-05", false, nil, none, "", "2021-03-10", "known", "行政许可法 42"},
	{"decision", "", "2021-04-25", false, nil, none, "", "2021-05-25", "known", "行政许可法 42"},
	{"decision", "", "2021-09-18", false, nil, none, "", "2021-10-22", "known", "行政许可法 42"},
	{"decision", "", "2021-12-31", false, nil, none, "", "2022-01-29", "known", "行政许可法 42"},
	{"decision", "", "2022-01-28", false, nil, none, "", "2022-03-02", "known", "行政许可法 42"},
	{"decision", "", "2022-04-29", false, nil, none, "", "2022-05-31", "known", "行政许可法 42"},
	{"decision", "", "2022-09-09", false, nil, none, "", "2022-10-13", "known", "行政许可法 42"},
	{"decision", "", "2022-12-30", false, nil, none, "", "2023-02-02", "known", "行政许可法 42"},
	{"decision", "", "2023-01-18", false, nil, none, "", "2023-02-20", "known", "行政许可法 42"},
	{"decision", "", "2023-04-21", false, nil, none, "", "2023-05-22", "known", "行政许可法 42"},
	{"decision", "", "2023-06-21", false, nil, none, "", "2023-07-20", "known", "行政许可法 42"},
	{"decision", "", "2023-09-28", false, nil, none, "", "2023-11-01", "known", "行政许可法 42"},
	{"decision", "", "2023-12-29", false, nil, none, "", "2024-01-29", "known", "行政许可法 42"},
	{"decision", "", "2024-02-08", false, nil, none, "", "2024-03-13", "known", "行政许可法 42"},
	{"decision", "", "2024-04-30", false, nil, none, "", "2024-05-30", "known", "行政许可法 42"},
	{"decision", "", "2024-09-13", false, nil, none, "", "2024-10-17", "known", "行政许可法 42"},
	{"decision", "", "2024-09-30", false, nil, none, "", "2024-11-01", "known", "行政许可法 42"},
	{"decision", "", "2024-12-31", false, nil, none, "", "2025-02-05", "known", "行政许可法 42"},
	{"decision", "", "2025-01-24", false, nil, none, "", "2025-02-27", "known", "行政许可法 42"},
	{"decision", "", "2025-04-30", false, nil, none, "", "2025-06-03", "known", "行政许可法 42"},
	{"decision", "", "2025-09-30", false, nil, none, "", "2025-11-04", "known", "行政许可法 42"},
	{"decision", "", "2025-12-31", false, nil, none, "", "2026-01-29", "known", "行政许可法 42"},
	{"decision", "", "2026-02-13", false, nil, none, "", "2026-03-19", "known", "行政许可法 42"},
	{"decision", "", "2026-04-30", false, nil, none, "", "2026-06-01", "known", "行政许可法 42"},
	{"decision", "", "2026-09-24", false, nil, none, "", "2026-10-29", "known", "行政许可法 42"},
	{"decision", "", "2026-09-30", false, nil, none, "", "2026-11-03", "known", "行政许可法 42"},
	{"disclosure", "", "2017-12-20", false, nil, none, "", "2018-01-11", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2019-04-01", false, nil, none, "", "2019-04-23", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2019-05-14", false, nil, none, "", "2019-06-04", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2019-05-15", false, nil, none, "", "2019-06-13", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2020-01-10", false, nil, none, "", "2020-02-14", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2021-09-01", false, nil, none, "", "2021-09-29", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2023-09-27", false, nil, none, "", "2023-10-31", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2024-02-01", false, nil, none, "", "2024-03-05", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2025-09-29", false, nil, none, "", "2025-11-03", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2026-02-10", false, nil, none, "", "2026-03-16", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2018-05-01", false, nil, none, "", "2018-05-22", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2022-10-08", false, nil, none, "", "2022-11-03", "known", "政府信息公开条例 2007:24, 2019:33"},
	{"disclosure", "", "2018-11-30", true, nil, none, "", "2019-01-14", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure", "", "2019-05-14", true, nil, none, "", "2019-06-26", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure", "", "2019-05-15", true, nil, none, "", "2019-07-11", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure", "", "2022-01-10", true, nil, none, "", "2022-03-10", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure", "", "2024-09-20", true, nil, none, "", "2024-11-20", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure", "", "2026-08-31", true, nil, none, "", "2026-10-30", "known", "政府信息公开条例 2007:24, 2019:33 延长"},
	{"disclosure_correction", "", "2019-09-25", false, nil, none, "", "2019-10-10", "known", "政府信息公开条例 30"},
	{"disclosure_correction", "", "2024-02-05", false, nil, none, "", "2024-02-20", "known", "政府信息公开条例 30"},
	{"disclosure_correction", "", "2026-04-28", false, nil, none, "", "2026-05-11", "known", "政府信息公开条例 30"},
	{"third_party", "", "2019-06-03", false, nil, none, "", "2019-06-25", "known", "政府信息公开条例 32"},
	{"consulted_agency", "", "2019-06-03", false, nil, none, "", "2019-06-25", "known", "政府信息公开条例 34"},
	{"third_party", "", "2025-01-20", false, nil, none, "", "2025-02-14", "known", "政府信息公开条例 32"},
	{"consulted_agency", "", "2025-01-20", false, nil, none, "", "2025-02-14", "known", "政府信息公开条例 34"},
	{"correction_notice", "", "2017-09-29", false, nil, none, "", "2017-10-12", "known", "行政许可法 32"},
	{"correction_notice", "zhejiang", "2017-09-29", false, nil, none, "", "2017-10-12", "known", "浙江 11"},
	{"correction_notice", "", "2018-12-31", false, nil, none, "", "2019-01-08", "known", "行政许可法 32"},
	{"correction_notice", "zhejiang", "2018-12-31", false, nil, none, "", "2019-01-08", "known", "浙江 11"},
	{"correction_notice", "", "2019-01-02", false, nil, none, "", "2019-01-09", "known", "行政许可法 32"},
	{"correction_notice", "zhejiang", "2019-01-02", false, nil, none, "", "2019-01-02", "known", "浙江 11"},
	{"correction_notice", "", "2023-01-20", false, nil, none, "", "2023-02-01", "known", "行政许可法 32"},
	{"correction_notice", "zhejiang", "2023-01-20", false, nil, none, "", "2023-01-20", "known", "浙江 11"},
	{"correction_notice", "", "2026-09-30", false, nil, none, "", "2026-10-13", "known", "行政许可法 32"},
	{"correction_notice", "zhejiang", "2026-09-30", false, nil, none, "", "2026-09-30", "known", "浙江 11"},
	{"decision", "", "2018-01-15", true, nil, none, "", "2018-03-01", "known", "行政许可法 42 延长"},
	{"decision_joint", "", "2018-01-15", false, nil, none, "", "2018-03-22", "known", "行政许可法 42 联合"},
	{"decision_joint", "", "2018-01-15", true, nil, none, "", "2018-04-13", "known", "行政许可法 42 联合延长"},
	{"decision", "", "2020-01-20", true, nil, none, "", "2020-03-10", "known", "行政许可法 42 延长"},
	{"decision_joint", "", "2020-01-20", false, nil, none, "", "2020-03-31", "known", "行政许可法 42 联合"},
	{"decision_joint", "", "2020-01-20", true, nil, none, "", "2020-04-22", "known", "行政许可法 42 联合延长"},
	{"decision", "", "2026-02-02", true, nil, none, "", "2026-03-20", "known", "行政许可法 42 延长"},
	{"decision_joint", "", "2026-02-02", false, nil, none, "", "2026-04-13", "known", "行政许可法 42 联合"},
	{"decision_joint", "", "2026-02-02", true, nil, none, "", "2026-05-07", "known", "行政许可法 42 联合延长"},
	{"delivery", "", "2019-04-30", false, nil, none, "", "2019-05-16", "known", "行政许可法 44"},
	{"delivery", "", "2021-09-30", false, nil, none, "", "2021-10-20", "known", "行政许可法 44"},
	{"delivery", "", "2024-10-11", false, nil, none, "", "2024-10-24", "known", "行政许可法 44"},
	{"decision", "", "2024-03-01", false, []Suspension{{"2024-03-05", "2024-03-15"}}, none, "", "2024-04-11", "known", "行政许可法 45"},
	{"decision", "", "2024-03-01", false, []Suspension{{"2024-03-05", "2024-03-15"}, {"2024-03-12", "2024-03-20"}}, none, "", "2024-04-16", "known", "行政许可法 45 重叠"},
	{"decision", "", "2024-03-01", false, []Suspension{{"2024-03-05", "2024-03-05"}}, none, "", "2024-03-29", "known", "行政许可法 45 当日"},
	{"decision", "", "2024-09-20", false, []Suspension{{"2024-09-27", "2024-10-10"}}, none, "", "2024-10-30", "known", "行政许可法 45 跨国庆"},
	{"decision", "", "2024-03-01", false, []Suspension{{"2024-03-05", ""}}, none, "", "", "suspended", "行政许可法 45 未恢复"},
	{"decision", "", "2024-03-01", false, []Suspension{{"2024-06-05", ""}}, none, "", "2024-03-29", "known", "行政许可法 45 到期后"},
	{"disclosure", "", "2019-06-03", false, []Suspension{{"2019-06-10", "2019-06-28"}}, none, "", "2019-07-22", "known", "政府信息公开条例 32 第三方"},
	{"disclosure", "", "2025-01-13", true, []Suspension{{"2025-01-20", "2025-02-17"}}, none, "", "2025-04-08", "known", "政府信息公开条例 32, 33"},
	{"decision", "zhejiang", "2024-05-06", false, nil, 0, "工作日", "2024-05-06", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-04-30", false, nil, 1, "工作日", "2024-05-06", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-30", false, nil, 5, "工作日", "2024-10-12", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-12", false, nil, 19, "工作日", "2024-10-15", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-12", false, nil, 20, "工作日", "2024-10-16", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-12", false, nil, 25, "工作日", "2024-10-16", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-27", false, nil, 7, "自然日", "2024-10-08", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2024-09-28", false, nil, 3, "自然日", "2024-10-08", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2025-01-20", false, nil, 15, "自然日", "2025-02-05", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2025-01-20", false, nil, 30, "自然日", "2025-02-19", "known", "浙江 12 承诺时限"},
	{"decision", "zhejiang", "2025-01-20", false, nil, 40, "自然日", "2025-02-21", "known", "浙江 12 承诺时限"},
	{"decision", "", "2026-12-01", false, nil, none, "", "2026-12-29", "known", "2027 年节假日未公布"},
	{"decision", "", "2026-12-31", false, nil, none, "", "", "unknown", "2027 年节假日未公布"},
	{"decision", "", "2026-11-30", false, nil, none, "", "2026-12-28", "known", "2027 年节假日未公布"},
	{"decision", "", "2026-12-03", false, nil, none, "", "2026-12-31", "known", "2027 年节假日未公布"},
	{"decision", "", "2026-12-28", false, nil, 2, "工作日", "2026-12-30", "known", "2027 年节假日未公布，承诺日在前"},
	{"disclosure", "", "2026-12-01", false, nil, none, "", "2026-12-29", "known", "2027 年节假日未公布"},
	{"correction_notice", "", "2026-12-24", false, nil, none, "", "2026-12-31", "known", "行政许可法 32"},
	{"correction_notice", "", "2026-12-25", false, nil, none, "", "", "unknown", "2027 年节假日未公布"},
	{"rating_follow_up", "", "2020-01-02", false, nil, none, "", "2020-01-09", "known", "国办发〔2019〕51号"},
	{"rating_follow_up", "", "2026-06-15", false, nil, none, "", "2026-06-23", "known", "国办发〔2019〕51号"},
	{"rating_follow_up", "", "2023-12-25", false, nil, none, "", "2024-01-02", "known", "国办发〔2019〕51号"},
	{"missing_parts", "zhejiang", "2019-09-20", false, nil, none, "", "2019-10-16", "known", "浙江 11 容缺"},
	{"correction_answer", "", "2019-09-20", false, nil, none, "", "2019-10-16", "known", "设定值"},
	{"missing_parts", "zhejiang", "2026-03-02", false, nil, none, "", "2026-03-23", "known", "浙江 11 容缺"},
	{"correction_answer", "", "2026-03-02", false, nil, none, "", "2026-03-23", "known", "设定值"},
}

func TestDeadlines(t *testing.T) {
	c, rules := shippedCalendar(t), shippedCalendar(t).Rules
	if len(deadlines) < 120 {
		t.Errorf("there are %d cases", len(deadlines))
	}
	laws := map[string]int{}
	for _, w := range deadlines {
		laws[w.law]++
		rule, ok := rules.On(w.rule, w.place, w.from)
		if !ok {
			t.Errorf("%s: no %s at %q on %s", w.law, w.rule, w.place, w.from)
			continue
		}
		term := Term{Rule: rule, From: w.from, Extended: w.extended, Suspensions: w.suspensions, HasPromise: w.promised != none, Promised: w.promised, Unit: w.unit}
		if due, state := c.Due(term); due != w.due || state != w.state {
			t.Errorf("%s: %s from %s, extended %v, suspensions %v, promised %d: %q %s, want %q %s", w.law, w.rule, w.from, w.extended, w.suspensions, w.promised, due, state, w.due, w.state)
		}
	}
	t.Logf("%d deadlines under %d rules of law", len(deadlines), len(laws))
}

// The law of the day on which the request came in counts, also the day before another one.
func TestTheLawOfTheDay(t *testing.T) {
	rules := shippedCalendar(t).Rules
	for _, w := range []struct {
		id, place string
		day       hall.Date
		days      int
		ok        bool
	}{
		{RuleDisclosure, "", "2008-04-30", 0, false}, {RuleDisclosure, "", "2008-05-01", 15, true}, {RuleDisclosure, "", "2019-05-14", 15, true},
		{RuleDisclosure, "", "2019-05-15", 20, true}, {RuleDisclosure, "zhejiang", "2026-11-27", 20, true}, {RuleDisclosureCorrect, "", "2019-05-14", 0, false},
		{RuleCorrectionNotice, "zhejiang", "2018-12-31", 5, true}, {RuleCorrectionNotice, "zhejiang", "2019-01-01", 0, true}, {RuleCorrectionNotice, "jiangsu", "2019-01-01", 5, true},
		{"unheard_of", "", "2026-11-27", 0, false},
	} {
		if r, ok := rules.On(w.id, w.place, w.day); r.Days != w.days || ok != w.ok {
			t.Errorf("%s at %q on %s: %d days, %v", w.id, w.place, w.day, r.Days, ok)
		}
	}
}

// A longer term, an extension and a longer suspension never end a term earlier.
func TestTermsAreMonotonous(t *testing.T) {
	c := shippedCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		from, _ := addDays("2017-01-01", rapid.IntRange(0, 3200).Draw(t, "day"))
		begin, _ := addDays(from, rapid.IntRange(0, 40).Draw(t, "begin"))
		end, _ := addDays(begin, rapid.IntRange(0, 30).Draw(t, "long"))
		later, _ := addDays(end, rapid.IntRange(0, 10).Draw(t, "longer"))
		term := Term{Rule: Rule{Days: rapid.IntRange(0, 45).Draw(t, "days"), Extra: 15}, From: from, Suspensions: []Suspension{{begin, end}}}
		due, _ := c.Due(term)
		for name, more := range map[string]Term{
			"one more day":     {Rule: Rule{Days: term.Rule.Days + 1}, From: from, Suspensions: term.Suspensions},
			"extended":         {Rule: term.Rule, From: from, Suspensions: term.Suspensions, Extended: true},
			"suspended longer": {Rule: term.Rule, From: from, Suspensions: []Suspension{{begin, later}}},
			"suspended twice":  {Rule: term.Rule, From: from, Suspensions: []Suspension{{begin, end}, {begin, later}}},
		} {
			if got, state := c.Due(more); state == TermKnown && got < due {
				t.Fatalf("%s: %s before %s", name, got, due)
			}
		}
		if short, _ := c.Due(Term{Rule: term.Rule, From: from, Suspensions: term.Suspensions, HasPromise: true, Promised: 3}); short > due {
			t.Fatalf("a promise of 3 days ends on %s, the law's term on %s", short, due)
		}
		if left, known := c.Left(term, due); known && left != 0 {
			t.Fatalf("on its last day %d days are left", left)
		}
	})
}

func TestDaysLeft(t *testing.T) {
	c := shippedCalendar(t)
	term := Term{Rule: Rule{Days: 20}, From: "2024-09-12"} // due 2024-10-16, over two holidays and three make-up days
	for today, want := range map[hall.Date]int{"2024-10-16": 0, "2024-10-15": 1, "2024-10-11": 4, "2024-09-30": 8, "2024-10-17": -1, "2024-10-20": -2, "2024-10-21": -3} {
		if got, known := c.Left(term, today); !known || got != want {
			t.Errorf("on %s %d days are left, want %d", today, got, want)
		}
	}
	if _, known := c.Left(Term{Rule: Rule{Days: 20}, From: "2026-12-20"}, "2026-12-21"); known {
		t.Error("what is left of a term into 2027 is known")
	}
}

func TestFaultyRules(t *testing.T) {
	text, err := Shipped.ReadFile("shipped/" + FileRules)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	for name, in := range map[string]string{
		"half":       whole[:len(whole)/2],
		"no day":     strings.Replace(whole, "2004-07-01", "2004-07-32", 1),
		"unknown":    strings.Replace(whole, `"delivery"`, `"delivry"`, 1),
		"no source":  strings.Replace(whole, "行政许可法(2003) 第四十四条：作出准予决定之日起十日内颁发、送达", "", 1),
		"days":       strings.Replace(whole, `"days": 45`, `"days": -45`, 1),
		"twice":      strings.Replace(whole, `"from": "2019-05-15", "days": 20`, `"from": "2008-05-01", "days": 20`, 1),
		"other unit": strings.Replace(whole, `"days": 45`, `"days": 45, "unit": "weeks"`, 1),
	} {
		if in == whole {
			t.Fatalf("%s: the text was not changed", name)
		}
		_, err := ParseRules([]byte(in))
		var f *guide.Fault
		if !errors.As(err, &f) || f.File != FileRules || f.Problem == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bad rating is followed up within five working days, or as many as the hall has set
// (国办发〔2019〕51号), the day on which it was given not counted.
func TestFollowUpBy(t *testing.T) {
	c := shippedCalendar(t)
	for _, w := range []struct {
		given hall.Date
		days  int
		want  hall.Date
	}{
		{"2026-11-24", 0, "2026-12-01"},  // Tuesday to Tuesday
		{"2026-11-24", 1, "2026-11-25"},  // what the hall has set
		{"2026-11-24", 15, "2026-12-15"}, // the most
		{"2026-11-28", 0, "2026-12-04"},  // given on a Saturday
		{"2026-09-30", 0, "2026-10-13"},  // over National Day, with the Saturday that makes up for it
		{"2026-12-29", 0, "2027-01-05"},  // into a year of which no notice is known: Monday to Friday
		{"yesterday", 0, ""},
	} {
		if got := c.FollowUpBy(w.given, w.days); got != w.want {
			t.Errorf("%s and %d days: %s, want %s", w.given, w.days, got, w.want)
		}
	}
}
