package intake

import (
	"fmt"
	"strings"

	"onewindow/app/hall"
)

// DocumentKind is a kind of document; DB4406/T 14-2021 has the set.
type DocumentKind string

// Kinds of documents.
const (
	PaperReceipt    DocumentKind = "receipt"    // 材料接收凭证
	PaperAcceptance DocumentKind = "acceptance" // 受理通知书, also with what may follow
	PaperCorrection DocumentKind = "correction" // 一次性补正告知书
	PaperWithdrawal DocumentKind = "withdrawal" // 撤回申请确认书
	PaperEnded      DocumentKind = "ended"      // 视为撤回告知书, 撤销受理决定书
)

// codes are the ends of the documents' numbers.
var codes = map[DocumentKind]string{PaperReceipt: "JS", PaperAcceptance: "SL", PaperCorrection: "BZ", PaperWithdrawal: "CH", PaperEnded: "ZZ"}

// DocumentOf is the document that tells where an application stands.
func DocumentOf(s State) DocumentKind {
	switch s {
	case Correction:
		return PaperCorrection
	case Withdrawn:
		return PaperWithdrawal
	case Lapsed, Revoked:
		return PaperEnded
	}
	return PaperAcceptance
}

// Written is what another package has written on a document of its own: its title, the end of its
// number, and its text, a paragraph each.
type Written struct {
	Zh, En     string
	Code       string
	Paragraphs []string
}

// Number is that of the application with the kind behind it, so that no two places can
// give one twice.
func (d Document) Number() string {
	if d.Written != nil {
		return d.Case + "-" + d.Written.Code
	}
	return d.Case + "-" + codes[d.Kind]
}

// CodePrefix begins the text of the code on every document; the number of the application
// follows.
const CodePrefix = "OWC:"

// DocumentRow is a material as a document lists it: Brought also for what came later.
type DocumentRow struct {
	Name  string
	State Received
}

// Document is everything that stands on one. Dates are "2026-11-24" or empty.
type Document struct {
	Kind      DocumentKind
	Case      string
	Hall      string
	Agency    string
	Item      string
	Applicant Personal
	// DocumentType and DocumentNumber are what the person showed; the number is printed
	// without its middle.
	DocumentType   DocumentType
	DocumentNumber Personal
	State          State
	Rows           []DocumentRow
	Taken          hall.Date
	// Date is the day of the document, Withdrawn that on which the application was taken back.
	Date, Withdrawn hall.Date
	Due             hall.Date
	AnswerBy        hall.Date
	Window          string
	Clerk           string
	Phone           string
	// Written is nil for the documents of an application.
	Written *Written
}

// Title is the name of the document, in Chinese and English.
func (d Document) Title() (zh, en string) {
	switch {
	case d.Written != nil:
		return d.Written.Zh, d.Written.En
	case d.Kind == PaperReceipt:
		return "材料接收凭证", "Receipt of materials"
	case d.Kind == PaperCorrection:
		return "一次性补正告知书", "Notice of correction"
	case d.Kind == PaperWithdrawal:
		return "撤回申请确认书", "Confirmation of withdrawal"
	case d.Kind == PaperEnded && d.State == Revoked:
		return "撤销受理决定书", "Revocation of acceptance"
	case d.Kind == PaperEnded:
		return "视为撤回告知书", "Notice of deemed withdrawal"
	}
	return "受理通知书", "Notice of acceptance"
}

// absent lists what is missing, and what may follow.
func (d Document) absent() (list []string) {
	for _, r := range d.Rows {
		if r.State == Missing || r.State == Owed {
			list = append(list, r.Name)
		}
	}
	return list
}

// Says is the text of the document, a paragraph each.
func (d Document) Says() []string {
	if d.Written != nil {
		return d.Written.Paragraphs
	}
	day := ShortDate(d.Taken)
	of := fmt.Sprintf("您于%s提交的“%s”申请", day, d.Item)
	switch {
	case d.Kind == PaperReceipt:
		return []string{of + "，本窗口已收到下列材料。本凭证只证明收到，是否受理以受理通知书为准。"}
	case d.Kind == PaperCorrection:
		by := "。"
		if d.AnswerBy != "" {
			by = fmt.Sprintf("，请于%s(含)前补正；逾期未补正的，视为撤回申请，可以重新申请。", ShortDate(d.AnswerBy))
		}
		return []string{of + "，材料不齐全。依据《中华人民共和国行政许可法》第三十二条，现将需要补正的全部内容一次告知" + by,
			"需要补正：" + strings.Join(d.absent(), "；") + "。"}
	case d.Kind == PaperWithdrawal:
		return []string{of + fmt.Sprintf("，已于%s按您的要求撤回。需要时可以重新申请。", ShortDate(d.Withdrawn))}
	case d.Kind == PaperEnded && d.State == Revoked:
		return []string{of + "，因应当补交的材料在告知的期限内没有补交，现撤销受理。可以重新申请。", "没有补交：" + strings.Join(d.absent(), "；") + "。"}
	case d.Kind == PaperEnded:
		return []string{of + "，因告知的材料在期限内没有补正，视为撤回申请。可以重新申请。", "没有补正：" + strings.Join(d.absent(), "；") + "。"}
	}
	out := []string{of + "，经审查，属于本机关受理范围，现予以受理。" + d.promise()}
	if absent := d.absent(); len(absent) > 0 {
		by := "。"
		if d.AnswerBy != "" {
			by = fmt.Sprintf("，请于%s(含)前补交；逾期未补交的，将撤销受理。", ShortDate(d.AnswerBy))
		}
		out = append(out, "本件为容缺受理。应当补交："+strings.Join(absent, "；")+by)
	}
	return out
}

func (d Document) promise() string {
	if d.Due == "" {
		return "办结期限另行告知。"
	}
	return fmt.Sprintf("承诺于%s(含)前办结；听证、检验、专家评审等时间依法不计，另行书面告知。", ShortDate(d.Due))
}

// ShortDate writes a date as documents do: 2026年11月24日.
func ShortDate(d hall.Date) string {
	var y, m, day int
	if _, err := fmt.Sscanf(string(d), "%d-%d-%d", &y, &m, &day); err != nil {
		return string(d)
	}
	return fmt.Sprintf("%d年%d月%d日", y, m, day)
}

// Shown is what the person showed, its number without the middle: 居民身份证 990108********755X.
func (d Document) Shown() string {
	r := []rune(d.DocumentNumber)
	if len(r) >= 8 {
		for n := len(r) / 3; n < len(r)-4; n++ {
			r[n] = '*'
		}
	}
	return typeNames[d.DocumentType] + " " + string(r)
}

var typeNames = map[DocumentType]string{ResidentID: "居民身份证", Passport: "护照", CreditCode: "统一社会信用代码", Other: "证件"}

// Listed are the materials that the document lists, with their states in words.
func (d Document) Listed() (list [][2]string) {
	for _, r := range d.Rows {
		if d.Kind != PaperWithdrawal && (d.Kind != PaperReceipt || r.State == Brought) {
			list = append(list, [2]string{r.Name, stateNames[r.State]})
		}
	}
	return list
}

var stateNames = map[Received]string{Brought: "收到", Missing: "缺", Waived: "免交", Owed: "后补"}
