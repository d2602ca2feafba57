package guide

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A catch-all clause (兜底条款) asks for something without saying what: "其他需要提交的材料",
// "登记机构认为必要的其他材料", "学历证明等相关材料". Wordings are without number, so none is
// listed here. A text is turned into the kinds of its words, one letter for each,
// and a clause is found by its shape: one word with a meaning of its own, such as
// 继承人 in "其他继承人放弃继承声明", is an X and makes it definite.
var clauseWords = map[byte]string{
	'O': "其他 其它 其余 另外 此外 之外 以外 除外 未列明",
	'E': "等",
	'C': "、 及 和 与 并 以及 含",
	'R': "或 或者",
	// N: what is needed or concerned, without saying for what.
	'N': "相关 有关 相应 相关联 必要 必需 必备 必须 所需 所需要 确需 需要 需 须 应当 应该 应 补充 补正 补交 视 兜底",
	// W: what somebody wants; B: what somebody thinks.
	'W': "规定 要求 告知 指定 约定 明确 确定 决定",
	'B': "认为 认定",
	'V': `另行 一并 同时 辅助 佐证 支撑 支持 配套 附加 附属 各类 各种 各项 一切 任何 所有 全部 部分 法定 具体 实际 特殊 上述 前述 以上 前款 除 外 未尽 可能
		按 按照 根据 依据 依 依照 依法 依规 而定 为准 一次性 有利于 有助于 下 提交 提供 提报 出具 递交 报送 上报 交验 携带 准备 出示 上传 具备 符合 满足 遵守 属于 存在 不存在 没有 无 反映 证实 佐证
		的 地 时 之 所 以 为 由 可 可以 能 能够 还 再 另 申请人 当事人 本人 本 该 其 此 有 经 在 因 禁止 限制 不予 不得 书面 纸质 电子 能证明`,
	// A: steps of any application.
	'A': "申请 申报 办理 受理 登记 备案 审批 审核 审查 核验 查验 许可 业务 流程 办事 办件",
	// I: who or what may want something; H: whom it may be wanted of.
	'I': "机关 机构 部门 单位 窗口 中心 政府 大厅 局 委 厅 院 方面 法律 法规 规章 政策 制度 条例 办法 国家 国务院 规范性文件 工作人员 经办人",
	'H': "人员 对象",
	// P: any paper; Q: any proof; T: any certificate; K: any circumstance; S: in which form.
	'P': "材料 资料 文件 文书 要件 附件 手续 信息 数据 内容 事项 事宜",
	'Q': "证明 有效 合法",
	'T': "证件 证照 证书 凭证 凭据 单据 票据 证据 表格 表单",
	'K': "说明 情况 情形 条件 资格 标准 因素 图件 图纸",
	'S': "原件 复印件 扫描件 电子版 电子件 正本 副本 正副本 清单 目录 类 一份 二份 两份 三份 各一份 各",
	// X: words with one of the above in them that mean something else.
	'X': "等级 等候 等待 等同 等值 等额 高等 中等 初等 同等 平等 对等 均等 优等 一等 二等 三等 四等 五等 特等 参与 应急 应届 应聘 供应 和解 合同 单位介绍信 有限",
}

// materialShapes are the shapes of a catch-all in the name of a material, and
// conditionShapes of one in a condition.
var (
	materialShapes = shapes(
		`(?:^|C)[NVAPQKW]*O[NVAOWBKPQ]*[PQK]S*(?:[CR]|$)`,        // 其他应当提交的证明材料; 申请书及其他材料
		`(?:^|C)[NVPQ]*O[NVOWB]*T+S*(?:[CR]|$)`,                  // 其他相关证件
		`(?:^|[CR])O[NVWBA]*$`,                                   // 其他
		`RO[NVAOWK]*P+S*(?:[CR]|$)`,                              // 遗嘱或其他材料, and not 身份证或者其他证明
		`RO[NVAOWKPQ]*[NWB][NVAOWKPQ]*[PQKT]S*(?:[CR]|$)`,        // 离婚证或其他有关证明
		`[NWB][NVAPQK]*O[NVAOWKPQ]*[PQKT]S*(?:[CR]|$)`,           // 登记机构认为必要的其他材料
		`(?:^|[CR])OC[^O]*N[NVA]*[PQ]S*(?:[CR]|$)`,               // 其他与变更有关的材料
		`[IH][NVAK]*[WB][NVAWPQK]*[PQT]S*(?:[CR]|$)`,             // 审批机关要求提供的文件
		`(?:^|[CR])[NVAWBPQK]*[NWB][NVAWBPQK]*[PQT]S*(?:[CR]|$)`, // 相关材料; 需要补充的证明
		`.E[NVO]*[PQ]*S*$`,                                       // 身份证明、学历证明等相关材料; 身份证、户口簿等
		`.E[NVWO]*[NWO][NVWOPQ]*T+S*$`,                           // 身份证等相关证件
	)
	conditionShapes = shapes(
		`(?:^|[CR])[NVAPQKW]*O[NVAOWBIKPQ]*[KPW]V*(?:[CR]|$)`, // 法律、法规规定的其他条件; 其他应当符合的要求
		`(?:^|[CR])O[NVWB]*$`,                            // 其他
		`[NWB][NVAPQK]*O[NVAOWBIKPQ]*[KPWH]V*(?:[CR]|$)`, // 政策规定的其他情形, 其他人员
		`(?:^|[CR])O[^CRO]*[IH][NVAKW]*[WB][NVA]*[KPH]V*(?:[CR]|$)`,
		`[IH][NVAK]*B[NVAWPQK]*[KP]V*(?:[CR]|$)`, // 登记机关认为应当具备的条件
		`.E[NVW]*[NO][NVWO]*[KP]V*$`,             // 场地、人员等其他条件
	)
)

