package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/hall"
	"onewindow/sync/admit"
)

// district is a world with an observer, in which people and clerks work for a
// while and stop.
type district struct {
	*world
	o      *observer
	c      chance
	spells int
}

// newDistrict has two kiosks and a counter, who all reach the centre.
func newDistrict(t *testing.T) *district {
	t.Helper()
	steadyDay(t, 4*time.Minute)
	d := &district{world: newWorld(t, onLoopback(t), 1), o: newObserver(), c: drawn(t)}
	for _, device := range []string{"k1", "k2", "c1"} {
		d.terminal(device, seat{})
	}
	d.reaches(d.terminals...)
	return d
}

// settledDistrict is one in which all have worked for so long and everything arrived.
func settledDistrict(t *testing.T, worked time.Duration) *district {
	t.Helper()
	d := newDistrict(t)
	d.work(worked)
	d.settled("before")
	return d
}

// work lets everybody work, and meanwhile does what the test is about.
func (d *district) work(lasts time.Duration, meanwhile ...func()) {
	d.t.Helper()
	d.spells++
	ctx, cancel := context.WithTimeout(d.t.Context(), lasts)
	defer cancel()
	var all sync.WaitGroup
	for _, k := range d.terminalsOf("kiosk") {
		at := &crowd{w: d.world, o: d.o, kiosk: k, low: 50 * time.Millisecond, high: 200 * time.Millisecond}
		name := fmt.Sprintf("%s-spell%d", k.name, d.spells)
		all.Go(func() { at.run(ctx, name, d.c.of(name)) })
	}
	for _, n := range d.terminalsOf("counter") {
		who := &clerk{w: d.world, o: d.o, counter: n, r: d.c.of(fmt.Sprintf("%s-spell%d", n.name, d.spells)), taken: map[string]bool{}}
		all.Go(func() { who.run(ctx) })
	}
	for _, fn := range meanwhile {
		pause(ctx, lasts/3)
		fn()
	}
	all.Wait()
}

// settled waits for quiet, which must come without any new write, and compares
// everything that was answered with the databases.
func (d *district) settled(what string) (took time.Duration) {
	d.t.Helper()
	took, views, err := d.quiet(2 * drainLimit)
	if err != nil {
		d.t.Errorf("%s: %v", what, err)
		views, err = d.look()
		must(d.t, err)
	} else if took > drainLimit {
		d.t.Errorf("%s: settled after %.1f s without writes, not within %v", what, took.Seconds(), drainLimit)
	}
	d.o.verify(d.t, d.world, views)
	return took
}

// told gives the one line of a test.
func (d *district) told(what string, took ...time.Duration) {
	d.t.Helper()
	for i := range took {
		took[i] = took[i].Round(time.Millisecond)
	}
	d.o.mu.Lock()
	defer d.o.mu.Unlock()
	d.t.Logf("T15 silence after %s: settled after %v, with no write", what, took)
	d.t.Logf("T6 %s: %d tickets, %d applications, %d visits answered; settled after %v; %d numbers given by both lives of a copied kiosk; %d wrong", what, len(d.o.issued), len(d.o.taken), len(d.o.finished), took, len(d.o.excused), len(d.o.wrong))
}

// keep copies a node's data folder aside while its program does not run.
func (d *district) keep(n *node) string {
	d.t.Helper()
	to := d.path("kept-" + n.name)
	must(d.t, os.RemoveAll(to))
	must(d.t, os.CopyFS(to, os.DirFS(n.data)))
	return to
}

// putBack gives a node, which does not run, the folder that was kept.
func (d *district) putBack(n *node, kept string) {
	d.t.Helper()
	must(d.t, os.RemoveAll(n.data))
	must(d.t, os.CopyFS(n.data, os.DirFS(kept)))
}

// restart kills a node, changes something while it is dead, and starts it again.
func (d *district) restart(n *node, change func()) {
	d.t.Helper()
	d.o.restored.Store(true)
	must(d.t, n.kill())
	change()
	must(d.t, n.start())
}

