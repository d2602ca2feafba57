package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

type chainID struct {
	origin event.Origin
	epoch  event.Epoch
}

// chain is an origin and epoch whose events are complete here from 1 to seq.
type chain struct {
	id     chainID
	seq    event.Seq
	head   event.Hash
	signed event.Seq // the device's signature sig covers the head at this number
	sig    []byte
	up     event.Seq // confirmed by the place above, with its head
	upHead event.Hash
	centre event.Seq // confirmed by the centre
}

func (s *Store) chain(id chainID) *chain {
	c := s.chains[id]
	if c == nil {
		c = &chain{id: id}
		s.chains[id] = c
	}
	return c
}

// Accept takes a push into this node's log, in one commit with its effects.
// What cannot be read or folded is kept byte for byte in quarantine and the
// chain moves on; a wrong signature or head keeps the whole frame aside and is
// not acknowledged. The ack is what is committed when Write returns.
func (tx *Tx) Accept(p wire.Push) (wire.Ack, error) {
	s := tx.s
	c := s.chain(chainID{p.Origin, p.Epoch})
	ack := func(no *event.Refusal) wire.Ack {
		return wire.Ack{Upto: c.seq, Head: c.head, Above: c.centre, Refuse: no}
	}
	if p.From > c.seq+1 {
		return ack(nil), nil // a gap: the sender goes on from what we have
	}
	skip := int(c.seq + 1 - p.From)
	if skip > 0 {
		if no, err := tx.same(c, p, min(skip, len(p.Bodies))); no != nil || err != nil {
			return ack(no), err
		}
	}
	if skip >= len(p.Bodies) {
		return ack(nil), nil
	}
	fresh := p.Bodies[skip:]
	if skip == 0 && p.Prev != c.head {
		return ack(event.RequestUnusable), tx.aside(p, "head differs: a fork")
	}
	if no := s.unsigned(p, fresh); no != "" {
		return ack(event.DeviceUnknown), tx.aside(p, no)
	}
	for i, body := range fresh {
		tx.receive(p, event.Seq(skip+i)+p.From, body)
		c.head = event.Chain(c.head, event.Sum(body))
		c.seq++
	}
	if len(p.Sig) > 0 {
		c.signed, c.sig = c.seq, p.Sig
	}
	tx.chains[c.id] = c
	return ack(nil), nil
}

// Receive takes a push and, once it is committed, reads the chain back from the
// database for the ack. done is called from the writer's goroutine.
func (s *Store) Receive(p wire.Push, done func(wire.Ack, error)) error {
	var ack wire.Ack
	return s.Submit(func(tx *Tx) (err error) {
		ack, err = tx.Accept(p)
		return err
	}, func(err error) {
		if err == nil && ack.Refuse == nil {
			ack, err = s.Confirmed(context.Background(), p.Origin, p.Epoch)
		}
		done(ack, err)
	})
}

// unsigned checks the signature of a push against the device's key: the one
// already known, or the one in the first event of its first epoch.
func (s *Store) unsigned(p wire.Push, fresh [][]byte) string {
	if len(p.Sig) == 0 {
		return ""
	}
	key, known := s.hall(hall.ID(p.Origin.Hall())).DeviceKey(p.Origin)
	if !known {
		e, err := event.Decode(p.Bodies[0])
		if err != nil || e.Kind != hall.KindDevice || p.From != 1 {
			return "device unknown: its first event does not name its key"
		}
		d, err := hall.ReadDevice(e)
		if err != nil {
			return "device unknown: " + err.Error()
		}
		key = d.Key
	}
	if !wire.CheckHead(ed25519.PublicKey(key), p.Origin, p.Epoch, p.Upto(), p.Head(), p.Sig) {
		return "signature does not fit the device's key"
	}
	return ""
}

// same compares what is sent again with what is here.
func (tx *Tx) same(c *chain, p wire.Push, n int) (*event.Refusal, error) {
	for i := 0; i < n; i++ {
		sum := event.Sum(p.Bodies[i])
		var have []byte
		err := tx.Query("SELECT hash FROM event WHERE origin = ? AND epoch = ? AND seq = ?",
			[]any{string(p.Origin), int64(p.Epoch), int64(p.From) + int64(i)}, &have)
		if err != nil {
			if pending := tx.pending(p, p.From+event.Seq(i)); pending != nil {
				have = pending[:]
			} else {
				return nil, fmt.Errorf("read event %s:%s:%d: %w", c.id.origin, c.id.epoch, p.From+event.Seq(i), err)
			}
		}
		if !bytes.Equal(have, sum[:]) {
			return event.RequestUnusable, tx.aside(p, "same number, other content: a fork")
		}
	}
	return nil, nil
}

