package centre_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/sync/centre"
	"onewindow/sync/wire"
)

// troubled is a district with everything on the page: two halls, conflicts, a
// doubled number, odd terminals, applications, quarantine.
func troubled(t testing.TB) *bench {
	l := newLog()
	l.morning(t, "jiangnan", areas, 300, 1)
	l.morning(t, "jiangbei", areas[:9], 300, 2)
	twice := l.ticket(t, "jiangnan/k2", "B", 900, at("10:00"))
	l.step(t, "jiangnan/w-b01", hall.KindStarted, twice, "B01", at("10:05"))
	l.step(t, "jiangnan/w-b02", hall.KindStarted, twice, "B02", at("10:06"))
	l.ticket(t, "jiangnan/k2", "A", 900, at("10:00"))
	l.ticket(t, "jiangnan/k3", "A", 900, at("10:01"))
	l.step(t, "jiangnan/w-b01", hall.KindStarted, "facts-still-on-their-way", "B01", at("10:05"))
	l.quarantined = 3
	l.left = map[event.Kind]int{feedback.KindQuestion: 4, feedback.KindSurvey: 9}
	b := start(t, l, district)
	b.beat(t, whole("jiangbei", areas[:9], nil))
	b.pass(90 * time.Second)
	jn := whole("jiangnan", areas, func(n int, w *wire.Beat) time.Duration {
		switch n {
		case 1:
			w.Printer = "paper_out"
		case 2:
			w.HereOnly, w.OldestMS = 5, at("10:31")
			return 12 * time.Minute
		}
		return 0
	})
	jn.HereOnly, jn.OldestMS = 9, at("10:35")
	b.beat(t, jn)
	return b
}

// A line that says that it stands and brings nothing is told within the beat, and so is
// a device of which two databases have written.
func TestTheVerdictNamesLateLinesAndForks(t *testing.T) {
	l := newLog()
	l.morning(t, "jiangnan", areas, 50, 1)
	l.note(t, "jiangnan/k2", hall.KindDevice, at("10:41"), hall.Device{Role: "kiosk", Key: make([]byte, 32), Forked: true})
	l.strays = []event.Origin{"jiangnan/k3", "jiangbei/k1"}
	b := start(t, l, district)
	jn := whole("jiangnan", areas, func(n int, w *wire.Beat) time.Duration {
		switch n {
		case 0:
			w.LateMS = 15_100
		case 1:
			w.LateMS = 9_000 // it asks again: nobody has to be told yet
			w.Bundle = &wire.BundleState{Version: 2}
		case 2:
			w.Bundle = &wire.BundleState{Version: 2, Refused: 3, Why: "halls.json is empty"}
		}
		return 0
	})
	jn.LateMS = 70_000
	b.beat(t, jn)
	s := b.state(t)
	reason := func(key string) (found centre.Reason) {
		for _, r := range s.Reasons {
			if r.Key == key {
				found = r
			}
		}
		return found
	}
	if r := reason(centre.ReasonCanaryLate); r.Level != centre.Alarm || !slices.Equal(r.Names, []string{"hub", "k1"}) {
		t.Errorf("late: %+v", r)
	}
	if r := reason(centre.ReasonGuidesRefused); r.Level != centre.Attention || !slices.Equal(r.Names, []string{"k3"}) {
		t.Errorf("guides: %+v", r)
	}
	if r := reason(centre.ReasonForks); r.Level != centre.Attention || !slices.Equal(r.Names, []string{"k2", "k3"}) {
		t.Errorf("forks: %+v", r)
	}
	for path, want := range map[string][]string{
		"/":         {"2 台设备显示在线，记录却送不到中心（hub、k1）", "2 台设备的记录有两份（k2、k3）", "1 台设备不采用新发布的办事指南，仍用旧的（k3）"},
		"/?lang=en": {"2 devices say that their lines stand", "records of 2 devices have two histories (k2, k3)", "its line stands, but its records do not arrive"},
	} {
		_, _, body := b.fetch(t, path)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		wellMade(t, path, body)
	}
}

