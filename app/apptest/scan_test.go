package apptest_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

const canary = "样例区房屋买卖合同 张三丰(样例) CANARY-7731"

// letter is a PDF of a size with a canary in it, which compresses to nothing of it.
func letter(size int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	b := append(make([]byte, 0, size), "%PDF-1.7\n"...)
	for len(b) < size-len(canary)-6 {
		b = append(append(b, canary...), byte(r.Uint32()), byte(r.Uint32()))
		for range min(4096, max(0, size-len(canary)-6-len(b))) {
			b = append(b, byte(r.Uint32()))
		}
	}
	b = append(b, bytes.Repeat([]byte(" "), max(0, size-6-len(b)))...)
	return append(b[:size-6], "%%EOF\n"...)
}

// photo is a page as a scanner gives it.
func photo(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 1240, 1754))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * i >> 7)
	}
	var b bytes.Buffer
	apptest.Must(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}))
	return b.Bytes()
}

// scanner is a counter's folder.
type scanner struct {
	t   *testing.T
	dir string
	c   *terminal.Terminal
}

func newScanner(t *testing.T) *scanner { return &scanner{t: t, dir: t.TempDir()} }

func (s *scanner) set(to *config.Settings) { to.Scans = s.dir }

// scanOffice is a hall whose counter has such a folder and serves somebody.
func scanOffice(t *testing.T) (*apptest.World, *scanner, *office) {
	t.Helper()
	w := apptest.New(t)
	s := newScanner(t)
	k := w.Terminal(config.Kiosk, "k1")
	s.c = w.Terminal(config.Counter, "c1", s.set)
	reached(t, k, s.c)
	return w, s, officeAt(t, w, k, s.c)
}

// scan puts a page into the folder and waits until the counter's page lists it.
func (s *scanner) scan(name string, content []byte) screen.TrayFile {
	s.t.Helper()
	apptest.Must(s.t, os.WriteFile(filepath.Join(s.dir, name), content, 0o600))
	var found screen.TrayFile
	apptest.Eventually(s.t, name+" is on the counter's page", func() bool {
		page, err := s.c.Counter.Page()
		apptest.Must(s.t, err)
		for _, f := range page.Tray.Files {
			if f.Name == name && f.Fault == "" && f.Size == int64(len(content)) {
				found = f
			}
		}
		return found.Name != ""
	})
	return found
}

func (s *scanner) there(name string) bool {
	_, err := os.Stat(filepath.Join(s.dir, name))
	return err == nil
}

// place is the binder of hub or centre with what opens it.
type place struct {
	store *store.Store
	ring  *keyring.Ring
	chunk func(ctx context.Context, application, scan string, no int) ([]byte, error)
}

func hubOf(n *node.Hub) place       { return place{n.Store, n.Keys, n.Scans.Chunk} }
func centreOf(n *node.Centre) place { return place{n.Store, n.Keys, n.Scans.Chunk} }

// contents opens every scan of an application at a place; nil as long as something is lacking.
func (p place) contents(t *testing.T, number string) (out [][]byte) {
	t.Helper()
	c, err := p.store.Numbered(t.Context(), number)
	apptest.Must(t, err)
	if c == nil {
		return nil
	}
	key, err := p.ring.Key(t.Context(), string(c.Application))
	if err != nil {
		return nil
	}
	for _, s := range c.Attached() {
		var shut intake.Shut
		for no := range s.Chunks {
			chunk, err := p.chunk(t.Context(), string(s.Application), string(s.Scan), no)
			if err != nil {
				return nil
			}
			shut.Chunks = append(shut.Chunks, chunk)
		}
		content, err := s.Content(shut, key)
		apptest.Must(t, err)
		out = append(out, content)
	}
	return out
}

func savedOf(t *testing.T, c *terminal.Terminal, number string) (list []string) {
	t.Helper()
	page, err := c.Counter.OpenCase(number, "ask")
	apptest.Must(t, err)
	for _, s := range page.Scans {
		list = append(list, string(s.Saved))
	}
	return list
}

