package guide

import (
	"slices"
	"strings"
)

// fieldWhy names the fields for an explanation.
var fieldWhy = []Why{WhyName, WhyAlias, WhyQuestion, WhyLifeEvent, WhyDepartment, WhyMaterial, WhyCondition, WhyEnglish, WhyWords, WhyWords}

// explain names the part of an item that answered the query best.
func (x *Index) explain(q *query, n int, best found) (Why, string) {
	i := x.items[n]
	if best.likeness > phraseFloor {
		why := roleWhy[best.role]
		if best.pinyin {
			why = WhyPinyin
		}
		return why, x.wording(i, best)
	}
	why, match, most := WhyName, i.Name, 0.0
	for f, texts := range x.read(i).texts {
		for k, text := range texts {
			weight := 1.0
			if fieldWhy[f] == WhyName || fieldWhy[f] == WhyEnglish {
				weight = 1.2
			}
			if v := weight * x.overlap(q, text); v > most {
				why, match, most = fieldWhy[f], original(i, f, k, text), v
			}
		}
	}
	if why == WhyLifeEvent && match == i.AreaName {
		why = WhyArea
	}
	return why, match
}

// wording gives a phrase as the item has it.
func (x *Index) wording(i *Item, best found) string {
	switch text := x.text(best.phrase); best.role {
	case named:
		return i.Name
	case aliased:
		return i.Aliases[slices.IndexFunc(i.Aliases, func(a string) bool { return squeezed(string(fold(a))) == squeezed(text) })]
	default:
		return text
	}
}

// original gives the text as the catalogue has it.
func original(i *Item, field, at int, folded string) string {
	if texts := fields[field].text(i); at < len(texts) {
		return texts[at]
	}
	return folded
}

// overlap weighs what of the query occurs in a folded text.
func (x *Index) overlap(q *query, text string) (w float64) {
	for _, part := range q.core {
		chars := []rune(part)
		for n, c := range chars {
			if !strings.ContainsRune(text, c) {
				continue
			}
			w += x.rare(c)
			if n > 0 && strings.Contains(text, string(chars[n-1:n+1])) {
				w += x.rare(c) + x.rare(chars[n-1])
			}
		}
	}
	for _, word := range q.words {
		if !stopWords[word] && strings.Contains(text, stem(word)) {
			w += x.common
		}
	}
	return w
}
