package sim

import (
	"fmt"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// act lets people come to a machine for as long as its process lives.
func (n *node) act() {
	switch n.role {
	case "kiosk":
		n.later(n.w.upto(15_000), n.tap)
		n.later(1000+n.w.upto(1000), n.tend)
	case "counter":
		n.later(n.w.upto(10_000), n.serve)
	case "hub":
		n.later(n.w.upto(10_000), n.tidy)
	}
	if n.role != "centre" {
		n.later(n.w.upto(120_000), n.canary)
	}
}

// canary is a sign of life that must come back as saved at the centre.
func (n *node) canary() {
	if n.w.quiet {
		return
	}
	n.write(func(tx *core.Tx) error {
		_, _, err := tx.Append("canary.sung", map[string]int64{"at_ms": n.wall()})
		return err
	}, nil)
	n.later(120_000, n.canary)
}

// tidy sees to the timers of the hall's tickets, as the hub does.
func (n *node) tidy() {
	n.later(10_000, n.tidy)
	n.write(func(tx *core.Tx) error { return tx.Tidy(n.place, n.silence) }, nil)
}

// silence tells for how long a hub has heard nothing of a terminal: who is cut off may be
// given up at once, so that much comes of it.
func (n *node) silence(o event.Origin) int64 {
	for _, l := range n.children {
		if l.child.origin == o && !l.connected {
			return hall.ServedAfterMS
		}
	}
	return 0
}

// tap is a person who takes a ticket. Where no answer comes (the process ended), the
// page asks again with the same request.
func (n *node) tap() {
	if n.w.quiet {
		return
	}
	n.later(4000+n.w.upto(30_000), n.tap)
	if n.w.chance(60) {
		n.thinkAgain()
		return
	}
	if n.w.chance(15) {
		// A kind from the future, byte for byte on all the way.
		n.write(func(tx *core.Tx) error {
			_, _, err := tx.Append("ticket.teleported", map[string]string{"to": "moon"})
			return err
		}, nil)
	}
	if n.w.chance(200) {
		n.appoint()
		return
	}
	request := n.request
	if request == "" || n.w.chance(300) {
		request = n.w.id(n.wall())
	}
	n.request = request
	letter := services[n.w.rng.IntN(len(services))]
	class := hall.WalkIn
	if n.w.chance(100) {
		class = hall.Priority
	}
	var made event.Event
	var source event.ID
	again := false
	print := func() { n.w.seen.printed(n, request, source, made, again) }
	n.write(func(tx *core.Tx) (err error) {
		if source, again = tx.IssuedFor(request); again {
			return nil
		}
		now := n.wall()
		f := tx.Hall(n.place).Issue(hall.Issue{Ticket: hall.TicketID(n.w.id(now)), Origin: n.origin, Epoch: n.core.Epoch(), Digit: n.digit, Service: letter, Class: class, Language: "zh", NowMS: now})
		made, err = tx.Issue(request, f)
		source = made.ID
		if broken("print-before-commit") {
			print()
		}
		return err
	}, func(err error) {
		switch {
		case err != nil:
			n.w.seen.refused(n, err)
		case !broken("print-before-commit"):
			print()
			if n.w.chance(900) {
				n.request = "" // the page has its answer
			}
		}
	})
}

// thinkAgain is a person with a ticket at a kiosk: one who was called in vain is back, or
// one who waits gives up.
func (n *node) thinkAgain() {
	h := n.core.Hall(n.place)
	if h == nil {
		return
	}
	all := h.Tickets(hall.DateOf(n.wall()))
	if len(all) == 0 {
		return
	}
	id := all[n.w.rng.IntN(len(all))].Ticket
	if n.w.chance(300) {
		n.note(hall.KindCancelled, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.Cancel(id, n.wall())) })
		return
	}
	n.note(hall.KindCameBack, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.ComeBack(id, n.wall())) })
}

