package node

import (
	"context"
	"errors"
	"slices"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// ratedBefore tells a kiosk which ratings of a visit have come.
func (h *Hub) ratedBefore(ctx context.Context, id hall.ID, ticket hall.TicketID) (a wire.RatedAnswer, err error) {
	v, ok, err := h.Store.Visit(ctx, id, ticket)
	if err != nil || !ok {
		return a, err
	}
	for _, r := range v.Given() {
		a.Ratings = append(a.Ratings, wire.RatedRow{Rating: string(r.Rating.Rating), Proof: string(r.Proof)})
	}
	return a, nil
}

// Bounds of what a counter is told: visits at once, and for how many days what is checked
// stays to be seen.
const (
	mostComplaints = 200
	checkedDays    = 7
)

// complaints tells a counter what is to be followed up in the hall, or one visit with the
// keys of what was written about it.
func (h *Hub) complaints(ctx context.Context, id hall.ID, ticket hall.TicketID) (a wire.RatingsAnswer, err error) {
	if !h.Store.Ready() {
		a.Refuse = event.HubGathers // some may be among what is not read back yet
		return a, nil
	}
	var list []store.RatedVisit
	if ticket == "" {
		list, err = h.Store.Complaints(ctx, id, hall.DateOf(h.Store.Now()-checkedDays*24*3_600_000))
	} else if v, ok, of := h.Store.Visit(ctx, id, ticket); of != nil || ok && v.Due() != "" {
		list, err = []store.RatedVisit{v}, of
	}
	if err != nil {
		return a, err
	}
	if ticket != "" && len(list) == 0 {
		a.Refuse = event.FollowUpUnknown
		return a, nil
	}
	for _, v := range list[:min(len(list), mostComplaints)] {
		a.Rows = append(a.Rows, wire.RatingsRow{Row: v.Row(), Served: hall.Payload(v.Served)})
	}
	if ticket != "" {
		a.Keys, err = h.ratingKeys(ctx, list[0].Visit)
	}
	return a, err
}

// ratingKeys gives the keys of what is written about a visit, as far as they are here or at
// the centre, and names the ratings that were erased.
func (h *Hub) ratingKeys(ctx context.Context, v *feedback.Visit) (keys []wire.CaseKey, err error) {
	for _, r := range v.Given() {
		if r.Remark != "" {
			continue
		}
		// Nothing was written in it as it stands, but in an edition before, or about it.
		switch _, err := h.Keys.Key(ctx, string(r.Rating.Rating)); {
		case errors.Is(err, keyring.ErrErased):
			keys = append(keys, wire.CaseKey{Case: string(r.Rating.Rating)})
		case err != nil && !errors.Is(err, keyring.ErrNone):
			return nil, err
		}
	}
	for _, id := range v.Sealed() {
		key, err := h.Keys.Key(ctx, id)
		if errors.Is(err, keyring.ErrNone) {
			key, err = h.keyAbove(ctx, id)
		}
		switch {
		case errors.Is(err, keyring.ErrErased):
			keys = append(keys, wire.CaseKey{Case: id})
		case errors.Is(err, keyring.ErrNone):
		case err != nil:
			return nil, err
		default:
			keys = append(keys, wire.CaseKey{Case: id, Key: key[:]})
		}
	}
	return keys, nil
}

// eraseAnswers destroys the keys of what clerks wrote about a rating that was erased before it came
// here: it may say again what the person wrote. It looks again when there is more of either.
func (h *Hub) eraseAnswers(ctx context.Context) error {
	last, err := h.Keys.LastErased(ctx)
	now := followed{last, h.Store.Replies()}
	if err != nil || last == 0 || now == h.followed {
		return err
	}
	erased, err := h.Keys.Erased(ctx)
	if err != nil {
		return err
	}
	names, err := h.Store.KeysAbout(ctx, erased)
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(erased, name) })
	if len(names) > 0 {
		err = h.Keys.Erase(ctx, names, string(h.Store.Origin()), "about a rating that was erased", h.Store.Now())
	}
	if err == nil {
		h.followed = now
	}
	return err
}

// followed is what eraseAnswers has seen: the last key that was destroyed, and replies since the start.
type followed struct{ erased, replies int64 }
