package baddisk_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/baddisk"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// TestEveryStepOfAnOpeningCanFail lets each step fail with which a database is
// made or recovered: the start may fail, but the next one on a good disk must
// find everything and go on, without anybody's help.
func TestEveryStepOfAnOpeningCanFail(t *testing.T) {
	if left(t, "T7") {
		return
	}
	t.Parallel()
	stride := 7
	if os.Getenv(full) != "" {
		stride = 1
	}
	left := leftBehind(t, 30)
	for _, c := range []struct {
		name  string
		files map[string][]byte
		have  int // tickets
	}{{"of a new database", nil, 0}, {"after a crash", left, 30}} {
		t.Run(c.name, func(t *testing.T) {
			d := disk(t)
			faults, failed, most := 0, 0, 0
			for _, f := range []baddisk.Fault{
				{Trouble: baddisk.NoSpace, Torn: true}, {Trouble: baddisk.NoSpace, Lasting: true}, {Trouble: baddisk.Broken}, {Trouble: baddisk.Broken, Lasting: true},
			} {
				f.On = baddisk.Open | baddisk.Write | baddisk.Sync | baddisk.Truncate | baddisk.Delete
				for f.Nth = 1; ; f.Nth += stride {
					path := filepath.Join(t.TempDir(), "t.db")
					for name, b := range c.files {
						must(t, os.WriteFile(filepath.Join(filepath.Dir(path), name), b, 0o600))
					}
					d.Break(f)
					done, opening := openAndIssue(d, path, c.have, 0)
					hit := len(d.Heal())
					if opening == nil && hit == 0 {
						break
					}
					faults, most = faults+1, max(most, f.Nth)
					if opening != nil {
						failed++
					}
					// A commit of which only the sync failed is refused, but whole in the WAL:
					// where the disk stays bad until the end, the next start finds it.
					if _, err := openAndIssue(d, path, c.have+done, 1-done); err != nil {
						t.Errorf("%s: the start said %v, and on a good disk again: %v", f, opening, err)
					}
					if err := sound(path); err != nil {
						t.Errorf("%s: %v", f, err)
					}
				}
			}
			if failed == 0 {
				t.Error("no fault was noticed")
			}
			t.Logf("T7 opening %s: %d faults at up to %d steps, each %d: %d starts failed, all worked on a good disk again", c.name, faults, most, stride, failed)
		})
	}
}

// leftBehind gives the files of a store with so many tickets that was not closed.
func leftBehind(t *testing.T, tickets int) map[string][]byte {
	t.Helper()
	d, path := disk(t), filepath.Join(t.TempDir(), "t.db")
	s, err := openOn(d, path)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	for n := range tickets {
		must(t, issueOn(s, n+1))
	}
	files := map[string][]byte{}
	for _, name := range []string{"t.db", "t.db-wal"} {
		files[name], err = os.ReadFile(filepath.Join(filepath.Dir(path), name))
		must(t, err)
	}
	return files
}

func openOn(d *baddisk.Disk, path string) (*store.Store, error) {
	ms := day0
	s, err := store.Open(store.Options{Path: path, Origin: origin, Key: key, Now: func() int64 { ms++; return ms }, VFS: d.Name()})
	if err != nil {
		return nil, err
	}
	if err := s.Announce(hall.Device{Role: "kiosk", Key: key.Public().(ed25519.PublicKey)}); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func issueOn(s *store.Store, due int) error {
	var f hall.Issued
	err := s.Write(context.Background(), func(tx *store.Tx) error {
		f = tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(s.Now(), due), Origin: origin, Digit: 1, Service: "B", Class: hall.WalkIn, Language: "zh", NowMS: s.Now()})
		_, err := tx.Issue(fmt.Sprintf("tap-%d", due), f)
		return err
	})
	if want := hall.Number(fmt.Sprintf("B1-%03d", due)); err == nil && f.Number != want {
		return fmt.Errorf("number %s, due was %s", f.Number, want)
	}
	return err
}

// openAndIssue starts a store that has so many tickets, or up to more beyond
// them, and issues one; done is 1 when that was acknowledged. An error of the
// closing is none of the start.
func openAndIssue(d *baddisk.Disk, path string, have, more int) (done int, err error) {
	s, err := openOn(d, path)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	n := 0
	s.View("jiangnan", func(v *hall.Hall) { n = len(v.Tickets("")) })
	if n < have || n > have+more {
		return 0, fmt.Errorf("%d tickets, %d were saved and %d more asked for", n, have, more)
	}
	if err := issueOn(s, n+1); err != nil {
		return 0, err
	}
	return 1, nil
}
