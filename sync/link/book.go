package link

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Book asks the hub for an appointment and gives the hub's event.
func (l *Link) Book(ctx context.Context, b hall.Book) ([]byte, error) {
	g, err := l.grant(ctx, wire.AskSubject(l.opt.Place, wire.VerbBook, l.opt.Origin), b)
	return g.Event, err
}

// Lend asks the hub for keys that identity cards are marked with.
func (l *Link) Lend(ctx context.Context, names []string) (list []wire.CaseKey, err error) {
	body, err := json.Marshal(names)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	return list, l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbLend, l.opt.Origin), body, l.opt.Answer, &list)
}

// wishesWait is for how long a question for wishes may stand without an answer.
const wishesWait = 15 * time.Second

// Wishes asks the centre what people want of this hall's appointments, and waits with it.
func (l *Link) Wishes(ctx context.Context, ask wire.WishesAsk) (a wire.WishesAnswer, err error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return a, fmt.Errorf("ask for wishes: %w", err)
	}
	return a, l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbWishes, l.opt.Origin), body, wishesWait, &a)
}
