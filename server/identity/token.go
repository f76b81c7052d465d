package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
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
	raw = base64.RawURLEncoding.EncodeToString(derive(secret, "samtale invitation 1", conference, participantKey, generation))
	return raw, Hash(raw)
}

func derive(secret []byte, use, conference, participantKey string, generation int) []byte {
	if len(secret) < secretBytes {
		panic(fmt.Sprintf("identity: a secret of %d bytes, %d are needed", len(secret), secretBytes))
	}
	mac := hmac.New(sha256.New, secret)
	for _, part := range []string{use, conference, participantKey} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // lengths keep ("ab","c") from ("a","bc")
		mac.Write([]byte(part))
	}
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(generation)))
	return mac.Sum(nil)
}

// codeLetters are Crockford's base 32: no I, L, O or U, which are misheard or misread.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is 40 bits: with the limit on tries and a life of hours nobody guesses one.
const codeLength = 8

// InvitationCode derives the code of a participant's link, short enough to be read out: eight letters of codeLetters, in two
// groups of four. hash is that of its normal form.
func InvitationCode(secret []byte, conference, participantKey string, generation int) (shown, hash string) {
	sum := derive(secret, "samtale code 1", conference, participantKey, generation)
	var letters [codeLength]byte
	for i := range letters {
		letters[i] = codeLetters[sum[i]%32] // 256 is a multiple of 32: every letter is as likely
	}
	code := string(letters[:])
	return code[:4] + "-" + code[4:], codeHash(code)
}

// CodeHash returns the hash of a code as somebody typed it: case, spaces and dashes do not matter, and letters that are taken
// for digits are read as these. ok is false for what cannot be a code.
func CodeHash(typed string) (hash string, ok bool) {
	var code []byte
	for _, c := range []byte(strings.ToUpper(typed)) {
		switch c {
		case ' ', '-':
			continue
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		if !strings.Contains(codeLetters, string(rune(c))) {
			return "", false
		}
		code = append(code, c)
	}
	return codeHash(string(code)), len(code) == codeLength
}

// codeHash keeps a code's hash apart from a token's.
func codeHash(code string) string { return Hash("code " + code) }
