package device

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// openWithDeadlines opens a device so that reads and writes of it can be given a deadline.
const openWithDeadlines = syscall.FILE_FLAG_OVERLAPPED

// setUp makes a COM port a plain line: eight bits, no parity, one stop bit, no
// flow control. A read answers with the first bytes that come.
func setUp(f *os.File, baud int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		handle := windows.Handle(fd)
		var state windows.DCB
		if failed = windows.GetCommState(handle, &state); failed != nil {
			failed = fmt.Errorf("this is no serial line: %w", failed)
			return
		}
		const binary, dtrOn, rtsOn = 0x0001, 0x0010, 0x1000
		state.Flags = binary | dtrOn | rtsOn
		state.BaudRate, state.ByteSize, state.Parity, state.StopBits = uint32(baud), 8, windows.NOPARITY, windows.ONESTOPBIT
		if failed = windows.SetCommState(handle, &state); failed != nil {
			return
		}
		// With these three a read waits for its first byte and takes what is there.
		failed = windows.SetCommTimeouts(handle, &windows.CommTimeouts{ReadIntervalTimeout: math.MaxUint32, ReadTotalTimeoutMultiplier: math.MaxUint32, ReadTotalTimeoutConstant: math.MaxUint32 - 1})
	})
	return errors.Join(err, failed)
}

// openPair is for systems with pseudo-terminals; a twin on Windows listens on tcp://.
func openPair() (end *os.File, name string, err error) {
	return nil, "", errors.New("there are no pseudo-terminals on Windows: let the twin listen on tcp://127.0.0.1:0")
}

// deviceFile gives a device's file as the system names it: COM10 and above are
// known by their whole name only.
func deviceFile(path string) string {
	if strings.HasPrefix(path, "COM") {
		return `\\.\` + path
	}
	return path
}
