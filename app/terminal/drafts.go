package terminal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// drafts keeps what a clerk has typed of an application that is not taken yet: a file for
// each visit, sealed under a key that only this device can make, and gone with the visit.
type drafts struct {
	dir string
	key sealed.Key

	mu   sync.Mutex
	kept map[hall.TicketID]bool // those that have a file: mostly none, and seldom more than one
}

const draftEnd = ".draft"

// ticketName is a ticket's id as a file may be named.
var ticketName = regexp.MustCompile(`^[0-9a-zA-Z-]{1,64}$`)

func openDrafts(data string, device ed25519.PrivateKey) (*drafts, error) {
	d := &drafts{dir: filepath.Join(data, "drafts"), kept: map[hall.TicketID]bool{}}
	raw, err := hkdf.Key(sha256.New, device.Seed(), nil, "onewindow drafts 1", sealed.Size)
	if err == nil {
		d.key, err = sealed.Key(raw), os.MkdirAll(d.dir, 0o700)
	}
	var list []fs.DirEntry
	if err == nil {
		list, err = os.ReadDir(d.dir)
	}
	for _, e := range list {
		if ticket, is := strings.CutSuffix(e.Name(), draftEnd); is {
			d.kept[hall.TicketID(ticket)] = true
		} else if err == nil { // one that was being written
			err = os.Remove(filepath.Join(d.dir, e.Name()))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the folder of drafts: %w", err)
	}
	return d, nil
}

func (d *drafts) path(ticket hall.TicketID) (string, error) {
	if !ticketName.MatchString(string(ticket)) {
		return "", fmt.Errorf("a draft of %q", ticket)
	}
	return filepath.Join(d.dir, string(ticket)+draftEnd), nil
}

// Keep keeps the text of a visit; it is on the disk when Keep returns.
func (d *drafts) Keep(ticket hall.TicketID, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, err := d.path(ticket)
	if err != nil {
		return err
	}
	shut, err := d.key.Seal(text, rand.Reader, "draft", string(ticket))
	if err != nil {
		return err
	}
	if err := folder.WriteWhole(path, []byte(shut), 0o600); err != nil {
		return fmt.Errorf("keep a draft: %w", err)
	}
	d.kept[ticket] = true
	return nil
}

// Kept gives the text back; empty when there is none, or none that can be read.
func (d *drafts) Kept(ticket hall.TicketID) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path, err := d.path(ticket)
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
	text, err := d.key.Open(sealed.Value(raw), "draft", string(ticket))
	if errors.Is(err, sealed.ErrShut) {
		return "", nil // of another key, or torn: the clerk types it again
	}
	return text, err
}

// Retain drops the drafts of all visits but those that goes on tells to.
func (d *drafts) Retain(goesOn func(hall.TicketID) bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for ticket := range d.kept {
		if goesOn(ticket) {
			continue
		}
		path, err := d.path(ticket)
		if err == nil {
			err = os.Remove(path)
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			delete(d.kept, ticket)
			continue
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
