package guide

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed tables/readings.txt
var readingsTable string

//go:embed tables/traditional.txt
var traditionalTable string

// readings holds the syllables of each character, the main one first.
type readings struct {
	of        map[rune][]string
	syllables map[string]bool
	longest   int
}

// spoken is made once and never changed. It is about 30 KB of table in the
// program; the dictionary that it comes from would add 1.4 MB and 4 ms to every start.
var spoken = sync.OnceValue(func() readings {
	r := readings{of: make(map[rune][]string, 7000), syllables: map[string]bool{}}
	for line := range strings.Lines(readingsTable) {
		line = strings.TrimSpace(line)
		syllable, chars, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		mains, others, _ := strings.Cut(chars, "|")
		r.syllables[syllable] = true
		r.longest = max(r.longest, len(syllable))
		for _, c := range mains {
			r.of[c] = slices.Insert(r.of[c], 0, syllable)
		}
		for _, c := range others {
			r.of[c] = append(r.of[c], syllable)
		}
	}
	return r
})

var simplified = sync.OnceValue(func() map[rune]rune {
	out := make(map[rune]rune, 2600)
	for line := range strings.Lines(traditionalTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		pair := []rune(strings.TrimSpace(line))
		for n := 0; n+1 < len(pair); n += 2 {
			out[pair[n]] = pair[n+1]
		}
	}
	return out
})

// syllablesOf cuts lower-case letters into pinyin syllables, long ones first; nil
// when they do not come out even.
func syllablesOf(letters string) []string {
	r := spoken()
	// dead[n] tells that the letters from n on cannot be cut.
	dead := make([]bool, len(letters)+1)
	var out []string
	var cut func(at int) bool
	cut = func(at int) bool {
		if at == len(letters) {
			return true
		}
		if dead[at] {
			return false
		}
		for n := min(r.longest, len(letters)-at); n > 0; n-- {
			if s := letters[at : at+n]; r.syllables[s] {
				out = append(out, s)
				if cut(at + n) {
					return true
				}
				out = out[:len(out)-1]
			}
		}
		dead[at] = true
		return false
	}
	if letters == "" || !cut(0) {
		return nil
	}
	return out
}
