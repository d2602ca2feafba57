package day

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// Story tells what came of a disturbance. DrainSeconds is real time from its end
// until all was where it belongs; it is 0 where nothing had to drain.
type Story struct {
	ID           string  `json:"id"`
	At           string  `json:"at"`
	Text         string  `json:"text"`
	Owed         int     `json:"owed,omitempty"`
	DrainSeconds float64 `json:"drain_seconds,omitempty"`
}

func (r *run) story(d Disturbance, format string, args ...any) *Story {
	r.stories = append(r.stories, Story{ID: d.ID, At: d.At, Text: fmt.Sprintf(format, args...)})
	return &r.stories[len(r.stories)-1]
}

// begin starts a disturbance.
func (r *run) begin(d Disturbance) error {
	end := int64(d.Minutes) * 60_000
	switch d.ID {
	case NetCut:
		r.upwards.cut()
		r.after(end, func() error { return r.mendNet(d) })
		return until(r.ctx, "the hub to see that the centre is away", func() bool { return !r.hub.CentreReached() })
	case KioskOff:
		r.crash = true
		r.after(end, func() error { return r.powerOn(d) })
	case FastPC:
		r.speedUp(d)
	case HubCut:
		return r.cutHub(d, end)
	}
	return nil // the bus is full of planned people
}

// mendNet brings the line to the centre back and measures how long the backlog takes.
func (r *run) mendNet(d Disturbance) error {
	backlog, begin := owedBy(r.hub.Store), time.Now()
	line := r.kiosks[0].Kiosk.Home().Standing.Line
	r.upwards.mend()
	if err := until(r.ctx, "the centre to have what it missed", func() bool { return owedBy(r.hub.Store) == 0 }); err != nil {
		return err
	}
	s := r.story(d, "line hub to centre away for %d min; the kiosks said %q and went on", d.Minutes, line)
	s.Owed, s.DrainSeconds = backlog, time.Since(begin).Seconds()
	return nil
}

// powerCut switches a kiosk off in the middle of a ticket: it is committed and
// not yet printed, line and power go at one moment. What is left is what was on
// the disk just then, copied away before the program can tidy anything.
func (r *run) powerCut(n *note) error {
	k := r.kiosks[len(r.kiosks)-1]
	if err := r.stocked(k, n.person); err != nil {
		return err
	}
	var committed event.Event
	k.slips.cut = func(e event.Event) {
		committed = e
		runtime.Goexit()
	}
	r.last.cut()
	gone := make(chan error, 1)
	go func() {
		answered := false
		defer func() {
			if !answered {
				gone <- nil
			}
		}()
		_, err := n.take(k)
		answered = true
		gone <- fmt.Errorf("the kiosk answered %w after its power was cut", errors.Join(errors.New("a ticket"), err))
	}()
	if err := <-gone; err != nil {
		return err
	}
	k.slips.cut = nil
	f, err := hall.ReadIssued(committed)
	if err != nil {
		return fmt.Errorf("read the ticket that was not printed: %w", err)
	}
	n.kiosk = committed.Origin
	r.dark = k
	r.issued(n, f.Ticket, f.Number, f.IssuedMS)
	return k.crash(r.folder)
}

