package baddisk_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"onewindow/app/baddisk"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
	"onewindow/app/store"
)

const (
	day0   = int64(1_795_485_600_000) // 2026-11-24 10:00 in the halls
	origin = event.Origin("jiangnan/k1")
	// full asks for the whole numbers; without it a tenth of them is done.
	full = "ONEWINDOW_FULL"
)

// left tells that a test is not for `go test -short`: the part "faults" of the build's
// tests runs it and prints its figures.
func left(t *testing.T, what string) bool {
	t.Helper()
	if testing.Short() {
		t.Logf("left to `go run ./build test faults`: %s", what)
	}
	return testing.Short()
}

var key = ed25519.NewKeyFromSeed([]byte("a key for tests on a bad disk 01"))

// history is what a store was told, step by step, with the trace of its disk.
type history struct {
	trace []baddisk.Step
	epoch event.Epoch
	// The next four hold what is so after n events at index n.
	bodies [][]byte // the n-th event itself; none at 0
	hashes []event.Hash
	issued []int
	cases  []int
}

// writer is a store under way on a bad disk.
type writer struct {
	*history
	t     testing.TB
	disk  *baddisk.Disk
	path  string
	level string
	// early acknowledges before the commit: a mistake that the tests must see.
	early bool
	ms    atomic.Int64
	store *store.Store
	item  *guide.Item
	days  *intake.Calendar
}

// tell lets a store write tickets and applications on a bad disk at a level of
// synchronous, with checkpoints of every sort, a restart, and a mark after every
// commit that was acknowledged.
func tell(t testing.TB, level string, tickets int, early bool) *history {
	t.Helper()
	w := &writer{history: &history{bodies: [][]byte{nil}, issued: []int{0}, cases: []int{0}}, t: t, disk: disk(t),
		path: filepath.Join(t.TempDir(), "t.db"), level: level, early: early}
	w.ms.Store(day0)
	files, err := guide.ShippedFiles()
	must(t, err)
	catalogue, err := guide.Parse(files)
	must(t, err)
	w.item = catalogue.ItemsIn("A")[0]
	w.days, err = intake.ShippedCalendar()
	must(t, err)
	w.open()
	w.hashes = []event.Hash{hashOf(w.store)}
	w.epoch = w.store.Epoch()
	w.write(func(tx *store.Tx) (event.Event, error) {
		e, _, err := tx.Append(hall.KindDevice, hall.Device{Role: "kiosk", Key: key.Public().(ed25519.PublicKey)})
		return e, err
	})
	for n := range tickets {
		w.ticket(n)
		if n%5 == 4 {
			w.application(n)
		}
		switch {
		// In its second half the store is left to SQLite's own checkpoints.
		case n < tickets/2 && n%20 == 19:
			w.checkpoint([]string{"PASSIVE", "FULL", "RESTART", "TRUNCATE"}[n/20%4])
		case n == tickets*9/10:
			must(t, w.store.Close())
			w.open()
		}
	}
	must(t, w.store.Close())
	w.trace = w.disk.Trace()
	return w.history
}

func (w *writer) open() {
	w.t.Helper()
	var err error
	w.store, err = store.Open(store.Options{Path: w.path, Origin: origin, Key: key, Now: func() int64 { return w.ms.Add(1) }, Synchronous: w.level, VFS: w.disk.Name()})
	must(w.t, err)
	w.t.Cleanup(func() { w.store.Close() })
}

// write notes one event and what is so afterwards.
func (w *writer) write(fn func(*store.Tx) (event.Event, error)) {
	w.t.Helper()
	w.ms.Add(20_000)
	n := len(w.bodies)
	var body []byte
	must(w.t, w.store.Write(context.Background(), func(tx *store.Tx) error {
		e, err := fn(tx)
		if body = e.Encode(); w.early && err == nil {
			w.disk.Mark(n)
		}
		return err
	}))
	if !w.early {
		w.disk.Mark(n)
	}
	w.bodies, w.hashes = append(w.bodies, body), append(w.hashes, hashOf(w.store))
	w.issued, w.cases = append(w.issued, w.issued[n-1]), append(w.cases, w.cases[n-1])
}

// ticket issues as a kiosk does.
func (w *writer) ticket(n int) {
	w.t.Helper()
	w.write(func(tx *store.Tx) (event.Event, error) {
		return tx.Issue(fmt.Sprintf("tap-%d", n), tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(w.store.Now(), n), Origin: origin, Digit: 1,
			Service: "B", Class: hall.WalkIn, Language: "zh", NowMS: w.store.Now()}))
	})
	w.issued[len(w.issued)-1]++
}

// application takes one as a counter does.
func (w *writer) application(n int) {
	w.t.Helper()
	request := fmt.Sprintf("intake:%d", n)
	w.write(func(tx *store.Tx) (e event.Event, err error) {
		if _, known, err := tx.Answered(request); known || err != nil {
			return e, fmt.Errorf("request %s: known %t: %w", request, known, err)
		}
		today := hall.DateOf(w.store.Now())
		count, err := tx.CaseCount(today)
		if err != nil {
			return e, err
		}
		f, who, no := intake.Take{Request: request, Application: intake.ApplicationID(ticketID(w.store.Now(), n)), Number: intake.Number("jiangnan", today, "k1", "", count+1),
			Ticket: ticketID(day0, n), Hall: "jiangnan", Window: "A01", Clerk: "wang", Applicant: "罗庆(样例)", DocumentType: "resident_id",
			DocumentNumber: "99010820000907755X", NowMS: w.store.Now()}.Decide(w.item, w.days, today)
		if no != nil {
			return e, no
		}
		if err := f.Seal(who, sealed.Key{1}, rand.Reader); err != nil {
			return e, err
		}
		if e, _, err = tx.Append(intake.KindTaken, f); err != nil {
			return e, err
		}
		answer, err := json.Marshal(f.Number)
		if err != nil {
			return e, err
		}
		return e, tx.Answer(request, answer)
	})
	w.cases[len(w.cases)-1]++
}

// checkpoint copies the WAL into the database from a connection of its own, as
// any backup or inspection could.
func (w *writer) checkpoint(how string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path+"?vfs="+w.disk.Name()+"&_pragma=busy_timeout(5000)&_pragma=synchronous("+w.level+")")
	must(w.t, err)
	exec(w.t, db, "PRAGMA wal_checkpoint("+how+")")
	must(w.t, db.Close())
}

func ticketID(ms int64, n int) hall.TicketID {
	h := fmt.Sprintf("%012x", ms)
	return hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012x", h[:8], h[8:], n))
}

func hashOf(s *store.Store) (h event.Hash) {
	s.View("jiangnan", func(v *hall.Hall) { h = v.Hash(hall.DateOf(day0)) })
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
