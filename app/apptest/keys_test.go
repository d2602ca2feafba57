package apptest_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/terminal"
	"onewindow/sync/admit"
	"onewindow/sync/node"
)

// said is what the operator of a machine reads.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) has(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.b.String(), part)
}

func (s *said) log() *slog.Logger { return slog.New(slog.NewTextHandler(s, nil)) }

// guarded is a hall whose hub and centre are closed, as they are in a real one.
type guarded struct {
	t      *testing.T
	dir    string
	hub    *node.Hub
	centre *node.Centre
}

func guard(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{t: t, dir: t.TempDir()}
	apptest.Must(t, admit.Admit(g.data("centre"), g.entry("hub", "hub")))
	var quiet said
	var err error
	g.centre, err = node.OpenCentre(node.Options{Data: g.data("centre"), Listen: "127.0.0.1:0", Logger: quiet.log()})
	apptest.Must(t, err)
	t.Cleanup(func() { g.centre.Close() })
	g.hub, err = node.OpenHub(node.Options{Data: g.data("hub"), Listen: "127.0.0.1:0", Hall: "jiangnan", Logger: quiet.log(),
		Centre: g.centre.Broker.URL(), CentreKey: g.key("centre"), BeatEvery: 100 * time.Millisecond})
	apptest.Must(t, err)
	t.Cleanup(func() { g.hub.Close() })
	return g
}

func (g *guarded) data(name string) string { return filepath.Join(g.dir, name) }

func (g *guarded) key(name string) string {
	g.t.Helper()
	key, err := folder.PublicKey(g.data(name))
	apptest.Must(g.t, err)
	return admit.KeyText(key)
}

func (g *guarded) entry(role, name string) admit.Entry {
	return admit.Entry{Origin: event.Origin("jiangnan/" + name), Role: role, Key: g.key(name), AdmittedMS: 1}
}

func (g *guarded) terminal(role, name string, log *slog.Logger, change ...func(*config.Settings)) *terminal.Terminal {
	g.t.Helper()
	s := config.Default(role)
	s.Device, s.Data, s.Hub, s.HubKey = name, g.data(name), g.hub.Broker.URL(), g.key("hub")
	for _, c := range change {
		c(&s)
	}
	k, err := terminal.Open(s, terminal.Options{Logger: log, Resend: 2 * time.Second, BeatEvery: 100 * time.Millisecond})
	apptest.Must(g.t, err)
	g.t.Cleanup(func() { k.Close() })
	return k
}

// T14: a credential that is missing, expired or revoked, and a hub that is false,
// stop the line and never the tickets; the operator reads why and what to do.
func TestNoCredentialStopsIssuing(t *testing.T) {
	t.Parallel()
	g := guard(t)
	expired, revoked := g.entry("kiosk", "k2"), g.entry("kiosk", "k3")
	expired.ExpiresMS = 2
	for _, e := range []admit.Entry{expired, revoked} {
		apptest.Must(t, admit.Admit(g.data("hub"), e))
	}
	apptest.Must(t, admit.Revoke(g.data("hub"), revoked.Origin))
	admitted := func(name string) string {
		return "onewindowd admit --data DIR --origin jiangnan/" + name + " --role kiosk --key " + g.key(name)
	}
	for _, c := range []struct {
		name, device string
		change       func(*config.Settings)
		told         []string
	}{
		{"never admitted", "k1", nil, []string{"not admitted", admitted("k1")}},
		{"expired", "k2", nil, []string{"not admitted", admitted("k2")}},
		{"revoked", "k3", nil, []string{"not admitted", admitted("k3")}},
		{"a false hub", "k4", func(s *config.Settings) { s.HubKey = g.key("centre") }, []string{"false hub", g.key("hub")}},
		{"a hub elsewhere whose key is not set", "k5", func(s *config.Settings) { s.Hub, s.HubKey = "nats://10.1.2.3:4222", "" }, []string{"works alone", "hub_key", "onewindowd key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var told said
			change := c.change
			if change == nil {
				change = func(*config.Settings) {}
			}
			k := g.terminal(config.Kiosk, c.device, told.log(), change)
			for _, part := range c.told {
				apptest.Eventually(t, "the operator reads "+part, func() bool { return told.has(part) })
			}
			for range 3 {
				if p := issue(t, k, "A"); p.Number == "" {
					t.Errorf("no number: %+v", p)
				}
			}
			if k.Machine.Hub.Line().Reached {
				t.Error("it says that the hub is reached")
			}
			if owed := k.Store.Owing(); len(owed) != 1 || owed[0].Up != 0 {
				t.Errorf("owed %+v: nothing of it may be taken for confirmed", owed)
			}
		})
	}
}
