// Package terminal puts one whole terminal together without its window: store,
// line, devices, guides and the answers for the pages. The program, the tests and
// the simulator start terminals through it; it holds no rule of its own.
package terminal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"onewindow/app/badge"
	"onewindow/app/binder"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/tray"
	"onewindow/app/watch"
	"onewindow/sync/broker"
	"onewindow/sync/link"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// Program names this version in events and beats.
const Program = "onewindow 0.1"

// Options beside the settings, for tests and the simulator.
type Options struct {
	// Now gives the wall clock in ms, Elapsed one that only runs forward; the machine's clock when nil.
	Now, Elapsed func() int64
	// Logger takes what operators read; standard error when nil.
	Logger *slog.Logger
	// NewID makes ids of tickets, applications and requests (UUIDv7 of the moment when nil).
	NewID func(nowMS int64) string
	// Resend and BeatEvery shorten the line's pauses; 0 means the usual ones.
	Resend, BeatEvery time.Duration
	// Canary is how long nothing may be noted before a sign of life is; 0 means the usual
	// minute, and a negative value none, where a test counts events.
	Canary time.Duration
	// Guides is a catalogue that is in memory already; the shipped one is read when nil.
	Guides *guide.Catalogue
	Index  *guide.Index
	// AskEvery shortens the pause before a printer that is silent at work is asked what is
	// wrong; 0 means the usual one.
	AskEvery time.Duration
	// TrayEvery shortens the pause before the scanner's folder is looked into again; 0 means the usual one.
	TrayEvery time.Duration
	// VFS names the SQLite VFS of the database; SQLite's own when empty.
	VFS string
	// Free tells the room on the disk in bytes; the disk's own when nil.
	Free func() (uint64, error)
	// Voice speaks in place of the machine's own.
	Voice device.Voice
	// Speaker plays in place of the one that the settings name.
	Speaker device.Speaker
}

// Terminal is a running terminal.
type Terminal struct {
	Settings config.Settings
	Machine  *screen.Machine
	Self     *screen.Terminal
	Kiosk    *screen.Kiosk
	Counter  *screen.Counter
	Board    *screen.Board
	Store    *store.Store

	// Watchers hear when something on the pages may have changed.
	watch.Watchers

	log     *slog.Logger
	link    *link.Link
	shelf   *shelf.Shelf                    // what the centre has published
	guides  *screen.Guides                  // what is in use
	keys    *keyring.Ring                   // of applications and of what citizens write with a rating; nil at a board
	binder  *binder.Binder                  // of scans; nil but at a counter
	tray    *tray.Tray                      // the scanner's folder; nil where none is set
	drafts  *drafts                         // nil but at a counter
	own     func() (*screen.Edition, error) // what came with the program
	stop    context.CancelFunc
	done    sync.WaitGroup
	closers []func() error
	tend    chan struct{}
	parts   []*part
	printer *paper // nil where there is none, as is reader
	reader  *cards
	free    func() (uint64, error) // bytes on the disk
	began   time.Time
	forgot  int64 // when old keys were looked for last

	borrowed borrowing // keys of cards, at a kiosk; of run alone

	mu     sync.Mutex
	saying string // the number of the call that is being announced
	scans  map[chan string]bool
}

