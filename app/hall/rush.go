package hall

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
)

// Rush is the rest of a session in all queues that share windows with some: who waits there, who is
// expected, and who serves them. It can be played when the hall is let go. Everybody takes as long in
// each play of one number, with more windows or without, so that what differs is the windows.
type Rush struct {
	nowMS, endMS float64
	day          Day
	queues       []Letter
	laws         []law
	misses       []float64
	comes, first []float64 // per ms, and which share of them goes before others
	paused       []float64 // until when nobody is called, 0 for not at all
	servers      []server
	waiting      []person
}

// person is somebody in a play of a rush.
type person struct {
	queue int
	key   float64
	// from is when the person may be called, since from when the wait counts.
	from, since float64
	took        float64 // at the window, the way included
	gone        bool
}

// rushes is how often a rush is played, rushPeople how many are expected at most in each queue.
const (
	rushes     = 24
	rushPeople = 600
)

// Rush gathers what is left of the session for the queues that some windows would serve, and for all
// that share windows with them.
func (h *Hall) Rush(own []Letter, nowMS int64, day Day) Rush {
	r := Rush{nowMS: float64(nowMS), day: day, queues: h.sharing(own)}
	for _, s := range day.Sessions {
		if nowMS >= s[0] && nowMS < s[1] {
			r.endMS = float64(s[1])
		}
	}
	for i, q := range r.queues {
		p := h.paceOf(q)
		r.laws, r.misses = append(r.laws, p.law()), append(r.misses, p.misses())
		r.comes, r.first = append(r.comes, p.comes(nowMS)), append(r.first, p.first())
		until := 0.0
		if f, paused := h.PausedNow(q, nowMS); paused {
			until = float64(f.UntilMS)
		}
		r.paused = append(r.paused, until)
		for t := range h.waiting(series{DateOf(nowMS), q}) {
			from := float64(max(nowMS, t.notBefore()))
			r.waiting = append(r.waiting, person{queue: i, key: float64(t.turn(nowMS)), from: max(from, until), since: from})
		}
	}
	slices.SortFunc(r.waiting, func(a, b person) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.queue, b.queue), cmp.Compare(a.from, b.from))
	})
	h.rushServers(&r, nowMS)
	return r
}

