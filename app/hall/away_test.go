package hall

import "testing"

// A clerk on a break comes back when it was said: the forecast counts on it, and not on a window that was
// closed. Who is late is expected at any moment, and nobody is on the next day.
func TestForecastsCountOnWhoComesBack(t *testing.T) {
	day := Day{Sessions: [][2]int64{{noon - 4*3600_000, noon + 8*3600_000}}}
	forecast := func(back int64) Range {
		h := queued(12)
		for _, id := range []WindowID{"B02", "B03", "B04"} {
			h.windows[id] = &Window{ID: id, Clerk: "li", SinceMS: noon - 3600_000, Services: []Letter{"B"}}
			if back != 0 {
				h.windows[id].Absence = Absence{Away: Meal, UntilMS: noon + back*60_000}
			}
		}
		return h.Forecast(Waiter{Service: "B", Key: noon}, noon, day)
	}
	closed, soon, late := forecast(0), forecast(10), forecast(-10)
	if soon.Low >= closed.Low-10 || late.Low > soon.Low || late.Low == 0 {
		t.Errorf("one window is open: %+v, three come back in ten minutes: %+v, and should be back: %+v", closed, soon, late)
	}
	w := Window{SinceMS: noon, Absence: Absence{Away: BackOffice}}
	if !w.Absent(noon+3600_000) || w.back(noon) != 0 || w.Absent(noon+dayMS) {
		t.Errorf("behind the window: absent %v, back %d, tomorrow %v", w.Absent(noon+3600_000), w.back(noon), w.Absent(noon+dayMS))
	}
	if w.Open = true; w.Absent(noon) {
		t.Error("a window that is open is nobody's absence")
	}
}
