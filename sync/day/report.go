package day

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
)

// Report is what came of a day. Times ending in MS are real milliseconds of the
// pages' calls, waits are minutes of the day.
type Report struct {
	Hall          hall.ID   `json:"hall"`
	Date          hall.Date `json:"date"`
	Seed          uint64    `json:"seed"`
	Disturb       []string  `json:"disturb"`
	TicketsPlan   int       `json:"tickets_planned"`
	TicketsBus    int       `json:"tickets_bus"`
	TicketsIssued int       `json:"tickets_issued"`
	TicketsCalled int       `json:"tickets_called"`
	Scanned       int       `json:"tickets_scanned"`
	Served        int       `json:"served"`
	NoShow        int       `json:"no_show"`
	Applications  int       `json:"applications"`
	OwnSeries     int       `json:"own_series"`
	Verdict
	Waits
	Conflicts   int     `json:"conflicts"`
	Expected    int     `json:"conflicts_expected"`
	HashesEqual bool    `json:"state_hashes_equal"`
	DiskEqual   bool    `json:"disk_hashes_equal"`
	Terminals   int     `json:"terminals"`
	IssueP50    float64 `json:"issue_ms_p50"`
	IssueP99    float64 `json:"issue_ms_p99"`
	CallP50     float64 `json:"call_ms_p50"`
	CallP99     float64 `json:"call_ms_p99"`
	Drain       float64 `json:"drain_seconds"`
	Spread      float64 `json:"spread_seconds"`
	Events      int     `json:"events"`
	Quarantined int     `json:"quarantined"`
	Warnings    int     `json:"warnings_logged"`
	Errors      int     `json:"errors_logged"`
	Seconds     float64 `json:"seconds"`

	// Areas and Stories are for the table; the JSON line stays one line of figures.
	Areas   []AreaReport `json:"-"`
	Stories []Story      `json:"disturbances"`
	Logged  []string     `json:"-"`
}

// AreaReport is one area's day. Waits are from the ticket to the call (or to the
// scan) in minutes, Service the mean at the desk.
type AreaReport struct {
	Service                hall.Letter
	Windows                int
	Tickets                int
	Served                 int
	NoShow                 int
	WaitP50, WaitP90       float64
	ServiceMin, WaitMaxMin float64
}

// FailedError says that a day was played and that its records are not right.
type FailedError struct{ text string }

// Error gives what is wrong.
func (e FailedError) Error() string { return e.text }

// ExitCode is the program's exit status for a day that went wrong.
func (FailedError) ExitCode() int { return 1 }

// Bad tells what is wrong with the day's records; nil when nothing is.
func (r *Report) Bad() error {
	var what []string
	for _, x := range []struct {
		name  string
		count int
	}{{"lost", r.Lost}, {"doubled", r.Doubled}, {"numbers doubled", r.NumbersDoubled}, {"invented", r.Invented}, {"in a wrong state", r.WrongState},
		{"called out of order", r.OutOfOrder}, {"in quarantine", r.Quarantined}, {"tickets not issued", r.TicketsPlan + r.TicketsBus - r.TicketsIssued}} {
		if x.count != 0 {
			what = append(what, fmt.Sprintf("%d %s", x.count, x.name))
		}
	}
	if r.Conflicts != r.Expected {
		what = append(what, fmt.Sprintf("%d conflicts where %d were expected", r.Conflicts, r.Expected))
	}
	if !r.HashesEqual {
		what = append(what, "state hashes differ")
	}
	if !r.DiskEqual {
		what = append(what, "a database holds another state than its machine had")
	}
	if len(what) == 0 && len(r.Faults) > 0 {
		what = r.Faults
	}
	if len(what) == 0 {
		return nil
	}
	return FailedError{fmt.Sprintf("the day of %s with seed %d went wrong: %s", r.Hall, r.Seed, strings.Join(what, ", "))}
}

// JSON gives the report's figures in one line.
func (r *Report) JSON() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("encode report: " + err.Error())
	}
	return string(b)
}

