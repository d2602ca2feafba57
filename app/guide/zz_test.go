package guide

import "testing"

func TestZZ(t *testing.T) {
	c := shipped(t)
	x := NewIndex(c)
	for _, q := range []string{"房贷", "补贴", "老人", "小孩", "车", "钱", "狗证", "户口", "迁户口到杭州", "怎么开公司", "开超市", "理发店", "幼儿园", "牙科诊所", "孩子读书", "营业执照年检", "社保断了", "生二胎", "医院", "ETC", "天气预报", "你好", "abc", "xyz", "qqq", "驾照", "jiashizheng", "jzz", "bgjj", "护照hz", "passport lost", "lost id", "sb", "ybbx", "shebaoka diule", "结婚要带什么", "老公户口迁过来", "公司印章", "营业执照变更法人", "房产税", "退税", "开锁", "出租车", "安葬", "遗产", "股东变更", "hukou", "tax", "pension", "work permit", "visa", "driver", "kindergarten", "sick", "老婆生孩子", "死了人", "爷爷走了", "失业", "被开除", "打工受伤", "环评", "垃圾", "种树", "噪音投诉", "12345", "电动车上牌", "xinshenger luohu", "ershoufang", "esfgh", "zzz", "公证", "工伤认定 材料", "办健康证", "老爷爷坐车卡", "我要投诉", "残疾", "聋哑人", "盲人", "打官司", "借钱开店", "买社保", "买房提公积金", "公积金", "港澳", "上海看病", "糖尿病", "身分证", "生育金", "營業執照", "駕駛證到期", "ＳＦＺ", "养狗证", "换身份証", "婚前财产公证"} {
		s := ""
		for _, h := range x.Search(q, 4) {
			i, _ := c.Item(h.Code)
			s += " " + i.Slug + "(" + string(h.Why) + ":" + h.Match + ")"
		}
		t.Log(q, "=>", s)
	}
	n, h1, h5 := 0, 0, 0
	for _, q := range evalLines[struct {
		Query, Question, Code, Slug string
		Answerable                  *bool
		Q                           string `json:"q"`
	}](t, "../../../shared/data/eval/ask.dev.jsonl") {
		qs := q.Question + q.Q + q.Query
		if q.Slug == "" && q.Code == "" {
			continue
		}
		n++
		hits := x.Search(qs, 5)
		for k, h := range hits {
			i, _ := c.Item(h.Code)
			if i.Slug == q.Slug || string(h.Code) == q.Code {
				h5++
				if k == 0 {
					h1++
				} else {
					t.Log("ask", qs, q.Slug, k)
				}
				break
			}
			if k == 4 {
				t.Log("ask miss", qs, q.Slug)
			}
		}
	}
	t.Log(n, h1, h5)
}
