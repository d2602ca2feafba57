package sim

import (
	"cmp"
	"maps"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// disk is what a node's database holds, with the one property that matters here: a
// commit that was not synced can be taken back by a power cut, together with all that
// came after it.
type disk struct {
	epoch     event.Epoch
	rows      []core.Row // by position
	chains    map[core.ChainID]core.Chain
	index     map[core.ChainID]map[event.Seq]int // where in rows
	answers   map[string][]byte
	tickets   map[hall.TicketID][]byte
	projected int64
	cursors   map[string]core.Cursor
	days      []core.Day
	aside     map[event.Hash]core.Kept

	unsynced []undo
}

// undo takes one commit back.
type undo struct {
	epoch     event.Epoch
	rows      int
	chains    map[core.ChainID]*core.Chain
	answers   []string
	tickets   map[hall.TicketID][]byte
	projected int64
	cursors   map[string]core.Cursor
	days      int
	aside     []event.Hash
}

func newDisk(epoch event.Epoch) *disk {
	return &disk{epoch: epoch, chains: map[core.ChainID]core.Chain{}, index: map[core.ChainID]map[event.Seq]int{},
		answers: map[string][]byte{}, tickets: map[hall.TicketID][]byte{}, cursors: map[string]core.Cursor{}, aside: map[event.Hash]core.Kept{}}
}

// copy is the disk's image, for backups, clones and roll-backs.
func (d *disk) copy() *disk {
	c := newDisk(d.epoch)
	c.rows, c.days, c.projected = slices.Clone(d.rows), slices.Clone(d.days), d.projected
	maps.Copy(c.chains, d.chains)
	for id, in := range d.index {
		c.index[id] = maps.Clone(in)
	}
	maps.Copy(c.answers, d.answers)
	maps.Copy(c.tickets, d.tickets)
	maps.Copy(c.cursors, d.cursors)
	maps.Copy(c.aside, d.aside)
	return c
}

func idOf(r *core.Row) core.ChainID { return core.ChainID{Origin: r.ID.Origin, Epoch: r.ID.Epoch} }

// commit writes what a transaction gathered.
func (d *disk) commit(tx *core.Tx, synced bool) {
	u := undo{epoch: d.epoch, rows: len(d.rows), days: len(d.days), projected: d.projected}
	if len(tx.Chains) > 0 {
		u.chains = make(map[core.ChainID]*core.Chain, len(tx.Chains))
	}
	if len(tx.Cursors) > 0 {
		u.cursors = make(map[string]core.Cursor, len(tx.Cursors))
	}
	rows := tx.Rows
	if len(tx.Passed) > 0 {
		rows = slices.Concat(tx.Rows, tx.Passed)
		slices.SortFunc(rows, func(a, b core.Row) int { return cmp.Compare(a.Pos, b.Pos) })
	}
	for i := range rows {
		r := &rows[i]
		if !r.Stray {
			in := d.index[idOf(r)]
			if in == nil {
				in = map[event.Seq]int{}
				d.index[idOf(r)] = in
			}
			if _, there := in[r.ID.Seq]; there {
				panic("two rows with one number: " + r.ID.String())
			}
			in[r.ID.Seq] = len(d.rows)
		}
		d.rows = append(d.rows, *r)
	}
	for id, c := range tx.Chains {
		if old, there := d.chains[id]; there {
			u.chains[id] = &old
		} else {
			u.chains[id] = nil
		}
		d.chains[id] = *c
	}
	for _, a := range tx.Answers {
		d.answers[a.Request] = a.Body
		u.answers = append(u.answers, a.Request)
	}
	for _, k := range tx.Aside {
		if _, there := d.aside[k.Hash]; !there {
			d.aside[k.Hash] = k
			u.aside = append(u.aside, k.Hash)
		}
	}
	for source, c := range tx.Cursors {
		u.cursors[source] = d.cursors[source]
		d.cursors[source] = c
	}
	d.days = append(d.days, tx.Days...)
	if tx.Epoch != 0 {
		d.epoch = tx.Epoch
	}
	d.done(u, synced)
}

// project writes the rows of tickets.
func (d *disk) project(list []*hall.Ticket, pos int64) {
	u := undo{epoch: d.epoch, rows: len(d.rows), days: len(d.days), projected: d.projected, tickets: map[hall.TicketID][]byte{}}
	for _, t := range list {
		u.tickets[t.Ticket] = d.tickets[t.Ticket]
		d.tickets[t.Ticket] = t.Row()
	}
	d.projected = pos
	d.done(u, false)
}

func (d *disk) done(u undo, synced bool) {
	if synced {
		d.unsynced = d.unsynced[:0]
		return
	}
	d.unsynced = append(d.unsynced, u)
}

// cut is a power cut: all but the first keep of the unsynced commits are gone.
func (d *disk) cut(keep int) (gone []core.Row) {
	for len(d.unsynced) > keep {
		u := d.unsynced[len(d.unsynced)-1]
		d.unsynced = d.unsynced[:len(d.unsynced)-1]
		for i := u.rows; i < len(d.rows); i++ {
			r := &d.rows[i]
			gone = append(gone, *r)
			if !r.Stray {
				delete(d.index[idOf(r)], r.ID.Seq)
			}
		}
		d.rows, d.days = d.rows[:u.rows], d.days[:u.days]
		d.epoch, d.projected = u.epoch, u.projected
		for id, c := range u.chains {
			if c == nil {
				delete(d.chains, id)
			} else {
				d.chains[id] = *c
			}
		}
		for _, a := range u.answers {
			delete(d.answers, a)
		}
		for id, row := range u.tickets {
			if row == nil {
				delete(d.tickets, id)
			} else {
				d.tickets[id] = row
			}
		}
		maps.Copy(d.cursors, u.cursors)
		for _, h := range u.aside {
			delete(d.aside, h)
		}
	}
	d.unsynced = nil
	return gone
}

// Sums, Bodies, Known, Stray, Granted and Answer are core.Disk.

func (d *disk) Sums(id core.ChainID, from, upto event.Seq) (out []event.Hash, err error) {
	for seq := from; seq <= upto; seq++ {
		i, there := d.index[id][seq]
		if !there {
			break
		}
		out = append(out, d.rows[i].Hash)
	}
	return out, nil
}

func (d *disk) Bodies(id core.ChainID, from, upto event.Seq) (out [][]byte, err error) {
	for seq := from; seq <= upto; seq++ {
		i, there := d.index[id][seq]
		if !there {
			break
		}
		out = append(out, d.rows[i].Body)
	}
	return out, nil
}

func (d *disk) Known(id core.ChainID, from, upto event.Seq) (map[event.Seq]event.Hash, error) {
	out := map[event.Seq]event.Hash{}
	for seq := from; seq <= upto; seq++ {
		if i, there := d.index[id][seq]; there {
			out[seq] = d.rows[i].Hash
		}
	}
	return out, nil
}

func (d *disk) Stray(sum event.Hash) ([]byte, error) {
	for i := range d.rows {
		if r := &d.rows[i]; r.Stray && r.Hash == sum {
			return r.Body, nil
		}
	}
	return nil, nil
}

func (d *disk) Granted(request string) ([]byte, error) {
	for i := range d.rows {
		if r := &d.rows[i]; r.Kind == hall.KindCalled && r.Request == request {
			return r.Body, nil
		}
	}
	return nil, nil
}

func (d *disk) Answer(request string) ([]byte, error) { return d.answers[request], nil }

// everything and public are what a feed may bring.
func everything(event.ID, event.Kind) bool    { return true }
func public(_ event.ID, kind event.Kind) bool { return core.Public(kind) }

// feed is the log behind a position for one hall: what is wanted of it, as far as it
// passes a sieve.
func (d *disk) feed(place hall.ID, wanted func(event.ID, event.Kind) bool, after int64, max int, sieve *core.Sieve) wire.Feed {
	f := wire.Feed{Epoch: d.epoch, From: after, Upto: after}
	if sieve != nil {
		f.Since = string(sieve.Since)
	}
	at, _ := slices.BinarySearchFunc(d.rows, after+1, func(r core.Row, pos int64) int { return int(r.Pos - pos) })
	for ; at < len(d.rows) && max > 0; at++ {
		r := &d.rows[at]
		max--
		f.Upto = r.Pos
		if sieve != nil && (r.Pos < sieve.From && !r.Lasting || !sieve.Keeps(r.Body)) {
			continue
		}
		if wanted(r.ID, r.Kind) && r.ID.Origin.Hall() == string(place) {
			f.Bodies = append(f.Bodies, r.Body)
		}
	}
	return f
}

// load makes a node's memory from its disk, as the store does at a start.
func (d *disk) load(n *node) *core.Node {
	pos := int64(0)
	if len(d.rows) > 0 {
		pos = d.rows[len(d.rows)-1].Pos
	}
	m := core.NewNode(n.origin, n.key, d.epoch, pos, n.keepsSince())
	m.Recall = func(_ hall.ID, id hall.TicketID) ([]byte, error) { return d.tickets[id], nil }
	ids := slices.SortedFunc(maps.Keys(d.index), func(a, b core.ChainID) int {
		return cmpID(event.ID{Origin: a.Origin, Epoch: a.Epoch}, event.ID{Origin: b.Origin, Epoch: b.Epoch})
	})
	for _, c := range d.chains {
		m.RestoreChain(c)
	}
	for _, id := range ids {
		last := event.Seq(0)
		for seq := range d.index[id] {
			last = max(last, seq)
		}
		m.RestoreLoose(id, last)
	}
	for _, day := range d.days {
		m.RestoreDay(day)
	}
	own := core.ChainID{Origin: n.origin, Epoch: d.epoch}
	for {
		i, there := d.index[own][m.OwnSeq()+1]
		if !there {
			break
		}
		m.RestoreOwn(d.rows[i].ID.Seq, d.rows[i].Hash)
	}
	if i, there := d.index[own][m.OwnSeq()]; there {
		e, err := event.Decode(d.rows[i].Body)
		check(err)
		m.RestoreStamp(e.At)
	}
	for _, id := range slices.Sorted(maps.Keys(d.tickets)) {
		if hall.IssueDate(id) >= m.From() {
			check(m.RestoreTicket(d.tickets[id]))
		}
	}
	for i := range d.rows {
		r := &d.rows[i]
		if r.Stray {
			m.RestoreStray(r.Hash, r.ID)
		}
		if r.Request != "" && r.Kind == hall.KindIssued && idOf(r) == own {
			m.RestoreTap(r.Request, r.ID)
		}
		if r.Fault != "" || !r.Lasting && r.Pos <= d.projected {
			continue
		}
		e, err := event.Decode(r.Body)
		check(err)
		check(m.Replay(e))
	}
	return m
}

// refold makes a hall from the log alone.
func (d *disk) refold(place hall.ID) *hall.Hall {
	h := hall.New(place)
	for i := range d.rows {
		r := &d.rows[i]
		if r.Fault != "" || r.ID.Origin.Hall() != string(place) {
			continue
		}
		e, err := event.Decode(r.Body)
		check(err)
		e, err = e.Inner()
		check(err)
		_, err = h.Apply(e)
		check(err)
	}
	return h
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
