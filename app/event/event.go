// Package event holds one fact: who noted it (origin, epoch, sequence), when,
// what kind it is, its payload, its hash and its place in the origin's chain.
// It knows nothing of queues, guides or storage; every other folder builds on it.
package event

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Origin names the device that noted an event: "hall/device", for example
// "jiangnan/k1". It is 1 to 40 bytes of lower-case ASCII letters, digits, '-' and one '/'.
type Origin string

// Epoch is the life of one database of an origin: random, never 0. A restored,
// cloned or rolled-back database starts another one.
type Epoch uint64

// Seq counts the events of one origin and epoch from 1, without gaps.
type Seq uint64

// ID identifies an event in the district, for ever.
type ID struct {
	Origin Origin
	Epoch  Epoch
	Seq    Seq
}

// Compare orders ids by origin, life and number.
func (id ID) Compare(o ID) int {
	return cmp.Or(cmp.Compare(id.Origin, o.Origin), cmp.Compare(id.Epoch, o.Epoch), cmp.Compare(id.Seq, o.Seq))
}

// Terminal tells that an origin is neither a hub's nor the centre's name.
func (o Origin) Terminal() bool {
	return o != "district/centre" && o.Device() != "hub" && o.Device() != "hub2"
}

// Newest keeps of each life of a device the newest of some ids, with one more: sorted, so that it is the
// same in whatever order they come. list is not changed.
func Newest(list []ID, id ID) []ID {
	at, _ := slices.BinarySearchFunc(list, id, func(a, b ID) int { return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Epoch, b.Epoch)) })
	if at < len(list) && list[at].Origin == id.Origin && list[at].Epoch == id.Epoch {
		if list[at].Seq >= id.Seq {
			return list
		}
		list = slices.Clone(list)
		list[at] = id
		return list
	}
	return slices.Insert(slices.Clone(list), at, id)
}

// String gives "origin:epoch:seq" with the epoch in 16 hexadecimal digits.
func (id ID) String() string {
	// By hand: it is made for every event that is folded.
	b := append(make([]byte, 0, MaxOrigin+40), id.Origin...)
	b = append(b, ':')
	b = id.Epoch.append(b)
	b = append(b, ':')
	return string(strconv.AppendUint(b, uint64(id.Seq), 10))
}

// ParseID reads what ID.String writes.
func ParseID(s string) (ID, error) {
	origin, rest, _ := strings.Cut(s, ":")
	epoch, seq, _ := strings.Cut(rest, ":")
	e, err := ParseEpoch(epoch)
	if err != nil {
		return ID{}, fmt.Errorf("read event id %q: %w", s, err)
	}
	n, err := strconv.ParseUint(seq, 10, 63)
	if err != nil || !Origin(origin).Valid() {
		return ID{}, fmt.Errorf("read event id %q: %w", s, ErrMalformed)
	}
	return ID{Origin(origin), e, Seq(n)}, nil
}

// String gives the epoch in 16 hexadecimal digits.
func (e Epoch) String() string { return string(e.append(nil)) }

func (e Epoch) append(b []byte) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[e>>shift&15])
	}
	return b
}

// ParseEpoch reads what Epoch.String writes.
func ParseEpoch(s string) (Epoch, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	return Epoch(n), err
}

// Kind names what happened, in the past tense: "ticket.issued". At most 40 bytes.
type Kind string

// Stamp is a hybrid logical clock reading: milliseconds since 1970 (UTC) as the
// device believed, and a tick that orders events of the same millisecond. It
// serves display and ties only; no rule of the queue reads it.
type Stamp struct {
	MS   int64
	Tick uint16
}

// After gives the stamp of the next event at a device whose last stamp was s and
// whose clock now shows nowMS. It is always later than s, also when the clock stepped back.
func (s Stamp) After(nowMS int64) Stamp {
	if nowMS > s.MS {
		return Stamp{MS: nowMS}
	}
	if s.Tick == ^uint16(0) {
		return Stamp{MS: s.MS + 1}
	}
	return Stamp{MS: s.MS, Tick: s.Tick + 1}
}

// Less orders stamps.
func (s Stamp) Less(o Stamp) bool {
	return s.MS < o.MS || s.MS == o.MS && s.Tick < o.Tick
}

// Event is one fact. Payload is JSON of the kind's type; unknown kinds and fields
// travel through untouched because the encoded bytes are what is stored and sent on.
type Event struct {
	ID
	At      Stamp
	Kind    Kind
	Payload []byte
}

// Hash is a SHA-256 sum.
type Hash [sha256.Size]byte