// TestScansGoFromTheScannersFolderToTheCentre goes the whole way with the hub off for half of it: two scans while an
// application is taken, through a crash of the counter; one more on its page. They are at the centre byte for byte, another counter
// looks at one for a purpose, the scanner's files go when they are safe, nothing stands in clear in any file of any place, backups included, and
// after an erasure nothing is left to open.
func TestScansGoFromTheScannersFolderToTheCentre(t *testing.T) {
	t.Parallel()
	w, s, o := scanOffice(t)
	w.StopHub()
	contract, card, late := letter(700_001, 1), photo(t), letter(70_000, 2)
	f, g := s.scan("合同 张三丰(样例).pdf", contract), s.scan("scan0002.jpg", card)
	if p, err := s.c.Counter.TrayPreview(g.Name, g.Mark); err != nil || !strings.HasPrefix(p, "data:image/jpeg;base64,") || len(p) > 60_000 {
		t.Errorf("a small picture of %d bytes: %v", len(p), err)
	}
	if _, err := s.c.Counter.AttachDraft(o.ticket, o.item, f.Name, f.Mark, 1); err != nil {
		t.Fatal(err)
	}
	if list, err := s.c.Counter.AttachDraft(o.ticket, o.item, g.Name, g.Mark, 2); err != nil || len(list) != 2 || list[0].Name != intake.Personal(f.Name) || list[0].Material != 1 || list[1].Saved != "waits" {
		t.Fatalf("%+v, %v", list, err)
	}
	again, err := s.c.Counter.AttachDraft(o.ticket, o.item, g.Name, g.Mark, 3) // a mistake, and taken back
	apptest.Must(t, err)
	if left, err := s.c.Counter.DropDraftScan(o.ticket, o.item, again[2].Scan); err != nil || len(left) != 2 {
		t.Fatalf("%+v, %v", left, err)
	}
	// The counter dies in the middle of it; what waits is there again.
	apptest.Must(t, s.c.Close())
	s.c = w.Terminal(config.Counter, "c1", s.set)
	o.c = s.c
	_, err = s.c.Counter.SignIn("wang", "246810")
	apptest.Must(t, err)
	if list, err := s.c.Counter.DraftScans(o.ticket, o.item); err != nil || len(list) != 2 {
		t.Fatalf("after a crash %+v wait, %v", list, err)
	}
	r := o.takeWith(t, "i1")
	if list, err := s.c.Counter.DraftScans(o.ticket, o.item); err != nil || len(list) != 0 {
		t.Errorf("of an application that is taken %+v wait for the next one, %v", list, err)
	}
	if got := savedOf(t, s.c, r.Number); !slices.Equal(got, []string{"here", "here"}) {
		t.Errorf("with the hub away they are said to be saved %v", got)
	}
	if here, _, _, err := s.c.Machine.Book.Unsaved(t.Context()); err != nil || here < 2 {
		t.Errorf("%d are said to be here alone: %v", here, err)
	}
	w.StartHub()
	reached(t, s.c)
	h := s.scan("late.pdf", late)
	for range 2 { // the same wish twice
		if list, err := s.c.Counter.AttachScan("a1", r.Number, h.Name, h.Mark, 0); err != nil || len(list) != 3 {
			t.Fatalf("%+v, %v", list, err)
		}
	}
	var at [][]byte
	apptest.Eventually(t, "all scans are at the centre", func() bool { at = centreOf(w.Centre).contents(t, r.Number); return len(at) == 3 })
	for n, want := range [][]byte{contract, card, late} {
		if !bytes.Equal(at[n], want) || !bytes.Equal(hubOf(w.Hub).contents(t, r.Number)[n], want) {
			t.Errorf("scan %d is another one at hub or centre", n)
		}
	}
	apptest.Eventually(t, "the counter says so", func() bool {
		return slices.Equal(savedOf(t, s.c, r.Number), []string{"centre", "centre", "centre"})
	})

	// At another counter, which has none of it: for a purpose, and not without.
	c2 := secondCounter(t, w)
	list := func() []screen.CaseScan {
		page, err := c2.Counter.OpenCase(r.Number, "ask")
		apptest.Must(t, err)
		return page.Scans
	}
	if _, err := c2.Counter.OpenScan(r.Number, "x"); !errors.Is(err, event.FieldMissing) {
		t.Errorf("looked at without a purpose: %v", err)
	}
	scans := list()
	if len(scans) != 3 || scans[1].Type != intake.JPEG || scans[1].Name != "scan0002.jpg" || scans[2].Material != 0 || scans[0].Saved != "centre" {
		t.Fatalf("%+v", scans)
	}
	if p, err := c2.Counter.OpenScan(r.Number, scans[1].Scan); err != nil || !strings.HasPrefix(p.Picture, "data:image/jpeg;base64,") {
		t.Errorf("another counter looks at it: %v", err)
	}
	if p, err := c2.Counter.OpenScan(r.Number, scans[0].Scan); err != nil || p.Picture != "" || p.Type != intake.PDF {
		t.Errorf("a PDF: %+v, %v", p, err)
	}

	// The originals stay for ten minutes, and go then; one that was written anew stays.
	if !s.there(f.Name) || !s.there(g.Name) {
		t.Error("a file is gone before its time")
	}
	apptest.Must(t, os.WriteFile(filepath.Join(s.dir, g.Name), photo(t)[:900], 0o600))
	w.Clock.Forward(11 * time.Minute)
	apptest.Eventually(t, "the files are gone", func() bool { return !s.there(f.Name) && !s.there(h.Name) })
	if !s.there(g.Name) {
		t.Error("a file that was written anew is gone")
	}

	backUp(t, w)
	inClear(t, w, "while everything runs")
	c, err := w.Hub.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	apptest.Must(t, w.Hub.Keys.Erase(t.Context(), []string{string(c.Application)}, "wang", "保存期满", w.Clock.Now()))
	apptest.Eventually(t, "no place has a chunk any more", func() bool {
		gone := 0
		for _, p := range []place{hubOf(w.Hub), centreOf(w.Centre)} {
			_, err := p.chunk(t.Context(), string(c.Application), scans[0].Scan, 0)
			if _, key := p.ring.Key(t.Context(), string(c.Application)); err != nil && errors.Is(key, keyring.ErrErased) {
				gone++
			}
		}
		return gone == 2
	})
	if _, err := c2.Counter.OpenScan(r.Number, scans[1].Scan); !errors.Is(err, event.CaseErased) {
		t.Errorf("after the erasure: %v", err)
	}
	apptest.Must(t, s.c.Close())
	apptest.Must(t, c2.Close())
	w.StopHub()
	w.StopCentre()
	inClear(t, w, "after everything has ended")
}

