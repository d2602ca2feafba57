package hall

import "testing"

// Pages of all kinds look at a hall at the same time: a forecast changes nothing in it.
func TestAForecastChangesNothing(t *testing.T) {
	h := New("jiangnan")
	h.windows["B01"] = &Window{ID: "B01", Open: true, Services: []Letter{"B", "C"}}
	h.Forecast(Waiter{Service: "B", Key: 5}, 5, Day{Windows: map[Letter]int{"D": 2}, Sessions: [][2]int64{{10, 20}}})
	h.Outlook(Waiter{Service: "C", Key: 5}, 5, Day{}).Relief()
	if len(h.paces)+len(h.queues)+len(h.lines) > 0 {
		t.Errorf("after a forecast the hall has %d paces and %d queues", len(h.paces), len(h.queues)+len(h.lines))
	}
}
