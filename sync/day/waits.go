package day

import (
	"math"

	"onewindow/app/hall"
)

// Waits are how long people waited in a day and how true what they were told was, in
// minutes (queue.md, Wait estimate and Figures). A slip that said "go at once" promised no
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
	// Idle is for how long windows that were free had somebody waiting for them.
	Idle         float64 `json:"idle_while_waiting_minutes"`
	ReturnPasses int     `json:"return_passes"`
}

// waitsOf reads the tickets of a day. Idle is the caller's to fill in.
func waitsOf(tickets []*hall.Ticket) (w Waits) {
	by := map[hall.Class][]float64{}
	told, kept := 0, 0
	for _, t := range tickets {
		if t.State == hall.Carried || t.State == hall.Withdrawn {
			w.ReturnPasses++
		}
		if t.FirstMS == 0 {
			continue
		}
		wait := minutes(t.FirstMS - t.IssuedMS)
		by[t.Class] = append(by[t.Class], wait)
		if t.LowMinutes < 0 {
			w.Untold++
			continue
		}
		told++
		w.MAE += math.Abs(wait - float64(t.LowMinutes))
		if named, held := t.Promise(); named {
			if w.Promises++; held {
				kept++
			}
		}
	}
	w.MAE /= max(1, float64(told))
	w.Kept = float64(kept) / max(1, float64(w.Promises))
	w.WalkIn, w.Priority, w.Appointment = quantile(by[hall.WalkIn], 0.99), quantile(by[hall.Priority], 0.9), quantile(by[hall.Appointment], 0.99)
	return w
}