// inClear looks for the canary in every file of every place.
func inClear(t *testing.T, w *apptest.World, when string) {
	t.Helper()
	files, err := walk(w.Dir, func(path string, raw []byte) {
		for _, secret := range []string{"CANARY-7731", "张三丰", "%PDF-", "\xff\xd8\xff\xdb"} {
			if bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, utf16le(secret)) {
				t.Errorf("%s %q stands in clear in %s", when, secret, path)
			}
		}
	})
	if errors.Is(err, os.ErrNotExist) { // SQLite's journal went while we looked
		inClear(t, w, when)
		return
	}
	apptest.Must(t, err)
	if files < 10 {
		t.Errorf("looked at %d files only", files)
	}
}

// TestAScanOfAnotherApplicationIsTakenOff attaches two scans, one of them wrongly, and has two people take it off: it
// is shown nowhere any more, no place keeps a chunk of it, also where the hub was away when it was scanned, and the
// other one stays.
func TestAScanOfAnotherApplicationIsTakenOff(t *testing.T) {
	t.Parallel()
	w, s, o := scanOffice(t)
	r := o.takeWith(t, "i1")
	attach := func(name string, content []byte) string {
		t.Helper()
		f := s.scan(name, content)
		list, err := s.c.Counter.AttachScan("attach "+name, r.Number, f.Name, f.Mark, 1)
		apptest.Must(t, err)
		return list[len(list)-1].Scan
	}
	right, wrong := photo(t), letter(90_000, 3)
	attach("right.jpg", right)
	scan := attach("wrong.pdf", wrong)
	apptest.Eventually(t, "both are at the centre", func() bool { return len(centreOf(w.Centre).contents(t, r.Number)) == 2 })
	takeOff := func(n int, scan string) {
		t.Helper()
		if _, err := s.c.Counter.ProposeAmendment(fmt.Sprint("off", n), r.Number, screen.AmendWish{Field: "scan", Scan: scan, Cause: "misplaced"}); err != nil {
			t.Fatal(err)
		}
	}
	takeOff(1, scan)
	if got := savedOf(t, s.c, r.Number); len(got) != 2 {
		t.Errorf("before anybody checked %d scans are left", len(got))
	}
	c2 := secondCounter(t, w)
	page := opens(t, c2, r.Number, "correct", func(p screen.CasePage) bool { return len(p.Amendments) == 1 })
	if a := page.Amendments[0]; a.Scan != scan || a.Old != "wrong.pdf" || a.Material == "" || !a.May {
		t.Errorf("the second person sees %+v", a)
	}
	if _, err := c2.Counter.OpenScan(r.Number, scan); err != nil {
		t.Errorf("the second person looks at it: %v", err)
	}
	c, err := w.Hub.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	chunk, err := w.Hub.Scans.Chunk(t.Context(), string(c.Application), scan, 0)
	apptest.Must(t, err)
	left := func(chunk []byte) (in []string) {
		for _, at := range []string{"hub", "centre", "c1"} {
			for _, suffix := range []string{"", "-wal"} {
				if b, err := os.ReadFile(filepath.Join(w.Dir, at, "scans.db"+suffix)); err == nil && bytes.Contains(b, chunk[2000:2400]) {
					in = append(in, at+suffix)
				}
			}
		}
		return in
	}
	if len(left(chunk)) < 3 {
		t.Fatalf("its bytes are found in %v alone: this test would find them nowhere", left(chunk))
	}
	_, err = c2.Counter.CheckAmendment("check1", r.Number, page.Amendments[0].Sum, true, "")
	apptest.Must(t, err)
	page = opens(t, c2, r.Number, "ask", func(p screen.CasePage) bool { return len(p.Scans) == 1 && p.Scans[0].Name == "right.jpg" })
	if a := page.Amendments[0]; a.State != "passed" || a.Old != "" {
		t.Errorf("afterwards %+v", a)
	}
	if _, err := c2.Counter.OpenScan(r.Number, scan); !errors.Is(err, event.ScanElsewhere) {
		t.Errorf("it is shown all the same: %v", err)
	}
	none := func(scan string) func() bool {
		return func() bool {
			for _, at := range []string{"hub", "centre", "c1"} {
				if chunksIn(t, filepath.Join(w.Dir, at, "scans.db"), scan) > 0 {
					return false
				}
			}
			return true
		}
	}
	apptest.Eventually(t, "no place has a chunk of it", none(scan))
	apptest.Eventually(t, "no byte of it is in any file", func() bool { return len(left(chunk)) == 0 })

	// With the hub away a page is scanned, and found to be wrong before anybody else has it.
	w.StopHub()
	apptest.Eventually(t, "the counter is alone", func() bool { return !s.c.Machine.Hub.Line().Reached })
	scan = attach("again.pdf", wrong)
	chunk = chunkIn(t, filepath.Join(w.Dir, "c1", "scans.db"), scan)
	takeOff(2, scan)
	_, err = s.c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "accepted"}})
	apptest.Must(t, err)
	_, err = s.c.Counter.SignOut()
	apptest.Must(t, err)
	signIn(t, s.c, "li", "135790", "A01", "A")
	page = opens(t, s.c, r.Number, "correct", func(p screen.CasePage) bool { return len(p.Amendments) == 2 })
	_, err = s.c.Counter.CheckAmendment("check2", r.Number, page.Amendments[1].Sum, true, "")
	apptest.Must(t, err)
	w.StartHub()
	reached(t, s.c)
	apptest.Eventually(t, "nothing is owed", func() bool {
		_, below, _, err := s.c.Machine.Book.Unsaved(t.Context())
		return err == nil && below == 0
	})
	apptest.Eventually(t, "no place has a chunk of it", none(scan))
	apptest.Eventually(t, "no byte of it is in any file", func() bool { return len(left(chunk)) == 0 })
	if at := centreOf(w.Centre).contents(t, r.Number); len(at) != 1 || !bytes.Equal(at[0], right) {
		t.Errorf("at the centre are %d scans", len(at))
	}
}

