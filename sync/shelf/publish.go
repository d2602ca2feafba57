package shelf

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"onewindow/app/folder"
	"onewindow/sync/wire"
)

// above is the file with the highest version that anybody below was heard to have.
const above = "above"

// Publish makes files the next version at the centre whose data folder it is: all parts of
// the kinds that are given are replaced in one step, those of other kinds stay as they are.
// A running centre sees it by itself. Where nothing is different it gives the version in
// force and false.
func Publish(data string, key ed25519.PrivateKey, nowMS int64, files Parts) (wire.Bundle, bool, error) {
	return publish(data, key, nowMS, func(s *Shelf, m *wire.Manifest) error {
		for kind, list := range files {
			m.Parts = slices.DeleteFunc(m.Parts, func(p wire.Part) bool { return p.Kind == kind })
			for name, text := range list {
				p := wire.Part{Kind: kind, Name: name, Size: int64(len(text)), Sum: wire.SumOf(text)}
				if err := s.keep(p, text); err != nil {
					return err
				}
				m.Parts = append(m.Parts, p)
			}
		}
		return nil
	})
}

// Rollback makes what an old version had the next version.
func Rollback(data string, key ed25519.PrivateKey, nowMS, version int64) (wire.Bundle, bool, error) {
	return publish(data, key, nowMS, func(s *Shelf, m *wire.Manifest) error {
		old, err := read(s.edition(version))
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no version %d here: onewindowd guide versions lists them", version)
		}
		if err == nil {
			err = s.whole(old.Parts)
		}
		if err != nil {
			return fmt.Errorf("version %d cannot be published again: %w: publish its files from their folder", version, err)
		}
		m.Parts, m.BackTo = old.Parts, version
		return nil
	})
}

func publish(data string, key ed25519.PrivateKey, nowMS int64, change func(*Shelf, *wire.Manifest) error) (_ wire.Bundle, _ bool, err error) {
	s := &Shelf{opt: Options{Data: data}, dir: filepath.Join(data, home)}
	if err := s.make(parts, published); err != nil {
		return wire.Bundle{}, false, err
	}
	unlock, err := folder.LockFile(filepath.Join(s.dir, "lock"))
	if err != nil {
		return wire.Bundle{}, false, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if _, err := s.Look(); err != nil {
		return wire.Bundle{}, false, fmt.Errorf("read what is published: %w: take the file away; versions go on from %s", err, filepath.Join(s.dir, published))
	}
	next, err := s.next()
	if err != nil {
		return wire.Bundle{}, false, err
	}
	m := wire.Manifest{Version: next, AtMS: nowMS, Parts: slices.Clone(s.bundle.Parts)}
	if err := change(s, &m); err != nil {
		return wire.Bundle{}, false, err
	}
	b, err := wire.SealBundle(key, m)
	if err != nil {
		return wire.Bundle{}, false, err
	}
	if s.bundle.Version > 0 && slices.Equal(b.Parts, s.bundle.Parts) && slices.Equal(b.Key, s.bundle.Key) {
		return s.bundle, false, nil
	}
	if err := folder.WriteWhole(s.edition(b.Version), b.Encode(), 0o644); err != nil {
		return b, false, fmt.Errorf("publish version %d: %w", b.Version, err)
	}
	return b, true, s.put(b)
}

func (s *Shelf) edition(version int64) string {
	return filepath.Join(s.dir, published, fmt.Sprintf("%06d", version))
}

// next is the number of the next version: behind all that are here, and behind what was
// heard of, because a centre that was put back to an old copy may have forgotten some.
func (s *Shelf) next() (int64, error) {
	list, err := Versions(s.opt.Data)
	if err != nil {
		return 0, err
	}
	last := s.bundle.Version
	for _, b := range list {
		last = max(last, b.Version)
	}
	return max(last, s.above()) + 1, nil
}

// Versions lists what was published at the centre whose data folder it is, the newest first.
func Versions(data string) ([]wire.Bundle, error) {
	dir := filepath.Join(data, home, published)
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list what was published: %w", err)
	}
	var out []wire.Bundle
	for _, f := range list {
		if _, err := strconv.Atoi(f.Name()); err != nil {
			continue // half written when the program ended
		}
		b, err := read(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("%w: take the file away when it cannot be put back from a copy", err)
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b wire.Bundle) int { return cmp.Compare(b.Version, a.Version) })
	return out, nil
}

// farAhead is how many versions a place below may be ahead of what is known here: more is
// no centre's doing, and would use the numbers up.
const farAhead = 100_000

// Heard notes that a hub has a version, at the centre: the next one gets a number behind it.
// It tells whether the hub is ahead of what is published here.
func (s *Shelf) Heard(version int64) (ahead bool, err error) {
	here := s.Bundle().Version
	if version <= here || version > max(here, s.above())+farAhead {
		return false, nil
	}
	if version <= s.above() {
		return true, nil
	}
	if err := s.make(""); err != nil {
		return true, err
	}
	return true, folder.WriteWhole(filepath.Join(s.dir, above), []byte(strconv.FormatInt(version, 10)), 0o644)
}

func (s *Shelf) above() int64 {
	raw, err := os.ReadFile(filepath.Join(s.dir, above))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
