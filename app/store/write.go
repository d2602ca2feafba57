package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"onewindow/app/event"
	"onewindow/app/hall"
)

type job struct {
	fn   func(*Tx) error
	done func(error)
	// again tells that what it writes can be fetched again: see Replicate.
	again bool
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
	select {
	case <-s.closed:
		return ErrClosed
	default:
	}
	select {
	case s.jobs <- j:
		return nil
	case <-s.closed:
		return ErrClosed
	}
}

// write is the one writer: it takes what waits, commits once, answers all.
func (s *Store) write() {
	defer s.ended.Done()
	batch := make([]job, 0, s.opt.MaxBatch)
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for {
		batch = batch[:0]
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		case <-due.C:
			s.turn.Lock()
			s.endReplica()
			s.turn.Unlock()
			continue
		case <-s.closed:
			s.turn.Lock()
			s.endReplica()
			s.turn.Unlock()
			for {
				select {
				case j := <-s.jobs:
					j.done(ErrClosed)
				default:
					return
				}
			}
		}
		s.turn.Lock()
		for more := true; more && len(batch) < s.opt.MaxBatch; {
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
		s.signal()
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
		before := tx.writes
		results[i] = j.fn(tx)
		if results[i] != nil && (tx.writes != before || tx.fault != nil) {
			return false, fmt.Errorf("half done: %w", results[i])
		}
	}
	if tx.fault != nil {
		return false, tx.fault
	}
	if tx.writes == 0 {
		return false, nil
	}
	if err := tx.flush(); err != nil {
		return false, err
	}
	if err := s.run("COMMIT"); err != nil {
		return false, fmt.Errorf("commit: %w", err)
	}
	return true, nil
}

// Tx is the writer's hand during one commit. It is only valid inside its function.
type Tx struct {
	s       *Store
	rows    []row // own events and accepted pushes: a conflict is a fault
	passed  []row // events of the feed: known ones change nothing
	answers []any // request ids and their answers in turn
	touched map[hall.TicketID]*hall.Ticket
	taps    map[hall.TicketID]string // requests of the tickets issued in this commit
	chains  map[chainID]*chain
	writes  int
	fault   error
}

type row struct {
	pos     int64
	id      event.ID
	kind    event.Kind
	lasting bool
	fault   any
	hash    event.Hash
	body    []byte
}

// Hall gives a hall as it stands within this commit, for decisions.
func (tx *Tx) Hall(id hall.ID) *hall.Hall { return tx.s.hall(id) }

func (s *Store) hall(id hall.ID) *hall.Hall {
	h := s.halls[id]
	if h == nil {
		h = hall.New(id)
		h.Missing = s.bringBack
		s.halls[id] = h
	}
	return h
}

// Append notes an own event: it takes the next sequence number, is chained and
// folded, and is saved when the commit is. The returned body is its canonical bytes.
func (tx *Tx) Append(kind event.Kind, payload any) (e event.Event, body []byte, err error) {
	s := tx.s
	c := s.chain(chainID{s.opt.Origin, s.epoch})
	s.last = s.last.After(s.opt.Now())
	e = event.Event{ID: event.ID{Origin: s.opt.Origin, Epoch: s.epoch, Seq: c.seq + 1}, At: s.last, Kind: kind, Payload: hall.Payload(payload)}
	body = e.Encode()
	if len(e.Payload) > event.MaxPayload {
		return e, nil, fmt.Errorf("note %s: %d bytes are over the limit of %d", kind, len(e.Payload), event.MaxPayload)
	}
	// What is written must be readable: the same code reads it back at once.
	if _, err := event.Decode(body); err != nil {
		return e, nil, fmt.Errorf("note %s: %w", kind, err)
	}
	if err := tx.fold(e); err != nil {
		return e, nil, fmt.Errorf("note %s: %w", kind, err)
	}
	sum := event.Sum(body)
	tx.put(row{id: e.ID, kind: kind, lasting: lasting(kind), hash: sum, body: body})
	// The own chain is not written here: load makes it from the events behind its last row.
	c.seq, c.head = e.Seq, event.Chain(c.head, sum)
	return e, body, nil
}

func (tx *Tx) put(r row) {
	tx.s.pos++
	r.pos = tx.s.pos
	tx.rows = append(tx.rows, r)
	tx.writes++
	if r.kind == hall.KindIssued {
		tx.s.remember(r)
	}
}

// freshTickets is how many tickets' events stay at hand for the allocator: a
// counter that is further behind than this fetches them itself.
const freshTickets = 1024

func (s *Store) remember(r row) {
	if len(s.freshIDs) == freshTickets {
		delete(s.fresh, s.freshIDs[0])
		s.freshIDs = s.freshIDs[1:]
	}
	s.fresh[r.id] = r.body
	s.freshIDs = append(s.freshIDs, r.id)
}

// lasting kinds are folded again at every start; ticket events are not, because
// their fold is kept as rows.
func lasting(k event.Kind) bool {
	return strings.HasPrefix(string(k), "window.") || strings.HasPrefix(string(k), "block.") ||
		strings.HasPrefix(string(k), "device.") || strings.HasPrefix(string(k), "clerk.")
}

// Exec runs one statement inside the commit, for projections.
func (tx *Tx) Exec(query string, args ...any) error {
	st, err := tx.s.stmt(query)
	if err == nil {
		_, err = st.ExecContext(context.Background(), args...)
	}
	if err != nil {
		tx.fault = fmt.Errorf("write: %w", err)
		return tx.fault
	}
	tx.writes++
	return nil
}

