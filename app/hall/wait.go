package hall

import (
	"cmp"
	"math"
	"slices"
)

// Range is an honest forecast in whole minutes: half of the people are called
// before Low, nine of ten before High. Known is false when nothing can be said, because
// no window serves the service and nobody knows when one will.
type Range struct {
	Known     bool
	Low, High int
}

// Day is what a hall's guides tell of a day's windows: the times in which they work, in ms,
// and how many serve a queue. The zero value means that nobody knows.
type Day struct {
	Sessions [][2]int64
	Windows  map[Letter]int
}

// Waiter is a place in a queue whose turn is to be forecast.
type Waiter struct {
	Service Letter
	Key     int64
	Ticket  TicketID
}

// Waiter gives the ticket's own place.
func (t *Ticket) Waiter() Waiter { return Waiter{t.Queue(), t.Key(), t.Ticket} }

// A forecast plays the hall's next hours many times over: whoever is at a window stays as
// long as people with their elapsed time do, whoever is ahead is served by the first window
// that serves them, priorities who come meanwhile go before, some who are called do not
// come, and windows close over lunch (queue.md, Wait estimate).
const (
	replays = 100
	// Before anything has been seen, a service is expected to take usualMS; usualSigma is
	// how its logarithm is spread, and priorVisits say how much that counts.
	usualMS     = 8 * 60_000
	usualSigma  = 0.7
	priorVisits = 6
	// betweenMS is from the end of a visit to the next call, wayMS from a call to the desk,
	// missMS what somebody costs who does not come; missShare is how many do not.
	betweenMS = 15_000
	wayMS     = 20_000
	missMS    = 145_000
	missShare = 0.05
	priorCome = 40
	// lookMS is until a clerk who is free sees that somebody came.
	lookMS = 4_000
)

// pace is what was seen lately of a queue, in the order in which it was heard.
type pace struct {
	services ring                 // ms at the desk
	arrivals ring                 // when people came
	before   [len(ring{}.ms)]bool // which of them go before others
	missed   int
	came     int
}

// ring keeps the last values.
type ring struct {
	ms   [60]int64
	used int
	next int
}

func (r *ring) add(ms int64) {
	r.ms[r.next] = ms
	r.next = (r.next + 1) % len(r.ms)
	r.used = min(r.used+1, len(r.ms))
}

func (r *ring) all() []int64 { return r.ms[:r.used] }

// pace gives what was seen of a queue, to be added to. Who only looks takes paceOf: many
// look at once.
func (h *Hall) pace(s Letter) *pace {
	p := h.paces[s]
	if p == nil {
		p = &pace{}
		h.paces[s] = p
	}
	return p
}

func (h *Hall) paceOf(s Letter) *pace {
	if p := h.paces[s]; p != nil {
		return p
	}
	return &pace{}
}

// arrived notes that somebody came.
func (p *pace) arrived(f *Issued) {
	p.before[p.arrivals.next] = f.Class != WalkIn
	p.arrivals.add(f.IssuedMS)
}

// spent notes how long a visit took that has ended.
func (h *Hall) spent(t *Ticket) {
	if took := t.FinishedMS - t.StartedMS; took > 0 && took <= 4*3600_000 {
		p := h.pace(t.Queue())
		p.services.add(took)
		p.came = min(p.came+1, 1000)
	}
}

// law is how long a service takes: a logarithmic normal.
type law struct{ mu, sigma float64 }

func (p *pace) law() law {
	sum, n := priorVisits*(math.Log(usualMS)-usualSigma*usualSigma/2), float64(priorVisits)
	for _, ms := range p.services.all() {
		sum += math.Log(float64(ms))
		n++
	}
	l := law{mu: sum / n}
	square := 4 * priorVisits * usualSigma * usualSigma
	for _, ms := range p.services.all() {
		d := math.Log(float64(ms)) - l.mu
		square += d * d
	}
	l.sigma = math.Sqrt(square / (n + 3*priorVisits))
	return l
}

// dice are the chances of a forecast: the same each time, so that the same hall gives the
// same forecast everywhere.
type dice uint64

