package shelf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"onewindow/sync/wire"
)

// Source is the place above.
type Source interface {
	// Bundle gives the bundle in force there; nothing where there is none.
	Bundle(ctx context.Context) ([]byte, error)
	// Piece gives bytes of a part; nothing where it is not there.
	Piece(ctx context.Context, a wire.PieceAsk) ([]byte, error)
}

// Refused says why a bundle that is offered is not taken, and will not be.
type Refused struct {
	Version int64
	Why     string
}

// Error says it to an operator.
func (r *Refused) Error() string {
	return fmt.Sprintf("version %d of the published guides is not taken, and what is in use stays: %s", r.Version, r.Why)
}

// wants tells whether the bundle that is in force above is neither here nor refused. Where
// it is here, what was refused before is no trouble any more.
func (s *Shelf) wants(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == s.bundle.Name {
		s.refused, s.state.Refused, s.state.Why = "", 0, ""
	}
	return name != "" && name != s.bundle.Name && name != s.refused
}

// Take fetches what is in force above, under the name that was told, and puts it in force
// here in one step when it is whole. Nothing is done for a name that is here or was refused.
// What came of a part before the line was cut is kept and not asked for again, and what is
// here already is never asked for. A *Refused is for good; other errors are tried again.
func (s *Shelf) Take(ctx context.Context, name string, above Source) error {
	if !s.wants(name) {
		return nil
	}
	frame, err := above.Bundle(ctx)
	if err != nil || len(frame) == 0 {
		return err
	}
	b, err := wire.DecodeBundle(frame)
	if err != nil {
		return s.fail(b, fmt.Errorf("the list of what is published: %w", err))
	}
	if s.Name() == b.Name {
		return nil
	}
	if why := s.objection(b); why != "" {
		return s.refuse(b.Name, &Refused{b.Version, why})
	}
	if err := s.make(parts); err != nil {
		return s.fail(b, err)
	}
	for _, p := range b.Parts {
		if err := s.fetch(ctx, p, above); err != nil {
			return s.fail(b, err)
		}
	}
	if err := s.whole(b.Parts); err != nil {
		return s.fail(b, err)
	}
	use := func() {}
	files, err := s.read(b)
	if err != nil {
		return s.fail(b, err)
	}
	if s.opt.Ready != nil && len(files) > 0 {
		if use, err = s.opt.Ready(b, files); err != nil {
			return s.refuse(b.Name, &Refused{b.Version, err.Error()})
		}
	}
	if err := s.put(b); err != nil {
		return s.fail(b, err)
	}
	s.tidy()
	use()
	return nil
}

// objection tells why a bundle may not be in force here; empty when it may. Versions are
// compared where one centre has signed both: a centre that lost its disk and its key
// begins to count anew.
func (s *Shelf) objection(b wire.Bundle) string {
	s.mu.Lock()
	here := s.last
	s.mu.Unlock()
	switch {
	case s.opt.Key != nil && !bytes.Equal(b.Key, s.opt.Key):
		return "another key than the centre's has signed it: compare \"onewindowd key --centre\" there with the key that is set here"
	case here.Version == 0 || !bytes.Equal(here.Key, b.Key):
		return ""
	case b.Version < here.Version:
		return fmt.Sprintf("it is older than version %d, which is in use: to go back, publish the old contents at the centre with \"onewindowd guide rollback\"", here.Version)
	case b.Version == here.Version && b.Name != here.Name:
		return "the centre has given this number to two different bundles: publish once more there"
	}
	return ""
}

// refuse remembers what is not taken, so that it is not fetched again and again.
func (s *Shelf) refuse(name string, r *Refused) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused, s.state.Refused, s.state.Why = name, r.Version, r.Why
	return r
}

// fail remembers why a bundle has not come yet, unless the line or the end of the program
// is why.
func (s *Shelf) fail(b wire.Bundle, err error) error {
	var line *lineError
	if errors.As(err, &line) {
		return line.error
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Refused, s.state.Why = b.Version, err.Error()
	return err
}

// lineError is an error of the line: nothing is wrong with what is offered.
type lineError struct{ error }

// fetch brings a part here, piece by piece.
func (s *Shelf) fetch(ctx context.Context, p wire.Part, above Source) error {
	if i, err := os.Stat(s.path(p.Sum)); err == nil && i.Size() == p.Size {
		return nil // it is held to its name before it is used
	}
	path := s.path(p.Sum) + half
	if err := fill(ctx, path, p, above); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	switch {
	case err != nil:
	case int64(len(text)) != p.Size || wire.SumOf(text) != p.Sum:
		// A cut of the power can leave a torn end, and somebody on the way anything.
		err = errors.Join(fmt.Errorf("as it came it %w", errDamaged), os.Remove(path))
	default:
		err = os.Rename(path, s.path(p.Sum))
	}
	if err != nil {
		return fmt.Errorf("keep the part %s: %w", p.Name, err)
	}
	return syncFolder(filepath.Join(s.dir, parts))
}

// fill appends to a file what it lacks of a part, and brings it to the disk.
func fill(ctx context.Context, path string, p wire.Part, above Source) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("keep the part %s: %w", p.Name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	i, err := f.Stat()
	if err != nil {
		return fmt.Errorf("keep the part %s: %w", p.Name, err)
	}
	for at := i.Size(); at < p.Size; {
		piece, err := above.Piece(ctx, wire.PieceAsk{Sum: p.Sum, From: at})
		if err != nil {
			return &lineError{err}
		}
		if len(piece) == 0 {
			return fmt.Errorf("the part %s is not there above", p.Name)
		}
		if _, err := f.Write(piece); err != nil {
			return fmt.Errorf("keep the part %s: %w", p.Name, err)
		}
		at += int64(len(piece))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("keep the part %s: %w", p.Name, err)
	}
	return nil
}

// syncFolder brings new names to the disk, where a folder can be synced.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keep a part: %w", err)
	}
	_ = d.Sync()
	return d.Close()
}
