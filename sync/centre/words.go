package centre

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// words are all words of the page, each in both languages so that none can be
// missing in one of them. {hall}, {names}, {n}, {since}, {for} stand for values;
// of [one|many] the English page shows what fits {n}.
var words = map[string]Name{
	"title":       {"全区运行情况", "How the district stands"},
	"product":     {"一窗 · 区中心", "OneWindow · district centre"},
	"other_lang":  {"English", "中文"},
	"as_of":       {"截至", "As of"},
	"day":         {"业务日", "Business day"},
	"stale":       {"与中心失去联系，以下内容已不是最新。", "The centre does not answer: what you see is no longer current."},
	"skip":        {"跳到各大厅", "Skip to the halls"},
	"none":        {"—", "–"},
	"unreadable":  {"读不出", "unreadable"},
	"range":       {"{names} 分钟", "{names} min"},
	"more":        {"等", "and more"},
	"listed":      {"列出最新 {n} 件", "the newest {n} are listed"},
	"people":      {"今日取号", "Visitors today"},
	"records":     {"记录", "Records"},
	"footer":      {"中心自 {since} 起运行；每 2 秒刷新。{for}没有心跳即视为失联。", "This centre has run since {since}; refreshed every 2 s. {for} without a beat counts as silent."},
	"not_joined":  {"目录中尚未接入的大厅：{names}", "Halls of the catalogue that have not joined yet: {names}"},
	"no_halls":    {"还没有大厅接入。", "No hall has joined yet."},
	"need_title":  {"需要处理", "Needs attention"},
	"need_none":   {"各大厅在线，记录都已送达，没有重号。", "Every hall is in touch, records arrive, no number was given twice."},
	"verdict":     {"总体", "Verdict"},
	"level_well":  {"正常", "All well"},
	"level_alarm": {"告警", "Alarm"}, "level_attention": {"留意", "Attention"},

	"unsaved":           {"尚未送达中心的记录", "Records not yet at the centre"},
	"on_terminals":      {"仅在终端", "On terminals only"},
	"in_halls":          {"仅在大厅", "In the hall only"},
	"oldest":            {"最久已等", "Oldest has waited"},
	"unsaved_none":      {"已听到的大厅都没有欠账。", "Nothing is owed."},
	"debt_unknown_h":    {"另有 {n} 个大厅没有消息，所欠不明", "Besides, {n} [hall is|halls are] not heard; what is owed there is unknown"},
	"debt_unknown_t":    {"另有 {n} 台终端没有消息，所欠不明", "Besides, {n} [terminal is|terminals are] not heard; what is owed there is unknown"},
	"debt_last":         {"（它们最后上报 {n} 条）", " (they last reported {n})"},
	"debt_silent":       {"自 {since} 起不明：大厅失联后是否又有欠账，中心无从得知。", "Unknown since {since}: the centre can't tell what was noted there after the last beat."},
	"debt_never":        {"不明：中心启动以来没有收到该大厅的消息。", "Unknown: nothing was heard of this hall since the centre started."},
	"debt_at_last_beat": {"最后一次心跳时：仅在终端 {names}，仅在大厅 {n}", "At its last beat: {names} on terminals only, {n} in the hall only"},

	"kept":        {"已保存事件", "Events kept"},
	"quarantined": {"隔离", "In quarantine"},
	"doubled":     {"重号", "Numbers given twice"},
	"conflicts":   {"冲突票号", "Tickets in conflict"},

	"disclosure":            {"依申请公开", "Requests for information"},
	"disclosure_footer":     {"只有数字和编号，没有个人信息。期限按收到当日施行的条例计算。", "Numbers alone, nothing of any person. Terms are those of the law in force on the day of receipt."},
	"to_district":           {"全区运行情况", "The district"},
	"disclosure_table":      {"收到和处理政府信息公开申请情况（国办公开办函〔2021〕30号 表三）", "Requests received and handled (table 3 of the yearly report)"},
	"line":                  {"项", "Line"},
	"situation":             {"情况", "What"},
	"sum":                   {"总计", "Sum"},
	"party_person":          {"自然人", "Citizens"},
	"party_business":        {"商业企业", "Companies"},
	"party_research":        {"科研机构", "Research"},
	"party_charity":         {"社会公益组织", "Charities"},
	"party_legal":           {"法律服务机构", "Law firms"},
	"party_other":           {"其他", "Others"},
	"table_right":           {"勾稽关系相符：第一项加第二项之和，等于第三项加第四项之和。", "The table balances: new and carried over are answered and carried forward."},
	"table_wrong":           {"勾稽关系不符，请核对：", "The table does not balance; please look at"},
	"disclosures_open":      {"未答复的申请 {n} 件，期限近的在前", "{n} [request is|requests are] not answered, the nearest day first"},
	"answer_by":             {"答复期限", "Answer by"},
	"agency":                {"机关", "Agency"},
	"late":                  {"已超期", "late"},
	"term_suspended":        {"期限暂停计算", "the clock does not run"},
	"term_unknown":          {"待节假日通知公布后计算", "not known before the holidays are announced"},
	"disclosure_open":       {"办理中", "in hand"},
	"disclosure_correcting": {"待申请人补正", "waits for a correction"},
	"disclosure_consulting": {"征求意见中", "others are heard"},
	"disclosure_charged":    {"待缴费", "waits for the fee"},

	"left":           {"市民留言（30 天）", "Left by citizens (30 days)"},
	"questions_left": {"问题", "Questions"},
	"surveys_left":   {"问卷", "Surveys"},

	"issued":  {"取号", "Issued"},
	"waiting": {"等候", "Waiting"},
	"called":  {"叫号中", "Called"},
	"serving": {"办理中", "Being served"},
	"done":    {"办结", "Done"},
	"no_show": {"过号", "No-show"},
	"parked":  {"暂离", "Away"},
	"closed":  {"未办而终", "Ended unserved"},

	"link_reached":  {"在线", "In touch"},
	"link_awaited":  {"等待首次心跳", "Awaiting the first beat"},
	"link_silent":   {"失联", "Silent"},
	"heard_ago":     {"{for}前有心跳", "heard {for} ago"},
	"led_by":        {"主持：{names}", "led by {names}"},
	"led_by_none":   {"无主机，暂不叫号", "no hub leads, no calls"},
	"spare_ready":   {"备机就绪", "spare ready"},
	"spare_away":    {"备机不在", "spare away"},
	"silent_since":  {"自 {since} 起失联，已 {for}", "silent since {since}, for {for}"},
	"silent_start":  {"自中心启动（{since}）以来没有消息", "not heard since the centre started at {since}"},
	"figures_as_of": {"失联期间，以下为中心已收到的情况，不是大厅现状。", "While silent: below is what has reached the centre, not how the hall stands now."},

	"queues":       {"排队", "Queues"},
	"area":         {"区域", "Area"},
	"longest":      {"最久", "Longest"},
	"open_windows": {"开窗", "Open"},
	"forecast":     {"现在来预计等", "Wait now"},
	"forecast_r":   {"约一半人到九成人的等候时间", "from half of the people to nine of ten"},
	"no_window":    {"无窗口", "no window"},
	"of":           {"{n} / {names}", "{n} / {names}"},

	"terminals":         {"终端", "Terminals"},
	"role":              {"类别", "Role"},
	"total":             {"总数", "Total"},
	"role_kiosk":        {"取号机", "Kiosk"},
	"role_counter":      {"窗口", "Counter"},
	"role_board":        {"叫号屏", "Board"},
	"device":            {"终端", "Device"},
	"presence":          {"状态", "State"},
	"presence_heard":    {"在线", "In touch"},
	"presence_silent":   {"失联", "Silent"},
	"presence_unheard":  {"未开机或未上报", "Off or not heard"},
	"presence_unknown":  {"不明（大厅失联）", "Unknown (hall silent)"},
	"presence_awaited":  {"等待大厅心跳", "Awaiting the hall"},
	"unheard":           {"无消息", "Not heard"},
	"last_heard":        {"最后心跳", "Last heard"},
	"printer":           {"打印机", "Printer"},
	"printer_ok":        {"正常", "OK"},
	"printer_none":      {"—", "–"},
	"printer_paper_low": {"纸将尽", "Paper low"},
	"printer_paper_out": {"缺纸", "Out of paper"}, "printer_cover_open": {"盖未合", "Cover open"},
	"printer_off":      {"未连接", "Off"},
	"owing":            {"有欠账", "Owing"},
	"here_only":        {"仅在此机", "Only there"},
	"hall_only":        {"仅在大厅", "Hall only"},
	"terms_need":       {"需要查看的终端", "Terminals to look at"},
	"terms_all":        {"全部终端（{n}）", "All terminals ({n})"},
	"terms_more":       {"另有 {n} 台，见全部终端", "{n} more, see all terminals"},
	"need_silent":      {"自 {since} 起失联", "silent since {since}"},
	"need_silent_owes": {"自 {since} 起失联，当时有 {n} 条仅在此机", "silent since {since}, with {n} [record|records] only there"},
	"need_late":        {"显示在线，记录却送不到中心", "its line stands, but its records do not arrive"},
	"need_forked":      {"记录有两份（数据目录被复制或回滚？）", "two histories (data folder copied or put back?)"},
	"need_owes":        {"{n} 条仅在此机，最久已等 {for}", "{n} [record|records] only there, the oldest for {for}"},
	"sep":              {"；", "; "},
	"comma":            {"、", ", "},
	"terms_none":       {"还没有终端上报。", "No terminal has been heard of yet."},
	"applications":     {"今日办件", "Applications today"},
	"apps_list":        {"全部办件（{n}）", "All applications ({n})"},
	"apps_none":        {"今天还没有办件。", "None yet today."},
	"number":           {"编号", "Number"},
	"item":             {"事项", "Item"},
	"state":            {"状态", "State"},
	"due":              {"期限", "Due"},
	"taken":            {"收件", "Taken"},
	"windows":          {"窗口号", "Windows"},
	"what":             {"情况", "What"},
	"ratings":          {"好差评", "Ratings"},
	"ratings_none":     {"今天还没有人评价。", "Nobody has rated today."},
	"rated":            {"评价", "Rated"},
	"satisfied":        {"满意率", "Satisfied"},
	"window":           {"窗口", "Window"},
	"no_idea":          {"不明", "unknown"},
	"level_1":          {"非常满意", "Very satisfied"},
	"level_2":          {"满意", "Satisfied"},
	"level_3":          {"基本满意", "Fairly satisfied"},
	"level_4":          {"不满意", "Dissatisfied"},
	"level_5":          {"非常不满意", "Very dissatisfied"},
	"repeats":          {"重复", "Repeats"},
	"follow_ups":       {"差评待核实 {n}，超期 {names}", "{n} bad [rating|ratings] to follow up, {names} overdue"},
	"ratings_all":      {"评价明细（今日各窗口，近 7 天）", "Ratings by window today and by day"},
	"conflict_facts":   {"同一票有两份内容", "One ticket with two sets of facts"},
	"conflict_double_service": {
		"两个窗口都办理了", "Served at two windows"},
	"conflict_called_and_served": {
		"一窗叫号，另一窗办理", "Called to one window, served at another"},

	"app_draft":          {"收件", "Draft"},
	"app_accepted":       {"受理", "Accepted"},
	"app_accepted_later": {"容缺受理", "Accepted, parts to follow"},
	"app_correction":     {"补正告知", "To be corrected"},
	"app_on_the_spot":    {"当场办结", "Done on the spot"},
	"app_decided":        {"已决定", "Decided"},
	"app_withdrawn":      {"撤回", "Withdrawn"},
	"app_lapsed":         {"视为撤回", "Lapsed"},
	"app_revoked":        {"撤销受理", "Revoked"},

	"why_follow_ups":       {"{hall}：{n} 条差评超过期限仍未核查完毕。请大厅在窗口电脑“差评核实”中处理。", "{hall}: {n} bad [rating was|ratings were] not followed up and checked in time. The hall should do it at its counters, under Bad ratings."},
	"why_log_unreadable":   {"中心的数据库读不出来：请运维查看中心日志。", "The centre's database can't be read: IT staff should look at its log."},
	"why_numbers_doubled":  {"{hall}：{n} 个号码发了两次（{names}）。请现场人工分清。", "{hall}: {n} [number|numbers] given twice ({names}). Staff must tell them apart."},
	"why_hall_silent":      {"{hall}自 {since} 起失联（已 {for}）。大厅可照常取号叫号；所欠记录不明。", "{hall} silent since {since} (for {for}). It can work on alone; what it owes is unknown."},
	"why_unsaved_long":     {"{hall}：{n} 条记录未到中心，最久已等 {for}。", "{hall}: {n} [record|records] not at the centre, the oldest for {for}."},
	"why_canary_late":      {"{hall}：{n} 台设备显示在线，记录却送不到中心（{names}）。请运维查看其日志。", "{hall}: {n} [device says that its line stands, but its|devices say that their lines stand, but their] records do not arrive ({names}). IT staff should look at the log."},
	"why_forks":            {"{hall}：{n} 台设备的记录有两份（{names}）：数据目录可能被复制或回滚。记录都已保留；请运维查清，并给该机一个空数据目录。", "{hall}: records of {n} [device|devices] have two histories ({names}): was a data folder copied or put back? Both are kept; IT staff should find the copy and start over with an empty folder."},
	"why_none_leads":       {"{hall}：两台主机都未取得主持权，暂不叫号。几秒后仍如此，请运维查看主机之间及到中心的线路。", "{hall}: neither of its two hubs leads, so nobody is called. When this lasts, IT staff should look at the lines between them and to the centre."},
	"why_spare_away":       {"{hall}：备机（{names}）不在。主机若再失去，叫号将停；请运维查看备机。", "{hall}: the spare hub ({names}) is away. If the other one is lost too, calls stop; IT staff should look at it."},
	"why_terminals_silent": {"{hall}：{n} 台终端失联（{names}）。", "{hall}: {n} [terminal|terminals] silent ({names})."},
	"why_guides_refused":   {"{hall}：{n} 台设备不采用新发布的办事指南，仍用旧的（{names}）。请运维查看其日志。", "{hall}: {n} [device does not take the guides as published and keeps|devices do not take the guides as published and keep] the old ones ({names}). IT staff should look at the log."},
	"why_printers":         {"{hall}：{n} 台打印机要人看（{names}）。", "{hall}: {n} [printer needs|printers need] someone ({names})."},
	"why_no_window":        {"{hall}：有人等候却没有窗口开放（{names}）。", "{hall}: people wait but no window is open ({names})."},
	"why_conflicts":        {"{hall}：{n} 张票两处说法不一（{names}）。", "{hall}: {n} [ticket|tickets] told in two ways ({names})."},
	"why_quarantine":       {"{n} 条记录读不懂或不可信，原样隔离保存。", "{n} [record|records] unreadable or not trusted; kept aside byte for byte."},
}