// appoint is a person who books a time of today, one who gives theirs up, or one who checks in.
func (n *node) appoint() {
	h := n.core.Hall(n.place)
	if h == nil {
		return
	}
	now := n.wall()
	name := n.w.id(now)
	if n.w.chance(400) {
		const grain = 20_000 // so that the check-in begins soon
		begin := now + hall.BookAhead + grain - now%grain
		day := hall.Day{Sessions: [][2]int64{{begin, begin + hall.SlotLength}}, Windows: map[hall.Letter]int{services[0]: 20}}
		b := hall.Book{Appointment: name, Service: services[0], SlotMS: begin, Number: "13800001234", Language: "zh", Day: day, Person: fmt.Sprint("p", n.w.rng.IntN(30)), Rules: hall.BookRules{Missed: 2, Days: 30}}
		n.ask(func(tx *core.Tx) (wire.Grant, error) { return tx.Book(n.place, b) }, func(g wire.Grant) {
			n.replicate(func(tx *core.Tx) error { return tx.Take(g.Event) }, func(error) {})
		})
		return
	}
	all := h.BookingsOf(hall.DateOf(now), "1234")
	if len(all) == 0 {
		return
	}
	b := all[n.w.rng.IntN(len(all))]
	if n.w.chance(100) {
		n.note(hall.KindUnbooked, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.Unbook(b.Appointment, now)) })
		return
	}
	n.note(hall.KindIssued, func(h *hall.Hall) (any, *event.Refusal) {
		return pair(h.CheckIn(b.Appointment, hall.Issue{Ticket: hall.TicketID(name), Origin: n.origin, Epoch: n.core.Epoch(), Digit: n.digit, Language: "zh", NowMS: now}))
	})
}

// tend keeps number blocks in stock, as the kiosk does.
func (n *node) tend() {
	n.later(1000+n.w.upto(2000), n.tend)
	if n.w.quiet || n.asking || !n.parent.connected {
		return
	}
	h := n.core.Hall(n.place)
	if h == nil {
		return
	}
	today := hall.DateOf(n.wall())
	for _, l := range services {
		if h.NumbersLeft(n.origin, n.core.Epoch(), today, l) > hall.BlockLow {
			continue
		}
		n.asking = true
		ask := wire.BlockAsk{Request: n.w.id(n.wall()), Origin: n.origin, Epoch: n.core.Epoch(), Date: string(today), Service: string(l), Life: n.feed.Life()}
		n.later(3000, func() { n.asking = false })
		n.ask(func(tx *core.Tx) (wire.Grant, error) { return tx.Block(n.place, ask) }, func(g wire.Grant) {
			n.replicate(func(tx *core.Tx) error { return tx.Take(g.Event) }, func(error) { n.asking = false })
		})
		return
	}
}

// ask asks the hub's allocator and gives the grant, if one comes.
func (n *node) ask(decide func(*core.Tx) (wire.Grant, error), granted func(wire.Grant)) {
	l, life := n.parent, n.life
	l.up(func(hub *node) {
		var g wire.Grant
		hub.write(func(tx *core.Tx) (err error) { g, err = decide(tx); return err }, func(err error) {
			if err == nil && g.Refuse == nil {
				l.down(func(c *node) {
					if c.life == life {
						granted(g)
					}
				})
			}
		})
	})
}

// serve is a clerk at a window.
func (n *node) serve() {
	if n.w.quiet {
		return
	}
	n.later(1500+n.w.upto(9000), n.serve)
	h := n.core.Hall(n.place)
	if h == nil || n.w.now < n.busy {
		return
	}
	if !n.open(h) {
		n.note(hall.KindWindowOpened, func(*hall.Hall) (any, *event.Refusal) {
			return hall.WindowOpened{Hall: n.place, Window: n.window, Clerk: "wang", Services: []hall.Letter{n.service}, AtMS: n.wall()}, nil
		})
		return
	}
	t := h.AtWindow(n.window)
	switch {
	case t == nil && n.w.chance(200) && n.resume(h):
	case t == nil && n.parent.connected:
		n.call()
	case t == nil:
		if n.w.chance(500) {
			n.scan()
		}
	case t.State == hall.CalledS:
		n.called(t)
	case n.w.chance(60):
		n.note(hall.KindReturned, func(h *hall.Hall) (any, *event.Refusal) {
			return pair(h.Return(n.window, "wang", "file missing", n.wall()))
		})
	case n.w.chance(60):
		until := n.wall() + 20_000 + n.w.upto(100_000)
		n.note(hall.KindParked, func(h *hall.Hall) (any, *event.Refusal) {
			return pair(h.Park(n.window, "wang", "copies", until, n.wall()))
		})
	case n.w.chance(60):
		p := hall.Pass{Service: services[n.w.rng.IntN(len(services))], Back: n.w.chance(500), Reason: "the other one first"}
		if n.w.chance(300) {
			p.To = hall.WindowID(fmt.Sprintf("%s%02d", services[1], 2))
		}
		n.note(hall.KindPassed, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.Pass(n.window, "wang", p, n.wall())) })
	case n.w.chance(300):
		ticket := t.Ticket
		n.write(func(tx *core.Tx) error {
			_, _, err := tx.Append("application.taken", map[string]string{"ticket": string(ticket), "applicant": "somebody"})
			return err
		}, nil)
	default:
		n.note(hall.KindFinished, func(h *hall.Hall) (any, *event.Refusal) {
			return pair(h.Finish(n.window, "wang", []hall.Ending{{Outcome: hall.Accepted}}, n.wall()))
		})
	}
}

