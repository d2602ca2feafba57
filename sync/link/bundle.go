package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// offer passes on which bundle is in force above. While one is fetched the next beat will
// tell again.
func (l *Link) offer(name string) {
	select {
	case l.offered <- name:
	default:
	}
}

// bundles takes what is published. It waits for nothing that goes up, and nothing that goes
// up waits for it. When the line breaks the next beat begins anew; what failed for another
// reason is not asked for again and again.
func (l *Link) bundles(ctx context.Context) {
	var failed string
	var again time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case name := <-l.offered:
			if name == failed && time.Now().Before(again) {
				continue
			}
			err := l.opt.Take(ctx, name, l)
			if err == nil || ctx.Err() != nil {
				continue
			}
			l.opt.Logger.Warn("take what is published", "error", err)
			if !errors.Is(err, event.HubUnreachable) {
				failed, again = name, time.Now().Add(l.opt.Resend)
			}
		}
	}
}

// Bundle asks the place above for the bundle in force, which may be none.
func (l *Link) Bundle(ctx context.Context) ([]byte, error) { return l.fetch(ctx, wire.VerbBundle, nil) }

// Piece asks the place above for bytes of a part; none where it does not have them.
func (l *Link) Piece(ctx context.Context, a wire.PieceAsk) ([]byte, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("ask for a part: %w", err)
	}
	return l.fetch(ctx, wire.VerbPart, body)
}

func (l *Link) fetch(ctx context.Context, v wire.Verb, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, l.opt.Answer)
	defer cancel()
	m, err := l.opt.Conn.RequestWithContext(ctx, wire.AskSubject(l.opt.Place, v, l.opt.Origin), body)
	if err != nil {
		return nil, errors.Join(event.HubUnreachable, fmt.Errorf("ask for what is published: %w", err))
	}
	return m.Data, nil
}
