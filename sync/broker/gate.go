package broker

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Judge tells what a device may do that has proved to hold a key (its text as an
// nkey) and calls itself name, or why it is refused, with the next step. It is
// asked at each connect and every second about everyone who is connected, so that
// it must be quick; a connection whose answer changes is dropped.
type Judge func(key string, name event.Origin) (wire.Rights, error)

const (
	// lookEvery is how soon a changed list drops a connection.
	lookEvery = time.Second
	// tellEvery is how often one key's refusal is told: it knocks every few seconds, for ever.
	tellEvery = 5 * time.Minute
	// mostTold bounds what strangers can make this program remember.
	mostTold = 1000
)

// gate lets connections in, and throws them out again.
type gate struct {
	judge Judge                        // nil where everybody of this machine may come
	bar   func(name event.Origin) bool // nil where nobody is barred
	log   *slog.Logger
	now   chan struct{} // look at once
	quit  chan struct{}
	done  sync.WaitGroup

	mu   sync.Mutex
	live map[uint64]admitted
	told map[string]time.Time
}

// admitted is a connection that was let in.
type admitted struct {
	key    string
	name   event.Origin
	rights wire.Rights
}

func newGate(judge Judge, bar func(event.Origin) bool, log *slog.Logger) *gate {
	return &gate{judge: judge, bar: bar, log: log, now: make(chan struct{}, 1), quit: make(chan struct{}), live: map[uint64]admitted{}, told: map[string]time.Time{}}
}

// Check is nats-server's question whether a connection may come in.
func (g *gate) Check(c server.ClientAuthentication) bool {
	if c.Kind() != server.CLIENT {
		return false
	}
	// Only this very process can hold the other end of a pipe.
	if addr := c.RemoteAddress(); addr != nil && addr.Network() == "pipe" {
		c.RegisterUser(&server.User{Username: "this process"})
		return true
	}
	name := event.Origin(c.GetOpts().Name)
	if g.bar != nil && g.bar(name) {
		return false // it finds the other hub, and nobody has to be told
	}
	if g.judge == nil {
		c.RegisterUser(&server.User{Username: "this machine"})
		g.mu.Lock()
		g.live[c.GetID()] = admitted{name: name}
		g.mu.Unlock()
		return true
	}
	key, err := proved(c)
	var rights wire.Rights
	if err == nil {
		rights, err = g.judge(key, name)
	}
	// An empty list would mean everything to the server.
	if err == nil && (len(rights.Publish) == 0 || len(rights.Subscribe) == 0) {
		err = errors.New("it has no business here")
	}
	if err != nil {
		g.tell(c, key, name, err)
		return false
	}
	c.RegisterUser(&server.User{Username: key, Permissions: &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: slices.Clone(rights.Publish)},
		Subscribe: &server.SubjectPermission{Allow: slices.Clone(rights.Subscribe)},
	}})
	g.mu.Lock()
	g.live[c.GetID()] = admitted{key, name, rights}
	delete(g.told, key)
	g.mu.Unlock()
	g.log.Info("a device is connected", "device", name)
	return true
}

var (
	errNoKey  = errors.New("it shows no key: set the key of this server in its settings (hub_key, --centre-key), so that it shows its own")
	errForged = errors.New("its signature does not fit the key that it shows")
)

// proved gives the key that the connection has signed this server's nonce with.
func proved(c server.ClientAuthentication) (string, error) {
	text := c.GetOpts().Nkey
	key, err := nkeys.Decode(nkeys.PrefixByteUser, []byte(text))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return "", errNoKey
	}
	sig, err := base64.RawURLEncoding.DecodeString(c.GetOpts().Sig)
	nonce := c.GetNonce()
	if err != nil || len(nonce) == 0 || !ed25519.Verify(key, nonce, sig) {
		return "", errForged
	}
	return text, nil
}

// tell logs a refusal, but not each knock.
func (g *gate) tell(c server.ClientAuthentication, key string, name event.Origin, why error) {
	from := ""
	if addr := c.RemoteAddress(); addr != nil {
		from = addr.String()
	}
	g.mu.Lock()
	last, known := g.told[key]
	again := !known || time.Since(last) >= tellEvery
	if again {
		if len(g.told) >= mostTold {
			clear(g.told)
		}
		g.told[key] = time.Now()
	}
	g.mu.Unlock()
	if again {
		g.log.Warn("a device is refused", "device", string(name[:min(len(name), event.MaxOrigin)]), "from", from, "why", why)
	}
}

// watch looks at everyone who is connected until stop.
func (g *gate) watch(s *server.Server) {
	g.done.Add(1)
	go func() {
		defer g.done.Done()
		t := time.NewTicker(lookEvery)
		defer t.Stop()
		for {
			select {
			case <-g.quit:
				return
			case <-g.now:
				g.look(s)
			case <-t.C:
				g.look(s)
			}
		}
	}()
}

func (g *gate) stop() {
	close(g.quit)
	g.done.Wait()
}

// look drops whoever would not be let in as they are.
func (g *gate) look(s *server.Server) {
	g.mu.Lock()
	all := make(map[uint64]admitted, len(g.live))
	for id, a := range g.live {
		if s.GetClient(id) == nil {
			delete(g.live, id)
			continue
		}
		all[id] = a
	}
	g.mu.Unlock()
	for id, a := range all {
		if g.bar != nil && g.bar(a.name) {
			_ = s.DisconnectClientByID(id) // an error says that it has gone by itself
			continue
		}
		if g.judge == nil {
			continue
		}
		rights, err := g.judge(a.key, a.name)
		if err == nil && slices.Equal(rights.Publish, a.rights.Publish) && slices.Equal(rights.Subscribe, a.rights.Subscribe) {
			continue
		}
		if err == nil {
			err = errors.New("its role has changed: it connects again with its new one")
		}
		g.log.Warn("a device is disconnected", "device", a.name, "why", err)
		// An error says that it has gone by itself.
		_ = s.DisconnectClientByID(id)
	}
}
