package centre_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"onewindow/app/feedback"
	"onewindow/sync/centre"
)

// rated is a hall with ratings of today, of the day before, and of a week ago.
func rated(t *testing.T) *bench {
	l := newLog()
	l.ticket(t, "jiangnan/k1", "B", 1, at("10:00"))
	l.ticket(t, "jiangbei/k1", "B", 1, at("10:00"))
	for _, r := range []feedback.Rated{{Date: day, Window: "B01", Level: 1}, {Date: day, Window: "B01", Level: 5, Repeats: 1}, {Date: day, Window: "A02", Level: 3}, {Date: day, Level: 2},
		{Date: "2026-11-23", Level: 4}, {Date: "2026-11-17", Level: 4}} {
		r.Hall = "jiangnan"
		l.rated = append(l.rated, r)
	}
	l.followUps = [2]int{2, 1}
	return start(t, l, district)
}

// The share of the content is told by hall, window and day, beside what is not followed up
// in time (国办发〔2019〕51号).
func TestRatingsAreCounted(t *testing.T) {
	b := rated(t)
	b.beat(t, whole("jiangnan", areas, nil))
	b.beat(t, whole("jiangbei", areas, nil))
	s := b.state(t)
	r := find(t, s, "jiangnan").Ratings
	if r.Today.Rated != 4 || r.Today.Content != 3 || r.Today.Share != 750 || r.Today.Levels != [5]int{1, 1, 1, 0, 1} || r.Today.Repeats != 1 || r.Open != 2 || r.Overdue != 1 {
		t.Errorf("%+v", r)
	}
	var windows []string
	for _, w := range r.Windows {
		windows = append(windows, string(w.Window))
	}
	if !slices.Equal(windows, []string{"A02", "B01", ""}) || r.Windows[1].Share != 500 {
		t.Errorf("%+v", r.Windows)
	}
	if len(r.Days) != 2 || r.Days[0].Date != day || r.Days[1].Date != "2026-11-23" || r.Days[1].Share != 0 {
		t.Errorf("%+v", r.Days)
	}
	if other := find(t, s, "jiangbei").Ratings; other.Today.Rated != 0 || other.Today.Share != -1 || len(other.Days) != 0 {
		t.Errorf("nobody rated, and it says %+v", other)
	}
	if at := slices.IndexFunc(s.Reasons, func(r centre.Reason) bool { return r.Key == centre.ReasonFollowUps }); at < 0 || s.Reasons[at].Count != 1 || s.Reasons[at].Hall != "jiangnan" || s.Reasons[at].Level != centre.Attention {
		t.Errorf("the verdict does not name what is overdue: %+v", s.Reasons)
	}
	for path, want := range map[string][]string{
		"/":         {"好差评", "满意率", "75%", "非常不满意", "差评待核实 2，超期 1", "1 条差评超过期限", "今天还没有人评价", "B01", "2026-11-23", "50%", "不明"},
		"/?lang=en": {"Ratings", "75%", "Very dissatisfied", "2 bad ratings to follow up, 1 overdue", "1 bad rating was not followed up", "Nobody has rated today"},
	} {
		_, _, body := b.fetch(t, path)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		wellMade(t, path, body)
	}
	var fields map[string]any
	_, _, body := b.fetch(t, "/state.json")
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		t.Fatal(err)
	}
	ratings := fields["halls"].([]any)[0].(map[string]any)["ratings"].(map[string]any)
	for _, name := range []string{"today", "windows", "days", "follow_ups_open", "follow_ups_overdue"} {
		if _, ok := ratings[name]; !ok {
			t.Errorf("the state's ratings have no %q", name)
		}
	}
	for _, name := range []string{"rated", "content", "share_thousandths", "levels", "repeats", "window"} {
		if _, ok := ratings["windows"].([]any)[0].(map[string]any)[name]; !ok {
			t.Errorf("a window's ratings have no %q", name)
		}
	}
	b.log.broken.Store(true)
	if r := find(t, b.state(t), "jiangnan").Ratings; r.Open != -1 {
		t.Errorf("unreadable, and it says %+v", r)
	}
}
