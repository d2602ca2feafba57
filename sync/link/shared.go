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

// How long an answer of shared data is waited for: somebody stands at the window. The hub gives
// up first, so that its word that nobody answers still arrives.
const (
	sharedHere  = 4 * time.Second
	sharedAbove = 2500 * time.Millisecond
)

// Shared asks shared data by the place above. The records answer the questions in their order.
// Refusals: those of wire.SharedAnswer, SharedAway also when the place above does not answer.
func (l *Link) Shared(ctx context.Context, ask wire.SharedAsk) ([]wire.SharedRecord, error) {
	if !l.opt.Conn.IsConnected() {
		return nil, event.SharedAway
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, fmt.Errorf("ask shared data: %w", err)
	}
	limit := sharedHere
	if l.opt.Place == wire.Centre {
		limit = sharedAbove
	}
	var a wire.SharedAnswer
	switch err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbShared, l.opt.Origin), body, limit, &a); {
	case err != nil:
		return nil, errors.Join(event.SharedAway, err)
	case a.Refuse != nil:
		return nil, a.Refuse
	case len(a.Records) != len(ask.Questions):
		return nil, fmt.Errorf("shared data answered %d of %d questions: %w", len(a.Records), len(ask.Questions), event.SharedAway)
	}
	for n, r := range a.Records {
		if r.ID != ask.Questions[n].ID {
			return nil, fmt.Errorf("shared data answered another question: %w", event.SharedAway)
		}
	}
	return a.Records, nil
}
