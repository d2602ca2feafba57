package slip

import (
	"fmt"
	"time"
)

// Trial is what a test print tells of the terminal that printed it.
type Trial struct {
	// Hall and Terminal name the place, Printer is the printer's address.
	Hall, Terminal, Printer string
	At                      time.Time
}

// TrialPaper gives the ESC/POS bytes of a test print: everything that a slip needs of a
// printer, and the words that it is none, in both languages, above and below. Its code is
// no ticket's: a counter that scans it says that it is a foreign one.
func TrialPaper(t Trial) ([]byte, error) {
	j := newJob()
	j.to(centre)
	paragraph(j, t.Hall, 1, true, columns)
	j.feed(10)
	j.rule(3)
	j.feed(20)
	j.line("测试 TEST", 4, true)
	j.feed(14)
	j.line("这不是号票 This is not a ticket", 1, true)
	j.feed(20)
	j.to(left)
	for _, line := range []string{t.Terminal, t.Printer, chinese.moment(t.At), english.moment(t.At)} {
		j.line(blanks(margin)+line, 1, false)
		j.feed(lineGap)
	}
	j.line(blanks(margin)+"0123456789 ABCDEFGHIJKLM", 2, false)
	j.feed(lineGap)
	j.line(blanks(margin)+"汉字 楼层 窗口 社保医保 镕 堃 喆", 1, false)
	j.feed(20)
	if err := symbol(j, "ONEWINDOW TEST"); err != nil {
		return nil, fmt.Errorf("print test: %w", err)
	}
	j.line("测试 TEST", 2, true)
	j.cut()
	return j.b.Bytes(), nil
}
