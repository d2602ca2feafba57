package node

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/registry"
	"onewindow/sync/wire"
)

// How much a device asks of shared data: a window a person's materials at once and then one
// question every two seconds, which no work at a window needs; a hub what came together
// while its line was away.
func windowLimit() *registry.Limit { return &registry.Limit{Burst: 30, PerMinute: 30} }
func hubLimit() *registry.Limit    { return &registry.Limit{Burst: 200, PerMinute: 600} }

func refused(r *event.Refusal) wire.SharedAnswer { return wire.SharedAnswer{Refuse: r} }

// sharedFor passes a counter's questions on to the centre. It notes nothing: the counter has
// noted that it asks, and the centre notes what it gives.
func (h *Hub) sharedFor(ctx context.Context, id hall.ID, from event.Origin, body []byte) (wire.SharedAnswer, error) {
	var ask wire.SharedAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return wire.SharedAnswer{}, errors.New("read a question to shared data: it is none") // the body is about a person
	}
	known := false
	h.Store.View(id, func(v *hall.Hall) { _, known = v.Clerk(hall.ClerkID(ask.Clerk)) })
	switch {
	case ask.Purpose != intake.ForIntake && ask.Purpose != intake.ForRecheck:
		return refused(event.RequestUnusable.With("field", "purpose")), nil
	case !known:
		return refused(event.RequestUnusable.With("field", "clerk")), nil
	}
	ask.From = from
	records, err := h.askAbove(ctx, ask)
	if no := (*event.Refusal)(nil); errors.As(err, &no) {
		return refused(no), nil
	}
	return wire.SharedAnswer{Records: records}, err
}

// askAbove asks the centre.
func (h *Hub) askAbove(ctx context.Context, ask wire.SharedAsk) ([]wire.SharedRecord, error) {
	up := h.up.Load()
	if up == nil || !h.CentreReached() {
		return nil, event.SharedAway
	}
	return up.Shared(ctx, ask)
}

// Pauses of verifying: between two looks, after the centre did not answer, and how the pause for
// one application grows that cannot be asked about yet.
const (
	verifyEvery = time.Second
	verifyAgain = 5 * time.Second
	verifyMost  = time.Minute
	verifyLook  = 500
)

// verifier asks shared data for what was accepted without an answer. The hub does it: it runs
// day and night, is the one whose line to the centre comes back, and has the key of every
// application of its hall, while a counter may be off; and only one hub leads. The
// centre, which has the data, does not look by itself: who asks, for whom and what for is the hall's.
type verifier struct {
	h    *Hub
	hall hall.ID
	log  *slog.Logger
	// later is when an application is asked about again that could not be, and after which pause.
	later map[intake.ApplicationID]attempt
	// after is where the last look ended: applications that cannot be verified keep nobody from their turn.
	after *intake.Case
}

type attempt struct {
	at    time.Time
	pause time.Duration
}

// verifying begins to ask, until the hub ends.
func (h *Hub) verifying(id hall.ID, log *slog.Logger) {
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	v := &verifier{h: h, hall: id, log: log, later: map[intake.ApplicationID]attempt{}}
	done.Go(func() { v.run(ctx) })
	h.closers = append(h.closers, func() error { stop(); done.Wait(); return nil })
}

func (v *verifier) run(ctx context.Context) {
	for wait := verifyEvery; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = verifyEvery
		if leads, _ := v.h.Allocator.Leads(); leads == wire.HubStands || !v.h.Store.Ready() || !v.h.CentreReached() {
			continue
		}
		var err error
		if wait, err = v.round(ctx); err != nil && ctx.Err() == nil {
			v.log.Error("verify by shared data what was accepted without; it is tried again", "error", err)
		}
	}
}

// round looks at the next ones of what is pending, and tells how long to rest then.
func (v *verifier) round(ctx context.Context) (rest time.Duration, err error) {
	list, err := v.h.Store.Unverified(ctx, v.hall, v.after, verifyLook)
	if err != nil {
		return verifyAgain, err
	}
	now := time.Now()
	for _, c := range list {
		if v.later[c.Application].at.After(now) {
			v.after = c
			continue
		}
		done, err := v.verify(ctx, c)
		var no *event.Refusal
		switch {
		case errors.Is(err, event.SharedMany) && errors.As(err, &no):
			seconds, _ := strconv.Atoi(no.Args["seconds"])
			return max(verifyEvery, time.Duration(seconds)*time.Second), nil
		case errors.Is(err, event.SharedAway):
			return verifyAgain, nil // nobody is asked in vain meanwhile
		case err != nil:
			v.log.Error("verify by shared data", "number", c.Number, "error", err)
		}
		v.after = c
		if done {
			delete(v.later, c.Application)
			continue
		}
		pause := min(verifyMost, max(verifyEvery, 2*v.later[c.Application].pause))
		v.later[c.Application] = attempt{now.Add(pause), pause}
	}
	if len(list) < verifyLook { // from the first one again; what was settled otherwise is forgotten
		v.after = nil
		maps.DeleteFunc(v.later, func(_ intake.ApplicationID, a attempt) bool { return now.Sub(a.at) > verifyMost })
	}
	return verifyEvery, nil
}

