package node_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/apptest"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/sync/admit"
	"onewindow/sync/broker"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// device is a device with its key. What it may do is written out here once more,
// by hand: the test must not ask the code that it tests.
type device struct {
	origin event.Origin
	role   string
	verbs  string
}

func (d device) key() ed25519.PrivateKey { return keyOf(string(d.origin)) }

func (d device) text() string { return textOf(d.key()) }

// keyOf makes a key that is the name's alone.
func keyOf(name string) ed25519.PrivateKey {
	sum := event.Sum([]byte(name))
	return ed25519.NewKeyFromSeed(sum[:])
}

func textOf(key ed25519.PrivateKey) string { return admit.KeyText(key.Public().(ed25519.PublicKey)) }

func (d device) entry() admit.Entry {
	return admit.Entry{Origin: d.origin, Role: d.role, Key: d.text(), AdmittedMS: 1}
}

var (
	halls   = []string{"jiangnan", "jiangbei"}
	devices = everybody()
)

func everybody() []device {
	var out []device
	for _, h := range halls {
		for name, kind := range map[string]device{
			"k1": {role: "kiosk", verbs: "push feed hand beat bundle part cases block book lend keys rated"}, "k2": {role: "kiosk", verbs: "push feed hand beat bundle part cases block book lend keys rated"},
			"c1": {role: "counter", verbs: "push feed hand beat bundle part cases call keys case shared ratings due disclosure scans bring chunk"}, "c2": {role: "counter", verbs: "push feed hand beat bundle part cases call keys case shared ratings due disclosure scans bring chunk"},
			"b1": {role: "board", verbs: "push feed hand beat bundle part"}, "hub": {role: "hub", verbs: "push feed beat bundle part check lease keys key shared steps wishes scans bring chunk"},
		} {
			kind.origin = event.Origin(h + "/" + name)
			out = append(out, kind)
		}
	}
	slices.SortFunc(out, func(a, b device) int { return strings.Compare(string(a.origin), string(b.origin)) })
	return out
}

// place is where a device belongs: its hall, or the centre for a hub.
func (d device) place() string {
	if d.role == "hub" {
		return "centre"
	}
	return d.origin.Hall()
}

func (d device) dotted() string { return strings.ReplaceAll(string(d.origin), "/", ".") }

// maySend and mayHear are all that a device may do, as sync/README.md tells it.
func (d device) maySend() (out []string) {
	for verb := range strings.FieldsSeq(d.verbs) {
		out = append(out, "ow.1."+d.place()+"."+verb+"."+d.dotted())
	}
	return out
}

func (d device) mayHear() []string {
	out := []string{"_INBOX." + d.dotted() + ".answer"}
	if d.role != "hub" && d.role != "tool" {
		out = append(out, "ow.1."+d.place()+".news")
	}
	return out
}

// subjects are all subjects of the district, and some that are none of ours.
func subjects() []string {
	out := []string{"ow.1", "ow", "anything", "_INBOX.answer", "$SYS.REQ.USER.INFO", "$SYS.REQ.SERVER.PING", "$JS.API.INFO", "$SRV.PING", "_R_.x"}
	for _, place := range []string{"jiangnan", "jiangbei", "centre"} {
		out = append(out, "ow.1."+place+".news", "ow.2."+place+".news")
		for _, verb := range []string{"push", "feed", "hand", "call", "block", "cases", "beat", "bundle", "part", "check", "lease", "follow", "keys", "key", "case", "shared", "book", "rated", "ratings", "due", "disclosure", "steps", "scans", "bring", "chunk", "lend", "wishes"} {
			out = append(out, "ow.1."+place+"."+verb)
			for _, d := range devices {
				out = append(out, "ow.1."+place+"."+verb+"."+d.dotted(), "ow.1."+place+"."+verb+"."+d.origin.Device())
			}
		}
	}
	for _, d := range devices {
		out = append(out, "_INBOX."+d.dotted()+".answer", "_INBOX."+d.dotted())
	}
	return out
}

// wild are the ways to listen to more than one subject.
var wild = []string{">", "*", "*.>", "ow.>", "ow.1.>", "ow.1.*.news", "ow.1.jiangnan.>", "ow.1.jiangnan.*.>", "ow.1.jiangnan.push.*.*", "ow.1.centre.>",
	"ow.*.jiangnan.news", "_INBOX.>", "_INBOX.*.*.>", "_INBOX.jiangnan.>", "_INBOX.jiangnan.*.answer", "$SYS.>", "$JS.>"}

