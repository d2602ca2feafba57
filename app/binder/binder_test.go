package binder

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

var background = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openAt(t *testing.T, dir string) *Binder {
	t.Helper()
	b, err := Open(Options{Data: dir})
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// held is a scan of n chunks that is kept and released.
func held(t *testing.T, b *Binder, id string, n int) (sums []byte, chunks [][]byte) {
	t.Helper()
	for range n {
		c := make([]byte, 1000)
		_, _ = rand.Read(c)
		sum := sha256.Sum256(c)
		chunks, sums = append(chunks, c), append(sums, sum[:]...)
	}
	must(t, b.Hold(background, Held{Scan: id, Application: "case-" + id, Sums: sums, Note: []byte("{}"), File: "sealed", AtMS: 1}, chunks))
	must(t, b.Release(background, []string{id}))
	return sums, chunks
}

// place answers as a hub does that knows every event.
type place struct {
	*Binder
	centre  bool
	brought map[string]int // chunk and how often it came
	refuse  *event.Refusal
}

func (p *place) answer(t *testing.T, ask wire.ScansAsk) (a wire.ScansAnswer) {
	t.Helper()
	for _, o := range ask.Offers {
		lack := wire.ScanLack{Refuse: p.refuse}
		if p.refuse == nil {
			var err error
			lack.Chunks, err = p.Expect(background, o, 1)
			must(t, err)
		}
		a.Lacks = append(a.Lacks, lack)
	}
	must(t, p.Answer(background, ask, &a, p.centre))
	return a
}

var errCut = errors.New("the line is cut")

// bring goes through what a link does, until the line is cut after so many chunks: before or behind the commit above.
func bring(t *testing.T, from *Binder, to *place, cutAfter int, behind bool) error {
	t.Helper()
	for range 50 {
		ask, err := from.Offers(background)
		must(t, err)
		a := to.answer(t, ask)
		must(t, from.Answered(background, ask, a, to.centre))
		if len(ask.Offers) == 0 && a.Life == ask.Life {
			return nil
		}
		for n, lack := range a.Lacks {
			for _, no := range lack.Chunks {
				c, err := from.Bringing(background, ask.Offers[n], no)
				must(t, err)
				if cutAfter--; cutAfter == 0 && !behind {
					return errCut
				}
				c, err = wire.DecodeChunk(c.Encode())
				must(t, err)
				to.brought[fmt.Sprint(c.Scan, " ", c.No)]++
				whole, err := to.Bring(background, c)
				must(t, err)
				if cutAfter == 0 {
					return errCut
				}
				if whole {
					must(t, from.Sent(background, c.Scan, to.centre))
				}
			}
		}
	}
	t.Fatal("two binders never come to an end")
	return nil
}

// A line that is cut at each place of a scan, before or behind the commit above, and a place above that is restarted
// there: what came stays, and no chunk is brought twice.
func TestACutLineCostsNoChunkTwice(t *testing.T) {
	const chunks = 9
	for _, behind := range []bool{false, true} {
		for at := 1; at <= chunks; at++ {
			below, dir := openAt(t, t.TempDir()), t.TempDir()
			sums, want := held(t, below, "s", chunks)
			above := &place{Binder: openAt(t, dir), brought: map[string]int{}}
			if err := bring(t, below, above, at, behind); !errors.Is(err, errCut) {
				t.Fatalf("cut at %d: %v", at, err)
			}
			if saved, err := below.Saved(background, "s"); err != nil || saved != "here" {
				t.Errorf("cut at %d: it is said to be saved %q (%v)", at, saved, err)
			}
			must(t, above.Close())
			above.Binder = openAt(t, dir)
			must(t, bring(t, below, above, 0, false))
			if len(above.brought) != chunks {
				t.Errorf("cut at %d: %d chunks came", at, len(above.brought))
			}
			for c, n := range above.brought {
				if n != 1 {
					t.Errorf("cut at %d (behind the commit: %v): chunk %s came %d times", at, behind, c, n)
				}
			}
			for no := range chunks {
				if got, err := above.Chunk(background, "case-s", "s", no); err != nil || !bytes.Equal(got, want[no]) {
					t.Errorf("chunk %d is another one: %v", no, err)
				}
			}
			if saved, err := below.Saved(background, "s"); err != nil || saved != "hall" {
				t.Errorf("whole: it is said to be saved %q (%v)", saved, err)
			}
			if _, err := above.Expect(background, wire.ScanOffer{Scan: "s", Application: "case-s", Sums: append(slices.Clone(sums[32:]), sums[:32]...)}, 1); !errors.Is(err, ErrChanged) {
				t.Errorf("the same name with other sums: %v", err)
			}
		}
	}
}

// A scan goes from counter to hub to centre, and each place says no more than it knows; a place above in another life
// is told everything again.
func TestAScanIsSaidToBeNoFurtherThanItIs(t *testing.T) {
	counter := openAt(t, t.TempDir())
	hub, centre := &place{Binder: openAt(t, t.TempDir()), brought: map[string]int{}}, &place{Binder: openAt(t, t.TempDir()), centre: true, brought: map[string]int{}}
	is := func(b *Binder, want string) {
		t.Helper()
		if got, err := b.Saved(background, "s"); err != nil || got != want {
			t.Errorf("it is said to be saved %q, not %q (%v)", got, want, err)
		}
	}
	held(t, counter, "s", 3)
	is(counter, "here")
	must(t, bring(t, counter, hub, 0, false))
	is(counter, "hall")
	is(hub.Binder, "here")
	if here, below, err := counter.Owed(background); here != 0 || below != 1 || err != nil {
		t.Errorf("%d only here, %d not at the centre, %v", here, below, err)
	}
	must(t, counter.Forget(background, 100)) // the centre has it not yet: it stays
	is(counter, "hall")
	must(t, bring(t, hub.Binder, centre, 0, false))
	is(hub.Binder, wire.Centre)
	must(t, bring(t, counter, hub, 0, false))
	is(counter, wire.Centre)
	if list, err := hub.Places(background, "case-s"); err != nil || len(list) != 1 || list[0].Saved != wire.Centre {
		t.Errorf("%+v, %v", list, err)
	}
	must(t, counter.Forget(background, 100)) // its file may still lie in the scanner's folder
	is(counter, wire.Centre)
	if list, err := counter.Filed(background, 100); err != nil || len(list) != 1 {
		t.Errorf("%d files to take out, %v", len(list), err)
	}
	must(t, counter.Unfile(background, []string{"s"}))
	must(t, counter.Forget(background, 100))
	is(counter, "")

	lost := &place{Binder: openAt(t, t.TempDir()), centre: true, brought: map[string]int{}}
	must(t, bring(t, hub.Binder, lost, 0, false))
	if len(lost.brought) != 3 {
		t.Errorf("a centre that lost its disk was brought %d chunks of 3", len(lost.brought))
	}
	is(hub.Binder, wire.Centre)
	must(t, lost.DropCases(background, []string{"case-s"}))
	is(lost.Binder, "")
	if _, err := lost.Chunk(background, "case-s", "s", 0); !errors.Is(err, ErrNone) {
		t.Errorf("what was erased is still here: %v", err)
	}
}

// What is held goes nowhere; what a place refuses is offered again behind the others, and what was erased there is dropped.
func TestWhatWaitsAndWhatIsRefused(t *testing.T) {
	b := openAt(t, t.TempDir())
	c := []byte("chunk")
	sum := sha256.Sum256(c)
	must(t, b.Hold(background, Held{Scan: "h", Application: "case-h", Ticket: "t1", Sums: sum[:], Note: []byte("{}"), AtMS: 0}, [][]byte{c}))
	offers := func() (ids []string) {
		ask, err := b.Offers(background)
		must(t, err)
		for _, o := range ask.Offers {
			ids = append(ids, o.Scan)
		}
		return ids
	}
	if got := offers(); len(got) != 0 {
		t.Errorf("what is held is offered: %v", got)
	}
	if list, err := b.Held(background, "case-h"); err != nil || len(list) != 1 || list[0].Ticket != "t1" {
		t.Errorf("%+v, %v", list, err)
	}
	must(t, b.Release(background, []string{"h"}))
	held(t, b, "s", 1)
	first := offers()
	above := &place{Binder: openAt(t, t.TempDir()), refuse: event.CaseUnknown, brought: map[string]int{}}
	ask, err := b.Offers(background)
	must(t, err)
	a := above.answer(t, wire.ScansAsk{Offers: ask.Offers[:1]})
	must(t, b.Answered(background, wire.ScansAsk{Offers: ask.Offers[:1], Life: a.Life}, a, false))
	if got := offers(); len(got) != 2 || got[1] != first[0] {
		t.Errorf("what was refused is offered first: %v after %v", got, first)
	}
	above.refuse = event.CaseErased
	ask, err = b.Offers(background)
	must(t, err)
	must(t, b.Answered(background, ask, above.answer(t, ask), false))
	if got := offers(); len(got) != 0 {
		t.Errorf("what was erased above is still offered: %v", got)
	}
	if saved, err := b.Saved(background, "s"); saved != "" || err != nil {
		t.Errorf("what was erased above is still here: %q, %v", saved, err)
	}
}

// A changed chunk is noticed where it arrives and where it lies.
func TestAFlippedBitIsNoticed(t *testing.T) {
	b := openAt(t, t.TempDir())
	sums, chunks := held(t, b, "s", 2)
	above := openAt(t, t.TempDir())
	_, err := above.Expect(background, wire.ScanOffer{Scan: "s", Application: "case-s", Sums: sums}, 1)
	must(t, err)
	bad := bytes.Clone(chunks[0])
	bad[500] ^= 4
	for what, c := range map[string]wire.Chunk{"a flipped bit": {Scan: "s", No: 0, Body: bad}, "another place": {Scan: "s", No: 1, Body: chunks[0]}, "no place": {Scan: "s", No: 2, Body: chunks[0]}} {
		if _, err := above.Bring(background, c); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := above.Bring(background, wire.Chunk{Scan: "nobody's", Body: chunks[0]}); !errors.Is(err, ErrNone) {
		t.Errorf("what nobody announced is kept: %v", err)
	}
	if _, err := b.db.Exec("UPDATE chunk SET body = ? WHERE no = 0", bad); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Chunk(background, "case-s", "s", 0); !errors.Is(err, ErrChanged) {
		t.Errorf("a bit that flipped on the disk: %v", err)
	}
	if _, err := b.Chunk(background, "case-x", "s", 1); !errors.Is(err, ErrNone) {
		t.Errorf("a chunk of another application: %v", err)
	}
}

// A full disk refuses a scan as a whole, whether the room is known or SQLite says so, and takes it when there is room.
func TestAFullDiskRefusesAScan(t *testing.T) {
	free := uint64(Reserve + 1999)
	b, err := Open(Options{Data: t.TempDir(), Free: func() (uint64, error) { return free, nil }})
	must(t, err)
	defer b.Close()
	c := make([]byte, 1000)
	_, _ = rand.Read(c)
	sum := sha256.Sum256(c)
	h := Held{Scan: "s", Application: "case-s", Sums: sum[:], Note: []byte("{}"), AtMS: 1}
	if err := b.Hold(background, h, [][]byte{c}); !errors.Is(err, ErrRoom) {
		t.Errorf("what is left to tickets was taken: %v", err)
	}
	_, err = b.Expect(background, wire.ScanOffer{Scan: "r", Application: "case-r", Sums: sum[:]}, 1)
	must(t, err)
	if _, err := b.Bring(background, wire.Chunk{Scan: "r", Body: c}); !errors.Is(err, ErrRoom) {
		t.Errorf("a chunk from below took it: %v", err)
	}
	free++
	must(t, b.Hold(background, h, [][]byte{c}))
	if _, err := b.Bring(background, wire.Chunk{Scan: "r", Body: c}); err != nil {
		t.Error(err)
	}

	b.free = nil
	if _, err := b.db.Exec("PRAGMA max_page_count = 1"); err != nil { // SQLite takes the present size as the least
		t.Fatal(err)
	}
	big := make([][]byte, 50)
	for n := range big {
		big[n] = make([]byte, 64<<10)
	}
	full := Held{Scan: "big", Application: "case-big", Sums: sum[:], Note: []byte("{}"), AtMS: 1}
	if err := b.Hold(background, full, big); !errors.Is(err, ErrRoom) {
		t.Fatalf("a full disk: %v", err)
	}
	if saved, err := b.Saved(background, "big"); saved != "" || err != nil {
		t.Errorf("half a scan was kept: %q, %v", saved, err)
	}
	if _, err := b.db.Exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	must(t, b.Hold(background, full, big))
}

// What was taken off one application is dropped of that one alone, whatever names a scan of another.
func TestDroppingIsOfOneApplication(t *testing.T) {
	b := openAt(t, t.TempDir())
	held(t, b, "s1", 2)
	held(t, b, "s2", 2)
	must(t, b.DropOff(background, []wire.ScanRef{{Application: "case-s2", Scan: "s1"}, {Application: "case-s2", Scan: "s2"}}))
	if _, err := b.Chunk(background, "case-s1", "s1", 0); err != nil {
		t.Errorf("a scan of another application: %v", err)
	}
	if _, err := b.Chunk(background, "case-s2", "s2", 0); !errors.Is(err, ErrNone) {
		t.Errorf("what was taken off: %v", err)
	}
}
