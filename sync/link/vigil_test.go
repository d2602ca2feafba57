package link_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/inlet"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// told is what operators read.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (x *told) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.Write(p)
}

func (x *told) says(word string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Contains(x.text.String(), word)
}

func opened(t *testing.T, origin event.Origin, role string) *store.Store {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32.32s", origin)))
	s, err := store.Open(store.Options{Path: filepath.Join(t.TempDir(), "t.db"), Origin: origin, Key: key, Now: func() int64 { return time.Now().UnixMilli() }})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.Announce(hall.Device{Role: role, Key: key.Public().(ed25519.PublicKey)}))
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// within waits for something that must come by itself.
func within(t *testing.T, limit time.Duration, what string, so func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !so() {
		if time.Since(began) > limit {
			t.Fatalf("not within %v: %s", limit, what)
		}
		<-time.After(5 * time.Millisecond)
	}
	return time.Since(began)
}

// placeAbove is a server with a connection of its own, for a test to play hub or centre on.
func placeAbove(t *testing.T) (*broker.Broker, *nats.Conn, *slog.Logger) {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	b, err := broker.Start(broker.Options{Listen: "127.0.0.1:0", Name: "above", Open: true, Logger: quiet})
	must(t, err)
	t.Cleanup(b.Stop)
	above, err := b.InProcess("above", quiet)
	must(t, err)
	t.Cleanup(above.Close)
	return b, above, quiet
}

// A place above answers every beat, says that the centre is reached, and takes no push:
// the line says that it stands, and nothing but the canary can know better. Nobody writes.
func TestACanaryFindsALineThatOnlySaysThatItStands(t *testing.T) {
	b, above, quiet := placeAbove(t)
	var late, worst atomic.Int64
	_, err := above.Subscribe(wire.AnyoneSubject(wire.Centre, wire.VerbBeat), func(m *nats.Msg) {
		var beat wire.Beat
		_ = json.Unmarshal(m.Data, &beat)
		late.Store(beat.LateMS)
		worst.Store(max(worst.Load(), beat.LateMS))
		_ = m.Respond([]byte(fmt.Sprintf(`{"time_ms":%d,"centre_reached":true}`, time.Now().UnixMilli())))
	})
	must(t, err)
	archive := opened(t, "district/centre", "centre")
	in, err := inlet.Serve(above, wire.Centre, archive, quiet)
	must(t, err)

	below := opened(t, "jiangnan/hub", "hub")
	log := &told{}
	conn, err := broker.Connect(b.URL(), "jiangnan/hub", quiet)
	must(t, err)
	t.Cleanup(conn.Close)
	const canary, overdue = 300 * time.Millisecond, 800 * time.Millisecond
	l := link.Start(link.Options{Conn: conn, Place: wire.Centre, Origin: "jiangnan/hub", Log: below, Fork: store.ErrFork,
		Beat: func() wire.Beat { return wire.Beat{Origin: "jiangnan/hub", Role: "hub"} }, Now: func() int64 { return time.Now().UnixMilli() },
		Logger: slog.New(slog.NewTextHandler(log, nil)), BeatEvery: 50 * time.Millisecond, Answer: time.Minute, Resend: time.Minute, Canary: canary, Overdue: overdue})
	t.Cleanup(l.Stop)
	saved := func() int { n, err := archive.Kept(t.Context()); must(t, err); return n }
	before := saved()
	within(t, 5*time.Second, "two canaries come to the centre", func() bool { return saved() >= before+2 })
	if log.says("nothing comes") {
		t.Fatal("a line that lives is said to be stuck")
	}

	must(t, in.Stop())
	hole, err := above.Subscribe(wire.AnyoneSubject(wire.Centre, wire.VerbPush), func(*nats.Msg) {})
	must(t, err)
	stuck := within(t, 10*time.Second, "the place above is told", func() bool { return late.Load() >= overdue.Milliseconds() })
	within(t, 10*time.Second, "the connection is made anew", func() bool { return conn.Stats().Reconnects > 0 })
	for _, words := range []string{"under new subscriptions", "the connection is made anew"} {
		if !log.says(words) {
			t.Errorf("operators do not read %q", words)
		}
	}

	// Whatever held it is gone. The answers to what was swallowed would be waited for
	// for a minute: it drains because the supervisor asks again.
	must(t, hole.Unsubscribe())
	in, err = inlet.Serve(above, wire.Centre, archive, quiet)
	must(t, err)
	t.Cleanup(func() { _ = in.Stop() })
	had := saved()
	drained := within(t, 5*time.Second, "what was stuck comes", func() bool { return saved() > had && late.Load() == 0 })
	if !log.says("has come to the centre") {
		t.Error("operators do not read that it is over")
	}
	t.Logf("T15 canary: a line that only says that it stands is told after %.1f s with a canary each %v (most %d ms late), drains %.1f s after it is good again",
		stuck.Seconds(), canary, worst.Load(), drained.Seconds())
}
