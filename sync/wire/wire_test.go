package wire_test

import (
	"crypto/ed25519"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

func bodies(t *rapid.T) [][]byte {
	return rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 60), 1, 20).Draw(t, "bodies")
}

func TestFramesAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := wire.Push{Origin: "jiangnan/k1", Epoch: event.Epoch(rapid.Uint64Min(1).Draw(t, "epoch")), From: event.Seq(rapid.Uint64Range(1, 1<<50).Draw(t, "from")),
			Prev: event.Sum(rapid.SliceOf(rapid.Byte()).Draw(t, "prev")), Bodies: bodies(t), Sig: rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "sig")}
		got, err := wire.DecodePush(p.Encode())
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Fatalf("%+v %v", got, err)
		}
		f := wire.Feed{Epoch: p.Epoch, From: 5, Upto: rapid.Int64Range(5, 1<<40).Draw(t, "upto"), Bodies: p.Bodies, Marks: []wire.Mark{{Origin: "a/b", Epoch: 3, Seq: 9}},
			Since: rapid.SampledFrom([]string{"", "2026-11-24"}).Draw(t, "since")}
		back, err := wire.DecodeFeed(f.Encode())
		if err != nil || !reflect.DeepEqual(back, f) {
			t.Fatalf("%+v %v", back, err)
		}
		b := f.Encode()
		b[rapid.IntRange(0, len(b)-1).Draw(t, "where")] ^= byte(rapid.IntRange(1, 255).Draw(t, "what"))
		if _, err := wire.DecodeFeed(b); !errors.Is(err, wire.ErrFrame) {
			t.Fatalf("a changed feed: %v", err)
		}
		b = p.Encode()
		if _, err := wire.DecodePush(b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")]); !errors.Is(err, wire.ErrFrame) {
			t.Fatalf("a cut frame: %v", err)
		}
	})
}

func TestAHeadIsSignedForItsPlaceInTheChain(t *testing.T) {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	head := event.Sum([]byte("x"))
	sig := wire.SignHead(key, "jiangnan/k1", 7, 9, head)
	if !wire.CheckHead(pub, "jiangnan/k1", 7, 9, head, sig) {
		t.Fatal("the true head is refused")
	}
	other := event.Sum([]byte("y"))
	for name, ok := range map[string]bool{
		"origin": wire.CheckHead(pub, "jiangnan/k2", 7, 9, head, sig), "epoch": wire.CheckHead(pub, "jiangnan/k1", 8, 9, head, sig),
		"number": wire.CheckHead(pub, "jiangnan/k1", 7, 8, head, sig), "head": wire.CheckHead(pub, "jiangnan/k1", 7, 9, other, sig),
		"no key": wire.CheckHead(nil, "jiangnan/k1", 7, 9, head, sig),
	} {
		if ok {
			t.Errorf("another %s is accepted", name)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(wire.Push{Origin: "a/b", Epoch: 1, From: 1, Bodies: [][]byte{{1}}}.Encode())
	f.Add(wire.Feed{Epoch: 1, Upto: 3, Bodies: [][]byte{{1}}}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := wire.DecodePush(b); err == nil && len(p.Bodies) == 0 {
			t.Fatal("a push of nothing")
		}
		if f, err := wire.DecodeFeed(b); err == nil && f.Upto < f.From {
			t.Fatal("a feed that goes back")
		}
	})
}
