package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// window is the terminal's own production window on a virtual display. It is
// read and pressed the way an assistive technology does: by the roles and names
// that the page gives its parts, and by the mouse and the keys. So a test that
// can find a button also shows that a blind person's reader can.
type window struct {
	*display
	program *process
	conn    *dbus.Conn
}

// role is what a part is for assistive technologies, by AT-SPI's numbers.
type role uint32

// Roles that checks look for; anything takes every role.
const (
	anything      role = 0
	dialog        role = 16
	fileChooser   role = 19
	frame         role = 23
	listItem      role = 32
	menu          role = 33
	passwordField role = 40
	popupMenu     role = 41
	button        role = 43
	toggle        role = 62
	bareWindow    role = 69
	entry         role = 79
	heading       role = 83
	page          role = 95
)

// part is one thing on the page, as assistive technologies see it: its name, or
// its text where it has no name, and its place on the screen.
type part struct {
	role       role
	name       string
	x, y, w, h int
	at         accessible
}

func (p part) String() string {
	return fmt.Sprintf("%d %q at %d,%d %dx%d", p.role, p.name, p.x, p.y, p.w, p.h)
}

// accessible addresses a part on the accessibility bus.
type accessible struct {
	Bus  string
	Path dbus.ObjectPath
}

// openWindow starts the terminal in its window.
func openWindow(ctx context.Context, d *display, name, logs string, cmd *exec.Cmd) (*window, error) {
	cmd.Env = append(d.env(), cmd.Env...)
	p, err := launch(ctx, name, logs, cmd)
	if err != nil {
		return nil, err
	}
	w := &window{display: d, program: p}
	err = until(ctx, 60*time.Second, "wait for the page of "+name, func() error {
		if w.conn == nil {
			if w.conn, err = accessibilityBus(d.bus); err != nil {
				return err
			}
		}
		_, err := w.find(page, "")
		return err
	}, p)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// close ends the terminal; its display stays.
func (w *window) close() error {
	var err error
	if w.conn != nil {
		err = w.conn.Close()
	}
	return errors.Join(err, w.program.stop())
}

// accessibilityBus finds the bus on which programs show their parts, through the session's.
func accessibilityBus(session string) (*dbus.Conn, error) {
	conn, err := dbus.Connect(session)
	if err != nil {
		return nil, fmt.Errorf("reach the session bus: %w", err)
	}
	defer conn.Close()
	var address string
	if err := conn.Object("org.a11y.Bus", "/org/a11y/bus").Call("org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		return nil, fmt.Errorf("find the accessibility bus: %w", err)
	}
	return dbus.Connect(address)
}

// parts reads everything that is on the page now.
func (w *window) parts() ([]part, error) {
	var out []part
	err := w.walk(accessible{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"}, 0, &out)
	return out, err
}

const (
	accessibleInterface                 = "org.a11y.atspi.Accessible"
	nowhere             dbus.ObjectPath = "/org/a11y/atspi/null"
)

func (w *window) walk(a accessible, depth int, out *[]part) error {
	o := w.conn.Object(a.Bus, a.Path)
	p := part{at: a}
	if err := o.Call(accessibleInterface+".GetRole", 0).Store(&p.role); err != nil {
		return err
	}
	if name, err := o.GetProperty(accessibleInterface + ".Name"); err == nil {
		p.name, _ = name.Value().(string)
	}
	if p.name == "" {
		p.name = w.text(a)
	}
	const onScreen = uint32(0)
	var at struct{ X, Y, W, H int32 }
	if err := o.Call("org.a11y.atspi.Component.GetExtents", 0, onScreen).Store(&at); err == nil {
		p.x, p.y, p.w, p.h = int(at.X), int(at.Y), int(at.W), int(at.H)
	}
	*out = append(*out, p)
	var below []accessible
	if err := o.Call(accessibleInterface+".GetChildren", 0).Store(&below); err != nil {
		return err
	}
	if len(below) == 0 {
		// The place of the page, which another process shows, is told by its index alone.
		var page accessible
		if err := o.Call(accessibleInterface+".GetChildAtIndex", 0, int32(0)).Store(&page); err == nil && page.Path != nowhere {
			below = append(below, page)
		}
	}
	for _, b := range below {
		// A part that goes while it is read is no fault: the next reading lacks it.
		if err := w.walk(b, depth+1, out); err != nil && depth < 6 {
			return err
		}
	}
	return nil
}

// text gives what is written in a part: of a field, its value; "" where there is no text.
func (w *window) text(a accessible) string {
	var text string
	if err := w.conn.Object(a.Bus, a.Path).Call("org.a11y.atspi.Text.GetText", 0, int32(0), int32(-1)).Store(&text); err != nil {
		return "" // a part without text has no such method
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\ufffc", " ")) // the sign where a part stands inside a text
}

// find gives the first part on the screen with the wanted role whose name holds the wanted name.
func (w *window) find(want role, name string) (part, error) {
	all, err := w.parts()
	if err != nil {
		return part{}, err
	}
	var names []string
	for _, p := range all {
		if (want == anything || p.role == want) && strings.Contains(p.name, name) && p.w > 0 && p.h > 0 {
			return p, nil
		}
		if p.name != "" && len(names) < 80 {
			names = append(names, fmt.Sprintf("%d %s", p.role, p.name))
		}
	}
	return part{}, fmt.Errorf("no part %q of role %d on the page; there are: %s", name, want, strings.Join(names, " | "))
}

// see waits until a part is on the page.
func (w *window) see(ctx context.Context, want role, name string) (found part, err error) {
	err = until(ctx, 20*time.Second, fmt.Sprintf("wait for %q", name), func() error {
		found, err = w.find(want, name)
		return err
	}, w.program)
	return found, err
}

// press waits for a part and clicks on its middle.
func (w *window) press(ctx context.Context, want role, name string) error {
	p, err := w.see(ctx, want, name)
	if err != nil {
		return err
	}
	return w.click(ctx, p.x+p.w/2, p.y+p.h/2)
}

// fill clicks on a field and types into it, again if a key got lost: the virtual
// keyboard learns each Chinese character anew, and the window may miss one.
func (w *window) fill(ctx context.Context, want role, name, text string) error {
	if err := w.press(ctx, want, name); err != nil {
		return err
	}
	return until(ctx, 30*time.Second, fmt.Sprintf("fill in %q", name), func() error {
		if err := w.key(ctx, "ctrl+a", "Delete"); err != nil {
			return err
		}
		if err := w.write(ctx, text); err != nil {
			return err
		}
		return until(ctx, time.Second, "read it back", func() error {
			p, err := w.find(want, name)
			if err != nil {
				return err
			}
			if got := w.text(p.at); got != text {
				return fmt.Errorf("the field has %q, not %q", got, text)
			}
			return nil
		}, w.program)
	}, w.program)
}

// haveScreen tells whether this machine has a screen that a person looks at.
func haveScreen() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }
