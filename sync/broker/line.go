package broker

import (
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// Connect makes a plain connection to an open broker of this machine, for tools
// and tests; a device uses Dial.
func Connect(url, name string, log *slog.Logger, more ...nats.Option) (*nats.Conn, error) {
	if err := needsNoKey(url); err != nil {
		return nil, err
	}
	if o := event.Origin(name); o.Valid() {
		more = append(more, nats.CustomInboxPrefix(wire.InboxPrefix(o)))
	}
	return open(url, name, log, more...)
}

// open makes a connection that never gives up and hides nothing: it reconnects
// for ever with jitter, keeps no unsent messages in memory, and sees a dead line
// within 20 s (sync.md, rule 14).
func open(url, name string, log *slog.Logger, more ...nats.Option) (*nats.Conn, error) {
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
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) { report(log, sub, err) }),
	}, more...)
	c, err := nats.Connect(url, opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", url, err)
	}
	return c, nil
}

func report(log *slog.Logger, sub *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrSlowConsumer) && sub != nil {
		log.Warn("messages were dropped; the gap will be fetched", "subject", sub.Subject)
		return
	}
	log.Warn("line", "error", err)
}

// Device is who connects to a hub or to the centre.
type Device struct {
	Origin event.Origin
	Role   string
	// Key is the device's own: with it it proves who it is.
	Key ed25519.PrivateKey
	// Peer is the public key of the other end, as an nkey; where it is two, both keys with a
	// comma between. It may be empty for an open broker of this machine; then this device
	// shows no key either.
	Peer string
	// Place names the other end in sentences ("hub"), Setting what Peer is set
	// with ("hub_key" in the settings).
	Place, Setting string
}

// ErrNoPeerKey says that a server on another machine may only be talked to when
// its key is known.
var ErrNoPeerKey = errors.New("its key is not known")

// Dial connects a device; url may be two with a comma between, of which one lets it in at
// a time. Whatever is wrong at the other end is no error: it is
// logged in words with the next step, and tried again for ever. Errors are wrong
// settings, among them ErrNoPeerKey.
func Dial(url string, d Device, log *slog.Logger) (*nats.Conn, error) {
	l := &line{url: url, device: d, log: log, several: strings.Contains(url, ",")}
	opts := []nats.Option{
		nats.CustomInboxPrefix(wire.InboxPrefix(d.Origin)),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.failed(err) }),
		nats.ErrorHandler(l.heard),
		nats.CustomReconnectDelay(l.delay),
		nats.ConnectHandler(func(*nats.Conn) { l.stands() }),
		nats.ReconnectHandler(func(*nats.Conn) { l.stands() }),
	}
	if l.several {
		// The other one may have taken over: a dead line has to be seen soon.
		opts = append(opts, nats.PingInterval(2*time.Second), nats.Timeout(2*time.Second))
	}
	if d.Peer == "" {
		if err := needsNoKey(url); err != nil {
			return nil, fmt.Errorf("connect to the %s at %s: %w: set %s to what %q prints on the %s's machine behind --key",
				d.Place, url, err, d.Setting, "onewindowd key --data DIR", d.Place)
		}
	} else {
		pinned, err := pinnedTLS(d.Peer)
		if err != nil {
			return nil, fmt.Errorf("connect to the %s: %s: %w", d.Place, d.Setting, err)
		}
		opts = append(opts, nats.Secure(pinned), nats.TLSHandshakeFirst(),
			nats.Nkey(keyText(d.Key.Public().(ed25519.PublicKey)), l.sign))
	}
	conn, err := open(url, string(d.Origin), log, opts...)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.conn = conn
	l.mu.Unlock()
	return conn, nil
}

// needsNoKey is an error when a server cannot be talked to without knowing its key.
func needsNoKey(servers string) error {
	for one := range strings.SplitSeq(servers, ",") {
		one = strings.TrimSpace(one)
		if !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		u, err := url.Parse(one)
		if err != nil || !thisMachine(u.Hostname()) || u.Scheme == "tls" {
			return ErrNoPeerKey
		}
	}
	return nil
}

