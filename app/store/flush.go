package store

import (
	"strings"

	"onewindow/app/hall"
	"onewindow/sync/core"
)

// flush writes what the commit gathered.
func (tx *Tx) flush() error {
	if err := tx.flushChains(); err != nil {
		return err
	}
	// A failing row fails the whole commit, so that no statement needs a journal of
	// its own to be undone alone: a tenth of the time of many rows.
	if err := tx.flushRows("INSERT OR FAIL", tx.Rows, ""); err != nil {
		return err
	}
	if err := tx.flushRows("INSERT OR FAIL", tx.Passed, " ON CONFLICT (chain, seq) DO NOTHING"); err != nil {
		return err
	}
	for _, a := range tx.Answers {
		if err := tx.Exec("INSERT INTO request (id, answer) VALUES (?,?)", a.Request, a.Body); err != nil {
			return err
		}
	}
	for _, k := range tx.Aside {
		if err := tx.Exec("INSERT OR IGNORE INTO quarantine (hash, origin, reason, at_ms, body) VALUES (?,?,?,?,?)",
			k.Hash[:], string(k.Origin), k.Reason, tx.s.opt.Now(), k.Body); err != nil {
			return err
		}
	}
	for source, c := range tx.Cursors {
		if err := tx.Exec("INSERT OR REPLACE INTO cursor (source, epoch, pos, since) VALUES (?,?,?,?)", source, int64(c.Epoch), c.Pos, string(c.Since)); err != nil {
			return err
		}
	}
	for _, d := range tx.Days {
		if err := tx.Exec("INSERT INTO day (date, pos) VALUES (?,?)", string(d.Date), d.Pos); err != nil {
			return err
		}
	}
	if tx.Epoch != 0 {
		return tx.Exec("UPDATE node SET epoch = ? WHERE id = 1", int64(tx.Epoch))
	}
	return nil
}

// flushChains writes the chains that changed, and gives a row to those that events
// are noted of for the first time.
func (tx *Tx) flushChains() error {
	for _, list := range [][]core.Row{tx.Rows, tx.Passed} {
		var last core.ChainID
		for i := range list {
			id := core.ChainID{Origin: list[i].ID.Origin, Epoch: list[i].ID.Epoch}
			if id == last || list[i].Stray {
				continue
			}
			last = id
			if _, known := tx.s.ids[id]; known {
				continue
			}
			row := int64(len(tx.s.ids)) + 1
			if err := tx.Exec(`INSERT INTO chain (id, origin, epoch, seq, head, signed_seq, up_seq, up_head, up_epoch, centre_seq, forked)
				VALUES (?,?,?,0,zeroblob(32),0,0,zeroblob(32),0,0,0)`, row, string(id.Origin), int64(id.Epoch)); err != nil {
				return err
			}
			tx.s.ids[id] = row
		}
	}
	for _, c := range tx.Chains {
		forked := 0
		if c.Forked {
			forked = 1
		}
		if err := tx.Exec("UPDATE chain SET seq=?, head=?, signed_seq=?, sig=?, up_seq=?, up_head=?, up_epoch=?, centre_seq=?, forked=? WHERE id = ?",
			int64(c.Seq), c.Head[:], int64(c.Signed), c.Sig, int64(c.Up), c.UpHead[:], int64(c.UpEpoch), int64(c.Centre), forked, tx.s.ids[c.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) flushRows(insert string, list []core.Row, tail string) error {
	const width = 9
	args := make([]any, 0, width*len(list))
	for i := range list {
		r := &list[i]
		lasting := int64(0)
		if r.Lasting {
			lasting = 1
		}
		chain, seq := tx.s.ids[core.ChainID{Origin: r.ID.Origin, Epoch: r.ID.Epoch}], int64(r.ID.Seq)
		if r.Stray {
			chain, seq = strays, r.Pos
		}
		args = append(args, r.Pos, chain, seq, string(r.Kind), lasting, orNull(r.Fault), orNull(r.Request), r.Hash[:], r.Body)
	}
	return tx.packed(insert+" INTO event (pos, chain, seq, kind, lasting, fault, request, hash, body) VALUES ", width, args, tail)
}

// strays is the chain number under which events stand whose own number is taken.
const strays = int64(0)

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// flushTickets writes the rows of tickets.
func (tx *Tx) flushTickets(list []*hall.Ticket) error {
	const width = 7
	args := make([]any, 0, width*len(list))
	for _, t := range list {
		if at := spanOf(t.Hall, t.Ticket); !tx.s.spans[at] {
			tx.s.spans[at] = true
			if err := tx.Exec("INSERT OR IGNORE INTO ticket_span (hall, span) VALUES (?,?)", string(at.hall), string(at.of)); err != nil {
				return err
			}
		}
		args = append(args, string(t.Ticket), string(t.Hall), string(t.Date), string(t.Number), string(t.Service), string(t.State), t.Row())
	}
	return tx.packed("INSERT OR FAIL INTO ticket (id, hall, date, number, service, state, row) VALUES ", width, args,
		" ON CONFLICT (id) DO UPDATE SET hall=excluded.hall, date=excluded.date, number=excluded.number, service=excluded.service, state=excluded.state, row=excluded.row")
}

// projected notes how far of the log is in the tickets' rows.
func (tx *Tx) projected(pos int64) error {
	return tx.Exec("UPDATE node SET projected = ? WHERE id = 1", pos)
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

// firstDate is the business day before the present one.
func (s *Store) firstDate() hall.Date { return hall.DateOf(s.opt.Now() - dayMS) }

const dayMS = int64(24 * 60 * 60 * 1000)
