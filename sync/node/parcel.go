package node

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"onewindow/app/binder"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/admit"
	"onewindow/sync/core"
	"onewindow/sync/parcel"
	"onewindow/sync/wire"
)

// Database finds the database of a data folder: a hub's, a centre's or a terminal's.
func Database(data string) (string, error) {
	for _, role := range []string{wire.RoleHub, wire.Centre, "terminal"} {
		path := filepath.Join(data, role+".db")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look into the data folder: %w", err)
		}
	}
	return "", fmt.Errorf("there is no database in %s: name the data folder of a terminal, a hub or the centre with --data", data)
}

// opened is a database that no program uses, with its folder held.
type opened struct {
	*store.Store
	unlock func() error
}

func (o opened) Close() error { return errors.Join(o.Store.Close(), o.unlock()) }

// openDatabase opens the database of a data folder whose program does not run.
func openDatabase(ctx context.Context, data string, now time.Time, change func(*store.Options) error) (out opened, err error) {
	path, err := Database(data)
	if err != nil {
		return out, err
	}
	if out.unlock, err = folder.Lock(data); err != nil {
		return out, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.unlock())
		}
	}()
	origin, err := store.Whose(ctx, path)
	if err != nil {
		return out, err
	}
	key, err := folder.DeviceKey(data)
	if err != nil {
		return out, err
	}
	opt := store.Options{Path: path, Origin: origin, Key: key, Now: now.UnixMilli}
	if err := change(&opt); err != nil {
		return out, err
	}
	out.Store, err = store.Open(opt)
	return out, err
}

// Exported is what Export wrote. Left are the scans for which the file would have been too large, Unreadable what keeps
// scans from being read here: the file is written without them.
type Exported struct {
	// File is empty where the centre has confirmed everything.
	File                []byte
	Events, Scans, Left int
	Unreadable          []string
}

// ParcelScans is how many bytes of scans one parcel holds: it is put together in memory.
const ParcelScans = 256 << 20

// Export gives what of a device, or of a hub with its hall, the centre has not
// confirmed, as a parcel that is sealed to the receivers; to nobody when there are none.
// The program must not be running. Nothing in the database changes: what was exported
// stays owed, and coming twice changes nothing.
func Export(ctx context.Context, data string, whole bool, receivers []ed25519.PublicKey, now time.Time) (out Exported, err error) {
	s, err := openDatabase(ctx, data, now, func(*store.Options) error { return nil })
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	in, err := owed(ctx, data, s.Store, whole)
	if err != nil {
		return out, err
	}
	in.Scans, out.Left, out.Unreadable = owedScans(ctx, data)
	if len(in.Pushes)+len(in.Scans) == 0 && (len(in.Keys) == 0 || len(receivers) == 0) {
		return out, nil
	}
	out.Scans = len(in.Scans)
	for _, p := range in.Pushes {
		out.Events += len(p.Bodies)
	}
	out.File, err = parcel.Seal(s.Origin(), s.Key(), now.UnixMilli(), in, receivers, rand.Reader)
	return out, err
}

// owed gathers what the centre has not confirmed: events, and keys of cases, which may be
// owed alone; whole takes all keys, for a place that has none of them.
func owed(ctx context.Context, data string, s *store.Store, whole bool) (in parcel.Contents, err error) {
	if in.Pushes, err = s.Unconfirmed(ctx, whole); err != nil {
		return in, err
	}
	ring, err := keyring.Open(data, "")
	if err != nil {
		return in, err
	}
	in.Keys, err = ring.Unconfirmed(ctx, whole)
	return in, errors.Join(err, ring.Close())
}

