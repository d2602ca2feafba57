package guide

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed tables/readings.txt
var readingsTable string

//go:embed tables/traditional.txt
var traditionalTable string

// sound is the number of a pinyin syllable without tone in readings.names.
type sound uint16

// readings holds the sounds of each character, the main one first. The letter ü
// is u here, because half of the people type it so.
type readings struct {
	sounds  [][]sound // per character from firstHan on
	names   []string
	numbers map[string]sound
	longest int
}

// The characters that have readings are between these.
const (
	firstHan = 0x4E00
	afterHan = 0xA000
)

// of gives the sounds of a character; none for one that is not in the table.
func (r *readings) of(c rune) []sound {
	if c < firstHan || c >= afterHan {
		return nil
	}
	return r.sounds[c-firstHan]
}

// spoken is made once and never changed. It is about 30 KB of table in the
// program; the dictionary that it comes from would add 1.4 MB and 4 ms to every start.
var spoken = sync.OnceValue(func() *readings {
	r := &readings{sounds: make([][]sound, afterHan-firstHan), numbers: map[string]sound{}}
	further := map[rune][]sound{}
	for line := range strings.Lines(readingsTable) {
		syllable, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		n := r.number(strings.ReplaceAll(syllable, "v", "u"))
		mains, others, _ := strings.Cut(chars, "|")
		for _, c := range mains {
			r.sounds[c-firstHan] = []sound{n}
		}
		for _, c := range others {
			further[c] = append(further[c], n)
		}
	}
	for c, more := range further {
		r.sounds[c-firstHan] = append(r.sounds[c-firstHan], more...)
	}
	return r
})

func (r *readings) number(syllable string) sound {
	n, ok := r.numbers[syllable]
	if !ok {
		n = sound(len(r.names))
		r.names = append(r.names, syllable)
		r.numbers[syllable] = n
		r.longest = max(r.longest, len(syllable))
	}
	return n
}

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

// soundsOf cuts lower-case letters into pinyin syllables, long ones first; nil
// when they do not come out even.
func soundsOf(letters string) []sound {
	r := spoken()
	letters = strings.ReplaceAll(letters, "v", "u")
	// dead[n] tells that the letters from n on cannot be cut.
	dead := make([]bool, len(letters)+1)
	var out []sound
	var cut func(at int) bool
	cut = func(at int) bool {
		if at == len(letters) {
			return true
		}
		if dead[at] {
			return false
		}
		for n := min(r.longest, len(letters)-at); n > 0; n-- {
			if s, ok := r.numbers[letters[at:at+n]]; ok {
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
