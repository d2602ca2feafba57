package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// public tells whether an event may go to every terminal of its hall: the queue,
// windows, number blocks, keys and clerks; never an application.
func public(kind event.Kind) bool {
	return strings.HasPrefix(string(kind), "ticket.") || lasting(kind)
}

// Feed gives what was committed here after a position, for the terminals of
// this hall: at most max positions and wire.MaxFrame bytes.
func (s *Store) Feed(ctx context.Context, after int64, max int) (wire.Feed, error) {
	f := wire.Feed{Epoch: s.epoch, From: after, Upto: after}
	rows, err := s.reader.QueryContext(ctx, "SELECT pos, kind, body FROM event WHERE pos > ? ORDER BY pos LIMIT ?", after, max)
	if err != nil {
		return f, fmt.Errorf("read the feed: %w", err)
	}
	defer rows.Close()
	size := 0
	for rows.Next() {
		var pos int64
		var kind string
		var body []byte
		if err := rows.Scan(&pos, &kind, &body); err != nil {
			return f, fmt.Errorf("read the feed: %w", err)
		}
		if public(event.Kind(kind)) {
			if size += len(body) + 5; size > wire.MaxFrame && len(f.Bodies) > 0 {
				break
			}
			f.Bodies = append(f.Bodies, body)
		}
		f.Upto = pos
	}
	return f, rows.Err()
}

// Position is how far this node's own log reaches.
func (s *Store) Position() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pos
}

// Cursor tells how far this node has read the feed of a source: the source's epoch and position.
func (s *Store) Cursor(ctx context.Context, source string) (event.Epoch, int64, error) {
	var epoch, pos int64
	err := s.reader.QueryRowContext(ctx, "SELECT epoch, pos FROM cursor WHERE source = ?", source).Scan(&epoch, &pos)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read cursor: %w", err)
	}
	return event.Epoch(epoch), pos, nil
}

// TakeFeed folds a feed and moves the cursor in the same commit. Events that
// are here already change nothing.
func (s *Store) TakeFeed(ctx context.Context, source string, f wire.Feed) error {
	return s.Replicate(ctx, func(tx *Tx) error {
		for _, body := range f.Bodies {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		tx.Marked(f.Marks)
		return tx.Exec("INSERT INTO cursor (source, epoch, pos) VALUES (?,?,?) ON CONFLICT (source) DO UPDATE SET epoch=excluded.epoch, pos=excluded.pos",
			source, int64(f.Epoch), f.Upto)
	})
}

// Take notes an event that the hub passed on. What cannot be read or folded is
// kept in quarantine and the rest goes on; own events are known already.
func (tx *Tx) Take(body []byte) error {
	e, err := event.Decode(body)
	if err != nil {
		sum := event.Sum(body)
		return tx.Exec("INSERT OR IGNORE INTO quarantine (hash, origin, reason, at_ms, body) VALUES (?,?,?,?,?)",
			sum[:], "", err.Error(), tx.s.opt.Now(), body)
	}
	if e.Origin == tx.s.opt.Origin {
		return nil
	}
	r := row{id: e.ID, kind: e.Kind, lasting: lasting(e.Kind), hash: event.Sum(body), body: body}
	if err := tx.fold(e); err != nil {
		if tx.fault != nil {
			return err
		}
		r.fault, r.lasting = err.Error(), false
	}
	tx.s.pos++
	r.pos = tx.s.pos
	tx.passed = append(tx.passed, r)
	tx.writes++
	return nil
}

// Confirmed reads a chain back from the database, after a commit, for the ack.
func (s *Store) Confirmed(ctx context.Context, o event.Origin, e event.Epoch) (wire.Ack, error) {
	var seq, centre int64
	var head []byte
	err := s.reader.QueryRowContext(ctx, "SELECT seq, head, centre_seq FROM chain WHERE origin = ? AND epoch = ?", string(o), int64(e)).Scan(&seq, &head, &centre)
	if errors.Is(err, sql.ErrNoRows) {
		return wire.Ack{}, nil
	}
	if err != nil {
		return wire.Ack{}, fmt.Errorf("read back the chain: %w", err)
	}
	return wire.Ack{Upto: event.Seq(seq), Head: event.Hash(head), Above: event.Seq(centre)}, nil
}

// Quarantined counts what is kept aside: events in the log with a fault, and whole frames.
func (s *Store) Quarantined(ctx context.Context) (int, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM event WHERE fault IS NOT NULL) + (SELECT count(*) FROM quarantine)").Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count quarantine: %w", err)
	}
	return n, nil
}

// Kept tells how many events are in the log.
func (s *Store) Kept(ctx context.Context) (int, error) {
	var n int
	if err := s.reader.QueryRowContext(ctx, "SELECT count(*) FROM event").Scan(&n); err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return n, nil
}

// bringBack answers the fold's question for a ticket that is not in memory. The
// time in a ticket's id tells whether memory must have it anyway; only tickets
// of earlier days are read.
func (s *Store) bringBack(id hall.TicketID) *hall.Ticket {
	if hall.IssueDate(id) > s.from {
		return nil
	}
	st, err := s.stmt("SELECT row FROM ticket WHERE id = ?")
	if err != nil {
		s.recallErr = err
		return nil
	}
	var b []byte
	err = st.QueryRowContext(context.Background(), string(id)).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		s.recallErr = fmt.Errorf("read ticket: %w", err)
		return nil
	}
	t, err := hall.ReadRow(b)
	if err != nil {
		s.recallErr = err
		return nil
	}
	return t
}

// Source gives the event that a ticket was made by, where a terminal may not have
// it yet: the kiosk's own; none of a ticket that is only known from its paper.
func (tx *Tx) Source(id hall.TicketID) ([]byte, error) {
	var source event.ID
	for _, h := range tx.s.halls {
		if t := h.Ticket(id); t != nil {
			source, _ = event.ParseID(t.Source)
		}
	}
	if source.Seq == 0 {
		return nil, nil
	}
	if body := tx.s.fresh[source]; body != nil {
		return body, nil
	}
	if len(tx.s.freshIDs) == freshTickets {
		return nil, nil // an old ticket: the feed has told it long ago
	}
	var body []byte
	err := tx.Query("SELECT body FROM event WHERE origin = ? AND epoch = ? AND seq = ?", []any{string(source.Origin), int64(source.Epoch), int64(source.Seq)}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, err
}

// Event reads one event of the log.
func (s *Store) Event(ctx context.Context, id event.ID) (event.Event, error) {
	var body []byte
	err := s.reader.QueryRowContext(ctx, "SELECT body FROM event WHERE origin = ? AND epoch = ? AND seq = ?", string(id.Origin), int64(id.Epoch), int64(id.Seq)).Scan(&body)
	if err != nil {
		return event.Event{}, fmt.Errorf("read event %s: %w", id, err)
	}
	return event.Decode(body)
}
