package disclosure

import (
	"fmt"
	"slices"
	"strconv"

	"onewindow/app/hall"
)

// RowID names a line of the statutory table.
type RowID string

// Lines that carry the check of the table: the first and the second together are the third and
// the fourth together.
const (
	RowNew     RowID = "new"     // 一、本年新收政府信息公开申请数量
	RowCarried RowID = "carried" // 二、上年结转政府信息公开申请数量
	RowTotal   RowID = "total"   // 三、(七)总计
	RowForward RowID = "forward" // 四、结转下年度继续办理
)

// yearRows are the lines of table 三 of the yearly report (政府信息公开工作年度报告, 国办公开办函〔2021〕30号), in
// their order and words.
var yearRows = []struct {
	id     RowID
	number string
	zh     string
}{
	{RowNew, "一", "本年新收政府信息公开申请数量"},
	{RowCarried, "二", "上年结转政府信息公开申请数量"},
	{"granted", "三(一)", "予以公开"},
	{"partly", "三(二)", "部分公开（区分处理的，只计这一情形，不计其他情形）"},
	{"secret", "三(三)1", "不予公开：属于国家秘密"},
	{"forbidden", "三(三)2", "不予公开：其他法律行政法规禁止公开"},
	{"security", "三(三)3", "不予公开：危及“三安全一稳定”"},
	{"third_party", "三(三)4", "不予公开：保护第三方合法权益"},
	{"internal", "三(三)5", "不予公开：属于三类内部事务信息"},
	{"process", "三(三)6", "不予公开：属于四类过程性信息"},
	{"case_file", "三(三)7", "不予公开：属于行政执法案卷"},
	{"query", "三(三)8", "不予公开：属于行政查询事项"},
	{"not_held", "三(四)1", "无法提供：本机关不掌握相关政府信息"},
	{"to_be_made", "三(四)2", "无法提供：没有现成信息需要另行制作"},
	{"unclear", "三(四)3", "无法提供：补正后申请内容仍不明确"},
	{"petition", "三(五)1", "不予处理：信访举报投诉类申请"},
	{"repeat", "三(五)2", "不予处理：重复申请"},
	{"publication", "三(五)3", "不予处理：要求提供公开出版物"},
	{"excessive", "三(五)4", "不予处理：无正当理由大量反复申请"},
	{"reconfirm", "三(五)5", "不予处理：要求行政机关确认或重新出具已获取信息"},
	{"uncorrected", "三(六)1", "其他处理：申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"},
	{"unpaid", "三(六)2", "其他处理：申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"},
	{"other", "三(六)3", "其他处理：其他"},
	{RowTotal, "三(七)", "总计"},
	{RowForward, "四", "结转下年度继续办理"},
}

// YearRow is a line of the table: how many requests of each party, in the order of Parties, and
// of all.
type YearRow struct {
	ID     RowID
	Number string
	Text   string
	Counts []int
	Sum    int
}

// Table is the statutory table of a year. Until the year is over RowForward is what is not
// answered by the day that it was made for.
type Table struct {
	Year int
	Rows []YearRow
}

// Tabulate counts the requests of a year up to a day of it; all of a year that is over.
// A request that was answered on more than one way counts by its first answer.
func Tabulate(year int, cases []*Case, today hall.Date) Table {
	t := Table{Year: year}
	for _, r := range yearRows {
		t.Rows = append(t.Rows, YearRow{ID: r.id, Number: r.number, Text: r.zh, Counts: make([]int, len(Parties))})
	}
	first, last := hall.Date(strconv.Itoa(year)+"-01-01"), min(hall.Date(strconv.Itoa(year)+"-12-31"), today)
	for _, c := range cases {
		if !c.Known() || c.Day > last {
			continue
		}
		answer := c.answer(last)
		if answer != nil && answer.Day < first {
			continue
		}
		if c.Day >= first {
			t.count(RowNew, c.By)
		} else {
			t.count(RowCarried, c.By)
		}
		if answer == nil {
			t.count(RowForward, c.By)
			continue
		}
		t.count(RowID(outcomes[answer.Outcome].row), c.By)
		t.count(RowTotal, c.By)
	}
	return t
}

func (t *Table) count(id RowID, by Party) {
	for n := range t.Rows {
		if at := slices.Index(Parties, by); t.Rows[n].ID == id && at >= 0 {
			t.Rows[n].Counts[at]++
			t.Rows[n].Sum++
		}
	}
}

// ErrUnbalanced says that a table contradicts itself.
type ErrUnbalanced struct{ Column, Problem string }

// Error names the column and what is wrong with it.
func (e ErrUnbalanced) Error() string { return fmt.Sprintf("column %s: %s", e.Column, e.Problem) }

// Check holds a table to its own rule, in each column and in the sums: 第一项加第二项之和，等于第三项加第四项之和; the
// answers add up to their total, and the columns to the sum. Errors are ErrUnbalanced.
func (t Table) Check() error {
	for n := range len(Parties) + 1 {
		name := "sum"
		if n < len(Parties) {
			name = string(Parties[n])
		}
		at := map[RowID]int{}
		answers := 0
		for _, r := range t.Rows {
			if len(r.Counts) != len(Parties) {
				return ErrUnbalanced{name, "the line " + r.Number + " lacks columns"}
			}
			value, sum := r.Sum, 0
			for _, v := range r.Counts {
				sum += v
			}
			if n < len(Parties) {
				value = r.Counts[n]
			} else if value != sum {
				return ErrUnbalanced{name, "the line " + r.Number + " is not the sum of its columns"}
			}
			at[r.ID] = value
			if r.ID != RowNew && r.ID != RowCarried && r.ID != RowTotal && r.ID != RowForward {
				answers += value
			}
		}
		switch {
		case answers != at[RowTotal]:
			return ErrUnbalanced{name, fmt.Sprintf("the answers add up to %d and their total is %d", answers, at[RowTotal])}
		case at[RowNew]+at[RowCarried] != at[RowTotal]+at[RowForward]:
			return ErrUnbalanced{name, fmt.Sprintf("%d new and %d carried over are not %d answered and %d carried forward", at[RowNew], at[RowCarried], at[RowTotal], at[RowForward])}
		}
	}
	return nil
}
