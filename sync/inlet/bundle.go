package inlet

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"

	"onewindow/sync/wire"
)

// Shelf has the bundle in force, whose version is 0 where there is none, and its parts.
type Shelf interface {
	Bundle() wire.Bundle
	Piece(a wire.PieceAsk) ([]byte, error)
}

// Lend gives what is published to the devices that ask a place for it, until stop.
func Lend(conn *nats.Conn, place string, from Shelf, log *slog.Logger) (stop func() error, err error) {
	answers := map[wire.Verb]func([]byte) ([]byte, error){
		wire.VerbBundle: func([]byte) ([]byte, error) {
			if b := from.Bundle(); b.Version > 0 {
				return b.Encode(), nil
			}
			return nil, nil
		},
		wire.VerbPart: func(body []byte) ([]byte, error) {
			var a wire.PieceAsk
			if err := json.Unmarshal(body, &a); err != nil {
				return nil, fmt.Errorf("read the question: %w", err)
			}
			return from.Piece(a)
		},
	}
	var subs []*nats.Subscription
	stop = func() error {
		var errs []error
		for _, s := range subs {
			errs = append(errs, s.Unsubscribe())
		}
		return errors.Join(errs...)
	}
	for verb, answer := range answers {
		sub, err := conn.Subscribe(wire.AnyoneSubject(place, verb), func(m *nats.Msg) {
			who, ok := wire.Sender(m.Subject, m.Reply)
			if !ok {
				log.Warn("a request is not answered: its answer would go to somebody else", "subject", m.Subject, "reply", m.Reply)
				return
			}
			text, err := answer(m.Data)
			if err != nil {
				log.Error("give what is published", "to", who, "error", err)
			}
			if err := m.Respond(text); err != nil {
				log.Warn("give what is published", "to", who, "error", err)
			}
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for who asks for what is published: %w", err), stop())
		}
		subs = append(subs, sub)
	}
	return stop, nil
}
