package apptest_test

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// stateOf is what a list of devices says of one.
func stateOf(list []screen.Device, name, kind string) screen.Device {
	for _, d := range list {
		if d.Terminal == name && d.Kind == kind {
			return d
		}
	}
	return screen.Device{}
}

// TestStaffSeesWhatAKioskNeeds lets a kiosk's paper end: its own page says so, and the
// hall's counter does within the time of two beats, until paper is there.
func TestStaffSeesWhatAKioskNeeds(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	twin, address := w.Printer(nil)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Printer = address })
	c, b := w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1")
	reached(t, k, c, b)
	apptest.Eventually(t, "the printer is well", func() bool { return stateOf(k.Kiosk.Home().Standing.Devices, "k1", "printer").State == "ok" })
	twin.Set(device.PaperOut)
	if page := issue(t, k, "A"); page.Paper != "paper_out" || page.QR == "" || page.State != "waiting" {
		t.Fatalf("paper %q", page.Paper)
	}
	own := stateOf(k.Kiosk.Home().Standing.Devices, "k1", "printer")
	if own.State != "paper_out" || own.Next != "load_paper" || own.SinceMS < apptest.Start {
		t.Errorf("the kiosk says %+v", own)
	}
	alert := func() screen.Device {
		page, err := c.Counter.Page()
		apptest.Must(t, err)
		return stateOf(page.Standing.Alerts, "k1", "printer")
	}
	apptest.Eventually(t, "the counter says so", func() bool { return alert() == own })
	if list := b.Board.Page().Standing.Alerts; len(list) > 0 {
		t.Errorf("the public board shows %+v", list)
	}
	twin.Set(device.OK)
	apptest.Eventually(t, "the kiosk has paper again", func() bool { return stateOf(k.Kiosk.Home().Standing.Devices, "k1", "printer").State == "ok" })
	apptest.Eventually(t, "the counter says nothing more", func() bool { return alert() == screen.Device{} })
}

// TestTheStripFollowsTheWindow has the strip say what the counter does, also after its plug was out.
func TestTheStripFollowsTheWindow(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	var mu sync.Mutex
	shown := ""
	twin, err := device.StartStripTwin("serial:"+filepath.Join(w.Dir, "strip"), func(_ byte, _ device.Colour, text string) {
		mu.Lock()
		defer mu.Unlock()
		shown = text
	})
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	says := func(what string) {
		t.Helper()
		apptest.Eventually(t, "the strip says "+what, func() bool { mu.Lock(); defer mu.Unlock(); return shown == what })
	}
	k := w.Terminal(config.Kiosk, "k1")
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Strip = twin.Address() })
	says("暂停服务")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	says("A01 请稍候叫号")
	p := issue(t, k, "A")
	apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next("n1"); return err == nil })
	says("请" + p.Number + "号到A01窗口")
	twin.Set(device.Off)
	_, err = c.Counter.Start()
	apptest.Must(t, err) // a strip without a plug holds nobody up
	apptest.Eventually(t, "the counter sees that the strip is off", func() bool {
		page, err := c.Counter.Page()
		apptest.Must(t, err)
		return stateOf(page.Standing.Devices, "c1", "strip").Next == "check_cable"
	})
	twin.Set(device.OK)
	says(p.Number + "号 办理中")
}

