// Package parcel is a device's unconfirmed events as a file that a person carries: it
// says who made it and is signed by that device, a torn or changed one is told from a
// forged one, and it can be sealed to the devices that may read it. It opens no database.
package parcel

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// magic is the first line of a parcel, the version in it.
const magic = "onewindow parcel 1\n"

// Errors of Open; nothing of the file counts then.
var (
	// ErrForeign says that a file is no parcel of this version.
	ErrForeign = errors.New("not a parcel of OneWindow events")
	// ErrTorn says that bytes are missing or were changed since the file was written.
	ErrTorn = errors.New("torn or changed on its way: its SHA-256 does not fit")
	// ErrForged says that the device named in the file has not signed it.
	ErrForged = errors.New("not signed by the device that it names")
	// ErrSealed says that the file is sealed to other devices.
	ErrSealed = errors.New("sealed to another device")
)

// Head is what everybody may read of a parcel.
type Head struct {
	Origin event.Origin      `json:"origin"`
	Key    ed25519.PublicKey `json:"key"`
	MadeMS int64             `json:"made_at_ms"`
	Chains []Stretch         `json:"chains"`
	Events int               `json:"events"`
	Scans  int               `json:"scans,omitempty"`
	Boxes  []Box             `json:"boxes,omitempty"`
}

// Stretch is a run of one chain: the head Prev stands before From, Top behind Upto.
type Stretch struct {
	Origin event.Origin `json:"origin"`
	Epoch  string       `json:"epoch"`
	From   event.Seq    `json:"from"`
	Upto   event.Seq    `json:"upto"`
	Prev   string       `json:"prev"`
	Top    string       `json:"top"`
}

// Box holds the key of the contents for one receiver.
type Box struct {
	Ephemeral []byte `json:"ephemeral"`
	Key       []byte `json:"key"`
}

// Contents is what a parcel holds: pushes, and the keys and scans of cases that go with them.
type Contents struct {
	Pushes []wire.Push
	Keys   []wire.CaseKey
	Scans  []Scan
}

// Scan is a scan with all its chunks, which are sealed under the key of its case.
type Scan struct {
	wire.ScanOffer
	Chunks [][]byte
}

// beside is what a frame of a parcel holds that is no push: keys, or a scan of which so many chunks follow.
type beside struct {
	Rows   []wire.CaseKey  `json:"rows,omitempty"`
	Scan   *wire.ScanOffer `json:"scan,omitempty"`
	Chunks int             `json:"chunks,omitempty"`
}

// Seal writes a parcel: signed with the device's key, and readable only for the
// receivers' Ed25519 device keys. Without receivers everybody can read it, and the keys
// are left out. random must be a source that nobody can guess.
func Seal(origin event.Origin, key ed25519.PrivateKey, madeMS int64, in Contents, receivers []ed25519.PublicKey, random io.Reader) ([]byte, error) {
	h := Head{Origin: origin, Key: key.Public().(ed25519.PublicKey), MadeMS: madeMS}
	var contents []byte
	put := func(b []byte) {
		contents = binary.AppendUvarint(contents, uint64(len(b)))
		contents = append(contents, b...)
	}
	note := func(x beside) {
		b, err := json.Marshal(x)
		if err != nil {
			panic("encode a frame: " + err.Error()) // its types always encode
		}
		put(b)
	}
	if len(receivers) > 0 && len(in.Keys) > 0 {
		note(beside{Rows: in.Keys})
	}
	for _, p := range in.Pushes {
		put(p.Encode())
		h.add(p)
	}
	h.Scans = len(in.Scans)
	for _, s := range in.Scans {
		note(beside{Scan: &s.ScanOffer, Chunks: len(s.Chunks)})
		for _, c := range s.Chunks {
			put(c)
		}
	}
	if len(receivers) > 0 {
		fileKey := make([]byte, 32)
		if _, err := io.ReadFull(random, fileKey); err != nil {
			return nil, fmt.Errorf("draw the key of the file: %w", err)
		}
		for _, r := range receivers {
			box, err := wrap(fileKey, r, random)
			if err != nil {
				return nil, err
			}
			h.Boxes = append(h.Boxes, box)
		}
		aead, err := gcm(fileKey)
		if err != nil {
			return nil, err
		}
		// The key is of this file alone, so that one nonce can never come twice under it.
		contents = aead.Seal(nil, make([]byte, aead.NonceSize()), contents, []byte(magic))
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the parcel: %w", err)
	}
	out := append([]byte(magic), head...)
	out = append(out, '\n')
	out = append(out, contents...)
	sum := sha256.Sum256(out)
	out = append(out, sum[:]...)
	return append(out, ed25519.Sign(key, signed(sum))...), nil
}

