package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Binder is what the link needs of the scans that are kept: their chunks go up beside the events, are in
// no log, and each is brought once, because the place above says which it lacks.
type Binder interface {
	Offers(ctx context.Context) (wire.ScansAsk, error)
	Answered(ctx context.Context, ask wire.ScansAsk, a wire.ScansAnswer, centre bool) error
	Bringing(ctx context.Context, o wire.ScanOffer, no int) (wire.Chunk, error)
	Sent(ctx context.Context, scan string, centre bool) error
	Watch() chan struct{}
	Unwatch(chan struct{})
}

// scans brings up what was scanned. One chunk is under way at a time, and before each one what was noted
// goes first: an event waits for one chunk at most. After a line that broke the place above is asked
// again what it lacks.
func (l *Link) scans(ctx context.Context) {
	l.beside(ctx, l.opt.Scans, func(ctx context.Context) (more, waits bool) {
		more, waits, err := l.offerScans(ctx)
		if err != nil && ctx.Err() == nil {
			l.opt.Logger.Warn("bring scans; it is tried again", "error", err)
		}
		return more, waits || err != nil
	})
}

// offerScans is one question, and what the answer asks for. It tells whether there is more to say at once, and
// whether something is waited for.
func (l *Link) offerScans(ctx context.Context) (more, waits bool, err error) {
	ask, err := l.opt.Scans.Offers(ctx)
	if err != nil {
		return false, false, err
	}
	if len(ask.Offers) > 0 {
		l.flush(ctx) // the events of the scans go first
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return false, false, fmt.Errorf("offer scans: %w", err)
	}
	var a wire.ScansAnswer
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbScans, l.opt.Origin), body, l.opt.Answer, &a); err != nil {
		return false, true, nil //nolint:nilerr // nobody answers there yet
	}
	centre := l.opt.Place == wire.Centre
	if err := l.opt.Scans.Answered(ctx, ask, a, centre); err != nil {
		return false, true, err
	}
	refused := 0
	for n, lack := range a.Lacks {
		if lack.Refuse != nil {
			refused++
		}
		for _, no := range lack.Chunks {
			if err := l.bring(ctx, ask.Offers[n], no); err != nil {
				return false, true, err
			}
		}
	}
	waits = len(ask.Waiting) > 0 || len(ask.Offers) > 0
	return a.Life != ask.Life || len(ask.Offers) > refused, waits, nil
}

// bring brings one chunk and waits until it is kept.
func (l *Link) bring(ctx context.Context, o wire.ScanOffer, no int) error {
	c, err := l.opt.Scans.Bringing(ctx, o, no)
	if err != nil {
		return err
	}
	l.flush(ctx) // what was noted meanwhile goes first
	var a wire.BringAnswer
	err = l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbBring, l.opt.Origin), c.Encode(), l.opt.Answer, &a)
	switch {
	case err != nil:
		return err
	case a.Refuse != nil:
		return fmt.Errorf("chunk %d of scan %s: %w", no, o.Scan, a.Refuse)
	case a.Whole:
		return l.opt.Scans.Sent(ctx, o.Scan, l.opt.Place == wire.Centre)
	}
	return nil
}

// Chunk asks the place above for a sealed chunk; none where it does not have it. Refusal: HubUnreachable.
func (l *Link) Chunk(ctx context.Context, ask wire.ChunkAsk) ([]byte, error) {
	if !l.opt.Conn.IsConnected() {
		return nil, event.HubUnreachable
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("ask for a chunk: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, l.opt.Answer)
	defer cancel()
	m, err := l.opt.Conn.RequestWithContext(ctx, wire.AskSubject(l.opt.Place, wire.VerbChunk, l.opt.Origin), body)
	if err != nil {
		return nil, errors.Join(event.HubUnreachable, fmt.Errorf("ask for a chunk: %w", err))
	}
	return m.Data, nil
}
