package guide

import (
	_ "embed"
	"strings"
)

//go:embed tables/words.txt
var wordsTable string

// saying is one line of tables/words.txt: an item that has all words of one of
// the lists in needs is also found by what is heard.
type saying struct {
	needs [][]string
	heard []string
}

// sayings reads tables/words.txt.
func sayings() []saying {
	var out []saying
	for line := range strings.Lines(wordsTable) {
		line = strings.TrimSpace(line)
		left, right, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		var s saying
		for _, need := range strings.Fields(left) {
			var words []string
			for _, w := range strings.Split(need, "+") {
				words = append(words, string(fold(w)))
			}
			s.needs = append(s.needs, words)
		}
		for _, h := range strings.Fields(right) {
			s.heard = append(s.heard, string(fold(strings.ReplaceAll(h, "_", " "))))
		}
		out = append(out, s)
	}
	return out
}

// heardFor gives what people say for an item whose name and aliases are phrases,
// each word once.
func heardFor(all []saying, phrases []string) []string {
	has := func(word string) bool {
		for _, p := range phrases {
			if strings.Contains(p, word) {
				return true
			}
		}
		return false
	}
	seen := map[string]bool{}
	var out []string
	for _, s := range all {
		for _, need := range s.needs {
			met := true
			for _, w := range need {
				met = met && has(w)
			}
			if !met {
				continue
			}
			for _, h := range s.heard {
				if !seen[h] {
					seen[h] = true
					out = append(out, h)
				}
			}
			break
		}
	}
	return out
}
