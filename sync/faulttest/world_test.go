package faulttest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/sync/admit"
)

const (
	hallID = hall.ID("jiangnan")
	pin    = "246810"
)

// node is one machine of the district: its program, its folder, its pages.
type node struct {
	*program
	role   string
	origin event.Origin
	data   string
	pages  *bridge // nil for a hub, which has none
	clerk  string  // who works at a counter
	window string
}

// database is the file that remembers.
func (n *node) database() string {
	name := "terminal.db"
	if n.role == "hub" || n.role == "centre" {
		name = n.role + ".db"
	}
	return filepath.Join(n.data, name)
}

// world is a district of one hall made of real processes.
type world struct {
	t           *testing.T
	dir         string
	hub, centre *node
	second      *node // nil unless the hall has two hubs
	terminals   []*node
	hubAt       string // where terminals find the hub, host:port
	centreAt    string // where the hub finds the centre
	guides      *guide.Catalogue
}

// places says where the parts of a world listen and how they see each other; the
// zero value is loopback without anything in between.
type places struct {
	hubInside, centreInside *space
	// hubListens and centreListens are host:port; hubSeen and centreSeen are the
	// same as seen from a terminal and from the hub.
	hubListens, hubSeen, centreListens, centreSeen string
	page                                           string
}

// onLoopback finds free addresses.
func onLoopback(t *testing.T) places {
	p := places{hubListens: free(t), centreListens: free(t), page: free(t)}
	p.hubSeen, p.centreSeen = p.hubListens, p.centreListens
	return p
}

// free finds an address that is free and stays so while its program is dead:
// nobody is given a port of this address by chance, because everybody else's
// connections leave from 127.0.0.1.
func free(t *testing.T) string {
	t.Helper()
	pid := os.Getpid()
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.1:0", 64+pid>>8&63, pid&255))
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// newWorld starts hub and centre; clerks are those who will work at counters.
func newWorld(t *testing.T, at places, clerks int) *world {
	t.Helper()
	w := layWorld(t, at)
	w.hub = w.hubNode("hub", at, at.hubListens, "--centre", "nats://"+at.centreSeen)
	for i := range clerks {
		w.addClerk(i + 1)
	}
	must(t, w.centre.start())
	must(t, w.hub.start())
	return w
}

// hubNode is a hub of the hall, which does not run yet.
func (w *world) hubNode(name string, at places, listens string, more ...string) *node {
	w.t.Helper()
	w.admit("centre", name, event.Origin(string(hallID)+"/"+name), "hub")
	args := []string{"hub", "--data", w.path(name), "--hall", string(hallID), "--device", name, "--nats", listens, "--centre-key", w.keyOf("centre")}
	return w.node(name, "hub", at.hubInside, event.Origin(string(hallID)+"/"+name), built(w.t, "onewindowd"), append(args, more...)...)
}

// layWorld makes a district of which nothing runs yet, with a centre and no hub.
func layWorld(t *testing.T, at places) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), hubAt: at.hubSeen, centreAt: at.centreSeen}
	t.Cleanup(func() {
		for _, n := range append(w.terminals, w.hub, w.second, w.centre) {
			if n != nil {
				_ = n.kill() // one that fell over was told by whoever asked it
			}
		}
	})
	files, err := guide.ShippedFiles()
	must(t, err)
	w.guides, err = guide.Parse(files)
	must(t, err)
	w.centre = w.node("centre", "centre", at.centreInside, "district/centre", built(t, "onewindowd"), "centre", "--data", w.path("centre"), "--nats", at.centreListens, "--http", at.page)
	w.centre.pages = newBridge(at.page, at.centreInside)
	return w
}

// keyOf gives the public key of a machine's folder, which is made where it is missing.
func (w *world) keyOf(data string) string {
	w.t.Helper()
	must(w.t, folder.Make(w.path(data)))
	key, err := folder.DeviceKey(w.path(data))
	must(w.t, err)
	return admit.KeyText(key.Public().(ed25519.PublicKey))
}

// admit makes a machine known where it connects, as IT staff do; a machine that has
// another key than before takes the place of the old one.
func (w *world) admit(at, data string, origin event.Origin, role string) {
	w.t.Helper()
	must(w.t, folder.Make(w.path(at)))
	e := admit.Entry{Origin: origin, Role: role, Key: w.keyOf(data), AdmittedMS: time.Now().UnixMilli()}
	if admit.Admit(w.path(at), e) != nil {
		must(w.t, admit.Revoke(w.path(at), origin))
		must(w.t, admit.Admit(w.path(at), e))
	}
}

// admitBelow makes a terminal known at each hub of the hall.
func (w *world) admitBelow(data string, origin event.Origin, role string) {
	w.t.Helper()
	w.admit("hub", data, origin, role)
	if w.second != nil {
		w.admit("hub2", data, origin, role)
	}
}

// hubKeys are the keys of the hall's hubs, as a terminal's settings have them.
func (w *world) hubKeys() string {
	w.t.Helper()
	if w.second != nil {
		return w.keyOf("hub") + "," + w.keyOf("hub2")
	}
	return w.keyOf("hub")
}

func clerkName(i int) string { return fmt.Sprintf("clerk%d", i) }