func shapes(of ...string) *regexp.Regexp { return regexp.MustCompile(strings.Join(of, "|")) }

// catchAllName tells whether the name of a material is a catch-all clause.
func catchAllName(name string) bool { return catchAll(name, materialShapes) }

// catchAllCondition tells whether a condition is one.
func catchAllCondition(text string) bool { return catchAll(text, conditionShapes) }

// catchAll tells whether a text has a clause of one of the shapes.
func catchAll(text string, of *regexp.Regexp) bool {
	main, inside := brackets(text)
	if main == "" && len(inside) > 0 {
		main = inside[0]
	}
	if of.MatchString(shape(main)) {
		return true
	}
	for _, t := range inside {
		// What stands in brackets explains the name, unless it goes on with it: "(及其他材料)".
		if s := shape(t); strings.HasPrefix(s, "C") && of.MatchString(s) {
			return true
		}
	}
	return false
}

// listMark is a number before a text: "7.", "(三)", "④".
var listMark = regexp.MustCompile(`^\s*(?:[(（]?[0-9０-９一二三四五六七八九十]{1,3}[)）.．、]|[①-⑳])\s*`)

// brackets takes what stands in brackets out of a text.
func brackets(text string) (main string, inside []string) {
	var out, in strings.Builder
	depth := 0
	for _, r := range listMark.ReplaceAllString(text, "") {
		switch {
		case strings.ContainsRune("(（[［【〔{｛", r):
			depth++
		case strings.ContainsRune(")）]］】〕}｝", r) && depth > 0:
			if depth--; depth == 0 {
				inside = append(inside, in.String())
				in.Reset()
			}
		case depth > 0:
			in.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	if in.Len() > 0 {
		inside = append(inside, in.String())
	}
	return strings.TrimSpace(out.String()), inside
}

// wordKinds has the kind of each word of clauseWords; longest is the length of the longest in characters.
var wordKinds = sync.OnceValues(func() (kinds map[string]byte, longest int) {
	kinds = map[string]byte{}
	for kind, words := range clauseWords {
		for _, w := range strings.Fields(words) {
			kinds[w] = kind
			longest = max(longest, utf8.RuneCountInString(w))
		}
	}
	return kinds, longest
})

// shape gives the kinds of a text's words; the longest word counts.
func shape(text string) string {
	kinds, longest := wordKinds()
	chars := clauseChars(text)
	out := make([]byte, 0, len(chars))
	for n := 0; n < len(chars); {
		kind, size := byte('X'), 1
		for l := min(longest, len(chars)-n); l > 0; l-- {
			if k, ok := kinds[string(chars[n:n+l])]; ok {
				kind, size = k, l
				break
			}
		}
		if len(out) == 0 || kind != 'X' || out[len(out)-1] != 'X' {
			out = append(out, kind)
		}
		n += size
	}
	return strings.TrimRight(string(out), "C")
}

// clauseChars brings a text to simplified characters, with one mark for every
// pause and no spaces or quotation marks. An ellipsis says the same as 等.
func clauseChars(text string) []rune {
	simple := simplified()
	var out []rune
	for _, r := range strings.ReplaceAll(strings.ReplaceAll(text, "……", "等"), "...", "等") {
		if to, ok := simple[r]; ok {
			r = to
		}
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune("“”\"'‘’《》「」", r):
		case unicode.IsPunct(r) || unicode.IsSymbol(r):
			out = append(out, '、')
		default:
			out = append(out, r)
		}
	}
	return out
}
