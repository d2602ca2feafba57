package faulttest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// bad is one way in which a frame or an event is not as it should be.
type bad struct {
	name string
	// send brings it to the hub; kept gives what must lie in quarantine afterwards,
	// byte for byte, nil where nothing must.
	send func(x *smuggler) (kept []byte, err error)
}

// smuggler sends what is bad between the good pushes of a kiosk.
type smuggler struct {
	ctx     context.Context
	w       *world
	r       *rand.Rand
	good    *device
	last    []byte   // the last good frame, as it was sent
	passed  [][]byte // events that nobody can read and everybody must keep and pass on
	at      []event.Seq
	tickets int
}

// ticket notes one more ticket.
func (x *smuggler) ticket() {
	ms := time.Now().UnixMilli()
	x.tickets++
	x.good.note(hall.KindIssued, hall.Issued{Ticket: ticketID(ms, x.r.Uint64()), Hall: hallID, Date: hall.DateOf(ms), Service: "B", Number: hall.Number(fmt.Sprintf("B8-%05d", x.tickets)), Class: hall.WalkIn, Language: "zh", IssuedMS: ms})
}

// strange puts bytes into the good chain as an event: they count in it, and go on
// to the centre as they are.
func (x *smuggler) strange(body []byte) {
	x.at = append(x.at, x.good.from+event.Seq(len(x.good.bodies)))
	x.passed = append(x.passed, x.good.add(body))
}

func (x *smuggler) next() event.ID {
	return event.ID{Origin: x.good.origin, Epoch: x.good.epoch, Seq: x.good.from + event.Seq(len(x.good.bodies))}
}

func (x *smuggler) noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(x.r.Uint32())
	}
	return b
}

// refused sends a frame that must be answered with a refusal.
func (x *smuggler) refused(frame []byte) error {
	a, err := x.good.send(x.ctx, frame, 5*time.Second)
	if err == nil && a.Refuse == nil {
		err = fmt.Errorf("it was taken, up to %d", a.Upto)
	}
	return err
}

// ahead is a frame of the good device with one event that was never noted.
func (x *smuggler) ahead() wire.Push {
	body := event.Event{ID: x.next(), At: event.Stamp{MS: time.Now().UnixMilli()}, Kind: "ticket.forged", Payload: []byte(`{}`)}.Encode()
	return wire.Push{Origin: x.good.origin, Epoch: x.good.epoch, From: x.good.from, Prev: x.good.prev, Bodies: [][]byte{body}}
}

