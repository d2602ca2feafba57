package centre

import "maps"

// The words of the page of figures stand beside those of the district's.
func init() { maps.Copy(words, figuresWords) }

var figuresWords = map[string]Name{
	"figures":            {"运行统计", "Figures"},
	"figures_unit":       {"时间以分钟计：P50 / P90（一半、九成的人不超过）", "times are minutes: P50 / P90 (half, nine of ten take no longer)"},
	"figures_days":       {"最近七个业务日", "The last seven business days"},
	"figures_issued":     {"取号", "Tickets"},
	"figures_served":     {"办结", "Served"},
	"figures_wait":       {"等候", "Wait"},
	"figures_hours":      {"各时段等候 P90", "Wait P90 by hour"},
	"figures_plot":       {"按取号时段，九成的人等候不超过（分钟）：", "Wait in minutes that nine of ten did not exceed, by the hour of the ticket:"},
	"figures_target":     {"{n} 分钟内叫到", "Within {n} min"},
	"figures_before":     {"取号用时", "At the kiosk"},
	"figures_service":    {"办理", "Service"},
	"figures_kept":       {"预计兑现", "Promise kept"},
	"figures_idle":       {"有人等而窗口空闲", "Idle while people wait"},
	"figures_order":      {"插号", "Out of order"},
	"figures_missed":     {"过号", "No-show"},
	"figures_carried":    {"转次日", "Carried over"},
	"figures_more":       {"按队列、窗口与办件：", "By queue and window, and applications:"},
	"figures_queues":     {"各队列", "Queues"},
	"figures_queue":      {"业务", "Service"},
	"figures_windows":    {"各窗口", "Windows"},
	"figures_window":     {"窗口", "Window"},
	"figures_called":     {"叫到时已等", "Waited when called"},
	"figures_wrap":       {"有人等时的收尾", "Wrap-up while people wait"},
	"figures_use":        {"窗口利用", "In use"},
	"figures_paused":     {"暂停", "Paused"},
	"figures_intake":     {"当日收件", "Applications of the day"},
	"figures_taken":      {"收件合计", "All that were taken"},
	"figures_at_once":    {"其中当场办结", "of these decided at once"},
	"figures_unverified": {"其中待核验", "of these to be verified"},
	"figures_offline":    {"断网运行", "Offline"},
	"figures_away":       {"各终端断网合计", "Terminals without the hub, in all"},
	"figures_off_issued": {"断网期间取号", "Tickets issued meanwhile"},
	"figures_lag":        {"取号后多久恢复连接 P50 / P95", "From the ticket until the line was back, P50 / P95"},
	"figures_terminal":   {"与大厅断开", "without the hub"},
	"figures_hub":        {"与中心断开", "without the centre"},
	"figures_none":       {"最近七个业务日没有取号。", "No ticket was taken in the last seven business days."},
	"figures_pending":    {"另有 {n} 天正在统计，刷新本页即可看到。", "{n} more [day is|days are] being counted; load the page again to see them."},
	"figures_footer": {"只有数字，没有个人信息；“—”表示没有数据。等候从取号（预约从预约时间）到第一次叫号；空闲按分钟累计各窗口。",
		"Numbers alone, nothing of any person; a dash means that nothing was seen. A wait is from the ticket, or the slot of an appointment, to the first call; idle minutes are those of all windows together."},
}
