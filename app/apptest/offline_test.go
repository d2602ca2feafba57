package apptest_test

import (
	"reflect"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/app/terminal"
)

// TestHowLongItWasOfflineIsInTheFigures cuts a kiosk and a counter off for twelve minutes, in which a ticket is
// issued, and the hub from the centre: counter, hub and centre tell the same of it afterwards. A terminal that is
// switched off meanwhile tells its part too, and half a minute is no outage.
func TestHowLongItWasOfflineIsInTheFigures(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k, c, off := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1")
	reached(t, k, c, off)
	issue(t, k, "B")
	converged(t, w, k, c)
	cutOff := func() {
		w.StopHub()
		for _, x := range []*terminal.Terminal{k, c, off} {
			apptest.Eventually(t, x.Settings.Device+" is alone", func() bool { return !x.Machine.Hub.Line().Reached })
		}
	}

	cutOff()
	w.Clock.Forward(30 * time.Second)
	w.StartHub()
	reached(t, k, c, off)
	cutOff()
	w.Clock.Forward(4 * time.Minute)
	issue(t, k, "B")
	apptest.Must(t, off.Close())
	w.Clock.Forward(8 * time.Minute)
	w.StartHub()
	reached(t, k, c)
	off = w.Terminal(config.Board, "b1")
	reached(t, off)
	w.StopCentre()
	apptest.Eventually(t, "the centre is away", func() bool { return !k.Machine.Hub.Line().CentreReached })
	w.Clock.Forward(2 * time.Minute)
	w.StartCentre()
	reached(t, k, c, off)
	converged(t, w, k, c, off)

	now := w.Clock.Now()
	date := hall.DateOf(now)
	near := func(ms int64, d time.Duration) bool {
		return ms >= d.Milliseconds() && ms < d.Milliseconds()+20_000
	}
	var at []figures.Day
	apptest.Eventually(t, "everybody knows it", func() bool {
		hub, err := w.Hub.Store.FiguresOf(t.Context(), "jiangnan", date, now)
		apptest.Must(t, err)
		centre, err := w.Centre.Store.FiguresOf(t.Context(), "jiangnan", date, now)
		apptest.Must(t, err)
		at = []figures.Day{hub, centre}
		c.Store.View("jiangnan", func(h *hall.Hall) { at = append(at, figures.Of(h, date, now)) })
		return len(hub.Offline) == 4 && reflect.DeepEqual(at[0], at[1]) && reflect.DeepEqual(at[0].Offline, at[2].Offline) && reflect.DeepEqual(at[0].Whole, at[2].Whole)
	})
	r := at[0].Whole
	if !near(r.OfflineMS, 28*time.Minute) || r.Issued != 2 || r.OfflineIssued != 1 || r.Lag.N != 1 || !near(r.Lag.P95, 8*time.Minute) {
		t.Errorf("offline %d ms, issued meanwhile %d, lag %+v", r.OfflineMS, r.OfflineIssued, r.Lag)
	}
	minutes := map[string]time.Duration{"k1": 12 * time.Minute, "c1": 12 * time.Minute, "b1": 4 * time.Minute, "hub": 2 * time.Minute}
	for _, o := range at[0].Offline {
		if !near(o.MS, minutes[o.Device]) || o.Hub != (o.Device == "hub") {
			t.Errorf("%+v, want %v", o, minutes[o.Device])
		}
	}
}
