package event

import "sync/atomic"

// words keeps strings that come again and again (origins, kinds, windows, dates), so
// that decoding an event does not make them anew. It is a table of fixed size where
// the newest string of a slot stays; a reader that finds another one makes its own.
var words [4096]atomic.Pointer[string]

// maxWord bounds what is worth keeping, in bytes.
const maxWord = 48

// Word gives b as a string, one that was made before where there is one.
func Word(b []byte) string {
	if len(b) == 0 || len(b) > maxWord {
		return string(b)
	}
	sum := uint32(2166136261) // FNV-1a
	for _, c := range b {
		sum = (sum ^ uint32(c)) * 16777619
	}
	slot := &words[(sum^sum>>16)%uint32(len(words))]
	if have := slot.Load(); have != nil && *have == string(b) {
		return *have
	}
	s := string(b)
	slot.Store(&s)
	return s
}
