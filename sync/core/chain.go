package core

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// ChainID names the events of one life of one device's database.
type ChainID struct {
	Origin event.Origin
	Epoch  event.Epoch
}

// Chain is what a node knows of an origin and epoch: its events are complete
// here from 1 to Seq.
type Chain struct {
	ID     ChainID
	Seq    event.Seq
	Head   event.Hash
	Signed event.Seq // the device's signature Sig covers the head at this number
	Sig    []byte
	// Up and UpHead are what the place above has confirmed; UpEpoch is the life of
	// that place's database, 0 when nothing is confirmed.
	Up      event.Seq
	UpHead  event.Hash
	UpEpoch event.Epoch
	Centre  event.Seq // confirmed by the centre
	// Loose is the highest number that came by a feed and not yet by the chain itself:
	// up to there an event of a push may be in the log already.
	Loose event.Seq
	// Forked tells that the place above has another history of this chain: it is not
	// owed any more, and its owner is told to go on in a new epoch.
	Forked bool
}

func (n *Node) chain(id ChainID) *Chain {
	c := n.chains[id]
	if c == nil {
		c = &Chain{ID: id}
		n.chains[id], n.list = c, append(n.list, c)
	}
	return c
}

// Unsure notes that the place above may have another database than before (the line
// broke): whether it still has what it confirmed is asked before it is relied on.
func (n *Node) Unsure() { n.above = 0 }

// Owing lists the chains that the place above does not have in full, or may not have
// any more, own events first.
func (n *Node) Owing() []wire.Owed {
	var out []wire.Owed
	for _, c := range n.list {
		unsure := c.Seq > 0 && c.UpEpoch != n.above
		if (c.Seq > c.Up || unsure) && !c.Forked {
			out = append(out, wire.Owed{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Up: c.Up, Head: c.UpHead, Seq: c.Seq, Top: c.Head, Unsure: unsure})
		}
	}
	slices.SortFunc(out, func(a, b wire.Owed) int {
		if own := n.Origin; (a.Origin == own) != (b.Origin == own) {
			if a.Origin == own {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch))
	})
	return out
}

// ChainSeq tells how far a chain is complete here; 0 when nothing is known of it.
func (n *Node) ChainSeq(id ChainID) event.Seq {
	if c := n.chains[id]; c != nil {
		return c.Seq
	}
	return 0
}

// Chain gives what is known of a chain; false when nothing is.
func (n *Node) Chain(id ChainID) (Chain, bool) {
	if c := n.chains[id]; c != nil {
		return *c, true
	}
	return Chain{}, false
}

// Chains lists what is known of every chain, by origin and epoch.
func (n *Node) Chains() []Chain {
	out := make([]Chain, 0, len(n.chains))
	for _, c := range n.list {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Chain) int { return compareChains(a.ID, b.ID) })
	return out
}

func compareChains(a, b ChainID) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch))
}

// Saved tells where an event is safe: "here", "hall" or "centre". An event of
// another origin came through the hub, so it is at least in the hall.
func (n *Node) Saved(id event.ID) string {
	c := n.chains[ChainID{id.Origin, id.Epoch}]
	switch {
	case c != nil && c.Centre >= id.Seq:
		return "centre"
	case id.Origin != n.Origin || c != nil && c.Up >= id.Seq:
		return "hall"
	}
	return "here"
}

// Unsaved counts the own events that are not in the hall, those that are there
// but not at the centre, and names the oldest event of each chain that is not at
// the centre.
func (n *Node) Unsaved() (hereOnly, hallOnly int, oldest []event.ID) {
	for _, c := range n.list {
		if c.Seq == 0 || c.Forked {
			continue
		}
		hereOnly += int(c.Seq - c.Up)
		hallOnly += int(c.Up - min(c.Up, c.Centre))
		if c.Centre < c.Seq {
			oldest = append(oldest, event.ID{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Seq: c.Centre + 1})
		}
	}
	return hereOnly, hallOnly, oldest
}

// Marks lists how far the centre has confirmed the chains of this node.
func (n *Node) Marks() []wire.Mark {
	out := make([]wire.Mark, 0, len(n.chains))
	for _, c := range n.list {
		if c.Centre > 0 {
			out = append(out, wire.Mark{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Seq: c.Centre})
		}
	}
	return out
}

// Pack makes the push of a chain's next events from what the log holds behind
// from, at most wire.MaxFrame bytes, signed when it ends at a number that a
// signature is known for. false when there is nothing to send.
func (n *Node) Pack(id ChainID, from event.Seq, prev event.Hash, bodies [][]byte) (wire.Push, bool) {
	p := wire.Push{Origin: id.Origin, Epoch: id.Epoch, From: from, Prev: prev}
	size := 0
	for i, body := range bodies {
		if size += len(body) + 5; size > wire.MaxFrame && i > 0 {
			break
		}
		p.Bodies = append(p.Bodies, body)
	}
	if len(p.Bodies) == 0 {
		return p, false
	}
	if id.Origin == n.Origin && n.Key != nil {
		p.Sig = wire.SignHead(n.Key, id.Origin, id.Epoch, p.Upto(), p.Head())
	} else if c := n.chains[id]; c != nil && c.Signed == p.Upto() {
		p.Sig = c.Sig
	}
	return p, true
}