// wipe empties a node's folder, which does not run, but for its key and the list of
// whom it lets in: without these IT staff would have to admit it, or the whole hall,
// again before anything else can be looked at.
func (d *district) wipe(n *node) {
	d.t.Helper()
	list, err := os.ReadDir(n.data)
	must(d.t, err)
	for _, e := range list {
		if name := e.Name(); name != "device.key" && name != admit.File {
			must(d.t, os.RemoveAll(filepath.Join(n.data, name)))
		}
	}
}

// numbered takes some tickets at a kiosk, one after the other.
func (d *district) numbered(k *node, name string, count int) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 30*time.Second)
	defer cancel()
	at := &crowd{w: d.world, o: d.o, kiosk: k}
	for n := range count {
		if _, ok := at.tap(ctx, fmt.Sprintf("%s-%s-%d", k.name, name, n), "B"); !ok {
			d.t.Fatalf("%s gives no ticket", k.name)
		}
	}
}

// untouched tells whether two views agree on all tickets of the first.
func untouched(before, after *view) error {
	var errs []error
	for id, t := range before.tickets {
		other := after.tickets[id]
		if string(t.Row()) != string(other.Row()) {
			errs = append(errs, fmt.Errorf("%s at %s was\n%s\nand is\n%s", t.Number, before.name, t.Row(), other.Row()))
		}
	}
	return errors.Join(errs...)
}

// forkShown waits until the centre's page tells a person that a device has two histories.
func (d *district) forkShown(device string) (time.Duration, error) {
	return within(drainLimit, "the centre shows the fork", func() error {
		state, err := fetch[struct {
			Reasons []struct {
				Key   string   `json:"key"`
				Names []string `json:"names"`
			} `json:"reasons"`
		}](context.Background(), d.centre.pages, "/state.json")
		if err != nil {
			return err
		}
		for _, r := range state.Reasons {
			if r.Key == "forks" && slices.Contains(r.Names, device) {
				return nil
			}
		}
		return fmt.Errorf("its reasons are %v", state.Reasons)
	})
}

// ticketsOf counts a kiosk's own tickets in a view.
func ticketsOf(v *view, device string) (n int) {
	for _, t := range v.tickets {
		if strings.HasPrefix(t.Source, string(hallID)+"/"+device+":") && t.State != hall.Unknown {
			n++
		}
	}
	return n
}

// fetch reads a JSON page.
func fetch[T any](ctx context.Context, b *bridge, path string) (value T, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return value, err
	}
	res, err := b.client.Do(r)
	if err != nil {
		return value, err
	}
	defer res.Body.Close()
	return value, json.NewDecoder(res.Body).Decode(&value)
}

// An empty terminal has no authority: what others know of its earlier life stays.
func TestAnEmptyTerminalOverwritesNothing(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 4*time.Second)
	before, err := d.look()
	must(t, err)
	k1 := d.terminals[0]
	d.restart(k1, func() { must(t, os.RemoveAll(k1.data)) })
	d.numbered(k1, "empty", 12)
	// It may be refused until somebody admits it again; it may not change the past.
	// It is looked at for as long as several rounds of the line take.
	_, err = within(5*time.Second, "something is overwritten", func() error {
		pause(t.Context(), time.Second)
		for _, n := range []*node{d.hub, d.centre, d.terminals[1]} {
			now, err := n.look()
			must(t, err)
			if err := untouched(before[n.name], now); err != nil {
				t.Error(err)
				return nil
			}
		}
		return errNothing
	})
	if err == nil || !errors.Is(err, errNothing) {
		t.Error(err)
	}
	t.Logf("T6 empty terminal: %d tickets of its earlier life are untouched at hub, centre and k2", len(before["k1"].tickets))
}

var errNothing = errors.New("nothing is")

// The centre is put back to an earlier copy of its folder; what it has lost comes
// again with the next thing that happens in the hall.
func TestACentrePutBackIsFilledAgain(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 3*time.Second)
	var kept string
	d.restart(d.centre, func() { kept = d.keep(d.centre) })
	d.work(4 * time.Second)
	d.settled("between")
	d.restart(d.centre, func() { d.putBack(d.centre, kept) })
	d.work(3 * time.Second)
	d.told("centre put back, then work", d.settled("put back"))
}

