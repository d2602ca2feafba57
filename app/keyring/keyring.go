// Package keyring keeps the keys of cases in a SQLite file of their own. The log of a
// place is kept for ever and copied into its backups; a key must be gone when it is
// destroyed, so it is never in the log, and what is deleted here is overwritten.
package keyring

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"onewindow/app/sealed"
	"onewindow/app/watch"
	"onewindow/sync/wire"

	_ "modernc.org/sqlite" // the database
)

// FileName is the ring's file in a data folder, and that of its one copy in the folder backups.
const FileName = "keys.db"

// schema: a row is a key or, where key is NULL, what remains of one that was destroyed.
// sent tells that the ring above (place is its life) has the row, above that the centre
// has it, and change counts the changes of this ring. Of years of rows only those that are
// still on their way are ever looked through. What is lent is the place above's: it is owed to
// nobody, stands in no copy and is given back.
const schema = `
CREATE TABLE IF NOT EXISTS ring (life TEXT NOT NULL, changes INTEGER NOT NULL, place TEXT NOT NULL, heard INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, key BLOB, at_ms INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
	sent INTEGER NOT NULL, above INTEGER NOT NULL, change INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS key_unsent ON key (change) WHERE sent = 0;
CREATE INDEX IF NOT EXISTS key_below ON key (change) WHERE above = 0;
CREATE INDEX IF NOT EXISTS key_erased ON key (change) WHERE key IS NULL;
CREATE TABLE IF NOT EXISTS lent (id TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;`

// Errors of Key.
var (
	// ErrNone says that the key is not here; it may be at the place above.
	ErrNone = errors.New("the key of this case is not here")
	// ErrErased says that the key was destroyed: what it sealed can be read nowhere any more.
	ErrErased = errors.New("the key of this case was destroyed")
)

// Ring is an open keyring; goroutines and processes may share its file.
type Ring struct {
	db     *sql.DB
	path   string
	copied string // see Backup
	life   string

	copying sync.Mutex // the copy is written by one at a time

	// Watchers hear when there is something to say to the ring above.
	watch.Watchers
}

