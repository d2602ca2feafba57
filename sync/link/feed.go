package link

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// feed drives the follower: news as they are committed, and a fetch wherever they
// leave a gap. The cursor is saved with the events.
func (l *Link) feed(ctx context.Context) {
	news, answers := make(chan *nats.Msg, 8192), make(chan *nats.Msg, 16)
	inbox := l.opt.Conn.NewInbox()
	for subject, into := range map[string]chan *nats.Msg{wire.NewsSubject(l.opt.Place): news, inbox: answers} {
		sub, err := l.opt.Conn.ChanSubscribe(subject, into)
		if err != nil {
			l.opt.Logger.Error("follow the hall", "error", err)
			return
		}
		defer func() { _ = sub.Unsubscribe() }()
	}
	f := &following{Link: l, Follower: core.Follower{AnswerMS: 10_000, RetryMS: retryAfter.Milliseconds(), CheckMS: 10_000 + rand.Int64N(5_000)}}
	f.restart(ctx, false)
	for {
		if l.opt.Conn.IsConnected() {
			f.ask(inbox)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(f.Wait(l.elapsed(), f.CheckMS)) * time.Millisecond):
		case up := <-l.news:
			if up {
				f.Connect()
			}
		case m := <-news:
			if n, ok := f.join(m, news); ok && f.News(l.elapsed(), n) {
				f.take(ctx, n)
			}
		case m := <-answers:
			if len(m.Data) == 0 {
				f.restart(ctx, true) // nobody answers there yet
				continue
			}
			n, err := wire.DecodeFeed(m.Data)
			if err != nil {
				l.opt.Logger.Warn("fetch the feed", "error", err)
				f.restart(ctx, true)
				continue
			}
			if f.Answer(l.elapsed(), n) {
				f.take(ctx, n)
			}
		}
	}
}

// following is the follower with what its driver needs.
type following struct {
	*Link
	core.Follower
}

// restart takes the cursor as it is saved; later tells that something failed and the
// next fetch has to wait. Where the cursor cannot be read, everything is fetched
// again: known events change nothing.
func (f *following) restart(ctx context.Context, later bool) {
	epoch, pos, err := f.opt.Log.Cursor(ctx, f.opt.Place)
	if err != nil && ctx.Err() == nil {
		f.opt.Logger.Error("read how far the feed is", "error", err)
	}
	if later {
		f.Failed(f.elapsed(), epoch, pos)
		return
	}
	f.Start(epoch, pos)
}

func (f *following) ask(inbox string) {
	ask, due := f.Ask(f.elapsed(), f.opt.Origin)
	if !due {
		return
	}
	body, err := json.Marshal(ask)
	if err == nil {
		err = f.opt.Conn.PublishRequest(wire.AskSubject(f.opt.Place, wire.VerbFeed, f.opt.Origin), inbox, body)
	}
	if err != nil {
		f.opt.Logger.Warn("fetch the feed", "error", err)
	}
}

func (f *following) take(ctx context.Context, n wire.Feed) {
	if err := f.opt.Log.TakeFeed(ctx, f.opt.Place, n); err != nil {
		if ctx.Err() == nil {
			f.opt.Logger.Warn("save the feed", "error", err)
		}
		f.restart(ctx, true)
		return
	}
	f.Taken(n)
}

// newsJoined bounds how many news are folded in one go.
const newsJoined = 200

// join melts the news that wait into one feed, as far as they follow each other;
// false when the first cannot be read.
func (f *following) join(m *nats.Msg, news chan *nats.Msg) (wire.Feed, bool) {
	all, err := wire.DecodeFeed(m.Data)
	if err != nil {
		f.opt.Logger.Warn("news could not be read", "error", err)
		return all, false
	}
	for range newsJoined {
		select {
		case m = <-news:
		default:
			return all, true
		}
		n, err := wire.DecodeFeed(m.Data)
		if err != nil || n.Epoch != all.Epoch || n.From > all.Upto {
			// What does not follow leaves a gap behind it, which the next fetch closes.
			f.Connect()
			return all, true
		}
		all.Marks = append(all.Marks, n.Marks...)
		if n.Upto > all.Upto {
			// News that overlap bring known events again, which changes nothing.
			all.Bodies = append(all.Bodies, n.Bodies...)
			all.Upto = n.Upto
		}
	}
	return all, true
}
