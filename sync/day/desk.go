package day

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/screen"
)

// desk is a window with its clerk and counter PC.
type desk struct {
	*station
	window  hall.WindowID
	service hall.Letter
	// noon windows stay open over lunch: the first of each area.
	noon bool

	open    bool
	busy    bool
	looking bool // a clerk who is free has seen that somebody came
	freeMS  int64
	idleMS  int64 // for which it was free while somebody waited
	presses int
}

// arriveAtWork signs the clerk in, when the counter knows the clerk.
func (d *desk) arriveAtWork(ctx context.Context) error {
	err := until(ctx, "the clerk at "+d.settings.Device, func() (known bool) {
		d.Store.View(hall.ID(d.settings.Hall), func(h *hall.Hall) { _, known = h.Clerk(clerkOf(d.window)) })
		return known
	})
	if err != nil {
		return err
	}
	if _, err := d.Counter.SignIn(string(clerkOf(d.window)), pin); err != nil {
		return fmt.Errorf("sign in at %s: %w", d.window, err)
	}
	return nil
}

func (r *run) openWindow(d *desk) error {
	if d.open {
		return nil // a noon window never closed
	}
	if _, err := d.Counter.OpenWindow(string(d.window), []string{string(d.service)}); err != nil {
		return fmt.Errorf("open %s: %w", d.window, err)
	}
	d.open, d.freeMS = true, r.clock.now()
	return r.free(d)
}

func (r *run) closeWindow(d *desk) error {
	if _, err := d.Counter.CloseWindow(); err != nil {
		return fmt.Errorf("close %s: %w", d.window, err)
	}
	d.open = false
	return nil
}