func (d *dice) next() float64 {
	x := uint64(*d)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*d = dice(x)
	return (float64(x>>11) + 0.5) / (1 << 53)
}

// normals are the standard normal distribution in so many equal parts.
var normals = func() (z [1024]float64) {
	for i := range z {
		z[i] = math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(len(z))-1)
	}
	return z
}()

func (l law) draw(d *dice) float64 {
	return math.Exp(l.mu + l.sigma*normals[int(d.next()*float64(len(normals)))])
}

// rest draws what is left of a service that has taken so long.
func (l law) rest(d *dice, elapsed float64) float64 {
	if elapsed < 1000 {
		return l.draw(d)
	}
	below := 0.5 * (1 + math.Erf((math.Log(elapsed)-l.mu)/(l.sigma*math.Sqrt2)))
	p := min(below+(1-below)*d.next(), 1-1e-9)
	return max(1000, math.Exp(l.mu+l.sigma*math.Sqrt2*math.Erfinv(2*p-1))-elapsed)
}

// server is a window of a forecast.
type server struct {
	id       WindowID
	services []Letter
	state    State  // of the ticket that it holds: called, serving, or none
	queue    Letter // of that ticket
	startMS  int64  // when it was started
	openMS   int64  // from when it calls, if that is later than now
	lunches  bool   // it closes between two sessions
	freeMS   float64
}

// Forecast tells when a place in a queue will be called.
func (h *Hall) Forecast(w Waiter, nowMS int64, day Day) Range {
	return h.Outlook(w, nowMS, day).Range()
}

// Outlook is what a forecast needs of the hall; it can be played when the hall is let go.
type Outlook struct {
	replay  replay
	servers []server
	records records
}

// Outlook gathers what a forecast needs.
func (h *Hall) Outlook(w Waiter, nowMS int64, day Day) Outlook {
	servers := h.servers(w.Service, nowMS, day)
	if len(servers) == 0 {
		return Outlook{}
	}
	ahead := h.aheadFor(w, servers, nowMS)
	laws := map[Letter]law{}
	for _, s := range servers {
		for _, l := range s.services {
			if _, ok := laws[l]; !ok {
				laws[l] = h.paceOf(l).law()
			}
		}
	}
	p := h.paceOf(w.Service)
	miss := (missShare*priorCome + float64(p.missed)) / (priorCome + float64(p.missed+p.came))
	r := replay{nowMS: float64(nowMS), me: w, day: day, ahead: ahead, laws: laws, miss: miss, rate: p.rate(nowMS), dice: 0x9e3779b97f4a7c15}
	return Outlook{r, servers, h.records}
}

// Range plays the outlook.
func (o Outlook) Range() Range {
	if len(o.servers) == 0 {
		return Range{}
	}
	waits := make([]float64, replays)
	for i := range waits {
		waits[i] = o.replay.play(o.servers) - o.replay.nowMS
	}
	slices.Sort(waits)
	at := func(share float64) float64 { return waits[min(int(share*replays), replays-1)] / 60_000 }
	low := int(at(0.5) + 0.5)
	return Range{Known: true, Low: low, High: max(int(math.Ceil(at(o.records[size(low)].level()))), low+1)}
}

// Relief tells how many minutes of waiting, over all who wait for a service now, one more
// window would save; 0 where nobody serves it, because then nothing can be compared.
func (h *Hall) Relief(s Letter, nowMS int64, day Day) int {
	o := h.Outlook(Waiter{Service: s, Key: math.MaxInt64}, nowMS, day)
	if len(o.servers) == 0 || len(o.replay.ahead) == 0 {
		return 0
	}
	more := slices.Concat(o.servers, []server{{services: []Letter{s}, lunches: true}})
	return max(0, int((o.replay.total(o.servers)-o.replay.total(more))/60_000))
}

