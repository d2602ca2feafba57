package link

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Peer asks the other hub of a hall that has two.
type Peer struct {
	Conn   *nats.Conn
	Hall   string
	Origin event.Origin // who asks
}

// Lease asks for the other hub's promise.
func (p Peer) Lease(ctx context.Context, a wire.LeaseAsk) (answer wire.LeaseAnswer, err error) {
	m, err := p.ask(ctx, wire.VerbLease, a)
	if err == nil {
		err = json.Unmarshal(m.Data, &answer)
	}
	if err != nil {
		return answer, fmt.Errorf("ask the other hub for the lease: %w", err)
	}
	return answer, nil
}

// Follow asks for what the other hub has committed behind a position.
func (p Peer) Follow(ctx context.Context, a wire.FollowAsk) (f wire.Feed, err error) {
	m, err := p.ask(ctx, wire.VerbFollow, a)
	if err == nil {
		f, err = wire.DecodeFeed(m.Data)
	}
	if err != nil {
		return f, fmt.Errorf("follow the other hub: %w", err)
	}
	return f, nil
}

func (p Peer) ask(ctx context.Context, v wire.Verb, a any) (*nats.Msg, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return p.Conn.RequestWithContext(ctx, wire.AskSubject(p.Hall, v, p.Origin), body)
}

// Lease asks the place above for its promise, for a hub of a hall that has two.
func (l *Link) Lease(ctx context.Context, a wire.LeaseAsk) (answer wire.LeaseAnswer, err error) {
	body, err := json.Marshal(a)
	if err != nil {
		return answer, fmt.Errorf("ask for the lease: %w", err)
	}
	return answer, l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbLease, l.opt.Origin), body, time.Second, &answer)
}
