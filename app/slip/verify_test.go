package slip

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"onewindow/app/event"
)

func TestReport(t *testing.T) {
	key := testKey.Public().(ed25519.PublicKey)
	lines, err := Report(golden, key)
	if err != nil {
		t.Fatal(err)
	}
	want := `valid
number   B017
hall     jiangnan
date     2026-11-24
service  B
class    walk_in
item     119901080000X0043B4991004002000
language zh
issued   2026-11-24 01:05:30.000 UTC
ahead    12
wait     15 to 35 min
ticket   01a20b16-2390-7c3e-9a41-5d20b7e6f813
event    jiangnan/k1:8f3a61c2d4e5b709:4211
hash     ` + event.Sum(sample().Encode()).String() + "\n"
	if lines != want {
		t.Errorf("got\n%swant\n%s", lines, want)
	}
	flipped := golden[:40] + "0" + golden[41:]
	if golden[40] == '0' {
		t.Fatal("the flip changes nothing")
	}
	for text, word := range map[string]string{flipped: "forged", golden[:80]: "torn", "https://pay.example": "foreign", "X" + golden[1:]: "forged"} {
		lines, err := Report(text, key)
		if first, rest, _ := strings.Cut(lines, "\n"); first != word || rest == "" || err == nil {
			t.Errorf("%s: %q, %v", word, lines, err)
		}
	}
	if lines, err := Report(golden, other.Public().(ed25519.PublicKey)); err == nil || !strings.HasPrefix(lines, "forged\n") {
		t.Errorf("with another key: %q, %v", lines, err)
	}
	if lines, err := Report(golden, nil); err == nil || strings.HasPrefix(lines, "valid") {
		t.Errorf("without a key: %q, %v", lines, err)
	}
	odd := sample()
	odd.Payload = []byte("not a ticket\x1b[2J")
	lines, err = Report(mustSign(t, odd), key)
	if err != nil || !strings.HasPrefix(lines, "valid\n") || strings.Contains(lines, "\x1b") {
		t.Errorf("a signed payload that is no ticket: %q, %v", lines, err)
	}
}

func TestPublicKeyFile(t *testing.T) {
	key := testKey.Public().(ed25519.PublicKey)
	text := FormatPublicKey("jiangnan/k1", key)
	for _, file := range []string{text, "# kiosk 1\r\n\r\n" + text, strings.TrimSpace(text), "  " + text} {
		got, origin, err := ParsePublicKey(file)
		if err != nil || !key.Equal(got) || origin != "jiangnan/k1" {
			t.Errorf("%q: %x %s %v", file, got, origin, err)
		}
	}
	if _, origin, err := ParsePublicKey(strings.Join(strings.Fields(text)[:2], " ")); err != nil || origin != "" {
		t.Errorf("without an origin: %q, %v", origin, err)
	}
	for name, file := range map[string]string{
		"nothing": "", "only a remark": "# x\n", "another word": strings.Replace(text, keyWord, "ssh-ed25519", 1),
		"no key": keyWord + "\n", "half a key": text[:40], "no base64": keyWord + " !!!! jiangnan/k1", "no origin": keyWord + " " + strings.Fields(text)[1] + " Jiangnan",
		"two keys": text + text, "a word too many": strings.TrimSpace(text) + " x",
	} {
		if _, _, err := ParsePublicKey(file); err == nil {
			t.Errorf("%s: read without complaint", name)
		}
	}
}
