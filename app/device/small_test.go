package device_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/device"
)

// eventually waits until something is so, at most ten seconds.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.Now().Add(10 * time.Second)
	for !so() {
		if time.Now().After(limit) {
			t.Fatalf("not within ten seconds: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

// heard collects what a running scanner tells.
type heard struct {
	mu     sync.Mutex
	codes  []string
	states []device.State
}

func (h *heard) state() device.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.states) == 0 {
		return device.None
	}
	return h.states[len(h.states)-1]
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.codes)
}

// listening runs a driver at a twin.
func listening(t *testing.T, change func(*device.Scanner)) (*device.ScannerTwin, *heard) {
	t.Helper()
	twin, err := device.StartScannerTwin("serial:" + filepath.Join(t.TempDir(), "scanner"))
	if err != nil {
		t.Fatal(err)
	}
	s, h := device.NewScanner(twin.Address()), &heard{}
	s.Again = time.Millisecond
	change(s)
	ctx, cancel := context.WithCancel(background)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx, func(text string) {
			h.mu.Lock()
			h.codes = append(h.codes, text)
			h.mu.Unlock()
		}, func(state device.State) {
			h.mu.Lock()
			h.states = append(h.states, state)
			h.mu.Unlock()
		})
	}()
	t.Cleanup(func() { cancel(); <-done; end(t, twin) })
	eventually(t, "the scanner is open", func() bool { return h.state() == device.OK })
	return twin, h
}