// TestScansGoByFileToo scans at a counter that never reaches its hub again: the file that a person carries brings what
// was scanned to the hub, and so to the centre; a second time it changes nothing, and neither does the counter that
// comes back.
func TestScansGoByFileToo(t *testing.T) {
	t.Parallel()
	w, s, o := scanOffice(t)
	w.StopHub()
	r := o.takeWith(t, "i1")
	content := letter(400_000, 5)
	f := s.scan("contract.pdf", content)
	_, err := s.c.Counter.AttachScan("a1", r.Number, f.Name, f.Mark, 1)
	apptest.Must(t, err)
	g := s.scan("late.pdf", letter(70_000, 6)) // of two chunks; the first one has seven
	_, err = s.c.Counter.AttachScan("a2", r.Number, g.Name, g.Mark, 1)
	apptest.Must(t, err)
	apptest.Must(t, s.c.Close())
	hub, counter, now := filepath.Join(w.Dir, "hub"), filepath.Join(w.Dir, "c1"), time.UnixMilli(w.Clock.Now())
	key, err := folder.PublicKey(hub)
	apptest.Must(t, err)
	out, err := node.Export(t.Context(), counter, false, []ed25519.PublicKey{key}, now)
	apptest.Must(t, err)
	if out.Scans != 2 || out.Left != 0 || bytes.Contains(out.File, []byte(canary)) {
		t.Fatalf("%d scans are in the file, %d were left", out.Scans, out.Left)
	}
	// A page of it that cannot be read keeps nothing else from being exported.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(counter, "scans.db"))
	apptest.Must(t, err)
	_, err = db.Exec("CREATE TABLE aside AS SELECT * FROM chunk WHERE no = 5; UPDATE chunk SET body = zeroblob(length(body)) WHERE no = 5")
	apptest.Must(t, err)
	less, err := node.Export(t.Context(), counter, false, []ed25519.PublicKey{key}, now)
	apptest.Must(t, err)
	if less.Scans != 1 || len(less.Unreadable) != 1 || less.Events != out.Events {
		t.Errorf("with a bad page %d events and %d scans, and %v", less.Events, less.Scans, less.Unreadable)
	}
	_, err = db.Exec("UPDATE chunk SET body = (SELECT body FROM aside) WHERE no = 5; DROP TABLE aside")
	apptest.Must(t, errors.Join(err, db.Close()))
	for range 2 {
		in, err := node.Import(t.Context(), hub, out.File, true, now)
		apptest.Must(t, err)
		if in.Scans != 2 || len(in.Refused) > 0 {
			t.Errorf("of the file came %+v", in)
		}
	}
	w.StartHub()
	at := func() [][]byte { return centreOf(w.Centre).contents(t, r.Number) }
	apptest.Eventually(t, "it is at the centre", func() bool { got := at(); return len(got) == 2 && bytes.Equal(got[0], content) })
	s.c = w.Terminal(config.Counter, "c1", s.set)
	reached(t, s.c)
	apptest.Eventually(t, "the counter hears of it", func() bool {
		here, below, _, err := s.c.Machine.Book.Unsaved(t.Context())
		return err == nil && here+below == 0
	})
	if got := at(); len(got) != 2 {
		t.Errorf("%d scans are at the centre", len(got))
	}
}

