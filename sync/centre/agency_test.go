package centre_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/centre"
)

// desk answers the page of the agencies with what a test says.
type desk struct {
	list   []centre.Pending
	refuse error
	noted  []centre.Deed
	tried  int // PINs of officers
}

func (d *desk) SignIn(id, pin string) (centre.Officer, bool) {
	if id == "nobody" {
		return centre.Officer{}, false
	}
	d.tried++
	return centre.Officer{ID: id, Name: "陈", Agency: "区市场监督管理局"}, pin == "314159"
}

func (d *desk) Pending(context.Context, centre.Officer) ([]centre.Pending, error) { return d.list, nil }

func (d *desk) Find(_ context.Context, _ centre.Officer, number string) (centre.Pending, error) {
	for _, p := range d.list {
		if p.Number == number {
			return p, nil
		}
	}
	return centre.Pending{}, event.CaseUnknown
}

func (d *desk) Note(_ context.Context, _ centre.Officer, deed centre.Deed) error {
	d.noted = append(d.noted, deed)
	return d.refuse
}

var (
	stepsAll  = []string{"accept", "correct", "refuse", "not_ours", "suspend", "resume", "extend", "grant", "deny", "return", "pass_on", "archive"}
	statesAll = []string{"received", "accepted", "accepted_later", "correction", "suspended", "granted", "denied", "returned", "passed_on", "handed_out", "archived", "refused", "not_ours", "withdrawn", "lapsed", "revoked"}
	kindsAll  = []string{"accepted", "declined", "deemed", "asked", "suspended", "resumed", "extended", "decided", "handed_out", "archived"}
	specials  = []string{"hearing", "bidding", "auction", "inspection", "test", "quarantine", "appraisal", "expert_review"}
)

// signedIn is a browser in which an officer is signed in.
func signedIn(t *testing.T, server *httptest.Server, lang string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	r, err := c.PostForm(server.URL+"/cases/sign-in?lang="+lang, url.Values{"id": {"chen"}, "pin": {"314159"}})
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %v %v", r, err)
	}
	r.Body.Close()
	return c
}

// Every state, step, procedure and deadline has its word in both languages, and what the
// list and the page of one application tell is what they were told.
func TestTheAgenciesPageHasItsWords(t *testing.T) {
	d := &desk{}
	for n, s := range statesAll {
		d.list = append(d.list, centre.Pending{Number: fmt.Sprintf("N%02d", n), Hall: "jiangnan", Item: centre.Name{Zh: "样例事项", En: "Sample item"}, State: s,
			Doubted: n == 1, Unproved: []centre.Unproved{{Name: "户口簿", Said: "pending"}, {Name: "结婚证", Said: "not_found"}, {Name: "学历证书", Said: "mismatch"}},
			What: []string{"accept", "decide", "deliver", "archive"}[n%4], Known: n%5 != 0, Due: "2026-11-27", Left: n - 6, Absent: []string{"申请书"}})
	}
	whole := &d.list[1]
	whole.May = stepsAll
	for n, k := range kindsAll {
		whole.History = append(whole.History, centre.Past{Kind: "application." + k, Outcome: statesAll[n], Procedure: specials[n%len(specials)], Day: "2026-11-24", By: "chen"})
	}
	b := startWith(t, newLog(), district, d)
	server := httptest.NewServer(b.Centre.Handler())
	defer server.Close()
	for _, lang := range []string{"zh", "en"} {
		c := signedIn(t, server, lang)
		for _, path := range []string{"/cases", "/cases/N01", "/cases/N04"} {
			body := page(t, c, server.URL+path+"?lang="+lang, http.StatusOK)
			for _, raw := range append(append(append([]string{"fault_"}, specials...), kindsAll...), statesAll...) {
				if strings.Contains(body, ">"+raw+"<") || strings.Contains(body, "："+raw) {
					t.Errorf("%s in %s shows %q", path, lang, raw)
				}
			}
			if tells := map[string]string{"zh": "样例事项", "en": "Sample item"}[lang]; !strings.Contains(body, tells) {
				t.Errorf("%s in %s does not name the item", path, lang)
			}
		}
		one := page(t, c, server.URL+"/cases/N01?lang="+lang, http.StatusOK)
		for _, s := range stepsAll {
			if !strings.Contains(one, `name="step" value="`+s+`"`) {
				t.Errorf("%s is not offered", s)
			}
		}
		for _, tells := range map[string][]string{"zh": {"户口簿</span>：<strong>共享数据尚未答复", "结婚证</span>：<strong>共享数据查无记录", "学历证书</span>：<strong>共享数据中是另一个姓名", "核验之前不能准予", "互相矛盾"},
			"en": {"户口簿</span>: <strong>shared data has not answered", "no record", "another name", "Nothing is granted before", "contradicts itself"}}[lang] {
			if !strings.Contains(one, tells) {
				t.Errorf("in %s the page does not tell %q", lang, tells)
			}
		}
		if strings.Contains(page(t, c, server.URL+"/cases/N04?lang="+lang, http.StatusOK), "<textarea") {
			t.Error("a form where nothing can be noted")
		}
		page(t, c, server.URL+"/cases/N99?lang="+lang, http.StatusNotFound)
	}
}

func page(t *testing.T, c *http.Client, at string, status int) string {
	t.Helper()
	r, err := c.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	return body(t, r, status)
}

