package apptest_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/screen"
	"onewindow/app/terminal"
	"onewindow/sync/admit"
	"onewindow/sync/node"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// wasNamed is an item of the shipped catalogue; each edition names it anew.
const wasNamed = "社会保障卡(市民卡)申领"

func named(edition int) string { return fmt.Sprintf("社会保障卡(市民卡)申领%d", edition) }

// editionFiles are the shipped files with the edition's mark in each of them that can show one.
func editionFiles(t testing.TB, edition int) map[string][]byte {
	t.Helper()
	files, err := guide.ShippedFiles()
	apptest.Must(t, err)
	files[guide.FileItems] = bytes.Replace(files[guide.FileItems], []byte(`"`+wasNamed+`"`), []byte(`"`+named(edition)+`"`), 1)
	for _, name := range []string{guide.FileItems, guide.FileStreet} {
		var top map[string]json.RawMessage
		apptest.Must(t, json.Unmarshal(files[name], &top))
		top["meta"] = json.RawMessage(fmt.Sprintf(`{"version":"edition %d"}`, edition))
		files[name], err = json.Marshal(top)
		apptest.Must(t, err)
	}
	files[guide.FileHalls] = bytes.Replace(files[guide.FileHalls], []byte(`"江南办事服务大厅"`), []byte(fmt.Sprintf(`"江南办事服务大厅%d"`, edition)), 1)
	return files
}

// publish publishes an edition at the centre whose data folder it is, as the command does.
func publish(t testing.TB, data string, edition int) wire.Bundle {
	t.Helper()
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	b, changed, err := shelf.Publish(data, key, apptest.Start, shelf.Parts{wire.KindGuide: editionFiles(t, edition)})
	apptest.Must(t, err)
	if !changed {
		t.Fatalf("edition %d is nothing new", edition)
	}
	return b
}

func keyText(t testing.TB, data string) string {
	t.Helper()
	key, err := folder.PublicKey(data)
	apptest.Must(t, err)
	return admit.KeyText(key)
}

// edition tells which one a kiosk's pages have, and that they have nothing of another.
func edition(t testing.TB, k *terminal.Terminal) int {
	t.Helper()
	home := k.Kiosk.Home()
	var n int
	if _, err := fmt.Sscanf(home.Place.GuidesVersion, "edition %d", &n); err != nil {
		return 0
	}
	cards := k.Machine.Guides.Now().Index().Search(named(n), 1)
	i, ok := k.Machine.Guides.Now().Item(cards[0].Code)
	if !ok || i.Name != named(n) || home.Place.HallName.Zh != fmt.Sprintf("江南办事服务大厅%d", n) || home.Place.GuidesDate != "2026-11-24" {
		t.Fatalf("edition %d is mixed: %q, %+v", n, i.Name, home.Place)
	}
	return n
}

// secondHall starts the hub and a kiosk of another hall.
func secondHall(t *testing.T, w *apptest.World) *terminal.Terminal {
	t.Helper()
	hub, err := node.OpenHub(node.Options{Data: filepath.Join(w.Dir, "hub-jiangbei"), Listen: "127.0.0.1:0", Open: true, Hall: "jiangbei", Centre: w.Centre.Broker.URL(),
		Now: w.Clock.Now, Logger: slog.New(slog.DiscardHandler), BeatEvery: 100 * time.Millisecond})
	apptest.Must(t, err)
	t.Cleanup(func() { hub.Close() })
	return w.Terminal(config.Kiosk, "jb1", func(s *config.Settings) { s.Hall, s.Device, s.Hub = "jiangbei", "k1", hub.Broker.URL() })
}

