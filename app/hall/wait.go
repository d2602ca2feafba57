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
	Sessions [][2]int64     `json:"sessions"`
	Windows  map[Letter]int `json:"windows"`
}

// Late tells whether nine of ten who come now are not sure to be called before the hall closes
// (queue.md, Closing time). Where nobody knows the hours it is false.
func (d Day) Late(r Range, nowMS int64) bool {
	if len(d.Sessions) == 0 {
		return false
	}
	end := d.Sessions[len(d.Sessions)-1][1]
	return nowMS >= end || r.Known && nowMS+int64(r.High)*60_000 > end
}

// Waiter is a place in a queue whose turn is to be forecast.
type Waiter struct {
	Service Letter
	Key     int64
	Ticket  TicketID
	// NotBefore is when it may be called at the earliest, 0 for at once: an appointment.
	NotBefore int64
}

// Waiter gives the ticket's own place.
func (t *Ticket) Waiter() Waiter { return Waiter{t.Queue(), t.Key(), t.Ticket, t.notBefore()} }

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

// at gives the time within which a share of services is over.
func (l law) at(share float64) float64 {
	return math.Exp(l.mu + l.sigma*normals[min(int(share*float64(len(normals))), len(normals)-1)])
}

// mean is how long a service takes on the average.
func (l law) mean() float64 { return math.Exp(l.mu + l.sigma*l.sigma/2) }

func (l law) draw(d *dice) float64 { return l.at(d.next()) }

// below gives the share of services that are over within a time.
func (l law) below(ms float64) float64 {
	if ms <= 0 {
		return 0
	}
	return 0.5 * (1 + math.Erf((math.Log(ms)-l.mu)/(l.sigma*math.Sqrt2)))
}

// rest draws what is left of a service that has taken so long, as below says.
func (l law) rest(d *dice, elapsed, below float64) float64 {
	return max(1000, l.at(below+(1-below)*d.next())-elapsed)
}

// server is a window of a forecast. Queues have numbers there, the place's own is 0.
type server struct {
	id      WindowID
	serves  uint64  // a bit for each queue
	state   State   // of the ticket that it holds: called, serving, or none
	queue   int     // of that ticket
	elapsed float64 // ms since it was started
	below   float64 // the share of services that are over after as long
	openMS  int64   // from when it calls, if that is later than now
	lunches bool    // it closes between two sessions
	freeMS  float64
}

// Forecast tells when a place in a queue will be called.
func (h *Hall) Forecast(w Waiter, nowMS int64, day Day) Range {
	return h.Outlook(w, nowMS, day).Range()
}

// Outlook is what a forecast needs of the hall; it can be played when the hall is let go.
type Outlook struct {
	replay  replay
	records records
	paused  float64 // ms until the queue is called again
	early   float64 // ms until the place may be called
}

// Outlook gathers what a forecast needs.
func (h *Hall) Outlook(w Waiter, nowMS int64, day Day) Outlook {
	queues, servers := h.servers(w.Service, nowMS, day)
	p := h.paceOf(w.Service)
	r := replay{nowMS: float64(nowMS), key: w.Key, day: day, servers: servers, ahead: h.aheadFor(w, queues, nowMS), rate: p.rate(nowMS), dice: 0x9e3779b97f4a7c15,
		miss: p.misses()}
	for _, q := range queues {
		r.laws = append(r.laws, h.paceOf(q).law())
	}
	for i := range servers {
		servers[i].below = r.laws[servers[i].queue].below(servers[i].elapsed)
	}
	o := Outlook{replay: r, records: h.records, early: float64(max(0, w.NotBefore-nowMS))}
	if p, paused := h.PausedNow(w.Service, nowMS); paused {
		o.paused = float64(p.UntilMS - nowMS)
	}
	return o
}

// Range plays the outlook.
func (o Outlook) Range() Range {
	if len(o.replay.servers) == 0 {
		return Range{}
	}
	waits := make([]float64, replays)
	for i := range waits {
		called, _ := o.replay.play()
		waits[i] = max(called-o.replay.nowMS+o.paused, o.early)
	}
	slices.Sort(waits)
	at := func(share float64) float64 { return waits[min(int(share*replays), replays-1)] / 60_000 }
	low := int(at(0.5) + 0.5)
	return Range{Known: true, Low: low, High: max(int(math.Ceil(at(o.records[size(low)].level()))), low+1)}
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
	named = t.Known && t.HighMinutes > 1 && t.FirstMS > 0
	return named, t.FirstMS-t.IssuedMS <= int64(t.HighMinutes)*60_000
}

// rate is how many people per ms come who go before others.
func (p *pace) rate(nowMS int64) float64 { return p.comes(nowMS) * p.first() }

// comes is how many people per ms come: as many as came in the time of the last few, 0 where
// less is known.
func (p *pace) comes(nowMS int64) float64 {
	const few = 8
	if p.arrivals.used < few {
		return 0
	}
	since := p.arrivals.ms[(p.arrivals.next+len(p.arrivals.ms)-few)%len(p.arrivals.ms)]
	return few / float64(max(60_000, nowMS-since))
}

