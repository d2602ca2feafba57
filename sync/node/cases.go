package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// answers serves a verb with what fn gives, as JSON.
func answers(conn *nats.Conn, place string, v wire.Verb, log *slog.Logger, fn func(ctx context.Context, body []byte) (any, error)) (func() error, error) {
	sub, err := conn.Subscribe(wire.AnyoneSubject(place, v), func(m *nats.Msg) {
		if _, ok := wire.Sender(m.Subject, m.Reply); !ok {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		out, err := fn(ctx, m.Data)
		var body []byte
		if err == nil {
			body, err = json.Marshal(out)
		}
		if err == nil {
			err = m.Respond(body)
		}
		if err != nil {
			log.Error("answer", "verb", v, "error", err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", v, err)
	}
	return sub.Unsubscribe, nil
}

// caseFor answers a counter of the hall that has a number in hand. A hub that lacks the
// key (it was another hub's, or older than its ring) asks the centre.
func (h *Hub) caseFor(ctx context.Context, id hall.ID, number string) (a wire.CaseAnswer, err error) {
	c, err := h.Store.Numbered(ctx, number)
	switch {
	case err != nil:
		return a, err
	case !h.Store.Ready():
		a.Refuse = event.HubGathers // it may be among what is not read back yet
		return a, nil
	case c == nil, !c.Known(), c.Hall != id:
		a.Refuse = event.CaseUnknown.With("number", number)
		return a, nil
	}
	key, err := h.Keys.Key(ctx, string(c.Application))
	if errors.Is(err, keyring.ErrNone) {
		key, err = h.keyAbove(ctx, c.Application)
	}
	switch {
	case errors.Is(err, keyring.ErrErased):
		a.Refuse = event.CaseErased.With("number", number)
	case errors.Is(err, keyring.ErrNone):
		a.Refuse = event.CaseElsewhere.With("number", number)
	case err != nil:
		return a, err
	default:
		a.Row, a.Key = c.Row(), key[:]
	}
	return a, nil
}

// keyAbove asks the centre for a key and keeps it.
func (h *Hub) keyAbove(ctx context.Context, id intake.ApplicationID) (k sealed.Key, err error) {
	up := h.up.Load()
	if up == nil || !h.CentreReached() {
		return k, keyring.ErrNone
	}
	got, err := up.CaseKey(ctx, string(id))
	if err != nil || got.Case == "" {
		return k, keyring.ErrNone // not there, or the line is away
	}
	if err := h.Keys.Put(ctx, []wire.CaseKey{got}); err != nil {
		return k, err
	}
	return h.Keys.Key(ctx, string(id))
}

// keyOf answers a hub.
func (c *Centre) keyOf(ctx context.Context, id string) (wire.CaseKey, error) {
	k, err := c.Keys.Key(ctx, id)
	switch {
	case errors.Is(err, keyring.ErrNone):
		return wire.CaseKey{}, nil
	case errors.Is(err, keyring.ErrErased):
		return wire.CaseKey{Case: id}, nil
	}
	return wire.CaseKey{Case: id, Key: k[:]}, err
}

// overdueEvery is the pause between two looks for applications whose time is over.
const overdueEvery = 10 * time.Second

// clocks notes by itself when the time for what is missing is over, at the hub that leads.
func (h *Hub) clocks(ctx context.Context, id hall.ID, every time.Duration, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		if leads, _ := h.Allocator.Leads(); leads == wire.HubStands || !h.Store.Ready() {
			continue
		}
		if err := h.endOverdue(ctx, id); err != nil && ctx.Err() == nil {
			log.Error("end what is overdue; it is tried again", "error", err)
		}
	}
}

// endOverdue ends what is overdue on the hall's day: that of the clock, and of the newest
// ticket, because one clock alone that is put forward may end nobody's application.
func (h *Hub) endOverdue(ctx context.Context, id hall.ID) error {
	today := hall.DateOf(h.Store.Now())
	h.Store.View(id, func(v *hall.Hall) { today = min(today, v.LastDay(today)) })
	list, err := h.Store.Overdue(ctx, id, today)
	if err != nil || len(list) == 0 {
		return err
	}
	return h.Store.Write(ctx, func(tx *store.Tx) error {
		for _, a := range list {
			c, err := tx.Application(a)
			if err != nil || c == nil {
				return err
			}
			if l, over := c.EndOverdue(today, h.Store.Now()); over {
				if _, _, err := tx.Append(intake.KindOverdue, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
