package core

import "onewindow/app/event"

// Where a hall has two hubs, the one that leads holds a lease: two of three voters, the
// two hubs and the centre, have promised it for a while. A promise is to one hub at a
// time, so that two of three cannot be promised to both. Voter and Lease are the two ends
// of a promise; each counts on a clock of its own (ms, only runs forward), and nothing of
// it is stored: who has just started promises nothing until every promise that it may have
// forgotten is over.

// A promise lasts LeasePromiseMS for whoever gave it. Its holder counts on it for
// LeaseHoldMS only, from before it asked: clocks may run apart by a fifth of that.
const (
	LeasePromiseMS = 5_000
	LeaseHoldMS    = 4_000
	LeaseVoters    = 3
)

// Voter gives promises.
type Voter struct {
	since int64 // no promise before this moment
	to    event.Origin
	until int64
}

// NewVoter is a voter that starts now and remembers nothing.
func NewVoter(now int64) *Voter { return &Voter{since: now + LeasePromiseMS} }

// Ask promises the lease to a hub, from now on; false when another has the promise or
// this voter has just started.
func (v *Voter) Ask(now int64, who event.Origin) bool {
	if now < v.since || v.to != who && now < v.until {
		return false
	}
	v.to, v.until = who, now+LeasePromiseMS
	return true
}

// Leave gives a promise back: its holder does not count on it any more.
func (v *Voter) Leave(who event.Origin) {
	if v.to == who {
		v.until = 0
	}
}

// Backs tells that a hub has the promise at this moment.
func (v *Voter) Backs(now int64, who event.Origin) bool { return v.to == who && now < v.until }

// Lease is what a hub holds of promises. The zero value holds none.
type Lease struct {
	asked map[string]int64 // voter -> when the promise was asked for
}

// Promised notes a voter's promise, and when it was asked for. Answers that come late
// change nothing that a newer one said.
func (l *Lease) Promised(voter string, asked int64) {
	if l.asked == nil {
		l.asked = map[string]int64{}
	}
	if was, known := l.asked[voter]; !known || was < asked {
		l.asked[voter] = asked
	}
}

// Refused notes that a voter does not promise (any more).
func (l *Lease) Refused(voter string) { delete(l.asked, voter) }

// Drop lets all promises go.
func (l *Lease) Drop() { clear(l.asked) }

// Held tells that more than half of the voters are promised to this hub for now.
func (l *Lease) Held(now int64) bool {
	n := 0
	for _, asked := range l.asked {
		if now < asked+LeaseHoldMS {
			n++
		}
	}
	return 2*n > LeaseVoters
}
