package wire

import "onewindow/app/event"

// CheckAsk asks the centre about a run of one chain, for a hub of its hall that
// compares. With a Span: the digests of the consecutive ranges of so many events from
// From to Upto. Without one: how far the chain is there, and the events' bytes where
// From is not 0. With a Body: the hub offers the event From, because the one there is
// damaged; it is taken only when it proves itself.
type CheckAsk struct {
	Origin event.Origin `json:"origin"`
	Epoch  event.Epoch  `json:"epoch"`
	From   event.Seq    `json:"from"`
	Upto   event.Seq    `json:"upto"`
	Span   event.Seq    `json:"span,omitempty"`
	Body   []byte       `json:"body,omitempty"`
}

// CheckAnswer answers a CheckAsk. Digests are 32 bytes each, one behind the other;
// Bodies has an empty one where an event is missing. Have is how far the chain is there.
type CheckAnswer struct {
	Have    event.Seq `json:"have"`
	Digests []byte    `json:"digests,omitempty"`
	Bodies  [][]byte  `json:"bodies,omitempty"`
	Mended  bool      `json:"mended,omitempty"`
	// Why says in words why the question could not be answered.
	Why string `json:"why,omitempty"`
}

// MostDigests and MostBodies bound one answer.
const (
	MostDigests = 1024
	MostBodies  = 2
)

// Usable tells whether a question keeps to the bounds.
func (a CheckAsk) Usable() bool {
	switch {
	case !a.Origin.Valid() || a.Epoch == 0:
		return false
	case a.From == 0:
		return a.Upto == 0 && a.Span == 0 && a.Body == nil
	case a.Upto < a.From:
		return false
	case a.Span == 0:
		return a.Upto-a.From < MostBodies
	}
	return (a.Upto-a.From)/a.Span < MostDigests
}

// Hashes splits the digests; nil when they are torn.
func (a CheckAnswer) Hashes() []event.Hash {
	const size = len(event.Hash{})
	if len(a.Digests)%size != 0 {
		return nil
	}
	out := make([]event.Hash, 0, len(a.Digests)/size)
	for b := a.Digests; len(b) > 0; b = b[size:] {
		out = append(out, event.Hash(b[:size]))
	}
	return out
}
