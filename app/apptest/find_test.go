package apptest_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

// finds gives the items that a kiosk finds.
func finds(t testing.TB, k *terminal.Terminal, words string) []screen.ItemCard {
	t.Helper()
	found, err := k.Kiosk.Find(words, screen.Filter{})
	apptest.Must(t, err)
	return found.Items
}

// TestAQuestionIsAnsweredOrSaysThatThereIsNoAnswer asks a kiosk as people type.
func TestAQuestionIsAnsweredOrSaysThatThereIsNoAnswer(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	for _, c := range []struct{ words, state, field string }{
		{"护照", "", ""},
		{"身份证丢了", "", ""},
		{"sbk", "", ""},
		{"", "", ""},
		{"首次办护照要多少钱", "given", "fee"},
		{"社保卡申领要带什么", "given", "materials"},
		{"火星移民要带什么", "none", ""},
		{"今天天气怎么样？", "none", ""},
	} {
		found, err := k.Kiosk.Find(c.words, screen.Filter{})
		apptest.Must(t, err)
		a := found.Quote
		if a.State != c.state || a.Field != c.field {
			t.Errorf("%q: answer %q of field %q, want %q of %q", c.words, a.State, a.Field, c.state, c.field)
		}
		if given := c.state == "given"; given != (len(a.Lines) > 0) || given && (a.Item.Code == "" || a.Lines[0] == "") {
			t.Errorf("%q: %+v", c.words, a)
		}
	}
}

// TestAFilterLeavesWhatPasses narrows a search, and lists what a filter alone leaves.
func TestAFilterLeavesWhatPasses(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	all := k.Machine.Guides.Now().Items()
	for _, f := range []screen.Filter{{Audience: "company"}, {Audience: "person", Online: true}, {LifeEvent: "结婚"}, {RunOnce: true, Area: "B"}, {Department: "区民政局"}} {
		found, err := k.Kiosk.Find("", f)
		apptest.Must(t, err)
		c, err := k.Kiosk.FilterChoices(f)
		apptest.Must(t, err)
		if len(found.Items) == 0 || len(found.Items) >= len(all) || c.Items != len(found.Items) {
			t.Errorf("%+v leaves %d of %d, and says %d", f, len(found.Items), len(all), c.Items)
		}
		left := map[string]bool{}
		for _, i := range found.Items {
			left[i.Code] = true
		}
		found, err = k.Kiosk.Find("办理", f)
		apptest.Must(t, err)
		for _, i := range found.Items {
			if !left[i.Code] {
				t.Errorf("%+v finds %s, which it does not leave", f, i.Name.Zh)
			}
		}
		// Each choice leaves as many as it says.
		for _, v := range c.LifeEvents {
			narrow := f
			narrow.LifeEvent = v.Value
			if found, err := k.Kiosk.Find("", narrow); err != nil || len(found.Items) != v.Items {
				t.Errorf("%+v leaves %d, and says %d: %v", narrow, len(found.Items), v.Items, err)
			}
		}
	}
	if found, err := k.Kiosk.Find("", screen.Filter{}); err != nil || len(found.Items) != 0 {
		t.Errorf("nothing asked gives %d items: %v", len(found.Items), err)
	}
	if _, err := k.Kiosk.Find("护照", screen.Filter{Audience: "cats"}); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("an audience that there is not: %v", err)
	}
}

// TestAQuestionThatIsLeftReachesTheCentre leaves one at a kiosk that is cut off, twice with the
// same tap, and joins the hall afterwards. The number of a card that stands in it is nowhere.
func TestAQuestionThatIsLeftReachesTheCentre(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	const number = "330106199001011237"
	for range 2 {
		kept, err := k.Kiosk.LeaveQuestion("q1", "我的身份证"+number+"  能在这里换吗", "zh")
		apptest.Must(t, err)
		if kept != "我的身份证*** 能在这里换吗" {
			t.Errorf("left as %q", kept)
		}
	}
	for words, want := range map[string]error{" \n": event.FieldMissing, strings.Repeat("长", 5000): event.RequestUnusable} {
		if _, err := k.Kiosk.LeaveQuestion("q2", words, "zh"); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", words, err, want)
		}
	}
	apptest.Must(t, k.Close())
	w.Terminal(config.Kiosk, "k1")
	var got []feedback.Question
	apptest.Eventually(t, "the centre has the question", func() bool {
		var err error
		got, err = store.Questions(context.Background(), filepath.Join(w.Dir, "centre", "centre.db"), 0)
		apptest.Must(t, err)
		return len(got) > 0
	})
	if len(got) != 1 || got[0].Text != "我的身份证*** 能在这里换吗" || got[0].Hall != "jiangnan" || got[0].Language != "zh" || got[0].AtMS == 0 {
		t.Errorf("the centre has %+v", got)
	}
}

// TestLettersBecomeCharacters types as at the keys on the glass.
func TestLettersBecomeCharacters(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	for letters, want := range map[string]screen.Guess{
		"sbk":         {Text: "社保卡", Letters: 3},
		"ZENMEB":      {Text: "怎么办", Letters: 6},
		"buzhidaozai": {Text: "不知道在", Letters: 11},
	} {
		if got := k.Kiosk.Choices(letters); len(got) < 5 || got[0] != want {
			t.Errorf("%q: %v", letters, got)
		}
	}
	for _, letters := range []string{"", "i", "护照"} {
		if got := k.Kiosk.Choices(letters); got == nil || len(got) != 0 {
			t.Errorf("%q: %v", letters, got)
		}
	}
}
