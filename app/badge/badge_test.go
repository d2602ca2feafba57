package badge

import (
	"errors"
	"testing"
)

func TestOnlyTheRightPINFits(t *testing.T) {
	v, err := Seal("135790")
	if err != nil {
		t.Fatal(err)
	}
	other, _ := Seal("135790")
	if v == other {
		t.Error("two seals of one PIN are equal: the salt is missing")
	}
	for pin, want := range map[string]bool{"135790": true, "135791": false, "": false, "1357900": false} {
		if Check(pin, v) != want {
			t.Errorf("Check(%q) = %v", pin, !want)
		}
	}
	for _, bad := range []string{"", "135790", "$argon2id$v=19$m=19456,t=0,p=1$AA$AA", "$argon2i$" + v[10:], v[:len(v)-4]} {
		if Check("135790", bad) {
			t.Errorf("verifier %q fits", bad)
		}
	}
}

func TestShortPINsAreRefused(t *testing.T) {
	for _, pin := range []string{"", "12345", "12345a", "一二三四五六"} {
		if _, err := Seal(pin); !errors.Is(err, ErrShort) {
			t.Errorf("Seal(%q): %v", pin, err)
		}
	}
}

// A mark is the same for the same number and secret, and tells neither.
func TestAMarkNeedsItsSecret(t *testing.T) {
	mark := Mark("99010820000907755X", []byte("secret"))
	if len(mark) != 16 || mark != Mark("99010820000907755X", []byte("secret")) {
		t.Errorf("the mark is %q", mark)
	}
	for name, other := range map[string]string{"another number": Mark("990108200009077551", []byte("secret")), "another secret": Mark("99010820000907755X", []byte("other"))} {
		if other == mark {
			t.Errorf("%s has the same mark", name)
		}
	}
}
