// Package figures counts what a day of a hall was (queue.md, Figures to report; intake.md, The yearly
// figures): a function of the fold and of the day's applications, the same at counter, hub and centre.
// Each figure has its one definition here. It knows no clock and invents nothing: a figure that nothing
// was seen of has no value (Spread.N is 0).
package figures

import (
	"cmp"
	"slices"

	"onewindow/app/hall"
)

// TargetMS is the wait within which people shall be called. No law names one: whoever reports states it.
const TargetMS = 20 * 60_000

// Spread sums up times in ms. Quantiles are exact, by the nearest rank: the smallest time that so
// large a share does not exceed.
type Spread struct {
	N   int   `json:"n"`
	Sum int64 `json:"sum_ms"`
	P50 int64 `json:"p50_ms"`
	P90 int64 `json:"p90_ms"`
	P95 int64 `json:"p95_ms"`
	P99 int64 `json:"p99_ms"`
	Max int64 `json:"max_ms"`
}

// Quantile gives the smallest value of a sorted list that a share in thousandths does not exceed; the
// zero value of an empty one.
func Quantile[T any](sorted []T, thousandths int) (out T) {
	if len(sorted) == 0 {
		return out
	}
	rank := (len(sorted)*thousandths + 999) / 1000
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func spread(list []int64) Spread {
	slices.Sort(list)
	s := Spread{N: len(list), P50: Quantile(list, 500), P90: Quantile(list, 900), P95: Quantile(list, 950), P99: Quantile(list, 990), Max: Quantile(list, 1000)}
	for _, ms := range list {
		s.Sum += ms
	}
	return s
}

// Row is what was counted of a hall, or of one of its windows, queues, classes of tickets or hours. A
// ticket, a call and a moment of a window count in exactly one row of each kind, so that the rows of a
// kind sum up to the hall; but see OpenMS.
//
// A ticket counts in the queue and the hour of its issue, its wait where it was called first, its end at
// the window that ended it, a call and a service in the queue, at the window and in the hour in
// which they were.
type Row struct {
	// Key is a window, a letter, a class, or an hour of the day, "09". Windows have a row without a key,
	// for what was at none.
	Key string `json:"key"`
	// Issued are the tickets; Called those that were granted to a window.
	Issued int `json:"issued"`
	Called int `json:"called"`
	// Served to Merged are how tickets ended, Open those that have not.
	Served    int `json:"served"`
	NoShow    int `json:"no_show"`
	Cancelled int `json:"cancelled"`
	Withdrawn int `json:"withdrawn"`
	Expired   int `json:"expired"`
	Carried   int `json:"carried_over"`
	Merged    int `json:"merged"`
	Open      int `json:"open"`
	// Wait is from the issue or, where that is later, the slot of an appointment to the first call;
	// where a window served without calling, to the start. InTarget are those of at most TargetMS.
	Wait     Spread `json:"wait"`
	InTarget int    `json:"in_target"`
	// Before is from the first touch at the kiosk to the ticket, of those of which it is known.
	Before Spread `json:"pre_queue"`
	// Way is from a call to the start at the same window, Service how long a visit was at a window
	// (parked time is none), WrapUp from a finish to the window's next call where all the time
	// somebody waited whom it could have called.
	Way     Spread `json:"way"`
	Service Spread `json:"service"`
	WrapUp  Spread `json:"wrap_up"`
	// Abandoned are the waits of those who gave up their ticket before they were called.
	Abandoned Spread `json:"abandoned"`
	Recalls   int    `json:"recalls"`
	Transfers int    `json:"transfers"`
	// OneVisit are those served of whom nothing has to be brought or taken elsewhere: no correction
	// notice, nothing passed on.
	OneVisit int `json:"one_visit"`
	// OutOfOrder are calls for a reason.
	OutOfOrder int `json:"out_of_order"`
	// Promises are slips that named a wait and were called, Kept those that held (hall.Ticket.Promise);
	// Forecast is how far the middle of the forecast was off.
	Promises int    `json:"promises"`
	Kept     int    `json:"kept"`
	Forecast Spread `json:"forecast_error"`
	// OwnSeries are tickets with a number of a kiosk that was cut off, Uncalled visits that began by the
	// slip alone, which counters do that are cut off; Conflicts are tickets on which places disagreed.
	OwnSeries int `json:"own_series"`
	Uncalled  int `json:"uncalled"`
	Conflicts int `json:"conflicts"`
	// OfflineMS is how long terminals were without their hub, each for itself, which belongs to no queue
	// and no window; OfflineIssued are the tickets that were issued at such a time, Lag how long it took
	// until the line of their kiosk was back, where that is known.
	OfflineMS     int64  `json:"offline_ms"`
	OfflineIssued int    `json:"offline_issued"`
	Lag           Spread `json:"sync_lag"`
	// OpenMS is how long windows were open and AwayMS how long their clerks had paused them, which belong to no
	// queue and no class; HeldMS how long they had somebody, IdleMS how long they were free while somebody waited whom they could have
	// called. That time counts in the queue of whoever of them waited longest.
	OpenMS int64 `json:"open_ms"`
	AwayMS int64 `json:"away_ms"`
	HeldMS int64 `json:"held_ms"`
	IdleMS int64 `json:"idle_ms"`
}

// Reason is why tickets were called out of their order, and how often.
type Reason struct {
	Reason string `json:"reason"`
	Calls  int    `json:"calls"`
}

// Day is a business day of a hall. AsOfMS is until when it was counted.
type Day struct {
	Hall     hall.ID   `json:"hall"`
	Date     hall.Date `json:"date"`
	AsOfMS   int64     `json:"as_of_ms"`
	TargetMS int64     `json:"target_ms"`
	Whole    Row       `json:"whole"`
	Windows  []Row     `json:"windows"`
	Queues   []Row     `json:"queues"`
	Classes  []Row     `json:"classes"`
	Hours    []Row     `json:"hours"`
	Reasons  []Reason  `json:"reasons"`
	// Offline are the devices that were, the longest first.
	Offline []Offline `json:"offline"`
	Intake  Intake    `json:"intake"`
}

// Share gives n of all in thousandths, rounded; false of none.
func Share(n, all int) (thousandths int, known bool) {
	if all <= 0 {
		return 0, false
	}
	return (2000*n + all) / (2 * all), true
}

// MeanMS gives the mean, 0 of none.
func (s Spread) MeanMS() int64 {
	if s.N == 0 {
		return 0
	}
	return s.Sum / int64(s.N)
}

// Of counts a day of a hall until a moment in ms. Its applications are the caller's to add: see Count.
func Of(h *hall.Hall, date hall.Date, nowMS int64) Day {
	b := book{}
	tickets := h.Tickets(date)
	for _, t := range tickets {
		b.ticket(t)
	}
	if begin, err := hall.At(date, "04:00"); err == nil { // on a day that no calendar has nothing was open
		end := min(nowMS, begin+24*hourMS)
		b.windows(h, tickets, date, begin, end)
		b.offline(h, tickets, begin, end)
	}
	return b.day(h.ID, date, nowMS)
}

// OfTickets counts what tickets alone tell.
func OfTickets(tickets []*hall.Ticket) Day {
	b := book{}
	for _, t := range tickets {
		b.ticket(t)
	}
	return b.day("", "", 0)
}

// Visit is how long somebody was served at a window.
type Visit struct {
	StartedMS, TookMS int64
}

// Own counts what one clerk did on a day, until a moment in ms, and lists the services; Whole and Hours
// alone are filled in.
func Own(h *hall.Hall, date hall.Date, clerk hall.ClerkID, nowMS int64) (Day, []Visit) {
	b := book{clerk: clerk, visits: []Visit{}}
	for _, t := range h.Tickets(date) {
		b.ticket(t)
	}
	d := b.day(h.ID, date, nowMS)
	d.Windows, d.Queues, d.Classes, d.Reasons = []Row{}, []Row{}, []Row{}, []Reason{}
	slices.SortFunc(b.visits, func(x, y Visit) int {
		return cmp.Or(cmp.Compare(x.StartedMS, y.StartedMS), cmp.Compare(x.TookMS, y.TookMS))
	})
	return d, b.visits
}

// place is where something counts. Hours are told by a moment.
type place struct {
	queue  hall.Letter
	window hall.WindowID
	clerk  hall.ClerkID
	class  hall.Class
	atMS   int64
}

// tally is a row that is being counted.
type tally struct {
	Row
	before, wait, way, service, wrap, gone, off, lag []int64
}

func (t *tally) row() Row {
	r := t.Row
	r.Before, r.Lag = spread(t.before), spread(t.lag)
	r.Wait, r.Way, r.Service, r.WrapUp, r.Abandoned, r.Forecast = spread(t.wait), spread(t.way), spread(t.service), spread(t.wrap), spread(t.gone), spread(t.off)
	return r
}

// book are the rows of a day. With a clerk only what that one did counts.
type book struct {
	clerk   hall.ClerkID
	whole   tally
	rows    [4]map[string]*tally // windows, queues, classes, hours
	reasons map[string]int
	visits  []Visit // of the clerk
	away    []Offline
}

// add counts something in the hall and in its row of each kind.
func (b *book) add(p place, count func(*tally)) {
	if b.clerk != "" && p.clerk != b.clerk {
		return
	}
	count(&b.whole)
	for i, key := range []string{string(p.window), string(p.queue), string(p.class), hall.ClockOf(p.atMS)[:2]} {
		if b.rows[i] == nil {
			b.rows[i] = map[string]*tally{}
		}
		r := b.rows[i][key]
		if r == nil {
			r = &tally{Row: Row{Key: key}}
			b.rows[i][key] = r
		}
		count(r)
	}
}

func (b *book) day(id hall.ID, date hall.Date, nowMS int64) Day {
	d := Day{Hall: id, Date: date, AsOfMS: nowMS, TargetMS: TargetMS, Whole: b.whole.row(), Reasons: []Reason{}, Offline: append([]Offline{}, b.away...)}
	for i, into := range []*[]Row{&d.Windows, &d.Queues, &d.Classes, &d.Hours} {
		*into = []Row{}
		for key, r := range b.rows[i] {
			if key != "" || i == 0 {
				*into = append(*into, r.row())
			}
		}
		slices.SortFunc(*into, func(x, y Row) int {
			if (x.Key == "") != (y.Key == "") {
				return -cmp.Compare(x.Key, y.Key) // what was at no window comes last
			}
			return cmp.Or(cmp.Compare(early(x.Key, i), early(y.Key, i)), cmp.Compare(x.Key, y.Key))
		})
	}
	for reason, n := range b.reasons {
		d.Reasons = append(d.Reasons, Reason{reason, n})
	}
	slices.SortFunc(d.Reasons, func(x, y Reason) int { return cmp.Or(cmp.Compare(y.Calls, x.Calls), cmp.Compare(x.Reason, y.Reason)) })
	return d
}

// early puts the hours before four o'clock behind those of the same business day.
func early(key string, kind int) int {
	if kind == 3 && key < "04" {
		return 1
	}
	return 0
}
