package terminal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"onewindow/app/binder"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/screen"
	"onewindow/app/sealed"
	"onewindow/app/tray"
	"onewindow/sync/wire"
)

// lendScans gives the pages what scans need.
func (t *Terminal) lendScans() {
	t.Machine.Scans, t.Machine.Shrink = scans{t}, tray.Shrink
	if t.tray != nil {
		t.Machine.Tray = folderOf{t.tray}
	}
	if t.Settings.Signature != "" {
		t.Machine.Pad = pad{device.NewSignature(t.Settings.Signature)}
	}
}

// folderOf is the scanner's folder as the pages know it.
type folderOf struct{ *tray.Tray }

func (f folderOf) Newest() (files []screen.TrayFile, away bool) {
	list, away := f.Tray.Newest()
	for _, x := range list {
		files = append(files, screen.TrayFile{Name: x.Name, Mark: x.Mark, Size: x.Size, AtMS: x.AtMS, Type: x.Type, Fault: x.Fault})
	}
	return files, away
}

// pad is the signature pad as the pages know it.
type pad struct{ *device.Signature }

func (p pad) Sign(ctx context.Context) ([]byte, error) {
	picture, err := p.Signature.Sign(ctx)
	reason := ""
	switch {
	case err == nil:
		return picture, nil
	case errors.Is(err, device.ErrDeclined):
		reason = "declined"
	case errors.Is(err, context.DeadlineExceeded):
		reason = "time"
	default:
		reason = string(device.Off)
	}
	return nil, fmt.Errorf("%w: %w", event.PadFailed.With("reason", reason), err)
}

// scans are the binder of this counter as the pages know it, with the hall behind it.
type scans struct{ t *Terminal }

func (s scans) Hold(ctx context.Context, scan intake.Scan, shut intake.Shut, ticket hall.TicketID, from sealed.Value) error {
	note, err := json.Marshal(scan)
	if err != nil {
		return fmt.Errorf("keep a scan: %w", err)
	}
	err = s.t.binder.Hold(ctx, binder.Held{Scan: string(scan.Scan), Application: string(scan.Application), Ticket: string(ticket), Sums: shut.Sums, Note: note, File: string(from), AtMS: scan.AtMS}, shut.Chunks)
	if errors.Is(err, binder.ErrRoom) {
		return fmt.Errorf("%w: %w", event.ScanRoom, err)
	}
	return err
}

func (s scans) Held(ctx context.Context, id intake.ApplicationID) (out []intake.Scan, err error) {
	list, err := s.t.binder.Held(ctx, string(id))
	for _, h := range list {
		var scan intake.Scan
		if err := json.Unmarshal(h.Note, &scan); err != nil {
			return nil, fmt.Errorf("read a scan that waits: %w", err)
		}
		out = append(out, scan)
	}
	return out, err
}

func (s scans) Release(ctx context.Context, list []intake.Scan) error {
	return s.t.binder.Release(ctx, names(list))
}

func (s scans) Drop(ctx context.Context, list []intake.Scan) error {
	return s.t.binder.Drop(ctx, names(list))
}

func names(list []intake.Scan) (ids []string) {
	for _, s := range list {
		ids = append(ids, string(s.Scan))
	}
	return ids
}

// Saved tells where a scan can be read that is kept here: where its event, its key and all of it are.
func (s scans) Saved(ctx context.Context, scan intake.Scan) (screen.Saved, error) {
	at, err := s.t.binder.Saved(ctx, string(scan.Scan))
	if err != nil || at == "" {
		return "", err
	}
	readable, err := (book{s.t.Store, s.t.keys, s.t.binder}).CaseSaved(ctx, scan.Application, []event.ID{scan.From})
	return screen.Saved(keyring.Readable(readable, at)), err
}

// Chunks gives a scan as it is sealed; what is not here the hub is asked for, and is not kept here.
func (s scans) Chunks(ctx context.Context, scan intake.Scan) (shut intake.Shut, err error) {
	for no := range scan.Chunks {
		chunk, err := s.t.binder.Chunk(ctx, string(scan.Application), string(scan.Scan), no)
		if errors.Is(err, binder.ErrNone) || errors.Is(err, binder.ErrChanged) {
			chunk, err = s.fetch(ctx, scan, no)
		}
		if err != nil {
			return shut, err
		}
		shut.Chunks = append(shut.Chunks, chunk)
	}
	return shut, nil
}

