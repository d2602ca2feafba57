package apptest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

// asking is a request for information of one person, as a page sends it.
func asking(request, asked string) screen.DisclosureForm {
	return screen.DisclosureForm{Request: request, Agency: "江南区财政局", By: "person", Channel: "counter", Form: "paper", Delivery: "collect", DocumentType: "resident_id", DocumentNumber: "99010820000907755X",
		Name: "罗庆(样例)", Phone: "10000000000", Asked: intake.Personal(asked)}
}

func takeRequest(t *testing.T, c *terminal.Terminal, f screen.DisclosureForm) screen.DisclosurePage {
	t.Helper()
	p, err := c.Counter.TakeDisclosure(f)
	apptest.Must(t, err)
	return p
}

const planAsked = "申请公开2016年江南区桂花路房屋征收补偿方案"

// TestARequestForInformation goes the way of a request: it is taken, another counter opens it, what is
// unclear is asked for and corrected, it is answered; the same person asks again in
// other words, is found, and the answer names the earlier one.
func TestARequestForInformation(t *testing.T) {
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	c2 := secondCounter(t, w)
	first := takeRequest(t, c, asking("d1", "申请公开江南区桂花路的方案"))
	if first.Number != "JN20261126-C1-G0001" && !strings.Contains(first.Number, "-C1-G0001") || first.State != "open" || first.Due == "" || first.NoticeBy == "" || first.Name != "" {
		t.Fatalf("%+v", first)
	}
	if again := takeRequest(t, c, asking("d1", "申请公开江南区桂花路的方案")); again.Number != first.Number {
		t.Errorf("the same request again is %s", again.Number)
	}
	step := func(at *terminal.Terminal, request string, s screen.DisclosureStep) screen.DisclosurePage {
		t.Helper()
		s.Request = request
		var p screen.DisclosurePage
		apptest.Eventually(t, request, func() bool {
			var err error
			p, err = at.Counter.StepDisclosure(s)
			return err == nil
		})
		return p
	}
	var page screen.DisclosurePage
	apptest.Eventually(t, "the other counter opens it", func() bool {
		var err error
		page, err = c2.Counter.OpenDisclosure(" "+strings.ToLower(first.Number), "handle")
		return err == nil
	})
	if page.Name != "罗庆(样例)" || page.Asked != "申请公开江南区桂花路的方案" || page.Alone || page.Notice {
		t.Errorf("%+v", page)
	}
	if _, err := c2.Counter.OpenDisclosure(first.Number, "curiosity"); !errors.Is(err, event.FieldMissing) {
		t.Errorf("opened for nothing: %v", err)
	}
	if p := step(c2, "s1", screen.DisclosureStep{Number: first.Number, Step: "correction_asked", Words: "请说明是哪一年的什么方案"}); p.State != "correcting" || p.DueKnown != "suspended" || p.Words != "请说明是哪一年的什么方案" || p.AnswerBy == "" || !p.Notice {
		t.Errorf("%+v", p)
	}
	if p := step(c, "s2", screen.DisclosureStep{Number: first.Number, Step: "corrected", Words: planAsked}); p.State != "open" || p.Asked != planAsked || p.Due == "" {
		t.Errorf("%+v", p)
	}
	// In other words, before and after the first one is answered.
	again := asking("d2", "您好，我想了解一下桂花路那边拆迁的补偿方案，是二〇一六年的那份，谢谢")
	var before screen.BeforePage
	var err error
	apptest.Eventually(t, "the hall has heard of the correction", func() bool {
		before, err = c2.Counter.LookBefore(again, "")
		return err == nil && len(before.Repeats) == 1
	})
	if len(before.Repeats) != 1 || before.Repeats[0].Number != first.Number || before.Repeats[0].Settled || before.Alone || before.Month != 2 || len(before.Repeats[0].Common) == 0 || before.Repeats[0].Asked != planAsked {
		t.Fatalf("%+v, %v", before, err)
	}
	second := takeRequest(t, c2, again)
	repeat := screen.DisclosureStep{Number: second.Number, Step: "answered", Outcome: "repeat", Earlier: first.Number, Request: "s3"}
	if _, err := c2.Counter.StepDisclosure(repeat); !errors.Is(err, event.StepMissing) {
		t.Errorf("a repeat of what is not answered yet: %v", err)
	}
	step(c, "s4", screen.DisclosureStep{Number: first.Number, Step: "answered", Outcome: "granted", Words: "方案复印件一份"})
	if p := step(c2, "s5", repeat); p.State != "answered" || p.Outcome != "repeat" || p.Earlier != first.Number {
		t.Errorf("%+v", p)
	}
	// Another person, and another year.
	other := again
	other.Request = "d7"
	other.DocumentNumber = intake.Personal(identityNumber(7))
	if b, err := c.Counter.LookBefore(other, ""); err != nil || len(b.Repeats) != 0 || b.Month != 1 {
		t.Errorf("another person: %+v, %v", b, err)
	}
	if b, err := c.Counter.LookBefore(asking("d8", strings.ReplaceAll(planAsked, "2016", "2017")), ""); err != nil || len(b.Repeats) != 0 || b.Month != 3 {
		t.Errorf("another year: %+v, %v", b, err)
	}
	list, err := c.Counter.ListDisclosures()
	if err != nil || list.Alone || len(list.Rows) != 2 || list.Rows[0].Name != "" {
		t.Errorf("%+v, %v", list, err)
	}
	apptest.Eventually(t, "the centre has it all", func() bool {
		at, err := w.Centre.Store.Disclosure(t.Context(), second.Number)
		return err == nil && at != nil && at.AnsweredOn() != ""
	})
	converged(t, w, c, c2) // what was only looked at too
	// c2 opened the first one, and it was named in two forms; three forms were about one person and one about another.
	if n := kinds(t, w.Centre.Store); n[disclosure.KindOpened] != 2 || n[disclosure.KindLooked] != 3 {
		t.Errorf("opened %d times and looked %d times by what is noted", n[disclosure.KindOpened], n[disclosure.KindLooked])
	}
	third := takeRequest(t, c, asking("d3", "申请公开区财政局2019年部门决算"))
	apptest.Eventually(t, "the centre's page lists what is open", func() bool { return strings.Contains(districtPage(t, w, "/disclosure"), third.Number) })
	year := districtPage(t, w, "/disclosure")
	for _, want := range []string{`data-line="new"><td lang="zh-Hans">一</td><th scope="row" lang="zh-Hans">本年新收政府信息公开申请数量</th><td class="n">3</td>`, `data-line="repeat"`, "勾稽关系相符", "未答复的申请 1 件"} {
		if !strings.Contains(year, want) {
			t.Errorf("the centre's page does not say %q", want)
		}
	}
	for _, secret := range []string{"罗庆", "99010820000907755X", "桂花路"} {
		if strings.Contains(year, secret) {
			t.Errorf("the centre's page says %q", secret)
		}
	}
	if en := districtPage(t, w, "/disclosure?lang=en&year=2025"); !strings.Contains(en, "The table balances") || !strings.Contains(en, "1 request is not answered") {
		t.Error("the page in English is another one")
	}
	if no := districtPage(t, w, "/disclosure?year=1999"); !strings.Contains(no, "no such year") {
		t.Error("there was a table of 1999")
	}
	if !strings.Contains(districtPage(t, w, "/"), `href="disclosure"`) {
		t.Error("no way leads there")
	}
}

