package slip

import (
	"bytes"
	"encoding/json"
	"image/png"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// goldenBooked is the code of bookedSample, valid for ever like golden; largeBooked is what
// programs printed for the same ticket before there was formBooked, and opens as well.
const (
	goldenBooked = "OW1:X10VS0UA0VZA%$945E 4I6GC6-QC6N5XUIB0%LK.Z2/BI6-7%B8564/8TPJ26MLET1$O4948:X6: Q*NLTCOYAIT1S +4NH00V12/5XLHZT9U1K*JK2YOA3TU$KC10:OCX+O/OT1WO6.9SML:AS:Y03APH+SD7SLTV1N3H C0%CEETTTEWM1MPSB0VID9H8C-O8JN2IKSMHKT+5J7EGKJ$86M3H"
	largeBooked  = "OW1:260EH0UA0VZA%$945E 4I6GC6-QC6N5XUSDIRIRHBK*100FQHMDF36JX00XN:*M%PI%*V5VP5 8IXIQD9X5KDLU L2/*G67SXAJFJ9TKFN9K% F+9M2TJSUEX 2  7/7RT89IB33QRDGG W6 QT+.LV:IYN1VKRQWE+YB%.PUC2V.8HKH*:HM%DJ*LE46K/U91OWY4:CO++JX8M E6//6X23Q975XEO%V34N+ NAPPR9B54UJPNM76D69HV5IJQ6GAH4JOJ49T0J09Y8FRER.:PS+P4NO.IAP8II-QLJ58HB/.DLV2-BT:62VUC*B33IMBGR614$$FW5DOOM9833 TJ*V02OS77CWR7Z4.AM2HQ7ZM7.AXSJ2 D:JKPFCN:84/M:ZLZ9UO/7*.L*H3J/7000FGW9GUE7JBAU*30UCIROM:X93*L9:TJ-A0SCY:HTWEAQHKUJT$8QO2O3KJNVX/7COUH5NLBJQPH 482LL187E4SFI8/SP9EP6+06V6"
)

// bookedSample is sample by somebody with an appointment at a quarter past nine.
func bookedSample() event.Event {
	f := issuedOf(sample())
	f.Class, f.SlotMS, f.Ref = hall.Appointment, 1795482900000, "0d5c2f1e-8a4b-4c6d-9e7f-a1b2c3d4e5f6"
	return issue(f)
}

// passSample is sample by somebody whom the hall did not reach the day before.
func passSample() event.Event {
	f := issuedOf(sample())
	f.Class, f.Ref = hall.ReturnPass, "01a205f0-1c90-7b2d-8d3e-5d20b7e6f813"
	return issue(f)
}

func issuedOf(ev event.Event) (f hall.Issued) {
	if err := json.Unmarshal(ev.Payload, &f); err != nil {
		panic(err)
	}
	return f
}

func TestGoldenCodeOfABookedTicketOpensForEver(t *testing.T) {
	for _, code := range []string{goldenBooked, largeBooked} {
		ev, err := Open(code, keys)
		if err != nil {
			t.Fatal(err)
		}
		if got := event.Sum(ev.Encode()).String(); got != "61d35bd25dbd72991cefa7785d4c5cae46749567a8791887779f7a5271aac1a6" {
			t.Errorf("hash of the event is %s", got)
		}
		if now := mustSign(t, ev); now != goldenBooked {
			t.Errorf("the same event gives another code today: %s", now)
		}
	}
}

// An appointment's ticket, and a return pass, have a code that is at most one size larger than
// a walk-in's: reference and slot cost 19 bytes.
func TestABookedTicketHasASmallCode(t *testing.T) {
	plain := mustSign(t, sample())
	for name, ev := range map[string]event.Event{"an appointment": bookedSample(), "a return pass": passSample()} {
		text := mustSign(t, ev)
		if more := len(text) - len(plain); more > 30 {
			t.Errorf("%s: %d characters more than %d", name, more, len(plain))
		}
		before, err := modulesOf(plain)
		if err != nil {
			t.Fatal(err)
		}
		after, err := modulesOf(text)
		if err != nil || len(after)-len(before) > 4 {
			t.Errorf("%s: %d modules instead of %d (%v)", name, len(after), len(before), err)
		}
		file, err := PNG(text, 300)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := scan(t, img); got != text {
			t.Errorf("%s: read %q", name, got)
		}
	}
	// The code of the appointment itself, which is its name alone, is the smallest.
	own, err := modulesOf(hall.BookingPrefix + issuedOf(bookedSample()).Ref)
	if err != nil {
		t.Fatal(err)
	}
	if ticket, err := modulesOf(plain); err != nil || len(own) >= len(ticket) {
		t.Errorf("the appointment's own code has %d modules, a ticket's %d (%v)", len(own), len(ticket), err)
	}
}

// What the small form cannot say goes into a larger one, and comes back all the same.
func TestOddReferencesComeBack(t *testing.T) {
	usual := issuedOf(bookedSample())
	for name, c := range map[string]struct {
		change func(*hall.Issued)
		small  bool
	}{
		"a walk-in that came late":          {func(f *hall.Issued) { f.Class, f.SlotMS = hall.WalkIn, 0 }, true},
		"a slot without a reference":        {func(f *hall.Issued) { f.Ref = "" }, true},
		"a slot before the ticket":          {func(f *hall.Issued) { f.SlotMS -= 3_600_000 }, true},
		"a slot of another year":            {func(f *hall.Issued) { f.SlotMS = 60_000 }, true},
		"a slot within a minute":            {func(f *hall.Issued) { f.SlotMS++ }, false},
		"a reference in capitals":           {func(f *hall.Issued) { f.Ref = strings.ToUpper(f.Ref) }, true},
		"a reference that is no UUID":       {func(f *hall.Issued) { f.Ref = "0193-a1" }, true},
		"a return pass without a reference": {func(f *hall.Issued) { f.Class, f.Ref, f.SlotMS = hall.ReturnPass, "", 0 }, true},
		"what was checked":                  {func(f *hall.Issued) { f.Checked = []hall.Checked{{Item: f.Items[0], Version: 3, Lacks: []int{2}}} }, true},
		"an unknown class":                  {func(f *hall.Issued) { f.Class = "guest" }, false},
	} {
		f := usual
		c.change(&f)
		ev := issue(f)
		back, err := Open(mustSign(t, ev), keys)
		if err != nil || !bytes.Equal(back.Payload, ev.Payload) {
			t.Errorf("%s: came back as %s (%v)", name, back.Payload, err)
		}
		if body, err := pack(ev); err != nil || (body[0] == formBooked) != c.small {
			t.Errorf("%s: form %d (%v)", name, body[0], err)
		}
	}
}

// A body of this form that refers to nothing, or says what no program knows, is none of ours;
// and the class of a return pass is in no other form.
func TestABookedCodeRefersToSomething(t *testing.T) {
	body, err := pack(sample())
	if err != nil {
		t.Fatal(err)
	}
	body[0] = formBooked
	for name, more := range map[string][]byte{"nothing at all": nil, "nothing": {0}, "an unknown bit": {1 << 3}, "a torn slot": {1}, "a torn reference": {2, 1, 2, 3}, "a torn text": {4, 9, 'a'}} {
		if ev, err := unpack(append(bytes.Clone(body), more...)); err == nil {
			t.Errorf("%s: it gives %s", name, ev.Payload)
		}
	}
	plain, err := pack(sample())
	if err != nil {
		t.Fatal(err)
	}
	plain[len(packHead(sample(), formCompact))] |= flagClass
	if ev, err := unpack(plain); err == nil {
		t.Errorf("a return pass in the first form: %s", ev.Payload)
	}
}