// bads are kept in quarantine, or in the chain, or change nothing.
var bads = []bad{
	{"wrongly signed", func(x *smuggler) ([]byte, error) {
		p := x.ahead()
		p.Sig = wire.SignHead(ed25519.NewKeyFromSeed(x.noise(ed25519.SeedSize)), p.Origin, p.Epoch, p.Upto(), p.Head())
		return p.Encode(), x.refused(p.Encode())
	}},
	{"another history", func(x *smuggler) ([]byte, error) {
		p := x.ahead()
		p.Prev = event.Sum(x.noise(8))
		p.Sig = wire.SignHead(x.good.key, p.Origin, p.Epoch, p.Upto(), p.Head())
		return p.Encode(), x.refused(p.Encode())
	}},
	{"a known number with other content", func(x *smuggler) ([]byte, error) {
		p := x.ahead()
		p.From, p.Prev = 1, event.Hash{}
		p.Bodies = [][]byte{x.noise(50)}
		p.Sig = wire.SignHead(x.good.key, p.Origin, p.Epoch, p.Upto(), p.Head())
		return p.Encode(), x.refused(p.Encode())
	}},
	{"replayed", func(x *smuggler) ([]byte, error) {
		a, err := x.good.send(x.ctx, x.last, 5*time.Second)
		if err == nil && (a.Refuse != nil || a.Upto != x.good.from-1 || a.Head != x.good.prev) {
			err = fmt.Errorf("it was answered with %+v", a)
		}
		return nil, err
	}},
	{"behind a gap", func(x *smuggler) ([]byte, error) {
		p := x.ahead()
		p.From += 7
		p.Sig = wire.SignHead(x.good.key, p.Origin, p.Epoch, p.Upto(), p.Head())
		a, err := x.good.send(x.ctx, p.Encode(), 5*time.Second)
		if err == nil && (a.Refuse != nil || a.Upto != x.good.from-1) {
			err = fmt.Errorf("it was answered with %+v", a)
		}
		return nil, err
	}},
	{"an unknown kind", func(x *smuggler) ([]byte, error) {
		x.strange(event.Event{ID: x.next(), At: event.Stamp{MS: time.Now().UnixMilli()}, Kind: "ticket.teleported", Payload: []byte(`{"whither":"亭","n":1.50}`)}.Encode())
		return nil, nil
	}},
	{"an event of a future version", func(x *smuggler) ([]byte, error) {
		body := event.Event{ID: x.next(), At: event.Stamp{MS: 1}, Kind: "ticket.issued", Payload: []byte(`{}`)}.Encode()
		body[0] = 9
		x.strange(body)
		return nil, nil
	}},
	{"an event that is no event", func(x *smuggler) ([]byte, error) { x.strange(x.noise(1 + x.r.IntN(200))); return nil, nil }},
	{"an event of another device", func(x *smuggler) ([]byte, error) {
		id := x.next()
		id.Origin = "jiangnan/k9"
		x.strange(event.Event{ID: id, At: event.Stamp{MS: 1}, Kind: "ticket.issued", Payload: []byte(`{}`)}.Encode())
		return nil, nil
	}},
	{"a payload that is not of its kind", func(x *smuggler) ([]byte, error) {
		x.strange(event.Event{ID: x.next(), At: event.Stamp{MS: 1}, Kind: hall.KindIssued, Payload: []byte(`{"ticket":7}`)}.Encode())
		return nil, nil
	}},
	{"an event larger than any may be", func(x *smuggler) ([]byte, error) {
		x.strange(event.Event{ID: x.next(), At: event.Stamp{MS: 1}, Kind: "ticket.huge", Payload: x.noise(event.MaxPayload + 1)}.Encode())
		return nil, nil
	}},
	{"a message larger than the line takes", func(x *smuggler) ([]byte, error) { return nil, x.flood() }},
	{"a frame of noise", func(x *smuggler) ([]byte, error) { f := x.noise(x.r.IntN(400)); return f, x.refused(f) }},
	{"a frame cut short", func(x *smuggler) ([]byte, error) {
		f := x.last[:len(x.last)-1-x.r.IntN(len(x.last)/2)]
		return f, x.refused(f)
	}},
	{"a frame of a future version", func(x *smuggler) ([]byte, error) {
		f := bytes.Clone(x.last)
		f[0] = wire.Version + 1
		return f, x.refused(f)
	}},
}

// flood writes a message of 2 MiB past the client library, which would not send
// it. The broker must end that connection, and no other.
func (x *smuggler) flood() error {
	c, err := net.DialTimeout("tcp", x.w.hubAt, 3*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	head := fmt.Sprintf("CONNECT {\"verbose\":false,\"protocol\":1}\r\nPUB %s %d\r\n", wire.AskSubject(string(hallID), wire.VerbPush, x.good.origin), 2<<20)
	if _, err := c.Write([]byte(head)); err != nil {
		return err
	}
	_, _ = c.Write(x.noise(2 << 20)) // it may be thrown out in the middle
	for lines := bufio.NewReader(c); ; {
		if _, err := lines.ReadString('\n'); err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				return fmt.Errorf("the connection of a flooder stays open: %w", err)
			}
			return nil
		}
	}
}

