package day

import (
	"onewindow/app/figures"
	"onewindow/app/hall"
)

// Waits are how long people waited in a day and how true what they were told was, in
// minutes, as figures counts it (queue.md, Wait estimate and Figures). A slip that said "go at once" promised no
// wait: it counts in MAE and not in Kept.
type Waits struct {
	MAE      float64 `json:"wait_mae_minutes"`
	Promises int     `json:"promises"`
	Kept     float64 `json:"promise_kept_p90"`
	// Untold are slips that could not say anything.
	Untold      int     `json:"waits_untold"`
	WalkIn      float64 `json:"walk_in_wait_p99"`
	Priority    float64 `json:"priority_wait_p90"`
	Appointment float64 `json:"appointment_wait_p99"`
	// Idle is for how long windows that were free had somebody waiting for them, as seen from outside:
	// the day knows when a clerk has wrapped up, and that is no idleness. In the log nobody can tell the
	// two apart, so that figures.Row.IdleMS has both.
	Idle         float64 `json:"idle_while_waiting_minutes"`
	ReturnPasses int     `json:"return_passes"`
}

// waitsOf reads the tickets of a day. Idle is the caller's to fill in.
func waitsOf(tickets []*hall.Ticket) (w Waits) {
	d := figures.OfTickets(tickets)
	by := map[hall.Class]figures.Row{}
	for _, r := range d.Classes {
		by[hall.Class(r.Key)] = r
	}
	all := d.Whole
	w = Waits{Promises: all.Promises, Untold: all.Called - all.Forecast.N, ReturnPasses: all.Carried + all.Withdrawn,
		WalkIn: minutes(by[hall.WalkIn].Wait.P99), Priority: minutes(by[hall.Priority].Wait.P90), Appointment: minutes(by[hall.Appointment].Wait.P99)}
	w.MAE = minutes(all.Forecast.Sum) / float64(max(1, all.Forecast.N))
	w.Kept = float64(all.Kept) / float64(max(1, all.Promises))
	return w
}
