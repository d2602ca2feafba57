package guide

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// number gives the window names from..to of an area: "B01", "B02".
func number(l Letter, from, to int) []string {
	out := make([]string, 0, to-from+1)
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprintf("%s%02d", l, n))
	}
	return out
}

// WindowNames spells out a range "A01-A16" or a single "A03". It gives nil for
// anything else, also for a range that runs backwards or across letters.
func WindowNames(r string) []string {
	first, last, ranged := strings.Cut(r, "-")
	if !ranged {
		last = first
	}
	a, from, ok := window(first)
	b, to, ok2 := window(last)
	if !ok || !ok2 || a != b || from > to {
		return nil
	}
	return number(a, from, to)
}

// window reads a name like "A03".
func window(s string) (Letter, int, bool) {
	if len(s) != 3 || s[0] < 'A' || s[0] > 'Z' || s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[1:])
	return Letter(s[:1]), n, err == nil
}

// streets adds the areas of halls that only the items' places tell about: the
// small halls whose windows halls.json does not number.
func (b *builder) streets() {
	listed := map[HallID]bool{}
	for id := range b.cat.hallAreas {
		listed[id] = true
	}
	for _, i := range b.cat.items {
		area, _ := b.cat.Area(i.Letter)
		for _, p := range i.Places {
			if listed[p.Hall] {
				continue
			}
			names := WindowNames(p.Windows)
			at := slices.IndexFunc(b.cat.hallAreas[p.Hall], func(a HallArea) bool { return a.Letter == i.Letter })
			switch {
			case len(names) == 0:
			case at < 0:
				b.cat.hallAreas[p.Hall] = append(b.cat.hallAreas[p.Hall], HallArea{Area: area, Floor: p.Floor, Windows: names})
			default:
				h := &b.cat.hallAreas[p.Hall][at]
				h.Windows = append(h.Windows, names...)
				slices.Sort(h.Windows)
				h.Windows = slices.Compact(h.Windows)
			}
		}
	}
}

// Short gives the few capital letters and digits that stand for a hall in
// document numbers: the first letters of its syllables ("jiangnan" is JN) or, where
// an id is not pinyin, of its words, with the digits ("street-1" is S1). Parse
// refuses two halls with the same short name, so numbers made with it cannot collide.
func Short(id HallID) string {
	var out strings.Builder
	for _, word := range strings.Split(string(id), "-") {
		letters := strings.TrimRight(word, "0123456789")
		var parts []string
		for _, s := range soundsOf(letters) {
			parts = append(parts, spoken().names[s])
		}
		if parts == nil && letters != "" {
			parts = []string{letters}
		}
		for _, s := range parts {
			out.WriteString(strings.ToUpper(s[:1]))
		}
		out.WriteString(word[len(letters):])
	}
	return out.String()
}
