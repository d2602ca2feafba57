package disclosure

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// wordList says what requests are made of; its head tells how it is written.
//
//go:embed words.txt
var wordList string

// class is what a word does in a request.
type class int

const (
	classSkip class = iota
	classDoc
	classWeak
	classWord
	classAgency
	classPlace
	classAdmin
)

var classes = map[string]class{"skip": classSkip, "doc": classDoc, "weak": classWeak, "word": classWord, "agency": classAgency, "place": classPlace, "admin": classAdmin}

// entry is a word as it is written, and what it counts as in each class that has it.
type entry struct {
	text  []rune
	means map[class][]string
}

// lexicon finds the longest word at a place of a text.
type lexicon map[rune][]*entry

// words is the lexicon, read once.
var words = sync.OnceValue(func() lexicon {
	l, err := parseLexicon(wordList)
	if err != nil {
		panic(err) // the list is part of the program and read by its tests
	}
	return l
})

func parseLexicon(text string) (lexicon, error) {
	all := map[string]*entry{}
	for n, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		c, known := classes[f[0]]
		if !known || len(f) < 3 {
			return nil, fmt.Errorf("line %d of the words of requests is none: %s", n+1, line)
		}
		for _, w := range f[2:] {
			if w = plain(w); w == "" {
				return nil, fmt.Errorf("line %d of the words of requests has an empty one", n+1)
			}
			e := all[w]
			if e == nil {
				e = &entry{text: []rune(w), means: map[class][]string{}}
				all[w] = e
			}
			if e.means[c] == nil {
				e.means[c] = strings.Split(f[1], "+")
			}
		}
	}
	l := lexicon{}
	for _, e := range all {
		l[e.text[0]] = append(l[e.text[0]], e)
	}
	for _, list := range l {
		slices.SortFunc(list, func(a, b *entry) int { return len(b.text) - len(a.text) })
	}
	return l, nil
}

// at gives the longest word that begins a text, or nil.
func (l lexicon) at(text []rune) *entry {
	for _, e := range l[text[0]] {
		if len(e.text) <= len(text) && slices.Equal(e.text, text[:len(e.text)]) {
			return e
		}
	}
	return nil
}
