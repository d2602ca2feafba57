package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
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
	stand
	n int // documents so far
}

// StartPageTwin starts a twin that listens at host:port and writes document-1.pdf and so on
// into a folder; took is told of each.
func StartPageTwin(listen, folder string, took func(file string)) (*PageTwin, error) {
	t := &PageTwin{}
	err := t.begin(listen, func(conn port) {
		raw, err := io.ReadAll(io.LimitReader(conn, mostPages))
		if err != nil || len(raw) == 0 {
			return
		}
		t.n++
		file := filepath.Join(folder, fmt.Sprintf("document-%d.pdf", t.n))
		if err := os.WriteFile(file, raw, 0o600); err == nil && took != nil {
			took(file)
		}
	})
	return t, err
}

// mostPages bounds a document in bytes.
const mostPages = 64 << 20
