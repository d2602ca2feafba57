package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/sync/wire"
)

// What is lent is owed to nobody, and is gone from the file when it is given back.
func TestALentKeyIsGivenBack(t *testing.T) {
	dir := t.TempDir()
	r, err := keyring.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, sealed.Size) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Borrow(t.Context(), []wire.CaseKey{{Case: "card:2026-11-24:jiangnan/hub", Key: key(1)}, {Case: "card:2026-11-25:jiangnan/hub", Key: key(2)}, {Case: "card:2026-11-26:jiangnan/hub", Key: key(3)}, {Case: "short", Key: []byte{1}}, {Key: key(4)}}))
	if k, err := r.Lent(t.Context(), "card:2026-11-25:jiangnan/hub"); err != nil || !bytes.Equal(k[:], key(2)) {
		t.Errorf("lent: %v", err)
	}
	if _, err := r.Lent(t.Context(), "short"); !errors.Is(err, keyring.ErrNone) {
		t.Errorf("a key of one byte: %v", err)
	}
	if here, below, err := r.Owed(t.Context()); err != nil || here+below != 0 {
		t.Errorf("%d and %d are owed: %v", here, below, err)
	}
	if ask, err := r.Ask(t.Context()); err != nil || len(ask.Rows)+len(ask.Waiting) != 0 {
		t.Errorf("it tells the ring above %+v: %v", ask, err)
	}
	must(r.Borrow(t.Context(), []wire.CaseKey{{Case: "card:2026-11-26:jiangnan/hub"}})) // destroyed there
	must(r.GiveBack(t.Context(), "card:2026-11-25"))
	for name, there := range map[string]bool{"card:2026-11-24:jiangnan/hub": false, "card:2026-11-25:jiangnan/hub": true, "card:2026-11-26:jiangnan/hub": false} {
		if _, err := r.Lent(t.Context(), name); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, keyring.FileName))
	must(err)
	if bytes.Contains(raw, key(1)) || bytes.Contains(raw, key(3)) || !bytes.Contains(raw, key(2)) {
		t.Error("the file holds what was given back, or not what is lent")
	}
}

// The keys of days that are over are listed by their names, those that were destroyed no more.
func TestKeysAreListedByTheirNames(t *testing.T) {
	r, err := keyring.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, name := range []string{"card:2026-11-24:jiangnan/hub", "card:2026-11-25:jiangnan/hub", "card:2026-11-26:jiangnan/hub", "case"} {
		if _, err := r.New(name, 1); err != nil {
			t.Fatal(err)
		}
	}
	before := func(date string) []string {
		t.Helper()
		names, err := r.Between(t.Context(), wire.CardKeyPrefix, wire.CardKeyPrefix+date)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := before("2026-11-26"); !slices.Equal(got, []string{"card:2026-11-24:jiangnan/hub", "card:2026-11-25:jiangnan/hub"}) {
		t.Errorf("before the 26th: %v", got)
	}
	if err := r.Erase(t.Context(), before("2026-11-25"), "hub", "over", 2); err != nil {
		t.Fatal(err)
	}
	if got := before("2026-11-25"); len(got) != 0 {
		t.Errorf("after they were destroyed: %v", got)
	}
}