// Open starts a terminal. It works with nothing else running: without a hub it
// says so and goes on. Errors name what is wrong and the next step.
func Open(s config.Settings, opt Options) (opened *Terminal, err error) {
	opt.usual(s.Data)
	t := &Terminal{Settings: s, log: opt.Logger, free: opt.Free, began: time.Now(), tend: make(chan struct{}, 1), scans: map[chan string]bool{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	fresh, faulty := t.fresh(opt)
	if faulty == nil {
		// Before anything is made: a database keeps the name of its hall for ever.
		if err := knows(fresh.Catalogue, s.Hall); err != nil {
			return nil, err
		}
	}
	if err := folder.Make(s.Data); err != nil {
		return nil, err
	}
	unlock, err := folder.Lock(s.Data)
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, unlock)
	key, err := folder.DeviceKey(s.Data)
	if err != nil {
		return nil, err
	}
	origin := event.Origin(s.Hall + "/" + s.Device)
	t.Store, err = store.Open(store.Options{Path: filepath.Join(s.Data, "terminal.db"), Origin: origin, Key: key, Now: opt.Now, VFS: opt.VFS})
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, t.Store.Close)
	if err := t.openSealed(key, opt); err != nil {
		return nil, err
	}
	if err := t.Store.Announce(hall.Device{Role: s.Role, Key: key.Public().(ed25519.PublicKey), Program: Program, Series: s.Series}); err != nil {
		return nil, err
	}
	first, err := t.edition(opt, fresh, faulty)
	if err != nil {
		return nil, err
	}
	t.guides = screen.NewGuides(first)
	calendar, err := intake.ShippedCalendar()
	if err != nil {
		return nil, err
	}
	t.plugIn(opt)
	if err := t.connect(origin, opt); err != nil {
		return nil, err
	}
	t.Machine = &screen.Machine{Role: s.Role, Hall: hall.ID(s.Hall), Device: s.Device, Series: s.Series, Window: hall.WindowID(s.Window), PxPerMM: s.PxPerMM, ScreenLowMM: s.ScreenLowMM, DistanceMM: s.DistanceMM, Floor: s.Floor,
		Book: book{t.Store, t.keys, t.binder}, Hub: line{t}, Ratings: line{t}, Disclosures: t.Store, DisclosureHub: line{t}, Slips: slips{t.Store.Key(), new(device.Pen).Ink}, Guides: t.guides,
		Disk: t.disk, Devices: t.devices, Alerts: t.alerts, NewID: opt.NewID, CheckPIN: badge.Check, Calendar: calendar}
	if t.drafts != nil {
		t.Machine.Drafts = t.drafts
	}
	if s.Role == config.Counter {
		t.Machine.Differing, t.Machine.Amending, t.Machine.Silent = t.differing, t.amending, t.silent
		t.lendScans()
		if err := t.settleScans(context.Background(), true); err != nil {
			return nil, err
		}
	}
	t.lend(opt.Voice)
	t.Machine.Saying = t.announced
	t.Self, t.Kiosk, t.Counter, t.Board = screen.NewTerminal(t.Machine), screen.NewKiosk(t.Machine), screen.NewCounter(t.Machine), screen.NewBoard(t.Machine)
	ctx, cancel := context.WithCancel(context.Background())
	t.stop = cancel
	t.done.Add(1)
	go func() { defer t.done.Done(); t.run(ctx) }()
	for _, p := range t.parts {
		t.done.Add(1)
		go func() { defer t.done.Done(); p.run(ctx) }()
	}
	if s.Role == config.Counter {
		t.done.Add(2)
		go func() { defer t.done.Done(); t.followUps(ctx) }()
		go func() { defer t.done.Done(); t.watchScans(ctx, opt.TrayEvery) }()
	}
	return t, nil
}

// openSealed opens what is kept beside the log because it speaks of people: keys, and at a counter drafts and scans.
func (t *Terminal) openSealed(key ed25519.PrivateKey, opt Options) (err error) {
	s := t.Settings
	if s.Role == config.Board {
		return nil
	}
	if t.keys, err = keyring.Open(s.Data, opt.VFS); err != nil {
		return err
	}
	t.closers = append(t.closers, t.keys.Close)
	if s.Role != config.Counter {
		return nil
	}
	if t.drafts, err = openDrafts(s.Data, key, opt.Now); err != nil {
		return err
	}
	if t.binder, err = binder.Open(binder.Options{Data: s.Data, VFS: opt.VFS, Free: opt.Free}); err != nil {
		return err
	}
	t.closers = append(t.closers, t.binder.Close)
	if s.Scans != "" {
		t.tray = tray.Open(s.Scans)
	}
	return nil
}