// verify asks for one application. It is done where something was answered; else its key has
// not come yet, or was destroyed, or the centre has none of the sets.
func (v *verifier) verify(ctx context.Context, c *intake.Case) (done bool, err error) {
	key, err := v.h.keyFor(ctx, string(c.Application))
	if errors.Is(err, keyring.ErrNone) || errors.Is(err, keyring.ErrErased) {
		return false, nil
	}
	var who, taken intake.Person
	if err == nil {
		who, err = c.Person(key)
	}
	if err == nil {
		taken, err = c.Taken.Person(key)
	}
	if err != nil {
		return false, err
	}
	ask := wire.SharedAsk{From: v.h.Store.Origin(), Application: string(c.Application), Number: c.Number, Purpose: intake.ForVerify, Clerk: string(c.Clerk),
		DocumentType: string(c.Showing()), Document: string(who.DocumentNumber), Name: string(who.Applicant), Blind: intake.Blind(key, c.Application)}
	roots := map[string]string{}
	for _, s := range c.Pending() {
		if s.Ask != intake.AskID(ask.Blind, c.Application, s.Set, c.DocumentType, taken, 0) {
			return false, fmt.Errorf("material %d names a question about somebody else", s.No)
		}
		// The name may be amended since: then it is asked about who it is.
		id := intake.AskID(ask.Blind, c.Application, s.Set, c.Showing(), who, 0)
		if roots[id] == "" && len(ask.Questions) < wire.MaxQuestions {
			roots[id] = s.Ask
			ask.Questions = append(ask.Questions, wire.SharedQuestion{ID: id, Set: s.Set})
		}
	}
	// The same question may have been noted by its window, or by this hub before it was killed: then it goes again as it was.
	err = v.h.Store.Write(ctx, func(tx *store.Tx) error {
		for _, q := range ask.Questions {
			asked, _, _, err := tx.SharedNoted(q.ID)
			if err == nil && !asked {
				_, _, err = tx.Append(intake.KindSharedAsked, intake.Asked{Ask: q.ID, Root: roots[q.ID], Application: c.Application, Number: c.Number, Ticket: c.Ticket, Hall: c.Hall, Set: q.Set,
					Purpose: intake.ForVerify, Window: c.Window, Clerk: c.Clerk, AtMS: v.h.Store.Now()})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	records, err := v.h.askAbove(ctx, ask)
	if err != nil {
		return false, err
	}
	err = v.h.Store.Write(ctx, func(tx *store.Tx) error {
		for n, r := range records {
			a := intake.Answered{Ask: r.ID, Root: roots[r.ID], Application: c.Application, Set: ask.Questions[n].Set, Outcome: intake.Outcome(r.Outcome), AtMS: v.h.Store.Now()}
			_, answered, _, err := tx.SharedNoted(r.ID)
			if err != nil {
				return err
			}
			if answered || r.Outcome == wire.Unserved {
				continue
			}
			done = true
			if r.Outcome == string(intake.Found) {
				err = a.Seal(intake.Reference{Record: r.Record, Sum: r.Sum, AsOf: r.AsOf}, key, rand.Reader)
			}
			if err == nil {
				_, _, err = tx.Append(intake.KindSharedAnswered, a)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

// differing lists for the counters what a clerk of the hall has to do.
func (h *Hub) differing(id hall.ID, log *slog.Logger) func() []wire.Differing {
	return func() (out []wire.Differing) {
		list, err := h.Store.Differing(context.Background(), id, mostDiffering)
		if err != nil {
			log.Error("list what shared data said otherwise", "error", err)
			return nil
		}
		for _, c := range list {
			d := wire.Differing{Number: c.Number, Window: string(c.Window)}
			for _, s := range c.Differing() {
				if !slices.Contains(d.Sets, s.Set) {
					d.Sets = append(d.Sets, s.Set)
				}
			}
			out = append(out, d)
		}
		return out
	}
}

// mostDiffering bounds what counters are told at a time; the oldest come first.
const mostDiffering = 50

// shared answers a hub: whoever may ask is asked for a purpose, and what is given is noted here
// before it leaves.
func (c *Centre) shared(ctx context.Context, hub event.Origin, body []byte) (wire.SharedAnswer, error) {
	var ask wire.SharedAsk
	if err := json.Unmarshal(body, &ask); err != nil {
		return wire.SharedAnswer{}, errors.New("read a question to shared data: it is none")
	}
	for field, wrong := range map[string]bool{
		"from":        !wire.IsHub(hub) || !wire.MayBring(hub, ask.From),
		"purpose":     !slices.Contains(intake.SharedPurposes, ask.Purpose) || (ask.Purpose == intake.ForVerify) != wire.IsHub(ask.From),
		"clerk":       ask.Clerk == "",
		"application": ask.Application == "",
		"questions":   len(ask.Questions) == 0 || len(ask.Questions) > wire.MaxQuestions,
	} {
		if wrong {
			return refused(event.RequestUnusable.With("field", field)), nil
		}
	}
	if c.records == nil {
		return refused(event.SharedAway), nil
	}
	limit := c.windows
	if wire.IsHub(ask.From) {
		limit = c.hubs
	}
	if wait := limit.Take(string(ask.From), len(ask.Questions), time.Since(c.began).Milliseconds()); wait > 0 {
		return refused(event.SharedMany.With("seconds", strconv.Itoa(wait))), nil
	}
	records, ok := c.records.Answer(ask)
	if !ok {
		return refused(event.RequestUnusable.With("field", "id")), nil
	}
	err := c.Store.Write(ctx, func(tx *store.Tx) error {
		for n, r := range records {
			_, _, given, err := tx.SharedNoted(r.ID)
			if err == nil && !given && r.Outcome != wire.Unserved {
				_, _, err = tx.Append(intake.KindSharedGiven, intake.Given{Ask: r.ID, Application: intake.ApplicationID(ask.Application), Number: ask.Number, From: ask.From, Set: ask.Questions[n].Set,
					Purpose: ask.Purpose, Clerk: hall.ClerkID(ask.Clerk), Outcome: intake.Outcome(r.Outcome), AtMS: c.Store.Now()})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wire.SharedAnswer{Records: records}, err
}
