package device

import (
	"context"
	"sync"
)

// Speaker plays a WAV file of 16-bit mono PCM to its end.
type Speaker interface {
	Play(ctx context.Context, wav []byte) error
}

// SpeakerTwin is a speaker for tests: it keeps what it played.
type SpeakerTwin struct {
	mu     sync.Mutex
	played [][]byte
}

// Play keeps a sound.
func (s *SpeakerTwin) Play(_ context.Context, wav []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.played = append(s.played, wav)
	return nil
}

// Played gives what was played, oldest first.
func (s *SpeakerTwin) Played() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.played...)
}
