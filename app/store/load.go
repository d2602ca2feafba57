package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// load makes the memory from the disk: this node, its chains, the halls. The
// caller holds mu.
func (s *Store) load() error {
	ctx := context.Background()
	s.halls, s.chains = map[hall.ID]*hall.Hall{}, map[chainID]*chain{}
	s.fresh, s.freshIDs = map[event.ID][]byte{}, nil
	s.taps = map[string]hall.TicketID{}
	var origin string
	var epoch int64
	err := s.conn.QueryRowContext(ctx, "SELECT origin, epoch FROM node WHERE id = 1").Scan(&origin, &epoch)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		e, err := newEpoch()
		if err != nil {
			return err
		}
		if _, err := s.conn.ExecContext(ctx, "INSERT INTO node (id, origin, epoch) VALUES (1, ?, ?)", string(s.opt.Origin), int64(e)); err != nil {
			return fmt.Errorf("name the database: %w", err)
		}
		origin, epoch = string(s.opt.Origin), int64(e)
	case err != nil:
		return fmt.Errorf("read node: %w", err)
	}
	if origin != string(s.opt.Origin) {
		return fmt.Errorf("%s belongs to %s and this terminal is %s: correct \"hall\" and \"device\" in the settings, or name another data folder with --data; nothing was changed", s.opt.Path, origin, s.opt.Origin)
	}
	s.epoch = event.Epoch(epoch)
	if err := s.conn.QueryRowContext(ctx, "SELECT coalesce(max(pos), 0) FROM event").Scan(&s.pos); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	if err := s.loadChains(ctx); err != nil {
		return err
	}
	if err := s.loadOwn(ctx); err != nil {
		return err
	}
	s.from = hall.DateOf(s.opt.Now() - int64(24*time.Hour/time.Millisecond))
	if err := s.loadTickets(ctx); err != nil {
		return err
	}
	return s.replay(ctx, "SELECT body FROM event WHERE lasting = 1 ORDER BY pos", func(e event.Event) error {
		_, err := s.hall(hall.ID(e.Origin.Hall())).Apply(e)
		return err
	})
}

// loadOwn takes the own chain to its end, from the row that the last ack left,
// and the clock to the stamp of the last own event.
func (s *Store) loadOwn(ctx context.Context) error {
	s.last = event.Stamp{}
	c := s.chain(chainID{s.opt.Origin, s.epoch})
	rows, err := s.conn.QueryContext(ctx, "SELECT seq, hash FROM event WHERE origin = ? AND epoch = ? AND seq > ? ORDER BY seq",
		string(c.id.origin), int64(c.id.epoch), int64(c.seq))
	if err != nil {
		return fmt.Errorf("read the own chain: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var sum []byte
		if err := rows.Scan(&seq, &sum); err != nil {
			return fmt.Errorf("read the own chain: %w", err)
		}
		if event.Seq(seq) != c.seq+1 || len(sum) != len(event.Hash{}) {
			return fmt.Errorf("read the own chain: a gap after %d, or a hash of %d bytes", c.seq, len(sum))
		}
		c.seq, c.head = event.Seq(seq), event.Chain(c.head, event.Hash(sum))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the own chain: %w", err)
	}
	if c.seq == 0 {
		return nil
	}
	var body []byte
	err = s.conn.QueryRowContext(ctx, "SELECT body FROM event WHERE origin = ? AND epoch = ? AND seq = ?",
		string(c.id.origin), int64(c.id.epoch), int64(c.seq)).Scan(&body)
	if err != nil {
		return fmt.Errorf("read the last own event: %w", err)
	}
	e, err := event.Decode(body)
	if err != nil {
		return fmt.Errorf("read the last own event: %w", err)
	}
	s.last = e.At
	return nil
}

func (s *Store) loadChains(ctx context.Context) error {
	rows, err := s.conn.QueryContext(ctx, "SELECT origin, epoch, seq, head, signed_seq, sig, up_seq, up_head, centre_seq FROM chain")
	if err != nil {
		return fmt.Errorf("read chains: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o string
		var epoch, seq, signed, up, centre int64
		var head, upHead, sig []byte
		if err := rows.Scan(&o, &epoch, &seq, &head, &signed, &sig, &up, &upHead, &centre); err != nil {
			return fmt.Errorf("read chains: %w", err)
		}
		if len(head) != len(event.Hash{}) || len(upHead) != len(event.Hash{}) {
			return fmt.Errorf("read chains: a head of %s has %d and %d bytes", o, len(head), len(upHead))
		}
		c := &chain{id: chainID{event.Origin(o), event.Epoch(epoch)}, seq: event.Seq(seq), head: event.Hash(head), signed: event.Seq(signed),
			sig: sig, up: event.Seq(up), upHead: event.Hash(upHead), centre: event.Seq(centre)}
		s.chains[c.id] = c
	}
	return rows.Err()
}

func (s *Store) loadTickets(ctx context.Context) error {
	begin, err := hall.At(s.from, "04:00")
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	// Ticket ids begin with the time of issue and sort by it: no index by date is needed.
	first := fmt.Sprintf("%012x", begin)
	rows, err := s.conn.QueryContext(ctx, "SELECT row, request FROM ticket WHERE id >= ?", first[:8]+"-"+first[8:])
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		var tap sql.NullString
		if err := rows.Scan(&b, &tap); err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		t, err := hall.ReadRow(b)
		if err != nil {
			return err
		}
		if tap.Valid {
			s.taps[tap.String] = t.Ticket
		}
		s.hall(t.Hall).Restore(t)
	}
	return rows.Err()
}

// replay folds the events that a query gives; those in quarantine are not among them.
func (s *Store) replay(ctx context.Context, query string, fn func(event.Event) error) error {
	rows, err := s.conn.QueryContext(ctx, query)
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
			return fmt.Errorf("read log: %w", err)
		}
		if err := fn(e); err != nil {
			return fmt.Errorf("replay %s: %w", e.ID, err)
		}
	}
	return rows.Err()
}

// fold brings an event into memory and into the rows of this commit.
func (tx *Tx) fold(e event.Event) error {
	touched, err := tx.s.hall(hall.ID(e.Origin.Hall())).Apply(e)
	if err != nil {
		return err
	}
	if tx.s.recallErr != nil {
		tx.fault, tx.s.recallErr = tx.s.recallErr, nil
		return tx.fault
	}
	if touched.Ticket != nil {
		tx.touched[touched.Ticket.Ticket] = touched.Ticket
	}
	return tx.foldCase(e)
}

// Rebuild drops the projections and makes them again from the log. It is how a
// test and an operator prove that the log is the truth.
func (s *Store) Rebuild(ctx context.Context) error {
	err := s.Write(ctx, func(tx *Tx) error {
		for request, ticket := range s.taps {
			tx.taps[ticket] = request
		}
		for _, table := range []string{"ticket", "application"} {
			if err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		s.halls = map[hall.ID]*hall.Hall{}
		err := s.replay(ctx, "SELECT body FROM event WHERE fault IS NULL ORDER BY pos", tx.fold)
		if err != nil {
			tx.fault = err
		}
		return err
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
