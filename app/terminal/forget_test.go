package terminal

import (
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/config"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// A kiosk keeps the key of a rating while its giver may change it, and not for the day that a
// counter keeps those of applications.
func TestHowLongKeysAreKept(t *testing.T) {
	for role, want := range map[string][3]bool{config.Kiosk: {true, false, false}, config.Counter: {true, true, false}} {
		dir, now := t.TempDir(), int64(1_795_000_000_000)
		ring, err := keyring.Open(dir, "")
		must(t, err)
		defer ring.Close()
		s, err := store.Open(store.Options{Path: filepath.Join(dir, "t.db"), Origin: "jiangnan/d1", Now: func() int64 { return now }})
		must(t, err)
		defer s.Close()
		_, err = ring.New("rating-1", now)
		must(t, err)
		ask, err := ring.Ask(t.Context())
		must(t, err)
		_, err = ring.Answered(t.Context(), ask, wire.KeysAnswer{Life: ask.Life}, true) // the centre has it
		must(t, err)
		d := &Terminal{Settings: config.Settings{Role: role}, Store: s, keys: ring}
		for n, after := range []time.Duration{time.Minute, 2 * time.Hour, 25 * time.Hour} {
			now += after.Milliseconds()
			d.forgot = 0
			d.forget(t.Context())
			if _, kept, err := keyring.Known(ring.Key(t.Context(), "rating-1")); err != nil || kept != want[n] {
				t.Errorf("a %s after %v: kept %v, %v", role, after, kept, err)
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
