package store

import (
	"context"
	"encoding/json"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Case is an application as its projection keeps it: nothing personal.
type Case struct {
	Number  string
	Item    hall.ItemCode
	State   string
	DueDate string
	Event   event.ID
}

// taken is what the projection needs of an application's first event.
type taken struct {
	Application string        `json:"application"`
	Number      string        `json:"number"`
	Ticket      hall.TicketID `json:"ticket"`
	Hall        hall.ID       `json:"hall"`
	Item        hall.ItemCode `json:"item"`
	State       string        `json:"state"`
	DueDate     string        `json:"due_date"`
	AtMS        int64         `json:"at_ms"`
}

const kindTaken event.Kind = "application.taken"

// foldCase keeps the projection of applications. The same event twice changes nothing.
func (tx *Tx) foldCase(e event.Event) error {
	if e.Kind != kindTaken {
		return nil
	}
	var f taken
	if err := json.Unmarshal(e.Payload, &f); err != nil {
		return fmt.Errorf("decode %s: %w", e.Kind, err)
	}
	if f.Application == "" || f.Number == "" {
		return fmt.Errorf("%s: id or number of the application is missing", e.ID)
	}
	return tx.Exec(`INSERT INTO application (id, number, ticket, hall, item, state, date, due, taken_at_ms, origin, epoch, seq)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING`,
		f.Application, f.Number, string(f.Ticket), string(f.Hall), string(f.Item), f.State, string(hall.DateOf(f.AtMS)), f.DueDate, f.AtMS,
		string(e.Origin), int64(e.Epoch), int64(e.Seq))
}

// CaseCount counts the applications that this node's own device noted on a day.
func (tx *Tx) CaseCount(date hall.Date) (int, error) {
	var n int
	err := tx.Query("SELECT count(*) FROM application WHERE date = ? AND origin = ?", []any{string(date), string(tx.s.opt.Origin)}, &n)
	return n, err
}

const caseColumns = "SELECT number, item, state, due, origin, epoch, seq, taken_at_ms FROM application "

// Cases lists the applications of a ticket, in the order in which they were taken.
func (s *Store) Cases(ctx context.Context, ticket hall.TicketID) ([]Case, error) {
	list, _, err := s.cases(ctx, caseColumns+"WHERE ticket = ? ORDER BY taken_at_ms, number", string(ticket))
	return list, err
}

// Applications lists what a hall took since a moment, the newest first, with when it was taken.
func (s *Store) Applications(ctx context.Context, id hall.ID, sinceMS int64) ([]Case, []int64, error) {
	return s.cases(ctx, caseColumns+"WHERE hall = ? AND taken_at_ms >= ? ORDER BY taken_at_ms DESC, number", string(id), sinceMS)
}

func (s *Store) cases(ctx context.Context, query string, args ...any) (list []Case, takenMS []int64, err error) {
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("read applications: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Case
		var epoch, seq, at int64
		if err := rows.Scan(&c.Number, &c.Item, &c.State, &c.DueDate, &c.Event.Origin, &epoch, &seq, &at); err != nil {
			return nil, nil, fmt.Errorf("read applications: %w", err)
		}
		c.Event.Epoch, c.Event.Seq = event.Epoch(epoch), event.Seq(seq)
		list, takenMS = append(list, c), append(takenMS, at)
	}
	return list, takenMS, rows.Err()
}
