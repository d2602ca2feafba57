package core_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// blank is a database with nothing in it.
type blank struct{}

func (blank) Sums(core.ChainID, event.Seq, event.Seq) ([]event.Hash, error) { return nil, nil }
func (blank) Bodies(core.ChainID, event.Seq, event.Seq) ([][]byte, error)   { return nil, nil }
func (blank) Known(core.ChainID, event.Seq, event.Seq) (map[event.Seq]event.Hash, error) {
	return nil, nil
}
func (blank) Stray(event.Hash) ([]byte, error) { return nil, nil }
func (blank) Granted(string) ([]byte, error)   { return nil, nil }
func (blank) Answer(string) ([]byte, error)    { return nil, nil }

const noon = int64(1_795_485_600_000) // 2026-11-24 10:00

// wild draws what a hall noted over six days, the last of them 2026-11-24, in an order
// in which it may have come to a hub.
func wild(t *rapid.T) (log [][]byte) {
	seqs := map[event.Origin]event.Seq{}
	type issued struct {
		id  hall.TicketID
		day int64
	}
	var tickets []issued
	note := func(o event.Origin, day int64, kind event.Kind, fact any) {
		at := noon - (5-day)*dayMS + rapid.Int64Range(0, 1000).Draw(t, "ms")
		seqs[o]++
		e := event.Event{ID: event.ID{Origin: o, Epoch: 7, Seq: seqs[o]}, At: event.Stamp{MS: at}, Kind: kind, Payload: hall.Payload(fact)}
		if rapid.IntRange(0, 15).Draw(t, "carried") == 0 {
			kind, payload := e.Carry(e.Encode())
			seqs["jiangnan/c9"]++
			e = event.Event{ID: event.ID{Origin: "jiangnan/c9", Epoch: 8, Seq: seqs["jiangnan/c9"]}, At: e.At, Kind: kind, Payload: payload}
		}
		log = append(log, e.Encode())
	}
	windows := []hall.WindowID{"A01", "A02", "B01"}
	for i := range rapid.IntRange(10, 90).Draw(t, "events") {
		day := int64(i * 6 / 90)
		window := rapid.SampledFrom(windows).Draw(t, "window")
		who := event.Origin("jiangnan/c" + string(window[2]))
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0, 1, 2:
			ms := noon - (5-day)*dayMS + int64(i)
			h := fmt.Sprintf("%012x", ms)
			id := hall.TicketID(fmt.Sprintf("%s-%s-7000-8000-%012x", h[:8], h[8:], i))
			tickets = append(tickets, issued{id, day})
			note("jiangnan/k1", day, hall.KindIssued, hall.Issued{Ticket: id, Hall: "jiangnan", Date: hall.DateOf(ms), Service: "A", Number: hall.Number(fmt.Sprintf("A%03d", i+1)), Class: hall.WalkIn, IssuedMS: ms})
		case 3:
			note("jiangnan/hub", day, hall.KindBlockLeased, hall.Block{Terminal: "jiangnan/k1", Epoch: 7, Date: hall.DateOf(noon - (5-day)*dayMS), Service: "A", From: 10*i + 1, To: 10*i + 10})
		case 4:
			note(who, day, rapid.SampledFrom([]event.Kind{hall.KindWindowOpened, hall.KindWindowClosed}).Draw(t, "door"), hall.WindowOpened{Hall: "jiangnan", Window: window, Clerk: "wang", AtMS: noon - (5-day)*dayMS + int64(i)})
		case 5:
			note("jiangnan/k1", day, "ticket.teleported", map[string]string{"to": "moon"})
		default:
			if len(tickets) == 0 {
				continue
			}
			of := rapid.SampledFrom(tickets).Draw(t, "ticket")
			kind := rapid.SampledFrom([]event.Kind{hall.KindStarted, hall.KindStarted, hall.KindFinished, hall.KindMissed, hall.KindReturned}).Draw(t, "step")
			note(who, rapid.Int64Range(of.day, day).Draw(t, "later"), kind, hall.Moved{Ticket: of.id, Window: window, Clerk: "wang", AtMS: noon - (5-day)*dayMS})
		}
	}
	return log
}

// take folds events into a node as a feed does.
func take(t *rapid.T, n *core.Node, log [][]byte) {
	tx := n.Begin(blank{}, func() int64 { return noon }, nil)
	for _, body := range log {
		if err := tx.Take(body); err != nil {
			t.Fatal(err)
		}
	}
}

