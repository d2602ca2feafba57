package inlet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Answers gives the answer to a question of a device, which is sent as JSON, bytes as they are. An error is
// logged and not answered: who asked asks again.
type Answers map[wire.Verb]func(ctx context.Context, from event.Origin, body []byte) (any, error)

// answerTime bounds one answer.
const answerTime = 10 * time.Second

// Serve answers what the devices below a place (a hall id or wire.Centre) ask, until stop.
func (a Answers) Serve(conn *nats.Conn, place string, log *slog.Logger) (stop func() error, err error) {
	var subs []*nats.Subscription
	stop = func() error {
		var errs []error
		for _, s := range subs {
			errs = append(errs, s.Unsubscribe())
		}
		return errors.Join(errs...)
	}
	for verb, answer := range a {
		sub, err := conn.Subscribe(wire.AnyoneSubject(place, verb), func(m *nats.Msg) {
			from, ok := wire.Sender(m.Subject, m.Reply)
			if !ok {
				log.Warn("a request is not answered: its answer would go to somebody else", "subject", m.Subject, "reply", m.Reply)
				return
			}
			ctx, cancel := context.WithTimeout(context.Background(), answerTime)
			defer cancel()
			said, err := answer(ctx, from, m.Data)
			body, raw := said.([]byte)
			if err == nil && !raw {
				body, err = json.Marshal(said)
			}
			if err == nil {
				err = m.Respond(body)
			}
			if err != nil {
				log.Error("answer a device", "verb", verb, "from", from, "error", err)
			}
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for %s: %w", verb, err), stop())
		}
		subs = append(subs, sub)
	}
	return stop, nil
}
