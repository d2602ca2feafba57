package slip

import (
	_ "embed"
	"strings"

	"onewindow/app/hall"
)

//go:embed clips.tsv
var clipList string

// Clips names the recorded words that announcements are made of: a hall's own recordings
// have these names, and .wav behind them. What each says stands in clips.tsv.
func Clips() (names []string) {
	for line := range strings.Lines(clipList) {
		name, _, _ := strings.Cut(line, "\t")
		names = append(names, name)
	}
	return names
}

// Pause is the word of an announcement that is a moment of silence.
const Pause = ""

// Announcement gives the words that call a ticket to a window: 请 B 0 1 2 号到 A 0 3 窗口, in
// the ticket's language. With both the other language follows, where nobody else
// waits to be called.
func Announcement(t *hall.Ticket, w hall.WindowID, both bool) []string {
	zh := append(append([]string{"zh-please"}, spell("zh", string(t.Number))...), "zh-number", "zh-to")
	zh = append(append(zh, spell("zh", string(w))...), "zh-window")
	en := append(append([]string{"en-number"}, spell("en", string(t.Number))...), Pause, "en-window")
	en = append(en, spell("en", string(w))...)
	first, second := zh, en
	if t.Language == "en" {
		first, second = en, zh
		both = true // most of the hall listens for Chinese
	}
	words := append([]string{"chime"}, first...)
	if both {
		words = append(append(words, Pause), second...)
	}
	return words
}

// spell reads a number sign by sign, as people compare it with their slip.
func spell(language, number string) (words []string) {
	for _, c := range strings.ToLower(number) {
		switch {
		case c == '-':
			words = append(words, language+"-dash")
		case c >= '0' && c <= '9':
			words = append(words, language+"-"+string(c))
		case c >= 'a' && c <= 'z':
			words = append(words, string(c))
		}
	}
	return words
}
