package centre_test

import (
	"encoding/json"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// TestAHubComparesItsOwnHallAlone lets a hub ask for another hall's events, offer one,
// and ask for more than an answer holds: none of it reaches the log, and the question
// behind them is answered.
func TestAHubComparesItsOwnHallAlone(t *testing.T) {
	l := newLog()
	b := start(t, l, district)
	subject := wire.AskSubject(wire.Centre, wire.VerbCheck, "jiangnan/hub")
	for _, bad := range []wire.CheckAsk{
		{Origin: "jiangbei/k1", Epoch: 7, From: 1, Upto: 1},
		{Origin: "jiangbei/k1", Epoch: 7},
		{Origin: "jiangbei/k1", Epoch: 7, From: 1, Upto: 1, Body: []byte("x")},
		{Origin: "district/centre", Epoch: 7, From: 1, Upto: 1},
		{Origin: "jiangnan/k1", From: 1, Upto: 1},
		{Origin: "jiangnan/k1", Epoch: 7, From: 2, Upto: 1},
		{Origin: "jiangnan/k1", Epoch: 7, From: 1, Upto: 1_000_000},
		{Origin: "jiangnan/k1", Epoch: 7, From: 1, Upto: 1_000_000, Span: 1},
	} {
		body, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.conn.PublishRequest(subject, wire.InboxPrefix("jiangnan/hub")+".bad", body); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.conn.PublishRequest(subject, wire.InboxPrefix("jiangnan/hub")+".bad", []byte("{")); err != nil {
		t.Fatal(err)
	}
	good := wire.CheckAsk{Origin: "jiangnan/k1", Epoch: 7, From: 1, Upto: 1_000_000, Span: 32_768}
	body, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	inbox := wire.InboxPrefix("jiangnan/hub") + ".good"
	answers, err := b.conn.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.conn.PublishRequest(subject, inbox, body); err != nil {
		t.Fatal(err)
	}
	if _, err := answers.NextMsg(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if asked := l.checkedOrigins(); len(asked) != 1 || asked[0] != event.Origin("jiangnan/k1") {
		t.Errorf("the log was asked about %v", asked)
	}
}