func TestPublishedGuidesReachEveryTerminal(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	k, c, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1")
	far := secondHall(t, w)
	own := t.TempDir()
	for name, text := range editionFiles(t, 77) {
		apptest.Must(t, os.WriteFile(filepath.Join(own, name), text, 0o644))
	}
	set := w.Terminal(config.Kiosk, "k3", func(s *config.Settings) { s.Series, s.Catalogue = 3, own })

	// Somebody reads a guide at the kiosk, and somebody is served at the counter.
	cards := finds(t, k, wasNamed)
	_, err := c.Counter.SignIn("wang", "246810")
	apptest.Must(t, err)
	_, err = c.Counter.OpenWindow("B01", []string{"B"})
	apptest.Must(t, err)
	_, err = far.Kiosk.Items("B")
	apptest.Must(t, err)
	ticket, err := k.Kiosk.Issue(screen.TicketRequest{Request: "r1", Letter: "B"})
	apptest.Must(t, err)
	apptest.Eventually(t, "the counter has the ticket", func() bool {
		p, err := c.Counter.Next("n1")
		return err == nil && p.Current != nil && p.Current.Number == ticket.Number
	})

	began := time.Now()
	publish(t, data, 1)
	apptest.Eventually(t, "the board has the published guides", func() bool { return b.Board.Page().Place.GuidesVersion == "edition 1" })
	t.Logf("published at the centre, on the board after %v", time.Since(began).Round(10*time.Millisecond))
	for _, x := range []*terminal.Terminal{k, c, far, set} {
		apptest.Eventually(t, x.Settings.Device+" keeps them", func() bool { return versionIn(x.Settings.Data) == 1 })
	}
	if p, err := c.Counter.Page(); err != nil || p.Place.GuidesVersion == "edition 1" {
		t.Errorf("the guides change while somebody is served: %v", err)
	}
	if g, err := k.Kiosk.Guide(cards[0].Code); err != nil || g.Item.Name.Zh != wasNamed || edition(t, k) != 0 {
		t.Errorf("the guides change while somebody reads: %v", err)
	}
	k.Kiosk.AtHome()
	apptest.Eventually(t, "at home the kiosk has them", func() bool { return edition(t, k) == 1 })
	far.Kiosk.AtHome()
	apptest.Eventually(t, "the other hall's kiosk has them", func() bool { return far.Kiosk.Home().Place.GuidesVersion == "edition 1" })
	if set.Kiosk.AtHome(); set.Kiosk.Home().Place.GuidesVersion != "edition 77" {
		t.Error("the folder that the settings name does not win")
	}
	_, err = c.Counter.Start()
	apptest.Must(t, err)
	_, err = c.Counter.Finish([]screen.Outcome{{Item: string(cards[0].Code), Outcome: "accepted"}})
	apptest.Must(t, err)
	apptest.Eventually(t, "with nobody at the window the counter has them", func() bool {
		p, err := c.Counter.Page()
		return err == nil && p.Place.GuidesVersion == "edition 1"
	})
	if page := fmt.Sprint(w.Centre.District.Survey(t.Context())); !strings.Contains(page, "江南办事服务大厅1") {
		t.Error("the centre's page does not name the hall as it is published")
	}

	// Going back is a new version, and what is in use outlives a start.
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	publish(t, data, 2)
	apptest.Eventually(t, "the second edition is in use", func() bool { return edition(t, k) == 2 })
	_, _, err = shelf.Rollback(data, key, apptest.Start, 1)
	apptest.Must(t, err)
	apptest.Eventually(t, "the first edition is in use again", func() bool { return edition(t, k) == 1 && versionIn(k.Settings.Data) == 3 })
	apptest.Must(t, k.Close())
	k = w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "nats://127.0.0.1:1" })
	if edition(t, k) != 1 {
		t.Error("after a start, with nobody there, the published guides are gone")
	}
}

// versionIn is the version that a terminal has in force, by its data folder.
func versionIn(data string) int64 {
	b, err := os.ReadFile(filepath.Join(data, "bundles", "current"))
	if err != nil {
		return 0
	}
	read, err := wire.DecodeBundle(b)
	if err != nil {
		return -1
	}
	return read.Version
}

