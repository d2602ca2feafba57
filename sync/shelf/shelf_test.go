package shelf_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

var (
	centreKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	falseKey  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))
	quiet     = slog.New(slog.DiscardHandler)
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// files are two parts, one of several pieces; edition marks them.
func files(edition string) map[string][]byte {
	return map[string][]byte{"items.json": bytes.Repeat([]byte(edition+" item\n"), 30_000), "halls.json": []byte("halls"), "datasets.json": []byte(edition)}
}

// centre is a centre's data folder.
type centre struct {
	t    *testing.T
	data string
	key  ed25519.PrivateKey
}

func newCentre(t *testing.T) centre { return centre{t, t.TempDir(), centreKey} }

func (c centre) publish(edition string) wire.Bundle {
	c.t.Helper()
	b, _, err := shelf.Publish(c.data, c.key, 1000, shelf.Parts{wire.KindGuide: files(edition)})
	must(c.t, err)
	return b
}

func (c centre) open() *shelf.Shelf { return open(c.t, shelf.Options{Data: c.data}) }

func open(t *testing.T, o shelf.Options) *shelf.Shelf {
	t.Helper()
	o.Logger = quiet
	s, err := shelf.Open(o)
	must(t, err)
	return s
}

// line is the way to a place above, which may be cut and lie.
type line struct {
	from  *shelf.Shelf
	asked map[wire.PieceAsk]int
	bytes map[string]int64    // that came, by part
	cut   int                 // after so many pieces more; 0 for never
	spoil func([]byte) []byte // changes each piece
	frame func([]byte) []byte // changes the bundle
}

func to(s *shelf.Shelf) *line {
	return &line{from: s, asked: map[wire.PieceAsk]int{}, bytes: map[string]int64{}}
}

var errCut = errors.New("the line is cut")

func (l *line) Bundle(context.Context) ([]byte, error) {
	frame := l.from.Bundle().Encode()
	if l.frame != nil {
		frame = l.frame(frame)
	}
	return frame, nil
}

func (l *line) Piece(_ context.Context, a wire.PieceAsk) ([]byte, error) {
	if l.cut == 1 {
		return nil, errCut
	}
	if l.cut > 0 {
		l.cut--
	}
	l.asked[a]++
	piece, err := l.from.Piece(a)
	l.bytes[a.Sum] += int64(len(piece))
	if l.spoil != nil {
		piece = l.spoil(piece)
	}
	return piece, err
}

func (l *line) take(s *shelf.Shelf) error { return s.Take(context.Background(), l.from.Name(), l) }

// holds tells which edition a shelf has in force, and that it is whole.
func holds(t *testing.T, s *shelf.Shelf) string {
	t.Helper()
	have, err := s.Files(wire.KindGuide)
	must(t, err)
	edition := string(have["datasets.json"])
	if len(have) > 0 && !bytes.Equal(have["items.json"], files(edition)["items.json"]) {
		t.Fatalf("half of %q and half of another", edition)
	}
	return edition
}

func TestWhatIsPublishedComesDownTwoSteps(t *testing.T) {
	c := newCentre(t)
	c.publish("one")
	above := c.open()
	data := t.TempDir()
	hub, kiosk := open(t, shelf.Options{Data: t.TempDir(), Key: centreKey.Public().(ed25519.PublicKey)}), open(t, shelf.Options{Data: data})
	if hub.State() != nil {
		t.Error("who never heard of a bundle tells of one")
	}
	must(t, to(above).take(hub))
	must(t, to(hub).take(kiosk))
	if holds(t, kiosk) != "one" || kiosk.State().Version != 1 {
		t.Fatalf("%q %+v", holds(t, kiosk), kiosk.State())
	}
	// Several versions pass while the kiosk is away: it takes the newest alone, and of that
	// only what is different.
	for _, e := range []string{"two", "three", "four"} {
		c.publish(e)
		changed, err := above.Look()
		must(t, err)
		if !changed {
			t.Fatal("a running centre does not see what is published beside it")
		}
		must(t, to(above).take(hub))
	}
	l := to(hub)
	must(t, l.take(kiosk))
	if holds(t, kiosk) != "four" || len(l.bytes) != 2 {
		t.Errorf("%q after %d parts, want four after items and data sets", holds(t, kiosk), len(l.bytes))
	}
	// A start finds it again, and nothing of older versions lies about.
	again := open(t, shelf.Options{Data: data})
	if holds(t, again) != "four" {
		t.Error("it is gone after a start")
	}
	list, err := os.ReadDir(filepath.Join(data, "bundles", "parts"))
	must(t, err)
	if len(list) != 3 {
		t.Errorf("%d parts lie there, want three", len(list))
	}
}