func TestScans(t *testing.T) {
	twin, h := listening(t, func(*device.Scanner) {})
	long := strings.Repeat("A", 4296)
	for _, b := range []string{"OW1:A\r", "OW1:B\n", "OW1:C\r\n", "\r\n\r\n", "OW1:\x07D\r\n", "\xff\xfe\r\n", long + "B\r\n", "OW1:", "E\r\n", long + "\r\n", "中文\r\n"} {
		if err := twin.Send([]byte(b)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"OW1:A", "OW1:B", "OW1:C", "OW1:E", long, "中文"}
	eventually(t, "all codes are read", func() bool { return len(h.all()) >= len(want) })
	if got := h.all(); !slices.Equal(got, want) {
		t.Errorf("codes %.90q", got)
	}
}

func TestAScanThatBreaksOffIsNotTheBeginOfTheNext(t *testing.T) {
	twin, h := listening(t, func(s *device.Scanner) { s.Gap = 10 * time.Millisecond })
	if err := twin.Send([]byte("OW1:HALF")); err != nil {
		t.Fatal(err)
	}
	// The next code comes a pause later; the wait is the thing that is tested.
	<-time.After(100 * time.Millisecond)
	if err := twin.Scan("OW1:WHOLE"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a code is read", func() bool { return len(h.all()) > 0 })
	if got := h.all(); !slices.Equal(got, []string{"OW1:WHOLE"}) {
		t.Errorf("codes %q", got)
	}
}

func TestAScannerWithAPrefix(t *testing.T) {
	twin, h := listening(t, func(s *device.Scanner) { s.Prefix = "~" })
	for _, code := range []string{"OW1:A", "~OW1:B"} {
		if err := twin.Scan(code); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a code is read", func() bool { return len(h.all()) > 0 })
	if got := h.all(); !slices.Equal(got, []string{"OW1:B"}) {
		t.Errorf("codes %q", got)
	}
}

func TestAScannerThatIsPulledOutAndPutBack(t *testing.T) {
	twin, h := listening(t, func(*device.Scanner) {})
	for i, code := range []string{"OW1:A", "OW1:B", "OW1:C"} {
		if err := twin.Scan(code); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the code is read", func() bool { return len(h.all()) == i+1 })
		_ = twin.Send([]byte("OW1:TORN"))
		twin.Set(device.Off)
		eventually(t, "its absence is seen", func() bool { return h.state() == device.Off })
		twin.Set(device.OK)
		eventually(t, "its return is seen", func() bool { return h.state() == device.OK })
	}
}

func TestTheStripShows(t *testing.T) {
	type notice struct {
		unit   byte
		colour device.Colour
		text   string
	}
	shown := make(chan notice, 8)
	for _, address := range []string{"127.0.0.1:0", "serial:" + filepath.Join(t.TempDir(), "strip")} {
		twin, err := device.StartStripTwin(address, func(u byte, c device.Colour, s string) { shown <- notice{u, c, s} })
		if err != nil {
			t.Fatal(err)
		}
		strip := device.NewStrip(twin.Address() + "?unit=7")
		for text, want := range map[string]string{"请 A012 号到 B07 号窗口": "", "": "", "㐀𠀀": "", "a\x02b": "a b", strings.Repeat("请", 60): strings.Repeat("请", 48)} {
			if want == "" {
				want = text
			}
			if err := strip.Show(background, text, device.Green); err != nil {
				t.Fatal(err)
			}
			if got := <-shown; got != (notice{7, device.Green, want}) {
				t.Errorf("%q shows %+v", text, got)
			}
		}
		twin.Set(device.Off)
		if err := strip.Show(background, "x", device.Red); err == nil {
			t.Error("a strip that is pulled out shows")
		}
		twin.Set(device.OK)
		eventually(t, "the strip shows again", func() bool { return strip.Show(background, "y", device.Red) == nil })
		<-shown
		end(t, twin)
	}
}

// TestABrokenFrameDoesNotShow sends noise and frames with a wrong sum straight to a strip.
func TestABrokenFrameDoesNotShow(t *testing.T) {
	shown := make(chan string, 8)
	twin, err := device.StartStripTwin("127.0.0.1:0", func(_ byte, _ device.Colour, s string) { shown <- s })
	if err != nil {
		t.Fatal(err)
	}
	defer end(t, twin)
	conn := dial(t, twin.Address())
	for _, b := range [][]byte{{9, 9, 2, 1, 0, 200, 0}, {2, 1, 0, 1, 'x', 0, 3}, {2, 1, 0, 1, 'x', 256 - 1 - 1 - 'x', 4}, {2, 1, 0, 1, 'x', 256 - 1 - 1 - 'x', 3}} {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if got := <-shown; got != "x" || len(shown) != 0 {
		t.Errorf("%q is shown, and %d more", got, len(shown))
	}
}

func TestASignature(t *testing.T) {
	faults := map[string]http.HandlerFunc{
		"no picture":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("scribble")) },
		"a server error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:9/", http.StatusFound)
		},
		"far too much": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) },
		"an end within": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = w.Write([]byte("x"))
		},
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	for name, fault := range faults {
		twin, err := device.StartSignatureTwin("127.0.0.1:0", fault)
		if err != nil {
			t.Fatal(err)
		}
		pad := device.NewSignature(twin.Address())
		pad.SignTime = 100 * time.Millisecond
		if _, err := pad.Sign(background); err == nil {
			t.Errorf("%s is taken for a signature", name)
		}
		end(t, twin)
	}
	twin, err := device.StartSignatureTwin("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	pad := device.NewSignature(twin.Address())
	picture, err := pad.Sign(background)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Error(err)
	}
	if s, err := pad.Status(background); s != device.OK || err != nil {
		t.Errorf("state %s, %v", s, err)
	}
	twin.Set(device.Off)
	if _, err := pad.Sign(background); !errors.Is(err, device.ErrNoPad) {
		t.Errorf("without a pad: %v", err)
	}
	end(t, twin)
	if s, err := pad.Status(background); s != device.Off || err == nil {
		t.Errorf("without the service: %s, %v", s, err)
	}
	for _, address := range []string{"http://10.1.2.3:80", "http://example.invalid", "http://"} {
		if _, err := device.NewSignature(address).Sign(background); err == nil {
			t.Errorf("%s is asked for a signature", address)
		}
	}
	if s, err := device.NewSignature("").Status(background); s != device.None || err != nil {
		t.Errorf("no pad is %s, %v", s, err)
	}
}
