package intake

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"onewindow/app/sealed"
)

// Personal is a value about a person: a name, a document number, a phone, a note.
// Printing or logging it gives three stars; only JSON, which events and pages are
// made of, and an explicit conversion to string give the value.
type Personal string

const mask = "***"

// String gives the mask, or nothing for an empty value.
func (p Personal) String() string {
	if p == "" {
		return ""
	}
	return mask
}

// Format prints the mask whatever the verb is.
func (p Personal) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.String())) }

// LogValue makes loggers print the mask; those that write JSON would else print the value.
func (p Personal) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Person is what an application says of who applies (GB/T 39046-2020). All but Applicant and DocumentNumber
// may be empty.
type Person struct {
	Applicant      Personal
	DocumentNumber Personal
	Phone          Personal
	Note           Personal
	// Agent is who acts for the person, AgentNumber that one's document; empty where nobody does.
	Agent, AgentNumber Personal
	// Representative is the legal representative (法定代表人) of an organisation.
	Representative Personal
	// Address is where post for the person goes.
	Address Personal
	// Reason is why it was refused, or is not ours.
	Reason Personal
}

// LogValue masks a person: a logger that writes JSON would else print the values.
func (p Person) LogValue() slog.Value { return slog.AnyValue(p.Applicant) }

// personal pairs each sealed value of an application with its name and what is in it.
func (t *Taken) personal(p *Person) []personalValue {
	return []personalValue{{"applicant", &t.Applicant, &p.Applicant, false}, {"document_number", &t.DocumentNumber, &p.DocumentNumber, false},
		{"phone", &t.Phone, &p.Phone, false}, {"note", &t.Note, &p.Note, false}, {"reason", &t.Reason, &p.Reason, false},
		{"agent", &t.Agent, &p.Agent, true}, {"agent_number", &t.AgentNumber, &p.AgentNumber, true},
		{"representative", &t.Representative, &p.Representative, true}, {"address", &t.Address, &p.Address, true}}
}

// personalValue is one of them; a seldom one is left out where it is empty.
type personalValue struct {
	field  string
	shut   *sealed.Value
	plain  *Personal
	seldom bool
}

// Seal puts a person into the application, each value under the key of the application
// and bound to this event and its field.
func (t *Taken) Seal(p Person, key sealed.Key, random io.Reader) error {
	for _, v := range t.personal(&p) {
		if v.seldom && *v.plain == "" {
			continue
		}
		shut, err := key.Seal(string(*v.plain), random, string(KindTaken), string(t.Application), t.Request, v.field)
		if err != nil {
			return err
		}
		*v.shut = shut
	}
	return nil
}

// Person gives what Seal put in. Errors wrap sealed.ErrShut.
func (t Taken) Person(key sealed.Key) (p Person, err error) {
	for _, v := range t.personal(&p) {
		if v.seldom && *v.shut == "" {
			continue
		}
		plain, err := key.Open(*v.shut, string(KindTaken), string(t.Application), t.Request, v.field)
		if err != nil {
			return Person{}, fmt.Errorf("read %s of %s: %w", v.field, t.Number, err)
		}
		*v.plain = Personal(plain)
	}
	return p, nil
}

func upper(s string) string { return strings.ToUpper(s) }
