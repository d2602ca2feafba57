package link

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
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
// are sent again; where the centre has yet to confirm something it asks after a second,
// then after two, and so on.
func (l *Link) keys(ctx context.Context) { l.beside(ctx, l.opt.Keys, l.tellKeys) }

// watched tells of news.
type watched interface {
	Watch() chan struct{}
	Unwatch(chan struct{})
}

// beside brings up what goes beside the events, until ctx ends: one round at once when there is
// news or a line, another one while a round says that there is more; where something is waited for
// after a second, then after two, and so on, and otherwise as often as events are sent again.
func (l *Link) beside(ctx context.Context, of watched, round func(ctx context.Context) (more, waits bool)) {
	news := of.Watch()
	defer of.Unwatch(news)
	up := l.opt.Conn.StatusChanged(nats.CONNECTED)
	defer l.opt.Conn.RemoveStatusListener(up)
	soon := retryAfter
	for {
		pause := retryAfter
		if l.opt.Conn.IsConnected() {
			pause = l.opt.Resend
			while, stop := l.whileConnected(ctx)
			more, waits := round(while)
			stop()
			switch {
			case more:
				soon = retryAfter
				continue
			case waits:
				pause, soon = min(pause, soon), 2*soon
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-up: // another place may be there by now
			soon = retryAfter
		case <-news:
			soon = retryAfter
		case <-time.After(pause):
			soon = min(soon, l.opt.Resend)
		}
	}
}

// whileConnected ends with the connection: the answer to what is under way will not come then.
func (l *Link) whileConnected(ctx context.Context) (context.Context, context.CancelFunc) {
	broke := l.opt.Conn.StatusChanged(nats.RECONNECTING, nats.DISCONNECTED, nats.CLOSED)
	ctx, stop := context.WithCancel(ctx)
	if !l.opt.Conn.IsConnected() {
		stop() // it broke before that would be told
	}
	go func() {
		defer l.opt.Conn.RemoveStatusListener(broke)
		select {
		case <-broke:
			stop()
		case <-ctx.Done():
		}
	}()
	return ctx, stop
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

// Case asks the hub for an application and its key. Refusals: CaseUnknown, CaseErased,
// CaseElsewhere where the key is at the centre and that is away, and HubUnreachable.
func (l *Link) Case(ctx context.Context, number string) (a wire.CaseAnswer, err error) {
	if !l.opt.Conn.IsConnected() {
		return a, event.HubUnreachable
	}
	l.flush(ctx) // what this counter noted of it comes first
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbCase, l.opt.Origin), []byte(number), 3*time.Second, &a); err != nil {
		return a, errors.Join(event.HubUnreachable, err)
	}
	if a.Refuse != nil {
		return a, a.Refuse
	}
	return a, nil
}

// Rated asks the hub which ratings of a visit the hall has heard of. Refusal: HubUnreachable.
func (l *Link) Rated(ctx context.Context, ticket string) (a wire.RatedAnswer, err error) {
	err = l.askOf(ctx, wire.VerbRated, ticket, &a)
	return a, err
}

// Ratings asks the hub for the visits with a bad rating that somebody has to look after, or
// for one visit with its keys. What this counter noted of them comes first. Refusals:
// HubUnreachable, and those of the answer.
func (l *Link) Ratings(ctx context.Context, ticket string) (a wire.RatingsAnswer, err error) {
	if l.opt.Conn.IsConnected() {
		l.flush(ctx)
	}
	if err := l.askOf(ctx, wire.VerbRatings, ticket, &a); err != nil {
		return a, err
	}
	if a.Refuse != nil {
		return a, a.Refuse
	}
	return a, nil
}

// askOf asks the hub a question of a few words.
func (l *Link) askOf(ctx context.Context, verb wire.Verb, words string, answer any) error {
	if !l.opt.Conn.IsConnected() {
		return event.HubUnreachable
	}
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, verb, l.opt.Origin), []byte(words), 3*time.Second, answer); err != nil {
		return errors.Join(event.HubUnreachable, err)
	}
	return nil
}

// Disclosure asks the hub about requests for information. Refusals: as for Case.
func (l *Link) Disclosure(ctx context.Context, ask wire.DisclosureAsk) (a wire.DisclosureAnswer, err error) {
	if !l.opt.Conn.IsConnected() {
		return a, event.HubUnreachable
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return a, err
	}
	l.flush(ctx) // what this counter noted comes first
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbDisclosure, l.opt.Origin), body, 5*time.Second, &a); err != nil {
		return a, errors.Join(event.HubUnreachable, err)
	}
	if a.Refuse != nil {
		return a, a.Refuse
	}
	return a, nil
}

// CaseKey asks the place above for the key of a case; Case is empty when it is not there.
func (l *Link) CaseKey(ctx context.Context, id string) (k wire.CaseKey, err error) {
	return k, l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbKey, l.opt.Origin), []byte(id), 2*time.Second, &k)
}

// Steps asks the centre what its agencies have noted of this hall's applications.
func (l *Link) Steps(ctx context.Context, ask wire.StepsAsk) (a wire.StepsAnswer, err error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return a, err
	}
	return a, l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbSteps, l.opt.Origin), body, l.opt.Answer, &a)
}

// Due asks the hub which applications of the hall are due. Refusal: HubUnreachable.
func (l *Link) Due(ctx context.Context) (list []wire.DueRow, err error) {
	if !l.opt.Conn.IsConnected() {
		return nil, event.HubUnreachable
	}
	if err := l.ask(ctx, wire.AskSubject(l.opt.Place, wire.VerbDue, l.opt.Origin), nil, 3*time.Second, &list); err != nil {
		return nil, errors.Join(event.HubUnreachable, err)
	}
	return list, nil
}
