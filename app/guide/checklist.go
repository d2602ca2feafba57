package guide

import (
	"slices"
	"strings"
)

// Duty is what a person does about a material of an item.
type Duty string

// Duties. Every material of an item has exactly one of them for a person.
const (
	// Bring: it has to be there at acceptance.
	Bring Duty = "bring"
	// Shared: nobody brings it, because a shared data set has it (免交). Nobody is asked
	// whether they are married or poor for a paper that they need not bring either way.
	Shared Duty = "shared"
	// Follow: the case is accepted without it, and it is brought afterwards (容缺后补).
	Follow Duty = "follow"
	// NotYours: only others need it.
	NotYours Duty = "not_yours"
	// OnlyIf: whether it is needed only the note tells, and a person decides.
	OnlyIf Duty = "only_if"
)

// Reply is what a person says to a question; anything but Yes and No leaves it open.
type Reply string

// Replies.
const (
	Yes Reply = "yes"
	No  Reply = "no"
)

// Question asks whether something is the case of a person.
type Question struct {
	// ID names the question among those of its item.
	ID string
	// Kind is one of the cases below, for which pages have a sentence, or empty.
	Kind string
	// Case is the case in the words of the catalogue: "存在遗嘱或有人放弃".
	Case string
}

// company is the case of somebody who comes for one; the audience of an item may answer it.
const company = "company"

// cases are the cases that a page has a sentence for, by the catalogue's words. Only the
// very same words count: any other ones are asked as they stand.
var cases = map[string]string{
	"委托他人代办":     "agent",
	"单位查阅":       company,
	"法人申请":       company,
	"未成年人申领":     "minor",
	"未成年人变更":     "minor",
	"未满16周岁":     "under_16",
	"存在遗嘱或有人放弃":  "will",
	"已办理公证":      "notarised",
	"长期异地居住或者转诊": "away",
	"有护照、驾驶证等":   "papers",
	"已签约":        "signed",
	"领用过":        "invoices",
	"提高额度":       "amount",
	"有工作经历":      "worked",
}

// A note tells a case in two forms only: "……的提供" (or 交回) and "……时提供". A bare
// 提供 may as well tell who gives the paper ("窗口提供"), and more than one clause more
// than one condition.
var caseEnds = []string{"的提供", "时提供", "的交回"}

const clauseMarks = "，,。；;:：（）()\n"

// caseOf reads the case out of a note; false where the note is not understood.
func caseOf(note string) (Question, bool) {
	note = strings.TrimRight(strings.TrimSpace(note), "。")
	for _, end := range caseEnds {
		words, ok := strings.CutSuffix(note, end)
		if words = strings.TrimSpace(words); !ok || words == "" || strings.ContainsAny(words, clauseMarks) {
			continue
		}
		kind := cases[words]
		id := kind
		if id == "" {
			id = words
		}
		return Question{ID: id, Kind: kind, Case: words}, true
	}
	return Question{}, false
}

// Questions gives what has to be asked to know what somebody needs, in the order of the
// materials; none for most items. Nothing is asked that would change nothing.
func (i *Item) Questions() []Question {
	var out []Question
	for _, m := range i.Materials {
		q, ok := caseOf(m.Note)
		if i.duty(m, nil) != OnlyIf || !ok || slices.ContainsFunc(out, func(o Question) bool { return o.ID == q.ID }) {
			continue
		}
		out = append(out, q)
	}
	return out
}

// Line is a material as it concerns one person.
type Line struct {
	Material
	Duty Duty
	// OnSite tells that it is to be had in the hall: a form, or a photo.
	OnSite bool
}

// Checklist tells of every material what somebody does about it who gave these answers,
// by the ids of the questions.
func (i *Item) Checklist(answers map[string]Reply) []Line {
	out := make([]Line, 0, len(i.Materials))
	for _, m := range i.Materials {
		out = append(out, Line{Material: m, Duty: i.duty(m, answers), OnSite: onSite(m.Note)})
	}
	return out
}

func (i *Item) duty(m Material, answers map[string]Reply) Duty {
	switch {
	case m.WaivedBy != "":
		return Shared
	case m.Need() == Later:
		return Follow
	case m.Need() != Maybe:
		return Bring
	}
	q, ok := caseOf(m.Note)
	if !ok {
		return OnlyIf
	}
	switch i.answer(q, answers) {
	case Yes:
		return Bring
	case No:
		return NotYours
	}
	return OnlyIf
}

// The audiences of items.
const (
	Individuals = "个人"
	Companies   = "法人"
)

// answer is what is known of a case: by the item's audience, or from the person.
func (i *Item) answer(q Question, answers map[string]Reply) Reply {
	people, companies := slices.Contains(i.Audience, Individuals), slices.Contains(i.Audience, Companies)
	if q.Kind == company && people != companies {
		if companies {
			return Yes
		}
		return No
	}
	return answers[q.ID]
}

// onSite tells whether a note names the hall as the place to get the material.
func onSite(note string) bool {
	for _, words := range []string{"窗口领取", "自助机打印", "现场免费拍摄"} {
		if strings.Contains(note, words) {
			return true
		}
	}
	return false
}
