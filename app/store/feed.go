package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Feed gives what was committed here after a position, for the terminals of
// this hall: at most max positions and wire.MaxFrame bytes.
func (s *Store) Feed(ctx context.Context, after int64, max int) (wire.Feed, error) {
	return s.feed(ctx, after, max, func(kind event.Kind, _ []byte) bool { return core.Public(kind) })
}

// History gives what was committed here after a position about one hall, everything
// included, for the hub of that hall.
func (s *Store) History(ctx context.Context, id hall.ID, after int64, max int) (wire.Feed, error) {
	return s.feed(ctx, after, max, func(_ event.Kind, body []byte) bool {
		of, ok := event.Peek(body)
		return ok && of.Origin.Hall() == string(id)
	})
}

func (s *Store) feed(ctx context.Context, after int64, max int, wanted func(event.Kind, []byte) bool) (wire.Feed, error) {
	f := wire.Feed{Epoch: s.Epoch(), From: after, Upto: after}
	size := 0
	// add takes a row into the feed; false when the frame is full.
	add := func(pos int64, kind event.Kind, body []byte) bool {
		if wanted(kind, body) {
			if size += len(body) + 5; size > wire.MaxFrame && len(f.Bodies) > 0 {
				return false
			}
			f.Bodies = append(f.Bodies, body)
		}
		f.Upto = pos
		return true
	}
	if list, ok := s.recentAfter(after, max); ok {
		for i := range list {
			if !add(list[i].Pos, list[i].Kind, list[i].Body) {
				break
			}
		}
		return f, nil
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT pos, kind, body FROM event WHERE pos > ? ORDER BY pos LIMIT ?", after, max)
	if err != nil {
		return f, fmt.Errorf("read the feed: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pos int64
		var kind string
		var body []byte
		if err := rows.Scan(&pos, &kind, &body); err != nil {
			return f, fmt.Errorf("read the feed: %w", err)
		}
		if !add(pos, event.Kind(kind), body) {
			break
		}
	}
	return f, rows.Err()
}

// recentRows is how many of the newest rows stay at hand: some megabytes at most.
const recentRows = 8192

// keepRecent keeps the rows of a commit at hand, once somebody has asked for a feed:
// a hub is followed, a terminal is not. The caller holds mu.
func (s *Store) keepRecent(lists ...[]core.Row) {
	if !s.followed.Load() {
		return
	}
	from := len(s.recent)
	for _, list := range lists {
		s.recent = append(s.recent, list...)
	}
	slices.SortFunc(s.recent[from:], func(a, b core.Row) int { return cmp.Compare(a.Pos, b.Pos) })
	if len(s.recent) > 2*recentRows {
		s.recent = slices.Clone(s.recent[len(s.recent)-recentRows:])
	}
}

// recentAfter gives the rows behind a position where all of them are at hand.
func (s *Store) recentAfter(after int64, max int) ([]core.Row, bool) {
	s.followed.Store(true)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.recent) == 0 || after < s.recent[0].Pos-1 {
		return nil, false
	}
	at, _ := slices.BinarySearchFunc(s.recent, after+1, func(r core.Row, pos int64) int { return cmp.Compare(r.Pos, pos) })
	return s.recent[at:min(len(s.recent), at+max)], true
}

// recentOf gives the bodies of a chain's next events where they are at hand: what a hub
// passes on came a moment ago. nil sends the caller to the disk.
func (s *Store) recentOf(id core.ChainID, from event.Seq, max int) [][]byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := len(s.recent) - 1
	for ; at >= 0; at-- {
		if r := &s.recent[at]; r.ID.Seq == from && r.ID.Epoch == id.Epoch && r.ID.Origin == id.Origin && !r.Stray {
			break
		}
	}
	if at < 0 {
		return nil
	}
	var out [][]byte
	for ; at < len(s.recent) && len(out) < max; at++ {
		r := &s.recent[at]
		if r.ID.Epoch != id.Epoch || r.ID.Origin != id.Origin || r.Stray {
			continue
		}
		if r.ID.Seq != from+event.Seq(len(out)) {
			break
		}
		out = append(out, r.Body)
	}
	return out
}

// Position is how far this node's own log reaches.
func (s *Store) Position() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Position()
}

// Cursor tells how far this node has read the feed of a source: the source's epoch and position.
func (s *Store) Cursor(ctx context.Context, source string) (event.Epoch, int64, error) {
	var epoch, pos int64
	err := s.reader.QueryRowContext(ctx, "SELECT epoch, pos FROM cursor WHERE source = ?", source).Scan(&epoch, &pos)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read cursor: %w", err)
	}
	return event.Epoch(epoch), pos, nil
}

// TakeFeed folds a feed and moves the cursor in the same commit. Events that
// are here already change nothing.
func (s *Store) TakeFeed(ctx context.Context, source string, f wire.Feed) error {
	return s.Replicate(ctx, func(tx *Tx) error { return tx.TakeFeed(source, f) })
}

// Kept tells how many events are in the log.
func (s *Store) Kept(ctx context.Context) (int, error) {
	var n int
	if err := s.reader.QueryRowContext(ctx, "SELECT count(*) FROM event").Scan(&n); err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return n, nil
}
