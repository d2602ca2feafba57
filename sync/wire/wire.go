// Package wire is the contract of both ends of a hop: subjects, frames, versions
// and limits. The same frames go terminal -> hub and hub -> centre. It holds no
// connection; sync/README.md tells the protocol as a story.
package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"onewindow/app/event"
)

// Version is the protocol's version and part of every subject.
const Version = 1

// Centre is the place name of the district's end; other places are hall ids.
const Centre = "centre"

// Subjects of a place ("jiangnan" or Centre).
func subject(place, verb string) string { return fmt.Sprintf("ow.%d.%s.%s", Version, place, verb) }

// NewsSubject carries each committed Feed to whoever listens in the hall.
func NewsSubject(hall string) string { return subject(hall, "news") }

// Limits of a frame. MaxFrame stays below NATS' default of 1 MiB a message.
const (
	MaxEvents = 1000
	MaxFrame  = 900 << 10
)

// Push brings consecutive events of one origin and epoch. Bodies are the
// events' canonical bytes exactly as they came; Prev is the chain's head before
// the first of them. Sig signs the head behind the last one, with the device's
// key; it is empty in the middle of a long backlog. A push without bodies asks how far
// the receiver has the chain.
type Push struct {
	Origin event.Origin
	Epoch  event.Epoch
	From   event.Seq
	Prev   event.Hash
	Bodies [][]byte
	Sig    []byte
}

// Upto is the sequence number of the last event.
func (p Push) Upto() event.Seq { return p.From + event.Seq(len(p.Bodies)) - 1 }

// Head computes the chain's head behind the last event.
func (p Push) Head() event.Hash { return HeadOf(p.Prev, p.Sums()) }

// Sums computes the hashes of the events.
func (p Push) Sums() []event.Hash {
	out := make([]event.Hash, len(p.Bodies))
	for i, b := range p.Bodies {
		out[i] = event.Sum(b)
	}
	return out
}

// HeadOf computes a chain's head behind events of these hashes.
func HeadOf(prev event.Hash, sums []event.Hash) event.Hash {
	for _, sum := range sums {
		prev = event.Chain(prev, sum)
	}
	return prev
}

// Ack answers a push: everything up to Upto is committed here, in the database whose
// life is Epoch, and Head is the chain's head there, read back after the commit. Above
// is how far the place above (the centre) has confirmed to this one. Refuse is set
// when the push could not be taken as it is.
type Ack struct {
	Epoch  event.Epoch    `json:"epoch"`
	Upto   event.Seq      `json:"upto"`
	Head   event.Hash     `json:"head"`
	Above  event.Seq      `json:"above"`
	Refuse *event.Refusal `json:"refuse,omitempty"`
}

// Owed is a chain with events that the place above has not confirmed: Up and
// Head are what it has, Seq and Top what is here. Unsure tells that it is not known
// whether the place above still has what it once confirmed: it is asked first.
type Owed struct {
	Origin event.Origin
	Epoch  event.Epoch
	Up     event.Seq
	Head   event.Hash
	Seq    event.Seq
	Top    event.Hash
	Unsure bool
}

// FeedAsk asks a hub for what the hall has noted after a position.
type FeedAsk struct {
	Origin event.Origin `json:"origin"`
	// Epoch and After are the cursor: the hub's epoch and its position there.
	Epoch event.Epoch `json:"epoch"`
	After int64       `json:"after"`
	// Since is the first business day ("2026-11-24") whose tickets the terminal keeps in
	// memory: where it is far behind, what concerns only earlier ones may be left out.
	// Empty asks for everything.
	Since string `json:"since,omitempty"`
	// Sifted tells that something was left out since the terminal was level: the hub goes
	// on so to the end of its log.
	Sifted bool `json:"sifted,omitempty"`
	// Held are tickets of earlier days that the terminal has at a window.
	Held []string `json:"held,omitempty"`
}

// Feed is a run of committed events of the hall that concern everyone in it
// (tickets, windows, number blocks, keys, clerks; nothing personal). From is the
// position it follows, Upto the one it reaches; positions between may be silent.
type Feed struct {
	Epoch event.Epoch
	From  int64
	Upto  int64
	// Since is the business day of whose earlier tickets the hub has left out what nobody
	// needs any more (see FeedAsk); empty where nothing is left out.
	Since  string
	Bodies [][]byte
	// Marks tell how far the centre has confirmed origins of this hall.
	Marks []Mark
}

// Mark says that the centre has everything of an origin and epoch up to Seq.
type Mark struct {
	Origin event.Origin
	Epoch  event.Epoch
	Seq    event.Seq
}

// BlockAsk asks for a block of display numbers for one life of a terminal.
type BlockAsk struct {
	Request string       `json:"request"`
	Origin  event.Origin `json:"origin"`
	Epoch   event.Epoch  `json:"epoch"`
	Date    string       `json:"date"`
	Service string       `json:"service"`
	// Life is the life of the hub's database that the terminal follows: what it knows of
	// earlier ones it has handed back.
	Life event.Epoch `json:"life"`
}

