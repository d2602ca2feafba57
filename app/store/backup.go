package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
)

// Proof is what was found true of a copy of a database when it was opened, checked and
// folded again from its log.
type Proof struct {
	Origin         event.Origin
	Epoch          event.Epoch
	Events, Chains int
	// Days are the business days whose tickets were folded again and compared, State sums
	// them up: two copies with the same events of these days have the same.
	Days  []hall.Date
	State event.Hash
}

// Backup writes the database as it is now into a new file and proves that the file is
// worth its name (see Verify), and that it holds at least what was saved when Backup
// was called. The writer goes on meanwhile; only its log cannot be folded into the
// database until the copy is written. An error leaves the file for a look.
func (s *Store) Backup(ctx context.Context, to string) (Proof, error) {
	_, must := s.Chains()
	if err := s.copyTo(ctx, to); err != nil {
		return Proof{}, err
	}
	return verify(ctx, to, must)
}

func (s *Store) copyTo(ctx context.Context, to string) error {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "cache_size(-2048)"}}
	if s.opt.VFS != "" {
		q.Set("vfs", s.opt.VFS)
	}
	// A connection of its own: the readers are for people who wait.
	db, err := sql.Open("sqlite", "file:"+s.opt.Path+"?"+q.Encode())
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// Verify proves a copy of a database: SQLite finds the file in order, every event has
// its hash and every chain its head, and the tickets of the last days, folded again
// from the log alone, are those that the copy's rows give. It changes nothing.
func Verify(ctx context.Context, path string) (Proof, error) { return verify(ctx, path, nil) }

func verify(ctx context.Context, path string, must []core.Chain) (Proof, error) {
	var p Proof
	db, err := openReadOnly(path)
	if err != nil {
		return p, err
	}
	defer db.Close()
	if err := sound(ctx, db); err != nil {
		return p, err
	}
	found, err := scrub(ctx, db, must)
	if err != nil {
		return p, err
	}
	if len(found.Flaws) > 0 {
		return p, fmt.Errorf("%d places of the log are not as they were written, the first: %s", len(found.Flaws), found.Flaws[0])
	}
	p.Events, p.Chains = found.Events, found.Chains
	now, remove, err := asNow(ctx, db)
	if err != nil {
		return p, err
	}
	return p, errors.Join(p.refold(ctx, now), remove())
}

// asNow gives a database as this program would have it: itself, or, where an older
// program made it, a copy that is brought to this version. So a backup of before an
// update is as good as one of after it.
func asNow(ctx context.Context, db *sql.DB) (now *sql.DB, remove func() error, err error) {
	p, err := steps(db)
	if err != nil {
		return nil, nil, err
	}
	sources := p.ListSources()
	var version int64
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM schema_version").Scan(&version); err != nil {
		return nil, nil, fmt.Errorf("read the database's version: %w", err)
	}
	if version >= sources[len(sources)-1].Version {
		return db, func() error { return nil }, nil
	}
	folder, err := os.MkdirTemp("", "onewindow-proof-")
	if err != nil {
		return nil, nil, fmt.Errorf("copy the database: %w", err)
	}
	copied := filepath.Join(folder, "copy.db")
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", copied); err == nil {
		if now, err = sql.Open("sqlite", "file:"+copied); err == nil {
			err = migrate(now, copied)
		}
	}
	remove = func() error {
		var closing error
		if now != nil {
			closing = now.Close()
		}
		return errors.Join(closing, os.RemoveAll(folder))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("bring a copy to this version: %w", errors.Join(err, remove()))
	}
	return now, remove, nil
}

// openReadOnly opens a database file that is ours, without its ever being changed.
func openReadOnly(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := ours(path); err != nil {
		return nil, err
	}
	lockOnce.Do(openLocks)
	db, err := sql.Open("sqlite", "file:"+path+"?"+url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "cache_size(-4096)"}}.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	var id int64
	err = db.QueryRow("PRAGMA application_id").Scan(&id)
	if err == nil && id != applicationID {
		err = ErrForeign
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return db, nil
}

// lastDays is how many of the days with tickets are folded again and compared. A day
// that only a wrong clock has seen takes the place of one of them.
const lastDays = 4

