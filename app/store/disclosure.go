package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onewindow/app/disclosure"
	"onewindow/app/event"
	"onewindow/app/hall"
)

// foldDisclosure keeps the projection of requests for information.
func (tx *Tx) foldDisclosure(e event.Event) error {
	if !disclosure.Concerns(e.Kind) {
		return nil
	}
	f, err := disclosure.ReadFact(e)
	if err != nil {
		return err
	}
	old, err := tx.Disclosure(f.Disclosure())
	if err != nil {
		return err
	}
	c, err := f.Fold(old)
	if err != nil {
		return err
	}
	date := ""
	if c.Known() {
		date = string(hall.DateOf(c.AtMS))
	}
	return tx.Exec("INSERT OR REPLACE INTO disclosure (id, number, hall, day, date, answered, answer_by, origin, row) VALUES (?,?,?,?,?,?,?,?,?)",
		string(c.Disclosure), c.Number, string(c.Hall), string(c.Day), date, string(c.AnsweredOn()), string(c.WaitsUntil()), string(c.From.Origin), c.Row())
}

// Disclosure gives the request for information of an id as this commit leaves it; nil when there is none.
func (tx *Tx) Disclosure(id disclosure.ID) (*disclosure.Case, error) {
	var row []byte
	switch err := tx.Query("SELECT row FROM disclosure WHERE id = ?", []any{string(id)}, &row); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, tx.Fail(fmt.Errorf("read a request for information: %w", err))
	}
	return disclosure.ReadRow(row)
}

// DisclosureCount counts the requests for information that this node's own device took on a day.
func (tx *Tx) DisclosureCount(date hall.Date) (int, error) {
	var n int
	err := tx.Query("SELECT count(*) FROM disclosure WHERE date = ? AND origin = ?", []any{string(date), string(tx.s.opt.Origin)}, &n)
	return n, err
}

// Disclosure gives the request for information of a number; nil when it is not here. Refusal: CaseTwice; see one.
func (s *Store) Disclosure(ctx context.Context, number string) (*disclosure.Case, error) {
	plain, end := named(number)
	list, err := s.disclosures(ctx, whereNumbered+" ORDER BY id", plain, end)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	c := list[0]
	c.Number, err = one(number, list, func(c *disclosure.Case) string { return string(c.Disclosure) })
	return c, err
}

// Disclosures lists the requests for information of a hall, or of all where it is empty, in the
// order of their days.
func (s *Store) Disclosures(ctx context.Context, id hall.ID) ([]*disclosure.Case, error) {
	return s.disclosures(ctx, "WHERE number != '' AND (? = '' OR hall = ?) ORDER BY day, number, id", string(id), string(id))
}

// OpenDisclosures lists those of a hall that are not answered, or were since a day.
func (s *Store) OpenDisclosures(ctx context.Context, id hall.ID, since hall.Date) ([]*disclosure.Case, error) {
	return s.disclosures(ctx, "WHERE number != '' AND hall = ? AND (answered = '' OR answered >= ?) ORDER BY day, number, id", string(id), string(since))
}

// Unheeded lists those of a hall whose applicant may have let a last day before today go by.
func (s *Store) Unheeded(ctx context.Context, id hall.ID, today hall.Date) ([]*disclosure.Case, error) {
	return s.disclosures(ctx, "WHERE hall = ? AND answer_by != '' AND answer_by < ? ORDER BY answer_by, id LIMIT 1000", string(id), string(today))
}

func (s *Store) disclosures(ctx context.Context, where string, args ...any) ([]*disclosure.Case, error) {
	return readRows(ctx, s.reader, disclosure.ReadRow, "SELECT row FROM disclosure "+where, args...)
}
