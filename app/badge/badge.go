// Package badge seals and checks the PINs of clerks with Argon2id, so that a
// counter checks them with nothing else running, and makes the marks of people's
// numbers by which they are known again. It keeps no clerk, no PIN and no number.
package badge

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of one check: 19 MiB, two passes, one lane (OWASP's smallest advice, some
// 40 ms on a counter PC).
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	sumBytes  = 32
	saltBytes = 16
	minDigits = 6
)

// ErrShort says that a PIN has fewer than six digits or something else than digits.
var ErrShort = errors.New("a PIN has at least 6 digits and nothing but digits")

// Seal makes the verifier of a PIN: "$argon2id$v=19$m=..,t=..,p=..$salt$sum".
func Seal(pin string) (string, error) {
	if len(pin) < minDigits || strings.Trim(pin, "0123456789") != "" {
		return "", ErrShort
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("seal the PIN: %w", err)
	}
	sum := argon2.IDKey([]byte(pin), salt, passes, memoryKiB, lanes, sumBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// Check tells whether a PIN fits a verifier. A verifier that cannot be read fits none.
func Check(pin, verifier string) bool {
	parts := strings.Split(verifier, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version int
	var memory, times uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &times, &threads); err != nil || memory > 1<<20 || times == 0 || times > 16 || threads == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != sumBytes {
		return false
	}
	return subtle.ConstantTimeCompare(argon2.IDKey([]byte(pin), salt, times, memory, threads, sumBytes), want) == 1
}

// markBytes is the length of a mark: of a million people no two have the same by chance.
const markBytes = 12

// Mark makes of a number that belongs to a person (a phone's, an identity card's) what knows
// them again and does not tell the number. There are few enough numbers to try them all: nobody
// can without the secret, and whoever has stolen it pays the price of a PIN for each try.
func Mark(number string, secret []byte) string {
	return base64.RawURLEncoding.EncodeToString(argon2.IDKey([]byte(number), secret, passes, memoryKiB, lanes, markBytes))
}
