package link

import (
	"context"
	"encoding/json"
	"time"

	"onewindow/sync/wire"
)

// Keyring is what the link needs of the keys of cases: they go up beside the events, are
// in no log, and what was destroyed anywhere above comes down.
type Keyring interface {
	Ask(ctx context.Context) (wire.KeysAsk, error)
	Answered(ctx context.Context, ask wire.KeysAsk, a wire.KeysAnswer, centre bool) (more bool, err error)
	Watch() chan struct{}
	Unwatch(chan struct{})
}

// keys tells the ring above what is new here at once, and otherwise as often as events
// are sent again; where the centre has yet to confirm something, with each beat.
func (l *Link) keys(ctx context.Context) {
	news := l.opt.Keys.Watch()
	defer l.opt.Keys.Unwatch(news)
	for {
		pause := l.opt.Resend
		if l.opt.Conn.IsConnected() {
			more, waits := l.tellKeys(ctx)
			switch {
			case more:
				continue
			case waits:
				pause = min(pause, l.opt.BeatEvery)
			}
		} else {
			pause = retryAfter
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-time.After(pause):
		}
	}
}

// tellKeys is one question and its answer. It tells whether there is more to say at once,
// and whether something is waited for.
func (l *Link) tellKeys(ctx context.Context) (more, waits bool) {
	ask, err := l.opt.Keys.Ask(ctx)
	if err == nil {
		var body []byte
		if body, err = json.Marshal(ask); err == nil {
			var a wire.KeysAnswer
			if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbKeys, l.opt.Origin), body, l.opt.Answer, &a); err != nil {
				return false, true // nobody answers there yet
			}
			more, err = l.opt.Keys.Answered(ctx, ask, a, l.opt.Place == wire.Centre)
		}
	}
	if err != nil && ctx.Err() == nil {
		l.opt.Logger.Error("tell the keys of cases; it is tried again", "error", err)
		return false, true
	}
	return more, len(ask.Waiting) > 0 || len(ask.Rows) > 0
}