// add counts a push in the head; pushes of a chain that follow each other are one stretch.
func (h *Head) add(p wire.Push) {
	h.Events += len(p.Bodies)
	if n := len(h.Chains); n > 0 {
		if s := &h.Chains[n-1]; s.Origin == p.Origin && s.Epoch == p.Epoch.String() && s.Upto+1 == p.From {
			s.Upto, s.Top = p.Upto(), p.Head().String()
			return
		}
	}
	h.Chains = append(h.Chains, Stretch{p.Origin, p.Epoch.String(), p.From, p.Upto(), p.Prev.String(), p.Head().String()})
}

// signed is what the device signs: it can be neither a chain's head nor a server's nonce.
func signed(sum [sha256.Size]byte) []byte { return append([]byte("onewindow parcel 1\x00"), sum[:]...) }

// Open reads a parcel with a receiver's device key. Whether the device that made it is
// known, who takes its contents has to judge.
func Open(file []byte, key ed25519.PrivateKey) (h Head, in Contents, err error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok {
		return h, in, ErrForeign
	}
	tail := sha256.Size + ed25519.SignatureSize
	line := bytes.IndexByte(rest, '\n')
	if line < 0 || len(rest)-line-1 < tail {
		return h, in, ErrTorn
	}
	end := len(file) - tail
	sum := sha256.Sum256(file[:end])
	if !bytes.Equal(sum[:], file[end:end+sha256.Size]) {
		return h, in, ErrTorn
	}
	if err := json.Unmarshal(rest[:line], &h); err != nil || !h.Origin.Valid() || len(h.Key) != ed25519.PublicKeySize {
		return h, in, ErrForged
	}
	if !ed25519.Verify(h.Key, signed(sum), file[end+sha256.Size:]) {
		return h, in, ErrForged
	}
	contents := rest[line+1 : len(rest)-tail]
	if len(h.Boxes) > 0 {
		if contents, err = unseal(contents, h.Boxes, key); err != nil {
			return h, in, err
		}
	}
	if in, err = read(contents); err != nil {
		return h, in, err
	}
	told := Head{}
	for _, p := range in.Pushes {
		told.add(p)
	}
	if told.Events != h.Events || len(in.Scans) != h.Scans || !slices.Equal(told.Chains, h.Chains) {
		return h, in, fmt.Errorf("its contents are not what it says of itself: %w", ErrForged)
	}
	return h, in, nil
}

func read(contents []byte) (out Contents, err error) {
	take := func() ([]byte, error) {
		n, size := binary.Uvarint(contents)
		if size <= 0 || n > uint64(len(contents)-size) {
			return nil, ErrTorn
		}
		part := contents[size : size+int(n)]
		contents = contents[size+int(n):]
		return part, nil
	}
	for len(contents) > 0 {
		part, err := take()
		if err != nil {
			return out, err
		}
		if bytes.HasPrefix(part, []byte("{")) { // no push begins so
			var x beside
			if err := json.Unmarshal(part, &x); err != nil {
				return out, fmt.Errorf("read what goes beside the events: %w", err)
			}
			out.Keys = append(out.Keys, x.Rows...)
			if x.Scan == nil {
				continue
			}
			s := Scan{ScanOffer: *x.Scan}
			if x.Chunks*sha256.Size != len(s.Sums) {
				return out, fmt.Errorf("a scan of %d chunks has sums of %d bytes: %w", x.Chunks, len(s.Sums), ErrForged)
			}
			for range x.Chunks {
				if part, err = take(); err != nil {
					return out, err
				}
				s.Chunks = append(s.Chunks, part)
			}
			out.Scans = append(out.Scans, s)
			continue
		}
		p, err := wire.DecodePush(part)
		if err != nil {
			return out, err
		}
		out.Pushes = append(out.Pushes, p)
	}
	return out, nil
}

