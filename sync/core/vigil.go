package core

import "onewindow/app/event"

// KindCanary is a sign of life: an own event that says nothing and must come back as
// saved at the centre. It is not public.
const KindCanary event.Kind = "canary.sung"

// Canary is the payload of a canary event.
type Canary struct {
	AtMS int64 `json:"at_ms"`
}

// Vigil watches whether what is noted comes back as saved at the centre while the line
// says that it stands: liveness is proved, not assumed. It decides when a canary is due
// and how far to go when nothing moves; its driver brings the time (ms of a clock that
// only runs forward) and does it.
type Vigil struct {
	// SingMS is how long nothing may be noted before a canary is; 0 means none is sung.
	SingMS int64
	// AskMS is how long nothing may move, while the line stands, before everything is
	// asked again under new subscriptions; DialMS before the connection is made anew,
	// and again after each further DialMS.
	AskMS, DialMS int64

	own    event.Seq
	noted  int64 // when the own chain grew last
	looked int64
	stood  bool
	life   event.Epoch
	slow   map[ChainID]*slow
}

// slow is a chain of which something is not at the centre.
type slow struct {
	centre  event.Seq
	up      event.Seq
	stuckMS int64 // how long the line stood without anything moving
	asked   bool
	dials   int64
}

// Do is what a look asks for.
type Do struct {
	// Sing tells to note a canary, Ask to subscribe anew and ask again for everything,
	// Dial to make the connection anew.
	Sing, Ask, Dial bool
}

// Look takes how the chains stand now; own is the chain of this life, above and centre
// tell whether the line says that it reaches the place above and the centre. While a
// line is away nothing is stuck: what waits then waits for the line, and is shown so.
func (v *Vigil) Look(now int64, own ChainID, chains []Chain, above, centre bool) (do Do) {
	if v.slow == nil || v.life != own.Epoch {
		v.slow, v.life, v.own, v.noted = map[ChainID]*slow{}, own.Epoch, 0, now
	}
	passed := now - v.looked
	if !above || !v.stood {
		passed = 0
	}
	v.looked, v.stood = now, above
	complete := true
	for _, c := range chains {
		if c.ID == own {
			complete = c.Centre >= c.Seq
			if c.Seq != v.own {
				v.own, v.noted = c.Seq, now
			}
		}
		// What is in the hall, with the centre away, waits for the hall's line, not for ours.
		if c.Seq == 0 || c.Forked || c.Centre >= c.Seq || c.Up >= c.Seq && !centre {
			delete(v.slow, c.ID)
			continue
		}
		v.wait(c, passed, &do)
	}
	// What waits for the centre already is as good as a canary: nothing is added to it.
	if v.SingMS > 0 && complete && now-v.noted >= v.SingMS {
		do.Sing, v.noted = true, now
	}
	return do
}

// wait counts how long nothing of a chain has moved.
func (v *Vigil) wait(c Chain, passed int64, do *Do) {
	s := v.slow[c.ID]
	if s == nil || s.centre != c.Centre || s.up != c.Up {
		v.slow[c.ID] = &slow{centre: c.Centre, up: c.Up}
		return
	}
	s.stuckMS += passed
	if s.stuckMS >= v.AskMS && !s.asked {
		s.asked, do.Ask = true, true
	}
	// A new connection helps only what has not left this place.
	if due := s.stuckMS / v.DialMS; due > s.dials {
		s.dials, do.Ask, do.Dial = due, true, do.Dial || c.Up < c.Seq
	}
}

// LateMS is how long the line has said that it stands while something of what waits for
// the centre did not move; 0 while everything moves.
func (v *Vigil) LateMS() (late int64) {
	for _, s := range v.slow {
		if s.asked {
			late = max(late, s.stuckMS)
		}
	}
	return late
}
