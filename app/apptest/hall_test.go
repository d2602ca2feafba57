package apptest_test

import (
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/hall"
	"onewindow/app/terminal"
)

// The page of the hall is asked of a kiosk that never saw a hub: the clock alone decides
// what it says, and a year without a notice is told as such.
func TestTheHallAloneWithItsClock(t *testing.T) {
	at, err := hall.At("2026-09-30", "16:50")
	apptest.Must(t, err)
	clock := &apptest.Clock{}
	clock.Set(at)
	k := apptest.Alone(t, "kiosk", terminal.Options{Now: clock.Now})

	p := k.Kiosk.Hall()
	o := p.Opening
	if o.State != "open" || o.Until != "17:00" || o.ClosedFrom != "2026-10-01" || o.ClosedTo != "2026-10-07" || o.NextDate != "2026-10-08" || o.NextAt != "08:30" || len(o.Holidays) != 1 {
		t.Errorf("before the holiday: %+v", o)
	}
	if len(p.Days) != 7 || p.Days[0].Kind != "holiday" || p.Days[0].Holiday != "国庆节" || p.Days[6].Kind != "holiday" || p.Days[6].Periods == nil {
		t.Errorf("the days ahead: %+v", p.Days)
	}
	if len(p.Holidays) != 1 || p.Holidays[0].Names[0] != "国庆节" || len(p.Holidays[0].MakeUps) != 2 || p.UnknownYear != 2027 {
		t.Errorf("the holidays ahead: %+v, unknown %d", p.Holidays, p.UnknownYear)
	}
	if len(p.Others) != 2 || p.Others[1].Areas[0].Letter != "E" || p.Others[1].Opening.NextDate != "2026-10-08" {
		t.Errorf("other hours: %+v", p.Others)
	}
	if p.Phone == "" || p.Address == "" || len(p.Hours.Weekdays) != 5 || len(p.Desks) != 22 || p.Desks[0].Consult == "" {
		t.Errorf("phones: %+v", p)
	}

	at, err = hall.At("2027-01-04", "10:00")
	apptest.Must(t, err)
	clock.Set(at)
	p = k.Kiosk.Hall()
	if p.Opening.State != "not_known" || p.Opening.NextDate != "" || len(p.Holidays) != 0 || p.Holidays == nil || p.UnknownYear != 2027 || p.Days[0].Kind != "unknown" {
		t.Errorf("a year that is not known: %+v %+v", p.Opening, p.Holidays)
	}
	if p.Hours.Text == "" {
		t.Error("the usual hours are not told")
	}
}