func body(t *testing.T, r *http.Response, status int) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Errorf("%s: %d, want %d, %v", r.Request.URL, r.StatusCode, status, err)
	}
	if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "script-src") {
		t.Errorf("%s: %s", r.Request.URL, policy)
	}
	return string(b)
}

// Each refusal is a sentence on the page, and what was typed stays in the form.
func TestRefusalsOnTheAgenciesPage(t *testing.T) {
	d := &desk{list: []centre.Pending{{Number: "N1", Hall: hall.ID("jiangnan"), State: "accepted", May: stepsAll, Materials: []centre.Material{{No: 1, Name: "申请书"}, {No: 2, Name: "户口簿"}}}}}
	b := startWith(t, newLog(), district, d)
	server := httptest.NewServer(b.Centre.Handler())
	defer server.Close()
	c := signedIn(t, server, "zh")
	for want, err := range map[string]error{
		"请写明理由": event.FieldMissing.With("field", "reason"), "请写明有权机关": event.FieldMissing.With("field", "agency"), "请选择需要补正的材料": event.FieldMissing.With("field", "materials"), "请选择特别程序": event.FieldMissing.With("field", "procedure"),
		"请选择要办理的事项": event.RequestUnusable.With("field", "step"), "状态已变": event.CaseState, "期限已过": event.CaseLate, "不能再延": event.CaseExtended, "已销毁": event.CaseErased,
		"密钥还没有送到": event.CaseElsewhere, "写不进去": event.NotSaved, "磁盘已满": event.DiskFull, "已不在": event.NotSignedIn, "中心出错": fmt.Errorf("a fault of the program"),
	} {
		d.refuse = err
		r, asked := c.PostForm(server.URL+"/cases/N1", url.Values{"step": {"extend"}, "request": {"r1"}, "reason": {"案情复杂"}, "agency": {"市公安局"}, "procedure": {"hearing"}, "joint": {"1"}, "lack": {"2"}})
		if asked != nil {
			t.Fatal(asked)
		}
		text := body(t, r, http.StatusConflict)
		for _, part := range []string{want, "案情复杂", `value="市公安局"`, `value="hearing" selected`, `value="extend" required checked`, `value="1" checked`, `name="lack" value="2" checked><span lang="zh-Hans">户口簿`} {
			if !strings.Contains(text, part) {
				t.Errorf("%v: the page lacks %q", err, part)
			}
		}
	}
	d.refuse, d.noted = nil, nil
	r, err := c.PostForm(server.URL+"/cases/N1?lang=en", url.Values{"step": {"grant"}, "request": {"r2"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, r, http.StatusOK); !strings.Contains(text, "Noted: N1") || len(d.noted) != 1 || d.noted[0].Step != "grant" || d.noted[0].Number != "N1" || d.noted[0].Request != "r2" {
		t.Errorf("%+v", d.noted)
	}
}

// A session ends when nobody used it for half an hour, and when its officer signs out.
func TestASessionEnds(t *testing.T) {
	d := &desk{list: []centre.Pending{{Number: "N1", State: "accepted"}}}
	b := startWith(t, newLog(), district, d)
	server := httptest.NewServer(b.Centre.Handler())
	defer server.Close()
	for how, end := range map[string]func(c *http.Client){
		"time": func(*http.Client) { b.pass(31 * time.Minute) },
		"sign-out": func(c *http.Client) {
			r, err := c.PostForm(server.URL+"/cases/sign-out", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
		},
	} {
		c := signedIn(t, server, "zh")
		b.pass(29 * time.Minute)
		if !strings.Contains(page(t, c, server.URL+"/cases", http.StatusOK), "N1") {
			t.Errorf("%s: the session ended before", how)
		}
		b.pass(29 * time.Minute)
		if !strings.Contains(page(t, c, server.URL+"/cases", http.StatusOK), "N1") {
			t.Errorf("%s: a session that is used ended", how)
		}
		end(c)
		if strings.Contains(page(t, c, server.URL+"/cases", http.StatusOK), "N1") {
			t.Errorf("%s: the session goes on", how)
		}
	}
}

// Who types wrong PINs waits, however the name is written, however many are sent at once, and
// whatever names that nobody has are tried besides.
func TestTheLockCannotBeWalkedAround(t *testing.T) {
	d := &desk{}
	b := startWith(t, newLog(), district, d)
	server := httptest.NewServer(b.Centre.Handler())
	defer server.Close()
	in := func(id, pin string) bool {
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := c.PostForm(server.URL+"/cases/sign-in?lang=en", url.Values{"id": {id}, "pin": {pin}})
		if err != nil {
			t.Error(err)
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusSeeOther
	}
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() { in("chen", fmt.Sprint(n)) })
	}
	all.Wait()
	for n := range 20 {
		in(strings.Repeat(" ", n%4)+"chen\t", fmt.Sprint(n))
	}
	if d.tried != 5 {
		t.Errorf("%d wrong PINs were tried before the pause, not 5", d.tried)
	}
	for range 1100 {
		in("nobody", "1")
	}
	if in("chen", "314159") || in(" chen", "314159") {
		t.Error("the pause was walked around")
	}
	b.pass(61 * time.Second)
	if !in(" chen ", "314159") {
		t.Error("after the pause the right PIN does not let in")
	}
}