// Grant answers a call or a block: the hub's event, or a refusal. Ticket is the
// event that the called ticket was made by, because a counter may be called to
// before it has heard of the ticket.
type Grant struct {
	Event  []byte `json:"event,omitempty"`
	Ticket []byte `json:"ticket,omitempty"`
	// Steps are what was noted of the ticket before, where it is no new one: the window sees
	// why it comes.
	Steps [][]byte `json:"steps,omitempty"`
	// Known tells that the same wish for an appointment was granted before.
	Known  bool           `json:"known,omitempty"`
	Refuse *event.Refusal `json:"refuse,omitempty"`
}

// CasesAsk asks for the applications of a ticket, or for the one of a number.
type CasesAsk struct {
	Ticket string `json:"ticket,omitempty"`
	Number string `json:"number,omitempty"`
}

// CaseRow is an application of a ticket as anybody may know it. Saved is "hall" or "centre".
type CaseRow struct {
	Number  string `json:"number"`
	Item    string `json:"item"`
	State   string `json:"state"`
	DueDate string `json:"due_date,omitempty"`
	Saved   string `json:"saved"`
	// Absent names what is still to be brought, AnswerBy the last day for it.
	Absent   []string `json:"absent,omitempty"`
	AnswerBy string   `json:"answer_by,omitempty"`
	// Ticket is the visit at which it was taken.
	Ticket string `json:"ticket,omitempty"`
	// Agency is who takes what is not this hall's.
	Agency string `json:"agency,omitempty"`
}

// Beat tells the place above that a device lives and what it still owes.
type Beat struct {
	Origin  event.Origin `json:"origin"`
	Role    string       `json:"role"`
	Program string       `json:"program"`
	// HereOnly and HallOnly count unsaved events; OldestMS is when the oldest was noted, 0 when none.
	HereOnly int   `json:"here_only"`
	HallOnly int   `json:"hall_only"`
	OldestMS int64 `json:"oldest_ms"`
	// LateMS is how long the line has said that it stands while something did not come to
	// the centre; 0 while everything moves, and while the line is known to be away.
	LateMS  int64  `json:"late_ms,omitempty"`
	Printer string `json:"printer,omitempty"`
	// Troubles are the devices at this terminal that need somebody.
	Troubles []Trouble `json:"troubles,omitempty"`
	// BackupMS is when a hub last made a backup that was proved, 0 when it has none.
	BackupMS int64 `json:"backup_at_ms,omitempty"`
	// Leads tells whether a hub of a hall with two leads it; Spare how it sees the other
	// one: SpareReady or SpareAway. Both are empty where a hall has one hub.
	Leads string `json:"leads,omitempty"`
	Spare string `json:"spare,omitempty"`
	// Bundle tells of the published guides here; nil where none ever came.
	Bundle *BundleState `json:"bundle,omitempty"`
	// Below are the beats that a hub has heard, with the time it heard them.
	Below []Heard `json:"below,omitempty"`
}

// Words of Beat.Leads and Beat.Spare.
const (
	HubLeads   = "leads"
	HubStands  = "stands_by"
	SpareReady = "ready"
	SpareAway  = "away"
)

// Heard is a beat and when it was heard, in ms since 1970.
type Heard struct {
	Beat
	AtMS int64 `json:"at_ms"`
}

// BeatReply tells the clock of the place above and whether it reaches the centre itself.
type BeatReply struct {
	TimeMS        int64 `json:"time_ms"`
	CentreReached bool  `json:"centre_reached"`
	// Troubles are those of the whole hall, told to counters, where its staff sits.
	Troubles []Trouble `json:"troubles,omitempty"`
	// Differing are the hall's applications of which shared data has said something else than
	// was expected, told to counters: somebody has to do something.
	Differing []Differing `json:"differing,omitempty"`
	// Amending are the hall's amendments that wait for a second person, told to counters.
	Amending []Amending `json:"amending,omitempty"`
	// Silent are the counters of the hall that the hub has heard of and does not hear any more, told to counters.
	Silent []Silence `json:"silent,omitempty"`
	// Bundle is the name of the bundle in force there; empty where there is none.
	Bundle string `json:"bundle,omitempty"`
}

// Silence is a terminal of which nothing was heard for so many whole minutes.
type Silence struct {
	Origin  event.Origin `json:"origin"`
	Minutes int          `json:"minutes"`
}

// Trouble is a device at a terminal that does not work: paper is out, a plug is out.
type Trouble struct {
	// Origin is the terminal's; empty in its own beat.
	Origin event.Origin `json:"origin,omitempty"`
	// Kind is "printer", "reader", "scanner", "strip" or "signature"; State as the terminal's
	// pages have it, "paper_out" or "off"; SinceMS when that began, by the terminal's clock.
	Kind    string `json:"kind"`
	State   string `json:"state"`
	SinceMS int64  `json:"since_ms"`
}

