package link

import (
	"context"
	"time"

	"onewindow/sync/core"
)

// vigil proves that the line lives: it notes canaries and, when nothing comes back
// although the line says that it stands, asks again under new subscriptions, and then
// over a new connection. Each step is told to operators.
func (l *Link) vigil(ctx context.Context) {
	v := core.Vigil{SingMS: max(0, l.opt.Canary.Milliseconds()), AskMS: l.opt.Overdue.Milliseconds() / 2, DialMS: l.opt.Overdue.Milliseconds()}
	look := min(time.Second, l.opt.Overdue/8)
	was := int64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		line := l.Line()
		own, chains := l.opt.Log.Chains()
		do := v.Look(l.elapsed(), own, chains, line.Reached, line.CentreReached)
		late := v.LateMS()
		l.late.Store(late)
		if was > 0 && late == 0 {
			l.opt.Logger.Info("what was stuck has come to the centre", "place", l.opt.Place)
		}
		was = late
		if do.Sing {
			if err := l.opt.Log.Sing(ctx); err != nil && ctx.Err() == nil {
				l.opt.Logger.Warn("note a sign of life; it is tried again in a while", "error", err)
			}
		}
		if do.Ask {
			l.opt.Logger.Warn("the line says that it stands and nothing comes to the centre: everything is asked again under new subscriptions", "place", l.opt.Place, "late_ms", late)
			for _, c := range l.anew {
				select {
				case c <- struct{}{}:
				default: // it is about to begin anew already
				}
			}
		}
		if do.Dial {
			l.opt.Logger.Error("the line says that it stands and nothing comes to the centre: the connection is made anew; if this stays so, look at the place above", "place", l.opt.Place, "late_ms", late)
			if err := l.opt.Conn.ForceReconnect(); err != nil && ctx.Err() == nil {
				l.opt.Logger.Warn("make the connection anew", "error", err)
			}
		}
	}
}

// again runs a part of the line, and from the beginning whenever anew asks for it.
func (l *Link) again(ctx context.Context, anew chan struct{}, part func(context.Context)) {
	for ctx.Err() == nil {
		life, end := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); part(life) }()
		select {
		case <-ctx.Done():
		case <-anew:
		}
		end()
		<-done
	}
}
