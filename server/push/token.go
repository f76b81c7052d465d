package push

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// tokenLife is half of what RFC 8292 section 2 allows: services with a slow clock see an hour or two more.
	tokenLife = 12 * time.Hour
	// tokenSpare: a token is not used in its last hour, so that a service with a fast clock takes it too.
	tokenSpare = time.Hour
	// maxTokens bounds what browsers can make us keep by naming ever new services; there are five big ones.
	maxTokens = 64
)

// tokens keeps one signed token for each push service, since signing it anew for every ring tells the service nothing.
type tokens struct {
	keys    Keys
	subject string

	mu       sync.Mutex
	byOrigin map[string]token
}

type token struct {
	header string
	end    time.Time
}

// authorization is the header by which the service of endpoint knows us.
func (t *tokens) authorization(endpoint *url.URL, now time.Time) (string, error) {
	origin := originOf(endpoint)
	t.mu.Lock()
	kept, ok := t.byOrigin[origin]
	t.mu.Unlock()
	// A token from the future is one of a clock that has since been put right.
	if left := kept.end.Sub(now); ok && left > tokenSpare && left <= tokenLife {
		return kept.header, nil
	}
	end := now.Add(tokenLife)
	signed, err := t.sign(origin, end)
	if err != nil {
		return "", err
	}
	header := "vapid t=" + signed + ", k=" + t.keys.public
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.byOrigin) >= maxTokens {
		clear(t.byOrigin)
	}
	t.byOrigin[origin] = token{header, end}
	return header, nil
}

// claims are those of RFC 8292 section 2.
type claims struct {
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	Subject  string `json:"sub"`
}

// sign makes a JSON Web Token with ES256 (RFC 7515, RFC 7518 section 3.4).
func (t *tokens) sign(origin string, end time.Time) (string, error) {
	payload, err := json.Marshal(claims{origin, end.Unix(), t.subject})
	if err != nil {
		return "", fmt.Errorf("push: claims: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + encode(payload)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, t.keys.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("push: sign: %w", err)
	}
	signature := make([]byte, 2*scalarBytes)
	r.FillBytes(signature[:scalarBytes])
	s.FillBytes(signature[scalarBytes:])
	return signed + "." + encode(signature), nil
}

// originOf is the origin as RFC 6454 section 6.2 writes it: services compare it letter by letter.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host
}
