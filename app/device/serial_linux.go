package device

import (
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// openWithDeadlines opens a device file so that reads and writes of it can be given
// a deadline. (The usual library for serial lines has none for writing: a device
// that stops taking bytes would hold its caller for ever.) No terminal becomes this
// process's controlling one.
const openWithDeadlines = syscall.O_NONBLOCK | syscall.O_NOCTTY

// speeds are the speeds that devices of a counter are set to, in bits per second.
var speeds = map[int]uint32{1200: unix.B1200, 2400: unix.B2400, 4800: unix.B4800, 9600: unix.B9600, 19200: unix.B19200, 38400: unix.B38400,
	57600: unix.B57600, 115200: unix.B115200, 230400: unix.B230400, 460800: unix.B460800, 921600: unix.B921600}

// setUp makes a terminal device a plain line: eight bits, no parity, one stop bit,
// no flow control, no echo, every byte as it is. The modem lines stay up when it is closed,
// because some printers reset themselves when they fall.
func setUp(f *os.File, baud int) error {
	speed, ok := speeds[baud]
	if !ok {
		return fmt.Errorf("baud=%d is no usual speed", baud)
	}
	return control(f, func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return fmt.Errorf("this is no serial line: %w", err)
		}
		t.Iflag, t.Oflag, t.Lflag = unix.IGNBRK, 0, 0
		t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | speed
		t.Ispeed, t.Ospeed = speed, speed
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, unix.TCSETS, t)
	})
}

// control runs fn with the file's descriptor, which stays in the poller.
func control(f *os.File, fn func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = fn(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// openPair makes a pseudo-terminal: what is written to one end is read from the
// other, as on a serial cable. name is the other end's file.
func openPair() (end *os.File, name string, err error) {
	end, err = os.OpenFile("/dev/ptmx", os.O_RDWR|openWithDeadlines, 0)
	if err != nil {
		return nil, "", err
	}
	err = control(end, func(fd int) error {
		n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		if err != nil {
			return err
		}
		name = "/dev/pts/" + strconv.Itoa(n)
		return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	})
	if err != nil {
		_ = end.Close()
		return nil, "", fmt.Errorf("make a pseudo-terminal: %w", err)
	}
	return end, name, nil
}

// deviceFile gives a device's file as the system names it.
func deviceFile(path string) string { return path }
