package store_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"onewindow/app/event"
	"onewindow/app/store"
)

// What nobody can read is kept once, byte for byte, and only so much of it a day; of
// one sender's flood another sender feels nothing.
func TestUnreadableFramesAreKeptWithinABound(t *testing.T) {
	s := open(t, t.TempDir(), "jiangnan/hub")
	keep := func(from event.Origin, frame []byte) {
		t.Helper()
		result := make(chan error, 1)
		if err := s.Unreadable(from, frame, "malformed frame", func(err error) { result <- err }); err != nil {
			t.Fatal(err)
		}
		if err := <-result; err != nil {
			t.Fatal(err)
		}
	}
	frame := func(n uint64, size int) []byte {
		return append(binary.BigEndian.AppendUint64(nil, n), bytes.Repeat([]byte{7}, size-8)...)
	}
	const size = 512 << 10
	keep("jiangnan/k1", nil)
	for n := range uint64(store.MostUnreadable/size + 3) {
		keep("jiangnan/k1", frame(n, size))
		keep("jiangnan/k1", frame(n%2, size)) // again and again
	}
	keep("jiangnan/k2", frame(99, size))
	var frames, held int
	row := s.Reader().QueryRow("SELECT count(*), sum(length(body)) FROM quarantine WHERE origin = 'jiangnan/k1'")
	if err := row.Scan(&frames, &held); err != nil {
		t.Fatal(err)
	}
	if frames != 1+store.MostUnreadable/size || held != store.MostUnreadable {
		t.Errorf("%d frames of %d bytes are kept, not %d of %d", frames, held, 1+store.MostUnreadable/size, store.MostUnreadable)
	}
	var over, overBytes int
	if err := s.Reader().QueryRow("SELECT over_frames, over_bytes FROM unreadable WHERE origin = 'jiangnan/k1'").Scan(&over, &overBytes); err != nil {
		t.Fatal(err)
	}
	if over != 3 || overBytes != 3*size {
		t.Errorf("%d frames of %d bytes are counted, not 3 of %d", over, overBytes, 3*size)
	}
	var body []byte
	sum := event.Sum(frame(99, size))
	if err := s.Reader().QueryRow("SELECT body FROM quarantine WHERE hash = ? AND origin = 'jiangnan/k2'", sum[:]).Scan(&body); err != nil || !bytes.Equal(body, frame(99, size)) {
		t.Errorf("the other sender's frame is kept with %d bytes: %v", len(body), err)
	}
	if n, err := s.Quarantined(t.Context()); err != nil || n != frames+1+over {
		t.Errorf("%d are told, not %d (%v)", n, frames+1+over, err)
	}
}