func (s scans) fetch(ctx context.Context, scan intake.Scan, no int) ([]byte, error) {
	if s.t.link == nil {
		return nil, event.ScanElsewhere
	}
	chunk, err := s.t.link.Chunk(ctx, wire.ChunkAsk{Application: string(scan.Application), Scan: string(scan.Scan), No: no})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", event.ScanElsewhere, err)
	}
	if len(chunk) == 0 {
		return nil, event.ScanElsewhere
	}
	return chunk, nil
}

// settleScans brings scans that wait to their end: those whose event is committed go up, those of a visit
// that is over are dropped. At a start nobody is attaching anything: one without a visit and without an
// event is what a crash left.
func (t *Terminal) settleScans(ctx context.Context, start bool) error {
	list, err := t.binder.Held(ctx, "")
	if err != nil {
		return err
	}
	var release, drop []string
	for _, h := range list {
		c, err := t.Store.ApplicationOf(ctx, intake.ApplicationID(h.Application))
		if err != nil {
			return err
		}
		noted := false
		if c != nil {
			_, noted = c.Scans[intake.ScanID(h.Scan)]
		}
		switch {
		case noted:
			release = append(release, h.Scan)
		case h.Ticket == "" && start, h.Ticket != "" && !t.Machine.VisitGoesOn(hall.TicketID(h.Ticket)):
			drop = append(drop, h.Scan)
		}
	}
	return errors.Join(t.binder.Release(ctx, release), t.binder.Drop(ctx, drop))
}

// How often the scanner's folder is looked into, and how long a file stays there after it was attached:
// the same sheet may belong to another material or application of the visit.
const (
	trayEvery = time.Second
	fileKept  = 10 * time.Minute
)

// watchScans looks into the scanner's folder, settles what waits, drops what was erased, and takes files out of the folder that
// are safe in the hall.
func (t *Terminal) watchScans(ctx context.Context, every time.Duration) {
	news := t.binder.Watch()
	defer t.binder.Unwatch(news)
	erased, failed := int64(0), ""
	for {
		if t.tray != nil && t.tray.Look() {
			t.Signal()
		}
		err := errors.Join(t.settleScans(ctx, false), t.clearTray(ctx))
		ids, upto, said := t.keys.ErasedSince(ctx, erased)
		if err = errors.Join(err, said); said == nil && len(ids) > 0 {
			err, erased = errors.Join(err, t.binder.DropCases(ctx, ids)), upto
		}
		off, said := t.Store.TakenOff(ctx, "", 0)
		err = errors.Join(err, said, t.binder.DropOff(ctx, off))
		if err == nil {
			failed = ""
		} else if ctx.Err() == nil && err.Error() != failed { // a folder that may not be written says so once
			failed = err.Error()
			t.log.Warn("see to scans; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
			t.Signal() // where scans are saved is shown
		case <-time.After(every):
		}
	}
}

// clearTray takes files out of the scanner's folder whose scans are safe in the hall: there they lie in clear. A file goes
// only when what is kept, opened again, has its very bytes; one that was written anew stays.
func (t *Terminal) clearTray(ctx context.Context) error {
	if t.tray == nil {
		return nil
	}
	list, err := t.binder.Filed(ctx, t.Store.Now()-fileKept.Milliseconds())
	errs := []error{err}
	for _, h := range list {
		gone, err := t.clearFile(ctx, h)
		if gone {
			err = errors.Join(err, t.binder.Unfile(ctx, []string{h.Scan}))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (t *Terminal) clearFile(ctx context.Context, h binder.Held) (gone bool, err error) {
	key, err := t.keys.Key(ctx, h.Application)
	if errors.Is(err, keyring.ErrErased) || errors.Is(err, keyring.ErrNone) {
		return true, nil // nobody knows the file's name any more
	}
	var s intake.Scan
	if err == nil {
		err = json.Unmarshal(h.Note, &s)
	}
	if err != nil {
		return false, err
	}
	c, err := t.Store.ApplicationOf(ctx, s.Application)
	if err != nil || c == nil {
		return false, err
	}
	s = c.Scans[s.Scan] // with its event
	if saved, err := (scans{t}).Saved(ctx, s); err != nil || cmp.Or(saved, "here") == "here" {
		return false, err
	}
	from, err := s.FileName(sealed.Value(h.File), key)
	if err != nil {
		return false, err
	}
	shut, err := (scans{t}).Chunks(ctx, s)
	if err != nil {
		return false, err
	}
	content, err := s.Content(shut, key)
	if err != nil {
		return false, err
	}
	if err := t.tray.Remove(string(from), content); err != nil {
		return false, err
	}
	return true, nil
}
