package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/sync/wire"
)

var background = context.Background()

func open(t *testing.T, folder string) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// tell lets one ring say all that it has to say to another one.
func tell(t *testing.T, from, to *keyring.Ring, hub, centre bool) {
	t.Helper()
	for range 20 {
		ask, err := from.Ask(background)
		must(t, err)
		a, err := to.Answer(background, ask, hub, centre)
		must(t, err)
		more, err := from.Answered(background, ask, a, centre)
		must(t, err)
		if !more {
			return
		}
	}
	t.Fatal("two rings never come to an end")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func saved(t *testing.T, r *keyring.Ring, id, want string) {
	t.Helper()
	if got, err := r.Saved(background, id); err != nil || got != want {
		t.Errorf("the key of %s is said to be saved %q, not %q (%v)", id, got, want, err)
	}
}

// A key goes from counter to hub to centre, and each place says no more than it knows.
func TestAKeyGoesUpAndIsSaidToBeNoFurtherThanItIs(t *testing.T) {
	counter, hub, centre := open(t, t.TempDir()), open(t, t.TempDir()), open(t, t.TempDir())
	key, err := counter.New("case-1", 1000)
	must(t, err)
	saved(t, counter, "case-1", "here")
	tell(t, counter, hub, false, false)
	saved(t, counter, "case-1", "hall")
	saved(t, hub, "case-1", "here")
	if here, below, err := counter.Owed(background); here != 0 || below != 1 || err != nil {
		t.Errorf("%d only here, %d not at the centre, %v", here, below, err)
	}
	must(t, counter.Forget(background, 2000)) // the centre has it not yet: it stays
	tell(t, hub, centre, true, true)
	saved(t, hub, "case-1", "centre")
	saved(t, counter, "case-1", "hall")
	tell(t, counter, hub, false, false)
	saved(t, counter, "case-1", "centre")
	for name, r := range map[string]*keyring.Ring{"counter": counter, "hub": hub, "centre": centre} {
		if got, err := r.Key(background, "case-1"); err != nil || got != key {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, counter.Forget(background, 1000)) // of today
	if _, err := counter.Key(background, "case-1"); err != nil {
		t.Error("today's key is forgotten")
	}
	must(t, counter.Forget(background, 1001))
	if _, err := counter.Key(background, "case-1"); !errors.Is(err, keyring.ErrNone) {
		t.Errorf("a key that the centre has is kept: %v", err)
	}
}

func TestAnApplicationIsReadableWhereItsEventAndItsKeyAre(t *testing.T) {
	for _, w := range [][3]string{{"here", "centre", "here"}, {"centre", "here", "here"}, {"hall", "centre", "hall"}, {"centre", "hall", "hall"}, {"hall", "hall", "hall"}, {"here", "hall", "here"}, {"centre", "centre", "centre"}} {
		if got := keyring.Readable(w[0], w[1]); got != w[2] {
			t.Errorf("event %s, key %s: %s", w[0], w[1], got)
		}
	}
}

// A ring that was lost is another one: everything is said to it again.
func TestALostRingIsFilledAgain(t *testing.T) {
	hub, centre := open(t, t.TempDir()), open(t, t.TempDir())
	const cases = 1200 // more than one message holds
	var first sealed.Key
	for n := range cases {
		k, err := hub.New(fmt.Sprint("case-", n), int64(n))
		must(t, err)
		if n == 0 {
			first = k
		}
	}
	tell(t, hub, centre, true, true)
	again := open(t, t.TempDir())
	tell(t, hub, again, true, true)
	for n := range cases {
		if _, err := again.Key(background, fmt.Sprint("case-", n)); err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
	}
	if k, _ := again.Key(background, "case-0"); k != first {
		t.Error("another key came")
	}
}

// What was destroyed is gone everywhere, whichever way its word travels, and never comes back.
func TestADestroyedKeyIsGoneEverywhere(t *testing.T) {
	for _, from := range []string{"hub", "centre"} {
		counter, hub, centre := open(t, t.TempDir()), open(t, t.TempDir()), open(t, t.TempDir())
		_, err := counter.New("case-1", 1000)
		must(t, err)
		old, err := counter.Ask(background) // a message that will come late
		must(t, err)
		tell(t, counter, hub, false, false)
		tell(t, hub, centre, true, true)
		must(t, map[string]*keyring.Ring{"hub": hub, "centre": centre}[from].Erase(background, []string{"case-1"}, "wang", "本人申请", 3000))
		tell(t, hub, centre, true, true)
		tell(t, counter, hub, false, false)
		_, err = hub.Answer(background, old, false, false)
		must(t, err)
		tell(t, hub, centre, true, true)
		for name, r := range map[string]*keyring.Ring{"counter": counter, "hub": hub, "centre": centre} {
			if _, err := r.Key(background, "case-1"); !errors.Is(err, keyring.ErrErased) {
				t.Errorf("destroyed at the %s, and the %s has: %v", from, name, err)
			}
		}
	}
}

// A counter destroys nothing, brings no other key for a case, and a key that was
// destroyed before it came is not taken.
func TestACounterCannotDestroyOrReplaceAKey(t *testing.T) {
	hub := open(t, t.TempDir())
	key, err := hub.New("case-1", 1000)
	must(t, err)
	must(t, hub.Erase(background, []string{"case-2"}, "li", "", 1000))
	evil := wire.KeysAsk{Rows: []wire.CaseKey{{Case: "case-1", AtMS: 2000}, {Case: "case-1", Key: bytes.Repeat([]byte{9}, sealed.Size), AtMS: 3000},
		{Case: "case-2", Key: bytes.Repeat([]byte{9}, sealed.Size), AtMS: 3000}}}
	_, err = hub.Answer(background, evil, false, false)
	must(t, err)
	if got, err := hub.Key(background, "case-1"); err != nil || got != key {
		t.Errorf("a counter changed a key: %v", err)
	}
	if _, err := hub.Key(background, "case-2"); !errors.Is(err, keyring.ErrErased) {
		t.Errorf("a destroyed key came back: %v", err)
	}
}

// Nothing of a destroyed key is left in a file of the folder. That it is found before
// shows that the search can find something.
func TestNothingOfADestroyedKeyIsLeftInAnyFile(t *testing.T) {
	folder := t.TempDir()
	r := open(t, folder)
	keys := map[string]sealed.Key{}
	for n := range 300 {
		id := fmt.Sprint("case-", n)
		k, err := r.New(id, int64(n))
		must(t, err)
		keys[id] = k
	}
	if found := len(holding(t, folder, keys)); found != len(keys) {
		t.Fatalf("%d of %d keys are found while they are there: the search finds nothing", found, len(keys))
	}
	gone := map[string]sealed.Key{}
	for n := 0; n < 300; n += 3 {
		id := fmt.Sprint("case-", n)
		must(t, r.Erase(background, []string{id}, "wang", "保存期满", 9000))
		gone[id] = keys[id]
	}
	if found := holding(t, folder, gone); len(found) > 0 {
		t.Errorf("%d of %d destroyed keys are still in a file: %v", len(found), len(gone), found)
	}
	if found := len(holding(t, folder, keys)); found != len(keys)-len(gone) {
		t.Errorf("%d keys are left", found)
	}
}

// The copy of a ring brings back what was lost, and nothing that was destroyed after it
// was made, at this place or at another one.
func TestTheCopyBringsBackWhatWasLostAndNothingThatWasDestroyed(t *testing.T) {
	folder := t.TempDir()
	hub, centre := open(t, folder), open(t, t.TempDir())
	keys := map[string]sealed.Key{}
	for _, id := range []string{"case-1", "case-2", "case-3", "case-4"} {
		k, err := hub.New(id, 1000)
		must(t, err)
		keys[id] = k
	}
	tell(t, hub, centre, true, true)
	must(t, hub.Backup(background))
	must(t, hub.Erase(background, []string{"case-1"}, "wang", "", 2000))
	must(t, centre.Erase(background, []string{"case-2"}, "li", "", 2000))
	tell(t, hub, centre, true, true)
	for _, id := range []string{"case-1", "case-2"} {
		if found := holding(t, folder, map[string]sealed.Key{id: keys[id]}); len(found) > 0 {
			t.Errorf("the key of %s is in the folder after it was destroyed", id)
		}
	}
	must(t, hub.Close())
	must(t, os.Remove(filepath.Join(folder, keyring.FileName)))
	must(t, centre.Erase(background, []string{"case-4"}, "li", "", 3000)) // the copy does not know
	again := open(t, folder)
	if k, err := again.Key(background, "case-3"); err != nil || k != keys["case-3"] {
		t.Errorf("what was lost is not back: %v", err)
	}
	tell(t, again, centre, true, true)
	for _, id := range []string{"case-1", "case-2", "case-4"} {
		if _, err := again.Key(background, id); !errors.Is(err, keyring.ErrErased) {
			t.Errorf("%s: %v", id, err)
		}
	}
	counter := open(t, t.TempDir())
	_, err := counter.New("case-5", 4000)
	must(t, err)
	tell(t, counter, again, false, false)
	saved(t, counter, "case-5", "hall")
}

// Whoever destroys a key and dies before the copy is written leaves it to the next start, or
// to whoever says so again.
func TestAnOldCopyIsMadeAnew(t *testing.T) {
	for name, again := range map[string]func(r *keyring.Ring) *keyring.Ring{
		"the next start": func(r *keyring.Ring) *keyring.Ring { must(t, r.Close()); return nil },
		"the same word again": func(r *keyring.Ring) *keyring.Ring {
			must(t, r.Erase(background, []string{"case-1"}, "wang", "", 2000))
			return r
		},
	} {
		folder := t.TempDir()
		r := open(t, folder)
		key, err := r.New("case-1", 1000)
		must(t, err)
		must(t, r.Backup(background))
		copied := filepath.Join(folder, "backups", keyring.FileName)
		old, err := os.ReadFile(copied)
		must(t, err)
		must(t, r.Erase(background, []string{"case-1"}, "wang", "", 2000))
		must(t, os.WriteFile(copied, old, 0o600)) // as if it had died in between
		if len(holding(t, folder, map[string]sealed.Key{"case-1": key})) != 1 {
			t.Fatal("the old copy does not hold the key: this test finds nothing")
		}
		if again(r) == nil {
			open(t, folder)
		}
		if len(holding(t, folder, map[string]sealed.Key{"case-1": key})) != 0 {
			t.Errorf("after %s the key is still in the copy", name)
		}
	}
}

func holding(t *testing.T, folder string, keys map[string]sealed.Key) (found []string) {
	t.Helper()
	var all []byte
	must(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all = append(all, raw...)
		return err
	}))
	for id, k := range keys {
		if bytes.Contains(all, k[:]) {
			found = append(found, id)
		}
	}
	return found
}
