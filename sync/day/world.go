package day

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"onewindow/app/badge"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

// loopback lets the system choose a port that only this machine reaches.
const loopback = "127.0.0.1:0"

// Pauses of the lines, in real time, shorter than the usual ones: a minute of the
// day is a tenth of a second here.
const (
	beatEvery = 2 * time.Second
	resend    = 2 * time.Second
	patience  = 60 * time.Second // for whatever must happen in real time
)

// station is one terminal with what stands around it.
type station struct {
	settings config.Settings
	options  terminal.Options
	*terminal.Terminal
	clock *off
	slips *slipBox
}

// world is one hall with its hub and the centre, all in this process.
type world struct {
	plan    *Plan
	folder  string
	log     *slog.Logger
	clock   *clock
	centre  *node.Centre
	hub     *node.Hub
	hubAt   string
	upwards *cable // between hub and centre
	last    *cable // between the kiosk that will be switched off and the hub
	kiosks  []*station
	board   *station
	desks   []*desk
	index   *guide.Index
	closed  bool
}

// pin is every clerk's: the cost of a check is what counts here.
const pin = "246810"

// open starts everything. The world is closed by the caller also after an error.
func (w *world) open(ctx context.Context) error {
	w.index = guide.NewIndex(w.plan.Guides)
	w.clock.ms.Store(w.plan.at(w.plan.File.Slots[0]) - 15*60_000)
	var err error
	if w.centre, err = node.OpenCentre(w.options("centre", loopback)); err != nil {
		return fmt.Errorf("start the centre: %w", err)
	}
	if w.upwards, err = lay(strings.TrimPrefix(w.centre.Broker.URL(), "nats://")); err != nil {
		return err
	}
	w.hubAt = loopback
	if err := w.openHub(); err != nil {
		return err
	}
	if w.last, err = lay(w.hubAt); err != nil {
		return err
	}
	if err := errors.Join(w.admitClerks(ctx), w.book(ctx)); err != nil {
		return err
	}
	return w.openTerminals()
}

func (w *world) options(name, listen string) node.Options {
	// In a compressed day the hours of backups would come every few seconds.
	return node.Options{Data: filepath.Join(w.folder, name), Listen: listen, Open: true, BackupEvery: -1, Hall: w.plan.Hall, Now: w.clock.now, Logger: w.log,
		Resend: resend, BeatEvery: beatEvery}
}

// openHub starts the hub, after a cut at the address that the terminals know.
func (w *world) openHub() error {
	o := w.options("hub", w.hubAt)
	o.Centre = "nats://" + w.upwards.address()
	h, err := node.OpenHub(o)
	if err != nil {
		return fmt.Errorf("start the hub: %w", err)
	}
	w.hub, w.hubAt = h, strings.TrimPrefix(h.Broker.URL(), "nats://")
	return nil
}

