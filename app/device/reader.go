package device

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Reader is a reader of identity cards (二代证) on a serial line, or behind TCP where
// a gateway stands between. It gives the person on the card or an error, never another person:
// a frame counts with a right check only, an answer only to the question that was
// asked, a card is read twice, and what it says must agree with itself. The fields may
// be changed before the first use.
type Reader struct {
	// Address is serial:/dev/ttyS0?baud=115200 or tcp://host:port; "" means that there is none.
	Address string
	// DialTime limits the opening (default 1 s), AnswerTime one answer (default 2 s: a card
	// takes its time), LayTime how long a person may take to lay the card on (default 6 s).
	DialTime, AnswerTime, LayTime time.Duration
	// FindEvery is the pause between two looks for a card (default 300 ms).
	FindEvery time.Duration
	turn      chan struct{}
}

// NewReader gives the reader at an address; "" for none. It opens nothing.
func NewReader(address string) *Reader {
	return &Reader{Address: address, DialTime: time.Second, AnswerTime: 2 * time.Second, LayTime: 6 * time.Second, FindEvery: 300 * time.Millisecond,
		turn: make(chan struct{}, 1)}
}

// Reasons why no card was read, beside the states none and off: argument "reason" of
// event.ReaderFailed.
const (
	// NoCard: nobody laid one on.
	NoCard = "no_card"
	// Unreadable: it was taken away too early, it is damaged, or the line is; try again.
	Unreadable = "unreadable"
	// OtherCard: a card that is none of a citizen; its number is typed.
	OtherCard = "other_card"
)

// command is what a reader is asked, with the answer that is its own: an answer to
// an earlier question that comes late has another shape and is passed over.
type command struct {
	ask  [2]byte
	done uint32
	fits func(body []byte) bool
}

var (
	askState   = command{[2]byte{0x11, 0xff}, statusDone, func(b []byte) bool { return len(b) == 0 }}
	findCard   = command{[2]byte{0x20, 0x01}, statusFound, func(b []byte) bool { return len(b) < 64 }}
	selectCard = command{[2]byte{0x20, 0x02}, statusDone, func(b []byte) bool { return len(b) > 0 && len(b) < 64 }}
	readCard   = command{[2]byte{0x30, 0x01}, statusDone, func(b []byte) bool {
		return len(b) == 4+textBytes+photoBytes && binary.BigEndian.Uint16(b) == textBytes && binary.BigEndian.Uint16(b[2:]) == photoBytes
	}}
)

// Statuses of an answer. The first two bytes are the card's and may be anything
// when it failed; the third is the reader's.
const (
	statusDone  = 0x000090
	statusFound = 0x00009f
	// noCardHere: nothing lies on the reader. Sick: its self-test failed, or it has no licence.
	noCardHere = 0x80
	sick1      = 0x60
	sick2      = 0x66
)

var (
	errMute    = errors.New("reader does not answer")
	errSick    = errors.New("reader reports a fault of its own")
	errRefused = errors.New("reader refuses")
	errNone    = errors.New("no card lies on the reader")
	errDiffer  = errors.New("two readings of the card differ")
)

// tries is how often a card is read before it counts as unreadable.
const tries = 3

// Read reads the card that lies on the reader, waiting for one to be laid on. today
// is where the person stands. The error is an event.ReaderFailed whose argument "reason" is
// none, off, no_card, unreadable or other_card; no error holds anything of a card.
func (r *Reader) Read(ctx context.Context, today hall.Date) (Card, error) {
	l, err := r.open(ctx)
	if err != nil {
		return Card{}, err
	}
	defer r.close(l)
	until := time.Now().Add(r.LayTime)
	for n := 1; ; n++ {
		card, err := r.once(ctx, l, today, until)
		switch {
		case err == nil:
			return card, nil
		case ctx.Err() != nil:
			return Card{}, unread("read card", NoCard, ctx.Err())
		case errors.Is(err, errNone):
			return Card{}, unread("find card", NoCard, nil)
		case errors.Is(err, errOtherCard):
			return Card{}, unread("read card", OtherCard, err)
		case errors.Is(err, errSick):
			return Card{}, unread("read card", string(Off), err)
		case !errors.Is(err, errMute) && !errors.Is(err, errRefused) && !errors.Is(err, errDiffer) && !errors.Is(err, errField):
			return Card{}, unread("read card", string(Off), err)
		case n < tries:
		case errors.Is(err, errMute):
			return Card{}, unread("read card", string(Off), err)
		default:
			return Card{}, unread("read card", Unreadable, err)
		}
	}
}

