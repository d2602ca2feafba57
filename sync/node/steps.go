package node

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
	"onewindow/sync/core"
	"onewindow/sync/link"
	"onewindow/sync/wire"
)

// stepsMost is how many events of the centre's chain one answer looks through.
const stepsMost = 500

// stepsFor answers a hub: what agencies have noted at the centre of the applications of its hall.
func (c *Centre) stepsFor(ctx context.Context, from event.Origin, body []byte) (any, error) {
	var ask wire.StepsAsk
	if err := json.Unmarshal(body, &ask); err != nil || !wire.IsHub(from) {
		return nil, fmt.Errorf("read a question for steps: %w", cmp.Or(err, error(event.RequestUnusable)))
	}
	return c.Store.Steps(ctx, hall.ID(from.Hall()), ask, stepsMost)
}

// stepsSource names the cursor of the centre's chain.
const stepsSource = "steps"

// stepsEvery is the pause between two questions for steps.
const stepsEvery = 5 * time.Second

// follow takes what agencies note at the centre, until it is stopped. It asks as often as
// the hub beats: what is owed downwards is known to the hub alone, and the centre keeps
// nothing about who has what.
func (h *Hub) follow(o *Options, up *link.Link) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		at, err := h.Store.Cursor(ctx, stepsSource)
		failing := false
		for pause := cmp.Or(o.BeatEvery, stepsEvery); ; {
			more := false
			if err == nil && up.Line().Reached {
				more, err = h.takeSteps(ctx, up, &at)
			}
			if err != nil && !failing && ctx.Err() == nil {
				o.Logger.Warn("take what agencies have noted; it is asked for again and again", "error", err)
			}
			if failing = err != nil; failing {
				at, err = h.Store.Cursor(ctx, stepsSource)
			}
			if more {
				continue
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
	return func() error { cancel(); done.Wait(); return nil }
}

// takeSteps asks once and commits the answer with the cursor. It tells whether there may be more.
func (h *Hub) takeSteps(ctx context.Context, up *link.Link, at *core.Cursor) (more bool, err error) {
	a, err := up.Steps(ctx, wire.StepsAsk{Epoch: at.Epoch, After: at.Pos})
	if err != nil || a.Epoch == at.Epoch && a.Upto == at.Pos {
		return false, err
	}
	switch {
	case a.Unknown:
		err = h.noteAgain(ctx, 0, 0) // of which lives the centre has what left nobody can tell here
	case a.Epoch == at.Epoch && a.Upto < at.Pos:
		err = h.noteAgain(ctx, at.Epoch, a.Upto)
	}
	if err != nil {
		return false, err
	}
	f := wire.Feed{Epoch: a.Epoch, From: min(at.Pos, a.Upto), Upto: a.Upto, Bodies: a.Bodies}
	if err := h.Store.Write(ctx, func(tx *store.Tx) error { return tx.Follow(stepsSource, f, a.Epoch, false) }); err != nil {
		return false, err
	}
	*at = core.Cursor{Epoch: a.Epoch, Pos: a.Upto}
	return true, nil
}

// noteAgain notes in the hub's own chain what the centre has lost: the end of one of its lives
// where it was put back to an older copy, or, with life 0, whatever it ever noted where it does not
// know the life that the hub has followed. The fold counts the same step once.
func (h *Hub) noteAgain(ctx context.Context, life event.Epoch, after int64) error {
	list, err := h.Store.StepsOf(ctx, CentreOrigin, life, after)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(list, stepsMost) {
		if err := h.Store.Write(ctx, func(tx *store.Tx) error { return h.noteLost(tx, part) }); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hub) noteLost(tx *store.Tx, list []intake.Noted) error {
	for _, n := range list {
		c, err := tx.Application(n.Application)
		if err != nil {
			return err
		}
		if c != nil && slices.ContainsFunc(c.Steps, func(o intake.Noted) bool {
			return o.Kind == n.Kind && o.Request == n.Request && o.ID.Origin == h.Store.Origin()
		}) {
			continue // it was noted again before
		}
		if _, _, err := tx.Append(n.Kind, n.Step); err != nil {
			return err
		}
	}
	return nil
}

// amendingMost bounds what counters are told at a time.
const amendingMost = 50

// amending lists for the counters what a second person of the hall has to check.
func (h *Hub) amending(id hall.ID, log *slog.Logger) func() []wire.Amending {
	return func() (out []wire.Amending) {
		list, err := h.Store.Amending(context.Background(), id, amendingMost)
		if err != nil {
			log.Error("list the amendments that wait", "error", err)
			return nil
		}
		for _, c := range list {
			for _, a := range c.Waiting() {
				out = append(out, wire.Amending{Sum: a.Sum, Number: c.Number, Item: string(c.Item), Field: string(a.Field), Clerk: string(a.Clerk), AtMS: a.AtMS})
			}
		}
		return out[:min(len(out), amendingMost)]
	}
}

// dueSoon is from how many working days before it on something counts as due soon.
const dueSoon = 3

// dueMost is how many applications one list of what is due holds.
const dueMost = 200

// due lists for a counter what is due in the hall within some working days, and what is
// over: what is over longest first.
func (h *Hub) due(ctx context.Context, id hall.ID) ([]wire.DueRow, error) {
	today := hall.DateOf(h.Store.Now())
	// Ten civil days have three working days in them but for the longest holidays, of which the
	// day that is looked at here decides anyway.
	until := hall.DateOf(h.Store.Now() + (10 * 24 * time.Hour).Milliseconds())
	list, err := h.Store.DueIn(ctx, id, until, dueMost)
	out := make([]wire.DueRow, 0, len(list))
	for _, c := range list {
		d := h.Store.Calendar().Next(c, today)
		if d.State != intake.TermKnown || d.Left > dueSoon {
			continue
		}
		out = append(out, wire.DueRow{Number: c.Number, Item: string(c.Item), State: string(c.Standing()), What: d.What, Day: string(d.Day), Left: d.Left})
	}
	slices.SortStableFunc(out, func(a, b wire.DueRow) int { return cmp.Compare(a.Day, b.Day) })
	return out, err
}
