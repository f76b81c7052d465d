// Package feed brings the bytes of a calendar from its URL. It treats the address as written by a stranger and its path and
// query as a secret: it does not connect to private networks, bounds the time and the size of an answer, and no error of it
// shows more of an address than the host. It refuses to know what a calendar means, and keeps nothing between two fetches.
//
//	address -> https, host, credentials                                    address.go
//	        -> connect, unless the resolved IP address is private          guard.go
//	        -> follow redirects, each checked like the first               feed.go
//	        -> body, decompressed, of a calendar                           content.go
package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// ErrAddressRefused is returned for an address that is not fetched: no URL, a scheme other than https and webcal (and http
// where it is allowed), or a host in a private network, in the Source or as the target of a redirect.
var ErrAddressRefused = errors.New("feed: the address is refused")

// ErrTooLarge is returned for an answer that is larger than Options.MaxBytes once decompressed.
var ErrTooLarge = errors.New("feed: the answer is too large")

// ErrNotCalendar is returned for an answer that is a web page, or holds no BEGIN:VCALENDAR.
var ErrNotCalendar = errors.New("feed: the answer is not a calendar")

// ErrUnreachable is returned when there was no whole answer: no such host, no connection, no trust, not in time. The wrapping
// error says which.
var ErrUnreachable = errors.New("feed: the server cannot be reached")

// StatusError is returned when the server answers with another status than success, or with 304 to a question that had no
// condition.
type StatusError struct {
	Code       int
	RetryAfter time.Duration // how long the server asks to be left alone; 0 when it does not say
}

// Error shows the status alone.
func (e *StatusError) Error() string {
	return fmt.Sprintf("feed: the server answers with status %d", e.Code)
}

// Options say what a Fetcher may do. The zero value is the strict one.
type Options struct {
	Allow     []netip.Prefix // private networks that may be connected to all the same
	AllowHTTP bool           // fetch http:// addresses too; a redirect from https to http is never followed
	MaxBytes  int64          // of the decompressed answer; 0 is 32 MiB
	Timeout   time.Duration  // for a whole fetch, with all redirects and the body; 0 is 20 s
	Roots     *x509.CertPool // who may certify servers; nil: the system's list
}

const (
	// defaultMaxBytes is room for 90,000 events; a busy calendar has 5,000 in 2 MB.
	defaultMaxBytes = 32 << 20
	defaultTimeout  = 20 * time.Second
	// maxRedirects: real feeds take one or two (http to https, a short address, a new server).
	maxRedirects = 5
	// maxHeader bounds what is read of a server's header.
	maxHeader = 64 << 10
)

// Fetcher fetches calendars. It keeps no connection open, so there is nothing to close; any goroutine may use it.
type Fetcher struct {
	transport *http.Transport
	allowHTTP bool
	maxBytes  int64
	timeout   time.Duration
}

// New returns a Fetcher that connects directly: no proxy of the environment, which would be the peer that the guard judges
// in place of the calendar's server.
func New(o Options) *Fetcher {
	f := &Fetcher{allowHTTP: o.AllowHTTP, maxBytes: o.MaxBytes, timeout: o.Timeout}
	if f.maxBytes <= 0 {
		f.maxBytes = defaultMaxBytes
	}
	if f.timeout <= 0 {
		f.timeout = defaultTimeout
	}
	f.transport = &http.Transport{
		DialContext:            guardedDialer(o.Allow).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true, // minutes pass before the next question: each fetch dials, and is judged, anew
		MaxResponseHeaderBytes: maxHeader,
	}
	return f
}

// Source is a feed, with what its last answer said about its version.
type Source struct {
	URL          string // https, webcal, or http where it is allowed; user:password@ becomes Basic authentication
	ETag         string // of the last Result, or empty
	LastModified string // of the last Result, or empty
}

// Result is a whole answer.
type Result struct {
	Body         []byte // as it was sent, whatever its character set; nil when NotModified
	ETag         string // to be given to the next fetch; may be empty
	LastModified string // likewise
	NotModified  bool   // the calendar is still that of Source's ETag or LastModified
}

