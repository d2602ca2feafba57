// Package sealed keeps values about a person unreadable in events, logs of the
// protocol, databases and backups: each is encrypted under the key of its case and
// bound to the place where it stands. Whoever destroys the key has erased the values
// everywhere, and no chain of hashes changes.
package sealed

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Size is the length of a key in bytes.
const Size = 32

// Key is the key of one case. It never stands in an event or a log; printing it gives three stars.
type Key [Size]byte

// Value is a sealed value as an event carries it: the name of its suite, a dot, and in
// base64 what the suite made. An empty value says that nothing was said.
type Value string

// suite is a way of sealing. Values name theirs, so that another one can come without
// touching what is there.
type suite interface {
	seal(key Key, plain, bound []byte, random io.Reader) ([]byte, error)
	open(key Key, sealed, bound []byte) ([]byte, error)
}

// suites by name. New values are sealed with the one named current.
var suites = map[string]suite{"1": gcm{}}

const current = "1"

// ErrShut says that a value cannot be opened: it is of another case, stood elsewhere, was
// changed, or is of a suite that this program does not know.
var ErrShut = errors.New("a sealed value cannot be opened with this key at this place")

// NewKey draws a key from a source that nobody can guess.
func NewKey(random io.Reader) (k Key, err error) {
	if _, err = io.ReadFull(random, k[:]); err != nil {
		return Key{}, fmt.Errorf("draw the key of a case: %w", err)
	}
	return k, nil
}

// String gives a mask.
func (k Key) String() string { return "***" }

// Format prints the mask whatever the verb is.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// LogValue makes loggers print the mask.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Blind makes 32 bytes of this key for a use that parts name: nobody without the key can
// make them, and they tell nothing of it.
func (k Key) Blind(parts ...string) []byte {
	h := hmac.New(sha256.New, k[:])
	h.Write(boundTo(parts))
	return h.Sum(nil)
}

// Seal seals a text for the place that bound names: kind of the event, case, request,
// field. The same text gives another value each time.
func (k Key) Seal(plain string, random io.Reader, bound ...string) (Value, error) {
	if plain == "" {
		return "", nil
	}
	out, err := suites[current].seal(k, []byte(plain), boundTo(bound), random)
	if err != nil {
		return "", err
	}
	return Value(current + "." + base64.RawStdEncoding.EncodeToString(out)), nil
}

// Open gives the text back. Errors wrap ErrShut.
func (k Key) Open(v Value, bound ...string) (string, error) {
	if v == "" {
		return "", nil
	}
	name, text, _ := strings.Cut(string(v), ".")
	by, known := suites[name]
	if !known {
		return "", fmt.Errorf("%w: unknown suite", ErrShut)
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("%w: not base64", ErrShut)
	}
	plain, err := by.open(k, raw, boundTo(bound))
	return string(plain), err
}

// SealBytes is Seal for what is no text: a chunk of a scan. The result begins with the name
// of its suite and a dot, too.
func (k Key) SealBytes(plain []byte, random io.Reader, bound ...string) ([]byte, error) {
	out, err := suites[current].seal(k, plain, boundTo(bound), random)
	if err != nil {
		return nil, err
	}
	return append([]byte(current+"."), out...), nil
}

// OpenBytes gives back what SealBytes sealed. Errors wrap ErrShut.
func (k Key) OpenBytes(shut []byte, bound ...string) ([]byte, error) {
	name, raw, _ := bytes.Cut(shut, []byte("."))
	by, known := suites[string(name)]
	if !known {
		return nil, fmt.Errorf("%w: unknown suite", ErrShut)
	}
	return by.open(k, raw, boundTo(bound))
}

// boundTo writes the parts so that no two lists of parts give the same bytes.
func boundTo(parts []string) []byte {
	out := []byte("onewindow sealed")
	for _, p := range parts {
		out = append(binary.AppendUvarint(out, uint64(len(p))), p...)
	}
	return out
}

// gcm is AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits before the
// ciphertext. A case has a few hundred values; two nonces meet after some 2^48.
type gcm struct{}

func (gcm) cipher(k Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, fmt.Errorf("prepare AES: %w", err)
	}
	return cipher.NewGCM(block)
}

func (g gcm) seal(k Key, plain, bound []byte, random io.Reader) ([]byte, error) {
	aead, err := g.cipher(k)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, bound), nil
}

func (g gcm) open(k Key, sealed, bound []byte) ([]byte, error) {
	aead, err := g.cipher(k)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, fmt.Errorf("%w: too short", ErrShut)
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
	if err != nil {
		return nil, ErrShut
	}
	return plain, nil
}
