package push

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// sendTimeout bounds one push, from the name to the answer.
	sendTimeout = 10 * time.Second
	// sendTries: two connections that were kept, which is what a pool holds for HTTP/1, and a new one.
	sendTries = 3
	// idleFor keeps a connection for the next person of a hunt: a new one costs half a second on a slow line.
	idleFor = 2 * time.Minute
	// pingAfter and pingTimeout find out that a firewall has forgotten a connection before a ring hangs in it.
	pingAfter   = 20 * time.Second
	pingTimeout = 5 * time.Second
	// maxAnswer and maxHeader bound what is read of a stranger's answer. A longer one costs the connection, no more.
	maxAnswer = 4 << 10
	maxHeader = 16 << 10
	// maxAfter bounds what a service may ask for.
	maxAfter = 24 * time.Hour
)

// Config is what a Sender needs.
type Config struct {
	Keys    Keys
	Subject string // "mailto:…" or "https://…": whom a push service may ask about us (RFC 8292 section 2.1)
	// Dial connects. Endpoints are written by strangers, so it must refuse what is not for them: private networks.
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
	Roots     *x509.CertPool   // who may certify push services; nil: the system's list
	AllowHTTP bool             // send to endpoints at http:// too
	Now       func() time.Time // the true time, which services compare with theirs; nil: time.Now
}

// Sender sends pushes. It keeps connections to the services open; any goroutine may use it.
type Sender struct {
	client    *http.Client
	tokens    *tokens
	allowHTTP bool
	now       func() time.Time
}

// New returns a Sender. The error says what is wrong with the subject, which some services check. It connects directly: no
// proxy of the environment, which would be the peer that Dial judges in place of the service.
func New(c Config) (*Sender, error) {
	if err := checkSubject(c.Subject); err != nil {
		return nil, err
	}
	if c.Dial == nil {
		return nil, errors.New("push: no dialer")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Sender{
		client: &http.Client{
			Transport: &http.Transport{
				DialContext:            c.Dial,
				TLSClientConfig:        &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
				ForceAttemptHTTP2:      true, // RFC 8030 section 2 builds on it; a dialer of one's own switches it off
				HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
				IdleConnTimeout:        idleFor,
				MaxResponseHeaderBytes: maxHeader,
			},
			// A redirect would send the token to somebody whom it does not name.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		tokens:    &tokens{keys: c.Keys, subject: c.Subject, byOrigin: map[string]token{}},
		allowHTTP: c.AllowHTTP,
		now:       c.Now,
	}, nil
}

func checkSubject(subject string) error {
	if address, ok := strings.CutPrefix(subject, "mailto:"); ok {
		if a, err := mail.ParseAddress(address); err == nil && a.Address == address {
			return nil
		}
	}
	if u, err := url.Parse(subject); err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil {
		return nil
	}
	return fmt.Errorf("push: subject %q is neither mailto: with a bare address nor an https address", subject)
}

// Close lets go of the connections that nobody uses. A push that is under way ends as it would.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send hands m to the push service of the subscription and returns nil when the service has taken it, which does not mean
// that it was shown. The error wraps ErrGone or ErrRefused, is a *RetryError, or wraps that of ctx when ctx has ended. It
// returns within 10 s.
func (s *Sender) Send(ctx context.Context, to Subscription, m Message) error {
	endpoint, r, err := to.parse(s.allowHTTP)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	body, err := seal(m.Body, r)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	header, err := s.header(endpoint, r, m)
	if err != nil {
		return err
	}
	resp, err := s.post(limited, endpoint, header, body)
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("push: %w (%s)", ctx.Err(), endpoint.Hostname())
	case err != nil:
		return &RetryError{why: cause(limited, err) + " (" + endpoint.Hostname() + ")"}
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // read to its end, the connection serves again
	return s.verdict(resp, endpoint.Hostname())
}

func (s *Sender) header(endpoint *url.URL, r recipient, m Message) (http.Header, error) {
	authorization, err := s.tokens.authorization(endpoint, s.now())
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	h.Set("Authorization", authorization)
	h.Set("Content-Encoding", "aes128gcm")
	h.Set("Content-Type", "application/octet-stream")
	h.Set("TTL", strconv.FormatInt(int64(max(m.TTL, 0)/time.Second), 10))
	if m.Urgency != "" {
		h.Set("Urgency", string(m.Urgency))
	}
	if m.Topic != "" {
		h.Set("Topic", topicFor(m.Topic, r))
	}
	h.Set("User-Agent", "samtale")
	return h, nil
}

// post tries again at once when a connection that was kept has died: a ring cannot wait, and should the first have arrived
// all the same, the second shows the same notification.
func (s *Sender) post(ctx context.Context, endpoint *url.URL, header http.Header, body []byte) (*http.Response, error) {
	for try := 1; ; try++ {
		var kept atomic.Bool
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(info httptrace.GotConnInfo) { kept.Store(info.Reused) },
		})
		req, err := http.NewRequestWithContext(traced, http.MethodPost, endpoint.String(), bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header = header
		resp, err := s.client.Do(req)
		if err == nil || !kept.Load() || try == sendTries || ctx.Err() != nil {
			return resp, err
		}
	}
}

// verdict sorts the answers of RFC 8030 sections 5 to 8.
func (s *Sender) verdict(resp *http.Response, host string) error {
	said := fmt.Sprintf("status %d (%s)", resp.StatusCode, host)
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("%w: %s", ErrGone, said)
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return &RetryError{After: retryAfter(resp.Header.Get("Retry-After"), s.now()), why: said}
	default:
		return fmt.Errorf("%w: %s", ErrRefused, said)
	}
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	after := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), maxAfter)
}

// cause names what went wrong in fixed words: the network's own repeat the endpoint.
func cause(ctx context.Context, err error) string {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		timeout     net.Error
	)
	switch {
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.As(err, &name):
		return "the name of the host is not known"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	}
	return "it cannot be connected to, or does not speak HTTP"
}
