package node

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"sync/atomic"
	"time"

	"onewindow/app/guide"
	"onewindow/sync/admit"
	"onewindow/sync/inlet"
	"onewindow/sync/link"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// shelve opens the shelf of a hub or centre and gives out what is on it. A hub takes what
// the centre that it knows has signed; it reads none of it, so that an older program passes
// on what a newer centre publishes.
func (b *base) shelve(o *Options, place string) error {
	var key ed25519.PublicKey
	if o.CentreKey != "" {
		var err error
		if key, err = admit.ParseKey(o.CentreKey); err != nil {
			return err
		}
	}
	var err error
	if b.Shelf, err = shelf.Open(shelf.Options{Data: o.Data, Key: key, Logger: o.Logger}); err != nil {
		o.Logger.Error("the published guides", "error", err)
	}
	stop, err := inlet.Lend(b.conn, place, b.Shelf, o.Logger)
	if err != nil {
		return err
	}
	b.closers = append(b.closers, stop)
	return nil
}

// take fetches what the centre publishes.
func (b *base) take(ctx context.Context, name string, from *link.Link) error {
	return b.Shelf.Take(ctx, name, from)
}

// publishedEvery is how often a running centre looks for what was published beside it.
const publishedEvery = time.Second

// publishing watches for new versions until ctx ends, names halls and items on the page as
// the newest one does, and remembers how far the hubs are.
func (c *Centre) publishing(ctx context.Context, now *places, log *slog.Logger) {
	var ahead int64
	for tick := time.NewTicker(publishedEvery); ; {
		if changed, err := c.Shelf.Look(); err != nil {
			log.Error("what is published cannot be read; what was in force stays so until this program ends", "error", err)
		} else if changed {
			b := c.Shelf.Bundle()
			log.Info("published", "version", b.Version, "parts", len(b.Parts))
			now.read(c.Shelf, log)
		}
		below := c.District.BundleBelow()
		if is, err := c.Shelf.Heard(below); err != nil {
			log.Error("remember how far the hubs are", "error", err)
		} else if is && below != ahead {
			ahead = below
			log.Warn("a hub has newer guides than this centre, which was put back to an older copy: publish once more, and the hubs take it", "here", c.Shelf.Bundle().Version, "hub", below)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// places names halls, areas and items from the catalogue in force.
type places struct {
	in atomic.Pointer[guide.Catalogue]
}

// read takes the published catalogue where there is one that can be read.
func (p *places) read(s *shelf.Shelf, log *slog.Logger) {
	files, err := s.Files(wire.KindGuide)
	if err == nil && len(files) == 0 {
		return
	}
	var c *guide.Catalogue
	if err == nil {
		c, err = guide.Parse(files)
	}
	if err != nil {
		log.Error("the page goes on with the names that it has", "error", err)
		return
	}
	p.in.Store(c)
}