func TestTheVerdictNamesWhatIsWrong(t *testing.T) {
	b := troubled(t)
	s := b.state(t)
	want := []string{centre.ReasonNumbersDoubled, centre.ReasonHallSilent, centre.ReasonUnsavedLong, centre.ReasonTerminalsSilent,
		centre.ReasonPrinters, centre.ReasonNoWindow, centre.ReasonConflicts, centre.ReasonQuarantine}
	if s.Verdict != centre.Alarm || !slices.Equal(keys(s), want) {
		t.Errorf("%s: %v, want %v", s.Verdict, keys(s), want)
	}
	if s.Doubled != 1 || s.Conflicts != 1 || s.Quarantined != 3 || s.Kept != b.log.kept {
		t.Errorf("doubled %d, conflicts %d, quarantined %d, kept %d", s.Doubled, s.Conflicts, s.Quarantined, s.Kept)
	}
	if s.Questions != 4 || s.Surveys != 9 {
		t.Errorf("citizens left %d questions and %d surveys", s.Questions, s.Surveys)
	}
	h := find(t, s, "jiangnan")
	if c := h.Conflicts[0]; c.Number != "B900" || c.Kind != "double_service" || !slices.Equal(c.Windows, []hall.WindowID{"B01", "B02"}) {
		t.Errorf("conflict %+v", c)
	}
}

// The counts of the state are those of the tickets, counted here in another way.
func TestStateCountsTheDay(t *testing.T) {
	b := troubled(t)
	s := b.state(t)
	if s.Date != day || s.NowMS != at("10:43:30") || s.StartedMS != at("10:42") {
		t.Errorf("date %s, now %d, started %d", s.Date, s.NowMS, s.StartedMS)
	}
	for _, h := range s.Halls {
		v := b.log.halls[h.ID]
		states, areas := map[hall.State]int{}, map[hall.Letter]int{}
		issued := 0
		for _, x := range v.Tickets(day) {
			if x.Known {
				states[x.State]++
				areas[x.Service]++
				issued++
			}
		}
		want := centre.Tickets{Issued: issued, Waiting: states[hall.Waiting], Called: states[hall.CalledS], Serving: states[hall.Serving],
			Done: states[hall.Done], NoShow: states[hall.NoShow]}
		if h.Tickets != want || want.Done == 0 || want.Waiting == 0 || want.Serving == 0 || want.NoShow == 0 {
			t.Errorf("%s: %+v, want %+v", h.ID, h.Tickets, want)
		}
		for _, q := range h.Queues {
			if q.Issued != areas[q.Letter] || q.Waiting != v.WaitingAt(day, q.Letter) || q.Open != v.OpenAt(q.Letter) {
				t.Errorf("%s %s: %+v", h.ID, q.Letter, q)
			}
			r := v.Forecast(hall.Waiter{Service: q.Letter, Key: s.NowMS}, s.NowMS, hall.Day{})
			if r.Known && (q.LowMinutes != r.Low || q.HighMinutes != r.High) || !r.Known && (q.LowMinutes != -1 || q.HighMinutes != -1) {
				t.Errorf("%s %s: forecast %d-%d, want %+v", h.ID, q.Letter, q.LowMinutes, q.HighMinutes, r)
			}
			if (q.Waiting > 0) != (q.LongestMS > 0) {
				t.Errorf("%s %s: longest since %d with %d waiting", h.ID, q.Letter, q.LongestMS, q.Waiting)
			}
		}
		apps := b.log.applications[h.ID]
		if h.Applications.Total != len(apps) || len(h.Applications.Newest) != 40 || h.Applications.Newest[0] != apps[len(apps)-1] {
			t.Errorf("%s: applications %+v", h.ID, h.Applications)
		}
	}
}

