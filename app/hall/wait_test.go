package hall

import "testing"

// Pages of all kinds look at a hall at the same time: a forecast changes nothing in it.
func TestAForecastChangesNothing(t *testing.T) {
	h := New("jiangnan")
	h.windows["B01"] = &Window{ID: "B01", Open: true, Services: []Letter{"B", "C"}}
	h.Forecast(Waiter{Service: "B", Key: 5}, 5, Day{Windows: map[Letter]int{"D": 2}, Sessions: [][2]int64{{10, 20}}})
	h.Rush([]Letter{"C"}, 5, Day{}).Saves("C01", []Letter{"C"})
	if len(h.paces)+len(h.queues)+len(h.lines) > 0 {
		t.Errorf("after a forecast the hall has %d paces and %d queues", len(h.paces), len(h.queues)+len(h.lines))
	}
}

// queued gives a hall with one window for B and so many who wait there.
func queued(people int) *Hall {
	h := New("jiangnan")
	h.windows["B01"] = &Window{ID: "B01", Open: true, Services: []Letter{"B"}}
	h.windows["B02"] = &Window{ID: "B02", Open: true, Services: []Letter{"B"}}
	for n := range people {
		id := TicketID(rune('a' + n))
		h.Restore(&Ticket{Issued: Issued{Ticket: id, Hall: "jiangnan", Date: DateOf(noon), Service: "B", Number: "B001", Class: WalkIn, IssuedMS: noon - 60_000}, Known: true})
	}
	return h
}

const noon = int64(1_795_492_800_000) // 2026-11-24 12:00

// Whoever is called after the windows have closed for lunch is told so; the first window of
// a queue stays open.
func TestForecastsKnowOfLunch(t *testing.T) {
	open := Day{Sessions: [][2]int64{{noon - 4*3600_000, noon + 8*3600_000}}}
	lunch := Day{Sessions: [][2]int64{{noon - 4*3600_000, noon + 5*60_000}, {noon + 90*60_000, noon + 8*3600_000}}}
	h, at := queued(12), Waiter{Service: "B", Key: noon}
	usual, closed := h.Forecast(at, noon, open), h.Forecast(at, noon, lunch)
	if usual.Low < 35 || usual.Low > 70 || closed.Low < usual.Low+20 || closed.Low > 110 {
		t.Errorf("twelve are ahead: %+v, and over lunch %+v", usual, closed)
	}
	delete(h.windows, "B01")
	delete(h.windows, "B02")
	if r := h.Forecast(at, noon+10*60_000, Day{Sessions: lunch.Sessions, Windows: map[Letter]int{"B": 2}}); !r.Known || r.Low < 80 {
		t.Errorf("with no window open before the next session: %+v", r)
	}
}

// Broken promises take the upper end further out, kept ones bring it back, each for waits
// of its own length.
func TestBrokenPromisesAreLearnedFrom(t *testing.T) {
	h, at := queued(8), Waiter{Service: "B", Key: noon}
	before := h.Forecast(at, noon, Day{})
	for range 20 {
		h.records[size(before.Low)].hold(false)
	}
	wide := h.Forecast(at, noon, Day{})
	for range 200 {
		h.records[size(before.Low)].hold(true)
	}
	narrow := h.Forecast(at, noon, Day{})
	if wide.High <= before.High || narrow.High >= before.High || wide.Low != before.Low || narrow.Low != before.Low {
		t.Errorf("usually %+v, after broken promises %+v, after kept ones %+v", before, wide, narrow)
	}
	if h.records[size(0)].shift != 0 {
		t.Error("what long waits taught is said of short ones")
	}
	for range 2000 {
		h.records[2].hold(false)
	}
	worst := h.records[2].level()
	for range 100 {
		h.records[2].hold(true)
	}
	if better := h.records[2].level(); worst > 0.995 || better > 0.8 {
		t.Errorf("after a bad day the level is %v, and after a hundred kept promises %v", worst, better)
	}
}
