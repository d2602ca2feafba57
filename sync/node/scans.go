package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"onewindow/app/binder"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// goneTold is for how long places below are told that a scan was taken off, from when this place heard of it: no
// counter is off for longer that still has one.
const goneTold = 60 * 24 * time.Hour

// scansBelow answers what the binders below a place offer: a place takes what an event announces, and
// nothing else, so that nobody fills its disk with what nobody noted.
func (b *base) scansBelow(place string) func(context.Context, event.Origin, []byte) (any, error) {
	return func(ctx context.Context, from event.Origin, body []byte) (any, error) {
		var ask wire.ScansAsk
		if err := json.Unmarshal(body, &ask); err != nil {
			return nil, fmt.Errorf("read what a binder offers: %w", err)
		}
		if len(ask.Offers) > wire.MaxOffers {
			return nil, fmt.Errorf("%s offers %d scans at once", from, len(ask.Offers))
		}
		var a wire.ScansAnswer
		for _, o := range ask.Offers {
			lack, err := b.lacks(ctx, from, o)
			if err != nil {
				return nil, err
			}
			a.Lacks = append(a.Lacks, lack)
		}
		var err error
		if a.Gone, err = b.Store.TakenOff(ctx, hall.ID(from.Hall()), b.Store.Now()-goneTold.Milliseconds()); err == nil {
			err = b.Scans.Answer(ctx, ask, &a, place == wire.Centre)
		}
		return a, err
	}
}

// lacks tells what is lacking here of a scan that a device of its hall offers.
func (b *base) lacks(ctx context.Context, from event.Origin, o wire.ScanOffer) (lack wire.ScanLack, err error) {
	if _, err := b.Keys.Key(ctx, o.Application); errors.Is(err, keyring.ErrErased) {
		lack.Refuse = event.CaseErased
		return lack, nil
	}
	c, err := b.Store.ApplicationOf(ctx, intake.ApplicationID(o.Application))
	if err != nil {
		return lack, err
	}
	if c == nil || !c.Known() || string(c.Hall) != from.Hall() {
		lack.Refuse = event.CaseUnknown
		return lack, nil
	}
	s, noted := c.Scans[intake.ScanID(o.Scan)]
	switch {
	case slices.Contains(c.TakenOff(), intake.ScanID(o.Scan)):
		lack.Refuse = event.CaseErased // who offers it drops it
	case !noted:
		lack.Refuse = event.CaseUnknown // its event is on its way
	case !s.Announces(o.Sums):
		lack.Refuse = event.ScanDamaged
	default:
		lack.Chunks, err = b.Scans.Expect(ctx, o, s.AtMS)
	}
	switch {
	case errors.Is(err, binder.ErrRoom):
		lack.Refuse, err = event.DiskFull, nil
	case errors.Is(err, binder.ErrChanged):
		lack.Refuse, err = event.ScanDamaged, nil
	}
	return lack, err
}

// bring keeps a chunk.
func (b *base) bring(ctx context.Context, _ event.Origin, frame []byte) (any, error) {
	c, err := wire.DecodeChunk(frame)
	if err != nil || !intake.FitsChunk(len(c.Body)) {
		return wire.BringAnswer{Refuse: event.RequestUnusable}, nil //nolint:nilerr // who brought it is told
	}
	var a wire.BringAnswer
	a.Whole, err = b.Scans.Bring(ctx, c)
	switch {
	case errors.Is(err, binder.ErrRoom):
		return wire.BringAnswer{Refuse: event.DiskFull}, nil
	case errors.Is(err, binder.ErrChanged):
		return wire.BringAnswer{Refuse: event.ScanDamaged}, nil
	case errors.Is(err, binder.ErrNone):
		return wire.BringAnswer{Refuse: event.CaseUnknown}, nil
	}
	return a, err
}

// chunkFor gives a counter of the hall a sealed chunk of an application of the hall; a hub that lacks it asks the centre.
func (h *Hub) chunkFor(ctx context.Context, from event.Origin, body []byte) (any, error) {
	var ask wire.ChunkAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return nil, fmt.Errorf("read the question: %w", err)
	}
	if ok, err := ofHall(ctx, h.Store, from, ask); err != nil || !ok {
		return []byte{}, err
	}
	chunk, err := h.Scans.Chunk(ctx, ask.Application, ask.Scan, ask.No)
	if err == nil || !errors.Is(err, binder.ErrNone) && !errors.Is(err, binder.ErrChanged) {
		return chunk, err
	}
	up := h.up.Load()
	if up == nil || !h.CentreReached() {
		return []byte{}, nil
	}
	if chunk, err = up.Chunk(ctx, ask); errors.Is(err, event.HubUnreachable) {
		return []byte{}, nil
	}
	return chunk, err
}

// chunkFor gives a hub a sealed chunk of an application of its hall.
func (c *Centre) chunkFor(ctx context.Context, from event.Origin, body []byte) (any, error) {
	var ask wire.ChunkAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return nil, fmt.Errorf("read the question: %w", err)
	}
	if ok, err := ofHall(ctx, c.Store, from, ask); err != nil || !ok {
		return []byte{}, err
	}
	chunk, err := c.Scans.Chunk(ctx, ask.Application, ask.Scan, ask.No)
	if errors.Is(err, binder.ErrNone) {
		return []byte{}, nil
	}
	return chunk, err
}

// ofHall tells whether an application is of the hall of who asks, and the scan still its.
func ofHall(ctx context.Context, s *store.Store, from event.Origin, ask wire.ChunkAsk) (bool, error) {
	c, err := s.ApplicationOf(ctx, intake.ApplicationID(ask.Application))
	return err == nil && c != nil && string(c.Hall) == from.Hall() && !slices.Contains(c.TakenOff(), intake.ScanID(ask.Scan)), err
}

// dropSoon is how long after a commit a place looks for scans that were taken off; dropEvery is how often it looks for
// keys that another process destroyed beside it.
const (
	dropSoon  = time.Second
	dropEvery = time.Minute
)

// dropErased drops the chunks of applications whose keys were destroyed, which are noise without the key and take
// room, and of scans that were taken off, which are somebody else's.
func (b *base) dropErased(log *slog.Logger) {
	news, commits := b.Keys.Watch(), b.Store.Watch()
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		since, failed := int64(0), ""
		for after := int64(0); ; {
			ids, upto, err := b.Keys.ErasedSince(ctx, after)
			if err == nil && len(ids) > 0 {
				err = b.Scans.DropCases(ctx, ids)
			}
			off, said := b.Store.TakenOff(ctx, "", since)
			if err = errors.Join(err, said, b.Scans.DropOff(ctx, off)); err == nil {
				since, failed = max(since, b.Store.Now()-goneTold.Milliseconds()), ""
			}
			switch {
			case err != nil && ctx.Err() == nil:
				if failed != err.Error() { // it is said once
					failed = err.Error()
					log.Error("drop scans that are erased or taken off; it is tried again", "error", err)
				}
			case upto > after:
				after = upto
				continue
			}
			select {
			case <-ctx.Done():
				return
			case <-news:
			case <-commits:
				select {
				case <-ctx.Done():
					return
				case <-time.After(dropSoon):
				}
			case <-time.After(dropEvery):
			}
		}
	})
	b.closers = append(b.closers, func() error { stop(); done.Wait(); b.Keys.Unwatch(news); b.Store.Unwatch(commits); return nil })
}