func TestApplicationsOfYesterdayAreNotToday(t *testing.T) {
	l := newLog()
	l.ticket(t, "jiangnan/k1", "B", 1, at("10:00"))
	l.applications["jiangnan"] = []centre.Application{
		{Number: "JN1", Hall: "jiangnan", State: "accepted", TakenMS: at("03:59")},
		{Number: "JN2", Hall: "jiangnan", State: "accepted", TakenMS: at("04:00")},
	}
	b := start(t, l, district)
	if a := find(t, b.state(t), "jiangnan").Applications; a.Total != 1 || a.Newest[0].Number != "JN2" {
		t.Errorf("%+v", a)
	}
}

// Programs read these fields: a renamed one must not go unseen.
func TestStateKeepsItsFieldNames(t *testing.T) {
	_, head, body := troubled(t).fetch(t, "/state.json")
	if kind := head.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("content type %q", kind)
	}
	var s map[string]any
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	has := func(where string, of any, names string) {
		fields, ok := of.(map[string]any)
		for _, n := range strings.Fields(names) {
			if _, found := fields[n]; !ok || !found {
				t.Errorf("%s has no %q", where, n)
			}
		}
	}
	first := func(list any) any { return list.([]any)[0] }
	h := first(s["halls"]).(map[string]any)
	has("state", s, "now_ms date started_at_ms verdict reasons events_kept quarantined tickets conflicts numbers_doubled unsaved halls not_connected")
	has("tickets", s["tickets"], "issued waiting called serving done no_show parked closed")
	has("unsaved", s["unsaved"], "on_terminals_only in_halls_only oldest_at_ms unknown_halls unknown_terminals")
	has("reason", first(s["reasons"]), "level key hall count names")
	has("hall", h, "id name link heard_at_ms silent_since_ms program tickets windows_open queues roles terminals unsaved applications conflicts numbers_doubled forks")
	has("queue", first(h["queues"]), "letter name issued waiting longest_wait_since_ms serving windows_open windows low_minutes high_minutes")
	has("terminal", first(h["terminals"]), "origin device role program presence heard_at_ms printer here_only hall_only oldest_at_ms needs")
	has("hall's unsaved", h["unsaved"], "known as_of_ms on_terminals_only in_hall_only oldest_at_ms silent_terminals last_reported")
	has("applications", h["applications"], "total by_state newest")
	has("application", first(h["applications"].(map[string]any)["newest"]), "number hall item state taken_at_ms due")
	has("conflict", first(h["conflicts"]), "number kind windows state")
}

func TestThePageTellsItInBothLanguages(t *testing.T) {
	b := troubled(t)
	for path, want := range map[string][]string{
		"/": {`<html lang="zh-Hans">`, "告警", "江北办事服务大厅自 10:42 起失联", "自 10:42 起不明", "江南办事服务大厅", "社保医保", "缺纸",
			"5 条仅在此机", "社会保障卡申领", "2026-12-08", "两个窗口都办理了", "A900", "无窗口", `href="?lang=en" lang="en"`},
		"/?lang=en": {`<html lang="en">`, "Alarm", "Jiangbei service hall silent since 10:42", "Unknown since 10:42", "Jiangnan service hall", "Social and medical insurance",
			"Out of paper", "5 records only there", "Social security card", "2026-12-08", "Served at two windows", "A900", "no window", `href="?lang=zh" lang="zh-Hans"`},
	} {
		status, head, body := b.fetch(t, path)
		if status != http.StatusOK || head.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Fatalf("%s: status %d, %s", path, status, head.Get("Content-Type"))
		}
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		wellMade(t, path, body)
	}
	_, _, english := b.fetch(t, "/?lang=en")
	link := strings.Index(english, ">中文</a>")
	if han := regexp.MustCompile(`\p{Han}+`).FindString(english[:link] + english[link+len(">中文</a>"):]); han != "" {
		t.Errorf("the English page says %q", han)
	}
}

