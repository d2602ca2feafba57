// Package inlet is the upper end of a hop: it takes pushes, lets the log commit them
// and answers with what is committed, and gives out what is published. Hub and centre
// use the same.
package inlet

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Log takes a push and calls done with what the database holds afterwards.
type Log interface {
	Receive(p wire.Push, done func(wire.Ack, error)) error
	// Quarantine keeps a frame aside byte for byte, as what nobody may bring.
	Quarantine(p wire.Push, reason string, done func(error)) error
	// Unreadable keeps bytes aside, within a bound of the sender's, that are no push.
	Unreadable(from event.Origin, frame []byte, reason string, done func(error)) error
}

// Inlet is a running receiver.
type Inlet struct {
	sub *nats.Subscription
	log *slog.Logger
	out Log
}

// Serve answers pushes to a place (a hall id or wire.Centre) until Stop.
func Serve(conn *nats.Conn, place string, into Log, log *slog.Logger) (*Inlet, error) {
	in := &Inlet{log: log, out: into}
	sub, err := conn.Subscribe(wire.AnyoneSubject(place, wire.VerbPush), in.take)
	if err != nil {
		return nil, fmt.Errorf("listen for pushes: %w", err)
	}
	// A burst of several halls waits here; what does not fit is sent again.
	if err := sub.SetPendingLimits(4096, 512<<20); err != nil {
		return nil, fmt.Errorf("listen for pushes: %w", err)
	}
	in.sub = sub
	return in, nil
}

// Stop ends the receiver; pushes under way are answered or sent again.
func (in *Inlet) Stop() error { return in.sub.Unsubscribe() }

func (in *Inlet) take(m *nats.Msg) {
	from, ok := wire.Sender(m.Subject, m.Reply)
	if !ok {
		in.log.Warn("a push is not answered: its ack would go to somebody else", "subject", m.Subject, "reply", m.Reply)
		return
	}
	p, err := wire.DecodePush(m.Data)
	if err != nil {
		in.unreadable(m, from, err)
		return
	}
	if !wire.MayBring(from, p.Origin) {
		in.foreign(m, from, p)
		return
	}
	err = in.out.Receive(p, func(a wire.Ack, err error) {
		if err != nil {
			in.log.Error("a push could not be saved", "origin", p.Origin, "error", err)
			return // no answer: the sender keeps the events and sends them again
		}
		in.answer(m, a)
	})
	if err != nil {
		in.log.Error("a push could not be queued", "origin", p.Origin, "error", err)
	}
}

// foreign keeps a frame aside whose origin is not its sender's to bring.
func (in *Inlet) foreign(m *nats.Msg, from event.Origin, p wire.Push) {
	in.log.Warn("a push is kept in quarantine: it is another device's", "from", from, "origin", p.Origin)
	err := in.out.Quarantine(p, "brought by "+string(from), func(err error) {
		if err == nil {
			in.answer(m, wire.Ack{Refuse: event.DeviceUnknown})
		}
	})
	if err != nil {
		in.log.Error("a push could not be queued", "origin", p.Origin, "error", err)
	}
}

// unreadable keeps a frame aside that is no push: it may be what a newer program noted.
// Its sender is refused once that is committed, and so learns that its queue stands.
func (in *Inlet) unreadable(m *nats.Msg, from event.Origin, why error) {
	in.log.Warn("a push that cannot be read is kept in quarantine: look whether its sender runs a newer program than this one", "from", from, "error", why, "bytes", len(m.Data))
	err := in.out.Unreadable(from, m.Data, why.Error(), func(err error) {
		if err != nil {
			in.log.Error("a push that cannot be read could not be kept; it will come again", "from", from, "error", err)
			return
		}
		in.answer(m, wire.Ack{Refuse: event.VersionUnknown})
	})
	if err != nil {
		in.log.Error("a push could not be queued", "origin", from, "error", err)
	}
}

func (in *Inlet) answer(m *nats.Msg, a wire.Ack) {
	b, err := json.Marshal(a)
	if err == nil {
		err = m.Respond(b)
	}
	if err != nil {
		in.log.Warn("an ack could not be sent; the push will come again", "error", err)
	}
}