// TestAScanReachesThePage scans a slip at a serial scanner: the page hears its text and
// starts the visit with it.
func TestAScanReachesThePage(t *testing.T) {
	twin, err := device.StartScannerTwin("serial:" + filepath.Join(t.TempDir(), "scanner"))
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	c := apptest.Alone(t, config.Counter, terminal.Options{}, func(s *config.Settings) { s.Scanner = twin.Address() })
	server := httptest.NewServer(c.Bridge(fstest.MapFS{}))
	defer server.Close()
	res, err := http.Get(server.URL + "/events")
	apptest.Must(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // the stream has begun: nothing is lost from here on
	apptest.Eventually(t, "the scanner is open", func() bool {
		page, err := c.Counter.Page()
		apptest.Must(t, err)
		return stateOf(page.Standing.Devices, "c1", "scanner").State == "ok"
	})
	apptest.Must(t, twin.Scan("OW1:TEST \" CODE"))
	for kind := ""; lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			kind = name
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && kind == "scan" {
			if data != `{"text":"OW1:TEST \" CODE"}` {
				t.Errorf("the page hears %s", data)
			}
			return
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
}

// TestACardIsNowhereKept reads a card at a counter and looks for its number, its name and
// its address in everything that the terminal writes.
func TestACardIsNowhereKept(t *testing.T) {
	w := apptest.New(t)
	twin, err := device.StartReaderTwin("serial:" + filepath.Join(w.Dir, "reader"))
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	log, err := os.Create(filepath.Join(w.Dir, "log"))
	apptest.Must(t, err)
	defer log.Close()
	w.LogTo(log)
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Reader = twin.Address() })
	if _, err := c.Counter.ReadCard(); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("read without a clerk: %v", err)
	}
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	card := device.SampleCard()
	twin.Lay(&card)
	server := httptest.NewServer(c.Bridge(fstest.MapFS{}))
	defer server.Close()
	call := func() string {
		res, err := http.Post(server.URL+"/rpc/Counter.ReadCard", "application/json", strings.NewReader("[]"))
		apptest.Must(t, err)
		defer res.Body.Close()
		var body bytes.Buffer
		_, err = body.ReadFrom(res.Body)
		apptest.Must(t, err)
		return body.String()
	}
	if got, want := call(), `{"value":{"name":"罗庆(样例)","number":"99010820000907755X","birth":"2000-09-07","address":"样例区江南街道样例路100号","validTo":"2040-01-01","expired":false}}`; strings.TrimSpace(got) != want {
		t.Errorf("the page gets %s", got)
	}
	card.Birth = "20000908"
	twin.Lay(&card) // what is wrong with a card must not tell of it either
	if got := call(); !strings.Contains(got, `"reason":"unreadable"`) || strings.Contains(got, "9901") {
		t.Errorf("the page gets %s", got)
	}
	// The WAL is there as long as the terminal runs, so it is looked at before and after its end.
	if n := holds(t, w.Dir); n < 8 {
		t.Errorf("looked at %d files only", n)
	}
	apptest.Must(t, c.Close())
	holds(t, w.Dir)
}

// secrets are what is on the sample card.
var secrets = []string{"99010820000907755X", "罗庆", "样例路100号", "20000907"}

// hits counts the secrets that some bytes tell.
func hits(raw []byte) (n int) {
	for _, secret := range secrets {
		if bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, utf16le(secret)) {
			n++
		}
	}
	return n
}

// walk reads every file of a folder, and counts them.
func walk(dir string, look func(path string, raw []byte)) (files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		look(path, raw)
		return err
	})
	return files, err
}

// holds looks for secrets in every file of a folder, and counts them.
func holds(t *testing.T, dir string) int {
	t.Helper()
	files, err := walk(dir, func(path string, raw []byte) {
		if n := hits(raw); n > 0 {
			t.Errorf("%d of what is on the card is in %s", n, path)
		}
	})
	apptest.Must(t, err)
	return files
}

// utf16le is how a card has a text.
func utf16le(s string) (b []byte) {
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// A reader that is pulled out is an error with a next step, and reads again when it is back.
func TestAReaderThatIsPulledOut(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	twin, err := device.StartReaderTwin("serial:" + filepath.Join(w.Dir, "reader"))
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Reader = twin.Address() })
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	card := device.SampleCard()
	twin.Lay(&card)
	_, err = c.Counter.ReadCard()
	apptest.Must(t, err)
	twin.Set(device.Off)
	var no *event.Refusal
	if _, err = c.Counter.ReadCard(); !errors.As(err, &no) || no.Code != event.ReaderFailed.Code || no.Args["reason"] != "off" {
		t.Errorf("without a plug: %v", err)
	}
	state := func() screen.Device {
		page, err := c.Counter.Page()
		apptest.Must(t, err)
		return stateOf(page.Standing.Devices, "c1", "reader")
	}
	if d := state(); d.State != "off" || d.Next != "check_cable" {
		t.Errorf("the page says %+v", d)
	}
	twin.Set(device.OK)
	begin := time.Now()
	apptest.Eventually(t, "the reader is back", func() bool { return state().State == "ok" })
	t.Logf("seen again after %s", time.Since(begin).Round(time.Millisecond))
	_, err = c.Counter.ReadCard()
	apptest.Must(t, err)
}
