// Package slip makes tickets into paper and pictures and back: the signed code
// that carries a whole ticket event, its QR symbol, and the printer bytes of the
// slip. It talks to no printer, keeps nothing and knows no queue rules; the
// promise that it prints is the one of the event, never a newer one.
//
// The text of a code is "OW1:" and base45 of a frame. The frame is, in this order:
//
//	length of the body in bytes   2, big endian
//	body                          see pack.go
//	Ed25519 signature             64, over the tag and the body
//	CRC-16                        2, over "OW1:", body and signature
//
// The signature alone proves a ticket. The length tells a cut text from a changed
// one, and the CRC tells a changed text from an honest code of an unknown device:
// one wrong character touches two neighbouring bytes at most, which a CRC-16 always sees.
package slip

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
)

const (
	// prefix says that a code is ours and which frame it has. All its characters
	// are of the QR alphanumeric mode.
	prefix = "OW1:"
	// tag keeps a signature of a ticket from being taken for one of anything else.
	tag = "onewindow ticket 1\x00"
	// MaxText is how many characters a code can have: the most that a QR symbol
	// of level M holds in alphanumeric mode.
	MaxText = 3391

	sizeBytes = 2
	sumBytes  = 2
)

// ErrTooLarge says that an event does not fit any QR symbol.
var ErrTooLarge = errors.New("ticket event too large for a QR code")

// Sign gives the QR text of a ticket.issued event: the whole event, so that Open
// gives back the same canonical bytes. It fails for other kinds, for impossible
// events, and with ErrTooLarge for a text of over MaxText characters.
func Sign(ev event.Event, key ed25519.PrivateKey) (string, error) {
	if ev.Kind != hall.KindIssued {
		return "", fmt.Errorf("sign ticket: %q is not %q", ev.Kind, hall.KindIssued)
	}
	if len(key) != ed25519.PrivateKeySize {
		return "", fmt.Errorf("sign ticket: key has %d bytes", len(key))
	}
	if _, err := event.Decode(ev.Encode()); err != nil {
		return "", fmt.Errorf("sign ticket: %w", err)
	}
	body, err := pack(ev)
	if err != nil {
		return "", fmt.Errorf("sign ticket: %w", err)
	}
	if len(body) > 0xffff {
		return "", fmt.Errorf("sign ticket: %w", ErrTooLarge)
	}
	text := prefix + encode45(frame(body, ed25519.Sign(key, tagged(body))))
	if len(text) > MaxText {
		return "", fmt.Errorf("sign ticket: %w", ErrTooLarge)
	}
	return text, nil
}

// Open checks a scanned text and gives the event in it. A line end or tab that
// a scanner puts behind the text does not matter. The keys that the event's origin has
// had are asked of keys. Refusals, as *event.Refusal:
//
//	CodeForeign     not one of our codes
//	CodeTorn        cut short, or with characters that no such code has
//	CodeForged      whole, but not what was signed: changed by chance or on purpose
//	CodeKeyUnknown  undamaged, but keys has none for its origin (argument "origin")
//	VersionUnknown  truly signed, in a form of a later program
func Open(text string, keys func(event.Origin) []ed25519.PublicKey) (event.Event, error) {
	body, sig, err := unframe(strings.TrimRight(text, "\r\n\t"))
	if err != nil {
		return event.Event{}, err
	}
	origin, ok := originOf(body)
	if !ok {
		return event.Event{}, event.CodeForged
	}
	known := slices.DeleteFunc(keys(origin), func(k ed25519.PublicKey) bool { return len(k) != ed25519.PublicKeySize })
	if len(known) == 0 {
		return event.Event{}, event.CodeKeyUnknown.With("origin", string(origin))
	}
	if !slices.ContainsFunc(known, func(k ed25519.PublicKey) bool { return ed25519.Verify(k, tagged(body), sig) }) {
		return event.Event{}, event.CodeForged
	}
	ev, err := unpack(body)
	if err != nil {
		return event.Event{}, fmt.Errorf("open ticket code: %w: %w", err, event.VersionUnknown)
	}
	// What was signed as an event must be one: nothing else may come out of here.
	if _, err := event.Decode(ev.Encode()); err != nil {
		return event.Event{}, fmt.Errorf("open ticket code: %w: %w", err, event.VersionUnknown)
	}
	return ev, nil
}

func tagged(body []byte) []byte { return append([]byte(tag), body...) }

func frame(body, sig []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(body)))
	b = append(append(b, body...), sig...)
	return binary.BigEndian.AppendUint16(b, sum(b[sizeBytes:]))
}

// unframe takes a text apart and tells foreign, torn and changed texts.
func unframe(text string) (body, sig []byte, err error) {
	if len(text) < len(prefix) {
		return nil, nil, event.CodeForeign
	}
	switch wrong, strange := compare(text[:len(prefix)], prefix); {
	case wrong == 0:
		return unframe45(text[len(prefix):])
	case wrong == 1:
		// Ours all the same, if everything behind the damaged prefix fits together.
		if _, _, err := unframe45(text[len(prefix):]); err != nil {
			return nil, nil, event.CodeForeign
		}
		if strange {
			return nil, nil, event.CodeTorn
		}
		return nil, nil, event.CodeForged
	}
	return nil, nil, event.CodeForeign
}

// compare counts the places where s differs from want, a string of the same
// length, and tells whether a character of s is outside the alphabet.
func compare(s, want string) (wrong int, strange bool) {
	for i := range len(want) {
		if s[i] != want[i] {
			wrong++
		}
		strange = strange || value45[s[i]] == none45
	}
	return wrong, strange
}

func unframe45(s string) (body, sig []byte, err error) {
	b, state := decode45(s)
	switch {
	case state == strange45 || state == odd45 || len(b) < sizeBytes+ed25519.SignatureSize+sumBytes:
		return nil, nil, event.CodeTorn
	case b[0] == 0xff && b[1] == 0xff && state == over45:
		// Where a group of three stands for no bytes at all, decode45 puts ones.
		return nil, nil, event.CodeForged
	}
	rest := b[sizeBytes:]
	size := int(binary.BigEndian.Uint16(b)) + ed25519.SignatureSize + sumBytes
	whole := state == fine45 && sum(rest[:len(rest)-sumBytes]) == binary.BigEndian.Uint16(rest[len(rest)-sumBytes:])
	switch {
	case len(rest) < size && !whole:
		return nil, nil, event.CodeTorn
	case len(rest) != size || !whole:
		return nil, nil, event.CodeForged
	}
	n := len(rest) - sumBytes - ed25519.SignatureSize
	return rest[:n:n], rest[n : n+ed25519.SignatureSize], nil
}

// sum is CRC-16/CCITT-FALSE over the prefix and b.
func sum(b []byte) uint16 {
	crc := uint16(0xffff)
	add := func(c byte) {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	for i := range len(prefix) {
		add(prefix[i])
	}
	for _, c := range b {
		add(c)
	}
	return crc
}
