package screen

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// TrayPage is what lies in the scanner's folder: its newest files, the newest first. Away tells that the folder
// cannot be read.
type TrayPage struct {
	Files []TrayFile `json:"files"`
	Away  bool       `json:"away"`
}

// TrayFile is a file in the scanner's folder. Mark is another one when the file was changed; Type "image/jpeg",
// "image/png", "application/pdf" or empty; Fault why it cannot be attached: "type", "size", "empty", "unfinished", or "".
type TrayFile struct {
	Name  string `json:"name"`
	Mark  string `json:"mark"`
	Size  int64  `json:"size"`
	AtMS  int64  `json:"atMs"`
	Type  string `json:"type"`
	Fault string `json:"fault"`
}

// CaseScan is a scan that is attached to an application, or waits for one to be taken: Saved is "waits" then,
// and "away" for one that has not come to the hall yet. Use is "scan" or "signature", Material a number of the guide, 0 for the
// application as a whole.
type CaseScan struct {
	Scan     string          `json:"scan"`
	Use      string          `json:"use"`
	Material int             `json:"material"`
	Name     intake.Personal `json:"name"`
	Type     string          `json:"type"`
	Size     int64           `json:"size"`
	AtMS     int64           `json:"atMs"`
	Saved    Saved           `json:"saved"`
}

// Where a scan is that is saved nowhere for good.
const (
	savedWaits Saved = "waits"
	savedAway  Saved = "away"
)

// How large pictures of scans are, in dots a side.
const (
	previewPx = 240
	readPx    = 2000
)

func (c *Counter) trayPage() *TrayPage {
	if c.m.Tray == nil || c.clerk.ID == "" {
		return nil
	}
	files, away := c.m.Tray.Newest()
	return &TrayPage{Files: append([]TrayFile{}, files...), Away: away}
}

// TrayPreview gives a small picture of a file in the scanner's folder as the address of an image. Refusals: NotSignedIn,
// ScanGone, ScanWrong (args why).
func (c *Counter) TrayPreview(name, mark string) (string, error) {
	c.mu.Lock()
	signedIn := c.clerk.ID != ""
	c.mu.Unlock()
	switch {
	case !signedIn:
		return "", event.NotSignedIn
	case c.m.Tray == nil:
		return "", event.ScanGone
	}
	picture, err := c.m.Tray.Preview(name, mark, previewPx)
	return imageOf(picture), err
}

// imageOf is a JPEG as a page shows it.
func imageOf(picture []byte) string {
	if len(picture) == 0 {
		return ""
	}
	return "data:" + intake.JPEG + ";base64," + base64.StdEncoding.EncodeToString(picture)
}

// AttachDraft attaches a file of the scanner's folder to the application that is being taken of an item, to a material or,
// for 0, to all of it. It is sealed and on this disk when AttachDraft returns, and goes with the application; a visit
// that ends without one leaves nothing. It gives what waits for the application. Refusals: NotSignedIn, WindowClosed, NoTicket, TicketState,
// ItemUnknown, ScanGone, ScanWrong (args why), ScansMany, ScanRoom.
func (c *Counter) AttachDraft(ticket, item, name, mark string, material int) ([]CaseScan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, key, err := c.draftKey(ticket, item, true)
	if err != nil {
		return nil, err
	}
	had, err := c.waiting(id)
	if err != nil {
		return nil, err
	}
	if len(had) >= intake.ScansMost {
		return nil, event.ScansMany
	}
	content, kind, err := c.readTray(name, mark)
	if err != nil {
		return nil, err
	}
	s := intake.Scan{Application: id, Use: intake.UseScan, Type: kind, Material: material}
	if _, err := c.hold(s, content, name, key, hall.TicketID(ticket)); err != nil {
		return nil, err
	}
	return c.draftScans(id, key)
}

// DraftScans gives what waits for the application that is being taken of an item. Refusals: as for AttachDraft.
func (c *Counter) DraftScans(ticket, item string) ([]CaseScan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, key, err := c.draftKey(ticket, item, false)
	if err != nil || id == "" {
		return []CaseScan{}, err
	}
	return c.draftScans(id, key)
}

// DropDraftScan takes a scan back that waits; the scanner's file stays. It gives what is left. Refusals: as for
// AttachDraft.
func (c *Counter) DropDraftScan(ticket, item, scan string) ([]CaseScan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, key, err := c.draftKey(ticket, item, false)
	if err != nil || id == "" {
		return []CaseScan{}, err
	}
	list, err := c.waiting(id)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if string(s.Scan) == scan {
			if err := c.m.Scans.Drop(context.Background(), []intake.Scan{s}); err != nil {
				return nil, err
			}
		}
	}
	return c.draftScans(id, key)
}

