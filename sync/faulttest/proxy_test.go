package faulttest

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// manner is how a proxy treats its connections.
type manner int32

const (
	passes       manner = iota
	swallows            // takes everything, in both directions, and passes nothing on
	swallowsUp          // the same for what goes up; answers still come down
	swallowsDown        // the same for what comes down
	stalls              // takes nothing: buffers fill up and writers wait
)

// proxy stands in a TCP line and does what no cable can: it resets and refuses
// connections, and swallows what the other end believes to be delivered. It works
// on every machine.
type proxy struct {
	addr, to string
	manner   atomic.Int32

	mu       sync.Mutex
	listener net.Listener
	open     map[*net.TCPConn]bool
	work     sync.WaitGroup
}

// through puts a proxy before an address until the test ends.
func through(t *testing.T, to string) *proxy {
	t.Helper()
	p := &proxy{addr: free(t), to: to, open: map[*net.TCPConn]bool{}}
	must(t, p.listen())
	t.Cleanup(func() {
		p.refuse()
		p.work.Wait()
	})
	return p
}

func (p *proxy) set(m manner) { p.manner.Store(int32(m)) }

// listen takes connections again after refuse.
func (p *proxy) listen() error {
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.listener = l
	p.mu.Unlock()
	p.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.work.Go(func() { p.join(c.(*net.TCPConn)) })
		}
	})
	return nil
}

// refuse resets what is open and lets nobody connect.
func (p *proxy) refuse() {
	p.mu.Lock()
	_ = p.listener.Close() // it may be closed already
	p.mu.Unlock()
	p.reset()
}

// reset breaks every open connection so that the other end is told.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.SetLinger(0) // the close below then sends a reset
		_ = c.Close()
	}
}

func (p *proxy) join(below *net.TCPConn) {
	conn, err := net.DialTimeout("tcp", p.to, 3*time.Second)
	if err != nil {
		_ = below.SetLinger(0)
		_ = below.Close()
		return
	}
	above := conn.(*net.TCPConn)
	p.mu.Lock()
	p.open[below], p.open[above] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.carry(below, above, swallowsUp) })
	both.Go(func() { p.carry(above, below, swallowsDown) })
	both.Wait()
	p.mu.Lock()
	delete(p.open, below)
	delete(p.open, above)
	p.mu.Unlock()
}

// carry copies until one end closes, and closes the other.
func (p *proxy) carry(from, to *net.TCPConn, deaf manner) {
	defer to.Close()
	defer from.Close()
	for buffer := make([]byte, 32<<10); ; {
		for manner(p.manner.Load()) == stalls {
			// A connection that was reset meanwhile must not wait here for ever.
			if err := from.SetReadDeadline(time.Now()); err != nil {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
		if err := from.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			return
		}
		n, err := from.Read(buffer)
		if n > 0 {
			if m := manner(p.manner.Load()); m != swallows && m != deaf {
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
		}
		if late, ok := err.(net.Error); ok && late.Timeout() {
			continue
		}
		if err != nil {
			if err != io.EOF {
				_ = to.SetLinger(0)
			}
			return
		}
	}
}

// resets breaks the connections again and again until the context ends.
func (p *proxy) resets(ctx context.Context, r *rand.Rand) {
	for pause(ctx, between(r, 100*time.Millisecond, time.Second)) {
		p.reset()
	}
}
