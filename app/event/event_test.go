package event_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
)

func draw(t *rapid.T) event.Event {
	return event.Event{
		ID: event.ID{
			Origin: event.Origin(rapid.StringMatching(`[a-z0-9-]{1,18}/[a-z0-9-]{1,18}`).Draw(t, "origin")),
			Epoch:  event.Epoch(rapid.Uint64Range(1, 1<<63).Draw(t, "epoch")),
			Seq:    event.Seq(rapid.Uint64Range(1, 1<<40).Draw(t, "seq")),
		},
		At:      event.Stamp{MS: rapid.Int64Range(0, 1<<45).Draw(t, "ms"), Tick: rapid.Uint16().Draw(t, "tick")},
		Kind:    event.Kind(rapid.StringMatching(`[a-z.]{1,40}`).Draw(t, "kind")),
		Payload: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "payload"),
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t)
		b := e.Encode()
		got, err := event.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != e.ID || got.At != e.At || got.Kind != e.Kind || !bytes.Equal(got.Payload, e.Payload) {
			t.Fatalf("%+v, want %+v", got, e)
		}
		id, err := event.ParseID(e.ID.String())
		if err != nil || id != e.ID {
			t.Fatalf("id %v %v", id, err)
		}
	})
}

func TestOneEventHasOneEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := draw(t).Encode()
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		e, err := event.Decode(b)
		if err == nil && !bytes.Equal(e.Encode(), b) {
			t.Fatalf("two encodings of %s", e.ID)
		}
		if err != nil && !errors.Is(err, event.ErrMalformed) {
			t.Fatal(err)
		}
	})
}

func TestTornAndPaddedBytesAreRefused(t *testing.T) {
	e := event.Event{ID: event.ID{Origin: "jiangnan/k1", Epoch: 7, Seq: 300}, At: event.Stamp{MS: 1_795_485_600_000, Tick: 3}, Kind: "ticket.issued", Payload: []byte(`{"a":1}`)}
	b := e.Encode()
	for n := range b {
		if _, err := event.Decode(b[:n]); err == nil {
			t.Fatalf("cut at %d is accepted", n)
		}
	}
	if _, err := event.Decode(append(b, 0)); err == nil {
		t.Fatal("a byte behind the event is accepted")
	}
}

func TestAStampIsAlwaysLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := event.Stamp{MS: rapid.Int64Range(0, 100).Draw(t, "ms"), Tick: rapid.Uint16().Draw(t, "tick")}
		if next := s.After(rapid.Int64Range(-1000, 200).Draw(t, "now")); !s.Less(next) {
			t.Fatalf("%+v is not later than %+v", next, s)
		}
	})
}

func TestOrigins(t *testing.T) {
	for o, want := range map[event.Origin]bool{"jiangnan/k1": true, "district/centre": true, "": false, "k1": false, "/k1": false, "a/": false, "a/b/c": false,
		"Jiangnan/k1": false, "jiangnan/k 1": false, "a234567890123456789012345678901234567890/b": false} {
		if o.Valid() != want {
			t.Errorf("%q valid: %v", o, !want)
		}
	}
	if o := event.Origin("jiangnan/k1"); o.Hall() != "jiangnan" || o.Device() != "k1" {
		t.Errorf("%s and %s", o.Hall(), o.Device())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(event.Event{ID: event.ID{Origin: "a/b", Epoch: 1, Seq: 1}, Kind: "x"}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := event.Decode(b); err == nil && !bytes.Equal(e.Encode(), b) {
			t.Fatal("two encodings")
		}
	})
}

// Of each life of a device the newest id stays, in whatever order they come.
func TestTheNewestOfEachLife(t *testing.T) {
	ids := []event.ID{{Origin: "h/c1", Epoch: 2, Seq: 1}, {Origin: "h/c1", Epoch: 1, Seq: 7}, {Origin: "h/c1", Epoch: 1, Seq: 9}, {Origin: "h/a", Epoch: 5, Seq: 3}, {Origin: "h/c1", Epoch: 1, Seq: 8}}
	want := []event.ID{ids[3], ids[2], ids[0]}
	rapid.Check(t, func(t *rapid.T) {
		var got []event.ID
		for _, id := range append(rapid.Permutation(ids).Draw(t, "order"), rapid.SampledFrom(ids).Draw(t, "again")) {
			got = event.Newest(got, id)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