// admitClerks makes one clerk for each window known in the hall.
func (w *world) admitClerks(ctx context.Context) error {
	verifier, err := badge.Seal(pin)
	if err != nil {
		return err
	}
	return w.hub.Store.Write(ctx, func(tx *store.Tx) error {
		for _, l := range w.plan.Day.letters() {
			for _, name := range w.windows(l) {
				id := clerkOf(name)
				if _, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: id, Name: string(id), Verifier: verifier}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// book notes the day's appointments, as the hub would have granted them in the days before.
func (w *world) book(ctx context.Context) error {
	return w.hub.Store.Write(ctx, func(tx *store.Tx) error {
		for _, p := range w.plan.People {
			if p.Class != hall.Appointment {
				continue
			}
			f := hall.Booked{Appointment: p.booking(), Hall: w.plan.Hall, Date: w.plan.Date, Service: p.Service, SlotMS: p.SlotMS, Items: p.Items, Phone: "0000", Person: p.booking(), Language: "zh", AtMS: w.clock.now()}
			if _, _, err := tx.Append(hall.KindBooked, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func clerkOf(w hall.WindowID) hall.ClerkID {
	return hall.ClerkID("clerk-" + strings.ToLower(string(w)))
}

// windows names the windows that the day wants in an area.
func (w *world) windows(l hall.Letter) []hall.WindowID {
	a, _ := w.plan.Guides.AreaOf(guide.HallID(w.plan.Hall), guide.Letter(l))
	out := make([]hall.WindowID, 0, len(a.Windows))
	for _, name := range a.Windows[:w.plan.Day.Areas[l].Windows] {
		out = append(out, hall.WindowID(name))
	}
	return out
}

// kioskCount follows the size of the hall: four kiosks for Jiangnan's 105 windows, two for 36.
func kioskCount(windows int) int { return min(4, max(2, windows/24)) }

// openTerminals starts kiosks, board and one counter for each window.
func (w *world) openTerminals() error {
	var all []*station
	for n := range kioskCount(w.plan.Day.Windows) {
		k := w.station(config.Kiosk, fmt.Sprintf("k%d", n+1))
		k.settings.Series = n + 1
		w.kiosks, all = append(w.kiosks, k), append(all, k)
	}
	// The kiosk that may be switched off loses line and power at one moment.
	w.kiosks[len(w.kiosks)-1].settings.Hub = "nats://" + w.last.address()
	w.board = w.station(config.Board, "b1")
	all = append(all, w.board)
	for _, l := range w.plan.Day.letters() {
		for n, id := range w.windows(l) {
			s := w.station(config.Counter, "c-"+strings.ToLower(string(id)))
			s.settings.Window = string(id)
			w.desks = append(w.desks, &desk{station: s, window: id, service: l, noon: n == 0})
			all = append(all, s)
		}
	}
	return each(all, 4, (*station).start)
}

func (w *world) station(role, name string) *station {
	s := &station{settings: config.Default(role), clock: &off{clock: w.clock}, slips: &slipBox{}}
	s.settings.Hall, s.settings.Device, s.settings.Hub = string(w.plan.Hall), name, "nats://"+w.hubAt
	s.settings.Data = filepath.Join(w.folder, name)
	ids := &ids{seed: w.plan.Seed, stream: streamOf(name)}
	s.options = terminal.Options{Now: s.clock.now, Logger: w.log, NewID: ids.next, Resend: resend, BeatEvery: beatEvery,
		Guides: w.plan.Guides, Index: w.index, Canary: -1} // the day's report counts events
	return s
}

// streamOf gives a name its own stream of chance.
func streamOf(name string) uint64 {
	sum := event.Sum([]byte(name))
	return binary.BigEndian.Uint64(sum[:8])
}

// start opens the terminal in its folder, as its program does.
func (s *station) start() error {
	t, err := terminal.Open(s.settings, s.options)
	if err != nil {
		return fmt.Errorf("start %s: %w", s.settings.Device, err)
	}
	s.slips.Slips = t.Machine.Slips
	t.Machine.Slips = s.slips
	s.Terminal = t
	return nil
}

// slipBox keeps the text of the last code that a terminal made: what is on the
// paper in the person's hand.
type slipBox struct {
	screen.Slips
	last string
	// cut, when set, runs between the commit and the paper, with what was committed.
	cut func(event.Event)
}

// Code makes the code and keeps it.
func (b *slipBox) Code(e event.Event) (string, error) {
	if b.cut != nil {
		b.cut(e)
	}
	code, err := b.Slips.Code(e)
	b.last = code
	return code, err
}

// ids makes UUIDv7 of the station's clock. Behind the millisecond stands chance, which
// follows from the station and the moment alone, and last how many it made in that one:
// tickets of one moment have an order that does not depend on how often a terminal wanted
// an id for something else.
type ids struct {
	seed   uint64
	stream uint64

	mu   sync.Mutex
	last int64
	made uint64
}

func (i *ids) next(now int64) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now != i.last {
		i.last, i.made = now, 0
	}
	chance := rand.New(rand.NewPCG(i.seed^uint64(i.last), i.stream))
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(i.last)<<16|chance.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(id[8:], chance.Uint64()>>2&^0xffff|1<<63|i.made&0xffff)
	i.made++
	return id.String()
}

// terminals lists every station of the hall.
func (w *world) terminals() []*station {
	out := append([]*station{w.board}, w.kiosks...)
	for _, d := range w.desks {
		out = append(out, d.station)
	}
	return out
}

// close ends everything that was started; the second time there is nothing left.
func (w *world) close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	var errs []error
	if w.board != nil {
		errs = append(errs, each(w.terminals(), 4, func(s *station) error {
			if s.Terminal == nil {
				return nil
			}
			return s.Close()
		}))
	}
	if w.hub != nil {
		errs = append(errs, w.hub.Close())
	}
	for _, c := range []*cable{w.last, w.upwards} {
		if c != nil {
			errs = append(errs, c.close())
		}
	}
	if w.centre != nil {
		errs = append(errs, w.centre.Close())
	}
	return errors.Join(errs...)
}

// each runs fn for all, some at a time.
func each[T any](list []T, atOnce int, fn func(T) error) error {
	errs := make([]error, len(list))
	turn := make(chan struct{}, atOnce)
	var done sync.WaitGroup
	for i, x := range list {
		done.Add(1)
		turn <- struct{}{}
		go func() {
			defer done.Done()
			errs[i] = fn(x)
			<-turn
		}()
	}
	done.Wait()
	return errors.Join(errs...)
}

// errSlow says that something did not happen in real time.
var errSlow = errors.New("it did not happen in time")

// until waits in real time for what the machines do by themselves.
func until(ctx context.Context, what string, so func() bool) error {
	limit := time.Now().Add(patience)
	for pause := 50 * time.Microsecond; !so(); pause = min(2*pause, 2*time.Millisecond) {
		if time.Now().After(limit) {
			return fmt.Errorf("wait %s for %s: %w", patience, what, errSlow)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}
