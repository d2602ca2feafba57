//go:build bench

package main

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"onewindow/app/event"
)

// found is what a comparison of all databases gave.
type found struct {
	events int // of all devices, at the centre
	// lost are events that a device noted and the centre lacks or has otherwise, doubled
	// what the centre has twice or from nobody: events, numbers, calls.
	lost, doubled int
	compared      int // comparisons of hub and centre that found nothing
}

// check reads every database, when no program has it open any more, and holds what
// each device noted against what the centre has.
func (s *soak) check() (out found, err error) {
	centre, err := readDatabase(s.centre.database())
	if err != nil {
		return out, err
	}
	defer closing(centre, &err)
	for _, w := range s.workers {
		out.compared += w.compared
		if w == s.centre {
			continue
		}
		events, lost, doubled, err := s.compare(w, centre)
		if err != nil {
			return out, fmt.Errorf("compare %s with the centre: %w", w.name, err)
		}
		if lost+doubled > 0 {
			s.say("%s: %d of %d events lost, %d doubled", w.name, lost, events, doubled)
		}
		out.events, out.lost, out.doubled = out.events+events, out.lost+lost, out.doubled+doubled
	}
	for _, h := range s.halls {
		if err := s.sameTickets(h, centre); err != nil {
			return out, err
		}
	}
	for what, query := range map[string]string{
		"events under a number that is taken": "SELECT count(*) FROM event WHERE chain = 0",
		"numbers given twice on a day":        "SELECT count(*) FROM (SELECT 1 FROM ticket GROUP BY hall, date, number HAVING count(*) > 1)",
		"tickets called twice in a round":     "SELECT count(*) FROM (SELECT 1 FROM ticket t, json_each(t.row, '$.steps') s WHERE s.value ->> 'kind' = 'ticket.called' GROUP BY t.id, s.value ->> 'round' HAVING count(*) > 1)",
		"frames in quarantine":                "SELECT count(*) FROM quarantine",
	} {
		var n int
		if err := centre.QueryRow(query).Scan(&n); err != nil {
			return out, fmt.Errorf("count %s: %w", what, err)
		}
		if out.doubled += n; n > 0 {
			s.say("%d %s", n, what)
		}
	}
	var open int
	if err := centre.QueryRow("SELECT count(*) FROM ticket WHERE state NOT IN ('done', 'no_show')").Scan(&open); err != nil || open > 0 {
		return out, fmt.Errorf("%d tickets have not come to their end: %w", open, err)
	}
	return out, nil
}

func readDatabase(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=cache_size(-16000)")
}

// compare holds the own chains of a device against those of the centre, hash by hash.
func (s *soak) compare(w *worker, centre *sql.DB) (events, lost, doubled int, err error) {
	db, err := readDatabase(w.database())
	if err != nil {
		return 0, 0, 0, err
	}
	defer closing(db, &err)
	own, err := chainsOf(db, w.name)
	if err != nil {
		return 0, 0, 0, err
	}
	there, err := chainsOf(centre, w.name)
	if err != nil {
		return 0, 0, 0, err
	}
	for epoch, seq := range w.noted {
		// What a program said that it had saved must have outlived its kill.
		lost += max(0, int(seq)-len(own[epoch]))
	}
	for epoch, sums := range own {
		events += len(sums)
		for i, sum := range sums {
			if i >= len(there[epoch]) || there[epoch][i] != sum {
				lost++
			}
		}
	}
	for epoch, sums := range there {
		doubled += max(0, len(sums)-len(own[epoch]))
	}
	return events, lost, doubled, nil
}

// chainsOf gives the hashes of a device's events in order, for each life of its database.
func chainsOf(db *sql.DB, origin string) (map[event.Epoch][]event.Hash, error) {
	rows, err := db.Query("SELECT c.epoch, e.seq, e.hash FROM chain c JOIN event e ON e.chain = c.id WHERE c.origin = ? ORDER BY c.epoch, e.seq", origin)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[event.Epoch][]event.Hash{}
	for rows.Next() {
		var epoch, seq int64
		var sum []byte
		if err := rows.Scan(&epoch, &seq, &sum); err != nil {
			return nil, err
		}
		list := out[event.Epoch(epoch)]
		if int(seq) != len(list)+1 || len(sum) != len(event.Hash{}) {
			return nil, fmt.Errorf("event %d follows on %d", seq, len(list))
		}
		out[event.Epoch(epoch)] = append(list, event.Hash(sum))
	}
	return out, rows.Err()
}

