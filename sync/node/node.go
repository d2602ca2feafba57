// Package node puts a whole hub and a whole centre together: store, broker,
// receiver, sender. The server program, the tests and the simulator start them
// through it; it holds no rule of its own.
package node

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/binder"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/admit"
	"onewindow/sync/broker"
	"onewindow/sync/core"
	"onewindow/sync/hub"
	"onewindow/sync/inlet"
	"onewindow/sync/link"
	"onewindow/sync/shelf"
	"onewindow/sync/vault"
	"onewindow/sync/wire"
)

// Program names this version in events and beats.
const Program = "onewindowd 0.1"

// Options of a hub or a centre.
type Options struct {
	// Data is the node's folder; Listen the broker's address, port 0 for any.
	Data, Listen string
	// Open lets everybody on this machine connect, without the list of admitted
	// devices and without TLS; it is refused on an address that others reach.
	Open bool
	// Hall is the hub's hall; it means nothing to a centre.
	Hall hall.ID
	// Device is the hub's name in its hall, hub or hub2; hub when empty. Peer is where the
	// other hub listens where the hall has two, which needs the centre as the third voter;
	// PeerKey is that one's public key, empty for an open one on this machine.
	Device, Peer, PeerKey string
	// Centre is where a hub finds the centre; empty for a hub that stands alone.
	Centre string
	// CentreKey is the centre's public key as onewindowd key prints it; it may be
	// empty for an open centre on this machine.
	CentreKey string
	// Records is the folder from which a centre serves shared data; empty for none.
	Records string
	// Now is the wall clock in ms, Elapsed one that only runs forward; the machine's when nil.
	Now, Elapsed func() int64
	Logger       *slog.Logger
	// Resend and BeatEvery shorten the line's pauses; 0 means the usual ones.
	Resend, BeatEvery time.Duration
	// Gather is how long a hub in a new life of its database waits at least for its
	// terminals before it grants; 0 means the usual time.
	Gather time.Duration
	// Carry is how long a hub gives its terminals to bring their own events before it
	// brings up what only their neighbours had; 0 means the usual time.
	Carry time.Duration
	// BookRules are what a hub does about people who do not come to their appointments; nothing
	// when empty.
	BookRules hall.BookRules
	// MaxBatch bounds one commit; 0 means the node's usual bound.
	MaxBatch int
	// BackupEvery is the pause between verified backups; 0 means an hour, below 0 none.
	BackupEvery time.Duration
}

// hubMemory is what a hub's program lets Go hold before it collects garbage more often.
// SQLite and the program itself take up to 90 MB beside it, so that a hub stays below
// 300 MB also while three days come back and a backup is proved. It is no wall: a hall
// that needs more gets it, with less of the processor for the rest.
const hubMemory = 160 << 20

// BoundHub bounds the memory of a program that is a hub and nothing else; what the
// operator has set with GOMEMLIMIT counts instead.
func BoundHub() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(hubMemory)
	}
}

// base is what hub and centre have in common.
type base struct {
	Store   *store.Store
	Broker  *broker.Broker
	Backups *vault.Vault // nil when none are made
	Shelf   *shelf.Shelf // what the centre has published
	Keys    *keyring.Ring
	Scans   *binder.Binder
	key     ed25519.PrivateKey
	bar     func(event.Origin) bool // nil where nobody is barred
	conn    *nats.Conn
	closers []func() error
}

func (b *base) open(o *Options, origin event.Origin, role, place string) error {
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if o.Now == nil {
		o.Now = func() int64 { return time.Now().UnixMilli() }
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = 64
	}
	if err := folder.Make(o.Data); err != nil {
		return err
	}
	unlock, err := folder.Lock(o.Data)
	if err != nil {
		return err
	}
	b.closers = append(b.closers, unlock)
	if err := unfinished(o.Data, role); err != nil {
		return err
	}
	key, err := folder.DeviceKey(o.Data)
	if err != nil {
		return err
	}
	b.key = key
	at := store.Options{Path: filepath.Join(o.Data, role+".db"), Origin: origin, Key: key, Now: o.Now, MaxBatch: o.MaxBatch}
	access := broker.Options{Listen: o.Listen, Name: string(origin), Open: o.Open, Key: key, Logger: o.Logger, Bar: b.bar}
	if !o.Open {
		list, err := openAccess(o, place)
		if err != nil {
			return err
		}
		list.origin, list.own = origin, admit.KeyText(key.Public().(ed25519.PublicKey))
		access.Judge, at.Admits, at.RoleOf = list.judge, list.admits, list.roleOf
	}
	if b.Store, err = store.Open(at); err != nil {
		return err
	}
	b.closers = append(b.closers, b.Store.Close)
	if err := b.Store.Announce(hall.Device{Role: role, Key: key.Public().(ed25519.PublicKey), Program: Program}); err != nil {
		return err
	}
	if b.Keys, err = keyring.Open(o.Data, ""); err != nil {
		return err
	}
	b.closers = append(b.closers, b.Keys.Close)
	if b.Scans, err = binder.Open(binder.Options{Data: o.Data, Free: func() (uint64, error) { return folder.FreeBytes(o.Data) }}); err != nil {
		return err
	}
	b.closers = append(b.closers, b.Scans.Close)
	if b.Broker, err = broker.Start(access); err != nil {
		return err
	}
	b.closers = append(b.closers, func() error { b.Broker.Stop(); return nil })
	if b.conn, err = b.Broker.InProcess(string(origin), o.Logger); err != nil {
		return err
	}
	b.closers = append(b.closers, func() error { b.conn.Close(); return nil })
	if err := b.answer(inlet.Answers{wire.VerbKeys: b.keysBelow(place), wire.VerbScans: b.scansBelow(place), wire.VerbBring: b.bring}, place, o.Logger); err != nil {
		return err
	}
	b.dropErased(o.Logger)
	if o.BackupEvery >= 0 {
		b.Backups = startBackups(o, role, b.Store, b.Keys)
		b.closers = append(b.closers, b.Backups.Stop)
	}
	return nil
}

