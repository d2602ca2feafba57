package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// observer stands outside the nodes and notes what they say and what they hold.
type observer struct {
	world *world
	wrong []string

	noted    map[event.Hash]*fact // what was saved somewhere as an own event
	order    []*fact
	requests map[string]event.ID // what a kiosk's page was given for a request
	calls    map[string]event.ID // what a counter was granted for a request
	slips    map[hall.ID][]event.Event
	messages map[string]bool
	forks    map[string]int
	claimed  map[claimant]claim
	sifted   int // answers from which something may have been left out
}

// claimant is a life of a node's database, claim how far it says that its events are saved.
type claimant struct {
	node  string
	epoch event.Epoch
}

type claim struct{ up, centre event.Seq }

// fact is an event that somebody noted.
type fact struct {
	id        event.ID
	sum       event.Hash
	node      *node
	destroyed bool // it was only on a disk that the run destroyed
}

func (o *observer) violate(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	o.world.tell("VIOLATION %s", text)
	if len(o.wrong) < 20 {
		o.wrong = append(o.wrong, text)
	}
}

// committed notes the own events of a commit that is synced.
func (o *observer) committed(n *node, tx *core.Tx) {
	if o.noted == nil {
		o.noted, o.requests, o.calls, o.slips = map[event.Hash]*fact{}, map[string]event.ID{}, map[string]event.ID{}, map[hall.ID][]event.Event{}
		o.messages, o.forks, o.claimed = map[string]bool{}, map[string]int{}, map[claimant]claim{}
	}
	for i := range tx.Rows {
		r := &tx.Rows[i]
		if r.ID.Origin != n.origin {
			continue
		}
		o.world.tell("%s notes %s %s", n.name, r.Kind, r.ID)
		if o.noted[r.Hash] == nil {
			f := &fact{id: r.ID, sum: r.Hash, node: n}
			o.noted[r.Hash] = f
			o.order = append(o.order, f)
		}
	}
}

// destroyed notes what is lost with a disk: the own events that its new image lacks.
func (o *observer) destroyed(n *node, old, image *disk) {
	left := map[event.Hash]bool{}
	for i := range image.rows {
		left[image.rows[i].Hash] = true
	}
	for i := range old.rows {
		r := &old.rows[i]
		if f := o.noted[r.Hash]; f != nil && f.node == n && !left[r.Hash] {
			f.destroyed = true
		}
	}
}

// printed notes a slip, and that a request always gets the same ticket.
func (o *observer) printed(n *node, request string, source event.ID, e event.Event, again bool) {
	o.world.tell("%s prints %s for %s", n.name, source, request)
	if before, known := o.requests[n.name+request]; known && before != source && !n.copied {
		o.violate("I2 request %s at %s got %s and %s", request, n.name, before, source)
	}
	o.requests[n.name+request] = source
	if !n.disk.holds(source) {
		o.violate("I5 a slip of %s is printed at %s without its event on the disk", source, n.name)
	}
	if !again {
		o.slips[n.place] = append(o.slips[n.place], e)
	}
}

func (d *disk) holds(id event.ID) bool {
	_, there := d.index[core.ChainID{Origin: id.Origin, Epoch: id.Epoch}][id.Seq]
	return there
}

// slip gives a random slip of the hall.
func (o *observer) slip(n *node) (hall.Issued, event.Event, bool) {
	list := o.slips[n.place]
	if len(list) == 0 {
		return hall.Issued{}, event.Event{}, false
	}
	e := list[o.world.rng.IntN(len(list))]
	f, err := hall.ReadIssued(e)
	check(err)
	return f, e, f.Service == n.service
}

// refused notes a kiosk that does not issue.
func (o *observer) refused(n *node, err error) {
	if !errors.Is(err, errFull) {
		o.violate("I9 %s does not issue: %v", n.name, err)
	}
}

// granted notes what a request was answered with.
func (o *observer) granted(n *node, request string, g wire.Grant) {
	e, err := event.Decode(g.Event)
	check(err)
	if before, known := o.calls[request]; known && before != e.ID && !n.parent.parent.granted {
		o.violate("I6 request %s was granted %s and %s", request, before, e.ID)
	}
	o.calls[request] = e.ID
}

// firstMessage tells whether a message id is new at a receiver (for a broken rule).
func (o *observer) firstMessage(n *node, origin event.Origin, serial uint64) bool {
	key := fmt.Sprint(n.name, origin, serial)
	first := !o.messages[key]
	o.messages[key] = true
	return first
}

// deleteUpto deletes what was confirmed (for a broken rule).
func (o *observer) deleteUpto(n *node, id core.ChainID, upto event.Seq) {
	for seq := range n.disk.index[id] {
		if seq <= upto && seq > 1 {
			delete(n.disk.index[id], seq)
		}
	}
}

