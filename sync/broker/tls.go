package broker

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nkeys"
)

// serverTLS makes a server's side of TLS. The certificate is only the envelope of
// the device key: clients know the key and nothing else of it, so that there is no
// authority, no name and no date to go wrong. It is made anew at each start and
// comes out the same, because Ed25519 signs without chance.
func serverTLS(key ed25519.PrivateKey, name string) (*tls.Config, error) {
	der, err := certificate(key, name)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, nil
}

func certificate(key ed25519.PrivateKey, name string) ([]byte, error) {
	like := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		// A terminal without a battery starts in 1970: dates decide nothing here.
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(nil, like, like, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the certificate: %w", err)
	}
	return der, nil
}

// falsePeerError is a server that shows another key than the one that is pinned.
type falsePeerError struct{ shown string }

func (e falsePeerError) Error() string { return "the server shows another key: " + e.shown }

// pinnedTLS makes a client's side of TLS, which knows the server by its public key
// (the text of an nkey, or several with commas between) and trusts nobody else about it.
func pinnedTLS(peers string) (*tls.Config, error) {
	var wanted []ed25519.PublicKey
	for peer := range strings.SplitSeq(peers, ",") {
		want, err := nkeys.Decode(nkeys.PrefixByteUser, []byte(strings.TrimSpace(peer)))
		if err != nil || len(want) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("%q is not a key: copy the whole of it, U and 55 letters and digits, as onewindowd key prints it", peer)
		}
		wanted = append(wanted, want)
	}
	// The usual check of names and authorities is switched off because the check
	// below is stricter: these keys alone, whose possession the handshake proves.
	return &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("the server shows no certificate")
		}
		key, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
		if !ok {
			return falsePeerError{"not an Ed25519 key"}
		}
		if !slices.ContainsFunc(wanted, func(k ed25519.PublicKey) bool { return k.Equal(key) }) {
			return falsePeerError{keyText(key)}
		}
		return nil
	}}, nil
}

// keyText writes a public key as an nkey.
func keyText(key ed25519.PublicKey) string {
	text, err := nkeys.Encode(nkeys.PrefixByteUser, key)
	if err != nil {
		panic(err) // only for a prefix that does not exist
	}
	return string(text)
}
