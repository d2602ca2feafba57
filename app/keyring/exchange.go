package keyring

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"onewindow/sync/wire"
)

// What of all rows is on its way, by the indexes that hold nothing else.
const (
	unsentRows  = "WHERE sent = 0 ORDER BY change LIMIT ?"
	waitingRows = "WHERE above = 0 AND sent = 1 ORDER BY change LIMIT ?"
	erasedRows  = "WHERE key IS NULL AND change > ? ORDER BY change LIMIT ?"
	owedRows    = "SELECT (SELECT count(*) FROM key WHERE sent = 0 AND above = 0), (SELECT count(*) FROM key WHERE above = 0)"
)

// mostRows bounds the rows of one message.
const mostRows = 500

// Ask is what a ring has to say to the ring above: rows that it does not have yet, cases
// whose key has not come to the centre as far as is known, and up to where its
// destructions have been heard.
func (r *Ring) Ask(ctx context.Context) (ask wire.KeysAsk, err error) {
	if err := r.db.QueryRowContext(ctx, "SELECT place, heard FROM ring").Scan(&ask.Life, &ask.After); err != nil {
		return ask, fmt.Errorf("read the keyring: %w", err)
	}
	if ask.Rows, err = r.rows(ctx, unsentRows, mostRows); err != nil {
		return ask, err
	}
	waiting, err := r.rows(ctx, waitingRows, mostRows)
	for _, w := range waiting {
		ask.Waiting = append(ask.Waiting, w.Case)
	}
	return ask, err
}

func (r *Ring) rows(ctx context.Context, where string, args ...any) (out []wire.CaseKey, err error) {
	rows, err := r.db.QueryContext(ctx, "SELECT id, key, at_ms, who, why FROM key "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k wire.CaseKey
		if err := rows.Scan(&k.Case, &k.Key, &k.AtMS, &k.By, &k.Why); err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// Answer takes in what a ring below says and answers it, after the commit. mayErase tells
// whether the ring below may destroy keys; what it may not is left out. top tells that
// this is the centre's ring.
func (r *Ring) Answer(ctx context.Context, ask wire.KeysAsk, mayErase, top bool) (a wire.KeysAnswer, err error) {
	if !mayErase {
		ask.Rows = slices.DeleteFunc(ask.Rows, wire.CaseKey.Erased)
	}
	if len(ask.Rows) > 0 {
		if err := r.Put(ctx, ask.Rows); err != nil {
			return a, err
		}
	}
	a.Life = r.life
	if ask.Life != r.life {
		ask.After = 0
	}
	if a.Erased, err = r.rows(ctx, erasedRows, ask.After, mostRows); err != nil {
		return a, err
	}
	a.Upto = ask.After
	if n := len(a.Erased); n > 0 {
		if a.Upto, err = r.changeOf(ctx, a.Erased[n-1].Case); err != nil {
			return a, err
		}
	}
	for _, id := range ask.Waiting {
		here := 0
		if err := r.db.QueryRowContext(ctx, "SELECT count(*) FROM key WHERE id = ? AND (above = 1 OR ?)", id, top).Scan(&here); err != nil {
			return a, fmt.Errorf("read keys: %w", err)
		}
		if here > 0 {
			a.Above = append(a.Above, id)
		}
	}
	return a, nil
}

// Answered notes what the ring above has said to an ask. centre tells that it is the
// centre's: what it has is at the centre. It tells whether there is more to ask at once.
func (r *Ring) Answered(ctx context.Context, ask wire.KeysAsk, a wire.KeysAnswer, centre bool) (more bool, err error) {
	var came change
	err = r.write(ctx, func(tx *sql.Tx) (err error) {
		if came, err = put(tx, a.Erased); err != nil {
			return err
		}
		if a.Life != ask.Life {
			// Another ring, or one that was lost, has nothing; where it is the centre's, nothing is there.
			if _, err := tx.Exec("UPDATE key SET sent = 0, above = above AND NOT ?", centre); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("UPDATE ring SET place = ?, heard = ?", a.Life, a.Upto); err != nil {
			return err
		}
		for _, k := range ask.Rows {
			// Between ask and answer a key may have been destroyed: that has not been said yet.
			if _, err := tx.Exec("UPDATE key SET sent = 1, above = above OR ? WHERE id = ? AND (key IS NULL) = ?", centre, k.Case, k.Erased()); err != nil {
				return err
			}
		}
		for _, id := range a.Above {
			if _, err := tx.Exec("UPDATE key SET above = 1 WHERE id = ? AND sent = 1", id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("note what the keyring above has: %w", err)
	}
	came.rows = came.rows || len(a.Above) > 0
	if err := r.came(ctx, came); err != nil {
		return false, err
	}
	return len(ask.Rows) == mostRows || len(a.Erased) == mostRows || a.Life != ask.Life, nil
}

// ErasedSince lists destructions behind a change of this ring, and up to which change it has told them;
// 0 begins.
func (r *Ring) ErasedSince(ctx context.Context, after int64) (ids []string, upto int64, err error) {
	rows, err := r.rows(ctx, erasedRows, after, mostRows)
	for _, k := range rows {
		ids = append(ids, k.Case)
	}
	if err != nil || len(ids) == 0 {
		return ids, after, err
	}
	upto, err = r.changeOf(ctx, ids[len(ids)-1])
	return ids, upto, err
}

// changeOf gives the change of this ring that a row came with.
func (r *Ring) changeOf(ctx context.Context, id string) (at int64, err error) {
	if err := r.db.QueryRowContext(ctx, "SELECT change FROM key WHERE id = ?", id).Scan(&at); err != nil {
		return 0, fmt.Errorf("read keys: %w", err)
	}
	return at, nil
}

// Saved tells where the key of a case is safe: "here", "hall" or "centre"; nothing where it is not here.
func (r *Ring) Saved(ctx context.Context, id string) (string, error) {
	var sent, above bool
	switch err := r.db.QueryRowContext(ctx, "SELECT sent, above FROM key WHERE id = ?", id).Scan(&sent, &above); {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the state of a key: %w", err)
	case above:
		return "centre", nil
	case sent:
		return "hall", nil
	}
	return "here", nil
}

// Readable tells where an application can be read, "here", "hall" or "centre": where its
// event and its key both are, so the lower of the two.
func Readable(event, key string) string {
	for _, s := range []string{"here", "hall"} {
		if event == s || key == s {
			return s
		}
	}
	return "centre"
}

// Unconfirmed gives every row that the centre has not, for a parcel; with whole every row.
func (r *Ring) Unconfirmed(ctx context.Context, whole bool) ([]wire.CaseKey, error) {
	return r.rows(ctx, "WHERE above = 0 OR ? ORDER BY change", whole)
}

// Owed counts the keys that only this place has, and those that the centre has not.
func (r *Ring) Owed(ctx context.Context) (hereOnly, below int, err error) {
	err = r.db.QueryRowContext(ctx, owedRows).Scan(&hereOnly, &below)
	if err != nil {
		err = fmt.Errorf("count the keys that are owed: %w", err)
	}
	return hereOnly, below - hereOnly, err
}
