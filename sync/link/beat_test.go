package link_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/store"
	"onewindow/sync/broker"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// A clock that is put back by an hour while a beat is answered is not half an hour back for that: the next beat
// tells how far it is.
func TestAClockThatIsSteppedDuringABeat(t *testing.T) {
	b, above, quiet := placeAbove(t)
	const hour, near = 3_600_000, 500
	var here atomic.Int64 // what the clock below is ahead
	var line atomic.Pointer[link.Link]
	var beats int
	believed := make(chan int64, 1)
	_, err := above.Subscribe(wire.AnyoneSubject("jiangnan", wire.VerbBeat), func(m *nats.Msg) {
		if l := line.Load(); l != nil {
			switch beats++; beats {
			case 2:
				here.Store(-hour)
			case 3: // what came of the second one is known by now
				believed <- l.Line().ClockOffMS
			}
		}
		_ = m.Respond([]byte(fmt.Sprintf(`{"time_ms":%d,"silent":[{"origin":"jiangnan/c2","minutes":3}]}`, time.Now().UnixMilli())))
	})
	must(t, err)
	conn, err := broker.Connect(b.URL(), "jiangnan/c1", quiet)
	must(t, err)
	t.Cleanup(conn.Close)
	now := func() int64 { return time.Now().UnixMilli() + here.Load() }
	l := link.Start(link.Options{Conn: conn, Place: "jiangnan", Origin: "jiangnan/c1", Log: opened(t, "jiangnan/c1", "c1"), Fork: store.ErrFork,
		Beat: func() wire.Beat { return wire.Beat{Origin: "jiangnan/c1", Role: "counter"} }, Now: now, Logger: quiet, BeatEvery: 20 * time.Millisecond, Answer: time.Minute, Resend: time.Minute, Canary: -1})
	t.Cleanup(l.Stop)
	line.Store(l)
	if off := <-believed; off < -near || off > near {
		t.Errorf("a clock that was put back by an hour was believed to be %d ms ahead", off)
	}
	if got := l.Told().Silent; len(got) != 1 || got[0] != (wire.Silence{Origin: "jiangnan/c2", Minutes: 3}) {
		t.Errorf("silent are %+v", got)
	}
	within(t, 5*time.Second, "the next beats tell how far", func() bool { return l.Line().ClockOffMS <= near-hour })
}
