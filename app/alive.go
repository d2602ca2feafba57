package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	wails2 "github.com/wailsapp/wails/v2/pkg/runtime"
)

// A window whose web process has died goes on showing its last picture, and nobody is
// told. So the page says every half second that it lives (frontend/src/alive.ts); when
// it falls silent the program ends with a failure, and what supervises it (the session
// script, Shell Launcher) starts it again with a page that knows nobody.
const (
	// pageQuiet is how long a page may be silent before its process is looked for.
	pageQuiet = 1500 * time.Millisecond
	// pageStuck is how long a page that has a process may be silent: a machine under
	// load stops a page for seconds, and a person in the midst of it loses more by a
	// new start than by waiting.
	pageStuck = 15 * time.Second
	pageLook  = 250 * time.Millisecond
	// quitWithin is how long the window gets to close before the program ends without it.
	quitWithin = time.Second
)

// errPageDied is why a terminal ends whose page does not answer any more.
var errPageDied = errors.New("the page does not answer any more")

// pulse listens for the page's signs of life.
type pulse struct {
	last atomic.Pointer[time.Time] // nil before the first sign
	died atomic.Bool
}

// watch ends the window when its page has died; before the first sign it waits for ever,
// because a first start on a slow machine takes what it takes.
func (p *pulse) watch(ctx, page context.Context, log *slog.Logger) {
	wails2.EventsOn(page, "alive", func(...any) {
		now := time.Now()
		p.last.Store(&now)
	})
	ticks := time.NewTicker(pageLook)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		last := p.last.Load()
		if last == nil {
			continue
		}
		silent := time.Since(*last)
		if silent < pageQuiet || silent < pageStuck && pageProcess() {
			continue
		}
		p.died.Store(true)
		log.Error("the window ends, to be started again", "error", errPageDied, "silent", silent.Round(time.Millisecond))
		wails2.Quit(page)
		select {
		case <-ctx.Done():
		case <-time.After(quitWithin):
			// The database is made for programs that end at any moment.
			fmt.Fprintf(os.Stderr, "onewindow: %v, and the window does not close\n", errPageDied)
			os.Exit(exitFailed)
		}
		return
	}
}
