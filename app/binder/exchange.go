package binder

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

func jsonList(list []string) string {
	if list == nil {
		list = []string{}
	}
	out, _ := json.Marshal(list) // a list of texts always can be
	return string(out)
}

// Offers is what a binder has to say to the binder above: scans that it does not have yet, those that
// were refused least often first, and those that may have come to the centre since.
func (b *Binder) Offers(ctx context.Context) (ask wire.ScansAsk, err error) {
	if err := b.db.QueryRowContext(ctx, "SELECT place FROM binder").Scan(&ask.Life); err != nil {
		return ask, fmt.Errorf("read the binder: %w", err)
	}
	rows, err := b.db.QueryContext(ctx, "SELECT id, application, sums FROM scan WHERE sent = 0 AND whole = 1 AND held = 0 ORDER BY refused, at_ms LIMIT ?", wire.MaxOffers)
	if err != nil {
		return ask, fmt.Errorf("list what is offered: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o wire.ScanOffer
		if err := rows.Scan(&o.Scan, &o.Application, &o.Sums); err != nil {
			return ask, fmt.Errorf("list what is offered: %w", err)
		}
		ask.Offers = append(ask.Offers, o)
	}
	if err := rows.Err(); err != nil {
		return ask, fmt.Errorf("list what is offered: %w", err)
	}
	ask.Waiting, err = b.texts(ctx, "SELECT id FROM scan WHERE above = 0 AND sent = 1 ORDER BY at_ms LIMIT ?", wire.MaxWaiting)
	return ask, err
}

func (b *Binder) texts(ctx context.Context, query string, args ...any) (out []string, err error) {
	rows, err := b.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list scans: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("list scans: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Answered notes what the binder above has said to Offers; centre tells that it is the centre's.
func (b *Binder) Answered(ctx context.Context, ask wire.ScansAsk, a wire.ScansAnswer, centre bool) error {
	if len(a.Lacks) != len(ask.Offers) {
		return fmt.Errorf("%d scans were offered and %d answered", len(ask.Offers), len(a.Lacks))
	}
	var gone []wire.ScanRef
	came := len(a.Above) > 0
	err := b.write(ctx, func(tx *sql.Tx) error {
		if a.Life != ask.Life {
			// Another binder, or one that was lost, has nothing; where it is the centre's, nothing is there.
			if _, err := tx.Exec("UPDATE scan SET sent = 0, refused = 0, above = above AND NOT ?", centre); err != nil {
				return err
			}
			if _, err := tx.Exec("UPDATE binder SET place = ?", a.Life); err != nil {
				return err
			}
		}
		for n, lack := range a.Lacks {
			id := ask.Offers[n].Scan
			var err error
			switch {
			case is(lack.Refuse, event.CaseErased):
				gone = append(gone, wire.ScanRef{Application: ask.Offers[n].Application, Scan: id})
			case is(lack.Refuse, event.ScanDamaged):
				// It will not be another one tomorrow; a place in another life may have its event.
				_, err = tx.Exec("UPDATE scan SET sent = -1 WHERE id = ?", id)
			case lack.Refuse != nil:
				_, err = tx.Exec("UPDATE scan SET refused = refused + 1 WHERE id = ?", id)
			case len(lack.Chunks) == 0:
				came = true
				err = sent(tx, id, centre)
			}
			if err != nil {
				return err
			}
		}
		for _, id := range a.Above {
			if _, err := tx.Exec("UPDATE scan SET above = 1 WHERE id = ? AND sent = 1", id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note what the binder above has: %w", err)
	}
	if came {
		b.Signal()
	}
	return b.DropOff(ctx, append(gone, a.Gone...))
}

// is tells whether a refusal is one of a kind.
func is(no, kind *event.Refusal) bool { return no != nil && errors.Is(no, kind) }

func sent(tx *sql.Tx, scan string, centre bool) error {
	_, err := tx.Exec("UPDATE scan SET sent = 1, above = above OR ? WHERE id = ?", centre, scan)
	return err
}

// Sent notes that the binder above has all of a scan; centre tells that it is the centre's.
func (b *Binder) Sent(ctx context.Context, scan string, centre bool) error {
	err := b.write(ctx, func(tx *sql.Tx) error { return sent(tx, scan, centre) })
	if err != nil {
		return fmt.Errorf("note that a scan is above: %w", err)
	}
	b.Signal()
	return nil
}

// Bringing gives a chunk to be brought to the binder above.
func (b *Binder) Bringing(ctx context.Context, o wire.ScanOffer, no int) (wire.Chunk, error) {
	body, err := b.Chunk(ctx, o.Application, o.Scan, no)
	return wire.Chunk{Scan: o.Scan, No: no, Body: body}, err
}

// Expect makes ready for a scan whose event is here, and tells which chunks are lacking. Errors
// wrap ErrRoom, or ErrChanged where the same name was announced with other sums.
func (b *Binder) Expect(ctx context.Context, o wire.ScanOffer, atMS int64) (lacks []int, err error) {
	chunks := len(o.Sums) / 32
	var had []byte
	whole := false
	err = b.db.QueryRowContext(ctx, "SELECT sums, whole FROM scan WHERE id = ?", o.Scan).Scan(&had, &whole)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = b.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.Exec("INSERT INTO scan (id, application, sums, at_ms, ticket, note, file, whole, held, sent, above, refused) VALUES (?, ?, ?, ?, '', x'', '', 0, 0, 0, 0, 0)", o.Scan, o.Application, o.Sums, atMS)
			return err
		})
	case err == nil && !slices.Equal(had, o.Sums):
		return nil, ErrChanged
	case whole:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("make ready for a scan: %w", err)
	}
	here, err := b.numbers(ctx, o.Scan)
	for no := range chunks {
		if !here[no] {
			lacks = append(lacks, no)
		}
	}
	return lacks, err
}

func (b *Binder) numbers(ctx context.Context, scan string) (map[int]bool, error) {
	rows, err := b.db.QueryContext(ctx, "SELECT no FROM chunk WHERE scan = ?", scan)
	if err != nil {
		return nil, fmt.Errorf("look which chunks are here: %w", err)
	}
	defer rows.Close()
	out := map[int]bool{}
	for rows.Next() {
		var no int
		if err := rows.Scan(&no); err != nil {
			return nil, fmt.Errorf("look which chunks are here: %w", err)
		}
		out[no] = true
	}
	return out, rows.Err()
}

// Bring keeps a chunk of a scan that is expected; it is on the disk when Bring returns. It tells whether all of the
// scan is here now. Errors wrap ErrNone where nobody expects it, ErrChanged, or ErrRoom.
func (b *Binder) Bring(ctx context.Context, c wire.Chunk) (whole bool, err error) {
	if err := b.room(len(c.Body)); err != nil {
		return false, err
	}
	err = b.write(ctx, func(tx *sql.Tx) error {
		var sums []byte
		switch err := tx.QueryRow("SELECT sums FROM scan WHERE id = ?", c.Scan).Scan(&sums); {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNone
		case err != nil:
			return err
		case !fits(c.Body, sums, c.No):
			return fmt.Errorf("%w: %d of %s, on the way", ErrChanged, c.No, c.Scan)
		}
		if _, err := tx.Exec("INSERT OR IGNORE INTO chunk (scan, no, body) VALUES (?, ?, ?)", c.Scan, c.No, c.Body); err != nil {
			return err
		}
		here := 0
		if err := tx.QueryRow("SELECT count(*) FROM chunk WHERE scan = ?", c.Scan).Scan(&here); err != nil {
			return err
		}
		if whole = here == len(sums)/32; !whole {
			return nil
		}
		_, err := tx.Exec("UPDATE scan SET whole = 1 WHERE id = ?", c.Scan)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep a chunk: %w", err)
	}
	if whole {
		b.Signal()
	}
	return whole, nil
}

// Answer fills in the rest of the answer to a binder below: this one's life, and which of what waits the
// centre has. top tells that this is the centre's.
func (b *Binder) Answer(ctx context.Context, ask wire.ScansAsk, a *wire.ScansAnswer, top bool) (err error) {
	a.Life = b.life
	if len(ask.Waiting) > wire.MaxWaiting {
		ask.Waiting = ask.Waiting[:wire.MaxWaiting]
	}
	a.Above, err = b.texts(ctx, "SELECT id FROM scan WHERE id IN (SELECT value FROM json_each(?)) AND (above = 1 OR ? AND whole = 1)", jsonList(ask.Waiting), top)
	return err
}

// Places tells of the scans of an application that are here as a whole whether the centre has them too.
func (b *Binder) Places(ctx context.Context, application string) (list []wire.ScanState, err error) {
	rows, err := b.db.QueryContext(ctx, "SELECT id, above FROM scan WHERE application = ? AND whole = 1", application)
	if err != nil {
		return nil, fmt.Errorf("look where scans are: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		s, above := wire.ScanState{Saved: "hall"}, false
		if err := rows.Scan(&s.Scan, &above); err != nil {
			return nil, fmt.Errorf("look where scans are: %w", err)
		}
		if above {
			s.Saved = wire.Centre
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
