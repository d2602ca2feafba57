package faulttest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/sync/broker"
	"onewindow/sync/wire"
)

// device speaks the protocol of a terminal without being one: it notes what a
// test wants, good or bad, and sends it when the test wants.
type device struct {
	conn   *nats.Conn
	key    ed25519.PrivateKey
	origin event.Origin
	epoch  event.Epoch
	seq    event.Seq
	head   event.Hash
	last   event.Stamp

	from   event.Seq // first event that is not confirmed
	prev   event.Hash
	bodies [][]byte

	// all is every event of the chain, where a hub may take over that lacks some of them.
	all  [][]byte
	kept bool
}

// newDevice makes a device that the hub learns to know by its first event.
func newDevice(t *testing.T, w *world, name, role string, r *rand.Rand) *device {
	t.Helper()
	return newDeviceAt(t, w, w.hubAt, name, role, r)
}

// newDeviceAt is a device that knows its hub under an address of its own.
func newDeviceAt(t *testing.T, w *world, hubAt, name, role string, r *rand.Rand) *device {
	t.Helper()
	d := &device{origin: event.Origin(string(hallID) + "/" + name), epoch: event.Epoch(r.Uint64()>>1 | 1), from: 1, kept: w.second != nil}
	w.admitBelow(name, d.origin, role)
	var err error
	d.key, err = folder.DeviceKey(w.path(name))
	must(t, err)
	conn, err := broker.Dial("nats://"+hubAt, broker.Device{Origin: d.origin, Role: role, Key: d.key, Peer: w.hubKeys(), Place: "hub", Setting: "hub_key"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	d.conn = conn
	t.Cleanup(conn.Close)
	d.note(hall.KindDevice, hall.Device{Role: role, Key: d.key.Public().(ed25519.PublicKey), Program: "faulttest", Series: 0})
	return d
}

// note adds an event to the chain and to what is owed.
func (d *device) note(kind event.Kind, fact any) []byte {
	d.seq++
	d.last = d.last.After(time.Now().UnixMilli())
	body := event.Event{ID: event.ID{Origin: d.origin, Epoch: d.epoch, Seq: d.seq}, At: d.last, Kind: kind, Payload: hall.Payload(fact)}.Encode()
	return d.add(body)
}

// add puts any bytes at the next place of the chain.
func (d *device) add(body []byte) []byte {
	d.seq = d.from + event.Seq(len(d.bodies))
	d.bodies = append(d.bodies, body)
	d.head = event.Chain(d.head, event.Sum(body))
	if d.kept {
		d.all = append(d.all, body)
	}
	return body
}

// back goes back to what a hub has that took over.
func (d *device) back(upto event.Seq) {
	d.from, d.prev, d.bodies = upto+1, event.Hash{}, d.all[upto:]
	for _, body := range d.all[:upto] {
		d.prev = event.Chain(d.prev, event.Sum(body))
	}
}

// frame is the push of everything owed.
func (d *device) frame() wire.Push {
	p := wire.Push{Origin: d.origin, Epoch: d.epoch, From: d.from, Prev: d.prev, Bodies: d.bodies}
	p.Sig = wire.SignHead(d.key, d.origin, d.epoch, p.Upto(), p.Head())
	return p
}

// send asks once; an error means that nobody knows whether it was taken.
func (d *device) send(ctx context.Context, frame []byte, limit time.Duration) (a wire.Ack, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	m, err := d.conn.RequestWithContext(ctx, wire.AskSubject(string(hallID), wire.VerbPush, d.origin), frame)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(m.Data, &a)
}

// push sends what is owed until it is confirmed.
func (d *device) push(ctx context.Context) error {
	frame := d.frame()
	raw := frame.Encode()
	for {
		a, err := d.send(ctx, raw, time.Second)
		switch {
		case err == nil && a.Refuse != nil:
			return fmt.Errorf("the push of %s was refused: %w", d.origin, a.Refuse)
		case err == nil && d.kept && a.Upto < frame.Upto():
			d.back(a.Upto)
			frame = d.frame()
			raw = frame.Encode()
			continue
		case err == nil && a.Upto == frame.Upto() && a.Head == frame.Head():
			d.from, d.prev, d.bodies = frame.Upto()+1, frame.Head(), nil
			return nil
		case err == nil:
			return fmt.Errorf("the push of %s up to %d was confirmed up to %d, or with another head", d.origin, frame.Upto(), a.Upto)
		}
		if !pause(ctx, 20*time.Millisecond) {
			return fmt.Errorf("push of %s: %w: %w", d.origin, ctx.Err(), err)
		}
	}
}

// ticketID makes an id whose time is the moment of issue, as a kiosk's.
func ticketID(ms int64, n uint64) hall.TicketID {
	return hall.TicketID(fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", ms>>16, ms&0xffff, n>>48&0xfff, n>>36&0xfff, n&0xfff_ffff_ffff))
}
