package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

const (
	// maxBody is what every body is padded to: the length of a push says nothing of it.
	maxBody = 64
	// recordSize is more than our only record takes, and the value of RFC 8291 section 5.
	recordSize = 4096
	saltBytes  = 16
	keyBytes   = 16 // AES-128
	nonceBytes = 12
)

// seal encrypts body for r under a fresh key and salt.
func seal(body []byte, r recipient) ([]byte, error) {
	if len(body) > maxBody {
		return nil, fmt.Errorf("%w: a body of %d bytes, %d are room", ErrRefused, len(body), maxBody)
	}
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("push: make a key: %w", err)
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // crypto/rand.Read never fails
	return encrypt(body, maxBody-len(body), r, private, salt)
}

// encrypt makes a body of one record in the aes128gcm coding (RFC 8188 section 2), with the keys of RFC 8291 section 3.4.
func encrypt(body []byte, padding int, r recipient, private *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	shared, err := private.ECDH(r.public)
	if err != nil {
		return nil, fmt.Errorf("push: agree on a key: %w", err)
	}
	ours := private.PublicKey().Bytes()
	input := derive(shared, r.auth, "WebPush: info\x00"+string(r.public.Bytes())+string(ours), sha256.Size)
	block, err := aes.NewCipher(derive(input, salt, "Content-Encoding: aes128gcm\x00", keyBytes))
	if err != nil {
		return nil, fmt.Errorf("push: AES-128: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("push: GCM: %w", err)
	}
	record := append(append([]byte{}, body...), 2) // 2: the last record (RFC 8188 section 2)
	record = append(record, make([]byte, padding)...)

	sealed := append([]byte{}, salt...)
	sealed = binary.BigEndian.AppendUint32(sealed, recordSize)
	sealed = append(sealed, byte(len(ours)))
	sealed = append(sealed, ours...)
	// The first record's nonce is the derived one as it is, since its number is 0 (RFC 8188 section 2.3).
	return aead.Seal(sealed, derive(input, salt, "Content-Encoding: nonce\x00", nonceBytes), record, nil), nil
}

func derive(secret, salt []byte, info string, n int) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, info, n)
	if err != nil {
		panic(fmt.Sprintf("push: derive a key: %v", err)) // the lengths are ours and allowed
	}
	return key
}

// topicBytes fill the 32 characters that a topic may have (RFC 8030 section 5.4).
const topicBytes = 24

// topicFor hides the topic from the push service: what the browser shares with us alone keys the hash.
func topicFor(topic string, r recipient) string {
	mac := hmac.New(sha256.New, r.auth)
	mac.Write([]byte("samtale topic\x00" + topic))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:topicBytes])
}