// asks notes each question for a part at a hub.
func asks(t *testing.T, hub *node.Hub) (list func() []string) {
	t.Helper()
	conn, err := hub.Broker.InProcess("watcher", slog.New(slog.DiscardHandler))
	apptest.Must(t, err)
	t.Cleanup(conn.Close)
	var mu sync.Mutex
	var all []string
	_, err = conn.Subscribe(wire.AnyoneSubject("jiangnan", wire.VerbPart), func(m *nats.Msg) {
		mu.Lock()
		all = append(all, string(m.Data))
		mu.Unlock()
	})
	apptest.Must(t, err)
	apptest.Must(t, conn.Flush())
	return func() []string {
		apptest.Must(t, conn.Flush())
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}

func TestATerminalThatWasAwayTakesOnlyTheNewest(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	publish(t, data, 1)
	k := w.Terminal(config.Kiosk, "k1")
	apptest.Eventually(t, "the first edition is in use", func() bool { return edition(t, k) == 1 })
	apptest.Must(t, k.Close())
	for n := 2; n <= 4; n++ {
		b := publish(t, data, n)
		apptest.Eventually(t, "the hub has it", func() bool { return w.Hub.Shelf.Bundle().Version == b.Version })
	}
	asked := asks(t, w.Hub)
	k = w.Terminal(config.Kiosk, "k1")
	apptest.Eventually(t, "the newest is in use", func() bool { return edition(t, k) == 4 })
	want := map[string]int64{}
	for _, p := range w.Hub.Shelf.Bundle().Parts {
		if p.Name != guide.FileDataSets {
			want[p.Sum] = (p.Size + wire.PieceSize - 1) / wire.PieceSize
		}
	}
	for _, a := range asked() {
		var ask wire.PieceAsk
		apptest.Must(t, json.Unmarshal([]byte(a), &ask))
		want[ask.Sum]--
	}
	for sum, left := range want {
		if left != 0 {
			t.Errorf("the part %s was asked for %d times too little", sum, left)
		}
	}
}

// A hub that ends in the middle of a part: the terminal goes on with it where it was.
func TestABrokenLineCostsNoPieceTwice(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	clip := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // 32 MiB, 512 pieces
	_, _, err = shelf.Publish(data, key, apptest.Start, shelf.Parts{"film": {"welcome.webm": clip}})
	apptest.Must(t, err)
	apptest.Eventually(t, "the hub has it", func() bool { return w.Hub.Shelf.Bundle().Version == 1 })
	k := w.Terminal(config.Kiosk, "k1")
	path := filepath.Join(k.Settings.Data, "bundles", "parts", wire.SumOf(clip))
	had := int64(0)
	for cuts := 0; versionIn(k.Settings.Data) != 1; {
		apptest.Eventually(t, "more of it comes", func() bool {
			i, err := os.Stat(path + ".half")
			if err == nil && i.Size() < had {
				t.Fatalf("%d bytes after %d: it began anew", i.Size(), had)
			}
			if err == nil && i.Size() > had {
				had = i.Size()
				return true
			}
			return versionIn(k.Settings.Data) == 1
		})
		if cuts < 3 && versionIn(k.Settings.Data) != 1 {
			cuts++
			w.StopHub()
			w.StartHub()
		} else if versionIn(k.Settings.Data) == 1 && cuts == 0 {
			t.Fatal("it came before the line could be cut: the test has tested nothing")
		}
	}
	if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, clip) {
		t.Errorf("what came is not what was published: %d bytes, %v", len(text), err)
	}
}

