package device_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"onewindow/app/device"
	"onewindow/app/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var background = context.Background()

// note is a small job: a word and a cut.
func note(word string) []byte { return []byte("\x1b@" + word + "\n\x1dV\x42\x00") }

func start(t *testing.T, cut func(device.Sheet)) (*device.Twin, *device.Printer) {
	t.Helper()
	twin, err := device.StartTwin("127.0.0.1:0", "", cut)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, twin) })
	printer := device.NewPrinter(twin.Address())
	printer.AskEvery = 20 * time.Millisecond
	return twin, printer
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// wantReason checks that err is what screens know of a printer that did not print.
func wantReason(t *testing.T, err error, reason device.State) {
	t.Helper()
	var refusal *event.Refusal
	if !errors.Is(err, event.PrinterFailed) || !errors.As(err, &refusal) || refusal.Args["reason"] != string(reason) {
		t.Errorf("error %v, want %v for %s", err, event.PrinterFailed, reason)
	}
}

func TestStates(t *testing.T) {
	twin, printer := start(t, nil)
	sheets := 0
	for _, s := range []device.State{device.OK, device.PaperLow, device.PaperOut, device.CoverOpen, device.Off, device.OK} {
		twin.Set(s)
		got, err := printer.Status(background)
		if got != s || (err != nil) != (s == device.Off) {
			t.Errorf("state %s is seen as %s, %v", s, got, err)
		}
		err = printer.Print(background, note(string(s)))
		if s.Prints() {
			sheets++
			if err != nil {
				t.Errorf("%s: %v", s, err)
			}
		} else {
			wantReason(t, err, s)
		}
		if twin.Jobs() != sheets {
			t.Errorf("%s: %d sheets, want %d: a job that failed must not come out later", s, twin.Jobs(), sheets)
		}
	}
}