// pending finds an event that this very commit has not flushed yet.
func (tx *Tx) pending(p wire.Push, seq event.Seq) *event.Hash {
	for i := range tx.rows {
		if r := &tx.rows[i]; r.id == (event.ID{Origin: p.Origin, Epoch: p.Epoch, Seq: seq}) {
			return &r.hash
		}
	}
	return nil
}

// aside keeps a whole frame in quarantine; the same frame is kept once.
func (tx *Tx) aside(p wire.Push, reason string) error {
	body := p.Encode()
	sum := event.Sum(body)
	return tx.Exec("INSERT OR IGNORE INTO quarantine (hash, origin, reason, at_ms, body) VALUES (?,?,?,?,?)",
		sum[:], string(p.Origin), reason, tx.s.opt.Now(), body)
}

// receive notes one event of another origin: folded when it can be, kept in any case.
func (tx *Tx) receive(p wire.Push, seq event.Seq, body []byte) {
	id := event.ID{Origin: p.Origin, Epoch: p.Epoch, Seq: seq}
	r := row{id: id, hash: event.Sum(body), body: body}
	e, err := event.Decode(body)
	switch {
	case err != nil:
		r.fault = err.Error()
	case e.ID != id:
		r.fault = fmt.Sprintf("says of itself that it is %s", e.ID)
	default:
		r.kind, r.lasting = e.Kind, lasting(e.Kind)
		if err := tx.fold(e); err != nil {
			r.fault, r.lasting = err.Error(), false
		}
	}
	tx.put(r)
}

// Batch gives the next events of a chain for the place above: from the number
// after what it has confirmed, skip events further, at most max events and
// wire.MaxFrame bytes. ok is false when there is nothing to send.
func (s *Store) Batch(ctx context.Context, o event.Origin, e event.Epoch, from event.Seq, prev event.Hash, max int) (p wire.Push, ok bool, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT seq, body FROM event WHERE origin = ? AND epoch = ? AND seq >= ? ORDER BY seq LIMIT ?",
		string(o), int64(e), int64(from), max)
	if err != nil {
		return p, false, fmt.Errorf("read what is pending: %w", err)
	}
	defer rows.Close()
	p = wire.Push{Origin: o, Epoch: e, From: from, Prev: prev}
	size := 0
	for rows.Next() {
		var seq int64
		var body []byte
		if err := rows.Scan(&seq, &body); err != nil {
			return p, false, fmt.Errorf("read what is pending: %w", err)
		}
		if event.Seq(seq) != from+event.Seq(len(p.Bodies)) {
			return p, false, fmt.Errorf("read what is pending: %s:%s has a gap before %d", o, e, seq)
		}
		if size += len(body) + 5; size > wire.MaxFrame && len(p.Bodies) > 0 {
			break
		}
		p.Bodies = append(p.Bodies, body)
	}
	if err := rows.Err(); err != nil {
		return p, false, fmt.Errorf("read what is pending: %w", err)
	}
	if len(p.Bodies) == 0 {
		return p, false, nil
	}
	if o == s.opt.Origin {
		p.Sig = wire.SignHead(s.opt.Key, o, e, p.Upto(), p.Head())
		return p, true, nil
	}
	s.mu.RLock()
	if c := s.chains[chainID{o, e}]; c != nil && c.signed == p.Upto() {
		p.Sig = c.sig
	}
	s.mu.RUnlock()
	return p, true, nil
}

// Owing lists the chains that the place above does not have in full, own events first.
func (s *Store) Owing() []wire.Owed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []wire.Owed
	for _, c := range s.chains {
		if c.seq > c.up {
			out = append(out, wire.Owed{Origin: c.id.origin, Epoch: c.id.epoch, Up: c.up, Head: c.upHead, Seq: c.seq})
		}
	}
	slices.SortFunc(out, func(a, b wire.Owed) int {
		if own := s.opt.Origin; (a.Origin == own) != (b.Origin == own) {
			if a.Origin == own {
				return -1
			}
			return 1
		}
		return strings.Compare(string(a.Origin)+a.Epoch.String(), string(b.Origin)+b.Epoch.String())
	})
	return out
}

// ErrFork says that the place above has another history of a chain.
var ErrFork = errors.New("the place above has another history of this chain")

