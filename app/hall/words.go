package hall

import (
	"slices"
	"strings"
)

// words are the texts that a hall's tickets have in common: windows, clerks, dates, items.
// What is read from a payload or a row shares its memory (see scan), so that one short word
// would keep all of it; a ticket in memory has words of the hall's and its own texts alone,
// a third of what it would hold otherwise.
type words map[string]string

// wordsMost bounds them: a reason may be any text.
const wordsMost = 4096

// word gives the hall's copy of a text.
func word[S ~string](w words, s S) S {
	if s == "" {
		return "" // and no place in the middle of something
	}
	kept, ok := w[string(s)]
	if !ok {
		if len(w) >= wordsMost {
			clear(w)
		}
		kept = strings.Clone(string(s))
		w[kept] = kept
	}
	return S(kept)
}

// own gives a copy of a text that no other ticket has.
func own[S ~string](s S) S { return S(strings.Clone(string(s))) }

func (w words) ofTicket(f Issued) Issued {
	f.Number = own(f.Number)
	f.Hall, f.Date, f.Service, f.Class, f.Language = word(w, f.Hall), word(w, f.Date), word(w, f.Service), word(w, f.Class), word(w, f.Language)
	f.Evidence, f.Ref = word(w, f.Evidence), own(f.Ref)
	f.Items = slices.Clone(f.Items) // whoever gave the fact may still read it
	for i := range f.Items {
		f.Items[i] = word(w, f.Items[i])
	}
	f.Checked = slices.Clone(f.Checked)
	for i := range f.Checked {
		f.Checked[i].Item = word(w, f.Checked[i].Item)
		f.Checked[i].Lacks = slices.Clone(f.Checked[i].Lacks)
	}
	return f
}

func (w words) ofStep(s Step) Step {
	s.Kind, s.Window, s.Clerk, s.Reason = word(w, s.Kind), word(w, s.Window), word(w, s.Clerk), word(w, s.Reason)
	s.How = word(w, s.How)
	s.Request = own(s.Request)
	s.Ended = slices.Clone(s.Ended)
	for i := range s.Ended {
		s.Ended[i] = Ending{word(w, s.Ended[i].Item), word(w, s.Ended[i].Outcome)}
	}
	if d := s.Detail; d != nil {
		s.Detail = &Detail{UntilMS: d.UntilMS, KeyMS: d.KeyMS, Service: word(w, d.Service), To: word(w, d.To), Back: word(w, d.Back), Items: slices.Clone(d.Items), Into: own(d.Into)}
		for i := range s.Items {
			s.Items[i] = word(w, s.Items[i])
		}
	}
	return s
}
