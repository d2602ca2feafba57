package hall_test

import (
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

// TestHelpDoesNotDependOnTheOrder: whoever hears of questions and answers in whatever
// order, and twice, shows the same.
func TestHelpDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kiosks := []*desk{{origin: "jiangnan/k1"}, {origin: "jiangnan/k2"}}
		counters := []*desk{{origin: "jiangnan/c1"}, {origin: "jiangnan/c2"}}
		var all []event.Event
		var asked []string
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			ms := start + rapid.Int64Range(0, 4).Draw(t, "ms")*30_000
			if len(asked) == 0 || rapid.Bool().Draw(t, "ask") {
				e := kiosks[rapid.IntRange(0, 1).Draw(t, "kiosk")].note(hall.KindHelpAsked, hall.HelpAsked{Hall: "jiangnan", AtMS: ms}, ms)
				all, asked = append(all, e), append(asked, e.ID.String())
				continue
			}
			f := hall.HelpAnswered{Hall: "jiangnan", Asked: rapid.SampledFrom(asked).Draw(t, "asked"), Clerk: hall.ClerkID(fmt.Sprint("clerk", len(all))), AtMS: ms}
			all = append(all, counters[rapid.IntRange(0, 1).Draw(t, "counter")].note(hall.KindHelpAnswered, f, ms))
		}
		now := start + 150_000
		want := fmt.Sprintf("%+v", fold(t, all).Helps(now))
		inAnyOrder(t, all, func(h *hall.Hall) {
			if got := fmt.Sprintf("%+v", h.Helps(now)); got != want {
				t.Fatalf("another order, another list:\n%s\n%s", got, want)
			}
		})
	})
}

func TestHelpIsAskedOnceAndAnsweredOnce(t *testing.T) {
	k, c := &desk{origin: "jiangnan/k1"}, &desk{origin: "jiangnan/c1"}
	h := hall.New("jiangnan")
	apply := func(e event.Event) {
		t.Helper()
		if _, err := h.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := h.AnswerHelp("jiangnan/k1", "", "wang", start); ok {
		t.Error("a question was answered that nobody asked")
	}
	f, ok := h.AskHelp("jiangnan/k1", start)
	if !ok {
		t.Fatal("the first question is refused")
	}
	apply(k.note(hall.KindHelpAsked, f, start))
	if _, again := h.AskHelp("jiangnan/k1", start+60_000); again {
		t.Error("a second tap asks again")
	}
	if _, other := h.AskHelp("jiangnan/k2", start); !other {
		t.Error("another kiosk may not ask")
	}
	a, ok := h.AnswerHelp("jiangnan/k1", "B01", "wang", start+61_000)
	if !ok {
		t.Fatal("the question cannot be answered")
	}
	apply(c.note(hall.KindHelpAnswered, a, start+61_000))
	if _, again := h.AnswerHelp("jiangnan/k1", "B02", "li", start+62_000); again {
		t.Error("it is answered twice")
	}
	if _, again := h.AskHelp("jiangnan/k1", start+90_000); again {
		t.Error("while somebody comes a tap asks again")
	}
	if _, again := h.AskHelp("jiangnan/k1", start+61_000+hall.HelpComesMS); !again {
		t.Error("the next person cannot ask")
	}
	h.Forget(hall.DateOf(start+2*24*60*60_000), nil)
	if l := h.Helps(start + 62_000); len(l) != 0 {
		t.Errorf("after the day is forgotten: %+v", l)
	}
	if _, err := h.Apply(k.note(hall.KindHelpAsked, hall.HelpAsked{Hall: "jiangbei", AtMS: start}, start)); err == nil {
		t.Error("another hall's question is taken")
	}
}
