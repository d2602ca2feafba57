package core

import (
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Follower is the receiving end of a feed as a state machine: news are taken as they
// come while they follow each other, and a fetch closes every gap. Its cursor is the
// one that is saved with the events.
type Follower struct {
	// AnswerMS is how long an answer may take; RetryMS how soon a failed fetch is tried
	// again; CheckMS how long to go without news before looking whether any were missed.
	AnswerMS, RetryMS, CheckMS int64

	// Hands tells to hand back what is here to a source whose database has begun
	// another life, before its feed is followed from the beginning.
	Hands bool

	up     bool   // the line stands
	at     Cursor // what is taken
	asked  int64  // when the fetch under way was sent; 0 when there is none
	asks   int64  // how many were sent
	next   int64  // when to fetch
	behind bool
	sifted bool // something was left out since it was level

	hand handing
}

// handing is how far the own log is handed back.
type handing struct {
	to   event.Epoch // the life of the source that gets it; 0 when nothing is handed back
	pos  int64       // confirmed
	sent int64       // when the portion under way was sent; 0 when there is none
}

// Start takes the cursor as it is saved. Everything behind it is fetched first.
func (f *Follower) Start(at Cursor) {
	f.at, f.behind, f.sifted, f.asked, f.next, f.hand = at, true, false, 0, 0, handing{}
}

// Connect notes that the line stands (again): news may have been missed.
func (f *Follower) Connect() { f.up, f.behind, f.asked, f.next, f.hand.sent = true, true, 0, 0, 0 }

// Break notes that the line broke: answers to what was asked will not come.
func (f *Follower) Break() { f.up, f.asked, f.hand.sent = false, 0, 0 }

// Ask tells whether to fetch now, and what. since is the first business day whose
// tickets are kept in memory here; empty where everything is followed. Where it is
// before what was taken (the clock was ahead, and days were left out that are present
// ones after all), the source is followed from its beginning again.
func (f *Follower) Ask(now int64, origin event.Origin, since hall.Date) (wire.FeedAsk, bool) {
	if f.asked != 0 && now-f.asked >= f.AnswerMS {
		f.asked, f.behind, f.next = 0, true, now+f.RetryMS
	}
	if !f.up || f.asked != 0 || now < f.next || f.hand.to != 0 {
		return wire.FeedAsk{}, false
	}
	if since < f.at.Since {
		f.at.Pos, f.at.Since, f.behind, f.sifted = 0, "", true, false
	}
	f.asked, f.next = max(now, 1), now+f.CheckMS
	f.asks++
	return wire.FeedAsk{Origin: origin, Epoch: f.at.Epoch, After: f.at.Pos, Since: string(since), Sifted: f.sifted}, true
}

// Asks is the number of the last fetch, for telling late answers from its own.
func (f *Follower) Asks() int64 { return f.asks }

// News tells whether news follow what is here, so that they are to be taken; where
// they leave a gap a fetch becomes due.
func (f *Follower) News(now int64, n wire.Feed) bool {
	if n.Epoch != f.at.Epoch || n.From > f.at.Pos {
		f.behind = true
		f.next = min(f.next, now)
		return false
	}
	if !f.behind {
		f.next = now + f.CheckMS
	}
	return n.Upto > f.at.Pos || len(n.Marks) > 0
}

// Answer takes the answer to a fetch, of which ask is the number; it is to be taken
// unless it is empty. An answer that does not follow the cursor (an old one, come late)
// is not.
func (f *Follower) Answer(now, ask int64, n wire.Feed) bool {
	current := ask == f.asks && f.asked != 0
	f.asked = 0
	if n.Epoch != f.at.Epoch && f.at.Epoch != 0 && n.From > 0 && current {
		// Another hub leads, and has everything that the last one told: its feed goes on
		// from here. Only an answer to what was asked with this cursor can say so.
		f.at.Epoch, f.at.Pos = n.Epoch, n.From
	}
	if f.Hands && n.Epoch != f.at.Epoch {
		// Also at the first contact: a call may have been granted before the first feed
		// came, by a hub that lost its disk right afterwards.
		f.hand = handing{to: n.Epoch}
		return false
	}
	pos := f.at.Pos
	if n.Epoch != f.at.Epoch {
		pos = 0 // another life is followed from its beginning
	}
	if n.From > pos || n.Upto > n.From && n.Upto <= pos {
		f.next = now // an old answer: news were faster
		if n.From == 0 && n.Upto > 0 {
			f.next += f.RetryMS // or the source does not have the position: nothing of it can be taken
		}
		return false
	}
	if n.Upto == n.From {
		// That is all there is.
		f.at, f.behind, f.sifted, f.next = f.Reach(n), false, false, now+f.CheckMS
		return len(n.Marks) > 0
	}
	f.behind, f.next = true, now
	return true
}

// Life is the life of the source that is followed; 0 before the first.
func (f *Follower) Life() event.Epoch {
	if f.hand.to != 0 {
		return 0 // what is here is still being handed back
	}
	return f.at.Epoch
}

// Level tells that nothing more was there to fetch when it was looked at last.
func (f *Follower) Level() bool { return f.at.Epoch != 0 && !f.behind }

// Hand tells whether to hand back a portion of the own log now, the one behind a
// position.
func (f *Follower) Hand(now int64) (after int64, due bool) {
	if !f.up || f.hand.to == 0 || f.hand.sent != 0 && now-f.hand.sent < f.AnswerMS {
		return 0, false
	}
	f.hand.sent = max(now, 1)
	return f.hand.pos, true
}

// Handed notes that the source has what was handed back up to a position. At the end
// of the log (last) the source is followed from its beginning.
func (f *Follower) Handed(now, upto int64, last bool) {
	if !f.up || f.hand.to == 0 || f.hand.sent == 0 || upto < f.hand.pos {
		return
	}
	f.hand.pos, f.hand.sent = upto, 0
	if last {
		f.at, f.behind, f.sifted, f.next, f.hand = Cursor{Epoch: f.hand.to}, true, false, now, handing{}
	}
}

// Reach gives the cursor that is true once a feed is folded, and saved with it. Of two
// days before which something was left out the later counts.
func (f *Follower) Reach(n wire.Feed) Cursor {
	c := Cursor{Epoch: n.Epoch, Pos: n.Upto, Since: hall.Date(n.Since)}
	if n.Epoch == f.at.Epoch {
		c.Since = max(c.Since, f.at.Since)
	}
	if event.Broken("since-forgotten") {
		c.Since = ""
	}
	return c
}

// Taken notes that a feed is folded and its cursor with it.
func (f *Follower) Taken(n wire.Feed) {
	f.at = f.Reach(n)
	f.sifted = f.behind && (f.sifted || n.Since != "")
}

// Failed notes that a feed could not be saved; the saved cursor counts again.
func (f *Follower) Failed(now int64, at Cursor) {
	f.Start(at)
	f.next = now + f.RetryMS
}

// Wait tells how long nothing has to be done unless something happens.
func (f *Follower) Wait(now, most int64) int64 {
	wait := min(most, f.next-now)
	switch {
	case !f.up:
		return most // nothing is to be done before the line is back
	case f.hand.to != 0:
		wait = f.hand.sent + f.AnswerMS - now
	case f.asked != 0:
		wait = f.asked + f.AnswerMS - now
	}
	return max(min(wait, most), 1)
}