// Acked notes how far the place above has confirmed a chain. A watermark that
// moves back (the place above was restored from a backup) makes the events
// pending again. toCentre tells that the place above is the centre itself.
func (s *Store) Acked(ctx context.Context, o event.Origin, e event.Epoch, a wire.Ack, toCentre bool) error {
	return s.Replicate(ctx, func(tx *Tx) error {
		c := s.chain(chainID{o, e})
		if a.Upto > c.seq {
			return fmt.Errorf("%w: it confirms %d of %d events of %s", ErrFork, a.Upto, c.seq, o)
		}
		head := c.head
		if a.Upto < c.seq {
			var err error
			if head, err = s.headAt(ctx, c, a.Upto); err != nil {
				return err
			}
		}
		if head != a.Head {
			return fmt.Errorf("%w: %s at %d", ErrFork, o, a.Upto)
		}
		above := a.Above
		if toCentre {
			above = a.Upto
		}
		if c.up == a.Upto && c.centre == above {
			return nil
		}
		c.up, c.upHead, c.centre = a.Upto, a.Head, above
		tx.chains[c.id] = c
		tx.writes++
		return nil
	})
}

// headAt computes a chain's head at an earlier number, from the nearest known one.
func (s *Store) headAt(ctx context.Context, c *chain, at event.Seq) (event.Hash, error) {
	var head event.Hash
	from := event.Seq(0)
	if c.up <= at {
		head, from = c.upHead, c.up
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT hash FROM event WHERE origin = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq",
		string(c.id.origin), int64(c.id.epoch), int64(from), int64(at))
	if err != nil {
		return head, fmt.Errorf("read chain: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return head, fmt.Errorf("read chain: %w", err)
		}
		head = event.Chain(head, event.Hash(b))
	}
	return head, rows.Err()
}

// Marked notes what the hub tells about the centre: how far it has which chain.
func (tx *Tx) Marked(marks []wire.Mark) {
	for _, m := range marks {
		c := tx.s.chain(chainID{m.Origin, m.Epoch})
		// A mark of a chain that is not complete here (another terminal's) is kept in memory only.
		if c.centre == m.Seq {
			continue
		}
		c.centre = m.Seq
		if c.seq > 0 {
			tx.chains[c.id] = c
			tx.writes++
		}
	}
}

// Marks lists how far the centre has confirmed the chains of this node.
func (s *Store) Marks() []wire.Mark {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]wire.Mark, 0, len(s.chains))
	for _, c := range s.chains {
		if c.centre > 0 {
			out = append(out, wire.Mark{Origin: c.id.origin, Epoch: c.id.epoch, Seq: c.centre})
		}
	}
	return out
}

// Saved tells where an event is safe: "here", "hall" or "centre". An event of
// another origin came through the hub, so it is at least in the hall.
func (s *Store) Saved(id event.ID) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.chains[chainID{id.Origin, id.Epoch}]
	switch {
	case c != nil && c.centre >= id.Seq:
		return "centre"
	case id.Origin != s.opt.Origin || c != nil && c.up >= id.Seq:
		return "hall"
	}
	return "here"
}

// Unsaved counts the own events that are not in the hall, those that are there
// but not at the centre, and tells when the oldest of both was noted (0 when none).
func (s *Store) Unsaved(ctx context.Context) (hereOnly, hallOnly int, oldestMS int64, err error) {
	s.mu.RLock()
	var oldest []event.ID
	for _, c := range s.chains {
		if c.seq == 0 {
			continue
		}
		hereOnly += int(c.seq - c.up)
		hallOnly += int(c.up - min(c.up, c.centre))
		if c.centre < c.seq {
			oldest = append(oldest, event.ID{Origin: c.id.origin, Epoch: c.id.epoch, Seq: c.centre + 1})
		}
	}
	s.mu.RUnlock()
	for _, id := range oldest {
		var body []byte
		if err := s.reader.QueryRowContext(ctx, "SELECT body FROM event WHERE origin = ? AND epoch = ? AND seq = ?",
			string(id.Origin), int64(id.Epoch), int64(id.Seq)).Scan(&body); err != nil {
			return hereOnly, hallOnly, oldestMS, fmt.Errorf("read the oldest unsaved event: %w", err)
		}
		if e, err := event.Decode(body); err == nil && (oldestMS == 0 || e.At.MS < oldestMS) {
			oldestMS = e.At.MS
		}
	}
	return hereOnly, hallOnly, oldestMS, nil
}
