package link

import (
	"context"
	"time"

	"onewindow/app/hall"
)

// outage is a time without the place above, in ms of the node's clock.
type outage struct {
	fromMS, toMS int64
	back         bool
}

// outage gives the time since the line was lost: how long it is, a clock says that nobody puts forward or back. l.mu
// is held.
func (l *Link) outage(back bool) (o outage, long bool) {
	now, passed := l.opt.Now(), min(l.opt.Elapsed()-l.awaySince, hall.OutageMost)
	return outage{now - passed, now, back}, passed >= hall.OutageLeast
}

// lostOrBack notes when the line was lost, and has an outage told when it is back. l.mu is held.
func (l *Link) lostOrBack(back bool) {
	if !back {
		l.awaySince = l.opt.Elapsed()
	} else if o, long := l.outage(true); long {
		select {
		case l.outages <- o:
		default:
			l.opt.Logger.Warn("note how long the line was away: too many outages wait", "place", l.opt.Place)
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
			for !l.noted(ctx, o) && ctx.Err() == nil {
				select {
				case <-ctx.Done():
					l.noted(context.WithoutCancel(ctx), o)
				case <-time.After(noteAgain):
				}
			}
		case <-ctx.Done():
			for len(l.outages) > 0 {
				l.noted(context.WithoutCancel(ctx), <-l.outages)
			}
			l.mu.Lock()
			o, long := l.outage(false)
			away := !l.line.Reached
			l.mu.Unlock()
			if away && long {
				l.noted(context.WithoutCancel(ctx), o)
			}
			return
		}
	}
}

// noted notes an outage; false where that could not be done.
func (l *Link) noted(ctx context.Context, o outage) bool {
	err := l.opt.Log.Offline(ctx, o.fromMS, o.toMS, o.back)
	if err != nil {
		l.opt.Logger.Warn("note how long the line was away", "place", l.opt.Place, "error", err)
	}
	return err == nil
}