// Accept takes a push into this node's log, in one commit with its effects.
// What cannot be read or folded is kept byte for byte with its fault and the
// chain moves on; a wrong signature or another history keeps the whole frame
// aside and is not acknowledged. The ack holds once the commit is done.
func (tx *Tx) Accept(p wire.Push) (wire.Ack, error) { return tx.AcceptRead(Read(p)) }

// AcceptRead is Accept for a push that was read beforehand, beside the writer.
func (tx *Tx) AcceptRead(in Incoming) (wire.Ack, error) {
	n, p := tx.n, in.Push
	c := n.chain(ChainID{p.Origin, p.Epoch})
	ack := func(no *event.Refusal) wire.Ack {
		return wire.Ack{Epoch: n.epoch, Upto: c.Seq, Head: c.Head, Above: c.Centre, Refuse: no}
	}
	if p.Origin == n.Origin && p.Epoch == n.epoch {
		// Somebody brings what only this node may write: a copy of it is about.
		return ack(event.Forked), tx.aside(p, "brings this node's own chain")
	}
	if p.From > c.Seq+1 {
		return ack(nil), nil // a gap: the sender goes on from what is here
	}
	skip := int(c.Seq + 1 - p.From)
	if known := min(skip, len(p.Bodies)); known > 0 {
		if no, err := tx.same(c, p, known); no != nil || err != nil {
			return ack(no), err
		}
	}
	if skip == 0 && p.Prev != c.Head {
		return ack(event.Forked), tx.aside(p, "head differs: a fork")
	}
	if skip >= len(p.Bodies) {
		if c.Forked {
			return ack(event.Forked), nil
		}
		return ack(nil), nil
	}
	if c.Forked {
		return ack(event.Forked), tx.aside(p, "the centre has another history")
	}
	if no := cmp.Or(n.pretends(p), n.unsigned(p, in.head)); no != "" {
		return ack(event.DeviceUnknown), tx.aside(p, no)
	}
	loose, err := tx.loose(c, p)
	if err != nil {
		return ack(nil), err
	}
	tx.Rows = slices.Grow(tx.Rows, len(p.Bodies)-skip)
	sums := in.sums[skip:]
	for i := range sums {
		if have, known := loose[event.Seq(skip+i)+p.From]; known && have != sums[i] && !event.Broken("fork-overwrites") {
			return ack(event.Forked), tx.aside(p, "same number, other content than the hall was told: a fork")
		}
	}
	for i, body := range p.Bodies[skip:] {
		seq := event.Seq(skip+i) + p.From
		if _, known := loose[seq]; !known {
			tx.receive(event.ID{Origin: p.Origin, Epoch: p.Epoch, Seq: seq}, body, sums[i], in.events[skip+i])
		}
		c.Head = event.Chain(c.Head, sums[i])
		c.Seq++
	}
	if len(p.Sig) > 0 {
		c.Signed, c.Sig = c.Seq, p.Sig
	}
	tx.mark(c) // also where all of it came by a feed before: how far the chain goes is news
	return ack(nil), nil
}

// loose gives the hashes of those events of a push that came by a feed before.
func (tx *Tx) loose(c *Chain, p wire.Push) (map[event.Seq]event.Hash, error) {
	if c.Loose <= c.Seq {
		return nil, nil
	}
	known, err := tx.disk.Known(c.ID, c.Seq+1, min(c.Loose, p.Upto()))
	if err != nil {
		return nil, tx.fail(err)
	}
	for i := range tx.Passed {
		if r := &tx.Passed[i]; !r.Stray && (ChainID{r.ID.Origin, r.ID.Epoch}) == c.ID {
			if known == nil {
				known = map[event.Seq]event.Hash{}
			}
			known[r.ID.Seq] = r.Hash
		}
	}
	return known, nil
}

// unsigned checks the signature of a push against the keys that the device has had.
// A new life may begin with a new key, that of a replaced disk: its first event names
// it, and it counts only where the device was admitted with it.
func (n *Node) unsigned(p wire.Push, head event.Hash) string {
	if len(p.Sig) == 0 {
		return ""
	}
	keys := n.KeysOf(p.Origin)
	if e, err := event.Decode(p.Bodies[0]); err == nil && e.Kind == hall.KindDevice && p.From == 1 {
		d, err := hall.ReadDevice(e)
		if err != nil {
			return "device unknown: " + err.Error()
		}
		if n.Admits == nil || n.Admits(p.Origin, d.Key) {
			keys = append(keys, d.Key)
		}
	}
	if len(keys) == 0 {
		return "device unknown: its first event names no key that was admitted"
	}
	for _, k := range keys {
		if wire.CheckHead(k, p.Origin, p.Epoch, p.Upto(), head, p.Sig) {
			return ""
		}
	}
	return "signature does not fit the device's key"
}

