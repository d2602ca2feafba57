package intake

import (
	"bytes"
	"errors"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"

	"pgregory.net/rapid"
)

func takenEvent(origin event.Origin, seq event.Seq, number string) event.Event {
	t := Taken{Application: "01a0", Number: number, Item: "x", State: Accepted, Materials: []Material{}}
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: KindTaken, Payload: t.Payload()}
}

// However the facts about one application are shuffled and repeated, the case is the same.
func TestFoldKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for n := range rapid.IntRange(1, 5).Draw(t, "count") {
			events = append(events, takenEvent(rapid.SampledFrom([]event.Origin{"h/c1", "h/c2"}).Draw(t, "origin"), event.Seq(n+1),
				rapid.SampledFrom([]string{"N1", "N2"}).Draw(t, "number")))
		}
		again := append(append([]event.Event{}, events...), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		fold := func(in []event.Event) []byte {
			var c *Case
			for _, e := range in {
				next, err := Fold(c, e)
				if err != nil {
					t.Fatal(err)
				}
				c = next
			}
			return c.Row()
		}
		a, b := fold(events), fold(rapid.Permutation(again).Draw(t, "order"))
		if !bytes.Equal(a, b) {
			t.Fatalf("%s\n%s", a, b)
		}
		c, err := ReadRow(a)
		if err != nil || !bytes.Equal(c.Row(), a) {
			t.Fatalf("the row is another one when read: %v", err)
		}
	})
}

func TestDisputedApplications(t *testing.T) {
	first, err := Fold(nil, takenEvent("h/c2", 1, "N1"))
	if err != nil || first.Disputed {
		t.Fatal(err, first)
	}
	same, err := Fold(first, takenEvent("h/c1", 9, "N1"))
	if err != nil || same.Disputed || same.From.Origin != "h/c1" {
		t.Errorf("the same content from another event: %v %+v", err, same)
	}
	other, err := Fold(first, takenEvent("h/c1", 9, "N2"))
	if err != nil || !other.Disputed || other.Number != "N2" || first.Disputed {
		t.Errorf("another content: %v %+v", err, other)
	}
}

func TestFoldRefusesWhatIsNotOurs(t *testing.T) {
	good := takenEvent("h/c1", 1, "N1")
	for name, e := range map[string]event.Event{
		"kind":  {ID: good.ID, Kind: hall.KindIssued, Payload: good.Payload},
		"torn":  {ID: good.ID, Kind: KindTaken, Payload: good.Payload[:9]},
		"empty": {ID: good.ID, Kind: KindTaken, Payload: []byte("{}")},
	} {
		if _, err := Fold(nil, e); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := Fold(nil, good)
	if err != nil {
		t.Fatal(err)
	}
	c.Application = "another"
	if _, err := Fold(c, good); !errors.Is(err, ErrNotOurs) {
		t.Errorf("another application: %v", err)
	}
	if _, err := ReadRow([]byte("{")); err == nil {
		t.Error("half a row was read")
	}
	if !Concerns(KindTaken) || Concerns(hall.KindIssued) {
		t.Error("Concerns is wrong")
	}
}
