package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
)

// load makes the memory from the disk: this node, its chains, the halls. The
// caller holds mu.
func (s *Store) load() error {
	ctx := context.Background()
	epoch, projected, err := s.self(ctx)
	if err != nil {
		return err
	}
	var pos int64
	if err := s.conn.QueryRowContext(ctx, "SELECT coalesce(max(pos), 0) FROM event").Scan(&pos); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	s.node = core.NewNode(s.opt.Origin, s.opt.Key, epoch, pos, s.firstDate())
	s.node.Recall, s.node.Admits, s.node.RoleOf = s.recall, s.opt.Admits, s.opt.RoleOf
	s.rows, s.recent = projection{pos: projected}, nil
	chains, err := chainRows(ctx, s.conn, "")
	if err != nil {
		return err
	}
	s.ids = make(map[core.ChainID]int64, len(chains))
	for _, r := range chains {
		s.ids[r.chain.ID] = r.id
		s.node.RestoreChain(r.chain)
	}
	if err := s.loadLoose(ctx); err != nil {
		return err
	}
	if err := s.loadDays(ctx); err != nil {
		return err
	}
	if err := s.loadOwn(ctx); err != nil {
		return err
	}
	if err := s.loadSpans(ctx); err != nil {
		return err
	}
	if err := s.loadTickets(ctx); err != nil {
		return err
	}
	if err := s.replay(ctx, s.node.Replay, "SELECT body FROM event WHERE lasting = 1 ORDER BY pos"); err != nil {
		return err
	}
	return s.replay(ctx, s.node.Replay, "SELECT body FROM event WHERE pos > ? AND lasting = 0 AND fault IS NULL ORDER BY pos", projected)
}

// self reads who this database is of, and names a new one.
func (s *Store) self(ctx context.Context) (event.Epoch, int64, error) {
	var origin string
	var epoch, projected int64
	err := s.conn.QueryRowContext(ctx, "SELECT origin, epoch, projected FROM node WHERE id = 1").Scan(&origin, &epoch, &projected)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		fresh, err := newEpoch()
		if err != nil {
			return 0, 0, err
		}
		if _, err := s.conn.ExecContext(ctx, "INSERT INTO node (id, origin, epoch, calendar) VALUES (1, ?, ?, ?)", string(s.opt.Origin), int64(fresh), s.calendar.Version); err != nil {
			return 0, 0, fmt.Errorf("name the database: %w", err)
		}
		return fresh, 0, nil
	case err != nil:
		return 0, 0, fmt.Errorf("read node: %w", err)
	case origin != string(s.opt.Origin):
		return 0, 0, fmt.Errorf("%s belongs to %s and this terminal is %s: correct \"hall\" and \"device\" in the settings, or name another data folder with --data; nothing was changed", s.opt.Path, origin, s.opt.Origin)
	}
	return event.Epoch(epoch), projected, nil
}

// loadLoose finds the chains of which the log holds more than what came in order: the
// rest came by a feed.
func (s *Store) loadLoose(ctx context.Context) error {
	rows, err := s.conn.QueryContext(ctx, "SELECT id, (SELECT coalesce(max(seq), 0) FROM event WHERE chain = c.id) FROM chain c")
	if err != nil {
		return fmt.Errorf("read chains: %w", err)
	}
	defer rows.Close()
	last := map[int64]event.Seq{}
	for rows.Next() {
		var id, seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return fmt.Errorf("read chains: %w", err)
		}
		last[id] = event.Seq(seq)
	}
	for id, row := range s.ids {
		s.node.RestoreLoose(id, last[row])
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read chains: %w", err)
	}
	stray, err := s.conn.QueryContext(ctx, "SELECT hash, body FROM event WHERE chain = ?", strays)
	if err != nil {
		return fmt.Errorf("read strays: %w", err)
	}
	defer stray.Close()
	for stray.Next() {
		var b, body []byte
		if err := stray.Scan(&b, &body); err != nil || len(b) != len(event.Hash{}) {
			return fmt.Errorf("read strays: %d bytes: %w", len(b), err)
		}
		of, ok := event.Peek(body)
		if !ok {
			return fmt.Errorf("read strays: %x is no event", b)
		}
		s.node.RestoreStray(event.Hash(b), of)
	}
	return stray.Err()
}

