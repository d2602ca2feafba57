package guide

import (
	"os"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
)

func TestTextsAreReadAloud(t *testing.T) {
	for text, want := range map[string]string{
		"请取号":        "qing3 qu3 hao4",
		"B012":       "bi4 ling2 yi1 er4",
		"B2-017":     "bi4 er4 ling2 yi1 qi1",
		"前面还有 12 人":  "qian2 mian4 hai2 you3 shi2 er4 ren2",
		"105 人，请稍候。": "yi1 bai3 ling2 wu3 ren2, qing3 shao1 hou4.",
		"20 分钟":      "er4 shi2 fen1 zhong1",
		"7–19 分钟":    "qi1 dao4 shi2 jiu3 fen1 zhong1",
		"0571":       "ling2 wu3 qi1 yi1",
		"旅客":         "lv3 ke4",
		"辦證":         "ban4 zheng4",
		"":           "",
	} {
		if got := Aloud(text); got != want {
			t.Errorf("%s is read %q, want %q", text, got, want)
		}
	}
}

const tonesHead = "# Tones of the main readings in readings.txt; 5 is the light one.\n" +
	"# Made from go-pinyin v0.21.0 (MIT, see LICENSE-go-pinyin.txt) by: go test ./app/guide -run Tones -update\n"

func TestTonesAreThoseOfGoPinyin(t *testing.T) {
	args := pinyin.NewArgs()
	args.Style = pinyin.Tone3
	tones := map[string][]rune{}
	for _, r := range gb2312(t) {
		tone := "5"
		if s := pinyin.SinglePinyin(r, args); len(s) > 0 && strings.ContainsAny(s[0][len(s[0])-1:], "1234") {
			tone = s[0][len(s[0])-1:]
		}
		tones[tone] = append(tones[tone], r)
	}
	var want strings.Builder
	want.WriteString(tonesHead)
	for _, tone := range []string{"1", "2", "3", "4", "5"} {
		want.WriteString(tone + " " + string(tones[tone]) + "\n")
	}
	if *update {
		if err := os.WriteFile("tables/tones.txt", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("tables/tones.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want.String() {
		t.Error("tables/tones.txt is not what go-pinyin gives; run this test with -update")
	}
}
