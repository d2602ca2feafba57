package guide

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "write tables/readings.txt from the readings of go-pinyin")

const readingsHead = "# Readings of the 6,763 characters of GB 2312, without tones, v for ü: the main\n" +
	"# reading of the characters before the bar, a further one of those behind it.\n" +
	"# Made from go-pinyin v0.21.0 (MIT, see LICENSE-go-pinyin.txt) by: go test ./app/guide -run Readings -update\n"

// gb2312 lists the Chinese characters of GB 2312.
func gb2312(t *testing.T) []rune {
	t.Helper()
	var out []rune
	decoder := simplifiedchinese.GBK.NewDecoder()
	for hi := 0xB0; hi <= 0xF7; hi++ {
		for lo := 0xA1; lo <= 0xFE; lo++ {
			s, err := decoder.Bytes([]byte{byte(hi), byte(lo)})
			if err != nil {
				t.Fatalf("decode %x%x: %v", hi, lo, err)
			}
			if r := []rune(string(s)); len(r) == 1 && r[0] >= 0x4E00 && r[0] <= 0x9FFF {
				out = append(out, r[0])
			}
		}
	}
	return out
}

func TestReadingsAreThoseOfGoPinyin(t *testing.T) {
	args := pinyin.NewArgs()
	args.Style, args.Heteronym = pinyin.Normal, true
	mains, others := map[string][]rune{}, map[string][]rune{}
	chars := gb2312(t)
	if len(chars) != 6763 {
		t.Fatalf("GB 2312 has 6763 characters, not %d", len(chars))
	}
	var syllables []string
	for _, r := range chars {
		var seen []string
		for n, s := range pinyin.SinglePinyin(r, args) {
			s = strings.ReplaceAll(s, "ü", "v")
			if slices.Contains(seen, s) || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
				continue
			}
			seen = append(seen, s)
			if n == 0 {
				mains[s] = append(mains[s], r)
			} else {
				others[s] = append(others[s], r)
			}
			syllables = append(syllables, s)
		}
		if len(seen) == 0 {
			t.Errorf("%c has no reading", r)
		}
	}
	slices.Sort(syllables)
	var want strings.Builder
	want.WriteString(readingsHead)
	for _, s := range slices.Compact(syllables) {
		want.WriteString(s + " " + string(mains[s]))
		if len(others[s]) > 0 {
			want.WriteString("|" + string(others[s]))
		}
		want.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile("tables/readings.txt", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("tables/readings.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want.String() {
		t.Error("tables/readings.txt is not what go-pinyin gives; run this test with -update")
	}
}
