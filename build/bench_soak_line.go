//go:build bench

package main

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// soakLine is a line between two places that can be cut and mended. Its own address
// stays while what it leads to moves.
type soakLine struct {
	listener net.Listener
	mu       sync.Mutex
	target   string
	cut      bool
	conns    map[net.Conn]bool
	done     sync.WaitGroup
}

func laySoakLine() (*soakLine, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lay a line: %w", err)
	}
	s := &soakLine{listener: l, conns: map[net.Conn]bool{}}
	s.done.Go(func() {
		for near, err := l.Accept(); err == nil; near, err = l.Accept() {
			s.join(near)
		}
	})
	return s, nil
}

func (s *soakLine) url() string { return "nats://" + s.listener.Addr().String() }

// join carries bytes both ways until either end breaks.
func (s *soakLine) join(near net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	far, err := net.Dial("tcp", s.target)
	if err != nil || s.cut {
		_ = near.Close()
		if err == nil {
			_ = far.Close()
		}
		return
	}
	s.conns[near], s.conns[far] = true, true
	carry := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, c := range []net.Conn{to, from} {
			_ = c.Close()
			delete(s.conns, c)
		}
	}
	s.done.Go(func() { carry(near, far) })
	s.done.Go(func() { carry(far, near) })
}

func (s *soakLine) lead(target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = target
}

// set cuts the line, with all that it carries, or mends it.
func (s *soakLine) set(cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut = cut
	for c := range s.conns {
		if cut {
			_ = c.Close()
		}
	}
}

// Close takes the line away.
func (s *soakLine) Close() error {
	err := s.listener.Close()
	s.set(true)
	s.done.Wait()
	return err
}