// wellMade checks what a reader by ear and a strict browser need.
func wellMade(t *testing.T, path, body string) {
	t.Helper()
	for _, bad := range []string{"style=", "onclick", "<style", "javascript:", "{n}", "{names}", "{since}", "{for}", "{hall}", "%!", "<no value>", "ZgotmplZ", "http-equiv=\"refresh\" content=\"0"} {
		if strings.Contains(body, bad) {
			t.Errorf("%s holds %q", path, bad)
		}
	}
	for _, one := range []string{"<main", "<h1", "<header class=\"top\"", "<nav"} {
		if strings.Count(body, one) != 1 {
			t.Errorf("%s has %d of %s", path, strings.Count(body, one), one)
		}
	}
	if strings.Count(body, "<footer") == 0 {
		t.Errorf("%s has no footer", path)
	}
	for _, th := range regexp.MustCompile(`<th[ >][^>]*>`).FindAllString(body, -1) {
		if !strings.Contains(th, `scope="`) {
			t.Errorf("%s: a header cell without scope: %s", path, th)
		}
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]]++; ids[m[1]] == 2 {
			t.Errorf("%s: id %q stands twice", path, m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?:aria-labelledby="|href="#)([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]] == 0 {
			t.Errorf("%s: nothing has the id %q", path, m[1])
		}
	}
	// Colour is never alone: each tone stands with a shape beside it.
	if tones, marks := strings.Count(body, "tone-alarm"), strings.Count(body, "mark-alarm"); marks < tones {
		t.Errorf("%s: %d alarms in colour, %d with a mark", path, tones, marks)
	}
}

func TestAHealthyDistrictIsWell(t *testing.T) {
	l := newLog()
	l.morning(t, "jiangbei", areas[:9], 100, 2)
	b := start(t, l, district)
	b.beat(t, whole("jiangbei", areas[:9], nil))
	if s := b.state(t); s.Verdict != centre.Well || len(s.Reasons) > 0 {
		t.Fatalf("%s: %+v", s.Verdict, s.Reasons)
	}
	_, _, body := b.fetch(t, "/")
	wellMade(t, "/", body)
	if !strings.Contains(body, "正常") || strings.Contains(body, "tone-alarm") || strings.Contains(body, `class="owed"`) {
		t.Error("a healthy district does not look healthy")
	}
}

func TestAnEmptyDistrictHasAPage(t *testing.T) {
	b := start(t, newLog(), places{})
	_, _, body := b.fetch(t, "/?lang=en")
	if !strings.Contains(body, "No hall has joined yet.") {
		t.Error(body)
	}
	wellMade(t, "/", body)
}

func TestWhatComesFromOutsideIsEscaped(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	l := newLog()
	l.ticket(t, "jiangnan/k1", "B", 1, at("10:00"))
	l.note(t, "jiangnan/k1", hall.KindIssued, at("10:00"), hall.Issued{Ticket: "t9", Hall: "jiangnan", Date: day, Service: evil, Number: evil, IssuedMS: at("10:00")})
	l.note(t, "jiangnan/k2", hall.KindIssued, at("10:00"), hall.Issued{Ticket: "t10", Hall: "jiangnan", Date: day, Service: evil, Number: evil, IssuedMS: at("10:00")})
	l.applications["jiangnan"] = []centre.Application{{Number: evil, Hall: "jiangnan", Item: evil, State: evil, TakenMS: at("10:00"), Due: evil}}
	b := start(t, l, places{{ID: "jiangnan", Name: centre.Name{Zh: evil}, Areas: []centre.Area{{Letter: "B", Name: centre.Name{Zh: evil}}}}})
	h := terminal("jiangnan/k1", evil, 0, func(w *wire.Beat) { w.Printer, w.Program = evil, evil })
	b.beat(t, hubBeat("jiangnan", h))
	for _, path := range []string{"/", "/?lang=en", "/?lang=" + "%22%3E%3Cscript%3Ealert(1)"} {
		_, _, body := b.fetch(t, path)
		if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s is not escaped", path)
		}
	}
}

