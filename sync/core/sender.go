package core

import (
	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Sender is the sending end of a hop as a state machine: which push goes next, what
// an ack means, and when to try again. Its driver brings the time (ms of a clock that
// only runs forward), builds the pushes from the log, carries them, and saves the acks.
type Sender struct {
	// Depth is how many pushes may be under way over all chains before the first is
	// answered: the receiver commits one while the next is read and travels.
	Depth int
	// AnswerMS is how long an answer may take before its push counts as lost; RetryMS
	// how soon a chain is tried again then; ResendMS how long one that was refused rests.
	AnswerMS, RetryMS, ResendMS int64

	connected bool
	serial    uint64
	under     int
	flights   map[ChainID]*flight
}

// flight is what is under way of one chain.
type flight struct {
	sent   event.Seq  // everything up to here is under way or confirmed
	head   event.Hash // the chain's head there
	pushes []sent     // oldest first
	rest   int64      // not before this moment
}

type sent struct {
	serial     uint64
	from, upto event.Seq
	head       event.Hash
	at         int64
}

// Want is the next thing to send: the chain's events from a number on, at most
// wire.MaxEvents, whose chain has the head Prev before them.
type Want struct {
	ID   ChainID
	From event.Seq
	Prev event.Hash
	// Ask tells to send a push without events, which asks how far the receiver is.
	Ask bool
}

// Connect notes that the line stands: everything owed is sent at once.
func (s *Sender) Connect() {
	s.connected = true
	s.forget()
	for _, f := range s.flights {
		f.rest = 0
	}
}

// Break notes that the line broke: answers to what was under way will not come.
func (s *Sender) Break() {
	s.connected = false
	s.forget()
}

func (s *Sender) forget() {
	s.under = 0
	for _, f := range s.flights {
		f.pushes, f.sent = nil, 0
	}
}

// Next gives what to send now of what is owed; false when there is nothing or
// enough is under way.
func (s *Sender) Next(now int64, owed []wire.Owed) (Want, bool) {
	if !s.connected {
		return Want{}, false
	}
	s.giveUp(now)
	if s.under >= s.Depth {
		return Want{}, false
	}
	for _, o := range owed {
		f := s.flight(ChainID{o.Origin, o.Epoch})
		if len(f.pushes) == 0 || f.sent < o.Up {
			f.sent, f.head = o.Up, o.Head // what is confirmed counts, also where it moved back
		}
		if o.Unsure {
			if len(f.pushes) == 0 && now >= f.rest {
				return Want{ID: ChainID{o.Origin, o.Epoch}, From: o.Seq + 1, Prev: o.Top, Ask: true}, true
			}
			continue
		}
		if f.sent < o.Seq && now >= f.rest {
			return Want{ID: ChainID{o.Origin, o.Epoch}, From: f.sent + 1, Prev: f.head}, true
		}
	}
	return Want{}, false
}

func (s *Sender) flight(id ChainID) *flight {
	if s.flights == nil {
		s.flights = map[ChainID]*flight{}
	}
	f := s.flights[id]
	if f == nil {
		f = &flight{}
		s.flights[id] = f
	}
	return f
}

// giveUp counts pushes as lost whose answer is overdue.
func (s *Sender) giveUp(now int64) {
	if event.Broken("never-give-up-waiting") {
		return
	}
	for _, f := range s.flights {
		if len(f.pushes) > 0 && now-f.pushes[0].at >= s.AnswerMS {
			s.under -= len(f.pushes)
			f.pushes, f.rest = nil, now+s.RetryMS
		}
	}
}

// Sent notes that a push goes out and gives the serial that its ack comes back with.
func (s *Sender) Sent(now int64, p wire.Push) uint64 {
	s.serial++
	f := s.flight(ChainID{p.Origin, p.Epoch})
	f.sent, f.head = p.Upto(), p.Head()
	f.pushes = append(f.pushes, sent{serial: s.serial, from: p.From, upto: f.sent, head: f.head, at: now})
	s.under++
	return s.serial
}

// Rest keeps a chain from being sent for a while: its events could not be read.
func (s *Sender) Rest(now int64, id ChainID) { s.flight(id).rest = now + s.RetryMS }

// Unanswered notes that nobody takes a push of a chain at the moment.
func (s *Sender) Unanswered(now int64, id ChainID) {
	f := s.flight(id)
	s.under -= len(f.pushes)
	f.pushes, f.rest = nil, now+s.RetryMS
}

// Acked takes the answer to a push. known is false for an answer to a push that was
// given up or is of an earlier connection: it is no less true, and is saved too.
// expected is the head that the push had at the number which the ack confirms, nil
// when that is not the end of a push under way.
func (s *Sender) Acked(now int64, id ChainID, serial uint64, a wire.Ack) (expected *event.Hash, known bool) {
	f := s.flight(id)
	for i, p := range f.pushes {
		if p.upto == a.Upto {
			head := p.head
			expected = &head
		}
		if p.serial != serial {
			continue
		}
		known = true
		switch {
		case a.Refuse != nil:
			s.under -= len(f.pushes)
			f.pushes, f.rest = nil, now+s.ResendMS
		case a.Upto < p.upto:
			// The receiver has less than was sent before: go on from what it has.
			s.under -= len(f.pushes)
			f.pushes = nil
		default:
			// Confirmations are cumulative.
			s.under -= i + 1
			f.pushes = f.pushes[i+1:]
		}
		break
	}
	return expected, known
}

// Wait tells how long nothing has to be done unless something happens: until the
// oldest answer is overdue or a chain's rest ends; most when nothing is planned.
func (s *Sender) Wait(now, most int64) int64 {
	wait := most
	for _, f := range s.flights {
		if len(f.pushes) > 0 {
			wait = min(wait, f.pushes[0].at+s.AnswerMS-now)
		}
		if f.rest > now {
			wait = min(wait, f.rest-now)
		}
	}
	return max(wait, 1)
}
