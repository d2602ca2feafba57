package slip

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// golden is the code of sample, printed once and valid for ever: whatever changes
// in the form of codes or in hall.Issued, it must open to the same bytes.
const golden = "OW1:F10.50UA0VZA%$945E 4I6GC6-QC6N5XU100%LK.Z2/BI6-7%B8564/8TPJ26MLET1$O4948:X6: Q*NLTCOYAIT1S +48KK7Q8L637T0FL5:LJHMV-Z31BA31VUUU1:TA:06$A+70MM5K9NP7BX25AIG5EBV3IYGHUBSWO2N%2GFQR+F0X8/.QAUMVHC4EW"

var (
	testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	other   = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
)

const sampleMS = 1795482330000 // 2026-11-24 09:05:30 UTC+8

func sample() event.Event {
	return issue(hall.Issued{Ticket: "01a20b16-2390-7c3e-9a41-5d20b7e6f813", Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: "B017",
		Class: hall.WalkIn, Items: []hall.ItemCode{"119901080000X0043B4991004002000"}, Language: "zh",
		IssuedMS: sampleMS, Ahead: 12, LowMinutes: 15, HighMinutes: 35})
}

func issue(f hall.Issued) event.Event {
	return event.Event{ID: event.ID{Origin: "jiangnan/k1", Epoch: 0x8f3a61c2d4e5b709, Seq: 4211},
		At: event.Stamp{MS: f.IssuedMS}, Kind: hall.KindIssued, Payload: hall.Payload(f)}
}

