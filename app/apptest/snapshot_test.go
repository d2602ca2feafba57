package apptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/core"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

const day = 24 * time.Hour

// past fills a hub with what earlier devices of its hall noted.
type past struct {
	t      testing.TB
	hub    *store.Store
	chains map[event.Origin]*wire.Push // what is not written yet, and the head before it
	events int
}

func (p *past) note(o event.Origin, ms int64, kind event.Kind, fact any) event.ID {
	c := p.chains[o]
	if c == nil {
		c = &wire.Push{Origin: o, Epoch: 7, From: 1}
		p.chains[o] = c
		role := map[byte]string{'k': wire.RoleKiosk, 'c': wire.RoleCounter, 'h': wire.RoleHub}[o.Device()[0]]
		p.note(o, ms, hall.KindDevice, hall.Device{Role: role, Key: make([]byte, 32), Program: "past"})
	}
	id := event.ID{Origin: o, Epoch: 7, Seq: c.From + event.Seq(len(c.Bodies))}
	c.Bodies = append(c.Bodies, event.Event{ID: id, At: event.Stamp{MS: ms}, Kind: kind, Payload: hall.Payload(fact)}.Encode())
	p.events++
	if len(c.Bodies) == wire.MaxEvents {
		p.write(c)
	}
	return id
}

func (p *past) write(c *wire.Push) {
	p.t.Helper()
	if len(c.Bodies) == 0 {
		return
	}
	err := p.hub.Write(context.Background(), func(tx *store.Tx) error {
		ack, err := tx.Accept(*c)
		if err == nil && (ack.Refuse != nil || ack.Upto != c.Upto()) {
			return fmt.Errorf("not taken: %+v", ack)
		}
		return err
	})
	apptest.Must(p.t, err)
	c.Prev, c.From, c.Bodies = c.Head(), c.Upto()+1, nil
}

// live lets a hall live a day with a number of tickets, five events each.
func (p *past) live(begin int64, tickets int) (last hall.TicketID) {
	date := hall.DateOf(begin)
	counters := []event.Origin{"jiangnan/c11", "jiangnan/c12", "jiangnan/c13", "jiangnan/c14"}
	window := func(i int) hall.WindowID { return hall.WindowID(fmt.Sprintf("C1%d", i+1)) }
	for i, c := range counters {
		p.note(c, begin, hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: window(i), Clerk: "wang", Services: []hall.Letter{"C"}, AtMS: begin})
	}
	for n := range tickets {
		ms := begin + int64(n)*20_000
		k := event.Origin(fmt.Sprintf("jiangnan/k1%d", n%3))
		if n%10 == 0 {
			p.note("jiangnan/hub", ms, hall.KindBlockLeased, hall.Block{Terminal: k, Epoch: 7, Date: date, Service: "C", From: n + 1, To: n + 10})
		}
		h := fmt.Sprintf("%012x", ms)
		last = hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012x", h[:8], h[8:], n))
		p.note(k, ms, hall.KindIssued, hall.Issued{Ticket: last, Hall: "jiangnan", Date: date, Service: "C", Number: hall.Number(fmt.Sprintf("C%03d", n+1)), Class: hall.WalkIn,
			Items: []hall.ItemCode{"ordinary-passport"}, Language: "zh", IssuedMS: ms, Ahead: 3, LowMinutes: 5, HighMinutes: 9})
		c, w := counters[n%4], window(n%4)
		p.note("jiangnan/hub", ms+5000, hall.KindCalled, hall.Called{Ticket: last, Window: w, Clerk: "wang", Request: string(last), Hall: "jiangnan", Date: date, AtMS: ms + 5000})
		p.note(c, ms+9000, hall.KindStarted, hall.Moved{Ticket: last, Window: w, Clerk: "wang", AtMS: ms + 9000, How: "scan"})
		p.note(c, ms+90_000, hall.KindFinished, hall.Moved{Ticket: last, Window: w, Clerk: "wang", AtMS: ms + 90_000, Ended: []hall.Ending{{Item: "ordinary-passport", Outcome: hall.Accepted}}})
		p.note(c, ms+95_000, core.KindCanary, core.Canary{AtMS: ms})
	}
	for i, c := range counters {
		p.note(c, begin+int64(tickets)*20_000, hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: window(i), AtMS: begin})
	}
	for _, c := range p.chains {
		p.write(c)
	}
	return last
}

// reader is a new terminal without a program around it: a store and a line.
type reader struct {
	*store.Store
	whole bool                 // it asks for everything, as before there were snapshots
	frame func(wire.Feed) bool // looks at each portion; false fails its commit
	taken atomic.Int64
	bytes atomic.Int64
}

func (r *reader) KeepsFrom() hall.Date {
	if r.whole {
		return ""
	}
	return r.Store.KeepsFrom()
}

func (r *reader) TakeFeed(ctx context.Context, source string, f wire.Feed, at core.Cursor) error {
	if r.frame != nil && !r.frame(f) {
		return errors.New("the test's disk fails")
	}
	r.taken.Add(int64(len(f.Bodies)))
	for _, b := range f.Bodies {
		r.bytes.Add(int64(len(b)))
	}
	return r.Store.TakeFeed(ctx, source, f, at)
}

