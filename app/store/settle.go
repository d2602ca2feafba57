package store

import (
	"context"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// settledMS is how long a number block of a past day is folded again at a start: where a
// clock is put back by less, the numbers of that day are known as taken.
const settledMS = 30 * dayMS

// settle lets number blocks of long ago be folded at a start no more: a hall leases some
// hundreds a day, and a start would take longer with every one. The log keeps them. It looks
// once on each business day.
func (tx *Tx) settle() error {
	today := tx.s.firstDate()
	if tx.s.settled == today {
		return nil
	}
	before := hall.DateOf(tx.s.opt.Now() - settledMS)
	old, err := tx.s.oldBlocks(before)
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

// oldBlocks gives where in the log the number blocks of days before one stand that are still
// folded at a start.
func (s *Store) oldBlocks(before hall.Date) (out []int64, err error) {
	rows, err := s.conn.QueryContext(context.Background(), "SELECT pos, body FROM event WHERE lasting = 1 AND kind LIKE '%block.%' ORDER BY pos")
	if err != nil {
		return nil, fmt.Errorf("look for old number blocks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pos int64
		var body []byte
		if err := rows.Scan(&pos, &body); err != nil {
			return nil, fmt.Errorf("look for old number blocks: %w", err)
		}
		if date, ok := blockDate(body); ok && date < before {
			out = append(out, pos)
		}
	}
	return out, rows.Err()
}

// blockDate gives the day of the number block that an event tells of.
func blockDate(body []byte) (hall.Date, bool) {
	e, err := event.Decode(body)
	if err != nil {
		return "", false
	}
	if e, err = e.Inner(); err != nil {
		return "", false
	}
	fact, err := hall.Read(e)
	if b, ok := fact.(hall.Block); ok && err == nil {
		return b.Date, true
	}
	return "", false
}
