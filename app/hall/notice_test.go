package hall_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

// TestNoticesDoNotDependOnTheOrder: whoever hears of notices and of their ends in whatever
// order, and twice, shows the same.
func TestNoticesDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counters := []*desk{{origin: "jiangnan/c1"}, {origin: "jiangnan/c2"}}
		var all []event.Event
		var posted []string
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			ms := start + rapid.Int64Range(0, 4).Draw(t, "ms")*30_000
			at := counters[rapid.IntRange(0, 1).Draw(t, "counter")]
			if len(posted) == 0 || rapid.Bool().Draw(t, "post") {
				e := at.note(hall.KindNoticePosted, hall.NoticePosted{Hall: "jiangnan", Zh: fmt.Sprint("第", len(all)), UntilMS: ms + 140_000, AtMS: ms}, ms)
				all, posted = append(all, e), append(posted, e.ID.String())
				continue
			}
			all = append(all, at.note(hall.KindNoticeEnded, hall.NoticeEnded{Hall: "jiangnan", Posted: rapid.SampledFrom(posted).Draw(t, "posted"), AtMS: ms}, ms))
		}
		now := start + 150_000
		want := fmt.Sprintf("%+v", fold(t, all).Notices(now))
		inAnyOrder(t, all, func(h *hall.Hall) {
			if got := fmt.Sprintf("%+v", h.Notices(now)); got != want {
				t.Fatalf("another order, other notices:\n%s\n%s", got, want)
			}
		})
	})
}

// Two copies of one counter may each post under the same number: whoever hears of both, in
// whatever order, shows the same one.
func TestOneOfTwoNoticesWithOneNumberStands(t *testing.T) {
	post := func(zh string, ms int64) event.Event {
		copied := &desk{origin: "jiangnan/c1"}
		return copied.note(hall.KindNoticePosted, hall.NoticePosted{Hall: "jiangnan", Zh: zh, UntilMS: start + 60_000, AtMS: start}, ms)
	}
	for _, pair := range [][2]event.Event{{post("一", start), post("二", start+1)}, {post("一", start), post("二", start)}} {
		if pair[0].ID != pair[1].ID {
			t.Fatalf("%s and %s are no pair", pair[0].ID, pair[1].ID)
		}
		one, other := fold(t, pair[:]).Notices(start), fold(t, []event.Event{pair[1], pair[0]}).Notices(start)
		if len(one) != 1 || len(other) != 1 || one[0].Zh != "一" || other[0].Zh != "一" {
			t.Errorf("%+v here and %+v there", one, other)
		}
	}
}

func TestANoticeStandsUntilItEnds(t *testing.T) {
	c := &desk{origin: "jiangnan/c1"}
	h := hall.New("jiangnan")
	post := func(zh string, minutes int, at int64) string {
		t.Helper()
		f, fresh, err := h.PostNotice(zh, "", minutes, "A01", "wang", at)
		if err != nil || !fresh {
			t.Fatalf("%q is not posted: %v, fresh %v", zh, err, fresh)
		}
		e := c.note(hall.KindNoticePosted, f, at)
		if _, err := h.Apply(e); err != nil {
			t.Fatal(err)
		}
		return e.ID.String()
	}
	texts := func(at int64) (out []string) {
		for _, n := range h.Notices(at) {
			out = append(out, n.Zh)
		}
		return out
	}
	lift := post("  2 号电梯\n检修，请走楼梯 ", 0, start)
	post("A 区系统恢复中", 30, start+60_000)
	if got := texts(start + 60_000); !slices.Equal(got, []string{"A 区系统恢复中", "2 号电梯 检修，请走楼梯"}) {
		t.Fatalf("the boards show %q", got)
	}
	// One of half an hour ends after it, the other with the business day, which is 10:00 plus 18 hours.
	if got := texts(start + 31*60_000 - 1); len(got) != 2 {
		t.Errorf("a moment before its end: %q", got)
	}
	if got := texts(start + 31*60_000); !slices.Equal(got, []string{"2 号电梯 检修，请走楼梯"}) {
		t.Errorf("after half an hour: %q", got)
	}
	if got := texts(start + 18*3600_000 - 1); len(got) != 1 {
		t.Errorf("at the end of the day: %q", got)
	}
	if got := texts(start + 18*3600_000); len(got) != 0 {
		t.Errorf("on the next day: %q", got)
	}
	if _, fresh, err := h.PostNotice("2 号电梯 检修，请走楼梯", "", 0, "A01", "li", start+120_000); fresh || err != nil {
		t.Errorf("the same once more is noted: %v, %v", fresh, err)
	}
	if _, fresh, err := h.PostNotice("A 区系统恢复中", "", 60, "A01", "li", start+120_000); !fresh || err != nil {
		t.Errorf("the same for longer is not noted: %v, %v", fresh, err)
	}
	if stand := h.Notices(start + 120_000); stand[0].AllDay() || !stand[1].AllDay() {
		t.Errorf("half an hour is a day, or a day is none: %+v", stand)
	}
	f, stands := h.EndNotice(lift, "li", start+180_000)
	if !stands {
		t.Fatal("a notice that stands cannot be ended")
	}
	if _, err := h.Apply(c.note(hall.KindNoticeEnded, f, start+180_000)); err != nil {
		t.Fatal(err)
	}
	if got := texts(start + 180_000); !slices.Equal(got, []string{"A 区系统恢复中"}) {
		t.Errorf("after it was taken down: %q", got)
	}
	if _, again := h.EndNotice(lift, "li", start+181_000); again {
		t.Error("it is ended twice")
	}
	h.Forget(hall.DateOf(start+3*24*3600_000), nil)
	if got := texts(start + 61_000); len(got) != 0 {
		t.Errorf("after its day is forgotten: %q", got)
	}
}

func TestANoticeThatNobodyCouldReadIsRefused(t *testing.T) {
	c := &desk{origin: "jiangnan/c1"}
	h := hall.New("jiangnan")
	for _, bad := range []struct {
		zh, en string
		want   *event.Refusal
	}{
		{" \n　", "x", event.FieldMissing},
		{strings.Repeat("长", hall.NoticeMost+1), "", event.NoticeLong},
		{"短", strings.Repeat("x", hall.NoticeMostEn+1), event.NoticeLong},
	} {
		if _, _, err := h.PostNotice(bad.zh, bad.en, 0, "", "wang", start); !errors.Is(err, bad.want) {
			t.Errorf("%q %q: %v, want %v", bad.zh, bad.en, err, bad.want)
		}
	}
	for i := range hall.NoticesAtOnce {
		f, _, err := h.PostNotice(strings.Repeat("长", hall.NoticeMost-1)+fmt.Sprint(i), "", 0, "", "wang", start)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Apply(c.note(hall.KindNoticePosted, f, start)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.PostNotice("还有一条", "", 0, "", "wang", start); !errors.Is(err, event.NoticesFull) {
		t.Errorf("one more than the boards can show: %v", err)
	}
	for _, f := range []any{hall.NoticePosted{Hall: "jiangbei", Zh: "x", UntilMS: start + 1}, hall.NoticePosted{Hall: "jiangnan"}} {
		if _, err := h.Apply(c.note(hall.KindNoticePosted, f, start)); err == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}