// T10: one push in twenty is bad, each time in another way.
func TestBadFramesStopNothing(t *testing.T) {
	if left(t, "T10") {
		return
	}
	c := drawn(t)
	steadyDay(t, pick(2*time.Minute, 10*time.Minute))
	pushes := pick(20*len(bads)*4, 20*len(bads)*100)
	w := newWorld(t, onLoopback(t), 0)
	ctx, cancel := context.WithTimeout(t.Context(), pick(2*time.Minute, 10*time.Minute))
	defer cancel()
	x := &smuggler{ctx: ctx, w: w, r: c.of("smuggler"), good: newDevice(t, w, "k8", "kiosk", c.of("k8"))}
	took := &times{}
	kept := map[string][]byte{}
	sent := 0
	var order []bad
	for n := range pushes {
		if n%20 == 19 {
			if len(order) == 0 {
				order = append(order, bads...)
				x.r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			}
			b := order[0]
			order = order[1:]
			body, err := b.send(x)
			if err != nil {
				t.Fatalf("%s: %v", b.name, err)
			}
			if body != nil {
				kept[string(body)] = body
			}
			sent++
		}
		x.ticket()
		x.last = x.good.frame().Encode()
		began := time.Now()
		if err := x.good.push(ctx); err != nil {
			t.Fatalf("good push %d: %v", n, err)
		}
		took.add(time.Since(began))
	}
	drained := eventually(t, drainLimit, "the centre has the whole chain", func() error {
		n, err := w.centre.one("SELECT seq FROM chain WHERE origin = ?", string(x.good.origin))
		if err == nil && n != fmt.Sprint(x.good.from-1) {
			err = fmt.Errorf("it has %q of %d", n, x.good.from-1)
		}
		return err
	})
	for _, n := range []*node{w.hub, w.centre} {
		v, err := n.look()
		must(t, err)
		if len(v.tickets) != x.tickets {
			t.Errorf("%s has %d tickets of %d", n.name, len(v.tickets), x.tickets)
		}
		x.sameBytes(t, n)
	}
	for _, frame := range kept {
		quarantined(t, w.hub, frame)
	}
	if worst := took.at(1); worst > 5*time.Second {
		t.Errorf("a good push took %v", worst)
	}
	t.Logf("T15 silence after bad frames: the centre has all %.1f s after the last one, with no write", drained.Seconds())
	t.Logf("T10 frames: %d good pushes and %d bad ones of %d sorts; p99 of a good push %.1f ms, most %.1f ms; %d strange events byte for byte at hub and centre, %d frames in quarantine byte for byte",
		pushes, sent, len(bads), ms(took.at(0.99)), ms(took.at(1)), len(x.passed), len(kept))
}

// A frame that cannot be read is kept byte for byte like one that is wrongly signed,
// because it may be what a newer program noted.
func TestUnreadableFramesAreKept(t *testing.T) {
	if left(t, "T10") {
		return
	}
	c := drawn(t)
	w := newWorld(t, onLoopback(t), 0)
	x := &smuggler{ctx: t.Context(), w: w, r: c.of("smuggler"), good: newDevice(t, w, "k8", "kiosk", c.of("k8"))}
	x.ticket()
	good := x.good.frame().Encode()
	must(t, x.good.push(x.ctx))
	future := bytes.Clone(good)
	future[0] = wire.Version + 1
	for _, frame := range [][]byte{x.noise(300), good[:len(good)/2], future} {
		must(t, x.refused(frame))
		quarantined(t, w.hub, frame)
	}
	t.Logf("T10 unreadable frames: noise, a cut one and one of a future version are kept byte for byte")
}

// sameBytes looks for every strange event in a log, as it was sent.
func (x *smuggler) sameBytes(t *testing.T, n *node) {
	t.Helper()
	db, err := reader(n.database())
	must(t, err)
	defer db.Close()
	for i, body := range x.passed {
		var have []byte
		err := db.QueryRow("SELECT e.body FROM event e JOIN chain c ON c.id = e.chain WHERE c.origin = ? AND c.epoch = ? AND e.seq = ?", string(x.good.origin), int64(x.good.epoch), int64(x.at[i])).Scan(&have)
		if err != nil || !bytes.Equal(have, body) {
			t.Errorf("%s: event %d of %d bytes is there with %d: %v", n.name, x.at[i], len(body), len(have), err)
		}
	}
}

