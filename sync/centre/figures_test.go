package centre_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/sync/centre"
)

// counter counts days by hand, and how often it was asked.
type counter struct {
	asked map[hall.Date]int
	slow  bool // only today comes in time
}

func (c *counter) FiguresOf(_ context.Context, id hall.ID, date hall.Date, nowMS int64) (figures.Day, error) {
	c.asked[date]++
	if c.slow && date != hall.DateOf(nowMS) {
		return figures.Day{}, errors.New("the disk is slow")
	}
	d := figures.Day{Hall: id, Date: date, AsOfMS: nowMS, TargetMS: figures.TargetMS, Intake: figures.Intake{Taken: 41, Accepted: 38, Later: 3, AtOnce: 7}}
	if id != "jiangnan" || date < "2026-11-23" {
		return d, nil
	}
	wait := func(p50, p90 int64) figures.Spread {
		return figures.Spread{N: 20, P50: p50 * 60_000, P90: p90 * 60_000}
	}
	d.Whole = figures.Row{Issued: 2444, Served: 2301, NoShow: 96, Carried: 4, Wait: wait(8, 31), InTarget: 15, Promises: 1000, Kept: 903, IdleMS: 83 * 60_000, OutOfOrder: 12}
	for h := 8; h < 12; h++ {
		d.Hours = append(d.Hours, figures.Row{Key: fmt.Sprintf("%02d", h), Wait: wait(5, int64(h))})
	}
	d.Whole.OfflineMS, d.Whole.OfflineIssued, d.Whole.Lag = 52*60_000, 17, figures.Spread{N: 17, P50: 6 * 60_000, P95: 19 * 60_000}
	d.Offline = []figures.Offline{{Device: "k2", MS: 52 * 60_000}, {Device: "hub", Hub: true, MS: 4 * 60_000}}
	d.Queues = []figures.Row{{Key: "B", Issued: 400, Served: 390, Wait: wait(9, 35)}, {Key: "K"}}
	d.Windows = []figures.Row{{Key: "B07", Served: 38, OpenMS: 8 * 3_600_000, HeldMS: 6 * 3_600_000}, {Key: "", Issued: 2444}}
	return d, nil
}

func startFigures(t *testing.T, c *counter) *bench {
	t.Helper()
	l := newLog()
	l.morning(t, "jiangnan", areas, 20, 1)
	l.morning(t, "jiangbei", areas[:9], 20, 2)
	return startOptions(t, l, district, func(o *centre.Options) { o.Figures = c })
}

// TestTheFiguresOfTheLastDays reads the page in both languages and as JSON: what a day was, with a dash
// where nothing was seen; a hall without tickets says so.
func TestTheFiguresOfTheLastDays(t *testing.T) {
	b := startFigures(t, &counter{asked: map[hall.Date]int{}})
	for lang, want := range map[string][]string{
		"":         {"运行统计", "江南办事服务大厅", "20 分钟内叫到", "最近七个业务日没有取号", `data-day="2026-11-24"`, `data-day="2026-11-23"`, "<b>8.0</b> / 31.0", "75%", "90.3%", "<td class=\"n\">83</td>", "<b>–</b> / –", "按取号时段", "11:00 11.0", "<b>41</b>", "社保医保</th>", ">B07</th>", "断网期间取号</th><td class=\"n\">17</td>", "6.0 / 19.0", "k2</span> 与大厅断开</th><td class=\"n\">52</td>", "hub</span> 与中心断开"},
		"?lang=en": {"Figures", "Jiangnan service hall", "Within 20 min", "No ticket was taken", "Idle while people wait", "In use", "hub</span> without the centre", "<b>8.0</b> / 31.0"},
	} {
		status, header, body := b.fetch(t, "/figures"+lang)
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			t.Fatalf("%q: %d %s", lang, status, header.Get("Content-Type"))
		}
		for _, w := range want {
			if !strings.Contains(strings.ReplaceAll(body, "—", "–"), w) {
				t.Errorf("%q: %q is missing", lang, w)
			}
		}
		if strings.Contains(body, `data-day="2026-11-22"`) {
			t.Errorf("%q: a day without a ticket is shown", lang)
		}
		if n := strings.Count(body, `class="plot"`); n != 2 {
			t.Errorf("%q: %d plots", lang, n)
		}
	}
	_, _, body := b.fetch(t, "/figures.json")
	var week []centre.HallWeek
	if err := json.Unmarshal([]byte(body), &week); err != nil || len(week) != 2 || len(week[0].Days) != 2 || week[0].Days[0].Whole.Kept != 903 || len(week[1].Days) != 0 {
		t.Errorf("as JSON: %v %.200s", err, body)
	}
	if _, _, main := b.fetch(t, "/?lang=en"); !strings.Contains(main, `href="figures?lang=en"`) {
		t.Error("the district's page leads to no figures")
	}
}

// TestFiguresCostLittle: many readers cost no more than one, today is counted again after half a minute,
// earlier days after a quarter of an hour.
func TestFiguresCostLittle(t *testing.T) {
	c := &counter{asked: map[hall.Date]int{}}
	b := startFigures(t, c)
	look := func() {
		for _, path := range []string{"/figures", "/figures?lang=en", "/figures.json", "/figures"} {
			b.fetch(t, path)
		}
	}
	look()
	if c.asked["2026-11-24"] != 2 || c.asked["2026-11-18"] != 2 || c.asked["2026-11-17"] != 0 {
		t.Errorf("of two halls and seven days were counted %v", c.asked)
	}
	b.pass(31 * time.Second)
	look()
	b.pass(2 * time.Second)
	look()
	if c.asked["2026-11-24"] != 4 || c.asked["2026-11-23"] != 2 {
		t.Errorf("half a minute later: %v", c.asked)
	}
	b.pass(15 * time.Minute)
	look()
	if c.asked["2026-11-24"] != 6 || c.asked["2026-11-23"] != 4 {
		t.Errorf("a quarter of an hour later: %v", c.asked)
	}
}

// TestDaysThatCannotBeCountedAreTold: what is not there in time is said to be missing, and is no zero.
func TestDaysThatCannotBeCountedAreTold(t *testing.T) {
	b := startFigures(t, &counter{asked: map[hall.Date]int{}, slow: true})
	if _, _, body := b.fetch(t, "/figures?lang=en"); !strings.Contains(body, "6 more days are being counted") || strings.Contains(body, `data-day="2026-11-23"`) || !strings.Contains(body, `data-day="2026-11-24"`) {
		t.Error("days that could not be counted are not told")
	}
}
