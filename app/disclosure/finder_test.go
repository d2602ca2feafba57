package disclosure

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// line is a request of the test sets, and which one it repeats.
type line struct {
	name, of, text string
	read           Reading
}

func lines(t testing.TB, file string, columns int) (out []line) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(raw)) {
		if strings.HasPrefix(l, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(l), "\t")
		if len(f) != columns {
			t.Fatalf("%q has %d columns, not %d", l, len(f), columns)
		}
		x := line{name: f[0], text: f[columns-1], read: Read(f[columns-1], "2024-03-01")}
		if columns == 3 {
			x.of = f[1]
		}
		out = append(out, x)
	}
	return out
}

// proposed is what came out for requests that were made one after the other.
type proposed struct {
	repeats, found int      // requests that repeat an earlier one, and how many of them were found with it
	others, wrong  int      // requests that repeat none, and how many were said to
	missed, said   []string // for whom looks at the run
}

// propose asks for each request which of those before it it repeats.
func propose(in []line, counts func(line) bool) (p proposed) {
	for n, l := range in {
		if !counts(l) {
			continue
		}
		var earlier []Reading
		for _, e := range in[:n] {
			earlier = append(earlier, e.read)
		}
		var right, falsely bool
		for _, r := range FindRepeats(l.read, earlier) {
			e := in[r.Index]
			same := l.of != "" && l.of != "-" && l.of != "!" && (e.name == l.of || e.of == l.of)
			right = right || same
			if !same {
				falsely = true
				p.said = append(p.said, fmt.Sprintf("%s %s\n\tis no repeat of %s %s", l.name, l.text, e.name, e.text))
			}
		}
		if falsely {
			p.wrong++
		}
		if l.of == "" || l.of == "-" || l.of == "!" {
			p.others++
			continue
		}
		p.repeats++
		if right {
			p.found++
		} else {
			p.missed = append(p.missed, l.name+" "+l.text)
		}
	}
	return p
}

func all(line) bool { return true }

// half takes the requests whose name begins with a number up to n, or those behind it.
func half(n string, first bool) func(line) bool {
	return func(l line) bool { return (l.name[:2] <= n) == first }
}

// TestRepeats counts what the finder proposes of 91 requests of one person, 70 of which repeat one of
// the others in other words, and of 91 that are near misses of each other.
func TestRepeats(t *testing.T) {
	repeats, near := lines(t, "repeats.tsv", 3), lines(t, "near.tsv", 2)
	for _, x := range []struct {
		name                   string
		in                     []line
		counts                 func(line) bool
		repeats, least, wrong  int
		requests, atMostMissed int
	}{
		{name: "one person's 91 requests", in: repeats, counts: all, repeats: 70, least: 63},
		{name: "  of them tuned on", in: repeats, counts: half("10", true), repeats: 33, least: 30},
		{name: "  of them held out", in: repeats, counts: half("10", false), repeats: 37, least: 34},
		{name: "91 different requests", in: near, counts: all},
		{name: "  of them tuned on", in: near, counts: half("46", true)},
		{name: "  of them held out", in: near, counts: half("46", false)},
		{name: "other subjects, known by now", in: lines(t, "later.tsv", 3), counts: all, repeats: 60, least: 54},
		{name: "other subjects, first seen at 23", in: lines(t, "last.tsv", 3), counts: all, repeats: 30, least: 27},
	} {
		p := propose(x.in, x.counts)
		t.Logf("%-30s %2d of %2d repeats found, %d of %d requests falsely", x.name, p.found, p.repeats, p.wrong, p.repeats+p.others)
		if p.repeats != x.repeats || p.found < x.least || p.wrong > x.wrong {
			t.Errorf("%s: at least %d of %d should be found and at most %d falsely", x.name, x.least, x.repeats, x.wrong)
		}
		for _, s := range append(slices.Clone(p.said), p.missed...) {
			t.Log("    ", s)
		}
	}

}

