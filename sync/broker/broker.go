// Package broker is the embedded nats-server of a hub or a centre, and the one
// way to connect to any of them. It carries and remembers nothing: no JetStream,
// no files. Who may connect and what for is decided by whoever starts it.
package broker

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"onewindow/app/event"
)

// Broker is a running server.
type Broker struct {
	server *server.Server
	gate   *gate // nil when everybody may come
	tls    bool
}

// Options of Start.
type Options struct {
	// Listen is host:port, for example 127.0.0.1:4222; port 0 chooses one.
	Listen, Name string
	// Open lets every program of this machine connect and do everything, without
	// keys and without TLS: for demo, development and tests. It is refused on any
	// address that other machines reach.
	Open bool
	// Key is the server's own: clients know the server by it. Not needed when Open.
	Key ed25519.PrivateKey
	// Judge tells who may connect; not asked when Open.
	Judge Judge
	// Bar tells whether devices of this name have no business here at the moment, whoever
	// they are; nil bars nobody. It is asked when a device connects, every second, and at
	// each Look.
	Bar    func(name event.Origin) bool
	Logger *slog.Logger
}

// Start listens. A broker is either open, for this machine alone, or closed: then
// every connection speaks TLS and proves an admitted key. A port in use is an
// error that names the next step.
func Start(o Options) (*Broker, error) {
	host, port, err := listenAddress(o.Listen)
	if err != nil {
		return nil, err
	}
	opts := &server.Options{ServerName: o.Name, Host: host, Port: port, NoSigs: true, NoLog: true,
		MaxPayload: 1 << 20, PingInterval: 10 * time.Second, MaxPingsOut: 2, WriteDeadline: 10 * time.Second}
	b := &Broker{tls: !o.Open}
	switch {
	case !o.Open:
		if len(o.Key) != ed25519.PrivateKeySize || o.Judge == nil || o.Logger == nil {
			return nil, errors.New("start broker: a closed broker needs a key, a judge and a logger")
		}
		if opts.TLSConfig, err = serverTLS(o.Key, o.Name); err != nil {
			return nil, err
		}
		b.gate = newGate(o.Judge, o.Bar, o.Logger)
		opts.TLS, opts.TLSHandshakeFirst, opts.TLSTimeout = true, true, 5
		opts.CustomClientAuthentication, opts.AlwaysEnableNonce, opts.AuthTimeout = b.gate, true, 10
	case !thisMachine(host):
		return nil, fmt.Errorf("listen for terminals on %s: other machines reach this address, and an open server lets everybody in: leave --open away, or listen on 127.0.0.1", o.Listen)
	case o.Logger != nil:
		o.Logger.Warn("this server is open: every program of this machine can connect and do everything, without a key", "listen", o.Listen)
	}
	if o.Open && o.Bar != nil {
		b.gate = newGate(nil, o.Bar, o.Logger)
		opts.CustomClientAuthentication = b.gate
	}
	if port != server.RANDOM_PORT {
		// The server would only log it: ask the system ourselves first.
		probe, err := net.Listen("tcp", o.Listen)
		if err != nil {
			return nil, fmt.Errorf("listen for terminals on %s: %w: end the program that holds the port, or choose another with --nats", o.Listen, err)
		}
		if err := probe.Close(); err != nil {
			return nil, fmt.Errorf("listen for terminals: %w", err)
		}
	}
	if b.server, err = server.NewServer(opts); err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	go b.server.Start()
	if !b.server.ReadyForConnections(10 * time.Second) {
		b.server.Shutdown()
		return nil, fmt.Errorf("start broker on %s: it is not ready after 10 s", o.Listen)
	}
	if b.gate != nil {
		b.gate.watch(b.server)
	}
	return b, nil
}

func listenAddress(addr string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("listen for terminals: %q is not host:port, for example 0.0.0.0:4222: %w", addr, err)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("listen for terminals: %q is not a port between 0 and 65535", text)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// thisMachine tells whether a host is reached from this machine only.
func thisMachine(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// URL is where clients reach the broker.
func (b *Broker) URL() string {
	scheme := "nats://"
	if b.tls {
		scheme = "tls://"
	}
	return scheme + b.server.Addr().String()
}

// InProcess connects without a socket, for the node that runs the broker: it may
// send and hear everything.
func (b *Broker) InProcess(name string, log *slog.Logger) (*nats.Conn, error) {
	return open("", name, log, nats.InProcessServer(b.server))
}

// Look asks at once about everyone who is connected.
func (b *Broker) Look() {
	if b.gate == nil {
		return
	}
	select {
	case b.gate.now <- struct{}{}:
	default: // it is about to look
	}
}

// Stop ends the broker and its connections.
func (b *Broker) Stop() {
	if b.gate != nil {
		b.gate.stop()
	}
	b.server.Shutdown()
	b.server.WaitForShutdown()
}