func (r *run) report() (*Report, error) {
	ev, err := gather(r.ctx, r.centre.Store, r.plan.Hall, r.plan.Date)
	if err != nil {
		return nil, fmt.Errorf("look at the centre: %w", err)
	}
	out := &Report{Hall: r.plan.Hall, Date: r.plan.Date, Seed: r.plan.Seed, Disturb: []string{}, TicketsPlan: r.plan.Day.Tickets,
		TicketsIssued: len(r.notes), Verdict: r.judge(ev), Conflicts: ev.conflicts, Events: ev.events, Quarantined: ev.quarantined,
		IssueP50: quantile(r.issueMS, 0.5), IssueP99: quantile(r.issueMS, 0.99), CallP50: quantile(r.callMS, 0.5), CallP99: quantile(r.callMS, 0.99),
		Drain: r.drain.Seconds(), Spread: r.spread.Seconds(), Expected: r.strays, Terminals: len(r.terminals()), Stories: append([]Story{}, r.stories...), OwnSeries: r.ownNumbers(), Scanned: r.scanned()}
	for _, d := range r.plan.Disturb {
		out.Disturb = append(out.Disturb, d.ID)
	}
	out.HashesEqual = r.compareHashes(out)
	for _, n := range r.notes {
		out.count(n)
	}
	for _, p := range r.plan.People {
		if p.Bus {
			out.TicketsBus++
		}
	}
	for _, l := range r.plan.Day.letters() {
		out.Areas = append(out.Areas, r.area(l))
	}
	r.busStory(out)
	r.hub.Store.View(r.plan.Hall, func(h *hall.Hall) { out.Waits = waitsOf(h.Tickets(r.plan.Date)) })
	for _, d := range r.desks {
		out.Idle += minutes(d.idleMS)
	}
	out.Warnings, out.Errors, out.Logged = r.logs.sum()
	return out, nil
}

// compareHashes looks for a node that has another state than the centre.
func (r *run) compareHashes(out *Report) bool {
	equal := true
	hashes := r.hashes()
	for name, h := range hashes {
		if h != hashes["centre"] {
			equal = false
			out.fault("%s has state %.8s, the centre %.8s", name, h, hashes["centre"])
		}
	}
	return equal
}

func (r *Report) count(n *note) {
	if n.called {
		r.TicketsCalled++
	}
	if n.application != "" {
		r.Applications++
	}
	switch n.state {
	case hall.Done:
		r.Served++
	case hall.NoShow:
		r.NoShow++
	}
}

func (r *run) area(l hall.Letter) AreaReport {
	a := AreaReport{Service: l, Windows: r.plan.Day.Areas[l].Windows}
	var waits []float64
	service := 0.0
	for _, n := range r.notes {
		if n.person.Service != l {
			continue
		}
		a.Tickets++
		waits = append(waits, minutes(n.reachMS-n.issuedMS))
		switch n.state {
		case hall.Done:
			a.Served++
			service += minutes(n.finishMS - n.startMS)
		case hall.NoShow:
			a.NoShow++
		}
	}
	a.WaitP50, a.WaitP90, a.WaitMaxMin = quantile(waits, 0.5), quantile(waits, 0.9), quantile(waits, 1)
	a.ServiceMin = service / max(1, float64(a.Served))
	return a
}

// busStory compares the wait of those who came with and while the bus was there.
func (r *run) busStory(out *Report) {
	for _, d := range r.plan.Disturb {
		if d.ID != Bus {
			continue
		}
		var bus, others []float64
		from := r.plan.at(d.At)
		for _, n := range r.notes {
			switch wait := minutes(n.reachMS - n.issuedMS); {
			case n.person.Bus:
				bus = append(bus, wait)
			case n.person.Service == busArea && n.issuedMS >= from && n.issuedMS < from+3_600_000:
				others = append(others, wait)
			}
		}
		out.Stories = append(out.Stories, Story{ID: d.ID, At: d.At, Text: fmt.Sprintf(
			"%d priority people more than in the file for %s within %d min: their wait P50 %.0f, P90 %.0f min; of the others who came for %s in that hour P50 %.0f, P90 %.0f min",
			len(bus), busArea, d.Minutes, quantile(bus, 0.5), quantile(bus, 0.9), busArea, quantile(others, 0.5), quantile(others, 0.9))})
	}
	slices.SortStableFunc(out.Stories, func(a, b Story) int { return cmp.Compare(a.At, b.At) })
}

func minutes(ms int64) float64 { return float64(ms) / 60_000 }

// quantile gives the smallest value that a share of all does not exceed; 0 for none.
func quantile(list []float64, share float64) float64 {
	return figures.Quantile(slices.Sorted(slices.Values(list)), int(math.Round(share*1000)))
}