// follow opens a terminal's database and follows the hub with it; stop ends both.
func follow(t *testing.T, w *apptest.World, name string, r *reader) (l *link.Link, stop func()) {
	t.Helper()
	origin := event.Origin("jiangnan/" + name)
	var err error
	r.Store, err = store.Open(store.Options{Path: filepath.Join(w.Dir, name, "terminal.db"), Origin: origin, Now: w.Clock.Now})
	apptest.Must(t, err)
	apptest.Must(t, r.Announce(hall.Device{Role: "counter", Key: make([]byte, 32), Program: "test"}))
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	conn, err := broker.Dial(w.Hub.Broker.URL(), broker.Device{Origin: origin, Role: wire.RoleCounter, Place: "hub"}, log)
	apptest.Must(t, err)
	l = link.Start(link.Options{Conn: conn, Place: "jiangnan", Origin: origin, Log: r, Fork: store.ErrFork, Feed: true, Now: w.Clock.Now, Logger: log, Canary: -1})
	return l, func() {
		l.Stop()
		conn.Close()
		apptest.Must(t, r.Close())
	}
}

func followed(t *testing.T, l *link.Link) time.Duration {
	t.Helper()
	for began := time.Now(); ; {
		if l.Followed() {
			return time.Since(began)
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatal("the feed is not read to its end within three minutes")
		}
		<-time.After(2 * time.Millisecond)
	}
}

func dayHash(s *store.Store, date hall.Date) (h event.Hash) {
	s.View("jiangnan", func(v *hall.Hall) { h = v.Hash(date) })
	return h
}

