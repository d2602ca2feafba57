package slip

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"

	"onewindow/app/guide"
)

func shippedGuides(t testing.TB) *guide.Catalogue {
	t.Helper()
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	c, fault := guide.Parse(files)
	if fault != nil {
		t.Fatal(fault)
	}
	return c
}

// listOf is the list of somebody who said nothing and has the first material.
func listOf(c *guide.Catalogue, i *guide.Item, language string) Checklist {
	out := Checklist{Language: language, Hall: "江南办事服务大厅", Item: i.Name, Lines: i.Checklist(nil), Have: []int{1}, Sets: map[string]string{},
		Floor: 2, Windows: "A01-A16", Hours: i.Hours.Text, Phone: i.ConsultPhone, At: time.UnixMilli(sampleMS).In(utc8)}
	for _, s := range c.DataSets() {
		out.Sets[s.ID] = s.Name
		if language == "en" {
			out.Sets[s.ID] = s.NameEn
		}
	}
	if language == "en" && i.NameEn != "" {
		out.Hall, out.Item = "Jiangnan Service Hall", i.NameEn
	}
	return out
}

// TestEveryListGoesToAPhone: the list of every item is a symbol that is read back as the
// very text, from three pixels a module, and leaves out no material.
func TestEveryListGoesToAPhone(t *testing.T) {
	c := shippedGuides(t)
	longest := ""
	read := func(text string) {
		picture, err := QR(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		if modules := picture.Bounds().Dx() / 3; modules > 113 {
			t.Errorf("%d modules for %d bytes", modules, len(text))
		}
		if got := scanWith(t, picture, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}); got != text {
			t.Errorf("%s is read back as %s", text, got)
		}
	}
	for n, i := range c.Items() {
		for _, language := range []string{"zh", "en"} {
			list := listOf(c, i, language)
			text := list.Text()
			if len(text) > len(longest) {
				longest = text
			}
			if len(text) > ChecklistMost || !utf8.ValidString(text) {
				t.Errorf("%s %s: %d bytes", i.Slug, language, len(text))
			}
			for _, l := range list.Lines {
				if !strings.Contains(text, l.Name) {
					t.Errorf("%s %s: %q is left out", i.Slug, language, l.Name)
				}
			}
			if n%40 == 0 {
				read(text)
			}
		}
	}
	t.Logf("at most %d bytes", len(longest))
	read(longest)
}

func TestChecklistSays(t *testing.T) {
	c := shippedGuides(t)
	var resale *guide.Item
	for _, i := range c.Items() {
		if i.Slug == "re-transfer-resale" {
			resale = i
		}
	}
	unsure, himself := listOf(c, resale, "zh"), listOf(c, resale, "zh")
	himself.Lines = resale.Checklist(map[string]guide.Reply{"agent": guide.No})
	english := listOf(c, resale, "en")
	for _, x := range []struct {
		name           string
		list           Checklist
		says, saysNone []string
	}{
		{"unsure", unsure, []string{"材料清单", "【要带】", "存量房(二手房)转移登记", "√不动产登记申请书", "□存量房买卖合同", "□授权委托书和受托人身份证件", "委托他人代办时提供", "民政婚姻登记信息", "2楼 窗口 A01-A16",
			"周一至周五 8:30", "咨询电话 0571-00001001", "原件（核验后退还）2份"}, []string{"√存量房", "以后"}},
		{"nobody else", himself, []string{"系统内可核对的不再收取"}, []string{"授权委托书"}},
		{"in English", english, []string{"What to bring", "Transfer of second-hand property", "√不动产登记申请书", "2 x original (given back)", "Marriage registration", "Floor 2 Windows A01-A16", "Questions: 0571"}, []string{"要带", "楼"}},
	} {
		text, paper := x.list.Text(), x.list.Paper(nil)
		flat := strings.NewReplacer(" ", "", "\n", "").Replace(text)
		for _, s := range x.says {
			if !strings.Contains(flat, strings.ReplaceAll(s, " ", "")) {
				t.Errorf("%s: %q is not in %s", x.name, s, text)
			}
			if s = strings.NewReplacer("√", "", "□", "", "【", "", "】", "").Replace(s); len([]rune(s)) < 12 && !bytes.Contains(paper, gb(t, s)) {
				t.Errorf("%s: %q is not on paper", x.name, s)
			}
		}
		for _, s := range x.saysNone {
			if strings.Contains(text, s) || bytes.Contains(paper, gb(t, s)) {
				t.Errorf("%s: %q is there", x.name, s)
			}
		}
		if !bytes.HasPrefix(paper, []byte{0x1b, '@'}) || !bytes.HasSuffix(paper, []byte{0x1d, 'V', 66, 24}) {
			t.Errorf("%s: a slip begins with a reset and ends with a cut", x.name)
		}
	}
}

// A list that does not fit says how much of it is missing, and never half a character.
func TestALongListSaysWhatIsMissing(t *testing.T) {
	list := Checklist{Item: "事项", Hall: "大厅", Hours: "周一至周五", Phone: "0571"}
	for n := range 12 {
		list.Lines = append(list.Lines, guide.Line{Duty: guide.Bring, Material: guide.Material{No: n + 1, Name: fmt.Sprintf("第%02d份很长很长很长很长很长很长的材料", n+1), Form: "原件", Originals: 1, Note: "说明"}})
	}
	for ; len(list.Lines) > 0; list.Lines = list.Lines[1:] {
		text := list.Text()
		named := strings.Count(text, "份很长")
		if len(text) > ChecklistMost || !utf8.ValidString(text) {
			t.Fatalf("%d bytes", len(text))
		}
		missing := len(list.Lines) - named
		if said := strings.Contains(text, fmt.Sprintf("还有%d项，见纸质清单", missing)); said != (missing > 0) {
			t.Errorf("%d of %d are named: %s", named, len(list.Lines), text)
		}
		if len(list.Lines) == 12 && missing == 0 || len(list.Lines) == 10 && (missing > 0 || strings.Contains(text, "说明")) || len(list.Lines) == 3 && !strings.Contains(text, "说明") {
			t.Errorf("%d lines: %s", len(list.Lines), text)
		}
		if !strings.Contains(text, "0571") {
			t.Errorf("whom to ask is lost: %s", text)
		}
	}
	list.Item = strings.Repeat("长", 400)
	if text := list.Text(); len(text) > ChecklistMost || !utf8.ValidString(text) || !strings.HasSuffix(text, "…") {
		t.Errorf("%d bytes of a name alone", len(text))
	}
}
