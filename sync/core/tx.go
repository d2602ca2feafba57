package core

import (
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Disk is what a decision reads of the database that it will be written to, as of
// before the transaction under way.
type Disk interface {
	// Sums gives the hashes of a chain's events from and upto included, without gaps;
	// fewer when the log ends before.
	Sums(id ChainID, from, upto event.Seq) ([]event.Hash, error)
	// Bodies gives the bytes of a chain's events from and upto included.
	Bodies(id ChainID, from, upto event.Seq) ([][]byte, error)
	// Known gives the hashes of those of a chain's events from and upto included that
	// are in the log, with whatever gaps.
	Known(id ChainID, from, upto event.Seq) (map[event.Seq]event.Hash, error)
	// Stray gives the bytes of an event whose number another one has, by its hash.
	Stray(sum event.Hash) ([]byte, error)
	// Granted gives the bytes of the call that this place granted to a request; nil when it
	// granted none.
	Granted(request string) ([]byte, error)
	// Answer gives the kept answer of a request, nil when it is new.
	Answer(request string) ([]byte, error)
}

// Row is an event as the log keeps it.
type Row struct {
	Pos     int64
	ID      event.ID
	Kind    event.Kind
	Lasting bool
	// Stray tells that another event has this number: see Take.
	Stray bool
	Fault string
	// Request is what a ticket was issued for, or a call granted, here; empty for everything else.
	Request string
	Hash    event.Hash
	Body    []byte
}

// Kept is a frame or event that could not be taken, byte for byte.
type Kept struct {
	Hash   event.Hash
	Origin event.Origin
	Reason string
	Body   []byte
}

// Reply is a request and the answer that was decided for it.
type Reply struct {
	Request string
	Body    []byte
}

// Cursor is how far a node has read the feed of a source. Since is the first business
// day whose tickets are all here, where earlier ones were left out (see Sieve); empty
// when nothing was.
type Cursor struct {
	Epoch event.Epoch
	Pos   int64
	Since hall.Date
}

// Tx gathers what one commit will write. Memory is ahead of the disk from the
// first change on: the driver writes everything below in one transaction, or takes
// the memory from the disk again.
type Tx struct {
	n    *Node
	disk Disk
	now  func() int64
	also func(event.Event) error

	Rows    []Row // own events and accepted pushes
	Passed  []Row // events of a feed: those that are there already stay
	Answers []Reply
	Chains  map[ChainID]*Chain
	Aside   []Kept
	Cursors map[string]Cursor
	Days    []Day // those that nothing was in the log of before
	// Epoch is set when the node began a new life in this commit.
	Epoch event.Epoch

	writes int
	fault  error
}

// Begin starts gathering a commit. now is the wall clock in ms; also, when not
// nil, is called with every event that is folded, for further projections.
func (n *Node) Begin(disk Disk, now func() int64, also func(event.Event) error) *Tx {
	n.broken = nil
	return &Tx{n: n, disk: disk, now: now, also: also}
}

// Node is the memory that the commit changes.
func (tx *Tx) Node() *Node { return tx.n }

// Writes counts what was gathered: 0 means that there is nothing to commit.
func (tx *Tx) Writes() int { return tx.writes }

// Wrote counts something that the driver itself writes in this commit.
func (tx *Tx) Wrote() { tx.writes++ }

// Fault is why the commit must not be made; nil when it may.
func (tx *Tx) Fault() error { return tx.fault }

// Fail makes the commit impossible and gives the error back.
func (tx *Tx) Fail(err error) error { return tx.fail(err) }

func (tx *Tx) fail(err error) error {
	if tx.fault == nil {
		tx.fault = err
	}
	return err
}

// Hall gives a hall as it stands within this commit, for decisions.
func (tx *Tx) Hall(id hall.ID) *hall.Hall { return tx.n.hall(id) }

// Fresh tells that this database has noted nothing of its own yet.
func (tx *Tx) Fresh() bool { return tx.n.OwnSeq() == 0 }

// Life is Node.Life.
func (tx *Tx) Life() string { return tx.n.Life() }

// Append notes an own event: it takes the next sequence number, is chained and
// folded, and is saved when the commit is. The returned body is its canonical bytes.
func (tx *Tx) Append(kind event.Kind, payload any) (e event.Event, body []byte, err error) {
	return tx.append(kind, hall.Payload(payload), payload)
}

// append takes the fact beside its encoding; nil where it has to be decoded.
func (tx *Tx) append(kind event.Kind, payload []byte, fact any) (e event.Event, body []byte, err error) {
	n := tx.n
	c := n.chain(ChainID{n.Origin, n.epoch})
	n.last = n.last.After(tx.now())
	e = event.Event{ID: event.ID{Origin: n.Origin, Epoch: n.epoch, Seq: c.Seq + 1}, At: n.last, Kind: kind, Payload: payload}
	body = e.Encode()
	if len(e.Payload) > event.MaxPayload {
		return e, nil, fmt.Errorf("note %s: %d bytes are over the limit of %d", kind, len(e.Payload), event.MaxPayload)
	}
	// What is written must be readable: the same code reads it back at once.
	if _, err := event.Decode(body); err != nil {
		return e, nil, fmt.Errorf("note %s: %w", kind, err)
	}
	fact, err = tx.fold(e, fact)
	if err != nil {
		return e, nil, fmt.Errorf("note %s: %w", kind, err)
	}
	sum := event.Sum(body)
	tx.put(Row{ID: e.ID, Kind: kind, Lasting: Lasting(kind), Hash: sum, Body: body}, fact)
	// The own chain's row is not written here: it is made from the events behind it at the next start.
	c.Seq, c.Head = e.Seq, event.Chain(c.Head, sum)
	return e, body, nil
}

func (tx *Tx) put(r Row, fact any) {
	tx.n.pos++
	r.Pos = tx.n.pos
	tx.dated(r.Kind, fact, r.Pos)
	tx.Rows = append(tx.Rows, r)
	tx.writes++
	if r.Kind == hall.KindIssued && r.Fault == "" {
		tx.n.remember(r)
	}
}

// fold brings an event into memory and into the projections of this commit; fact is
// what its payload encodes, nil when it has to be decoded. It gives the fact.
func (tx *Tx) fold(e event.Event, fact any) (any, error) {
	r := read{outer: e, inner: e, fact: fact}
	var err error
	if r.inner, err = e.Inner(); err != nil {
		return nil, err
	}
	if fact == nil {
		if r.fact, err = hall.Read(r.inner); err != nil {
			return nil, err
		}
	}
	return r.fact, tx.foldRead(r)
}

func (tx *Tx) foldRead(r read) error {
	err := tx.n.fold(r)
	if tx.n.broken != nil {
		return tx.fail(tx.n.broken)
	}
	if err == nil && tx.also != nil {
		err = tx.also(r.inner)
	}
	return err
}

// receive notes one event of another origin: folded when it can be, kept in any case.
func (tx *Tx) receive(id event.ID, body []byte, sum event.Hash, e read) {
	r := Row{ID: id, Hash: sum, Body: body}
	switch {
	case e.outer.Kind == "":
		r.Fault = e.err.Error()
	case e.outer.ID != id:
		r.Fault = fmt.Sprintf("says of itself that it is %s", e.outer.ID)
	default:
		r.Kind, r.Lasting = e.outer.Kind, Lasting(e.outer.Kind)
		err := e.err
		if err == nil {
			err = tx.n.misplaced(e)
		}
		if err == nil {
			err = tx.foldRead(e)
		}
		if err != nil {
			r.Fault, r.Lasting = err.Error(), false
		}
	}
	tx.put(r, e.fact)
}

// Take notes an event that another place passed on. What cannot be read or folded is
// kept with its fault and the rest goes on. An event that is here already changes
// nothing; one whose number another event has (a copied or rolled-back device wrote
// twice under it) is kept and folded too, as a stray.
func (tx *Tx) Take(body []byte) error { return tx.take(body, nil) }

// take is Take with the hashes of this node's own events that may come back.
func (tx *Tx) take(body []byte, own map[event.Seq]event.Hash) error {
	if tx.echo(body) {
		return nil
	}
	e, err := event.Decode(body)
	if err != nil {
		return tx.keep(Kept{Hash: event.Sum(body), Reason: err.Error(), Body: body})
	}
	c := tx.n.chain(ChainID{e.Origin, e.Epoch})
	r := Row{ID: e.ID, Kind: e.Kind, Lasting: Lasting(e.Kind), Hash: event.Sum(body), Body: body}
	if e.Seq <= max(c.Seq, c.Loose) {
		have, known := own[e.Seq]
		if !known || e.Origin != tx.n.Origin || e.Epoch != tx.n.epoch {
			if have, known, err = tx.known(c.ID, e.Seq); err != nil {
				return err
			}
		}
		if _, stray := tx.n.strays[r.Hash]; stray || known && have == r.Hash {
			return nil
		}
		r.Stray = known
	} else if e.Origin == tx.n.Origin && e.Epoch == tx.n.epoch {
		// Somebody has written on under this device's name.
		r.Stray = true
	}
	if r.Stray {
		tx.n.strays[r.Hash] = r.ID
		if e.Origin == tx.n.Origin && e.Epoch == tx.n.epoch && !c.Forked {
			c.Forked = true
			tx.mark(c)
		}
	} else {
		c.Loose = max(c.Loose, e.Seq)
	}
	in := readEvent(body)
	err = in.err
	if err == nil {
		err = tx.n.misplaced(in)
	}
	if err == nil {
		err = tx.foldRead(in)
	}
	if err != nil {
		if tx.fault != nil {
			return err
		}
		r.Fault, r.Lasting = err.Error(), false
	}
	tx.n.pos++
	r.Pos = tx.n.pos
	tx.dated(r.Kind, in.fact, r.Pos)
	tx.Passed = append(tx.Passed, r)
	tx.writes++
	return nil
}

// echo tells that an event is an own one that the place above has confirmed: its chain
// agrees with this one up to there, so that it needs no second look.
func (tx *Tx) echo(body []byte) bool {
	id, ok := event.Peek(body)
	if !ok || id.Origin != tx.n.Origin || id.Epoch != tx.n.epoch {
		return false
	}
	c := tx.n.chains[ChainID{id.Origin, id.Epoch}]
	return c != nil && id.Seq <= c.Up && c.UpEpoch == tx.n.above && !c.Forked
}

// known finds the hash of an event in the log and in this commit.
func (tx *Tx) known(id ChainID, seq event.Seq) (event.Hash, bool, error) {
	for _, list := range [][]Row{tx.Rows, tx.Passed} {
		for i := range list {
			if r := &list[i]; !r.Stray && r.ID == (event.ID{Origin: id.Origin, Epoch: id.Epoch, Seq: seq}) {
				return r.Hash, true, nil
			}
		}
	}
	known, err := tx.disk.Known(id, seq, seq)
	if err != nil {
		return event.Hash{}, false, tx.fail(err)
	}
	have, ok := known[seq]
	return have, ok, nil
}

// TakeFeed folds a feed and moves the cursor, which its follower gives, in the same
// commit. Events that are here already change nothing.
func (tx *Tx) TakeFeed(source string, f wire.Feed, at Cursor) error {
	own, err := tx.ownAmong(f.Bodies)
	if err != nil {
		return err
	}
	for _, body := range f.Bodies {
		if err := tx.take(body, own); err != nil {
			return err
		}
	}
	tx.Marked(f.Marks)
	if tx.n.above != 0 {
		tx.n.above = f.Epoch // a hub that began another life may lack what it confirmed
	}
	tx.reach(source, at)
	return nil
}

// reach notes how far the feed of a source is read.
func (tx *Tx) reach(source string, at Cursor) {
	if tx.Cursors == nil {
		tx.Cursors = map[string]Cursor{}
	}
	tx.Cursors[source] = at
	tx.writes++
}

// ownAmong reads the hashes of the own events that a feed brings back, in one go.
func (tx *Tx) ownAmong(bodies [][]byte) (map[event.Seq]event.Hash, error) {
	from, upto := event.Seq(0), event.Seq(0)
	for _, body := range bodies {
		if id, ok := event.Peek(body); ok && id.Origin == tx.n.Origin && id.Epoch == tx.n.epoch && !tx.echo(body) {
			if from == 0 || id.Seq < from {
				from = id.Seq
			}
			upto = max(upto, id.Seq)
		}
	}
	if from == 0 {
		return nil, nil
	}
	own, err := tx.disk.Known(ChainID{tx.n.Origin, tx.n.epoch}, from, upto)
	if err != nil {
		return nil, tx.fail(err)
	}
	return own, nil
}

// Quarantine keeps a whole frame that its sender may not bring.
func (tx *Tx) Quarantine(p wire.Push, reason string) error { return tx.aside(p, reason) }

// aside keeps a whole frame that could not be taken into a chain.
func (tx *Tx) aside(p wire.Push, reason string) error {
	body := p.Encode()
	return tx.keep(Kept{Hash: event.Sum(body), Origin: p.Origin, Reason: reason, Body: body})
}

func (tx *Tx) keep(k Kept) error {
	tx.Aside = append(tx.Aside, k)
	tx.writes++
	return nil
}

// sums gives the hashes of a chain's events, those of this very commit included.
func (tx *Tx) sums(id ChainID, from, upto event.Seq) ([]event.Hash, error) {
	out, err := tx.disk.Sums(id, from, upto)
	if err != nil {
		return nil, err
	}
	next := from + event.Seq(len(out))
	for i := range tx.Rows {
		if r := &tx.Rows[i]; next <= upto && r.ID == (event.ID{Origin: id.Origin, Epoch: id.Epoch, Seq: next}) {
			out = append(out, r.Hash)
			next++
		}
	}
	return out, nil
}

// Answered gives the answer that a request was given, false when it is new.
func (tx *Tx) Answered(request string) ([]byte, bool, error) {
	for i := range tx.Answers {
		if tx.Answers[i].Request == request {
			return tx.Answers[i].Body, true, nil
		}
	}
	answer, err := tx.disk.Answer(request)
	if err != nil {
		return nil, false, tx.fail(err)
	}
	return answer, answer != nil, nil
}

// Answer keeps the answer of a request in the same commit.
func (tx *Tx) Answer(request string, answer []byte) error {
	tx.Answers = append(tx.Answers, Reply{request, answer})
	tx.writes++
	return nil
}

// IssuedFor gives the event of the ticket that a request was issued, false when
// the request is new.
func (tx *Tx) IssuedFor(request string) (event.ID, bool) {
	id, ok := tx.n.taps[request]
	return id, ok
}

// Issue notes a ticket for a request: both are one commit, in one row.
func (tx *Tx) Issue(request string, f hall.Issued) (event.Event, error) {
	e, _, err := tx.Append(hall.KindIssued, f)
	if err != nil {
		return e, err
	}
	tx.n.RestoreTap(request, e.ID)
	tx.Rows[len(tx.Rows)-1].Request = request
	return e, nil
}

// Source gives the event that a ticket was made by, where a terminal may not have
// it yet: the kiosk's own; nil for a ticket that is only known from its paper.
func (tx *Tx) Source(h hall.ID, id hall.TicketID) ([]byte, error) {
	t := tx.n.hall(h).Ticket(id)
	if t == nil {
		return nil, nil
	}
	source, err := event.ParseID(t.Source)
	if err != nil {
		return nil, nil // moves came before the ticket itself: there is nothing to bring
	}
	if body := tx.n.fresh[source]; body != nil {
		return body, nil
	}
	if len(tx.n.freshIDs) == freshTickets {
		return nil, nil // an old ticket: the feed has told it long ago
	}
	return tx.body(source)
}

// body gives an event of the log, one of this very commit too; nil when it is not there.
func (tx *Tx) body(id event.ID) ([]byte, error) {
	for i := range tx.Rows {
		if tx.Rows[i].ID == id {
			return tx.Rows[i].Body, nil
		}
	}
	list, err := tx.disk.Bodies(ChainID{id.Origin, id.Epoch}, id.Seq, id.Seq)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// errNotForked says that a new life was asked for without need.
var errNotForked = errors.New("this database has no fork")

// Renew begins a new life of this database under epoch, after a fork: the old
// chain ends here, and what of it the centre has not confirmed is noted again,
// each event as it was, wrapped in one of the new chain. So nothing that was noted
// is lost, and nothing is written under a number that another history uses. That the
// place above has confirmed more does not count: a hub that lost its disk may have taken
// this history before it heard from the centre of the other one, and cannot bring it up.
func (tx *Tx) Renew(epoch event.Epoch, d hall.Device) error {
	n := tx.n
	old := n.chains[ChainID{n.Origin, n.epoch}]
	if old == nil || !old.Forked || epoch == 0 || epoch == n.epoch {
		return tx.fail(errNotForked)
	}
	n.epoch, tx.Epoch, n.ready, n.readyOn = epoch, epoch, false, ""
	d.Forked = true
	if _, _, err := tx.Append(hall.KindDevice, d); err != nil {
		return tx.fail(err)
	}
	for seq := min(old.Up, old.Centre) + 1; seq <= old.Seq; {
		bodies, err := tx.disk.Bodies(old.ID, seq, min(old.Seq, seq+999))
		if err != nil || len(bodies) == 0 {
			return tx.fail(fmt.Errorf("read %s:%s from %d: %d rows: %w", old.ID.Origin, old.ID.Epoch, seq, len(bodies), err))
		}
		for _, body := range bodies {
			e, err := event.Decode(body)
			if err != nil {
				return tx.fail(err)
			}
			kind, payload := e.Carry(body)
			if _, _, err := tx.append(kind, payload, nil); err != nil {
				return tx.fail(err)
			}
		}
		seq += event.Seq(len(bodies))
	}
	tx.mark(old)
	return nil
}

// Relive begins a new life under epoch of a database that was put back to an earlier
// state: what was noted in the old life after that state is not here, so nothing more
// may be written under its numbers. The own chain ends where the state ends, as a chain
// like any other's, of which places above and below may know more.
func (tx *Tx) Relive(epoch event.Epoch) error {
	n := tx.n
	if epoch == 0 || epoch == n.epoch {
		return tx.fail(errors.New("a new life needs an epoch of its own"))
	}
	if old := n.chains[ChainID{n.Origin, n.epoch}]; old != nil && old.Seq > 0 {
		tx.mark(old)
	}
	n.epoch, tx.Epoch, n.ready, n.readyOn = epoch, epoch, false, ""
	tx.Wrote()
	return nil
}
