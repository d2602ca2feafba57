package hall

import "math"

// Range is an honest forecast in whole minutes: half of the people are called
// before Low, nine of ten before High. Known is false when no window serves the
// service, because then nothing can be said.
type Range struct {
	Known     bool
	Low, High int
}

// recent keeps the last service times of a service.
type recent struct {
	ms   [60]int64
	used int
	next int
}

// Before any service has ended, one is expected to take usualMS; spread is the
// coefficient of variation of service times (day data of the model halls).
const (
	usualMS = 8 * 60_000
	spread  = 0.8
)

func (h *Hall) spent(t *Ticket) {
	took := t.FinishedMS - t.StartedMS
	if took <= 0 || took > 4*3600_000 {
		return
	}
	r := h.service[t.Service]
	if r == nil {
		r = &recent{}
		h.service[t.Service] = r
	}
	r.ms[r.next] = took
	r.next = (r.next + 1) % len(r.ms)
	r.used = min(r.used+1, len(r.ms))
}

// meanMS mixes what was seen with five usual services, so that the first odd
// visit of a day does not speak for all.
func (h *Hall) meanMS(s Letter) float64 {
	sum, n := 5.0*usualMS, 5.0
	if r := h.service[s]; r != nil {
		for _, ms := range r.ms[:r.used] {
			sum += float64(ms)
		}
		n += float64(r.used)
	}
	return sum / n
}

// Forecast tells when a ticket with this many people ahead will be called.
func (h *Hall) Forecast(s Letter, ahead int) Range {
	windows, idle := 0, 0
	for _, w := range h.windows {
		if !w.Open || !contains(w.Services, s) {
			continue
		}
		windows++
		if h.AtWindow(w.ID) == nil {
			idle++
		}
	}
	if windows == 0 {
		return Range{}
	}
	// So many visits must end before this ticket's turn.
	ends := float64(max(0, ahead+1-idle))
	mean := h.meanMS(s) / 60_000 / float64(windows)
	low := ends * mean
	high := low + 1.28*math.Sqrt(ends)*spread*mean*math.Sqrt(float64(windows))
	return Range{Known: true, Low: int(low), High: max(int(math.Ceil(high)), int(low)+2)}
}

func contains(list []Letter, s Letter) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
