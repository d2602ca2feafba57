package screen

import (
	"context"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// notices lists what the staff tells everybody in the hall, the newest first.
func (m *Machine) notices() []Notice {
	out := []Notice{}
	now := m.hallNow()
	m.Book.View(m.Hall, func(h *hall.Hall) {
		for _, n := range h.Notices(now) {
			row := Notice{ID: n.ID, Zh: n.Zh, En: n.En, Clerk: clerkName(h, n.Clerk)}
			if !n.AllDay() {
				row.Until = hall.ClockOf(n.UntilMS)
			}
			out = append(out, row)
		}
	})
	return out
}

// PostNotice shows a sentence on every board of the hall for some minutes, 0 for until the
// business day ends. Without the hall it is kept and shown when the line is back. The same
// once more changes nothing. Refusals: NotSignedIn, FieldMissing (args field: notice),
// NoticeLong (args most), NoticesFull (args most).
func (c *Counter) PostNotice(zh, en string, minutes int) (CounterPage, error) {
	return c.told(func(tx Tx) error {
		f, fresh, err := tx.Hall(c.m.Hall).PostNotice(zh, en, minutes, c.window, c.clerk.ID, c.m.hallNow())
		if err != nil || !fresh {
			return err
		}
		_, _, err = tx.Append(hall.KindNoticePosted, f)
		return err
	})
}

// EndNotice takes a notice down; one that does not stand any more is left alone. Refusal: NotSignedIn.
func (c *Counter) EndNotice(id string) (CounterPage, error) {
	return c.told(func(tx Tx) error {
		f, stands := tx.Hall(c.m.Hall).EndNotice(id, c.clerk.ID, c.m.hallNow())
		if !stands {
			return nil
		}
		_, _, err := tx.Append(hall.KindNoticeEnded, f)
		return err
	})
}

// told notes what a clerk tells the hall, window or not.
func (c *Counter) told(fn func(Tx) error) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clerk.ID == "" {
		return CounterPage{}, event.NotSignedIn
	}
	if err := c.m.Book.Write(context.Background(), fn); err != nil {
		return CounterPage{}, err
	}
	return c.page()
}