// owedScans reads the scans that the centre has not, and tells what cannot be read: a bad page of them keeps no event
// from being exported.
func owedScans(ctx context.Context, data string) (out []parcel.Scan, left int, unreadable []string) {
	if _, err := os.Stat(filepath.Join(data, binder.FileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil // a kiosk
	}
	b, err := binder.Open(binder.Options{Data: data})
	if err != nil {
		return nil, 0, []string{err.Error()}
	}
	defer b.Close()
	list, left, err := b.Unconfirmed(ctx, ParcelScans)
	if err != nil {
		return nil, 0, []string{err.Error()}
	}
	for _, h := range list {
		s := parcel.Scan{ScanOffer: wire.ScanOffer{Scan: h.Scan, Application: h.Application, Sums: h.Sums}}
		for no := 0; no < len(h.Sums)/sha256.Size && err == nil; no++ {
			var chunk []byte
			chunk, err = b.Chunk(ctx, h.Application, h.Scan, no)
			s.Chunks = append(s.Chunks, chunk)
		}
		if err != nil {
			unreadable, err = append(unreadable, fmt.Sprintf("scan %s: %v", h.Scan, err)), nil
			continue
		}
		out = append(out, s)
	}
	return out, left, unreadable
}

// Imported is what came of a parcel: Events were new here, Known were here already, Scans are those that are whole here now,
// Gone those that were erased or taken off meanwhile, and each of Refused names a frame that is kept in quarantine, or a
// scan that is not taken, and why.
type Imported struct {
	Head                 parcel.Head
	Events, Known, Scans int
	Gone                 int
	Refused              []string
}

// Import takes a parcel into the log of a hub or the centre, which must not be running,
// the way that a push over the line is taken. Nothing is changed by a file that is torn,
// forged, sealed to another device, of an unknown device or of another hall, or that
// begins behind what is here. open takes a device that was never heard of at its word.
func Import(ctx context.Context, data string, file []byte, open bool, now time.Time) (r Imported, err error) {
	var list *admit.List
	s, err := openDatabase(ctx, data, now, func(o *store.Options) error {
		if open {
			return nil
		}
		a, err := openAccess(&Options{Data: data, Logger: slog.New(slog.DiscardHandler), Now: o.Now}, placeOf(o.Origin))
		if err == nil {
			list, o.Admits, o.RoleOf = a.list, a.admits, a.roleOf
		}
		return err
	})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head, in, err := parcel.Open(file, s.Key())
	if err != nil {
		return r, fmt.Errorf("read the file: %w", err)
	}
	r.Head = head
	if err := fitsHere(s.Store, head, in.Pushes, list); err != nil {
		return r, err
	}
	if !wire.IsHub(head.Origin) { // only a hub's word destroys a key
		in.Keys = slices.DeleteFunc(in.Keys, wire.CaseKey.Erased)
	}
	ring, err := keyring.Open(data, "")
	if err == nil {
		err = errors.Join(ring.Put(ctx, in.Keys), ring.Close())
	}
	if err != nil {
		return r, fmt.Errorf("save the keys that the file brings: %w: import it again when this is mended", err)
	}
	for _, p := range in.Pushes {
		var ack wire.Ack
		before := upto(s.Store, p)
		if err := s.Write(ctx, func(tx *store.Tx) (err error) { ack, err = tx.Accept(p); return err }); err != nil {
			return r, fmt.Errorf("save what the file brings: %w: import it again when this is mended; what is here already changes nothing", err)
		}
		taken := int(upto(s.Store, p) - before)
		r.Events += taken
		if ack.Refuse != nil {
			r.Refused = append(r.Refused, fmt.Sprintf("%s:%s from %d: %v", p.Origin, p.Epoch, p.From, ack.Refuse))
			continue
		}
		r.Known += len(p.Bodies) - taken
	}
	err = r.scans(ctx, data, s.Store, in.Scans)
	return r, err
}

// scans takes in what was scanned, as a binder does over the line.
func (r *Imported) scans(ctx context.Context, data string, s *store.Store, list []parcel.Scan) (err error) {
	if len(list) == 0 {
		return nil
	}
	b := base{Store: s}
	if b.Keys, err = keyring.Open(data, ""); err == nil {
		defer func() { err = errors.Join(err, b.Keys.Close()) }()
		b.Scans, err = binder.Open(binder.Options{Data: data, Free: func() (uint64, error) { return folder.FreeBytes(data) }})
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Scans.Close()) }()
	for _, x := range list {
		lack, err := b.lacks(ctx, r.Head.Origin, x.ScanOffer)
		whole := len(lack.Chunks) == 0
		refused := func(why *event.Refusal) bool { return lack.Refuse != nil && errors.Is(lack.Refuse, why) }
		for _, no := range lack.Chunks {
			if err == nil && no < len(x.Chunks) {
				whole, err = b.Scans.Bring(ctx, wire.Chunk{Scan: x.Scan, No: no, Body: x.Chunks[no]})
			}
		}
		switch {
		case errors.Is(err, binder.ErrRoom), refused(event.DiskFull):
			return fmt.Errorf("save the scans that the file brings: %w: make room on this disk and import it again; what is here already changes nothing", cmp.Or(err, error(event.DiskFull)))
		case errors.Is(err, binder.ErrChanged):
			r.Refused = append(r.Refused, fmt.Sprintf("scan %s: %v", x.Scan, err))
		case err != nil:
			return fmt.Errorf("save the scans that the file brings: %w: import it again when this is mended", err)
		case refused(event.CaseErased):
			r.Gone++
		case lack.Refuse != nil:
			r.Refused = append(r.Refused, fmt.Sprintf("scan %s: %v", x.Scan, lack.Refuse))
		case whole:
			r.Scans++
		}
	}
	return nil
}

