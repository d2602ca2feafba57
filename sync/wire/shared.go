package wire

import (
	"fmt"

	"onewindow/app/event"
)

// SharedAsk asks data sets about a person, for one application. It says whom: it goes through TLS
// to who holds the data, and is kept nowhere on the way.
type SharedAsk struct {
	// From is the device that asks; its hub fills it in.
	From        event.Origin `json:"from,omitempty"`
	Application string       `json:"application"`
	// Number is the application's, where it has one by now.
	Number  string `json:"number,omitempty"`
	Purpose string `json:"purpose"`
	Clerk   string `json:"clerk"`
	// DocumentType, Document and Name are the person's.
	DocumentType string `json:"document_type"`
	Document     string `json:"document"`
	Name         string `json:"name"`
	// Blind is the secret of the application's questions: with it their ids prove that they are
	// about this person (intake.AskID).
	Blind     []byte           `json:"blind"`
	Questions []SharedQuestion `json:"questions"`
}

// Format keeps a person out of logs, whatever the verb is.
func (a SharedAsk) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%d questions for %s of %s", len(a.Questions), a.Application, a.From)
}

// MaxQuestions bounds the questions of one ask: an item has no more materials that are shared.
const MaxQuestions = 16

// SharedQuestion asks one set; Again counts the times that it was answered before.
type SharedQuestion struct {
	ID    string `json:"id"`
	Set   string `json:"set"`
	Again int    `json:"again,omitempty"`
}

// SharedAnswer answers it, a record for each question in the same order. Refusals:
// SharedMany (args seconds), SharedAway where who holds the data cannot be reached,
// RequestUnusable (args field) for what only a program can get wrong.
type SharedAnswer struct {
	Records []SharedRecord `json:"records,omitempty"`
	Refuse  *event.Refusal `json:"refuse,omitempty"`
}

// SharedRecord is what a set says. Outcome is "found", "not_found" or "mismatch", or Unserved; the
// rest is empty unless it was found. Record is its number there, Sum the SHA-256 of what it says in
// hexadecimal, AsOf the day of the data.
type SharedRecord struct {
	ID      string       `json:"id"`
	Outcome string       `json:"outcome"`
	Record  string       `json:"record,omitempty"`
	Sum     string       `json:"sum,omitempty"`
	AsOf    string       `json:"as_of,omitempty"`
	Says    []SharedLine `json:"says,omitempty"`
}

// Format keeps what a record says out of logs.
func (r SharedRecord) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s: %s", r.ID, r.Outcome) }

// Unserved is the outcome of a set that the centre does not have: nothing is known.
const Unserved = "unserved"

// SharedLine is one thing that a record says, its name in Chinese and English.
type SharedLine struct {
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Value string `json:"value"`
}

// Differing is an application of which shared data has said something else than that what it
// proves is there: the number, and the sets.
type Differing struct {
	Number string   `json:"number"`
	Window string   `json:"window"`
	Sets   []string `json:"sets"`
}