// first is the share of those among the last sixty who go before others.
func (p *pace) first() float64 {
	first := 0
	for _, before := range p.before[:p.arrivals.used] {
		if before {
			first++
		}
	}
	return float64(first) / float64(max(1, p.arrivals.used))
}

// misses is the share of those called who do not come.
func (p *pace) misses() float64 {
	return (missShare*priorCome + float64(p.missed)) / (priorCome + float64(p.missed+p.came))
}

// servers are the windows that will serve a queue, and all queues that they serve, its own
// first: the open ones, and those that open when the next session begins.
func (h *Hall) servers(own Letter, nowMS int64, day Day) (queues []Letter, out []server) {
	queues = []Letter{own}
	number := func(l Letter) int {
		i := slices.Index(queues, l)
		if i < 0 && len(queues) < 64 {
			i = len(queues)
			queues = append(queues, l)
		}
		return max(i, 0)
	}
	closed := 0
	var back []server // those on a break come back
	for _, w := range h.windows {
		switch at := w.back(nowMS); {
		case !slices.Contains(w.Services, own):
		case w.Open:
			s := server{id: w.ID, lunches: true}
			for _, l := range w.Services {
				s.serves |= 1 << number(l)
			}
			if t := h.AtWindow(w.ID); t != nil {
				s.state, s.queue, s.elapsed = t.State, number(t.Queue()), float64(nowMS-t.StartedMS)
			}
			out = append(out, s)
		case at > 0:
			back = append(back, server{id: w.ID, serves: 1, openMS: at, lunches: true})
		default:
			closed++
		}
	}
	slices.SortFunc(out, func(a, b server) int { return cmp.Compare(a.id, b.id) })
	if len(out) > 0 {
		out[0].lunches = false // one of a queue stays
	}
	slices.SortFunc(back, func(a, b server) int { return cmp.Compare(a.id, b.id) })
	out = append(out, back...)
	next := day.next(nowMS)
	if next == 0 {
		return queues, out
	}
	if closed == 0 && len(out) == 0 {
		closed = day.Windows[own]
	}
	for range closed {
		out = append(out, server{serves: 1, openMS: next, lunches: true})
	}
	return queues, out
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

// aheadFor lists who is called before a place, by the numbers of their queues, in order.
func (h *Hall) aheadFor(w Waiter, queues []Letter, nowMS int64) []int {
	type one struct {
		turn   int64
		ticket TicketID
		queue  int
	}
	var all []one
	for i, q := range queues {
		for t := range h.waiting(series{DateOf(nowMS), q}) {
			if turn := t.turn(nowMS); t.Ticket != w.Ticket && t.notBefore() <= nowMS && (turn < w.Key || turn == w.Key && t.Ticket < w.Ticket) {
				all = append(all, one{turn, t.Ticket, i})
			}
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.ticket, b.ticket)) })
	out := make([]int, len(all))
	for i, x := range all {
		out[i] = x.queue
	}
	return out
}

// replay is one hall that is played many times.
type replay struct {
	nowMS   float64
	key     int64 // of the place
	day     Day
	servers []server
	ahead   []int
	laws    []law // by the numbers of queues
	miss    float64
	rate    float64
	dice    dice
	gone    []bool // of those ahead
}

// play plays the hall until the place is called, and gives when that is and how long all
// who are ahead have waited from now on.
func (r *replay) play() (calledMS, waitedMS float64) {
	for i := range r.servers {
		r.servers[i].freeMS = r.free(&r.servers[i])
	}
	r.gone = append(r.gone[:0], make([]bool, len(r.ahead))...)
	first, more := 0, r.arrival(r.nowMS)
	for {
		s := &r.servers[0]
		for i := range r.servers[1:] {
			if r.servers[i+1].freeMS < s.freeMS {
				s = &r.servers[i+1]
			}
		}
		at, queue := s.freeMS, -1
		for first < len(r.ahead) && r.gone[first] {
			first++
		}
		for i := first; i < len(r.ahead) && queue < 0; i++ {
			if !r.gone[i] && s.serves&(1<<r.ahead[i]) != 0 {
				queue, r.gone[i] = r.ahead[i], true
				waitedMS += at - r.nowMS
			}
		}
		switch {
		case queue >= 0:
		case more <= at:
			queue, more = 0, r.arrival(more)
		default:
			return at, waitedMS
		}
		took := float64(missMS)
		if r.dice.next() >= r.miss {
			took = wayMS + r.laws[queue].draw(&r.dice)
		}
		s.freeMS = r.works(s, at+took+betweenMS)
	}
}

// free draws when a window can call the next one.
func (r *replay) free(s *server) float64 {
	at := r.nowMS + lookMS
	switch {
	case s.openMS > 0:
		return float64(s.openMS) + 10_000
	case s.state == Serving:
		at = r.nowMS + r.laws[s.queue].rest(&r.dice, s.elapsed, s.below) + betweenMS
	case s.state == CalledS:
		at = r.nowMS + r.laws[s.queue].draw(&r.dice) + wayMS/2 + betweenMS
	}
	return r.works(s, at)
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
	if at-HeadStart >= float64(r.key) {
		return math.Inf(1)
	}
	return at
}
