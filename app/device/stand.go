package device

import "sync"

// stand is what all twins have in common: an end of a line, a state, and one
// connection at a time.
type stand struct {
	plug    *plug
	mu      sync.Mutex
	changed *sync.Cond
	state   State
	closed  bool
	conn    port
	tasks   sync.WaitGroup
}

// begin takes connections, one after the other, each until talk returns.
func (s *stand) begin(address string, talk func(conn port)) (err error) {
	if s.plug, err = plugIn(address); err != nil {
		return err
	}
	s.changed, s.state = sync.NewCond(&s.mu), OK
	s.tasks.Go(func() {
		for {
			conn, err := s.plug.accept(s.plugged)
			if err != nil {
				return
			}
			if s.admit(conn) {
				talk(conn)
				s.mu.Lock()
				s.conn = nil
				s.mu.Unlock()
			}
			_ = conn.Close()
		}
	})
	return nil
}

// plugged waits until the twin is not Off; false when it ends.
func (s *stand) plugged() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.state == Off && !s.closed {
		s.changed.Wait()
	}
	return !s.closed
}

func (s *stand) admit(conn port) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.state == Off {
		return false
	}
	s.conn = conn
	return true
}

// Address is where a driver finds the twin, as it stands in the settings.
func (s *stand) Address() string { return s.plug.address }

// Set puts the twin into a state. Off is pulling the cable out: a connection under
// way breaks, and none is taken until another state is set.
func (s *stand) Set(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = state
	if s.conn != nil && state == Off {
		_ = s.conn.Close()
	}
	s.changed.Broadcast()
}

// Close ends the twin.
func (s *stand) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.changed.Broadcast()
	s.mu.Unlock()
	err := s.plug.Close()
	s.tasks.Wait()
	return err
}