// sameTickets holds the tickets of all days at a hall's hub against those at the centre.
func (s *soak) sameTickets(h *soakHall, centre *sql.DB) (err error) {
	db, err := readDatabase(h.hub.database())
	if err != nil {
		return err
	}
	defer closing(db, &err)
	var sums [2][sha256.Size]byte
	var counts [2]int
	for i, d := range []*sql.DB{db, centre} {
		sum := sha256.New()
		rows, err := d.Query("SELECT row FROM ticket WHERE hall = ? ORDER BY id", string(h.id))
		if err != nil {
			return err
		}
		for ; rows.Next(); counts[i]++ {
			var row []byte
			if err := rows.Scan(&row); err != nil {
				return errors.Join(err, rows.Close())
			}
			sum.Write(row)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		sums[i] = [sha256.Size]byte(sum.Sum(nil))
	}
	if sums[0] != sums[1] {
		return fmt.Errorf("%s: the hub's %d tickets are not the centre's %d", h.id, counts[0], counts[1])
	}
	s.say("%s: %d tickets in the same state at hub and centre, %.8x", h.id, counts[0], sums[0])
	return nil
}

// growthFrom is the day from which nothing may grow: by then a place holds the days that it keeps.
const growthFrom = 5

// medians gives the median of what a place holds on each day from day 5 on while it makes
// no backup, so that neither a backup nor a restart counts.
func (s *soak) medians(of *worker, what func(holding) float64) (days series) {
	for d := growthFrom; d < s.days; d++ {
		var values series
		for _, p := range s.samples {
			if h, ok := p.held[of.name]; ok && int(p.at) == d && !h.backup {
				values = append(values, what(h))
			}
		}
		if len(values) > 0 {
			days = append(days, values.median())
		}
	}
	return days
}

// growth tells by how many percent something grows from day 5 to the last one: the median
// of the slopes between any two days.
func (s *soak) growth(of *worker, what func(holding) float64) float64 {
	days := s.medians(of, what)
	var slopes series
	for i := range days {
		for j := range i {
			slopes = append(slopes, (days[i]-days[j])/float64(i-j))
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	return 100 * slopes.median() * float64(len(days)-1) / days.median()
}

// mostGrowth is what growth may be, in percent: less cannot be told from the noise.
const mostGrowth = 10

// mostLogMB is what SQLite's log may hold on a usual hour of any day: a backup lets it
// grow, and it is cut to 16 MiB afterwards (see store).
const mostLogMB = 17

// figures gives what the soak found.
func (s *soak) figures(f found, took time.Duration) []figure {
	events := series{float64(f.events)}
	of := func(n int, name string) figure {
		return series{float64(n)}.against(name, "", events, "events at the centre").must("value = 0", n == 0)
	}
	want := float64(soakEvents) * float64(s.days*s.tickets) / (soakDays * soakTickets)
	all := events.against("soak_30_days_events", "", series{want}, "the goal, for as many days and tickets")
	shaded := 0.0
	for _, x := range s.faults {
		shaded += x.to - x.from
	}
	out := []figure{
		all.must(fmt.Sprintf("value >= %.0f", want), all.Value >= want),
		of(f.lost, "soak_30_days_lost"), of(f.doubled, "soak_30_days_doubled"),
		series{100 * shaded / float64(s.days)}.against("soak_30_days_fault_share", "%", series{100 * faultShare}, "a quarter of the time"),
		series{took.Minutes()}.against("soak_30_days_minutes", "min", series{float64(s.days)}, "a minute a day"),
	}
	hub, centre := 0.0, s.centre.peakMB
	for _, h := range s.halls {
		hub = max(hub, h.hub.peakMB)
	}
	out = append(out, series{hub}.against("soak_30_days_hub_memory_mb", "MB", series{300}, "the goal").must("value < 300", hub < 300),
		series{centre}.against("soak_30_days_centre_memory_mb", "MB", series{hub}, "the larger of two hubs"))
	for _, g := range []struct {
		name string
		what func(holding) float64
	}{
		{"memory_resident", func(h holding) float64 { return h.memoryMB }},
		{"memory", func(h holding) float64 { return h.keptMB }},
		{"goroutines", func(h holding) float64 { return h.goroutines }},
		{"descriptors", func(h holding) float64 { return h.descriptors }},
	} {
		worst := 0.0
		for _, w := range s.workers {
			grown := s.growth(w, g.what)
			s.say("%s of %s grow by %.1f %%", g.name, w.name, grown)
			worst = max(worst, grown)
		}
		one := series{worst}.against("soak_30_days_growth_"+g.name, "%", series{mostGrowth}, "the goal: what noise alone makes")
		if g.name != "memory_resident" { // with Go's garbage of the moment, which alone makes 20 %
			one = one.must(fmt.Sprintf("value <= %d", mostGrowth), worst <= mostGrowth)
		}
		out = append(out, one)
	}
	wal := series{0}
	for _, w := range s.workers {
		wal = append(wal, s.medians(w, func(h holding) float64 { return h.walMB })...)
	}
	largest := series{slices.Max(wal)}.against("soak_30_days_wal_mb", "MB", series{mostLogMB}, "the size to which SQLite's log is cut after a backup")
	return append(out, largest.must(fmt.Sprintf("value <= %d", mostLogMB), largest.Value <= mostLogMB))
}