// leaks tries everything that a device can say and hear at a server, and tells
// what went through that must not, and what did not that must.
func leaks(t *testing.T, b *broker.Broker, d device, conn *nats.Conn) []string {
	t.Helper()
	own, err := b.InProcess("watcher", quiet)
	apptest.Must(t, err)
	defer own.Close()
	flush := func(list ...*nats.Conn) {
		for _, c := range list {
			apptest.Must(t, c.FlushTimeout(10*time.Second))
		}
	}
	arrived := make(chan *nats.Msg, 1<<16)
	_, err = own.ChanSubscribe(">", arrived)
	apptest.Must(t, err)
	flush(own)
	for _, s := range subjects() {
		apptest.Must(t, conn.Publish(s, []byte("said by "+d.origin)))
	}
	flush(conn, own) // a server has handled everything before it answers a flush
	out := compare("sends to", said(arrived, "said by "+string(d.origin)), d.maySend())

	hears := make(chan *nats.Msg, 1<<16)
	for _, s := range append(subjects(), wild...) {
		_, err := conn.ChanSubscribe(s, hears)
		apptest.Must(t, err)
		_, err = conn.ChanQueueSubscribe(s, "others", hears)
		apptest.Must(t, err)
	}
	flush(conn)
	for _, s := range subjects() {
		apptest.Must(t, own.Publish(s, []byte("said above")))
	}
	flush(own, conn)
	return append(out, compare("hears", said(hears, "said above"), d.mayHear())...)
}

// said empties a channel and gives the subjects of the messages with a mark.
func said(c chan *nats.Msg, mark string) map[string]bool {
	out := map[string]bool{}
	for {
		select {
		case m := <-c:
			if string(m.Data) == mark {
				out[m.Subject] = true
			}
		default:
			return out
		}
	}
}

func compare(what string, have map[string]bool, may []string) (out []string) {
	for s := range have {
		if !slices.Contains(may, s) {
			out = append(out, what+" "+s)
		}
	}
	for _, s := range may {
		if !have[s] {
			out = append(out, "no longer "+what+" "+s)
		}
	}
	slices.Sort(out)
	return out
}

// district is hubs and centre as they run in halls, closed.
type district struct {
	dir     string
	centre  *node.Centre
	hubs    map[string]*node.Hub
	brokers map[string]*broker.Broker // by place
}

func open(t *testing.T, list ...device) *district {
	t.Helper()
	w := &district{dir: t.TempDir(), hubs: map[string]*node.Hub{}, brokers: map[string]*broker.Broker{}}
	for _, d := range list {
		apptest.Must(t, admit.Admit(w.data(d.place()), d.entry()))
	}
	var err error
	w.centre, err = node.OpenCentre(node.Options{Data: w.data("centre"), Listen: "127.0.0.1:0", Logger: quiet})
	apptest.Must(t, err)
	t.Cleanup(func() { w.centre.Close() })
	w.brokers["centre"] = w.centre.Broker
	for _, h := range halls {
		hub, err := node.OpenHub(node.Options{Data: w.data(h), Listen: "127.0.0.1:0", Hall: hall.ID(h), Logger: quiet})
		apptest.Must(t, err)
		t.Cleanup(func() { hub.Close() })
		w.hubs[h], w.brokers[h] = hub, hub.Broker
	}
	return w
}

func (w *district) data(place string) string { return w.dir + "/" + place }

// peer is the key of the server of a place.
func (w *district) peer(t *testing.T, place string) string {
	t.Helper()
	key, err := folder.PublicKey(w.data(place))
	apptest.Must(t, err)
	return admit.KeyText(key)
}

