package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// ErrUnproved says that an event which is offered for a damaged one does not have the
// hash that the log or the chain's head asks for.
var ErrUnproved = errors.New("the event offered does not prove itself by its hash")

// AnswerCheck answers a question of a comparison from the bodies as they lie on the
// disk, not from their kept hashes, so that a damaged body is seen too.
func (s *Store) AnswerCheck(ctx context.Context, a wire.CheckAsk) (wire.CheckAnswer, error) {
	var out wire.CheckAnswer
	if !a.Usable() {
		return out, fmt.Errorf("compare %s: %w", a.Origin, wire.ErrFrame)
	}
	id := core.ChainID{Origin: a.Origin, Epoch: a.Epoch}
	s.mu.RLock()
	row, known := s.ids[id]
	if out.Have = s.node.ChainSeq(id); !known {
		row = -1 // nothing is there
	}
	s.mu.RUnlock()
	switch {
	case a.From == 0:
		return out, nil
	case a.Body != nil:
		var err error
		out.Mended, err = s.Mend(ctx, event.ID{Origin: a.Origin, Epoch: a.Epoch, Seq: a.From}, a.Body)
		return out, err
	}
	var run []event.Hash
	next := a.From
	take := func(body []byte, sum event.Hash) {
		next++
		if a.Span == 0 {
			out.Bodies = append(out.Bodies, body)
			return
		}
		if run = append(run, sum); event.Seq(len(run)) == a.Span || next > a.Upto {
			d := core.Digest(run)
			out.Digests, run = append(out.Digests, d[:]...), run[:0]
		}
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT seq, body FROM event WHERE chain = ? AND seq BETWEEN ? AND ? ORDER BY seq", row, int64(a.From), int64(a.Upto))
	if err != nil {
		return out, fmt.Errorf("compare %s: %w", a.Origin, err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var body sql.RawBytes
		if err := rows.Scan(&seq, &body); err != nil {
			return out, fmt.Errorf("compare %s: %w", a.Origin, err)
		}
		for next < event.Seq(seq) {
			take(nil, event.Hash{}) // a missing one differs from every other
		}
		take(append([]byte(nil), body...), event.Sum(body))
	}
	for next <= a.Upto {
		take(nil, event.Hash{})
	}
	return out, rows.Err()
}

// Mend puts an event in the place of one that is damaged or missing. It has to prove
// itself: by the hash that the log has kept, or by the chain's head, computed again with
// it. false when the event here is this one already; ErrUnproved changes nothing.
func (s *Store) Mend(ctx context.Context, id event.ID, body []byte) (bool, error) {
	sum := event.Sum(body)
	of := core.ChainID{Origin: id.Origin, Epoch: id.Epoch}
	s.mu.RLock()
	row := s.ids[of]
	chain, known := s.node.Chain(of)
	s.mu.RUnlock()
	if !known || id.Seq == 0 || id.Seq > chain.Seq {
		return false, ErrUnproved
	}
	var kept, have []byte
	err := s.reader.QueryRowContext(ctx, "SELECT hash, body FROM event WHERE chain = ? AND seq = ?", row, int64(id.Seq)).Scan(&kept, &have)
	missing := errors.Is(err, sql.ErrNoRows)
	if err != nil && !missing {
		return false, fmt.Errorf("mend %s: %w", id, err)
	}
	fits := !missing && string(kept) == string(sum[:])
	if fits && event.Sum(have) == sum {
		return false, nil
	}
	if !fits {
		// Outside the writer: a long chain takes a while, and what is behind us cannot change.
		if err := s.proves(ctx, row, chain, id.Seq, sum); err != nil {
			return false, err
		}
	}
	err = s.Write(ctx, func(tx *Tx) error {
		if missing {
			tx.Refill(id, body)
			return nil
		}
		kind, lasting := "", 0
		if e, err := event.Decode(body); err == nil && e.ID == id {
			if kind = string(e.Kind); core.Lasting(e.Kind) {
				lasting = 1
			}
		}
		return tx.Exec("UPDATE event SET body = ?, hash = ?, kind = ?, lasting = CASE WHEN fault IS NULL THEN ? ELSE lasting END WHERE chain = ? AND seq = ?",
			body, sum[:], kind, lasting, row, int64(id.Seq))
	})
	if err != nil {
		return false, fmt.Errorf("mend %s: %w", id, err)
	}
	return true, nil
}

// proves computes a chain again with another hash at one place.
func (s *Store) proves(ctx context.Context, row int64, c core.Chain, at event.Seq, sum event.Hash) error {
	rows, err := s.reader.QueryContext(ctx, "SELECT seq, hash FROM event WHERE chain = ? AND seq <= ? ORDER BY seq", row, int64(c.Seq))
	if err != nil {
		return fmt.Errorf("prove %s at %d: %w", c.ID.Origin, at, err)
	}
	defer rows.Close()
	var head event.Hash
	next := event.Seq(1)
	step := func(h event.Hash) { head, next = event.Chain(head, h), next+1 }
	for rows.Next() {
		var seq int64
		var kept sql.RawBytes
		if err := rows.Scan(&seq, &kept); err != nil {
			return fmt.Errorf("prove %s at %d: %w", c.ID.Origin, at, err)
		}
		if next == at {
			if step(sum); event.Seq(seq) == at {
				continue
			}
		}
		if event.Seq(seq) != next || len(kept) != len(sum) {
			return ErrUnproved // more than one is missing
		}
		step(event.Hash(kept))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("prove %s at %d: %w", c.ID.Origin, at, err)
	}
	if next == at {
		step(sum)
	}
	if next != c.Seq+1 || head != c.Head {
		return ErrUnproved
	}
	return nil
}