// chunkIn gives the first chunk of a scan in a binder's file.
func chunkIn(t *testing.T, path, scan string) (body []byte) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	apptest.Must(t, err)
	defer db.Close()
	apptest.Must(t, db.QueryRow("SELECT body FROM chunk WHERE scan = ? AND no = 0", scan).Scan(&body))
	return body
}

// chunksIn counts the chunks of a scan in a binder's file.
func chunksIn(t *testing.T, path, scan string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	apptest.Must(t, err)
	defer db.Close()
	apptest.Must(t, db.QueryRow("SELECT count(*) FROM chunk WHERE scan = ?", scan).Scan(&n))
	return n
}

// TestTwentyMegabytesTravel lets the largest scan go up. Calls go on meanwhile: each waits for one chunk at most. Then the hub
// is stopped in the middle, and the counter: what came stays, and the scan arrives whole.
func TestTwentyMegabytesTravel(t *testing.T) {
	w, s, o := scanOffice(t)
	r := o.takeWith(t, "i1")
	_, err := s.c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "accepted"}})
	apptest.Must(t, err)
	visit := func(n int) time.Duration {
		t.Helper()
		issue(t, o.k, "A")
		for began := time.Now(); ; began = time.Now() { // until the hub has heard of the ticket
			_, err := s.c.Counter.Next(fmt.Sprint("v", n))
			if errors.Is(err, event.NobodyWaits) {
				continue
			}
			took := time.Since(began)
			apptest.Must(t, err)
			_, err = s.c.Counter.Start()
			apptest.Must(t, err)
			_, err = s.c.Counter.Finish([]screen.Outcome{{Outcome: "advice"}})
			apptest.Must(t, err)
			return took
		}
	}
	var before, during []time.Duration
	for n := range 5 {
		before = append(before, visit(n))
	}
	content := letter(intake.ScanMost, 4)
	f := s.scan("most.pdf", content)
	began := time.Now()
	list, err := s.c.Counter.AttachScan("a1", r.Number, f.Name, f.Mark, 0)
	apptest.Must(t, err)
	kept := time.Since(began)
	c, err := s.c.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	came := func() (n int) {
		for no := range intake.ChunkMost {
			if _, err := w.Hub.Scans.Chunk(t.Context(), string(c.Application), list[0].Scan, no); err == nil {
				n++
			}
		}
		return n
	}
	for n := 5; n < 15; n++ {
		during = append(during, visit(n))
	}
	on := came()
	for _, list := range [][]time.Duration{before, during} {
		slices.Sort(list)
	}
	t.Logf("20 MB kept here after %s; a call took %s (at most %s) before, %s (at most %s) while %d of %d chunks came",
		kept.Round(time.Millisecond), before[len(before)/2], before[len(before)-1], during[len(during)/2], during[len(during)-1], on, intake.ChunkMost)
	if last := during[len(during)-1]; last > 1500*time.Millisecond {
		t.Errorf("a call took %s while a scan travelled", last)
	}
	if on == intake.ChunkMost {
		t.Fatal("all of it came before anything was stopped: this test shows nothing")
	}
	apptest.Eventually(t, "a part is in the hall", func() bool { return came() > 5 })
	w.StopHub()
	w.StartHub()
	part := came()
	if part <= 5 || part == intake.ChunkMost {
		t.Errorf("%d chunks were kept of a part", part)
	}
	apptest.Eventually(t, "more is in the hall", func() bool { return came() > part })
	apptest.Must(t, s.c.Close())
	s.c = w.Terminal(config.Counter, "c1", s.set)
	apptest.Eventually(t, "20 MB are at the centre", func() bool {
		at := centreOf(w.Centre).contents(t, r.Number)
		return len(at) == 1 && bytes.Equal(at[0], content)
	})
	t.Logf("20 MB at the centre after %s, two stops included", time.Since(began).Round(time.Millisecond))
}

