package sim

import (
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

func broken(rule string) bool { return event.Broken(rule) }

// line is the way between a node and the one above it.
type line struct {
	w             *world
	child, parent *node
	cut           bool // nothing gets through
	connected     bool // as the child believes
	turns         int
}

// turn notes that an end started or stopped or the line was cut or healed: after a
// while the child notices.
func (l *line) turn() {
	l.turns++
	turn := l.turns
	stands := !l.cut && l.child.up && l.parent.up
	wait := 250 + l.w.upto(1250)
	if !stands && l.w.chance(500) {
		wait = l.w.upto(20_000) // a half-open line is noticed by its pings
	}
	if !l.child.up {
		wait = 0
	}
	l.w.after(wait, func() {
		if l.turns != turn {
			return
		}
		was := l.connected
		l.connected = stands
		c := l.child
		if !c.up || was && !stands {
			c.sender.Break()
			c.feed.Break()
			c.above.Break()
		}
		if c.up && stands {
			// Also where nothing was noticed of a short break: what was under way is gone.
			c.sender.Break()
			c.core.Unsure()
			if c.silent = broken("retry-only-on-write"); !c.silent {
				c.sender.Connect()
			}
			c.feed.Connect()
			c.above.Connect()
			c.pump()
		}
	})
}

// carry brings a message to a node, late, twice or not at all.
func (l *line) carry(to *node, do func(*node)) {
	if l.cut || l.w.chance(l.w.loss) {
		return
	}
	times := 1
	if l.w.chance(l.w.double) {
		times = 2
	}
	for range times {
		wait := 1 + l.w.upto(l.w.slow)
		if !l.w.quiet && l.w.chance(3) {
			wait += l.w.upto(l.w.lives) // the long way round
		}
		l.w.after(wait, func() {
			if to.up && !l.cut {
				do(to)
			}
		})
	}
}

func (l *line) up(do func(parent *node))  { l.carry(l.parent, do) }
func (l *line) down(do func(child *node)) { l.carry(l.child, do) }

// push sends what the sender wants to send.
func (n *node) push() {
	for {
		want, ok := n.sender.Next(n.elapsed(), n.core.Owing())
		if !ok {
			return
		}
		p, ok := wire.Push{Origin: want.ID.Origin, Epoch: want.ID.Epoch, From: want.From, Prev: want.Prev}, true
		if !want.Ask {
			bodies, _ := n.disk.Bodies(want.ID, want.From, want.From+199)
			p, ok = n.core.Pack(want.ID, want.From, want.Prev, bodies)
		}
		if !ok {
			n.sender.Rest(n.elapsed(), want.ID)
			continue
		}
		serial, l, life := n.sender.Sent(n.elapsed(), p), n.parent, n.life
		frame := p.Encode()
		l.up(func(parent *node) {
			p, err := wire.DecodePush(frame)
			check(err)
			parent.take(p, serial, func(a wire.Ack) {
				l.down(func(c *node) {
					if c.life == life {
						c.acked(want.ID, serial, a)
					}
				})
			})
		})
	}
}

// take is the receiving end of a push.
func (n *node) take(p wire.Push, serial uint64, answer func(wire.Ack)) {
	if broken("dedup-by-message-id") && !n.w.seen.firstMessage(n, p.Origin, serial) {
		answer(wire.Ack{Epoch: n.core.Epoch(), Upto: p.Upto(), Head: p.Head()})
		return
	}
	var ack wire.Ack
	n.write(func(tx *core.Tx) (err error) {
		ack, err = tx.Accept(p)
		if broken("ack-before-commit") {
			answer(ack)
		}
		return err
	}, func(err error) {
		if err != nil || broken("ack-before-commit") {
			return
		}
		if ack.Refuse == nil {
			c := n.disk.chains[core.ChainID{Origin: p.Origin, Epoch: p.Epoch}]
			ack = wire.Ack{Epoch: n.core.Epoch(), Upto: c.Seq, Head: c.Head, Above: c.Centre}
			if c.Forked {
				ack.Refuse = event.Forked
			}
		}
		answer(ack)
		if n.role == "hub" && !n.reading && n.relayForked() {
			n.readAbove()
			n.pump()
		}
	})
}

// relayForked tells whether the centre has another history of a terminal's chain.
func (n *node) relayForked() bool {
	forks := n.core.Forks()
	news := forks > n.w.seen.forks[n.name]
	n.w.seen.forks[n.name] = forks
	return news
}

func (n *node) acked(id core.ChainID, serial uint64, a wire.Ack) {
	expected, _ := n.sender.Acked(n.elapsed(), id, serial, a)
	if a.Refuse != nil {
		n.w.tell("%s: push of %s refused: %s", n.name, id.Origin, a.Refuse.Key)
	}
	n.replicate(func(tx *core.Tx) error {
		_, err := tx.Acked(id, a, n.parent.parent.role == "centre", expected)
		if err == nil && broken("delete-on-ack") {
			n.w.seen.deleteUpto(n, id, a.Upto)
		}
		return err
	}, func(error) { n.w.seen.claims(n) })
	n.pump()
}

// fetch asks for the feed and hands back what a hub in a new life lacks.
func (n *node) fetch() {
	l := n.parent
	if n.follows() {
		if after, due := n.feed.Hand(n.elapsed()); due {
			n.hand(after)
		}
		if ask, due := n.feed.Ask(n.elapsed(), n.origin, n.keepsSince()); due {
			if h := n.core.Hall(n.place); h != nil {
				for _, id := range h.HeldBefore(n.keepsSince()) {
					ask.Held = append(ask.Held, string(id))
				}
			}
			number := n.feed.Asks()
			l.up(func(hub *node) { hub.answer(ask, l, func(c *node, f wire.Feed) { c.answered(number, f) }) })
		}
	}
	if n.reading {
		if ask, due := n.above.Ask(n.elapsed(), n.origin, ""); due {
			number := n.above.Asks()
			l.up(func(centre *node) { centre.answer(ask, l, func(c *node, f wire.Feed) { c.readSome(number, f) }) })
		}
	}
}

// A hub of a district that ages gives the last agedTail positions of its log whole, and
// looks through so many for one answer of what passes a sieve: a snapshot has several parts.
const (
	agedTail = 60
	aged     = 90
)

// answer gives a feed to a child.
func (n *node) answer(ask wire.FeedAsk, l *line, give func(*node, wire.Feed)) {
	after := ask.After
	if ask.Epoch != n.core.Epoch() || after < 0 || after > n.core.Position() {
		after = 0
	}
	n.gather.Asked(ask.Origin, ask.Epoch, n.core.Epoch())
	wanted := public
	if n.role == "centre" {
		wanted = everything
	}
	f := n.disk.feed(hall.ID(ask.Origin.Hall()), wanted, after, 500, nil)
	if sieve := n.core.Sieve(ask, after, n.keepsSince(), n.w.tail); sieve != nil {
		f = n.disk.feed(hall.ID(ask.Origin.Hall()), public, after, aged, sieve)
		n.w.seen.sifted++
		if broken("snapshot-half") {
			f.Upto = n.core.Position()
		}
	}
	f.Epoch = n.core.Epoch()
	for _, m := range n.core.Marks() {
		if m.Origin == ask.Origin {
			f.Marks = append(f.Marks, m)
		}
	}
	l.down(func(c *node) { give(c, f) })
}

func (n *node) answered(ask int64, f wire.Feed) {
	if n.feed.Answer(n.elapsed(), ask, f) {
		n.follow(f)
		return
	}
	n.pump()
}

func (n *node) news(f wire.Feed) {
	if n.feed.News(n.elapsed(), f) || broken("skip-gaps") {
		n.follow(f)
		return
	}
	n.pump()
}

// follow folds a feed.
func (n *node) follow(f wire.Feed) {
	if broken("cursor-before-data") {
		n.disk.cursors["hall"] = n.feed.Reach(f)
	}
	reach := n.feed.Reach(f)
	n.replicate(func(tx *core.Tx) error { return tx.TakeFeed("hall", f, reach) }, func(err error) {
		if err != nil {
			n.feed.Failed(n.elapsed(), n.disk.cursors["hall"])
			return
		}
		n.w.seen.claims(n)
	})
	n.feed.Taken(f)
	n.pump()
}

// level tells whether a terminal has all that its hub has.
func (n *node) level() bool {
	hub, c := n.parent.parent, n.disk.cursors["hall"]
	if c.Epoch != hub.core.Epoch() {
		return false
	}
	f := hub.disk.feed(n.place, public, c.Pos, 1<<30, nil)
	return len(f.Bodies) == 0
}

// hand hands a portion of the own log back to the hub.
func (n *node) hand(after int64) {
	own := core.ChainID{Origin: n.origin, Epoch: n.core.Epoch()}
	f := n.disk.feed(n.place, func(id event.ID, k event.Kind) bool { return core.Hands(own, id, k) }, after, 500, nil)
	l, life := n.parent, n.life
	l.up(func(hub *node) {
		hub.write(func(tx *core.Tx) error {
			for _, body := range f.Bodies {
				if err := tx.Take(body); err != nil {
					return err
				}
			}
			return nil
		}, func(err error) {
			if err == nil {
				l.down(func(c *node) {
					if c.life == life {
						c.feed.Handed(c.elapsed(), f.Upto, f.Upto == f.From)
						c.pump()
					}
				})
			}
		})
	})
}

// readSome folds what the centre knows of the hall.
func (n *node) readSome(ask int64, f wire.Feed) {
	if !n.reading || !n.above.Answer(n.elapsed(), ask, f) {
		if n.reading && f.Upto == f.From {
			n.reading = false
			n.gather.CentreRead()
		}
		return
	}
	n.write(func(tx *core.Tx) error {
		for _, body := range f.Bodies {
			if err := tx.Adopt(body, f.Epoch); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) {
		if err == nil {
			n.above.Taken(f)
		} else {
			n.above.Failed(n.elapsed(), core.Cursor{})
		}
		n.pump()
	})
}
