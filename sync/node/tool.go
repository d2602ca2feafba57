package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/sync/admit"
	"onewindow/sync/broker"
	"onewindow/sync/wire"
)

// listensFile tells the tools on a hub's machine how to reach it while it runs.
const listensFile = "listens.json"

type listening struct {
	Origin event.Origin `json:"origin"`
	URL    string       `json:"url"`
	Open   bool         `json:"open,omitempty"`
}

// listens writes the file, and takes it away when the hub ends.
func (h *Hub) listens(o *Options) error {
	path := filepath.Join(o.Data, listensFile)
	body, err := json.Marshal(listening{h.Store.Origin(), h.Broker.URL(), o.Open})
	if err == nil {
		err = folder.WriteWhole(path, body, 0o600)
	}
	if err != nil {
		return fmt.Errorf("tell the tools where this hub listens: %w", err)
	}
	h.closers = append(h.closers, func() error { return os.Remove(path) })
	return nil
}

// Tool is a connection to a running hub of whoever has its data folder.
type Tool struct {
	Hall hall.ID

	origin event.Origin
	conn   *nats.Conn
}

// ErrNotRunning says that nobody answers for a data folder.
var ErrNotRunning = errors.New("the hub is not running: start it, and try again")

// connectTime bounds how long a tool tries to reach its hub, grantTime one answer of it.
const (
	connectTime = 5 * time.Second
	grantTime   = 10 * time.Second
)

// OpenTool connects to the hub of a data folder. Errors wrap ErrNotRunning where it is not
// reached.
func OpenTool(data string) (*Tool, error) {
	raw, err := os.ReadFile(filepath.Join(data, listensFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotRunning
	}
	var at listening
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		return nil, fmt.Errorf("read where the hub listens: %w", err)
	}
	key, err := folder.DeviceKey(data)
	if err != nil {
		return nil, err
	}
	d := broker.Device{Origin: at.Origin, Role: wire.RoleHub, Key: key, Place: "hub", Setting: "--data"}
	if !at.Open {
		public, err := folder.PublicKey(data)
		if err != nil {
			return nil, err
		}
		d.Peer = admit.KeyText(public)
	}
	conn, err := broker.Dial(here(at.URL), d, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	t := &Tool{Hall: hall.ID(at.Origin.Hall()), origin: at.Origin, conn: conn}
	limit := time.Now().Add(connectTime)
	for !conn.IsConnected() {
		if time.Now().After(limit) {
			conn.Close()
			return nil, ErrNotRunning
		}
		<-time.After(10 * time.Millisecond)
	}
	return t, nil
}

// here gives the address on this machine of a server that listens on all of them.
func here(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	return u.String()
}

// Book asks the hub for an appointment; the same wish may be asked again. Refusals stand in the
// grant. Errors wrap ErrNotRunning where nobody answers.
func (t *Tool) Book(ctx context.Context, b hall.Book) (g wire.Grant, err error) {
	body, err := json.Marshal(b)
	if err != nil {
		return g, fmt.Errorf("ask the hub: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, grantTime)
	defer cancel()
	m, err := t.conn.RequestWithContext(ctx, wire.AskSubject(string(t.Hall), wire.VerbBook, t.origin), body)
	if err != nil {
		return g, fmt.Errorf("%w (%w)", ErrNotRunning, err)
	}
	if err := json.Unmarshal(m.Data, &g); err != nil {
		return g, fmt.Errorf("read the hub's answer: %w", err)
	}
	return g, nil
}

// Close ends the connection.
func (t *Tool) Close() { t.conn.Close() }