// Query reads one row inside the commit. The error is sql.ErrNoRows when there is none.
func (tx *Tx) Query(query string, args []any, dest ...any) error {
	st, err := tx.s.stmt(query)
	if err != nil {
		return err
	}
	return st.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// Answered gives the kept answer of a request, false when it is new.
func (tx *Tx) Answered(request string) ([]byte, bool, error) {
	for i := 0; i < len(tx.answers); i += 2 {
		if tx.answers[i] == request {
			return tx.answers[i+1].([]byte), true, nil
		}
	}
	var answer []byte
	err := tx.Query("SELECT answer FROM request WHERE id = ?", []any{request}, &answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return answer, err == nil, err
}

// IssuedFor gives the event of the ticket that a request was issued, false when
// the request is new.
func (tx *Tx) IssuedFor(request string) (event.ID, bool) {
	id, ok := tx.s.taps[request]
	if !ok {
		return event.ID{}, false
	}
	t := tx.s.hall(hall.ID(tx.s.opt.Origin.Hall())).Ticket(id)
	if t == nil {
		return event.ID{}, false
	}
	source, err := event.ParseID(t.Source)
	return source, err == nil
}

// Issue notes a ticket for a request: both are one commit, in one row.
func (tx *Tx) Issue(request string, f hall.Issued) (event.Event, error) {
	e, _, err := tx.Append(hall.KindIssued, f)
	if err != nil {
		return e, err
	}
	tx.s.taps[request] = f.Ticket
	tx.taps[f.Ticket] = request
	return e, nil
}

// Answer keeps the answer of a request in the same commit.
func (tx *Tx) Answer(request string, answer []byte) error {
	tx.answers = append(tx.answers, request, answer)
	tx.writes++
	return nil
}

// run runs a statement without arguments; it is prepared once.
func (s *Store) run(query string) error {
	st, err := s.stmt(query)
	if err == nil {
		_, err = st.ExecContext(context.Background())
	}
	return err
}

func (s *Store) stmt(query string) (*sql.Stmt, error) {
	if st := s.prep[query]; st != nil {
		return st, nil
	}
	st, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60s: %w", query, err)
	}
	s.prep[query] = st
	return st, nil
}

// flush writes what the commit gathered: events in packs, each touched ticket
// and chain once.
func (tx *Tx) flush() error {
	if err := tx.flushRows(tx.rows, ""); err != nil {
		return err
	}
	if err := tx.flushRows(tx.passed, " ON CONFLICT (origin, epoch, seq) DO NOTHING"); err != nil {
		return err
	}
	if err := tx.packed("INSERT INTO request (id, answer) VALUES ", 2, tx.answers, ""); err != nil {
		return err
	}
	tickets := make([]any, 0, 8*len(tx.touched))
	for _, t := range tx.touched {
		var tap any
		if request, ok := tx.taps[t.Ticket]; ok {
			tap = request
		}
		tickets = append(tickets, string(t.Ticket), string(t.Hall), string(t.Date), string(t.Number), string(t.Service), string(t.State), t.Row(), tap)
	}
	err := tx.packed("INSERT INTO ticket (id, hall, date, number, service, state, row, request) VALUES ", 8, tickets,
		" ON CONFLICT (id) DO UPDATE SET hall=excluded.hall, date=excluded.date, number=excluded.number, service=excluded.service, state=excluded.state, row=excluded.row")
	if err != nil {
		return err
	}
	for _, c := range tx.chains {
		if err := tx.Exec(`INSERT INTO chain (origin, epoch, seq, head, signed_seq, sig, up_seq, up_head, centre_seq) VALUES (?,?,?,?,?,?,?,?,?)
			ON CONFLICT (origin, epoch) DO UPDATE SET seq=excluded.seq, head=excluded.head, signed_seq=excluded.signed_seq, sig=excluded.sig,
			up_seq=excluded.up_seq, up_head=excluded.up_head, centre_seq=excluded.centre_seq`,
			string(c.id.origin), int64(c.id.epoch), int64(c.seq), c.head[:], int64(c.signed), c.sig, int64(c.up), c.upHead[:], int64(c.centre)); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) flushRows(list []row, tail string) error {
	args := make([]any, 0, 9*len(list))
	for i := range list {
		r := &list[i]
		mark := int64(0)
		if r.lasting {
			mark = 1
		}
		args = append(args, r.pos, string(r.id.Origin), int64(r.id.Epoch), int64(r.id.Seq), string(r.kind), mark, r.fault, r.hash[:], r.body)
	}
	return tx.packed("INSERT INTO event (pos, origin, epoch, seq, kind, lasting, fault, hash, body) VALUES ", 9, args, tail)
}

// packed runs a many-row statement in packs of 64, 8 and 1 rows, so that three
// prepared statements serve every size.
func (tx *Tx) packed(head string, width int, args []any, tail string) error {
	for len(args) > 0 {
		rows := 64
		for rows > 1 && len(args) < rows*width {
			rows /= 8
		}
		one := ",(" + strings.Repeat(",?", width)[1:] + ")"
		if err := tx.Exec(head+strings.Repeat(one, rows)[1:]+tail, args[:rows*width]...); err != nil {
			return err
		}
		args = args[rows*width:]
	}
	return nil
}

// diskRefusal tells a full disk from every other failure.
func diskRefusal(err error) *event.Refusal {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL || strings.Contains(err.Error(), "no space left") {
		return event.DiskFull
	}
	return event.NotSaved
}

// Fresh tells that this epoch has no own event yet.
func (tx *Tx) Fresh() bool { return tx.s.chain(chainID{tx.s.opt.Origin, tx.s.epoch}).seq == 0 }