// TestWhatWaitsGoesWithItsVisit attaches to an application that is never taken: nothing of it leaves the counter, nothing is left
// there, and the scanner's file stays. Before that the counter has less room than a scan may take: it is refused as a whole
// with a sentence, and what else is saved is saved.
func TestWhatWaitsGoesWithItsVisit(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	room := uint64(100 << 20)
	w.Free = func() (uint64, error) { return room, nil }
	s := newScanner(t)
	k := w.Terminal(config.Kiosk, "k1")
	s.c = w.Terminal(config.Counter, "c1", s.set)
	reached(t, k, s.c)
	o := officeAt(t, w, k, s.c)
	f := s.scan("scan.pdf", letter(100_000, 5))
	if _, err := s.c.Counter.AttachDraft(o.ticket, o.item, f.Name, f.Mark, 1); !errors.Is(err, event.ScanRoom) {
		t.Errorf("without room: %v", err)
	}
	r := o.takeWith(t, "i1")
	if _, err := s.c.Counter.AttachScan("a1", r.Number, f.Name, f.Mark, 1); !errors.Is(err, event.ScanRoom) {
		t.Errorf("without room: %v", err)
	}
	issue(t, k, "A")
	room = 1 << 40
	if list, err := s.c.Counter.AttachScan("a1", r.Number, f.Name, f.Mark, 1); err != nil || len(list) != 1 {
		t.Errorf("with room again: %+v, %v", list, err)
	}
	noted := kinds(t, s.c.Store)[intake.KindAttached]
	list, err := s.c.Counter.AttachDraft(o.ticket, o.item, f.Name, f.Mark, 1)
	apptest.Must(t, err)
	if n := kinds(t, s.c.Store)[intake.KindAttached] - noted; n != 0 {
		t.Errorf("%d scans are noted of an application that nobody has taken", n)
	}
	if _, err := s.c.Counter.AttachDraft("t-other", o.item, f.Name, f.Mark, 1); !errors.Is(err, event.NoTicket) {
		t.Errorf("to a visit that is not at this window: %v", err)
	}
	if _, err := s.c.Counter.AttachDraft(o.ticket, o.item, f.Name, "other", 1); !errors.Is(err, event.ScanGone) {
		t.Errorf("a file that was changed since: %v", err)
	}
	_, err = s.c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "advice"}})
	apptest.Must(t, err)
	apptest.Eventually(t, "nothing waits any more", func() bool {
		c, err := s.c.Machine.Scans.Saved(t.Context(), intake.Scan{Scan: intake.ScanID(list[0].Scan)})
		apptest.Must(t, err)
		return c == ""
	})
	if !s.there(f.Name) {
		t.Error("the scanner's file is gone")
	}
}
