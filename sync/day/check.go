package day

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// evidence is what the centre has at the end, read from its log and its fold.
type evidence struct {
	issued       map[hall.TicketID][]hall.Issued
	papers       map[hall.TicketID][]hall.Issued // tickets made again from their paper
	moves        map[hall.TicketID]map[event.Kind]int
	applications map[string]int
	tickets      map[hall.TicketID]*hall.Ticket
	conflicts    int
	events       int
	quarantined  int
}

func newEvidence() *evidence {
	return &evidence{issued: map[hall.TicketID][]hall.Issued{}, papers: map[hall.TicketID][]hall.Issued{},
		moves: map[hall.TicketID]map[event.Kind]int{}, applications: map[string]int{}, tickets: map[hall.TicketID]*hall.Ticket{}}
}

// gather reads a node's whole log and what it makes of the day.
func gather(ctx context.Context, s *store.Store, id hall.ID, date hall.Date) (*evidence, error) {
	ev := newEvidence()
	rows, err := s.Reader().QueryContext(ctx, "SELECT body FROM event WHERE fault IS NULL ORDER BY pos")
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		e, err := event.Decode(body)
		if err == nil {
			err = ev.add(e)
		}
		if err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	if ev.quarantined, err = s.Quarantined(ctx); err != nil {
		return nil, err
	}
	s.View(id, func(h *hall.Hall) {
		ev.conflicts = len(h.Conflicts(date))
		for _, t := range h.Tickets(date) {
			copied := *t
			ev.tickets[t.Ticket] = &copied
		}
	})
	return ev, nil
}

// add counts one event.
func (ev *evidence) add(e event.Event) error {
	ev.events++
	switch e.Kind {
	case hall.KindIssued:
		f, err := decode[hall.Issued](e)
		ev.issued[f.Ticket] = append(ev.issued[f.Ticket], f)
		return err
	case hall.KindAdmitted:
		f, err := decode[hall.Admitted](e)
		ev.papers[f.Ticket] = append(ev.papers[f.Ticket], f.Issued)
		return err
	case hall.KindCalled, hall.KindRecalled, hall.KindStarted, hall.KindMissed, hall.KindReturned, hall.KindFinished, hall.KindReprinted:
		f, err := decode[hall.Moved](e)
		if ev.moves[f.Ticket] == nil {
			ev.moves[f.Ticket] = map[event.Kind]int{}
		}
		ev.moves[f.Ticket][e.Kind]++
		return err
	case "application.taken":
		f, err := decode[struct {
			Number string `json:"number"`
		}](e)
		ev.applications[f.Number]++
		return err
	}
	return nil
}

// Verdict is what the observer finds when it compares its notes with the centre.
// Lost and Doubled count tickets, steps of tickets and applications that a
// terminal said it had saved.
type Verdict struct {
	Lost           int      `json:"lost"`
	Doubled        int      `json:"doubled"`
	NumbersDoubled int      `json:"numbers_doubled"`
	Invented       int      `json:"invented"`
	WrongState     int      `json:"wrong_state"`
	OutOfOrder     int      `json:"out_of_order"`
	Faults         []string `json:"-"`
}

// judge compares the observer's notes with what the centre has.
func (o *observer) judge(ev *evidence) Verdict {
	v := Verdict{Doubled: o.doubled, OutOfOrder: o.disorder, Faults: slices.Clone(o.faults)}
	for _, n := range o.notes {
		v.ticket(n, ev)
		v.steps(n, ev)
		if n.application != "" {
			v.count("application "+n.application, 1, ev.applications[n.application])
		}
		if t := ev.tickets[n.ticket]; t == nil || !n.agrees(t) {
			v.WrongState++
			v.fault("%s was %s at %q for the people in the hall, and is something else at the centre", n.number, n.state, n.window)
		}
	}
	numbers := map[hall.Number]int{}
	for id, list := range ev.issued {
		numbers[list[0].Number]++
		if o.byTicket[id] == nil {
			v.Invented++
			v.fault("the centre has ticket %s %s, which nobody was given", list[0].Number, id)
		}
	}
	for number, times := range numbers {
		if times > 1 {
			v.NumbersDoubled++
			v.fault("number %s stands on %d tickets", number, times)
		}
	}
	v.NumbersDoubled = max(v.NumbersDoubled, o.numbers)
	return v
}

// maxFaults bounds what is told in words; the counts are complete.
const maxFaults = 20

func (v *Verdict) fault(format string, args ...any) {
	if len(v.Faults) < maxFaults {
		v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
	}
}

