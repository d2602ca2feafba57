package wire

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// The kinds of a bundle's parts that terminals read: the catalogue's files, and what there
// is to read besides, such as policies and notices.
const (
	KindGuide   = "guide"
	KindReading = "reading"
)

// Part is one file of a bundle. Its kind says what it belongs to; a program keeps and
// passes on the kinds that it does not know.
type Part struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Size is in bytes; Sum the contents' SHA-256 in hexadecimal, which names them.
	Size int64  `json:"size"`
	Sum  string `json:"sha256"`
}

// Manifest is the list of everything that the centre publishes, as one version.
type Manifest struct {
	// Version counts from 1 and only rises.
	Version int64 `json:"version"`
	// AtMS is when it was published, by the centre's clock; it dates what is shown and
	// decides nothing.
	AtMS int64 `json:"published_at_ms"`
	// BackTo is the version whose contents this one brings back; 0 for new ones.
	BackTo int64  `json:"back_to,omitempty"`
	Parts  []Part `json:"parts"`
}

// Bundle is a manifest as its centre has signed it. It is made by SealBundle and
// DecodeBundle alone; what the manifest has beyond this program's fields stays in it.
type Bundle struct {
	Manifest
	// Name is the SHA-256 of the manifest's bytes, in hexadecimal.
	Name string
	// Key is the signing centre's. That it is the right one is for the receiver to say.
	Key ed25519.PublicKey

	sig, text []byte
}

// Limits of a bundle. PieceSize is how many bytes of a part one answer has at most: on a
// line of 2 Mbit/s a piece holds up a call for a quarter of a second.
const (
	MaxParts   = 2000
	MaxPart    = 64 << 20
	MaxVersion = 1 << 53
	PieceSize  = 64 << 10
)

// PieceAsk asks for a part, by its Sum, from a byte on. The answer is the bytes from there,
// PieceSize of them at most; none where the part is not here. A VerbBundle is asked with
// nothing, and answered with the bundle that is in force, or with nothing.
type PieceAsk struct {
	Sum  string `json:"sha256"`
	From int64  `json:"from"`
}

// BundleState is what a beat tells of bundles: the version that is kept, and where one was
// offered that is not taken, which and why.
type BundleState struct {
	Version int64  `json:"version"`
	Refused int64  `json:"refused,omitempty"`
	Why     string `json:"why,omitempty"`
}

var (
	kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	partPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	sumPattern  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// SumOf names contents: their SHA-256 in hexadecimal.
func SumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// IsSum tells whether a text can be what SumOf gives, and so the name of a file.
func IsSum(text string) bool { return sumPattern.MatchString(text) }

// SealBundle signs a manifest with the centre's key. Parts are put in order of kind and name.
func SealBundle(key ed25519.PrivateKey, m Manifest) (Bundle, error) {
	m.Parts = slices.Clone(m.Parts)
	slices.SortFunc(m.Parts, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	text, err := json.Marshal(m)
	if err != nil {
		return Bundle{}, fmt.Errorf("sign the bundle: %w", err)
	}
	b := Bundle{Key: key.Public().(ed25519.PublicKey), sig: ed25519.Sign(key, bundleMessage(text)), text: text}
	return DecodeBundle(b.Encode())
}

// bundleMessage is what a signature speaks of: the same key signs heads and tickets too.
func bundleMessage(text []byte) []byte { return append([]byte("onewindow bundle 1\x00"), text...) }

// Encode gives the bytes of a bundle.
func (b Bundle) Encode() []byte {
	w := writer{}
	w.byte(Version)
	w.bytes(b.Key)
	w.bytes(b.sig)
	w.bytes(b.text)
	return w.b
}

// DecodeBundle reads what Bundle.Encode writes. It is an error when the key that the bundle
// names has not signed these bytes, or when the manifest is not one that can be kept.
func DecodeBundle(frame []byte) (Bundle, error) {
	r := reader{b: frame}
	r.version()
	b := Bundle{Key: slices.Clone(r.bytes()), sig: slices.Clone(r.bytes()), text: slices.Clone(r.bytes())}
	if r.bad || len(r.b) > 0 || len(frame) > MaxFrame || len(b.Key) != ed25519.PublicKeySize {
		return Bundle{}, fmt.Errorf("bundle: %w", ErrFrame)
	}
	if !ed25519.Verify(b.Key, bundleMessage(b.text), b.sig) {
		return Bundle{}, fmt.Errorf("bundle: its signature is false: %w", ErrFrame)
	}
	if err := json.Unmarshal(b.text, &b.Manifest); err != nil {
		return Bundle{}, fmt.Errorf("bundle: %w: %w", ErrFrame, err)
	}
	if err := b.check(); err != nil {
		return Bundle{}, fmt.Errorf("bundle: %w: %w", ErrFrame, err)
	}
	b.Name = SumOf(b.text)
	return b, nil
}

// check tells whether a manifest keeps to the bounds: names become names of files.
func (m Manifest) check() error {
	switch {
	case m.Version < 1 || m.Version > MaxVersion || m.AtMS < 0 || m.BackTo < 0 || m.BackTo >= m.Version:
		return fmt.Errorf("version %d of %d ms, back to %d, cannot be", m.Version, m.AtMS, m.BackTo)
	case len(m.Parts) > MaxParts:
		return fmt.Errorf("%d parts are too many", len(m.Parts))
	}
	seen := map[Part]bool{}
	for _, p := range m.Parts {
		if !kindPattern.MatchString(p.Kind) || !partPattern.MatchString(p.Name) || !IsSum(p.Sum) || p.Size < 0 || p.Size > MaxPart {
			return fmt.Errorf("the part %.60q of kind %.60q with %d bytes cannot be", p.Name, p.Kind, p.Size)
		}
		name := Part{Kind: p.Kind, Name: p.Name}
		if seen[name] {
			return fmt.Errorf("the part %q of kind %q stands there twice", p.Name, p.Kind)
		}
		seen[name] = true
	}
	return nil
}

// Of gives the parts of a kind.
func (m Manifest) Of(kind string) []Part {
	var out []Part
	for _, p := range m.Parts {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}
