package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/sync/wire"
)

// disclosuresMost bounds a list: some hundred KiB.
const disclosuresMost = 200

// disclosureFor answers a counter of the hall about requests for information.
func (h *Hub) disclosureFor(ctx context.Context, id hall.ID, body []byte) (a wire.DisclosureAnswer, err error) {
	var ask wire.DisclosureAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return a, fmt.Errorf("read a question for requests for information: %w", err)
	}
	if !h.Store.Ready() {
		a.Refuse = event.HubGathers // what is asked for may be among what is not read back yet
		return a, nil
	}
	switch {
	case ask.Number != "":
		return h.disclosureNumbered(ctx, id, ask.Number)
	case len(ask.Look) > 0:
		return h.disclosuresBefore(ctx, id, ask.Look)
	}
	list, err := h.Store.OpenDisclosures(ctx, id, hall.Date(ask.Since))
	for _, c := range list[:min(len(list), disclosuresMost)] {
		a.Rows = append(a.Rows, c.Row())
	}
	return a, err
}

func (h *Hub) disclosureNumbered(ctx context.Context, id hall.ID, number string) (a wire.DisclosureAnswer, err error) {
	c, err := h.Store.Disclosure(ctx, number)
	if errors.As(err, &a.Refuse) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if c == nil || !c.Known() || c.Hall != id {
		a.Refuse = event.CaseUnknown.With("number", number)
		return a, nil
	}
	if a.Key, a.Refuse, err = h.keyTo(ctx, string(c.Disclosure), number); a.Key != nil {
		a.Row = c.Row()
	}
	return a, err
}

// disclosuresBefore looks through the hall's requests, with the keys that are here. Those of the
// centre are not asked for one by one: how many could not be read is told.
func (h *Hub) disclosuresBefore(ctx context.Context, id hall.ID, raw []byte) (a wire.DisclosureAnswer, err error) {
	var look disclosure.Look
	if err := json.Unmarshal(raw, &look); err != nil {
		return a, fmt.Errorf("read what to look for: %w", err)
	}
	list, err := h.Store.Disclosures(ctx, id)
	if err != nil {
		return a, err
	}
	found, err := look.Through(list, func(id disclosure.ID) (sealed.Key, bool, error) {
		return keyring.Known(h.Keys.Key(ctx, string(id)))
	})
	if err == nil {
		a.Found, err = json.Marshal(found)
	}
	return a, err
}

// keyFor gives a key, from the centre where it is not here. Errors wrap keyring.ErrNone or
// keyring.ErrErased.
func (h *Hub) keyFor(ctx context.Context, id string) (sealed.Key, error) {
	key, err := h.Keys.Key(ctx, id)
	if errors.Is(err, keyring.ErrNone) {
		return h.keyAbove(ctx, id)
	}
	return key, err
}
