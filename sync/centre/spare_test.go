package centre_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/sync/centre"
	"onewindow/sync/wire"
)

// TestAHallWithTwoHubsHasOneThatSpeaks shows who leads and whether the spare is ready; the
// one that stands by changes nothing of what the leading one told.
func TestAHallWithTwoHubsHasOneThatSpeaks(t *testing.T) {
	b := start(t, newLog(), district)
	beat := func(hub, leads, spare string, owes int) {
		t.Helper()
		one := hubBeat("jiangnan")
		one.Origin, one.Leads, one.Spare, one.HallOnly = event.Origin("jiangnan/"+hub), leads, spare, owes
		if err := b.Hear(one); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what          string
		tell          func()
		hub, spare    string
		owes          int
		needs         bool
		zh, en, never string
	}{
		{"the first leads", func() { beat("hub", wire.HubLeads, wire.SpareReady, 3) }, "hub", "ready", 3, false, "主持：hub · 备机就绪", "led by hub · spare ready", "why"},
		{"the second stands by", func() { beat("hub2", wire.HubStands, wire.SpareReady, 9) }, "hub", "ready", 3, false, "备机就绪", "spare ready", "hub2"},
		{"the second takes over", func() { beat("hub2", wire.HubLeads, wire.SpareAway, 1) }, "hub2", "away", 1, true, "备机（hub）不在", "the spare hub (hub) is away", "spare ready"},
		{"the second leads no more", func() { beat("hub2", wire.HubStands, wire.SpareAway, 2) }, "", "away", 2, false, "都未取得主持权", "no hub leads, no calls", "led by"},
		{"the first is back", func() {
			beat("hub", wire.HubStands, wire.SpareReady, 7)
			beat("hub2", wire.HubLeads, wire.SpareReady, 0)
		}, "hub2", "ready", 0, false, "备机就绪", "led by hub2", "away"},
	} {
		b.pass(3 * time.Second) // a page is made anew every two
		c.tell()
		s := b.state(t)
		h := find(t, s, "jiangnan")
		if h.Hub != c.hub || h.Spare != c.spare || h.Unsaved.InHall != c.owes {
			t.Errorf("%s: led by %q, spare %q, %d owed", c.what, h.Hub, h.Spare, h.Unsaved.InHall)
		}
		if slices.Contains(keys(s), centre.ReasonSpareAway) != c.needs {
			t.Errorf("%s: reasons %v", c.what, keys(s))
		}
		for path, want := range map[string]string{"/": c.zh, "/?lang=en": c.en} {
			_, _, body := b.fetch(t, path)
			if !strings.Contains(body, want) || path != "/" && strings.Contains(body, c.never) {
				t.Errorf("%s: %s does not say %q, or says %q", c.what, path, want, c.never)
			}
			wellMade(t, path, body)
		}
	}
}
