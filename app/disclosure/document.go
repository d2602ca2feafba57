package disclosure

import (
	"fmt"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Papers of a request.
const (
	PaperReceipt = "receipt"
	// PaperNotice is the one that tells where the request stands: the notice of a correction, an
	// extension or a fee, or the answer.
	PaperNotice = "notice"
)

// Review2024 is the day from which who is refused information asks for a review before going
// to court (行政复议法 2023 第23条(四)).
const Review2024 hall.Date = "2024-01-01"

var formNames = map[Form]string{"paper": "纸质", "electronic": "电子数据", "inspect": "查阅、抄录"}

var deliveryNames = map[Delivery]string{"collect": "自行领取", "post": "邮寄", "email": "电子邮件", "on_site": "当场查阅"}

// Document writes a paper of a request: what it asks for as asks, and words of its last step as
// words. False where there is nothing to tell by a notice: nobody has to do anything yet.
func (c *Case) Document(paper string, s Standing, asks, words intake.Personal) (intake.Written, bool) {
	of := fmt.Sprintf("本机关于%s收到您提出的政府信息公开申请，申请内容为：%s", intake.ShortDate(c.Day), quoted(asks))
	if paper == PaperReceipt {
		return c.receipt(of, s), true
	}
	last := c.last(KindNotified, KindExtended, KindCharged, KindAnswered)
	switch {
	case s.State == Answered:
		return c.answerPaper(of, s.Answer, words), true
	case last == nil:
		return intake.Written{}, false
	case last.Kind == KindNotified && s.State == Correcting:
		return intake.Written{Zh: "政府信息公开申请补正告知书", En: "Notice of correction", Code: "GB", Paragraphs: []string{of,
			"经审查，上述申请内容不明确。依据《中华人民共和国政府信息公开条例》第三十条，现一次性告知需要补正的内容：" + quoted(words),
			by("请于%s(含)前补正。", s.AnswerBy) + "答复期限自本机关收到补正的申请之日起计算；无正当理由逾期不补正的，视为放弃申请，本机关不再处理。"}}, true
	case last.Kind == KindCharged && s.State == Charged:
		return intake.Written{Zh: "政府信息公开信息处理费收费通知", En: "Notice of a fee", Code: "GF", Paragraphs: []string{of,
			fmt.Sprintf("依据《中华人民共和国政府信息公开条例》第四十二条和国办函〔2020〕109号，本申请%s收取信息处理费，数额为人民币%d元。", basisNames[last.Basis], last.Yuan),
			by("请于%s(含)前缴纳。", s.AnswerBy) + "答复期限自完成缴费次日起重新计算；逾期未缴纳的，视为放弃申请，本机关不再处理。"}}, true
	case last.Kind == KindExtended:
		return intake.Written{Zh: "政府信息公开申请延期答复告知书", En: "Notice of extension", Code: "GY", Paragraphs: []string{of,
			"依据《中华人民共和国政府信息公开条例》第三十三条，经政府信息公开工作机构负责人同意，延长答复期限" + by("至%s(含)。", s.Due)}}, true
	}
	return intake.Written{}, false
}

var basisNames = map[Basis]string{ByItems: "按件", ByPages: "按量"}

func (c *Case) receipt(of string, s Standing) intake.Written {
	out := []string{of, fmt.Sprintf("申请的机关：%s。要求提供的形式：%s；获取的途径：%s。", c.Agency, formNames[c.Form], deliveryNames[c.Delivery])}
	if c.Oral {
		out = append(out, "本申请由申请人口头提出，工作人员代为填写，已向申请人宣读并经其确认。")
	}
	if s.Due != "" {
		out = append(out, by("能够当场答复的当场答复；不能当场答复的，于%s(含)前答复。", s.Due)+"需要补正、征求第三方或者其他机关意见、延长期限的，另行告知。")
	}
	return intake.Written{Zh: "政府信息公开申请登记回执", En: "Receipt of a request for information", Code: "GS", Paragraphs: out}
}

func (c *Case) answerPaper(of string, a *Noted, words intake.Personal) intake.Written {
	zh, law := a.Outcome.Says()
	says := "经审查，"
	if law != "" {
		says = "依据《中华人民共和国政府信息公开条例》" + law + "，"
	}
	says += "本机关答复如下：" + zh + "。"
	if a.Outcome == OutcomeRepeat {
		on := ""
		if a.EarlierOn != "" {
			on = "本机关已于" + intake.ShortDate(a.EarlierOn) + "答复，"
		}
		says += fmt.Sprintf("您此前就相同的政府信息提出过申请（编号%s），%s请以该答复为准。", a.Earlier, on)
	}
	out := []string{of, says}
	if words != "" {
		out = append(out, string(words))
	}
	switch {
	case a.Outcome.Group() == Otherwise:
	case a.Outcome.Group() == Refused && a.Day >= Review2024:
		out = append(out, "如对本答复不服，可以自收到本答复书之日起六十日内依法申请行政复议；对行政复议决定不服的，可以再依法向人民法院提起行政诉讼。")
	default:
		out = append(out, "如对本答复不服，可以自收到本答复书之日起六十日内依法申请行政复议，或者在六个月内依法向人民法院提起行政诉讼。")
	}
	return intake.Written{Zh: "政府信息公开申请答复书", En: "Answer to a request for information", Code: "GD", Paragraphs: out}
}

// last is the latest step of one of the kinds, nil for none.
func (c *Case) last(of ...event.Kind) *Noted {
	for n := len(c.Steps) - 1; n >= 0; n-- {
		for _, k := range of {
			if c.Steps[n].Kind == k {
				return &c.Steps[n]
			}
		}
	}
	return nil
}

// Words is the step whose words belong on the notice, nil for none.
func (c *Case) Words(s Standing) *Noted {
	if s.State == Answered {
		return s.Answer
	}
	return c.last(KindNotified)
}

func quoted(p intake.Personal) string {
	return "“" + strings.TrimRight(string(p), "。.") + "”。"
}

func by(sentence string, d hall.Date) string {
	if d == "" {
		return ""
	}
	return fmt.Sprintf(sentence, intake.ShortDate(d))
}
