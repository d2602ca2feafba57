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

// querier is the writer's connection or the pool of readers.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// disk is what the core reads inside the writer's transaction.
type disk struct{ s *Store }

// Sums gives the hashes of a chain's events.
func (d disk) Sums(id core.ChainID, from, upto event.Seq) ([]event.Hash, error) {
	row, known := d.s.ids[id]
	if !known {
		return nil, nil
	}
	return hashes(context.Background(), d.s.hand, row, from, upto)
}

// Bodies gives the bytes of a chain's events.
func (d disk) Bodies(id core.ChainID, from, upto event.Seq) ([][]byte, error) {
	row, known := d.s.ids[id]
	if !known {
		return nil, nil
	}
	return bodies(context.Background(), d.s.hand, row, from, upto)
}

// Known gives the hashes of those of a chain's events that are in the log.
func (d disk) Known(id core.ChainID, from, upto event.Seq) (map[event.Seq]event.Hash, error) {
	row, known := d.s.ids[id]
	if !known {
		return nil, nil
	}
	rows, err := d.s.hand.QueryContext(context.Background(), "SELECT seq, hash FROM event WHERE chain = ? AND seq BETWEEN ? AND ?", row, int64(from), int64(upto))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[event.Seq]event.Hash{}
	for rows.Next() {
		var seq int64
		var b []byte
		if err := rows.Scan(&seq, &b); err != nil {
			return nil, err
		}
		if len(b) != len(event.Hash{}) {
			return nil, fmt.Errorf("a hash of %d bytes", len(b))
		}
		out[event.Seq(seq)] = event.Hash(b)
	}
	return out, rows.Err()
}

// Stray gives the bytes of an event whose number another one has; nil when it is none.
func (d disk) Stray(sum event.Hash) (body []byte, err error) {
	err = d.s.hand.QueryRowContext(context.Background(), "SELECT body FROM event WHERE chain = ? AND hash = ?", strays, sum[:]).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, err
}

// Granted gives the call that was granted here to a request; nil when none was.
func (d disk) Granted(request string) (body []byte, err error) {
	err = d.s.hand.QueryRowContext(context.Background(), "SELECT body FROM event WHERE request = ? AND kind = 'ticket.called' AND request IS NOT NULL", request).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, err
}

// Answer gives the kept answer of a request.
func (d disk) Answer(request string) ([]byte, error) {
	var answer []byte
	err := d.s.hand.QueryRowContext(context.Background(), "SELECT answer FROM request WHERE id = ?", request).Scan(&answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return answer, err
}

func hashes(ctx context.Context, q querier, chain int64, from, upto event.Seq) ([]event.Hash, error) {
	return column(ctx, q, "SELECT seq, hash FROM event WHERE chain = ? AND seq BETWEEN ? AND ? ORDER BY seq", chain, from, upto,
		func(b []byte) (event.Hash, error) {
			if len(b) != len(event.Hash{}) {
				return event.Hash{}, fmt.Errorf("a hash of %d bytes", len(b))
			}
			return event.Hash(b), nil
		})
}

func bodies(ctx context.Context, q querier, chain int64, from, upto event.Seq) ([][]byte, error) {
	return column(ctx, q, "SELECT seq, body FROM event WHERE chain = ? AND seq BETWEEN ? AND ? ORDER BY seq", chain, from, upto,
		func(b []byte) ([]byte, error) { return b, nil })
}

// column reads one column of a chain's events, which must not have a gap.
func column[T any](ctx context.Context, q querier, query string, chain int64, from, upto event.Seq, read func([]byte) (T, error)) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, chain, int64(from), int64(upto))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var seq int64
		var b []byte
		if err := rows.Scan(&seq, &b); err != nil {
			return nil, err
		}
		if event.Seq(seq) != from+event.Seq(len(out)) {
			return nil, fmt.Errorf("a gap before %d", seq)
		}
		v, err := read(b)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// span is a stretch of time of a hall, by the beginning of its tickets' ids: see
// ticket_span in the migrations.
type span struct {
	hall hall.ID
	of   hall.TicketID
}

func spanOf(h hall.ID, id hall.TicketID) span { return span{h, id[:min(6, len(id))]} }

// recall reads the row of a ticket that is not in memory, nil when there is none. Of a
// stretch of time without rows none is looked for: when a hall comes back after days,
// all of its tickets are new.
func (s *Store) recall(of hall.ID, id hall.TicketID) ([]byte, error) {
	if !s.spans[spanOf(of, id)] {
		return nil, nil
	}
	var b []byte
	err := s.hand.QueryRowContext(context.Background(), "SELECT row FROM ticket WHERE id = ?", string(id)).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read ticket: %w", err)
	}
	return b, nil
}

// chainRow is a chain with the number of its row.
type chainRow struct {
	id    int64
	chain core.Chain
}

func chainRows(ctx context.Context, q querier, where string, args ...any) ([]chainRow, error) {
	rows, err := q.QueryContext(ctx, "SELECT id, origin, epoch, seq, head, signed_seq, sig, up_seq, up_head, up_epoch, centre_seq, forked FROM chain "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read chains: %w", err)
	}
	defer rows.Close()
	var out []chainRow
	for rows.Next() {
		var r chainRow
		var o string
		var epoch, seq, signed, up, upEpoch, centre, forked int64
		var head, upHead []byte
		if err := rows.Scan(&r.id, &o, &epoch, &seq, &head, &signed, &r.chain.Sig, &up, &upHead, &upEpoch, &centre, &forked); err != nil {
			return nil, fmt.Errorf("read chains: %w", err)
		}
		if len(head) != len(event.Hash{}) || len(upHead) != len(event.Hash{}) {
			return nil, fmt.Errorf("read chains: a head of %s has %d and %d bytes", o, len(head), len(upHead))
		}
		c := &r.chain
		c.ID = core.ChainID{Origin: event.Origin(o), Epoch: event.Epoch(epoch)}
		c.Seq, c.Head, c.Signed = event.Seq(seq), event.Hash(head), event.Seq(signed)
		c.Up, c.UpHead, c.UpEpoch, c.Centre, c.Forked = event.Seq(up), event.Hash(upHead), event.Epoch(upEpoch), event.Seq(centre), forked != 0
		out = append(out, r)
	}
	return out, rows.Err()
}
