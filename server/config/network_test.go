package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// pair writes a certificate and its key, and returns their files.
func pair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestNetworkDefaults(t *testing.T) {
	c, err := Load(environment("SAMTALE_MEDIA_UDP", "10.0.0.5:7000"), false)
	if err != nil {
		t.Fatal(err)
	}
	if c.MediaTCP != "10.0.0.5:7000" || c.TURN != ":3478" || c.TURNGiven || c.TURNTLS != "" || c.EndsTLS() {
		t.Errorf("%+v", c)
	}
	c, err = Load(environment("SAMTALE_MEDIA_TCP", "off", "SAMTALE_TURN", "off"), false)
	if err != nil || c.MediaTCP != "" || c.TURN != "" {
		t.Errorf("off: %+v, %v", c, err)
	}
}

func TestTLS(t *testing.T) {
	cert, key := pair(t)
	_, stranger := pair(t)
	check := func(name, mistake string, pairs ...string) {
		t.Run(name, func(t *testing.T) {
			c, err := Load(environment(pairs...), false)
			switch {
			case mistake == "" && err != nil:
				t.Error(err)
			case mistake == "" && c.EndsTLS() && !c.Secure():
				t.Errorf("public URL %s", c.PublicURL)
			case mistake != "" && (err == nil || !strings.Contains(err.Error(), mistake)):
				t.Errorf("%v does not say %q", err, mistake)
			case err != nil && strings.Contains(err.Error(), "BEGIN"):
				t.Error("the mistake repeats a file")
			}
		})
	}
	check("both", "", "SAMTALE_TLS_CERT", cert, "SAMTALE_TLS_KEY", key)
	check("proxy_in_front", "", "SAMTALE_TLS_CERT", cert, "SAMTALE_TLS_KEY", key, "SAMTALE_TURN_TLS", ":5349", "SAMTALE_PUBLIC_URL", "https://samtale.example")
	check("one", "belong together", "SAMTALE_TLS_KEY", key)
	check("not_there", "no such file", "SAMTALE_TLS_CERT", cert+"x", "SAMTALE_TLS_KEY", key)
	check("another's_key", "does not match", "SAMTALE_TLS_CERT", cert, "SAMTALE_TLS_KEY", stranger)
	check("http", "SAMTALE_PUBLIC_URL", "SAMTALE_TLS_CERT", cert, "SAMTALE_TLS_KEY", key, "SAMTALE_PUBLIC_URL", "http://samtale.example")
	check("turn_without", "SAMTALE_TURN_TLS needs", "SAMTALE_TURN_TLS", ":5349")
	check("turn_tls_without_turn", "SAMTALE_TURN is off", "SAMTALE_TURN_TLS", ":5349", "SAMTALE_TURN", "off", "SAMTALE_TLS_CERT", cert, "SAMTALE_TLS_KEY", key)
}

func TestTURNURLs(t *testing.T) {
	good := "turns:turn.example:443?transport=tcp, turn:[2001:db8::1]:3478?transport=udp, turn:turn.example, turns:turn.example?transport=tcp"
	c, err := Load(environment("SAMTALE_TURN_URLS", good), false)
	if err != nil || !slices.Equal(c.TURNURLs, strings.Split(good, ", ")) {
		t.Errorf("%q, %v", c.TURNURLs, err)
	}
	for _, bad := range []string{
		"stun:x", "turn:", "turns:x:443?transport=udp", "turns:x:443", "turn:x:port", "turn:x:70000?transport=udp", "turn:x?transport=sctp", "https://x", "turn::3478?transport=udp",
	} {
		if _, err := Load(environment("SAMTALE_TURN_URLS", bad), false); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
