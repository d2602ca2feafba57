package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"onewindow/app/event"
)

// PagePrinter is an office printer that takes PDF as it comes: on port 9100 of the
// network, or as a USB line printer.
type PagePrinter struct {
	// Address is tcp://host:9100 or file:/dev/usb/lp1; "" means that there is no printer.
	Address string
	// DialTime limits the connecting (default 2 s), JobTime the whole of a job (default 30 s).
	DialTime, JobTime time.Duration
}

// pageGone is how long a printer in the network is given to close its end.
const pageGone = time.Second

// NewPagePrinter gives the printer at an address. It does not connect.
func NewPagePrinter(address string) *PagePrinter {
	return &PagePrinter{Address: address, DialTime: 2 * time.Second, JobTime: 30 * time.Second}
}

// Print sends a document. An office printer keeps it in its memory and says nothing of the
// paper: nil means that it took all of it. Every failure is an event.PrinterFailed with
// the reason "off", or "none" without a printer.
func (p *PagePrinter) Print(ctx context.Context, pdf []byte) error {
	if p.Address == "" {
		return event.PrinterFailed.With("reason", string(None))
	}
	failed := func(err error) error {
		return fmt.Errorf("%w: %w", event.PrinterFailed.With("reason", string(Off)), err)
	}
	to, err := dial(ctx, p.Address, p.DialTime)
	if err != nil {
		return failed(err)
	}
	if err := errors.Join(to.SetReadDeadline(time.Now().Add(p.JobTime)), to.SetWriteDeadline(time.Now().Add(p.JobTime))); err != nil {
		return failed(errors.Join(err, to.Close()))
	}
	_, err = to.Write(pdf)
	if conn, ok := to.(*net.TCPConn); ok && err == nil {
		// All of it is on its way. A printer that breaks the line off has not taken it; one that
		// closes its end, or keeps it open, has.
		if err = conn.CloseWrite(); err == nil {
			_ = conn.SetReadDeadline(time.Now().Add(pageGone))
			if _, err = io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				err = nil
			}
		}
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return failed(err)
	}
	return nil
}

// PageTwin is a virtual office printer that keeps each document as a file.
type PageTwin struct {
	listener net.Listener
	ended    sync.WaitGroup

	mu    sync.Mutex
	state State
	n     int
}

// StartPageTwin starts a twin that listens at host:port and writes document-1.pdf and so on
// into a folder; took is told of each.
func StartPageTwin(listen, folder string, took func(file string)) (*PageTwin, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listen as a printer of documents: %w", err)
	}
	t := &PageTwin{listener: l, state: OK}
	t.ended.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.ended.Go(func() { t.take(conn, folder, took) })
		}
	})
	return t, nil
}

func (t *PageTwin) take(conn net.Conn, folder string, took func(file string)) {
	defer conn.Close()
	t.mu.Lock()
	off := t.state == Off
	t.mu.Unlock()
	if off {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a plug that is pulled says nothing
		}
		return
	}
	raw, err := io.ReadAll(io.LimitReader(conn, 64<<20))
	if err != nil || len(raw) == 0 {
		return
	}
	t.mu.Lock()
	t.n++
	file := filepath.Join(folder, fmt.Sprintf("document-%d.pdf", t.n))
	t.mu.Unlock()
	if err := os.WriteFile(file, raw, 0o600); err == nil && took != nil {
		took(file)
	}
}

// Address is what a terminal sets.
func (t *PageTwin) Address() string { return "tcp://" + t.listener.Addr().String() }

// Set makes the printer OK or Off.
func (t *PageTwin) Set(s State) {
	t.mu.Lock()
	t.state = s
	t.mu.Unlock()
}

// Close ends the twin.
func (t *PageTwin) Close() error {
	err := t.listener.Close()
	t.ended.Wait()
	return err
}
