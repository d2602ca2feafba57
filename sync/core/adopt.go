package core

import (
	"bytes"
	"cmp"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Adopt notes an event that the centre gives back to a hub which has lost its disk or
// some of it: it is part of its chain again, confirmed by the centre whose database
// lives the epoch above. What does not follow its chain is noted as Take does.
func (tx *Tx) Adopt(body []byte, above event.Epoch) error { return tx.adopt(body, above) }

// Follow notes what another place has committed of this hall and how far that was read,
// in one commit: the other hub (above is 0), or the centre whose database lives the epoch
// above. An event that follows its chain is part of it. Where nothing is new, how far
// that was read is noted now and then only.
//
// leads tells that this hub leads its hall: it has read every call that anybody was told
// of before it did, so that one of the other hub which is new to it is taken back.
func (tx *Tx) Follow(source string, f wire.Feed, above event.Epoch, leads bool) error {
	before, rows, passed := tx.writes, len(tx.Rows), len(tx.Passed)
	for _, body := range f.Bodies {
		if err := tx.adopt(body, above); err != nil {
			return err
		}
	}
	if leads {
		if err := tx.uncall(append(slices.Clone(tx.Rows[rows:]), tx.Passed[passed:]...)); err != nil {
			return err
		}
	}
	if tx.writes > before || f.Upto/followed > f.From/followed {
		tx.reach(source, Cursor{Epoch: f.Epoch, Pos: f.Upto})
	}
	return nil
}

// followed is how many positions without anything new may be read again after a start.
const followed = 1000

// uncall takes back the calls of the other hub among new rows.
func (tx *Tx) uncall(rows []Row) error {
	for _, r := range rows {
		if r.Kind != hall.KindCalled || r.Fault != "" || r.ID.Origin == tx.n.Origin {
			continue
		}
		e, err := event.Decode(r.Body)
		if err != nil {
			return tx.fail(err)
		}
		c, err := hall.ReadCalled(e)
		if err != nil {
			return tx.fail(err)
		}
		back := hall.Moved{Ticket: c.Ticket, Round: c.Round, Window: c.Window, Clerk: c.Clerk, How: r.ID.String(), AtMS: tx.now()}
		if _, _, err := tx.Append(hall.KindUncalled, back); err != nil {
			return err
		}
	}
	return nil
}

// adopt takes an event into its chain; above is 0 where it does not come from the centre.
func (tx *Tx) adopt(body []byte, above event.Epoch) error {
	e, err := event.Decode(body)
	if err != nil {
		return tx.Take(body)
	}
	n := tx.n
	c := n.chain(ChainID{e.Origin, e.Epoch})
	own := e.Origin == n.Origin && e.Epoch == n.epoch
	if above != 0 && e.Seq <= c.Seq && !c.Forked && !own {
		// A device that was put back may have been faster than the centre's log.
		have, known, err := tx.known(c.ID, e.Seq)
		if err != nil {
			return err
		}
		if known && have != event.Sum(body) {
			c.Forked = true
			tx.mark(c)
		}
	}
	if e.Seq != c.Seq+1 || c.Forked || own {
		return tx.Take(body)
	}
	sum := event.Sum(body)
	here := false
	if c.Loose >= e.Seq {
		have, known, err := tx.known(c.ID, e.Seq)
		if err != nil {
			return err
		}
		if known && have != sum {
			return tx.Take(body)
		}
		here = known
	}
	if !here {
		tx.receive(e.ID, body, sum, readEvent(body))
	}
	c.Seq, c.Head = e.Seq, event.Chain(c.Head, sum)
	if above != 0 {
		c.Up, c.UpHead, c.UpEpoch, c.Centre = c.Seq, c.Head, above, c.Seq
	}
	tx.mark(c)
	return nil
}

// Refill notes an event again whose row of the log is lost while its chain is here. The
// caller has proved it; what it says is folded already, and folding it again changes nothing.
func (tx *Tx) Refill(id event.ID, body []byte) {
	tx.receive(id, body, event.Sum(body), readEvent(body))
}

// Orphan is an event of the log that no chain brings to the centre.
type Orphan struct {
	event.ID
	Sum   event.Hash
	Stray bool // another event of the log has its number
}

// Orphans lists the events of this hall that are here and that no chain brings up: a
// terminal handed them back, and neither their own device nor the centre has brought
// them; or they are of a chain that forked, in either of its histories. Some of those may
// be at the centre, today: nobody would bring them again after it was restored.
func (tx *Tx) Orphans() ([]Orphan, error) {
	var all []Orphan
	for _, c := range tx.n.list {
		from, upto := c.Seq, c.Loose
		if c.Forked {
			from, upto = c.Up, max(c.Seq, c.Loose)
		}
		if from >= upto || c.ID.Origin.Hall() != tx.n.Origin.Hall() || c.ID == (ChainID{tx.n.Origin, tx.n.epoch}) {
			continue
		}
		known, err := tx.disk.Known(c.ID, from+1, upto)
		if err != nil {
			return nil, tx.fail(err)
		}
		for seq, sum := range known {
			all = append(all, Orphan{ID: event.ID{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Seq: seq}, Sum: sum})
		}
	}
	for sum, id := range tx.n.strays {
		if id.Origin.Hall() == tx.n.Origin.Hall() {
			all = append(all, Orphan{ID: id, Sum: sum, Stray: true})
		}
	}
	out := all[:0]
	for _, o := range all {
		_, carried, err := tx.Answered("carried:" + o.Sum.String())
		if err != nil {
			return nil, err
		}
		if !carried {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Orphan) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Seq, b.Seq), bytes.Compare(a.Sum[:], b.Sum[:]))
	})
	return out, nil
}

// CarryOrphans notes the orphans again, each as it was, wrapped in an event of the own
// chain, so that the centre gets what is only on this hall's disks: at most max of
// them, and tells how many there were. A hub does it when it has read all that the
// centre knows and its terminals had time to bring their own.
func (tx *Tx) CarryOrphans(max int) (int, error) {
	list, err := tx.Orphans()
	if err != nil {
		return 0, err
	}
	for _, o := range list[:min(max, len(list))] {
		var body []byte
		if o.Stray {
			body, err = tx.disk.Stray(o.Sum)
		} else {
			body, err = tx.body(o.ID)
		}
		if err != nil || body == nil {
			return 0, tx.fail(err)
		}
		e, err := event.Decode(body)
		if err != nil {
			return 0, tx.fail(err)
		}
		kind, payload := e.Carry(body)
		if _, _, err := tx.append(kind, payload, nil); err != nil {
			return 0, tx.fail(err)
		}
		if err := tx.Answer("carried:"+o.Sum.String(), []byte{1}); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
