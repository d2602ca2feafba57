package store

import (
	"context"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// settle lets number blocks, appointments and pauses of long ago be folded at a start no more: a hall
// notes some hundreds a day, and a start would take longer with every one. The log keeps them.
// It looks once on each business day.
func (tx *Tx) settle() error {
	today := tx.s.firstDate()
	if tx.s.settled == today {
		return nil
	}
	old, err := tx.s.over(hall.DateOf(tx.s.opt.Now()))
	if err != nil {
		return err
	}
	for _, pos := range old {
		if err := tx.Exec("UPDATE event SET lasting = 0 WHERE pos = ?", pos); err != nil {
			return err
		}
	}
	tx.s.settled = today
	return nil
}

// over gives where in the log the number blocks, appointments and pauses stand that are still folded
// at a start, and need not be today.
func (s *Store) over(today hall.Date) (out []int64, err error) {
	rows, err := s.conn.QueryContext(context.Background(), "SELECT pos, body FROM event WHERE lasting = 1 AND (kind LIKE '%block.%' OR kind LIKE '%appointment.%' OR kind LIKE '%queue.%') ORDER BY pos")
	if err != nil {
		return nil, fmt.Errorf("look for what is over: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pos int64
		var body []byte
		if err := rows.Scan(&pos, &body); err != nil {
			return nil, fmt.Errorf("look for what is over: %w", err)
		}
		if last := lastsUntil(body); last != "" && last < today {
			out = append(out, pos)
		}
	}
	return out, rows.Err()
}

// lastsUntil is hall.LastsUntil of an event; empty where it cannot be read.
func lastsUntil(body []byte) hall.Date {
	e, err := event.Decode(body)
	if err != nil {
		return ""
	}
	if e, err = e.Inner(); err != nil {
		return ""
	}
	fact, err := hall.Read(e)
	if err != nil {
		return ""
	}
	return hall.LastsUntil(fact)
}