// noncePattern is all that a nats-server's nonce can be.
var noncePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{10,40}$`)

// sign proves to the server that this device holds its key. The same key signs
// tickets and chains, and the server chooses what is signed here: only what can be
// neither of those is signed. (Both begin with a text that holds a blank or a zero
// byte; a nonce is a few letters and digits.)
func (l *line) sign(nonce []byte) ([]byte, error) {
	if !noncePattern.Match(nonce) {
		return nil, errors.New("the server asks to sign something that is no nonce")
	}
	return ed25519.Sign(l.device.Key, nonce), nil
}

// line is what a device knows about its connection.
type line struct {
	url     string
	device  Device
	log     *slog.Logger
	several bool // url is more than one

	mu      sync.Mutex
	knocks  int // attempts that were refused since the line stood
	conn    *nats.Conn
	trouble string // what was last told; empty when the line stands
	told    time.Time
	refused bool // the last attempt was
}

// delay is how long to wait before the next attempt. Who was refused waits longer:
// a person must act first, and a hundred such devices must not keep a hub busy.
func (l *line) delay(int) time.Duration {
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if conn != nil {
		// nats.go tells nobody why an attempt failed behind the socket; it keeps the error.
		l.failed(conn.LastError())
	}
	l.mu.Lock()
	refused := l.refused
	l.refused = false
	l.mu.Unlock()
	if refused && !l.several {
		return 2*time.Second + rand.N(2*time.Second)
	}
	return 250*time.Millisecond + rand.N(250*time.Millisecond)
}

// heard takes what nats.go reports of itself.
func (l *line) heard(_ *nats.Conn, sub *nats.Subscription, err error) {
	if sub == nil && l.failed(err) {
		return
	}
	report(l.log, sub, err)
}

// stands notes that the connection is there.
func (l *line) stands() {
	l.mu.Lock()
	had := l.trouble
	l.trouble, l.refused, l.knocks = "", false, 0
	l.mu.Unlock()
	if had != "" {
		l.log.Info("the "+l.device.Place+" has let this device in", "device", l.device.Origin, "at", l.url)
	}
}

// failed logs why an attempt failed when a person can do something about it, not
// more often than tellEvery; false when it is an ordinary break of the line.
func (l *line) failed(err error) bool {
	d := l.device
	what, next := l.words(err)
	if what == "" {
		return false
	}
	l.mu.Lock()
	l.refused = d.Peer != ""
	if l.several && errors.Is(err, nats.ErrAuthorization) {
		// The one that stands by refuses everybody: that is no trouble before it lasts.
		if l.knocks++; l.knocks < knocksMost {
			l.mu.Unlock()
			return true
		}
		what += ", or both stand by"
	}
	again := l.trouble != what || time.Since(l.told) >= tellEvery
	if again {
		l.trouble, l.told = what, time.Now()
	}
	l.mu.Unlock()
	if again {
		l.log.Warn(what+"; this device works on alone and tries again", "device", d.Origin, "at", l.url, "next", next)
	}
	return true
}

// knocksMost is how often a device with two places to go to is refused before it says so:
// a change from one to the other takes less.
const knocksMost = 60

// words tells what is wrong and the next step; empty when it is nothing to tell.
func (l *line) words(err error) (what, next string) {
	d := l.device
	var other falsePeerError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		if d.Peer == "" {
			return "not admitted: the " + d.Place + " asks for keys", l.setPeer()
		}
		return "not admitted: the " + d.Place + " does not know this device, or no longer",
			fmt.Sprintf("on the %s's machine: onewindowd admit --data DIR --origin %s --role %s --key %s", d.Place, d.Origin, d.Role, keyText(d.Key.Public().(ed25519.PublicKey)))
	case errors.As(err, &other):
		return "false " + d.Place + ": it is not the one whose key is set",
			fmt.Sprintf("find out who answers at %s; it shows %s. When the %s was set up anew, set %s to its new key", l.url, other.shown, d.Place, d.Setting)
	case d.Peer != "" && errors.As(err, &record):
		return "the " + d.Place + " speaks without TLS", "start it without --open, or remove " + d.Setting + " when both are on this machine"
	case d.Peer == "" && errors.Is(err, os.ErrDeadlineExceeded):
		// It waits for TLS to begin, and this end for the server's first word.
		return "the " + d.Place + " does not answer without TLS", l.setPeer()
	}
	return "", ""
}

func (l *line) setPeer() string {
	return fmt.Sprintf("set %s to what \"onewindowd key --data DIR\" prints on the %s's machine behind --key", l.device.Setting, l.device.Place)
}
