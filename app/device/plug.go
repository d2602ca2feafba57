package device

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
)

// plug is a twin's end of its line: a TCP port, or a pseudo-terminal that stands at
// a path of its own for as long as the twin is plugged in, as a device file does.
type plug struct {
	// address is where a driver finds the twin.
	address  string
	listener net.Listener
	path     string

	mu     sync.Mutex
	closed bool
	// first is a pseudo-terminal's first connection: its path is there from the beginning.
	first *pairEnd
}

// plugIn prepares a twin's end: host:port, tcp://host:port, serial:PATH or file:PATH.
func plugIn(address string) (*plug, error) {
	at, err := parse(address)
	if err != nil {
		return nil, err
	}
	if at.kind != "tcp" {
		first, err := pair(at.path)
		return &plug{address: address, path: at.path, first: first}, err
	}
	l, err := net.Listen("tcp", at.path)
	if err != nil {
		return nil, err
	}
	return &plug{address: "tcp://" + l.Addr().String(), listener: l}, nil
}

// accept gives the next connection. A pseudo-terminal is one connection until it is
// closed; plugged waits until there may be the next, and is false at the end.
func (p *plug) accept(plugged func() bool) (port, error) {
	if p.listener != nil {
		return p.listener.Accept()
	}
	if !plugged() {
		return nil, net.ErrClosed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, net.ErrClosed
	}
	if first := p.first; first != nil {
		p.first = nil
		return first, nil
	}
	return pair(p.path)
}

// pair makes a pseudo-terminal that stands at path.
func pair(path string) (*pairEnd, error) {
	end, name, err := openPair()
	if err != nil {
		return nil, err
	}
	// Held open, so that the line stays when a driver closes it between two questions,
	// and plain from the beginning.
	other, err := os.OpenFile(name, os.O_RDWR|openWithDeadlines, 0)
	if err == nil {
		err = setUp(other, usualBaud)
	}
	if err == nil {
		err = replaceLink(name, path)
	}
	if err != nil {
		_ = end.Close()
		return nil, fmt.Errorf("stand as a device at %s: %w", path, err)
	}
	return &pairEnd{File: end, other: other, path: path}, nil
}

// Close ends the plug; connections that it gave are the twin's to close.
func (p *plug) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil
	case p.first != nil:
		_ = p.first.Close()
	}
	p.closed = true
	if p.listener != nil {
		return p.listener.Close()
	}
	return nil
}

// replaceLink lets path lead to a device. Only a link is replaced: a file that
// somebody keeps there is not a twin's to remove.
func replaceLink(device, path string) error {
	if old, err := os.Readlink(path); err == nil && strings.HasPrefix(old, "/dev/pts/") {
		_ = os.Remove(path)
	}
	return os.Symlink(device, path)
}

// pairEnd is a twin's end of a pseudo-terminal. Closing it is pulling the cable out.
type pairEnd struct {
	*os.File
	other *os.File
	path  string
	once  sync.Once
}

// Close takes the device's file away and hangs up.
func (p *pairEnd) Close() error {
	var err error
	p.once.Do(func() {
		_ = os.Remove(p.path)
		_ = p.other.Close()
		err = p.File.Close()
	})
	return err
}
