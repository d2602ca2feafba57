package hall

import (
	"encoding/json"
	"reflect"
	"testing"
)

// usual are facts as they are noted every day, and their forms that only encoding/json reads.
var usual = []any{
	Issued{Ticket: "01930000-0000-7000-8000-000000000001", Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: "B017", Class: WalkIn,
		Items: []ItemCode{"11330100MB0000001X4000711001001", "11330100MB0000001X4000711001002"}, Language: "zh", IssuedMS: 1_795_486_500_000, Ahead: 3, LowMinutes: -1, HighMinutes: 12},
	Issued{Ticket: "t", Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: "B2-017", Class: Priority, Evidence: "over_70", Language: "en", ClockOff: true},
	Issued{Ticket: "t", Items: []ItemCode{"i", "j"}, Checked: []Checked{{Item: "i", Version: 2, Lacks: []int{1, 7}}, {Item: "j", Version: 1}}, TookMS: 23_400},
	Called{Ticket: "t", Round: 1, Window: "B07", Clerk: "wang", Request: "r-1", Hall: "jiangnan", Date: "2026-11-24", AtMS: 5},
	Moved{Ticket: "t", Round: 0, Window: "B07", Clerk: "wang", AtMS: 5, How: "scan", Recall: 2},
	Moved{Ticket: "t", Window: "B07", AtMS: 5, Ended: []Ending{{Item: "i", Outcome: Accepted}, {Outcome: AdviceOnly}}},
	Ticket{Issued: Issued{Ticket: "t", Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: "B017", Items: []ItemCode{"i"}}, Known: true, Source: "jiangnan/k1:07:3",
		Steps: []Step{{Kind: KindCalled, Round: 1, Window: "B07", Clerk: "wang", AtMS: 5, Request: "r-1", By: "jiangnan/hub:09:4"}, {Kind: KindFinished, Round: 1, AtMS: 9, How: "scan", Ended: []Ending{{Item: "i"}}}},
		State: Done, Round: 1, Window: "B07", Clerk: "wang", Recalls: 1, Reprints: 2, CalledMS: 5, LastCallMS: 6, StartedMS: 7, FinishedMS: 8, FirstMS: 4},
	Ticket{Issued: Issued{Ticket: "t"}, Disputed: true, Steps: []Step{{Kind: KindRecalled, Recall: 2}}},
}

// TestUsualFactsAreScanned: the quick way is taken for what halls write, and gives the same.
func TestUsualFactsAreScanned(t *testing.T) {
	for _, fact := range usual {
		if !scanned(t, Payload(fact), fact) {
			t.Errorf("%s is left to encoding/json", Payload(fact))
		}
	}
	odd := Moved{Ticket: "t", Window: "B07", Reason: "窗口临时关闭"}
	if scanned(t, Payload(odd), odd) {
		t.Errorf("%s is scanned, although it has more than plain ASCII", Payload(odd))
	}
}

// scanned tells whether scan takes b as a fact of the same type, and fails where it
// makes anything else of it than encoding/json does.
func scanned(t *testing.T, b []byte, like any) bool {
	t.Helper()
	quick, slow := reflect.New(reflect.TypeOf(like)), reflect.New(reflect.TypeOf(like))
	if !quick.Interface().(interface{ scan([]byte) bool }).scan(b) {
		return false
	}
	if err := json.Unmarshal(b, slow.Interface()); err != nil {
		t.Fatalf("scan takes %q as %T, encoding/json says %v", b, like, err)
	}
	if !reflect.DeepEqual(quick.Interface(), slow.Interface()) {
		t.Fatalf("%q\nis %+v for scan\nand %+v for encoding/json", b, quick.Elem(), slow.Elem())
	}
	return true
}

// FuzzScan: whatever scan takes, encoding/json takes with the same result.
func FuzzScan(f *testing.F) {
	for _, fact := range usual {
		f.Add(Payload(fact))
	}
	for _, s := range []string{`{}`, `{"ticket":"a","ticket":"b"}`, `{"Ticket":"a"}`, `{"ticket":null}`, `{"ticket":"a"} `, `{"ahead":-0}`, `{"ahead":01}`, `{"ahead":1.0}`, `{"ahead":999999999999999999}`,
		`{"ahead":9999999999999999999}`, `{"items":[]}`, `{"items":["a"],"items":["b"]}`, `{"ended":[{"item":"a"}],"ended":[{"outcome":"x"}]}`, `{"ended":[{}]}`, `{"checked":[{"item":"a","version":1,"lacks":[2,3]}]}`, `{"checked":[{}],"checked":[{"item":"a"}]}`,
		`{"checked":[{"lacks":[1],"lacks":[2]}]}`, `{"checked":[{"lacks":[]}]}`, `{"clock_off":true}`, `{"clock_off":false}`,
		`{"ticket":"\u0041"}`, "{\"ticket\":\"\x7f\"}", `{"ticket":"a",}`, `{"how":"<&>"}`,
		`{"known":false}`, `{"known":falsy}`, `{"steps":[]}`, `{"steps":[{"ticket":"a"}]}`, `{"steps":[{"by":"a"}],"steps":[{"round":1}]}`, `{"steps":[{"ended":[{}],"ended":[{"item":"a"}]}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, like := range []any{Issued{}, Called{}, Moved{}, Ticket{}} {
			scanned(t, b, like)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	payload := Payload(usual[0])
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			var f Issued
			if !f.scan(payload) {
				b.Fatal("left to encoding/json")
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		for b.Loop() {
			var f Issued
			if err := json.Unmarshal(payload, &f); err != nil {
				b.Fatal(err)
			}
		}
	})
}
