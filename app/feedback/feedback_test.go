package feedback_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
)

func TestCleanHidesNumbersThatNameAPerson(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"孩子上学要什么", "孩子上学要什么"},
		{"  孩子\n上学 \t要什么 ", "孩子 上学 要什么"},
		{"我的身份证330106199001011234能办吗", "我的身份证***能办吗"},
		{"身份证 33010619900101123X 办吗", "身份证 *** 办吗"},
		{"身份证３３０１０６１９９００１０１１２３４办吗", "身份证***办吗"},
		{"电话138 0013 8000请回", "电话***请回"},
		{"电话0571-12345678请回", "电话***请回"},
		{"138.0013.8000", "***"},
		{"2026年11月要交 100 元吗", "2026年11月要交 100 元吗"},
		{"B012 号什么时候叫", "B012 号什么时候叫"},
		{"12345 热线", "12345 热线"},
		{"税率 3.5 还是 6", "税率 3.5 还是 6"},
		{"卡号 6222-0212-3456-7890 x", "卡号 ***"},
		{"\x00\u200b", ""},
		{" \n", ""},
	} {
		if got := feedback.Clean(c.text); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
	if got := feedback.Clean(strings.Repeat("办", 500)); utf8.RuneCountInString(got) != feedback.QuestionMost {
		t.Errorf("a question of 500 characters is left with %d", utf8.RuneCountInString(got))
	}
}

func TestCleanTwiceIsCleanOnce(t *testing.T) {
	for _, text := range []string{"1 2 3 4 5 6", "a1-2.3 4·5_6x", "12345 *** 67890", "12345\u200b6789"} {
		once := feedback.Clean(text)
		if twice := feedback.Clean(once); twice != once {
			t.Errorf("%q becomes %q and then %q", text, once, twice)
		}
	}
}

func TestReadTakesOnlyWholeFacts(t *testing.T) {
	kept := func(kind event.Kind, fact any) error {
		_, err := feedback.Read(event.Event{Kind: kind, Payload: hall.Payload(fact)})
		return err
	}
	whole := feedback.Survey{Hall: "jiangnan", Survey: "hall-2026", Answers: []feedback.Answer{{Question: "wait", Chosen: []int{0, 2}}}}
	if err := kept(feedback.KindSurvey, whole); err != nil {
		t.Error(err)
	}
	if err := kept(feedback.KindQuestion, feedback.Question{Hall: "jiangnan", Text: "几点开门"}); err != nil {
		t.Error(err)
	}
	for name, s := range map[string]feedback.Survey{
		"no hall":           {Survey: "s", Answers: whole.Answers},
		"no survey":         {Hall: "jiangnan", Answers: whole.Answers},
		"no answers":        {Hall: "jiangnan", Survey: "s"},
		"nothing chosen":    {Hall: "jiangnan", Survey: "s", Answers: []feedback.Answer{{Question: "wait"}}},
		"one choice twice":  {Hall: "jiangnan", Survey: "s", Answers: []feedback.Answer{{Question: "wait", Chosen: []int{1, 1}}}},
		"a place below 0":   {Hall: "jiangnan", Survey: "s", Answers: []feedback.Answer{{Question: "wait", Chosen: []int{-1}}}},
		"a question twice":  {Hall: "jiangnan", Survey: "s", Answers: []feedback.Answer{{Question: "wait", Chosen: []int{1}}, {Question: "wait", Chosen: []int{2}}}},
		"a name of no end":  {Hall: "jiangnan", Survey: strings.Repeat("s", 100), Answers: whole.Answers},
		"more than a paper": {Hall: "jiangnan", Survey: "s", Answers: make([]feedback.Answer, 100)},
	} {
		if err := kept(feedback.KindSurvey, s); !errors.Is(err, feedback.ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, q := range map[string]feedback.Question{"no text": {Hall: "jiangnan"}, "no hall": {Text: "几点"}, "too long": {Hall: "jiangnan", Text: strings.Repeat("几", 200)}} {
		if err := kept(feedback.KindQuestion, q); !errors.Is(err, feedback.ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if fact, err := feedback.Read(event.Event{Kind: hall.KindIssued, Payload: []byte("{}")}); fact != nil || err != nil {
		t.Errorf("a ticket is read as %v, %v", fact, err)
	}
}
