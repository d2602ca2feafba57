package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// FiguresOf counts a business day of a hall until a moment in ms, from what is on the disk: nobody who
// writes waits for it. A day on which no ticket was taken has no figures.
func (s *Store) FiguresOf(ctx context.Context, id hall.ID, date hall.Date, nowMS int64) (figures.Day, error) {
	return figuresOf(ctx, s.pool, id, date, nowMS)
}

// Figures is FiguresOf for a database file, which another program may have open.
func Figures(ctx context.Context, path string, id hall.ID, date hall.Date, nowMS int64) (day figures.Day, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return day, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return figuresOf(ctx, db, id, date, nowMS)
}

// HallsIn lists the halls that have tickets in a database file.
func HallsIn(ctx context.Context, path string) (list []hall.ID, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT hall FROM ticket_span ORDER BY hall")
	if err != nil {
		return nil, fmt.Errorf("list halls: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id hall.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list halls: %w", err)
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

// weekDays is for how many days pauses and outages are among what a start folds (hall.LastsUntil): those of earlier
// days are looked for in the whole log.
const weekDays = 8

func figuresOf(ctx context.Context, db *sql.DB, id hall.ID, date hall.Date, nowMS int64) (day figures.Day, err error) {
	begin, err := hall.At(date, "04:00")
	if err != nil {
		return day, fmt.Errorf("count a day: %w", err)
	}
	// One transaction, so that rows and log are of the same moment.
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return day, fmt.Errorf("count a day: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	d := dayReader{ctx, tx, hall.New(id), date, begin, begin + dayMS}
	if err := d.tickets(); err != nil {
		return day, err
	}
	if err := d.windows(hall.DateOf(nowMS-weekDays*dayMS) > date); err != nil {
		return day, err
	}
	cases, err := d.cases()
	if err != nil {
		return day, err
	}
	day = figures.Of(d.hall, date, nowMS)
	day.Intake = figures.Count(cases)
	return day, nil
}

// dayReader brings a day of a hall back from the disk.
type dayReader struct {
	ctx        context.Context
	tx         *sql.Tx
	hall       *hall.Hall
	date       hall.Date
	begin, end int64
}

// tickets restores the day's rows, and folds what was noted of its tickets since they were written.
func (d dayReader) tickets() error {
	bound := func(ms int64) string { h := fmt.Sprintf("%012x", ms); return h[:8] + "-" + h[8:] }
	rows, err := d.tx.QueryContext(d.ctx, "SELECT row FROM ticket WHERE hall = ? AND id >= ? AND id < ?", string(d.hall.ID), bound(d.begin), bound(d.end))
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		t, err := hall.ReadRow(b)
		if err != nil {
			return err
		}
		d.hall.Restore(t)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	return d.fold("SELECT body FROM event WHERE pos > (SELECT projected FROM node WHERE id = 1) AND lasting = 0 AND fault IS NULL ORDER BY pos")
}

// windows folds who opened and closed windows, who paused queues and what was offline: since the two days with tickets
// before this one, because the windows of a day are open before its first ticket.
func (d dayReader) windows(long bool) error {
	lasting := "AND lasting = 1 "
	if long {
		lasting = ""
	}
	return d.fold(`SELECT body FROM event WHERE pos >= (SELECT CASE count(*) WHEN 3 THEN min(pos) ELSE 0 END FROM (SELECT pos FROM day WHERE date != '' AND date <= ? ORDER BY date DESC LIMIT 3))
		`+lasting+`AND fault IS NULL AND (kind LIKE '%window.%' OR kind LIKE '%queue.%' OR kind LIKE '%device.offline') ORDER BY pos`, string(d.date))
}

// fold folds the events of a query that are of this hall and of no other day's ticket.
func (d dayReader) fold(query string, args ...any) error {
	rows, err := d.tx.QueryContext(d.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		if of, ok := event.Peek(raw); !ok || of.Origin.Hall() != string(d.hall.ID) {
			continue
		}
		e, err := event.Decode(append([]byte(nil), raw...))
		if err == nil {
			e, err = e.Inner()
		}
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		fact, err := hall.Read(e)
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		if id := hall.TicketOf(fact); id != "" && hall.IssueDate(id) != d.date {
			continue
		}
		if _, err := d.hall.Fold(e, fact); err != nil {
			return fmt.Errorf("read log: %w", err)
		}
	}
	return rows.Err()
}

// cases reads the applications that were taken on the day.
func (d dayReader) cases() (list []*intake.Case, err error) {
	rows, err := d.tx.QueryContext(d.ctx, "SELECT row FROM application WHERE hall = ? AND taken_at_ms >= ? AND taken_at_ms < ?", string(d.hall.ID), d.begin, d.end)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("read applications: %w", err)
		}
		c, err := intake.ReadRow(b)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
