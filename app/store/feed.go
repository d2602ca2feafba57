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

// Hand is Feed for a hub that has lost its log: what was taken a moment ago and gathers
// for a commit is in it.
func (s *Store) Hand(ctx context.Context, after int64, max int) (wire.Feed, error) {
	if err := s.Write(ctx, func(*Tx) error { return nil }); err != nil {
		return wire.Feed{}, fmt.Errorf("hand back: %w", err)
	}
	own := core.ChainID{Origin: s.opt.Origin, Epoch: s.Epoch()}
	return s.feed(ctx, after, max, func(kind event.Kind, body []byte) bool {
		of, ok := event.Peek(body)
		return ok && core.Hands(own, of, kind)
	})
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

// siftScan is how many positions are looked through for one answer: a tenth of a second
// beside the writer, after which others who ask have their turn.
const siftScan = 20_000

// FeedFor answers a terminal that asks what follows its cursor: at most so many events and
// wire.MaxFrame bytes, nothing behind the position told. A cursor of another database, or
// one from the future, begins at 0. A terminal that is far behind gets what it keeps (see
// core.Sieve): the rows stay as they are once they are written, so that answers belong
// together however much later the next is asked for, and nothing has to be held for it
// meanwhile.
func (s *Store) FeedFor(ctx context.Context, ask wire.FeedAsk, events int, told int64) (wire.Feed, error) {
	s.mu.RLock()
	epoch, pos, after := s.node.Epoch(), s.node.Position(), ask.After
	if ask.Epoch != epoch || after < 0 || after > pos {
		after = 0
	}
	sieve := s.node.Sieve(ask, after, s.firstDate(), core.Tail)
	s.mu.RUnlock()
	if sieve == nil {
		return s.Feed(ctx, after, int(min(int64(events), max(0, told-after))))
	}
	f := wire.Feed{Epoch: epoch, From: after, Upto: after, Since: string(sieve.Since)}
	// What memory knows of may not be committed yet: an answer ends where the disk does.
	if err := s.reader.QueryRowContext(ctx, "SELECT coalesce(max(pos), 0) FROM event").Scan(&pos); err != nil {
		return f, fmt.Errorf("read the feed: %w", err)
	}
	pos = min(pos, told)
	more := true
	var err error
	if end := min(pos, sieve.From-1); after < end {
		more, err = s.sift(ctx, &f, sieve, events, end, "SELECT pos, kind, body FROM event WHERE lasting = 1 AND pos > ? AND pos <= ? ORDER BY pos LIMIT ?")
	}
	if more && err == nil && f.Upto < pos {
		_, err = s.sift(ctx, &f, sieve, events, pos, "SELECT pos, kind, body FROM event WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ?")
	}
	return f, err
}

// sift adds what passes the sieve of a run of positions that ends at end; more tells that
// the run was read to its end and the frame has room.
func (s *Store) sift(ctx context.Context, f *wire.Feed, sieve *core.Sieve, max int, end int64, query string) (more bool, err error) {
	size := 0
	for _, body := range f.Bodies {
		size += len(body) + 5
	}
	rows, err := s.reader.QueryContext(ctx, query, f.Upto, end, siftScan)
	if err != nil {
		return false, fmt.Errorf("read the feed: %w", err)
	}
	defer rows.Close()
	scanned := 0
	for ; rows.Next(); scanned++ {
		var pos int64
		var kind string
		var raw sql.RawBytes
		if err := rows.Scan(&pos, &kind, &raw); err != nil {
			return false, fmt.Errorf("read the feed: %w", err)
		}
		if core.Public(event.Kind(kind)) && sieve.Keeps(raw) {
			if size += len(raw) + 5; size > wire.MaxFrame && len(f.Bodies) > 0 || len(f.Bodies) == max {
				return false, nil
			}
			f.Bodies = append(f.Bodies, append([]byte(nil), raw...))
		}
		f.Upto = pos
	}
	if scanned < siftScan {
		f.Upto = end
	}
	return scanned < siftScan, rows.Err()
}

// KeepsFrom is the first business day whose tickets this terminal keeps in memory.
func (s *Store) KeepsFrom() hall.Date { return s.firstDate() }

// HeldBefore lists the tickets of days before one that it keeps as well, because they
// hold a window of its hall.
func (s *Store) HeldBefore(day hall.Date) (held []hall.TicketID) {
	s.View(hall.ID(s.opt.Origin.Hall()), func(h *hall.Hall) { held = h.HeldBefore(day) })
	return held
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

// Cursor tells how far this node has read the feed of a source.
func (s *Store) Cursor(ctx context.Context, source string) (c core.Cursor, err error) {
	var epoch int64
	err = s.reader.QueryRowContext(ctx, "SELECT epoch, pos, since FROM cursor WHERE source = ?", source).Scan(&epoch, &c.Pos, &c.Since)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Cursor{}, nil
	}
	if err != nil {
		return core.Cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	c.Epoch = event.Epoch(epoch)
	return c, nil
}

// TakeFeed folds a feed and moves the cursor in the same commit. Events that
// are here already change nothing.
func (s *Store) TakeFeed(ctx context.Context, source string, f wire.Feed, at core.Cursor) error {
	return s.Replicate(ctx, func(tx *Tx) error { return tx.TakeFeed(source, f, at) })
}

// Kept tells how many events are in the log.
func (s *Store) Kept(ctx context.Context) (int, error) {
	var n int
	if err := s.reader.QueryRowContext(ctx, "SELECT count(*) FROM event").Scan(&n); err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return n, nil
}
