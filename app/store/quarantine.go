package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// MostUnreadable bounds the bytes that are kept of what one sender brings on one day
// and nobody can read: what a newer program noted by mistake fits, and a broken or
// hostile device cannot fill the disk of a hall.
const MostUnreadable = 4 << 20

// Quarantine keeps a frame aside, byte for byte, that its sender may not bring.
func (s *Store) Quarantine(p wire.Push, reason string, done func(error)) error {
	return s.Submit(func(tx *Tx) error { return tx.Quarantine(p, reason) }, done)
}

// Unreadable keeps a frame aside, byte for byte, that is no push of this version: the
// same frame once, at most MostUnreadable of a sender and day. What is beyond that is
// only counted; it is not lost, because its sender is refused and goes on owing it.
func (s *Store) Unreadable(from event.Origin, frame []byte, reason string, done func(error)) error {
	return s.Submit(func(tx *Tx) error { return tx.unreadable(from, frame, reason) }, done)
}

func (tx *Tx) unreadable(from event.Origin, frame []byte, reason string) error {
	if frame == nil {
		frame = []byte{} // an empty message is kept as one: SQL knows the difference
	}
	sum := event.Sum(frame)
	var there int
	err := tx.Query("SELECT 1 FROM quarantine WHERE hash = ?", []any{sum[:]}, &there)
	if err == nil {
		return nil
	}
	date := string(hall.DateOf(tx.s.opt.Now()))
	var kept int64
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.Query("SELECT kept_bytes FROM unreadable WHERE origin = ? AND date = ?", []any{string(from), date}, &kept)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return tx.Fail(fmt.Errorf("look into the quarantine: %w", err))
	}
	size := int64(len(frame))
	if kept+size > MostUnreadable {
		return tx.Exec(`INSERT INTO unreadable (origin, date, kept_bytes, over_frames, over_bytes) VALUES (?,?,0,1,?)
			ON CONFLICT (origin, date) DO UPDATE SET over_frames = over_frames + 1, over_bytes = over_bytes + excluded.over_bytes`, string(from), date, size)
	}
	if err := tx.Exec("INSERT INTO quarantine (hash, origin, reason, at_ms, body) VALUES (?,?,?,?,?)", sum[:], string(from), reason, tx.s.opt.Now(), frame); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO unreadable (origin, date, kept_bytes, over_frames, over_bytes) VALUES (?,?,?,0,0)
		ON CONFLICT (origin, date) DO UPDATE SET kept_bytes = kept_bytes + excluded.kept_bytes`, string(from), date, size)
}

// Quarantined counts what is kept aside: events in the log with a fault, whole frames,
// and those that came when their sender's day was full.
func (s *Store) Quarantined(ctx context.Context) (int, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM event WHERE fault IS NOT NULL) + (SELECT count(*) FROM quarantine)
		+ (SELECT coalesce(sum(over_frames), 0) FROM unreadable)`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count quarantine: %w", err)
	}
	return n, nil
}

// Strays lists the origins of events whose number another event has: two databases have
// written under one name.
func (s *Store) Strays(ctx context.Context) ([]event.Origin, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT body FROM event WHERE chain = ?", strays)
	if err != nil {
		return nil, fmt.Errorf("read strays: %w", err)
	}
	defer rows.Close()
	var out []event.Origin
	seen := map[event.Origin]bool{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read strays: %w", err)
		}
		if id, ok := event.Peek(body); ok && !seen[id.Origin] {
			seen[id.Origin] = true
			out = append(out, id.Origin)
		}
	}
	return out, rows.Err()
}
