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
	"onewindow/app/screen"
	"onewindow/sync/admit"
	"onewindow/sync/link"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// fresh reads the catalogue that a start begins with: the folder that the settings name,
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
	t.shelf, damaged = shelf.Open(shelf.Options{Data: t.Settings.Data, Key: key, Ready: t.ready, Logger: t.log})
	b := t.shelf.Bundle()
	switch {
	case t.Settings.Catalogue != "":
		c, err := readCatalogue(t.Settings.Catalogue)
		return &screen.Edition{Catalogue: c}, err
	case damaged != nil:
		return nil, damaged
	case len(b.Of(wire.KindGuide)) > 0:
		files, err := t.shelf.Files(wire.KindGuide)
		if err != nil {
			return nil, err
		}
		c, err := guide.Parse(files)
		return &screen.Edition{Catalogue: c, PublishedMS: b.AtMS}, err
	case opt.Guides != nil:
		e := &screen.Edition{Catalogue: opt.Guides}
		if opt.Index != nil {
			e.Index = func() *guide.Index { return opt.Index }
		}
		return e, nil
	}
	c, err := readCatalogue("")
	return &screen.Edition{Catalogue: c}, err
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
		e = &screen.Edition{Catalogue: kept}
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

// ready looks at guides that have come, before they are in force.
func (t *Terminal) ready(b wire.Bundle, files map[string][]byte) (use func(), err error) {
	c, err := guide.Parse(files)
	if err == nil {
		err = knows(c, t.Settings.Hall)
	}
	if err != nil {
		return nil, err
	}
	return func() { t.use(b, c) }, nil
}

// use lets guides that are in force from now on take the place of those on the pages.
func (t *Terminal) use(b wire.Bundle, c *guide.Catalogue) {
	if t.Settings.Catalogue != "" {
		t.log.Info("published guides are kept, and those of the folder that the settings name stay in use", "published", b.Version)
		return
	}
	if err := t.keep(c); err != nil {
		t.log.Error("the published guides are in use, and not kept a second time", "error", err)
	}
	index := guide.NewIndex(c)
	t.guides.Offer(&screen.Edition{Catalogue: c, Index: func() *guide.Index { return index }, PublishedMS: b.AtMS})
	t.log.Info("published guides take the place of those in use", "published", b.Version, "version", c.Version)
	t.signal()
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