func (w *district) dial(t *testing.T, d device, place string, log *slog.Logger) *nats.Conn {
	t.Helper()
	conn, err := broker.Dial(w.brokers[place].URL(), broker.Device{Origin: d.origin, Role: d.role, Key: d.key(), Peer: w.peer(t, place), Place: "hub", Setting: "hub_key"}, log)
	apptest.Must(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func connected(t *testing.T, conn *nats.Conn) {
	t.Helper()
	apptest.Eventually(t, "the device is connected", conn.IsConnected)
}

// T14: every device against every other's subjects, at the real hubs and centre.
func TestEachDeviceKeepsToItsOwnSubjects(t *testing.T) {
	w := open(t, devices...)
	wide := 0
	for _, d := range devices {
		conn := w.dial(t, d, d.place(), quiet)
		connected(t, conn)
		for _, leak := range leaks(t, w.brokers[d.place()], d, conn) {
			t.Errorf("%s %s %s", d.role, d.origin, leak)
			wide++
		}
		conn.Close()
	}
	// A tool that has read the hub's own key brings appointments, and does nothing else.
	tool := device{"jiangnan/hub", "tool", "book"}
	key, err := folder.DeviceKey(w.data("jiangnan"))
	apptest.Must(t, err)
	conn, err := broker.Dial(w.brokers["jiangnan"].URL(), broker.Device{Origin: tool.origin, Key: key, Peer: w.peer(t, "jiangnan")}, quiet)
	apptest.Must(t, err)
	defer conn.Close()
	connected(t, conn)
	for _, leak := range leaks(t, w.brokers["jiangnan"], tool, conn) {
		t.Errorf("a tool with the hub's key %s", leak)
	}
	t.Logf("T14 keys: %d devices, each at every subject of every other; %d leaks", len(devices), wide)
}

// The test above proves something only if it finds what is too wide.
func TestWiderRightsAreFound(t *testing.T) {
	d := devices[slices.IndexFunc(devices, func(d device) bool { return d.origin == "jiangnan/k1" })]
	right, ok := wire.RightsOf("jiangnan", d.role, d.origin)
	if !ok {
		t.Fatal("k1 has no rights")
	}
	with := func(publish, subscribe string) wire.Rights {
		r := wire.Rights{Publish: slices.Clone(right.Publish), Subscribe: slices.Clone(right.Subscribe)}
		if publish != "" {
			r.Publish = append(r.Publish, publish)
		}
		if subscribe != "" {
			r.Subscribe = append(r.Subscribe, subscribe)
		}
		return r
	}
	for _, c := range []struct {
		name   string
		rights wire.Rights
		leak   string
	}{
		{"as they are", right, ""},
		{"everything", with(">", ">"), "sends to ow.1.jiangbei.push.jiangbei.k1"},
		{"one other device's pushes", with("ow.1.jiangnan.push.jiangnan.k2", ""), "sends to ow.1.jiangnan.push.jiangnan.k2"},
		{"the whole hall's beats", with("ow.1.jiangnan.beat.jiangnan.*", ""), "sends to ow.1.jiangnan.beat.jiangnan.c1"},
		{"a kiosk that calls", with("ow.1.jiangnan.call.jiangnan.k1", ""), "sends to ow.1.jiangnan.call.jiangnan.k1"},
		{"news of its own making", with("ow.1.jiangnan.news", ""), "sends to ow.1.jiangnan.news"},
		{"another device's answers", with("", "_INBOX.jiangnan.k2.>"), "hears _INBOX.jiangnan.k2.answer"},
		{"another hall's news", with("", "ow.1.jiangbei.news"), "hears ow.1.jiangbei.news"},
		{"other devices' pushes", with("", "ow.1.jiangnan.push.>"), "hears ow.1.jiangnan.push.jiangnan.c1"},
		{"too narrow", wire.Rights{Publish: right.Publish[1:], Subscribe: right.Subscribe}, "no longer sends to ow.1.jiangnan.push.jiangnan.k1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			hub := keyOf("hub")
			b, err := broker.Start(broker.Options{Listen: "127.0.0.1:0", Name: "control", Key: hub, Logger: quiet,
				Judge: func(string, event.Origin) (wire.Rights, error) { return c.rights, nil }})
			apptest.Must(t, err)
			defer b.Stop()
			conn, err := broker.Dial(b.URL(), broker.Device{Origin: d.origin, Role: d.role, Key: d.key(), Peer: textOf(hub)}, quiet)
			apptest.Must(t, err)
			defer conn.Close()
			connected(t, conn)
			found := leaks(t, b, d, conn)
			if c.leak == "" && len(found) > 0 || c.leak != "" && !slices.Contains(found, c.leak) {
				t.Errorf("found %v, want %q", found, c.leak)
			}
		})
	}
}

// knock tries to connect once, with whatever a stranger can choose.
func knock(url string, opts ...nats.Option) error {
	conn, err := nats.Connect(url, append([]nats.Option{nats.Timeout(3 * time.Second)}, opts...)...)
	if err == nil {
		conn.Close()
	}
	return err
}

// blind is a client that believes every server.
func blind() nats.Option { return nats.Secure(&tls.Config{InsecureSkipVerify: true}) }

func TestWhoIsRefused(t *testing.T) {
	k1 := device{"jiangnan/k1", "kiosk", ""}
	revoked, expired := device{"jiangnan/k2", "kiosk", ""}, device{"jiangnan/k3", "kiosk", ""}
	stranger, abroad := device{"jiangnan/k9", "kiosk", ""}, device{"jiangbei/k1", "kiosk", ""}
	hub := device{"jiangnan/hub", "hub", ""}
	w := open(t, k1, revoked, hub)
	dir := w.data("jiangnan")
	apptest.Must(t, admit.Revoke(dir, revoked.origin))
	late := expired.entry()
	late.ExpiresMS = 2
	apptest.Must(t, admit.Admit(dir, late))
	// A careless operator: another hall's kiosk in this hall's list, and the hub itself.
	apptest.Must(t, admit.Admit(dir, abroad.entry()))
	apptest.Must(t, admit.Admit(dir, hub.entry()))

	shows := func(d device) nats.Option { return nats.Nkey(d.text(), signWith(d.key())) }
	for _, c := range []struct {
		name string
		in   bool
		opts []nats.Option
	}{
		{"admitted", true, []nats.Option{nats.Name("jiangnan/k1"), shows(k1)}},
		{"unknown key", false, []nats.Option{nats.Name("jiangnan/k9"), shows(stranger)}},
		{"unknown key under a known name", false, []nats.Option{nats.Name("jiangnan/k1"), shows(stranger)}},
		{"revoked", false, []nats.Option{nats.Name("jiangnan/k2"), shows(revoked)}},
		{"expired", false, []nats.Option{nats.Name("jiangnan/k3"), shows(expired)}},
		{"right key, another name", false, []nats.Option{nats.Name("jiangnan/k3"), shows(k1)}},
		{"right key, no name", false, []nats.Option{shows(k1)}},
		{"another hall's kiosk", false, []nats.Option{nats.Name("jiangbei/k1"), shows(abroad)}},
		{"a hub at a hall", false, []nats.Option{nats.Name("jiangnan/hub"), shows(hub)}},
		{"signed with another key", false, []nats.Option{nats.Name("jiangnan/k1"), nats.Nkey(k1.text(), signWith(stranger.key()))}},
		{"a signature of something else", false, []nats.Option{nats.Name("jiangnan/k1"), nats.Nkey(k1.text(), func([]byte) ([]byte, error) { return ed25519.Sign(k1.key(), []byte("x")), nil })}},
		{"no signature", false, []nats.Option{nats.Name("jiangnan/k1"), nats.Nkey(k1.text(), func([]byte) ([]byte, error) { return nil, nil })}},
		{"no key", false, []nats.Option{nats.Name("jiangnan/k1")}},
		{"the name as a password", false, []nats.Option{nats.Name("jiangnan/k1"), nats.UserInfo("jiangnan/k1", k1.text())}},
		{"the key as a token", false, []nats.Option{nats.Name("jiangnan/k1"), nats.Token(k1.text())}},
	} {
		err := knock(w.hubs["jiangnan"].Broker.URL(), append(c.opts, blind(), nats.TLSHandshakeFirst())...)
		if (err == nil) != c.in || err != nil && !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// The centre's list is its own: what a hall admits means nothing there.
	if err := knock(w.centre.Broker.URL(), blind(), nats.TLSHandshakeFirst(), nats.Name("jiangnan/k1"), shows(k1)); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("a terminal at the centre: %v", err)
	}
	if err := knock(w.centre.Broker.URL(), blind(), nats.TLSHandshakeFirst(), nats.Name("jiangnan/hub"), shows(hub)); err != nil {
		t.Errorf("the hub at the centre: %v", err)
	}
}

func signWith(key ed25519.PrivateKey) func([]byte) ([]byte, error) {
	return func(nonce []byte) ([]byte, error) { return ed25519.Sign(key, nonce), nil }
}

func TestNothingGoesInPlainText(t *testing.T) {
	k1 := device{"jiangnan/k1", "kiosk", ""}
	w := open(t, k1)
	addr := strings.TrimPrefix(w.hubs["jiangnan"].Broker.URL(), "tls://")
	proof := []nats.Option{nats.Name("jiangnan/k1"), nats.Nkey(k1.text(), signWith(k1.key()))}
	if err := knock("nats://"+addr, proof...); err == nil {
		t.Error("a client without TLS is let in")
	}
	old := nats.Secure(&tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	if err := knock("nats://"+addr, append(proof, old, nats.TLSHandshakeFirst())...); err == nil {
		t.Error("a client with TLS 1.2 is let in")
	}
	raw, err := net.Dial("tcp", addr)
	apptest.Must(t, err)
	defer raw.Close()
	apptest.Must(t, raw.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = raw.Write([]byte("CONNECT {}\r\nPING\r\n"))
	apptest.Must(t, err)
	told, _ := io.ReadAll(raw)
	if bytes.Contains(told, []byte("INFO")) || bytes.Contains(told, []byte("nonce")) {
		t.Errorf("the server tells a stranger without TLS: %q", told)
	}
}

// words collects what an operator reads.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) has(part string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Contains(strings.ReplaceAll(w.b.String(), `\"`, `"`), part)
}

func (w *words) log() *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestAFalseHubIsRefusedInWords(t *testing.T) {
	k1 := device{"jiangnan/k1", "kiosk", ""}
	trueKey, falseKey := keyOf("true hub"), keyOf("false hub")
	anyone := func(string, event.Origin) (wire.Rights, error) {
		r, _ := wire.RightsOf("jiangnan", "kiosk", "jiangnan/k1")
		return r, nil
	}
	b, err := broker.Start(broker.Options{Listen: "127.0.0.1:0", Name: "jiangnan/hub", Key: falseKey, Judge: anyone, Logger: quiet})
	apptest.Must(t, err)
	defer b.Stop()
	var told words
	conn, err := broker.Dial(b.URL(), broker.Device{Origin: k1.origin, Role: k1.role, Key: k1.key(), Peer: textOf(trueKey), Place: "hub", Setting: `"hub_key" in the settings`}, told.log())
	apptest.Must(t, err)
	defer conn.Close()
	apptest.Eventually(t, "the operator reads of the false hub, its key and what to do", func() bool {
		return told.has("false hub") && told.has(textOf(falseKey)) && told.has(`set "hub_key" in the settings`)
	})
	if conn.IsConnected() {
		t.Error("it is connected to a false hub")
	}

	// A thief has the true hub's certificate, but not its key.
	signed, err := x509.CreateCertificate(nil, like(), like(), trueKey.Public(), trueKey)
	apptest.Must(t, err)
	thief, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: falseKey}}})
	apptest.Must(t, err)
	defer thief.Close()
	proved := make(chan error, 100)
	go func() {
		for {
			c, err := thief.Accept()
			if err != nil {
				return
			}
			proved <- c.(*tls.Conn).Handshake()
			c.Close()
		}
	}()
	conn, err = broker.Dial("tls://"+thief.Addr().String(), broker.Device{Origin: k1.origin, Role: k1.role, Key: k1.key(), Peer: textOf(trueKey), Place: "hub"}, quiet)
	apptest.Must(t, err)
	defer conn.Close()
	if err := <-proved; err == nil {
		t.Error("a stolen certificate is taken for the hub")
	}
}