// answer serves answers until the node ends.
func (b *base) answer(a inlet.Answers, place string, log *slog.Logger) error {
	stop, err := a.Serve(b.conn, place, log)
	if err == nil {
		b.closers = append(b.closers, stop)
	}
	return err
}

// Close ends the node; what is not confirmed stays owed in its database.
func (b *base) Close() error {
	var errs []error
	for i := len(b.closers) - 1; i >= 0; i-- {
		errs = append(errs, b.closers[i]())
	}
	b.closers = nil
	return errors.Join(errs...)
}

// Hub is a running hub.
type Hub struct {
	base
	Allocator *hub.Hub
	up        atomic.Pointer[link.Link]
	takes     atomic.Bool // terminals are let in, where the hall has two hubs
	followed  followed    // by the allocator's timer alone
}

// OpenHub starts a hall's hub.
func OpenHub(o Options) (opened *Hub, err error) {
	h := &Hub{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if o.Device == "" {
		o.Device = wire.HubDevice
	}
	origin := event.Origin(string(o.Hall) + "/" + o.Device)
	switch {
	case !wire.IsHub(origin):
		return nil, fmt.Errorf("a hub cannot be called %q: name it %s or %s with --device", o.Device, wire.HubDevice, wire.SecondHubDevice)
	case o.Peer != "" && o.Centre == "":
		return nil, errors.New("two hubs need the centre, which decides with them who leads: name it with --centre, or leave --peer away")
	case o.Peer != "":
		h.bar = func(name event.Origin) bool { return !h.takes.Load() && !wire.IsHub(name) }
	}
	if err := h.open(&o, origin, wire.RoleHub, string(o.Hall)); err != nil {
		return nil, err
	}
	if err := h.shelve(&o, string(o.Hall)); err != nil {
		return nil, err
	}
	opt := hub.Options{Hall: o.Hall, Conn: h.conn, Log: ledger{h.Store, h.Keys}, Logger: o.Logger, CentreReached: h.CentreReached, Bundle: h.Shelf.Name, Differing: h.differing(o.Hall, o.Logger), Amending: h.amending(o.Hall, o.Logger), Gather: o.Gather, Carry: o.Carry,
		Mark: func(ctx context.Context, b *hall.Book) error { return h.mark(ctx, o.Hall, b) }, BookRules: o.BookRules, Tidy: func(ctx context.Context) error { return h.tidy(ctx, o.Hall) }}
	if o.Centre != "" {
		opt.Above = above{h}
	}
	if o.Peer != "" {
		conn, err := broker.Dial(o.Peer, broker.Device{Origin: origin, Role: wire.RoleHub, Key: h.key, Peer: o.PeerKey, Place: "other hub", Setting: "--peer-key"}, o.Logger)
		if err != nil {
			return nil, err
		}
		h.closers = append(h.closers, func() error { conn.Close(); return nil })
		opt.Peer, opt.Origin, opt.OnLead = link.Peer{Conn: conn, Hall: string(o.Hall), Origin: origin}, origin, h.lead
	}
	h.Allocator, err = hub.Start(opt)
	if err != nil {
		return nil, fmt.Errorf("start the hub: %w", err)
	}
	h.closers = append(h.closers, func() error { h.Allocator.Stop(); return nil })
	in, err := inlet.Serve(h.conn, string(o.Hall), h.Store, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("start the hub: %w", err)
	}
	h.closers = append(h.closers, in.Stop)
	if o.Centre != "" {
		conn, err := broker.Dial(o.Centre, broker.Device{Origin: origin, Role: wire.RoleHub, Key: h.key, Peer: o.CentreKey, Place: wire.Centre, Setting: "--centre-key"}, o.Logger)
		if err != nil {
			return nil, err
		}
		h.closers = append(h.closers, func() error { conn.Close(); return nil })
		up := link.Start(link.Options{Conn: conn, Place: wire.Centre, Origin: origin, Log: h.Store, Fork: store.ErrFork, OnFork: h.Allocator.Reread, Beat: h.beat, Take: h.take, Keys: h.Keys, Scans: h.Scans, Now: o.Now, Elapsed: o.Elapsed,
			Logger: o.Logger, Resend: o.Resend, BeatEvery: o.BeatEvery, Canary: -1})
		h.up.Store(up)
		h.closers = append(h.closers, func() error { up.Stop(); return nil }, h.follow(&o, up), h.wishing(up, o.Logger))
	}
	err = h.answer(h.answers(o.Hall), string(o.Hall), o.Logger)
	if err != nil {
		return nil, err
	}
	h.verifying(o.Hall, o.Logger)
	if err := h.listens(&o); err != nil {
		return nil, err
	}
	h.closers = append(h.closers, func() error { h.Allocator.Leave(); return nil })
	return h, nil
}

// lead lets terminals in or sends them to the other hub.
func (h *Hub) lead(leads bool) {
	h.takes.Store(leads)
	h.Broker.Look()
}

// CentreReached tells how the line upwards stands.
func (h *Hub) CentreReached() bool {
	up := h.up.Load()
	return up != nil && up.Line().Reached
}

func (h *Hub) beat() wire.Beat {
	b := wire.Beat{Origin: h.Store.Origin(), Role: "hub", Program: Program}
	// What a hub has not brought to the centre is in the hall, not only here.
	b.HallOnly, _, b.OldestMS, _ = h.Store.Unsaved(context.Background())
	keys, _, _ := h.Keys.Owed(context.Background())
	scans, _, _ := h.Scans.Owed(context.Background())
	b.HallOnly += keys + scans
	b.Below = h.Allocator.Heard()
	b.Leads, b.Spare = h.Allocator.Leads()
	b.Bundle = h.Shelf.State()
	if h.Backups != nil {
		b.BackupMS = h.Backups.NewestMS()
	}
	return b
}

// above reads the centre for a hub, as soon as there is a line to it.
type above struct{ h *Hub }

func (a above) History(ctx context.Context, from core.Cursor, fn func(wire.Feed) error) error {
	for {
		if up := a.h.up.Load(); up != nil {
			return up.History(ctx, from, fn)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (a above) Lease(ctx context.Context, ask wire.LeaseAsk) (wire.LeaseAnswer, error) {
	up := a.h.up.Load()
	if up == nil {
		return wire.LeaseAnswer{}, event.HubUnreachable
	}
	return up.Lease(ctx, ask)
}

func (a above) Check(ctx context.Context, ask wire.CheckAsk) (wire.CheckAnswer, error) {
	up := a.h.up.Load()
	if up == nil {
		return wire.CheckAnswer{}, event.HubUnreachable
	}
	return up.Check(ctx, ask)
}

// ledger lets the allocator write through the store.
type ledger struct {
	*store.Store
	keys *keyring.Ring
}

func (l ledger) Submit(fn func(hub.Tx) error, done func(error)) error {
	return l.Store.Submit(func(tx *store.Tx) error { return fn(tx) }, done)
}

func (l ledger) Cases(ctx context.Context, ask wire.CasesAsk) ([]wire.CaseRow, error) {
	list, err := l.CasesNumbered(ctx, ask.Number)
	if ask.Ticket != "" {
		list, err = l.Store.Cases(ctx, hall.TicketID(ask.Ticket))
	}
	out := make([]wire.CaseRow, 0, len(list))
	for _, c := range list {
		saved, err := l.saved(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, wire.CaseRow{Number: c.Number, Item: string(c.Item), State: string(c.State), DueDate: string(c.DueDate), Saved: saved, Absent: c.Absent, AnswerBy: string(c.AnswerBy), Ticket: string(c.Ticket), Agency: c.Agency})
	}
	return out, err
}

// saved tells where an application can be read as it stands; one whose key has not come is at its counter
// alone. What the centre noted is there.
func (l ledger) saved(ctx context.Context, c store.Case) (string, error) {
	key, err := l.keys.Saved(ctx, string(c.Application))
	if err != nil {
		return "", err
	}
	if key == "here" { // in this hall
		key = "hall"
	}
	at := cmp.Or(key, "here")
	for _, f := range c.Facts {
		switch s := l.Saved(f); {
		case f.Origin == CentreOrigin:
		case s == "here": // in this hall
			at = keyring.Readable(at, "hall")
		default:
			at = keyring.Readable(at, s)
		}
	}
	return at, nil
}