// wrap seals the key of a file to a receiver, as age does for a key of SSH: X25519 with
// a key drawn for this box alone, HKDF, AES-256-GCM.
func wrap(fileKey []byte, to ed25519.PublicKey, random io.Reader) (Box, error) {
	there, err := agreement(to)
	if err != nil {
		return Box{}, err
	}
	seed := make([]byte, 32)
	if _, err := io.ReadFull(random, seed); err != nil {
		return Box{}, fmt.Errorf("draw a key: %w", err)
	}
	here, err := ecdh.X25519().NewPrivateKey(seed)
	if err != nil {
		return Box{}, fmt.Errorf("draw a key: %w", err)
	}
	shared, err := here.ECDH(there)
	if err != nil {
		return Box{}, fmt.Errorf("seal to the receiver: its key is not usable: %w", err)
	}
	aead, err := boxCipher(shared, here.PublicKey(), there)
	if err != nil {
		return Box{}, err
	}
	return Box{here.PublicKey().Bytes(), aead.Seal(nil, make([]byte, aead.NonceSize()), fileKey, nil)}, nil
}

func unseal(contents []byte, boxes []Box, key ed25519.PrivateKey) ([]byte, error) {
	// The private half of the same conversion: what Ed25519 itself makes of its seed.
	digest := sha512.Sum512(key.Seed())
	here, err := ecdh.X25519().NewPrivateKey(digest[:32])
	if err != nil {
		return nil, fmt.Errorf("open the parcel: %w", err)
	}
	for _, b := range boxes {
		there, err := ecdh.X25519().NewPublicKey(b.Ephemeral)
		if err != nil {
			continue
		}
		shared, err := here.ECDH(there)
		if err != nil {
			continue
		}
		aead, err := boxCipher(shared, there, here.PublicKey())
		if err != nil {
			return nil, err
		}
		fileKey, err := aead.Open(nil, make([]byte, aead.NonceSize()), b.Key, nil)
		if err != nil {
			continue // another receiver's
		}
		if aead, err = gcm(fileKey); err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), contents, []byte(magic))
		if err != nil {
			return nil, ErrForged
		}
		return plain, nil
	}
	return nil, ErrSealed
}

// boxCipher makes the key of a box out of the shared secret; both public keys go in, so
// that a box belongs to one pair.
func boxCipher(shared []byte, ephemeral, receiver *ecdh.PublicKey) (cipher.AEAD, error) {
	salt := append(ephemeral.Bytes(), receiver.Bytes()...)
	key, err := hkdf.Key(sha256.New, shared, salt, "onewindow parcel 1 box", 32)
	if err != nil {
		return nil, fmt.Errorf("make the key of a box: %w", err)
	}
	return gcm(key)
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// agreement gives the X25519 form of an Ed25519 public key, u = (1+y)/(1-y) modulo
// 2^255-19 (RFC 7748, section 4.1), so that the key which a person has already compared
// is the one that a file is sealed to. Nothing in it is secret. That signing and
// agreement may share a key is proved for exactly this pair (Thormarker, 2021).
func agreement(key ed25519.PublicKey) (*ecdh.PublicKey, error) {
	if len(key) != ed25519.PublicKeySize {
		return nil, errors.New("seal to the receiver: it is not a device's key")
	}
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	little := slices.Clone(key)
	little[31] &= 0x7f // the sign of x
	slices.Reverse(little)
	y := new(big.Int).SetBytes(little)
	one := big.NewInt(1)
	below := new(big.Int).ModInverse(new(big.Int).Mod(new(big.Int).Sub(one, y), p), p)
	if below == nil || y.Cmp(p) >= 0 {
		return nil, errors.New("seal to the receiver: it is not a device's key")
	}
	u := new(big.Int).Mod(new(big.Int).Mul(new(big.Int).Add(one, y), below), p)
	out := u.FillBytes(make([]byte, 32))
	slices.Reverse(out)
	pub, err := ecdh.X25519().NewPublicKey(out)
	if err != nil {
		return nil, fmt.Errorf("seal to the receiver: %w", err)
	}
	return pub, nil
}
