package apptest_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/sync/admit"
	"onewindow/sync/broker"
	"onewindow/sync/wire"
)

// Through keys and TLS a hall works as before; a revoked kiosk goes on alone, and
// what it noted meanwhile comes when it is admitted again.
func TestAHallWithKeys(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for role, name := range map[string]string{"kiosk": "k1", "counter": "c1", "board": "b1"} {
		apptest.Must(t, admit.Admit(g.data("hub"), g.entry(role, name)))
	}
	var told said
	k, c, b := g.terminal(config.Kiosk, "k1", told.log()), g.terminal(config.Counter, "c1", told.log()), g.terminal(config.Board, "b1", told.log())
	reached(t, k, c, b)
	p := issue(t, k, "A")
	saved := func() bool { return len(k.Store.Owing()) == 0 && len(g.hub.Store.Owing()) == 0 }
	apptest.Eventually(t, "ticket "+string(p.Number)+" is at the centre", saved)
	apptest.Must(t, admit.Revoke(g.data("hub"), "jiangnan/k1"))
	apptest.Eventually(t, "the revoked kiosk is cut off", func() bool { return !k.Machine.Hub.Line().Reached })
	issue(t, k, "A")
	if saved() {
		t.Error("what a revoked kiosk notes came to the hub")
	}
	if l := c.Machine.Hub.Line(); !l.Reached {
		t.Error("the counter lost its line too")
	}
	// A question to shared data reaches the hub, which lets nobody ask who is no clerk of its hall.
	if _, err := c.Machine.Hub.Shared(t.Context(), screen.SharedAsk{Purpose: intake.ForIntake, Clerk: "nobody"}); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("a question by nobody: %v", err)
	}
	apptest.Must(t, admit.Admit(g.data("hub"), g.entry("kiosk", "k1")))
	apptest.Eventually(t, "what was owed is at the centre", saved)
	if told.has("permissions violation") {
		t.Error("a terminal asks for more than it may")
	}
}

// A device speaks for itself only, also inside its frames.
func TestADeviceCannotSpeakForAnother(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for _, name := range []string{"k1", "k2"} {
		apptest.Must(t, admit.Admit(g.data("hub"), g.entry("kiosk", name)))
	}
	var told said
	victim := g.terminal(config.Kiosk, "k2", told.log(), func(s *config.Settings) { s.Hub = "" })
	issue(t, victim, "A")
	owed := victim.Store.Owing()[0]
	frame, ok, err := victim.Store.Batch(t.Context(), owed.Origin, owed.Epoch, 1, owed.Head, 100)
	if err != nil || !ok {
		t.Fatalf("a frame of k2: %v %v", ok, err)
	}
	_, err = folder.PublicKey(g.data("k1"))
	apptest.Must(t, err)
	key, err := folder.DeviceKey(g.data("k1"))
	apptest.Must(t, err)
	conn, err := broker.Dial(g.hub.Broker.URL(), broker.Device{Origin: "jiangnan/k1", Role: "kiosk", Key: key, Peer: g.key("hub"), Place: "hub"}, told.log())
	apptest.Must(t, err)
	defer conn.Close()
	apptest.Eventually(t, "k1 is connected", conn.IsConnected)

	// A true frame of k2, sent by k1: kept aside, and refused.
	m, err := conn.Request(wire.AskSubject("jiangnan", wire.VerbPush, "jiangnan/k1"), frame.Encode(), 5*time.Second)
	apptest.Must(t, err)
	var ack wire.Ack
	apptest.Must(t, json.Unmarshal(m.Data, &ack))
	if ack.Refuse == nil || !ack.Refuse.Is(event.DeviceUnknown) {
		t.Errorf("ack %+v", ack)
	}
	if n, err := g.hub.Store.Quarantined(t.Context()); err != nil || n != 1 {
		t.Errorf("%d frames in quarantine, %v", n, err)
	}
	// A beat in another's name, and an answer that would go to another, are not answered.
	beat := func(o event.Origin) []byte { b, _ := json.Marshal(wire.Beat{Origin: o, Role: "kiosk"}); return b }
	ask := wire.AskSubject("jiangnan", wire.VerbBeat, "jiangnan/k1")
	if _, err := conn.Request(ask, beat("jiangnan/k2"), time.Second); err == nil {
		t.Error("a beat for another device is answered")
	}
	own, err := g.hub.Broker.InProcess("watcher", told.log())
	apptest.Must(t, err)
	defer own.Close()
	for _, reply := range []string{"_INBOX.jiangnan.k2.x", wire.NewsSubject("jiangnan"), wire.AskSubject("jiangnan", wire.VerbPush, "jiangnan/k2")} {
		got := make(chan *nats.Msg, 10)
		sub, err := own.ChanSubscribe(reply, got)
		apptest.Must(t, err)
		apptest.Must(t, own.Flush())
		apptest.Must(t, conn.PublishRequest(ask, reply, beat("jiangnan/k1")))
		// The hub has handled the first when it answers the second.
		_, err = conn.Request(ask, beat("jiangnan/k1"), 5*time.Second)
		apptest.Must(t, err)
		apptest.Must(t, own.Flush())
		if len(got) > 0 {
			t.Errorf("the hub answered to %s", reply)
		}
		apptest.Must(t, sub.Unsubscribe())
	}
}
