package apptest_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/app/slip"
	"onewindow/app/store"
)

const kills = 50

// TestAKioskKilledWhileIssuing kills the real program 50 times at random
// moments while four people tap, and then compares what is on paper and what was
// answered with what is in the database.
func TestAKioskKilledWhileIssuing(t *testing.T) {
	t.Parallel()
	dir, program := t.TempDir(), built(t)
	var mu sync.Mutex
	var sheets []image.Image
	twin, err := device.StartTwin("127.0.0.1:0", "", func(s device.Sheet) {
		mu.Lock()
		sheets = append(sheets, s.Image)
		mu.Unlock()
	})
	apptest.Must(t, err)
	defer twin.Close()
	s := config.Default(config.Kiosk)
	s.Data, s.Hub, s.Printer = filepath.Join(dir, "data"), "nats://127.0.0.1:1", twin.Address()
	raw, err := json.Marshal(s)
	apptest.Must(t, err)
	settings := filepath.Join(dir, "terminal.json")
	apptest.Must(t, os.WriteFile(settings, raw, 0o600))

	random := rand.New(rand.NewPCG(7, 7))
	answered := map[string]string{} // request -> number, as a page saw it
	pending := []string{}           // requests whose answer was lost
	asked := 0
	for n := range kills {
		base, cmd := start(t, program, settings)
		// What a page does after a restart: it repeats the request that got no answer.
		for _, r := range pending {
			if number, ok := tap(base, r); ok {
				answered[r] = number
			}
		}
		pending = nil
		stop := make(chan struct{})
		var people sync.WaitGroup
		for person := range 4 {
			people.Add(1)
			go func() {
				defer people.Done()
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					r := fmt.Sprintf("kill%d-%d-%d", n, person, i)
					number, ok := tap(base, r)
					mu.Lock()
					asked++
					if ok {
						answered[r] = number
					} else {
						pending = append(pending, r)
					}
					mu.Unlock()
					if !ok {
						return
					}
				}
			}()
		}
		<-time.After(time.Duration(random.IntN(120)) * time.Millisecond)
		apptest.Must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		close(stop)
		people.Wait()
	}
	tickets, known := inspect(t, s)
	mu.Lock()
	defer mu.Unlock()
	for r, number := range answered {
		if !tickets[number] {
			t.Errorf("request %s was answered with %s, which is not in the database", r, number)
		}
	}
	if len(answered) == 0 || len(sheets) == 0 {
		t.Fatalf("%d answers, %d slips: the test has tested nothing", len(answered), len(sheets))
	}
	for i, sheet := range sheets {
		id := read(t, sheet, s)
		if !known[id] {
			t.Errorf("slip %d carries event %s, which is not in the database", i, id)
		}
	}
	t.Logf("%d kills, %d taps, %d tickets, %d answers, %d slips: 0 lost, 0 doubled, 0 slips without an event", kills, asked, len(tickets), len(answered), len(sheets))
}

// built builds the terminal's program.
func built(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "onewindow")
	build := exec.Command("go", "build", "-o", program, "onewindow/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the terminal: %v\n%s", err, out)
	}
	return program
}

// start runs the program and gives the address of its pages.
func start(t *testing.T, program, settings string) (string, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(program, "--settings", settings, "--http", "127.0.0.1:0")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	apptest.Must(t, err)
	apptest.Must(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the terminal did not come back: %v\n%s", err, problems.String())
	}
	_, base, _ := strings.Cut(strings.TrimSpace(line), " on ")
	return base, cmd
}

// tap asks for a ticket as the page does.
func tap(base, request string) (number string, ok bool) {
	client := http.Client{Timeout: 5 * time.Second}
	body := fmt.Sprintf(`[{"request":%q,"letter":"B","items":[],"language":"zh"}]`, request)
	res, err := client.Post(base+"/rpc/Kiosk.Issue", "application/json", strings.NewReader(body))
	if err != nil {
		return "", false
	}
	defer res.Body.Close()
	var page struct {
		Value struct {
			Number string `json:"number"`
		} `json:"value"`
	}
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		return "", false
	}
	return page.Value.Number, page.Value.Number != ""
}

// inspect reads the tickets and the events of the kiosk's database.
func inspect(t *testing.T, s config.Settings) (tickets map[string]bool, known map[event.ID]bool) {
	t.Helper()
	key, err := folder.DeviceKey(s.Data)
	apptest.Must(t, err)
	db, err := store.Open(store.Options{Path: filepath.Join(s.Data, "terminal.db"), Origin: "jiangnan/k1", Key: key, Now: func() int64 { return time.Now().UnixMilli() }})
	apptest.Must(t, err)
	defer db.Close()
	tickets, known = map[string]bool{}, map[event.ID]bool{}
	db.View("jiangnan", func(h *hall.Hall) {
		if twice := h.Doubled(); len(twice) > 0 {
			t.Errorf("numbers twice: %v", twice)
		}
		for _, x := range h.Tickets("") {
			tickets[string(x.Number)] = true
			id, err := event.ParseID(x.Source)
			apptest.Must(t, err)
			known[id] = true
		}
	})
	return tickets, known
}

// read takes the event's id off a slip, with a decoder that is not ours.
func read(t *testing.T, sheet image.Image, s config.Settings) event.ID {
	t.Helper()
	text, err := apptest.ReadCode(sheet)
	if err != nil {
		path := filepath.Join(os.TempDir(), "slip-not-read.png")
		f, create := os.Create(path)
		apptest.Must(t, create)
		apptest.Must(t, png.Encode(f, sheet))
		apptest.Must(t, f.Close())
		t.Fatalf("the code of %s cannot be read: %v", path, err)
	}
	key, err := folder.DeviceKey(s.Data)
	apptest.Must(t, err)
	e, err := slip.Open(text, func(event.Origin) []ed25519.PublicKey { return []ed25519.PublicKey{key.Public().(ed25519.PublicKey)} })
	apptest.Must(t, err)
	return e.ID
}
