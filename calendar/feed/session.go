package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxRedirects: real feeds take one or two (http to https, a short address, a new server).
	maxRedirects = 5
	// maxRequests bounds a fetch: the objects of the largest calendar in chunks, and some to spare for halved chunks.
	maxRequests = 400
	// davOverhead is how many times a Body's size CalDAV servers may send: the XML around an object of 350 bytes, once in the
	// list and once with the object, has up to 1,000.
	davOverhead = 4
)

// session is one fetch: whom its credentials are for, and what it may still ask and read. It keeps connections between its
// own requests only, so that each fetch dials, and is judged, anew.
type session struct {
	fetcher   *Fetcher
	transport *http.Transport
	first     *url.URL      // the source's address
	user      *url.Userinfo // for first's origin; may be nil
	dav       bool          // the address asks for CalDAV
	requests  int           // sent
	broken    int           // answers with objects that could not be read
	left      int64         // bytes that CalDAV answers may still have
}

func (f *Fetcher) open(s Source) (*session, error) {
	at, user, err := parseAddress(s.URL, f.allowHTTP)
	if err != nil {
		return nil, err
	}
	if s.User != "" || s.Password != "" {
		user = url.UserPassword(s.User, s.Password)
	}
	return &session{
		fetcher: f, transport: f.transport.Clone(), first: at, user: user, dav: asksCalDAV(s.URL), left: davOverhead * f.maxBytes,
	}, nil
}

func (c *session) close() { c.transport.CloseIdleConnections() }

// request is what is asked, of each server that the first one sends on to.
type request struct {
	method string
	header http.Header
	body   []byte
}

// send asks, and asks where it is sent on to. It returns the last answer, whose body the caller closes, and its address.
func (c *session) send(ctx context.Context, at *url.URL, q request) (*http.Response, *url.URL, error) {
	for range maxRedirects + 1 {
		if c.requests++; c.requests > maxRequests {
			return nil, nil, fmt.Errorf("%w: more than %d requests", ErrTooLarge, maxRequests)
		}
		r := (&http.Request{Method: q.method, URL: at, Host: at.Host, Header: q.header.Clone()}).WithContext(ctx)
		if q.body != nil {
			r.ContentLength, r.Body = int64(len(q.body)), io.NopCloser(bytes.NewReader(q.body))
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(q.body)), nil }
		}
		r.Header["Idempotency-Key"] = nil // not sent: it tells the transport to ask again when a kept connection has ended
		r.Header.Set("User-Agent", "Samtale (calendar reader)")
		if c.user != nil && sameOrigin(at, c.first) {
			password, _ := c.user.Password()
			r.SetBasicAuth(c.user.Username(), password)
		}
		response, err := c.transport.RoundTrip(r) // not http.Client: its errors and Referer headers tell addresses
		if err != nil {
			return nil, nil, err
		}
		location := response.Header.Get("Location")
		if !isRedirect(response.StatusCode) || location == "" {
			return response, at, nil
		}
		response.Body.Close()
		if at, err = c.next(at, location); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("%w: more than %d redirects", ErrUnreachable, maxRedirects)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// next is the address that a redirect names. Credentials in it are the server's words, not the owner's, and are dropped.
func (c *session) next(at *url.URL, location string) (*url.URL, error) {
	relative, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%w: a redirect to no address", ErrAddressRefused)
	}
	next, _, err := parseAddress(at.ResolveReference(relative).String(), c.fetcher.allowHTTP)
	if err != nil {
		return nil, fmt.Errorf("%w, by a redirect", err)
	}
	if at.Scheme == "https" && next.Scheme != "https" {
		return nil, fmt.Errorf("%w: a redirect from https to http", ErrAddressRefused)
	}
	return next, nil
}

func statusError(response *http.Response) *StatusError {
	return &StatusError{Code: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), time.Now())}
}
