package store

import (
	"context"
	"fmt"

	"onewindow/app/guide"
)

// Catalogue reads the catalogue in use; nil when none was ever kept.
func (s *Store) Catalogue(ctx context.Context) (*guide.Catalogue, error) {
	list, documents, err := s.catalogue(ctx)
	if err != nil || len(documents) == 0 {
		return nil, err
	}
	return guide.FromRows(list, documents)
}

// InUse tells whether a catalogue is the one in use.
func (s *Store) InUse(ctx context.Context, c *guide.Catalogue) (bool, error) {
	list, documents, err := s.catalogue(ctx)
	return err == nil && guide.HashRows(list, documents) == c.Hash(), err
}

func (s *Store) catalogue(ctx context.Context) (list []guide.Row, documents []guide.Document, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT name, version, body FROM document ORDER BY name")
	if err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d guide.Document
		if err := rows.Scan(&d.Name, &d.Version, &d.Body); err != nil {
			return nil, nil, fmt.Errorf("read catalogue: %w", err)
		}
		documents = append(documents, d)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	items, err := s.reader.QueryContext(ctx, "SELECT code, place, area, name, source, body FROM item ORDER BY place")
	if err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	defer items.Close()
	for items.Next() {
		var r guide.Row
		if err := items.Scan(&r.Code, &r.Place, &r.Letter, &r.Name, &r.Source, &r.Body); err != nil {
			return nil, nil, fmt.Errorf("read catalogue: %w", err)
		}
		list = append(list, r)
	}
	if err := items.Err(); err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	return list, documents, nil
}

// KeepCatalogue puts a checked catalogue in the place of the one in use, in one
// commit: a reader sees the old one or the new one, never half of each.
func (s *Store) KeepCatalogue(ctx context.Context, c *guide.Catalogue) error {
	return s.Write(ctx, func(tx *Tx) error {
		for _, q := range []string{"DELETE FROM item", "DELETE FROM document"} {
			if err := tx.Exec(q); err != nil {
				return err
			}
		}
		var args []any
		for _, r := range c.Rows() {
			args = append(args, string(r.Code), r.Place, string(r.Letter), r.Name, r.Source, r.Body)
		}
		if err := tx.packed("INSERT INTO item (code, place, area, name, source, body) VALUES ", 6, args, ""); err != nil {
			return err
		}
		for _, d := range c.Documents() {
			if err := tx.Exec("INSERT INTO document (name, version, body) VALUES (?,?,?)", d.Name, d.Version, d.Body); err != nil {
				return err
			}
		}
		return nil
	})
}
