package intake

import (
	"fmt"
	"log/slog"
	"strings"
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

func upper(s string) string { return strings.ToUpper(s) }
