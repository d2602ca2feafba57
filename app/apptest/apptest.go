// Package apptest starts whole districts for tests: terminals, hub and centre in
// temporary folders, real SQLite, real NATS on loopback, a clock that the test
// moves. Nothing of it is in the product.
package apptest

import (
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onewindow/app/badge"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

// Start is when a test's day begins: 2026-11-24 10:00 in the halls.
const Start = int64(1_795_485_600_000)

// Clock is a clock that moves by one ms at each look, and further when told to.
type Clock struct{ ms atomic.Int64 }

// Now gives the time in ms.
func (c *Clock) Now() int64 { return c.ms.Add(1) }

// Set puts the clock to a moment, in ms since 1970.
func (c *Clock) Set(ms int64) { c.ms.Store(ms) }

// Forward moves the clock.
func (c *Clock) Forward(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// World is a district of one hall.
type World struct {
	T      testing.TB
	Clock  *Clock
	Hub    *node.Hub
	Second *node.Hub // nil unless the hall has two
	Centre *node.Centre
	Dir    string
	// Records is the folder from which the centre serves shared data when it starts; empty for none.
	Records string
	// Speaker is what boards that have one play with.
	Speaker device.Speaker
	// Free tells terminals that start from now on the room on their disks; nil for the real one.
	Free func() (uint64, error)

	guides   *guide.Catalogue
	index    *guide.Index
	hubAt    string
	secondAt string // empty unless the hall has two hubs
	centreAt string
	log      *slog.Logger
}

// New starts hub and centre. Clerk "wang" has the PIN 246810, "li" 135790.
func New(t testing.TB) *World { return start(t, "127.0.0.1:0", "") }

// NewPair is New with two hubs, of which the first one leads.
func NewPair(t testing.TB) *World { return start(t, free(t), free(t)) }

// free finds an address that is free for a moment at least.
func free(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	Must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func start(t testing.TB, hubAt, secondAt string) *World {
	t.Helper()
	guides, err := shipped()
	Must(t, err)
	w := &World{T: t, Clock: &Clock{}, Dir: t.TempDir(), guides: guides, index: guide.NewIndex(guides), hubAt: hubAt, secondAt: secondAt, centreAt: "127.0.0.1:0",
		log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	w.Clock.ms.Store(Start)
	w.StartCentre()
	t.Cleanup(func() { w.StopCentre() })
	w.StartHub()
	for _, c := range []struct{ id, name, pin string }{{"wang", "王", "246810"}, {"li", "李", "135790"}} {
		verifier, err := badge.Seal(c.pin)
		Must(t, err)
		Must(t, w.Hub.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: hall.ClerkID(c.id), Name: c.name, Verifier: verifier})
			return err
		}))
	}
	t.Cleanup(func() { w.StopHub() })
	if secondAt != "" {
		Eventually(t, "the first hub leads", func() bool { leads, _ := w.Hub.Allocator.Leads(); return leads == wire.HubLeads })
		w.StartSecond()
		t.Cleanup(func() { w.StopSecond() })
	}
	return w
}

