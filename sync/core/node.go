// Package core is a node's part in the protocol as a pure state machine: what a
// terminal, a hub and the centre know (chains, halls), what a commit decides
// (append, accept, take, grant), and when an end of a hop sends, asks and gives up.
// It has no clock, no chance, no goroutine and no I/O: the store and the link are
// thin drivers around it, and the simulator drives the same code in one goroutine.
package core

import (
	"cmp"
	"crypto/ed25519"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Node is the memory of one place. It is not safe for concurrent use: its driver
// guards it, and takes it from the disk again when a commit fails.
type Node struct {
	Origin event.Origin
	// Key signs the heads of the own chain; without one they go unsigned (the simulator
	// spares most of its districts that).
	Key ed25519.PrivateKey

	epoch  event.Epoch
	last   event.Stamp
	pos    int64
	from   hall.Date // tickets of this business day and later are all in memory
	halls  map[hall.ID]*hall.Hall
	chains map[ChainID]*Chain
	roles  map[ChainID]string // as which terminals began their chains
	list   []*Chain           // the same, for whoever looks at all of them: at every commit somebody does

	taps     map[string]event.ID // request -> the event of the ticket issued for it, of the newest
	tapped   []string            // the requests in taps, oldest first
	fresh    map[event.ID][]byte // events of the newest tickets, oldest first in freshIDs
	freshIDs []event.ID
	dirty    map[hall.TicketID]*hall.Ticket // changed since their rows were written
	above    event.Epoch                    // the life of the place above, as its last answer told; 0: not asked since the line broke
	strays   map[event.Hash]event.ID        // events in the log whose number another one has
	days     map[hall.Date]int64            // where in the log the tickets of a day begin: see Day

	kept  bool // memory may hold something of days before from: see Forget
	ready bool // this life of the database may grant: see Gatherer
	// reign names the time since this hub took over last; of its first one in a life it is
	// the life itself.
	reign event.Epoch
	// readyOn is the business day on which this life of the database began to grant.
	readyOn hall.Date

	// Admits tells whether a device may have a key that was never heard of; nil admits
	// whatever comes, for a place that is open to this machine alone.
	Admits func(o event.Origin, key ed25519.PublicKey) bool
	// RoleOf tells as what a device is admitted here, nothing where that is not known; nil as for Admits.
	RoleOf func(o event.Origin) string
	// Recall reads the row of a ticket of an earlier day, nil when there is none; an
	// error of it stands in broken until the commit under way has failed for it.
	Recall func(hall.ID, hall.TicketID) ([]byte, error)
	broken error
}

// NewNode gives the empty memory of a place whose database lives the given epoch
// and whose log reaches pos. Tickets of the business day from and later are
// restored by the driver; earlier ones are read when an event speaks of them.
func NewNode(origin event.Origin, key ed25519.PrivateKey, epoch event.Epoch, pos int64, from hall.Date) *Node {
	return &Node{Origin: origin, Key: key, epoch: epoch, pos: pos, from: from, kept: true, halls: map[hall.ID]*hall.Hall{}, chains: map[ChainID]*Chain{}, roles: map[ChainID]string{},
		taps: map[string]event.ID{}, fresh: map[event.ID][]byte{}, dirty: map[hall.TicketID]*hall.Ticket{},
		strays: map[event.Hash]event.ID{}, days: map[hall.Date]int64{}}
}

// Epoch is the life of this database.
func (n *Node) Epoch() event.Epoch { return n.epoch }

// Ready tells that this place may grant calls and numbers.
func (n *Node) Ready() bool { return n.ready }

// Position is how far this node's own log reaches.
func (n *Node) Position() int64 { return n.pos }

// RestoreChain takes a chain from its row.
func (n *Node) RestoreChain(c Chain) { *n.chain(c.ID) = c }

// RestoreLoose takes the highest number of a chain that is in the log, where it is
// higher than how far the chain is complete.
func (n *Node) RestoreLoose(id ChainID, seq event.Seq) { n.chain(id).Loose = seq }

// RestoreStray takes an event of the log whose number another one has.
func (n *Node) RestoreStray(sum event.Hash, id event.ID) { n.strays[sum] = id }

// Strays counts the events whose number another one has: a device was copied or
// rolled back, and a person has to look.
func (n *Node) Strays() int { return len(n.strays) }

// OwnSeq is how far the own chain is restored.
func (n *Node) OwnSeq() event.Seq { return n.chain(ChainID{n.Origin, n.epoch}).Seq }

// RestoreOwn takes the next event of the own chain; its row is not written at
// each commit. false when seq leaves a gap.
func (n *Node) RestoreOwn(seq event.Seq, sum event.Hash) bool {
	c := n.chain(ChainID{n.Origin, n.epoch})
	if seq != c.Seq+1 {
		return false
	}
	c.Seq, c.Head = seq, event.Chain(c.Head, sum)
	return true
}

// RestoreStamp takes the stamp of the last own event.
func (n *Node) RestoreStamp(s event.Stamp) { n.last = s }

// RestoreTicket takes a ticket from its row.
func (n *Node) RestoreTicket(row []byte) error {
	t, err := hall.ReadRow(row)
	if err != nil {
		return err
	}
	n.hall(t.Hall).Restore(t)
	return nil
}

// Taps is how many of the newest tickets' requests are remembered: a page repeats only
// what it asked a moment ago.
const Taps = 4096

// RestoreTap takes the request that a ticket was issued for, in the order of issue.
func (n *Node) RestoreTap(request string, id event.ID) {
	if len(n.tapped) == Taps {
		delete(n.taps, n.tapped[0])
		n.tapped = n.tapped[1:]
	}
	n.taps[request] = id
	n.tapped = append(n.tapped, request)
}

// Replay folds an event of the log again.
func (n *Node) Replay(e event.Event) error {
	inner, err := e.Inner()
	if err != nil {
		return err
	}
	fact, err := hall.Read(inner)
	if err != nil {
		return err
	}
	if err := n.fold(read{outer: e, inner: inner, fact: fact}); err != nil {
		return err
	}
	return n.broken
}

// fold brings an event into memory.
func (n *Node) fold(r read) error {
	n.begins(r)
	touched, err := n.hall(hall.ID(r.inner.Origin.Hall())).Fold(r.inner, r.fact)
	if t := touched.Ticket; err == nil && t != nil {
		n.dirty[t.Ticket] = t
	}
	if r.outer.Kind == hall.KindReady && r.outer.Origin == n.Origin && r.outer.Epoch == n.epoch {
		if n.readyOn == "" {
			n.readyOn = hall.DateOf(r.outer.At.MS)
		}
		if n.reign = n.epoch; n.ready {
			n.reign += event.Epoch(r.outer.Seq)
		}
		n.ready = true
	}
	return err
}

// livedBefore tells that this place has had another database before this one.
func (n *Node) livedBefore() bool {
	return slices.ContainsFunc(n.list, func(c *Chain) bool {
		return c.ID.Origin == n.Origin && c.ID.Epoch != n.epoch && max(c.Seq, c.Loose) > 0
	})
}

// lifeLetters are those that nobody takes for a digit.
const lifeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"

// Life marks this life of the place's database in what it numbers: two letters, or nothing in
// the first one that is known here.
func (n *Node) Life() string {
	if !n.livedBefore() {
		return ""
	}
	const all = uint64(len(lifeLetters))
	at := uint64(n.epoch) >> 1 // its lowest bit is always set
	return string([]byte{lifeLetters[at%all], lifeLetters[at/all%all]})
}

// Behind tells that tickets changed since TakeDirty was called.
func (n *Node) Behind() bool { return len(n.dirty) > 0 }

// TakeDirty gives the tickets that changed since it was called last, for writing
// their rows. A driver does that now and then, because the log can make them again.
func (n *Node) TakeDirty() []*hall.Ticket {
	out := make([]*hall.Ticket, 0, len(n.dirty))
	for _, t := range n.dirty {
		out = append(out, t)
	}
	clear(n.dirty)
	slices.SortFunc(out, func(a, b *hall.Ticket) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return out
}

// From is the first business day whose tickets are all in memory.
func (n *Node) From() hall.Date { return n.from }

// Forget lets the tickets of business days before from go, once their rows are written;
// what an event says of one of them later is folded into its row. Tickets that have
// changed since TakeDirty stay until the next time: at a centre with many halls there
// are always some, and they must not keep everything else in memory.
func (n *Node) Forget(from hall.Date) {
	if from < n.from || from == n.from && !n.kept {
		return
	}
	n.from, n.kept = from, false
	for _, h := range n.halls {
		h.Forget(from, func(id hall.TicketID) bool {
			_, dirty := n.dirty[id]
			n.kept = n.kept || dirty
			return dirty
		})
	}
}

// Restart drops the projections, for making them again from the log.
func (n *Node) Restart() {
	n.halls = map[hall.ID]*hall.Hall{}
	clear(n.dirty)
}

// Hall gives a hall as it is saved; nil when nothing was heard of it.
func (n *Node) Hall(id hall.ID) *hall.Hall { return n.halls[id] }

// Halls lists the halls heard of, in no order.
func (n *Node) Halls() []hall.ID {
	out := make([]hall.ID, 0, len(n.halls))
	for id := range n.halls {
		out = append(out, id)
	}
	return out
}

// KeysOf gives the public keys that a device has had.
func (n *Node) KeysOf(o event.Origin) (out []ed25519.PublicKey) {
	if h := n.halls[hall.ID(o.Hall())]; h != nil {
		for _, k := range h.DeviceKeys(o) {
			out = append(out, ed25519.PublicKey(k))
		}
	}
	return out
}

func (n *Node) hall(id hall.ID) *hall.Hall {
	h := n.halls[id]
	if h == nil {
		h = hall.New(id)
		h.Missing = func(t hall.TicketID) *hall.Ticket { return n.bringBack(id, t) }
		n.halls[id] = h
	}
	return h
}

// bringBack answers the fold's question for a ticket that is not in memory. The
// time in a ticket's id tells whether memory must have it anyway; only tickets
// of earlier days are read.
func (n *Node) bringBack(of hall.ID, id hall.TicketID) *hall.Ticket {
	if n.Recall == nil || hall.IssueDate(id) > n.from {
		return nil
	}
	row, err := n.Recall(of, id)
	if err == nil && row == nil {
		return nil
	}
	var t *hall.Ticket
	if err == nil {
		t, err = hall.ReadRow(row)
	}
	if err != nil {
		n.broken = err
		return nil
	}
	n.kept = true // until its row is written again
	return t
}

// freshTickets is how many tickets' events stay at hand for the allocator: a
// counter that is further behind than this fetches them itself.
const freshTickets = 1024

func (n *Node) remember(r Row) {
	if len(n.freshIDs) == freshTickets {
		delete(n.fresh, n.freshIDs[0])
		n.freshIDs = n.freshIDs[1:]
	}
	n.fresh[r.ID] = r.Body
	n.freshIDs = append(n.freshIDs, r.ID)
}

// Lasting kinds are folded again at every start; ticket events are not, because
// their fold is kept as rows.
func Lasting(k event.Kind) bool {
	family, _, _ := strings.Cut(string(k.Inner()), ".")
	switch family {
	case "window", "block", "device", "clerk", "help", "notice", "appointment", "queue":
		return true
	}
	return false
}

// Public tells whether an event may go to every terminal of its hall: the queue,
// windows, number blocks, keys, clerks, calls for help, notices, pauses and appointments, which name nobody; never an application.
func Public(k event.Kind) bool {
	return strings.HasPrefix(string(k.Inner()), "ticket.") || Lasting(k)
}

// Hands tells whether a device with this own chain hands an event back to a hub that has
// begun another life: what every terminal may know, and what the device noted in earlier
// lives of its own database, whose chains are pushed no more.
func Hands(own ChainID, id event.ID, k event.Kind) bool {
	return Public(k) || id.Origin == own.Origin && id.Epoch != own.Epoch
}

// Own is what is known of the own chain of this life.
func (n *Node) Own() Chain { return *n.chain(ChainID{n.Origin, n.epoch}) }

// Forks counts the chains of which the place above has another history.
func (n *Node) Forks() (forks int) {
	for _, c := range n.list {
		if c.Forked {
			forks++
		}
	}
	return forks
}

// OwnForked tells that somebody else has written under this device's name in this
// life of its database: it has to go on in another one (see Renew).
func (n *Node) OwnForked() bool { return n.chain(ChainID{n.Origin, n.epoch}).Forked }