// districtPage gives a page of the centre.
func districtPage(t *testing.T, w *apptest.World, path string) string {
	t.Helper()
	r := httptest.NewRecorder()
	w.Centre.District.Handler().ServeHTTP(r, httptest.NewRequest("GET", path, nil))
	return r.Body.String()
}

// TestARequestThatIsErasedIsFoundNoMore destroys the key of a request: it can neither be opened nor found by what it
// asked for, and what it said stands in clear in no file of any place.
func TestARequestThatIsErasedIsFoundNoMore(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	first := takeRequest(t, c, asking("d1", planAsked))
	look := asking("d9", "桂花路2016年度拆迁补偿方案")
	apptest.Eventually(t, "found", func() bool {
		b, err := c.Counter.LookBefore(look, "")
		return err == nil && !b.Alone && len(b.Repeats) == 1
	})
	converged(t, w, c)
	for _, place := range []string{"c1", "hub", "centre"} {
		apptest.Eventually(t, "no journal comes and goes", func() bool {
			_, err := walk(w.Dir+"/"+place, func(path string, raw []byte) {
				for _, secret := range []string{"罗庆", "99010820000907755X", "10000000000", "桂花路房屋"} {
					if bytes.Contains(raw, []byte(secret)) {
						t.Errorf("%s stands in %s", secret, path)
					}
				}
			})
			return err == nil
		})
	}
	d, err := w.Hub.Store.Disclosure(t.Context(), first.Number)
	apptest.Must(t, err)
	apptest.Must(t, w.Hub.Keys.Erase(t.Context(), []string{string(d.Disclosure)}, "wang", "", 1))
	if _, err := c.Counter.OpenDisclosure(first.Number, "ask"); !errors.Is(err, event.CaseErased) {
		t.Errorf("an erased request: %v", err)
	}
	if b, err := c.Counter.LookBefore(look, ""); err != nil || len(b.Repeats) != 0 || b.Looked != 1 || b.Shut != 1 {
		t.Errorf("an erased request is found: %+v, %v", b, err)
	}
	// And at the counter, as soon as it hears of it.
	apptest.Eventually(t, "the counter's own key is gone", func() bool {
		_, err := c.Machine.Book.CaseKey(t.Context(), intake.ApplicationID(d.Disclosure))
		return errors.Is(err, event.CaseErased)
	})
	w.StopHub()
	if b, err := c.Counter.LookBefore(look, ""); err != nil || !b.Alone || len(b.Repeats) != 0 {
		t.Errorf("cut off, an erased request is found: %+v, %v", b, err)
	}
}

