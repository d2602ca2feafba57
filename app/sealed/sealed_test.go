package sealed_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"onewindow/app/sealed"
)

func newKey(t *testing.T) sealed.Key {
	t.Helper()
	k, err := sealed.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What was sealed opens with its key at its place, and with nothing else.
func TestAValueOpensWithItsKeyAtItsPlaceAlone(t *testing.T) {
	k := newKey(t)
	place := []string{"application.taken", "case-1", "request-1", "applicant"}
	v, err := k.Seal("罗庆(样例)", rand.Reader, place...)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(v, place...); err != nil || got != "罗庆(样例)" {
		t.Fatalf("%q, %v", got, err)
	}
	if again, _ := k.Seal("罗庆(样例)", rand.Reader, place...); again == v {
		t.Error("the same text gives the same value: who sees two can tell that they are equal")
	}
	if _, err := newKey(t).Open(v, place...); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("another key: %v", err)
	}
	for n := range place {
		moved := append([]string{}, place...)
		moved[n] += "x"
		if _, err := k.Open(v, moved...); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("moved to another %s: %v", place[n], err)
		}
	}
	// Letters may not move from one part of the place to the next.
	if _, err := k.Open(v, "application.takenc", "ase-1", "request-1", "applicant"); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("parts run together: %v", err)
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(string(v), "1."))
	if err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		raw[n] ^= 1
		if _, err := k.Open(sealed.Value("1."+base64.RawStdEncoding.EncodeToString(raw)), place...); !errors.Is(err, sealed.ErrShut) {
			t.Fatalf("byte %d changed: %v", n, err)
		}
		raw[n] ^= 1
	}
	for _, bad := range []sealed.Value{"x", "1.", "1.AAAA", "2.AAAA", "1.***", "罗庆"} {
		if _, err := k.Open(bad, place...); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNothingSaidStaysNothing(t *testing.T) {
	k := newKey(t)
	if v, err := k.Seal("", rand.Reader, "x"); v != "" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	if s, err := k.Open("", "x"); s != "" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	k := newKey(t)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", k)
	said := fmt.Sprintf("%v %s %x %d %+v %q", k, k, k, k, k, k) + log.String()
	for _, b := range []string{fmt.Sprintf("%x", [32]byte(k))[:8], fmt.Sprint([32]byte(k))[:12], base64.StdEncoding.EncodeToString(k[:])[:8]} {
		if strings.Contains(said, b) {
			t.Errorf("a key is printed: %s", said)
		}
	}
}

// Bytes open with their key at their place, and with nothing else, as texts do.
func TestBytesOpenWithTheirKeyAtTheirPlaceAlone(t *testing.T) {
	k := newKey(t)
	shut, err := k.SealBytes([]byte("%PDF"), rand.Reader, "scan.attached", "case-1", "0")
	if err != nil || bytes.Contains(shut, []byte("%PDF")) {
		t.Fatal(err)
	}
	if got, err := k.OpenBytes(shut, "scan.attached", "case-1", "0"); err != nil || string(got) != "%PDF" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := k.OpenBytes(shut, "scan.attached", "case-1", "1"); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("at another place: %v", err)
	}
	if _, err := newKey(t).OpenBytes(shut, "scan.attached", "case-1", "0"); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("another key: %v", err)
	}
	for n := range shut {
		shut[n] ^= 1
		if _, err := k.OpenBytes(shut, "scan.attached", "case-1", "0"); !errors.Is(err, sealed.ErrShut) {
			t.Fatalf("byte %d changed: %v", n, err)
		}
		shut[n] ^= 1
	}
	for _, bad := range []string{"", ".", "1", "1.", "2.AAAA"} {
		if _, err := k.OpenBytes([]byte(bad), "x"); !errors.Is(err, sealed.ErrShut) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
