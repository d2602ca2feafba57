package store

import (
	"context"
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
	atMS := int64(0)
	switch f := fact.(type) {
	case feedback.Question:
		atMS = f.AtMS
	case feedback.Survey:
		atMS = f.AtMS
	default:
		return nil // that a clerk read something is in the log, and nobody lists it
	}
	sum := event.Sum(e.Payload)
	return tx.Exec("INSERT OR IGNORE INTO feedback (origin, epoch, seq, sum, kind, at_ms, payload) VALUES (?,?,?,?,?,?,?)",
		string(e.Origin), int64(e.Epoch), int64(e.Seq), sum[:], string(e.Kind), atMS, e.Payload)
}

// Left counts what citizens left of a kind since a moment (ms since 1970).
func (s *Store) Left(ctx context.Context, kind event.Kind, sinceMS int64) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT count(*) FROM feedback WHERE kind = ? AND at_ms >= ?", string(kind), sinceMS).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what citizens left: %w", err)
	}
	return n, nil
}

// Questions lists the questions that were left since a moment, the newest first. Another
// program may have the database open.
func Questions(ctx context.Context, path string, sinceMS int64) ([]feedback.Question, error) {
	return left[feedback.Question](ctx, path, feedback.KindQuestion, sinceMS)
}

// Surveys lists the answers to all surveys, the newest first. Another program may have the
// database open.
func Surveys(ctx context.Context, path string) ([]feedback.Survey, error) {
	return left[feedback.Survey](ctx, path, feedback.KindSurvey, 0)
}

func left[T any](ctx context.Context, path string, kind event.Kind, sinceMS int64) (out []T, err error) {
	db, err := openReadOnly(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT payload FROM feedback WHERE kind = ? AND at_ms >= ? ORDER BY at_ms DESC, origin, epoch, seq, sum", string(kind), sinceMS)
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
