// Package folder is the data folder of a device: one process at a time, the
// device's own key, and the room that is left. It does not know what else lies in it.
package folder

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errInUse is what a second program on the same data folder is told.
func errInUse(folder string) error {
	return fmt.Errorf("the data folder %s is used by another OneWindow program: end it first, or name another folder with --data", folder)
}

// Lock makes sure that one process at a time uses a data folder.
func Lock(folder string) (unlock func() error, err error) {
	return lockFile(filepath.Join(folder, "lock"), errInUse(folder))
}

// LockFile holds a file of the data folder that several programs change, for as
// long as one change takes.
func LockFile(path string) (unlock func() error, err error) {
	return lockFile(path, fmt.Errorf("%s is held by another OneWindow program: try again when it has ended", path))
}

// Read gives what is in a file; nothing, and no error, where there is no such file.
func Read(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// DeviceKey reads the device's Ed25519 key from its data folder, or makes it at
// the first start. It never leaves the folder.
func DeviceKey(folder string) (ed25519.PrivateKey, error) {
	path := filepath.Join(folder, "device.key")
	raw, err := os.ReadFile(path)
	if err == nil {
		block, _ := pem.Decode(raw)
		if block == nil || len(block.Bytes) != ed25519.SeedSize {
			return nil, fmt.Errorf("%s is not a device key: put it back from a copy; without it this terminal's tickets cannot be checked", path)
		}
		return ed25519.NewKeyFromSeed(block.Bytes), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the device key: %w", err)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return nil, fmt.Errorf("make the device key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "ONEWINDOW DEVICE SEED", Bytes: seed})
	if err := WriteWhole(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("keep the device key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// PublicKey reads the public half of the device's key, or makes the key before the
// first start, so that a device can be made known before it runs.
func PublicKey(folder string) (ed25519.PublicKey, error) {
	if err := Make(folder); err != nil {
		return nil, err
	}
	// Two programs that both make a key at the same moment would each believe in
	// their own. Where there is one already, the running program holds the lock.
	if _, err := os.Stat(filepath.Join(folder, "device.key")); errors.Is(err, fs.ErrNotExist) {
		unlock, err := Lock(folder)
		if err != nil {
			return nil, err
		}
		defer func() { _ = unlock() }()
	}
	key, err := DeviceKey(folder)
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}

// WriteWhole writes a file so that it is there in full or not at all, also after
// a power cut.
func WriteWhole(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return Replace(path+".new", path)
}

// Replace puts a file that is on the disk in the place of another one, also for after a
// power cut.
func Replace(from, path string) error {
	if err := os.Rename(from, path); err != nil {
		return err
	}
	// The new name itself reaches the disk with the folder. Where a folder cannot
	// be synced (Windows) the file system's own journal has to do.
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// Make makes the data folder, for its owner alone.
func Make(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w: name another with --data", err)
	}
	return nil
}