// total gives the waits of all who are ahead, in ms, on average over the replays.
func (r replay) total(servers []server) (ms float64) {
	for range replays {
		for i := range servers {
			servers[i].freeMS = r.free(&servers[i])
		}
		left := slices.Clone(r.ahead)
		for len(left) > 0 {
			s := earliest(servers)
			i := slices.IndexFunc(left, func(l Letter) bool { return contains(s.services, l) })
			if i < 0 {
				s.freeMS = math.Inf(1) // nobody is left for it
				continue
			}
			ms += s.freeMS - r.nowMS
			s.freeMS = r.works(s, s.freeMS+r.visit(left[i])+betweenMS)
			left = slices.Delete(left, i, i+1)
		}
	}
	return ms / replays
}

// promised is the share of people who shall be called before High. Of those who are told
// that they need not wait nobody is counted: see Promise.
const promised = 0.9

// record is how well the forecasts of late have held. What the replay does not know, a slow
// morning or a bus of pensioners, shows in broken promises; High is then taken further
// out until as many hold as were promised (adaptive conformal inference, Gibbs and Candes 2021).
type record struct{ shift float64 }

// records are apart for short, longer and long waits: of short ones nearly all hold, because
// a minute is the least that is said, and that must not make the long ones worse.
type records [3]record

func size(low int) int {
	switch {
	case low < 3:
		return 0
	case low < 10:
		return 1
	}
	return 2
}

// recordStep is how far one broken promise moves the level, and recordMost the way in all.
const (
	recordStep = 0.03
	recordMost = 0.4
)

func (r *record) level() float64 { return min(promised+r.shift, 0.995) }

func (r *record) hold(kept bool) {
	if kept {
		r.shift -= recordStep * (1 - promised)
	} else {
		r.shift += recordStep * promised
	}
	r.shift = max(-recordMost, min(r.shift, 0.15))
}

// Promise tells whether the slip of a ticket named a wait, and whether it held, for one
// that was called. Slips that say "go at once" promise no wait.
func (t *Ticket) Promise() (named, kept bool) {
	named = t.Known && t.HighMinutes > 1 && t.FirstMS > 0 && t.Round == 0
	return named, t.FirstMS-t.IssuedMS <= int64(t.HighMinutes)*60_000
}

// rate is how many people per ms come who go before others: their share among the last
// sixty, of as many as came in the time of the last few.
func (p *pace) rate(nowMS int64) float64 {
	const few = 8
	if p.arrivals.used < few {
		return 0
	}
	first := 0
	for _, before := range p.before[:p.arrivals.used] {
		if before {
			first++
		}
	}
	since := p.arrivals.ms[(p.arrivals.next+len(p.arrivals.ms)-few)%len(p.arrivals.ms)]
	return few / float64(max(60_000, nowMS-since)) * float64(first) / float64(p.arrivals.used)
}

// servers are the windows that will serve a queue: the open ones, and those that open when
// the next session begins.
func (h *Hall) servers(s Letter, nowMS int64, day Day) (out []server) {
	closed := 0
	for _, w := range h.windows {
		switch {
		case w.Open && contains(w.Services, s):
			s := server{id: w.ID, services: w.Services, lunches: true}
			if t := h.AtWindow(w.ID); t != nil {
				s.state, s.queue, s.startMS = t.State, t.Queue(), t.StartedMS
			}
			out = append(out, s)
		case !w.Open && contains(w.usual, s):
			closed++
		}
	}
	slices.SortFunc(out, func(a, b server) int { return cmp.Compare(a.id, b.id) })
	if len(out) > 0 {
		out[0].lunches = false // one of a queue stays
	}
	next := day.next(nowMS)
	if next == 0 {
		return out
	}
	if closed == 0 && len(out) == 0 {
		closed = day.Windows[s]
	}
	for range closed {
		out = append(out, server{services: []Letter{s}, openMS: next, lunches: true})
	}
	return out
}

// next is when windows that are closed open, 0 where the others are all: when the next
// session begins, or in a moment where one has just begun.
func (d Day) next(ms int64) int64 {
	for _, s := range d.Sessions {
		if ms < s[0] {
			return s[0]
		}
		if ms < s[0]+5*60_000 {
			return ms + 20_000
		}
		if ms < s[1] {
			return 0
		}
	}
	return 0
}

