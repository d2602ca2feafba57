package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/feedback"
)

// foldFeedback keeps what a citizen has left.
func (tx *Tx) foldFeedback(e event.Event) error {
	fact, err := feedback.Read(e)
	if err != nil || fact == nil {
		return err
	}
	subject, atMS := "", int64(0)
	switch f := fact.(type) {
	case feedback.Question:
		atMS = f.AtMS
	case feedback.Survey:
		subject, atMS = f.Survey, f.AtMS
	}
	sum := event.Sum(e.Payload)
	return tx.Exec("INSERT OR IGNORE INTO feedback (origin, epoch, seq, sum, kind, subject, at_ms, payload) VALUES (?,?,?,?,?,?,?,?)",
		string(e.Origin), int64(e.Epoch), int64(e.Seq), sum[:], string(e.Kind), subject, atMS, e.Payload)
}

// Left counts what citizens left of a kind since a moment (ms since 1970).
func (s *Store) Left(ctx context.Context, kind event.Kind, sinceMS int64) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT count(*) FROM feedback WHERE kind = ? AND at_ms >= ?", string(kind), sinceMS).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what citizens left: %w", err)
	}
	return n, nil
}

// Questions lists the questions that were left since a moment, the newest first.
func (s *Store) Questions(ctx context.Context, sinceMS int64) ([]feedback.Question, error) {
	return left[feedback.Question](ctx, s.reader, feedback.KindQuestion, "at_ms >= ?", sinceMS)
}

// Surveys lists the answers to a survey, the newest first.
func (s *Store) Surveys(ctx context.Context, survey string) ([]feedback.Survey, error) {
	return left[feedback.Survey](ctx, s.reader, feedback.KindSurvey, "subject = ?", survey)
}

// QuestionsIn is Questions for a database that another program may have open.
func QuestionsIn(ctx context.Context, path string, sinceMS int64) (list []feedback.Question, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return left[feedback.Question](ctx, db, feedback.KindQuestion, "at_ms >= ?", sinceMS)
}

// SurveysIn gives the answers to all surveys in a database that another program may have open.
func SurveysIn(ctx context.Context, path string) (list []feedback.Survey, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return left[feedback.Survey](ctx, db, feedback.KindSurvey, "at_ms >= ?", 0)
}

// reads is what answers a question about the database.
type reads interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func left[T any](ctx context.Context, from reads, kind event.Kind, which string, arg any) (out []T, err error) {
	rows, err := from.QueryContext(ctx, "SELECT payload FROM feedback WHERE kind = ? AND "+which+" ORDER BY at_ms DESC, origin, epoch, seq, sum", string(kind), arg)
	if err != nil {
		return nil, fmt.Errorf("read what citizens left: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var payload []byte
		if err := rows.Scan(&payload); err != nil {
			return nil, fmt.Errorf("read what citizens left: %w", err)
		}
		fact, err := feedback.Read(event.Event{Kind: kind, Payload: payload})
		if err != nil {
			return nil, fmt.Errorf("read what citizens left: %w", err)
		}
		out = append(out, fact.(T))
	}
	return out, rows.Err()
}
