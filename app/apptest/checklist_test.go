package apptest_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// resale has a question, something from shared data, something that only the note decides,
// a form that is had in the hall, and five materials to bring.
func resale(t *testing.T, k *terminal.Terminal) *guide.Item {
	t.Helper()
	for _, i := range k.Machine.Guides.Now().Items() {
		if i.Slug == "re-transfer-resale" {
			return i
		}
	}
	t.Fatal("the item is gone")
	return nil
}

func TestAListAsTheKioskShowsIt(t *testing.T) {
	p := openPress(t, "127.0.0.1:0")
	item := resale(t, p.kiosk)
	r := screen.ChecklistRequest{Code: string(item.Code), Answers: map[string]string{"agent": "yes"}, Have: []int{1, 4}, Language: "zh"}
	lines, err := p.kiosk.Kiosk.Checklist(r)
	apptest.Must(t, err)
	page, err := p.kiosk.Kiosk.Guide(r.Code)
	apptest.Must(t, err)
	var duties []string
	for _, l := range lines {
		duties = append(duties, l.Duty)
	}
	if want := "bring bring bring bring shared only_if bring"; strings.Join(duties, " ") != want || len(page.Questions) != 1 || page.Questions[0].Kind != "agent" {
		t.Errorf("duties %v, questions %+v", duties, page.Questions)
	}
	if !lines[0].OnSite || lines[3].OnSite || lines[4].Material.WaivedBy.Zh != "民政婚姻登记信息" {
		t.Errorf("lines %+v", lines)
	}

	address, err := p.kiosk.Kiosk.ChecklistCode(r)
	apptest.Must(t, err)
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(address, "data:image/png;base64,"))
	apptest.Must(t, err)
	img, err := png.Decode(bytes.NewReader(raw))
	apptest.Must(t, err)
	text, err := apptest.ReadCode(img)
	apptest.Must(t, err)
	for _, want := range []string{item.Name, "√不动产登记申请书", "□存量房买卖合同", "□授权委托书", "民政婚姻登记信息", "江南办事服务大厅 2楼 窗口 A01-A16", item.ConsultPhone} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}

	events := p.kiosk.Store.Position()
	paper, err := p.kiosk.Kiosk.ChecklistPaper(r)
	apptest.Must(t, err)
	sheets := p.take()
	if paper != "printed" || len(sheets) != 1 {
		t.Fatalf("%s, %d sheets", paper, len(sheets))
	}
	for _, want := range []string{"材料清单", item.Name, "授权委托书", item.ConsultPhone, "这不是号票"} {
		if !strings.Contains(sheets[0].Text, want) {
			t.Errorf("%q is not on the paper:\n%s", want, sheets[0].Text)
		}
	}
	if at := p.kiosk.Store.Position(); at != events {
		t.Errorf("printing noted %d events", at-events)
	}
	if dir := os.Getenv("ONEWINDOW_PAPER"); dir != "" {
		// Whoever wants to look at the paper says where it shall be kept.
		f, err := os.Create(filepath.Join(dir, "checklist.png"))
		apptest.Must(t, err)
		defer f.Close()
		apptest.Must(t, png.Encode(f, sheets[0].Image))
	}

	for name, bad := range map[string]screen.ChecklistRequest{"no such item": {Code: "x"}, "more answers than materials": {Code: r.Code, Have: make([]int, 8)}} {
		if _, err := p.kiosk.Kiosk.ChecklistPaper(bad); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
}

// TestAListWithoutAPrinterSaysSo: the code for the phone is left.
func TestAListWithoutAPrinterSaysSo(t *testing.T) {
	k := apptest.Alone(t, config.Kiosk, terminal.Options{})
	if paper, err := k.Kiosk.ChecklistPaper(screen.ChecklistRequest{Code: string(resale(t, k).Code)}); err != nil || paper != "none" {
		t.Errorf("%q, %v", paper, err)
	}
}

// TestTheCounterSeesWhatSomebodyLacks: with the hall by the kiosk's event, and with the hub
// away by the paper alone.
func TestTheCounterSeesWhatSomebodyLacks(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	item := resale(t, k)
	r := ask("A", string(item.Code))
	r.Checked = []screen.Checked{{Item: string(item.Code), Lacks: []int{4, 3}}}
	_, err := k.Kiosk.Issue(r)
	apptest.Must(t, err)
	var page screen.CounterPage
	apptest.Eventually(t, "called", func() bool { page, err = c.Counter.Next("call-1"); return err == nil })
	lacks := func() []string {
		if page.Current == nil || len(page.Current.Checked) != 1 || page.Current.Checked[0].Code != string(item.Code) || page.Current.Checked[0].Stale {
			t.Fatalf("the counter sees %+v", page.Current)
		}
		return page.Current.Checked[0].Lacks
	}
	if got := lacks(); !slices.Equal(got, []string{"存量房买卖合同", "不动产权证书"}) {
		t.Errorf("lacks %v", got)
	}
	_, err = c.Counter.Start()
	apptest.Must(t, err)
	_, err = c.Counter.Finish([]screen.Outcome{{Item: string(item.Code), Outcome: "advice"}})
	apptest.Must(t, err)

	w.StopHub()
	apptest.Eventually(t, "the counter is cut off", func() bool { return !c.Machine.Hub.Line().Reached })
	r = ask("A", string(item.Code))
	r.Checked = []screen.Checked{{Item: string(item.Code)}}
	p, err := k.Kiosk.Issue(r)
	apptest.Must(t, err)
	page, err = c.Counter.StartByScan(codeOf(t, k, p))
	apptest.Must(t, err)
	if got := lacks(); len(got) != 0 {
		t.Errorf("who has all lacks %v", got)
	}
	// A counter with another version of the guide names nothing: its numbers may be others.
	here, _ := c.Machine.Guides.Now().Item(item.Code)
	here.Version++
	defer func() { here.Version-- }()
	page, err = c.Counter.Page()
	apptest.Must(t, err)
	if got := page.Current.Checked; len(got) != 1 || !got[0].Stale || len(got[0].Lacks) != 0 {
		t.Errorf("with another version: %+v", got)
	}
}

// TestATicketNotesWhatIsTrueOfItsItems: nothing else gets into an event that stays for ever.
func TestATicketNotesWhatIsTrueOfItsItems(t *testing.T) {
	k := apptest.Alone(t, config.Kiosk, terminal.Options{})
	item := resale(t, k)
	code, other := string(item.Code), string(k.Machine.Guides.Now().ItemsIn("A")[1].Code)
	for name, checked := range map[string][]screen.Checked{
		"another item":      {{Item: other}},
		"no item":           {{Item: "x"}},
		"an item twice":     {{Item: code}, {Item: code}},
		"no such material":  {{Item: code, Lacks: []int{8}}},
		"a material twice":  {{Item: code, Lacks: []int{1, 1}}},
		"a material from 0": {{Item: code, Lacks: []int{0}}},
	} {
		r := ask("A", code)
		r.Checked = checked
		if _, err := k.Kiosk.Issue(r); !errors.Is(err, event.RequestUnusable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := ask("A", code)
	r.Checked = []screen.Checked{{Item: code, Lacks: []int{7, 2}}}
	p, err := k.Kiosk.Issue(r)
	apptest.Must(t, err)
	k.Store.View("jiangnan", func(h *hall.Hall) {
		got := h.Ticket(hall.TicketID(p.Ticket)).Checked
		if len(got) != 1 || got[0].Version != item.Version || !slices.Equal(got[0].Lacks, []int{2, 7}) {
			t.Errorf("noted %+v", got)
		}
	})
}
