package disclosure

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

// However the facts about one request are shuffled and repeated, the case is the same.
func TestFoldKnowsNoOrder(t *testing.T) {
	days := []hall.Date{"2026-05-06", "2026-05-07", "2026-05-20"}
	rapid.Check(t, func(t *rapid.T) {
		var events []event.Event
		for n := range rapid.IntRange(1, 8).Draw(t, "count") {
			origin := rapid.SampledFrom([]event.Origin{"h/c1", "h/c2"}).Draw(t, "origin")
			kind := rapid.SampledFrom(append([]event.Kind{KindRequested}, kinds...)).Draw(t, "kind")
			if kind == KindRequested {
				events = append(events, requestedEvent(origin, event.Seq(n+1), rapid.SampledFrom(days).Draw(t, "day")))
				continue
			}
			s := Step{Disclosure: "01d0", Day: rapid.SampledFrom(days).Draw(t, "day"), AtMS: rapid.Int64Range(1, 3).Draw(t, "at"), Whom: rapid.SampledFrom([]string{ThirdParty, OtherAgency}).Draw(t, "whom"),
				Outcome: rapid.SampledFrom([]Outcome{OutcomeGranted, OutcomePartly}).Draw(t, "outcome")}
			// A device whose disk was copied uses a number twice.
			events = append(events, event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: event.Seq(rapid.IntRange(1, n+1).Draw(t, "seq"))}, Kind: kind, Payload: hall.Payload(s)})
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

func TestFoldRefusesWhatIsNotOurs(t *testing.T) {
	good := requestedEvent("h/c1", 1, "2026-05-06")
	step := func(kind event.Kind, s Step) event.Event {
		return event.Event{ID: good.ID, Kind: kind, Payload: hall.Payload(s)}
	}
	whole := Step{Disclosure: "01d0", Day: "2026-05-06", AtMS: 1}
	for name, e := range map[string]event.Event{
		"kind":                   {ID: good.ID, Kind: hall.KindIssued, Payload: good.Payload},
		"torn":                   {ID: good.ID, Kind: KindRequested, Payload: good.Payload[:9]},
		"empty":                  {ID: good.ID, Kind: KindRequested, Payload: []byte("{}")},
		"no day":                 step(KindExtended, Step{Disclosure: "01d0", Day: "soon", AtMS: 1}),
		"no request":             step(KindExtended, Step{Day: "2026-05-06", AtMS: 1}),
		"an answer that is none": step(KindAnswered, whole),
		"nobody is consulted":    step(KindConsulted, whole),
		"opened is no change":    step(KindOpened, whole),
	} {
		if _, err := Fold(nil, e); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Fold(nil, step(KindExtended, whole)); err != nil {
		t.Error(err)
	}
	c, err := Fold(nil, good)
	if err != nil {
		t.Fatal(err)
	}
	c.Disclosure = "another"
	if _, err := Fold(c, good); !errors.Is(err, ErrNotOurs) {
		t.Errorf("another request: %v", err)
	}
}

// The second of two answers changes nothing and is not hidden.
func TestTwoAnswers(t *testing.T) {
	first, second := done(KindAnswered, Step{Day: "2026-05-07", Outcome: OutcomeGranted}), done(KindAnswered, Step{Day: "2026-05-08", Outcome: OutcomePartly})
	s := request(t, "2026-05-06", second, first).Stands(calendar(t), "2026-05-20")
	if s.Answer == nil || s.Answer.Outcome != OutcomeGranted || !s.Twice {
		t.Errorf("%+v", s)
	}
	if s := request(t, "2026-05-06", first, first).Stands(calendar(t), "2026-05-20"); s.Twice {
		t.Error("the same answer twice is no quarrel")
	}
}

// Who asks, and what for, is read with the key of the request alone, and at its own place.
func TestWhatIsSaidIsSealed(t *testing.T) {
	key, other := sealed.Key{1}, sealed.Key{2}
	chance := bytes.NewReader(bytes.Repeat([]byte{7}, 4096))
	r := Requested{Disclosure: "01d0", Number: "N", Request: "r1"}
	who := Who{Name: "罗庆(样例)", DocumentNumber: "99010820000907755X", Phone: "10000000000", Asked: "2019年部门预算"}
	if err := r.Seal(who, key, chance); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Who(key); err != nil || got != who {
		t.Errorf("%v, %v", got == who, err)
	}
	if _, err := r.Who(other); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("with another key: %v", err)
	}
	moved := r
	moved.Name = r.Phone
	if _, err := moved.Who(key); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("a value in another place: %v", err)
	}
	if text := fmt.Sprintf("%v %+v", r, who); bytes.Contains([]byte(text), []byte("罗庆")) || bytes.Contains([]byte(text), []byte("预算")) {
		t.Error("printing says who it is")
	}
	s := Step{Disclosure: "01d0", Day: "2026-05-20", AtMS: 9, Request: "r2"}
	if err := s.Seal(KindCorrected, "2020年部门预算", key, chance); err != nil {
		t.Fatal(err)
	}
	c := &Case{Requested: r, Steps: []Noted{{Kind: KindCorrected, Step: s}}}
	if asks, err := c.Asks(key); err != nil || string(asks) != "2020年部门预算" {
		t.Errorf("as it was corrected: %q, %v", string(asks), err)
	}
	c.Steps[0].Kind = KindAnswered
	if asks, err := c.Asks(key); err != nil || string(asks) != "2019年部门预算" {
		t.Errorf("as it was asked: %q, %v", string(asks), err)
	}
}

func TestNumber(t *testing.T) {
	if n := Number("jiangnan", "2026-11-24", "c07", "KM", 3); n != "JN20261124-C07-GKM0003" {
		t.Error(n)
	}
	if n := Number("jiangnan", "2026-11-24", "c07", "", 3); n != "JN20261124-C07-G0003" {
		t.Error(n)
	}
}