// Open opens or makes the ring of a data folder, through a SQLite VFS where one is named.
func Open(folder, vfs string) (*Ring, error) {
	r := &Ring{path: filepath.Join(folder, FileName), copied: filepath.Join(folder, "backups", FileName)}
	if err := r.restore(); err != nil {
		return nil, err
	}
	// The rollback journal is deleted with each commit, where a WAL would keep old pages;
	// secure_delete overwrites what is deleted.
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(DELETE)", "synchronous(FULL)", "secure_delete(1)", "temp_store(MEMORY)", "cache_size(-512)"}}
	if vfs != "" {
		q.Set("vfs", vfs)
	}
	db, err := sql.Open("sqlite", "file:"+r.path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	db.SetMaxOpenConns(1)
	r.db = db
	err = r.write(context.Background(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(schema); err != nil {
			return err
		}
		err := tx.QueryRow("SELECT life FROM ring").Scan(&r.life)
		if errors.Is(err, sql.ErrNoRows) {
			if r.life, err = newLife(); err == nil {
				_, err = tx.Exec("INSERT INTO ring (life, changes, place, heard) VALUES (?, 0, '', 0)", r.life)
			}
		}
		return err
	})
	if err == nil {
		err = os.Chmod(r.path, 0o600)
	}
	if err == nil {
		err = r.catchUp(context.Background())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the keyring %s: %w", r.path, err), db.Close())
	}
	return r, nil
}

func newLife() (string, error) {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("draw the life of a keyring: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// Close ends the ring.
func (r *Ring) Close() error { return r.db.Close() }

// write runs one commit.
func (r *Ring) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// New draws the key of a new case and keeps it; it is on the disk when New returns.
func (r *Ring) New(id string, nowMS int64) (sealed.Key, error) {
	k, err := sealed.NewKey(rand.Reader)
	if err != nil {
		return k, err
	}
	if err := r.Put(context.Background(), []wire.CaseKey{{Case: id, Key: k[:], AtMS: nowMS}}); err != nil {
		return k, err
	}
	return r.Key(context.Background(), id) // what was there before stays
}

// Key gives the key of a case. Errors wrap ErrNone or ErrErased.
func (r *Ring) Key(ctx context.Context, id string) (k sealed.Key, err error) {
	var raw []byte
	switch err := r.db.QueryRowContext(ctx, "SELECT key FROM key WHERE id = ?", id).Scan(&raw); {
	case errors.Is(err, sql.ErrNoRows):
		return k, ErrNone
	case err != nil:
		return k, fmt.Errorf("read the key of a case: %w", err)
	case raw == nil:
		return k, ErrErased
	case len(raw) != sealed.Size:
		return k, fmt.Errorf("the key of a case has %d bytes: %w", len(raw), ErrNone)
	}
	return sealed.Key(raw), nil
}

// Known tells what Key found to whom a key that is elsewhere or destroyed is no error.
func Known(k sealed.Key, err error) (sealed.Key, bool, error) {
	if errors.Is(err, ErrNone) || errors.Is(err, ErrErased) {
		return k, false, nil
	}
	return k, err == nil, err
}

// Put takes rows in. What was destroyed stays destroyed, and the first key of a case stays.
func (r *Ring) Put(ctx context.Context, rows []wire.CaseKey) error {
	var came change
	err := r.write(ctx, func(tx *sql.Tx) (err error) {
		came, err = put(tx, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the keys of cases: %w", err)
	}
	return r.came(ctx, came)
}

// change tells what a commit brought.
type change struct{ rows, destroyed bool }

// came tells who waits for rows, and takes what was destroyed out of the copy as well.
func (r *Ring) came(ctx context.Context, c change) error {
	if c.rows {
		r.Signal()
	}
	if !c.destroyed || !isThere(filepath.Dir(r.copied)) {
		return nil
	}
	return r.Backup(ctx)
}

// put takes rows in; one that is no key of a case changes nothing.
func put(tx *sql.Tx, rows []wire.CaseKey) (came change, err error) {
	for _, row := range rows {
		if row.Case == "" || len(row.Case) > longestCase || !row.Erased() && len(row.Key) != sealed.Size {
			continue
		}
		var key any
		if !row.Erased() {
			key = row.Key
		}
		done, err := tx.Exec(`INSERT INTO key (id, key, at_ms, who, why, sent, above, change) VALUES (?, ?, ?, ?, ?, 0, 0, (SELECT changes + 1 FROM ring))
			ON CONFLICT (id) DO UPDATE SET key = NULL, at_ms = excluded.at_ms, who = excluded.who, why = excluded.why, sent = 0, above = 0, change = excluded.change
			WHERE excluded.key IS NULL AND key.key IS NOT NULL`, row.Case, key, row.AtMS, row.By, row.Why)
		if err != nil {
			return came, err
		}
		// A destruction that is known already may still have to reach the copy.
		came.destroyed = came.destroyed || row.Erased()
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			continue
		}
		came.rows = true
		if _, err := tx.Exec("UPDATE ring SET changes = changes + 1"); err != nil {
			return came, err
		}
	}
	return came, nil
}

// longestCase bounds the id of a case in bytes.
const longestCase = 64

// Erase destroys the keys of cases, for ever and everywhere that this ring's word comes
// to. It is no error when one was never here: it is then destroyed before it comes.
func (r *Ring) Erase(ctx context.Context, ids []string, by, why string, nowMS int64) error {
	var rows []wire.CaseKey
	for _, id := range ids {
		rows = append(rows, wire.CaseKey{Case: id, By: by, Why: why, AtMS: nowMS})
	}
	return r.Put(ctx, rows)
}

// LastErased numbers the last destruction: where it is the same as before, nothing was destroyed since.
func (r *Ring) LastErased(ctx context.Context) (change int64, err error) {
	if err := r.db.QueryRowContext(ctx, "SELECT coalesce(max(change), 0) FROM key WHERE key IS NULL").Scan(&change); err != nil {
		return 0, fmt.Errorf("read the keyring: %w", err)
	}
	return change, nil
}

// Erased names the cases of which the key is destroyed.
func (r *Ring) Erased(ctx context.Context) (ids []string, err error) {
	rows, err := r.rows(ctx, "WHERE key IS NULL AND change > 0 ORDER BY change")
	for _, row := range rows {
		ids = append(ids, row.Case)
	}
	return ids, err
}

// Forget drops keys from before a moment that the centre has: a terminal is not where they are kept.
func (r *Ring) Forget(ctx context.Context, beforeMS int64) error {
	if _, err := r.db.ExecContext(ctx, "DELETE FROM key WHERE key IS NOT NULL AND above = 1 AND at_ms < ?", beforeMS); err != nil {
		return fmt.Errorf("forget old keys: %w", err)
	}
	return nil
}
