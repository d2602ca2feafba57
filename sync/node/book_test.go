package node_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/apptest"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// question asks a hub something as a device, and reads the answer.
func question(t *testing.T, conn *nats.Conn, verb wire.Verb, from event.Origin, ask, answer any) {
	t.Helper()
	body, err := json.Marshal(ask)
	apptest.Must(t, err)
	m, err := conn.Request(wire.AskSubject("jiangnan", verb, from), body, 10*time.Second)
	apptest.Must(t, err)
	apptest.Must(t, json.Unmarshal(m.Data, answer))
}

// A kiosk is lent keys of cards, of days that are not over and of its own hall, and no other key
// that a hub has; nor may it name an appointment as other systems' are, or know half a number.
func TestWhatAKioskIsLent(t *testing.T) {
	k1 := devices[slices.IndexFunc(devices, func(d device) bool { return d.origin == "jiangnan/k1" })]
	w := open(t, k1)
	hub := w.hubs["jiangnan"]
	conn := w.dial(t, k1, "jiangnan", quiet)
	connected(t, conn)
	today := hall.DateOf(hub.Store.Now())
	own := wire.CardKey("jiangnan/hub", string(today))
	names := []string{own, "marks:jiangnan", "case", wire.CardKey("jiangnan/hub", "2026-01-05"), wire.CardKey("jiangbei/hub", string(today)), wire.CardKey("jiangnan/k1", string(today)), "card:" + string(today), "card:"}
	for _, name := range names {
		_, err := hub.Keys.New(name, hub.Store.Now())
		apptest.Must(t, err)
	}
	var lent []wire.CaseKey
	question(t, conn, wire.VerbLend, k1.origin, names, &lent)
	if len(lent) != 1 || lent[0].Case != own || len(lent[0].Key) == 0 {
		t.Errorf("lent: %v", lent)
	}
	apptest.Must(t, hub.Keys.Erase(t.Context(), []string{own}, "test", "over", hub.Store.Now()))
	question(t, conn, wire.VerbLend, k1.origin, names, &lent)
	if len(lent) != 0 {
		t.Errorf("a destroyed key is lent: %v", lent)
	}
	slot := hub.Store.Now() + 24*time.Hour.Milliseconds()
	for name, c := range map[string]struct {
		ask  hall.Book
		want *event.Refusal
	}{
		"a name of another system's":   {hall.Book{Appointment: "a", Reference: "r", Service: "B", SlotMS: slot, Number: "13800000001", Day: hall.Day{Sessions: [][2]int64{{1, 2}}}}, event.RequestUnusable},
		"half a number":                {hall.Book{Appointment: "a", Service: "B", SlotMS: slot, Number: "0001", Day: hall.Day{Sessions: [][2]int64{{1, 2}}}}, event.FieldMissing},
		"no card's number":             {hall.Book{Appointment: "a", Service: "B", SlotMS: slot, Identity: "990108200009077550", Day: hall.Day{Sessions: [][2]int64{{1, 2}}}}, event.IdentityWrong},
		"a card in three weeks":        {hall.Book{Appointment: "a", Service: "B", SlotMS: slot + 21*24*time.Hour.Milliseconds(), Identity: "99010820000907755X", Day: hall.Day{Sessions: [][2]int64{{1, 2}}}}, event.SlotTaken},
		"a card on a day that is over": {hall.Book{Appointment: "a", Service: "B", SlotMS: slot - 48*time.Hour.Milliseconds(), Identity: "99010820000907755X", Day: hall.Day{Sessions: [][2]int64{{1, 2}}}}, event.SlotTaken},
	} {
		var g wire.Grant
		apptest.Eventually(t, "the hub is ready", func() bool {
			question(t, conn, wire.VerbBook, k1.origin, c.ask, &g)
			return g.Refuse == nil || g.Refuse.Code != event.HubGathers.Code
		})
		if g.Refuse == nil || g.Refuse.Code != c.want.Code {
			t.Errorf("%s: %v", name, g.Refuse)
		}
	}
	if names, err := hub.Keys.Between(t.Context(), wire.CardKeyPrefix, wire.CardKeyPrefix+"3"); err != nil || slices.ContainsFunc(names, func(n string) bool { return n > own && n[:len("card:2026-11-25")] != own[:len("card:2026-11-25")] }) {
		t.Errorf("keys were drawn for days that nobody can book: %v %v", names, err)
	}
}
