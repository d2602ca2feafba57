package inlet

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/sync/wire"
)

// Keyring answers the keyrings below, after the commit.
type Keyring interface {
	Answer(ctx context.Context, ask wire.KeysAsk, mayErase, top bool) (wire.KeysAnswer, error)
}

// ServeKeys answers the keyrings of the devices below a place (a hall id or wire.Centre)
// until the subscription ends. Only a hub's word destroys a key.
func ServeKeys(conn *nats.Conn, place string, ring Keyring, log *slog.Logger) (*nats.Subscription, error) {
	sub, err := conn.Subscribe(wire.AnyoneSubject(place, wire.VerbKeys), func(m *nats.Msg) {
		from, ok := wire.Sender(m.Subject, m.Reply)
		var ask wire.KeysAsk
		if err := json.Unmarshal(m.Data, &ask); !ok || err != nil {
			log.Warn("a message of keys is not answered", "subject", m.Subject, "error", err)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		a, err := ring.Answer(ctx, ask, wire.IsHub(from), place == wire.Centre)
		var body []byte
		if err == nil {
			body, err = json.Marshal(a)
		}
		if err == nil {
			err = m.Respond(body)
		}
		if err != nil {
			log.Error("keys of cases could not be saved; they come again", "from", from, "error", err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("listen for keys: %w", err)
	}
	return sub, nil
}
