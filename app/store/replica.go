package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onewindow/app/hall"
)

// replicaPause is how long replicas gather before they are committed.
const replicaPause = time.Second

// ErrReplica says that replicas which were not committed yet had to be taken
// back: whoever brought them reads the cursor and fetches them again.
var ErrReplica = errors.New("replicas were taken back: fetch them again")

// replicate folds what can be fetched again into memory and leaves it in an open
// transaction. That is committed before the next own write, after replicaPause,
// and at the end, without waiting for the disk: a power cut takes back the
// replicas together with their cursor, and then they come again. A hall of a
// hundred terminals would else commit a hundred times for each step of a ticket.
func (s *Store) replicate(batch []job) {
	results := make([]error, len(batch))
	s.mu.Lock()
	err := s.gather(batch, results)
	if err != nil {
		s.takeBack(err)
		for i := range results {
			results[i] = fmt.Errorf("%w: %w", ErrReplica, err)
		}
	}
	s.mu.Unlock()
	for i, j := range batch {
		j.done(results[i])
	}
	if err == nil {
		s.Signal()
	}
}

func (s *Store) gather(batch []job, results []error) error {
	if s.lost {
		s.lost = false
		return errors.New("an earlier one failed")
	}
	if s.replica == nil {
		if err := s.mend(); err != nil {
			return err
		}
		if err := s.begin(context.Background(), "NORMAL"); err != nil {
			return err
		}
		s.replica = s.newTx()
	}
	for i, j := range batch {
		before := s.replica.Writes()
		results[i] = j.fn(s.replica)
		if err := s.replica.Fault(); err != nil {
			return err
		}
		if results[i] != nil && s.replica.Writes() != before {
			return fmt.Errorf("half done: %w", results[i])
		}
	}
	return nil
}

// endReplica commits the replicas that have gathered.
func (s *Store) endReplica() {
	if s.replica == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.replica.flush()
	if err == nil {
		err = s.run("COMMIT")
	}
	if err == nil {
		s.keepRecent(s.replica.Rows, s.replica.Passed)
	}
	if err != nil {
		s.takeBack(err)
		s.lost = true
		return
	}
	s.replica = nil
}

// takeBack undoes the open transaction and takes memory from the disk again.
func (s *Store) takeBack(err error) {
	s.replica = nil
	// The transaction may have ended with the failure; then there is nothing to roll back.
	_, _ = s.conn.ExecContext(context.Background(), "ROLLBACK")
	s.broken = err
	if s.load() == nil {
		s.broken = nil
	}
}

// mend takes memory from the disk again: after a failure that kept it from being read,
// and when the clock has gone back to days that memory does not hold. A machine that
// booted in the wrong year would else give out today's numbers a second time.
func (s *Store) mend() error {
	if s.broken == nil && !s.behindMemory() {
		return nil
	}
	if err := s.load(); err != nil {
		return err
	}
	s.broken = nil
	return nil
}

// behindMemory tells that the clock stands before the first day of which memory has all
// tickets.
func (s *Store) behindMemory() bool { return s.firstDate() < s.node.From() }

// recollect shows today on the pages at once when the clock has gone back, not only after
// the next write. Where the disk cannot be read, the next commit tries again.
func (s *Store) recollect() {
	s.mu.RLock()
	back := s.broken == nil && s.behindMemory()
	s.mu.RUnlock()
	if !back {
		return
	}
	s.endReplica()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mend(); err != nil {
		s.broken = err
	}
}

// begin opens a transaction whose commit syncs as told.
func (s *Store) begin(ctx context.Context, synchronous string) error {
	if s.sync != synchronous {
		if _, err := s.conn.ExecContext(ctx, "PRAGMA synchronous = "+synchronous); err != nil {
			return fmt.Errorf("choose how to sync: %w", err)
		}
		s.sync = synchronous
	}
	if err := s.run("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// Tickets' rows are written when the log is projectEvents ahead of them or
// projectAge has passed, projectRows at a time with projectPause between, so that
// nobody who commits has to wait long; while a backlog comes in they wait for its end,
// as far as memory allows. A start reads at most that much of the log.
// In ten minutes most visits end, so that a row is written once and not five times.
const (
	projectEvents = 50_000
	projectBehind = 150_000 // also in the midst of a backlog
	projectAge    = 10 * time.Minute
	projectRows   = 200
	projectPause  = 50 * time.Millisecond
	bulkOver      = time.Second            // without bulk a backlog has ended
	projectLook   = 250 * time.Millisecond // how often is looked whether rows are due
)

// projection is the way of the tickets' rows behind the log.
type projection struct {
	pos   int64     // the log up to here is in the rows
	since time.Time // when the first ticket behind it changed; zero when none has
	list  []*hall.Ticket
	goal  int64 // where the rows are when list is written
}

// project brings the rows of tickets a step further, without waiting for the disk:
// the log makes them again. all tells to finish now, before the store closes. It
// tells whether rows are left to write.
func (s *Store) project(all bool) (left bool) {
	s.recollect()
	for more := s.behind(all); more; more = all && s.behind(all) {
		s.endReplica()
		s.mu.Lock()
		err := s.projectSome(&s.rows)
		if err != nil {
			// Nothing is lost: the log has it all, and memory is made from it again.
			s.takeBack(err)
		}
		s.mu.Unlock()
		if err != nil {
			return false
		}
	}
	return s.rows.list != nil
}

// behind tells whether there are rows to write now, and takes them.
func (s *Store) behind(all bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.rows
	if p.list == nil && s.broken == nil && s.due(all) {
		p.list, p.goal, p.since = s.node.TakeDirty(), s.node.Position(), time.Time{}
	}
	return p.list != nil
}

// due tells whether the rows are far enough behind to be written.
func (s *Store) due(all bool) bool {
	if !s.node.Behind() {
		return false
	}
	if s.rows.since.IsZero() {
		s.rows.since = time.Now()
	}
	limit := int64(projectEvents)
	if time.Since(s.lastBulk) < bulkOver {
		limit = projectBehind
	}
	return all || s.node.Position()-s.rows.pos >= limit || time.Since(s.rows.since) >= projectAge
}

func (s *Store) projectSome(p *projection) error {
	if err := s.begin(context.Background(), "NORMAL"); err != nil {
		return err
	}
	tx := s.newTx()
	n := min(projectRows, len(p.list))
	err := tx.flushTickets(p.list[:n])
	if done := n == len(p.list); done && err == nil {
		if err = tx.projected(p.goal); err == nil {
			err = tx.settle()
		}
	}
	if err == nil {
		err = s.run("COMMIT")
	}
	if err != nil {
		return err
	}
	if p.list = p.list[n:]; len(p.list) == 0 {
		p.list, p.pos = nil, p.goal
		s.node.Forget(s.firstDate())
	}
	return nil
}