// fill puts values into a sentence; n stands for {n} and chooses between [one|many].
func fill(s string, n int, pairs ...string) string {
	for {
		open := strings.IndexByte(s, '[')
		if open < 0 {
			break
		}
		inside, rest, _ := strings.Cut(s[open+1:], "]")
		one, many, _ := strings.Cut(inside, "|")
		if n != 1 {
			one = many
		}
		s = s[:open] + one + rest
	}
	return strings.NewReplacer(append(pairs, "{n}", count(n))...).Replace(s)
}

// Languages of the page.
const (
	zh = "zh"
	en = "en"
)

// in gives the name in a language, in the other one when it has none.
func (n Name) in(lang string) string {
	if lang == en && n.En != "" || n.Zh == "" {
		return n.En
	}
	return n.Zh
}

// zone is the civil time of the whole country.
var zone = time.FixedZone("UTC+8", 8*3600)

// clock gives "10:42", with the date before it when that is not the day of now.
func clock(ms, now int64) string {
	t, today := time.UnixMilli(ms).In(zone), time.UnixMilli(now).In(zone)
	if t.Format(time.DateOnly) == today.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("01-02 15:04")
}

// span gives a duration in its two largest units: "42 秒", "7 分钟", "2 小时 5 分", "3 天 4 小时".
func span(ms int64, lang string) string {
	units := [4]string{"秒", "分钟", "小时", "天"}
	if lang == en {
		units = [4]string{"s", "min", "h", "d"}
	}
	join := func(a int64, ua int, b int64, ub int) string {
		s := fmt.Sprintf("%d %s", a, units[ua])
		if b > 0 {
			s += fmt.Sprintf(" %d %s", b, units[ub])
		}
		return s
	}
	seconds := max(0, ms) / 1000
	switch {
	case seconds < 60:
		return join(seconds, 0, 0, 0)
	case seconds < 3600:
		return join(seconds/60, 1, 0, 0)
	case seconds < 86400:
		return join(seconds/3600, 2, seconds%3600/60, 1)
	}
	return join(seconds/86400, 3, seconds%86400/3600, 2)
}

// share writes thousandths as "98.7%", and "100%" for all.
func share(thousandths int) string {
	if thousandths%10 == 0 {
		return strconv.Itoa(thousandths/10) + "%"
	}
	return fmt.Sprintf("%d.%d%%", thousandths/10, thousandths%10)
}

// count writes a number with thin groups of three: 84 213.
func count(n int) string {
	s := strconv.Itoa(n)
	if n < 10000 {
		return s
	}
	var out []string
	for len(s) > 3 {
		out = append([]string{s[len(s)-3:]}, out...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, out...), "\u2009")
}
