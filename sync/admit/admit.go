// Package admit is the list of the devices that a hub or the centre knows: the file
// admitted.json in its data folder, read, judged and changed. It knows files and
// keys, but no connection; what an admitted device may do is wire's.
package admit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/sync/wire"
)

// File is the list's name in the data folder.
const File = "admitted.json"

// Entry is one device that was admitted at some time.
type Entry struct {
	Origin event.Origin `json:"origin"`
	// Role is kiosk, counter, board or hub.
	Role string `json:"role"`
	// Key is the device's public key as an nkey: U and 55 letters and digits.
	Key string `json:"key"`
	// AdmittedMS is when, in ms since 1970. ExpiresMS is from when on the device is refused; 0 for never.
	AdmittedMS int64 `json:"admitted_at_ms"`
	ExpiresMS  int64 `json:"expires_at_ms,omitempty"`
	// Revoked entries stay in the list, so that it tells who was once known.
	Revoked bool `json:"revoked,omitempty"`
}

// Why a device is refused.
var (
	ErrUnknown   = errors.New("its key is not admitted")
	ErrRevoked   = errors.New("its key was revoked")
	ErrExpired   = errors.New("its admission has expired")
	ErrOtherName = errors.New("its key is admitted under another name")
)

// List is the list as it was last read.
type List struct {
	dir string

	mu      sync.RWMutex
	entries []Entry
	seen    fs.FileInfo // of the file as it was last looked at, right or broken; nil when there was none
}

// Open reads the list of a data folder. No file is a list of nobody; a file that
// cannot be read or is not right is an error, never a list of nobody.
func Open(dir string) (*List, error) {
	l := &List{dir: dir}
	entries, seen, err := read(dir)
	if err != nil {
		return nil, err
	}
	l.entries, l.seen = entries, seen
	return l, nil
}

// Refresh reads the list again when the file has changed. A file that has become
// broken, or is gone, leaves the list as it was: a slip of the pen in it shuts
// nobody out, and lets nobody in. The error is given once for each state of the file.
func (l *List) Refresh() error {
	now, err := os.Stat(filepath.Join(l.dir, File))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the list of admitted devices: %w", err)
	}
	l.mu.RLock()
	same := unchanged(l.seen, now)
	l.mu.RUnlock()
	if same {
		return nil
	}
	entries, seen, err := read(l.dir)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && seen == nil {
		err = fmt.Errorf("%s is gone: put it back; the devices that were in it stay admitted until the next start", filepath.Join(l.dir, File))
	} else if err == nil {
		l.entries = entries
	}
	l.seen = seen
	return err
}

