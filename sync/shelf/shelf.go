// Package shelf is the folder of bundles in a data folder: parts under the names of their
// contents, and one file that says which bundle is in force. It knows files, but no
// connection, and nothing of what stands in a part.
package shelf

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"onewindow/app/folder"
	"onewindow/sync/wire"
)

// Names in the folder "bundles" of a data folder.
const (
	home      = "bundles"
	current   = "current"   // the bundle in force: it changes as a whole or not at all
	parts     = "parts"     // whole parts, and with half behind the name what has come of one
	published = "published" // at the centre, every version there ever was
	half      = ".half"
)

// Options of Open.
type Options struct {
	// Data is the data folder.
	Data string
	// Key is the centre's whose bundles alone are taken; nil takes the word of the place
	// above, whose own key is pinned.
	Key ed25519.PublicKey
	// Ready looks at the files of a bundle that has come, by kind, of all kinds at once. Its
	// error refuses the bundle, and use is called once the bundle is in force; nil where nobody
	// reads them.
	Ready func(b wire.Bundle, files Parts) (use func(), err error)
	// Kinds are those that Ready reads. A bundle that has none of them is not shown to it.
	Kinds  []string
	Logger *slog.Logger
}

// Parts are files by kind and name.
type Parts map[string]map[string][]byte

// Shelf is the folder of a running program. Its methods are safe for concurrent use, but
// for Take, which one goroutine calls.
type Shelf struct {
	opt Options
	dir string

	mu      sync.Mutex
	bundle  wire.Bundle // zero where there is none, or one that is damaged
	last    wire.Bundle // the same, and stays when that one is damaged
	seen    fs.FileInfo // of the file that says so
	refused string      // the name under which one was offered that is not taken
	state   wire.BundleState
}

// Open reads which bundle is in force. The error is of a folder that cannot be read as it
// was written; the shelf works all the same, is empty, and is filled again from above.
func Open(opt Options) (*Shelf, error) {
	s := &Shelf{opt: opt, dir: filepath.Join(opt.Data, home)}
	_, err := s.Look()
	if err == nil {
		err = s.whole(s.bundle.Parts)
	}
	if err != nil {
		s.bundle = wire.Bundle{}
		return s, fmt.Errorf("the published guides in %s are damaged, and come again from above: %w", s.dir, err)
	}
	return s, nil
}

// Look reads anew which bundle is in force, where another program may have changed it, and
// tells whether it is another one.
func (s *Shelf) Look() (changed bool, err error) {
	path := filepath.Join(s.dir, current)
	seen, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || s.seen != nil && os.SameFile(seen, s.seen) && seen.ModTime().Equal(s.seen.ModTime()) {
		return false, err
	}
	s.seen = seen
	b, err := read(path)
	if err != nil {
		return false, err
	}
	changed = b.Name != s.bundle.Name
	s.bundle, s.last, s.state = b, b, wire.BundleState{Version: b.Version}
	return changed, nil
}

func read(path string) (wire.Bundle, error) {
	frame, err := os.ReadFile(path)
	if err != nil {
		return wire.Bundle{}, err
	}
	b, err := wire.DecodeBundle(frame)
	if err != nil {
		return b, fmt.Errorf("read %s: %w", path, err)
	}
	return b, nil
}

// Bundle is the bundle in force; its version is 0 where there is none.
func (s *Shelf) Bundle() wire.Bundle {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bundle
}

// Name is that of the bundle in force; empty where there is none.
func (s *Shelf) Name() string { return s.Bundle().Name }

// State is what to tell above; nil where no bundle was ever heard of.
func (s *Shelf) State() *wire.BundleState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == (wire.BundleState{}) {
		return nil
	}
	state := s.state
	return &state
}

// Files gives the parts of a kind of the bundle in force, by name.
func (s *Shelf) Files(kind string) (map[string][]byte, error) { return s.files(s.Bundle(), kind) }

func (s *Shelf) files(b wire.Bundle, kind string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, p := range b.Of(kind) {
		text, err := s.part(p)
		if err != nil {
			return nil, err
		}
		out[p.Name] = text
	}
	return out, nil
}

// Parts gives the parts of the kinds that Ready reads, of the bundle in force.
func (s *Shelf) Parts() (Parts, error) { return s.read(s.Bundle()) }