// Fetch asks the server for a calendar, on condition that it has changed if the source says since when. The error wraps
// ErrAddressRefused, ErrTooLarge, ErrNotCalendar, ErrUnreachable or a *StatusError, or is that of ctx when ctx has ended.
// It returns within Options.Timeout.
func (f *Fetcher) Fetch(ctx context.Context, s Source) (Result, error) {
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	result, err := f.follow(limited, s)
	switch {
	case err == nil:
		return result, nil
	case ctx.Err() != nil:
		return Result{}, fmt.Errorf("feed: %w (%s)", ctx.Err(), Redact(s.URL))
	}
	return Result{}, fmt.Errorf("%w (%s)", speakable(limited, err), Redact(s.URL))
}

// follow asks, and asks where it is sent on to.
func (f *Fetcher) follow(ctx context.Context, s Source) (Result, error) {
	at, user, err := parseAddress(s.URL, f.allowHTTP)
	if err != nil {
		return Result{}, err
	}
	first := at
	for range maxRedirects + 1 {
		request := f.request(ctx, at, s)
		if user != nil && sameOrigin(at, first) {
			password, _ := user.Password()
			request.SetBasicAuth(user.Username(), password)
		}
		response, err := f.transport.RoundTrip(request) // not http.Client: its errors and Referer headers tell addresses
		if err != nil {
			return Result{}, err
		}
		location := response.Header.Get("Location")
		if !isRedirect(response.StatusCode) || location == "" {
			defer response.Body.Close()
			return f.read(response, request)
		}
		response.Body.Close()
		if at, err = f.next(at, location); err != nil {
			return Result{}, err
		}
	}
	return Result{}, fmt.Errorf("%w: more than %d redirects", ErrUnreachable, maxRedirects)
}

func (f *Fetcher) request(ctx context.Context, at *url.URL, s Source) *http.Request {
	request := (&http.Request{Method: http.MethodGet, URL: at, Host: at.Host, Header: http.Header{}}).WithContext(ctx)
	request.Header.Set("User-Agent", "Samtale (calendar reader)")
	request.Header.Set("Accept", "text/calendar, */*;q=0.5")
	if tag := validator(s.ETag); tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	if since := validator(s.LastModified); since != "" {
		request.Header.Set("If-Modified-Since", since)
	}
	return request
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// next is the address that a redirect names. Credentials in it are the server's words, not the owner's, and are dropped.
func (f *Fetcher) next(at *url.URL, location string) (*url.URL, error) {
	relative, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%w: a redirect to no address", ErrAddressRefused)
	}
	next, _, err := parseAddress(at.ResolveReference(relative).String(), f.allowHTTP)
	if err != nil {
		return nil, fmt.Errorf("%w, by a redirect", err)
	}
	if at.Scheme == "https" && next.Scheme != "https" {
		return nil, fmt.Errorf("%w: a redirect from https to http", ErrAddressRefused)
	}
	return next, nil
}

// read makes a Result of the last response.
func (f *Fetcher) read(response *http.Response, request *http.Request) (Result, error) {
	result := Result{ETag: validator(response.Header.Get("ETag")), LastModified: validator(response.Header.Get("Last-Modified"))}
	asked := request.Header.Get("If-None-Match") != "" || request.Header.Get("If-Modified-Since") != ""
	switch response.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
	case http.StatusNotModified:
		if !asked {
			return Result{}, &StatusError{Code: response.StatusCode}
		}
		result.NotModified = true
		if result.ETag == "" && result.LastModified == "" { // what held still holds
			result.ETag, result.LastModified = request.Header.Get("If-None-Match"), request.Header.Get("If-Modified-Since")
		}
		return result, nil
	default:
		return Result{}, &StatusError{Code: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), time.Now())}
	}
	if response.ContentLength > f.maxBytes {
		return Result{}, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, f.maxBytes+1)) // the transport decompresses: the limit is behind it
	switch {
	case int64(len(body)) > f.maxBytes:
		return Result{}, ErrTooLarge
	case err != nil:
		return Result{}, err
	case !isCalendar(body):
		return Result{}, ErrNotCalendar
	}
	result.Body = body
	return result, nil
}