func TestHeadersAndPaths(t *testing.T) {
	b := start(t, newLog(), district)
	for _, c := range []struct {
		path   string
		status int
		kind   string
	}{
		{"/", 200, "text/html; charset=utf-8"},
		{"/state.json", 200, "application/json; charset=utf-8"},
		{"/healthz", 200, "text/plain; charset=utf-8"},
		{"/page.css", 200, "text/css; charset=utf-8"},
		{"/page.js", 200, "text/javascript; charset=utf-8"},
		{"/icon.svg", 200, "image/svg+xml"},
		{"/page.html", 404, "text/plain; charset=utf-8"},
		{"/../centre.go", 404, "text/plain; charset=utf-8"},
	} {
		status, head, _ := b.fetch(t, c.path)
		if status != c.status || head.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d %s", c.path, status, head.Get("Content-Type"))
		}
		csp := head.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", c.path, csp)
		}
	}
	r, err := http.Post(b.url+"/", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST / answers %d", r.StatusCode)
	}
}

func TestADatabaseThatCannotBeReadIsSaid(t *testing.T) {
	b := troubled(t)
	if status, _, body := b.fetch(t, "/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %s", status, body)
	}
	b.log.broken.Store(true)
	if status, _, body := b.fetch(t, "/healthz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "database") {
		t.Errorf("healthz: %d %s", status, body)
	}
	s := b.state(t)
	if s.Verdict != centre.Alarm || s.Reasons[0].Key != centre.ReasonLogUnreadable || s.Kept != -1 || s.Quarantined != -1 || s.Halls[0].Applications.Total != -1 {
		t.Errorf("%s %v, kept %d", s.Verdict, keys(s), s.Kept)
	}
	if _, _, body := b.fetch(t, "/?lang=en"); !strings.Contains(body, "unreadable") || strings.Contains(body, ">-1<") {
		t.Error("the page does not say what it could not read")
	}
}

func TestManyReadersShareOnePage(t *testing.T) {
	b := troubled(t)
	_, _, first := b.fetch(t, "/")
	b.now.Add(500)
	if _, _, again := b.fetch(t, "/"); again != first {
		t.Error("the page was made twice within a second")
	}
	b.pass(time.Second)
	if _, _, later := b.fetch(t, "/"); later == first {
		t.Error("the page stays old")
	}
}

func TestAHundredTerminalsInTroubleStayReadable(t *testing.T) {
	l := newLog()
	b := start(t, l, district)
	b.beat(t, whole("jiangnan", areas, func(_ int, w *wire.Beat) time.Duration { w.Printer = "cover_open"; return 0 }))
	_, _, body := b.fetch(t, "/?lang=en")
	before, _, _ := strings.Cut(body, "<details")
	if n := strings.Count(before, "Cover open"); n != 8 || !strings.Contains(before, "102 more") {
		t.Errorf("%d terminals stand before the folded list", n)
	}
	if want := "110 printers need someone (k1, k2, k3, k4, w-a01, w-a02 and more)"; !strings.Contains(before, want) {
		t.Errorf("the reason does not say %q", want)
	}
	if n := strings.Count(body, "Cover open"); n != 8+110 {
		t.Errorf("%d terminals are listed", n)
	}
}

func BenchmarkSurvey(b *testing.B) {
	l := newLog()
	l.morning(b, "jiangnan", areas, 3189, 1)
	l.morning(b, "jiangbei", areas[:9], 820, 2)
	c := start(b, l, district)
	if err := c.Hear(whole("jiangnan", areas, nil)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if s := c.Survey(b.Context()); s.Tickets.Issued < 3000 {
			b.Fatal(fmt.Sprint(s.Tickets))
		}
	}
}
