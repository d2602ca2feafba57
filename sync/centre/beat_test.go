package centre_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/centre"
	"onewindow/sync/wire"
)

// hubBeat is a beat of a hub with these terminals below it.
func hubBeat(id string, below ...wire.Heard) wire.Beat {
	return wire.Beat{Origin: event.Origin(id + "/hub"), Role: centre.RoleHub, Program: "0.1.0", Below: below}
}

func find(t *testing.T, s centre.State, id hall.ID) centre.HallState {
	t.Helper()
	at := slices.IndexFunc(s.Halls, func(h centre.HallState) bool { return h.ID == id })
	if at < 0 {
		t.Fatalf("hall %s is not shown", id)
	}
	return s.Halls[at]
}

func device(t *testing.T, h centre.HallState, o event.Origin) centre.Terminal {
	t.Helper()
	at := slices.IndexFunc(h.Terminals, func(d centre.Terminal) bool { return d.Origin == o })
	if at < 0 {
		t.Fatalf("terminal %s is not shown", o)
	}
	return h.Terminals[at]
}

func keys(s centre.State) []string {
	out := []string{}
	for _, r := range s.Reasons {
		out = append(out, r.Key)
	}
	return out
}

func TestABeatIsAnsweredWithTheCentresClock(t *testing.T) {
	b := start(t, newLog(), district)
	// What is no beat changes nothing and gets no answer; the next beat does.
	for _, bad := range []string{"{", `{"origin":"Jiangnan"}`, `{"origin":"","role":"hub"}`, `{"origin":"jiangbei/hub","role":"hub"}`} {
		if err := b.conn.Publish(wire.AskSubject(wire.Centre, wire.VerbBeat, "jiangnan/hub"), []byte(bad)); err != nil {
			t.Fatal(err)
		}
	}
	r := b.beat(t, hubBeat("jiangnan"))
	if r.TimeMS != at("10:42") || !r.CentreReached {
		t.Errorf("answer %+v", r)
	}
	if s := b.state(t); len(s.Halls) != 1 || s.Halls[0].ID != "jiangnan" || s.Halls[0].Link != centre.Reached {
		t.Errorf("halls %+v", s.Halls)
	}
}

func TestASilentHubIsSilentSinceItsLastBeat(t *testing.T) {
	b := start(t, newLog(), district)
	owing := hubBeat("jiangbei", terminal("jiangbei/k1", "kiosk", 0, func(w *wire.Beat) { w.HereOnly, w.OldestMS = 3, at("10:40") }))
	owing.HereOnly, owing.OldestMS = 12, at("10:30")
	b.beat(t, owing)
	b.pass(59 * time.Second)
	if h := find(t, b.state(t), "jiangbei"); h.Link != centre.Reached || h.SilentSinceMS != 0 || !h.Unsaved.Known {
		t.Fatalf("after 59 s: %+v", h)
	}
	b.pass(2 * time.Second)
	s := b.state(t)
	h := find(t, s, "jiangbei")
	if h.Link != centre.Silent || h.SilentSinceMS != at("10:42") || h.HeardMS != at("10:42") {
		t.Errorf("after 61 s: link %s since %d", h.Link, h.SilentSinceMS)
	}
	if u := h.Unsaved; u.Known || u.OnTerminals != 3 || u.InHall != 12 || u.AsOfMS != at("10:42") {
		t.Errorf("what a silent hall owes must be its last word and not called known: %+v", u)
	}
	if got := s.Unsaved; got != (centre.Debt{UnknownHalls: 1}) {
		t.Errorf("the district counts what it does not know: %+v", got)
	}
	if s.Verdict != centre.Alarm || !slices.Equal(keys(s), []string{centre.ReasonHallSilent}) {
		t.Errorf("verdict %s for %v", s.Verdict, keys(s))
	}
	if d := device(t, h, "jiangbei/k1"); d.Presence != centre.TerminalUnknown || len(d.Needs) > 0 {
		t.Errorf("a terminal of a silent hall is %s, needs %v", d.Presence, d.Needs)
	}
	// A beat of its own: the hub stamped it later than the first.
	b.beat(t, hubBeat("jiangbei", terminal("jiangbei/k1", "kiosk", -time.Second, nil)))
	if s := b.state(t); s.Verdict != centre.Well || s.Unsaved != (centre.Debt{}) {
		t.Errorf("after the hall is back: %s, %v, %+v", s.Verdict, keys(s), s.Unsaved)
	}
}

