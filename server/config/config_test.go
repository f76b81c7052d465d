package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func environment(pairs ...string) func(string) (string, bool) {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func TestLoadDefaults(t *testing.T) {
	c, err := Load(environment("SAMTALE_LISTEN", "127.0.0.1:9000"), false)
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicURL.String() != "http://localhost:9000" || c.MediaUDP != ":7882" || c.Idle != 30*time.Minute || c.Secure() {
		t.Errorf("defaults: %+v", c)
	}
	if c.MailFrom != "moter@samtale.example" {
		t.Errorf("mail from %q", c.MailFrom)
	}
}

func TestLoadReportsAllMistakesTogether(t *testing.T) {
	_, err := Load(environment(
		"SAMTALE_LISTEN", "8080", "SAMTALE_PUBLIC_URL", "samtale.example/x", "REDIS_URL", "http://:hemmelig@db",
		"SAMTALE_MEDIA_UDP", ":99999", "SAMTALE_FEED_ALLOW", "10.0.0.0/8, nett", "SAMTALE_FEED_HTTP", "ja",
		"SAMTALE_SECRET", "short", "SAMTALE_IDLE_MINUTES", "0", "SAMTALE_ENV", "prod", "SAMTALE_NODE_PATH", "n/1",
		"SAMTALE_DEMO_NOW", "Friday", "SAMTALE_TLS_CERT", "cert.pem", "SAMTALE_MEDIA_TCP", "tcp", "SAMTALE_TURN", "no", "SAMTALE_TURN_TLS", "443",
		"SAMTALE_TURN_URLS", "stun:samtale.example",
	), true)
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{
		"SAMTALE_LISTEN", "SAMTALE_PUBLIC_URL", "REDIS_URL", "SAMTALE_MEDIA_UDP", "SAMTALE_FEED_ALLOW",
		"SAMTALE_FEED_HTTP", "SAMTALE_SECRET", "SAMTALE_IDLE_MINUTES", "SAMTALE_ENV", "SAMTALE_NODE_PATH", "SAMTALE_DEMO_NOW",
		"SAMTALE_TLS_KEY", "SAMTALE_MEDIA_TCP", "SAMTALE_TURN:", "SAMTALE_TURN_TLS", "SAMTALE_TURN_URLS",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not reported in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "hemmelig") {
		t.Error("the error repeats a password")
	}
}

func TestLoadSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(strings.Repeat("k", 40)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(environment("SAMTALE_SECRET_FILE", path), false)
	if err != nil || len(c.Secret) != 40 {
		t.Errorf("secret of %d characters, %v", len(c.Secret), err)
	}
	if _, err := Load(environment("SAMTALE_SECRET_FILE", path, "SAMTALE_SECRET", strings.Repeat("x", 40)), false); err == nil {
		t.Error("both forms at once are accepted")
	}
}
