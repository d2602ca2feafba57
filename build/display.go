package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// display is a virtual screen with a window manager and a message bus of its
// own, so that programs on it are neither seen nor disturbed by anything else.
type display struct {
	number   string
	runtime  string // folder of the bus's sockets
	bus      string // address of the session bus
	running  []*process
	programs context.Context
}

// openDisplay starts a screen of the given size in pixels. Nothing on it ends
// with ctx; close ends it.
func openDisplay(ctx context.Context, name string, width, height int, logs string) (d *display, err error) {
	d = &display{programs: context.WithoutCancel(ctx)}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	// Socket paths may have 108 bytes only: the system's short temporary folder.
	if d.runtime, err = os.MkdirTemp("", "ow-"); err != nil {
		return d, fmt.Errorf("open the display: %w", err)
	}
	// The server chooses a free number by itself and writes it to the pipe.
	out, in, err := os.Pipe()
	if err != nil {
		return d, fmt.Errorf("open the display: %w", err)
	}
	defer out.Close()
	cmd := command(d.programs, "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{in}
	screen, err := d.start(cmd, name+"-xvfb", logs)
	if err = errors.Join(err, in.Close()); err != nil {
		return d, err
	}
	number := make([]byte, 16)
	n, err := out.Read(number)
	if err != nil {
		return d, fmt.Errorf("open the display: %w", screen.ended())
	}
	d.number = ":" + strings.TrimSpace(string(number[:n]))
	if err := d.openBus(ctx, name, logs); err != nil {
		return d, err
	}
	return d, d.manage(ctx, name, logs)
}

// openBus starts a session bus; the window tells through it what is on its page.
func (d *display) openBus(ctx context.Context, name, logs string) error {
	d.bus = "unix:path=" + filepath.Join(d.runtime, "bus")
	p, err := d.start(command(d.programs, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+d.bus), name+"-bus", logs)
	if err != nil {
		return err
	}
	return until(ctx, 10*time.Second, "wait for the bus", func() error {
		_, err := os.Stat(filepath.Join(d.runtime, "bus"))
		return err
	}, p)
}

// manage starts a window manager without any key of its own: without one,
// WebKitGTK windows are neither full-screen nor focused.
func (d *display) manage(ctx context.Context, name, logs string) error {
	settings := filepath.Join(d.runtime, "openbox.xml")
	const bare = `<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/><mouse/></openbox_config>` + "\n"
	if err := os.WriteFile(settings, []byte(bare), 0o600); err != nil {
		return fmt.Errorf("open the display: %w", err)
	}
	p, err := d.start(command(d.programs, "openbox", "--config-file", settings), name+"-openbox", logs)
	if err != nil {
		return err
	}
	return until(ctx, 10*time.Second, "wait for the window manager", func() error {
		out, err := d.command(ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK").Output()
		if err == nil && !bytes.Contains(out, []byte("window id")) {
			return errors.New("it has not said that it manages")
		}
		return err
	}, p)
}

func (d *display) start(cmd *exec.Cmd, name, logs string) (*process, error) {
	cmd.Env = d.env()
	p, err := launch(d.programs, name, logs, cmd)
	if err == nil {
		d.running = append(d.running, p)
	}
	return p, err
}

// env is the environment of a program that is to appear here.
func (d *display) env() []string {
	return append(os.Environ(), "DISPLAY="+d.number, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "DBUS_SESSION_BUS_ADDRESS="+d.bus,
		"XDG_RUNTIME_DIR="+d.runtime, "GDK_SCALE=1", "LC_ALL=C.UTF-8")
}

// command prepares a short command that looks at the screen or touches it.
func (d *display) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := command(ctx, name, args...)
	cmd.Env = d.env()
	return cmd
}

// close ends everything on the display, and it.
func (d *display) close() error {
	var errs []error
	for i := len(d.running) - 1; i >= 0; i-- {
		errs = append(errs, d.running[i].stop())
	}
	if d.runtime != "" {
		errs = append(errs, os.RemoveAll(d.runtime))
	}
	return errors.Join(errs...)
}

// click presses the main button at a place of the screen.
func (d *display) click(ctx context.Context, x, y int) error {
	_, err := quiet(d.command(ctx, "xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1"))
	return err
}

// key presses keys by their X names, one after the other.
func (d *display) key(ctx context.Context, keys ...string) error {
	_, err := quiet(d.command(ctx, "xdotool", append([]string{"key", "--delay", "20"}, keys...)...))
	return err
}

// write types a text into what has the focus.
func (d *display) write(ctx context.Context, text string) error {
	delay := "12"
	if strings.ContainsFunc(text, func(r rune) bool { return r > 127 }) {
		delay = "80" // such a character is put on a spare key first, and the window must have heard of it
	}
	_, err := quiet(d.command(ctx, "xdotool", "type", "--delay", delay, "--", text))
	return err
}

// seen gives what is on the screen.
func (d *display) seen(ctx context.Context) (image.Image, []byte, error) {
	cmd := d.command(ctx, "import", "-silent", "-window", "root", "png:-")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, nil, &failure{what: "look at the screen", said: said.String(), err: err}
	}
	raw := bytes.Clone(out.Bytes())
	img, err := png.Decode(&out)
	return img, raw, err
}

// picture keeps what is on the screen as soon as it holds still and shows something.
func (d *display) picture(ctx context.Context, path string) error {
	var last image.Image
	return until(ctx, 20*time.Second, "take "+filepath.Base(path), func() error {
		img, raw, err := d.seen(ctx)
		if err != nil {
			return err
		}
		before := last
		last = img
		switch {
		case blank(img):
			return errors.New("the screen is blank")
		case before == nil || !same(before, img):
			return errors.New("the screen does not hold still")
		}
		return os.WriteFile(path, raw, 0o644)
	})
}

// samples visits a grid of pixels: enough to tell pages apart, quick enough to ask often.
func samples(img image.Image, visit func(x, y int, c color.Color) bool) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if !visit(x, y, img.At(x, y)) {
				return
			}
		}
	}
}

// blank tells whether a picture has hardly any colours, as a window without a page has.
func blank(img image.Image) bool {
	seen := map[color.Color]bool{}
	samples(img, func(_, _ int, c color.Color) bool {
		seen[c] = true
		return len(seen) < 24
	})
	return len(seen) < 24
}

// same tells whether two pictures show the same, but for a blinking cursor or a clock.
func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	differ, all := 0, 0
	samples(a, func(x, y int, c color.Color) bool {
		all++
		if c != b.At(x, y) {
			differ++
		}
		return true
	})
	return differ*2000 < all
}
