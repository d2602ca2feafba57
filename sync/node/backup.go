package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/vault"
	"onewindow/sync/wire"
)

// backupFolder is where the backups lie in the data folder.
const backupFolder = "backups"

func startBackups(o *Options, role string, s *store.Store, keys *keyring.Ring) *vault.Vault {
	return vault.Start(vault.Options{
		Dir: filepath.Join(o.Data, backupFolder), Name: role, Every: o.BackupEvery, Now: o.Now, Logger: o.Logger,
		Make: func(ctx context.Context, path string) (string, error) {
			p, err := s.Backup(ctx, path)
			// The proof held days a second time; the machine has them back now and not
			// minutes later.
			debug.FreeOSMemory()
			return told(p), errors.Join(err, keys.Backup(ctx))
		},
		Bytes: func() (sum int64) {
			for _, suffix := range []string{"", "-wal"} {
				if i, err := os.Stat(filepath.Join(o.Data, role+".db"+suffix)); err == nil {
					sum += i.Size()
				}
			}
			return sum
		},
		Free: func() (uint64, error) { return folder.FreeBytes(o.Data) },
	})
}

func told(p store.Proof) string {
	return fmt.Sprintf("%d events in %d chains, %d days folded again, state %.16s", p.Events, p.Chains, len(p.Days), p.State)
}

// Restored is what Restore did.
type Restored struct {
	Proof store.Proof
	// Database is the path that was put in place, Aside where the old one is now; empty
	// when there was none.
	Database, Aside string
}

// pending is the end of a restored database's name until it is in its place.
const pending = ".restoring"

// unfinished refuses to begin with an empty database where a restore was cut short
// between taking the old one away and putting the new one in its place.
func unfinished(data, role string) error {
	db := filepath.Join(data, role+".db")
	if _, err := os.Stat(db); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(db + pending); err == nil {
		return fmt.Errorf("a restore into %s was cut short: run onewindowd restore again", data)
	}
	return nil
}

// Restore puts a proved backup of a hub or the centre in the place of its database, as
// a new life: nothing is written under numbers that the old life may have used after
// the backup. The program must not be running. The old database is kept beside it under
// a dated name. Nothing is changed before the backup is proved.
func Restore(ctx context.Context, data, from string, now time.Time) (r Restored, err error) {
	if err := folder.Make(data); err != nil {
		return r, err
	}
	unlock, err := folder.Lock(data)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if r.Proof, err = store.Verify(ctx, from); err != nil {
		return r, fmt.Errorf("the backup %s is not good: %w: take an older one; nothing was changed", from, err)
	}
	role, err := roleOf(data, r.Proof.Origin)
	if err != nil {
		return r, err
	}
	key, err := folder.DeviceKey(data)
	if err != nil {
		return r, err
	}
	r.Database = filepath.Join(data, role+".db")
	fresh := r.Database + pending
	// A log that an earlier try left belongs to another file. One beside the backup, as
	// beside a database that was put aside, holds what was proved just as well.
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Remove(fresh + suffix)
		if (err == nil || errors.Is(err, fs.ErrNotExist)) && suffix != "-shm" { // SQLite makes that one again
			err = copyFile(from+suffix, fresh+suffix)
		}
		if err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return r, fmt.Errorf("copy the backup: %w: look whether there is room in %s; nothing was changed", err, data)
		}
	}
	s, err := store.Open(store.Options{Path: fresh, Origin: r.Proof.Origin, Key: key, Now: now.UnixMilli})
	if err != nil {
		return r, err
	}
	// Closing the last connection folds its log into the file, so that the file is all.
	if err := errors.Join(s.Relive(ctx), s.Close()); err != nil {
		return r, err
	}
	if r.Aside, err = setAside(r.Database, now); err != nil {
		return r, fmt.Errorf("keep the old database: %w", err)
	}
	if err := os.Rename(fresh, r.Database); err != nil {
		return r, fmt.Errorf("put the backup in place: %w: run onewindowd restore again", err)
	}
	syncFolder(data)
	return r, nil
}

// roleOf tells what a database is of, and whether the folder is of the same.
func roleOf(data string, o event.Origin) (string, error) {
	role, other := wire.RoleHub, wire.Centre
	switch {
	case o == CentreOrigin:
		role, other = wire.Centre, wire.RoleHub
	case !wire.IsHub(o):
		return "", fmt.Errorf("the backup is of %s, neither a hub nor the centre: nothing was changed", o)
	}
	if _, err := os.Stat(filepath.Join(data, other+".db")); err == nil {
		return "", fmt.Errorf("the backup is of %s and %s is the data folder of a %s: name the right one with --data; nothing was changed", o, data, other)
	}
	return role, nil
}

// setAside gives a database and what belongs to it a dated name; the write-ahead log
// goes with it under the name that SQLite looks for, because it may hold the newest.
func setAside(db string, now time.Time) (aside string, err error) {
	base := db + ".replaced-" + now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		if _, err := os.Stat(base); errors.Is(err, fs.ErrNotExist) {
			break
		}
		base = fmt.Sprintf("%s.replaced-%s-%d", db, now.UTC().Format("20060102T150405Z"), n)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		switch err := os.Rename(db+suffix, base+suffix); {
		case err == nil && suffix == "":
			aside = base
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return aside, err
		}
	}
	return aside, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncFolder lets new names reach the disk. Where a folder cannot be synced the file
// system's own journal has to do.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
