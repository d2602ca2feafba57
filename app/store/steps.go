package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/wire"
)

// officeStates are those in which an office has something to do; the index of what is due
// names the same ones in the same order.
const officeStates = "('received', 'accepted', 'accepted_later', 'suspended', 'granted', 'denied', 'returned', 'passed_on', 'handed_out')"

// PendingAsk bounds a list of pending applications: of one hall or all, of some items or all,
// with a day until which something is due or without.
type PendingAsk struct {
	Hall  hall.ID
	Items []hall.ItemCode
	Until hall.Date
	Most  int
}

// Pending lists applications on which an office has something to do: what is due first comes first,
// what nobody knows a day of last.
func (s *Store) Pending(ctx context.Context, ask PendingAsk) ([]*intake.Case, error) {
	where, args := "WHERE state IN "+officeStates, []any{}
	if ask.Hall != "" {
		where, args = where+" AND hall = ?", append(args, string(ask.Hall))
	}
	if ask.Items != nil {
		where += " AND item IN (" + strings.TrimSuffix(strings.Repeat("?,", len(ask.Items)), ",") + ")"
		for _, code := range ask.Items {
			args = append(args, string(code))
		}
	}
	if ask.Until != "" {
		where, args = where+" AND due != '' AND due <= ?", append(args, string(ask.Until))
	}
	return s.applications(ctx, where+" ORDER BY due = '', due, number LIMIT ?", append(args, ask.Most)...)
}

// Unanswered lists what was received in a hall and of which nobody has said in time whether it is accepted.
func (s *Store) Unanswered(ctx context.Context, id hall.ID, today hall.Date) ([]intake.ApplicationID, error) {
	return s.applicationIDs(ctx, "WHERE hall = ? AND state = 'received' AND due != '' AND due < ? ORDER BY due, id LIMIT 1000", string(id), string(today))
}

// applicationIDs lists applications.
func (s *Store) applicationIDs(ctx context.Context, where string, args ...any) (out []intake.ApplicationID, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM application "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("look for what is overdue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id intake.ApplicationID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("look for what is overdue: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// Steps gives what this node's own device noted of the applications of a hall: behind a
// number of its chain in one of its lives, and then life after life. Upto is lower than what
// was asked for where the end of a life is lost here.
func (s *Store) Steps(ctx context.Context, id hall.ID, ask wire.StepsAsk, most int) (a wire.StepsAnswer, err error) {
	chain, next, err := s.ownLife(ctx, ask.Epoch)
	if err != nil {
		return a, err
	}
	a = wire.StepsAnswer{Epoch: chain.epoch, Upto: int64(ask.After)}
	if chain.epoch != ask.Epoch {
		a.Upto = 0
	}
	var long int64
	if err := s.reader.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM event WHERE chain = ?", chain.row).Scan(&long); err != nil {
		return a, fmt.Errorf("read what was noted: %w", err)
	}
	if a.Upto > long {
		a.Upto = long // this database was put back: the end of that life is not here
		return a, nil
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT seq, kind, body FROM event WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?", chain.row, a.Upto, most)
	if err != nil {
		return a, fmt.Errorf("read what was noted: %w", err)
	}
	defer rows.Close()
	more, size := false, 0
	for rows.Next() {
		var seq int64
		var kind string
		var body []byte
		if err := rows.Scan(&seq, &kind, &body); err != nil {
			return a, fmt.Errorf("read what was noted: %w", err)
		}
		if intake.IsStep(event.Kind(kind)) && concernsHall(body, id) {
			// A body becomes a third longer as text.
			if size += len(body) * 4 / 3; size > wire.MaxFrame && len(a.Bodies) > 0 {
				break
			}
			a.Bodies = append(a.Bodies, body)
		}
		a.Upto, more = seq, true
	}
	if !more && next != 0 {
		a.Epoch, a.Upto = next, 0
	}
	return a, rows.Err()
}

// StepsOf gives the steps of another node that are here, of one of its lives, behind a number
// of its chain.
func (s *Store) StepsOf(ctx context.Context, origin event.Origin, epoch event.Epoch, after int64) (list []intake.Noted, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT body FROM event WHERE chain = (SELECT id FROM chain WHERE origin = ? AND epoch = ?) AND seq > ? AND fault IS NULL ORDER BY seq",
		string(origin), int64(epoch), after)
	if err != nil {
		return nil, fmt.Errorf("read steps of %s: %w", origin, err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read steps of %s: %w", origin, err)
		}
		e, err := event.Decode(body)
		if err != nil || !intake.IsStep(e.Kind) {
			continue
		}
		if step, err := intake.ReadStep(e); err == nil {
			list = append(list, intake.Noted{ID: e.ID, Kind: e.Kind, Step: step})
		}
	}
	return list, rows.Err()
}

// life is one of the lives of this node's database: its chain's row and epoch.
type life struct {
	row   int64
	epoch event.Epoch
}

// ownLife finds one of the lives of this node, the first where it does not know the epoch,
// and the epoch of the one after it, 0 for none.
func (s *Store) ownLife(ctx context.Context, epoch event.Epoch) (found life, next event.Epoch, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id, epoch FROM chain WHERE origin = ? ORDER BY id", string(s.opt.Origin))
	if err != nil {
		return found, 0, fmt.Errorf("read the lives of this node: %w", err)
	}
	defer rows.Close()
	var all []life
	for rows.Next() {
		var l life
		var e int64
		if err := rows.Scan(&l.row, &e); err != nil {
			return found, 0, fmt.Errorf("read the lives of this node: %w", err)
		}
		l.epoch = event.Epoch(e)
		all = append(all, l)
	}
	if err := rows.Err(); err != nil || len(all) == 0 {
		return found, 0, err
	}
	at := max(0, slices.IndexFunc(all, func(l life) bool { return l.epoch == epoch }))
	if at+1 < len(all) {
		next = all[at+1].epoch
	}
	return all[at], next, nil
}

func concernsHall(body []byte, id hall.ID) bool {
	e, err := event.Decode(body)
	if err != nil {
		return false
	}
	step, err := intake.ReadStep(e)
	return err == nil && step.Hall == id
}

// Calendar is the one that the days of applications are counted on.
func (s *Store) Calendar() *intake.Calendar { return s.calendar }
