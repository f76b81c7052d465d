// Package push wakes a browser whose page is closed: Web Push (RFC 8030), encrypted for that browser alone (RFC 8291, 8188),
// signed as coming from this server (RFC 8292). It refuses to know people, consults and stores, and what is said in a talk: a
// push has no content, and all are equally long. It is written with the standard library: that is shorter than what the
// libraries would leave to be added around them.
//
//	secret  -> Keys                       keys.go
//	origin  -> token, kept while it holds token.go
//	Message -> padded, encrypted          seal.go
//	        -> POST -> nil, ErrGone, *RetryError, ErrRefused   sender.go
package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// ErrGone is returned by Sender.Send when the push service knows the subscription no more: forget it.
var ErrGone = errors.New("push: the subscription is gone")

// ErrRefused is returned by Sender.Send for what will be refused again: a subscription that fails its Check, a body that is
// too long, or a request that the push service takes for wrong, not ours or too large. The subscription may still be good: a
// wrong clock of this server, or another secret than the one it was made under, ends like this too.
var ErrRefused = errors.New("push: refused")

// ErrSubscription is returned by Subscription.Check for what no browser gives out.
var ErrSubscription = errors.New("push: not a subscription")

// RetryError is returned by Sender.Send when the push service could not be reached or has no time now. Its text shows the
// host and no more of the endpoint.
type RetryError struct {
	After time.Duration // how long the service asks to be left alone, at most a day; 0 when it does not say
	why   string
}

// Error says what went wrong in fixed words.
func (e *RetryError) Error() string { return "push: not now: " + e.why }

// Subscription is where one browser is reached, as its PushSubscription.toJSON gives it. The endpoint is a secret of that
// browser and is never logged.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"` // base64url: its public key on P-256, uncompressed
	Auth     string `json:"auth"`   // base64url: 16 bytes that it shares with us
}

const (
	// maxEndpoint is several times what push services use, 150 to 600 characters.
	maxEndpoint = 2048
	authBytes   = 16 // RFC 8291 section 3.2
)

// Check tells whether s can be one. allowHTTP is for operators whose push service is in their own network; browsers' own
// are always at https (RFC 8030 section 8). The error wraps ErrSubscription and repeats nothing of s.
func (s Subscription) Check(allowHTTP bool) error {
	_, _, err := s.parse(allowHTTP)
	return err
}

// recipient is what a body is encrypted for.
type recipient struct {
	public *ecdh.PublicKey
	auth   []byte
}

func (s Subscription) parse(allowHTTP bool) (*url.URL, recipient, error) {
	wrong := func(why string) (*url.URL, recipient, error) {
		return nil, recipient{}, fmt.Errorf("%w: %s", ErrSubscription, why)
	}
	if len(s.Endpoint) > maxEndpoint {
		return wrong("the endpoint is too long")
	}
	endpoint, err := url.Parse(s.Endpoint)
	switch {
	case err != nil || endpoint.Hostname() == "" || endpoint.User != nil || endpoint.Fragment != "":
		return wrong("the endpoint is not the address of a push service")
	case endpoint.Scheme != "https" && (endpoint.Scheme != "http" || !allowHTTP):
		return wrong("the endpoint is not at https")
	}
	key, err := base64.RawURLEncoding.DecodeString(s.P256dh)
	if err != nil {
		return wrong("p256dh is not base64url")
	}
	public, err := ecdh.P256().NewPublicKey(key) // checks the length, and that the point is on the curve
	if err != nil {
		return wrong("p256dh is not a key on P-256")
	}
	auth, err := base64.RawURLEncoding.DecodeString(s.Auth)
	if err != nil || len(auth) != authBytes {
		return wrong("auth is not 16 bytes in base64url")
	}
	return endpoint, recipient{public, auth}, nil
}

// Urgency tells the push service whether to wake a sleeping phone (RFC 8030 section 5.3).
type Urgency string

// The urgencies.
const (
	VeryLow Urgency = "very-low"
	Low     Urgency = "low"
	Normal  Urgency = "normal"
	High    Urgency = "high"
)

// Message is one push.
type Message struct {
	Body    []byte        // at most 64 bytes
	TTL     time.Duration // how long the service keeps it for a browser that is away; whole seconds
	Urgency Urgency       // empty: normal
	// Topic: a message that still waits is replaced by one with the same topic (RFC 8030 section 5.4); empty: none. The
	// service sees a hash that differs for each subscription, so that it cannot tell whose phones ring for the same call.
	Topic string
}

// ringFor is how long a ring waits for a phone without a line. Nobody is rung for longer; an older ring would lie.
const ringFor = time.Minute

// Ring tells a browser that somebody rings. call names the ring for Stop and may be any text.
func Ring(call string) Message { return fixed(`{"t":"ring"}`, call) }

// Knock is a Ring without a sound, for somebody in consultation.
func Knock(call string) Message { return fixed(`{"t":"knock"}`, call) }

// Stop tells a browser that Ring(call) or Knock(call) is over, and replaces it where it has not arrived.
func Stop(call string) Message { return fixed(`{"t":"stop"}`, call) }

// fixed is equally urgent whatever it says: the service sees the urgency.
func fixed(body, call string) Message {
	return Message{Body: []byte(body), TTL: ringFor, Urgency: High, Topic: call}
}
