package guide

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// fillIns are what people write into a field that has to hold something.
var fillIns = strings.Fields("无 暂无 没有 待定 待补充 未知 略 / - -- — —— N/A n/a none null")

// blank tells whether a text says nothing.
func blank(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || slices.Contains(fillIns, s)
}

func malformedCode(_ *Catalogue, i *draft, say say) {
	if n := utf8.RuneCountInString(string(i.Code)); n != codeLength {
		say("code", "编码有%d位,应为%d位数字和大写字母", "the code has %d characters: a code has %d digits and capital letters", n, codeLength)
	} else if !validCode(string(i.Code)) {
		say("code", "编码应为%d位数字和大写字母", "a code has %d digits and capital letters", codeLength)
	}
}

func wrongCheckDigit(_ *Catalogue, i *draft, say say) {
	code := string(i.Code)
	if !validCode(code) {
		return
	}
	check, usable := subjectCheck(code)
	switch own := organisationCheck(code); {
	case !usable:
		say("code", "前18位有统一社会信用代码不用的字母(I、O、S、V、Z)", "the first 18 characters have a letter that no credit code has (I, O, S, V, Z)")
	case own != code[16]:
		say("code", "第17位(组织机构代码校验位)是%c,应为%c", "character 17, which checks the organisation code, is %c and should be %c", code[16], own)
	case check != code[17]:
		say("code", "第18位(统一社会信用代码校验位)是%c,应为%c", "character 18, which checks the credit code, is %c and should be %c", code[17], check)
	}
}

func duplicateCode(c *Catalogue, i *draft, say say) {
	if first, twice := c.byCode[i.Code]; twice && i.Code != "" {
		say("code", "编码已被“%s”使用", "the code is already used by %q", first.Name)
	}
}

func missingName(_ *Catalogue, i *draft, say say) {
	if strings.TrimSpace(i.Name) == "" {
		say("name", "没有事项名称", "the item has no name")
	}
}

func typeOfCode(_ *Catalogue, i *draft, say say) {
	if !validCode(string(i.Code)) {
		return
	}
	digits := string(i.Code[typeAt : typeAt+2])
	named := ""
	for number, name := range itemTypes {
		if name == i.Type {
			named = number
		}
	}
	if itemTypes[digits] != "" && named != "" && named != digits {
		say("type", "编码里的类型是%s(%s),这里写的是%s", "the code says %s (%s) and the type is %s", digits, itemTypes[digits], i.Type)
	}
}

func unknownDepartment(c *Catalogue, i *draft, say say) {
	if len(c.departments) > 0 && !slices.ContainsFunc(c.departments, func(d Department) bool { return d.Name == i.Department }) {
		say("department", "没有名为“%s”的部门", "there is no department %q", i.Department)
	}
}

func unknownArea(c *Catalogue, i *draft, say say) {
	a, lettered := c.Area(i.Letter)
	named := i.Area == "" || slices.ContainsFunc(c.areas, func(a Area) bool { return a.ID == i.Area })
	switch {
	case !named:
		say("area", "没有业务领域“%s”", "there is no area %q", i.Area)
	case !lettered:
		say("area_letter", "没有字母为“%s”的业务领域", "there is no area with letter %q", i.Letter)
	case i.Area != "" && i.Area != a.ID:
		say("area", "字母%[2]s的业务领域不是“%[1]s”", "%q is not the area with letter %s", i.Area, i.Letter)
	}
}

func handlingMismatch(_ *Catalogue, i *draft, say say) {
	switch {
	case i.Handling == AtOnce && i.PromisedDays > 0:
		say("promised_days", "即办件的承诺天数应为0,这里是%d", "an item that is done at once (即办件) promises %d days and not 0", i.PromisedDays)
	case i.Handling == Promised && i.PromisedDays == 0:
		say("promised_days", "承诺件的承诺天数应大于0", "an item with a promised time (承诺件) promises 0 days")
	}
}

// promiseOverLegal compares numbers: both are counted in the one DayUnit of the item.
func promiseOverLegal(_ *Catalogue, i *draft, say say) {
	if i.PromisedDays > i.LegalDays {
		say("promised_days", "承诺时限%d大于法定时限%d", "promised are %d days and the law gives %d", i.PromisedDays, i.LegalDays)
	}
}

func badNumber(_ *Catalogue, i *draft, say say) {
	below := func(path string, n int) {
		if n < 0 {
			say(path, "%d小于0", "%d is below 0", n)
		}
	}
	below("legal_days", i.LegalDays)
	below("promised_days", i.PromisedDays)
	below("visits", i.Visits)
	for n, m := range i.Materials {
		below(at("materials", n, "originals"), m.Originals)
		below(at("materials", n, "photocopies"), m.Copies)
	}
}

