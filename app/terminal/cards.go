package terminal

import (
	"context"
	"errors"
	"slices"
	"time"

	"onewindow/app/badge"
	"onewindow/app/hall"
	"onewindow/app/keyring"
	"onewindow/sync/wire"
)

// marks makes the marks of cards with the keys that the hub has lent.
type marks struct{ keys *keyring.Ring }

// Marks leaves out the keys that are not here; the digits of the phone check in all the same.
func (m marks) Marks(ctx context.Context, number string, keys []string) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range keys {
		key, err := m.keys.Lent(ctx, name)
		if errors.Is(err, keyring.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[name] = badge.Mark(number, key.Blind(wire.CardKeyPrefix))
	}
	return out, nil
}

// borrowAgain is how long a kiosk waits before it asks once more for keys that it did not get.
const borrowAgain = 30 * time.Second

// borrowing is what a kiosk knows of the keys that it has from its hub.
type borrowing struct {
	day     hall.Date       // before which they were given back
	here    map[string]bool // those that need not be looked for
	asked   []string        // those that were asked for last
	askedAt time.Time
}

// borrow takes the keys of the days to come from the hub as soon as there is an appointment to
// which a card checks in, so that it does so without the hub; those of days that are over go.
func (t *Terminal) borrow(ctx context.Context) {
	if t.reader == nil || t.link == nil {
		return
	}
	b, today := &t.borrowed, hall.DateOf(t.Store.Now())
	if today != b.day {
		if err := t.keys.GiveBack(ctx, wire.CardKeyPrefix+string(today)); err != nil {
			t.log.Warn("drop the keys of days that are over", "error", err)
			return
		}
		b.day, b.here = today, map[string]bool{}
	}
	var names []string
	t.Store.View(hall.ID(t.Settings.Hall), func(h *hall.Hall) { names = h.CardKeys(today, "") })
	names = slices.DeleteFunc(names, func(name string) bool {
		if !b.here[name] {
			_, err := t.keys.Lent(ctx, name)
			b.here[name] = err == nil
		}
		return b.here[name]
	})
	if len(names) == 0 || slices.Equal(names, b.asked) && time.Since(b.askedAt) < borrowAgain || !t.link.Line().Reached {
		return
	}
	b.asked, b.askedAt = names, time.Now()
	list, err := t.link.Lend(ctx, names)
	if err == nil {
		err = t.keys.Borrow(ctx, list)
	}
	if err != nil && ctx.Err() == nil {
		t.log.Warn("take the keys of appointments with a card; the last digits of the phone check in", "error", err)
	}
}
