package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

func windowChecks() []check {
	return []check{
		{"window", "the programs build", everything},
		{"window", "a whole visit in the real windows of kiosk, counter and board", func(ctx context.Context) error {
			return scratch("visit", func(dir string) error {
				return playVisit(ctx, dir, filepath.Join(cacheDir, "test", "visit"))
			})
		}},
		{"window", "a ticket is taken in the real window", func(ctx context.Context) error {
			return scratch("window", func(dir string) error { return windowTicket(ctx, dir) })
		}},
		{"window", "a page that has died or hangs is back, and knows nobody", func(ctx context.Context) error {
			return scratch("dead", func(dir string) error { return pageDies(ctx, dir) })
		}},
	}
}

// windowTicket takes a ticket with the mouse in the production window, tries the
// ways out of it, and looks the ticket up in the database afterwards.
func windowTicket(ctx context.Context, dir string) (err error) {
	s, err := openStage(ctx, dir, terminalProgram, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	w, err := s.show(ctx, "kiosk", "k1", 1, 1080, 1920)
	if err != nil {
		return err
	}
	if err := w.takeTicket(ctx); err != nil {
		return errors.Join(err, w.picture(ctx, s.path("failed.png")))
	}
	if err := w.picture(ctx, s.path("window.png")); err != nil {
		return err
	}
	number, err := w.numberShown()
	if err != nil {
		return err
	}
	if err := w.noWayOut(ctx); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return fmt.Errorf("end the window: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(cacheDir, "test"), 0o755); err != nil {
		return err
	}
	if err := copyTo(filepath.Join(cacheDir, "test", "window.png"), s.path("window.png"), 0o644); err != nil {
		return err
	}
	return s.kept(ctx, number)
}

func (w *window) takeTicket(ctx context.Context) error {
	if err := w.press(ctx, button, "取号"); err != nil {
		return err
	}
	if _, err := w.see(ctx, heading, "您办哪一类"); err != nil {
		return err
	}
	if err := w.press(ctx, button, "取号"); err != nil {
		return err
	}
	_, err := w.see(ctx, heading, "取号成功")
	return err
}

// ticketNumber is what stands on a ticket: "B017", or "B2-017" from a kiosk that has no
// block of numbers yet, because its hub has just begun.
var ticketNumber = regexp.MustCompile(`^[A-Z]([1-9]-)?[0-9]{3}$`)

// numberShown reads the ticket's number from the page.
func (w *window) numberShown() (string, error) {
	all, err := w.parts()
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if ticketNumber.MatchString(p.name) {
			return p.name, nil
		}
	}
	return "", errors.New("the page shows no number")
}

// noWayOut tries what opens menus, prints, reloads or closes in a browser.
func (w *window) noWayOut(ctx context.Context) error {
	if err := w.key(ctx, "F12", "ctrl+p", "ctrl+w", "ctrl+n", "ctrl+o", "ctrl+shift+i", "alt+Left", "Escape"); err != nil {
		return err
	}
	if _, err := quiet(w.command(ctx, "xdotool", "mousemove", "540", "900", "click", "3")); err != nil {
		return err
	}
	all, err := w.parts()
	if err != nil {
		return err
	}
	pages, frames := 0, 0
	for _, p := range all {
		switch p.role {
		case page:
			pages++
		case frame, dialog, bareWindow, menu, popupMenu, fileChooser:
			frames++
		}
	}
	if pages != 1 || frames != 1 {
		return fmt.Errorf("after keys that do things in browsers there are %d pages and %d windows or menus: %v", pages, frames, all)
	}
	return nil
}

// kept opens the window's database with a terminal in a browser, and asks it and the centre for the ticket.
func (s *stage) kept(ctx context.Context, number string) error {
	addr, err := address("", false)
	if err != nil {
		return err
	}
	base, _, err := s.serve(ctx, "kiosk", "k1", 1, addr)
	if err != nil {
		return err
	}
	found, err := ask[struct {
		Found  bool `json:"found"`
		Ticket struct {
			Number string `json:"number"`
			State  string `json:"state"`
		} `json:"ticket"`
	}](base, "Kiosk.Progress", number)
	switch {
	case err != nil:
		return err
	case !found.Found || found.Ticket.Number != number || found.Ticket.State != "waiting":
		return fmt.Errorf("the window showed %s; its database says %+v", number, found)
	}
	slips, err := filepath.Glob(s.path("paper", "*.png"))
	if err != nil || len(slips) != 1 {
		return fmt.Errorf("one ticket and %d slips (%v)", len(slips), err)
	}
	return s.centreHas(1)
}