// usual fills in what is not set.
func (o *Options) usual(data string) {
	if o.Now == nil {
		o.Now = func() int64 { return time.Now().UnixMilli() }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if o.NewID == nil {
		o.NewID = NewID
	}
	if o.TrayEvery == 0 {
		o.TrayEvery = trayEvery
	}
	if o.Free == nil {
		o.Free = func() (uint64, error) { return folder.FreeBytes(data) }
	}
}

// lend gives the pages the devices that there are; a kiosk without another voice speaks
// with the machine's own.
func (t *Terminal) lend(speaker device.Voice) {
	if speaker == nil && t.Settings.Role == config.Kiosk {
		speaker = device.FindVoice()
	}
	if speaker != nil {
		t.Machine.Voice = voice{speaker}
		t.closers = append(t.closers, func() error { speaker.Stop(); return nil })
	}
	if t.printer != nil {
		t.Machine.Printer = t.printer
	}
	if t.reader != nil {
		t.Machine.Reader = t.reader
		if t.Settings.Role == config.Kiosk {
			t.Machine.Cards = marks{t.keys}
		}
	}
	if t.Settings.Documents != "" && t.Settings.Role == config.Counter {
		t.Machine.Documents = documents{device.NewPagePrinter(t.Settings.Documents)}
	}
}

// connect starts the line to the hub; only a database that remembers nothing waits for it,
// and not long.
func (t *Terminal) connect(origin event.Origin, opt Options) error {
	if t.Settings.Hub == "" {
		return nil
	}
	conn, err := broker.Dial(t.Settings.Hub, broker.Device{Origin: origin, Role: t.Settings.Role, Key: t.Store.Key(), Peer: t.Settings.HubKey,
		Place: "hub", Setting: `"hub_key" in the settings`}, t.log)
	if errors.Is(err, broker.ErrNoPeerKey) {
		// Tickets are more than the line: a terminal whose settings are from before
		// hubs had keys works on alone.
		t.log.Error("this terminal works alone", "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: correct \"hub\" or \"hub_key\" in the settings", err)
	}
	t.closers = append(t.closers, func() error { conn.Close(); return nil })
	fresh := t.Store.Position() <= 1 // nothing but the device's own first event
	o := link.Options{Conn: conn, Place: t.Settings.Hall, Origin: origin, Log: t.Store, Fork: store.ErrFork, Feed: true, Beat: t.beat, Take: t.take,
		Now: opt.Now, Elapsed: opt.Elapsed, Logger: t.log, Resend: opt.Resend, BeatEvery: opt.BeatEvery, Canary: opt.Canary}
	if t.keys != nil {
		o.Keys = t.keys
	}
	if t.binder != nil {
		o.Scans = t.binder
	}
	t.link = link.Start(o)
	t.link.OnChange(func() { t.Signal(); t.wake() })
	t.closers = append(t.closers, func() error { t.link.Stop(); return nil })
	if fresh {
		t.meet()
	}
	return nil
}

// meetLimit bounds how long a terminal that remembers nothing waits for its hub.
const meetLimit = 2 * time.Second

// meet lets a database that has never heard of its hall read the hub's feed before the
// first ticket: an earlier life of this kiosk, whose disk was changed, may have given out
// numbers of its own series today. A terminal that remembers does not wait, and with the
// hub away nobody can know: then the ticket counts more than a number that is there twice.
func (t *Terminal) meet() {
	for began := time.Now(); !t.link.Followed(); {
		if time.Since(began) > meetLimit {
			t.log.Warn("this terminal remembers nothing and does not reach its hub: what an earlier database of it gave out today is not known", "waited", meetLimit)
			return
		}
		<-time.After(20 * time.Millisecond)
	}
}

// Close ends the terminal; what is not sent yet stays owed in its database.
func (t *Terminal) Close() error {
	if t.stop != nil {
		t.stop()
	}
	t.done.Wait()
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	t.closers = nil
	return errors.Join(errs...)
}

// run passes changes on to the pages and keeps number blocks in stock.
func (t *Terminal) run(ctx context.Context) {
	commits := t.Store.Watch()
	defer t.Store.Unwatch(commits)
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
			t.Signal()
		case <-t.tend:
		case <-time.After(time.Minute):
		}
		if t.keys != nil {
			t.forget(ctx)
			if err := t.Machine.DropDrafts(); err != nil {
				t.log.Warn("drop old drafts", "error", err)
			}
		}
		if t.Settings.Role == config.Kiosk {
			t.borrow(ctx)
			if err := t.Machine.Tend(ctx); err != nil && ctx.Err() == nil {
				t.log.Warn("number blocks", "error", err)
			}
		}
	}
}

// keysKept is how long a counter keeps the key of an application that the centre has. A kiosk
// stands where anybody may carry it away, and keeps that of a rating only while whoever gave it
// may still change it: a second key of one rating would open nothing, anywhere.
const (
	keysKept       = 24 * time.Hour
	ratingKeysKept = time.Hour
)

// forget drops the keys that this terminal needs no more, once an hour.
func (t *Terminal) forget(ctx context.Context) {
	now := t.Store.Now()
	if now < t.forgot+time.Hour.Milliseconds() {
		return
	}
	t.forgot = now
	kept := keysKept
	if t.Settings.Role == config.Kiosk {
		kept = ratingKeysKept
	}
	err := t.keys.Forget(ctx, now-kept.Milliseconds())
	if t.binder != nil {
		err = errors.Join(err, t.binder.Forget(ctx, now-kept.Milliseconds()))
	}
	if err != nil && ctx.Err() == nil {
		t.log.Warn("forget old keys and scans", "error", err)
	}
}

// followUpsEvery is how often a counter is asked whether it is time to look for bad ratings.
const followUpsEvery = 5 * time.Second

// followUps lets the pages of a counter know of bad ratings.
func (t *Terminal) followUps(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(followUpsEvery):
		}
		if screen.TendFollowUps(t.Counter) {
			t.Signal()
		}
	}
}

func (t *Terminal) wake() {
	select {
	case t.tend <- struct{}{}:
	default:
	}
}

func (t *Terminal) beat() wire.Beat {
	b := wire.Beat{Origin: t.Store.Origin(), Role: t.Settings.Role, Program: Program, Bundle: t.shelf.State()}
	if t.printer != nil {
		b.Printer = t.printer.State()
	}
	for _, p := range t.parts {
		if d := p.device(); d.Next != "" {
			b.Troubles = append(b.Troubles, wire.Trouble{Kind: d.Kind, State: d.State, SinceMS: d.SinceMS})
		}
	}
	var err error
	if b.HereOnly, b.HallOnly, b.OldestMS, err = (book{t.Store, t.keys, t.binder}).Unsaved(context.Background()); err != nil {
		t.log.Warn("count what is unsaved", "error", err)
	}
	return b
}

// NewID makes a UUIDv7 of a moment in ms.
func NewID(nowMS int64) string {
	id := uuid.New()
	for i := range 6 {
		id[i] = byte(nowMS >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	return id.String()
}
