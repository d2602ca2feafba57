package core_test

import (
	"testing"

	"onewindow/app/event"
	"onewindow/sync/core"
)

// The supervisor goes from a canary over new subscriptions to a new connection, and
// only while the line says that it stands.
func TestVigilGoesStepByStep(t *testing.T) {
	v := &core.Vigil{SingMS: 60_000, AskMS: 8_000, DialMS: 15_000}
	own := core.ChainID{Origin: "jiangnan/k1", Epoch: 7}
	c := core.Chain{ID: own, Seq: 1, Up: 1, Centre: 1}
	now := int64(1)
	var sung, asked, dialled []int64
	run := func(seconds int, stands bool) {
		for range seconds {
			now += 1000
			do := v.Look(now, own, []core.Chain{c}, stands, stands)
			if do.Sing {
				sung = append(sung, now/1000)
				c.Seq++
			}
			if do.Ask {
				asked = append(asked, now/1000)
			}
			if do.Dial {
				dialled = append(dialled, now/1000)
			}
		}
	}
	saved := func() { c.Up, c.Centre = c.Seq, c.Seq }
	want := func(what string, have []int64, n int) {
		t.Helper()
		if len(have) != n {
			t.Errorf("%s: %v, want %d of them", what, have, n)
		}
	}

	run(130, true)
	want("one canary, the next waits for it", sung, 1)
	if len(asked) == 0 || len(dialled) == 0 || asked[0]-sung[0] > 10 || dialled[0]-sung[0] > 17 {
		t.Fatalf("sung %v, asked %v, dialled %v", sung, asked, dialled)
	}
	if late := v.LateMS(); late < 50_000 {
		t.Errorf("late by %d ms", late)
	}
	sung, asked, dialled = nil, nil, nil
	saved()
	run(1, true)
	if late := v.LateMS(); late != 0 {
		t.Errorf("still late by %d ms after it came back", late)
	}

	// Away: one canary at most waits, and nobody shakes a line that is known to be away.
	run(600, false)
	want("canaries while away", sung, 1)
	want("asked while away", asked, 0)
	if late := v.LateMS(); late != 0 {
		t.Errorf("late by %d ms while the line is away", late)
	}

	// A backlog that moves is not stuck, however long it takes.
	c.Seq += 100_000
	for range 100 {
		c.Up, c.Centre = c.Up+900, c.Centre+900
		run(5, true)
	}
	want("asked while it moves", asked, 0)

	// What has left this place is asked after, but a new connection would not help it.
	c.Up = c.Seq
	run(40, true)
	if len(asked) == 0 {
		t.Error("nobody asks after what is stuck in the hall")
	}
	want("dialled for what has left", dialled, 0)

	// With the centre away, what has left waits for the hall's line and not for ours.
	saved()
	c.Seq, c.Up = c.Seq+1, c.Seq+1
	asked = nil
	for range 60 {
		now += 1000
		if do := v.Look(now, own, []core.Chain{c}, true, false); do.Ask || v.LateMS() > 0 {
			t.Fatal("asked for what waits for the hall's line")
		}
	}

	// Work is as good as a canary.
	saved()
	sung = nil
	for range 20 {
		c.Seq++
		saved()
		run(30, true)
	}
	want("canaries while people work", sung, 0)
	var none core.Vigil
	none.AskMS, none.DialMS = 1, 1
	if do := none.Look(10_000_000, own, []core.Chain{{ID: own, Seq: 1, Centre: event.Seq(1)}}, true, true); do.Sing {
		t.Error("a canary that was switched off sings")
	}
}
