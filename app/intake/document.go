package intake

import (
	"cmp"
	"fmt"
	"slices"
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
	PaperRefusal    DocumentKind = "refusal"    // 不予受理决定书
	PaperNotOurs    DocumentKind = "not_ours"   // 不受理告知书
	PaperProcedure  DocumentKind = "procedure"  // 特别程序告知书
	PaperExtension  DocumentKind = "extension"  // 延期告知书
	PaperDecision   DocumentKind = "decision"   // 准予、不予决定书, 退件通知书, 转办告知书
	PaperDelivery   DocumentKind = "delivery"   // 送达回证
	PaperFee        DocumentKind = "fee"        // 缴费通知书
)

// codes are the ends of the documents' numbers.
var codes = map[DocumentKind]string{PaperReceipt: "JS", PaperAcceptance: "SL", PaperCorrection: "BZ", PaperWithdrawal: "CH", PaperEnded: "ZZ",
	PaperRefusal: "BS", PaperNotOurs: "BL", PaperProcedure: "TB", PaperExtension: "YQ", PaperDecision: "JD", PaperDelivery: "SD", PaperFee: "JF"}

// DocumentOf is the document that tells where an application stands.
func DocumentOf(s State) DocumentKind {
	switch s {
	case Correction:
		return PaperCorrection
	case Withdrawn:
		return PaperWithdrawal
	case Lapsed, Revoked:
		return PaperEnded
	case Lodged:
		return PaperReceipt
	case Refused:
		return PaperRefusal
	case NotOurs:
		return PaperNotOurs
	case Suspended:
		return PaperProcedure
	case Granted, Denied, Returned, PassedOn:
		return PaperDecision
	case HandedOut, Archived:
		return PaperDelivery
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
// give one twice; behind that the edition, from the second on.
func (d Document) Number() string {
	if d.Edition > 1 {
		return fmt.Sprintf("%s-%d", d.stem(), d.Edition)
	}
	return d.stem()
}

// stem is the number of the first edition.
func (d Document) stem() string {
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
	Agent          Personal
	Representative Personal
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
	// Step is the day of what the document tells: the acceptance of what was received, the
	// special procedure, the extension, the decision. Deemed tells that it is accepted
	// because nobody said anything in time.
	Step   hall.Date
	Deemed bool
	// Outcome is the decision's, Reason why; Other who takes what is not ours or was passed on.
	Outcome State
	Reason  Personal
	Other   string
	// Procedure is the special one; Days by how much the time is extended.
	Procedure string
	Days      int
	// Result is what a decision that grants gives, in the words of the guide.
	Result string
	// Paper is the number of the document that was handed out.
	Paper string
	// Signature is what the person wrote on the pad for the proof of delivery, a PNG, on SignedOn; none where it is
	// signed on paper.
	Signature []byte
	SignedOn  hall.Date
	// Fen is what has to be paid until AnswerBy, Basis by what, Place where.
	Fen          int64
	Basis, Place string
	// Edition counts the contents that this document has had, from 1; Replaces is the number of the one that it
	// takes the place of, empty for none.
	Edition  int
	Replaces string
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
	case d.Kind == PaperDecision:
		t := decisionTitles[d.Outcome]
		return t[0], t[1]
	}
	if t, other := titles[d.Kind]; other {
		return t[0], t[1]
	}
	return "受理通知书", "Notice of acceptance"
}

var titles = map[DocumentKind][2]string{
	PaperRefusal:   {"不予受理决定书", "Decision not to accept"},
	PaperNotOurs:   {"不受理告知书", "Notice that another agency is competent"},
	PaperProcedure: {"特别程序告知书", "Notice of a special procedure"},
	PaperExtension: {"延期告知书", "Notice of extension"},
	PaperDelivery:  {"送达回证", "Proof of delivery"},
	PaperFee:       {"缴费通知书", "Notice of a fee"},
}

var decisionTitles = map[State][2]string{
	Granted:  {"准予决定书", "Decision to grant"},
	Denied:   {"不予决定书", "Decision to deny"},
	Returned: {"退件通知书", "Notice of return"},
	PassedOn: {"转办告知书", "Notice of passing on"},
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

// unverified lists what the agency has shared data verify.
func (d Document) unverified() (list []string) {
	for _, r := range d.Rows {
		if r.State == Unverified {
			list = append(list, r.Name)
		}
	}
	return list
}

// Says is the text of the document, a paragraph each.
func (d Document) Says() []string {
	says := d.says()
	if d.Replaces != "" {
		says = append(says, fmt.Sprintf("本文书内容已经更正，替代此前出具的%s号文书，原文书不再使用。", d.Replaces))
	}
	return says
}

func (d Document) says() []string {
	if d.Written != nil {
		return d.Written.Paragraphs
	}
	day := ShortDate(d.Taken)
	of := fmt.Sprintf("您于%s提交的“%s”申请", day, d.Item)
	switch {
	case d.Kind == PaperReceipt:
		says := []string{of + "，本窗口已收到下列材料。本凭证只证明收到，是否受理以受理通知书为准。"}
		if d.State == Lodged && d.Due != "" {
			says = append(says, fmt.Sprintf("是否受理，最迟于%s(含)前告知；逾期不告知的，依据《中华人民共和国行政许可法》第三十二条，自收到材料之日起即为受理。", ShortDate(d.Due)))
		}
		return says
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
	case d.Kind != PaperAcceptance:
		return d.saysStep(of)
	}
	out := []string{of + "，经审查，属于本机关受理范围，现予以受理。" + d.promise()}
	if d.Deemed {
		out = []string{of + "，在法定期限内没有告知是否受理，依据《中华人民共和国行政许可法》第三十二条，自收到材料之日起即为受理。" + d.promise()}
	}
	if absent := d.absent(); len(absent) > 0 {
		by := "。"
		if d.AnswerBy != "" {
			by = fmt.Sprintf("，请于%s(含)前补交；逾期未补交的，将撤销受理。", ShortDate(d.AnswerBy))
		}
		out = append(out, "本件为容缺受理。应当补交："+strings.Join(absent, "；")+by)
	}
	if list := d.unverified(); len(list) > 0 {
		out = append(out, "下列材料由本机关通过共享数据核验，您不用提交："+strings.Join(list, "；")+"。核验有出入时会告知您；您有异议的，以您提交的材料为准。")
	}
	return out
}

// SignatureLine is the paragraph of a document behind which the signature is drawn.
const SignatureLine = "受送达人电子签名："

// remedies are what can be done against a decision: 行政复议法(2023) 20, 23, 行政诉讼法 46.
const remedies = "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，也可以自收到之日起六个月内依法向人民法院提起行政诉讼。"

// saysStep is the text of a document about what was made of an application.
func (d Document) saysStep(of string) []string {
	because := "理由：" + strings.TrimRight(string(d.Reason), "。") + "。"
	switch d.Kind {
	case PaperRefusal:
		return []string{of + "，依据《中华人民共和国行政许可法》第三十二条，决定不予受理。", because, remedies}
	case PaperNotOurs:
		says := []string{of + "，依法不属于本机关职权范围，不予受理。请向有权机关提出：" + d.Other + "。"}
		if d.Reason != "" {
			says = append(says, "说明："+strings.TrimRight(string(d.Reason), "。")+"。")
		}
		return says
	case PaperFee:
		return []string{of + "，依照公布的收费项目和标准，应当缴纳费用：", fmt.Sprintf("金额：人民币%s元(大写：%s)。", Yuan(d.Fen), Capitals(d.Fen)), "收费标准：" + strings.TrimRight(d.Basis, "。") + "。",
			fmt.Sprintf("缴纳地点：%s。缴纳期限：%s(含)前。", d.Place, ShortDate(d.AnswerBy)), "缴费时请出示本通知书，并索取财政部门统一制发的票据。对收费有疑问的，请拨打咨询电话或者在窗口询问。"}
	case PaperProcedure:
		return []string{of + fmt.Sprintf("，自%s起依法进行%s。依据《中华人民共和国行政许可法》第四十五条，所需时间不计算在办理期限内，结束后继续计算，另行告知办结期限。", ShortDate(d.Step), procedureNames[d.Procedure])}
	case PaperExtension:
		says := []string{of + fmt.Sprintf("，不能在办理期限内作出决定。依据《中华人民共和国行政许可法》第四十二条，经批准，延长%d日。", d.Days), because}
		if d.Due != "" {
			says = append(says, fmt.Sprintf("延长后的办结期限为%s(含)。期限以工作日计算。", ShortDate(d.Due)))
		}
		return says
	case PaperDelivery:
		if len(d.Signature) > 0 {
			return []string{of + fmt.Sprintf("，下列文书已于%s送达申请人。", ShortDate(cmp.Or(d.Step, d.Date))), "送达文书：" + d.Paper + "。", SignatureLine, "收到日期：" + ShortDate(d.SignedOn), "送达人：" + d.Clerk}
		}
		return []string{of + fmt.Sprintf("，下列文书已于%s送达申请人。", ShortDate(cmp.Or(d.Step, d.Date))), "送达文书：" + d.Paper + "。", "受送达人签名或者盖章：＿＿＿＿＿＿＿＿＿＿", "收到日期：＿＿＿＿年＿＿月＿＿日",
			"代收人签名及与申请人的关系：＿＿＿＿＿＿＿＿＿＿", "送达人：" + d.Clerk}
	}
	switch d.Outcome {
	case Granted:
		says := of + "，经审查，符合法定条件、标准，依据《中华人民共和国行政许可法》第三十八条，决定准予。"
		if d.Result != "" {
			says += "办理结果：" + d.Result + "。"
		}
		return []string{says}
	case Denied:
		return []string{of + "，经审查，不符合法定条件、标准，依据《中华人民共和国行政许可法》第三十八条，决定不予批准。", because, remedies}
	case Returned:
		return []string{of + "，现予退回，可以按下述理由补充后重新申请。", because}
	}
	return []string{of + "，已转由有权机关办理：" + d.Other + "。后续办理请向该机关查询。"}
}

var procedureNames = map[string]string{"hearing": "听证", "bidding": "招标", "auction": "拍卖", "inspection": "检验", "test": "检测", "quarantine": "检疫", "appraisal": "鉴定", "expert_review": "专家评审"}

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

// listing are the documents that list materials.
var listing = []DocumentKind{PaperReceipt, PaperAcceptance, PaperCorrection, PaperEnded, PaperRefusal}

// Listed are the materials that the document lists, with their states in words.
func (d Document) Listed() (list [][2]string) {
	for _, r := range d.Rows {
		if slices.Contains(listing, d.Kind) && (d.Kind != PaperReceipt || r.State == Brought || r.State == Contested) {
			list = append(list, [2]string{r.Name, stateNames[r.State]})
		}
	}
	return list
}

var stateNames = map[Received]string{Brought: "收到", Missing: "缺", Waived: "免交", Owed: "后补", Unverified: "待核验", Contested: "收到(有异议)", NotReceived: "未收到"}
