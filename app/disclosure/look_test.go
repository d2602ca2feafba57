package disclosure

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// What the same person asked before is found with the keys that are here, and nothing of others.
func TestLookThrough(t *testing.T) {
	const person, other = "99010820000907755X", "990108198001010017"
	chance := bytes.NewReader(bytes.Repeat([]byte{7}, 1<<16))
	keys := map[ID]sealed.Key{}
	var list []*Case
	add := func(number string, day hall.Date, who intake.Personal, agency, text string) {
		r := Requested{Disclosure: ID("id-" + number), Number: number, Hall: "jiangnan", Agency: agency, By: Person, Day: day, DocumentType: intake.ResidentID, AtMS: 1, Request: number}
		k := sealed.Key{byte(len(keys) + 1)}
		if err := r.Seal(Who{DocumentNumber: who, Asked: intake.Personal(text)}, k, chance); err != nil {
			t.Fatal(err)
		}
		keys[r.Disclosure] = k
		list = append(list, &Case{Requested: r, From: event.ID{Origin: "h/c1", Epoch: 1, Seq: event.Seq(len(list) + 1)}})
	}
	add("N1", "2026-05-04", person, "区征收办", "2016年桂花路房屋征收补偿方案")
	add("N2", "2026-05-04", other, "区征收办", "2016年桂花路房屋征收补偿方案")   // somebody else
	add("N3", "2026-05-06", person, "区征收办", "桂花路2016年拆迁补偿方案")    // the request itself
	add("N4", "2026-05-20", person, "区征收办", "桂花路2016年拆迁补偿方案")    // made later
	add("N5", "2026-05-05", person, "区财政局", "2019年部门决算")         // to another agency
	add("N6", "2026-04-05", person, "区征收办", "2017年桂花路房屋征收补偿方案")  // of another month, and another year
	add("N7", "2026-05-05", person, "区征收办", "桂花路拆迁补偿方案（2016年度）") // whose key is elsewhere
	delete(keys, "id-N7")
	list = append(list, &Case{Requested: Requested{Disclosure: "only later facts"}})
	key := func(id ID) (sealed.Key, bool, error) { k, known := keys[id]; return k, known, nil }
	look := Look{DocumentType: intake.ResidentID, DocumentNumber: " 99010820000907755x", Asked: "桂花路2016年拆迁补偿方案", Agency: "区征收办", Day: "2026-05-06", Except: "N3"}
	b, err := look.Through(list, key)
	if err != nil || len(b.Repeats) != 1 || b.Repeats[0].Number != "N1" || b.Repeats[0].Disclosure != "id-N1" || b.Month != 2 || b.All != 3 || b.Looked != 5 || b.Shut != 1 {
		t.Errorf("%+v, %v", b, err)
	}
	// An answer in the matter settles it; one that was given up may be asked again.
	for o, settled := range map[Outcome]bool{OutcomeGranted: true, "not_existing": true, OutcomeUncorrected: false, OutcomeWithdrawn: false} {
		list[0].Steps = []Noted{{Kind: KindNotified, Step: Step{Day: "2026-05-04", By: "2026-05-04"}}, {Kind: KindAnswered, Step: Step{Day: "2026-05-05", Outcome: o}}}
		if b, err := look.Through(list, key); err != nil || b.Repeats[0].Settled != settled || b.Repeats[0].Answered != "2026-05-05" {
			t.Errorf("%s: %+v, %v", o, b.Repeats, err)
		}
	}
	// Who shows no number is nobody.
	if b, err := (Look{Asked: look.Asked, Day: look.Day}).Through(list, key); err != nil || len(b.Repeats) != 0 || b.Looked != 0 {
		t.Errorf("without a number: %+v, %v", b, err)
	}
	broken := errors.New("the disk")
	if _, err := look.Through(list, func(ID) (sealed.Key, bool, error) { return sealed.Key{}, false, broken }); !errors.Is(err, broken) {
		t.Errorf("a keyring that cannot be read: %v", err)
	}
	if text := fmt.Sprintf("%v %+v", look, b); bytes.Contains([]byte(text), []byte("2016")) || bytes.Contains([]byte(text), []byte("9901")) {
		t.Errorf("printing says what was looked for: %s", text)
	}
}