// Table gives the report for people.
func (r *Report) Table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, seed %d: %d tickets", r.Hall, r.Date, r.Seed, r.TicketsIssued)
	if r.TicketsBus > 0 {
		fmt.Fprintf(&b, " (the file's %d and %d of the bus)", r.TicketsPlan, r.TicketsBus)
	}
	fmt.Fprintf(&b, ", %d terminals, played in %.0f s\n\n", r.Terminals, r.Seconds)
	fmt.Fprintf(&b, "%-5s %8s %8s %8s %8s %10s %10s %10s %12s\n", "area", "windows", "tickets", "served", "no-show", "wait P50", "wait P90", "wait max", "service mean")
	for _, a := range r.Areas {
		fmt.Fprintf(&b, "%-5s %8d %8d %8d %8d %6.1f min %6.1f min %6.1f min %8.1f min\n", a.Service, a.Windows, a.Tickets, a.Served, a.NoShow, a.WaitP50, a.WaitP90, a.WaitMaxMin, a.ServiceMin)
	}
	fmt.Fprintf(&b, "\ncalled by the hub %d, served by scanning %d, applications %d, numbers of a kiosk's own series %d\n", r.TicketsCalled, r.Scanned, r.Applications, r.OwnSeries)
	fmt.Fprintf(&b, "ticket issued in P50 %.1f ms, P99 %.1f ms; called in P50 %.1f ms, P99 %.1f ms (real time of the pages' calls)\n", r.IssueP50, r.IssueP99, r.CallP50, r.CallP99)
	fmt.Fprintf(&b, "what slips said of the wait was off by %.2f min on average; of %d waits that were named %.1f %% were no longer than promised; P99 of walk-ins %.0f min, of appointments %.0f min, P90 of priorities %.0f min; windows were free %.1f min while somebody waited; %d return passes\n",
		r.MAE, r.Promises, 100*r.Kept, r.WalkIn, r.Appointment, r.Priority, r.Idle, r.ReturnPasses)
	fmt.Fprintf(&b, "all at the centre %.2f s after the last action, on every terminal after %.2f s: %d events\n", r.Drain, r.Spread, r.Events)
	for _, s := range r.Stories {
		fmt.Fprintf(&b, "%s %s: %s", s.At, s.ID, s.Text)
		if s.DrainSeconds > 0 {
			fmt.Fprintf(&b, "; afterwards %d events were owed and confirmed within %.2f s", s.Owed, s.DrainSeconds)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "observer: lost %d, doubled %d, numbers doubled %d, invented %d, in a wrong state %d, called out of order %d, in quarantine %d, conflicts %d (expected %d), state hashes equal: %t, on the disks: %t\n",
		r.Lost, r.Doubled, r.NumbersDoubled, r.Invented, r.WrongState, r.OutOfOrder, r.Quarantined, r.Conflicts, r.Expected, r.HashesEqual, r.DiskEqual)
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	for _, l := range r.Logged {
		fmt.Fprintf(&b, "logged %s\n", l)
	}
	return b.String()
}

// decode reads the payload of an event.
func decode[T any](e event.Event) (f T, err error) {
	if err = json.Unmarshal(e.Payload, &f); err != nil {
		err = fmt.Errorf("decode %s: %w", e.ID, err)
	}
	return f, err
}

// logCount counts what the machines log: the lines themselves would bury the table.
type logCount struct {
	mu    sync.Mutex
	lines map[string]*logged
}

type logged struct {
	level slog.Level
	times int
	first string
}

// Enabled, Handle, WithAttrs and WithGroup serve slog.
func (l *logCount) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle counts a line by its message.
func (l *logCount) Handle(_ context.Context, rec slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines == nil {
		l.lines = map[string]*logged{}
	}
	x := l.lines[rec.Message]
	if x == nil {
		x = &logged{level: rec.Level}
		rec.Attrs(func(a slog.Attr) bool { x.first += " " + a.String(); return true })
		l.lines[rec.Message] = x
	}
	x.times++
	return nil
}

// WithAttrs serves slog; what a machine says of itself is not counted apart.
func (l *logCount) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup serves slog.
func (l *logCount) WithGroup(string) slog.Handler { return l }

func (l *logCount) sum() (warnings, errs int, lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for message, x := range l.lines {
		if x.level >= slog.LevelError {
			errs += x.times
		} else {
			warnings += x.times
		}
		lines = append(lines, fmt.Sprintf("%s %d times: %s, first%s", strings.ToLower(x.level.String()), x.times, message, x.first))
	}
	slices.Sort(lines)
	return warnings, errs, lines
}
