package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"onewindow/app/badge"
	"onewindow/app/folder"
)

// OfficersFile is the list of the agencies' officers in the centre's data folder.
const OfficersFile = "officers.json"

// OfficerEntry is one of them; Verifier is an Argon2id string, never a PIN. Removed ones are
// taken out: what they noted names them.
type OfficerEntry struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Agency   string `json:"agency,omitempty"`
	Verifier string `json:"verifier"`
	// Appointments tells that the officer makes appointments for people on the telephone.
	Appointments bool `json:"appointments,omitempty"`
}

// Officers is the list of a data folder. It is read whenever somebody signs in, so that it may be
// changed while the centre runs.
type Officers struct{ dir string }

// OfficersOf gives the list of a data folder; no file is a list of nobody.
func OfficersOf(dir string) *Officers { return &Officers{dir} }

// All reads the list.
func (o *Officers) All() (list []OfficerEntry, err error) {
	raw, err := os.ReadFile(filepath.Join(o.dir, OfficersFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of officers: %w", err)
	}
	return list, nil
}

// Find gives an officer; false where there is none, and where the list cannot be read: a
// broken list lets nobody in.
func (o *Officers) Find(id string) (OfficerEntry, bool) {
	list, err := o.All()
	at := slices.IndexFunc(list, func(e OfficerEntry) bool { return e.ID == id })
	if err != nil || at < 0 || id == "" {
		return OfficerEntry{}, false
	}
	return list[at], true
}

// Put adds an officer, or gives one another PIN, name, agency or right; Verifier of the entry is
// made of the PIN.
func (o *Officers) Put(entry OfficerEntry, pin string) error {
	var err error
	if entry.Verifier, err = badge.Seal(pin); err != nil {
		return fmt.Errorf("%w: choose another with --pin", err)
	}
	return o.change(func(list []OfficerEntry) []OfficerEntry {
		list = slices.DeleteFunc(list, func(e OfficerEntry) bool { return e.ID == entry.ID })
		return append(list, entry)
	})
}

// Remove takes an officer out; false where there is none of the name.
func (o *Officers) Remove(id string) (known bool, err error) {
	err = o.change(func(list []OfficerEntry) []OfficerEntry {
		left := slices.DeleteFunc(slices.Clone(list), func(e OfficerEntry) bool { return e.ID == id })
		known = len(left) < len(list)
		return left
	})
	return known, err
}

// change writes the list anew in one step.
func (o *Officers) change(to func([]OfficerEntry) []OfficerEntry) error {
	if err := folder.Make(o.dir); err != nil {
		return err
	}
	list, err := o.All()
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(to(list), "", " ")
	if err != nil {
		return fmt.Errorf("write the list of officers: %w", err)
	}
	if err := folder.WriteWhole(filepath.Join(o.dir, OfficersFile), append(body, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the list of officers: %w", err)
	}
	return nil
}