// addClerk makes a clerk known at the hub, while it does not run.
func (w *world) addClerk(i int) {
	w.t.Helper()
	cmd := exec.Command(built(w.t, "onewindowd"), "clerk", "add", "--data", w.path("hub"), "--hall", string(hallID), "--id", clerkName(i), "--name", fmt.Sprintf("柜员%d", i), "--pin", "-")
	cmd.Stdin = strings.NewReader(pin)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("make a clerk known: %v\n%s", err, out)
	}
}

func (w *world) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}

func (w *world) node(name, role string, inside *space, origin event.Origin, path string, args ...string) *node {
	return &node{program: &program{name: name, path: path, args: args, log: w.path(name + ".log"), inside: inside}, role: role, origin: origin, data: w.path(name)}
}

// seat is where a terminal stands; the zero value is loopback.
type seat struct {
	inside *space
	pages  string // host:port of its bridge
	hub    string // where it finds the hub
	data   string // name of its folder, when that is not the device's
}

// terminal starts a kiosk ("k3") or a counter ("c2").
func (w *world) terminal(device string, s seat) *node {
	w.t.Helper()
	role, digit := "kiosk", int(device[1]-'0')
	if device[0] == 'c' {
		role = "counter"
	}
	if s.pages == "" {
		s.pages = free(w.t)
	}
	if s.hub == "" {
		s.hub = w.hubAt
	}
	if s.data == "" {
		s.data = device
	}
	settings := map[string]any{"role": role, "hall": hallID, "device": device, "hub": "nats://" + s.hub, "hub_key": w.hubKeys(), "data": w.path(s.data)}
	w.admitBelow(s.data, event.Origin(string(hallID)+"/"+device), role)
	if role == "kiosk" {
		settings["series"] = digit
	}
	raw, err := json.Marshal(settings)
	must(w.t, err)
	file := w.path(s.data + ".json")
	must(w.t, os.WriteFile(file, raw, 0o600))
	n := w.node(s.data, role, s.inside, event.Origin(string(hallID)+"/"+device), built(w.t, "onewindow"), "--settings", file, "--http", s.pages)
	n.pages = newBridge(s.pages, s.inside)
	if role == "counter" {
		n.clerk, n.window = clerkName(digit), fmt.Sprintf("A%02d", digit)
	}
	must(w.t, n.start())
	w.terminals = append(w.terminals, n)
	return n
}

// terminalsOf lists the terminals of a role.
func (w *world) terminalsOf(role string) (out []*node) {
	for _, n := range w.terminals {
		if n.role == role {
			out = append(out, n)
		}
	}
	return out
}

// standing is how a terminal says that its line stands.
type standing struct {
	Line     string `json:"line"`
	HereOnly int    `json:"hereOnly"`
	HallOnly int    `json:"hallOnly"`
}

// standing asks the first page of a terminal.
func (n *node) standing(ctx context.Context) (standing, error) {
	method := "Kiosk.Home"
	if n.role == "counter" {
		method = "Counter.Page"
	}
	page, err := ask[struct {
		Standing standing `json:"standing"`
	}](ctx, n.pages, method)
	return page.Standing, err
}

// reaches waits until terminals say that they reach hub and centre.
func (w *world) reaches(list ...*node) {
	w.t.Helper()
	for _, n := range list {
		eventually(w.t, 30*time.Second, n.name+" reaches hub and centre", func() error {
			s, err := n.standing(w.t.Context())
			if err == nil && s.Line != "centre" {
				err = fmt.Errorf("its line is %q", s.Line)
			}
			return err
		})
	}
}

// quiet waits until no terminal owes anything and every database has the same
// state, and tells how long that took. Nobody may write meanwhile.
func (w *world) quiet(limit time.Duration) (took time.Duration, views map[string]*view, err error) {
	began, said := time.Now(), time.Now()
	took, err = within(limit, "nothing is owed and all states are equal", func() (err error) {
		defer func() {
			if err != nil && time.Since(said) > 10*time.Second {
				said = time.Now()
				w.t.Logf("after %.0f s of quiet: %v", time.Since(began).Seconds(), err)
			}
		}()
		for _, n := range w.terminals {
			s, err := n.standing(context.Background())
			if err != nil {
				return fmt.Errorf("%s: %w", n.name, err)
			}
			if s.HereOnly+s.HallOnly > 0 {
				return fmt.Errorf("%s owes %d to the hall and %d to the centre", n.name, s.HereOnly, s.HallOnly)
			}
		}
		views, err = w.look()
		if err != nil {
			return err
		}
		for name, v := range views {
			if err := v.differs(views["centre"]); err != nil {
				return fmt.Errorf("%s and the centre: %w", name, err)
			}
		}
		return nil
	})
	return took, views, err
}

// look reads every database of the district as it is committed.
func (w *world) look() (map[string]*view, error) {
	views := map[string]*view{}
	var errs []error
	all := append([]*node{w.hub, w.centre}, w.terminals...)
	if w.second != nil {
		all = append(all, w.second)
	}
	for _, n := range all {
		v, err := n.look()
		views[n.name] = v
		errs = append(errs, err)
	}
	return views, errors.Join(errs...)
}
