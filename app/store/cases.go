package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/wire"
)

// Case is an application as everybody may know it, and the events that it is known from.
type Case struct {
	intake.Status
	Application intake.ApplicationID
	Facts       []event.ID
}

// also brings an event into the projections that are tables of this database alone.
func (tx *Tx) also(e event.Event) error {
	if err := tx.foldCase(e); err != nil {
		return err
	}
	if err := tx.foldShared(e); err != nil {
		return err
	}
	if feedback.ConcernsVisit(e.Kind) {
		return tx.foldRating(e)
	}
	if err := tx.foldDisclosure(e); err != nil {
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
	f, err := intake.ReadFact(e)
	if err != nil {
		return err
	}
	old, err := tx.Application(f.Application())
	if err != nil {
		return err
	}
	c, err := f.Fold(old)
	if err != nil {
		return err
	}
	return tx.putCase(c)
}

// putCase keeps an application with what lists are made of, by the calendar in force.
func (tx *Tx) putCase(c *intake.Case) error {
	s := tx.s.calendar.Status(c)
	takenOff := int64(0)
	if len(c.TakenOff()) > 0 {
		takenOff = tx.s.opt.Now()
	}
	return tx.Exec(`INSERT OR REPLACE INTO application (id, number, ticket, hall, item, state, date, due, answer_by, taken_at_ms, origin, epoch, seq, pending, differing, amending, taken_off, department, row)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		string(c.Application), s.Number, string(s.Ticket), string(s.Hall), string(s.Item), string(s.State), string(hall.DateOf(s.TakenMS)), string(s.DueDate), string(s.AnswerBy), s.TakenMS,
		string(c.From.Origin), int64(c.From.Epoch), int64(c.From.Seq), len(c.Pending()), len(c.Differing()), len(c.Waiting()), takenOff, c.Department, c.Row())
}

// Application gives the application of an id as this commit leaves it; nil when there is none.
func (tx *Tx) Application(id intake.ApplicationID) (*intake.Case, error) {
	var row []byte
	switch err := tx.Query("SELECT row FROM application WHERE id = ?", []any{string(id)}, &row); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, tx.Fail(fmt.Errorf("read application: %w", err))
	}
	return intake.ReadRow(row)
}

// Numbered gives the application of a number; nil when it is not here. Refusal: CaseTwice; see one.
func (s *Store) Numbered(ctx context.Context, number string) (*intake.Case, error) {
	plain, end := named(number)
	list, err := s.applications(ctx, whereNumbered+" ORDER BY id", plain, end)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	c := list[0]
	c.Number, err = one(number, list, func(c *intake.Case) string { return string(c.Application) })
	return c, err
}

// whereNumbered finds what bears a number, and where two do the one whose id ends so.
const whereNumbered = "WHERE number = ?1 AND (?2 = '' OR upper(substr(id, -4)) = ?2)"

// named reads what somebody asks for: a number, or the name of one of two that bear it.
func named(asked string) (number, end string) {
	number, end, _ = strings.Cut(asked, ".")
	return number, end
}

// one gives the name of the only one that was found. Two bear one number where a device that lost
// its disk could not know that it had one: which is meant only who asks can tell, so each has a name
// then, the number and the last characters of its id, "JN20261124-C07-0003.9F3A". Refusal: CaseTwice
// (args number, both).
func one[T any](asked string, list []T, id func(T) string) (string, error) {
	if len(list) == 1 {
		return asked, nil
	}
	number, _ := named(asked)
	var names []string
	for _, c := range list {
		all := id(c)
		names = append(names, number+"."+strings.ToUpper(all[max(0, len(all)-4):]))
	}
	return asked, event.CaseTwice.With("number", number).With("both", strings.Join(names, ", "))
}

// ApplicationOf gives the application of an id; nil when it is not here.
func (s *Store) ApplicationOf(ctx context.Context, id intake.ApplicationID) (*intake.Case, error) {
	list, err := s.applications(ctx, "WHERE id = ?", string(id))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// TakenOff lists the scans that were taken off applications as this place has heard from a moment on: those of a
// hall, or all for "".
func (s *Store) TakenOff(ctx context.Context, id hall.ID, sinceMS int64) (out []wire.ScanRef, err error) {
	list, err := s.applications(ctx, "WHERE taken_off > 0 AND taken_off >= ?2 AND (hall = ?1 OR ?1 = '')", string(id), sinceMS)
	for _, c := range list {
		for _, id := range c.TakenOff() {
			out = append(out, wire.ScanRef{Application: string(c.Application), Scan: string(id)})
		}
	}
	return out, err
}

// Overdue lists the applications of a hall whose last day for what is missing is before a day.
func (s *Store) Overdue(ctx context.Context, id hall.ID, today hall.Date) ([]intake.ApplicationID, error) {
	return s.applicationIDs(ctx, "WHERE hall = ? AND answer_by != '' AND answer_by < ? ORDER BY answer_by, id LIMIT 1000", string(id), string(today))
}

// CaseCount counts the applications that this node's own device noted on a day.
func (tx *Tx) CaseCount(date hall.Date) (int, error) {
	var n int
	err := tx.Query("SELECT count(*) FROM application WHERE date = ? AND origin = ?", []any{string(date), string(tx.s.opt.Origin)}, &n)
	return n, err
}

// Cases lists the applications of a ticket, in the order in which they were taken.
func (s *Store) Cases(ctx context.Context, ticket hall.TicketID) ([]Case, error) {
	return s.cases(ctx, "WHERE ticket = ? ORDER BY taken_at_ms, number", string(ticket))
}

// CasesNumbered lists the applications of a number; there is one, but for what one is there for.
func (s *Store) CasesNumbered(ctx context.Context, number string) ([]Case, error) {
	plain, end := named(number)
	return s.cases(ctx, whereNumbered+" ORDER BY id", plain, end)
}

func (s *Store) cases(ctx context.Context, where string, args ...any) (list []Case, err error) {
	all, err := s.applications(ctx, where, args...)
	for _, c := range all {
		list = append(list, Case{Status: s.calendar.Status(c), Application: c.Application, Facts: c.Facts()})
	}
	return list, err
}

func (s *Store) applications(ctx context.Context, where string, args ...any) ([]*intake.Case, error) {
	return readRows(ctx, s.reader, intake.ReadRow, "SELECT row FROM application "+where, args...)
}

// readRows reads what a projection keeps as whole rows.
func readRows[T any](ctx context.Context, db *prepared, read func([]byte) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var row []byte
		if err := rows.Scan(&row); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		one, err := read(row)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	return list, nil
}

// Applications lists what a hall took since a moment, the newest first: number, item, state
// and times alone, because a day has thousands.
func (s *Store) Applications(ctx context.Context, id hall.ID, sinceMS int64) (list []intake.Status, err error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT number, item, state, due, taken_at_ms FROM application
		WHERE hall = ? AND taken_at_ms >= ? ORDER BY taken_at_ms DESC, number`, string(id), sinceMS)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		c := intake.Status{Hall: id}
		if err := rows.Scan(&c.Number, &c.Item, &c.State, &c.DueDate, &c.TakenMS); err != nil {
			return nil, fmt.Errorf("read applications: %w", err)
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// ApplicationsNumbered gives the applications and requests for information of a database file that bear one of the
// numbers, all of them where it is more than one. Another program may have the database open.
func ApplicationsNumbered(ctx context.Context, path string, numbers []string) (found map[string][]string, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	found = map[string][]string{}
	for _, n := range numbers {
		plain, end := named(n)
		rows, err := db.QueryContext(ctx, "SELECT id FROM application "+whereNumbered+" UNION SELECT id FROM disclosure "+whereNumbered, plain, end)
		if err != nil {
			return nil, fmt.Errorf("look for application %s: %w", n, err)
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return nil, errors.Join(fmt.Errorf("look for application %s: %w", n, err), rows.Close())
			}
			found[n] = append(found[n], id)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("look for application %s: %w", n, err)
		}
	}
	return found, nil
}
