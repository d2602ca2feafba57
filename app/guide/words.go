package guide

import (
	_ "embed"
	"strings"
)

//go:embed tables/words.txt
var wordsTable string

// saying is one line of tables/words.txt: an item that has all words of one of
// the lists in needs is also found by what is heard. What is only around an item
// ("金毛" for a dog licence) tells by its words; it is no name to compare with.
type saying struct {
	needs  [][]string
	heard  []string
	around bool
}

// sayings reads tables/words.txt; alike are its lists of words for the same.
func sayings() (out []saying, alike [][]string) {
	for line := range strings.Lines(wordsTable) {
		line = strings.TrimSpace(line)
		if same, ok := strings.CutPrefix(line, "~"); ok {
			alike = append(alike, strings.Fields(same))
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		left, right := strings.TrimSpace(line[:at]), line[at+1:]
		s := saying{around: line[at] == ':'}
		if left == "" && len(out) > 0 {
			s.needs = out[len(out)-1].needs
		}
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
	return out, alike
}

// variants gives phrases with one of their words replaced by each that is used
// for it, and the words that were put in; both without doubles.
func variants(alike [][]string, phrases []string) (texts, words []string) {
	seen := map[string]bool{}
	for _, p := range phrases {
		for _, same := range alike {
			// The longest word counts, so that "驾驶证" is not taken for another word within it.
			longest := ""
			for _, w := range same {
				if len(w) > len(longest) && strings.Contains(p, w) {
					longest = w
				}
			}
			if longest == "" {
				continue
			}
			for _, w := range same {
				if v := strings.Replace(p, longest, w, 1); w != longest && !seen[v] {
					seen[v] = true
					texts = append(texts, v)
				}
				if !seen[w] {
					seen[w] = true
					words = append(words, w)
				}
			}
		}
	}
	return texts, words
}

// heardFor gives what people say for an item whose name and aliases are phrases,
// and the words around it, each once.
func heardFor(all []saying, phrases []string) (heard, around []string) {
	has := func(word string) bool {
		for _, p := range phrases {
			if strings.Contains(p, word) {
				return true
			}
		}
		return false
	}
	seen := map[string]bool{}
	for _, s := range all {
		to := &heard
		if s.around {
			to = &around
		}
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
					*to = append(*to, h)
				}
			}
			break
		}
	}
	return heard, around
}