// TestRequestsWithoutTheHub takes requests at a counter that works alone: what it took itself it finds and goes on with.
func TestRequestsWithoutTheHub(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	c2 := secondCounter(t, w)
	early := takeRequest(t, c, asking("d0", "桥南路2015年度施工许可"))
	converged(t, w, c)
	w.StopHub()
	apptest.Eventually(t, "the counter is alone", func() bool { return !c.Machine.Hub.Line().Reached })
	if p, err := c.Counter.StepDisclosure(screen.DisclosureStep{Request: "s0", Number: early.Number, Step: "answered", Outcome: "granted"}); err != nil || p.State != "answered" || p.Saved != "here" {
		t.Errorf("an answer that is on this counter's disk alone: %s, saved %s, %v", p.State, p.Saved, err)
	}
	first := takeRequest(t, c, asking("d1", planAsked))
	if first.Saved != "here" {
		t.Errorf("saved %s", first.Saved)
	}
	b, err := c.Counter.LookBefore(asking("d9", "桂花路2016年度拆迁补偿方案"), "")
	if err != nil || !b.Alone || len(b.Repeats) != 1 {
		t.Fatalf("%+v, %v", b, err)
	}
	p, err := c.Counter.OpenDisclosure(first.Number, "answer")
	if err != nil || !p.Alone || p.Asked != planAsked {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := c2.Counter.OpenDisclosure(first.Number, "answer"); !errors.Is(err, event.CaseElsewhere) {
		t.Errorf("a counter that never had it: %v", err)
	}
	p, err = c.Counter.StepDisclosure(screen.DisclosureStep{Request: "s1", Number: first.Number, Step: "answered", Outcome: "granted"})
	if err != nil || p.State != "answered" {
		t.Fatalf("%+v, %v", p, err)
	}
	list, err := c.Counter.ListDisclosures()
	if err != nil || !list.Alone || len(list.Rows) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	w.StartHub()
	apptest.Eventually(t, "the other counter opens it", func() bool {
		p, err := c2.Counter.OpenDisclosure(first.Number, "ask")
		return err == nil && p.State == "answered" && p.Asked == planAsked
	})
}

// TestPapersOfARequest prints the receipt, the notice of a correction and the answer.
func TestPapersOfARequest(t *testing.T) {
	w := apptest.New(t)
	var mu sync.Mutex
	pages := 0
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(string) { mu.Lock(); pages++; mu.Unlock() })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	first := takeRequest(t, c, asking("d1", planAsked))
	number, err := c.Counter.PrintDisclosure(first.Number, "receipt")
	if err != nil || number != first.Number+"-GS" {
		t.Fatalf("%s, %v", number, err)
	}
	if _, err := c.Counter.PrintDisclosure(first.Number, "notice"); !errors.Is(err, event.CaseState) {
		t.Errorf("a notice of nothing: %v", err)
	}
	for n, s := range []struct {
		step screen.DisclosureStep
		code string
	}{{screen.DisclosureStep{Step: "extended"}, "-GY"}, {screen.DisclosureStep{Step: "correction_asked", Words: "哪一年"}, "-GB"}, {screen.DisclosureStep{Step: "corrected", Words: planAsked}, ""}, {screen.DisclosureStep{Step: "answered", Outcome: "granted"}, "-GD"}} {
		s.step.Request, s.step.Number = fmt.Sprint("s", n), first.Number
		apptest.Eventually(t, s.step.Step, func() bool { _, err := c.Counter.StepDisclosure(s.step); return err == nil })
		if s.code == "" {
			continue
		}
		if number, err := c.Counter.PrintDisclosure(first.Number, "notice"); err != nil || number != first.Number+s.code {
			t.Errorf("%s: %s, %v", s.step.Step, number, err)
		}
	}
	apptest.Eventually(t, "four pages", func() bool { mu.Lock(); defer mu.Unlock(); return pages == 4 })
}

