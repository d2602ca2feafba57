package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"onewindow/app/event"
	"onewindow/sync/core"
)

type job struct {
	fn   func(*Tx) error
	done func(error)
	// again tells that what it writes can be fetched again: see Replicate.
	again bool
	// bulk tells that it writes many rows and nobody stands waiting for it.
	bulk bool
}

// ErrClosed says that the store is closed.
var ErrClosed = errors.New("the database is closed")

// Write runs fn in the writer and returns when what it did is committed. fn must
// decide before it appends: an error after an append fails everything that
// shares the commit. Errors of the disk come as event.DiskFull or event.NotSaved.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return s.wait(ctx, job{fn: fn})
}

// Replicate is Write for what can be fetched again: the feed of the hub, and how
// far the place above has confirmed. It returns when memory has it; see replicate.
// ErrReplica says that earlier replicas were taken back: read the cursor again.
func (s *Store) Replicate(ctx context.Context, fn func(*Tx) error) error {
	return s.wait(ctx, job{fn: fn, again: true})
}

func (s *Store) wait(ctx context.Context, j job) error {
	// Nobody writes and nobody waits: the caller is the writer itself, which
	// spares a person's commit two hand-overs between goroutines.
	if !j.again && len(s.jobs) == 0 && s.turn.TryLock() {
		defer s.turn.Unlock()
		select {
		case <-s.closed:
			return ErrClosed
		default:
		}
		var result error
		j.done = func(err error) { result = err }
		s.endReplica()
		s.commit([]job{j})
		return result
	}
	result := make(chan error, 1)
	j.done = func(err error) { result <- err }
	if err := s.queue(j); err != nil {
		return err
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
}

// Submit queues fn and calls done after the commit, from the writer's goroutine:
// done must not block.
func (s *Store) Submit(fn func(*Tx) error, done func(error)) error {
	return s.queue(job{fn: fn, done: done})
}

func (s *Store) queue(j job) error {
	into := s.jobs
	if j.bulk {
		into = s.bulk
	}
	select {
	case <-s.closed:
		return ErrClosed
	default:
	}
	select {
	case into <- j:
		return nil
	case <-s.closed:
		return ErrClosed
	}
}

// bulkPassed is how many commits of others may pass bulk that waits.
const bulkPassed = 8

// write is the one writer: it takes what waits, commits once, answers all. Bulk has a
// commit of its own and only when nobody else waits: while a hall brings three days, a
// call waits for one portion of it and not for all that is under way.
func (s *Store) write() {
	defer s.ended.Done()
	batch := make([]job, 0, s.opt.MaxBatch)
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	behind := time.NewTimer(projectLook)
	defer behind.Stop()
	for passed := 0; ; passed++ {
		batch = batch[:0]
		first := s.jobs
		if passed >= bulkPassed {
			first = s.bulk // bulk has waited long enough
		}
		select {
		case j := <-first:
			batch = append(batch, j)
		default:
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			case j := <-s.bulk:
				batch = append(batch, j)
			case <-due.C:
				s.alone(s.endReplica)
				continue
			case <-behind.C:
				pause := projectLook
				s.alone(func() {
					if s.project(false) {
						pause = projectPause
					}
				})
				behind.Reset(pause)
				continue
			case <-s.closed:
				s.alone(func() { s.endReplica(); s.project(true) })
				s.refuseAll()
				return
			}
		}
		if batch[0].bulk {
			passed, s.lastBulk = 0, time.Now()
		}
		s.turn.Lock()
		for more := !batch[0].bulk; more && len(batch) < s.opt.MaxBatch; {
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			default:
				more = false
			}
		}
		if slices.ContainsFunc(batch, func(j job) bool { return !j.again }) {
			s.endReplica()
			s.commit(batch)
			s.turn.Unlock()
			continue
		}
		begun := s.replica != nil
		s.replicate(batch)
		if !begun && s.replica != nil {
			due.Reset(replicaPause)
		}
		s.turn.Unlock()
	}
}

