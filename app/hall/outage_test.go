package hall_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// TestOutagesDoNotDependOnTheOrder folds outages in many orders, two of them under one id; what is no time is no
// outage, and days that are over are forgotten.
func TestOutagesDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		desks := []*desk{{origin: "jiangnan/k1"}, {origin: "jiangnan/hub"}}
		var all []event.Event
		for range 8 {
			d := desks[rapid.IntRange(0, 1).Draw(rt, "desk")]
			if d.seq > 0 && rapid.IntRange(0, 3).Draw(rt, "copy") == 0 {
				d.seq-- // a copy of the device goes on with the same ids
			}
			from := start + rapid.Int64Range(-3, 3).Draw(rt, "from")*24*3600_000
			to := from + rapid.Int64Range(1, 3).Draw(rt, "minutes")*60_000
			all = append(all, d.note(hall.KindOffline, hall.Outage{Hall: "jiangnan", FromMS: from, ToMS: to, Back: rapid.Bool().Draw(rt, "back")}, to))
		}
		look := func(h *hall.Hall) string { return fmt.Sprint(h.Outages()) }
		h := fold(rt, all)
		want := look(h)
		inAnyOrder(rt, all, func(h *hall.Hall) {
			if got := look(h); got != want {
				rt.Fatalf("got  %s\nwant %s", got, want)
			}
		})
		today := hall.DateOf(start)
		h.Forget(today, nil)
		for _, o := range h.Outages() {
			if hall.DateOf(o.ToMS) < today {
				rt.Fatalf("kept: %+v", o)
			}
		}
	})
	h := hall.New("jiangnan")
	k := &desk{origin: "jiangnan/k1"}
	for _, f := range []hall.Outage{{Hall: "jiangnan", FromMS: start, ToMS: start}, {Hall: "jiangbei", FromMS: start, ToMS: start + 1},
		{Hall: "jiangnan", FromMS: start - 32*24*3600_000, ToMS: start}, {Hall: "jiangnan", FromMS: start + 48*3600_000, ToMS: start + 49*3600_000}} {
		if _, err := h.Apply(k.note(hall.KindOffline, f, start)); err == nil || len(h.Outages()) > 0 {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