func (s *Shelf) read(b wire.Bundle) (Parts, error) {
	out := Parts{}
	for _, kind := range s.opt.Kinds {
		files, err := s.files(b, kind)
		if err != nil {
			return nil, err
		}
		if len(files) > 0 {
			out[kind] = files
		}
	}
	return out, nil
}

// errDamaged says that a part is not what its name says.
var errDamaged = errors.New("is not as it was published")

// part reads a part and holds it to its name. A damaged one is taken away, so that it is
// fetched again.
func (s *Shelf) part(p wire.Part) ([]byte, error) {
	path := s.path(p.Sum)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the part %s: %w", p.Name, err)
	}
	if int64(len(text)) != p.Size || wire.SumOf(text) != p.Sum {
		return nil, errors.Join(fmt.Errorf("the part %s %w", p.Name, errDamaged), os.Remove(path))
	}
	return text, nil
}

func (s *Shelf) path(sum string) string { return filepath.Join(s.dir, parts, sum) }

// whole holds every part of a list to its name.
func (s *Shelf) whole(list []wire.Part) error {
	for _, p := range list {
		if _, err := s.part(p); err != nil {
			return err
		}
	}
	return nil
}

// Piece gives the bytes of a part of the bundle in force from one on, wire.PieceSize of
// them at most, for a place below. Where somebody begins with a part it is held to its name:
// what was damaged on this disk is not passed on, and is fetched again.
func (s *Shelf) Piece(a wire.PieceAsk) ([]byte, error) {
	b := s.Bundle()
	at := slices.IndexFunc(b.Parts, func(p wire.Part) bool { return p.Sum == a.Sum })
	if at < 0 || a.From < 0 || a.From >= b.Parts[at].Size {
		return nil, nil
	}
	if a.From == 0 {
		if _, err := s.part(b.Parts[at]); err != nil {
			s.mu.Lock()
			if s.bundle.Name == b.Name {
				s.bundle = wire.Bundle{}
			}
			s.mu.Unlock()
			return nil, err
		}
	}
	f, err := os.Open(s.path(a.Sum))
	if err != nil {
		return nil, fmt.Errorf("read a part: %w", err)
	}
	defer f.Close()
	piece := make([]byte, min(wire.PieceSize, b.Parts[at].Size-a.From))
	if _, err := f.ReadAt(piece, a.From); err != nil {
		return nil, fmt.Errorf("read a part: %w", err)
	}
	return piece, nil
}

// put makes a bundle whose parts are all here the one in force.
func (s *Shelf) put(b wire.Bundle) error {
	if err := folder.WriteWhole(filepath.Join(s.dir, current), b.Encode(), 0o644); err != nil {
		return fmt.Errorf("put version %d in force: %w", b.Version, err)
	}
	s.mu.Lock()
	s.bundle, s.last, s.refused, s.state = b, b, "", wire.BundleState{Version: b.Version}
	s.mu.Unlock()
	return nil
}

// tidy takes away what the bundle in force does not need. Where that fails it lies there
// until the next time.
func (s *Shelf) tidy() {
	b := s.Bundle()
	list, err := os.ReadDir(filepath.Join(s.dir, parts))
	for _, f := range list {
		if !slices.ContainsFunc(b.Parts, func(p wire.Part) bool { return p.Sum == f.Name() }) {
			err = errors.Join(err, os.Remove(s.path(f.Name())))
		}
	}
	if err != nil {
		s.opt.Logger.Warn("take away what older guides have left", "error", err)
	}
}

// keep writes a part that is known to be right.
func (s *Shelf) keep(p wire.Part, text []byte) error {
	if old, err := os.ReadFile(s.path(p.Sum)); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := folder.WriteWhole(s.path(p.Sum), text, 0o644); err != nil {
		return fmt.Errorf("keep the part %s: %w", p.Name, err)
	}
	return nil
}

// make makes the folder; others of this machine may read what is published to everybody.
func (s *Shelf) make(inside ...string) error {
	for _, name := range inside {
		if err := os.MkdirAll(filepath.Join(s.dir, name), 0o755); err != nil {
			return fmt.Errorf("make the folder of bundles: %w", err)
		}
	}
	return nil
}
