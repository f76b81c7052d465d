package push

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// service is a push service and, behind it, the browsers that it serves. It reads what arrives with code of its own, by the
// letter of the RFCs.
type service struct {
	t      *testing.T
	server *httptest.Server
	answer http.HandlerFunc // after the message was read; nil: 201

	mu       sync.Mutex
	received []received
}

// received is one push as the service and the browser see it.
type received struct {
	header http.Header
	proto  int
	claims map[string]any
	key    []byte // of the sender
	token  string
	record []byte // the decrypted record with its padding
	length int    // of the request's body
}

// browser holds the keys of one subscription.
type browser struct {
	private *ecdh.PrivateKey
	auth    []byte
	to      Subscription
}

func startService(t *testing.T, answer http.HandlerFunc) *service {
	t.Helper()
	s := &service{t: t, answer: answer}
	s.server = httptest.NewUnstartedServer(nil)
	s.server.EnableHTTP2 = true
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that tests break
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
	return s
}

// subscribe makes a browser at /push/name, the path by which the service knows it.
func (s *service) subscribe(name string) browser {
	s.t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	b := browser{private: private, auth: make([]byte, 16)}
	rand.Read(b.auth)
	b.to = Subscription{
		Endpoint: s.server.URL + "/push/" + name,
		P256dh:   base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()),
		Auth:     base64.RawURLEncoding.EncodeToString(b.auth),
	}
	s.server.Config.Handler = s.handler(s.server.Config.Handler, b, "/push/"+name)
	return b
}

func (s *service) handler(otherwise http.Handler, b browser, path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			if otherwise == nil {
				s.t.Errorf("unexpected request for %s", r.URL.Path)
				return
			}
			otherwise.ServeHTTP(w, r)
			return
		}
		got, err := readPush(r, b)
		if err != nil {
			s.t.Error(err)
		}
		s.mu.Lock()
		s.received = append(s.received, got)
		s.mu.Unlock()
		if s.answer != nil {
			s.answer(w, r)
			return
		}
		w.Header().Set("Location", "https://push.example/message/1")
		w.WriteHeader(http.StatusCreated)
	}
}

func (s *service) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received
}

// sender trusts the service's certificate and may connect to this machine.
func (s *service) sender(change func(*Config)) *Sender {
	s.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(s.server.Certificate())
	c := Config{Keys: NewKeys(bytes.Repeat([]byte("s"), 32)), Subject: "mailto:drift@sykehus.example", Dial: (&net.Dialer{}).DialContext, Roots: roots}
	if change != nil {
		change(&c)
	}
	sender, err := New(c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(sender.Close)
	return sender
}

func readPush(r *http.Request, b browser) (received, error) {
	got := received{header: r.Header, proto: r.ProtoMajor}
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return got, fmt.Errorf("%s in %q", r.Method, r.Header.Get("Content-Encoding"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return got, err
	}
	got.length = len(body)
	if got.record, err = b.decrypt(body); err != nil {
		return got, err
	}
	got.token, got.key, got.claims, err = readAuthorization(r.Header.Get("Authorization"))
	return got, err
}

// readAuthorization checks the signature with the key that is sent along: RFC 8292 section 3, RFC 7515, RFC 7518 section 3.4.
func readAuthorization(header string) (token string, key []byte, claims map[string]any, err error) {
	fail := func(why string) (string, []byte, map[string]any, error) {
		return "", nil, nil, fmt.Errorf("authorization %q: %s", header, why)
	}
	rest, ok := strings.CutPrefix(header, "vapid t=")
	token, k, both := strings.Cut(rest, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !both || len(parts) != 3 {
		return fail("not of the vapid scheme")
	}
	var decoded [4][]byte
	for i, text := range append(parts, k) {
		if decoded[i], err = base64.RawURLEncoding.DecodeString(text); err != nil {
			return fail(err.Error())
		}
	}
	var head struct{ Typ, Alg string }
	if json.Unmarshal(decoded[0], &head) != nil || head.Typ != "JWT" || head.Alg != "ES256" || json.Unmarshal(decoded[1], &claims) != nil {
		return fail("not a JWT signed with ES256")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), decoded[3])
	if err != nil || len(decoded[2]) != 64 {
		return fail("no key, or no signature of 64 bytes")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(decoded[2][:32]), new(big.Int).SetBytes(decoded[2][32:])) {
		return fail("the signature is not of this key")
	}
	return token, decoded[3], claims, nil
}

// decrypt is the receiving half of RFC 8291 section 3.4 and RFC 8188 section 2; it returns the record with its padding.
func (b browser) decrypt(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("shorter than its header")
	}
	salt, size, sent, sealed := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])], body[21+int(body[20]):]
	if int(size) < len(sealed) {
		return nil, fmt.Errorf("a record of %d bytes is sent as one of %d", len(sealed), size)
	}
	public, err := ecdh.P256().NewPublicKey(sent)
	if err != nil {
		return nil, err
	}
	shared, err := b.private.ECDH(public)
	if err != nil {
		return nil, err
	}
	// HKDF of RFC 5869, of one block each, written out as in RFC 8291 section 3.4.
	mac := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	prkKey := mac(b.auth, shared)
	ikm := mac(prkKey, []byte("WebPush: info\x00"), b.private.PublicKey().Bytes(), sent, []byte{1})
	prk := mac(salt, ikm)
	block, err := aes.NewCipher(mac(prk, []byte("Content-Encoding: aes128gcm\x00\x01"))[:16])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, mac(prk, []byte("Content-Encoding: nonce\x00\x01"))[:12], sealed, nil)
}

// plain takes the padding off a last record: zeros after the delimiter 2.
func plain(t *testing.T, record []byte) string {
	t.Helper()
	body := bytes.TrimRight(record, "\x00")
	if len(body) == 0 || body[len(body)-1] != 2 {
		t.Fatalf("record %q is not the last", record)
	}
	return string(body[:len(body)-1])
}

// deaf is a dialer to a service that takes the connection and never answers.
func deaf(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go io.Copy(io.Discard, theirs) // ends when the connection is closed
		t.Cleanup(func() { theirs.Close() })
		return ours, nil
	}
}

// at returns a clock that stands at the instant it points to.
func at(now *time.Time) func(*Config) {
	return func(c *Config) { c.Now = func() time.Time { return *now } }
}
