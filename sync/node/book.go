package node

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"onewindow/app/badge"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/sealed"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// marksKey names the key of a hall with which people who book are marked, and appointments of
// other systems named.
func marksKey(place hall.ID) string { return "marks:" + string(place) }

// ownKey gives a key of the hall's, and draws it where there is none: here, and with two hubs
// at the centre, which has what the other one drew.
func (h *Hub) ownKey(ctx context.Context, name string) (sealed.Key, error) {
	k, err := h.keyFor(ctx, name)
	if errors.Is(err, keyring.ErrNone) {
		k, err = h.Keys.New(name, h.Store.Now())
	}
	return k, err
}

// mark puts marks in the place of the numbers of whoever books. The person's is made with the
// key of the hall, the card's with one of the appointment's day: kiosks hold that one for as long
// as the day is ahead, and it is destroyed afterwards. Refusals: IdentityWrong, SlotTaken.
func (h *Hub) mark(ctx context.Context, place hall.ID, b *hall.Book) error {
	key, err := h.ownKey(ctx, marksKey(place))
	if err != nil {
		return fmt.Errorf("take the key of the hall: %w", err)
	}
	if b.Reference != "" {
		if !b.Partly {
			return event.RequestUnusable
		}
		b.Appointment = appointmentName(key.Blind("appointment", b.Reference))
	}
	if b.Identity != "" {
		if err := h.markCard(ctx, b); err != nil {
			return err
		}
	}
	switch {
	case len(b.Number) == hall.PhoneDigits:
		b.Person = badge.Mark(b.Number, key.Blind("person", "phone"))
	case b.Identity != "":
		b.Person = badge.Mark(b.Identity, key.Blind("person", "identity"))
	case b.Pseudonym != "":
		b.Person = badge.Mark(b.Pseudonym, key.Blind("person", "pseudonym"))
	default: // somebody whom nobody will know again
		b.Person = base64.RawURLEncoding.EncodeToString(key.Blind("person", "of", b.Appointment)[:12])
	}
	return nil
}

func (h *Hub) markCard(ctx context.Context, b *hall.Book) error {
	now := h.Store.Now()
	number, no := intake.CheckDocument(intake.ResidentID, b.Identity, hall.DateOf(now))
	if no != nil {
		return no
	}
	date := hall.DateOf(b.SlotMS)
	if date < hall.DateOf(now) || b.SlotMS > now+(hall.BookDays+1)*24*time.Hour.Milliseconds() {
		return event.SlotTaken
	}
	b.Identity, b.CardKey = number, wire.CardKey(h.Store.Origin(), string(date))
	key, err := h.ownKey(ctx, b.CardKey)
	if errors.Is(err, keyring.ErrErased) {
		return event.SlotTaken // its day is over
	}
	if err != nil {
		return fmt.Errorf("take the key of a day: %w", err)
	}
	b.Card = badge.Mark(number, key.Blind(wire.CardKeyPrefix))
	return nil
}

// lend gives a kiosk the keys of days that are not over.
func (h *Hub) lend(ctx context.Context, place hall.ID, body []byte) (any, error) {
	var names []string
	if err := json.Unmarshal(body, &names); err != nil {
		return nil, fmt.Errorf("read a question for keys: %w", err)
	}
	out := []wire.CaseKey{}
	for _, name := range names[:min(len(names), 2*(hall.BookDays+2))] {
		rest, is := strings.CutPrefix(name, wire.CardKeyPrefix)
		date, of, _ := strings.Cut(rest, ":")
		hub := event.Origin(of)
		if !is || !hub.Valid() || hub.Hall() != string(place) || !wire.IsHub(hub) || date < string(hall.DateOf(h.Store.Now())) {
			continue
		}
		if key, err := h.keyFor(ctx, name); err == nil {
			out = append(out, wire.CaseKey{Case: name, Key: key[:]})
		} else if !errors.Is(err, keyring.ErrNone) && !errors.Is(err, keyring.ErrErased) {
			return nil, err
		}
	}
	return out, nil
}

// destroyCardKeys destroys the keys of days before one: no card of theirs can be looked for any more.
func (h *Hub) destroyCardKeys(ctx context.Context, today hall.Date) error {
	names, err := h.Keys.Between(ctx, wire.CardKeyPrefix, wire.CardKeyPrefix+string(today))
	if err != nil || len(names) == 0 {
		return err
	}
	return h.Keys.Erase(ctx, names, string(h.Store.Origin()), "the day of the appointments is over", h.Store.Now())
}

// Pauses of a hub that asks the centre for wishes: after a failure, and for the lease.
const (
	wishesAgain = time.Second
	wishGranted = 5 * time.Second
)

// errNotNow says that this hub has nothing to ask for: another one leads, or its line is down.
var errNotNow = errors.New("wishes are not asked for")

// wishes asks the centre, and tells it what became of the last ones.
func (h *Hub) wishes(ctx context.Context, up *link.Link, ask wire.WishesAsk) (a wire.WishesAnswer, err error) {
	if leads, _ := h.Allocator.Leads(); leads == wire.HubStands || !up.Line().Reached {
		return a, errNotNow
	}
	return up.Wishes(ctx, ask)
}

// wishing grants what people want of appointments who ask the centre, until it is stopped. The
// hub asks, because the centre reaches nobody by itself; the question waits there.
func (h *Hub) wishing(up *link.Link, log *slog.Logger) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		ask := wire.WishesAsk{Granted: map[string]wire.Grant{}}
		for failing := false; ; {
			a, err := h.wishes(ctx, up, ask)
			if err == nil {
				failing = false
				clear(ask.Granted)
				h.grantWishes(ctx, a.Wishes, ask.Granted)
				continue
			}
			if !failing && ctx.Err() == nil && !errors.Is(err, errNotNow) {
				failing = true
				log.Warn("ask the centre for wishes; it is asked again and again", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(wishesAgain):
			}
		}
	})
	return func() error { cancel(); done.Wait(); return nil }
}

// grantWishes decides wishes one after the other; what is not safe yet is asked for again.
func (h *Hub) grantWishes(ctx context.Context, list []wire.Wish, granted map[string]wire.Grant) {
	ctx, cancel := context.WithTimeout(ctx, wishGranted)
	defer cancel()
	for _, w := range list {
		if g := h.Allocator.Book(ctx, w); g != nil {
			granted[w.Request] = *g
		}
	}
}