// TestASieveLeavesOutOnlyWhatNobodyNeeds gives a terminal some of a hub's log whole and
// the rest through a sieve: its kept days, its windows and who is at them, and its
// number blocks are the hub's.
func TestASieveLeavesOutOnlyWhatNobodyNeeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := wild(t)
		hub := core.NewNode("jiangnan/hub", nil, 3, 0, "2026-11-01")
		take(t, hub, log)
		since := rapid.SampledFrom([]hall.Date{"2026-11-20", "2026-11-23", "2026-11-24"}).Draw(t, "since")
		after := rapid.IntRange(0, len(log)).Draw(t, "after")
		there := core.NewNode("jiangnan/c1", nil, 5, 0, "2026-11-01")
		take(t, there, log[:after])
		ask := wire.FeedAsk{Origin: "jiangnan/c1", Since: string(since), Sifted: true}
		if h := there.Hall("jiangnan"); h != nil {
			for _, id := range h.HeldBefore(since) {
				ask.Held = append(ask.Held, string(id))
			}
		}
		sieve := hub.Sieve(ask, int64(after), "2026-11-23", 0)
		if sieve == nil {
			return // nothing was ever noted of the hall
		}
		since = min(since, "2026-11-23")
		if sieve.Since != since {
			t.Fatalf("the sieve begins at %s, not at %s", sieve.Since, since)
		}
		var passed [][]byte
		for i, body := range log[after:] {
			e, err := event.Decode(body)
			if err != nil {
				t.Fatal(err)
			}
			if (int64(after+i+1) >= sieve.From || core.Lasting(e.Kind)) && sieve.Keeps(body) {
				passed = append(passed, body)
			} else if e.Kind.Inner() == "ticket.teleported" {
				t.Fatal("a kind of the future is left out, and nobody knows what it changes")
			}
		}
		take(t, there, passed)
		want, got := hub.Hall("jiangnan"), there.Hall("jiangnan")
		if got == nil {
			got = hall.New("jiangnan")
		}
		for d := int64(0); d < 6; d++ {
			date := hall.DateOf(noon - (5-d)*dayMS)
			if date < since {
				continue
			}
			if want.Hash(date) != got.Hash(date) {
				t.Fatalf("other tickets on %s", date)
			}
			if w, g := want.NumbersLeft("jiangnan/k1", 7, date, "A"), got.NumbersLeft("jiangnan/k1", 7, date, "A"); w != g {
				t.Fatalf("%d numbers are left on %s, %d at the hub", g, date, w)
			}
		}
		if w, g := fmt.Sprint(want.Windows()), fmt.Sprint(got.Windows()); w != g {
			t.Fatalf("windows %s, at the hub %s", g, w)
		}
		turns := func(h *hall.Hall) string {
			return fmt.Sprint(slices.DeleteFunc(h.Turns(), func(w hall.Turn) bool { return hall.DateOf(w.AtMS) < since }))
		}
		if w, g := turns(want), turns(got); w != g {
			t.Fatalf("windows opened and closed %s, at the hub %s", g, w)
		}
		for _, w := range []hall.WindowID{"A01", "A02", "B01"} {
			a, b := want.AtWindow(w), got.AtWindow(w)
			if (a == nil) != (b == nil) || a != nil && !slices.Equal(a.Row(), b.Row()) {
				t.Fatalf("at %s is %v, at the hub %v", w, b, a)
			}
		}
	})
}

// TestWhoIsLittleBehindGetsAll: nothing is left out for a terminal that missed a moment,
// nor for one that asks for all.
func TestWhoIsLittleBehindGetsAll(t *testing.T) {
	n := core.NewNode("jiangnan/hub", nil, 3, 100, "2026-11-01")
	tx := n.Begin(blank{}, func() int64 { return noon }, nil)
	if _, _, err := tx.Append(hall.KindDevice, hall.Device{Role: "hub"}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		since  string
		sifted bool
		after  int64
		whole  bool
	}{
		{"2026-11-23", false, 60, true}, {"2026-11-23", false, 40, false}, {"2026-11-23", true, 60, false},
		{"", false, 0, true}, {"", true, 0, true},
	} {
		ask := wire.FeedAsk{Origin: "jiangnan/c1", Since: row.since, Sifted: row.sifted}
		if whole := n.Sieve(ask, row.after, "2026-11-23", 50) == nil; whole != row.whole {
			t.Errorf("%+v: whole %v", row, whole)
		}
	}
}
