package guide

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed tables/asked.txt
var askedTable string

// Field names the part of a guide that answers a question, in the words of FAQ.Field.
type Field string

// Fields of a guide.
const (
	FieldMaterials Field = "materials"
	FieldTime      Field = "time"
	FieldFee       Field = "fee"
	FieldWho       Field = "who"
	FieldOnline    Field = "online"
	FieldPlace     Field = "place"
	FieldPhone     Field = "phone"
	FieldHours     Field = "hours"
	FieldVisits    Field = "visits"
)

// guideFields has all fields; of two that are asked for alike the first is the answer.
var guideFields = []Field{FieldMaterials, FieldTime, FieldFee, FieldWho, FieldOnline, FieldPlace, FieldPhone, FieldHours, FieldVisits}

// cue is a way of asking for a field: parts that stand in this order, not far apart.
type cue struct {
	parts   []string
	field   Field
	clarity float64 // 1 for words that ask for nothing else
}

const (
	mostClarity = 3
	cueGap      = 24  // bytes that may stand between the parts of a cue: eight characters
	alsoAsked   = 0.2 // what a second cue adds
)

// manners is tables/asked.txt.
type manners struct {
	cues   []cue // the longest first
	light  map[string]bool
	plain  *strings.Replacer
	others []string // what other places deal with
	// longest is the length of the longest light word in characters.
	longest int
}

var asking = sync.OnceValue(func() *manners {
	m := manners{light: map[string]bool{}}
	var plain [][2]string
	for line := range strings.Lines(askedTable) {
		left, right, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		kind, rest, _ := strings.Cut(strings.TrimSpace(left), " ")
		for _, w := range strings.Fields(right) {
			switch kind {
			case "plain":
				plain = append(plain, [2]string{w, rest})
			case "light":
				m.light[w] = true
				m.longest = max(m.longest, len([]rune(w)))
			case "elsewhere":
				m.others = append(m.others, w)
			default:
				m.cues = append(m.cues, newCue(w, Field(kind), float64(rest[0]-'0')/mostClarity))
			}
		}
	}
	slices.SortStableFunc(m.cues, func(a, b cue) int { return b.length() - a.length() })
	// What is longer is replaced first: a part of it may mean something else.
	slices.SortStableFunc(plain, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
	var pairs []string
	for _, p := range plain {
		pairs = append(pairs, p[0], p[1])
	}
	m.plain = strings.NewReplacer(pairs...)
	return &m
})

func newCue(words string, field Field, clarity float64) cue {
	if isLetter(rune(words[0])) {
		words = " " + strings.ReplaceAll(words, "_", " ") + " "
	}
	return cue{parts: strings.Split(words, "…"), field: field, clarity: clarity}
}

func (c *cue) length() (n int) {
	for _, part := range c.parts {
		n += len(part)
	}
	return n
}

// find gives where the parts of a cue stand in a text, in bytes; nil when they do not.
func (c *cue) find(text string) (at [][2]int) {
	from := 0
	for n, part := range c.parts {
		k := strings.Index(text[from:], part)
		if k < 0 || n > 0 && k > cueGap {
			return nil
		}
		at = append(at, [2]int{from + k, from + k + len(part)})
		from += k + len(part)
	}
	return at
}

// lights tells for each character of a word whether it belongs to a light word, the longest first.
func (m *manners) lights(word string) []bool {
	chars := []rune(word)
	out := make([]bool, len(chars))
	for n := 0; n < len(chars); {
		k := min(m.longest, len(chars)-n)
		for ; k > 0 && !m.light[string(chars[n:n+k])]; k-- {
		}
		for j := n; j < n+k; j++ {
			out[j] = true
		}
		n += max(1, k)
	}
	return out
}

// asked is a question, prepared.
type asked struct {
	text  string            // folded, in plain words, a space around each stretch
	clear map[Field]float64 // how clearly each field is asked for, 0 to 1 and a little more
	topic string            // text with spaces for the words that ask: what the question is about
}

// newAsked reads a question as far as a search does. Words that ask stay in the topic if they are in a name, too.
func newAsked(question string, named func(string) bool) asked {
	var b strings.Builder
	b.WriteByte(' ')
	for _, r := range runs(fold(firstRunes(question, maxQueryRunes))) {
		b.WriteString(string(r.text))
		b.WriteByte(' ')
	}
	a := asked{text: asking().plain.Replace(b.String()), clear: map[Field]float64{}}
	topic := []byte(a.text)
	read := make([]Field, len(topic))
	for n := range asking().cues {
		c := &asking().cues[n]
		at := c.find(a.text)
		// A longer cue was read before: "what conditions" asks for no "what".
		if at == nil || taken(read, at, c.field) {
			continue
		}
		before := a.clear[c.field]
		a.clear[c.field] = max(before, c.clarity) + alsoAsked*min(before, c.clarity)
		for k, span := range at {
			for i := span[0]; i < span[1]; i++ {
				read[i] = c.field
			}
			if c.clarity == 1 && !named(c.parts[k]) {
				for i := span[0]; i < span[1]; i++ {
					topic[i] = ' '
				}
			}
		}
	}
	a.topic = string(topic)
	return a
}

// clearest tells how clearly the question asks for anything.
func (a *asked) clearest() (most float64) {
	for _, v := range a.clear {
		most = max(most, v)
	}
	return most
}

// firstRunes cuts a text after some characters.
func firstRunes(s string, most int) string {
	for at := range s {
		if most == 0 {
			return s[:at]
		}
		most--
	}
	return s
}

// taken tells whether a place was read as a cue of another field.
func taken(read []Field, at [][2]int, field Field) bool {
	for _, span := range at {
		for _, f := range read[span[0]:span[1]] {
			if f != "" && f != field {
				return true
			}
		}
	}
	return false
}

// elsewhere counts what in the question other places deal with: 0, 1, or 2 for more.
func (a *asked) elsewhere(named func(string) bool) float64 {
	n := 0
	for _, w := range asking().others {
		if strings.Contains(a.text, w) && !named(w) {
			n++
		}
	}
	return float64(min(n, 2))
}

// named tells whether a word is in the name or an alias of an item.
func (x *Index) named(word string) bool {
	word = strings.TrimSpace(word)
	for _, i := range x.items {
		for _, text := range append(i.Aliases[:len(i.Aliases):len(i.Aliases)], i.Name) {
			if strings.Contains(string(fold(text)), word) {
				return true
			}
		}
	}
	return false
}
