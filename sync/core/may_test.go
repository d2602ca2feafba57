package core_test

import (
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

func body(o event.Origin, epoch event.Epoch, seq event.Seq, kind event.Kind, payload []byte) []byte {
	return event.Event{ID: event.ID{Origin: o, Epoch: epoch, Seq: seq}, At: event.Stamp{MS: int64(seq)}, Kind: kind, Payload: payload}.Encode()
}

// A chain that a device of a role has begun brings an event of a kind: what it may not note is kept with its
// fault, whether it comes by a push or by a feed, and its chain goes on.
func TestWhoMayNoteWhat(t *testing.T) {
	const c1, k1, h1, centre = event.Origin("jiangnan/c1"), event.Origin("jiangnan/k1"), event.Origin("jiangnan/hub"), event.Origin("district/centre")
	wrapped := func(inner event.Kind, of event.Origin, epoch event.Epoch) (event.Kind, []byte) {
		e := event.Event{ID: event.ID{Origin: of, Epoch: epoch, Seq: 9}, At: event.Stamp{MS: 1}, Kind: inner, Payload: []byte("{}")}
		return e.Carry(e.Encode())
	}
	plain := func(kind event.Kind) func() (event.Kind, []byte) {
		return func() (event.Kind, []byte) { return kind, []byte("{}") }
	}
	carried := func(kind event.Kind, of event.Origin, epoch event.Epoch) func() (event.Kind, []byte) {
		return func() (event.Kind, []byte) { return wrapped(kind, of, epoch) }
	}
	for _, w := range []struct {
		by   event.Origin
		role string
		note func() (event.Kind, []byte)
		may  bool
	}{
		{k1, "kiosk", plain("rating.given"), true}, {k1, "kiosk", plain("rating.answered"), false}, {k1, "kiosk", plain("rating.checked"), false},
		{k1, "kiosk", plain("rating.opened"), false}, {k1, "kiosk", plain("application.taken"), false}, {k1, "board", plain("disclosure.answered"), false},
		{k1, "kiosk", plain("clerk.admitted"), false}, {k1, "kiosk", plain("question.left"), true}, {k1, "kiosk", plain("rating.teleported"), true},
		{k1, "kiosk", plain(hall.KindIssued), true}, {k1, "kiosk", plain(hall.KindReprinted), true}, {k1, "kiosk", plain(hall.KindCancelled), true}, {k1, "kiosk", plain(hall.KindCameBack), true}, {k1, "kiosk", plain(hall.KindMerged), true},
		{k1, "kiosk", plain(hall.KindUnbooked), true}, {k1, "kiosk", plain(hall.KindHelpAsked), true}, {k1, "kiosk", plain(hall.KindBlockVoided), true}, {k1, "kiosk", plain(hall.KindOffline), true}, {k1, "board", plain(hall.KindOffline), true},
		{k1, "kiosk", plain(hall.KindWindowOpened), false}, {k1, "board", plain(hall.KindWindowClosed), false}, {k1, "kiosk", plain(hall.KindPaused), false}, {k1, "kiosk", plain(hall.KindUnpaused), false}, {k1, "kiosk", plain(hall.KindHelpAnswered), false},
		{k1, "board", plain(hall.KindNoticePosted), false}, {k1, "kiosk", plain(hall.KindAdmitted), false}, {k1, "kiosk", plain(hall.KindStarted), false}, {k1, "kiosk", plain(hall.KindFinished), false}, {k1, "kiosk", plain(hall.KindWithdrawn), false},
		{k1, "kiosk", plain("scan.attached"), false}, {k1, "kiosk", plain("amendment.checked"), false}, {c1, "counter", plain(hall.KindWindowOpened), true}, {c1, "counter", plain(hall.KindPaused), true}, {c1, "counter", plain(hall.KindFinished), true},
		{c1, "counter", plain("rating.answered"), true}, {c1, "counter", plain("application.taken"), true}, {c1, "counter", plain("application.deemed"), false},
		{c1, "counter", plain("application.overdue"), false}, {c1, "counter", plain("shared.given"), false},
		{k1, "kiosk", plain(hall.KindSkipped), false}, {c1, "counter", plain(hall.KindSkipped), false}, {c1, "counter", plain(hall.KindCalled), false}, {k1, "kiosk", plain(hall.KindBlockLeased), false},
		{c1, "counter", plain(hall.KindCarried), false}, {k1, "hub", plain(hall.KindBooked), false},
		{h1, "hub", plain("application.deemed"), true}, {h1, "hub", plain("application.decided"), true}, {centre, "centre", plain("application.decided"), true},
		// What a device noted in an earlier life is its own; of another one only a hub brings it.
		{c1, "counter", carried("rating.answered", c1, 3), true}, {k1, "kiosk", carried("rating.answered", k1, 3), false}, {k1, "kiosk", carried("rating.answered", c1, 3), false},
		{k1, "kiosk", carried("rating.given", c1, 3), false}, {h1, "hub", carried("rating.answered", c1, 3), true}, {h1, "hub", carried(hall.KindSkipped, k1, 3), false},
	} {
		kind, payload := w.note()
		first := body(w.by, 5, 1, hall.KindDevice, hall.Payload(hall.Device{Role: w.role, Key: make([]byte, 32)}))
		second := body(w.by, 5, 2, kind, payload)
		place := core.NewNode("jiangnan/hub2", nil, 7, 0, "2026-11-24")
		tx := place.Begin(noDisk{}, func() int64 { return 1 }, nil)
		ack, err := tx.Accept(wire.Push{Origin: w.by, Epoch: 5, From: 1, Bodies: [][]byte{first, second}})
		if err != nil || ack.Upto != 2 || len(tx.Rows) != 2 {
			t.Fatalf("%s of %s: %+v, %v", kind, w.by, ack, err)
		}
		fault := tx.Rows[1].Fault
		if strings.Contains(fault, "may not") == w.may {
			t.Errorf("%s (%s) notes %s: %q", w.by, w.role, kind, fault)
		}
		told := core.NewNode("jiangnan/c9", nil, 8, 0, "2026-11-24")
		feed := told.Begin(noDisk{}, func() int64 { return 1 }, nil)
		for _, b := range [][]byte{first, second} {
			if err := feed.Take(b); err != nil {
				t.Fatal(err)
			}
		}
		if feed.Passed[1].Fault != fault {
			t.Errorf("%s of %s: %q by a push and %q by a feed", kind, w.by, fault, feed.Passed[1].Fault)
		}
	}
}

// A device that is admitted as a kiosk begins no chain as something else.
func TestNobodyPretends(t *testing.T) {
	for _, w := range []struct {
		admitted, says string
		kind           event.Kind
		taken          bool
	}{
		{"kiosk", "kiosk", hall.KindDevice, true}, {"kiosk", "counter", hall.KindDevice, false}, {"kiosk", "", "help.asked", false}, {"board", "hub", hall.KindDevice, false},
		{"counter", "counter", hall.KindDevice, true}, {"", "counter", hall.KindDevice, true}, {"counter", "kiosk", hall.KindDevice, true},
	} {
		place := core.NewNode("jiangnan/hub", nil, 7, 0, "2026-11-24")
		place.RoleOf = func(event.Origin) string { return w.admitted }
		tx := place.Begin(noDisk{}, func() int64 { return 1 }, nil)
		first := body("jiangnan/k1", 5, 1, w.kind, hall.Payload(hall.Device{Role: w.says, Key: make([]byte, 32)}))
		ack, err := tx.Accept(wire.Push{Origin: "jiangnan/k1", Epoch: 5, From: 1, Bodies: [][]byte{first}})
		if err != nil || (ack.Refuse == nil) != w.taken || len(tx.Aside) == 1 == w.taken {
			t.Errorf("admitted as %q it says %q: %v, %d kept aside, %v", w.admitted, w.says, ack.Refuse, len(tx.Aside), err)
		}
	}
}