func placeOf(o event.Origin) string {
	if o == CentreOrigin {
		return wire.Centre
	}
	return o.Hall()
}

func upto(s *store.Store, p wire.Push) event.Seq {
	_, chains := s.Chains()
	for _, c := range chains {
		if c.ID == (core.ChainID{Origin: p.Origin, Epoch: p.Epoch}) {
			return c.Seq
		}
	}
	return 0
}

// fitsHere tells whether a parcel may be taken here; list is nil where every device is
// taken at its word.
func fitsHere(s *store.Store, h parcel.Head, pushes []wire.Push, list *admit.List) error {
	here := s.Origin()
	switch {
	case here != CentreOrigin && !wire.IsHub(here):
		return fmt.Errorf("%s takes nothing in: import the file at a hub of %s or at the centre; nothing was changed", here, h.Origin.Hall())
	case here != CentreOrigin && here.Hall() != h.Origin.Hall():
		return fmt.Errorf("the file is of %s and this is %s, which may not speak for another hall: import it at a hub of %s or at the centre; nothing was changed", h.Origin, here, h.Origin.Hall())
	}
	known := list == nil || slices.ContainsFunc(s.KeysOf(h.Origin), func(k ed25519.PublicKey) bool { return k.Equal(h.Key) })
	if !known {
		for _, e := range list.Entries() {
			known = known || e.Origin == h.Origin && e.Key == admit.KeyText(h.Key)
		}
	}
	if !known {
		return fmt.Errorf("the file is signed by %s, which is not known here as %s: when it is this device's key, admit it first with onewindowd admit; nothing was changed", admit.KeyText(h.Key), h.Origin)
	}
	next := map[core.ChainID]event.Seq{}
	_, chains := s.Chains()
	for _, c := range chains {
		next[c.ID] = c.Seq + 1
	}
	for _, p := range pushes {
		id := core.ChainID{Origin: p.Origin, Epoch: p.Epoch}
		if !wire.MayBring(h.Origin, p.Origin) {
			return fmt.Errorf("the file is of %s and holds events of %s: it is forged; nothing was changed", h.Origin, p.Origin)
		}
		if at := max(next[id], 1); p.From > at {
			return fmt.Errorf("the file begins at event %d of %s and %d is the next here: let the hub run until it has read what the centre has, or export again with --whole; nothing was changed", p.From, p.Origin, at)
		}
		next[id] = max(next[id], p.Upto()+1)
	}
	return nil
}
