package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/wire"
)

// PendingOf lists applications on which an agency has something to do: those that were taken
// in its name, and those of the items that are its own by now. What is due first comes first,
// what nobody knows a day of behind it, what is only to be put away last.
func (s *Store) PendingOf(ctx context.Context, department string, items []hall.ItemCode, most int) ([]*intake.Case, error) {
	// Each of them is a stretch of an index, read no further than the list is long.
	var heads []head
	if department != "" { // empty is in whose name applications were taken before that was noted
		named, err := s.heads(ctx, "WHERE department = ? AND todo > 0 ORDER BY todo, due, number LIMIT ?", department, most)
		if err != nil {
			return nil, err
		}
		heads = named
	}
	for _, code := range items {
		more, err := s.heads(ctx, "WHERE item = ? AND todo > 0 ORDER BY todo, due, number LIMIT ?", string(code), most)
		if err != nil {
			return nil, err
		}
		heads = append(heads, more...)
	}
	slices.SortFunc(heads, func(a, b head) int {
		return cmp.Or(cmp.Compare(a.todo, b.todo), cmp.Compare(a.due, b.due), cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
	})
	heads = slices.Compact(heads)
	var list []*intake.Case
	for _, h := range heads[:min(most, len(heads))] {
		one, err := s.applications(ctx, "WHERE id = ?", string(h.id))
		if err != nil {
			return nil, err
		}
		list = append(list, one...)
	}
	return list, nil
}

// head is where an application stands in a list of what an office has to do.
type head struct {
	todo        int
	due, number string
	id          intake.ApplicationID
}

func (s *Store) heads(ctx context.Context, where string, args ...any) (list []head, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT todo, due, number, id FROM application "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is to do: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h head
		if err := rows.Scan(&h.todo, &h.due, &h.number, &h.id); err != nil {
			return nil, fmt.Errorf("list what is to do: %w", err)
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

// DueIn lists applications of a hall of which something is due until a day, what is due first
// comes first.
func (s *Store) DueIn(ctx context.Context, id hall.ID, until hall.Date, most int) ([]*intake.Case, error) {
	return s.applications(ctx, "WHERE hall = ? AND todo = 1 AND due <= ? ORDER BY due, number LIMIT ?", string(id), string(until), most)
}

// unansweredMost bounds how many applications are looked at in one turn.
const unansweredMost = 1000

// Unanswered lists what was received in a hall and of which nobody has said in time whether it
// is accepted: behind those whose last day is over also those of which nobody knows it, because
// the rules decide of each anyway (see intake.Calendar.Deem).
func (s *Store) Unanswered(ctx context.Context, id hall.ID, today hall.Date) ([]*intake.Case, error) {
	return s.applications(ctx, "WHERE hall = ? AND state = 'received' AND due < ? ORDER BY due DESC, id DESC LIMIT ?", string(id), string(today), unansweredMost)
}

// Amending lists the applications of a hall with an amendment that a second person has yet to check, the
// oldest first.
func (s *Store) Amending(ctx context.Context, id hall.ID, most int) ([]*intake.Case, error) {
	return s.applications(ctx, "WHERE hall = ? AND amending > 0 ORDER BY taken_at_ms LIMIT ?", string(id), most)
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
// was asked for where the end of a life is lost here, and Unknown where all of it is.
func (s *Store) Steps(ctx context.Context, id hall.ID, ask wire.StepsAsk, most int) (a wire.StepsAnswer, err error) {
	chain, next, err := s.ownLife(ctx, ask.Epoch)
	if err != nil {
		return a, err
	}
	a = wire.StepsAnswer{Epoch: chain.epoch, Upto: int64(ask.After)}
	if chain.epoch != ask.Epoch {
		a.Upto, a.Unknown = 0, ask.Epoch != 0
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

// StepsOf gives the steps of another node that are here, of one of its lives or, with 0, of all, behind
// a number of its chain.
func (s *Store) StepsOf(ctx context.Context, origin event.Origin, epoch event.Epoch, after int64) (list []intake.Noted, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT body FROM event WHERE chain IN (SELECT id FROM chain WHERE origin = ?1 AND (?2 = 0 OR epoch = ?2)) AND seq > ?3 AND fault IS NULL ORDER BY chain, seq",
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
