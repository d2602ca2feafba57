package parcel

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"onewindow/sync/wire"
)

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func pushes() []wire.Push {
	a := wire.Push{Origin: "jiangnan/k1", Epoch: 7, From: 3, Bodies: [][]byte{[]byte("one"), []byte("two, about 王小明")}, Sig: []byte("s")}
	b := wire.Push{Origin: "jiangnan/k1", Epoch: 7, From: 5, Prev: a.Head(), Bodies: [][]byte{[]byte("three")}}
	return []wire.Push{a, b, {Origin: "jiangnan/k1", Epoch: 9, From: 1, Bodies: [][]byte{{}}}}
}

// contents are pushes with the key of a case, which has to be in nobody's hands else.
func contents() Contents {
	return Contents{Pushes: pushes(), Keys: []wire.CaseKey{{Case: "case-1", Key: []byte("thirty-two bytes that open a case"), AtMS: 5}, {Case: "case-2", AtMS: 6, Why: "erased"}},
		Scans: []Scan{{wire.ScanOffer{Scan: "s1", Application: "case-1", Sums: make([]byte, 64)}, [][]byte{[]byte("{a chunk"), []byte("another")}}, {wire.ScanOffer{Scan: "s2", Application: "case-1"}, nil}}}
}

func sealed(t *testing.T, to ...ed25519.PublicKey) []byte {
	t.Helper()
	file, err := Seal("jiangnan/k1", keyOf(1), 5, contents(), to, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func public(seed byte) ed25519.PublicKey { return keyOf(seed).Public().(ed25519.PublicKey) }

func TestAParcelIsReadByItsReceiversAlone(t *testing.T) {
	file := sealed(t, public(2), public(3))
	if bytes.Contains(file, []byte("王小明")) || bytes.Contains(file, []byte("case-1")) {
		t.Error("a name or a key can be read in the file")
	}
	for _, seed := range []byte{2, 3} {
		h, got, err := Open(file, keyOf(seed))
		if err != nil || len(got.Pushes) != 3 || string(got.Pushes[0].Bodies[1]) != "two, about 王小明" || !reflect.DeepEqual(got.Keys, contents().Keys) || !reflect.DeepEqual(got.Scans, contents().Scans) || h.Events != 4 || len(h.Chains) != 2 || h.Chains[0].Upto != 5 {
			t.Errorf("receiver %d: %v, %+v", seed, err, h)
		}
	}
	// The maker itself is no receiver.
	for _, seed := range []byte{1, 4} {
		if _, _, err := Open(file, keyOf(seed)); !errors.Is(err, ErrSealed) {
			t.Errorf("device %d: %v", seed, err)
		}
	}
	// What everybody can read holds no key.
	if _, got, err := Open(sealed(t), keyOf(9)); err != nil || len(got.Pushes) != 3 || len(got.Keys) != 0 || len(got.Scans) != 2 {
		t.Errorf("a parcel for everybody: %d keys, %v", len(got.Keys), err)
	}
}

// TestEachChangedByteIsSeen changes, cuts and lengthens the file at every place.
func TestEachChangedByteIsSeen(t *testing.T) {
	file := sealed(t, public(2))
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if _, _, err := Open(changed, keyOf(2)); err == nil {
			t.Fatalf("byte %d was changed and nobody saw it", i)
		}
		if _, _, err := Open(file[:i], keyOf(2)); err == nil {
			t.Fatalf("cut at %d and nobody saw it", i)
		}
	}
	if _, _, err := Open(append(bytes.Clone(file), 0), keyOf(2)); !errors.Is(err, ErrTorn) {
		t.Errorf("a byte more: %v", err)
	}
	if _, _, err := Open([]byte("a thesis"), keyOf(2)); !errors.Is(err, ErrForeign) {
		t.Errorf("a thesis: %v", err)
	}
	if _, _, err := Open(file[:len(file)/2], keyOf(2)); !errors.Is(err, ErrTorn) {
		t.Errorf("half a file: %v", err)
	}
}

// TestNobodyWritesInAnothersName signs a parcel of k1 with another key.
func TestNobodyWritesInAnothersName(t *testing.T) {
	honest := sealed(t)
	other, err := Seal("jiangnan/k1", keyOf(8), 5, contents(), nil, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	forged := append(bytes.Clone(honest[:len(honest)-ed25519.SignatureSize]), other[len(other)-ed25519.SignatureSize:]...)
	if _, _, err := Open(forged, keyOf(2)); !errors.Is(err, ErrForged) {
		t.Errorf("error %v", err)
	}
}

// TestBothHalvesOfTheConversionFit holds the public half, computed, against the private
// half's own public key, for many devices.
func TestBothHalvesOfTheConversionFit(t *testing.T) {
	random := rand.NewChaCha8([32]byte{7})
	for range 200 {
		seed := make([]byte, ed25519.SeedSize)
		_, _ = random.Read(seed)
		key := ed25519.NewKeyFromSeed(seed)
		digest := sha512.Sum512(seed)
		private, err := ecdh.X25519().NewPrivateKey(digest[:32])
		if err != nil {
			t.Fatal(err)
		}
		got, err := agreement(key.Public().(ed25519.PublicKey))
		if err != nil || !got.Equal(private.PublicKey()) {
			t.Fatalf("%x: %v", seed, err)
		}
	}
	for name, bad := range map[string]ed25519.PublicKey{"short": make([]byte, 31), "y is 1": append([]byte{1}, make([]byte, 31)...),
		"no number": bytes.Repeat([]byte{0xff}, 32), "of small order": make([]byte, 32)} {
		if _, err := Seal("jiangnan/k1", keyOf(1), 5, Contents{}, []ed25519.PublicKey{bad}, random); err == nil {
			t.Errorf("%s: taken as a key", name)
		}
	}
}

// A scan of fewer or more chunks than it has sums is none, whoever signed that.
func TestAScanHasAChunkForEachSum(t *testing.T) {
	for _, chunks := range [][][]byte{nil, {[]byte("one")}, {[]byte("one"), []byte("two"), []byte("three")}} {
		in := Contents{Scans: []Scan{{wire.ScanOffer{Scan: "s1", Application: "case-1", Sums: make([]byte, 64)}, chunks}}}
		file, err := Seal("jiangnan/k1", keyOf(1), 5, in, nil, rand.NewChaCha8([32]byte{1}))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(file, keyOf(2)); !errors.Is(err, ErrForged) {
			t.Errorf("%d chunks for two sums: %v", len(chunks), err)
		}
	}
}
