package inlet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

// Serve answers what the devices below a place (a hall id or wire.Centre) ask, until stop: of
// one verb one question after the other.
func (a Answers) Serve(conn *nats.Conn, place string, log *slog.Logger) (stop func() error, err error) {
	return a.serve(context.Background(), conn, place, log, func(answer func()) { answer() })
}

// ServeWaiting is Serve for answers that wait for something to happen: nobody waits for
// somebody else's.
func (a Answers) ServeWaiting(conn *nats.Conn, place string, log *slog.Logger) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	var answering sync.WaitGroup
	end, err := a.serve(ctx, conn, place, log, answering.Go)
	if err != nil {
		cancel()
		return nil, err
	}
	return func() error {
		err := end()
		cancel()
		answering.Wait()
		return err
	}, nil
}

func (a Answers) serve(all context.Context, conn *nats.Conn, place string, log *slog.Logger, run func(func())) (stop func() error, err error) {
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
			run(func() {
				ctx, cancel := context.WithTimeout(all, answerTime)
				defer cancel()
				said, err := answer(ctx, from, m.Data)
				body, raw := said.([]byte)
				if err == nil && !raw {
					body, err = json.Marshal(said)
				}
				if err == nil {
					err = m.Respond(body)
				}
				if err != nil && all.Err() == nil {
					log.Error("answer a device", "verb", verb, "from", from, "error", err)
				}
			})
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for %s: %w", verb, err), stop())
		}
		subs = append(subs, sub)
	}
	return stop, nil
}