// same compares the kept days, the windows and the devices of two stores.
func same(t *testing.T, what string, a, b *store.Store, dates ...hall.Date) {
	t.Helper()
	for _, d := range dates {
		if dayHash(a, d) != dayHash(b, d) {
			t.Errorf("%s: another state on %s", what, d)
		}
	}
	say := func(s *store.Store) (text string) {
		s.View("jiangnan", func(h *hall.Hall) {
			text = fmt.Sprint(h.Windows(), len(h.Devices()), len(h.DeviceKeys("jiangnan/k10")), h.NumbersLeft("jiangnan/k10", 7, dates[0], "C"))
		})
		return text
	}
	if x, y := say(a), say(b); x != y {
		t.Errorf("%s: windows, devices, blocks %s and %s", what, x, y)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// history is a world whose hub has lived forty days, the last two of them with so many
// tickets; the centre is away.
func history(t *testing.T, tickets, last2 int) (w *apptest.World, p *past, old hall.TicketID, kept []hall.Date) {
	t.Helper()
	w = apptest.New(t)
	w.StopCentre()
	p = &past{t: t, hub: w.Hub.Store, chains: map[event.Origin]*wire.Push{}}
	for d := range 40 {
		begin := apptest.Start + int64(d)*day.Milliseconds()
		w.Clock.Set(begin)
		if d == 38 {
			tickets = last2
		}
		last := p.live(begin, tickets)
		if d == 5 {
			old = last
		}
		kept = []hall.Date{hall.DateOf(begin - day.Milliseconds()), hall.DateOf(begin)}
	}
	w.Clock.Forward(6 * time.Hour)
	return w, p, old, kept
}

// TestANewTerminalReadsASnapshotAndTheTail compares a new terminal that reads all of a
// hub's log with one that gets what it keeps.
func TestANewTerminalReadsASnapshotAndTheTail(t *testing.T) {
	t.Parallel()
	tickets := 970
	if testing.Short() {
		tickets = 150
		t.Log("left to `go run ./build test`: 200,000 events")
	}
	w, p, old, kept := history(t, tickets, tickets)
	was := event.Hash{}
	for _, whole := range []bool{true, false} {
		name, way := "c1", "everything"
		if !whole {
			name, way = "c2", "snapshot and tail"
		}
		before := heap()
		r := &reader{whole: whole}
		l, stop := follow(t, w, name, r)
		took := followed(t, l)
		memory := heap() - before
		same(t, way, w.Hub.Store, r.Store, kept...)
		var at core.Cursor
		apptest.Eventually(t, "the cursor is committed", func() (so bool) {
			var err error
			at, err = r.Cursor(t.Context(), "jiangnan")
			return err == nil && at.Pos == w.Hub.Store.Position()
		})
		if whole != (at.Since == "") || !whole && at.Since != kept[0] {
			t.Errorf("%s: the cursor is %+v", way, at)
		}
		// A step of a ticket that this terminal never had comes by the news and changes nothing
		// that anybody sees.
		p.note("jiangnan/c11", w.Clock.Now(), hall.KindReprinted, hall.Moved{Ticket: old, AtMS: w.Clock.Now(), Recall: 1})
		p.write(p.chains["jiangnan/c11"])
		apptest.Eventually(t, "the news are here", func() bool {
			now, err := r.Cursor(t.Context(), "jiangnan")
			return err == nil && now.Pos == w.Hub.Store.Position()
		})
		same(t, way+", with a late step of an old ticket", w.Hub.Store, r.Store, kept...)
		r.View("jiangnan", func(h *hall.Hall) {
			if x := h.AtWindow("C11"); x != nil {
				t.Errorf("%s: %s is at the window again", way, x.Ticket)
			}
		})
		was = dayHash(r.Store, kept[1])
		apptest.Must(t, r.Rebuild(t.Context()))
		same(t, way+", made again from the log", w.Hub.Store, r.Store, kept...)
		stop()
		path := filepath.Join(w.Dir, name, "terminal.db")
		if found, err := store.Check(t.Context(), path); err != nil || len(found.Flaws) > 0 {
			t.Errorf("%s: checked: %v %v", way, found.Flaws, err)
		}
		if _, err := store.Verify(t.Context(), path); err != nil {
			t.Errorf("%s: verified: %v", way, err)
		}
		size, err := os.Stat(path)
		apptest.Must(t, err)
		t.Logf("%s of %d events in 40 days: ready after %v, %d events and %.1f MB came, %.1f MB on disk, %.1f MB in memory", way, p.events,
			took.Round(time.Millisecond), r.taken.Load(), float64(r.bytes.Load())/1e6, float64(size.Size())/1e6, float64(memory)/1e6)
		again, err := store.Open(store.Options{Path: path, Origin: event.Origin("jiangnan/" + name), Now: w.Clock.Now})
		apptest.Must(t, err)
		if dayHash(again, kept[1]) != was {
			t.Errorf("%s: another state after a start", way)
		}
		apptest.Must(t, again.Close())
	}
}

// TestASnapshotThatIsCutShort: commits fail, the hub is stopped in the midst and comes
// back, or comes back with another database. No portion is followed by one that leaves a
// hole, the terminal says meanwhile that it does not follow, and ends with the hub's state.
func TestASnapshotThatIsCutShort(t *testing.T) {
	t.Parallel()
	w, _, _, kept := history(t, 70, 1000)
	for i, emptied := range []bool{false, true} {
		name := fmt.Sprintf("c%d", i+1)
		cut, goOn := make(chan struct{}), make(chan struct{})
		portions := 0
		reached := map[event.Epoch]int64{}
		r := &reader{frame: func(f wire.Feed) bool {
			if f.From > reached[f.Epoch] {
				t.Errorf("%s: a portion from %d on is taken behind %d", name, f.From, reached[f.Epoch])
			}
			switch portions++; portions {
			case 1:
				return false
			case 3:
				close(cut)
				<-goOn
			}
			reached[f.Epoch] = f.Upto
			return true
		}}
		l, stop := follow(t, w, name, r)
		select {
		case <-cut:
		case <-time.After(time.Minute):
			t.Fatal("the snapshot has no three portions")
		}
		if l.Followed() {
			t.Error("a part of a snapshot counts as followed")
		}
		before := w.Hub.Store.Epoch()
		w.StopHub()
		if emptied {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				if err := os.Remove(filepath.Join(w.Dir, "hub", "hub.db"+suffix)); err != nil && suffix == "" {
					t.Fatal(err)
				}
			}
		}
		w.StartHub()
		close(goOn)
		if emptied == (w.Hub.Store.Epoch() == before) {
			t.Fatal("the hub's life is not what the test made it")
		}
		apptest.Eventually(t, "the terminal is where the hub is", func() bool {
			at, err := r.Cursor(t.Context(), "jiangnan")
			return err == nil && l.Followed() && at.Epoch == w.Hub.Store.Epoch() && at.Pos == w.Hub.Store.Position()
		})
		same(t, name, w.Hub.Store, r.Store, kept...)
		stop()
		if !emptied && portions < 4 {
			t.Errorf("%d portions", portions)
		}
	}
}

// TestAnOldSlipAtANewCounter scans a slip of forty days ago at a counter that never
// heard of its ticket.
func TestAnOldSlipAtANewCounter(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	p := issue(t, k, "A")
	code := codeOf(t, k, p)
	converged(t, w, k)
	w.StopCentre()
	lived := &past{t: t, hub: w.Hub.Store, chains: map[event.Origin]*wire.Push{}}
	for d := range 40 {
		begin := apptest.Start + int64(d)*day.Milliseconds()
		w.Clock.Set(begin + 7*time.Hour.Milliseconds())
		lived.live(begin, 110)
	}
	c := w.Terminal(config.Counter, "c1")
	signIn(t, c, "wang", "246810", "A01", "A")
	if h := dayHash(c.Store, hall.DateOf(apptest.Start)); h != (hall.New("jiangnan")).Hash(hall.DateOf(apptest.Start)) {
		t.Error("the counter has tickets of forty days ago: nothing was left out")
	}
	if _, err := c.Counter.StartByScan(code); !errors.Is(err, event.CodeStale) {
		t.Errorf("a slip of forty days ago: %v", err)
	}
	apptest.Eventually(t, "the counter's hall is the hub's", func() bool {
		today := hall.DateOf(w.Clock.Now())
		return dayHash(c.Store, today) == dayHash(w.Hub.Store, today)
	})
}
