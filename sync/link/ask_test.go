package link_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// A terminal tells its hub which tickets of earlier days it holds: the hub may not know
// of a visit that lasts over midnight, and must not leave its events out.
func TestATerminalTellsWhatItHolds(t *testing.T) {
	b, above, quiet := placeAbove(t)
	asks := make(chan wire.FeedAsk, 16)
	_, err := above.Subscribe(wire.AnyoneSubject("jiangnan", wire.VerbFeed), func(m *nats.Msg) {
		var a wire.FeedAsk
		if json.Unmarshal(m.Data, &a) == nil {
			asks <- a
		}
	})
	must(t, err)
	c := opened(t, "jiangnan/c1", "counter")
	now := time.Now().UnixMilli()
	hex := fmt.Sprintf("%012x", now-5*24*3600_000)
	held := hall.TicketID(hex[:8] + "-" + hex[8:] + "-7000-8000-000000000001")
	must(t, c.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindStarted, hall.Moved{Ticket: held, Window: "B01", Clerk: "wang", AtMS: now, How: "scan"})
		return err
	}))
	conn, err := broker.Connect(b.URL(), "jiangnan/c1", quiet)
	must(t, err)
	t.Cleanup(conn.Close)
	l := link.Start(link.Options{Conn: conn, Place: "jiangnan", Origin: "jiangnan/c1", Log: c, Fork: store.ErrFork, Feed: true,
		Now: func() int64 { return time.Now().UnixMilli() }, Logger: quiet, Canary: -1})
	t.Cleanup(l.Stop)
	select {
	case a := <-asks:
		if a.Since == "" || !slices.Contains(a.Held, string(held)) {
			t.Errorf("it asks for %q on, and tells of %v and not of %s", a.Since, a.Held, held)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it asks for nothing")
	}
}

// ring has one key to tell, for ever.
type ring struct{}

func (ring) Ask(context.Context) (wire.KeysAsk, error) {
	return wire.KeysAsk{Rows: []wire.CaseKey{{Case: "case-1"}}}, nil
}

func (ring) Answered(context.Context, wire.KeysAsk, wire.KeysAnswer, bool) (bool, error) {
	return false, nil
}
func (ring) Watch() chan struct{}  { return make(chan struct{}) }
func (ring) Unwatch(chan struct{}) {}

// A question that a broken line can bring no answer to is not waited for: it is asked again when the line is back, and
// not when its time is over, which is a minute here.
func TestABrokenLineEndsAQuestion(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	asked := make(chan struct{}, 8)
	place := func(listen string) (url string, stop func()) {
		t.Helper()
		b, err := broker.Start(broker.Options{Listen: listen, Name: "above", Open: true, Logger: quiet})
		must(t, err)
		above, err := b.InProcess("above", quiet)
		must(t, err)
		stop = sync.OnceFunc(func() { above.Close(); b.Stop() })
		t.Cleanup(stop)
		_, err = above.Subscribe(wire.AnyoneSubject("jiangnan", wire.VerbKeys), func(*nats.Msg) { asked <- struct{}{} })
		must(t, errors.Join(err, above.Flush()))
		return b.URL(), stop
	}
	url, stop := place("127.0.0.1:0")
	conn, err := broker.Connect(url, "jiangnan/c1", quiet)
	must(t, err)
	t.Cleanup(conn.Close)
	l := link.Start(link.Options{Conn: conn, Place: "jiangnan", Origin: "jiangnan/c1", Log: opened(t, "jiangnan/c1", "c1"), Fork: store.ErrFork, Keys: ring{},
		Now: func() int64 { return time.Now().UnixMilli() }, Logger: quiet, Canary: -1, Answer: time.Minute, Resend: time.Minute, Overdue: time.Hour})
	t.Cleanup(l.Stop)
	within(t, 10*time.Second, "a question", func() bool { return len(asked) > 0 })
	<-asked
	stop()
	place(strings.TrimPrefix(url, "nats://"))
	within(t, 15*time.Second, "the question again", func() bool { return len(asked) > 0 })
}
