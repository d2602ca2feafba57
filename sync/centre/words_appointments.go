package centre

import "maps"

// The words of the page of appointments stand beside those of the district's.
func init() { maps.Copy(words, appointmentWords) }

var appointmentWords = map[string]Name{
	"appointments":      {"电话预约", "Appointments"},
	"make_one":          {"新预约", "New appointment"},
	"area":              {"业务区", "Area"},
	"day":               {"日期", "Day"},
	"time":              {"时间", "Time"},
	"col_when":          {"时间", "When"},
	"check_in":          {"签到", "Check in"},
	"free":              {"余 {n}", "{n} left"},
	"last_digits":       {"手机号后四位", "Last four digits of the phone"},
	"caller_phone":      {"来电人手机号", "The caller's phone number"},
	"caller_phone_help": {"11 位，或只报后四位。完整号码不保存，只用来认出同一个人。", "All 11 digits, or the last four alone. The whole number is kept nowhere; it only tells whether it is the same person."},
	"caller_language":   {"号票语言", "Language of the ticket"},
	"make_it":           {"预约", "Make the appointment"},
	"choose_area":       {"请先选业务区。", "Choose an area first."},
	"day_full":          {"这一天已约满，请选别的日期。", "This day is full: choose another."},
	"all_full":          {"两周内已约满。请来电人当天取号，或改约别的大厅。", "The next two weeks are full. The caller can take a ticket on the day, or try another hall."},
	"made":              {"已预约，请念给来电人", "It is made: read this to the caller"},
	"tell_caller":       {"{day} {time}，{hall}，{area}。到大厅后在取号机按“预约”，输入手机号后四位 {phone} 签到，请在 {from} 到 {till} 之间签到；晚到按现场号排队。", "{day} at {time}, {hall}, {area}. In the hall, choose “Appointment” at a kiosk and type the last four digits of your phone, {phone}, between {from} and {till}; who comes later waits with the walk-ins."},
	"given_up":          {"已取消，这个时间别人可以约了", "It is given up: others can have its time"},
	"look_up":           {"查询、取消", "Look up or give up"},
	"look":              {"查询", "Look"},
	"give_up":           {"取消这个预约", "Give this one up"},
	"found_none":        {"这一天没有尾号 {names} 的预约。请核对日期和大厅。", "There is none with {names} on this day. Check the day and the hall."},

	"booking_booked":    {"已约", "made"},
	"booking_open":      {"可签到", "can check in now"},
	"booking_late":      {"已过时间", "its time is over"},
	"booking_missed":    {"未到", "nobody came"},
	"booking_cancelled": {"已取消", "given up"},
	"booking_used":      {"已取号", "has its ticket"},

	"fault_no_appointments":        {"您没有预约权限。请中心管理员用 onewindowd officer add --appointments 添加。", "You may not make appointments. Ask the centre's staff for onewindowd officer add --appointments."},
	"fault_hub_unreachable":        {"没有预约：大厅线路中断。请记下来电人号码，线路恢复后再约，或请来电人直接到大厅取号。", "Nothing was made: the hall cannot be reached. Take the caller's number and try again when the line stands, or ask them to take a ticket in the hall."},
	"fault_hub_unreachable_answer": {"大厅还没有答复，不知道是否约上。请原样再按一次：不会重复预约。", "The hall has not answered, so nobody knows yet. Please press the button once more as it is: nothing is made twice."},
	"fault_hub_gathers":            {"没有预约：大厅主机正在恢复数据。请一分钟后再试。", "Nothing was made: the hall's hub is gathering what it lost. Try again in a minute."},
	"fault_slot_taken":             {"这个时间刚被约走。请另选时间。", "Somebody has just taken this time. Choose another."},
	"fault_booked_already":         {"这个号码当天在该业务区已有预约。请先查询，需要改期的先取消。", "This number has an appointment in this area on that day. Look it up; give it up first to change its time."},
	"fault_book_barred":            {"这个号码多次预约未到，暂时不能预约。请来电人当天到大厅取号。", "This number has missed appointments and cannot book for a time. The caller can take a ticket in the hall on the day."},
	"fault_booking_unknown":        {"没有这个预约。请重新查询。", "There is no such appointment. Look it up again."},
	"fault_booking_over":           {"预约时间已过，不能取消。请来电人直接到大厅取号。", "Its time is over, so it cannot be given up. The caller can take a ticket in the hall."},
	"fault_booking_used":           {"已签到取号，不能取消。请来电人在大厅放弃号票。", "It has its ticket and cannot be given up here. The caller can give the ticket up in the hall."},
	"fault_field_missing_phone":    {"请填写来电人的 11 位手机号，或后四位。", "Type the caller's phone number, 11 digits, or its last four."},
	"fault_request_unusable":       {"请选择大厅、业务区和时间后再试。", "Choose hall, area and time, and try again."},
}