func mustSign(t testing.TB, ev event.Event) string {
	t.Helper()
	text, err := Sign(ev, testKey)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// known gives the test key for the origin of sample only, as a hall would.
func keys(o event.Origin) []ed25519.PublicKey {
	if o != "jiangnan/k1" {
		return nil
	}
	return []ed25519.PublicKey{testKey.Public().(ed25519.PublicKey)}
}

func TestGoldenCodeOpensForEver(t *testing.T) {
	ev, err := Open(golden, keys)
	if err != nil {
		t.Fatal(err)
	}
	if got := event.Sum(ev.Encode()).String(); got != "dbfb6bc94a527533865831545a31527e088b5b230defdfe9c85531971a3d37e1" {
		t.Errorf("hash of the event is %s", got)
	}
	if now := mustSign(t, ev); now != golden {
		t.Errorf("the same event gives another code today: %s", now)
	}
}

// TestEveryFlipIsForged changes every character of a code into every other one.
func TestEveryFlipIsForged(t *testing.T) {
	text := mustSign(t, sample())
	for i := range text {
		for c := range 256 {
			if byte(c) == text[i] {
				continue
			}
			wrong := text[:i] + string([]byte{byte(c)}) + text[i+1:]
			want := error(event.CodeForged)
			if value45[c] == none45 {
				want = event.CodeTorn
			}
			ev, err := Open(wrong, keys)
			if !errors.Is(err, want) {
				t.Fatalf("character %d as %#02x: %v, want %v", i, c, err, want)
			}
			if ev.Payload != nil {
				t.Fatalf("character %d as %#02x: an event came with the refusal", i, c)
			}
		}
	}
}

func TestEveryCutIsTorn(t *testing.T) {
	for _, ev := range []event.Event{sample(), large(4)} {
		text := mustSign(t, ev)
		for n := len(prefix); n < len(text); n++ {
			if _, err := Open(text[:n], keys); !errors.Is(err, event.CodeTorn) {
				t.Fatalf("first %d of %d characters: %v", n, len(text), err)
			}
		}
	}
}

func large(items int) event.Event {
	var f hall.Issued
	if err := json.Unmarshal(sample().Payload, &f); err != nil {
		panic(err)
	}
	f.Items = nil
	for i := range items {
		f.Items = append(f.Items, hall.ItemCode(fmt.Sprintf("1199010%d0000X00%02dC499%02d04002000", i, i*7, i*13)))
	}
	return issue(f)
}

func TestOpenRefuses(t *testing.T) {
	good := mustSign(t, sample())
	stranger := sample()
	stranger.Origin = "jiangnan/k9"
	forged, err := Sign(sample(), other)
	if err != nil {
		t.Fatal(err)
	}
	body, sig, err := unframe(good)
	if err != nil {
		t.Fatal(err)
	}
	later := bytes.Clone(body)
	later[0] = 9
	reframed := func(body, sig []byte) string { return prefix + encode45(frame(body, sig)) }
	for _, c := range []struct {
		name, text string
		want       *event.Refusal
	}{
		{"nothing", "", event.CodeForeign},
		{"a payment code", "https://pay.example/2088?x=1", event.CodeForeign},
		{"a number", "B017", event.CodeForeign},
		{"Chinese text", "一窗通办", event.CodeForeign},
		{"another prefix", "AW2:" + good[4:], event.CodeForeign},
		{"lower case", strings.ToLower(good), event.CodeForeign},
		{"only the prefix", prefix, event.CodeTorn},
		{"too short to be a ticket", prefix + "ABCDEF", event.CodeTorn},
		{"a line break inside", good[:90] + "\n" + good[90:], event.CodeTorn},
		{"lower case behind the prefix", prefix + strings.ToLower(good[4:]), event.CodeTorn},
		{"scanned twice", good + good, event.CodeTorn},
		{"three characters more", good + "000", event.CodeForged},
		{"one character more", good + "0", event.CodeTorn},
		{"signed by another device", forged, event.CodeForged},
		{"signature of nothing", reframed(body, make([]byte, ed25519.SignatureSize)), event.CodeForged},
		{"no body", reframed(nil, sig), event.CodeForged},
		{"another body under the signature", reframed(later, sig), event.CodeForged},
		{"no key for the origin", mustSign(t, stranger), event.CodeKeyUnknown},
		{"a form of a later program", reframed(later, ed25519.Sign(testKey, tagged(later))), event.VersionUnknown},
		{"signed without the tag", reframed(body, ed25519.Sign(testKey, body)), event.CodeForged},
	} {
		_, err := Open(c.text, keys)
		var got *event.Refusal
		if !errors.As(err, &got) || got.Code != c.want.Code {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, around := range []string{good + "\r\n", good + "\t", good + "\r"} {
		if _, err := Open(around, keys); err != nil {
			t.Errorf("%q: %v", around[len(around)-6:], err)
		}
	}
	if _, err := Open(good, func(event.Origin) []ed25519.PublicKey { return []ed25519.PublicKey{[]byte("short")} }); !errors.Is(err, event.CodeKeyUnknown) {
		t.Errorf("with a key of a wrong size: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	called := sample()
	called.Kind = hall.KindCalled
	first := sample()
	first.Seq = 0
	for name, ev := range map[string]event.Event{"another kind": called, "sequence 0": first, "nothing": {}} {
		if text, err := Sign(ev, testKey); err == nil {
			t.Errorf("%s: signed as %s", name, text)
		}
	}
	if _, err := Sign(sample(), nil); err == nil {
		t.Error("signed without a key")
	}
	huge := sample()
	noise := make([]byte, 3000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	huge.Payload = append([]byte{'"'}, noise...)
	if _, err := Sign(huge, testKey); !errors.Is(err, ErrTooLarge) {
		t.Errorf("3,000 bytes of noise: %v", err)
	}
}

// TestSignedEventsComeBack is the promise of sync.md, rule 22, for random events:
// tickets as kiosks make them, tickets with odd values, and bytes that are no ticket at all.
func TestSignedEventsComeBack(t *testing.T) {
	compact, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		ev := anyEvent(t)
		text, err := Sign(ev, testKey)
		if errors.Is(err, ErrTooLarge) && len(ev.Payload) > 1500 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			if value45[text[i]] == none45 {
				t.Fatalf("%q is not of the alphanumeric mode", text[i])
			}
		}
		back, err := Open(text, func(o event.Origin) []ed25519.PublicKey {
			if o != ev.Origin {
				return nil
			}
			return []ed25519.PublicKey{testKey.Public().(ed25519.PublicKey)}
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), ev.Encode()) {
			t.Fatalf("came back as %+v %s", back, back.Payload)
		}
		if at := rapid.IntRange(len(prefix), len(text)-1).Draw(t, "flip at"); true {
			c := alphabet45[rapid.IntRange(0, 44).Draw(t, "flip to")]
			wrong := text[:at] + string(c) + text[at+1:]
			if _, err := Open(wrong, keys); c != text[at] && !errors.Is(err, event.CodeForged) {
				t.Fatalf("one wrong character: %v", err)
			}
		}
		all++
		if body, _, err := unframe(text); err == nil && slices.Contains([]byte{formCompact, formChecked, formBooked}, body[0]) {
			compact++
		}
	})
	if all >= 50 && (compact == 0 || compact == all) { // fewer may be all of one form by chance
		t.Errorf("%d of %d events were compact; both forms must be tried", compact, all)
	}
}

func anyEvent(t *rapid.T) event.Event {
	ev := event.Event{ID: event.ID{
		Origin: event.Origin(rapid.StringMatching(`[a-z0-9-]{1,20}/[a-z0-9-]{1,19}`).Draw(t, "origin")),
		Epoch:  event.Epoch(rapid.Uint64Range(1, 1<<64-1).Draw(t, "epoch")),
		Seq:    event.Seq(rapid.Uint64Range(1, 1<<63).Draw(t, "seq")),
	}, Kind: hall.KindIssued}
	ev.At = event.Stamp{MS: rapid.Int64Range(0, 1<<62).Draw(t, "ms"), Tick: rapid.Uint16().Draw(t, "tick")}
	switch rapid.IntRange(0, 9).Draw(t, "sort of payload") {
	case 0:
		ev.Payload = rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "bytes")
	case 1:
		ev.Payload = []byte(`{"ticket":"x","later_field":` + rapid.StringMatching(`[0-9]{1,300}`).Draw(t, "later") + `}`)
	default:
		f := anyTicket(t, ev.Origin)
		if rapid.Bool().Draw(t, "stamp agrees") {
			ev.At = event.Stamp{MS: max(0, f.IssuedMS)}
		}
		ev.Payload = hall.Payload(f)
		if rapid.IntRange(0, 9).Draw(t, "spaced") == 0 {
			ev.Payload = bytes.ReplaceAll(ev.Payload, []byte(`,`), []byte(`, `))
		}
	}
	return ev
}

func anyTicket(t *rapid.T, origin event.Origin) hall.Issued {
	text := func(name, usual string) string {
		return rapid.OneOf(rapid.StringMatching(usual), rapid.StringMatching(usual), rapid.StringMatching(usual), rapid.StringN(0, 12, 40)).Draw(t, name)
	}
	ms := rapid.OneOf(rapid.Int64Range(1_700_000_000_000, 2_000_000_000_000), rapid.Int64()).Draw(t, "issued")
	f := hall.Issued{
		Ticket:   hall.TicketID(text("ticket", `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)),
		Hall:     hall.ID(rapid.SampledFrom([]string{origin.Hall(), "jiangbei", "一"}).Draw(t, "hall")),
		Date:     hall.Date(text("date", `20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`)),
		Service:  hall.Letter(text("service", `[A-Z]`)),
		Class:    hall.Class(rapid.SampledFrom([]string{"walk_in", "priority", "appointment", "return_pass", "guest"}).Draw(t, "class")),
		Language: rapid.SampledFrom([]string{"zh", "zh", "en", "fr"}).Draw(t, "language"),
		IssuedMS: ms,
		Ahead:    rapid.IntRange(-2, 300).Draw(t, "ahead"), LowMinutes: rapid.IntRange(-1, 300).Draw(t, "low"), HighMinutes: rapid.IntRange(-1, 9000).Draw(t, "high"),
		ClockOff: rapid.Bool().Draw(t, "clock off"),
	}
	f.Number = hall.Number(string(f.Service) + text("number", `([1-9]-)?[0-9]{3,4}`))
	if rapid.Bool().Draw(t, "evidence") {
		f.Evidence = rapid.StringN(0, 20, 60).Draw(t, "evidence type")
	}
	for range rapid.IntRange(0, 6).Draw(t, "items") {
		f.Items = append(f.Items, hall.ItemCode(text("item", `[0-9]{10}[0-9X]{3}[0-9]{4}[A-Z][0-9]{12}[0-9Z]|[0-9A-Z]{31}|[0-9]{31}`)))
	}
	if rapid.Bool().Draw(t, "refers") {
		f.Ref = text("reference", `[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
		f.SlotMS = rapid.OneOf(rapid.Just(int64(0)), rapid.Just(900_000*rapid.Int64Range(1_888_888, 2_222_222).Draw(t, "quarter")), rapid.Int64()).Draw(t, "slot")
	}
	for range rapid.IntRange(-9, min(2, len(f.Items))).Draw(t, "checked") {
		c := hall.Checked{Item: rapid.SampledFrom(append([]hall.ItemCode{"another"}, f.Items...)).Draw(t, "checked item"), Version: rapid.IntRange(-1, 9).Draw(t, "version")}
		for no := range rapid.IntRange(0, 66).Draw(t, "materials") {
			if rapid.Bool().Draw(t, "lacks") {
				c.Lacks = append(c.Lacks, no)
			}
		}
		f.Checked = append(f.Checked, c)
	}
	return f
}

// TestItemCodes packs neighbours, letters only, and codes of another shape.
func TestItemCodes(t *testing.T) {
	codes := []string{"119901080000X0043B4991004002000", "119901080000X0043B4991004002001", "119901080000X0043B4991004002001",
		strings.Repeat("9", 31), strings.Repeat("Z", 31), "ZZZZZZ" + strings.Repeat("9", 25), strings.Repeat("9", 30) + "Z", "", "short", "事项", strings.Repeat("0", 31)}
	last := ""
	var b []byte
	for _, c := range codes {
		b = appendItem(b, last, c)
		last = c
	}
	r, last := &reader{b: b}, ""
	for _, c := range codes {
		if last = readItem(r, last); last != c || r.bad {
			t.Fatalf("%q came back as %q", c, last)
		}
	}
	if n := len(appendItem(nil, "", codes[0])); n != 16 {
		t.Errorf("a code with two letters takes %d bytes, want 16", n)
	}
}

func TestBase45(t *testing.T) {
	// The vectors of RFC 9285, sections 4.3 and 4.4.
	for raw, text := range map[string]string{"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": ""} {
		if got := encode45([]byte(raw)); got != text {
			t.Errorf("%q gives %q, want %q", raw, got, text)
		}
		if got, state := decode45(text); string(got) != raw || state != fine45 {
			t.Errorf("%q gives %q (%d), want %q", text, got, state, raw)
		}
	}
	for text, want := range map[string]state45{"GGW": over45, ":::": over45, "FGW": fine45, "::": over45, "U5": fine45, "V5": over45, "A": odd45, "BB8A": odd45, "bb8": strange45, "A,": strange45} {
		if _, state := decode45(text); state != want {
			t.Errorf("%q: state %d, want %d", text, state, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		text := encode45(raw)
		back, state := decode45(text)
		if !bytes.Equal(back, raw) || state != fine45 {
			t.Fatalf("%x came back as %x", raw, back)
		}
		if strings.HasSuffix(text, " ") {
			t.Fatalf("%q ends in a space, which forms cut off", text)
		}
	})
}

func FuzzOpen(f *testing.F) {
	for _, ev := range []event.Event{sample(), large(0), large(5), checkedSample(), bookedSample(), passSample()} {
		text, err := Sign(ev, testKey)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(text[:len(text)/2])
	}
	f.Add(prefix)
	f.Fuzz(func(t *testing.T, text string) {
		ev, err := Open(text, keys)
		if err == nil {
			if again, err := Sign(ev, testKey); err != nil || again != strings.TrimRight(text, "\r\n\t") {
				t.Errorf("%q opened, but is not what this key signs: %v", text, err)
			}
		}
	})
}

// FuzzUnpack gives bodies that a thief of a key could sign.
func FuzzUnpack(f *testing.F) {
	for _, ev := range []event.Event{sample(), large(5), checkedSample(), bookedSample(), passSample()} {
		body, err := pack(ev)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
		f.Add(packPlain(ev, formPlain, ev.Payload))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if ev, err := unpack(body); err == nil && len(ev.Payload) > event.MaxPayload+len(body) {
			t.Errorf("payload of %d bytes", len(ev.Payload))
		}
		originOf(body)
	})
}
