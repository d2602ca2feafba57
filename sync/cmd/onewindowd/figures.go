package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/node"
)

type figuresCommand struct {
	Data string `required:"" help:"Data folder of a hub or the centre; the program may be running." type:"existingdir"`
	Date string `help:"Business day, like 2026-11-24; today when missing." placeholder:"DATE"`
	Hall string `help:"One hall; all that have tickets when missing." placeholder:"HALL"`
	JSON bool   `name:"json" help:"A line of JSON for each hall."`
}

// Run prints the figures of a day of each hall.
func (c *figuresCommand) Run() error {
	ctx := context.Background()
	now := time.Now().UnixMilli()
	date := hall.Date(c.Date)
	if date == "" {
		date = hall.DateOf(now)
	} else if _, err := hall.At(date, "04:00"); err != nil {
		return fmt.Errorf("%q is no day: write it like 2026-11-24", c.Date)
	}
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	halls, err := store.HallsIn(ctx, path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if c.Hall != "" {
		halls = []hall.ID{hall.ID(c.Hall)}
	}
	for _, id := range halls {
		day, err := store.Figures(ctx, path, id, date, now)
		if err != nil {
			return fmt.Errorf("count %s on %s: %w", id, date, err)
		}
		if !c.JSON {
			printDay(os.Stdout, day)
			continue
		}
		if err := json.NewEncoder(os.Stdout).Encode(day); err != nil {
			return fmt.Errorf("print figures: %w", err)
		}
	}
	return nil
}

// minutesOf writes times in minutes; what nothing was seen of has a dash.
func minutesOf(ms int64, n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(ms)/60_000)
}

func spreadOf(s figures.Spread) string {
	return minutesOf(s.P50, s.N) + " / " + minutesOf(s.P90, s.N) + " / " + minutesOf(s.P95, s.N) + " / " + minutesOf(s.Max, s.N)
}

func shareOf(n, all int) string {
	s, known := figures.Share(n, all)
	if !known {
		return "–"
	}
	return fmt.Sprintf("%d.%d %%", s/10, s%10)
}

// printDay writes a day for people. Times are minutes: P50 / P90 / P95 / the longest.
func printDay(w io.Writer, d figures.Day) {
	r := d.Whole
	fmt.Fprintf(w, "%s on %s, until %s; times are minutes: P50 / P90 / P95 / longest\n", d.Hall, d.Date, hall.LocalTime(d.AsOfMS).Format("2006-01-02 15:04"))
	fmt.Fprintf(w, "  tickets %d: served %d, no-show %d, given up %d, withdrawn %d, expired %d, carried over %d, merged %d, open %d\n",
		r.Issued, r.Served, r.NoShow, r.Cancelled, r.Withdrawn, r.Expired, r.Carried, r.Merged, r.Open)
	fmt.Fprintf(w, "  wait %s; reached within %d min %s\n", spreadOf(r.Wait), d.TargetMS/60_000, shareOf(r.InTarget, r.Wait.N))
	fmt.Fprintf(w, "  at the kiosk before the ticket %s\n", spreadOf(r.Before))
	fmt.Fprintf(w, "  way to the desk %s; service %s; wrap-up while somebody waits %s\n", spreadOf(r.Way), spreadOf(r.Service), spreadOf(r.WrapUp))
	fmt.Fprintf(w, "  given up after %s; recalls %d, transfers %d, calls out of order %d; done in one visit %s\n", spreadOf(r.Abandoned), r.Recalls, r.Transfers, r.OutOfOrder, shareOf(r.OneVisit, r.Served))
	fmt.Fprintf(w, "  promises kept %s of %d; forecast off by %s on average\n", shareOf(r.Kept, r.Promises), r.Promises, minutesOf(r.Forecast.MeanMS(), r.Forecast.N))
	fmt.Fprintf(w, "  windows in use %s of the time they were open; paused by their clerks %s min; idle while somebody waited %s min\n", shareOf(int(r.HeldMS/1000), int(r.OpenMS/1000)), minutesOf(r.AwayMS, len(d.Windows)), minutesOf(r.IdleMS, len(d.Windows)))
	fmt.Fprintf(w, "  numbers of a kiosk's own series %d, served by the slip alone %d, conflicts %d\n", r.OwnSeries, r.Uncalled, r.Conflicts)
	fmt.Fprintf(w, "  terminals without the hub %s min in all; tickets issued meanwhile %d, the line was back after %s\n", minutesOf(r.OfflineMS, 1), r.OfflineIssued, spreadOf(r.Lag))
	for _, x := range d.Offline {
		above := "hub"
		if x.Hub {
			above = "centre"
		}
		fmt.Fprintf(w, "  %s was without the %s for %s min\n", strings.ToValidUTF8(x.Device, "?"), above, minutesOf(x.MS, 1))
	}
	n := d.Intake
	fmt.Fprintf(w, "  applications %d: accepted %d (at once %d), with missing parts %d, to be corrected %d, refused %d, not ours %d, received %d; to be verified %d\n",
		n.Taken, n.Accepted, n.AtOnce, n.Later, n.Corrections, n.Refused, n.NotOurs, n.Received, n.Unverified)
	for _, x := range d.Reasons {
		fmt.Fprintf(w, "  out of order %d times: %s\n", x.Calls, strings.ToValidUTF8(x.Reason, "?"))
	}
	for _, group := range []struct {
		name string
		rows []figures.Row
	}{{"queue", d.Queues}, {"window", d.Windows}, {"class", d.Classes}, {"hour", d.Hours}} {
		if len(group.rows) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n  %-12s %7s %7s %8s %24s %24s %7s %8s\n", group.name, "tickets", "served", "no-show", "wait", "service", "recalls", "idle min")
		for _, r := range group.rows {
			key := r.Key
			if key == "" {
				key = "none"
			}
			fmt.Fprintf(w, "  %-12s %7d %7d %8d %24s %24s %7d %8s\n", key, r.Issued, r.Served, r.NoShow, spreadOf(r.Wait), spreadOf(r.Service), r.Recalls, minutesOf(r.IdleMS, 1))
		}
	}
	fmt.Fprintln(w)
}