// once finds, selects and reads a card, and reads it again: a frame's check of one
// byte lets one broken frame of 256 pass, and two do not break alike. A reader that refuses
// to read a second time has read once with a right check, and the card agrees with itself.
func (r *Reader) once(ctx context.Context, l *cardLine, today hall.Date, until time.Time) (Card, error) {
	for {
		if _, err := l.ask(findCard); err == nil {
			break
		} else if !errors.Is(err, errNone) || time.Now().After(until) {
			return Card{}, err
		}
		select {
		case <-ctx.Done():
			return Card{}, ctx.Err()
		case <-time.After(r.FindEvery):
		}
	}
	if _, err := l.ask(selectCard); err != nil {
		return Card{}, err
	}
	first, err := l.ask(readCard)
	if err != nil {
		return Card{}, err
	}
	text := first[4 : 4+textBytes]
	second, err := l.ask(readCard)
	switch {
	case err == nil && !bytes.Equal(text, second[4:4+textBytes]):
		return Card{}, errDiffer
	case err != nil && !errors.Is(err, errRefused):
		return Card{}, err
	}
	return cardOf(text, today)
}

// Status asks the reader how it is, waiting for a reading under way. The error is nil
// when it is well or there is none (None); else the state is Off.
func (r *Reader) Status(ctx context.Context) (State, error) {
	if r.Address == "" {
		return None, nil
	}
	l, err := r.open(ctx)
	if err != nil {
		return Off, err
	}
	defer r.close(l)
	if _, err := l.ask(askState); err != nil {
		return Off, unread("ask reader", string(Off), err)
	}
	return OK, nil
}

func (r *Reader) open(ctx context.Context) (*cardLine, error) {
	if r.Address == "" {
		return nil, unread("reach reader", string(None), nil)
	}
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, unread("wait for reader", string(Off), ctx.Err())
	}
	conn, err := dial(ctx, r.Address, r.DialTime)
	if err != nil {
		<-r.turn
		return nil, unread("reach reader", string(Off), err)
	}
	return &cardLine{conn: conn, limit: r.AnswerTime, release: context.AfterFunc(ctx, func() { _ = conn.Close() })}, nil
}

func (r *Reader) close(l *cardLine) {
	l.release()
	_ = l.conn.Close()
	<-r.turn
}

func unread(what, reason string, cause error) error {
	refusal := event.ReaderFailed.With("reason", reason)
	if cause == nil {
		return fmt.Errorf("%s: %w", what, refusal)
	}
	return fmt.Errorf("%s: %w: %w", what, cause, refusal)
}

// cardLine is one connection to a reader.
type cardLine struct {
	conn    port
	limit   time.Duration
	release func() bool
	frames  unframer
}

// ask sends a command and gives what its answer carries.
func (l *cardLine) ask(c command) ([]byte, error) {
	until := time.Now().Add(l.limit)
	if err := errors.Join(l.conn.SetWriteDeadline(until), l.conn.SetReadDeadline(until)); err != nil {
		return nil, fmt.Errorf("limit the question: %w", err)
	}
	if _, err := l.conn.Write(frameOf(c.ask[:]...)); err != nil {
		return nil, mute(err)
	}
	var b [2048]byte
	for {
		for f := l.frames.next(); f != nil; f = l.frames.next() {
			if body, mine, err := c.judge(f); mine {
				return body, err
			}
		}
		n, err := l.conn.Read(b[:])
		if err != nil {
			return nil, mute(err)
		}
		l.frames.add(b[:n])
	}
}

func mute(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errMute
	}
	return err
}

// judge tells whether a frame answers the command, and what it carries.
func (c command) judge(frame []byte) (body []byte, mine bool, err error) {
	if len(frame) < 3 {
		return nil, false, nil
	}
	status, body := uint32(frame[0])<<16|uint32(frame[1])<<8|uint32(frame[2]), frame[3:]
	switch {
	case status == c.done:
		return body, c.fits(body), nil
	case status == statusDone || status == statusFound || len(body) >= 64:
		return nil, false, nil // of another question
	case status&0xff == noCardHere:
		return nil, true, errNone
	case status&0xff == sick1, status&0xff == sick2:
		return nil, true, errSick
	}
	return nil, true, fmt.Errorf("%w with status %06x", errRefused, status)
}
