package link

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// feed follows the hall: news as it is committed, and a fetch wherever the news
// leave a gap. The cursor is saved with the events.
func (l *Link) feed(ctx context.Context) {
	news := make(chan *nats.Msg, 8192)
	sub, err := l.opt.Conn.ChanSubscribe(wire.NewsSubject(l.opt.Place), news)
	if err != nil {
		l.opt.Logger.Error("follow the hall", "error", err)
		return
	}
	defer func() { _ = sub.Unsubscribe() }()
	epoch, pos, err := l.opt.Log.Cursor(ctx, l.opt.Place)
	if err != nil {
		l.opt.Logger.Error("follow the hall", "error", err)
	}
	behind := true
	for {
		if behind && l.opt.Conn.IsConnected() {
			e, p, err := l.fetch(ctx, epoch, pos)
			if err != nil && ctx.Err() == nil {
				l.opt.Logger.Warn("fetch the feed", "error", err)
			}
			epoch, pos, behind = e, p, err != nil
			if behind {
				epoch, pos = l.cursor(ctx, epoch, pos)
			}
		}
		pause := 10*time.Second + rand.N(5*time.Second)
		if behind {
			pause = time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
			behind = true // without news a fetch finds out whether any were missed
		case m := <-news:
			f, ok := l.join(m, news, epoch, pos)
			if !ok {
				behind = true
				continue
			}
			if f.Upto == pos && len(f.Marks) == 0 {
				continue
			}
			if err := l.opt.Log.TakeFeed(ctx, l.opt.Place, f); err != nil {
				if ctx.Err() == nil {
					l.opt.Logger.Warn("save the feed", "error", err)
				}
				epoch, pos = l.cursor(ctx, epoch, pos)
				behind = true
				continue
			}
			pos = f.Upto
		}
	}
}

// cursor reads how far the feed is saved, after a failure; where even that
// fails, the one in memory stays and the next fetch finds out.
func (l *Link) cursor(ctx context.Context, epoch event.Epoch, pos int64) (event.Epoch, int64) {
	e, p, err := l.opt.Log.Cursor(ctx, l.opt.Place)
	if err != nil {
		return epoch, pos
	}
	return e, p
}

// join melts the news that wait into one feed from pos; false when they leave a gap.
func (l *Link) join(m *nats.Msg, news chan *nats.Msg, epoch event.Epoch, pos int64) (wire.Feed, bool) {
	all := wire.Feed{Epoch: epoch, From: pos, Upto: pos}
	for n := 0; ; n++ {
		f, err := wire.DecodeFeed(m.Data)
		if err != nil {
			l.opt.Logger.Warn("news could not be read", "error", err)
			return all, false
		}
		if f.Epoch != epoch || f.From > all.Upto {
			return all, false
		}
		all.Marks = append(all.Marks, f.Marks...)
		if f.Upto > all.Upto {
			// News that overlap bring known events again, which changes nothing.
			all.Bodies = append(all.Bodies, f.Bodies...)
			all.Upto = f.Upto
		}
		if n > 200 {
			return all, true
		}
		select {
		case m = <-news:
		default:
			return all, true
		}
	}
}

// fetch asks for the feed from the cursor until it has all.
func (l *Link) fetch(ctx context.Context, epoch event.Epoch, pos int64) (event.Epoch, int64, error) {
	for {
		ask, err := json.Marshal(wire.FeedAsk{Origin: l.opt.Origin, Epoch: epoch, After: pos})
		if err != nil {
			return epoch, pos, fmt.Errorf("ask: %w", err)
		}
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		m, err := l.opt.Conn.RequestWithContext(limited, wire.FeedSubject(l.opt.Place), ask)
		cancel()
		if err != nil {
			return epoch, pos, fmt.Errorf("ask: %w", err)
		}
		f, err := wire.DecodeFeed(m.Data)
		if err != nil {
			return epoch, pos, err
		}
		if f.Epoch != epoch {
			epoch = f.Epoch // another database at the hub: its feed begins at 0
		}
		if f.Upto == f.From && len(f.Marks) == 0 {
			return epoch, f.Upto, nil
		}
		if err := l.opt.Log.TakeFeed(ctx, l.opt.Place, f); err != nil {
			return epoch, pos, fmt.Errorf("save: %w", err)
		}
		if f.Upto == f.From {
			return epoch, f.Upto, nil
		}
		pos = f.Upto
	}
}
