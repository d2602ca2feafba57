// Package binder keeps the sealed chunks of scans in a SQLite file of their own. They are
// no part of the log: a log is kept for ever, proved every hour and copied with each backup, and
// a writer that takes a ticket must not wait for a page of a scan. It seals and opens nothing.
package binder

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"onewindow/app/watch"
	"onewindow/sync/wire"
)

// FileName is the binder's file in a data folder.
const FileName = "scans.db"

// Reserve is how much room on the disk is left to tickets and everything else, in bytes: where less
// would be free, no chunk is taken. Tickets go on with all of it.
const Reserve = 200 << 20

// schema: whole tells that all chunks are here; held that the scan waits for its application and
// is offered to nobody; note is its fact and file, sealed, the scanner's file that it came from. sent tells that the
// binder above (place is its life) has all of it, above that the centre has. refused counts how often it was not taken.
const schema = `
CREATE TABLE IF NOT EXISTS binder (life TEXT NOT NULL, place TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scan (id TEXT PRIMARY KEY, application TEXT NOT NULL, sums BLOB NOT NULL, at_ms INTEGER NOT NULL, ticket TEXT NOT NULL, note BLOB NOT NULL, file TEXT NOT NULL,
	whole INTEGER NOT NULL, held INTEGER NOT NULL, sent INTEGER NOT NULL, above INTEGER NOT NULL, refused INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (scan TEXT NOT NULL, no INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (scan, no));
CREATE INDEX IF NOT EXISTS scan_application ON scan (application);
CREATE INDEX IF NOT EXISTS scan_held ON scan (at_ms) WHERE held = 1;
CREATE INDEX IF NOT EXISTS scan_unsent ON scan (refused, at_ms) WHERE sent = 0;
CREATE INDEX IF NOT EXISTS scan_below ON scan (at_ms) WHERE above = 0;
CREATE INDEX IF NOT EXISTS scan_file ON scan (at_ms) WHERE file != '';`

// Errors.
var (
	// ErrRoom says that the disk has no room for a scan; nothing of it was kept.
	ErrRoom = errors.New("there is no room for a scan")
	// ErrNone says that a scan or chunk is not here.
	ErrNone = errors.New("this scan is not here")
	// ErrChanged says that a chunk is not the one that was announced.
	ErrChanged = errors.New("a chunk of a scan was changed")
)

// Options of Open.
type Options struct {
	// Data is the data folder, VFS a SQLite VFS where another than SQLite's own is used.
	Data, VFS string
	// Free tells how much room the disk has, in bytes; nil where nobody can tell.
	Free func() (uint64, error)
}

// Binder is an open binder; goroutines share it.
type Binder struct {
	db   *sql.DB
	free func() (uint64, error)
	life string
	// unscrubbed tells that SQLite's log may hold what was taken off, as it may after a crash.
	unscrubbed atomic.Bool

	// Watchers hear when there is something to offer to the binder above, or when it has more than before.
	watch.Watchers
}

// Open opens or makes the binder of a data folder.
func Open(opt Options) (*Binder, error) {
	path := filepath.Join(opt.Data, FileName)
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "cache_size(-1024)", "journal_size_limit(4194304)", "secure_delete(1)"}}
	if opt.VFS != "" {
		q.Set("vfs", opt.VFS)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open the binder: %w", err)
	}
	db.SetMaxOpenConns(1)
	b := &Binder{db: db, free: opt.Free}
	err = b.write(context.Background(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(schema); err != nil {
			return err
		}
		err := tx.QueryRow("SELECT life FROM binder").Scan(&b.life)
		if errors.Is(err, sql.ErrNoRows) {
			raw := make([]byte, 8)
			_, _ = rand.Read(raw) // it never fails
			b.life = hex.EncodeToString(raw)
			_, err = tx.Exec("INSERT INTO binder (life, place) VALUES (?, '')", b.life)
		}
		return err
	})
	if err == nil {
		b.unscrubbed.Store(true)
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the binder %s: %w", path, err), db.Close())
	}
	return b, nil
}

// Close ends the binder.
func (b *Binder) Close() error { return b.db.Close() }

// write runs one commit. Errors wrap ErrRoom where the disk is full.
func (b *Binder) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err == nil {
		if err = fn(tx); err != nil {
			err = errors.Join(err, rolledBack(tx))
		} else {
			err = tx.Commit()
		}
	}
	var said *sqlite.Error
	if errors.As(err, &said) && (said.Code()&0xff == sqlite3.SQLITE_FULL || strings.Contains(err.Error(), "no space left")) {
		return fmt.Errorf("%w: %w", ErrRoom, err)
	}
	return err
}

