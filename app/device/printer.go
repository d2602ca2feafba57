// Package device speaks with the machines at a terminal, each by its own
// protocol, and has a virtual twin of each for tests and demonstrations. It knows
// bytes and states only: no tickets, no words for people, no storage.
package device

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"onewindow/app/event"
)

// State is how a device stands; the values are those that screens get.
type State string

// States of a device. A printer prints in OK and PaperLow only; the others know OK, Off and None.
const (
	OK        State = "ok"
	PaperLow  State = "paper_low"
	PaperOut  State = "paper_out"
	CoverOpen State = "cover_open"
	// Off: it cannot be reached, does not answer, or reports a fault of its own.
	Off State = "off"
	// None: this terminal has no such device.
	None State = "none"
)

// Prints tells whether a printer in this state prints.
func (s State) Prints() bool { return s == OK || s == PaperLow }

// Printer is an ESC/POS printer behind TCP, a USB line printer or a serial line. Each
// job and each question opens it anew, because printers in the network serve one at a
// time and one that was unplugged has to be opened again anyway; jobs of one Printer wait
// for each other. The fields may be changed before the first use.
type Printer struct {
	// Address is tcp://host:port, file:/dev/usb/lp0 or serial:/dev/ttyS0?baud=115200; ""
	// means that there is no printer.
	Address string
	// DialTime limits the connecting (default 1 s), AnswerTime one answer about
	// the state (default 1 s), JobTime the whole of a job after connecting (default 15 s).
	DialTime, AnswerTime, JobTime time.Duration
	// AskEvery is how often a printer that is silent at work is asked what is wrong
	// (default 250 ms).
	AskEvery time.Duration
	// turn has room for the one who may speak with the printer.
	turn chan struct{}
	// unsure: its memory may hold a part of a job, of this program or of one that crashed;
	// torn: a part of a job of ours may be on paper that is not cut. Both belong to the turn.
	unsure, torn bool
}

// NewPrinter gives the printer at an address; "" for none. It does not connect.
func NewPrinter(address string) *Printer {
	return &Printer{Address: address, DialTime: time.Second, AnswerTime: time.Second, JobTime: 15 * time.Second,
		AskEvery: 250 * time.Millisecond, turn: make(chan struct{}, 1), unsure: true}
}

// Commands to the printer that are no part of a job.
var (
	// barrier (GS r 1) is answered when everything before it has been printed.
	barrier = []byte{0x1d, 'r', 1}
	// forget (DLE DC4 8) empties the printer's memory at once, so that a job that
	// failed does not come out when paper is put in.
	forget = []byte{0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8}
	// cutOff (ESC @, GS V 66 0) takes away what a torn job left under the print head.
	cutOff = []byte{0x1b, '@', 0x1d, 'V', 66, 0}
)

// Print sends a job (ESC/POS bytes, cut included) and returns when the printer
// says that it is on paper. The printer is asked for its state before and after.
// Every failure is an event.PrinterFailed whose argument "reason" is a State:
// "paper_out", "cover_open", "off", or "none" without a printer; what is behind it
// is wrapped too. After a failure nothing, a part or all of the job may be on
// paper: a new print must say that it is one.
func (p *Printer) Print(ctx context.Context, job []byte) (err error) {
	l, err := p.open(ctx, p.JobTime)
	if err != nil {
		return err
	}
	defer p.close(l)
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}()
	if p.unsure {
		// Half a picture in its memory would swallow this job as its other half.
		if err := l.send(forget); err != nil {
			return failed("empty printer", Off, err)
		}
	}
	state, err := l.state(p.AnswerTime)
	if err != nil {
		return failed("ask printer before the job", Off, err)
	}
	if !state.Prints() {
		return failed("start job", state, nil)
	}
	all := slices.Concat(job, barrier)
	if p.torn {
		all = slices.Concat(cutOff, all)
	}
	p.unsure, p.torn = true, true
	if err := l.send(all); err != nil {
		return l.abandon("send job", Off, err)
	}
	if state, err := l.printed(p.AskEvery, p.AnswerTime); err != nil || !state.Prints() {
		return l.abandon("finish job", state, err)
	}
	p.unsure, p.torn = false, false
	// The job is on paper. An empty roll now is the next job's trouble, and the
	// state after the job is asked only to hear of a cutter that jammed.
	if state, err := l.state(p.AnswerTime); err == nil && state == Off {
		return failed("cut", Off, errors.New("printer reports a fault after the job"))
	}
	return nil
}

// Status asks the printer for its state, waiting for a job under way. The error is
// nil when an answer was had or there is no printer (None); else the state is Off.
func (p *Printer) Status(ctx context.Context) (State, error) {
	if p.Address == "" {
		return None, nil
	}
	l, err := p.open(ctx, 4*p.AnswerTime)
	if err != nil {
		return Off, err
	}
	defer p.close(l)
	state, err := l.state(p.AnswerTime)
	if err != nil {
		return Off, failed("ask printer", Off, err)
	}
	return state, nil
}

// open takes the turn and connects; limit is the time for everything that follows.
func (p *Printer) open(ctx context.Context, limit time.Duration) (*line, error) {
	if p.Address == "" {
		return nil, failed("reach printer", None, nil)
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, failed("wait for printer", Off, ctx.Err())
	}
	conn, err := dial(ctx, p.Address, p.DialTime)
	if err != nil {
		<-p.turn
		return nil, failed("reach printer", Off, err)
	}
	l := &line{conn: conn, end: time.Now().Add(limit)}
	// Closing wakes a read or write that waits.
	l.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return l, nil
}

func (p *Printer) close(l *line) {
	l.release()
	_ = l.conn.Close()
	<-p.turn
}

func failed(what string, state State, cause error) error {
	refusal := event.PrinterFailed.With("reason", string(state))
	if cause == nil {
		return fmt.Errorf("%s: %w", what, refusal)
	}
	return fmt.Errorf("%s: %w: %w", what, cause, refusal)
}
