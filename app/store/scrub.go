package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/sync/core"
)

// Flaw is a place of the log that is not as it was written. ID.Seq is 0 for what is
// said of a whole chain.
type Flaw struct {
	ID  event.ID
	Why string
}

// String gives the flaw as a line for who looks after the machine.
func (f Flaw) String() string {
	if f.ID.Seq == 0 {
		return fmt.Sprintf("%s:%s %s", f.ID.Origin, f.ID.Epoch, f.Why)
	}
	return fmt.Sprintf("%s %s", f.ID, f.Why)
}

// Scrubbed is what a scrub looked at and what it found.
type Scrubbed struct {
	Events, Chains int
	Flaws          []Flaw
}

// Scrub reads the whole log once, in the order in which it lies on the disk, and finds
// every row whose body has no longer its hash and every chain whose head, computed
// again, is not the one that is kept. It reads beside the writer and changes nothing.
func (s *Store) Scrub(ctx context.Context) (Scrubbed, error) { return scrub(ctx, s.reader, nil) }

// Check is Scrub for a database that nobody has open and that may be too damaged to be
// opened as a store.
func Check(ctx context.Context, path string) (Scrubbed, error) {
	db, err := openReadOnly(path)
	if err != nil {
		return Scrubbed{}, err
	}
	defer db.Close()
	if err := sound(ctx, db); err != nil {
		return Scrubbed{}, err
	}
	return scrub(ctx, db, nil)
}

// sound asks SQLite itself whether the file is in order.
func sound(ctx context.Context, db *sql.DB) error {
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("check the file: SQLite says: %s", said)
	}
	return nil
}

// walk is how far a chain is computed again.
type walk struct {
	chain   core.Chain
	must    core.Chain // a head that must be met, of the running database; Seq 0 when none
	seq     event.Seq
	head    event.Hash
	waiting map[event.Seq]event.Hash // came before what goes before them
	flaws   []Flaw
}

// step takes the hash of the next row of the log. Heads are computed from the kept
// hashes, so that a damaged body is one flaw and not two.
func (w *walk) step(seq event.Seq, sum event.Hash) {
	if seq > max(w.chain.Seq, w.must.Seq) {
		return // it came by a feed, perhaps behind a gap: no head says what it must be
	}
	if seq != w.seq+1 {
		if w.waiting == nil {
			w.waiting = map[event.Seq]event.Hash{}
		}
		w.waiting[seq] = sum
		return
	}
	for there := true; there; sum, there = w.waiting[w.seq+1] {
		delete(w.waiting, w.seq+1)
		w.seq++
		w.head = event.Chain(w.head, sum)
		w.meet(w.chain, "the kept head differs from the one that its events give")
		w.meet(w.must, "is not what the running program has")
	}
}

func (w *walk) meet(c core.Chain, why string) {
	if c.Seq == w.seq && c.Head != w.head {
		w.flaws = append(w.flaws, Flaw{event.ID{Origin: c.ID.Origin, Epoch: c.ID.Epoch}, fmt.Sprintf("%s, at %d", why, c.Seq)})
	}
}

// ended adds what is missing at the end.
func (w *walk) ended() []Flaw {
	if most := max(w.chain.Seq, w.must.Seq); w.seq < most {
		w.flaws = append(w.flaws, Flaw{event.ID{Origin: w.chain.ID.Origin, Epoch: w.chain.ID.Epoch, Seq: w.seq + 1}, fmt.Sprintf("is missing: the chain reaches %d", most)})
	}
	return w.flaws
}

func scrub(ctx context.Context, q querier, must []core.Chain) (Scrubbed, error) {
	var out Scrubbed
	walks, err := walksOf(ctx, q, must)
	if err != nil {
		return out, err
	}
	out.Chains = len(walks)
	rows, err := q.QueryContext(ctx, "SELECT pos, chain, seq, hash, body FROM event ORDER BY pos")
	if err != nil {
		return out, fmt.Errorf("read log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var pos, chain, seq int64
		var kept, body sql.RawBytes
		if err := rows.Scan(&pos, &chain, &seq, &kept, &body); err != nil {
			return out, fmt.Errorf("read log: %w", err)
		}
		out.Events++
		sum := event.Sum(body)
		w := walks[chain]
		id := event.ID{Seq: event.Seq(seq)}
		if w != nil {
			id.Origin, id.Epoch = w.chain.ID.Origin, w.chain.ID.Epoch
		}
		if string(kept) != string(sum[:]) {
			out.Flaws = append(out.Flaws, Flaw{id, fmt.Sprintf("does not have its hash any more (position %d of the log)", pos)})
			if len(kept) == len(sum) {
				sum = event.Hash(kept)
			}
		}
		if w != nil {
			w.step(event.Seq(seq), sum)
		} else if chain != strays {
			out.Flaws = append(out.Flaws, Flaw{id, fmt.Sprintf("belongs to no chain (position %d of the log)", pos)})
		}
	}
	if err := rows.Err(); err != nil {
		return out, fmt.Errorf("read log: %w", err)
	}
	for _, row := range sortedKeys(walks) {
		out.Flaws = append(out.Flaws, walks[row].ended()...)
	}
	return out, nil
}

func walksOf(ctx context.Context, q querier, must []core.Chain) (map[int64]*walk, error) {
	list, err := chainRows(ctx, q, "")
	if err != nil {
		return nil, err
	}
	walks, of := map[int64]*walk{}, map[core.ChainID]*walk{}
	for _, r := range list {
		w := &walk{chain: r.chain}
		walks[r.id], of[r.chain.ID] = w, w
	}
	for _, c := range must {
		switch w := of[c.ID]; {
		case c.Seq == 0:
		case w == nil:
			return nil, fmt.Errorf("the chain %s:%s is missing", c.ID.Origin, c.ID.Epoch)
		default:
			w.must = c
		}
	}
	return walks, nil
}

func sortedKeys(m map[int64]*walk) []int64 {
	out := make([]int64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