func TestACutLineIsGoneOnWithWhereItBroke(t *testing.T) {
	c := newCentre(t)
	c.publish("one")
	above, data, seen := c.open(), t.TempDir(), map[wire.PieceAsk]int{}
	for cut := 2; ; cut++ {
		kiosk := open(t, shelf.Options{Data: data})
		l := to(above)
		l.cut = 2 // one piece each time, and a new start of the program
		err := l.take(kiosk)
		if err == nil {
			if cut < 5 {
				t.Fatalf("it came in %d pieces: the test has cut nothing", cut)
			}
			if holds(t, kiosk) != "one" {
				t.Error("what came is not what was published")
			}
			break
		}
		if !errors.Is(err, errCut) || kiosk.Bundle().Version != 0 || kiosk.State() != nil {
			t.Fatalf("a cut line: %v, %+v", err, kiosk.State())
		}
		for a, n := range l.asked {
			if seen[a] += n; seen[a] > 1 {
				t.Fatalf("%+v is asked for %d times", a, seen[a])
			}
		}
	}
}

func TestWhatIsNotRightIsRefusedAndTheOldStays(t *testing.T) {
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		return b
	}
	forged := newCentre(t)
	forged.key = falseKey
	forged.publish("forged")
	forged.publish("forged more")
	forged.publish("forged most")
	old := newCentre(t)
	old.publish("zero")
	twin := newCentre(t)
	twin.publish("other")
	twin.publish("another")
	for _, c := range []struct {
		name    string
		lie     func(*line)
		good    bool // refused for good
		version int64
		why     string
	}{
		{"a part that was changed", func(l *line) { l.spoil = flip }, false, 3, "is not as it was published"},
		{"a part that is cut short", func(l *line) { l.spoil = func([]byte) []byte { return nil } }, false, 3, "is not there above"},
		{"a part that is too long", func(l *line) { l.spoil = func(b []byte) []byte { return append(bytes.Clone(b), 'x') } }, false, 3, "is not as it was published"},
		{"a list that was changed", func(l *line) { l.frame = flip }, false, 0, "malformed frame"},
		{"another centre's", func(l *line) { l.from = forged.open() }, true, 3, "another key than the centre's"},
		{"an older version", func(l *line) { l.from = old.open() }, true, 1, "older than version 2"},
		{"another one of the same number", func(l *line) { l.from = twin.open() }, true, 2, "two different bundles"},
		{"guides that cannot be read", nil, true, 3, "the third hall has no name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newCentre(t)
			a.publish("one")
			a.publish("two")
			above := a.open()
			used := ""
			kiosk := open(t, shelf.Options{Data: t.TempDir(), Key: centreKey.Public().(ed25519.PublicKey), Kinds: []string{wire.KindGuide}, Ready: func(_ wire.Bundle, files shelf.Parts) (func(), error) {
				edition := string(files[wire.KindGuide]["datasets.json"])
				if c.lie == nil && edition == "three" {
					return nil, errors.New("the third hall has no name")
				}
				return func() { used = edition }, nil
			}})
			must(t, to(above).take(kiosk))
			a.publish("three")
			_, err := above.Look()
			must(t, err)
			l := to(above)
			if c.lie != nil {
				c.lie(l)
			}
			err = l.take(kiosk)
			var refused *shelf.Refused
			if err == nil || errors.As(err, &refused) != c.good || !strings.Contains(err.Error(), c.why) {
				t.Fatalf("%v, want %q", err, c.why)
			}
			if s := kiosk.State(); holds(t, kiosk) != "two" || used != "two" || s.Version != 2 || s.Refused != c.version || !strings.Contains(s.Why, c.why) {
				t.Errorf("%q is in force, %q in use, and it tells %+v", holds(t, kiosk), used, s)
			}
			if c.good {
				l.asked = map[wire.PieceAsk]int{}
				if err := l.take(kiosk); err != nil || len(l.asked) > 0 {
					t.Errorf("it is asked for again: %v, %d pieces", err, len(l.asked))
				}
			}
			// Where the place above comes back to what is here, nothing is refused any more.
			must(t, kiosk.Take(context.Background(), kiosk.Name(), l))
			if s := kiosk.State(); s.Refused != 0 || s.Why != "" {
				t.Errorf("it goes on telling %+v", s)
			}
			if c.lie == nil {
				a.publish("four")
				_, err = above.Look()
				must(t, err)
			}
			must(t, to(above).take(kiosk))
			if s := kiosk.State(); s.Version != above.Bundle().Version || s.Why != "" || used != holds(t, kiosk) {
				t.Errorf("what is right afterwards is not taken: %q %+v", used, s)
			}
		})
	}
}

