package screen

import (
	"context"
	"strings"
	"unicode/utf8"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/guide"
)

// Filter leaves out items that somebody does not look for; what is empty leaves nothing out.
type Filter struct {
	// Audience is "person" or "company".
	Audience   string `json:"audience"`
	Area       string `json:"area"`
	Department string `json:"department"`
	LifeEvent  string `json:"lifeEvent"`
	Online     bool   `json:"online"`
	RunOnce    bool   `json:"runOnce"`
}

// Found is what a search gives: the best items first, and a quote that answers
// where the words ask for something.
type Found struct {
	Items []ItemCard `json:"items"`
	Quote Quote      `json:"quote"`
}

// Quote is a quote from the guide of an item. State is "" where nothing was asked, "given", or
// "none" where the guides have no answer.
type Quote struct {
	State string   `json:"state"`
	Item  ItemCard `json:"item"`
	// Field is the part of the guide that answers: "materials", "time", "fee", "who", "online",
	// "place", "phone", "hours" or "visits".
	Field string `json:"field"`
	// FromFAQ tells that Lines are an answer that the staff wrote, and not parts of the guide.
	FromFAQ bool     `json:"fromFaq"`
	Lines   []string `json:"lines"`
	// PromisedDays, DayUnit and Visits are the item's, for answers of "time" and "visits".
	PromisedDays int    `json:"promisedDays"`
	DayUnit      string `json:"dayUnit"`
	Visits       int    `json:"visits"`
	// Phone is where to ask when there is no answer; empty where nothing fits at all.
	Phone string `json:"phone"`
}

// Guess is characters that typed letters may stand for, and how many of the letters they take, from the first on.
type Guess struct {
	Text    string `json:"text"`
	Letters int    `json:"letters"`
}

// FilterChoices are the values of a filter that would leave something.
type FilterChoices struct {
	Areas       []FilterChoice `json:"areas"`
	Departments []FilterChoice `json:"departments"`
	LifeEvents  []FilterChoice `json:"lifeEvents"`
	// Items counts what the filter leaves as it is.
	Items int `json:"items"`
}

// FilterChoice is a value, its name, and how many items it would leave.
type FilterChoice struct {
	Value string `json:"value"`
	Name  Text   `json:"name"`
	Items int    `json:"items"`
}

// How many items a search gives, and a filter without words: more nobody pages through.
const (
	foundMost    = 20
	filteredMost = 200
)

// Find finds items by characters, pinyin or its initials among those that a filter leaves,
// best first, and answers what is asked with a quote. Without words it gives what the
// filter leaves, without both nothing. Refusal: RequestUnusable.
func (k *Kiosk) Find(words string, f Filter) (Found, error) {
	k.visited(true)
	guides := k.m.Guides.Now() // hits, items and answer are of one edition
	filter, err := f.guide()
	if err != nil {
		return Found{}, err
	}
	found := Found{Items: []ItemCard{}, Quote: Quote{Lines: []string{}}}
	switch {
	case strings.TrimSpace(words) != "":
		found.Items = k.m.search(guides, words, filter, foundMost)
		found.Quote = k.quote(guides, words, found.Items)
	case !filter.Empty():
		list := guides.Filtered(filter)
		found.Items = k.m.cards(list[:min(len(list), filteredMost)])
	}
	return found, nil
}

func (k *Kiosk) quote(guides *Edition, words string, found []ItemCard) Quote {
	out := Quote{Lines: []string{}}
	if !guides.Index().Asks(words) {
		return out
	}
	a := guides.Index().Ask(words)
	i, ok := guides.Item(a.Code)
	if a.Refused || !ok {
		out.State = "none"
		if len(found) > 0 {
			if near, ok := guides.Item(guide.Code(found[0].Code)); ok {
				out.Item, out.Phone = found[0], near.ConsultPhone
			}
		}
		return out
	}
	return Quote{State: "given", Item: k.m.card(i), Field: string(a.Field), FromFAQ: a.FromFAQ, Lines: append([]string{a.Text}, a.More...),
		PromisedDays: i.PromisedDays, DayUnit: i.DayUnit, Visits: i.Visits}
}

// guessesMost is more than the characters of any syllable.
const guessesMost = 300

// Choices gives the characters that pinyin letters may stand for: all of them as a sentence
// first, then words, then every character of the first syllable.
func (k *Kiosk) Choices(letters string) []Guess {
	k.visited(true)
	out := []Guess{}
	for _, g := range k.m.Guides.Now().typing().Guesses(letters, guessesMost) {
		out = append(out, Guess{Text: g.Text, Letters: g.Letters})
	}
	return out
}

// FilterChoices gives what a filter can be narrowed to. Refusal: RequestUnusable.
func (k *Kiosk) FilterChoices(f Filter) (FilterChoices, error) {
	k.visited(true)
	guides := k.m.Guides.Now()
	filter, err := f.guide()
	if err != nil {
		return FilterChoices{}, err
	}
	c := guides.Choices(filter)
	same := func(v string) Text { return text(v, "") }
	return FilterChoices{Items: len(guides.Filtered(filter)), Departments: choices(c.Departments, same), LifeEvents: choices(c.LifeEvents, same),
		Areas: choices(c.Areas, func(v string) Text {
			a, _ := guides.Area(guide.Letter(v))
			return text(a.Name, a.NameEn)
		})}, nil
}

func choices(list []guide.Choice, name func(string) Text) []FilterChoice {
	out := make([]FilterChoice, 0, len(list))
	for _, c := range list {
		out = append(out, FilterChoice{Value: c.Value, Name: name(c.Value), Items: c.Items})
	}
	return out
}

var audiences = map[string]string{"": "", "person": guide.ForPeople, "company": guide.ForCompanies}

func (f Filter) guide() (guide.Filter, error) {
	audience, ok := audiences[f.Audience]
	if !ok {
		return guide.Filter{}, event.RequestUnusable
	}
	return guide.Filter{Audience: audience, Area: guide.Letter(f.Area), Department: f.Department, LifeEvent: f.LifeEvent, Online: f.Online, RunOnce: f.RunOnce}, nil
}

// LeaveQuestion leaves a question for the staff: it goes up to the centre, and whoever writes
// the guides reads it there. Numbers that could name a person are kept out of it. A repeated request
// leaves nothing more. It gives the text as it was left. Refusals: FieldMissing (args field: question),
// RequestUnusable, DiskFull, NotSaved.
func (k *Kiosk) LeaveQuestion(request, words, language string) (string, error) {
	k.visited(true)
	q := feedback.Question{Hall: k.m.Hall, Text: feedback.Clean(words), Language: "zh", AtMS: k.m.hallNow()}
	if language == "en" {
		q.Language = "en"
	}
	switch {
	case request == "" || len(request) > 64 || utf8.RuneCountInString(words) > 10*feedback.QuestionMost:
		return "", event.RequestUnusable
	case q.Text == "":
		return "", event.FieldMissing.With("field", "question")
	}
	return q.Text, k.leave("question:"+request, feedback.KindQuestion, q)
}

// leave notes what somebody left, once for a request.
func (k *Kiosk) leave(request string, kind event.Kind, fact any) error {
	return k.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, request, &struct{}{}, func() error {
			_, _, err := tx.Append(kind, fact)
			return err
		})
	})
}
