package keyring

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// unfinished is the end of the name of a file that is being written.
const unfinished = ".new"

// Backup writes the one copy of the ring, backups/keys.db in the data folder. A destroyed
// key must be in no backup, so there are no older ones, and each destruction writes the
// copy anew.
func (r *Ring) Backup(ctx context.Context) error {
	if err := r.backup(ctx); err != nil {
		return fmt.Errorf("copy the keyring: %w: a destroyed key may still be in %s", err, r.copied)
	}
	return nil
}

func (r *Ring) backup(ctx context.Context) error {
	fresh := r.copied + unfinished
	if err := errors.Join(os.MkdirAll(filepath.Dir(r.copied), 0o700), gone(fresh)); err != nil {
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
	return os.Rename(fresh, r.copied)
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
		err = os.Rename(fresh, r.path)
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
