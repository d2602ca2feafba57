package link

import (
	"context"
	"time"

	"onewindow/app/hall"
)

// outage is a time without the place above, in ms of the node's clock.
type outage struct{ fromMS, toMS int64 }

func (o outage) long() bool { return o.toMS-o.fromMS >= hall.OutageLeast }

// turnedMS notes when the line was lost, and tells the outage when it is back. l.mu is held.
func (l *Link) turnedMS(here bool) {
	now := l.opt.Now()
	if !here {
		l.awayMS = now
		return
	}
	if o := (outage{l.awayMS, now}); o.long() {
		select {
		case l.outages <- o:
		default: // sixteen of them could not be noted
		}
	}
}

// noteAgain is how soon an outage is noted again that could not be.
const noteAgain = 10 * time.Second

// note notes outages as they end, and the one in which the link is stopped.
func (l *Link) note(ctx context.Context) {
	for {
		select {
		case o := <-l.outages:
			for l.opt.Log.Offline(ctx, o.fromMS, o.toMS, true) != nil && ctx.Err() == nil {
				l.opt.Logger.Warn("note how long the line was away; it is tried again", "place", l.opt.Place)
				select {
				case <-ctx.Done():
				case <-time.After(noteAgain):
				}
			}
		case <-ctx.Done():
			l.mu.Lock()
			o, away := outage{l.awayMS, l.opt.Now()}, !l.line.Reached
			l.mu.Unlock()
			if away && o.long() {
				if err := l.opt.Log.Offline(context.WithoutCancel(ctx), o.fromMS, o.toMS, false); err != nil {
					l.opt.Logger.Warn("note how long the line was away", "place", l.opt.Place, "error", err)
				}
			}
			return
		}
	}
}
