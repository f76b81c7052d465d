package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrOtherSecret is returned by Sealer.Open for what was sealed under another secret: it is lost until that secret is back.
var ErrOtherSecret = errors.New("identity: sealed under another secret")

// ErrSealBroken is returned by Sealer.Open for what was not sealed by a Sealer, was changed since, or belongs elsewhere.
var ErrSealBroken = errors.New("identity: the seal is broken")

// Sealer encrypts what the store has to keep and nobody may read there, such as the address of a calendar with the secret in
// it. Any goroutine may use it.
type Sealer struct {
	aead  cipher.AEAD
	keyID string
	mac   []byte
}

// The labels keep the keys of a Sealer apart from each other and from whatever else comes of the secret.
const (
	labelSeal   = "samtale seal 1"
	labelDigest = "samtale digest 1"
	labelKeyID  = "samtale key id 1"
	keyIDBytes  = 6 // enough to tell one secret from the next; it says nothing of the key
)

// NewSealer derives its keys from the server's secret by HKDF with SHA-256 (RFC 5869), one set for each purpose. It panics
// when secret has fewer than 32 bytes, which LoadSecret and the configuration refuse.
func NewSealer(secret []byte, purpose string) *Sealer {
	if len(secret) < secretBytes {
		panic(fmt.Sprintf("identity: a secret of %d bytes, %d are needed", len(secret), secretBytes))
	}
	derive := func(label string, n int) []byte {
		key, err := hkdf.Key(sha256.New, secret, nil, label+"\x00"+purpose, n)
		if err != nil {
			panic(fmt.Sprintf("identity: derive a key: %v", err)) // the length is ours and allowed
		}
		return key
	}
	block, err := aes.NewCipher(derive(labelSeal, 32))
	if err != nil {
		panic(fmt.Sprintf("identity: AES-256: %v", err))
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("identity: GCM: %v", err))
	}
	return &Sealer{aead: aead, keyID: base64.RawURLEncoding.EncodeToString(derive(labelKeyID, keyIDBytes)), mac: derive(labelDigest, 32)}
}

// Seal encrypts plain with AES-256-GCM under a random nonce and returns printable text that names its key. The same about
// must be given to Open: what was sealed for one record cannot be moved to another. It panics when random fails.
func (s *Sealer) Seal(random io.Reader, plain []byte, about string) string {
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		panic(fmt.Sprintf("identity: no random bytes for a nonce: %v", err))
	}
	return s.keyID + "." + base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte(about)))
}

// Open returns what Seal was given. The error is ErrOtherSecret or ErrSealBroken, wrapped.
func (s *Sealer) Open(sealed, about string) ([]byte, error) {
	keyID, text, ok := strings.Cut(sealed, ".")
	if !ok {
		return nil, fmt.Errorf("%w: no key is named", ErrSealBroken)
	}
	if keyID != s.keyID {
		return nil, fmt.Errorf("%w: key %.16q, ours is %q", ErrOtherSecret, keyID, s.keyID)
	}
	box, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(box) < s.aead.NonceSize() {
		return nil, fmt.Errorf("%w: %d characters of no use", ErrSealBroken, len(text))
	}
	plain, err := s.aead.Open(nil, box[:s.aead.NonceSize()], box[s.aead.NonceSize():], []byte(about))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealBroken, err)
	}
	return plain, nil
}

// Digest is Hash for text that could be guessed: keyed with HMAC-SHA-256, so that whoever reads the store cannot try.
func (s *Sealer) Digest(plain []byte) string {
	mac := hmac.New(sha256.New, s.mac)
	mac.Write(plain)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