// LogTo lets programs that start from now on write their logs to a writer.
func (w *World) LogTo(to io.Writer) {
	w.log = slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (w *World) options(name, listen string) node.Options {
	return node.Options{Data: filepath.Join(w.Dir, name), Listen: listen, Open: true, Hall: "jiangnan", Now: w.Clock.Now, Elapsed: w.Clock.Now, Logger: w.log,
		Resend: 2 * time.Second, BeatEvery: 100 * time.Millisecond, Gather: 100 * time.Millisecond, Carry: 2 * time.Second, BookRules: hall.BookRules{Missed: 2, Days: 30}}
}

// StartHub starts the hub, again on the address it had.
func (w *World) StartHub() {
	w.T.Helper()
	o := w.options("hub", w.hubAt)
	o.Centre = "nats://" + w.centreAt
	if w.secondAt != "" {
		o.Peer = "nats://" + w.secondAt
	}
	var err error
	w.Hub, err = node.OpenHub(o)
	Must(w.T, err)
	w.hubAt = w.Hub.Broker.URL()[len("nats://"):]
}

// StopHub ends the hub.
func (w *World) StopHub() {
	if w.Hub != nil {
		Must(w.T, w.Hub.Close())
		w.Hub = nil
	}
}

// StartSecond starts the second hub, again on the address it had.
func (w *World) StartSecond() {
	w.T.Helper()
	o := w.options("hub2", w.secondAt)
	o.Device, o.Centre, o.Peer = "hub2", "nats://"+w.centreAt, "nats://"+w.hubAt
	var err error
	w.Second, err = node.OpenHub(o)
	Must(w.T, err)
}

// StopSecond ends the second hub.
func (w *World) StopSecond() {
	if w.Second != nil {
		Must(w.T, w.Second.Close())
		w.Second = nil
	}
}

// StartCentre starts the centre, again on the address it had.
func (w *World) StartCentre() {
	w.T.Helper()
	var err error
	o := w.options("centre", w.centreAt)
	o.Records = w.Records
	w.Centre, err = node.OpenCentre(o)
	Must(w.T, err)
	w.centreAt = w.Centre.Broker.URL()[len("nats://"):]
}

// StopCentre ends the centre.
func (w *World) StopCentre() {
	if w.Centre != nil {
		Must(w.T, w.Centre.Close())
		w.Centre = nil
	}
}

// Terminal starts a terminal of the hall; its folder is kept between starts.
func (w *World) Terminal(role, name string, change ...func(*config.Settings)) *terminal.Terminal {
	w.T.Helper()
	return w.FastTerminal(role, name, 0, change...)
}

// FastTerminal is a Terminal whose clock is ahead of everybody's.
func (w *World) FastTerminal(role, name string, ahead time.Duration, change ...func(*config.Settings)) *terminal.Terminal {
	w.T.Helper()
	return w.TerminalBy(func() int64 { return w.Clock.Now() + ahead.Milliseconds() }, role, name, change...)
}

// TerminalBy is a Terminal with a clock of its own.
func (w *World) TerminalBy(now func() int64, role, name string, change ...func(*config.Settings)) *terminal.Terminal {
	w.T.Helper()
	s := config.Default(role)
	s.Device, s.Data, s.Hub = name, filepath.Join(w.Dir, name), "nats://"+w.hubAt
	if w.secondAt != "" {
		s.Hub += ",nats://" + w.secondAt
	}
	for _, c := range change {
		c(&s)
	}
	t, err := terminal.Open(s, terminal.Options{Now: now, Elapsed: w.Clock.Now, Logger: w.log, Resend: 2 * time.Second, BeatEvery: 100 * time.Millisecond,
		Guides: w.guides, Index: w.index, Speaker: w.Speaker, Free: w.Free, TrayEvery: 50 * time.Millisecond})
	Must(w.T, err)
	w.T.Cleanup(func() { t.Close() })
	return t
}

// shipped is the shipped catalogue, read once.
var shipped = sync.OnceValues(func() (*guide.Catalogue, error) {
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	return guide.Parse(files)
})

// Alone starts a terminal that has no hub, in a folder of its own.
func Alone(t testing.TB, role string, opt terminal.Options, change ...func(*config.Settings)) *terminal.Terminal {
	t.Helper()
	var err error
	opt.Guides, err = shipped()
	Must(t, err)
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	s := config.Default(role)
	s.Data, s.Hub = t.TempDir(), ""
	for _, c := range change {
		c(&s)
	}
	k, err := terminal.Open(s, opt)
	Must(t, err)
	t.Cleanup(func() { k.Close() })
	return k
}

// Printer starts a printer's twin and gives its address for the settings.
func (w *World) Printer(cut func(device.Sheet)) (*device.Twin, string) {
	w.T.Helper()
	twin, err := device.StartTwin("127.0.0.1:0", "", cut)
	Must(w.T, err)
	w.T.Cleanup(func() { twin.Close() })
	return twin, twin.Address()
}

// Hash is the state hash of the day at a store.
func Hash(s *store.Store) (h event.Hash) {
	s.View("jiangnan", func(v *hall.Hall) { h = v.Hash(hall.DateOf(Start)) })
	return h
}

// Eventually waits until something is so, at most ten seconds.
func Eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for pause := time.Millisecond; !so(); pause = min(2*pause, 50*time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within ten seconds: %s", what)
		}
		<-time.After(pause)
	}
}

// Must ends the test on an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