// TestLookingBeforeIsNoted: who looks for what a person asked before leaves a note with clerk and purpose, and one for each
// request that is named, once for a form and not for each key; before it is noted nothing is shown.
func TestLookingBeforeIsNoted(t *testing.T) {
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	first := takeRequest(t, c, asking("d1", planAsked))
	look := func(form, asked string, want int) {
		t.Helper()
		apptest.Eventually(t, form+" "+asked, func() bool {
			b, err := c.Counter.LookBefore(asking(form, asked), "")
			return err == nil && !b.Alone && len(b.Repeats) == want && b.Looked == 1
		})
	}
	noted := func(what string, looked, opened int) {
		t.Helper()
		if n := kinds(t, c.Store); n[disclosure.KindLooked] != looked || n[disclosure.KindOpened] != opened {
			t.Errorf("%s: %d looks and %d openings are noted, not %d and %d", what, n[disclosure.KindLooked], n[disclosure.KindOpened], looked, opened)
		}
	}
	look("f1", "申请公开部门决算", 0)
	noted("nothing was named", 1, 0)
	for _, asked := range []string{"桂花路2016年度拆迁补偿方案", "桂花路2016年度拆迁补偿方案，复印件", "桂花路2016年度拆迁补偿方案，复印件一份"} {
		look("f1", asked, 1)
	}
	noted("three pauses of one form", 1, 1)
	look("f2", "桂花路2016年度拆迁补偿方案", 1)
	noted("another form", 2, 2)
	if _, err := c.Counter.LookBefore(asking("", planAsked), ""); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("a look of no form: %v", err)
	}
	at, err := w.Hub.Store.Disclosure(t.Context(), first.Number)
	apptest.Must(t, err)
	for _, step := range stepsOf(t, c.Store, disclosure.KindLooked, disclosure.KindOpened) {
		if step.Clerk != "wang" || step.Window != "A01" || step.Reason != disclosure.ForRepeat || step.Disclosure != "" && step.Disclosure != at.Disclosure || step.Request == "" {
			t.Errorf("noted: %+v", step)
		}
	}
}

