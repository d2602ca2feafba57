package link

import (
	"slices"

	"onewindow/sync/wire"
)

// hear keeps what the hub tells of the hall.
func (l *Link) hear(r wire.BeatReply) {
	l.mu.Lock()
	same := func(a, b wire.Differing) bool { return a.Number == b.Number && slices.Equal(a.Sets, b.Sets) }
	news := !slices.Equal(l.troubles, r.Troubles) || !slices.EqualFunc(l.differing, r.Differing, same) || !slices.Equal(l.amending, r.Amending) || !slices.Equal(l.silences, r.Silent)
	l.troubles, l.differing, l.amending, l.silences = r.Troubles, r.Differing, r.Amending, r.Silent
	fn := l.changed
	l.mu.Unlock()
	if news && fn != nil {
		fn()
	}
}

// Troubles are the devices of the hall that need somebody, as of the last beat; the
// hub tells counters only.
func (l *Link) Troubles() []wire.Trouble {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.troubles
}

// Silences are the counters of the hall that the hub does not hear any more, as of the last beat.
func (l *Link) Silences() []wire.Silence {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.silences
}

// Differing are the hall's applications of which shared data has said something else than was
// expected, as of the last beat; the hub tells counters only.
func (l *Link) Differing() []wire.Differing {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.differing
}

// Amending are the hall's amendments that wait for a second person, as of the last beat.
func (l *Link) Amending() []wire.Amending {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.amending
}
