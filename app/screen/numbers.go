package screen

import (
	"context"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Tend keeps number blocks in stock and voids those of earlier days. It is
// called after each ticket, when the line comes back and once a minute; with the
// hub away it does nothing.
func (m *Machine) Tend(ctx context.Context) error {
	today := hall.DateOf(m.Book.Now())
	var leftover []hall.Block
	var low []hall.Letter
	epoch := m.Book.Epoch()
	m.Book.View(m.Hall, func(h *hall.Hall) {
		leftover = h.Leftover(m.Book.Origin(), today)
		for _, a := range m.Guides.Now().AreasOf(guide.HallID(m.Hall)) {
			if l := hall.Letter(a.Letter); h.NumbersLeft(m.Book.Origin(), epoch, today, l) <= hall.BlockLow {
				low = append(low, l)
			}
		}
	})
	if len(leftover) > 0 {
		err := m.Book.Write(ctx, func(tx Tx) error {
			for _, b := range leftover {
				if _, _, err := tx.Append(hall.KindBlockVoided, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("void old numbers: %w", err)
		}
	}
	for _, l := range low {
		body, err := m.Hub.Block(ctx, m.NewID(m.Book.Now()), today, l)
		if errors.Is(err, event.HubUnreachable) || errors.Is(err, event.HubGathers) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("lease numbers of %s: %w", l, err)
		}
		if err := m.Book.Write(ctx, func(tx Tx) error { return tx.Take(body) }); err != nil {
			return fmt.Errorf("keep numbers of %s: %w", l, err)
		}
	}
	return nil
}
