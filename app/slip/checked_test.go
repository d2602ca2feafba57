package slip

import (
	"encoding/json"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// goldenChecked is the code of checkedSample, valid for ever like golden.
const goldenChecked = "OW1:J100N0UA0VZA%$945E 4I6GC6-QC6N5XU100%LK.Z2/BI6-7%B8564/8TPJ26MLET1$O4948:X6: Q*NLTCOYAIT1S +4300/UGYXN$J35ZH2ND6YB 9BWZKWWFP7U FG3FFVREP-UG*324DFLR6KR$6W PCNN7S%7 6FX54Z7TOOFK9AX/G6JKR/UC57.FRJ5AUID"

// checkedSample is sample by somebody who lacks two materials.
func checkedSample() event.Event {
	var f hall.Issued
	if err := json.Unmarshal(sample().Payload, &f); err != nil {
		panic(err)
	}
	f.Checked = []hall.Checked{{Item: f.Items[0], Version: 3, Lacks: []int{2, 7}}}
	return issue(f)
}

func TestGoldenCodeOfACheckedTicketOpensForEver(t *testing.T) {
	ev, err := Open(goldenChecked, keys)
	if err != nil {
		t.Fatal(err)
	}
	if got := event.Sum(ev.Encode()).String(); got != "d2e4681a2730ad8619afabcf72983e7c06e7a38c7c33422a026a8057fbe19e39" {
		t.Errorf("hash of the event is %s", got)
	}
	if now := mustSign(t, ev); now != goldenChecked {
		t.Errorf("the same event gives another code today: %s", now)
	}
}

// What was checked costs a code a few characters, and no larger symbol.
func TestACheckedTicketHasASmallCode(t *testing.T) {
	plain, checked := mustSign(t, sample()), mustSign(t, checkedSample())
	if more := len(checked) - len(plain); more < 1 || more > 6 {
		t.Errorf("%d characters more than %d", more, len(plain))
	}
	before, err := modulesOf(plain)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := modulesOf(checked); err != nil || len(after) != len(before) {
		t.Errorf("%d modules instead of %d (%v)", len(after), len(before), err)
	}
}

// A form that says that something was checked, and names nothing, is none of ours.
func TestACheckedCodeNamesWhatWasChecked(t *testing.T) {
	body, err := pack(sample())
	if err != nil {
		t.Fatal(err)
	}
	body[0] = formChecked
	if ev, err := unpack(body); err == nil {
		t.Errorf("it gives %s", ev.Payload)
	}
}

// What the small form cannot say goes into a larger one, and comes back all the same.
func TestOddChecksComeBack(t *testing.T) {
	var usual hall.Issued
	if err := json.Unmarshal(large(3).Payload, &usual); err != nil {
		t.Fatal(err)
	}
	item := usual.Items[1]
	for _, c := range []struct {
		name    string
		checked []hall.Checked
		small   bool
	}{
		{"nothing is lacking", []hall.Checked{{Item: item, Version: 1}}, true},
		{"two items", []hall.Checked{{Item: usual.Items[2], Version: 1, Lacks: []int{1}}, {Item: item, Version: 900, Lacks: []int{0, 63}}}, true},
		{"an item that is not of the ticket", []hall.Checked{{Item: "x", Version: 1}}, false},
		{"a version below 0", []hall.Checked{{Item: item, Version: -1}}, false},
		{"a number without a bit", []hall.Checked{{Item: item, Version: 1, Lacks: []int{64}}}, false},
		{"numbers in another order", []hall.Checked{{Item: item, Version: 1, Lacks: []int{3, 2}}}, false},
	} {
		f := usual
		f.Checked = c.checked
		ev := issue(f)
		back, err := Open(mustSign(t, ev), keys)
		if err != nil || string(back.Payload) != string(ev.Payload) {
			t.Errorf("%s: came back as %s (%v)", c.name, back.Payload, err)
		}
		if body, err := pack(ev); err != nil || (body[0] == formChecked) != c.small {
			t.Errorf("%s: form %d (%v)", c.name, body[0], err)
		}
	}
}
