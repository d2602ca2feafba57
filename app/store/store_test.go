package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

const day0 = int64(1_795_485_600_000) // 2026-11-24 10:00 in UTC+8

func open(t testing.TB, dir string, origin event.Origin) *store.Store {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32.32s", origin)))
	now := day0
	s, err := store.Open(store.Options{Path: filepath.Join(dir, "t.db"), Origin: origin, Key: key, Now: func() int64 { now++; return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if s.Position() == 0 {
		write(t, s, func(tx *store.Tx) error {
			_, _, err := tx.Append(hall.KindDevice, hall.Device{Role: roleOf(origin), Key: key.Public().(ed25519.PublicKey)})
			return err
		})
	}
	return s
}

func write(t testing.TB, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func issue(t testing.TB, s *store.Store, n int) hall.Issued {
	t.Helper()
	var f hall.Issued
	write(t, s, func(tx *store.Tx) error {
		f = tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(s.Now(), n), Origin: s.Origin(), Digit: 1, Service: "B", Class: hall.WalkIn, Language: "zh", NowMS: s.Now()})
		_, _, err := tx.Append(hall.KindIssued, f)
		return err
	})
	return f
}

func ticketID(ms int64, n int) hall.TicketID {
	h := fmt.Sprintf("%012x", ms)
	return hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012x", h[:8], h[8:], n))
}

func hashOf(s *store.Store) (h event.Hash) {
	s.View("jiangnan", func(v *hall.Hall) { h = v.Hash(hall.DateOf(day0)) })
	return h
}

// drain pushes everything from one store to another, as the link does.
func drain(t testing.TB, from, to *store.Store) {
	t.Helper()
	ctx := context.Background()
	for range 20_000 {
		owed := from.Owing()
		if len(owed) == 0 {
			return
		}
		o := owed[0]
		p, ok, err := from.Batch(ctx, o.Origin, o.Epoch, o.Up+1, o.Head, 100)
		if err != nil || !ok {
			t.Fatalf("batch: %v %v", ok, err)
		}
		p, err = wire.DecodePush(p.Encode())
		if err != nil {
			t.Fatal(err)
		}
		var ack wire.Ack
		write(t, to, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
		if ack.Refuse != nil {
			t.Fatalf("refused: %v", ack.Refuse)
		}
		if err := from.Acked(ctx, o.Origin, o.Epoch, ack, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("does not drain")
}

func TestEverythingIsThereAgainAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "jiangnan/k1")
	for i := range 30 {
		issue(t, s, i)
	}
	want, epoch := hashOf(s), s.Epoch()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, "jiangnan/k1")
	if got := hashOf(s); got != want || s.Epoch() != epoch {
		t.Fatalf("hash %s epoch %s, want %s %s", got, s.Epoch(), want, epoch)
	}
	if err := s.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := hashOf(s); got != want {
		t.Fatalf("rebuilt hash %s, want %s", got, want)
	}
	if f := issue(t, s, 99); f.Number != "B1-031" {
		t.Fatalf("number after restart: %s", f.Number)
	}
}

func TestPushIsIdempotentAndForksAreSeen(t *testing.T) {
	k, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	for i := range 250 {
		issue(t, k, i)
	}
	drain(t, k, hub)
	if hashOf(k) != hashOf(hub) {
		t.Fatal("hub and kiosk differ")
	}
	ctx := context.Background()
	kept, _ := hub.Kept(ctx)
	p, _, err := k.Batch(ctx, k.Origin(), k.Epoch(), 1, event.Hash{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var ack wire.Ack
	write(t, hub, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
	if again, _ := hub.Kept(ctx); again != kept || ack.Upto != 251 || ack.Refuse != nil {
		t.Fatalf("sent twice: %d events, then %d, ack %+v", kept, again, ack)
	}
	// The same number with other content is kept aside and refused, never taken.
	e, _ := event.Decode(p.Bodies[7])
	e.At.MS++
	p.Bodies[7] = e.Encode()
	write(t, hub, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
	q, _ := hub.Quarantined(ctx)
	if ack.Refuse == nil || q != 1 {
		t.Fatalf("fork: ack %+v, %d in quarantine", ack, q)
	}
}

func TestForgedHeadIsKeptAside(t *testing.T) {
	k, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	issue(t, k, 1)
	drain(t, k, hub)
	issue(t, k, 2)
	ctx := context.Background()
	o := k.Owing()[0]
	p, _, err := k.Batch(ctx, o.Origin, o.Epoch, o.Up+1, o.Head, 10)
	if err != nil {
		t.Fatal(err)
	}
	p.Sig[0] ^= 1
	var ack wire.Ack
	write(t, hub, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
	if !errors.Is(ack.Refuse, event.DeviceUnknown) || ack.Upto != 2 {
		t.Fatalf("ack %+v", ack)
	}
	drain(t, k, hub)
}

func TestUnreadableEventsMoveOnAndAreKept(t *testing.T) {
	k, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	ctx := context.Background()
	p, _, _ := k.Batch(ctx, k.Origin(), k.Epoch(), 1, event.Hash{}, 10)
	future := event.Event{ID: event.ID{Origin: k.Origin(), Epoch: k.Epoch(), Seq: 2}, At: event.Stamp{MS: day0}, Kind: "ticket.teleported", Payload: []byte(`{"ticket":"x","to":"moon"}`)}
	broken := event.Event{ID: event.ID{Origin: k.Origin(), Epoch: k.Epoch(), Seq: 3}, At: event.Stamp{MS: day0}, Kind: hall.KindIssued, Payload: []byte(`{`)}
	p.Bodies = append(p.Bodies, future.Encode(), broken.Encode(), []byte("rubbish"))
	p.Sig = wire.SignHead(k.Key(), p.Origin, p.Epoch, p.Upto(), p.Head())
	var ack wire.Ack
	var err error
	write(t, hub, func(tx *store.Tx) error { ack, err = tx.Accept(p); return err })
	if err != nil || ack.Upto != 4 || ack.Head != p.Head() {
		t.Fatalf("ack %+v %v", ack, err)
	}
	if q, _ := hub.Quarantined(ctx); q != 2 {
		t.Fatalf("%d in quarantine, want 2", q)
	}
	again, _, err := hub.Batch(ctx, p.Origin, p.Epoch, 1, event.Hash{}, 10)
	if err != nil || string(again.Bodies[3]) != "rubbish" || again.Head() != p.Head() || string(again.Sig) != string(p.Sig) {
		t.Fatalf("not forwarded as it came: %v", err)
	}
}

func TestADatabaseThatIsNotOursIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("my thesis ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	_, err := store.Open(store.Options{Path: path, Origin: "jiangnan/k1", Now: func() int64 { return day0 }})
	if !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), "--data") {
		t.Fatalf("error %v", err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Fatal("the file was changed")
	}
}

func TestAnotherTerminalsDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, "jiangnan/k1").Close()
	_, err := store.Open(store.Options{Path: filepath.Join(dir, "t.db"), Origin: "jiangnan/k2", Now: func() int64 { return day0 }})
	if err == nil || !strings.Contains(err.Error(), "belongs to jiangnan/k1") {
		t.Fatalf("error %v", err)
	}
}

func TestRefusalsLeaveNothingBehind(t *testing.T) {
	s := open(t, t.TempDir(), "jiangnan/k1")
	pos := s.Position()
	err := s.Write(context.Background(), func(*store.Tx) error { return event.NobodyWaits })
	if !errors.Is(err, event.NobodyWaits) || s.Position() != pos {
		t.Fatalf("error %v, position %d -> %d", err, pos, s.Position())
	}
	// A job that fails after it wrote takes its whole commit with it, memory too.
	before := hashOf(s)
	err = s.Write(context.Background(), func(tx *store.Tx) error {
		f := tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(day0, 5), Origin: s.Origin(), Digit: 1, Service: "B", Class: hall.WalkIn, NowMS: day0})
		if _, _, err := tx.Append(hall.KindIssued, f); err != nil {
			return err
		}
		return errors.New("printer on fire")
	})
	if err == nil || hashOf(s) != before || s.Position() != pos {
		t.Fatalf("error %v, hash changed %v, position %d -> %d", err, hashOf(s) != before, pos, s.Position())
	}
	if f := issue(t, s, 6); f.Number != "B1-001" {
		t.Fatalf("number %s: one was burnt", f.Number)
	}
}

// A ticket's row must not take more of the disk than it is long: a hall keeps its tickets for years.
func TestTicketRowsAreNoLargerThanTheyAre(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "jiangnan/k1")
	const tickets = 400
	items := []hall.ItemCode{"11330100MB0000001X4000711001001", "11330100MB0000001X4000711001002"}
	write(t, s, func(tx *store.Tx) error {
		note := func(kind event.Kind, fact any) {
			if _, _, err := tx.Append(kind, fact); err != nil {
				t.Fatal(err)
			}
		}
		for n := range tickets {
			id, at := ticketID(s.Now(), n), s.Now()
			note(hall.KindIssued, tx.Hall("jiangnan").Issue(hall.Issue{Ticket: id, Origin: s.Origin(), Digit: 1, Service: "B", Items: items, Class: hall.WalkIn, Language: "zh", NowMS: at}))
			note(hall.KindCalled, hall.Called{Ticket: id, Window: "B01", Clerk: "c01", Request: string(id), Hall: "jiangnan", AtMS: at})
			note(hall.KindRecalled, hall.Moved{Ticket: id, Window: "B01", Clerk: "c01", AtMS: at, Recall: 1})
			note(hall.KindStarted, hall.Moved{Ticket: id, Window: "B01", Clerk: "c01", AtMS: at, How: "button"})
			note(hall.KindFinished, hall.Moved{Ticket: id, Window: "B01", Clerk: "c01", AtMS: at, Ended: []hall.Ending{{Item: items[0], Outcome: hall.Accepted}, {Item: items[1], Outcome: hall.Accepted}}})
		}
		return nil
	})
	if err := s.Close(); err != nil { // writes the rows
		t.Fatal(err)
	}
	s = open(t, dir, "jiangnan/k1")
	var pages, pageSize, rows, events int64
	for query, to := range map[string]*int64{"SELECT page_count FROM pragma_page_count": &pages, "SELECT page_size FROM pragma_page_size": &pageSize,
		"SELECT sum(length(row)) FROM ticket": &rows, "SELECT sum(length(body)) FROM event": &events} {
		if err := s.Reader().QueryRow(query).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	if rows < 1000*tickets {
		t.Errorf("rows of %d bytes: too short to tell anything", rows/tickets)
	}
	if size := pages * pageSize; size > 2*(rows+events) {
		t.Errorf("the database has %d bytes for %d of rows and %d of events", size, rows, events)
	}
}

// SQLite's log grows while somebody reads for long, as a backup does, and shrinks afterwards.
func TestTheLogShrinksAgain(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "jiangnan/k1")
	grow := func(n int) {
		for i := range n {
			write(t, s, func(tx *store.Tx) error {
				return tx.Exec("INSERT INTO document (name, version, body) VALUES (?, 'x', zeroblob(1000000))", fmt.Sprintf("%d of %d", i, n))
			})
		}
	}
	size := func() int64 {
		i, err := os.Stat(filepath.Join(dir, "t.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return i.Size()
	}
	reading, err := s.Reader().Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRow("SELECT count(*) FROM event").Scan(&n); err != nil {
		t.Fatal(err)
	}
	grow(40)
	if size() < 30<<20 {
		t.Errorf("a log of %d bytes: nobody held it", size())
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if grow(2); size() > 17<<20 {
		t.Errorf("the log has still %d bytes", size())
	}
}

// roleOf is what a test's device of a name is.
func roleOf(o event.Origin) string {
	switch name := o.Device(); {
	case !o.Terminal():
		return name
	case name[0] == 'c':
		return "counter"
	}
	return "kiosk"
}
