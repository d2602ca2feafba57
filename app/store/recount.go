package store

import (
	"context"
	"fmt"

	"onewindow/app/intake"
)

// recountMost is how many applications one commit counts anew.
const recountMost = 500

// recount counts the days of what is still open anew where they were counted on another
// calendar: what nobody could know before a year's holidays were published is known now. What
// is cut off in between is done again at the next start.
func (s *Store) recount(ctx context.Context) error {
	var counted string
	if err := s.reader.QueryRowContext(ctx, "SELECT calendar FROM node WHERE id = 1").Scan(&counted); err != nil {
		return fmt.Errorf("read the calendar of the last start: %w", err)
	}
	if counted == s.calendar.Version {
		return nil
	}
	open, err := s.applicationIDs(ctx, "WHERE todo > 0 AND todo < 3")
	if err != nil {
		return err
	}
	for n := 0; n < len(open); n += recountMost {
		err := s.Write(ctx, func(tx *Tx) error {
			for _, id := range open[n:min(n+recountMost, len(open))] {
				if err := tx.recount(id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("count days on the new calendar: %w", err)
		}
	}
	return s.Write(ctx, func(tx *Tx) error {
		return tx.Exec("UPDATE node SET calendar = ? WHERE id = 1", s.calendar.Version)
	})
}

// recount counts one application anew; most are as they were and are not written.
func (tx *Tx) recount(id intake.ApplicationID) error {
	var row []byte
	var state, due string
	if err := tx.Query("SELECT row, state, due FROM application WHERE id = ?", []any{string(id)}, &row, &state, &due); err != nil {
		return tx.Fail(fmt.Errorf("read application: %w", err))
	}
	c, err := intake.ReadRow(row)
	if err != nil {
		return err
	}
	if now := tx.s.calendar.Status(c); string(now.State) == state && string(now.DueDate) == due {
		return nil
	}
	return tx.putCase(c)
}
