package admit

import (
	"crypto/ed25519"
	"fmt"

	"github.com/nats-io/nkeys"
)

// KeyText writes a public key as people copy it: an nkey, which begins with U and
// holds a check sum.
func KeyText(key ed25519.PublicKey) string {
	text, err := nkeys.Encode(nkeys.PrefixByteUser, key)
	if err != nil {
		panic(err) // only for a prefix that does not exist
	}
	return string(text)
}

// ParseKey reads what KeyText writes; a letter that was copied wrong is found.
func ParseKey(text string) (ed25519.PublicKey, error) {
	key, err := nkeys.Decode(nkeys.PrefixByteUser, []byte(text))
	// Keys are compared as texts, and base32 has more than one text for the same bytes.
	if err != nil || len(key) != ed25519.PublicKeySize || KeyText(key) != text {
		return nil, fmt.Errorf("%q is not a device's key: copy the whole of it, U and 55 letters and digits, as onewindow --key or onewindowd key prints it", text)
	}
	return key, nil
}