// rolledBack takes a commit back; SQLite has done so itself where the disk was full.
func rolledBack(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		var said *sqlite.Error
		if errors.As(err, &said) && said.Code() == sqlite3.SQLITE_ERROR {
			return nil // "no transaction is active"
		}
		return err
	}
	return nil
}

// room refuses where so many bytes would take what is left to tickets.
func (b *Binder) room(bytes int) error {
	if b.free == nil {
		return nil
	}
	free, err := b.free()
	if err != nil {
		return nil //nolint:nilerr // nobody can tell; SQLite says so where it is full
	}
	// A commit stands in SQLite's own log first, and then in the database.
	if free < Reserve+2*uint64(bytes) {
		return fmt.Errorf("%w: %d MB are free", ErrRoom, free>>20)
	}
	return nil
}

// Held is a scan that waits for its application. Note is its fact as JSON, File the sealed name of the
// scanner's file; Ticket is empty for one that is attached to an application which is taken already.
type Held struct {
	Scan, Application, Ticket string
	Sums, Note                []byte
	File                      string
	AtMS                      int64
}

// Hold keeps a scan whole; it is on the disk when Hold returns, and goes nowhere before Release.
// Errors wrap ErrRoom.
func (b *Binder) Hold(ctx context.Context, h Held, chunks [][]byte) error {
	size := 0
	for _, c := range chunks {
		size += len(c)
	}
	err := b.room(size)
	if err == nil {
		err = b.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.Exec("INSERT INTO scan (id, application, sums, at_ms, ticket, note, file, whole, held, sent, above, refused) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, 0, 0, 0)",
				h.Scan, h.Application, h.Sums, h.AtMS, h.Ticket, h.Note, h.File)
			for no := 0; no < len(chunks) && err == nil; no++ {
				_, err = tx.Exec("INSERT INTO chunk (scan, no, body) VALUES (?, ?, ?)", h.Scan, no, chunks[no])
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep a scan: %w", err)
	}
	return nil
}

// Held lists the scans that wait, in the order in which they came: those of an application, or all for "".
func (b *Binder) Held(ctx context.Context, application string) ([]Held, error) {
	return b.list(ctx, "WHERE held = 1 AND (application = ?1 OR ?1 = '') ORDER BY at_ms, id", application)
}

// Filed lists the scans from before a moment that the hall has and whose file may still lie in the scanner's folder.
func (b *Binder) Filed(ctx context.Context, beforeMS int64) ([]Held, error) {
	return b.list(ctx, "WHERE file != '' AND held = 0 AND at_ms < ? AND (sent = 1 OR above = 1) ORDER BY at_ms", beforeMS)
}

func (b *Binder) list(ctx context.Context, where string, args ...any) (out []Held, err error) {
	rows, err := b.db.QueryContext(ctx, "SELECT id, application, ticket, sums, note, file, at_ms FROM scan "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Scan, &h.Application, &h.Ticket, &h.Sums, &h.Note, &h.File, &h.AtMS); err != nil {
			return nil, fmt.Errorf("list scans: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Unconfirmed lists the scans that the centre has not, in the order in which they came, as far as they have so many
// bytes together, and counts the others.
func (b *Binder) Unconfirmed(ctx context.Context, most int64) (list []Held, left int, err error) {
	all, err := b.list(ctx, "WHERE above = 0 AND whole = 1 AND held = 0 ORDER BY at_ms, id")
	for _, h := range all {
		var size int64
		if err == nil {
			err = b.db.QueryRowContext(ctx, "SELECT total(length(body)) FROM chunk WHERE scan = ?", h.Scan).Scan(&size)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("list the scans that the centre has not: %w", err)
		}
		if most -= size; most < 0 {
			left++
			continue
		}
		list = append(list, h)
	}
	return list, left, err
}

// Release lets scans go up whose events are committed.
func (b *Binder) Release(ctx context.Context, ids []string) error {
	return b.each(ctx, "UPDATE scan SET held = 0 WHERE id = ?", ids)
}

// Unfile notes that the scanner's files of scans are gone.
func (b *Binder) Unfile(ctx context.Context, ids []string) error {
	return b.each(ctx, "UPDATE scan SET file = '' WHERE id = ?", ids)
}

func (b *Binder) each(ctx context.Context, statement string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	err := b.write(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(statement, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note how scans stand: %w", err)
	}
	b.Signal()
	return nil
}

// Drop drops scans with their chunks.
func (b *Binder) Drop(ctx context.Context, ids []string) error {
	return b.drop(ctx, "id IN (SELECT value FROM json_each(?))", jsonList(ids), len(ids))
}

// DropOff drops scans that were taken off their applications. Their key lives on, so that not a byte of them may be
// left in the file.
func (b *Binder) DropOff(ctx context.Context, list []wire.ScanRef) error {
	if len(list) == 0 {
		return nil
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("drop scans: %w", err)
	}
	const which = "(application, id) IN (SELECT value ->> 'application', value ->> 'scan' FROM json_each(?))"
	here := 0
	if err := b.db.QueryRowContext(ctx, "SELECT count(*) FROM scan WHERE "+which, string(raw)).Scan(&here); err != nil {
		return fmt.Errorf("look for scans that were taken off: %w", err)
	}
	if here > 0 {
		b.unscrubbed.Store(true)
		if err := b.drop(ctx, which, string(raw), here); err != nil {
			return err
		}
	}
	return b.scrub(ctx)
}

// scrub takes what was dropped out of SQLite's own log too, as long as that has not been done; the pages themselves are
// overwritten with the drop.
func (b *Binder) scrub(ctx context.Context) error {
	if !b.unscrubbed.Load() {
		return nil
	}
	busy, frames, moved := 0, 0, 0
	if err := b.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("scrub the binder's log: %w", err)
	}
	if busy != 0 {
		return errors.New("scrub the binder's log: another program reads it")
	}
	b.unscrubbed.Store(false)
	return nil
}

// DropCases drops everything of applications whose keys were destroyed: nobody can read it any more.
func (b *Binder) DropCases(ctx context.Context, applications []string) error {
	return b.drop(ctx, "application IN (SELECT value FROM json_each(?))", jsonList(applications), len(applications))
}

// Forget drops scans from before a moment that the centre has: a terminal is not where they are kept. One whose
// file may still lie in the scanner's folder stays as long.
func (b *Binder) Forget(ctx context.Context, beforeMS int64) error {
	return b.drop(ctx, "above = 1 AND file = '' AND at_ms < ?", beforeMS, 1)
}

func (b *Binder) drop(ctx context.Context, which string, arg any, n int) error {
	if n == 0 {
		return nil
	}
	err := b.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM chunk WHERE scan IN (SELECT id FROM scan WHERE "+which+")", arg)
		if err == nil {
			_, err = tx.Exec("DELETE FROM scan WHERE "+which, arg)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("drop scans: %w", err)
	}
	return nil
}

// Chunk gives a sealed chunk of a scan of an application, and holds it to its sum. Errors wrap ErrNone or ErrChanged.
func (b *Binder) Chunk(ctx context.Context, application, scan string, no int) ([]byte, error) {
	var body, sums []byte
	err := b.db.QueryRowContext(ctx, "SELECT c.body, s.sums FROM chunk c JOIN scan s ON s.id = c.scan WHERE c.scan = ? AND c.no = ? AND s.application = ?", scan, no, application).Scan(&body, &sums)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrNone
	case err != nil:
		return nil, fmt.Errorf("read a chunk: %w", err)
	case !fits(body, sums, no):
		return nil, fmt.Errorf("%w: %d of %s, on this disk", ErrChanged, no, scan)
	}
	return body, nil
}

// fits tells whether a chunk has the sum that was announced for its place.
func fits(body, sums []byte, no int) bool {
	if no < 0 || (no+1)*sha256.Size > len(sums) {
		return false
	}
	return sha256.Sum256(body) == [sha256.Size]byte(sums[no*sha256.Size:])
}

// Saved tells how far a scan is saved: "here", "hall" or "centre"; nothing where it is not here as a whole.
func (b *Binder) Saved(ctx context.Context, scan string) (string, error) {
	var sent, above int
	switch err := b.db.QueryRowContext(ctx, "SELECT sent, above FROM scan WHERE id = ? AND whole = 1", scan).Scan(&sent, &above); {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the state of a scan: %w", err)
	case above == 1:
		return wire.Centre, nil
	case sent == 1:
		return "hall", nil
	}
	return "here", nil
}

// Owed counts the scans that only this place has, and those beside them that the centre has not.
func (b *Binder) Owed(ctx context.Context) (hereOnly, below int, err error) {
	err = b.db.QueryRowContext(ctx, "SELECT count(*) FILTER (WHERE sent != 1), count(*) FILTER (WHERE sent = 1) FROM scan WHERE above = 0 AND whole = 1 AND held = 0").Scan(&hereOnly, &below)
	if err != nil {
		err = fmt.Errorf("count the scans that are owed: %w", err)
	}
	return hereOnly, below, err
}
