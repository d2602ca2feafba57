package faulttest

import (
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// disturbance is what a cable does to the packets of each direction. The zero
// value is a good cable.
type disturbance struct {
	// loss is the share of packets that vanish, each by its own throw.
	loss float64
	// delay holds every packet of both directions for so long.
	delay time.Duration
	// deafUp lets nothing through from the terminal's end, deafDown nothing to it.
	deafUp, deafDown bool
}

// cable joins two namespaces packet by packet. The TCP at both ends is the
// kernel's own, so what is lost is sent again as in a real hall; the machine
// needs no netem for that.
type cable struct {
	now  atomic.Pointer[disturbance]
	lost atomic.Int64
	done sync.WaitGroup
}

// lay runs a cable between the ends' interfaces until the test ends.
func lay(t *testing.T, below, above *space, name string, low, high [4]byte, r *rand.Rand) *cable {
	t.Helper()
	c := &cable{}
	c.mend()
	var a, b *os.File
	must(t, below.do(func() (err error) { a, err = tun(name, low, high); return err }))
	must(t, above.do(func() (err error) { b, err = tun(name, high, low); return err }))
	c.done.Add(2)
	upward, downward := rand.New(rand.NewPCG(r.Uint64(), 1)), rand.New(rand.NewPCG(r.Uint64(), 2))
	go c.carry(a, b, upward, func(d *disturbance) bool { return d.deafUp })
	go c.carry(b, a, downward, func(d *disturbance) bool { return d.deafDown })
	t.Cleanup(func() {
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Error(err)
		}
		c.done.Wait()
	})
	return c
}

func (c *cable) set(d disturbance) { c.now.Store(&d) }
func (c *cable) mend()             { c.set(disturbance{}) }

// held is a packet on its way and when it arrives.
type held struct {
	due    time.Time
	packet []byte
}

// carry takes packets from one end to the other in their order.
func (c *cable) carry(from, to *os.File, r *rand.Rand, deaf func(*disturbance) bool) {
	defer c.done.Done()
	// A full queue drops, as a switch does.
	way := make(chan held, 4096)
	c.done.Add(1)
	go func() {
		defer c.done.Done()
		for h := range way {
			if d := time.Until(h.due); d > 0 {
				<-time.After(d)
			}
			_, _ = to.Write(h.packet) // an end that is gone loses its packets
		}
	}()
	defer close(way)
	for buffer := make([]byte, 64<<10); ; {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		d := c.now.Load()
		if deaf(d) || d.loss > 0 && r.Float64() < d.loss {
			c.lost.Add(1)
			continue
		}
		select {
		case way <- held{time.Now().Add(d.delay), append([]byte(nil), buffer[:n]...)}:
		default:
			c.lost.Add(1)
		}
	}
}
