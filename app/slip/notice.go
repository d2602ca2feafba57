package slip

import "onewindow/app/hall"

// Light is what a notice's colour says from afar.
type Light int

// Lights of a notice.
const (
	// Closed: nobody is served here.
	Closed Light = iota
	// Go: somebody is called, or whoever is next will be.
	Go
	// Busy: somebody is served.
	Busy
)

// Notice is what the strip above a window says: short, and nothing personal.
type Notice struct {
	Text  string
	Light Light
}

// NoticeOf gives the notice of an open window with the ticket that is called to or
// served at it, in the ticket's language; nil for none.
func NoticeOf(w hall.WindowID, t *hall.Ticket) Notice {
	switch {
	case t == nil:
		return Notice{chinese.free(string(w)), Go}
	case t.State == hall.Serving:
		return Notice{wordsOf(t.Language).serving(string(t.Number)), Busy}
	}
	return Notice{wordsOf(t.Language).called(string(t.Number), string(w)), Go}
}

// NoticeClosed gives the notice of a window that is not open.
func NoticeClosed() Notice { return Notice{chinese.closed, Closed} }
