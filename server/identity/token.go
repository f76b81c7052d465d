package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
)

// tokenBytes is 256 bit: beyond guessing, so a plain hash of a token is enough to keep.
const tokenBytes = 32

// secretBytes is the least a secret may have: the block of security of HMAC-SHA-256 (RFC 2104 section 3).
const secretBytes = 32

// NewToken draws a token of 256 bit. Give raw to its owner in base64url without padding (RFC 4648 section 5) and keep
// only hash. It panics when random fails, which crypto/rand.Reader never does: no caller could go on without a token.
func NewToken(random io.Reader) (raw, hash string) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic(fmt.Sprintf("identity: no random bytes for a token: %v", err))
	}
	raw = base64.RawURLEncoding.EncodeToString(b[:])
	return raw, Hash(raw)
}

// Hash is the form in which a token, or anything else that must not be readable in the store, becomes part of a key:
// SHA-256 in base64url without padding. For text that can be guessed it hides nothing from whoever tries.
func Hash(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// InvitationToken derives the token of one participant's personal link with HMAC-SHA-256, so that a mail can be written
// again while the store knows only hash. A higher generation makes a new link; the store drops the old one's hash. It
// panics when secret has fewer than 32 bytes, which LoadSecret and the configuration refuse.
func InvitationToken(secret []byte, conference, participantKey string, generation int) (raw, hash string) {
	if len(secret) < secretBytes {
		panic(fmt.Sprintf("identity: a secret of %d bytes, %d are needed", len(secret), secretBytes))
	}
	mac := hmac.New(sha256.New, secret)
	for _, part := range []string{"samtale invitation 1", conference, participantKey} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // lengths keep ("ab","c") from ("a","bc")
		mac.Write([]byte(part))
	}
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(generation)))
	raw = base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	return raw, Hash(raw)
}