// stepsOf reads what was noted of some kinds.
func stepsOf(t *testing.T, s *store.Store, of ...event.Kind) (steps []disclosure.Step) {
	t.Helper()
	for _, e := range notedAt(t, s) {
		if slices.Contains(of, e.Kind) {
			var step disclosure.Step
			apptest.Must(t, json.Unmarshal(e.Payload, &step))
			steps = append(steps, step)
		}
	}
	return steps
}

// TestTimeEndsWhatNobodyCorrects lets two last days go by: a request whose applicant does not correct it is given up by itself, once, at
// hub and centre (政府信息公开条例 第30条); one that the agency does not answer stays, and is listed before all others (第33条).
func TestTimeEndsWhatNobodyCorrects(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	unclear, open := takeRequest(t, c, asking("d1", "那个方案")), takeRequest(t, c, asking("d2", planAsked))
	step := func(s screen.DisclosureStep) (p screen.DisclosurePage) {
		t.Helper()
		apptest.Eventually(t, s.Step, func() (ok bool) {
			var err error
			p, err = c.Counter.StepDisclosure(s)
			return err == nil
		})
		return p
	}
	if p := step(screen.DisclosureStep{Request: "s1", Number: unclear.Number, Step: "correction_asked", Words: "哪一年的什么方案"}); p.Overtime {
		t.Errorf("overtime on the first day: %+v", p)
	}
	converged(t, w, c)
	w.Clock.Forward(35 * 24 * time.Hour)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	issue(t, k, "A") // somebody has to take a ticket of that day
	ended := func(s *store.Store) bool {
		d, err := s.Disclosure(t.Context(), unclear.Number)
		return err == nil && d != nil && d.AnsweredOn() != ""
	}
	apptest.Eventually(t, "it is given up at hub and centre", func() bool { return ended(w.Hub.Store) && ended(w.Centre.Store) })
	fresh := takeRequest(t, c, asking("d3", "申请公开区财政局2019年部门决算"))
	var list screen.DisclosureList
	apptest.Eventually(t, "the list has all three", func() bool {
		var err error
		list, err = c.Counter.ListDisclosures()
		return err == nil && !list.Alone && len(list.Rows) == 3
	})
	if first := list.Rows[0]; first.Number != open.Number || first.State != "open" || !first.Late || first.Left >= 0 || list.Rows[1].Number != fresh.Number {
		t.Errorf("what is overdue does not stand first: %+v", list.Rows)
	}
	if last := list.Rows[2]; last.Number != unclear.Number || last.State != "answered" || last.Outcome != "uncorrected" || last.Late || !last.Overtime {
		t.Errorf("what was given up: %+v", last)
	}
	if _, err := c.Counter.StepDisclosure(screen.DisclosureStep{Request: "s2", Number: unclear.Number, Step: "corrected", Words: planAsked}); !errors.Is(err, event.FieldMissing) {
		t.Errorf("corrected late without a reason: %v", err)
	}
	if p := step(screen.DisclosureStep{Request: "s3", Number: unclear.Number, Step: "corrected", Words: planAsked, Excused: true}); p.State != "open" || p.Asked != planAsked || p.Late {
		t.Errorf("corrected late with a good reason: %+v", p)
	}
	apptest.Eventually(t, "and at the centre", func() bool { return !ended(w.Centre.Store) })
	if n := kinds(t, w.Centre.Store)[disclosure.KindAnswered]; n != 1 {
		t.Errorf("%d facts of one end", n)
	}
}