// After a restore nobody has anything new to send: what the centre has lost comes because
// a line that was broken is asked how far its other end is.
func TestACentrePutBackIsFilledInSilence(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 3*time.Second)
	var kept string
	d.restart(d.centre, func() { kept = d.keep(d.centre) })
	d.work(4 * time.Second)
	d.settled("between")
	d.restart(d.centre, func() { d.putBack(d.centre, kept) })
	d.told("centre put back, nobody writes", d.settled("put back"))
}

// A hub whose database is lost leases no number again and grants no call again: it
// gathers first what its terminals and the centre know of its earlier life.
func TestAWipedHubLosesNothing(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := newDistrict(t)
	d.work(9*time.Second, func() {
		d.restart(d.hub, func() { d.wipe(d.hub) })
	})
	d.told("hub wiped at work", d.settled("wiped at work"))
}

// The same while nobody writes: terminals that owe nothing hand back what they have.
func TestAWipedHubIsFilledInSilence(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 4*time.Second)
	d.restart(d.hub, func() { d.wipe(d.hub) })
	took := d.settled("wiped")
	d.work(3 * time.Second)
	d.told("hub wiped, nobody writes", took, d.settled("after it"))
}

// Two copies of a kiosk's folder write on under the same numbers of events. The one that
// the hub hears second goes on in a new life, so that nothing of either is lost. What they
// give out before they hear of each other may carry the same numbers; that is counted.
func TestAClonedTerminalLosesNothing(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 3*time.Second)
	k1 := d.terminals[0]
	d.restart(k1, func() { must(t, os.CopyFS(d.path("k1-copy"), os.DirFS(k1.data))) })
	d.o.copied[k1.name] = true
	clone := d.terminal("k1", seat{data: "k1-copy"})
	for n := range 4 {
		d.numbered(k1, fmt.Sprintf("first%d", n), 3)
		d.numbered(clone, fmt.Sprintf("second%d", n), 3)
	}
	shown, err := d.forkShown("k1")
	if err != nil {
		t.Error(err)
	}
	d.told("terminal cloned", shown, d.settled("cloned"))
}

// A kiosk put back goes on where the copy ended, under numbers of events that the hub
// knows with other content: a fork of its own.
func TestARolledBackTerminalLosesNothing(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := settledDistrict(t, 3*time.Second)
	k1 := d.terminals[0]
	var kept string
	d.restart(k1, func() { kept = d.keep(k1) })
	d.numbered(k1, "forgotten", 12)
	d.settled("between")
	views, err := d.look()
	must(t, err)
	known := ticketsOf(views["centre"], "k1")
	d.o.copied[k1.name] = true
	d.restart(k1, func() { d.putBack(k1, kept) })
	d.numbered(k1, "again", 12)
	shown, err := d.forkShown("k1")
	if err != nil {
		t.Error(err)
	}
	took := d.settled("rolled back")
	if views, err = d.look(); err != nil {
		t.Fatal(err)
	}
	if now := ticketsOf(views["centre"], "k1"); now != known+12 {
		t.Errorf("the centre knew %d tickets of k1, 12 more were given out, and it has %d", known, now)
	}
	d.told("terminal rolled back", shown, took)
}

// A kiosk with a new disk reads what the hall knows of its day before it begins its own
// series again.
func TestAnEmptyTerminalGivesNoNumberTwice(t *testing.T) {
	if left(t, "T6") {
		return
	}
	d := newDistrict(t)
	k1 := d.terminals[0]
	must(t, d.hub.kill())
	d.numbered(k1, "first life", 25)
	must(t, d.hub.start())
	d.reaches(d.terminals...)
	d.settled("before")
	d.restart(k1, func() {
		must(t, os.RemoveAll(k1.data))
		d.admit("hub", "k1", k1.origin, k1.role)
	})
	d.numbered(k1, "second life", 25)
	d.told("empty terminal", d.settled("second life"))
}
