package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// port is an open way to a device: a TCP connection, a serial line or a device
// file. Closing it wakes who reads or writes.
type port interface {
	io.ReadWriteCloser
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// usualBaud is the speed of a serial line whose address names none; it is what
// identity card readers are set to.
const usualBaud = 115200

// place is a parsed address.
type place struct {
	kind, path, prefix string
	baud, unit         int
}

// parse reads an address: tcp://host:port (tcp:// may be left away), file:PATH of
// a device file such as a USB line printer's /dev/usb/lp0, or serial:PATH?baud=N.
// unit=N, 1 to 255, tells apart several devices on one line (default 1); prefix=TEXT is
// what a scanner sends before each code.
func parse(address string) (place, error) {
	p := place{kind: "tcp", path: strings.TrimPrefix(address, "tcp://"), baud: usualBaud, unit: 1}
	for _, kind := range []string{"file", "serial"} {
		if rest, ok := strings.CutPrefix(address, kind+":"); ok {
			p.kind, p.path = kind, rest
		}
	}
	var query string
	p.path, query, _ = strings.Cut(p.path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return p, fmt.Errorf("read address %q: %w", address, err)
	}
	p.prefix = values.Get("prefix")
	for name, to := range map[string]*int{"baud": &p.baud, "unit": &p.unit} {
		if s := values.Get(name); s != "" {
			if *to, err = strconv.Atoi(s); err != nil {
				return p, fmt.Errorf("read address %q: %w", address, err)
			}
		}
	}
	if p.path == "" || p.unit < 1 || p.unit > 255 {
		return p, fmt.Errorf("read address %q: it names no device", address)
	}
	return p, nil
}

// staleTime is how long bytes are taken away that a device sent to nobody before
// it was opened: a late answer must not be taken for the next one.
const staleTime = 2 * time.Millisecond

// dial opens the way to a device within limit. Nothing but the way is tried: a
// device that is there and silent is found by asking it.
func dial(ctx context.Context, address string, limit time.Duration) (port, error) {
	p, err := parse(address)
	if err != nil {
		return nil, err
	}
	if p.kind == "tcp" {
		d := net.Dialer{Timeout: limit}
		return d.DialContext(ctx, "tcp", p.path)
	}
	f, err := os.OpenFile(deviceFile(p.path), os.O_RDWR|openWithDeadlines, 0)
	if err != nil {
		return nil, err
	}
	if p.kind == "serial" {
		err = setUp(f, p.baud)
	}
	if err == nil {
		err = takeStale(f)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p.path, errors.Join(err, f.Close()))
	}
	return f, nil
}

// takeStale reads until nothing comes. It fails for a file that knows no
// deadlines: that is a plain file and no device, and would hold a job for ever.
func takeStale(f *os.File) error {
	if err := f.SetDeadline(time.Now().Add(staleTime)); err != nil {
		return fmt.Errorf("this is no device: %w", err)
	}
	var b [256]byte
	for {
		if _, err := f.Read(b[:]); err != nil {
			// Only writing may be possible; a device that is gone tells so at the first question.
			return nil
		}
	}
}
