package keyring

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/sealed"
	"onewindow/sync/wire"
)

// Borrow keeps keys of the place above for a time; the rows of destroyed ones are given back.
func (r *Ring) Borrow(ctx context.Context, rows []wire.CaseKey) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, k := range rows {
			var err error
			switch {
			case k.Case == "" || len(k.Case) > longestCase:
			case k.Erased():
				_, err = tx.Exec("DELETE FROM lent WHERE id = ?", k.Case)
			case len(k.Key) == sealed.Size:
				_, err = tx.Exec("INSERT OR REPLACE INTO lent (id, key) VALUES (?, ?)", k.Case, k.Key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep keys that are lent: %w", err)
	}
	return nil
}

// Lent gives a key that was borrowed. Errors wrap ErrNone.
func (r *Ring) Lent(ctx context.Context, id string) (k sealed.Key, err error) {
	var raw []byte
	err = r.db.QueryRowContext(ctx, "SELECT key FROM lent WHERE id = ?", id).Scan(&raw)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && len(raw) != sealed.Size:
		return k, ErrNone
	case err != nil:
		return k, fmt.Errorf("read a key that is lent: %w", err)
	}
	return sealed.Key(raw), nil
}

// GiveBack drops the keys that were borrowed and whose names are before one.
func (r *Ring) GiveBack(ctx context.Context, before string) error {
	if _, err := r.db.ExecContext(ctx, "DELETE FROM lent WHERE id < ?", before); err != nil {
		return fmt.Errorf("give keys back: %w", err)
	}
	return nil
}

// Between lists the names of keys that are here and not destroyed, from one name on until
// before another one.
func (r *Ring) Between(ctx context.Context, from, before string) (names []string, err error) {
	rows, err := r.db.QueryContext(ctx, "SELECT id FROM key WHERE id >= ? AND id < ? AND key IS NOT NULL", from, before)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
