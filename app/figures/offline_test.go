package figures_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
)

func (s *scene) offline(t failer, by event.Origin, from, to float64, back bool) {
	s.note(t, by, hall.KindOffline, hall.Outage{Hall: "jiangnan", FromMS: start + int64(from*60_000), ToMS: start + int64(to*60_000), Back: back})
}

// TestWhatWasOffline counts by hand: a kiosk is cut off from minute 50 to 70 and again, by a clock that was put back,
// from 65 to 71, and from 80 on until it is switched off at 90; the hub was without the centre from the evening
// before to minute 5. Tickets are issued at 40, 55, 69 and 85.
func TestWhatWasOffline(t *testing.T) {
	s := newScene()
	for _, m := range []float64{40, 55, 69, 85} {
		s.at(m)
		s.issue(t, "B", hall.WalkIn, 0)
	}
	s.offline(t, "jiangnan/k1", 50, 70, true)
	s.offline(t, "jiangnan/k1", 65, 71, true)
	s.offline(t, "jiangnan/k1", 80, 90, false)
	s.offline(t, "jiangnan/hub", -14*60, 5, true)
	s.at(100)
	d := figures.Of(s.h, date, s.now)
	w := d.Whole
	if w.OfflineMS != 31*minute || w.OfflineIssued != 3 || w.Lag.N != 2 || w.Lag.P50 != 1*minute || w.Lag.P95 != 15*minute {
		t.Errorf("%d min, %d tickets, lag %+v", w.OfflineMS/minute, w.OfflineIssued, w.Lag)
	}
	hours := map[string]int64{}
	for _, r := range d.Hours {
		hours[r.Key] = r.OfflineMS / minute
	}
	if want := map[string]int64{"10": 10, "11": 21}; !reflect.DeepEqual(hours, want) {
		t.Errorf("by hour %v, want %v", hours, want)
	}
	if want := []figures.Offline{{Device: "hub", Hub: true, MS: (6*60 + 5) * minute}, {Device: "k1", MS: 31 * minute}}; !reflect.DeepEqual(d.Offline, want) {
		t.Errorf("devices %+v, want %+v", d.Offline, want)
	}
	if q := d.Queues[0]; q.OfflineIssued != 3 || q.OfflineMS != 0 {
		t.Errorf("the queue: %+v", q)
	}
	if was := figures.Of(s.h, date, start+60*minute).Whole; was.OfflineMS != 10*minute {
		t.Errorf("until eleven: %d min", was.OfflineMS/minute)
	}
}

// TestOfflineIsWhatEachSecondTells asks of each second of wild days whether an outage of a terminal covers it.
func TestOfflineIsWhatEachSecondTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := wildDay(t)
		var want int64
		for _, by := range []event.Origin{"jiangnan/k1", "jiangnan/c2"} {
			for sec := start - 6*3_600_000; sec < s.now; sec += 1000 {
				for _, o := range s.h.Outages() {
					if o.Device == by && o.FromMS <= sec && sec < o.ToMS {
						want += 1000
						break
					}
				}
			}
		}
		if got := figures.Of(s.h, date, s.now).Whole.OfflineMS; got != want {
			t.Fatalf("%d ms, by the second %d", got, want)
		}
	})
}

// TestABreakIsCountedUntilItIsOver pauses a window on the day before, which counts for nothing on this one, then for 20
// minutes, and once more until the end.
func TestABreakIsCountedUntilItIsOver(t *testing.T) {
	s := newScene()
	away := func() {
		t.Helper()
		f, no := s.h.StepAway("B01", "clerk1", []hall.Letter{"B"}, hall.Meal, 15, s.now)
		if no != nil {
			t.Fatal(no)
		}
		s.note(t, "jiangnan/c1", hall.KindWindowClosed, f)
	}
	s.at(-15 * 60)
	s.open(t, "B01", "B")
	away()
	s.at(0)
	s.open(t, "B01", "B")
	s.at(10)
	away()
	s.at(30)
	s.open(t, "B01", "B")
	s.at(50)
	away()
	for until, want := range map[float64]int64{40: 20, 60: 30, 120: 90, 600: 570} {
		s.at(until)
		w := figures.Of(s.h, date, s.now).Windows[0]
		if w.Key != "B01" || w.AwayMS != want*minute || w.OpenMS != min(int64(until)-20, 30)*minute {
			t.Errorf("until minute %v: away %d min, open %d", until, w.AwayMS/minute, w.OpenMS/minute)
		}
	}
}
