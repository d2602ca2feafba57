package intake

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

func scanKey(t *testing.T) sealed.Key {
	t.Helper()
	key, err := sealed.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func scanEvent(origin event.Origin, seq event.Seq, s Scan) event.Event {
	s.Application = "01a0"
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: KindAttached, Payload: hall.Payload(s)}
}

// A scan comes back byte for byte, whatever its size, and only with the key, at the place, of the application and
// with every chunk that it was sealed with.
func TestAScanOpensAsItWasAndNotOtherwise(t *testing.T) {
	key := scanKey(t)
	for _, size := range []int{1, ChunkSize - 1, ChunkSize, ChunkSize + 1, 3*ChunkSize + 7} {
		content := make([]byte, size)
		_, _ = rand.Read(content)
		s := Scan{Application: "01a0", Scan: "s1", Use: UseScan, Type: JPEG, AtMS: 1}
		shut, err := s.SealContent(content, "  张三 身份证.jpg ", key, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		read, err := ReadScan(scanEvent("jiangnan/c1", 1, s))
		if err != nil || read.Chunks != (size+ChunkSize-1)/ChunkSize || read.Size != int64(size) || !read.Announces(shut.Sums) {
			t.Fatalf("%d bytes: %+v, %v", size, read, err)
		}
		if back, err := read.Content(shut, key); err != nil || !bytes.Equal(back, content) {
			t.Fatalf("%d bytes come back otherwise: %v", size, err)
		}
		if name, err := read.Called(key); err != nil || name != "张三 身份证.jpg" || strings.Contains(string(s.Name), "张三") {
			t.Errorf("its name: %q, %v", string(name), err)
		}
		for _, c := range shut.Chunks {
			if !FitsChunk(len(c)) {
				t.Errorf("a sealed chunk of %d bytes fits no frame", len(c))
			}
		}
		other := read
		other.Application = "01a1"
		moved := read
		moved.Scan = "s2"
		for what, open := range map[string]func() ([]byte, error){
			"another key":         func() ([]byte, error) { return read.Content(shut, scanKey(t)) },
			"another application": func() ([]byte, error) { return other.Content(shut, key) },
			"another scan":        func() ([]byte, error) { return moved.Content(shut, key) },
			"a chunk less":        func() ([]byte, error) { return read.Content(Shut{Chunks: shut.Chunks[:len(shut.Chunks)-1]}, key) },
			"a flipped bit": func() ([]byte, error) {
				changed := Shut{Chunks: append([][]byte{}, shut.Chunks...)}
				changed.Chunks[0] = bytes.Clone(changed.Chunks[0])
				changed.Chunks[0][len(changed.Chunks[0])/2] ^= 1
				return read.Content(changed, key)
			},
		} {
			if _, err := open(); !errors.Is(err, sealed.ErrShut) {
				t.Errorf("%d bytes with %s: %v", size, what, err)
			}
		}
		if size > 2*ChunkSize {
			swapped := append([][]byte{}, shut.Chunks...)
			swapped[0], swapped[1] = swapped[1], swapped[0]
			if _, err := read.Content(Shut{Chunks: swapped}, key); !errors.Is(err, sealed.ErrShut) {
				t.Errorf("two chunks changed places: %v", err)
			}
		}
	}
}

// What is in a scan cannot be recognised by its sum: not even the same person's same page gives it again.
func TestASumTellsNothingOfTheContent(t *testing.T) {
	key, content := scanKey(t), bytes.Repeat([]byte("known form "), 20_000)
	one, two := Scan{Application: "01a0", Scan: "s1"}, Scan{Application: "01a0", Scan: "s1"}
	a, err := one.SealContent(content, "", key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := two.SealContent(content, "", key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if one.Sum == two.Sum || bytes.Equal(a.Sums[:32], b.Sums[:32]) {
		t.Error("the same content has the same sum: who knows the form recognises it")
	}
	if one.Announces(b.Sums) || one.Announces(a.Sums[:32]) || one.Announces(nil) {
		t.Error("other sums than those of the event are announced by it")
	}
}

// Events that announce what no scan can be are kept aside.
func TestEventsThatAreNoScan(t *testing.T) {
	good := Scan{Scan: "s1", Use: UseScan, Type: PDF, Size: ScanMost, Chunks: ChunkMost, Sum: strings.Repeat("0", 64), AtMS: 1}
	if _, err := ReadScan(scanEvent("jiangnan/c1", 1, good)); err != nil {
		t.Fatalf("20 MB: %v", err)
	}
	for what, change := range map[string]func(*Scan){
		"a byte too many":    func(s *Scan) { s.Size++; s.Chunks++ },
		"nothing":            func(s *Scan) { s.Size, s.Chunks = 0, 0 },
		"chunks for more":    func(s *Scan) { s.Size = 1 },
		"chunks for less":    func(s *Scan) { s.Chunks-- },
		"another type":       func(s *Scan) { s.Type = "text/html" },
		"another use":        func(s *Scan) { s.Use = "film" },
		"no sum":             func(s *Scan) { s.Sum = "" },
		"no name":            func(s *Scan) { s.Scan = "" },
		"a name of a page":   func(s *Scan) { s.Scan = ScanID(strings.Repeat("x", 65)) },
		"no time":            func(s *Scan) { s.AtMS = 0 },
		"a material below 0": func(s *Scan) { s.Material = -1 },
	} {
		bad := good
		change(&bad)
		if _, err := ReadScan(scanEvent("jiangnan/c1", 1, bad)); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Scans, an application and its decision in any order and doubled, also two that claim one name: the same case.
func TestScansKnowNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := []event.Event{takenOn(t, "2026-03-02", Accepted, &Clock{Days: 20, Promised: 10}), stepEvent(t, "district/centre", 2, KindDecided, Step{Day: "2026-03-03", Outcome: Granted, Request: "d1"})}
		for n := range rapid.IntRange(1, 6).Draw(t, "count") {
			s := Scan{Scan: rapid.SampledFrom([]ScanID{"a", "b", "c"}).Draw(t, "scan"), Use: rapid.SampledFrom([]string{UseScan, UseSignature}).Draw(t, "use"), Of: "d1",
				Type: PNG, Size: 1, Chunks: 1, Sum: strings.Repeat(rapid.SampledFrom([]string{"0", "1"}).Draw(t, "sum"), 64), AtMS: rapid.Int64Range(1, 3).Draw(t, "at")}
			events = append(events, scanEvent(rapid.SampledFrom([]event.Origin{"jiangnan/c1", "jiangnan/c2"}).Draw(t, "origin"), event.Seq(2+rapid.IntRange(0, n).Draw(t, "seq")), s))
		}
		again := append(append([]event.Event{}, events...), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		a, b := foldAll(t, events...), foldAll(t, rapid.Permutation(again).Draw(t, "order")...)
		if !bytes.Equal(a.Row(), b.Row()) {
			t.Fatalf("%s\n%s", a.Row(), b.Row())
		}
		if x, y := a.Signed(), b.Signed(); (x == nil) != (y == nil) || x != nil && *x != *y {
			t.Fatalf("signed %+v and %+v", x, y)
		}
		if c, err := ReadRow(a.Row()); err != nil || !bytes.Equal(c.Row(), a.Row()) || len(a.Attached()) != len(a.Scans) {
			t.Fatalf("the row is another one when read: %v", err)
		}
	})
}

// A signature counts for the decision that it was given for, the last one where there are two.
func TestWhichSignatureCounts(t *testing.T) {
	sign := func(seq event.Seq, id ScanID, of string, at int64) event.Event {
		return scanEvent("jiangnan/c1", seq, Scan{Scan: id, Use: UseSignature, Of: of, Type: PNG, Size: 1, Chunks: 1, Sum: strings.Repeat("0", 64), AtMS: at})
	}
	taken, decided := takenOn(t, "2026-03-02", Accepted, nil), stepEvent(t, "district/centre", 9, KindDecided, Step{Day: "2026-03-03", Outcome: Granted, Request: "d1"})
	if c := foldAll(t, taken, sign(2, "a", "d1", 5)); c.Signed() != nil {
		t.Error("signed for what nobody has decided")
	}
	if c := foldAll(t, taken, decided, sign(2, "a", "d0", 5)); c.Signed() != nil {
		t.Error("a signature for another decision counts")
	}
	if c := foldAll(t, taken, decided, sign(3, "b", "d1", 7), sign(2, "a", "d1", 5)); c.Signed() == nil || c.Signed().Scan != "b" {
		t.Errorf("%+v", c.Signed())
	}
}
