package intake

import (
	"errors"
	"testing"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Amounts as people type them, and as documents write them (支付结算办法 附一).
func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{"80": 8000, "80.5": 8050, "80.05": 8005, " ８０．５０ ": 8050, "¥20元": 2000, "0.01": 1, "1000000000": 100000000000,
		"": 0, "0": 0, "0.00": 0, "-5": 0, "8,000": 0, "80.555": 0, "1000000000.01": 0, "八十": 0, "1e3": 0} {
		got, no := Fen(text)
		if got != want || (no == nil) != (want > 0) || no != nil && !errors.Is(no, event.FeeWrong) {
			t.Errorf("%q: %d, %v", text, got, no)
		}
	}
	for fen, want := range map[int64][2]string{8000: {"80.00", "捌拾元整"}, 8050: {"80.50", "捌拾元伍角整"}, 8005: {"80.05", "捌拾元零伍分"}, 5: {"0.05", "伍分"}, 50: {"0.50", "伍角整"}, 10823: {"108.23", "壹佰零捌元贰角叁分"},
		1000000: {"10000.00", "壹万元整"}, 1001000000: {"10010000.00", "壹仟零壹万元整"}, 10000100: {"100001.00", "壹拾万零壹元整"}, 10000000100: {"100000001.00", "壹亿零壹元整"}, 100000000000: {"1000000000.00", "壹拾亿元整"}} {
		if Yuan(fen) != want[0] || Capitals(fen) != want[1] {
			t.Errorf("%d: %s %s", fen, Yuan(fen), Capitals(fen))
		}
	}
}

// The guide's sentence gives an amount only where it names one.
func TestTheAmountOfAGuide(t *testing.T) {
	for text, want := range map[string]int64{"每证10元": 1000, "首次申领免费,补领换领工本费每证20元": 2000, "住宅类每件80元,非住宅类每件550元": 0, "按成交价和税率计征,登记窗口不另收费": 0, "免费": 0} {
		if got, ok := FeeOf(guide.Fee{Charged: true, Text: text}); got != want || ok != (want > 0) {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	if _, ok := FeeOf(guide.Fee{Text: "每证10元"}); ok {
		t.Error("what costs nothing has an amount")
	}
}

// A fee is charged where the guide publishes one, and nowhere else (行政许可法 58, 59); the last notice counts until one was paid.
func TestFees(t *testing.T) {
	calendar := shippedCalendar(t)
	const at = hall.Date("2026-03-04")
	tariff := guide.Fee{Charged: true, Text: "每证10元"}
	accepted := takenOn(t, "2026-03-02", Accepted, &Clock{Days: 20, Promised: 5})
	charged := func(seq event.Seq, request string, fen int64) event.Event {
		return stepEvent(t, "jiangnan/c1", seq, KindCharged, Step{Day: at, Request: request, Fen: fen, Basis: "每证10元", Place: "收费窗口", AnswerBy: "2026-03-18"})
	}
	paid := func(seq event.Seq, of string) event.Event {
		return stepEvent(t, "district/centre", seq, KindPaid, Step{Day: at, Request: "paid", Of: of, Receipt: "3301"})
	}
	for _, w := range []struct {
		name  string
		facts []event.Event
		fen   int64
		paid  bool
	}{
		{"no notice", nil, 0, false},
		{"one", []event.Event{charged(2, "a", 1000)}, 1000, false},
		{"put right by a second one", []event.Event{charged(2, "a", 1000), charged(3, "b", 2000)}, 2000, false},
		{"paid", []event.Event{charged(2, "a", 1000), paid(4, "a")}, 1000, true},
		{"what was paid is paid", []event.Event{charged(2, "a", 1000), charged(3, "b", 2000), paid(4, "a")}, 1000, true},
		{"paid before the notice came", []event.Event{paid(4, "a")}, 0, false},
	} {
		c := foldAll(t, append([]event.Event{accepted}, w.facts...)...)
		charge, p := c.Fee()
		if charge == nil && w.fen != 0 || charge != nil && charge.Fen != w.fen || (p != nil) != w.paid {
			t.Errorf("%s: %+v, %+v", w.name, charge, p)
		}
		if c.Standing() != Accepted {
			t.Errorf("%s: a fee made it %s", w.name, c.Standing())
		}
	}
	one, done := []event.Event{accepted, charged(2, "a", 1000)}, []event.Event{accepted, charged(2, "a", 1000), paid(4, "a")}
	good := Deed{Kind: KindCharged, Tariff: tariff, Fen: 1000, Place: "收费窗口", Until: "2026-03-18"}
	with := func(change func(*Deed)) Deed { d := good; change(&d); return d }
	for _, w := range []struct {
		name  string
		facts []event.Event
		deed  Deed
		want  *event.Refusal
	}{
		{"a notice", []event.Event{accepted}, good, nil},
		{"the guide says that it is free", []event.Event{accepted}, with(func(d *Deed) { d.Tariff = guide.Fee{Text: "免费"} }), event.FeeFree},
		{"nothing", []event.Event{accepted}, with(func(d *Deed) { d.Fen = 0 }), event.FeeWrong},
		{"more than anything costs", []event.Event{accepted}, with(func(d *Deed) { d.Fen = feeMost + 1 }), event.FeeWrong},
		{"until yesterday", []event.Event{accepted}, with(func(d *Deed) { d.Until = "2026-03-03" }), event.FieldMissing},
		{"nowhere", []event.Event{accepted}, with(func(d *Deed) { d.Place = " " }), event.FieldMissing},
		{"once more", one, good, nil},
		{"after it was paid", done, good, event.FeeState},
		{"of what was only received", []event.Event{takenOn(t, "2026-03-02", Lodged, nil)}, good, event.CaseState},
		{"paid", one, Deed{Kind: KindPaid, Receipt: " 3301 "}, nil},
		{"paid without a receipt", one, Deed{Kind: KindPaid}, event.FieldMissing},
		{"paid twice", done, Deed{Kind: KindPaid, Receipt: "3301"}, event.FeeState},
		{"paid without a notice", []event.Event{accepted}, Deed{Kind: KindPaid, Receipt: "3301"}, event.FeeState},
		{"granted with an open fee", one, Deed{Kind: KindDecided, Outcome: Granted}, nil},
		{"handed out with an open fee", append(one, stepEvent(t, "district/centre", 9, KindDecided, Step{Day: "2026-03-03", Outcome: Granted})), Deed{Kind: KindHandedOut, How: WaySigned}, nil},
	} {
		w.deed.Request, w.deed.NowMS = "r1", noon(t, at)
		s, refusal := w.deed.Decide(foldAll(t, w.facts...), calendar, at)
		if w.want == nil && refusal != nil || w.want != nil && !errors.Is(refusal, w.want) {
			t.Errorf("%s: %v", w.name, refusal)
		}
		if refusal == nil {
			if _, err := ReadStep(event.Event{Kind: w.deed.Kind, Payload: hall.Payload(s)}); err != nil {
				t.Errorf("%s: what was decided is not read back: %v", w.name, err)
			}
		}
	}
}