// String gives the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Limits of one event; a receiver keeps larger ones in quarantine.
const (
	version    = 1
	MaxOrigin  = 40
	MaxKind    = 40
	MaxPayload = 256 << 10
)

// ErrMalformed says that bytes are not an event of a version known here.
var ErrMalformed = errors.New("malformed event")

// Append writes the canonical bytes of e behind dst. The bytes are: version (1),
// origin (length, bytes), epoch (8, big endian), seq, ms, tick, kind (length, bytes),
// payload (length, bytes); numbers without a size are unsigned varints.
func (e Event) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = appendBytes(dst, string(e.Origin))
	dst = binary.BigEndian.AppendUint64(dst, uint64(e.Epoch))
	dst = binary.AppendUvarint(dst, uint64(e.Seq))
	dst = binary.AppendUvarint(dst, uint64(e.At.MS))
	dst = binary.AppendUvarint(dst, uint64(e.At.Tick))
	dst = appendBytes(dst, string(e.Kind))
	dst = binary.AppendUvarint(dst, uint64(len(e.Payload)))
	return append(dst, e.Payload...)
}

// Encode gives the canonical bytes of e.
func (e Event) Encode() []byte {
	return e.Append(make([]byte, 0, 40+len(e.Origin)+len(e.Kind)+len(e.Payload)))
}

func appendBytes(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// Decode reads canonical bytes. Only the one encoding that Append writes is
// accepted, so that equal events have equal hashes. Errors wrap ErrMalformed.
// The payload shares memory with b.
func Decode(b []byte) (Event, error) {
	r := reader{b: b}
	if v := r.byte(); v != version {
		return Event{}, fmt.Errorf("%w: version %d", ErrMalformed, v)
	}
	var e Event
	e.Origin = Origin(r.bytes(MaxOrigin))
	e.Epoch = Epoch(r.uint64())
	e.Seq = Seq(r.uvarint())
	e.At.MS = int64(r.uvarint())
	tick := r.uvarint()
	e.At.Tick = uint16(tick)
	e.Kind = Kind(r.bytes(MaxKind))
	e.Payload = r.bytes(MaxPayload)
	switch {
	case r.bad || len(r.b) != 0 || tick > uint64(^uint16(0)):
		return Event{}, fmt.Errorf("%w: torn or with bytes behind it", ErrMalformed)
	case !e.Origin.Valid() || e.Epoch == 0 || e.Seq == 0 || e.Kind == "" || e.At.MS < 0:
		return Event{}, fmt.Errorf("%w: %s is not a possible event", ErrMalformed, e.ID)
	}
	return e, nil
}

// Peek reads the id out of canonical bytes without looking at the rest; false when
// they cannot be an event.
func Peek(b []byte) (ID, bool) {
	r := reader{b: b}
	if r.byte() != version {
		return ID{}, false
	}
	id := ID{Origin: Origin(r.bytes(MaxOrigin)), Epoch: Epoch(r.uint64()), Seq: Seq(r.uvarint())}
	return id, !r.bad
}

// Valid tells whether o is a possible origin.
func (o Origin) Valid() bool {
	if len(o) == 0 || len(o) > MaxOrigin {
		return false
	}
	slash := 0
	for i := 0; i < len(o); i++ {
		switch c := o[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
		case c == '/' && i > 0 && i < len(o)-1:
			slash++
		default:
			return false
		}
	}
	return slash == 1
}

// Hall gives the part of the origin before the slash: the hall (or "district") that the device stands in.
func (o Origin) Hall() string {
	for i := 0; i < len(o); i++ {
		if o[i] == '/' {
			return string(o[:i])
		}
	}
	return ""
}

// Device gives the part of the origin behind the slash.
func (o Origin) Device() string { return string(o[min(len(o), len(o.Hall())+1):]) }

// Sum gives the hash of an event's canonical bytes.
func Sum(encoded []byte) Hash { return sha256.Sum256(encoded) }

// Chain gives the head of an origin's chain after the event with hash sum was
// added to the head prev: SHA-256 over both. The first prev is the zero hash.
func Chain(prev, sum Hash) Hash {
	var b [2 * sha256.Size]byte
	copy(b[:], prev[:])
	copy(b[sha256.Size:], sum[:])
	return sha256.Sum256(b[:])
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) uint64() uint64 {
	if len(r.b) < 8 {
		r.bad = true
		return 0
	}
	n := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return n
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	// A varint with a needless last byte has a second encoding: refused.
	if size <= 0 || size > 1 && r.b[size-1] == 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) bytes(limit int) []byte {
	n := r.uvarint()
	if r.bad || n > uint64(limit) || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}
