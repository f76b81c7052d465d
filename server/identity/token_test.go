package identity

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestNewToken(t *testing.T) {
	raw, hash := NewToken(rand.Reader)
	b, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil || len(b) != 32 {
		t.Fatalf("token %q: %d bytes, %v", raw, len(b), err)
	}
	if hash != Hash(raw) || strings.Contains(hash, raw) {
		t.Errorf("hash %q of %q", hash, raw)
	}
	if again, _ := NewToken(rand.Reader); again == raw {
		t.Error("two tokens are the same")
	}
	if fixed, _ := NewToken(bytes.NewReader(make([]byte, 32))); fixed != strings.Repeat("A", 43) {
		t.Errorf("token of zeros: %q", fixed)
	}
}

func TestNewToken_without_randomness(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a short reader made a token")
		}
	}()
	NewToken(strings.NewReader("too short"))
}

func TestHash(t *testing.T) {
	// SHA-256("abc"), FIPS 180-2 appendix B.1, in base64url.
	if got, want := Hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestInvitationToken(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	raw, hash := InvitationToken(secret, "m1", "k1", 0)
	if len(raw) != 43 || hash != Hash(raw) {
		t.Fatalf("raw %q, hash %q", raw, hash)
	}
	if again, _ := InvitationToken(secret, "m1", "k1", 0); again != raw {
		t.Error("the same participant got another token")
	}
	seen := map[string]string{raw: "first"}
	differs := func(name string, secret []byte, conf, key string, generation int) {
		t.Helper()
		other, _ := InvitationToken(secret, conf, key, generation)
		if same, ok := seen[other]; ok {
			t.Errorf("%s gives the token of %s", name, same)
		}
		seen[other] = name
	}
	differs("another_secret", bytes.Repeat([]byte{8}, 32), "m1", "k1", 0)
	differs("another_meeting", secret, "m2", "k1", 0)
	differs("another_participant", secret, "m1", "k2", 0)
	differs("another_generation", secret, "m1", "k1", 1)
	differs("shifted_border", secret, "m", "1k1", 0)
	differs("shifted_border_back", secret, "m1k", "1", 0)
}

func TestInvitationToken_short_secret(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("31 bytes were enough")
		}
	}()
	InvitationToken(make([]byte, 31), "m1", "k1", 0)
}

func TestLoadSecret_made_once(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret")
	secrets := make([][]byte, 16)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			var err error
			if secrets[i], err = LoadSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range secrets {
		if !bytes.Equal(s, secrets[0]) {
			t.Fatal("two processes hold different secrets")
		}
	}
	if len(secrets[0]) < 32 {
		t.Errorf("a secret of %d bytes", len(secrets[0]))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLoadSecret_refused(t *testing.T) {
	check := func(name, content string, mode os.FileMode, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(path, []byte(content), mode); err != nil {
				t.Fatal(err)
			}
			secret, err := LoadSecret(path)
			if !errors.Is(err, want) {
				t.Fatalf("%q, %v, want %v", secret, err, want)
			}
			if own := strings.TrimSpace(content); err != nil && own != "" && strings.Contains(err.Error(), own) {
				t.Errorf("the error shows the secret: %v", err)
			}
			if err == nil && string(secret) != strings.TrimSpace(content) {
				t.Errorf("got %q", secret)
			}
		})
	}
	good := strings.Repeat("s", 32)
	check("good", " "+good+"\n", 0o600, nil)
	check("short", good[1:], 0o600, ErrWeakSecret)
	check("blank", strings.Repeat(" ", 40), 0o600, ErrWeakSecret)
	check("empty", "", 0o600, ErrWeakSecret)
	check("readable_by_all", good, 0o644, ErrOpenSecret)
	check("readable_by_group", good, 0o640, ErrOpenSecret)
}

func TestCookie(t *testing.T) {
	check := func(name string, secure bool, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			if got := Cookie("abc", secure).String(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			r := &http.Request{Header: http.Header{"Cookie": {CookieName(secure) + "=abc"}}}
			if c, err := r.Cookie(CookieName(secure)); err != nil || c.Value != "abc" {
				t.Errorf("read back %v, %v", c, err)
			}
		})
	}
	check("https", true, "__Host-samtale=abc; Path=/; HttpOnly; Secure; SameSite=Lax")
	check("http", false, "samtale=abc; Path=/; HttpOnly; SameSite=Lax")
}

func TestInvitationCode(t *testing.T) {
	secret := []byte(strings.Repeat("s", 32))
	shown, hash := InvitationCode(secret, "m_1", "k_1", 0)
	if len(shown) != 9 || shown[4] != '-' {
		t.Fatalf("shown as %q", shown)
	}
	for _, typed := range []string{shown, strings.ToLower(shown), strings.ReplaceAll(shown, "-", " "), " " + strings.ReplaceAll(shown, "0", "o") + " "} {
		if got, ok := CodeHash(typed); !ok || got != hash {
			t.Errorf("%q is not recognised", typed)
		}
	}
	for _, wrong := range []string{"", "ABCD", shown + "7", "ÆØÅÆ-ØÅÆØ", "UUUU-UUUU"} {
		if _, ok := CodeHash(wrong); ok {
			t.Errorf("%q is taken for a code", wrong)
		}
	}
	seen := map[string]bool{}
	for generation := range 500 {
		code, _ := InvitationCode(secret, "m_1", "k_1", generation)
		if seen[code] {
			t.Fatalf("code %q twice in %d", code, generation)
		}
		seen[code] = true
	}
	if _, other := InvitationCode(secret, "m_1", "k_2", 0); other == hash {
		t.Error("two guests have one code")
	}
}
