package guide

import (
	"regexp"
	"strings"
	"testing"
)

// Real agencies' credit codes, as a district's item codes carry them.
func TestCheckCharactersOfRealAgencies(t *testing.T) {
	subject := regexp.MustCompile(`1[12]\d{6}[0-9A-Z]{10}`)
	seen := map[string]bool{}
	checks := map[byte]bool{}
	for _, v := range evalLines[struct {
		ItemCode string `json:"item_code"`
	}](t, "../../../shared/data/real/guangan_items.jsonl") {
		code := subject.FindString(v.ItemCode)
		if code == "" || seen[code] {
			continue
		}
		seen[code] = true
		check, usable := subjectCheck(code)
		if !usable || check != code[17] || organisationCheck(code) != code[16] {
			t.Errorf("%s: %c %c", code, organisationCheck(code), check)
		}
		for n := range 17 {
			for _, other := range subjectChars {
				wrong := code[:n] + string(other) + code[n+1:]
				if check, _ := subjectCheck(wrong); wrong != code && check == code[17] {
					t.Errorf("%s is taken for %s", wrong, code)
				}
				checks[mustCheck(t, wrong)] = true
			}
		}
	}
	if len(seen) < 39 || len(checks) != len(subjectChars) {
		t.Errorf("%d agencies, %d check characters", len(seen), len(checks))
	}
	for _, letter := range "IOSVZ" {
		if strings.ContainsRune(subjectChars, letter) {
			t.Errorf("%c is in no credit code", letter)
		}
	}
}

func mustCheck(t *testing.T, code string) byte {
	t.Helper()
	check, usable := subjectCheck(code)
	if !usable {
		t.Fatalf("%s has no check character", code)
	}
	return check
}
