package guide

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// everyAnswer gives all ways to answer some questions.
func everyAnswer(questions []Question) []map[string]Reply {
	out := []map[string]Reply{{}}
	for _, q := range questions {
		var more []map[string]Reply
		for _, before := range out {
			for _, a := range []Reply{Yes, No, ""} {
				with := maps.Clone(before)
				with[q.ID] = a
				more = append(more, with)
			}
		}
		out = more
	}
	return out
}

// TestEveryMaterialHasOneDuty goes through all items with all answers: what must be there
// is on every list, what shared data has on none, and only the answer to a question of the
// item moves anything.
func TestEveryMaterialHasOneDuty(t *testing.T) {
	c := shipped(t)
	lists := 0
	for _, i := range c.Items() {
		for _, answers := range everyAnswer(i.Questions()) {
			lists++
			lines := i.Checklist(answers)
			if len(lines) != len(i.Materials) {
				t.Fatalf("%s: %d lines for %d materials", i.Slug, len(lines), len(i.Materials))
			}
			for n, l := range lines {
				m := i.Materials[n]
				if l.Material != m {
					t.Fatalf("%s: line %d is %q", i.Slug, n, l.Name)
				}
				var want Duty
				q, understood := caseOf(m.Note)
				_, known := c.DataSet(m.WaivedBy)
				switch {
				case known:
					want = Shared
				case m.Need() == Later:
					want = Follow
				case m.Need() == Must || understood && answers[q.ID] == Yes:
					want = Bring
				case understood && answers[q.ID] == No:
					want = NotYours
				default:
					want = OnlyIf
				}
				if l.Duty != want {
					t.Errorf("%s with %v: %q is %s, not %s", i.Slug, answers, m.Name, l.Duty, want)
				}
				if l.Duty == OnlyIf && m.Note == "" {
					t.Errorf("%s: %q is needed only if, and nothing says if what", i.Slug, m.Name)
				}
			}
		}
	}
	if len(c.Items()) != 154 || lists < 190 {
		t.Errorf("%d lists of %d items", lists, len(c.Items()))
	}
}

// TestQuestionsOfTheShippedItems: who is asked what, and what stays with its note.
func TestQuestionsOfTheShippedItems(t *testing.T) {
	want := map[string]string{
		"re-transfer-resale": "agent | 契税完税凭证: 系统内可核对的不再收取", "re-transfer-new": "agent | 契税完税凭证: 系统内可核对的不再收取",
		"re-gift": "契税完税凭证: 系统内可核对的不再收取", "re-query": "agent", "re-inherit": "will notarised",
		"mi-remote": "away", "biz-archive": "agent", "pol-id-first": "minor", "pol-id-lost": "papers", "pol-name": "minor",
		"pol-passport": "under_16", "pol-nocrime": "agent", "tal-file-use": "company", "tal-grad": "signed",
		"tax-clear": "invoices", "hf-rent": "amount", "st-unemploy-reg": "worked",
	}
	got := map[string]string{}
	for _, i := range shipped(t).Items() {
		var asked, left []string
		for _, q := range i.Questions() {
			asked = append(asked, q.ID)
			if q.Kind == "" {
				t.Errorf("%s asks %q, for which no page has a sentence", i.Slug, q.Case)
			}
		}
		all := map[string]Reply{}
		for _, id := range asked {
			all[id] = No
		}
		for _, l := range i.Checklist(all) {
			if l.Duty == OnlyIf {
				left = append(left, l.Name+": "+l.Note)
			}
		}
		if words := strings.Join(slices.DeleteFunc([]string{strings.Join(asked, " "), strings.Join(left, ", ")}, func(s string) bool { return s == "" }), " | "); words != "" {
			got[i.Slug] = words
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(got)) {
		if got[slug] != want[slug] {
			t.Errorf("%q: %q, want %q", slug, got[slug], want[slug])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d items ask, want %d", len(got), len(want))
	}
}

func TestNotesAreNeverGuessed(t *testing.T) {
	for note, want := range map[string]string{
		"委托他人代办时提供": "委托他人代办", "存在遗嘱或有人放弃的提供": "存在遗嘱或有人放弃", "领用过的交回": "领用过", " 持有居住证的提供。 ": "持有居住证",
		"": "", "的提供": "", "窗口提供": "", "非本地户籍人员提供": "", "系统内可核对的不再收取": "", "现场读卡核验,不收复印件": "",
		"低保家庭免予经济核查,共享核验": "", "外地户籍,已婚的提供": "", "委托他人代办（含近亲属）时提供": "", "已婚的提供，可共享核验": "",
	} {
		q, ok := caseOf(note)
		if q.Case != want || ok != (want != "") {
			t.Errorf("%q is read as %q (%v)", note, q.Case, ok)
		}
	}
}

// Who comes for a company is asked only where both come.
func TestTheAudienceAnswersForCompanies(t *testing.T) {
	letter := Material{No: 1, Name: "单位介绍信", Necessity: "非必要", Note: "单位查阅的提供"}
	for _, c := range []struct {
		audience []string
		asks     bool
		duty     Duty
	}{
		{[]string{Individuals}, false, NotYours},
		{[]string{Companies}, false, Bring},
		{[]string{Companies, Individuals}, true, OnlyIf},
		{nil, true, OnlyIf},
	} {
		i := &Item{Audience: c.audience, Materials: []Material{letter}}
		if got := i.Checklist(nil)[0].Duty; got != c.duty || (len(i.Questions()) == 1) != c.asks {
			t.Errorf("%v: %s, questions %v", c.audience, got, i.Questions())
		}
	}
}

// Two materials of one case are one question, and unknown words are asked as they stand.
func TestOneCaseIsAskedOnce(t *testing.T) {
	i := &Item{Materials: []Material{
		{No: 1, Necessity: "非必要", Note: "委托他人代办时提供"}, {No: 2, Necessity: "非必要", Note: "委托他人代办的提供"},
		{No: 3, Necessity: "非必要", Note: "住所为租赁的提供"}, {No: 4, Necessity: "必要", Note: "未满16周岁的提供"}, {No: 5, Necessity: "非必要", WaivedBy: "hukou", Note: "已签约的提供"},
	}}
	got := fmt.Sprint(i.Questions())
	if want := "[{agent agent 委托他人代办} {住所为租赁  住所为租赁}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	lines := i.Checklist(map[string]Reply{"agent": Yes, "住所为租赁": No, "已签约": Yes, "under_16": No})
	var duties []Duty
	for _, l := range lines {
		duties = append(duties, l.Duty)
	}
	if want := []Duty{Bring, Bring, NotYours, Bring, Shared}; !slices.Equal(duties, want) {
		t.Errorf("%v, want %v", duties, want)
	}
}

func TestFormsAndPhotosAreHadInTheHall(t *testing.T) {
	n := 0
	for _, i := range shipped(t).Items() {
		for _, l := range i.Checklist(nil) {
			if l.OnSite {
				n++
			}
			if l.OnSite != strings.Contains(l.Note, "自助") || l.OnSite && l.Duty != Bring {
				t.Errorf("%s: %q (%s) is %s, to be had here %v", i.Slug, l.Name, l.Note, l.Duty, l.OnSite)
			}
		}
	}
	if n != 98+15 {
		t.Errorf("%d materials are to be had in the hall", n)
	}
}
