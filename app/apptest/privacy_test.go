package apptest_test

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/screen"
)

// TestAnIdentityNumberIsInNoFile lives 100 visits of one person: the
// number is typed at the kiosk where items are searched and where a ticket is looked up, the
// card is read at the counter, an application is taken with it. Afterwards the number, the
// name and the address are in clear in no file of any place, in no log, on no slip and in no
// code. That the same search finds a number that was planted shows that it can find something.
func TestAnIdentityNumberIsInNoFile(t *testing.T) {
	t.Parallel()
	visits := 100
	if testing.Short() {
		visits = 10
	}
	w := apptest.New(t)
	log, err := os.Create(filepath.Join(w.Dir, "log"))
	apptest.Must(t, err)
	defer log.Close()
	w.LogTo(log)
	var mu sync.Mutex
	var texts []string
	var papers []*image.Gray
	_, printer := w.Printer(func(s device.Sheet) {
		mu.Lock()
		defer mu.Unlock()
		texts, papers = append(texts, s.Text), append(papers, s.Image)
	})
	twin, err := device.StartReaderTwin("serial:" + filepath.Join(w.Dir, "reader"))
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Printer = printer })
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Reader = twin.Address() })
	other, board := w.Terminal(config.Counter, "c2"), w.Terminal(config.Board, "b1")
	reached(t, k, c, other, board)
	signIn(t, c, "wang", "246810", "A01", "A")
	card := device.SampleCard()
	twin.Lay(&card)
	item := k.Machine.Guides.Now().ItemsIn("A")[0]
	for n := range visits {
		if found := finds(t, k, string(card.Number)); len(found) != 0 {
			t.Fatalf("a person's number finds %d items", len(found))
		}
		left, err := k.Kiosk.LeaveQuestion(fmt.Sprint("q", n), "我的证件号码是"+string(card.Number)+"，能办吗？", "zh")
		if err != nil || strings.Contains(left, string(card.Number)) {
			t.Fatalf("a question is left as %q: %v", left, err)
		}
		if p, err := k.Kiosk.Progress(string(card.Number)); err == nil && p.Found {
			t.Fatalf("a number that is no ticket's finds %+v", p)
		}
		p := issue(t, k, "A", string(item.Code))
		apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next(fmt.Sprint("n", n)); return err == nil })
		_, err = c.Counter.Start()
		apptest.Must(t, err)
		id, err := c.Counter.ReadCard()
		apptest.Must(t, err)
		in := screen.Intake{Request: fmt.Sprint("i", n), Ticket: p.Ticket, Item: string(item.Code), Applicant: string(id.Name), DocumentType: "resident_id", DocumentNumber: string(id.Number)}
		for _, m := range item.Materials {
			in.Materials = append(in.Materials, screen.MaterialRow{No: m.No, State: "received"})
		}
		if _, err := c.Counter.TakeIntake(in); err != nil {
			t.Fatal(err)
		}
		_, err = c.Counter.Finish([]screen.Outcome{{Item: string(item.Code), Outcome: "accepted"}})
		apptest.Must(t, err)
	}
	w.StopHub() // a line that breaks is worth words in the log
	w.StartHub()
	reached(t, k, c, other, board)
	converged(t, w, k, c, other, board)
	apptest.Eventually(t, "all slips are out", func() bool { mu.Lock(); defer mu.Unlock(); return len(papers) == visits })
	mu.Lock()
	defer mu.Unlock()
	for i, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) || strings.Contains(readQR(t, papers[i]), secret) {
				t.Fatalf("%s is on slip %d", secret, i)
			}
		}
	}
	// The WAL is there as long as a terminal runs, so it is looked at before and after its end.
	files := 0
	clean := func() {
		for _, name := range []string{"k1", "c2", "b1"} {
			files += holds(t, filepath.Join(w.Dir, name))
		}
	}
	clean()
	if files < 9 {
		t.Errorf("looked at %d files only", files)
	}
	for _, at := range []interface{ Close() error }{k, other, board} {
		apptest.Must(t, at.Close())
	}
	clean()
	raw, err := os.ReadFile(log.Name())
	apptest.Must(t, err)
	if hits(raw) != 0 || len(raw) == 0 {
		t.Errorf("the log has %d bytes and tells %d of what is on the card", len(raw), hits(raw))
	}
	// Where the application is, it is sealed.
	for _, name := range []string{"c1", "hub", "centre"} {
		files += holds(t, filepath.Join(w.Dir, name))
	}
	planted := filepath.Join(w.Dir, "c1", "planted")
	apptest.Must(t, os.WriteFile(planted, []byte(card.Number), 0o600))
	found := 0
	_, err = walk(filepath.Join(w.Dir, "c1"), func(_ string, raw []byte) { found += hits(raw) })
	apptest.Must(t, err)
	if found == 0 {
		t.Error("a number in clear is not found: this test finds nothing anywhere")
	}
	t.Logf("%d visits with one identity number: 0 hits in %d files, a log of %d bytes and on %d slips", visits, files, len(raw), len(papers))
}
