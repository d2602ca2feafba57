package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
)

// RatedVisit is a visit that was rated, and who served it.
type RatedVisit struct {
	*feedback.Visit
	Served feedback.Served
}

// foldRating keeps the projection of ratings and of what follows a bad one.
func (tx *Tx) foldRating(e event.Event) error {
	f, err := feedback.ReadVisitFact(e)
	if err != nil {
		return err
	}
	of := hall.ID(e.Origin.Hall())
	old, err := tx.Visit(of, f.Ticket())
	if err != nil {
		return err
	}
	v := f.Fold(old)
	if e.Kind != feedback.KindRated {
		tx.s.replies.Add(1)
	}
	state, _ := v.Standing(nil)
	counts, _ := feedback.RatedVisit(v, "")
	return tx.Exec("INSERT OR REPLACE INTO rating (hall, ticket, date, level, repeats, complaint, settled, row) VALUES (?,?,?,?,?,?,?,?)",
		string(of), string(v.Ticket), string(hall.IssueDate(v.Ticket)), counts.Level, counts.Repeats, state != feedback.Unneeded, state == feedback.Checked, v.Row())
}

// Visit gives what is known of a visit's ratings as this commit leaves it; nil for nothing.
func (tx *Tx) Visit(id hall.ID, ticket hall.TicketID) (*feedback.Visit, error) {
	var row []byte
	switch err := tx.Query("SELECT row FROM rating WHERE hall = ? AND ticket = ?", []any{string(id), string(ticket)}, &row); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, tx.Fail(fmt.Errorf("read the ratings of a visit: %w", err))
	}
	return feedback.ReadVisit(row)
}

// Visit gives what is known here of a visit's ratings; false when that is nothing.
func (s *Store) Visit(ctx context.Context, id hall.ID, ticket hall.TicketID) (RatedVisit, bool, error) {
	list, err := s.visits(ctx, id, "WHERE hall = ? AND ticket = ?", string(id), string(ticket))
	if err != nil || len(list) == 0 {
		return RatedVisit{}, false, err
	}
	return list[0], true, nil
}

// Complaints lists the visits of a hall with a bad rating that somebody still has to look
// after, and all others since a day. Which clerks served a visit may come later than what was noted of it, so that
// a row alone does not tell whether it is settled.
func (s *Store) Complaints(ctx context.Context, id hall.ID, since hall.Date) ([]RatedVisit, error) {
	return s.visits(ctx, id, "WHERE hall = ? AND complaint = 1 AND (settled = 0 OR date >= ?) ORDER BY date, ticket", string(id), string(since))
}

// Rated lists what counts of the visits of a hall that were rated, of the business days from
// one on. Windows are told of the days whose tickets are in memory, today and yesterday.
func (s *Store) Rated(ctx context.Context, id hall.ID, from hall.Date) (list []feedback.Rated, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT ticket, date, level, repeats FROM rating WHERE hall = ? AND date >= ? AND level > 0 ORDER BY date, ticket", string(id), string(from))
	if err != nil {
		return nil, fmt.Errorf("read ratings: %w", err)
	}
	defer rows.Close()
	var tickets []hall.TicketID
	for rows.Next() {
		r, ticket := feedback.Rated{Hall: id}, hall.TicketID("")
		if err := rows.Scan(&ticket, &r.Date, &r.Level, &r.Repeats); err != nil {
			return nil, fmt.Errorf("read ratings: %w", err)
		}
		list, tickets = append(list, r), append(tickets, ticket)
	}
	s.View(id, func(h *hall.Hall) {
		for i, ticket := range tickets {
			if t := h.Ticket(ticket); t != nil {
				list[i].Window = feedback.ServedBy(t).Window
			}
		}
	})
	return list, rows.Err()
}

func (s *Store) visits(ctx context.Context, id hall.ID, where string, args ...any) ([]RatedVisit, error) {
	all, err := readRows(ctx, s.reader, feedback.ReadVisit, "SELECT row FROM rating "+where, args...)
	if err != nil {
		return nil, err
	}
	list := make([]RatedVisit, len(all))
	for i, v := range all {
		list[i].Visit = v
		if list[i].Served, err = s.served(ctx, id, v.Ticket); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// served tells who served a visit: as memory has it, and else its row.
func (s *Store) served(ctx context.Context, id hall.ID, ticket hall.TicketID) (out feedback.Served, err error) {
	known := false
	s.View(id, func(h *hall.Hall) {
		if t := h.Ticket(ticket); t != nil {
			out, known = feedback.ServedBy(t), true
		}
	})
	if known {
		return out, nil
	}
	var row []byte
	switch err := s.reader.QueryRowContext(ctx, "SELECT row FROM ticket WHERE id = ?", string(ticket)).Scan(&row); {
	case errors.Is(err, sql.ErrNoRows):
		return out, nil
	case err != nil:
		return out, fmt.Errorf("read ticket: %w", err)
	}
	t, err := hall.ReadRow(row)
	if err != nil {
		return out, fmt.Errorf("read ticket: %w", err)
	}
	return feedback.ServedBy(t), nil
}

// RatingsNamed gives, of those of some names under which a database file has a rating, the
// names of the keys of what is written there: its own, and those of what clerks wrote about
// it. Another program may have the database open.
func RatingsNamed(ctx context.Context, path string, names []string) (found map[string][]string, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	found = map[string][]string{}
	for _, name := range names {
		var row []byte
		// Only who erases something asks for that: no index is worth it.
		err := db.QueryRowContext(ctx, "SELECT row FROM rating, json_each(CAST(row AS TEXT), '$.ratings') r WHERE json_extract(r.value, '$.fact.rating') = ? LIMIT 1", name).Scan(&row)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		var v *feedback.Visit
		if err == nil {
			v, err = feedback.ReadVisit(row)
		}
		if err != nil {
			return nil, fmt.Errorf("look for rating %s: %w", name, err)
		}
		found[name] = v.KeysOf(feedback.RatingID(name))
	}
	return found, nil
}

// Replies counts what has come here of follow-ups since the store was opened.
func (s *Store) Replies() int64 { return s.replies.Load() }

// KeysAbout names the keys of what is written with some ratings and about them, as in RatingsNamed.
func (s *Store) KeysAbout(ctx context.Context, ratings []string) (names []string, err error) {
	asked, err := json.Marshal(ratings)
	if err != nil {
		return nil, fmt.Errorf("look for ratings: %w", err)
	}
	list, err := readRows(ctx, s.reader, feedback.ReadVisit, `SELECT row FROM rating WHERE EXISTS (SELECT 1 FROM json_each(CAST(row AS TEXT), '$.ratings') r
		WHERE json_extract(r.value, '$.fact.rating') IN (SELECT value FROM json_each(?)))`, string(asked))
	for _, v := range list {
		for _, id := range ratings {
			if keys := v.KeysOf(feedback.RatingID(id)); len(keys) > 1 {
				names = append(names, keys[1:]...)
			}
		}
	}
	return names, err
}
