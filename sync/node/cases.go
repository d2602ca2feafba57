package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/app/store"
	"onewindow/sync/inlet"
	"onewindow/sync/wire"
)

// keysBelow answers the keyrings below a place, after the commit. Only a hub's word
// destroys a key.
func (b *base) keysBelow(place string) func(context.Context, event.Origin, []byte) (any, error) {
	return func(ctx context.Context, from event.Origin, body []byte) (any, error) {
		var ask wire.KeysAsk
		if err := json.Unmarshal(body, &ask); err != nil {
			return nil, fmt.Errorf("read what a keyring says: %w", err)
		}
		return b.Keys.Answer(ctx, ask, wire.IsHub(from), place == wire.Centre)
	}
}

// answers are what a hub tells the terminals of its hall of applications and ratings.
func (h *Hub) answers(id hall.ID) inlet.Answers {
	return inlet.Answers{
		wire.VerbCase: func(ctx context.Context, _ event.Origin, number []byte) (any, error) {
			return h.caseFor(ctx, id, string(number))
		},
		wire.VerbRated: func(ctx context.Context, _ event.Origin, ticket []byte) (any, error) {
			return h.ratedBefore(ctx, id, hall.TicketID(ticket))
		},
		wire.VerbRatings: func(ctx context.Context, _ event.Origin, ticket []byte) (any, error) {
			return h.complaints(ctx, id, hall.TicketID(ticket))
		},
		wire.VerbShared: func(ctx context.Context, from event.Origin, body []byte) (any, error) {
			return h.sharedFor(ctx, id, from, body)
		},
		wire.VerbDisclosure: func(ctx context.Context, _ event.Origin, ask []byte) (any, error) {
			return h.disclosureFor(ctx, id, ask)
		},
		wire.VerbChunk: h.chunkFor,
		wire.VerbLend:  func(ctx context.Context, _ event.Origin, names []byte) (any, error) { return h.lend(ctx, id, names) },
		wire.VerbDue:   func(ctx context.Context, _ event.Origin, _ []byte) (any, error) { return h.due(ctx, id) },
	}
}

// caseFor answers a counter of the hall that has a number in hand. A hub that lacks the
// key (it was another hub's, or older than its ring) asks the centre.
func (h *Hub) caseFor(ctx context.Context, id hall.ID, number string) (a wire.CaseAnswer, err error) {
	c, err := h.Store.Numbered(ctx, number)
	switch {
	case errors.As(err, &a.Refuse):
		return a, nil
	case err != nil:
		return a, err
	case !h.Store.Ready():
		a.Refuse = event.HubGathers // it may be among what is not read back yet
		return a, nil
	case c == nil, !c.Known(), c.Hall != id:
		a.Refuse = event.CaseUnknown.With("number", number)
		return a, nil
	}
	if a.Key, a.Refuse, err = h.keyTo(ctx, string(c.Application), number); a.Key != nil {
		a.Row = c.Row()
		a.Scans, err = h.Scans.Places(ctx, string(c.Application))
	}
	return a, err
}

// keyTo gives the key of what has a number, or says why nobody reads it here.
func (h *Hub) keyTo(ctx context.Context, id, number string) ([]byte, *event.Refusal, error) {
	key, err := h.keyFor(ctx, id)
	switch {
	case errors.Is(err, keyring.ErrErased):
		return nil, event.CaseErased.With("number", number), nil
	case errors.Is(err, keyring.ErrNone):
		return nil, event.CaseElsewhere.With("number", number), nil
	case err != nil:
		return nil, nil, err
	}
	return key[:], nil, nil
}

// keyAbove asks the centre for a key and keeps it.
func (h *Hub) keyAbove(ctx context.Context, id string) (k sealed.Key, err error) {
	up := h.up.Load()
	if up == nil || !h.CentreReached() {
		return k, keyring.ErrNone
	}
	got, err := up.CaseKey(ctx, id)
	if err != nil || got.Case == "" {
		return k, keyring.ErrNone // not there, or the line is away
	}
	if err := h.Keys.Put(ctx, []wire.CaseKey{got}); err != nil {
		return k, err
	}
	return h.Keys.Key(ctx, id)
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

// tidy notes what time alone brings to applications, on the hall's day: that of the clock,
// and of the newest ticket, because one clock alone that is put forward may end nobody's
// application. What is overdue ends; what was received and not answered in time is accepted; a request
// for information that its applicant does not correct in time is given up.
func (h *Hub) tidy(ctx context.Context, id hall.ID) error {
	if err := h.eraseAnswers(ctx); err != nil {
		return err
	}
	if !h.Store.Ready() {
		return nil
	}
	today := hall.DateOf(h.Store.Now())
	h.Store.View(id, func(v *hall.Hall) { today = min(today, v.LastDay(today)) })
	if err := h.destroyCardKeys(ctx, today); err != nil {
		return err
	}
	overdue, err := h.Store.Overdue(ctx, id, today)
	if err != nil {
		return err
	}
	unanswered, err := h.Store.Unanswered(ctx, id, today)
	if err != nil {
		return err
	}
	for _, c := range unanswered {
		if _, over := h.Store.Calendar().Deem(c, today, 1); over {
			overdue = append(overdue, c.Application)
		}
	}
	unheeded, err := h.unheeded(ctx, id, today)
	if err != nil || len(overdue)+len(unheeded) == 0 {
		return err
	}
	return h.Store.Write(ctx, func(tx *store.Tx) error {
		for _, a := range overdue {
			c, err := tx.Application(a)
			if err != nil || c == nil {
				return err
			}
			now := h.Store.Now()
			if l, over := c.EndOverdue(today, now); over {
				_, _, err = tx.Append(intake.KindOverdue, l)
			} else if s, over := h.Store.Calendar().Deem(c, today, now); over {
				_, _, err = tx.Append(intake.KindDeemed, s)
			}
			if err != nil {
				return err
			}
		}
		for _, d := range unheeded {
			c, err := tx.Disclosure(d.Disclosure)
			if err != nil || c == nil {
				return err
			}
			if step, over := c.GiveUp(h.Store.Calendar(), today, h.Store.Now()); over {
				if _, _, err = tx.Append(disclosure.KindAnswered, step); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// unheeded lists the requests for information that are given up by now; of some that wait nobody
// knows the last day yet.
func (h *Hub) unheeded(ctx context.Context, id hall.ID, today hall.Date) ([]*disclosure.Case, error) {
	list, err := h.Store.Unheeded(ctx, id, today)
	return slices.DeleteFunc(list, func(c *disclosure.Case) bool {
		_, over := c.GiveUp(h.Store.Calendar(), today, 1)
		return !over
	}), err
}