// loadDays reads where in the log the tickets of each business day begin.
func (s *Store) loadDays(ctx context.Context) error {
	rows, err := s.conn.QueryContext(ctx, "SELECT date, pos FROM day")
	if err != nil {
		return fmt.Errorf("read where days begin: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d core.Day
		if err := rows.Scan(&d.Date, &d.Pos); err != nil {
			return fmt.Errorf("read where days begin: %w", err)
		}
		s.node.RestoreDay(d)
	}
	return rows.Err()
}

// loadOwn takes the own chain to its end, from the row that the last ack left, the
// clock to the stamp of the last own event, and the newest taps.
func (s *Store) loadOwn(ctx context.Context) error {
	id := core.ChainID{Origin: s.opt.Origin, Epoch: s.node.Epoch()}
	row, known := s.ids[id]
	if !known {
		return nil
	}
	for {
		from := s.node.OwnSeq() + 1
		sums, err := disk{s}.Sums(id, from, from+9999)
		if err != nil {
			return fmt.Errorf("read the own chain: %w", err)
		}
		for i, sum := range sums {
			s.node.RestoreOwn(from+event.Seq(i), sum)
		}
		if len(sums) == 0 {
			break
		}
	}
	last := s.node.OwnSeq()
	if last == 0 {
		return nil
	}
	list, err := bodies(ctx, s.conn, row, last, last)
	if err != nil || len(list) == 0 {
		return fmt.Errorf("read the last own event: %d rows: %w", len(list), err)
	}
	e, err := event.Decode(list[0])
	if err != nil {
		return fmt.Errorf("read the last own event: %w", err)
	}
	s.node.RestoreStamp(e.At)
	rows, err := s.conn.QueryContext(ctx, "SELECT request, seq FROM event WHERE chain = ? AND seq > ? AND request IS NOT NULL AND kind = 'ticket.issued' ORDER BY seq", row, int64(last)-core.Taps)
	if err != nil {
		return fmt.Errorf("read the taps: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var request string
		var seq int64
		if err := rows.Scan(&request, &seq); err != nil {
			return fmt.Errorf("read the taps: %w", err)
		}
		s.node.RestoreTap(request, event.ID{Origin: id.Origin, Epoch: id.Epoch, Seq: event.Seq(seq)})
	}
	return rows.Err()
}

func (s *Store) loadSpans(ctx context.Context) error {
	rows, err := s.conn.QueryContext(ctx, "SELECT hall, span FROM ticket_span")
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	defer rows.Close()
	s.spans = map[span]bool{}
	for rows.Next() {
		var at span
		if err := rows.Scan(&at.hall, &at.of); err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		s.spans[at] = true
	}
	return rows.Err()
}

func (s *Store) loadTickets(ctx context.Context) error {
	begin, err := hall.At(s.node.From(), "04:00")
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	// Ticket ids begin with the time of issue and sort by it: no index by date is needed.
	first := fmt.Sprintf("%012x", begin)
	rows, err := s.conn.QueryContext(ctx, "SELECT row FROM ticket WHERE id >= ?", first[:8]+"-"+first[8:])
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		if err := s.node.RestoreTicket(b); err != nil {
			return err
		}
	}
	return rows.Err()
}

// replay folds the events that a query gives; those in quarantine are not among them.
func (s *Store) replay(ctx context.Context, fn func(event.Event) error, query string, args ...any) error {
	rows, err := s.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		e, err := event.Decode(body)
		if err != nil {
			// To go on without it could grant again what was granted.
			return fmt.Errorf("read log: %w: the disk has changed it; onewindowd check names the place, onewindowd restore puts a backup back", err)
		}
		if err := fn(e); err != nil {
			return fmt.Errorf("replay %s: %w", e.ID, err)
		}
	}
	return rows.Err()
}

// Rebuild drops the projections and makes them again from the log. It is how a
// test and an operator prove that the log is the truth.
func (s *Store) Rebuild(ctx context.Context) error {
	err := s.Write(ctx, func(tx *Tx) error {
		for _, table := range []string{"ticket", "application", "disclosure", "feedback", "shared", "rating"} {
			if err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		s.node.Restart()
		err := s.replay(ctx, func(e event.Event) error {
			if err := s.node.Replay(e); err != nil {
				return err
			}
			inner, err := e.Inner()
			if err != nil {
				return err
			}
			return tx.also(inner)
		}, "SELECT body FROM event WHERE fault IS NULL ORDER BY pos")
		if err != nil {
			return tx.Fail(err)
		}
		if err := tx.flushTickets(s.node.TakeDirty()); err != nil {
			return err
		}
		s.rows = projection{pos: s.node.Position()}
		return tx.projected(s.rows.pos)
	})
	if err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	return nil
}

// Announce notes the first event of an epoch, the device and its public key; in
// an epoch that has begun it does nothing.
func (s *Store) Announce(d hall.Device) error {
	return s.Write(context.Background(), func(tx *Tx) error {
		if !tx.Fresh() {
			return nil
		}
		_, _, err := tx.Append(hall.KindDevice, d)
		return err
	})
}