// draftKey gives the id that the next application of the visit for an item will have, and its key; both are drawn
// where first is set, and else empty where nothing was asked or attached yet.
func (c *Counter) draftKey(ticket, item string, first bool) (id intake.ApplicationID, key sealed.Key, err error) {
	if err := c.ready(); err != nil {
		return "", key, err
	}
	if c.m.Scans == nil {
		return "", key, event.RequestUnusable
	}
	if _, ok := c.m.Guides.Now().Item(guide.Code(item)); !ok {
		return "", key, event.ItemUnknown.With("code", item)
	}
	now := c.m.Book.Now()
	err = c.m.Book.Write(context.Background(), func(tx Tx) (err error) {
		if err := c.serving(tx, ticket); err != nil {
			return err
		}
		wish := intake.Take{Ticket: hall.TicketID(ticket)}
		if first {
			wish.Application = intake.ApplicationID(c.m.NewID(now))
		}
		if id, err = draftOf(tx, wish, hall.ItemCode(item), first); err == nil && id != "" {
			key, err = tx.NewCaseKey(id, now)
		}
		return err
	})
	return id, key, err
}

// waiting lists the scans that wait for an application.
func (c *Counter) waiting(id intake.ApplicationID) ([]intake.Scan, error) {
	if c.m.Scans == nil {
		return nil, nil
	}
	return c.m.Scans.Held(context.Background(), id)
}

func (c *Counter) draftScans(id intake.ApplicationID, key sealed.Key) ([]CaseScan, error) {
	list, err := c.waiting(id)
	out := make([]CaseScan, 0, len(list))
	for _, s := range list {
		row, err := scanRow(s, key)
		if err != nil {
			return nil, err
		}
		row.Saved = savedWaits
		out = append(out, row)
	}
	return out, err
}

func (c *Counter) readTray(name, mark string) (content []byte, kind string, err error) {
	if c.m.Tray == nil {
		return nil, "", event.ScanGone
	}
	return c.m.Tray.Read(name, mark)
}

// hold seals what was scanned and keeps it here; it goes nowhere yet.
func (c *Counter) hold(s intake.Scan, content []byte, name string, key sealed.Key, ticket hall.TicketID) (intake.Scan, error) {
	now := c.m.Book.Now()
	s.Scan, s.Window, s.Clerk, s.AtMS = intake.ScanID(c.m.NewID(now)), c.window, c.clerk.ID, now
	shut, err := s.SealContent(content, name, key, rand.Reader)
	if err != nil {
		return s, err
	}
	from, err := s.SealFile(name, key, rand.Reader)
	if err != nil {
		return s, err
	}
	return s, c.m.Scans.Hold(context.Background(), s, shut, ticket, from)
}

// release lets scans go up whose events are committed.
func (c *Counter) release(list []intake.Scan) error {
	if len(list) == 0 {
		return nil
	}
	return c.m.Scans.Release(context.Background(), list)
}

// AttachScan attaches a file of the scanner's folder to an application that was taken, to a material or, for 0, to all of
// it, and gives what is attached to it then. A repeated request changes nothing. Refusals: those of OpenCase, ScanGone, ScanWrong
// (args why), ScansMany, ScanRoom.
func (c *Counter) AttachScan(request, number, name, mark string, material int) ([]CaseScan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, err := c.openAgain(request, number)
	if err != nil {
		return nil, err
	}
	scan := intake.Scan{Application: o.Application, Use: intake.UseScan, Material: material}
	return c.attach(request, o, scan, name, func() (content []byte, kind string, err error) { return c.readTray(name, mark) })
}

// openAgain finds the application that a request is about.
func (c *Counter) openAgain(request, number string) (o opened, err error) {
	switch err := c.ready(); {
	case err != nil:
		return o, err
	case request == "" || len(request) > 64 || c.m.Scans == nil:
		return o, event.RequestUnusable
	}
	return c.find(number)
}

