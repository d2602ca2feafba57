package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Case is an application as its projection keeps it: nothing personal.
type Case struct {
	Application intake.ApplicationID
	Number      string
	Item        hall.ItemCode
	State       string
	DueDate     string
	Event       event.ID
}

// also brings an event into the projections that are tables of this database alone.
func (tx *Tx) also(e event.Event) error {
	if err := tx.foldCase(e); err != nil {
		return err
	}
	return tx.foldFeedback(e)
}

// foldCase keeps the projection of applications: the fold as a row, and what
// lists are made of beside it.
func (tx *Tx) foldCase(e event.Event) error {
	if !intake.Concerns(e.Kind) {
		return nil
	}
	f, err := intake.Read(e)
	if err != nil {
		return err
	}
	var old *intake.Case
	var row []byte
	switch err := tx.Query("SELECT row FROM application WHERE id = ?", []any{string(f.Application)}, &row); {
	case err == nil:
		if old, err = intake.ReadRow(row); err != nil {
			return err
		}
	case !errors.Is(err, sql.ErrNoRows):
		return tx.Fail(fmt.Errorf("read application: %w", err))
	}
	c, err := intake.Fold(old, e)
	if err != nil {
		return err
	}
	s := c.Status()
	return tx.Exec(`INSERT OR REPLACE INTO application (id, number, ticket, hall, item, state, date, due, taken_at_ms, origin, epoch, seq, row)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		string(c.Application), s.Number, string(s.Ticket), string(s.Hall), string(s.Item), string(s.State), string(hall.DateOf(s.TakenMS)), string(s.DueDate), s.TakenMS,
		string(c.From.Origin), int64(c.From.Epoch), int64(c.From.Seq), c.Row())
}

// CaseCount counts the applications that this node's own device noted on a day.
func (tx *Tx) CaseCount(date hall.Date) (int, error) {
	var n int
	err := tx.Query("SELECT count(*) FROM application WHERE date = ? AND origin = ?", []any{string(date), string(tx.s.opt.Origin)}, &n)
	return n, err
}

const caseColumns = "SELECT id, number, item, state, due, origin, epoch, seq, taken_at_ms FROM application "

// Cases lists the applications of a ticket, in the order in which they were taken.
func (s *Store) Cases(ctx context.Context, ticket hall.TicketID) ([]Case, error) {
	list, _, err := s.cases(ctx, caseColumns+"WHERE ticket = ? ORDER BY taken_at_ms, number", string(ticket))
	return list, err
}

// Applications lists what a hall took since a moment, the newest first, with when it was taken.
func (s *Store) Applications(ctx context.Context, id hall.ID, sinceMS int64) ([]Case, []int64, error) {
	return s.cases(ctx, caseColumns+"WHERE hall = ? AND taken_at_ms >= ? ORDER BY taken_at_ms DESC, number", string(id), sinceMS)
}

func (s *Store) cases(ctx context.Context, query string, args ...any) (list []Case, takenMS []int64, err error) {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("read applications: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Case
		var epoch, seq, at int64
		if err := rows.Scan(&c.Application, &c.Number, &c.Item, &c.State, &c.DueDate, &c.Event.Origin, &epoch, &seq, &at); err != nil {
			return nil, nil, fmt.Errorf("read applications: %w", err)
		}
		c.Event.Epoch, c.Event.Seq = event.Epoch(epoch), event.Seq(seq)
		list, takenMS = append(list, c), append(takenMS, at)
	}
	return list, takenMS, rows.Err()
}

// ApplicationsNumbered gives the applications of a database file that bear one of the
// numbers. Another program may have the database open.
func ApplicationsNumbered(ctx context.Context, path string, numbers []string) (found map[string]intake.ApplicationID, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	found = map[string]intake.ApplicationID{}
	for _, n := range numbers {
		var id intake.ApplicationID
		switch err := db.QueryRowContext(ctx, "SELECT id FROM application WHERE number = ?", n).Scan(&id); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, fmt.Errorf("look for application %s: %w", n, err)
		default:
			found[n] = id
		}
	}
	return found, nil
}
