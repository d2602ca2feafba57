package guide

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed tables/tones.txt
var tonesTable string

// aloud holds the main reading of each character with its tone, as a voice takes it: "qing3".
var aloud = sync.OnceValue(func() map[rune]string {
	tones := make(map[rune]byte, 7000)
	for line := range strings.Lines(tonesTable) {
		if tone, chars, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			for _, c := range chars {
				tones[c] = tone[0]
			}
		}
	}
	out := make(map[rune]string, len(tones))
	for line := range strings.Lines(readingsTable) {
		syllable, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		mains, _, _ := strings.Cut(chars, "|")
		for _, c := range mains {
			out[c] = syllable + string(tones[c])
		}
	}
	return out
})

// letterSounds are the letters as people in a hall say them.
var letterSounds = map[rune]string{'A': "ei1", 'B': "bi4", 'C': "xi1", 'D': "di4", 'E': "yi4", 'F': "ai2 fu5", 'G': "ji4", 'H': "ei1 chi5", 'I': "ai4",
	'J': "zhei4", 'K': "kei4", 'L': "ai2 le5", 'M': "ai2 mu5", 'N': "en1", 'O': "ou1", 'P': "pi4", 'Q': "kiu4", 'R': "a1 er5", 'S': "ai2 si5", 'T': "ti4",
	'U': "you1", 'V': "wei1", 'W': "da2 bu5 liu5", 'X': "ai2 ke5 si5", 'Y': "wai1", 'Z': "zei4"}

var digitSounds = strings.Fields("ling2 yi1 er4 san1 si4 wu3 liu4 qi1 ba1 jiu3")

var unitSounds = []string{"", "shi2", "bai3", "qian1"}

// Aloud writes a Chinese text as pinyin with tones, for a voice that reads it so. A number
// of up to four digits is read as a number, one with a letter before it or a nought in
// front digit by digit: 12 人, but B012. What has no sound is a pause or nothing.
func Aloud(text string) string {
	var b strings.Builder
	say := func(s string) {
		if s != "" && b.Len() > 0 && !strings.HasSuffix(b.String(), " ") {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	chars := []rune(text)
	for n := 0; n < len(chars); n++ {
		c := chars[n]
		if t, ok := simplified()[c]; ok {
			c = t
		}
		switch {
		case aloud()[c] != "":
			say(aloud()[c])
		case c >= '0' && c <= '9':
			end := n
			for end < len(chars) && chars[end] >= '0' && chars[end] <= '9' {
				end++
			}
			say(readNumber(string(chars[n:end]), n > 0 && (unicode.IsUpper(chars[n-1]) || chars[n-1] == '-')))
			n = end - 1
		case letterSounds[unicode.ToUpper(c)] != "":
			say(letterSounds[unicode.ToUpper(c)])
		case c == '–' || c == '—':
			say(aloud()['到'])
		case strings.ContainsRune("，、；：,;:", c):
			b.WriteString(",")
		case strings.ContainsRune("。！？.!?\n", c):
			b.WriteString(".")
		}
	}
	return b.String()
}

// readNumber reads digits: as a number, or one by one where they are a name.
func readNumber(digits string, name bool) string {
	n, err := strconv.Atoi(digits)
	if name || err != nil || len(digits) > len(unitSounds) || len(digits) > 1 && digits[0] == '0' {
		out := make([]string, 0, len(digits))
		for _, d := range digits {
			out = append(out, digitSounds[d-'0'])
		}
		return strings.Join(out, " ")
	}
	if n == 0 {
		return digitSounds[0]
	}
	var out []string
	nought := false
	for at, d := range digits {
		unit := unitSounds[len(digits)-1-at]
		switch {
		case d == '0':
			nought = true
			continue
		case nought:
			out = append(out, digitSounds[0])
		}
		nought = false
		if !(d == '1' && unit == "shi2" && at == 0) { // 十二, and not 一十二
			out = append(out, digitSounds[d-'0'])
		}
		if unit != "" {
			out = append(out, unit)
		}
	}
	return strings.Join(out, " ")
}
