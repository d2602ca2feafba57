package intake

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"onewindow/app/event"
)

// people are fictitious (样例); testdata/people.json says so itself.
type people struct {
	People []struct {
		Name, ID, Phone string
	} `json:"people"`
	Invalid []struct {
		Input string `json:"input"`
		Error string `json:"error"`
	} `json:"invalid_ids"`
	Normalise []struct {
		Input  string `json:"input"`
		Output string `json:"output"`
	} `json:"normalise"`
}

func samplePeople(t *testing.T) people {
	t.Helper()
	b, err := os.ReadFile("testdata/people.json")
	if err != nil {
		t.Fatal(err)
	}
	var p people
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.People) < 60 || len(p.Invalid) < 8 || len(p.Normalise) < 3 {
		t.Fatalf("the samples are not whole: %d, %d, %d", len(p.People), len(p.Invalid), len(p.Normalise))
	}
	return p
}

const today = "2026-11-24"

func TestResidentNumbers(t *testing.T) {
	p := samplePeople(t)
	for _, who := range p.People {
		if n, refusal := CheckDocument(ResidentID, who.ID, today); refusal != nil || n != who.ID {
			t.Errorf("%s: %q, %v", who.ID, n, refusal)
		}
	}
	for _, bad := range p.Invalid {
		_, refusal := CheckDocument(ResidentID, bad.Input, today)
		if refusal == nil || !errors.Is(refusal, event.IdentityWrong) || refusal.Args["why"] != bad.Error {
			t.Errorf("%s: %v, want %s", bad.Input, refusal, bad.Error)
		}
	}
	for _, n := range p.Normalise {
		if got, refusal := CheckDocument(ResidentID, n.Input, today); refusal != nil || got != n.Output {
			t.Errorf("%q: %q, %v", n.Input, got, refusal)
		}
	}
}

// One wrong digit or two neighbours exchanged never pass (that is what the check
// character is for); a wrong birth date is told as such.
func TestOneSlipIsAlwaysFound(t *testing.T) {
	id := samplePeople(t).People[0].ID
	for at := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			b := []byte(id)
			if b[at] == d {
				continue
			}
			b[at] = d
			if _, refusal := CheckDocument(ResidentID, string(b), today); refusal == nil {
				t.Errorf("%s passes for %s", b, id)
			}
		}
		b := []byte(id)
		b[at], b[at+1] = b[at+1], b[at]
		if _, refusal := CheckDocument(ResidentID, string(b), today); refusal == nil && b[at] != b[at+1] {
			t.Errorf("%s passes for %s", b, id)
		}
	}
}

func TestOtherDocuments(t *testing.T) {
	for _, c := range []struct {
		kind    DocumentType
		in, out string
		why     string
	}{
		{CreditCode, "91350100M000100Y43", "91350100M000100Y43", ""}, // the example of GB 32100-2015
		{CreditCode, " 91350100m000100y43 ", "91350100M000100Y43", ""},
		{CreditCode, "91350100M000100Y44", "", WrongCheck},
		{CreditCode, "91350100M000100Y4", "", WrongLength},
		{CreditCode, "91350100I000100Y43", "", WrongCharset},
		{Passport, "e12345678", "E12345678", ""},
		{Passport, "E1", "", WrongLength},
		{Passport, "E12_45678", "", WrongCharset},
		{Other, "军字第 12345 号", "军字第12345号", ""},
		{"licence", "1", "", WrongType},
	} {
		got, refusal := CheckDocument(c.kind, c.in, today)
		if c.why == "" && (refusal != nil || got != c.out) || c.why != "" && (refusal == nil || refusal.Args["why"] != c.why) {
			t.Errorf("%s %q: %q, %v, want %q %s", c.kind, c.in, got, refusal, c.out, c.why)
		}
	}
}
