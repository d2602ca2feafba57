package vault_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/sync/vault"
)

// started gives a vault whose own hours never come, so that the test decides.
func started(t *testing.T, change func(*vault.Options)) (*vault.Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "backups")
	o := vault.Options{Dir: dir, Name: "hub", Settle: time.Hour, Now: func() int64 { return 1_795_485_600_000 }, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Bytes: func() int64 { return 1 }, Free: func() (uint64, error) { return 1 << 40, nil },
		Make: func(_ context.Context, path string) (string, error) {
			return "", os.WriteFile(path, []byte("copy"), 0o600)
		}}
	change(&o)
	v := vault.Start(o)
	t.Cleanup(func() { _ = v.Stop() })
	return v, dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestFourWeeksOfHours lives four weeks, an hour a step: a day of hours and a week of
// days are left, and nothing else goes.
func TestFourWeeksOfHours(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 30, 0, 0, time.UTC)
	v, dir := started(t, func(o *vault.Options) { o.Now = func() int64 { return now.UnixMilli() } })
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"notes.txt", "centre-20200101T000000Z.db", "hub-before-the-move.db"} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 28 * 24 {
		now = now.Add(time.Hour)
		if _, err := v.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list := names(t, dir)
	if len(list) != vault.Hourly+vault.Daily+3 {
		t.Fatalf("%d files: %v", len(list), list)
	}
	all := strings.Join(list, " ")
	for _, want := range []string{"hub-20261129T003000Z.db", "hub-20261128T013000Z.db", "hub-20261128T003000Z.db", "hub-20261127T233000Z.db", "hub-20261122T233000Z.db", "notes.txt", "hub-before-the-move.db"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is gone: %v", want, list)
		}
	}
	// A clock that goes back to 1970 does not cost the backup just made, nor another one.
	now = time.Unix(86_400, 0)
	path, err := v.Keep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil || len(names(t, dir)) != len(list)+1 {
		t.Errorf("after a step of the clock: %v, %v", err, names(t, dir))
	}
}

func TestWhatIsNotProvedGetsNoName(t *testing.T) {
	bad := errors.New("the tickets of a day differ")
	var fails error
	now := int64(1_795_485_600_000)
	v, dir := started(t, func(o *vault.Options) {
		make := o.Make
		o.Make = func(ctx context.Context, path string) (string, error) {
			_, err := make(ctx, path)
			return "", errors.Join(err, fails)
		}
		o.Now = func() int64 { now += 3_600_000; return now }
	})
	if _, err := v.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	good := names(t, dir)
	for range 40 {
		fails = bad
		if _, err := v.Keep(t.Context()); !errors.Is(err, bad) {
			t.Fatalf("error %v", err)
		}
	}
	left := names(t, dir)
	if len(left) != 2 || left[0] != good[0] || left[1] != "hub.unproved" {
		t.Errorf("after bad tries: %v", left)
	}
	if v.NewestMS() == 0 || v.NewestMS() > now {
		t.Errorf("newest %d", v.NewestMS())
	}
}

func TestABackupTakesNoRoomFromTickets(t *testing.T) {
	v, dir := started(t, func(o *vault.Options) {
		o.Bytes = func() int64 { return 200 << 20 }
		o.Free = func() (uint64, error) { return 300 << 20, nil }
	})
	_, err := v.Keep(t.Context())
	if err == nil || !strings.Contains(err.Error(), "300 MB are free") || !strings.Contains(err.Error(), "make room") {
		t.Errorf("error %v", err)
	}
	if list := names(t, dir); len(list) != 0 {
		t.Errorf("left %v", list)
	}
}

// TestItIsMadeWhenTheNewestIsOld lets the hours come.
func TestItIsMadeWhenTheNewestIsOld(t *testing.T) {
	made := make(chan string, 10)
	_, dir := started(t, func(o *vault.Options) {
		o.Settle, o.Every = time.Millisecond, 30*time.Millisecond
		write := o.Make
		now := o.Now()
		o.Now = func() int64 { now += 40; return now }
		o.Make = func(ctx context.Context, path string) (string, error) {
			made <- path
			return write(ctx, path)
		}
	})
	for range 3 {
		select {
		case <-made:
		case <-time.After(10 * time.Second):
			t.Fatalf("no backup within ten seconds: %v", names(t, dir))
		}
	}
}
