package identity

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func TestSealer(t *testing.T) {
	secret, other := bytes.Repeat([]byte("s"), 32), bytes.Repeat([]byte("o"), 32)
	plain := []byte(`{"url":"https://calendar.example/private-token/basic.ics"}`)
	ours := NewSealer(secret, "feeds")
	sealed := ours.Seal(rand.Reader, plain, "f_1")
	opens := func(name string, with *Sealer, text, about string, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			got, err := with.Open(text, about)
			if !errors.Is(err, want) || (want == nil && !bytes.Equal(got, plain)) {
				t.Errorf("got %q, %v; want %v", got, err, want)
			}
			if err != nil && strings.Contains(err.Error(), "private-token") {
				t.Errorf("the error shows what is sealed: %v", err)
			}
		})
	}
	flipped := []byte(sealed)
	flipped[len(flipped)-3] ^= 'A' ^ 'B'
	opens("same_secret", NewSealer(secret, "feeds"), sealed, "f_1", nil)
	opens("another_record", ours, sealed, "f_2", ErrSealBroken)
	opens("changed", ours, string(flipped), "f_1", ErrSealBroken)
	opens("cut", ours, sealed[:12], "f_1", ErrSealBroken)
	opens("empty", ours, "", "f_1", ErrSealBroken)
	opens("no_base64", ours, sealed[:9]+"%%%%", "f_1", ErrSealBroken)
	opens("another_secret", NewSealer(other, "feeds"), sealed, "f_1", ErrOtherSecret)
	opens("another_purpose", NewSealer(secret, "mail"), sealed, "f_1", ErrOtherSecret)
	if strings.Contains(sealed, "private-token") || sealed == ours.Seal(rand.Reader, plain, "f_1") {
		t.Error("sealed text is readable or repeats itself")
	}
	if ours.Digest(plain) != NewSealer(secret, "feeds").Digest(plain) || ours.Digest(plain) == NewSealer(other, "feeds").Digest(plain) || ours.Digest(plain) == Hash(string(plain)) {
		t.Error("the digest does not hang on the secret alone")
	}
}

func TestSealer_weak_secret(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a secret of 8 bytes was taken")
		}
	}()
	NewSealer([]byte("too weak"), "feeds")
}
