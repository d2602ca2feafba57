package core

import (
	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Follower is the receiving end of a feed as a state machine: news are taken as they
// come while they follow each other, and a fetch closes every gap. Its cursor is the
// one that is saved with the events.
type Follower struct {
	// AnswerMS is how long an answer may take; RetryMS how soon a failed fetch is tried
	// again; CheckMS how long to go without news before looking whether any were missed.
	AnswerMS, RetryMS, CheckMS int64

	epoch  event.Epoch
	pos    int64
	asked  int64 // when the fetch under way was sent; 0 when there is none
	next   int64 // when to fetch
	behind bool
}

// Start takes the cursor as it is saved. Everything behind it is fetched first.
func (f *Follower) Start(epoch event.Epoch, pos int64) {
	f.epoch, f.pos, f.behind, f.asked, f.next = epoch, pos, true, 0, 0
}

// Connect notes that the line stands (again): news may have been missed.
func (f *Follower) Connect() { f.behind, f.asked, f.next = true, 0, 0 }

// Ask tells whether to fetch now, and what.
func (f *Follower) Ask(now int64, origin event.Origin) (wire.FeedAsk, bool) {
	if f.asked != 0 && now-f.asked >= f.AnswerMS {
		f.asked, f.behind, f.next = 0, true, now+f.RetryMS
	}
	if f.asked != 0 || now < f.next {
		return wire.FeedAsk{}, false
	}
	f.asked, f.next = max(now, 1), now+f.CheckMS
	return wire.FeedAsk{Origin: origin, Epoch: f.epoch, After: f.pos}, true
}

// News tells whether news follow what is here, so that they are to be taken; where
// they leave a gap a fetch becomes due.
func (f *Follower) News(now int64, n wire.Feed) bool {
	if n.Epoch != f.epoch || n.From > f.pos {
		f.behind = true
		f.next = min(f.next, now)
		return false
	}
	if !f.behind {
		f.next = now + f.CheckMS
	}
	return n.Upto > f.pos || len(n.Marks) > 0
}

// Answer takes the answer to a fetch; it is to be taken unless it is empty. An
// answer that does not follow the cursor (an old one, come late) is not.
func (f *Follower) Answer(now int64, n wire.Feed) bool {
	f.asked = 0
	if n.Epoch == f.epoch && (n.From > f.pos || n.Upto > n.From && n.Upto <= f.pos) {
		f.next = now // an old answer: news were faster
		return false
	}
	if n.Upto == n.From {
		// That is all there is.
		f.epoch, f.pos, f.behind, f.next = n.Epoch, n.Upto, false, now+f.CheckMS
		return len(n.Marks) > 0
	}
	f.behind, f.next = true, now
	return true
}

// Taken notes that a feed is folded and its cursor with it.
func (f *Follower) Taken(n wire.Feed) {
	f.epoch = n.Epoch
	f.pos = n.Upto
}

// Failed notes that a feed could not be saved; the saved cursor counts again.
func (f *Follower) Failed(now int64, epoch event.Epoch, pos int64) {
	f.epoch, f.pos, f.behind, f.asked, f.next = epoch, pos, true, 0, now+f.RetryMS
}

// Wait tells how long nothing has to be done unless something happens.
func (f *Follower) Wait(now, most int64) int64 {
	wait := min(most, f.next-now)
	if f.asked != 0 {
		wait = f.asked + f.AnswerMS - now
	}
	return max(min(wait, most), 1)
}
