package core_test

import (
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
)

const dayMS = int64(24 * 3600 * 1000)

// noDisk is the database of a node that has just begun.
type noDisk struct{}

func (noDisk) Sums(core.ChainID, event.Seq, event.Seq) ([]event.Hash, error) { return nil, nil }
func (noDisk) Bodies(core.ChainID, event.Seq, event.Seq) ([][]byte, error)   { return nil, nil }
func (noDisk) Known(core.ChainID, event.Seq, event.Seq) (map[event.Seq]event.Hash, error) {
	return nil, nil
}
func (noDisk) Stray(event.Hash) ([]byte, error) { return nil, nil }
func (noDisk) Granted(string) ([]byte, error)   { return nil, nil }

func (noDisk) Answer(string) ([]byte, error) { return nil, nil }

// kiosk is a node that issues.
type kiosk struct {
	*core.Node
	t   *testing.T
	now int64
}

func newKiosk(t *testing.T, now int64) *kiosk {
	return &kiosk{core.NewNode("jiangnan/k1", nil, 7, 0, hall.DateOf(now)), t, now}
}

func (k *kiosk) issue(n int) hall.TicketID {
	k.t.Helper()
	id := hall.TicketID(fmt.Sprintf("%08x-%04x-7000-8000-%012x", k.now>>16, k.now&0xffff, n))
	tx := k.Begin(noDisk{}, func() int64 { return k.now }, nil)
	f := hall.Issued{Ticket: id, Hall: "jiangnan", Date: hall.DateOf(k.now), Service: "B", Number: hall.Number(fmt.Sprintf("B1-%03d", n)), IssuedMS: k.now}
	if _, err := tx.Issue(fmt.Sprintf("tap-%d", n), f); err != nil {
		k.t.Fatal(err)
	}
	return id
}

// A place where something is always new must forget old days all the same: tickets that
// wait for their row stay, and go the next time.
func TestOldDaysAreForgottenWhileTicketsChange(t *testing.T) {
	k := newKiosk(t, 1_795_486_500_000)
	old := k.issue(1)
	k.TakeDirty()
	late := k.issue(2)
	k.now += 2 * dayMS
	today := k.issue(3)
	from := hall.DateOf(k.now - dayMS)
	have := func(id hall.TicketID) bool { return k.Hall("jiangnan").Ticket(id) != nil }
	if k.Forget(from); have(old) || !have(late) || !have(today) {
		t.Errorf("after the first time: old %v, without its row %v, today's %v", have(old), have(late), have(today))
	}
	k.TakeDirty()
	if k.Forget(from); have(late) || !have(today) {
		t.Errorf("after the second time: with its row %v, today's %v", have(late), have(today))
	}
}

// A kiosk that is never switched off remembers the newest taps only.
func TestTapsAreForgotten(t *testing.T) {
	k := newKiosk(t, 1_795_486_500_000)
	for n := range core.Taps + 10 {
		k.issue(n)
	}
	tx := k.Begin(noDisk{}, func() int64 { return k.now }, nil)
	for n, want := range map[int]bool{0: false, 9: false, 10: true, core.Taps + 9: true} {
		if _, known := tx.IssuedFor(fmt.Sprintf("tap-%d", n)); known != want {
			t.Errorf("tap %d: known %v, want %v", n, known, want)
		}
	}
}