// sharing lists the queues of some windows and all that share open windows with them, in order.
func (h *Hall) sharing(own []Letter) []Letter {
	out := slices.Clone(own)
	for grown := true; grown; {
		grown = false
		for _, w := range h.windows {
			if !w.Open || !slices.ContainsFunc(w.Services, func(l Letter) bool { return slices.Contains(out, l) }) {
				continue
			}
			for _, l := range w.Services {
				if !slices.Contains(out, l) && len(out) < 64 {
					out, grown = append(out, l), true
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (h *Hall) rushServers(r *Rush, nowMS int64) {
	for _, w := range h.windows {
		s := server{id: w.ID, serves: r.mask(w.Services)}
		if !w.Open || s.serves == 0 {
			continue
		}
		if t := h.AtWindow(w.ID); t != nil {
			s.state, s.queue, s.elapsed = t.State, max(0, slices.Index(r.queues, t.Queue())), float64(nowMS-t.StartedMS)
			s.below = r.laws[s.queue].below(s.elapsed)
		}
		r.servers = append(r.servers, s)
	}
	r.arrange()
}

// arrange puts the windows in order; the first of each queue stays open over lunch.
func (r *Rush) arrange() {
	slices.SortFunc(r.servers, func(a, b server) int { return cmp.Compare(a.id, b.id) })
	stays := uint64(0)
	for i := range r.servers {
		s := &r.servers[i]
		if s.lunches = s.serves&^stays == 0; !s.lunches {
			stays |= s.serves
		}
	}
}

func (r *Rush) mask(services []Letter) (serves uint64) {
	for _, l := range services {
		if i := slices.Index(r.queues, l); i >= 0 {
			serves |= 1 << i
		}
	}
	return serves
}

// Waits tells how long everybody who waits or is expected waits from now on, in person-minutes: the mean
// of all plays.
func (r Rush) Waits() float64 {
	sum := 0.0
	for n := range rushes {
		sum += r.play(uint64(n), r.people(uint64(n)))
	}
	return sum / rushes / 60_000
}

// With gives the rush with one more window for some queues that is open from now on.
func (r Rush) With(w WindowID, services []Letter) Rush {
	r.servers = slices.Concat(r.servers, []server{{id: w, serves: r.mask(services)}})
	r.arrange()
	return r
}

// Saves tells how many person-minutes one more window would save: the difference of two replays. 0 where
// nobody waits, outside of a session, and where nobody serves and nobody knows when the session ends.
func (r Rush) Saves(w WindowID, services []Letter) int {
	if len(r.waiting) == 0 || r.endMS == 0 && (len(r.day.Sessions) > 0 || len(r.servers) == 0) {
		return 0
	}
	with, now, then := r.With(w, services), 0.0, 0.0
	for n := range uint64(rushes) {
		people := r.people(n) // the same in both
		now += r.play(n, people)
		then += with.play(n, people)
	}
	return max(0, int(math.Round((now/rushes-then/rushes)/60_000)))
}

// seeded gives dice of their own to a play and what is drawn there.
func seeded(n uint64, of string) *dice {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(of)) // a hash never fails
	d := dice(sum.Sum64() ^ (n+1)*0x9e3779b97f4a7c15 | 1)
	for range 4 {
		d.next()
	}
	return &d
}

// people draws who waits and who comes until the session ends, each queue in the order of its keys.
func (r *Rush) people(n uint64) [][]person {
	out := make([][]person, len(r.queues))
	took := make([]*dice, len(r.queues))
	draw := func(p person) {
		d := took[p.queue]
		if miss := d.next() < r.misses[p.queue]; miss {
			p.took = missMS
		} else {
			p.took = wayMS + r.laws[p.queue].draw(d)
		}
		out[p.queue] = append(out[p.queue], p)
	}
	for i, q := range r.queues {
		took[i] = seeded(n, "took"+string(q))
	}
	for _, p := range r.waiting {
		draw(p)
	}
	for i, q := range r.queues {
		d := seeded(n, "comes"+string(q))
		at := r.nowMS
		for range rushPeople {
			if r.comes[i] == 0 {
				break
			}
			if at -= math.Log(d.next()) / r.comes[i]; at >= r.endMS {
				break
			}
			key := at
			if d.next() < r.first[i] {
				key -= HeadStart
			}
			draw(person{queue: i, key: key, from: max(at, r.paused[i]), since: at})
		}
		slices.SortStableFunc(out[i], func(a, b person) int { return cmp.Compare(a.key, b.key) })
	}
	return out
}

// play plays the rush once with the people of that play, and gives how long all of them wait, in person-ms.
func (r *Rush) play(n uint64, people [][]person) (waitedMS float64) {
	servers := slices.Clone(r.servers)
	base := replay{nowMS: r.nowMS, day: r.day, laws: r.laws}
	for i := range servers {
		base.dice = *seeded(n, string(servers[i].id))
		servers[i].freeMS = base.free(&servers[i])
	}
	heads := make([]int, len(people))
	left := 0
	for _, list := range people {
		left += len(list)
		for i := range list {
			list[i].gone = false
		}
	}
	for left > 0 && len(servers) > 0 {
		s := &servers[0]
		for i := range servers[1:] {
			if servers[i+1].freeMS < s.freeMS {
				s = &servers[i+1]
			}
		}
		if math.IsInf(s.freeMS, 1) {
			break // who is left is served by no window
		}
		best, soon := nextPerson(people, heads, s)
		if best == nil {
			s.freeMS = soon
			if !math.IsInf(soon, 1) {
				s.freeMS = base.works(s, soon+lookMS)
			}
			continue
		}
		best.gone = true
		left--
		waitedMS += s.freeMS - best.since
		s.freeMS = base.works(s, s.freeMS+best.took+betweenMS)
	}
	for _, list := range people {
		for i := range list {
			if p := &list[i]; !p.gone {
				waitedMS += max(0, r.endMS-p.since) // nobody calls them in this session
			}
		}
	}
	return waitedMS
}

// nextPerson gives who is called next by a window that is free, nil for nobody; then soon is when the
// next one comes, infinite for never.
func nextPerson(people [][]person, heads []int, s *server) (best *person, soon float64) {
	soon = math.Inf(1)
	for q := range people {
		if s.serves&(1<<q) == 0 {
			continue
		}
		for heads[q] < len(people[q]) && people[q][heads[q]].gone {
			heads[q]++
		}
		for i := heads[q]; i < len(people[q]); i++ {
			p := &people[q][i]
			if p.gone {
				continue
			}
			if p.from > s.freeMS {
				if soon = min(soon, p.from); p.key >= soon {
					break // nobody behind comes earlier
				}
				continue
			}
			if best == nil || p.key < best.key {
				best = p
			}
			break
		}
	}
	return best, soon
}
