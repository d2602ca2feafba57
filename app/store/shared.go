package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// SharedAsk is a question to shared data as it was noted: by who asked, by the centre, or both.
// Times are in ms since 1970, 0 where that note has not come.
type SharedAsk struct {
	ID          string
	Application intake.ApplicationID
	Number      string
	Hall        hall.ID
	Set         string
	Purpose     string
	Clerk       hall.ClerkID
	AskedMS     int64
	AskedBy     event.Origin
	Outcome     intake.Outcome
	AnsweredMS  int64
	GivenMS     int64
	GivenTo     event.Origin
	Given       intake.Outcome
}

const sharedColumns = "id, application, number, hall, data_set, purpose, clerk, asked_at_ms, asked_by, outcome, answered_at_ms, given_at_ms, given_to, given"

func (a *SharedAsk) fields() []any {
	return []any{&a.ID, &a.Application, &a.Number, &a.Hall, &a.Set, &a.Purpose, &a.Clerk, &a.AskedMS, &a.AskedBy, &a.Outcome, &a.AnsweredMS, &a.GivenMS, &a.GivenTo, &a.Given}
}

// foldShared keeps the list of questions. Of two notes of the same kind the earlier one stays,
// of two answers the one that counts more, so that the order in which they come does not matter.
func (tx *Tx) foldShared(e event.Event) error {
	switch e.Kind {
	case intake.KindSharedAsked:
		n, err := intake.ReadAsked(e)
		if err != nil {
			return err
		}
		return tx.changeShared(n.Ask, func(a *SharedAsk) {
			if a.AskedMS != 0 && (a.AskedMS < n.AtMS || a.AskedMS == n.AtMS && a.AskedBy <= e.Origin) {
				return
			}
			a.Application, a.Number, a.Hall, a.Set, a.Purpose, a.Clerk, a.AskedMS, a.AskedBy = n.Application, n.Number, n.Hall, n.Set, n.Purpose, n.Clerk, n.AtMS, e.Origin
		})
	case intake.KindSharedAnswered:
		n, err := intake.ReadAnswered(e)
		if err != nil {
			return err
		}
		return tx.changeShared(n.Ask, func(a *SharedAsk) {
			if a.AskedMS == 0 && a.GivenMS == 0 {
				a.Application, a.Set = n.Application, n.Set
			}
			if a.AnsweredMS == 0 || n.Outcome.CountsMore(n.AtMS, a.Outcome, a.AnsweredMS) {
				a.Outcome, a.AnsweredMS = n.Outcome, n.AtMS
			}
		})
	case intake.KindSharedGiven:
		n, err := intake.ReadGiven(e)
		if err != nil {
			return err
		}
		return tx.changeShared(n.Ask, func(a *SharedAsk) {
			if a.GivenMS != 0 && (a.GivenMS < n.AtMS || a.GivenMS == n.AtMS && a.GivenTo <= n.From) {
				return
			}
			if a.GivenMS, a.GivenTo, a.Given = n.AtMS, n.From, n.Outcome; a.AskedMS == 0 {
				a.Application, a.Number, a.Hall, a.Set, a.Purpose, a.Clerk = n.Application, n.Number, hall.ID(n.From.Hall()), n.Set, n.Purpose, n.Clerk
			}
		})
	}
	return nil
}

func (tx *Tx) changeShared(id string, change func(a *SharedAsk)) error {
	a := SharedAsk{ID: id}
	err := tx.Query("SELECT "+sharedColumns+" FROM shared WHERE id = ?", []any{id}, a.fields()...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return tx.Fail(fmt.Errorf("read a question to shared data: %w", err))
	}
	change(&a)
	return tx.Exec("INSERT OR REPLACE INTO shared ("+sharedColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		a.ID, string(a.Application), a.Number, string(a.Hall), a.Set, a.Purpose, string(a.Clerk), a.AskedMS, string(a.AskedBy), string(a.Outcome), a.AnsweredMS, a.GivenMS, string(a.GivenTo), string(a.Given))
}

// SharedNoted tells which notes of a question are here: that it was asked, answered, and given.
func (tx *Tx) SharedNoted(id string) (asked, answered, given bool, err error) {
	var at [3]int64
	err = tx.Query("SELECT asked_at_ms, answered_at_ms, given_at_ms FROM shared WHERE id = ?", []any{id}, &at[0], &at[1], &at[2])
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, false, nil
	}
	if err != nil {
		return false, false, false, tx.Fail(fmt.Errorf("read a question to shared data: %w", err))
	}
	return at[0] != 0, at[1] != 0, at[2] != 0, nil
}

// TakenOf counts the applications for an item that are known here of a ticket.
func (tx *Tx) TakenOf(ticket hall.TicketID, item hall.ItemCode) (n int, err error) {
	err = tx.Query("SELECT count(*) FROM application WHERE ticket = ? AND item = ?", []any{string(ticket), string(item)}, &n)
	if err != nil {
		return 0, tx.Fail(fmt.Errorf("count applications: %w", err))
	}
	return n, nil
}

// Unverified lists the applications of a hall of which a material waits for an answer, the oldest
// first, from those on that were taken after one; nil begins with the first.
func (s *Store) Unverified(ctx context.Context, id hall.ID, after *intake.Case, max int) ([]*intake.Case, error) {
	var ms int64
	var last string
	if after != nil {
		ms, last = after.AtMS, string(after.Application)
	}
	return s.applications(ctx, "WHERE hall = ? AND pending > 0 AND (taken_at_ms, id) > (?, ?) ORDER BY taken_at_ms, id LIMIT ?", string(id), ms, last, max)
}

// Differing lists those of which shared data has said something else than that a material is there.
func (s *Store) Differing(ctx context.Context, id hall.ID, max int) ([]*intake.Case, error) {
	return s.applications(ctx, "WHERE hall = ? AND differing > 0 ORDER BY taken_at_ms LIMIT ?", string(id), max)
}

// SharedAsks lists the questions since a moment (ms since 1970), the newest first, with the
// numbers that their applications have by now. Another program may have the database open.
func SharedAsks(ctx context.Context, path string, sinceMS int64) (list []SharedAsk, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT s.id, application, coalesce(nullif(s.number, ''), a.number, ''), s.hall, data_set, purpose, clerk, asked_at_ms, asked_by, outcome, answered_at_ms, given_at_ms, given_to, given "+
		"FROM shared s LEFT JOIN application a ON a.id = s.application WHERE max(asked_at_ms, answered_at_ms, given_at_ms) >= ?", sinceMS)
	if err != nil {
		return nil, fmt.Errorf("read what was asked of shared data: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a SharedAsk
		if err := rows.Scan(a.fields()...); err != nil {
			return nil, fmt.Errorf("read what was asked of shared data: %w", err)
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b SharedAsk) int {
		if at, bt := max(a.AskedMS, a.GivenMS), max(b.AskedMS, b.GivenMS); at != bt {
			return int(min(1, max(-1, bt-at)))
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return list, rows.Err()
}