// claims checks that what a node says is saved above is saved there (I8).
func (o *observer) claims(n *node) {
	if n.parent == nil {
		return
	}
	above := n.parent.parent
	if c := n.core.Own(); !c.Forked {
		key := claimant{n.name, c.ID.Epoch}
		before := o.claimed[key]
		if c.Up > before.up && c.UpEpoch == above.disk.epoch && !above.disk.holds(event.ID{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Seq: c.Up}) {
			o.violate("I8 %s says that %d of %s is saved at %s, which does not have it", n.name, c.Up, c.ID.Epoch, above.name)
		}
		if c.Centre > before.centre && !n.w.centre.disk.everHad(o, c.ID, c.Centre) {
			o.violate("I8 %s says that %d of %s is saved at the centre, which never had it", n.name, c.Centre, c.ID.Epoch)
		}
		o.claimed[key] = claim{c.Up, c.Centre}
	}
}

// everHad tells whether the centre has an event now, or had it before it was put to an
// older backup.
func (d *disk) everHad(o *observer, id core.ChainID, seq event.Seq) bool {
	return d.holds(event.ID{Origin: id.Origin, Epoch: id.Epoch, Seq: seq}) || o.world.centre.granted
}

// verdict checks the district at rest.
func (o *observer) verdict(r *Result) {
	r.Excused = map[string]int{}
	if r.DrainMS < 0 {
		o.violate("I7 not at rest after %d s: %s", restMS/1000, o.restless())
	}
	o.everythingArrived(r)
	for _, place := range []hall.ID{"jiangnan", "jiangbei"} {
		o.equal(place)
		o.numbers(place, r)
		o.services(place, r)
	}
	for _, n := range o.world.nodes {
		o.chains(n)
	}
	r.Violations = append(r.Violations, o.wrong...)
	r.Events, r.Sifted = len(o.order), o.sifted
}

func (o *observer) restless() string {
	for _, n := range o.world.nodes {
		switch {
		case !n.up:
			return n.name + " is down"
		case n.core.OwnForked():
			return n.name + " has a fork"
		case n.parent != nil && len(n.core.Owing()) > 0:
			return fmt.Sprintf("%s owes %+v", n.name, n.core.Owing()[0])
		case n.role == "hub" && !n.core.Ready():
			return n.name + " still gathers"
		case n.role == "hub" && n.orphans() > 0:
			return fmt.Sprintf("%s holds %d events that no chain brings up", n.name, n.orphans())
		case n.follows() && !n.level():
			return n.name + " is behind its hub"
		}
	}
	return "?"
}

// everythingArrived is I1: what was saved anywhere is at the centre.
func (o *observer) everythingArrived(r *Result) {
	at := map[event.Hash]bool{}
	for i := range o.world.centre.disk.rows {
		row := &o.world.centre.disk.rows[i]
		at[row.Hash] = true
		if row.Kind.Inner() != row.Kind {
			e, err := event.Decode(row.Body)
			check(err)
			at[event.Sum(e.Payload)] = true
		}
	}
	for _, f := range o.order {
		if f.node.role == "centre" {
			continue
		}
		switch {
		case at[f.sum]:
		case f.destroyed:
			r.Destroyed++
		default:
			o.violate("I1 %s, saved at %s, is not at the centre", f.id, f.node.name)
		}
	}
}

// equal is I4 and I2: every place has the same state, and it is the one that the log
// gives in another order.
func (o *observer) equal(place hall.ID) {
	var log []event.Event
	centre := o.world.centre
	dates := map[hall.Date]bool{}
	for i := range centre.disk.rows {
		row := &centre.disk.rows[i]
		if row.Fault != "" || row.ID.Origin.Hall() != string(place) {
			continue
		}
		e, err := event.Decode(row.Body)
		check(err)
		e, err = e.Inner()
		check(err)
		log = append(log, e)
	}
	o.world.rng.Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
	fresh := hall.New(place)
	for _, e := range log {
		touched, err := fresh.Apply(e)
		check(err)
		if t := touched.Ticket; t != nil && t.Known {
			dates[t.Date] = true
		}
	}
	for _, date := range slices.Sorted(maps.Keys(dates)) {
		want := fresh.Hash(date)
		for _, n := range o.world.nodes {
			if n != centre && (n.place != place || date < n.disk.cursors["hall"].Since) {
				continue // another hall's, or a day of which the terminal was given no more than it needs
			}
			h := n.core.Hall(place)
			if date < n.core.From() {
				h = n.disk.refold(place) // memory keeps the last days only
			}
			if h == nil || h.Hash(date) != want {
				o.violate("I4 %s has another state of %s on %s than the log at the centre: %s", n.name, place, date, differ(h, fresh, date))
				break
			}
		}
	}
}

// cut gives some text around a place.
func cut(s string, at int) string { return s[max(0, at-60):min(len(s), at+260)] }

