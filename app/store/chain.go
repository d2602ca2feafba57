package store

import (
	"context"
	"errors"
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Receive takes a push and, once it is committed, reads the chain back from the
// database for the ack. done is called from the writer's goroutine.
func (s *Store) Receive(p wire.Push, done func(wire.Ack, error)) error {
	in := core.Read(p) // here and not in the writer, which commits another one meanwhile
	var ack wire.Ack
	return s.queue(job{bulk: len(p.Bodies) > bulkEvents, fn: func(tx *Tx) (err error) {
		ack, err = tx.AcceptRead(in)
		return err
	}, done: func(err error) {
		if err == nil && ack.Refuse == nil {
			ack, err = s.Confirmed(context.Background(), p.Origin, p.Epoch)
		}
		done(ack, err)
	}})
}

// bulkEvents is how many events make a push a backlog that can wait.
const bulkEvents = 64

// Confirmed reads a chain back from the database, after a commit, for the ack.
func (s *Store) Confirmed(ctx context.Context, o event.Origin, e event.Epoch) (wire.Ack, error) {
	ack := wire.Ack{Epoch: s.Epoch()}
	list, err := chainRows(ctx, s.reader, "WHERE origin = ? AND epoch = ?", string(o), int64(e))
	if err != nil {
		return ack, fmt.Errorf("read back the chain: %w", err)
	}
	for _, r := range list {
		ack.Upto, ack.Head, ack.Above = r.chain.Seq, r.chain.Head, r.chain.Centre
		if r.chain.Forked {
			ack.Refuse = event.Forked
		}
	}
	return ack, nil
}

// Owing lists the chains that the place above does not have in full, own events first.
func (s *Store) Owing() []wire.Owed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Owing()
}

// Chains tells how every chain stands, by origin and epoch, as it is saved; own is the
// one of this life.
func (s *Store) Chains() (own core.ChainID, all []core.Chain) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return core.ChainID{Origin: s.opt.Origin, Epoch: s.node.Epoch()}, s.node.Chains()
}

// Sing notes a sign of life, which must come back as saved at the centre.
func (s *Store) Sing(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, _, err := tx.Append(core.KindCanary, core.Canary{AtMS: s.opt.Now()})
		return err
	})
}

// Offline notes how long this device was without the place above it.
func (s *Store) Offline(ctx context.Context, fromMS, toMS int64, back bool) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, _, err := tx.Append(hall.KindOffline, hall.Outage{Hall: hall.ID(s.opt.Origin.Hall()), FromMS: fromMS, ToMS: toMS, Back: back})
		return err
	})
}

// Unsure notes that the place above may have another database than before.
func (s *Store) Unsure() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node.Unsure()
}

// Ready tells that this life of the database may grant calls and numbers.
func (s *Store) Ready() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Ready()
}

// OwnForked tells that somebody else has written under this device's name: the
// database has to begin another life (see Renew).
func (s *Store) OwnForked() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.OwnForked()
}

// Batch gives the next events of a chain for the place above: from a number on,
// before which the chain has the head prev, at most max events and wire.MaxFrame
// bytes. ok is false when there is nothing to send.
func (s *Store) Batch(ctx context.Context, o event.Origin, e event.Epoch, from event.Seq, prev event.Hash, max int) (p wire.Push, ok bool, err error) {
	id := core.ChainID{Origin: o, Epoch: e}
	s.mu.RLock()
	row, known := s.ids[id]
	s.mu.RUnlock()
	if !known {
		return p, false, nil
	}
	list := s.recentOf(id, from, max)
	if list == nil {
		if list, err = bodies(ctx, s.reader, row, from, from+event.Seq(max)-1); err != nil {
			return p, false, fmt.Errorf("read what is pending of %s: %w", o, err)
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok = s.node.Pack(id, from, prev, list)
	return p, ok, nil
}

// ErrFork says that the place above has another history of a chain: it is not owed
// any more. Of the own chain Renew makes the best.
var ErrFork = errors.New("the place above has another history of this chain")

// Acked notes how far the place above has confirmed a chain; a watermark that moves
// back makes the events pending again. toCentre tells that the place above is the
// centre itself, expected the head that the confirmed number was sent with, nil when
// it is not known. ErrFork when the place above has other events.
func (s *Store) Acked(ctx context.Context, o event.Origin, e event.Epoch, a wire.Ack, toCentre bool, expected *event.Hash) error {
	forked := false
	err := s.Replicate(ctx, func(tx *Tx) (err error) {
		forked, err = tx.Acked(core.ChainID{Origin: o, Epoch: e}, a, toCentre, expected)
		return err
	})
	if err == nil && forked {
		err = fmt.Errorf("%w: %s at %d", ErrFork, o, a.Upto)
	}
	return err
}

// Renew begins a new life of this database after a fork of its own chain: what the
// place above did not confirm is noted again in the new one.
func (s *Store) Renew(ctx context.Context) error {
	epoch, err := newEpoch()
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(tx *Tx) error {
		d := tx.Hall(hall.ID(s.opt.Origin.Hall())).Devices()[s.opt.Origin]
		return tx.Renew(epoch, d)
	})
	if err != nil {
		return fmt.Errorf("begin a new life after a fork: %w", err)
	}
	return nil
}

// Relive begins a new life of a database that was put back to an earlier state; the
// program that opens it next announces the device in it.
func (s *Store) Relive(ctx context.Context) error {
	epoch, err := newEpoch()
	if err == nil {
		err = s.Write(ctx, func(tx *Tx) error { return tx.Relive(epoch) })
	}
	if err != nil {
		return fmt.Errorf("begin a new life of a restored database: %w", err)
	}
	return nil
}

// Marks lists how far the centre has confirmed the chains of this node.
func (s *Store) Marks() []wire.Mark {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Marks()
}

// Saved tells where an event is safe: "here", "hall" or "centre". An event of
// another origin came through the hub, so it is at least in the hall.
func (s *Store) Saved(id event.ID) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Saved(id)
}

// Unsaved counts the own events that are not in the hall, those that are there
// but not at the centre, and tells when the oldest of both was noted (0 when none).
func (s *Store) Unsaved(ctx context.Context) (hereOnly, hallOnly int, oldestMS int64, err error) {
	s.mu.RLock()
	hereOnly, hallOnly, oldest := s.node.Unsaved()
	s.mu.RUnlock()
	for _, id := range oldest {
		e, err := s.Event(ctx, id)
		switch {
		case errors.Is(err, event.ErrMalformed):
		case err != nil:
			return hereOnly, hallOnly, oldestMS, fmt.Errorf("read the oldest unsaved event: %w", err)
		case oldestMS == 0 || e.At.MS < oldestMS:
			oldestMS = e.At.MS
		}
	}
	return hereOnly, hallOnly, oldestMS, nil
}

// Event reads one event of the log.
func (s *Store) Event(ctx context.Context, id event.ID) (event.Event, error) {
	var body []byte
	err := s.reader.QueryRowContext(ctx, "SELECT body FROM event WHERE chain = (SELECT id FROM chain WHERE origin = ? AND epoch = ?) AND seq = ?",
		string(id.Origin), int64(id.Epoch), int64(id.Seq)).Scan(&body)
	if err != nil {
		return event.Event{}, fmt.Errorf("read event %s: %w", id, err)
	}
	return event.Decode(body)
}
