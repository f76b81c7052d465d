package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// files are a certificate for loopback and its key, on disk.
type files struct{ cert, key string }

func newFiles(t testing.TB) files {
	t.Helper()
	dir := t.TempDir()
	return files{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
}

// write makes a new pair named name and returns the pool that trusts it.
func (f files) write(t testing.TB, name string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 2, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f.put(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

func (f files) put(t testing.TB, cert, key []byte) {
	t.Helper()
	for path, data := range map[string][]byte{f.cert: cert, f.key: key} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCertificateReread: a renewed pair is taken over without a restart, a broken one is not.
func TestCertificateReread(t *testing.T) {
	f := newFiles(t)
	f.write(t, "first")
	var said bytes.Buffer
	c, err := openCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c.now = func() time.Time { return now }
	check := func(want string) {
		t.Helper()
		got, err := c.get(&tls.ClientHelloInfo{})
		if err != nil || got.Leaf.Subject.CommonName != want {
			t.Fatalf("%v, %v, want %s", got.Leaf.Subject, err, want)
		}
	}
	check("first")
	f.write(t, "the second")
	check("first") // nobody has looked
	now = now.Add(rereadEvery)
	check("the second")
	f.put(t, []byte("what is being written"), []byte("hemmelig"))
	now = now.Add(rereadEvery)
	check("the second")
	now = now.Add(rereadEvery)
	check("the second")
	if n := strings.Count(said.String(), "of no use"); n != 1 || strings.Contains(said.String(), "hemmelig") {
		t.Errorf("said %d times: %s", n, said.String())
	}
	f.write(t, "and a third one")
	now = now.Add(rereadEvery)
	check("and a third one")
	if err := os.Remove(f.key); err != nil {
		t.Fatal(err)
	}
	now = now.Add(rereadEvery)
	check("and a third one")
}
