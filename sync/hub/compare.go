package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onewindow/app/event"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// Compared is what a comparison with the centre found and did.
type Compared struct {
	// Chains and Events were compared, with so many questions and digests.
	Chains, Questions, Digests int
	Events                     event.Seq
	// Here and Above are events that were damaged at this hub or at the centre and are
	// mended; Left are those that neither place could prove.
	Here, Above, Left []event.ID
}

// compareEvery is the pause between comparisons; the first comes after compareFirst,
// when a morning's start is over.
const (
	compareFirst = time.Hour
	compareEvery = 24 * time.Hour
)

// comparing compares once a day.
func (h *Hub) comparing(ctx context.Context) {
	if h.opt.Above == nil {
		return
	}
	for wait := compareFirst; pause(ctx, wait) == nil; {
		if h.opt.CentreReached != nil && !h.opt.CentreReached() {
			wait = compareFirst
			continue
		}
		wait = compareEvery
		if _, err := h.Compare(ctx); err != nil && ctx.Err() == nil {
			h.opt.Logger.Error("compare with the centre; it is tried again tomorrow", "error", err)
		}
	}
}

// Compare holds every chain that the centre has confirmed against the centre's own, and
// mends what is damaged at either place: a damaged event is taken from the other place
// only when it has the hash that its chain asks for.
func (h *Hub) Compare(ctx context.Context) (Compared, error) {
	var out Compared
	began := time.Now()
	_, chains := h.opt.Log.Chains()
	for _, c := range chains {
		if c.Up == 0 || c.Forked {
			continue
		}
		if err := h.compareChain(ctx, c, &out); err != nil {
			return out, fmt.Errorf("compare %s:%s: %w", c.ID.Origin, c.ID.Epoch, err)
		}
	}
	say := h.opt.Logger.Info
	if len(out.Here)+len(out.Above) > 0 {
		say = h.opt.Logger.Warn
	}
	if len(out.Left) > 0 {
		say = h.opt.Logger.Error
	}
	say("compared with the centre", "chains", out.Chains, "events", out.Events, "questions", out.Questions, "digests", out.Digests,
		"took", time.Since(began).Round(time.Millisecond), "mended_here", out.Here, "mended_at_the_centre", out.Above, "not_mended", out.Left)
	return out, nil
}

func (h *Hub) compareChain(ctx context.Context, c core.Chain, out *Compared) error {
	ask := wire.CheckAsk{Origin: c.ID.Origin, Epoch: c.ID.Epoch}
	there, err := h.opt.Above.Check(ctx, ask)
	if err != nil {
		return err
	}
	// A centre that was restored has less for a while: that is owed, not damaged.
	upto := min(c.Up, c.Seq, there.Have)
	compare := core.NewComparer(c.ID, upto)
	for {
		q, more := compare.Next()
		if !more {
			break
		}
		ask.From, ask.Upto, ask.Span = q.From, q.Upto, q.Span
		here, there, err := h.both(ctx, ask)
		if err != nil {
			return err
		}
		if !compare.Answer(here.Hashes(), there.Hashes()) {
			return errors.New("the answers do not fit the question")
		}
	}
	asked, given := compare.Cost()
	out.Chains, out.Events, out.Questions, out.Digests = out.Chains+1, out.Events+upto, out.Questions+asked, out.Digests+given
	for _, seq := range compare.Differ() {
		if err := h.mend(ctx, event.ID{Origin: c.ID.Origin, Epoch: c.ID.Epoch, Seq: seq}, out); err != nil {
			return err
		}
	}
	return nil
}

// both asks this hub and the centre the same at once.
func (h *Hub) both(ctx context.Context, ask wire.CheckAsk) (here, there wire.CheckAnswer, err error) {
	above := make(chan error, 1)
	go func() {
		var err error
		there, err = h.opt.Above.Check(ctx, ask)
		above <- err
	}()
	here, err = h.opt.Log.AnswerCheck(ctx, ask)
	return here, there, errors.Join(err, <-above)
}

// mend lets each place offer its event to the other.
func (h *Hub) mend(ctx context.Context, id event.ID, out *Compared) error {
	ask := wire.CheckAsk{Origin: id.Origin, Epoch: id.Epoch, From: id.Seq, Upto: id.Seq}
	here, there, err := h.both(ctx, ask)
	if err != nil {
		return err
	}
	if len(there.Bodies) == 1 && len(there.Bodies[0]) > 0 {
		// An error says that the centre's event is not the right one, or that the disk fails.
		if mended, err := h.opt.Log.Mend(ctx, id, there.Bodies[0]); err == nil && mended {
			out.Here = append(out.Here, id)
			return nil
		}
	}
	if len(here.Bodies) == 1 && len(here.Bodies[0]) > 0 {
		ask.Body = here.Bodies[0]
		answer, err := h.opt.Above.Check(ctx, ask)
		if err == nil && answer.Mended {
			out.Above = append(out.Above, id)
			return nil
		}
	}
	out.Left = append(out.Left, id)
	return nil
}
