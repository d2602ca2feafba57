package keyring

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"onewindow/app/folder"
)

// unfinished is the end of the name of a file that is being written.
const unfinished = ".new"

// Backup writes the one copy of the ring, backups/keys.db in the data folder. A destroyed
// key must be in no backup, so there are no older ones, and each destruction writes the
// copy anew.
func (r *Ring) Backup(ctx context.Context) error {
	r.copying.Lock()
	defer r.copying.Unlock()
	// A copy that another process began before a destruction and put in place after ours would
	// bring the key back: whoever puts one in place looks at it once more.
	for old := true; old; {
		err := r.backup(ctx)
		if err == nil {
			old, err = r.outdated(ctx)
		}
		if err != nil {
			return fmt.Errorf("copy the keyring: %w: a destroyed key may still be in %s", err, r.copied)
		}
	}
	return nil
}

func (r *Ring) backup(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(r.copied), 0o700); err != nil {
		return err
	}
	// Another process may write a copy at the same time: each has a file of its own, and the
	// last one to be renamed is no older than the ring was when it began.
	fresh := fmt.Sprintf("%s.%d%s", r.copied, os.Getpid(), unfinished)
	left, err := filepath.Glob(r.copied + ".*" + unfinished)
	for _, f := range left {
		if i, statErr := os.Stat(f); f == fresh || statErr == nil && time.Since(i.ModTime()) > leftAfter {
			err = errors.Join(err, gone(f))
		}
	}
	if err != nil {
		return err
	}
	if _, err := r.db.ExecContext(ctx, "VACUUM INTO ?", fresh); err != nil {
		return err
	}
	file, err := os.OpenFile(fresh, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Sync(), file.Close()); err != nil {
		return err
	}
	return folder.Replace(fresh, r.copied)
}

// leftAfter is when a copy that was begun counts as left behind by a process that died.
const leftAfter = time.Minute

// outdated tells whether the copy is older than the newest destruction, or cannot be read.
func (r *Ring) outdated(ctx context.Context) (bool, error) {
	newest := func(db *sql.DB) (n int64, err error) {
		err = db.QueryRowContext(ctx, "SELECT coalesce(max(change), 0) FROM key WHERE key IS NULL").Scan(&n)
		return n, err
	}
	here, err := newest(r.db)
	if err != nil {
		return true, err
	}
	copied, err := sql.Open("sqlite", "file:"+r.copied+"?mode=ro")
	if err != nil {
		return true, err
	}
	there, err := newest(copied)
	return errors.Join(err, copied.Close()) != nil || there < here, nil
}

// catchUp writes the copy anew where whoever destroyed a key died before the copy was written.
func (r *Ring) catchUp(ctx context.Context) error {
	if !isThere(r.copied) {
		return nil
	}
	if old, err := r.outdated(ctx); err != nil || !old {
		return err
	}
	return r.Backup(ctx)
}

// restore puts the copy in the place of a ring that was lost, as a new life: the rings
// below and above tell it what came after the copy.
func (r *Ring) restore() error {
	if _, err := os.Stat(r.path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	raw, err := os.ReadFile(r.copied)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	fresh := r.path + unfinished
	if err == nil {
		err = os.WriteFile(fresh, raw, 0o600)
	}
	if err == nil {
		err = renew(fresh)
	}
	if err == nil {
		err = folder.Replace(fresh, r.path)
	}
	if err != nil {
		return fmt.Errorf("restore the keyring from %s: %w", r.copied, err)
	}
	return nil
}

// renew gives the ring of a file a new life.
func renew(path string) error {
	life, err := newLife()
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	_, err = db.Exec("UPDATE ring SET life = ?", life)
	return errors.Join(err, db.Close())
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func gone(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