// refold compares what a start would read from the copy's rows with what the log
// alone gives.
func (p *Proof) refold(ctx context.Context, db *sql.DB) error {
	var origin string
	var epoch int64
	if err := db.QueryRowContext(ctx, "SELECT origin, epoch FROM node WHERE id = 1").Scan(&origin, &epoch); err != nil {
		return fmt.Errorf("read whose database it is: %w", err)
	}
	p.Origin, p.Epoch = event.Origin(origin), event.Epoch(epoch)
	if !p.Origin.Valid() || p.Epoch == 0 {
		return fmt.Errorf("read whose database it is: %q in life %s", origin, p.Epoch)
	}
	from, err := daysOf(ctx, db)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	// The same code that starts a program reads the rows; it has no writer.
	begin, err := hall.At(from, "12:00")
	if err != nil {
		return fmt.Errorf("read the days: %w", err)
	}
	rows := &Store{opt: Options{Path: "the copy", Origin: p.Origin, Now: func() int64 { return begin + dayMS }}, conn: conn, hand: newHand(conn)}
	defer rows.shut()
	if err := rows.load(); err != nil {
		return err
	}
	have := stateOf(rows.node, from)
	rows.node = nil // a place that backs itself up while it works has no room for the days twice
	log := core.NewNode(p.Origin, nil, p.Epoch, 0, from)
	folded := 0
	err = rows.replay(ctx, func(e event.Event) error {
		if folded++; folded%20_000 == 0 {
			// Only the last days are compared; earlier ones must not fill the memory.
			log.TakeDirty()
			for _, id := range log.Halls() {
				log.Hall(id).Forget(from, nil)
			}
		}
		return log.Replay(e)
	}, "SELECT body FROM event WHERE fault IS NULL ORDER BY pos")
	if err != nil {
		return err
	}
	return p.compare(have, stateOf(log, from))
}

// daysOf gives the first of the last days that have tickets.
func daysOf(ctx context.Context, db *sql.DB) (hall.Date, error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT date FROM ticket WHERE date <> '' ORDER BY date DESC LIMIT ?", lastDays)
	if err != nil {
		return "", fmt.Errorf("read the days: %w", err)
	}
	defer rows.Close()
	first := hall.Date("1970-01-02")
	for rows.Next() {
		var d hall.Date
		if err := rows.Scan(&d); err != nil {
			return "", fmt.Errorf("read the days: %w", err)
		}
		// A device may have claimed a day that no calendar has; that breaks no backup.
		if _, err := hall.At(d, "12:00"); err == nil {
			first = d
		}
	}
	return first, rows.Err()
}

// state sums up the tickets of each hall and day.
type state map[hall.ID]map[hall.Date]event.Hash

func stateOf(n *core.Node, from hall.Date) state {
	out := state{}
	for _, id := range n.Halls() {
		out[id] = daysIn(n.Hall(id), from)
	}
	return out
}

// compare holds the fold of the rows against that of the log, day by day.
func (p *Proof) compare(rows, log state) error {
	sum := sha256.New()
	for _, id := range union(rows, log) {
		for _, d := range union(rows[id], log[id]) {
			day := rows[id][d]
			if day != log[id][d] {
				return fmt.Errorf("the tickets of %s on %s are not those that the log gives", id, d)
			}
			sum.Write([]byte(string(id) + " " + string(d) + "\n"))
			sum.Write(day[:])
			p.Days = append(p.Days, d)
		}
	}
	slices.Sort(p.Days)
	p.Days = slices.Compact(p.Days)
	p.State = event.Hash(sum.Sum(nil))
	return nil
}

// union lists what is in either, in order.
func union[K cmp.Ordered, V any](a, b map[K]V) []K {
	return slices.Compact(slices.Sorted(func(yield func(K) bool) {
		for _, m := range []map[K]V{a, b} {
			for k := range m {
				if !yield(k) {
					return
				}
			}
		}
	}))
}

// daysIn sums up the tickets of each day of a hall that both ways of making them must
// have: those whose id says that they were issued then.
func daysIn(h *hall.Hall, from hall.Date) map[hall.Date]event.Hash {
	out := map[hall.Date]event.Hash{}
	byDay := map[hall.Date][]*hall.Ticket{}
	for _, t := range h.Tickets("") {
		if t.Date >= from && hall.IssueDate(t.Ticket) >= from {
			byDay[t.Date] = append(byDay[t.Date], t)
		}
	}
	for d, list := range byDay {
		slices.SortFunc(list, func(a, b *hall.Ticket) int { return cmp.Compare(a.Ticket, b.Ticket) })
		sum := sha256.New()
		for _, t := range list {
			sum.Write(t.Row())
		}
		out[d] = event.Hash(sum.Sum(nil))
	}
	return out
}
