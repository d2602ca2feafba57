package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/store"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// noted is a database with n events of one chain, and the same on another disk.
func noted(t *testing.T, n int) (one, two string) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, "jiangnan/k1")
	note(t, s, n-1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return dir, other
}

// note appends n events of a kind that nobody folds, 5,000 in a commit.
func note(t *testing.T, s *store.Store, n int) {
	t.Helper()
	payload := rawJSON(`{"text":"as long as an event of a visit usually is, a few hundred bytes with its names and times, so that the disk has something to read here"}`)
	for at := 0; at < n; at += 5000 {
		write(t, s, func(tx *store.Tx) error {
			for range min(5000, n-at) {
				if _, _, err := tx.Append("test.noted", payload); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

type rawJSON []byte

func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// compareBoth lets two stores compare a chain, and gives where they differ.
func compareBoth(t *testing.T, here, there *store.Store) *core.Comparer {
	t.Helper()
	ctx := context.Background()
	id := core.ChainID{Origin: here.Origin(), Epoch: here.Epoch()}
	have, err := there.AnswerCheck(ctx, wire.CheckAsk{Origin: id.Origin, Epoch: id.Epoch})
	if err != nil || have.Have == 0 {
		t.Fatalf("have %d: %v", have.Have, err)
	}
	c := core.NewComparer(id, have.Have)
	for {
		q, more := c.Next()
		if !more {
			return c
		}
		ask := wire.CheckAsk{Origin: id.Origin, Epoch: id.Epoch, From: q.From, Upto: q.Upto, Span: q.Span}
		mine, err := here.AnswerCheck(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := there.AnswerCheck(ctx, ask)
		if err != nil || !c.Answer(mine.Hashes(), theirs.Hashes()) {
			t.Fatalf("answers to %+v: %v", ask, err)
		}
	}
}

// TestOneChangedRowAmongManyIsFoundAndMended changes one row of a long log: 50,000
// events, a million with ONEWINDOW_FULL=1.
func TestOneChangedRowAmongManyIsFoundAndMended(t *testing.T) {
	n := 50_000
	if os.Getenv("ONEWINDOW_FULL") == "1" {
		n = 1_000_000
	}
	one, two := noted(t, n)
	at := 1 + rand.New(rand.NewPCG(3, 3)).IntN(n)
	damage(t, filepath.Join(two, "t.db"), "UPDATE event SET body = CAST(substr(body, 1, length(body)-1) || x'7e' AS BLOB) WHERE seq = ?", at)
	here, there := open(t, one, "jiangnan/k1"), open(t, two, "jiangnan/k1")
	began := time.Now()
	c := compareBoth(t, here, there)
	asked, given := c.Cost()
	t.Logf("%d events, one changed: found with %d questions and %d digests in %v", n, asked, given, time.Since(began))
	if got := c.Differ(); len(got) != 1 || got[0] != event.Seq(at) {
		t.Fatalf("differs at %v, not %d", got, at)
	}
	began = time.Now()
	found, err := there.Scrub(context.Background())
	if err != nil || len(found.Flaws) != 1 || found.Flaws[0].ID.Seq != event.Seq(at) || found.Events != n {
		t.Fatalf("scrub: %+v, %v", found, err)
	}
	t.Logf("scrubbed in %v", time.Since(began))
	began = time.Now()
	mendFrom(t, here, there, event.Seq(at), true)
	t.Logf("mended in %v", time.Since(began))
	if c := compareBoth(t, here, there); len(c.Differ()) > 0 {
		t.Errorf("still differs at %v", c.Differ())
	}
}

// mendFrom lets one store offer an event to another.
func mendFrom(t *testing.T, from, to *store.Store, seq event.Seq, want bool) {
	t.Helper()
	ask := wire.CheckAsk{Origin: from.Origin(), Epoch: from.Epoch(), From: seq, Upto: seq}
	a, err := from.AnswerCheck(context.Background(), ask)
	if err != nil || len(a.Bodies) != 1 {
		t.Fatalf("body of %d: %v", seq, err)
	}
	mended, err := to.Mend(context.Background(), event.ID{Origin: from.Origin(), Epoch: from.Epoch(), Seq: seq}, a.Bodies[0])
	if err != nil || mended != want {
		t.Fatalf("mend %d: %v, %v", seq, mended, err)
	}
}

// TestWhatIsOfferedProvesItself damages in every way, and offers the right event, and
// then others.
func TestWhatIsOfferedProvesItself(t *testing.T) {
	const n, at = 2500, 1777
	for name, statement := range map[string]string{
		"the body":          "UPDATE event SET body = CAST(substr(body, 1, length(body)-1) || x'7e' AS BLOB) WHERE seq = 1777",
		"the hash":          "UPDATE event SET hash = zeroblob(32) WHERE seq = 1777",
		"body and hash":     "UPDATE event SET body = (SELECT body FROM event WHERE seq = 9), hash = (SELECT hash FROM event WHERE seq = 9) WHERE seq = 1777",
		"the row is gone":   "DELETE FROM event WHERE seq = 1777",
		"the last is other": "UPDATE event SET body = (SELECT body FROM event WHERE seq = 9), hash = (SELECT hash FROM event WHERE seq = 9) WHERE seq = 2500",
	} {
		one, two := noted(t, n)
		here, hub := open(t, one, "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
		drain(t, open(t, two, "jiangnan/k1"), hub)
		path := hub.Path()
		if err := hub.Close(); err != nil {
			t.Fatal(err)
		}
		damage(t, path, statement)
		hub = open(t, filepath.Dir(path), "jiangnan/hub")
		seq := event.Seq(at)
		if name == "the last is other" {
			seq = n
		}
		// Other events do not prove themselves, and change nothing; 9 may lie there already.
		for _, wrong := range []event.Seq{1, 9, seq - 1} {
			a, err := here.AnswerCheck(context.Background(), wire.CheckAsk{Origin: here.Origin(), Epoch: here.Epoch(), From: wrong, Upto: wrong})
			if err != nil {
				t.Fatal(err)
			}
			if mended, err := hub.Mend(context.Background(), event.ID{Origin: here.Origin(), Epoch: here.Epoch(), Seq: seq}, a.Bodies[0]); mended || wrong != 9 && !errors.Is(err, store.ErrUnproved) {
				t.Errorf("%s: event %d was taken for %d: %v, %v", name, wrong, seq, mended, err)
			}
		}
		before, err := hub.Scrub(context.Background())
		if err != nil || len(before.Flaws) == 0 {
			t.Errorf("%s: %+v, %v", name, before, err)
		}
		mendFrom(t, here, hub, seq, true)
		mendFrom(t, here, hub, seq, false)
		after, err := hub.Scrub(context.Background())
		if err != nil || len(after.Flaws) > 0 {
			t.Errorf("%s: after mending: %s, %v", name, fmt.Sprint(after.Flaws), err)
		}
	}
}