// differ names the first ticket that differs.
func differ(a, b *hall.Hall, date hall.Date) string {
	if a == nil {
		return "none at all"
	}
	for _, t := range b.Tickets(date) {
		if x := a.Ticket(t.Ticket); x == nil || string(x.Row()) != string(t.Row()) {
			if x == nil {
				return fmt.Sprintf("lacks %s", t.Row())
			}
			a, b := string(x.Row()), string(t.Row())
			i := 0
			for i < min(len(a), len(b)) && a[i] == b[i] {
				i++
			}
			return fmt.Sprintf("ticket %s: ...%s, not ...%s", t.Ticket, cut(a, i), cut(b, i))
		}
	}
	for _, t := range a.Tickets("") {
		if t.Date != date {
			continue
		}
		if b.Ticket(t.Ticket) == nil {
			return fmt.Sprintf("has %s", t.Row())
		}
	}
	return "nothing"
}

// numbers is I5: no display number twice on a day.
func (o *observer) numbers(place hall.ID, r *Result) {
	type key struct {
		date   hall.Date
		number hall.Number
	}
	seen := map[key]event.ID{}
	h := o.world.centre.core.Hall(place)
	if h == nil {
		return
	}
	for _, t := range h.Tickets("") {
		if !t.Known {
			continue
		}
		source, err := event.ParseID(t.Source)
		check(err)
		k := key{t.Date, t.Number}
		other, twice := seen[k]
		switch {
		case !twice:
			seen[k] = source
		case source.Origin == other.Origin && o.copied(source.Origin):
			r.Excused["number given by two copies of one kiosk"]++
		default:
			o.violate("I5 number %s of %s on %s is on %s and %s", t.Number, place, t.Date, other, source)
		}
	}
}

func (o *observer) copied(origin event.Origin) bool {
	return slices.ContainsFunc(o.world.nodes, func(n *node) bool { return n.origin == origin && n.copied })
}

// services is I6: nobody is called to two windows in one round, and who was served at
// two is shown to a person.
func (o *observer) services(place hall.ID, r *Result) {
	h := o.world.centre.core.Hall(place)
	if h == nil {
		return
	}
	hub := o.world.hubs[slices.IndexFunc(o.world.hubs, func(n *node) bool { return n.place == place })]
	for _, t := range h.Tickets("") {
		called, served := map[int]map[hall.WindowID]bool{}, map[int]map[hall.WindowID]bool{}
		for _, s := range t.Steps {
			into := called
			switch s.Kind {
			case hall.KindStarted, hall.KindFinished:
				into = served
			case hall.KindCalled:
			default:
				continue
			}
			if into[s.Round] == nil {
				into[s.Round] = map[hall.WindowID]bool{}
			}
			into[s.Round][s.Window] = true
		}
		if why := heldInVain(t); why != "" {
			o.violate("I10 %s of %s is %s at %s, %s", t.Number, place, t.State, t.Window, why)
		}
		if slices.ContainsFunc(t.Steps, func(s hall.Step) bool { return s.Kind == hall.KindFinished }) && t.State != hall.Done {
			o.violate("I2 %s of %s was served and is %s", t.Number, place, t.State)
		}
		for round, windows := range called {
			switch {
			case len(windows) < 2:
			case hub.granted:
				r.Excused["called twice by a hub that lost its disk"]++
			default:
				o.violate("I6 %s of %s is called to %d windows in round %d", t.Number, place, len(windows), round)
			}
		}
		for _, windows := range served {
			if kind, _ := t.Conflict(); len(windows) > 1 && kind == "" {
				o.violate("I6 %s of %s was served at %d windows and nobody is told", t.Number, place, len(windows))
			}
		}
	}
}

// heldInVain is I10: a window holds only whom it called or started, and nobody whom it has
// let go.
func heldInVain(t *hall.Ticket) string {
	if !t.Open() {
		return ""
	}
	came := false
	for _, s := range t.Steps {
		if s.Round != t.Round || s.Window != t.Window {
			continue
		}
		switch s.Kind {
		case hall.KindCalled, hall.KindStarted:
			came = true
		case hall.KindReturned, hall.KindParked, hall.KindPassed:
			return "which has let it go"
		}
	}
	if !came {
		return "which has not called it"
	}
	return ""
}

// chains is I3: what a node calls complete is complete, in order, and has its head.
func (o *observer) chains(n *node) {
	if broken("delete-on-ack") {
		return
	}
	for _, c := range n.core.Chains() {
		var head event.Hash
		for seq := event.Seq(1); seq <= c.Seq; seq++ {
			i, there := n.disk.index[c.ID][seq]
			if !there {
				o.violate("I3 %s lacks %d of the %d events of %s:%s", n.name, seq, c.Seq, c.ID.Origin, c.ID.Epoch)
				return
			}
			head = event.Chain(head, n.disk.rows[i].Hash)
		}
		if head != c.Head {
			o.violate("I3 %s has another head of %s:%s than its events give", n.name, c.ID.Origin, c.ID.Epoch)
		}
	}
}