func unknownUnit(_ *Catalogue, i *draft, say say) {
	if i.DayUnit != WorkingDays && i.DayUnit != CalendarDays {
		say("day_unit", "时限单位“%s”无法计算", "no due day can be counted in %q", i.DayUnit)
	}
}

func runOnceMismatch(_ *Catalogue, i *draft, say say) {
	switch {
	case i.SaidRunOnce == nil || *i.SaidRunOnce == i.RunOnce():
	case *i.SaidRunOnce:
		say("run_once", "标为最多跑一次,却要到现场%d次(不超过1次才是)", "it is on the run-once list and takes %d visits, which is more than one", i.Visits)
	default:
		say("run_once", "只到现场%d次,却没有标为最多跑一次", "it takes %d visits and is not on the run-once list", i.Visits)
	}
}

func noAudience(_ *Catalogue, i *draft, say say) {
	if !slices.ContainsFunc(i.Audience, func(a string) bool { return !blank(a) }) {
		say("audience", "没有服务对象", "nobody is named who may apply")
	}
}

func feeMissing(_ *Catalogue, i *draft, say say) {
	if i.Fee.Charged && blank(i.Fee.Text) {
		say("fee.text", "标为收费,但没有收费标准", "a fee is charged and not named")
	}
}

func feeMismatch(_ *Catalogue, i *draft, say say) {
	free := strings.Contains(i.Fee.Text, "免费") || strings.Contains(i.Fee.Text, "不收")
	priced := money.MatchString(i.Fee.Text)
	if i.Fee.Charged && free && !priced && !strings.ContainsAny(i.Fee.Text, ",，;；、") {
		say("fee.text", "标为收费,标准却写“%s”", "a fee is charged and the text says %q", i.Fee.Text)
	}
	if !i.Fee.Charged && priced && !free {
		say("fee.text", "标为不收费,标准却写“%s”", "no fee is charged and the text says %q", i.Fee.Text)
	}
}

func missingConsultPhone(_ *Catalogue, i *draft, say say) {
	if blank(i.ConsultPhone) {
		say("consult_phone", "没有咨询电话", "there is no phone number for questions")
	}
}

func missingComplaintPhone(_ *Catalogue, i *draft, say say) {
	if blank(i.ComplaintPhone) {
		say("complaint_phone", "没有监督投诉电话", "there is no phone number for complaints")
	}
}

// phone is one or more numbers with area code, of a 400 line, or short ones: 0571-12345678, 010-12345678-801, 12345, 95598.
var phone = func() *regexp.Regexp {
	one := `(?:(?:0(?:10|2\d)-\d{8}|0[3-9]\d{2}-\d{7,8})(?:(?:-|转)\d{1,6})?|400-?\d{3}-?\d{4}|1[0-2]\d|1[0-2]\d{3}|11[68]\d{3}|9[56]\d{3,4})`
	return regexp.MustCompile(`^` + one + `(?:[、,，;；] ?` + one + `)*$`)
}()

func badPhone(_ *Catalogue, i *draft, say say) {
	check := func(path, number string) {
		if !blank(number) && !phone.MatchString(number) {
			say(path, "电话“%s”格式不对,应为区号-号码或短号", "%q is no phone number with area code or short number", number)
		}
	}
	check("consult_phone", i.ConsultPhone)
	check("complaint_phone", i.ComplaintPhone)
}

func onlineIncomplete(_ *Catalogue, i *draft, say say) {
	if i.Online.Available && blank(i.Online.Depth) {
		say("online.depth", "写明可网上办理,但没有办理深度", "it is available online, and how far is not said")
	}
	if i.Online.Available && blank(i.Online.URL) {
		say("online.url", "写明可网上办理,但没有网址", "it is available online and has no address")
	}
}

var webAddress = regexp.MustCompile(`^https?://[^\s/]+\.[^\s]+$`)

func badURL(_ *Catalogue, i *draft, say say) {
	if !blank(i.Online.URL) && !webAddress.MatchString(i.Online.URL) {
		say("online.url", "“%s”不是完整的网址", "%q is no web address", i.Online.URL)
	}
}

func incompleteGuide(_ *Catalogue, i *draft, say say) {
	for _, f := range []struct{ path, value, zh, en string }{
		{"legal_basis", i.LegalBasis, "没有法定依据", "the legal basis is missing"},
		{"result", i.Result, "没有办理结果", "what people get is missing"},
		{"steps", strings.Join(i.Steps, ""), "没有办理流程", "the steps are missing"},
	} {
		if blank(f.value) {
			say(f.path, f.zh, f.en)
		}
	}
}