// attach keeps what read gives and notes it, in this order: an event whose scan nobody has would be a promise
// that nobody keeps. What a crash leaves between the two is dropped at the next start.
func (c *Counter) attach(request string, o opened, s intake.Scan, name string, read func() ([]byte, string, error)) ([]CaseScan, error) {
	request = "scan:" + request
	var result intake.ScanID
	known := false
	err := c.m.Book.Write(context.Background(), func(tx Tx) (err error) {
		known, err = answered(tx, request, &result)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case known:
		return c.caseScans(o, o.Attached())
	case len(o.Attached()) >= intake.ScansMost:
		return nil, event.ScansMany
	}
	content, kind, err := read()
	if err != nil {
		return nil, err
	}
	s.Type = kind
	if s, err = c.hold(s, content, name, o.key, ""); err != nil {
		return nil, err
	}
	var after *intake.Case
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, request, &result, func() error {
			result = s.Scan
			e, _, err := tx.Append(intake.KindAttached, s)
			if err == nil {
				after, err = intake.Fold(o.Case, e)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("attach a scan: %w", err)
	}
	if err := c.release([]intake.Scan{s}); err != nil {
		return nil, err
	}
	return c.caseScans(o, after.Attached())
}

// SignCase lets the person sign on the pad for the decision that is handed out, and attaches the signature. It gives what
// is attached then. The window goes on while the person signs. Refusals: those of OpenCase, CaseState (args state) where nothing is
// handed out, PadFailed (args reason: none, off, declined, time), ScanRoom.
func (c *Counter) SignCase(request, number string) ([]CaseScan, error) {
	c.mu.Lock()
	o, err := c.openAgain(request, number)
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	decided := o.Decision()
	switch state := o.Standing(); {
	case c.m.Pad == nil:
		return nil, event.PadFailed.With("reason", "none")
	case decided == nil || !slices.Contains([]intake.State{intake.Granted, intake.Denied, intake.Returned, intake.PassedOn}, state):
		return nil, event.CaseState.With("state", string(state))
	}
	picture, err := c.m.Pad.Sign(context.Background())
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil { // the clerk went while the person signed
		return nil, err
	}
	s := intake.Scan{Application: o.Application, Use: intake.UseSignature, Of: decided.Request}
	return c.attach(request, o, s, "", func() ([]byte, string, error) { return picture, intake.PNG, nil })
}

// CaseScans gives what is attached to the application that this clerk has opened last, and where it is by now. Refusals:
// as for OpenScan.
func (c *Counter) CaseScans(number string) ([]CaseScan, error) {
	o, err := c.inHand(number)
	if err != nil {
		return nil, err
	}
	return c.caseScans(o, o.Attached())
}

// inHand finds the application that this clerk has opened last: what for is noted.
func (c *Counter) inHand(number string) (o opened, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o, err = c.openAgain("look", number); err == nil && c.reading != o.Application {
		err = event.FieldMissing.With("field", "purpose")
	}
	return o, err
}

// ScanPage is a scan to be looked at. Picture is the address of an image; empty for what is none, and for
// one that cannot be drawn.
type ScanPage struct {
	Scan    string `json:"scan"`
	Type    string `json:"type"`
	Picture string `json:"picture"`
}

// OpenScan shows a scan of the application that this clerk has opened last, for the purpose that was noted then.
// Refusals: NotSignedIn, WindowClosed, FieldMissing (args field: purpose) where another application or none was opened, those
// of OpenCase, ScanElsewhere where it is not here and the hall has it not, ScanDamaged.
func (c *Counter) OpenScan(number, scan string) (ScanPage, error) {
	o, err := c.inHand(number)
	if err != nil {
		return ScanPage{}, err
	}
	list := o.Attached()
	at := slices.IndexFunc(list, func(s intake.Scan) bool { return string(s.Scan) == scan })
	if at < 0 {
		return ScanPage{}, event.ScanElsewhere
	}
	s := list[at]
	p := ScanPage{Scan: scan, Type: s.Type}
	if s.Type == intake.PDF {
		return p, nil
	}
	content, err := c.content(o, s)
	if err != nil {
		return ScanPage{}, err
	}
	if picture, err := c.m.Shrink(content, readPx); err == nil {
		p.Picture = imageOf(picture)
	}
	return p, nil
}

// content fetches a scan and opens it.
func (c *Counter) content(o opened, s intake.Scan) ([]byte, error) {
	shut, err := c.m.Scans.Chunks(context.Background(), s)
	if err != nil {
		return nil, err
	}
	content, err := s.Content(shut, o.key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", event.ScanDamaged, err)
	}
	return content, nil
}

// caseScans gives scans of an application as the page shows them.
func (c *Counter) caseScans(o opened, list []intake.Scan) ([]CaseScan, error) {
	out := make([]CaseScan, 0, len(list))
	for _, s := range list {
		row, err := scanRow(s, o.key)
		if err != nil {
			return nil, err
		}
		if c.m.Scans != nil {
			if row.Saved, err = c.m.Scans.Saved(context.Background(), s); err != nil {
				return nil, err
			}
		}
		if row.Saved == "" {
			row.Saved = o.scans[s.Scan]
		}
		if row.Saved == "" {
			row.Saved = savedAway
		}
		out = append(out, row)
	}
	return out, nil
}

func scanRow(s intake.Scan, key sealed.Key) (CaseScan, error) {
	name, err := s.Called(key)
	if err != nil {
		return CaseScan{}, fmt.Errorf("%w: %w", event.CaseElsewhere, err)
	}
	return CaseScan{Scan: string(s.Scan), Use: s.Use, Material: s.Material, Name: name, Type: s.Type, Size: s.Size, AtMS: s.AtMS}, nil
}
