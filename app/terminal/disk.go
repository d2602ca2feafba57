package terminal

import (
	"context"
	"sync"
	"time"

	"onewindow/app/device"
	"onewindow/app/folder"
)

// lowBytes is the room on the disk below which the terminal warns its staff.
const lowBytes = 200 << 20

// disk tells "ok", "low" or "full".
func (t *Terminal) disk() string {
	if t.Store.DiskFull() {
		return "full"
	}
	if free, err := folder.FreeBytes(t.Settings.Data); err == nil && free < lowBytes {
		return "low"
	}
	return "ok"
}

// printerEvery is how often a printer that has nothing to do is asked for its state.
const printerEvery = 15 * time.Second

// paper is the ticket printer as the pages know it, with the state it last told.
type paper struct {
	p *device.Printer

	mu    sync.Mutex
	state device.State
}

// Print sends a slip; the state afterwards is kept.
func (p *paper) Print(ctx context.Context, job []byte) error {
	err := p.p.Print(ctx, job)
	if err != nil {
		p.ask(ctx)
	} else {
		p.keep(device.OK)
	}
	return err
}

// State is what the printer last told of itself.
func (p *paper) State() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.state)
}

func (p *paper) keep(s device.State) (changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// A job that went well says nothing about paper running low.
	if s == device.OK && p.state == device.PaperLow {
		return false
	}
	changed = p.state != s
	p.state = s
	return changed
}

func (p *paper) ask(ctx context.Context) (changed bool) {
	s, err := p.p.Status(ctx)
	if err != nil {
		s = device.Off
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	changed = p.state != s
	p.state = s
	return changed
}

// watchPrinter asks the printer for its state until ctx ends.
func (t *Terminal) watchPrinter(ctx context.Context, p *paper) {
	for {
		if p.ask(ctx) {
			t.signal()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(printerEvery):
		}
	}
}
