package guide

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// FaultKind says what is wrong with a catalogue; screens and scripts may rely on it.
type FaultKind string

// What can be wrong. The catalogue in use is never touched by a faulty one.
const (
	FaultMissing   FaultKind = "file_missing"
	FaultTruncated FaultKind = "truncated"
	FaultSyntax    FaultKind = "syntax"
	FaultEncoding  FaultKind = "encoding"
	FaultShape     FaultKind = "shape"
	FaultEmpty     FaultKind = "empty"
	FaultCode      FaultKind = "bad_code"
	FaultDuplicate FaultKind = "duplicate"
	FaultUnknown   FaultKind = "unknown_reference"
	FaultValue     FaultKind = "bad_value"
)

// Fault is the first thing wrong with a catalogue, for the operator who publishes
// or installs it. Line and Column count from 1 and are 0 where no position is
// known; Item is the code (or id) of the entry and Field the path within it.
type Fault struct {
	Kind    FaultKind
	File    string
	Line    int
	Column  int
	Item    string
	Field   string
	Problem string
	Advice  string
}

// Error says in one sentence where, what, and what to do.
func (f *Fault) Error() string {
	where := []string{f.File}
	if f.Line > 0 {
		where[0] += fmt.Sprintf(" line %d column %d", f.Line, f.Column)
	}
	if f.Item != "" {
		where = append(where, "entry "+f.Item)
	}
	if f.Field != "" {
		where = append(where, f.Field)
	}
	return strings.Join(where, ", ") + ": " + f.Problem + "; " + f.Advice
}

const adviceCopy = "fetch the file again or publish the catalogue again"

// at fills the position of a byte offset into f.
func (f *Fault) at(text []byte, offset int) *Fault {
	offset = max(0, min(offset, len(text)))
	f.Line = 1 + bytes.Count(text[:offset], []byte("\n"))
	f.Column = 1 + utf8.RuneCount(text[1+bytes.LastIndexByte(text[:offset], '\n'):offset])
	return f
}

// readable checks that text is UTF-8 and not empty, and drops a byte order mark.
func readable(file string, text []byte) ([]byte, *Fault) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &Fault{Kind: FaultEmpty, File: file, Problem: "the file is empty", Advice: adviceCopy}
	}
	if utf8.Valid(text) {
		return text, nil
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	// A copy that stopped inside a character is a half-written file, not a wrong encoding.
	if len(text)-at < utf8.UTFMax && !utf8.FullRune(text[at:]) {
		f := &Fault{Kind: FaultTruncated, File: file, Problem: "the file ends in the middle", Advice: adviceCopy}
		return nil, f.at(text, at)
	}
	f := &Fault{Kind: FaultEncoding, File: file, Problem: "the text is not UTF-8", Advice: "save the file as UTF-8"}
	return nil, f.at(text, at)
}

// decode reads JSON into v. text is the part of whole that begins at start; a
// fault gets its position in whole.
func decode(file string, whole, text []byte, start int, v any) *Fault {
	err := json.Unmarshal(text, v)
	if err == nil {
		return nil
	}
	f := &Fault{Kind: FaultShape, File: file, Problem: err.Error(), Advice: "correct the value"}
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && int(syntax.Offset) >= len(bytes.TrimRight(text, " \t\r\n")) && endsShort(err):
		f.Kind, f.Problem, f.Advice = FaultTruncated, "the file ends in the middle", adviceCopy
		return f.at(whole, start+int(syntax.Offset))
	case errors.As(err, &syntax):
		f.Kind, f.Problem, f.Advice = FaultSyntax, "not JSON here: "+err.Error(), "correct the text at this place or "+adviceCopy
		return f.at(whole, start+int(syntax.Offset)-1)
	case errors.As(err, &shape):
		f.Field = shape.Field
		f.Problem = fmt.Sprintf("a %s stands where a %s belongs", shape.Value, kindName(shape))
		return f.at(whole, start+int(shape.Offset)-1)
	}
	return f.at(whole, start)
}

// endsShort tells the words of encoding/json for a text that stops too early, also
// within "null" or "true", where it complains about the blank that it adds itself.
func endsShort(err error) bool {
	return strings.Contains(err.Error(), "unexpected end") || strings.Contains(err.Error(), "' ' in literal")
}

func kindName(e *json.UnmarshalTypeError) string {
	switch k := e.Type.Kind().String(); k {
	case "slice", "array":
		return "list"
	case "struct", "map":
		return "object"
	case "int":
		return "whole number"
	case "bool":
		return "true or false"
	default:
		return k
	}
}

// Decode reads the JSON of one file into v; a *Fault says what is wrong and where.
func Decode(file string, text []byte, v any) error {
	text, f := readable(file, text)
	if f == nil {
		f = decode(file, text, text, 0, v)
	}
	if f != nil {
		return f
	}
	return nil
}