// crash ends a terminal as a power cut does: its folder is afterwards what was
// on the disk, although the program is closed in good order.
func (s *station) crash(folder string) error {
	image := filepath.Join(folder, s.settings.Device+".image")
	if err := os.Mkdir(image, 0o700); err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	// Inside the writer nothing else is written, so the copy is of one moment.
	err := s.Store.Write(context.Background(), func(*store.Tx) error {
		for _, name := range []string{"terminal.db", "terminal.db-wal", "device.key"} {
			if err := copyFile(filepath.Join(image, name), filepath.Join(s.settings.Data, name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	if err := errors.Join(s.Close(), os.RemoveAll(s.settings.Data), os.Rename(image, s.settings.Data)); err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	s.Terminal = nil
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// powerOn starts the kiosk again on what was on its disk; the person taps again
// and must get the ticket that was committed before the cut.
func (r *run) powerOn(d Disturbance) error {
	k := r.dark
	if k == nil {
		r.story(d, "nobody came in these minutes: the kiosk was not switched off")
		r.crash = false
		return nil
	}
	r.last.mend()
	if err := k.start(); err != nil {
		return fmt.Errorf("switch the kiosk on: %w", err)
	}
	r.dark = nil
	if err := until(r.ctx, "the kiosk to reach the hub", func() bool { return k.reached() }); err != nil {
		return err
	}
	n := r.unprinted()
	page, err := n.take(k)
	if err != nil {
		return fmt.Errorf("tap again after the power cut: %w", err)
	}
	r.issued(n, hall.TicketID(page.Ticket), hall.Number(page.Number), page.IssuedMS)
	same := "the same ticket"
	if page.Ticket != string(n.ticket) {
		same = "another ticket"
	}
	n.code, n.own = k.slips.last, page.OwnSeries
	if _, err := k.Kiosk.Reprint(page.Ticket); err != nil {
		return fmt.Errorf("print %s after the power cut: %w", n.number, err)
	}
	n.moved(hall.KindReprinted)
	r.queueUp(n)
	r.story(d, "%s switched off for %d min between the commit of %s and its paper; tapped again: %s, printed", k.settings.Device, d.Minutes, n.number, same)
	return nil
}

// unprinted finds the person whose ticket has no paper.
func (r *run) unprinted() *note {
	for _, n := range r.notes {
		if n.code == "" {
			return n
		}
	}
	return nil
}

// fastMS is how far the fast counter PC is ahead.
const fastMS = 7 * 60_000

// speedUp makes one counter PC's clock run ahead.
func (r *run) speedUp(d Disturbance) {
	for _, x := range r.desks {
		if r.fast == nil || r.plan.Day.Areas[x.service].Windows > r.plan.Day.Areas[r.fast.service].Windows {
			r.fast = x
		}
	}
	r.fast.clock.by.Store(fastMS)
	r.fastSince = time.Now()
	r.story(d, "%s runs 7 min fast; it never said so", r.fast.settings.Device)
}

// lookAtFastPC notes when the counter with the fast clock says so itself.
func (r *run) lookAtFastPC() error {
	if r.fast == nil || r.fastSeen {
		return nil
	}
	page, err := r.fast.Counter.Page()
	if err != nil {
		return fmt.Errorf("look at %s: %w", r.fast.window, err)
	}
	if page.Standing.ClockOff {
		r.fastSeen = true
		r.storyOf(FastPC).Text = fmt.Sprintf("%s runs 7 min fast; its page said so %.1f s of real time later, with the next beat",
			r.fast.settings.Device, time.Since(r.fastSince).Seconds())
	}
	return nil
}

func (r *run) storyOf(id string) *Story {
	for i := range r.stories {
		if r.stories[i].ID == id {
			return &r.stories[i]
		}
	}
	return &Story{}
}

// cutHub switches the hall's hub off. Kiosks go on from their blocks and then in
// their own series; clerks serve whoever stands there, by scanning the slip.
func (r *run) cutHub(d Disturbance, end int64) error {
	if err := r.hub.Close(); err != nil {
		return fmt.Errorf("switch the hub off: %w", err)
	}
	r.hubAway = true
	r.stray()
	issued, own, scanned := len(r.notes), r.ownNumbers(), r.scanned()
	r.after(end, func() error {
		backlog, begin := owed(r.terminals()), time.Now()
		if err := r.openHub(); err != nil {
			return err
		}
		err := errors.Join(
			until(r.ctx, "the terminals to reach the hub again", func() bool { return all(r.terminals(), (*station).reached) }),
			until(r.ctx, "the hub to have what it missed", func() bool { return owed(r.terminals()) == 0 }))
		if err != nil {
			return err
		}
		s := r.story(d, "hub off for %d min: %d tickets issued, %d of them in a kiosk's own series, %d people served by scanning, %d calls refused, %d served elsewhere than called",
			d.Minutes, len(r.notes)-issued, r.ownNumbers()-own, r.scanned()-scanned, r.nextTimes, r.strays)
		s.Owed, s.DrainSeconds = backlog, time.Since(begin).Seconds()
		return r.callAnew()
	})
	return until(r.ctx, "the terminals to see that the hub is away", func() bool {
		return all(r.terminals(), func(s *station) bool { return !s.reached() })
	})
}

// strayWindows is how many windows an area must have for somebody to stray: a
// free clerk is then found long before the hub is back.
const strayWindows = 6

// stray lets one person who was called just before the cut go to another window
// of the area and be served there. The clerk who called waits in vain; when the
// parts meet again the disagreement must be shown and the service must count.
func (r *run) stray() {
	for _, n := range r.notes {
		d := n.walking
		if d == nil || n.state != hall.CalledS || r.plan.Day.Areas[d.service].Windows < strayWindows {
			continue
		}
		r.strays++
		n.walking, n.strayed = nil, d
		q := r.queues[d.service]
		q.waiting = slices.Insert(q.waiting, 0, n)
		r.at(d, recallPause, func() error { return r.recall(d, n, 1) })
		r.wake(d.service)
		return
	}
}

func (r *run) ownNumbers() (count int) {
	for _, n := range r.notes {
		if n.own {
			count++
		}
	}
	return count
}

// scanned counts the people who were served without a call.
func (r *run) scanned() (count int) {
	for _, n := range r.notes {
		if n.startMS > 0 && !n.called {
			count++
		}
	}
	return count
}

func (s *station) reached() bool { return s.Terminal != nil && s.Machine.Hub.Line().Reached }

func all[T any](list []T, so func(T) bool) bool {
	for _, x := range list {
		if !so(x) {
			return false
		}
	}
	return true
}

// owed counts the events that the terminals' hub has not confirmed.
func owed(list []*station) (events int) {
	for _, s := range list {
		if s.Terminal != nil {
			events += owedBy(s.Store)
		}
	}
	return events
}

func owedBy(s *store.Store) (events int) {
	for _, o := range s.Owing() {
		events += int(o.Seq - o.Up)
	}
	return events
}
