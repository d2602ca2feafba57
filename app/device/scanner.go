package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Scanner is a code scanner on a serial line. It sends each code that it reads as
// one line; nobody asks it anything. The fields may be changed before Run.
type Scanner struct {
	// Address is serial:/dev/ttyACM0?baud=9600 or tcp://host:port; "" means that there is none.
	Address string
	// Prefix is what the scanner is set to send before each code, prefix=... in the address,
	// often nothing; what comes without it is no code.
	Prefix string
	// Gap is the longest pause within a code (default 200 ms): what begins after one is
	// another code, so that a plug pulled out in the middle spoils one and not two.
	Gap time.Duration
	// DialTime limits the opening (default 1 s), Again is the pause before it is tried
	// again (default 1 s).
	DialTime, Again time.Duration
}

// NewScanner gives the scanner at an address; "" for none. It opens nothing.
func NewScanner(address string) *Scanner {
	at, _ := parse(address) // what is wrong with it is told when it is opened
	return &Scanner{Address: address, Prefix: at.prefix, Gap: 200 * time.Millisecond, DialTime: time.Second, Again: time.Second}
}

// longestScan bounds one code's bytes: what a QR symbol of the largest size holds.
const longestScan = 4296

// Run reads codes until ctx ends and gives each to scan. A scanner that is pulled out
// is opened again when it is back; state hears OK and Off as they come. An open line says
// nothing of what is behind it: a scanner without power on a built-in port stays OK.
func (s *Scanner) Run(ctx context.Context, scan func(text string), state func(State)) {
	for ctx.Err() == nil {
		if conn, err := dial(ctx, s.Address, s.DialTime); err == nil {
			state(OK)
			release := context.AfterFunc(ctx, func() { _ = conn.Close() })
			s.listen(conn, scan)
			release()
			_ = conn.Close()
		}
		if ctx.Err() == nil {
			state(Off)
		}
		select {
		case <-ctx.Done():
		case <-time.After(s.Again):
		}
	}
}

// Status tells whether the scanner can be opened; None without one.
func (s *Scanner) Status(ctx context.Context) (State, error) {
	if s.Address == "" {
		return None, nil
	}
	conn, err := dial(ctx, s.Address, s.DialTime)
	if err != nil {
		return Off, fmt.Errorf("reach scanner: %w", err)
	}
	return OK, conn.Close()
}

// listen reads until the line breaks.
func (s *Scanner) listen(conn port, scan func(text string)) {
	lines := scanLines{prefix: s.Prefix}
	var b [512]byte
	for {
		limit := time.Time{}
		if lines.begun() {
			limit = time.Now().Add(s.Gap)
		}
		if err := conn.SetReadDeadline(limit); err != nil {
			return
		}
		n, err := conn.Read(b[:])
		for _, c := range b[:n] {
			if text, ok := lines.take(c); ok {
				scan(text)
			}
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			lines.drop()
			continue
		}
		if err != nil {
			return
		}
	}
}

// scanLines cuts what a scanner sends into codes: a carriage return or a line feed
// ends one. A line is given as it is or not at all: too long, not begun by the prefix,
// no UTF-8, or with a character that no code has in it, it is noise.
type scanLines struct {
	prefix string
	b      []byte
	bad    bool
}

// begun tells whether a code has begun and not ended.
func (l *scanLines) begun() bool { return len(l.b) > 0 || l.bad }

// drop forgets the code that has begun.
func (l *scanLines) drop() { l.b, l.bad = l.b[:0], false }

// take takes a byte, and gives a code when one has ended.
func (l *scanLines) take(c byte) (string, bool) {
	if c != '\r' && c != '\n' {
		if l.bad = l.bad || len(l.b) >= longestScan; !l.bad {
			l.b = append(l.b, c)
		}
		return "", false
	}
	text, bad := string(l.b), l.bad
	l.drop()
	text, begun := strings.CutPrefix(text, l.prefix)
	if bad || !begun || text == "" || !utf8.ValidString(text) || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return "", false
	}
	return text, true
}

// ScannerTwin is a virtual code scanner.
type ScannerTwin struct{ stand }

// StartScannerTwin starts a twin at serial:PATH (PATH is made) or on a TCP address.
func StartScannerTwin(address string) (*ScannerTwin, error) {
	t := &ScannerTwin{}
	err := t.begin(address, func(conn port) {
		var b [64]byte
		for {
			if _, err := conn.Read(b[:]); err != nil {
				return // nothing is ever said to a scanner: this waits for the end
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("stand as scanner: %w", err)
	}
	return t, nil
}

// Send lets the twin send bytes as they are. It fails while nobody is connected.
func (t *ScannerTwin) Send(b []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return errors.New("send a code: the scanner is not plugged in")
	}
	if err := t.conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := t.conn.Write(b); err != nil {
		return fmt.Errorf("send a code: %w", err)
	}
	return nil
}

// Scan lets the twin read a code.
func (t *ScannerTwin) Scan(text string) error { return t.Send([]byte(text + "\r\n")) }
