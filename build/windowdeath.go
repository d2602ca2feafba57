package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	// session is what supervises a terminal on Debian, as it is packaged.
	session = "build/debian/onewindow-files/usr/lib/onewindow/session"
	// backWithin is how soon a terminal whose page died must be back on its first screen.
	backWithin = 5 * time.Second
	// worksFor is how long a terminal must have worked for its supervisor to start it again at once.
	worksFor = 11 * time.Second
)

// pageDies kills the page's process in the midst of somebody's visit and looks for the
// first screen: within five seconds, with nothing of the visit left. A page that hangs
// instead is given more time, and comes back as well.
func pageDies(ctx context.Context, dir string) (err error) {
	s, err := openStage(ctx, dir, terminalProgram, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	began := time.Now()
	w, err := s.show(ctx, "kiosk", "k1", 1, 1080, 1920, "sh", session)
	if err != nil {
		return err
	}
	for _, blow := range []struct {
		what   string
		signal syscall.Signal
		within time.Duration
	}{{"killed", syscall.SIGKILL, backWithin}, {"stopped", syscall.SIGSTOP, 25 * time.Second}} {
		if err := w.press(ctx, button, "取号"); err != nil {
			return err
		}
		if _, err := w.see(ctx, heading, "您办哪一类"); err != nil {
			return err
		}
		select {
		case <-time.After(worksFor - time.Since(began)):
		case <-ctx.Done():
			return ctx.Err()
		}
		pid, err := w.pageProcess(0)
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, blow.signal); err != nil {
			return fmt.Errorf("%s page: %w", blow.what, err)
		}
		began = time.Now()
		err = until(ctx, blow.within, "wait for the first screen after the page was "+blow.what, func() error {
			if _, err := w.pageProcess(pid); err != nil {
				return err
			}
			_, err := w.find(heading, "请选择")
			return err
		}, w.program)
		if err != nil {
			return errors.Join(err, w.picture(ctx, s.path("dead.png")))
		}
		_ = syscall.Kill(pid, syscall.SIGKILL) // a stopped one is deaf to everything else
		say("window: a page that is %s is back after %.1f s", blow.what, time.Since(began).Seconds())
	}
	return nil
}

// pageProcess finds WebKitGTK's process of the terminal's page, another one than before, by
// the group that it shares with what this program started.
func (w *window) pageProcess(before int) (int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	group := []byte(strconv.Itoa(w.program.cmd.Process.Pid))
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		// "4711 (WebKitWebProces) S 4700 4690 ...": state, parent, group (proc(5)).
		_, rest, found := bytes.Cut(raw, []byte("(WebKitWebProces) "))
		if fields := bytes.Fields(rest); found && len(fields) > 2 && bytes.Equal(fields[2], group) && fields[0][0] != 'Z' {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err != nil || pid != before {
				return pid, err
			}
		}
	}
	return 0, errors.New("the terminal has no page")
}
