package store

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"onewindow/app/event"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Whose reads which device a database file belongs to, without changing it.
func Whose(ctx context.Context, path string) (event.Origin, error) {
	db, err := openReadOnly(path)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var o event.Origin
	if err := db.QueryRowContext(ctx, "SELECT origin FROM node WHERE id = 1").Scan(&o); err != nil || !o.Valid() {
		return "", fmt.Errorf("read whose database %s is: %q: %w", path, o, err)
	}
	return o, nil
}

// KeysOf gives the public keys that a device has had.
func (s *Store) KeysOf(o event.Origin) []ed25519.PublicKey {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.KeysOf(o)
}

// Unconfirmed gives, as pushes, every chain from its first event on that the centre has
// not confirmed; whole gives these chains from their very first. A chain of which the
// place above has another history is left out: what it held is noted again in the life
// after it.
func (s *Store) Unconfirmed(ctx context.Context, whole bool) ([]wire.Push, error) {
	var out []wire.Push
	_, chains := s.Chains()
	for _, c := range chains {
		if c.Seq == 0 || c.Forked || c.Centre >= c.Seq {
			continue
		}
		from, prev := event.Seq(1), event.Hash{}
		if !whole {
			var err error
			if prev, err = s.headBefore(ctx, c.ID, c.Centre+1); err != nil {
				return nil, err
			}
			from = c.Centre + 1
		}
		for from <= c.Seq {
			p, ok, err := s.Batch(ctx, c.ID.Origin, c.ID.Epoch, from, prev, int(min(wire.MaxEvents, c.Seq-from+1)))
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, fmt.Errorf("read %s:%s from %d: its events are missing: onewindowd check names them", c.ID.Origin, c.ID.Epoch, from)
			}
			out = append(out, p)
			from, prev = p.Upto()+1, p.Head()
		}
	}
	return out, nil
}

// headBefore computes the head of a chain before an event.
func (s *Store) headBefore(ctx context.Context, id core.ChainID, at event.Seq) (head event.Hash, err error) {
	s.mu.RLock()
	row := s.ids[id]
	s.mu.RUnlock()
	head, err = core.HeadAt(head, 0, at-1, func(from, upto event.Seq) ([]event.Hash, error) { return hashes(ctx, s.reader, row, from, upto) })
	if err != nil {
		return head, fmt.Errorf("read chain %s:%s: %w", id.Origin, id.Epoch, err)
	}
	return head, nil
}
