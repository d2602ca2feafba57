package link

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// feed drives the follower: news as they are committed, and a fetch wherever they
// leave a gap. The cursor is saved with the events.
func (l *Link) feed(ctx context.Context) {
	news, answers, handed := make(chan *nats.Msg, 8192), make(chan *nats.Msg, 16), make(chan *nats.Msg, 16)
	inbox, hands := l.opt.Conn.NewInbox(), l.opt.Conn.NewInbox()
	for subject, into := range map[string]chan *nats.Msg{wire.NewsSubject(l.opt.Place): news, inbox + ".*": answers, hands: handed} {
		sub, err := l.opt.Conn.ChanSubscribe(subject, into)
		if err != nil {
			l.opt.Logger.Error("follow the hall", "error", err)
			return
		}
		defer func() { _ = sub.Unsubscribe() }()
	}
	f := &following{Link: l, Follower: core.Follower{AnswerMS: 10_000, RetryMS: retryAfter.Milliseconds(), CheckMS: 10_000 + rand.Int64N(5_000), Hands: true}}
	f.restart(ctx, false)
	if l.opt.Conn.IsConnected() {
		f.Connect()
	}
	for {
		f.ask(inbox)
		f.handBack(ctx, hands)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(f.Wait(l.elapsed(), f.CheckMS)) * time.Millisecond):
		case up := <-l.news:
			if f.Break(); up {
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
			if f.Answer(l.elapsed(), number(m.Subject), n) {
				f.take(ctx, n)
			}
			if life := f.Life(); f.Level() && l.follows.Swap(uint64(life)) != uint64(life) {
				l.tell() // who follows may lease numbers
			}
		case m := <-handed:
			if n, err := wire.DecodeFeed(m.Data); err == nil {
				f.Handed(l.elapsed(), n.Upto, f.last)
			}
		}
	}
}

// following is the follower with what its driver needs.
type following struct {
	*Link
	core.Follower
	last bool // the portion that is handed back is the last one
}

// handBack hands a portion of the own log to a hub that has begun another life.
func (f *following) handBack(ctx context.Context, inbox string) {
	after, due := f.Hand(f.elapsed())
	if !due {
		return
	}
	n, err := f.opt.Log.Hand(ctx, after, 2*wire.MaxEvents)
	if err == nil {
		f.last = n.Upto == n.From
		err = f.opt.Conn.PublishRequest(wire.AskSubject(f.opt.Place, wire.VerbHand, f.opt.Origin), inbox, n.Encode())
	}
	if err != nil && ctx.Err() == nil {
		f.opt.Logger.Warn("hand back what the hub lacks", "error", err)
	}
}

// restart takes the cursor as it is saved; later tells that something failed and the
// next fetch has to wait. Where the cursor cannot be read, everything is fetched
// again: known events change nothing.
func (f *following) restart(ctx context.Context, later bool) {
	at, err := f.opt.Log.Cursor(ctx, f.opt.Place)
	if err != nil && ctx.Err() == nil {
		f.opt.Logger.Error("read how far the feed is", "error", err)
	}
	if later {
		f.Failed(f.elapsed(), at)
		return
	}
	f.Start(at)
}

func (f *following) ask(inbox string) {
	since := f.opt.Log.KeepsFrom()
	ask, due := f.Ask(f.elapsed(), f.opt.Origin, since)
	if !due {
		return
	}
	for _, id := range f.opt.Log.HeldBefore(since) {
		ask.Held = append(ask.Held, string(id))
	}
	body, err := json.Marshal(ask)
	if err == nil {
		err = f.opt.Conn.PublishRequest(wire.AskSubject(f.opt.Place, wire.VerbFeed, f.opt.Origin), inbox+"."+strconv.FormatInt(f.Asks(), 10), body)
	}
	if err != nil {
		f.opt.Logger.Warn("fetch the feed", "error", err)
	}
}

// number is that of the fetch which an inbox is for: its last part.
func number(inbox string) int64 {
	n, err := strconv.ParseInt(inbox[strings.LastIndexByte(inbox, '.')+1:], 10, 64)
	if err != nil {
		return 0 // of no fetch
	}
	return n
}

func (f *following) take(ctx context.Context, n wire.Feed) {
	if err := f.opt.Log.TakeFeed(ctx, f.opt.Place, n, f.Reach(n)); err != nil {
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

// History reads what the place above has of this hall behind a position of its log, and
// gives it to fn in order. It goes on through broken lines.
func (l *Link) History(ctx context.Context, from core.Cursor, fn func(wire.Feed) error) error {
	ask := wire.FeedAsk{Origin: l.opt.Origin, Epoch: from.Epoch, After: from.Pos}
	for ctx.Err() == nil {
		body, err := json.Marshal(ask)
		if err != nil {
			return fmt.Errorf("ask for the history: %w", err)
		}
		limited, cancel := context.WithTimeout(ctx, l.opt.Answer)
		m, err := l.opt.Conn.RequestWithContext(limited, wire.AskSubject(l.opt.Place, wire.VerbFeed, l.opt.Origin), body)
		cancel()
		var f wire.Feed
		if err == nil {
			f, err = wire.DecodeFeed(m.Data)
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(retryAfter):
			}
			continue
		}
		if f.Upto == f.From {
			return nil
		}
		if err := fn(f); err != nil {
			return err
		}
		ask.Epoch, ask.After = f.Epoch, f.Upto
	}
	return ctx.Err()
}

// checkLimit is how long the place above may read for one answer of a comparison.
const checkLimit = time.Minute

// Check asks the place above about a run of a chain, for a comparison.
func (l *Link) Check(ctx context.Context, a wire.CheckAsk) (wire.CheckAnswer, error) {
	var answer wire.CheckAnswer
	body, err := json.Marshal(a)
	if err != nil {
		return answer, fmt.Errorf("compare: %w", err)
	}
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbCheck, l.opt.Origin), body, checkLimit, &answer); err != nil {
		return answer, err
	}
	if answer.Why != "" {
		return answer, fmt.Errorf("compare: the place above says: %s", answer.Why)
	}
	return answer, nil
}
