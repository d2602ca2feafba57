package hall_test

import (
	"fmt"
	"runtime"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// A ticket in memory holds its own texts and not the payloads or the row that they were read
// from: a hub has the tickets of several days there, and all of them twice while a backup is
// proved.
func TestATicketDoesNotHoldWhatItWasReadFrom(t *testing.T) {
	const tickets, most = 4000, 1900 // steps are 160 bytes each
	fold := func(h *hall.Hall) {
		d := desk{origin: "jiangnan/k1"}
		for n := range tickets {
			f := issued(n, hall.WalkIn, int64(n)*1000)
			id := hall.TicketID(fmt.Sprintf("018f2f3a-0000-7000-8000-%012d", n))
			f.Ticket, f.Items = id, []hall.ItemCode{"11450000000000000X2000101001000"}
			f.Checked = []hall.Checked{{Item: f.Items[0], Version: 1, Lacks: []int{2}}}
			for _, e := range []event.Event{
				d.note(hall.KindIssued, f, 0),
				d.note(hall.KindCalled, hall.Called{Ticket: id, Window: "B07", Clerk: "chen", Request: fmt.Sprintf("018f2f3a-0000-7000-9000-%012d", n), Hall: "jiangnan", Date: f.Date, AtMS: 1}, 1),
				d.note(hall.KindStarted, hall.Moved{Ticket: id, Window: "B07", Clerk: "chen", AtMS: 2, How: "scan"}, 2),
				d.note(hall.KindFinished, hall.Moved{Ticket: id, Window: "B07", Clerk: "chen", AtMS: 3, Ended: []hall.Ending{{Item: f.Items[0], Outcome: hall.Accepted}}}, 3),
			} {
				if _, err := h.Apply(e); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	folded := hall.New("jiangnan")
	if each := held(func() { fold(folded) }) / tickets; each > most {
		t.Errorf("a folded ticket holds %d bytes, more than %d", each, most)
	}
	restored := hall.New("jiangnan")
	each := held(func() {
		for _, f := range folded.Tickets("") {
			again, err := hall.ReadRow(f.Row())
			if err != nil {
				t.Fatal(err)
			}
			restored.Restore(again)
		}
	}) / tickets
	if each > most {
		t.Errorf("a ticket read from its row holds %d bytes, more than %d", each, most)
	}
	if a, b := folded.Hash(issued(1, hall.WalkIn, 0).Date), restored.Hash(issued(1, hall.WalkIn, 0).Date); a != b {
		t.Errorf("read from the rows the day is %s, not %s", b, a)
	}
}

// held gives how many bytes of memory more are in use after fill, garbage aside.
func held(fill func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fill()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
