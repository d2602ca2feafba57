package disclosure

import (
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// Look asks what the same person has asked for before. It names a person and travels between
// a counter and its hub alone, under the line's own cipher; nothing keeps it.
type Look struct {
	DocumentType   intake.DocumentType `json:"document_type"`
	DocumentNumber intake.Personal     `json:"document_number"`
	Asked          intake.Personal     `json:"asked"`
	Agency         string              `json:"agency"`
	Day            hall.Date           `json:"day"`
	// Except is the number of the request itself, where it is noted already.
	Except string `json:"except,omitempty"`
}

// Before is what was found.
type Before struct {
	Repeats []Found `json:"repeats,omitempty"`
	// Month is how many requests of the same person to the same agency are of the calendar month of Look.Day,
	// the new one included; All counts those of every agency.
	Month int `json:"month"`
	All   int `json:"all"`
	// Looked is how many requests were looked through, Shut how many of them could not be read
	// there, because their keys are elsewhere.
	Looked int `json:"looked"`
	Shut   int `json:"shut,omitempty"`
}

// Found is an earlier request that the new one may repeat, and why.
type Found struct {
	Disclosure ID        `json:"disclosure"`
	Number     string    `json:"number"`
	Agency     string    `json:"agency"`
	Day        hall.Date `json:"day"`
	// Asked is what it asks for, in the words of the same person.
	Asked intake.Personal `json:"asked"`
	// Answered and Outcome are empty while it is not answered. Settled tells that it was answered
	// in the matter, so that a repeat need not be processed (第36条(六)); one that was given up may be asked again.
	Answered hall.Date `json:"answered,omitempty"`
	Outcome  Outcome   `json:"outcome,omitempty"`
	Settled  bool      `json:"settled,omitempty"`
	Alike    int       `json:"alike"`
	// Common and Beyond are as in Repeat: words of the request.
	Common []intake.Personal `json:"common,omitempty"`
	Beyond []intake.Personal `json:"beyond,omitempty"`
}

// Through looks through requests for those of the same person. key gives the key of a request;
// known is false where it is elsewhere. What is read is held only as long as this takes, and no
// index is made of it: where a key is destroyed the request is found no more.
func (l Look) Through(list []*Case, key func(ID) (k sealed.Key, known bool, err error)) (b Before, err error) {
	number := intake.Personal(intake.Normalise(string(l.DocumentNumber)))
	var same []*Case
	var asked []intake.Personal
	var readings []Reading
	b.All = 1
	for _, c := range list {
		if !c.Known() || c.Number == l.Except || c.DocumentType != l.DocumentType || c.Day > l.Day || number == "" {
			continue
		}
		b.Looked++
		k, known, err := key(c.Disclosure)
		if err != nil {
			return b, err
		}
		if !known {
			b.Shut++
			continue
		}
		w, err := c.Who(k)
		if err != nil || w.DocumentNumber != number {
			continue // a value that cannot be opened is found by the check of the log
		}
		text, err := c.Asks(k)
		if err != nil {
			continue
		}
		if len(l.Day) >= 7 && c.Day[:7] == l.Day[:7] {
			b.All++
		}
		same, asked, readings = append(same, c), append(asked, text), append(readings, Read(string(text), c.Day))
	}
	b.Month = Nth(l.Day, l.Agency, same)
	for _, r := range FindRepeats(Read(string(l.Asked), l.Day), readings) {
		c := same[r.Index]
		f := Found{Disclosure: c.Disclosure, Number: c.Number, Agency: c.Agency, Day: c.Day, Asked: asked[r.Index], Alike: r.Alike, Common: personal(r.Common), Beyond: personal(r.Beyond)}
		if a := c.answer(everyDay); a != nil {
			f.Answered, f.Outcome, f.Settled = a.Day, a.Outcome, a.Outcome.Group() != Otherwise
		}
		b.Repeats = append(b.Repeats, f)
	}
	return b, nil
}

func personal(words []string) (out []intake.Personal) {
	for _, w := range words {
		out = append(out, intake.Personal(w))
	}
	return out
}