func unchanged(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// Pass tells under which entry a device may connect that has proved to hold a key
// and calls itself name. The errors are those above, with the next step.
func (l *List) Pass(key string, name event.Origin, nowMS int64) (Entry, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	refused := ErrUnknown
	var was Entry
	for _, e := range l.entries {
		if e.Key != key {
			continue
		}
		was = e
		switch {
		case e.Revoked:
			refused = ErrRevoked
			continue
		case e.Origin != name:
			return Entry{}, fmt.Errorf("%w, %s: correct the name in the device's settings, or revoke the key and admit it again", ErrOtherName, e.Origin)
		case e.ExpiresMS != 0 && nowMS >= e.ExpiresMS:
			refused = ErrExpired
		default:
			return e, nil
		}
		break
	}
	origin, role := was.Origin, was.Role
	if refused == ErrUnknown {
		origin, role = "HALL/DEVICE", "ROLE"
		if name.Valid() {
			origin = name
		}
	}
	return Entry{}, fmt.Errorf("%w: when it is one of yours, admit it with: %s", refused, Command(l.dir, origin, role, key))
}

// Command is what an operator types to admit a device.
func Command(dir string, origin event.Origin, role, key string) string {
	return fmt.Sprintf("onewindowd admit --data %s --origin %s --role %s --key %s", dir, origin, role, key)
}

// Entries lists all, the revoked ones too.
func (l *List) Entries() []Entry {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return append([]Entry(nil), l.entries...)
}

// file is the shape of the list on the disk.
type file struct {
	Admitted []Entry `json:"admitted"`
}

func read(dir string) ([]Entry, fs.FileInfo, error) {
	path := filepath.Join(dir, File)
	seen, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	broken := func(err error) ([]Entry, fs.FileInfo, error) {
		return nil, seen, fmt.Errorf("the list of admitted devices %s is broken: %w: correct it or put it back from a copy; without it nobody can be told from a stranger", path, err)
	}
	if err != nil {
		return broken(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return broken(err)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(raw))
	// A misspelt expires_at_ms would be a credential that never expires.
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return broken(err)
	}
	if f.Admitted == nil {
		return broken(errors.New(`it has no "admitted"`))
	}
	if d.More() {
		return broken(errors.New("something stands behind the closing brace"))
	}
	if err := check(f.Admitted); err != nil {
		return broken(err)
	}
	return f.Admitted, seen, nil
}

// check finds what a list must not hold.
func check(list []Entry) error {
	names, keys := map[event.Origin]bool{}, map[string]bool{}
	for i, e := range list {
		if err := e.check(); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		if e.Revoked {
			continue
		}
		if names[e.Origin] || keys[e.Key] {
			return fmt.Errorf("entry %d: %s or its key is admitted twice: revoke one", i+1, e.Origin)
		}
		names[e.Origin], keys[e.Key] = true, true
	}
	return nil
}

func (e Entry) check() error {
	if _, err := ParseKey(e.Key); err != nil {
		return err
	}
	if !e.Origin.Valid() {
		return fmt.Errorf("%q is not a device: it must be hall/device, such as jiangnan/k1", e.Origin)
	}
	if !wire.RoleFits(e.Role, e.Origin) {
		return fmt.Errorf("%s cannot be a %q: a terminal is a kiosk, counter or board, and the role of HALL/hub and HALL/hub2 is hub", e.Origin, e.Role)
	}
	return nil
}

// Admit enters a device, or enters it anew with another role or expiry. A name
// that another key holds, and a key that has another name, must be revoked first:
// two devices never share either.
func Admit(dir string, e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("admit a device: %w", err)
	}
	if e.ExpiresMS != 0 && e.ExpiresMS <= e.AdmittedMS {
		return errors.New("admit a device: it would be expired at once: name a later moment with --expires")
	}
	return change(dir, func(list []Entry) ([]Entry, error) {
		at := -1
		for i, old := range list {
			switch {
			case old.Origin == e.Origin && old.Key == e.Key:
				at = i
			case !old.Revoked && old.Origin == e.Origin:
				return nil, fmt.Errorf("%s is admitted with another key: a new machine gets a new name, because the old one's tickets are checked with the old key; when the key was copied wrong, first: onewindowd revoke --data %s --origin %s", e.Origin, dir, e.Origin)
			case !old.Revoked && old.Key == e.Key:
				return nil, fmt.Errorf("this key is admitted as %s: first: onewindowd revoke --data %s --origin %s", old.Origin, dir, old.Origin)
			}
		}
		if at >= 0 {
			list[at] = e
			return list, nil
		}
		return append(list, e), nil
	})
}

// Revoke takes a device's admission away. A running hub or centre drops it within
// two seconds. Revoking again what is revoked is an error, as is a name that nobody has.
func Revoke(dir string, origin event.Origin) error {
	return change(dir, func(list []Entry) ([]Entry, error) {
		for i, e := range list {
			if e.Origin == origin && !e.Revoked {
				list[i].Revoked = true
				return list, nil
			}
		}
		return nil, fmt.Errorf("%s is not admitted here: see onewindowd admitted --data %s", origin, dir)
	})
}

// change reads, changes and writes the list while no other program does.
func change(dir string, fn func([]Entry) ([]Entry, error)) (err error) {
	if err := folder.Make(dir); err != nil {
		return err
	}
	unlock, err := folder.LockFile(filepath.Join(dir, File+".lock"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	list, _, err := read(dir)
	if err != nil {
		return err
	}
	if list, err = fn(list); err != nil {
		return err
	}
	// What is written is what will be read: never write what Open refuses.
	if err := check(list); err != nil {
		return fmt.Errorf("change the list of admitted devices: %w", err)
	}
	text, err := json.MarshalIndent(file{list}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the list of admitted devices: %w", err)
	}
	// Public keys are no secret, and the folder is its owner's alone. An operator
	// who is root must not leave a file that the service cannot read.
	if err := folder.WriteWhole(filepath.Join(dir, File), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the list of admitted devices: %w", err)
	}
	return nil
}

// State tells how an entry stands in a word: admitted, expired or revoked.
func (e Entry) State(nowMS int64) string {
	switch {
	case e.Revoked:
		return "revoked"
	case e.ExpiresMS != 0 && nowMS >= e.ExpiresMS:
		return "expired"
	}
	return "admitted"
}

// Until tells to when an entry holds, for a person: a local time, or "for good".
func (e Entry) Until() string {
	if e.ExpiresMS == 0 {
		return "for good"
	}
	return "until " + time.UnixMilli(e.ExpiresMS).Format("2006-01-02 15:04")
}