// endSession closes the windows whose clerk is free; the others close after
// their visit. At lunch the noon windows go on; in the evening everybody who
// holds a ticket is still served.
func (r *run) endSession(evening bool) error {
	r.late = evening
	for _, d := range r.desks {
		if d.open && !d.busy {
			if err := r.free(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// lunch tells whether it is between two sessions.
func (r *run) lunch() bool {
	now := r.clock.now()
	for n, s := range r.plan.Sessions[1:] {
		if now >= r.plan.Sessions[n][1] && now < s[0] {
			return true
		}
	}
	return false
}

// free is a clerk without a person: on to the next one, or wait, or close.
func (r *run) free(d *desk) error {
	if d.busy {
		d.busy, d.freeMS = false, r.clock.now()
	}
	switch {
	case !d.open:
		return nil
	case r.lunch() && !d.noon:
		return r.closeWindow(d)
	case len(r.queues[d.service].waiting) > 0:
		return r.next(d)
	case r.late:
		return r.closeWindow(d)
	}
	return nil
}

// wake lets the clerk who is free the longest look up when somebody came; that
// takes some seconds, in which the ticket is long in the hall.
func (r *run) wake(l hall.Letter) {
	var d *desk
	for _, x := range r.desks {
		if x.service == l && x.open && !x.busy && !x.looking && (d == nil || x.freeMS < d.freeMS) {
			d = x
		}
	}
	if d == nil {
		return
	}
	d.looking = true
	r.at(d, 2000+r.queues[l].rand.Int64N(3000), func() error {
		d.looking = false
		if d.busy {
			return nil
		}
		return r.free(d)
	})
}

// next presses "next". With the hub away the clerk waves to who stands first.
func (r *run) next(d *desk) error {
	d.busy = true
	d.presses++
	request := fmt.Sprintf("%s-%d", d.window, d.presses)
	if r.hubAway {
		if _, err := d.Counter.Next(request); !errors.Is(err, event.HubUnreachable) {
			return fmt.Errorf("call at %s with the hub away: it should be refused, and is %v", d.window, err)
		}
		r.pressedInVain()
		n := r.queues[d.service].waiting[0]
		r.leave(n)
		r.walk(d, n)
		return nil
	}
	if err := r.heard(d); err != nil {
		return err
	}
	begin := time.Now()
	page, err := r.press(d, request)
	r.took(&r.callMS, begin)
	if err != nil {
		return fmt.Errorf("call at %s with %d waiting: %w", d.window, len(r.queues[d.service].waiting), err)
	}
	n, err := r.granted(page.Current, r.queues[d.service].waiting, d.window, r.clock.now())
	if err != nil {
		return err
	}
	r.leave(n)
	d.idleMS += max(0, n.reachMS-max(d.freeMS, n.issuedMS))
	switch {
	case !r.plan.comes(n.person, n.reachMS-n.issuedMS):
		r.at(d, recallPause, func() error { return r.recall(d, n, 1) })
	case n.person.Late:
		r.at(d, recallPause, func() error {
			if err := r.callAgain(d, n); err != nil {
				return err
			}
			r.walk(d, n)
			return nil
		})
	default:
		r.walk(d, n)
	}
	return nil
}

// press presses "next" until the hub answers, which it does: a machine that has no time for it
// makes the clerk press again, and the day no other one.
func (r *run) press(d *desk, request string) (page screen.CounterPage, err error) {
	slow := until(r.ctx, "the hub to call at "+string(d.window), func() bool {
		page, err = d.Counter.Next(request)
		return !errors.Is(err, event.HubUnreachable)
	})
	return page, errors.Join(err, slow)
}

// walk brings a person to a desk, unless something turns them away before.
func (r *run) walk(d *desk, n *note) {
	n.walking = d
	r.at(d, n.person.WayMS, func() error {
		if n.walking != d {
			return nil
		}
		n.walking = nil
		return r.start(d, n)
	})
}

// recallPause is how long a clerk waits before calling again: a little more than the rule.
const recallPause = hall.RecallAfterMS + 5_000

// recall calls somebody who does not come until the rules let it count as a no-show.
func (r *run) recall(d *desk, n *note, times int) error {
	if times > hall.RecallLimit {
		if _, err := d.Counter.NoShow(); err != nil {
			return fmt.Errorf("no-show of %s at %s: %w", n.number, d.window, err)
		}
		n.moved(hall.KindMissed)
		if n.strayed == nil {
			n.state = hall.NoShow
		}
		return r.free(d)
	}
	if err := r.callAgain(d, n); err != nil {
		return err
	}
	r.at(d, recallPause, func() error { return r.recall(d, n, times+1) })
	return nil
}

func (r *run) callAgain(d *desk, n *note) error {
	if _, err := d.Counter.Recall(); err != nil {
		return fmt.Errorf("recall %s at %s: %w", n.number, d.window, err)
	}
	n.moved(hall.KindRecalled)
	return nil
}

// start begins the visit: by the slip's code or by the button, and always by the
// code with the hub away, because nobody was called then.
func (r *run) start(d *desk, n *note) error {
	if err := r.known(d, n); err != nil {
		return err
	}
	var page screen.CounterPage
	var err error
	if n.person.Scan || !n.called || n.strayed != nil {
		page, err = d.Counter.StartByScan(n.code)
	} else {
		page, err = d.Counter.Start()
	}
	if err != nil {
		return fmt.Errorf("start %s at %s: %w", n.number, d.window, err)
	}
	if page.Current == nil || page.Current.Ticket != string(n.ticket) || page.Current.State != string(hall.Serving) {
		return fmt.Errorf("%s serves %s and its page does not say so", d.window, n.number)
	}
	now := r.clock.now()
	if !n.called {
		n.reachMS = now
	}
	n.state, n.window, n.startMS = hall.Serving, d.window, now
	n.moved(hall.KindStarted)
	if n.person.Intake {
		r.at(d, n.person.ServiceMS/2, func() error { return r.take(d, n) })
	}
	r.at(d, n.person.ServiceMS, func() error { return r.finish(d, n) })
	return nil
}

// known waits until the counter has the ticket itself, not only its call. With
// the hub away it may never have heard of it: then the paper tells.
func (r *run) known(d *desk, n *note) error {
	if !n.called {
		return nil
	}
	return until(r.ctx, "the ticket "+string(n.number)+" at "+string(d.window), func() (ok bool) {
		d.Store.View(r.plan.Hall, func(h *hall.Hall) {
			t := h.Ticket(n.ticket)
			ok = t != nil && t.Known
		})
		return ok || r.hubAway
	})
}

// take notes an application for the first item, with everything brought that the guide wants.
func (r *run) take(d *desk, n *note) error {
	code := n.person.Items[0]
	i, ok := r.plan.Guides.Item(guide.Code(code))
	if !ok {
		return fmt.Errorf("take an application: the catalogue has no item %s", code)
	}
	in := screen.Intake{Request: n.request + "-case", Ticket: string(n.ticket), Item: string(code), Applicant: fmt.Sprintf("访客%04d(样例)", n.person.No),
		DocumentType: "other", DocumentNumber: fmt.Sprintf("SAMPLE-%04d", n.person.No)}
	for _, m := range i.Materials {
		in.Materials = append(in.Materials, screen.MaterialRow{No: m.No, State: "received"})
	}
	got, err := d.Counter.TakeIntake(in)
	if err != nil {
		return fmt.Errorf("take an application on %s at %s: %w", n.number, d.window, err)
	}
	n.application = got.Number
	return nil
}

// finish ends the visit with an outcome for each item.
func (r *run) finish(d *desk, n *note) error {
	var said []screen.Outcome
	for i, o := range n.person.Outcomes {
		e := hall.Ending{Outcome: o}
		if len(n.person.Items) > 0 {
			e.Item = n.person.Items[i]
		}
		n.ended = append(n.ended, e)
		said = append(said, screen.Outcome{Item: string(e.Item), Outcome: string(o)})
	}
	page, err := d.Counter.Finish(said)
	if err != nil {
		return fmt.Errorf("finish %s at %s: %w", n.number, d.window, err)
	}
	if page.Current != nil {
		return fmt.Errorf("%s has finished %s and its page still shows %s", d.window, n.number, page.Current.Number)
	}
	n.state, n.finishMS = hall.Done, r.clock.now()
	n.moved(hall.KindFinished)
	r.at(d, n.person.WrapMS, func() error { return r.free(d) })
	return nil
}