func like() *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
}

func TestADeviceThatDoesNotKnowItsHub(t *testing.T) {
	k1 := broker.Device{Origin: "jiangnan/k1", Role: "kiosk", Key: keyOf("jiangnan/k1"), Place: "hub", Setting: `"hub_key" in the settings`}
	for _, url := range []string{"nats://10.1.2.3:4222", "tls://127.0.0.1:4222", "nats://127.0.0.1:4222,nats://10.1.2.3:4222", "10.1.2.3:4222", "nats://hub.example:4222"} {
		_, err := broker.Dial(url, k1, quiet)
		if !errors.Is(err, broker.ErrNoPeerKey) || !strings.Contains(err.Error(), `"hub_key" in the settings`) || !strings.Contains(err.Error(), "onewindowd key") {
			t.Errorf("%s: %v", url, err)
		}
		if _, err := broker.Connect(url, "tool", quiet); !errors.Is(err, broker.ErrNoPeerKey) {
			t.Errorf("a tool at %s: %v", url, err)
		}
	}
	bad := k1
	bad.Peer = "UABC"
	if _, err := broker.Dial("nats://10.1.2.3:4222", bad, quiet); err == nil || errors.Is(err, broker.ErrNoPeerKey) {
		t.Errorf("half a key: %v", err)
	}
	// A closed hub on this machine: the device says what is missing.
	w := open(t)
	var told words
	conn, err := broker.Dial("nats://"+strings.TrimPrefix(w.hubs["jiangnan"].Broker.URL(), "tls://"), k1, told.log())
	apptest.Must(t, err)
	defer conn.Close()
	apptest.Eventually(t, "the device says that the hub speaks TLS only", func() bool {
		return told.has("does not answer without TLS") && told.has(`set "hub_key" in the settings`)
	})
	// And the other way round: a key is set, but the hub is open.
	b, err := broker.Start(broker.Options{Listen: "127.0.0.1:0", Name: "open", Open: true})
	apptest.Must(t, err)
	defer b.Stop()
	k1.Peer = textOf(keyOf("hub"))
	conn, err = broker.Dial(b.URL(), k1, told.log())
	apptest.Must(t, err)
	defer conn.Close()
	apptest.Eventually(t, "the device says that the hub is open", func() bool { return told.has("speaks without TLS") })
}

