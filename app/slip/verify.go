package slip

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// keyWord begins the line of a key file.
const keyWord = "onewindow-ed25519"

// FormatPublicKey gives the text of a key file: one line of the word
// "onewindow-ed25519", the key in base64, and the origin that signs with it.
func FormatPublicKey(origin event.Origin, key ed25519.PublicKey) string {
	return fmt.Sprintf("%s %s %s\n", keyWord, base64.StdEncoding.EncodeToString(key), origin)
}

// ParsePublicKey reads the text of a key file. Empty lines and lines that begin
// with '#' do not matter. The origin may be missing; it is "" then.
func ParsePublicKey(text string) (ed25519.PublicKey, event.Origin, error) {
	var found []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if found != nil {
			return nil, "", errors.New("read key file: more than one key")
		}
		found = strings.Fields(line)
	}
	if len(found) < 2 || len(found) > 3 || found[0] != keyWord {
		return nil, "", fmt.Errorf("read key file: no line \"%s KEY ORIGIN\"", keyWord)
	}
	key, err := base64.StdEncoding.DecodeString(found[1])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, "", fmt.Errorf("read key file: the key is not %d bytes in base64", ed25519.PublicKeySize)
	}
	origin := event.Origin("")
	if len(found) == 3 {
		origin = event.Origin(found[2])
		if !origin.Valid() {
			return nil, "", fmt.Errorf("read key file: %q is not an origin (hall/device)", found[2])
		}
	}
	return key, origin, nil
}

// Report checks the text of a code against one key, whatever origin it names, and
// gives what `onewindowd ticket verify` prints on standard output. The first line
// is one word: "valid", "forged", "torn", "foreign" or "unknown-version"; behind
// "valid" stand the fields, one to a line, behind the others one line that says
// what to do. Every line ends in a newline. The error is nil for a valid code only.
func Report(text string, key ed25519.PublicKey) (lines string, err error) {
	ev, err := Open(text, func(event.Origin) []ed25519.PublicKey { return []ed25519.PublicKey{key} })
	if err != nil {
		return verdict(err), err
	}
	b := &strings.Builder{}
	line := func(name string, value any) { fmt.Fprintf(b, "%-8s %v\n", name, value) }
	b.WriteString("valid\n")
	if f, err := readIssued(ev); err == nil {
		line("number", f.Number)
		line("hall", f.Hall)
		line("date", f.Date)
		line("service", f.Service)
		line("class", f.Class)
		for _, item := range f.Items {
			line("item", item)
		}
		line("language", f.Language)
		line("issued", time.UnixMilli(f.IssuedMS).UTC().Format("2006-01-02 15:04:05.000 UTC"))
		line("ahead", known(f.Ahead, fmt.Sprint(f.Ahead)))
		line("wait", known(min(f.LowMinutes, f.HighMinutes), fmt.Sprintf("%d to %d min", f.LowMinutes, f.HighMinutes)))
		if f.ClockOff {
			line("clock", "known to be wrong when issued")
		}
		line("ticket", f.Ticket)
	} else {
		line("payload", fmt.Sprintf("%q", ev.Payload))
	}
	line("event", ev.ID)
	line("hash", event.Sum(ev.Encode()))
	return b.String(), nil
}

func known(n int, text string) string {
	if n < 0 {
		return "not known"
	}
	return text
}

func verdict(err error) string {
	switch {
	case errors.Is(err, event.CodeForeign):
		return "foreign\nThis is not a ticket code of OneWindow. Scan the code at the foot of the slip.\n"
	case errors.Is(err, event.CodeTorn):
		return "torn\nA part of the code is missing or unreadable. Scan the slip again, as a whole.\n"
	case errors.Is(err, event.CodeForged):
		return "forged\nThe code is not what this key signed. Check that the key file is of the device that printed the slip.\n"
	case errors.Is(err, event.VersionUnknown):
		return "unknown-version\nThe code is truly signed, by a later program. Check it with that version.\n"
	}
	return "forged\nThe key cannot check any code: it is not an Ed25519 key.\n"
}

func readIssued(ev event.Event) (hall.Issued, error) {
	var f hall.Issued
	if err := json.Unmarshal(ev.Payload, &f); err != nil {
		return f, fmt.Errorf("read ticket: %w", err)
	}
	return f, nil
}