// TestStatusBytes has the answers that were seen on real printers (DLE EOT 1, 2, 4).
func TestStatusBytes(t *testing.T) {
	twin, _ := start(t, nil)
	conn := dial(t, twin.Address())
	for s, want := range map[device.State][]byte{device.OK: {0x12, 0x12, 0x12}, device.PaperOut: {0x1a, 0x32, 0x7e}, device.CoverOpen: {0x1a, 0x16, 0x12}} {
		twin.Set(s)
		// Asked in the middle of a picture, as a real printer must answer.
		if _, err := conn.Write([]byte{0x1d, 'v', '0', 0, 9, 0, 1, 0, 0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 4}); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := io.ReadFull(conn, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s answers % x, want % x", s, got, want)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	none := device.NewPrinter("")
	if s, err := none.Status(background); s != device.None || err != nil {
		t.Errorf("no printer is %s, %v", s, err)
	}
	wantReason(t, none.Print(background, note("x")), device.None)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := device.NewPrinter(listener.Addr().String())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	wantReason(t, gone.Print(background, note("x")), device.Off)
	if s, err := gone.Status(background); s != device.Off || err == nil {
		t.Errorf("a port where nobody listens is %s, %v", s, err)
	}
}

// TestPaperEndsWithinJob lets the paper end between two sheets of one job.
func TestPaperEndsWithinJob(t *testing.T) {
	for _, state := range []device.State{device.PaperOut, device.CoverOpen, device.Off} {
		var twin *device.Twin
		first := true
		twin, printer := start(t, func(device.Sheet) {
			if first {
				first = false
				twin.Set(state)
			}
		})
		err := printer.Print(background, append(note("one"), note("two")...))
		wantReason(t, err, state)
		// Connections are served in turn: an answer means that all of the job's was received.
		if got, _ := printer.Status(background); got != state {
			t.Errorf("state %s after the job, want %s", got, state)
		}
		twin.Set(device.OK)
		if err := printer.Print(background, note("three")); err != nil {
			t.Fatal(err)
		}
		// With Off the line broke, so the printer could not be told to forget the rest.
		if n := twin.Jobs(); n != 3 && state != device.Off {
			t.Errorf("%s: %d sheets, want the first, what was left of the second, and the third", state, n)
		}
	}
}

// TestTornJob breaks a connection off within a picture: the next job must not be
// swallowed as the rest of it.
func TestTornJob(t *testing.T) {
	var last *image.Gray
	twin, printer := start(t, func(s device.Sheet) { last = s.Image })
	conn := dial(t, twin.Address())
	if _, err := conn.Write([]byte("\x1b@\x1dv0\x00\x48\x00\xff\x00half a picture")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := printer.Print(background, note("WHOLE")); err != nil {
		t.Fatal(err)
	}
	if twin.Jobs() != 1 || last == nil || inked(last) == 0 {
		t.Errorf("%d sheets after a torn job and a whole one", twin.Jobs())
	}
}

func inked(img *image.Gray) int {
	n := 0
	for _, p := range img.Pix {
		if p < 0x80 {
			n++
		}
	}
	return n
}

func TestJobsTakeTurns(t *testing.T) {
	twin, printer := start(t, nil)
	second := device.NewPrinter(twin.Address())
	second.AnswerTime = 10 * time.Second
	printer.AnswerTime = 10 * time.Second
	var wg sync.WaitGroup
	errs := make(chan error, 32)
	for i := range 16 {
		p := printer
		if i%4 == 0 {
			p = second
		}
		wg.Go(func() { errs <- p.Print(background, note("turn")) })
		wg.Go(func() {
			_, err := p.Status(background)
			errs <- err
		})
	}
	wg.Wait()
	for range 32 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if twin.Jobs() != 16 {
		t.Errorf("%d sheets of 16 jobs", twin.Jobs())
	}
	if twin.LastByte().IsZero() {
		t.Error("the twin noted no last byte")
	}
}

// TestUnaskedStatus turns automatic status messages on, which some printers do by
// a switch: they must not be taken for answers.
func TestUnaskedStatus(t *testing.T) {
	var twin *device.Twin
	states := []device.State{device.PaperLow, device.OK, device.PaperLow}
	twin, printer := start(t, func(device.Sheet) {
		for _, s := range states {
			twin.Set(s)
		}
	})
	job := append([]byte{0x1d, 'a', 0xff}, note("a")...)
	for range 5 {
		if err := printer.Print(background, append(job, note("b")...)); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := printer.Status(background); s != device.PaperLow || err != nil {
		t.Errorf("state %s, %v", s, err)
	}
}

func TestGivingUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	// Connections are taken by the system and never answered.
	mute := device.NewPrinter(listener.Addr().String())
	mute.AnswerTime = 20 * time.Millisecond
	wantReason(t, mute.Print(background, note("x")), device.Off)
	if s, err := mute.Status(background); s != device.Off || err == nil {
		t.Errorf("a mute printer is %s, %v", s, err)
	}

	mute.AnswerTime = time.Minute
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	err = mute.Print(ctx, note("x"))
	wantReason(t, err, device.Off)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error does not say that the time was over: %v", err)
	}
	// Who waits for the turn gives up in time too.
	slow, release := context.WithCancel(background)
	done := make(chan error)
	go func() { done <- mute.Print(slow, note("x")) }()
	ctx2, cancel2 := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel2()
	wantReason(t, mute.Print(ctx2, note("y")), device.Off)
	release()
	wantReason(t, <-done, device.Off)
}

// stub is a printer that is told byte by byte what to answer.
func stub(t *testing.T, answer func(asked []byte, barrier int) []byte) (address string, received func() []byte) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		var b [1]byte
		barriers, from := 0, 0
		for {
			if _, err := conn.Read(b[:]); err != nil {
				return
			}
			all = append(all, b[0])
			if bytes.HasSuffix(all, []byte{0x1d, 'r', 1}) {
				barriers++
				from = len(all)
			}
			if tail := all[from:]; len(tail) >= 3 && bytes.Equal(tail[len(tail)-3:len(tail)-1], []byte{0x10, 4}) {
				if _, err := conn.Write(answer(tail[len(tail)-3:], barriers)); err != nil {
					return
				}
				from = len(all)
			}
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr().String(), func() []byte { <-done; return all }
}

// TestLateBarrier has a printer that answers the barrier only between two questions
// about what is wrong.
func TestLateBarrier(t *testing.T) {
	asked := 0
	address, received := stub(t, func(_ []byte, barriers int) []byte {
		if barriers == 0 {
			return []byte{0x12}
		}
		if asked++; asked == 7 {
			return []byte{0x00, 0x12}
		}
		return []byte{0x12}
	})
	p := device.NewPrinter(address)
	p.AskEvery = 10 * time.Millisecond
	if err := p.Print(background, note("late")); err != nil {
		t.Error(err)
	}
	if !bytes.Contains(received(), note("late")) {
		t.Error("the job did not arrive as it was")
	}
}

// TestTroubleAtWork has printers that stop within a job.
func TestTroubleAtWork(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers map[byte]byte
		want    device.State
	}{
		{"paper out", map[byte]byte{1: 0x1a, 2: 0x32, 4: 0x7e}, device.PaperOut},
		{"only the sensor says paper out", map[byte]byte{1: 0x1a, 4: 0x72}, device.PaperOut},
		{"cover open", map[byte]byte{1: 0x1a, 2: 0x16}, device.CoverOpen},
		{"knife jammed", map[byte]byte{1: 0x1a, 2: 0x52, 3: 0x1a}, device.Off},
		{"head broken", map[byte]byte{1: 0x1a, 3: 0x32}, device.Off},
		{"offline without a reason", map[byte]byte{1: 0x1a}, device.Off},
	} {
		address, received := stub(t, func(asked []byte, barriers int) []byte {
			if a, ok := c.answers[asked[2]]; ok && barriers > 0 {
				return []byte{a}
			}
			return []byte{0x12}
		})
		p := device.NewPrinter(address)
		p.AskEvery = 10 * time.Millisecond
		wantReason(t, p.Print(background, note("x")), c.want)
		if !bytes.HasSuffix(received(), []byte{0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8}) {
			t.Errorf("%s: the printer was not told to forget the job", c.name)
		}
	}
}

// TestNeverDone has a printer that is fine and never done.
func TestNeverDone(t *testing.T) {
	address, _ := stub(t, func([]byte, int) []byte { return []byte{0x12} })
	p := device.NewPrinter(address)
	p.JobTime = 100 * time.Millisecond
	wantReason(t, p.Print(background, note("x")), device.Off)
}

// TestPaperFolder has folders that cannot take paper.
func TestPaperFolder(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if twin, err := device.StartTwin("127.0.0.1:0", filepath.Join(file, "paper"), nil); err == nil {
		end(t, twin)
		t.Error("started with a folder below a file")
	}
	if twin, err := device.StartTwin("127.0.0.1:99999", "", nil); err == nil {
		end(t, twin)
		t.Error("started on a port that does not exist")
	}
	gone := filepath.Join(folder, "gone")
	twin, err := device.StartTwin("127.0.0.1:0", gone, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := device.NewPrinter(twin.Address()).Print(background, note("x")); err != nil {
		t.Errorf("a printer prints whether or not its paper is kept: %v", err)
	}
	if err := twin.Close(); err == nil {
		t.Error("the twin does not say that its paper was not kept")
	}
}