func TestKindsOfLaterProgramsArePassedOn(t *testing.T) {
	c := newCentre(t)
	b, _, err := shelf.Publish(c.data, c.key, 1, shelf.Parts{"survey": {"q1": []byte("how was it")}})
	must(t, err)
	c.publish("one")
	hub := open(t, shelf.Options{Data: t.TempDir()})
	must(t, to(c.open()).take(hub))
	kiosk := open(t, shelf.Options{Data: t.TempDir()})
	must(t, to(hub).take(kiosk))
	have, err := kiosk.Files("survey")
	if err != nil || string(have["q1"]) != "how was it" || b.Version != 1 || kiosk.Bundle().Version != 2 || holds(t, kiosk) != "one" {
		t.Errorf("%q %v, version %d", have, err, kiosk.Bundle().Version)
	}
}

func TestPublishing(t *testing.T) {
	c := newCentre(t)
	one := c.publish("one")
	if again, changed, err := shelf.Publish(c.data, c.key, 2000, shelf.Parts{wire.KindGuide: files("one")}); err != nil || changed || again.Name != one.Name {
		t.Errorf("the same once more: %d %v %v", again.Version, changed, err)
	}
	c.publish("two")
	back, changed, err := shelf.Rollback(c.data, c.key, 3000, 1)
	if err != nil || !changed || back.Version != 3 || back.BackTo != 1 || back.AtMS != 3000 || holds(t, c.open()) != "one" {
		t.Errorf("back to the first: %+v %v", back.Manifest, err)
	}
	if _, _, err := shelf.Rollback(c.data, c.key, 1, 9); err == nil || !strings.Contains(err.Error(), "there is no version 9 here") {
		t.Errorf("a version that is not there: %v", err)
	}
	list, err := shelf.Versions(c.data)
	must(t, err)
	var got []int64
	for _, b := range list {
		got = append(got, b.Version)
	}
	if fmt.Sprint(got) != "[3 2 1]" {
		t.Errorf("listed are %v", got)
	}
	// What a place below has taken counts on, also when the folder here forgot it.
	must(t, os.RemoveAll(filepath.Join(c.data, "bundles")))
	s := c.open()
	for _, heard := range []struct {
		version int64
		ahead   bool
	}{{3, true}, {2, true}, {3, true}, {1 << 50, false}} {
		if ahead, err := s.Heard(heard.version); err != nil || ahead != heard.ahead {
			t.Errorf("a hub has version %d: %v %v", heard.version, ahead, err)
		}
	}
	if b := c.publish("three"); b.Version != 4 {
		t.Errorf("the version behind the third that a hub has is %d", b.Version)
	}
	if ahead, err := c.open().Heard(4); err != nil || ahead {
		t.Errorf("a hub that has what is published is ahead: %v", err)
	}
}

func TestADamagedDiskIsSeenAndHealed(t *testing.T) {
	c := newCentre(t)
	c.publish("one")
	above, data := c.open(), t.TempDir()
	hub := open(t, shelf.Options{Data: data})
	must(t, to(above).take(hub))
	sum := hub.Bundle().Of(wire.KindGuide)[2].Sum
	path := filepath.Join(data, "bundles", "parts", sum)
	spoil := func() {
		text, err := os.ReadFile(path)
		must(t, err)
		text[100] ^= 1
		must(t, os.WriteFile(path, text, 0o644))
	}
	spoil()
	// It is not given to anybody; the hub takes that part alone anew.
	if piece, err := hub.Piece(wire.PieceAsk{Sum: sum}); err == nil || piece != nil || hub.Name() != "" {
		t.Fatalf("a damaged part is given out: %d bytes, %v", len(piece), err)
	}
	l := to(above)
	must(t, l.take(hub))
	if holds(t, hub) != "one" || len(l.bytes) != 1 {
		t.Errorf("healed with %d parts", len(l.bytes))
	}
	// So does a start.
	spoil()
	s, err := shelf.Open(shelf.Options{Data: data, Logger: quiet})
	if err == nil || s.Bundle().Version != 0 {
		t.Fatalf("a damaged part is not seen at a start: %v", err)
	}
	must(t, to(above).take(s))
	if holds(t, s) != "one" {
		t.Error("it is not healed")
	}
	// An older version does not get in where the newer one is damaged.
	c.publish("two")
	_, err = above.Look()
	must(t, err)
	must(t, to(above).take(s))
	path = filepath.Join(data, "bundles", "parts", s.Bundle().Of(wire.KindGuide)[2].Sum)
	spoil()
	s, err = shelf.Open(shelf.Options{Data: data, Logger: quiet})
	if err == nil {
		t.Fatal("not damaged")
	}
	early := newCentre(t)
	early.publish("early")
	var refused *shelf.Refused
	if err := to(early.open()).take(s); !errors.As(err, &refused) {
		t.Errorf("an older version takes the place of a damaged one: %v", err)
	}
	// A torn pointer is an error and no empty shelf.
	must(t, os.WriteFile(filepath.Join(data, "bundles", "current"), []byte("torn"), 0o644))
	if s, err := shelf.Open(shelf.Options{Data: data, Logger: quiet}); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a torn pointer: %v %d", err, s.Bundle().Version)
	}
}
