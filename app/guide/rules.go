package guide

// say notes something wrong at a path of an item, in Chinese and English; both take the same args.
type say func(path, zh, en string, args ...any)

// rule is one thing that is looked at in every item.
type rule struct {
	id       string
	severity Severity
	// kind is what Parse calls it, or empty where a terminal can live with it.
	kind FaultKind
	// reads are the fields that are compared: with one of the wrong type there is nothing to compare.
	reads string
	// zh and en tell what to do.
	zh, en string
	find   func(c *Catalogue, i *draft, say say)
}

// wrongType is the rule of which misfits finds the breaches.
var wrongType = rule{id: "wrong_type", severity: SeverityError, zh: "请改成正确的类型", en: "correct the value"}

// rules are all rules, in the order of their findings within an item.
var rules = []rule{
	{"bad_code", SeverityError, FaultCode, "", "请核对编码", "correct the code", malformedCode},
	{"bad_code", SeverityError, "", "", "请核对编码的前18位", "compare the first 18 characters with the agency's certificate", wrongCheckDigit},
	{"duplicate_code", SeverityError, FaultDuplicate, "", "请给其中一个事项换上自己的编码", "give one of them its own code", duplicateCode},
	{"missing_name", SeverityError, FaultValue, "", "请填写事项名称", "fill it in", missingName},
	{"code_type", SeverityWarning, "", "code type", "请核对编码和事项类型", "correct the code or the type", typeOfCode},
	{"unknown_department", SeverityWarning, "", "", "请更正部门,或把它加进 " + FileHalls, "correct it or add the department to " + FileHalls, unknownDepartment},
	{"unknown_area", SeverityError, FaultUnknown, "area area_letter", "请更正业务领域,或把它加进 " + FileHalls, "correct it or add the area to " + FileHalls, unknownArea},
	{"handling_mismatch", SeverityError, "", "handling promised_days", "请更正办件类型或承诺天数", "correct the handling or the promised days", handlingMismatch},
	{"promise_over_legal", SeverityError, "", "legal_days promised_days", "请缩短承诺时限或更正法定时限", "promise less or correct the legal time", promiseOverLegal},
	{"bad_number", SeverityError, FaultValue, "", "请更正数字", "correct the number", badNumber},
	{"unknown_unit", SeverityWarning, "", "", "请写“工作日”或“自然日”", "write 工作日 or 自然日", unknownUnit},
	{"run_once_mismatch", SeverityError, "", "visits run_once", "请更正其中之一,或删去 run_once", "correct one of them, or leave run_once out", runOnceMismatch},
	{"no_audience", SeverityError, "", "", "请写明个人还是法人可以办理", "name who may apply", noAudience},
	{"catch_all_clause", SeverityError, "", "", "请删去,或写明究竟是什么", "delete it or name what it is", catchAllClause},
	{"no_materials", SeverityWarning, "", "", "请核对:真的什么都不用带吗", "see whether nothing has to be brought indeed", noMaterials},
	{"bad_material", SeverityError, FaultValue, "", "请填写序号和名称", "fill them in", badMaterial},
	{"dup_material", SeverityWarning, "", "", "请只列一次", "list it once", dupMaterial},
	{"material_number", SeverityError, FaultDuplicate, "", "请从1起重新编号", "number them from 1", materialNumber},
	{"unknown_necessity", SeverityError, FaultValue, "", "请写“必要”“非必要”或“容缺后补”", "write 必要, 非必要 or 容缺后补", unknownNecessity},
	{"zero_copies", SeverityWarning, "", "", "请填写原件或复印件的份数", "fill in how many originals or copies", zeroCopies},
	{"unknown_dataset", SeverityError, FaultUnknown, "", "请更正,或把数据集加进 " + FileDataSets, "correct it or add the data set to " + FileDataSets, unknownDataSet},
	{"asks_shared", SeverityWarning, "", "", "请填写 waived_by,共享数据能核验的不再收取", "fill in waived_by: what shared data prove is not asked for", asksShared},
	{"waiver_unproved", SeverityWarning, "", "", "请核对 waived_by", "see whether waived_by is right", waiverUnproved},
	{"fee_missing", SeverityError, "", "fee", "请填写收费标准", "fill in what is charged", feeMissing},
	{"fee_mismatch", SeverityWarning, "", "fee", "请更正其中之一", "correct one of them", feeMismatch},
	{"missing_consult_phone", SeverityError, "", "", "请填写对外公布的咨询电话", "fill in the number that is published for questions", missingConsultPhone},
	{"missing_complaint_phone", SeverityError, "", "", "请填写对外公布的监督投诉电话", "fill in the number that is published for complaints", missingComplaintPhone},
	{"bad_phone", SeverityError, "", "", "请写成 0571-12345678 或 12345 的样子", "write it like 0571-12345678 or 12345", badPhone},
	{"missing_hours", SeverityError, "", "", "请填写办理时间", "fill them in", missingHours},
	{"bad_weekday", SeverityError, FaultValue, "", "请用1(周一)到7", "use 1 (Monday) to 7", badWeekday},
	{"bad_period", SeverityWarning, "", "", `请写成 ["08:30", "12:00"] 的样子,按先后排列`, `write it like ["08:30", "12:00"], one after the other`, badPeriod},
	{"hours_mismatch", SeverityWarning, "", "hours", "请更正文字或时段", "correct the text or the periods", hoursMismatch},
	{"missing_place", SeverityError, "", "", "请填写办理地点", "fill in where it is taken", missingPlace},
	{"unknown_hall", SeverityError, FaultUnknown, "", "请更正,或把大厅加进 " + FileHalls, "correct the hall or add it to " + FileHalls, unknownHall},
	{"bad_windows", SeverityError, FaultValue, "", `请写成 "A01-A16" 的样子`, `write it like "A01-A16"`, badWindows},
	{"no_window", SeverityError, "", "area area_letter", "请更正窗口,或在 " + FileHalls + " 里开设", "correct the windows or open them in " + FileHalls, noWindow},
	{"window_mismatch", SeverityWarning, "", "area area_letter", "请更正地点,或更正 " + FileHalls, "correct the place or " + FileHalls, windowMismatch},
	{"online_incomplete", SeverityError, "", "online", "请填写,或改为不可网上办理", "fill it in, or say that it is not available online", onlineIncomplete},
	{"bad_url", SeverityWarning, "", "", "请写完整的网址", "write the whole address", badURL},
	{"incomplete_guide", SeverityWarning, "", "", "请填写", "fill it in", incompleteGuide},
	{"faq_mismatch", SeverityWarning, "", "faq fee legal_days promised_days handling day_unit", "请更正问答或指南", "correct the answer or the guide", faqMismatch},
}