// count compares how often something was done with how often the centre has it.
func (v *Verdict) count(what string, done, have int) {
	switch {
	case have < done:
		v.Lost += done - have
		v.fault("%s: the centre has it %d times, it was done %d times", what, have, done)
	case have > done:
		v.Doubled += have - done
		v.fault("%s: the centre has it %d times, it was done %d times", what, have, done)
	}
}

func (v *Verdict) ticket(n *note, ev *evidence) {
	list := ev.issued[n.ticket]
	v.count("ticket "+string(n.number), 1, len(list))
	for _, f := range slices.Concat(list, ev.papers[n.ticket]) {
		if f.Number != n.number || f.Service != n.person.Service || f.IssuedMS != n.issuedMS || f.Class != n.person.Class ||
			!slices.Equal(f.Items, n.person.Items) {
			v.Lost++
			v.fault("ticket %s is another one at the centre: %s of %s", n.number, f.Number, f.Service)
		}
	}
}

func (v *Verdict) steps(n *note, ev *evidence) {
	for _, k := range []event.Kind{hall.KindCalled, hall.KindRecalled, hall.KindStarted, hall.KindMissed, hall.KindReturned, hall.KindFinished, hall.KindReprinted} {
		v.count(string(k)+" of "+string(n.number), n.moves[k], ev.moves[n.ticket][k])
	}
}

// agrees tells whether the centre's ticket ended as the people in the hall saw it.
func (n *note) agrees(t *hall.Ticket) bool {
	return t.State == n.state && t.Window == n.window && t.Number == n.number && slices.Equal(t.Ended(), n.ended) &&
		t.Reprints == n.moves[hall.KindReprinted]
}

// hashes gives the state hash of every node: of the terminals, the hub and the centre.
func (r *run) hashes() map[string]event.Hash {
	out := map[string]event.Hash{}
	out["hub"], out["centre"] = r.sum(r.hub.Store), r.sum(r.centre.Store)
	var mu sync.Mutex
	_ = each(r.terminals(), 2, func(s *station) error {
		sum := r.sum(s.Store)
		mu.Lock()
		defer mu.Unlock()
		out[s.settings.Device] = sum
		return nil
	})
	return out
}

// onDisk opens the databases of the centre, the hub, the kiosks, the board and
// every tenth counter again, after all machines have ended, and compares what
// they hold with the state that the centre had.
func (r *run) onDisk(out *Report, want event.Hash) error {
	type base struct {
		path   string
		origin event.Origin
	}
	hub := event.Origin(string(r.plan.Hall) + "/hub")
	list := []base{{filepath.Join(r.folder, "centre", "centre.db"), "district/centre"}, {filepath.Join(r.folder, "hub", "hub.db"), hub}}
	some := append([]*station{r.board}, r.kiosks...)
	for n := 0; n < len(r.desks); n += 10 {
		some = append(some, r.desks[n].station)
	}
	for _, s := range some {
		list = append(list, base{filepath.Join(s.settings.Data, "terminal.db"), event.Origin(s.settings.Hall + "/" + s.settings.Device)})
	}
	out.DiskEqual = true
	var mu sync.Mutex
	return each(list, 2, func(b base) error {
		s, err := store.Open(store.Options{Path: b.path, Origin: b.origin, Now: r.clock.now})
		if err != nil {
			return fmt.Errorf("open %s again: %w", b.path, err)
		}
		if r.sum(s) != want {
			mu.Lock()
			defer mu.Unlock()
			out.DiskEqual = false
			out.fault("the database of %s holds another state than the centre had", b.origin)
		}
		if err := s.Close(); err != nil {
			return fmt.Errorf("open %s again: %w", b.path, err)
		}
		return nil
	})
}

// sum gives a node's state hash of the day.
func (r *run) sum(s *store.Store) (h event.Hash) {
	s.View(r.plan.Hall, func(v *hall.Hall) { h = v.Hash(r.plan.Date) })
	return h
}

// caughtUp tells whether every terminal has read the hall's feed to its end.
func (r *run) caughtUp() bool { return all(r.terminals(), r.upToDate) }

// upToDate tells whether nothing of others is left for a terminal to read.
func (r *run) upToDate(s *station) bool {
	at, err := s.Store.Cursor(r.ctx, string(r.plan.Hall))
	for pos := at.Pos; err == nil; {
		f, failed := r.hub.Store.Feed(r.ctx, pos, 2000)
		if failed != nil || slices.ContainsFunc(f.Bodies, func(body []byte) bool {
			e, err := event.Decode(body)
			return err != nil || e.Origin != s.Store.Origin()
		}) {
			return false
		}
		if f.Upto == pos {
			return true
		}
		pos = f.Upto
	}
	return false
}