func TestAdmissionAndRevocationAreSeenWhileRunning(t *testing.T) {
	k1 := device{"jiangnan/k1", "kiosk", ""}
	w := open(t)
	var told words
	conn := w.dial(t, k1, "jiangnan", told.log())
	apptest.Eventually(t, "the operator reads how to admit it", func() bool {
		return told.has("not admitted") && told.has("onewindowd admit --data DIR --origin jiangnan/k1 --role kiosk --key "+k1.text())
	})
	apptest.Must(t, admit.Admit(w.data("jiangnan"), k1.entry()))
	connected(t, conn)
	apptest.Eventually(t, "the operator reads that it is in", func() bool { return told.has("has let this device in") })
	apptest.Must(t, admit.Revoke(w.data("jiangnan"), k1.origin))
	begin := time.Now()
	apptest.Eventually(t, "the revoked device is dropped", func() bool { return !conn.IsConnected() })
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("dropping it took %s", took)
	}
	// Another role is another set of rights, at once.
	as := k1.entry()
	as.Role = "counter"
	apptest.Must(t, admit.Admit(w.data("jiangnan"), as))
	connected(t, conn)
	// An expiry drops a live connection too.
	as.ExpiresMS = time.Now().Add(time.Second).UnixMilli()
	apptest.Must(t, admit.Admit(w.data("jiangnan"), as))
	apptest.Eventually(t, "the expired device is dropped", func() bool { return !conn.IsConnected() && time.Now().UnixMilli() > as.ExpiresMS })
	apptest.Eventually(t, "it says so", func() bool { return told.has("not admitted") })
}

func TestOpenIsForThisMachineOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "10.1.2.3:4222"} {
		_, err := node.OpenHub(node.Options{Data: t.TempDir(), Listen: addr, Hall: "jiangnan", Open: true, Logger: quiet})
		if err == nil || !strings.Contains(err.Error(), "--open") {
			t.Errorf("an open hub on %s: %v", addr, err)
		}
	}
	var told words
	h, err := node.OpenHub(node.Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Hall: "jiangnan", Open: true, Logger: told.log()})
	apptest.Must(t, err)
	apptest.Must(t, h.Close())
	if !told.has("this server is open") {
		t.Error("an open hub does not say so")
	}
	// A hub that cannot know its centre says what to set.
	_, err = node.OpenHub(node.Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Hall: "jiangnan", Centre: "nats://10.1.2.3:4223", Logger: quiet})
	if err == nil || !strings.Contains(err.Error(), "--centre-key") {
		t.Errorf("a hub without the centre's key: %v", err)
	}
	// A broken list starts nothing.
	dir := t.TempDir()
	apptest.Must(t, os.WriteFile(dir+"/"+admit.File, []byte("{"), 0o600))
	if _, err = node.OpenHub(node.Options{Data: dir, Listen: "127.0.0.1:0", Hall: "jiangnan", Logger: quiet}); err == nil || !strings.Contains(err.Error(), "is broken") {
		t.Errorf("a hub with a broken list: %v", err)
	}
}
