package store_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// TestFiguresFromTheDisk: what is counted of rows and log is what memory tells: while rows are not
// written yet, after a start, and days later, when memory has let the day go.
func TestFiguresFromTheDisk(t *testing.T) {
	const dayMS, minute = int64(24 * 3600_000), int64(60_000)
	folder := t.TempDir()
	date := hall.DateOf(day0)
	s := at(t, folder, day0)
	note := func(kind event.Kind, fact any) {
		t.Helper()
		write(t, s, func(tx *store.Tx) error { _, _, err := tx.Append(kind, fact); return err })
	}
	visits := func(day int64, people int) {
		ms := day0 + day*dayMS
		note(hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: "B01", Clerk: "wang", Services: []hall.Letter{"B"}, AtMS: ms})
		note(hall.KindPaused, hall.QueuePaused{Hall: "jiangnan", Service: "B", Reason: "system", UntilMS: ms + 2*minute, Clerk: "wang", AtMS: ms})
		for n := range people {
			id, from := ticketID(ms+int64(n), n), ms+int64(n)*10*minute
			note(hall.KindIssued, hall.Issued{Ticket: id, Hall: "jiangnan", Date: hall.DateOf(ms), Service: "B", Number: hall.Number(fmt.Sprintf("B%03d", n+1)), Class: hall.WalkIn, IssuedMS: ms + int64(n), LowMinutes: -1, HighMinutes: -1})
			note(hall.KindCalled, hall.Called{Ticket: id, Window: "B01", Clerk: "wang", Hall: "jiangnan", Date: hall.DateOf(ms), AtMS: from + 3*minute})
			note(hall.KindStarted, hall.Moved{Ticket: id, Window: "B01", Clerk: "wang", AtMS: from + 4*minute})
			note(hall.KindFinished, hall.Moved{Ticket: id, Window: "B01", Clerk: "wang", AtMS: from + 9*minute, Ended: []hall.Ending{{Outcome: hall.Accepted}}})
		}
		note(hall.KindOffline, hall.Outage{Hall: "jiangnan", FromMS: ms - minute, ToMS: ms + minute, Back: true})
		note(hall.KindWindowClosed, hall.WindowClosed{Hall: "jiangnan", Window: "B01", AtMS: ms + 60*minute})
	}
	text := func(d figures.Day) string { b, _ := json.Marshal(d); return string(b) }
	same := func(when string, got, want figures.Day) {
		t.Helper()
		if got.AsOfMS = want.AsOfMS; text(got) != text(want) {
			t.Errorf("%s\n got %+v\nwant %+v", when, got.Whole, want.Whole)
		}
	}
	counted := func(nowMS int64) figures.Day {
		t.Helper()
		d, err := s.FiguresOf(t.Context(), "jiangnan", date, nowMS)
		must(t, err)
		return d
	}
	visits(0, 5)
	end := day0 + 2*60*minute
	var want figures.Day
	s.View("jiangnan", func(h *hall.Hall) { want = figures.Of(h, date, end) })
	if w := want.Whole; w.Served != 5 || w.OpenMS != 60*minute || w.HeldMS != 30*minute || w.IdleMS == 0 || w.OfflineIssued != 5 || len(want.Offline) != 1 || w.Wait.P50 != 23*minute-2 {
		t.Fatalf("the day itself: %+v", w)
	}
	same("before the rows are written", counted(end), want)
	must(t, s.Close())
	from, err := store.Figures(t.Context(), folder+"/t.db", "jiangnan", date, end)
	must(t, err)
	same("from the file", from, want)
	list, err := store.HallsIn(t.Context(), folder+"/t.db")
	if err != nil || len(list) != 1 || list[0] != "jiangnan" {
		t.Errorf("halls: %v %v", list, err)
	}
	for _, later := range []int64{1, 2, 6, 20} {
		s = at(t, folder, day0+later*dayMS)
		visits(later, 3)
		same(fmt.Sprint(later, " days later"), counted(day0+later*dayMS), want)
		must(t, s.Close())
	}
	// Another hall's day and a day of nobody have no figures.
	s = at(t, folder, day0+21*dayMS)
	for _, x := range []struct {
		id   hall.ID
		date hall.Date
	}{{"jiangbei", date}, {"jiangnan", "2026-11-20"}} {
		if d, err := s.FiguresOf(t.Context(), x.id, x.date, day0+21*dayMS); err != nil || d.Whole != (figures.Row{}) {
			t.Errorf("%s on %s: %+v %v", x.id, x.date, d.Whole, err)
		}
	}
	must(t, s.Close())
}