func TestAnotherCentresGuidesAreRefusedAndToldUpward(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	pin := func(key string) func(*config.Settings) { return func(s *config.Settings) { s.CentreKey = key } }
	_, other, err := ed25519.GenerateKey(nil)
	apptest.Must(t, err)
	k1 := w.Terminal(config.Kiosk, "k1", pin(keyText(t, data)))
	k2 := w.Terminal(config.Kiosk, "k2", pin(admit.KeyText(other.Public().(ed25519.PublicKey))), func(s *config.Settings) { s.Series = 2 })
	publish(t, data, 1)
	apptest.Eventually(t, "the true centre's are in use", func() bool { return edition(t, k1) == 1 })
	apptest.Eventually(t, "the other refuses them and says so", func() bool {
		for _, b := range w.Hub.Allocator.Heard() {
			if b.Origin == "jiangnan/k2" && b.Bundle != nil {
				return b.Bundle.Version == 0 && b.Bundle.Refused == 1 && strings.Contains(b.Bundle.Why, "another key than the centre's")
			}
		}
		return false
	})
	if edition(t, k2) != 0 || k2.Kiosk.Home().Place.GuidesVersion == "" {
		t.Error("and goes on without guides, or with them")
	}
}

// A catalogue without this hall cannot be used here; the other halls take it.
func TestGuidesThatAHallCannotUseStayOutOfIt(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	k := w.Terminal(config.Kiosk, "k1")
	publish(t, data, 1)
	apptest.Eventually(t, "the first edition is in use", func() bool { return edition(t, k) == 1 })
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	files := editionFiles(t, 2)
	files[guide.FileHalls] = []byte("{")
	_, _, err = shelf.Publish(data, key, apptest.Start, shelf.Parts{wire.KindGuide: files})
	apptest.Must(t, err)
	apptest.Eventually(t, "it is refused, and told", func() bool {
		for _, b := range w.Hub.Allocator.Heard() {
			if b.Bundle != nil && b.Bundle.Refused == 2 {
				return b.Bundle.Version == 1 && strings.Contains(b.Bundle.Why, "halls.json")
			}
		}
		return false
	})
	if edition(t, k) != 1 {
		t.Error("the old guides are gone")
	}
	publish(t, data, 3)
	apptest.Eventually(t, "the next right one is in use", func() bool { return edition(t, k) == 3 })
}

// A centre that lost what it had published goes on behind what its hubs have.
func TestACentreThatForgotGoesOnBehindItsHubs(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	for n := 1; n <= 3; n++ {
		publish(t, data, n)
	}
	k := w.Terminal(config.Kiosk, "k1")
	apptest.Eventually(t, "the third is in use", func() bool { return edition(t, k) == 3 })
	w.StopCentre()
	apptest.Must(t, os.RemoveAll(filepath.Join(data, "bundles")))
	w.StartCentre()
	apptest.Eventually(t, "it remembers how far the hub is", func() bool {
		raw, err := os.ReadFile(filepath.Join(data, "bundles", "above"))
		return err == nil && string(raw) == "3"
	})
	if b := publish(t, data, 4); b.Version != 4 {
		t.Errorf("the next version is %d", b.Version)
	}
	apptest.Eventually(t, "the fourth is in use", func() bool { return edition(t, k) == 4 })
}

// In closed halls a hub takes what its own centre has signed, and nothing else.
func TestAHubHoldsWhatComesToItsCentresKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	quiet := slog.New(slog.DiscardHandler)
	centreDir, hubDir := filepath.Join(dir, "centre"), filepath.Join(dir, "hub")
	apptest.Must(t, admit.Admit(centreDir, admit.Entry{Origin: "jiangnan/hub", Role: wire.RoleHub, Key: keyText(t, hubDir), AdmittedMS: 1}))
	centre, err := node.OpenCentre(node.Options{Data: centreDir, Listen: "127.0.0.1:0", Logger: quiet})
	apptest.Must(t, err)
	defer centre.Close()
	key := keyText(t, centreDir)
	hub, err := node.OpenHub(node.Options{Data: hubDir, Listen: "127.0.0.1:0", Hall: "jiangnan", Centre: centre.Broker.URL(), CentreKey: key, Logger: quiet, BeatEvery: 100 * time.Millisecond})
	apptest.Must(t, err)
	defer hub.Close()
	forger, err := folder.DeviceKey(t.TempDir())
	apptest.Must(t, err)
	_, _, err = shelf.Publish(centreDir, forger, apptest.Start, shelf.Parts{wire.KindGuide: editionFiles(t, 1)})
	apptest.Must(t, err)
	apptest.Eventually(t, "what another key has signed is refused", func() bool { s := hub.Shelf.State(); return s != nil && s.Refused == 1 && s.Version == 0 })
	if hub.Shelf.Name() != "" {
		t.Error("and passed on")
	}
	publish(t, centreDir, 2)
	apptest.Eventually(t, "what the centre has signed is taken", func() bool { return hub.Shelf.Bundle().Version == 2 })
	if admit.KeyText(hub.Shelf.Bundle().Key) != key {
		t.Error("under another key")
	}
}

