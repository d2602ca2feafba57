// Package broker is the embedded nats-server of a hub or a centre, and the one
// way to connect to any of them. It carries and remembers nothing: no JetStream,
// no files.
package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Broker is a running server.
type Broker struct{ server *server.Server }

// Start listens on addr ("127.0.0.1:4222"; port 0 chooses one). A port in use is
// an error that names the next step.
func Start(addr, name string) (*Broker, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen for terminals: %q is not host:port, for example 0.0.0.0:4222: %w", addr, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return nil, fmt.Errorf("listen for terminals: %q is not a port between 0 and 65535", port)
	}
	if n == 0 {
		n = server.RANDOM_PORT
	} else {
		// The server would only log it: ask the system ourselves first.
		probe, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, fmt.Errorf("listen for terminals on %s: %w: end the program that holds the port, or choose another with --nats", addr, err)
		}
		if err := probe.Close(); err != nil {
			return nil, fmt.Errorf("listen for terminals: %w", err)
		}
	}
	s, err := server.NewServer(&server.Options{ServerName: name, Host: host, Port: n, NoSigs: true, NoLog: true,
		MaxPayload: 1 << 20, PingInterval: 10 * time.Second, MaxPingsOut: 2, WriteDeadline: 10 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		s.Shutdown()
		return nil, fmt.Errorf("start broker on %s: it is not ready after 10 s", addr)
	}
	return &Broker{s}, nil
}

// URL is where clients reach the broker.
func (b *Broker) URL() string { return "nats://" + b.server.Addr().String() }

// InProcess connects without a socket, for the node that runs the broker.
func (b *Broker) InProcess(name string, log *slog.Logger) (*nats.Conn, error) {
	return Connect("", name, log, nats.InProcessServer(b.server))
}

// Stop ends the broker and its connections.
func (b *Broker) Stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

// Connect makes a connection that never gives up and hides nothing: it
// reconnects for ever with jitter, keeps no unsent messages in memory, and sees
// a dead line within 20 s (sync.md, rule 14).
func Connect(url, name string, log *slog.Logger, more ...nats.Option) (*nats.Conn, error) {
	opts := append([]nats.Option{
		nats.Name(name),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1),
		nats.RetryOnFailedConnect(true),
		nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, time.Second),
		nats.Timeout(3 * time.Second),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) && sub != nil {
				log.Warn("messages were dropped; the gap will be fetched", "subject", sub.Subject)
				return
			}
			log.Warn("line", "error", err)
		}),
	}, more...)
	c, err := nats.Connect(url, opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", url, err)
	}
	return c, nil
}