func TestAHallThatNeverBeatIsAwaitedAndThenSilent(t *testing.T) {
	l := newLog()
	l.open(t, "jiangnan/w-b01", "B01", "B", at("08:30"))
	l.ticket(t, "jiangnan/k1", "B", 1, at("10:00"))
	b := start(t, l, district)
	s := b.state(t)
	if h := find(t, s, "jiangnan"); h.Link != centre.Awaited || s.Verdict != centre.Well || h.Unsaved.Known || s.Unsaved.UnknownHalls != 1 {
		t.Errorf("at the start: %s, %s, %+v", h.Link, s.Verdict, h.Unsaved)
	}
	b.pass(61 * time.Second)
	s = b.state(t)
	if h := find(t, s, "jiangnan"); h.Link != centre.Silent || h.SilentSinceMS != at("10:42") || h.HeardMS != 0 || s.Verdict != centre.Alarm {
		t.Errorf("later: %s since %d, %s", h.Link, h.SilentSinceMS, s.Verdict)
	}
	if len(s.NotConnected) != 2 || s.NotConnected[0].ID != "jiangbei" {
		t.Errorf("halls that nothing was heard of: %+v", s.NotConnected)
	}
}

func TestOneRecordIsOwedOnce(t *testing.T) {
	b := start(t, newLog(), district)
	// Seven events: two on the counter only, five that the hub holds; the
	// counter tells of the five too, because it knows that the centre has not confirmed them.
	beat := hubBeat("jiangnan", terminal("jiangnan/w-b01", "counter", 0, func(w *wire.Beat) { w.HereOnly, w.HallOnly, w.OldestMS = 2, 5, at("10:20") }))
	beat.HereOnly, beat.OldestMS = 5, at("10:21")
	b.beat(t, beat)
	b.beat(t, hubBeat("jiangbei"))
	s := b.state(t)
	if want := (centre.Debt{OnTerminals: 2, InHalls: 5, OldestMS: at("10:20")}); s.Unsaved != want {
		t.Errorf("owed %+v, want %+v", s.Unsaved, want)
	}
	if !slices.Equal(keys(s), []string{centre.ReasonUnsavedLong}) || s.Reasons[0].Count != 7 || s.Reasons[0].SinceMS != at("10:20") {
		t.Errorf("reasons %+v", s.Reasons)
	}
	if d := device(t, find(t, s, "jiangnan"), "jiangnan/w-b01"); !slices.Equal(d.Needs, []string{"owes"}) {
		t.Errorf("needs %v", d.Needs)
	}
}

func TestWhatIsOnItsWayIsNoReason(t *testing.T) {
	b := start(t, newLog(), district)
	beat := hubBeat("jiangnan", terminal("jiangnan/w-b01", "counter", 0, func(w *wire.Beat) { w.HereOnly, w.OldestMS = 2, at("10:41:58") }))
	b.beat(t, beat)
	if s := b.state(t); s.Verdict != centre.Well || s.Unsaved.OnTerminals != 2 {
		t.Errorf("%s %v %+v", s.Verdict, keys(s), s.Unsaved)
	}
}

func TestATerminalIsSilentWhenItsHubOnlyRepeatsItsBeat(t *testing.T) {
	l := newLog()
	l.open(t, "jiangnan/w-b01", "B01", "B", at("08:30"))
	b := start(t, l, district)
	// This hub's clock is a year slow: only the change of its stamps counts.
	const slow = 365 * 24 * time.Hour
	b.beat(t, hubBeat("jiangnan", terminal("jiangnan/k1", "kiosk", slow, nil), terminal("jiangnan/w-b01", "counter", slow, nil), terminal("jiangnan/w-b02", "counter", slow, nil)))
	k1 := func(n time.Duration) wire.Heard { return terminal("jiangnan/k1", "kiosk", slow-n*5*time.Second, nil) }
	b1 := terminal("jiangnan/w-b01", "counter", slow-5*time.Second, func(w *wire.Beat) { w.HereOnly = 4 })
	b2 := terminal("jiangnan/w-b02", "counter", slow-5*time.Second, nil)
	for n := time.Duration(1); n < 20; n++ {
		b.pass(5 * time.Second)
		b.beat(t, hubBeat("jiangnan", k1(n), b1, b2))
	}
	s := b.state(t)
	h := find(t, s, "jiangnan")
	for o, want := range map[event.Origin]centre.Presence{"jiangnan/k1": centre.TerminalHeard, "jiangnan/w-b01": centre.TerminalSilent, "jiangnan/w-b02": centre.TerminalSilent} {
		if d := device(t, h, o); d.Presence != want {
			t.Errorf("%s is %s, want %s", o, d.Presence, want)
		}
	}
	if d := device(t, h, "jiangnan/w-b01"); d.HeardMS != at("10:42:05") || !slices.Equal(d.Needs, []string{"silent"}) {
		t.Errorf("w-b01 heard at %s, needs %v", hall.ClockOf(d.HeardMS), d.Needs)
	}
	// Nobody has to run to a counter that was switched off with its window closed.
	if d := device(t, h, "jiangnan/w-b02"); len(d.Needs) > 0 {
		t.Errorf("w-b02 needs %v", d.Needs)
	}
	if u := h.Unsaved; u.OnTerminals != 0 || u.SilentTerminals != 2 || u.LastReported != 4 || s.Unsaved.UnknownTerminals != 2 {
		t.Errorf("owed %+v, district %+v", u, s.Unsaved)
	}
	if !slices.Equal(keys(s), []string{centre.ReasonTerminalsSilent}) || !slices.Equal(s.Reasons[0].Names, []string{"w-b01"}) {
		t.Errorf("reasons %+v", s.Reasons)
	}
}

