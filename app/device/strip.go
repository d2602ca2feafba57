package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Strip is the line of LEDs above a window. Makers have each their own frames; ours
// is the reference that an adapter of a maker translates from:
//
//	02 | unit | colour | length | text in GB18030 | sum | 03
//
// unit tells apart the strips on one line, 1 to 255. colour is a Colour. length counts
// the text's bytes, at most 96. sum makes unit, colour, length, text and itself add up to
// 0 modulo 256. The strip shows the text until the next one, running when it is
// too long, and answers 06 unit; 15 unit when the frame was broken, and then it shows what it
// showed. No text at all clears it.
type Strip struct {
	// Address is serial:/dev/ttyS1?baud=9600&unit=1 or tcp://host:port; "" means that there is none.
	Address string
	// DialTime limits the opening (default 1 s), AnswerTime one answer (default 500 ms).
	DialTime, AnswerTime time.Duration
	turn                 chan struct{}
}

// Colour is how a strip's text is lit.
type Colour byte

// Colours of a strip.
const (
	Red Colour = iota
	Green
	Amber
)

// Bytes of a strip's frames.
const (
	stripBegin   = 0x02
	stripEnd     = 0x03
	stripShown   = 0x06
	stripBroken  = 0x15
	longestStrip = 96
	stripTries   = 3
)

// NewStrip gives the strip at an address; "" for none. It opens nothing.
func NewStrip(address string) *Strip {
	return &Strip{Address: address, DialTime: time.Second, AnswerTime: 500 * time.Millisecond, turn: make(chan struct{}, 1)}
}

// Show puts a text on the strip and returns when the strip says that it is shown. A
// broken frame is sent again, three times at most.
func (s *Strip) Show(ctx context.Context, text string, colour Colour) error {
	at, err := parse(s.Address)
	if err != nil {
		return err
	}
	frame := stripFrame(byte(at.unit), colour, text)
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for the strip: %w", ctx.Err())
	}
	defer func() { <-s.turn }()
	conn, err := dial(ctx, s.Address, s.DialTime)
	if err != nil {
		return fmt.Errorf("reach the strip: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	for range stripTries {
		if err = s.send(conn, frame, byte(at.unit)); !errors.Is(err, errBroken) && !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("show on the strip: %w", err)
	}
	return nil
}

var errBroken = errors.New("the strip takes no frame whole")

func (s *Strip) send(conn port, frame []byte, unit byte) error {
	until := time.Now().Add(s.AnswerTime)
	if err := errors.Join(conn.SetWriteDeadline(until), conn.SetReadDeadline(until)); err != nil {
		return err
	}
	if _, err := conn.Write(frame); err != nil {
		return err
	}
	var before byte
	var b [1]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return err
		}
		switch {
		case b[0] == unit && before == stripShown:
			return nil
		case b[0] == unit && before == stripBroken:
			return errBroken
		}
		before = b[0]
	}
}

// stripFrame makes a frame of a text; what is too long is cut between two characters.
func stripFrame(unit byte, colour Colour, text string) []byte {
	var shown []byte
	for _, r := range text {
		if unicode.IsControl(r) {
			r = ' '
		}
		// GB18030 has a code for every character; what was no character becomes one for that.
		b, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(string(r)))
		if len(shown)+len(b) > longestStrip {
			break
		}
		shown = append(shown, b...)
	}
	frame := append([]byte{stripBegin, unit, byte(colour), byte(len(shown))}, shown...)
	var sum byte
	for _, c := range frame[1:] {
		sum += c
	}
	return append(frame, -sum, stripEnd)
}

// StripTwin is a virtual strip that keeps what it shows.
type StripTwin struct {
	stand
	shown func(unit byte, colour Colour, text string)
}

// StartStripTwin starts a twin at serial:PATH (PATH is made) or on a TCP address. It
// calls shown on its own goroutine for each text, before it answers.
func StartStripTwin(address string, shown func(unit byte, colour Colour, text string)) (*StripTwin, error) {
	t := &StripTwin{shown: shown}
	if err := t.begin(address, t.talk); err != nil {
		return nil, fmt.Errorf("stand as strip: %w", err)
	}
	return t, nil
}

func (t *StripTwin) talk(conn port) {
	var held []byte
	var b [256]byte
	for {
		n, err := conn.Read(b[:])
		if err != nil {
			return
		}
		held = append(held, b[:n]...)
		for len(held) > 0 {
			used, answer := t.obey(held)
			if used == 0 {
				break
			}
			held = held[used:]
			if answer != nil {
				_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
				if _, err := conn.Write(answer); err != nil {
					return
				}
			}
		}
	}
}

// obey reads one frame or one byte of noise; 0 when more must come.
func (t *StripTwin) obey(b []byte) (used int, answer []byte) {
	if b[0] != stripBegin {
		return 1, nil
	}
	if len(b) < 4 {
		return 0, nil
	}
	n := int(b[3])
	if n > longestStrip {
		return 1, []byte{stripBroken, b[1]}
	}
	if len(b) < 6+n {
		return 0, nil
	}
	var sum byte
	for _, c := range b[1 : 5+n] {
		sum += c
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b[4 : 4+n])
	if sum != 0 || b[5+n] != stripEnd || err != nil {
		return 1, []byte{stripBroken, b[1]}
	}
	t.shown(b[1], Colour(b[2]), string(text))
	return 6 + n, []byte{stripShown, b[1]}
}