// same compares what is sent again with what is here.
func (tx *Tx) same(c *Chain, p wire.Push, n int) (*event.Refusal, error) {
	have, err := tx.sums(c.ID, p.From, p.From+event.Seq(n)-1)
	if err != nil || len(have) != n {
		return nil, tx.fail(fmt.Errorf("read chain %s:%s from %d: %d of %d rows: %w", p.Origin, p.Epoch, p.From, len(have), n, err))
	}
	for i, sum := range have {
		if sum != event.Sum(p.Bodies[i]) && !event.Broken("fork-overwrites") {
			return event.Forked, tx.aside(p, "same number, other content: a fork")
		}
	}
	return nil, nil
}

// Acked notes how far the place above has confirmed a chain; toCentre tells that
// it is the centre itself, expected the head that this node has at that number when
// the caller knows it. A confirmation that moves back (the place above was restored
// from a backup) makes the events owed again; one with another head is a fork (the
// answer is true): the chain is not owed any more, and its owner has to go on in a
// new epoch (see Renew). Other refusals change nothing.
func (tx *Tx) Acked(id ChainID, a wire.Ack, toCentre bool, expected *event.Hash) (forked bool, err error) {
	c := tx.n.chains[id]
	switch {
	case c == nil || c.Seq == 0:
		return false, nil
	case c.Forked:
		return true, nil
	case a.Refuse != nil && a.Refuse.Code != event.Forked.Code:
		return false, nil
	}
	if a.Refuse != nil {
		tx.n.above = a.Epoch
	}
	own := id == ChainID{tx.n.Origin, tx.n.epoch}
	if a.Refuse == nil && a.Upto > c.Seq && !own {
		// The place above knows more of it than is left here, and has agreed to what was
		// sent: an older state of this database was restored, and nothing of it is owed.
		a.Upto, a.Head, a.Above = c.Seq, c.Head, min(a.Above, c.Seq)
		expected = &c.Head
	}
	same := a.Refuse == nil && a.Upto <= c.Seq
	if same {
		head := c.Head
		switch {
		case expected != nil:
			head = *expected
		case a.Upto < c.Seq:
			if head, err = tx.headAt(c, a.Upto); err != nil {
				return false, err
			}
		}
		same = head == a.Head || event.Broken("fork-overwrites")
	}
	if !same {
		c.Forked = true
		tx.mark(c)
		return true, nil
	}
	above := a.Above
	if toCentre {
		above = a.Upto
	}
	tx.n.above = a.Epoch
	if event.Broken("watermark-never-back") && a.Upto < c.Up {
		c.UpEpoch = a.Epoch
		return false, nil
	}
	if c.Up == a.Upto && c.Centre == above && c.UpEpoch == a.Epoch {
		return false, nil
	}
	c.Up, c.UpHead, c.UpEpoch, c.Centre = a.Upto, a.Head, a.Epoch, above
	tx.mark(c)
	return false, nil
}

// headAt computes a chain's head at an earlier number, from the nearest known one.
func (tx *Tx) headAt(c *Chain, at event.Seq) (event.Hash, error) {
	var head event.Hash
	from := event.Seq(0)
	if c.Up <= at {
		head, from = c.UpHead, c.Up
	}
	head, err := HeadAt(head, from, at, func(from, upto event.Seq) ([]event.Hash, error) { return tx.disk.Sums(c.ID, from, upto) })
	if err != nil {
		return head, tx.fail(fmt.Errorf("read chain %s:%s: %w", c.ID.Origin, c.ID.Epoch, err))
	}
	return head, nil
}

// headPortion is how many hashes are read at a time to compute a head.
const headPortion = 10_000

// HeadAt computes the head of a chain at a number from the one at an earlier number and
// the hashes between, of which sums gives a run, both ends included.
func HeadAt(head event.Hash, from, at event.Seq, sums func(from, upto event.Seq) ([]event.Hash, error)) (event.Hash, error) {
	for from < at {
		list, err := sums(from+1, min(at, from+headPortion))
		if err == nil && len(list) == 0 {
			err = errors.New("the log ends")
		}
		if err != nil {
			return head, fmt.Errorf("behind %d: %w", from, err)
		}
		for _, sum := range list {
			head = event.Chain(head, sum)
		}
		from += event.Seq(len(list))
	}
	return head, nil
}

// Marked notes what the hub tells about the centre: how far it has which chain.
func (tx *Tx) Marked(marks []wire.Mark) {
	for _, m := range marks {
		c := tx.n.chain(ChainID{m.Origin, m.Epoch})
		if c.Centre == m.Seq {
			continue
		}
		c.Centre = m.Seq
		// A mark of a chain that is not complete here (another terminal's) is kept in memory only.
		if c.Seq > 0 {
			tx.mark(c)
		}
	}
}

func (tx *Tx) mark(c *Chain) {
	if tx.Chains == nil {
		tx.Chains = map[ChainID]*Chain{}
	}
	tx.Chains[c.ID] = c
	tx.writes++
}
