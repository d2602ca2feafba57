package device

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// line is one connection to a printer.
type line struct {
	conn    port
	end     time.Time
	release func() bool
	sorter  sorter
}

// Kinds of bytes that a printer sends; fixed bits tell them apart.
type answer int

const (
	// realTime answers DLE EOT: 0xx1xx10.
	realTime answer = iota
	// paperSensor answers GS r 1: 0xx0xxxx.
	paperSensor
	// other bytes say nothing here.
	other
)

// sorter tells what each byte is that a printer sends. Messages that nobody asked
// for are passed over whole: automatic status, which some printers send until told
// not to (four bytes, the first 0xx1xx00), and the word that memory was emptied
// (37 25 00), whose end would else look like the answer to a barrier.
type sorter struct {
	// skip counts bytes of such a message that are still to come.
	skip int
}

func (s *sorter) take(c byte) answer {
	switch {
	case s.skip > 0:
		s.skip--
	case c&0x93 == 0x10:
		s.skip = 3
	case c == 0x37:
		s.skip = 2
	case c&0x93 == 0x12:
		return realTime
	case c&0x90 == 0:
		return paperSensor
	}
	return other
}

var errSilent = errors.New("printer does not answer")

func (l *line) send(b []byte) error {
	if err := l.conn.SetWriteDeadline(l.end); err != nil {
		return fmt.Errorf("limit write: %w", err)
	}
	_, err := l.conn.Write(b)
	return err
}

// read gives the next byte that the printer sends within limit and that says something.
func (l *line) read(limit time.Duration) (byte, answer, error) {
	until := time.Now().Add(limit)
	if l.end.Before(until) {
		until = l.end
	}
	if err := l.conn.SetReadDeadline(until); err != nil {
		return 0, other, fmt.Errorf("limit read: %w", err)
	}
	var b [1]byte
	for {
		if _, err := l.conn.Read(b[:]); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return 0, other, errSilent
			}
			return 0, other, err
		}
		if kind := l.sorter.take(b[0]); kind != other {
			return b[0], kind, nil
		}
	}
}

// state asks all four questions and sums them up.
func (l *line) state(limit time.Duration) (State, error) {
	_, state, err := l.survey(limit)
	return state, err
}

// survey asks all four questions. An answer to the barrier that comes between
// means that the job is done.
func (l *line) survey(limit time.Duration) (done bool, s State, err error) {
	var a [5]byte
	for n := byte(1); n <= 4; n++ {
		if err := l.send([]byte{0x10, 0x04, n}); err != nil {
			return done, Off, err
		}
		for kind := other; kind != realTime; {
			a[n], kind, err = l.read(limit)
			if err != nil {
				return done, Off, err
			}
			done = done || kind == paperSensor
		}
	}
	return done, stateOf(a[1], a[2], a[3], a[4]), nil
}

// Bits of the answers to DLE EOT 1 to 4.
const (
	bitOffline   = 0x08
	bitCover     = 0x04
	bitPaperStop = 0x20
	bitFault     = 0x40
	bitsTrouble  = 0x08 | 0x20 | 0x40
	bitsNearEnd  = 0x0c
	bitsPaperEnd = 0x60
)

// stateOf sums up the answers: printer, cause of being offline, error, paper.
func stateOf(printer, cause, trouble, paper byte) State {
	switch {
	case cause&bitCover != 0:
		return CoverOpen
	case cause&bitPaperStop != 0 || paper&bitsPaperEnd != 0:
		return PaperOut
	case printer&bitOffline != 0 || cause&bitFault != 0 || trouble&bitsTrouble != 0:
		return Off
	case paper&bitsNearEnd != 0:
		return PaperLow
	}
	return OK
}

// printed waits for the answer to the barrier. While none comes the printer is
// asked what is wrong: it answers that even when it stands still.
func (l *line) printed(askEvery, limit time.Duration) (State, error) {
	for {
		_, kind, err := l.read(askEvery)
		switch {
		case err == nil && kind == paperSensor:
			return OK, nil
		case err == nil:
			continue
		case !errors.Is(err, errSilent) || !time.Now().Before(l.end):
			return Off, err
		}
		done, state, err := l.survey(limit)
		switch {
		case err != nil:
			return Off, err
		case done:
			return OK, nil
		case !state.Prints():
			return state, nil
		}
	}
}

// farewell limits the last words to a printer that failed.
const farewell = 250 * time.Millisecond

// abandon makes the printer forget a job that did not get through, and says why.
func (l *line) abandon(what string, state State, cause error) error {
	l.end = time.Now().Add(farewell)
	if err := l.send(forget); err != nil && cause == nil {
		cause = err
	}
	return failed(what, state, cause)
}
