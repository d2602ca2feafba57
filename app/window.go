package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	wails2 "github.com/wailsapp/wails/v2/pkg/runtime"

	"onewindow/app/config"
	"onewindow/app/terminal"
)

// window shows the terminal in its own full-screen window. The terminal is
// opened before the window, so that a mistake in the settings is told on the
// command line. (No bindings are generated: a test holds the pages' types to
// package screen.)
func window(settings config.Settings, log *slog.Logger, dist fs.FS) error {
	if runtime.GOOS == "linux" && os.Getenv("WEBKIT_DISABLE_DMABUF_RENDERER") == "" {
		// Without a GPU WebKitGTK's DMA-BUF renderer shows an empty window.
		if err := os.Setenv("WEBKIT_DISABLE_DMABUF_RENDERER", "1"); err != nil {
			return fmt.Errorf("prepare the window: %w", err)
		}
	}
	t, err := terminal.Open(settings, terminal.Options{Logger: log})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	var pulse pulse
	err = wails.Run(&options.App{
		Title:            "OneWindow " + settings.Role,
		Width:            1080,
		Height:           1920,
		WindowStartState: options.Fullscreen,
		Frameless:        settings.Role != config.Counter,
		DisableResize:    settings.Role == config.Kiosk,
		BackgroundColour: options.NewRGB(250, 249, 246),
		AssetServer:      &assetserver.Options{Assets: dist},
		Bind:             t.Doors(),
		ErrorFormatter:   func(err error) any { return terminal.Refusal(err) },
		OnStartup: func(page context.Context) {
			go tell(ctx, page, t)
			go pulse.watch(ctx, page, log)
			go quitOnSignal(ctx, page)
		},
		OnShutdown:                       func(context.Context) { stop() },
		EnableDefaultContextMenu:         false,
		EnableFraudulentWebsiteDetection: false,
		Linux:                            &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever, ProgramName: "onewindow"},
		Windows:                          &windows.Options{IsZoomControlEnabled: false, DisablePinchZoom: true},
	})
	stop()
	if err == nil && pulse.died.Load() {
		err = errPageDied
	}
	if closing := t.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("show the window: %w", err)
	}
	return nil
}

// tell passes changes and scanned codes on to the page.
func tell(ctx, page context.Context, t *terminal.Terminal) {
	changes, scans := t.Watch(), t.WatchScans()
	defer t.Unwatch(changes)
	defer t.UnwatchScans(scans)
	wails2.EventsEmit(page, "changed", map[string]int{"revision": 1})
	for n := 2; ; {
		select {
		case <-ctx.Done():
			return
		case text := <-scans:
			wails2.EventsEmit(page, "scan", map[string]string{"text": text})
		case <-changes:
			wails2.EventsEmit(page, "changed", map[string]int{"revision": n})
			n++
		}
	}
}

// quitOnSignal lets the system end the terminal in good order.
func quitOnSignal(ctx, page context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	select {
	case <-ctx.Done():
	case <-signals:
		wails2.Quit(page)
	}
}