// aheadFor lists who is called before a place, by their queues, in order.
func (h *Hall) aheadFor(w Waiter, servers []server, nowMS int64) []Letter {
	date := DateOf(nowMS)
	type one struct {
		turn  int64
		id    TicketID
		queue Letter
	}
	var all []one
	seen := map[Letter]bool{}
	for _, s := range servers {
		for _, l := range s.services {
			if seen[l] {
				continue
			}
			seen[l] = true
			for _, line := range h.lines[series{date, l}] {
				for _, e := range line.byKey {
					if t := e.ticket; line.waits(e, t.Key()) && t.Ticket != w.Ticket {
						if turn := t.turn(nowMS); turn < w.Key || turn == w.Key && t.Ticket < w.Ticket {
							all = append(all, one{turn, t.Ticket, l})
						}
					}
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.id, b.id)) })
	out := make([]Letter, 0, len(all))
	for i, x := range all {
		if i == 0 || all[i-1].id != x.id {
			out = append(out, x.queue)
		}
	}
	return out
}

// replay is one hall that is played many times.
type replay struct {
	nowMS float64
	me    Waiter
	day   Day
	ahead []Letter
	laws  map[Letter]law
	miss  float64
	rate  float64
	dice  dice
}

// play gives when the place is called in one replay.
func (r *replay) play(servers []server) float64 {
	for i := range servers {
		servers[i].freeMS = r.free(&servers[i])
	}
	ahead := r.ahead
	gone := make([]bool, len(ahead))
	left := len(ahead)
	more := r.arrival(r.nowMS)
	for {
		s := earliest(servers)
		at := s.freeMS
		queue := Letter("")
		for i, l := range ahead {
			if !gone[i] && contains(s.services, l) {
				queue, gone[i] = l, true
				left--
				break
			}
		}
		switch {
		case queue != "":
		case !contains(s.services, r.me.Service):
			s.freeMS += 60_000
			continue
		case more <= at:
			queue, more = r.me.Service, r.arrival(more)
		default:
			return at
		}
		s.freeMS = r.works(s, at+r.visit(queue)+betweenMS)
	}
}

// earliest gives the window that is free first.
func earliest(servers []server) *server {
	s := &servers[0]
	for i := range servers[1:] {
		if servers[i+1].freeMS < s.freeMS {
			s = &servers[i+1]
		}
	}
	return s
}

// visit draws how long one call keeps a window.
func (r *replay) visit(queue Letter) float64 {
	if r.dice.next() < r.miss {
		return missMS
	}
	return wayMS + r.laws[queue].draw(&r.dice)
}

// free draws when a window can call the next one.
func (r *replay) free(s *server) float64 {
	at := r.nowMS + lookMS
	switch {
	case s.openMS > 0:
		return float64(s.openMS) + 10_000
	case s.state == Serving:
		at = r.nowMS + r.law(s.queue).rest(&r.dice, r.nowMS-float64(s.startMS)) + betweenMS
	case s.state == CalledS:
		at = r.nowMS + r.law(s.queue).draw(&r.dice) + wayMS/2 + betweenMS
	}
	return r.works(s, at)
}

// law gives how long a service takes; of a queue that no window of the replay serves, for a
// ticket that was scanned or called by its number, that of the place's own.
func (r *replay) law(s Letter) law {
	if l, ok := r.laws[s]; ok {
		return l
	}
	return r.laws[r.me.Service]
}

// works puts a moment at which a window has closed for lunch behind it.
func (r *replay) works(s *server, at float64) float64 {
	if s.lunches {
		for i, session := range r.day.Sessions[:max(0, len(r.day.Sessions)-1)] {
			if next := float64(r.day.Sessions[i+1][0]); at >= float64(session[1]) && at < next {
				return next + 10_000
			}
		}
	}
	return at
}

// arrival draws when the next one comes who goes before the place.
func (r *replay) arrival(after float64) float64 {
	if r.rate == 0 {
		return math.Inf(1)
	}
	at := after - math.Log(r.dice.next())/r.rate
	if at-HeadStart >= float64(r.me.Key) {
		return math.Inf(1)
	}
	return at
}

func contains(list []Letter, s Letter) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
