package wire

import (
	"fmt"

	"onewindow/app/event"
)

// ScanOffer says that a place has all of a scan. Sums are the SHA-256 of its sealed chunks behind one
// another; the scan's event tells whether they are the right ones.
type ScanOffer struct {
	Scan        string `json:"scan"`
	Application string `json:"application"`
	Sums        []byte `json:"sums"`
}

// MaxOffers bounds the offers of one ask: with their sums they stay far below a frame. MaxWaiting bounds its
// waiting scans.
const (
	MaxOffers  = 16
	MaxWaiting = 500
)

// ScansAsk is what a place says to the one above it of the scans that it has.
type ScansAsk struct {
	Offers []ScanOffer `json:"offers,omitempty"`
	// Life is the binder above as it was met last.
	Life string `json:"life,omitempty"`
	// Waiting are scans that the place above has and the centre perhaps not yet.
	Waiting []string `json:"waiting,omitempty"`
}

// ScansAnswer answers it.
type ScansAnswer struct {
	// Life names the answering binder; another one than in the ask has nothing of what was brought before.
	Life string `json:"life"`
	// Lacks are for each offer, in their order, what is lacking.
	Lacks []ScanLack `json:"lacks,omitempty"`
	// Above are those of ScansAsk.Waiting that the centre has.
	Above []string `json:"above,omitempty"`
	// Gone are scans of the hall that were taken off in the last weeks: whoever has one drops it.
	Gone []ScanRef `json:"gone,omitempty"`
}

// ScanRef names a scan of an application.
type ScanRef struct {
	Application string `json:"application"`
	Scan        string `json:"scan"`
}

// ScanLack is what a place lacks of a scan that it was offered.
type ScanLack struct {
	// Chunks are the numbers of what is lacking, from 0 on, in the order in which they are wanted; none where all are here.
	Chunks []int `json:"chunks,omitempty"`
	// Refuse is set where nothing of it is taken now: CaseUnknown (its event has not come yet), CaseErased (or the scan was taken off),
	// ScanDamaged (the sums are not those of its event), DiskFull.
	Refuse *event.Refusal `json:"refuse,omitempty"`
}

// BringAnswer answers a chunk, after the commit. Whole tells that it was the last one that was lacking.
type BringAnswer struct {
	Whole  bool           `json:"whole,omitempty"`
	Refuse *event.Refusal `json:"refuse,omitempty"`
}

// ChunkAsk asks for a sealed chunk of an application of the hall.
type ChunkAsk struct {
	Application string `json:"application"`
	Scan        string `json:"scan"`
	No          int    `json:"no"`
}

// ScanState tells where a scan of an application is as a hub knows it: Saved is "hall" or "centre";
// one that is not named has not come to the hall as a whole.
type ScanState struct {
	Scan  string `json:"scan"`
	Saved string `json:"saved"`
}

// Chunk is one sealed chunk of a scan on its way up.
type Chunk struct {
	Scan string
	No   int
	Body []byte
}

// Encode gives the bytes of a chunk.
func (c Chunk) Encode() []byte {
	w := writer{}
	w.byte(Version)
	w.bytes([]byte(c.Scan))
	w.uvarint(uint64(c.No))
	w.bytes(c.Body)
	return w.b
}

// DecodeChunk reads what Chunk.Encode writes. The body shares memory with b.
func DecodeChunk(b []byte) (Chunk, error) {
	r := reader{b: b}
	r.version()
	c := Chunk{Scan: string(r.bytes())}
	no := r.uvarint()
	c.No, c.Body = int(no), r.bytes()
	if r.bad || len(r.b) > 0 || len(b) > MaxFrame || c.Scan == "" || no > MaxFrame {
		return Chunk{}, fmt.Errorf("chunk: %w", ErrFrame)
	}
	return c, nil
}
