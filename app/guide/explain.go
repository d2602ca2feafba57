package guide

import "strings"

// fieldWhy names the fields of Index.folded for an explanation; the last two are what people say.
var fieldWhy = []Why{WhyName, WhyAlias, WhyQuestion, WhyLifeEvent, WhyDepartment, WhyMaterial, WhyCondition, WhyEnglish, WhyWords, WhyWords}

// explain names the part of an item that answered the query best.
func (x *Index) explain(q *query, n int, best found) (Why, string) {
	if best.phrase >= 0 && best.likeness > phraseFloor {
		p := x.phrases[best.phrase]
		if best.pinyin {
			return WhyPinyin, p.text
		}
		return p.why, p.text
	}
	i := x.items[n]
	why, match, most := WhyName, i.Name, 0.0
	for f, texts := range x.folded[n] {
		for k, text := range texts {
			weight := 1.0
			if fieldWhy[f] == WhyName || fieldWhy[f] == WhyEnglish {
				weight = 1.2
			}
			if v := weight * x.overlap(q, text); v > most {
				why, match, most = fieldWhy[f], x.original(i, f, k, text), v
			}
		}
	}
	if why == WhyLifeEvent && match == i.AreaName {
		why = WhyArea
	}
	return why, match
}

// original gives the text as the catalogue has it.
func (x *Index) original(i *Item, field, at int, folded string) string {
	if field < len(fields) {
		if texts := fields[field].text(i); at < len(texts) {
			return texts[at]
		}
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
