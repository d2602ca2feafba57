package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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
	if err := w.noWayOut(ctx, number); err != nil {
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

// What in a browser, or in the window's toolkit, prints, reloads, closes, saves, looks
// into the page, opens a menu, a tab or a window, or leaves for another page.
var (
	wayOutKeys = strings.Fields(`F1 F3 F5 F6 F7 F10 F11 F12 ctrl+r ctrl+shift+r ctrl+p ctrl+shift+p ctrl+w ctrl+n ctrl+shift+n ctrl+t ctrl+o ctrl+s ctrl+u
		ctrl+f ctrl+g ctrl+l ctrl+h ctrl+j ctrl+d ctrl+q ctrl+e ctrl+k ctrl+shift+i ctrl+shift+c ctrl+shift+j ctrl+shift+Delete ctrl+plus ctrl+minus ctrl+0
		alt+Left alt+Right alt+Home alt+d alt+f shift+F10 Menu ctrl+Tab ctrl+a ctrl+c ctrl+x ctrl+v BackSpace Escape`)
	wayOutMouse = [][]string{
		{"mousemove", "540", "900", "click", "3"},
		{"mousemove", "540", "900", "click", "2"},
		{"mousemove", "540", "900", "click", "8"},
		{"mousemove", "540", "900", "click", "9"},
		{"mousemove", "300", "1300", "mousedown", "1", "mousemove", "700", "400", "mouseup", "1"}, // the code, and words, dragged away
		{"mousemove", "540", "500", "click", "--repeat", "3", "1"},
		{"mousemove", "540", "900", "keydown", "ctrl", "click", "4", "click", "5", "keyup", "ctrl"},
		{"mousemove", "540", "500", "keydown", "shift", "click", "1", "keyup", "shift"},
	}
)

// noWayOut tries each of them: afterwards there is the same page in the same one window.
func (w *window) noWayOut(ctx context.Context, number string) error {
	for _, key := range wayOutKeys {
		if err := w.key(ctx, key); err != nil {
			return err
		}
		if err := w.onlyPage(); err != nil {
			return fmt.Errorf("after %s: %w", key, err)
		}
	}
	for _, way := range wayOutMouse {
		if _, err := quiet(w.command(ctx, "xdotool", way...)); err != nil {
			return err
		}
		if err := w.onlyPage(); err != nil {
			return fmt.Errorf("after %s: %w", strings.Join(way, " "), err)
		}
	}
	if got, err := w.numberShown(); err != nil || got != number {
		return fmt.Errorf("after all ways out the page shows %q and not ticket %s: %w", got, number, err)
	}
	return nil
}

// onlyPage tells what else there is than one page in one window.
func (w *window) onlyPage() error {
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
		return fmt.Errorf("there are %d pages and %d windows or menus: %v", pages, frames, all)
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
