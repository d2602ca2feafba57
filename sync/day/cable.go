package day

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// cable is a line between two machines that can be cut and mended.
type cable struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	whole bool
	conns map[net.Conn]bool
	done  sync.WaitGroup
}

// lay starts a cable to an address; what connects to its own address arrives there.
func lay(target string) (*cable, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lay a cable: %w", err)
	}
	c := &cable{listener: l, target: target, whole: true, conns: map[net.Conn]bool{}}
	c.done.Add(1)
	go c.accept()
	return c, nil
}

func (c *cable) address() string { return c.listener.Addr().String() }

func (c *cable) accept() {
	defer c.done.Done()
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.target)
		if err != nil || !c.join(near, far) {
			_ = near.Close()
			if err == nil {
				_ = far.Close()
			}
		}
	}
}

// join carries bytes both ways; false when the cable is cut.
func (c *cable) join(near, far net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.whole {
		return false
	}
	c.conns[near], c.conns[far] = true, true
	c.done.Add(2)
	carry := func(to, from net.Conn) {
		defer c.done.Done()
		// The end of either direction ends both: a half-open line is not what is tested here.
		_, _ = io.Copy(to, from)
		c.drop(to, from)
	}
	go carry(near, far)
	go carry(far, near)
	return true
}

func (c *cable) drop(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range conns {
		_ = n.Close()
		delete(c.conns, n)
	}
}

// cut breaks every connection and lets no new one through.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole = false
	for n := range c.conns {
		_ = n.Close()
	}
}

// mend lets connections through again.
func (c *cable) mend() {
	c.mu.Lock()
	c.whole = true
	c.mu.Unlock()
}

func (c *cable) close() error {
	err := c.listener.Close()
	c.cut()
	c.done.Wait()
	return err
}