const killsWhileTaking = 20

// TestAKioskKilledWhileItTakesGuides kills the real program at random moments while new
// editions are published: each start has one whole edition, and never an older one.
func TestAKioskKilledWhileItTakesGuides(t *testing.T) {
	t.Parallel()
	kills := killsWhileTaking
	if testing.Short() {
		kills = killsWhileTaking / 5
	}
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	publish(t, data, 1)
	apptest.Eventually(t, "the hub has it", func() bool { return w.Hub.Shelf.Bundle().Version == 1 })
	program := built(t)
	s := config.Default(config.Kiosk)
	s.Data, s.Hub = filepath.Join(w.Dir, "k1"), w.Hub.Broker.URL()
	raw, err := json.Marshal(s)
	apptest.Must(t, err)
	settings := filepath.Join(w.Dir, "terminal.json")
	apptest.Must(t, os.WriteFile(settings, raw, 0o600))
	had, seen, newest := 0, map[int]bool{}, int64(1)
	for n := range kills {
		if versionIn(s.Data) == newest {
			newest = publish(t, data, int(newest)+1).Version
			apptest.Eventually(t, "the hub has it", func() bool { return w.Hub.Shelf.Bundle().Version == newest })
		}
		base, cmd := start(t, program, settings)
		now := editionOver(t, base)
		if now < had {
			t.Errorf("edition %d after %d", now, had)
		}
		had = now
		seen[now] = true
		within := time.Now().Add(5 * time.Second)
		for stamp := taken(s.Data); taken(s.Data) == stamp && time.Now().Before(within); {
			<-time.After(time.Millisecond)
		}
		<-time.After(time.Duration(n*53%400) * time.Millisecond)
		apptest.Must(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
	base, cmd := start(t, program, settings)
	apptest.Eventually(t, "the newest is in use", func() bool { return editionOver(t, base) == int(newest) })
	apptest.Must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if len(seen) < min(3, kills/2) {
		t.Errorf("only %d editions were ever in use at a start: the test has tested nothing", len(seen))
	}
	t.Logf("%d kills, %d editions in use at starts, always a whole one", kills, len(seen))
}

// taken changes with each part and each bundle that a terminal takes.
func taken(data string) (stamp int64) {
	for _, name := range []string{"bundles", "bundles/parts"} {
		if i, err := os.Stat(filepath.Join(data, name)); err == nil {
			stamp += i.ModTime().UnixNano()
		}
	}
	return stamp
}

// editionOver asks a running program which edition its pages have, by three marks.
func editionOver(t *testing.T, base string) int {
	t.Helper()
	var home struct {
		Value screen.Home `json:"value"`
	}
	rpc(t, base, "Kiosk.Home", `[]`, &home)
	var n int
	if _, err := fmt.Sscanf(home.Value.Place.GuidesVersion, "edition %d", &n); err != nil {
		n = 0
	}
	if n > 0 && home.Value.Place.HallName.Zh != fmt.Sprintf("江南办事服务大厅%d", n) {
		t.Fatalf("half of edition %d: %+v", n, home.Value.Place)
	}
	return n
}

func rpc(t *testing.T, base, method, args string, answer any) {
	t.Helper()
	res, err := http.Post(base+"/rpc/"+method, "application/json", strings.NewReader(args))
	apptest.Must(t, err)
	defer res.Body.Close()
	apptest.Must(t, json.NewDecoder(res.Body).Decode(answer))
}
