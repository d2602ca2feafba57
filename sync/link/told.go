package link

import (
	"slices"

	"onewindow/sync/wire"
)

// hear keeps what the place above tells with its answer to a beat.
func (l *Link) hear(r wire.BeatReply) {
	l.mu.Lock()
	same := func(a, b wire.Differing) bool { return a.Number == b.Number && slices.Equal(a.Sets, b.Sets) }
	was, fn := l.told, l.changed
	l.told = r
	l.mu.Unlock()
	if fn != nil && (!slices.Equal(was.Troubles, r.Troubles) || !slices.EqualFunc(was.Differing, r.Differing, same) || !slices.Equal(was.Amending, r.Amending) || !slices.Equal(was.Silent, r.Silent)) {
		fn()
	}
}

// Told is what the place above told last; what it tells of the hall, it tells counters only.
func (l *Link) Told() wire.BeatReply {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.told
}
