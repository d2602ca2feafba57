package core

import (
	"onewindow/app/event"
	"onewindow/app/hall"
)

// Tidy notes what time alone brings to a hall's tickets, inside one commit: what was
// parked and whose timer is over waits again, so do the visits of terminals that are gone,
// whoever still waited when the business day ended holds a return pass, who checked in twice
// waits once, and who did not come to an appointment is noted, or that they did after all. Only the hub that grants does so.
func (tx *Tx) Tidy(place hall.ID, silent hall.Silent) error {
	h, now := tx.n.hall(place), tx.now()
	if !tx.n.ready || h == nil {
		return nil
	}
	for _, due := range []struct {
		kind  event.Kind
		moves []hall.Moved
	}{
		{hall.KindResumed, h.Wake(now)},
		{hall.KindReturned, h.Orphans(silent, now)},
		{hall.KindCarried, h.Leftovers(hall.DateOf(now), now)},
		{hall.KindMerged, h.Twice(now)},
	} {
		for _, m := range due.moves {
			if _, _, err := tx.Append(due.kind, m); err != nil {
				return err
			}
		}
	}
	for _, f := range h.Unkept(hall.DateOf(now), now) {
		if _, _, err := tx.Append(hall.KindSkipped, f); err != nil {
			return err
		}
	}
	for _, f := range h.Unmissed(now) {
		if _, _, err := tx.Append(hall.KindExcused, f); err != nil {
			return err
		}
	}
	return nil
}
