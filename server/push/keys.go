package push

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// Keys is the pair by which push services know this server (VAPID, RFC 8292). Browsers bind their subscriptions to it. Any
// goroutine may use it.
type Keys struct {
	private *ecdsa.PrivateKey
	public  string
}

const (
	// labelKeys keeps the scalar apart from whatever else comes of the secret.
	labelKeys = "samtale vapid 1"
	// secretBytes is what the configuration demands.
	secretBytes = 32
	scalarBytes = 32 // P-256
	// maxTries is never reached: not even the second try is likely in the life of all hospitals.
	maxTries = 16
)

// NewKeys derives the pair from the server's secret by HKDF with SHA-256 (RFC 5869): all nodes have the same and nothing is
// stored. It panics when secret has fewer than 32 bytes, which the configuration refuses.
func NewKeys(secret []byte) Keys {
	if len(secret) < secretBytes {
		panic(fmt.Sprintf("push: a secret of %d bytes, %d are needed", len(secret), secretBytes))
	}
	return keysFrom(func(try int) []byte {
		scalar, err := hkdf.Key(sha256.New, secret, nil, fmt.Sprintf("%s\x00%d", labelKeys, try), scalarBytes)
		if err != nil {
			panic(fmt.Sprintf("push: derive a key: %v", err)) // the length is ours and allowed
		}
		return scalar
	})
}

// keysFrom takes the first candidate that is a scalar of P-256. One in 2^32 is not; reducing it instead would favour some.
func keysFrom(candidate func(try int) []byte) Keys {
	for try := range maxTries {
		private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), candidate(try))
		if err != nil {
			continue
		}
		point, err := private.PublicKey.Bytes()
		if err != nil {
			panic(fmt.Sprintf("push: a public key: %v", err)) // it was made from the curve a line ago
		}
		return Keys{private: private, public: base64.RawURLEncoding.EncodeToString(point)}
	}
	panic("push: no candidate is a scalar of P-256")
}

// PublicKey is what a browser calls applicationServerKey: the uncompressed point, 65 bytes, in base64url.
func (k Keys) PublicKey() string { return k.public }
