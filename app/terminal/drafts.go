package terminal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"onewindow/app/folder"
	"onewindow/app/sealed"
)

// drafts keeps what a clerk has typed and not saved yet: a file for each name, sealed under a
// key that only this device can make, and bound to the name.
type drafts struct {
	dir string
	key sealed.Key
	now func() int64

	mu   sync.Mutex
	kept map[string]int64 // when each was kept, in ms: mostly none, and seldom more than one
}

const (
	draftEnd = ".draft"
	// nameMost bounds a name in bytes: a file's name has at most 255, and escaped it grows.
	nameMost = 80
)

func openDrafts(data string, device ed25519.PrivateKey, now func() int64) (*drafts, error) {
	d := &drafts{dir: filepath.Join(data, "drafts"), now: now, kept: map[string]int64{}}
	raw, err := hkdf.Key(sha256.New, device.Seed(), nil, "onewindow drafts 1", sealed.Size)
	if err == nil {
		d.key, err = sealed.Key(raw), os.MkdirAll(d.dir, 0o700)
	}
	var list []fs.DirEntry
	if err == nil {
		list, err = os.ReadDir(d.dir)
	}
	for _, e := range list {
		if err == nil {
			err = d.find(e)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the folder of drafts: %w", err)
	}
	return d, nil
}

// find takes in a file of an earlier life; one that was being written goes.
func (d *drafts) find(e fs.DirEntry) error {
	escaped, is := strings.CutSuffix(e.Name(), draftEnd)
	name, err := url.QueryUnescape(escaped)
	if !is || err != nil {
		return os.Remove(filepath.Join(d.dir, e.Name()))
	}
	about, err := e.Info()
	if err != nil {
		return err
	}
	d.kept[name] = about.ModTime().UnixMilli()
	return nil
}

func (d *drafts) path(name string) (string, error) {
	if name == "" || len(name) > nameMost {
		return "", fmt.Errorf("a draft of %q", name)
	}
	return filepath.Join(d.dir, url.QueryEscape(name)+draftEnd), nil
}

// Keep keeps the text of a name; it is on the disk when Keep returns. An empty text drops it.
func (d *drafts) Keep(name, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, err := d.path(name)
	if err != nil {
		return err
	}
	if text == "" {
		return d.drop(name)
	}
	shut, err := d.key.Seal(text, rand.Reader, "draft", name)
	if err != nil {
		return err
	}
	now := d.now()
	err = folder.WriteWhole(path, []byte(shut), 0o600)
	if err == nil { // by this machine's clock, as its program reads it
		err = os.Chtimes(path, time.Time{}, time.UnixMilli(now))
	}
	if err != nil {
		return fmt.Errorf("keep a draft: %w", err)
	}
	d.kept[name] = now
	return nil
}

// drop removes the file of a name.
func (d *drafts) drop(name string) error {
	path, err := d.path(name)
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		delete(d.kept, name)
		return nil
	}
	return fmt.Errorf("drop a draft: %w", err)
}

// Kept gives the text back; empty when there is none, or none that can be read.
func (d *drafts) Kept(name string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, err := d.path(name)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a draft: %w", err)
	}
	text, err := d.key.Open(sealed.Value(raw), "draft", name)
	if errors.Is(err, sealed.ErrShut) {
		return "", nil // of another key, or torn: the clerk types it again
	}
	return text, err
}

// Retain drops all drafts but those that goesOn tells to.
func (d *drafts) Retain(goesOn func(name string, keptMS int64) bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for name, at := range d.kept {
		if !goesOn(name, at) {
			errs = append(errs, d.drop(name))
		}
	}
	return errors.Join(errs...)
}