func TestATerminalThatWasLongSilentIsSoAtTheFirstBeat(t *testing.T) {
	b := start(t, newLog(), district)
	b.beat(t, hubBeat("jiangnan", terminal("jiangnan/k1", "kiosk", 2*time.Hour, nil)))
	d := device(t, find(t, b.state(t), "jiangnan"), "jiangnan/k1")
	if d.Presence != centre.TerminalSilent || hall.ClockOf(d.HeardMS) != "08:41" && hall.ClockOf(d.HeardMS) != "08:42" {
		t.Errorf("%s, heard at %s", d.Presence, hall.ClockOf(d.HeardMS))
	}
}

func TestAHubSpeaksOnlyForItsHall(t *testing.T) {
	b := start(t, newLog(), district)
	b.beat(t, hubBeat("jiangnan", terminal("jiangbei/k1", "kiosk", 0, nil), terminal("jiangnan/hub", centre.RoleHub, 0, nil),
		wire.Heard{Beat: wire.Beat{Origin: "no place", Role: "kiosk"}, AtMS: 1}, terminal("jiangnan/k1", "kiosk", 0, nil)))
	s := b.state(t)
	if len(s.Halls) != 1 || len(s.Halls[0].Terminals) != 1 || s.Halls[0].Terminals[0].Origin != "jiangnan/k1" {
		t.Errorf("halls %+v", s.Halls)
	}
}

func TestATerminalWithoutAHubIsHeardAtTheCentre(t *testing.T) {
	b := start(t, newLog(), district)
	b.beat(t, wire.Beat{Origin: "jiangnan/k1", Role: "kiosk", HereOnly: 6, OldestMS: at("10:00")})
	b.pass(61 * time.Second)
	b.beat(t, wire.Beat{Origin: "jiangnan/k1", Role: "kiosk", HereOnly: 8, OldestMS: at("10:00")})
	h := find(t, b.state(t), "jiangnan")
	if d := device(t, h, "jiangnan/k1"); h.Link != centre.Silent || d.Presence != centre.TerminalHeard || d.HereOnly != 8 {
		t.Errorf("hall %s, terminal %+v", h.Link, d)
	}
}

func TestDevicesOfTheLogThatNobodyHeard(t *testing.T) {
	l := newLog()
	l.note(t, "jiangnan/k1", hall.KindDevice, at("08:00"), hall.Device{Role: "kiosk", Program: "0.1.0", Series: 1})
	l.note(t, "jiangnan/hub", hall.KindDevice, at("08:00"), hall.Device{Role: centre.RoleHub})
	b := start(t, l, district)
	b.beat(t, hubBeat("jiangnan"))
	h := find(t, b.state(t), "jiangnan")
	if len(h.Terminals) != 1 || h.Terminals[0].Presence != centre.TerminalUnheard || h.Terminals[0].HeardMS != 0 || h.Unsaved.SilentTerminals != 1 {
		t.Errorf("terminals %+v", h.Terminals)
	}
}

func TestASteppedWallClockMakesNobodySilent(t *testing.T) {
	b := start(t, newLog(), district)
	b.beat(t, hubBeat("jiangnan", terminal("jiangnan/k1", "kiosk", 0, nil)))
	b.now.Add(int64(9 * time.Hour / time.Millisecond))
	if s := b.state(t); s.Verdict != centre.Well {
		t.Errorf("%s: %v", s.Verdict, keys(s))
	}
}

func TestBeatsAndSurveysTogether(t *testing.T) {
	l := newLog()
	l.morning(t, "jiangnan", areas, 200, 3)
	b := start(t, l, district)
	var both sync.WaitGroup
	for worker := range 4 {
		both.Go(func() {
			for n := range 25 {
				o := event.Origin(fmt.Sprintf("jiangnan/k%d", n%9))
				if err := b.Hear(hubBeat("jiangnan", terminal(o, "kiosk", -time.Duration(worker*25+n)*time.Millisecond, nil))); err != nil {
					t.Error(err)
				}
				if s := b.Survey(t.Context()); s.Halls[0].Link != centre.Reached {
					t.Error("a hall that beats is reached")
				}
			}
		})
	}
	both.Wait()
	if h := find(t, b.Survey(t.Context()), "jiangnan"); len(h.Terminals) != 9 {
		t.Errorf("%d terminals", len(h.Terminals))
	}
}

func TestStartWantsAllItNeeds(t *testing.T) {
	if _, err := centre.Start(centre.Options{}); err == nil {
		t.Error("a centre without connection, log and clock started")
	}
}