// ErrFrame says that bytes are not a frame of this version.
var ErrFrame = errors.New("malformed frame")

// SignHead signs a chain's head at a sequence number with a device's key.
func SignHead(key ed25519.PrivateKey, o event.Origin, e event.Epoch, s event.Seq, head event.Hash) []byte {
	return ed25519.Sign(key, headMessage(o, e, s, head))
}

// CheckHead tells whether SignHead made this signature with the private half of key.
func CheckHead(key ed25519.PublicKey, o event.Origin, e event.Epoch, s event.Seq, head event.Hash, sig []byte) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, headMessage(o, e, s, head), sig)
}

func headMessage(o event.Origin, e event.Epoch, s event.Seq, head event.Hash) []byte {
	b := append([]byte("onewindow head 1\x00"), o...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(e))
	b = binary.BigEndian.AppendUint64(b, uint64(s))
	return append(b, head[:]...)
}

// Encode gives the bytes of a push.
func (p Push) Encode() []byte {
	w := writer{}
	w.byte(Version)
	w.bytes([]byte(p.Origin))
	w.uvarint(uint64(p.Epoch))
	w.uvarint(uint64(p.From))
	w.b = append(w.b, p.Prev[:]...)
	w.bytes(p.Sig)
	w.bodies(p.Bodies)
	return w.b
}

// DecodePush reads what Push.Encode writes. The bodies share memory with b.
func DecodePush(b []byte) (Push, error) {
	r := reader{b: b}
	r.version()
	var p Push
	p.Origin = event.Origin(r.bytes())
	p.Epoch = event.Epoch(r.uvarint())
	p.From = event.Seq(r.uvarint())
	copy(p.Prev[:], r.fixed(len(p.Prev)))
	p.Sig = r.bytes()
	p.Bodies = r.bodies()
	if r.bad || len(r.b) > 0 || !p.Origin.Valid() || p.Epoch == 0 || p.From == 0 {
		return Push{}, fmt.Errorf("push: %w", ErrFrame)
	}
	return p, nil
}

// Encode gives the bytes of a feed. Their SHA-256 stands behind them: a changed frame
// is no frame, because a cursor that it moved would leave a hole behind.
func (f Feed) Encode() []byte {
	w := writer{}
	w.byte(Version)
	w.uvarint(uint64(f.Epoch))
	w.uvarint(uint64(f.From))
	w.uvarint(uint64(f.Upto))
	w.bytes([]byte(f.Since))
	w.bodies(f.Bodies)
	w.uvarint(uint64(len(f.Marks)))
	for _, m := range f.Marks {
		w.bytes([]byte(m.Origin))
		w.uvarint(uint64(m.Epoch))
		w.uvarint(uint64(m.Seq))
	}
	sum := sha256.Sum256(w.b)
	return append(w.b, sum[:]...)
}

// DecodeFeed reads what Feed.Encode writes. The bodies share memory with b.
func DecodeFeed(b []byte) (Feed, error) {
	end := max(0, len(b)-sha256.Size)
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return Feed{}, fmt.Errorf("feed: %w", ErrFrame)
	}
	r := reader{b: b[:end]}
	r.version()
	var f Feed
	f.Epoch = event.Epoch(r.uvarint())
	f.From = int64(r.uvarint())
	f.Upto = int64(r.uvarint())
	f.Since = string(r.bytes())
	f.Bodies = r.bodies()
	n := r.uvarint()
	if n > MaxFrame {
		r.bad = true
	}
	for i := uint64(0); i < n && !r.bad; i++ {
		f.Marks = append(f.Marks, Mark{Origin: event.Origin(r.bytes()), Epoch: event.Epoch(r.uvarint()), Seq: event.Seq(r.uvarint())})
	}
	if r.bad || len(r.b) > 0 || f.Epoch == 0 || f.From < 0 || f.Upto < f.From {
		return Feed{}, fmt.Errorf("feed: %w", ErrFrame)
	}
	return f, nil
}

type writer struct{ b []byte }

func (w *writer) byte(c byte)      { w.b = append(w.b, c) }
func (w *writer) uvarint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *writer) bytes(p []byte) {
	w.uvarint(uint64(len(p)))
	w.b = append(w.b, p...)
}

func (w *writer) bodies(list [][]byte) {
	w.uvarint(uint64(len(list)))
	for _, p := range list {
		w.bytes(p)
	}
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) version() {
	if v := r.fixed(1); r.bad || v[0] != Version {
		r.bad = true
	}
}

func (r *reader) fixed(n int) []byte {
	if r.bad || len(r.b) < n {
		r.bad = true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	return r.fixed(int(n))
}

func (r *reader) bodies() [][]byte {
	n := r.uvarint()
	if n > 8*MaxEvents {
		r.bad = true
	}
	var out [][]byte
	for i := uint64(0); i < n && !r.bad; i++ {
		out = append(out, r.bytes())
	}
	return out
}
