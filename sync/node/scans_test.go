package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/intake"
	"onewindow/app/sealed"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// A hub takes what an event of its hall announces, and nothing else; it gives a chunk to its own hall, and takes
// none of a case that was erased.
func TestAHubTakesWhatAnEventAnnouncesAlone(t *testing.T) {
	h, err := OpenHub(Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Open: true, Hall: "jiangnan", Logger: slog.New(slog.DiscardHandler), BackupEvery: -1, Gather: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	s := intake.Scan{Application: "case-1", Scan: "s1", Use: intake.UseScan, Type: intake.PDF, AtMS: 1}
	shut, err := s.SealContent([]byte("%PDF"), "", sealed.Key{}, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	for kind, fact := range map[event.Kind]any{
		intake.KindTaken:    intake.Taken{Application: "case-1", Number: "JN-1", Hall: "jiangnan", Item: "x", State: intake.Accepted, Request: "r", AtMS: 1},
		intake.KindAttached: s,
	} {
		if err := h.Store.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(kind, fact); return err }); err != nil {
			t.Fatal(err)
		}
	}
	lack := func(from event.Origin, o wire.ScanOffer) wire.ScanLack {
		t.Helper()
		got, err := h.lacks(t.Context(), from, o)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	good := wire.ScanOffer{Scan: "s1", Application: "case-1", Sums: shut.Sums}
	for what, c := range map[string]struct {
		from  event.Origin
		offer wire.ScanOffer
		want  *event.Refusal
	}{
		"another hall's counter":  {"jiangbei/c1", good, event.CaseUnknown},
		"an unknown case":         {"jiangnan/c1", wire.ScanOffer{Scan: "s1", Application: "case-2", Sums: shut.Sums}, event.CaseUnknown},
		"a scan nobody noted":     {"jiangnan/c1", wire.ScanOffer{Scan: "s2", Application: "case-1", Sums: shut.Sums}, event.CaseUnknown},
		"other sums":              {"jiangnan/c1", wire.ScanOffer{Scan: "s1", Application: "case-1", Sums: make([]byte, 32)}, event.ScanDamaged},
		"more than was announced": {"jiangnan/c1", wire.ScanOffer{Scan: "s1", Application: "case-1", Sums: append(bytes.Clone(shut.Sums), shut.Sums...)}, event.ScanDamaged},
	} {
		if got := lack(c.from, c.offer); got.Refuse == nil || !errors.Is(got.Refuse, c.want) || len(got.Chunks) > 0 {
			t.Errorf("%s: %+v", what, got)
		}
	}
	bring := func(c wire.Chunk) wire.BringAnswer {
		t.Helper()
		a, err := h.bring(t.Context(), "jiangnan/c1", c.Encode())
		if err != nil {
			t.Fatal(err)
		}
		return a.(wire.BringAnswer)
	}
	if a := bring(wire.Chunk{Scan: "s1", Body: shut.Chunks[0]}); a.Refuse == nil {
		t.Error("a chunk that was not offered is kept")
	}
	if got := lack("jiangnan/c1", good); got.Refuse != nil || len(got.Chunks) != 1 {
		t.Fatalf("what was announced: %+v", got)
	}
	if a := bring(wire.Chunk{Scan: "s1", Body: make([]byte, intake.ChunkSize+65)}); !errors.Is(a.Refuse, event.RequestUnusable) {
		t.Errorf("a chunk larger than any: %+v", a)
	}
	if a := bring(wire.Chunk{Scan: "s1", Body: shut.Chunks[0]}); !a.Whole || a.Refuse != nil {
		t.Errorf("the last chunk: %+v", a)
	}
	ask, _ := json.Marshal(wire.ChunkAsk{Application: "case-1", Scan: "s1"})
	for from, want := range map[event.Origin][]byte{"jiangnan/c2": shut.Chunks[0], "jiangbei/c1": {}} {
		if got, err := h.chunkFor(t.Context(), from, ask); err != nil || !bytes.Equal(got.([]byte), want) {
			t.Errorf("%s gets %d bytes, %v", from, len(got.([]byte)), err)
		}
	}
	if err := h.Keys.Erase(t.Context(), []string{"case-1"}, "wang", "", 2); err != nil {
		t.Fatal(err)
	}
	if got := lack("jiangnan/c1", good); !errors.Is(got.Refuse, event.CaseErased) {
		t.Errorf("of an erased case: %+v", got)
	}
}