// resume goes on with somebody who was parked here and sits there again, also with the
// hub away.
func (n *node) resume(h *hall.Hall) bool {
	for _, t := range h.Parked() {
		if t.Window != n.window {
			continue
		}
		id := t.Ticket
		n.write(func(tx *core.Tx) error {
			resumed, started, no := tx.Hall(n.place).Resume(id, n.window, "wang", n.wall())
			if no != nil {
				return no
			}
			if _, _, err := tx.Append(hall.KindResumed, resumed); err != nil {
				return err
			}
			_, _, err := tx.Append(hall.KindStarted, started)
			return err
		}, nil)
		return true
	}
	return false
}

func (n *node) called(t *hall.Ticket) {
	switch {
	case n.w.chance(700):
		n.note(hall.KindStarted, func(h *hall.Hall) (any, *event.Refusal) {
			return pair(h.Start(n.window, "wang", "button", n.wall()))
		})
		n.busy = n.w.now + n.w.upto(10_000)
	case n.w.chance(500):
		n.note(hall.KindRecalled, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.Recall(n.window, "wang", n.wall())) })
	default:
		n.note(hall.KindMissed, func(h *hall.Hall) (any, *event.Refusal) { return pair(h.Miss(n.window, "wang", n.wall())) })
	}
}

func pair[T any](fact T, no *event.Refusal) (any, *event.Refusal) { return fact, no }

func (n *node) open(h *hall.Hall) bool {
	for _, w := range h.Windows() {
		if w.ID == n.window {
			return w.Open && w.By == n.origin
		}
	}
	return false
}

// note decides a step and notes it in one commit.
func (n *node) note(kind event.Kind, decide func(*hall.Hall) (any, *event.Refusal)) {
	n.write(func(tx *core.Tx) error {
		fact, no := decide(tx.Hall(n.place))
		if no != nil {
			return no
		}
		_, _, err := tx.Append(kind, fact)
		return err
	}, nil)
}

// call asks for the next ticket, and again with the same request when no answer
// comes. What this counter noted goes first.
func (n *node) call() {
	for _, o := range n.core.Owing() {
		if o.Origin == n.origin {
			return
		}
	}
	request, again := n.request, n.request != ""
	if !again {
		request = n.w.id(n.wall())
		n.request = request
	}
	c := hall.Call{Request: request, Window: n.window, Clerk: "wang", Services: []hall.Letter{n.service}, Silent: n.parent.parent.silence}
	if !again && n.w.chance(50) {
		c.Ticket, c.Reason = n.somebody(), "they stand here"
	}
	n.ask(func(tx *core.Tx) (wire.Grant, error) { return tx.Call(n.place, c) }, func(g wire.Grant) {
		n.w.seen.granted(n, request, g)
		n.request = ""
		n.replicate(func(tx *core.Tx) error {
			for _, body := range append(append([][]byte{g.Ticket}, g.Steps...), g.Event) {
				if len(body) > 0 {
					if err := tx.Take(body); err != nil {
						return err
					}
				}
			}
			return nil
		}, nil)
	})
}

// somebody is any ticket of the day.
func (n *node) somebody() hall.TicketID {
	all := n.core.Hall(n.place).Tickets(hall.DateOf(n.wall()))
	if len(all) == 0 {
		return ""
	}
	return all[n.w.rng.IntN(len(all))].Ticket
}

// scan serves somebody who stands there with a slip, with the hub away.
func (n *node) scan() {
	f, e, ok := n.w.seen.slip(n)
	if !ok {
		return
	}
	n.write(func(tx *core.Tx) error {
		h := tx.Hall(n.place)
		m, no := h.StartScanned(f, n.window, "wang", n.wall(), false)
		if no != nil {
			return no
		}
		if t := h.Ticket(f.Ticket); t == nil || !t.Known {
			if _, _, err := tx.Append(hall.KindAdmitted, hall.Admitted{Issued: f, Slip: fmt.Sprint(e.ID), Origin: e.Origin, Epoch: e.Epoch, Seq: e.Seq}); err != nil {
				return err
			}
		}
		_, _, err := tx.Append(hall.KindStarted, m)
		return err
	}, nil)
}