// alone does something in the writer's turn.
func (s *Store) alone(do func()) {
	s.turn.Lock()
	defer s.turn.Unlock()
	do()
}

// refuseAll answers what still waits when the store closes.
func (s *Store) refuseAll() {
	for {
		select {
		case j := <-s.jobs:
			j.done(ErrClosed)
		case j := <-s.bulk:
			j.done(ErrClosed)
		default:
			return
		}
	}
}

func (s *Store) commit(batch []job) {
	results := make([]error, len(batch))
	s.mu.Lock()
	changed, err := s.transact(batch, results)
	if err != nil {
		// Memory may be ahead of the disk: take it from the disk again.
		s.broken = err
		if reload := s.load(); reload == nil {
			s.broken = nil
		}
		refusal := diskRefusal(err)
		s.full.Store(errors.Is(refusal, event.DiskFull))
		for i := range results {
			results[i] = fmt.Errorf("%w: %w", refusal, err)
		}
	} else if changed {
		s.full.Store(false)
	}
	s.mu.Unlock()
	for i, j := range batch {
		j.done(results[i])
	}
	if changed && err == nil {
		s.Signal()
	}
}

// transact runs a batch in one transaction. results holds the refusals of
// single jobs; the error is of the whole transaction.
func (s *Store) transact(batch []job, results []error) (changed bool, err error) {
	if err := s.mend(); err != nil {
		return false, err
	}
	ctx := context.Background()
	if err := s.begin(ctx, s.opt.Synchronous); err != nil {
		return false, err
	}
	defer func() {
		if err != nil || !changed {
			_, rollback := s.conn.ExecContext(ctx, "ROLLBACK")
			if rollback != nil && err != nil && !strings.Contains(rollback.Error(), "no transaction") {
				err = errors.Join(err, fmt.Errorf("roll back: %w", rollback))
			}
		}
	}()
	tx := s.newTx()
	for i, j := range batch {
		before := tx.Writes()
		results[i] = j.fn(tx)
		if results[i] != nil && (tx.Writes() != before || tx.Fault() != nil) {
			return false, fmt.Errorf("half done: %w", results[i])
		}
	}
	if err := tx.Fault(); err != nil {
		return false, err
	}
	if tx.Writes() == 0 {
		return false, nil
	}
	if err := tx.flush(); err != nil {
		return false, err
	}
	if err := s.run("COMMIT"); err != nil {
		return false, fmt.Errorf("commit: %w", err)
	}
	s.keepRecent(tx.Rows, tx.Passed)
	return true, nil
}

// Tx is the writer's hand during one commit: what the core decides, and the
// driver's own statements. It is only valid inside its function.
type Tx struct {
	*core.Tx
	s *Store
}

func (s *Store) newTx() *Tx {
	tx := &Tx{s: s}
	tx.Tx = s.node.Begin(disk{s}, s.opt.Now, tx.also)
	return tx
}

// Exec runs one statement inside the commit, for projections.
func (tx *Tx) Exec(query string, args ...any) error {
	if err := tx.s.hand.exec(query, args...); err != nil {
		return tx.Fail(fmt.Errorf("write: %w", err))
	}
	tx.Wrote()
	return nil
}

// Query reads one row inside the commit. The error is sql.ErrNoRows when there is none.
func (tx *Tx) Query(query string, args []any, dest ...any) error {
	return tx.s.hand.QueryRowContext(context.Background(), query, args...).Scan(dest...)
}

// run runs a statement without arguments; it is prepared once.
func (s *Store) run(query string) error { return s.hand.exec(query) }

// diskRefusal tells a full disk from every other failure.
func diskRefusal(err error) *event.Refusal {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL || strings.Contains(err.Error(), "no space left") {
		return event.DiskFull
	}
	return event.NotSaved
}
