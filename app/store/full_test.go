package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// TestAFullDiskIsAStateAndNotAnEnd bounds the database as a full disk does: the
// ticket is refused whole, what was saved stays, and after there is room again it
// goes on with the next number.
func TestAFullDiskIsAStateAndNotAnEnd(t *testing.T) {
	ms := int64(1_795_485_600_000)
	s, err := Open(Options{Path: filepath.Join(t.TempDir(), "t.db"), Origin: "jiangnan/k1", Key: ed25519.NewKeyFromSeed(make([]byte, 32)),
		Now: func() int64 { ms++; return ms }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	issued := 0
	issue := func() error {
		return s.Write(context.Background(), func(tx *Tx) error {
			f := tx.Hall("jiangnan").Issue(hall.Issue{Ticket: hall.TicketID(fmt.Sprintf("t%d", issued)), Origin: "jiangnan/k1", Digit: 1, Service: "B", Class: hall.WalkIn, NowMS: ms})
			_, _, err := tx.Append(hall.KindIssued, f)
			return err
		})
	}
	hash := func() (h event.Hash, n int) {
		s.View("jiangnan", func(v *hall.Hall) { h, n = v.Hash(hall.DateOf(ms)), len(v.Tickets("")) })
		return h, n
	}
	if err := issue(); err != nil {
		t.Fatal(err)
	}
	issued++
	bound := func(pages string) {
		if err := s.Write(context.Background(), func(tx *Tx) error {
			var n int
			return tx.Query("PRAGMA max_page_count = "+pages, nil, &n)
		}); err != nil {
			t.Fatal(err)
		}
	}
	bound("1") // SQLite takes the present size as the least
	for err = issue(); err == nil; err = issue() {
		if issued++; issued > 10_000 {
			t.Fatal("the bound does not bind")
		}
	}
	if !errors.Is(err, event.DiskFull) || !s.DiskFull() {
		t.Fatalf("error %v, state %v", err, s.DiskFull())
	}
	before, n := hash()
	if n != issued {
		t.Fatalf("%d tickets in memory, %d were saved", n, issued)
	}
	for range 3 {
		if err := issue(); !errors.Is(err, event.DiskFull) {
			t.Fatalf("still full: %v", err)
		}
	}
	if after, _ := hash(); after != before {
		t.Fatal("a refused ticket left something behind")
	}
	bound("1000000")
	if err := issue(); err != nil || s.DiskFull() {
		t.Fatalf("with room again: %v, state %v", err, s.DiskFull())
	}
	var last hall.Number
	s.View("jiangnan", func(v *hall.Hall) { last = v.Ticket(hall.TicketID(fmt.Sprintf("t%d", issued))).Number })
	if want := hall.Number(fmt.Sprintf("B1-%03d", issued+1)); last != want {
		t.Fatalf("number %s, want %s: one was burnt", last, want)
	}
	if err := s.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
}
