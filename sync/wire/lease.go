package wire

import "onewindow/app/event"

// LeaseAsk asks a voter (the other hub, the centre) to promise that the asking hub leads
// its hall for a while: see core.Voter. Leave gives a promise back.
type LeaseAsk struct {
	Leave bool `json:"leave,omitempty"`
}

// LeaseAnswer answers a LeaseAsk.
type LeaseAnswer struct {
	Promised bool `json:"promised"`
}

// FollowAsk asks the other hub for everything behind a position, and confirms what is
// before it.
type FollowAsk struct {
	// Epoch and After are the cursor: the other hub's life and the position up to which
	// everything is committed here. Backs tells that, with that committed, the other hub
	// has the asking one's promise.
	Epoch event.Epoch `json:"epoch"`
	After int64       `json:"after"`
	Backs bool        `json:"backs,omitempty"`
	// Life and Pos are the asking hub's own: up to Pos its log has everything of the
	// other's up to After.
	Life event.Epoch `json:"life"`
	Pos  int64       `json:"pos"`
}