// What is proposed is explained: what both ask for, and what only one of them says.
func TestAProposalIsExplained(t *testing.T) {
	asked := Read("想看看去年桂花路拆迁的补偿安置方案", "2017-03-01")
	found := FindRepeats(asked, []Reading{Read("申请公开2017年桂花路房屋征收补偿方案", ""), Read("申请公开江南区桂花路2016年度房屋征收补偿方案", ""), Read("", "")})
	if len(found) != 1 || found[0].Index != 1 || found[0].Alike >= 100 || found[0].String() != "桂花路、房屋、征收、补偿、2016、方案" || !slices.Equal(found[0].Beyond, []string{"安置", "江南区"}) {
		t.Errorf("%+v", found)
	}
	for _, x := range []struct {
		a, b  string
		found int
	}{
		{"桂花路首段改线方案", "桂花路改线首段的方案", 1},         // the same in another order
		{"桂花路、柳荫路改造方案", "桂花路、北柳荫路改造方案", 0},     // another road
		{"区医院住院楼招标文件", "区医院住院大楼的招标文件", 1},      // a longer word
		{"永盛饭店食品抽检结果", "永兴饭店食品抽检结果", 0},        // another name
		{"桂花路改造方案", "桂花路改造方案和征收补偿安置资金收支账目", 0}, // much more than that
	} {
		if found := FindRepeats(Read(x.a, ""), []Reading{Read(x.b, "")}); len(found) != x.found {
			t.Errorf("%s and %s: %+v", x.a, x.b, found)
		}
	}
	same := "不知所云的一句话"
	if found := FindRepeats(Read(same, ""), []Reading{Read(same+"！", "")}); len(found) != 1 || found[0].Alike != 100 {
		t.Errorf("the same words: %+v", found)
	}
	if found := FindRepeats(Read("您好，申请公开", ""), []Reading{Read("请公开，谢谢", "")}); len(found) != 0 {
		t.Errorf("politeness alone: %+v", found)
	}
}

func TestYearsAndNumbersAsPeopleWriteThem(t *testing.T) {
	for _, x := range []struct{ a, b string }{
		{"2016年桂花路补偿方案", "二〇一六年桂花路补偿方案"}, {"2016年桂花路补偿方案", "二零一六年度桂花路补偿方案"}, {"2016年桂花路补偿方案", "16年度桂花路补偿方案"}, {"2016年桂花路补偿方案", "一六年桂花路补偿方案"}, {"2016年桂花路补偿方案", "２０１６年桂花路补偿方案"},
		{"2019年桂花路补偿方案", "上年桂花路补偿方案"}, {"2020年桂花路补偿方案", "今年桂花路补偿方案"}, {"2018年至2020年桂花路补偿方案", "2018-2020年桂花路补偿方案"}, {"2018年至2020年桂花路补偿方案", "一八年到二〇年桂花路补偿方案"},
		{"第二期桂花路补偿方案", "二期桂花路补偿方案"}, {"第23号桂花路补偿方案", "第二十三号桂花路补偿方案"}, {"第10号桂花路补偿方案", "十号桂花路补偿方案"}, {"12号桂花路补偿方案", "十二号桂花路补偿方案"}, {"第一季度桂花路补偿方案", "1季度桂花路补偿方案"},
		{"江政发〔2017〕23号", "江政发2017年23号"}, {"江政发〔2017〕23号", "江政发[2017]第23号"},
	} {
		if found := FindRepeats(Read(x.a, "2020-05-01"), []Reading{Read(x.b, "2020-05-01")}); len(found) != 1 {
			t.Errorf("%s is not %s:\n%+v\n%+v", x.a, x.b, Read(x.a, "2020-05-01"), Read(x.b, "2020-05-01"))
		}
	}
}

// Whatever somebody types, nothing fails, and who repeats whom does not depend on who came first.
func TestAnyTextCanBeCompared(t *testing.T) {
	var pieces []string
	for _, l := range lines(t, "repeats.tsv", 3) {
		r := []rune(l.text)
		pieces = append(pieces, string(r[:len(r)/2]), string(r[len(r)/2:]))
	}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 1, 4).Draw(t, "pieces"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := Read(text.Draw(t, "a"), "2024-03-01"), Read(text.Draw(t, "b"), "")
		there, back := FindRepeats(a, []Reading{b}), FindRepeats(b, []Reading{a})
		if len(there) != len(back) || len(there) > 0 && there[0].Alike != back[0].Alike {
			t.Fatalf("%v and %v", there, back)
		}
		if self := FindRepeats(a, []Reading{a}); a.text != "" && len(self) != 1 {
			t.Fatal("a text does not repeat itself")
		}
	})
}

// BenchmarkFinder looks a request up among five thousand earlier ones, that are read anew or were read before.
func BenchmarkFinder(b *testing.B) {
	var texts []string
	for _, file := range []string{"repeats.tsv", "later.tsv", "last.tsv"} {
		for _, l := range lines(b, file, 3) {
			texts = append(texts, l.text)
		}
	}
	read := func() (earlier []Reading) {
		for n := range 5000 {
			earlier = append(earlier, Read(texts[n%len(texts)], "2024-03-01"))
		}
		return earlier
	}
	b.Run("read anew", func(b *testing.B) {
		for b.Loop() {
			FindRepeats(Read(texts[0], "2024-03-01"), read())
		}
	})
	b.Run("read before", func(b *testing.B) {
		earlier := read()
		for b.Loop() {
			FindRepeats(Read(texts[0], "2024-03-01"), earlier)
		}
	})
}

func TestWordsAreInOrder(t *testing.T) {
	for _, wrong := range []string{"wort a b", "word a", "doc 的 的"} {
		if _, err := parseLexicon(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}
