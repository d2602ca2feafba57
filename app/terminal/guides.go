package terminal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/reading"
	"onewindow/app/screen"
	"onewindow/sync/admit"
	"onewindow/sync/link"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// fresh reads the edition that a start begins with: the folder that the settings name,
// or what the centre published last, or the sample that comes with the program.
func (t *Terminal) fresh(opt Options) (*screen.Edition, error) {
	var key ed25519.PublicKey
	if t.Settings.CentreKey != "" {
		var err error
		if key, err = admit.ParseKey(t.Settings.CentreKey); err != nil {
			return nil, fmt.Errorf("%w: correct \"centre_key\" in the settings", err)
		}
	}
	var damaged error
	t.shelf, damaged = shelf.Open(shelf.Options{Data: t.Settings.Data, Key: key, Kinds: []string{wire.KindGuide, wire.KindReading}, Ready: t.ready, Logger: t.log})
	t.own = func() (*screen.Edition, error) { return own(opt) }
	switch {
	case t.Settings.Catalogue != "":
		return inFolder(t.Settings.Catalogue)
	case damaged != nil:
		return nil, damaged
	}
	files, err := t.shelf.Parts()
	if err != nil {
		return nil, err
	}
	return t.published(t.shelf.Bundle(), files)
}

// published reads what the centre has published. The sample takes the place of a catalogue
// that it has not published yet, and of what there is to read only where there is nothing
// of the centre's at all: nobody shall take a sample's notice for a true one.
func (t *Terminal) published(b wire.Bundle, files shelf.Parts) (*screen.Edition, error) {
	e := &screen.Edition{Reading: &reading.Edition{}}
	var err error
	if list := files[wire.KindGuide]; len(list) > 0 {
		e.PublishedMS = b.AtMS
		e.Catalogue, err = guide.Parse(list)
	} else if e, err = t.own(); err == nil && len(files) > 0 {
		e.Reading = &reading.Edition{}
	}
	if err != nil {
		return nil, err
	}
	if list := files[wire.KindReading]; len(list) > 0 {
		e.ReadingMS = b.AtMS
		e.Reading, err = reading.Parse(list)
	}
	return e, err
}

// own gives what came with the program.
func own(opt Options) (*screen.Edition, error) {
	e := &screen.Edition{Catalogue: opt.Guides}
	var err error
	if opt.Index != nil {
		e.Index = func() *guide.Index { return opt.Index }
	}
	if e.Catalogue == nil {
		if e.Catalogue, err = readCatalogue(""); err != nil {
			return nil, err
		}
	}
	e.Reading, err = reading.Shipped()
	return e, err
}

// inFolder reads what lies in a folder of this machine; what there is to read may be missing.
func inFolder(dir string) (*screen.Edition, error) {
	c, err := readCatalogue(dir)
	if err != nil {
		return nil, err
	}
	files, err := reading.Files(func(name string) ([]byte, error) { return folder.Read(filepath.Join(dir, name)) })
	if err != nil {
		return nil, fmt.Errorf("read what stands beside the catalogue: %w: correct \"catalogue\" in the settings", err)
	}
	r, err := reading.Parse(files)
	if err != nil {
		return nil, err
	}
	return &screen.Edition{Catalogue: c, Reading: r}, nil
}

// edition gives the first edition in use: the fresh one, kept in the database; where that
// is faulty it is reported and the kept one stays in use.
func (t *Terminal) edition(opt Options, fresh *screen.Edition, faulty error) (*screen.Edition, error) {
	e := fresh
	switch {
	case faulty != nil:
		kept, err := t.Store.Catalogue(context.Background())
		if err != nil || kept == nil {
			return nil, errors.Join(fmt.Errorf("no catalogue can be used: %w", faulty), err)
		}
		t.log.Error("the catalogue is not taken; the one in use stays", "version", kept.Version, "error", faulty)
		if err := knows(kept, t.Settings.Hall); err != nil {
			return nil, err
		}
		e = &screen.Edition{Catalogue: kept, Reading: &reading.Edition{}}
	case opt.Guides == nil:
		if err := t.keep(e.Catalogue); err != nil {
			return nil, err
		}
	}
	if e.Index == nil {
		// The first screen needs no index: it is made while the window comes up.
		e.Index = sync.OnceValue(func() *guide.Index { return guide.NewIndex(e.Catalogue) })
		t.done.Go(func() { e.Index() })
	}
	return e, nil
}

// keep puts a catalogue in the place of the kept one, which is used when neither folder
// nor bundle can be read.
func (t *Terminal) keep(c *guide.Catalogue) error {
	same, err := t.Store.InUse(context.Background(), c)
	if err != nil {
		t.log.Error("the kept catalogue cannot be read; it is taken anew", "error", err)
	}
	if same {
		return nil
	}
	if err := t.Store.KeepCatalogue(context.Background(), c); err != nil {
		return fmt.Errorf("keep the catalogue: %w", err)
	}
	return nil
}

// take fetches what the hub has in force.
func (t *Terminal) take(ctx context.Context, name string, from *link.Link) error {
	return t.shelf.Take(ctx, name, from)
}

// ready looks at what has come, all of it, before it is in force.
func (t *Terminal) ready(b wire.Bundle, files shelf.Parts) (use func(), err error) {
	e, err := t.published(b, files)
	if err == nil {
		err = knows(e.Catalogue, t.Settings.Hall)
	}
	if err != nil {
		return nil, err
	}
	return func() { t.use(b, e) }, nil
}

// use lets what is in force from now on take the place of what is on the pages, in one step.
func (t *Terminal) use(b wire.Bundle, e *screen.Edition) {
	if t.Settings.Catalogue != "" {
		t.log.Info("published guides are kept, and those of the folder that the settings name stay in use", "published", b.Version)
		return
	}
	if e.PublishedMS > 0 {
		if err := t.keep(e.Catalogue); err != nil {
			t.log.Error("the published guides are in use, and not kept a second time", "error", err)
		}
	}
	if e.Index == nil {
		index := guide.NewIndex(e.Catalogue)
		e.Index = func() *guide.Index { return index }
	}
	t.guides.Offer(e)
	t.log.Info("published guides take the place of those in use", "published", b.Version, "version", e.Version)
	t.Signal()
}

func knows(c *guide.Catalogue, id string) error {
	if _, ok := c.Hall(guide.HallID(id)); !ok {
		return fmt.Errorf("the catalogue has no hall %q: correct \"hall\" in the settings", id)
	}
	return nil
}

// readCatalogue reads the named folder's catalogue, or the shipped one.
func readCatalogue(dir string) (*guide.Catalogue, error) {
	files, err := guide.ShippedFiles()
	if dir != "" {
		files, err = guide.Files(func(name string) ([]byte, error) { return folder.Read(filepath.Join(dir, name)) })
	}
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w: correct \"catalogue\" in the settings", err)
	}
	return guide.Parse(files)
}
