package disclosure

// Outcome is how a request is answered.
type Outcome string

// Group is one of the kinds of answers of the statutory table.
type Group string

// The groups, in the order of the table.
const (
	Granted     Group = "granted"     // (一)予以公开
	Partly      Group = "partly"      // (二)部分公开
	Refused     Group = "refused"     // (三)不予公开
	Unable      Group = "unable"      // (四)无法提供
	Unprocessed Group = "unprocessed" // (五)不予处理
	Otherwise   Group = "otherwise"   // (六)其他处理
)

// Groups lists the groups in their order.
var Groups = []Group{Granted, Partly, Refused, Unable, Unprocessed, Otherwise}

// Outcomes of which the rules of this package speak.
const (
	OutcomeGranted     Outcome = "granted"
	OutcomePublic      Outcome = "already_public"
	OutcomePartly      Outcome = "partly"
	OutcomeThirdParty  Outcome = "third_party"
	OutcomeUnclear     Outcome = "unclear"
	OutcomeRepeat      Outcome = "repeat"
	OutcomeExcessive   Outcome = "excessive"
	OutcomeUncorrected Outcome = "uncorrected"
	OutcomeUnpaid      Outcome = "unpaid"
	OutcomeWithdrawn   Outcome = "withdrawn"
)

// about is what is known of an outcome: its group and its line in the statutory table (several
// outcomes may share one), its words, and where it stands in the law.
type about struct {
	group Group
	row   string
	zh    string
	law   string
}

// order lists all outcomes as a page offers them.
var order = []Outcome{OutcomeGranted, OutcomePublic, OutcomePartly,
	"secret", "forbidden", "security", OutcomeThirdParty, "internal", "process", "case_file", "query",
	"not_existing", "not_ours", "to_be_made", OutcomeUnclear,
	"petition", OutcomeRepeat, "publication", OutcomeExcessive, "reconfirm",
	OutcomeUncorrected, OutcomeUnpaid, OutcomeWithdrawn, "other"}

// outcomes: articles are those of 政府信息公开条例 (国务院令第711号, 2019); the lines are those of the
// table of 国办公开办函〔2021〕30号.
var outcomes = map[Outcome]about{
	OutcomeGranted:     {Granted, "granted", "予以公开", "第三十六条第二项"},
	OutcomePublic:      {Granted, "granted", "已主动公开，告知获取方式和途径", "第三十六条第一项"},
	OutcomePartly:      {Partly, "partly", "部分公开", "第三十七条"},
	"secret":           {Refused, "secret", "属于国家秘密，不予公开", "第十四条"},
	"forbidden":        {Refused, "forbidden", "其他法律、行政法规禁止公开，不予公开", "第十四条"},
	"security":         {Refused, "security", "公开后可能危及国家安全、公共安全、经济安全、社会稳定，不予公开", "第十四条"},
	OutcomeThirdParty:  {Refused, "third_party", "公开会对第三方合法权益造成损害，不予公开", "第十五条、第三十二条"},
	"internal":         {Refused, "internal", "属于内部事务信息，不予公开", "第十六条第一款"},
	"process":          {Refused, "process", "属于过程性信息，不予公开", "第十六条第二款"},
	"case_file":        {Refused, "case_file", "属于行政执法案卷信息，不予公开", "第十六条第二款"},
	"query":            {Refused, "query", "属于行政查询事项，依照有关法律、行政法规的规定办理", "第三十六条第七项"},
	"not_existing":     {Unable, "not_held", "经检索没有所申请公开信息，该政府信息不存在", "第三十六条第四项"},
	"not_ours":         {Unable, "not_held", "所申请公开信息不属于本机关负责公开", "第三十六条第五项"},
	"to_be_made":       {Unable, "to_be_made", "没有现成信息，需要另行制作", "第三十八条"},
	OutcomeUnclear:     {Unable, "unclear", "补正后申请内容仍不明确", "第三十条"},
	"petition":         {Unprocessed, "petition", "属于信访、投诉、举报等活动，告知通过相应渠道提出", "第三十九条第一款"},
	OutcomeRepeat:      {Unprocessed, "repeat", "已就同一申请作出答复，不予重复处理", "第三十六条第六项"},
	"publication":      {Unprocessed, "publication", "要求提供公开出版物，告知获取的途径", "第三十九条第二款"},
	OutcomeExcessive:   {Unprocessed, "excessive", "申请数量、频次明显超过合理范围且理由不合理，不予处理", "第三十五条"},
	"reconfirm":        {Unprocessed, "reconfirm", "要求对已获取的政府信息进行确认或者重新出具，不予处理", ""},
	OutcomeUncorrected: {Otherwise, "uncorrected", "无正当理由逾期不补正，视为放弃申请，不再处理", "第三十条"},
	OutcomeUnpaid:      {Otherwise, "unpaid", "逾期未按收费通知缴纳费用，视为放弃申请，不再处理", "第四十二条"},
	OutcomeWithdrawn:   {Otherwise, "other", "申请人撤回申请", ""},
	"other":            {Otherwise, "other", "其他处理", ""},
}

// givenUp are the ends of a request whose applicant is waited for in vain (视为放弃申请), with the
// state in which that is: 2019 第30条 for a correction, 国办函〔2020〕109号 for a fee.
var givenUp = map[Outcome]State{OutcomeUncorrected: Correcting, OutcomeUnpaid: Charged}

// Outcomes lists all of them in the order of the table.
func Outcomes() []Outcome { return order }

// Group is the kind of answer that an outcome is; empty for an unknown one.
func (o Outcome) Group() Group { return outcomes[o].group }

// Says gives the words of an outcome and the article that it follows from, which may be empty.
func (o Outcome) Says() (zh, law string) { return outcomes[o].zh, outcomes[o].law }