// quarantined looks for a frame that was put aside, byte for byte.
func quarantined(t *testing.T, n *node, frame []byte) {
	t.Helper()
	db, err := reader(n.database())
	must(t, err)
	defer db.Close()
	sum := event.Sum(frame)
	var have []byte
	if err := db.QueryRow("SELECT body FROM quarantine WHERE hash = ?", sum[:]).Scan(&have); err != nil || !bytes.Equal(have, frame) {
		t.Errorf("a bad frame of %d bytes is in quarantine with %d: %v", len(frame), len(have), err)
	}
}

// FuzzDecodePush: whatever comes is refused or is exactly what an encoder writes
// of it, so that what is passed on is what came.
func FuzzDecodePush(f *testing.F) {
	good := wire.Push{Origin: "jiangnan/k1", Epoch: 7, From: 3, Prev: event.Sum([]byte("before")), Bodies: [][]byte{[]byte("one"), {}, []byte("three")}, Sig: bytes.Repeat([]byte{5}, 64)}
	f.Add(good.Encode())
	good.Sig, good.Bodies = nil, good.Bodies[:1]
	f.Add(good.Encode())
	f.Add([]byte{})
	f.Add([]byte{wire.Version, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := wire.DecodePush(b)
		if err != nil {
			if !errors.Is(err, wire.ErrFrame) {
				t.Fatalf("an error that nobody can recognise: %v", err)
			}
			return
		}
		again, err := wire.DecodePush(p.Encode())
		if err != nil || again.Head() != p.Head() || again.Upto() != p.Upto() || again.Origin != p.Origin || !bytes.Equal(again.Sig, p.Sig) {
			t.Fatalf("read %+v, wrote it, and read %+v (%v)", p, again, err)
		}
		if p.From == 0 || p.Epoch == 0 {
			t.Fatalf("a push that cannot be was read: %+v", p)
		}
	})
}

// FuzzDecodeFeed is the same for what comes down.
func FuzzDecodeFeed(f *testing.F) {
	f.Add(wire.Feed{Epoch: 3, From: 5, Upto: 9, Bodies: [][]byte{[]byte("a"), []byte("b")}, Marks: []wire.Mark{{Origin: "jiangnan/k1", Epoch: 3, Seq: 9}}}.Encode())
	f.Add(wire.Feed{Epoch: 3}.Encode())
	f.Add([]byte{wire.Version})
	f.Fuzz(func(t *testing.T, b []byte) {
		feed, err := wire.DecodeFeed(b)
		if err != nil {
			if !errors.Is(err, wire.ErrFrame) {
				t.Fatalf("an error that nobody can recognise: %v", err)
			}
			return
		}
		again, err := wire.DecodeFeed(feed.Encode())
		if err != nil || again.Epoch != feed.Epoch || again.From != feed.From || again.Upto != feed.Upto || len(again.Bodies) != len(feed.Bodies) || len(again.Marks) != len(feed.Marks) {
			t.Fatalf("read %+v, wrote it, and read %+v (%v)", feed, again, err)
		}
	})
}

// FuzzAnswers: what a counter reads from a hub may be anything.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"event":"AQ==","ticket":"AQ==","refuse":{"code":202,"key":"nobody_waits"}}`))
	f.Add([]byte(`{"upto":3,"head":[1],"above":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var g wire.Grant
		if json.Unmarshal(b, &g) == nil {
			if e, err := event.Decode(g.Event); err == nil && !bytes.Equal(e.Encode(), g.Event) {
				t.Fatalf("an event was read that is written otherwise")
			}
		}
		var a wire.Ack
		_ = json.Unmarshal(b, &a) // it may be refused, not panic
	})
}
