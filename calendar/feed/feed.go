// Package feed brings the bytes of a calendar from its URL: a file that a web server has (ICS, webcal), or the objects of
// CalDAV calendars, joined to one body. It treats the address as written by a stranger and its path and query as a secret: it
// does not connect to private networks, bounds the time and the size of all answers, and no error of it shows more of an
// address than the host. It refuses to know what a calendar means, and keeps nothing between two fetches: what an incremental
// one needs is handed to the caller and back.
//
//	address -> https, host, credentials                                    address.go
//	        -> connect, unless the resolved IP address is private          guard.go
//	        -> follow redirects, each checked like the first               session.go
//	ICS     -> body, decompressed, of a calendar                           content.go
//	CalDAV  -> principal, home, calendars                                  discover.go
//	        -> what changed since State, those objects only                caldav.go report.go multistatus.go
//	        -> body of old and new objects, next State                     objects.go state.go
package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

// ErrAddressRefused is returned for an address that is not fetched: no URL, a scheme other than https, webcal and caldav (and
// http where it is allowed), or a host in a private network, in the Source or as the target of a redirect; and for a CalDAV
// server whose calendars are at another host.
var ErrAddressRefused = errors.New("feed: the address is refused")

// ErrTooLarge is returned for an answer that is larger than Options.MaxBytes once decompressed, and for CalDAV calendars that
// have more than can be read.
var ErrTooLarge = errors.New("feed: the answer is too large")

// ErrNotCalendar is returned for an answer that is a web page, or holds no BEGIN:VCALENDAR, and for a CalDAV server that
// names no calendar or whose XML cannot be read.
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
	MaxBytes  int64          // of a Result's Body; 0 is 5 MiB. CalDAV servers may send four times as much, for their XML
	Timeout   time.Duration  // for a whole fetch, with all redirects, requests and bodies; 0 is 10 s
	Roots     *x509.CertPool // who may certify servers; nil: the system's list
}

const (
	// defaultMaxBytes is room for 15,000 events; a busy calendar has 5,000 in 2 MB.
	defaultMaxBytes = 5 << 20
	defaultTimeout  = 10 * time.Second
	// maxHeader bounds what is read of a server's header.
	maxHeader = 64 << 10
)

// Fetcher fetches calendars. It keeps no connection open between fetches, so there is nothing to close; any goroutine may use it.
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
		DialContext:            GuardedDialer(o.Allow).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: maxHeader,
	}
	return f
}

// Source is a calendar, with what its last Result said about its version. Its address tells how it is read: a file by https
// or webcal; by CalDAV where it begins with caldav or caldavs (both mean https), and where an https address answers with a
// CalDAV collection instead of a file. A CalDAV address may be that of one calendar, or of an account or a whole server: then
// all the calendars of the account are read that hold events and count for scheduling.
type Source struct {
	URL      string // where it is allowed, http and caldav+http too; user:password@ becomes Basic authentication
	User     string // for Basic authentication, in place of the URL's credentials; empty: those
	Password string // that of User

	// The time of interest. A CalDAV server is asked for the objects that touch [From, To); a zero end is open. A file comes whole.
	From, To time.Time

	// Of the last Result of this source, or empty: they make the fetch conditional, or incremental.
	ETag         string
	LastModified string
	State        []byte
	Body         []byte // State speaks of its parts: one without the other is of no use, and everything is fetched
}

// Result is a whole calendar.
type Result struct {
	Body         []byte // as it was sent, whatever its character set; CalDAV's objects joined. nil when NotModified
	ETag         string // to be given to the next fetch; may be empty
	LastModified string // likewise
	NotModified  bool   // the calendar is still that of Source

	// State is to be given to the next fetch together with the Body, when NotModified too. It is nil for a file, at most 4 MiB
	// long, and as secret as the address, of which it holds parts.
	State []byte
	// Missing counts objects that a CalDAV server lists and does not hand out, or that are no calendars: nothing is known of
	// the time that they may take. What was not handed out is asked for again; what was read before stays in the Body.
	Missing int
}

// Calendar is one that a CalDAV account has.
type Calendar struct {
	URL         string   // for Source.URL, without credentials
	Name        string   // for people; may be empty
	Color       string   // "#rrggbb", or empty
	Components  []string // what it can hold, such as VEVENT; empty when the server does not say
	Transparent bool     // its events do not count as busy (RFC 6638 section 9.1)
}

// Fetch asks the server for a calendar, on condition that it has changed if the source says since when. The error wraps
// ErrAddressRefused, ErrTooLarge, ErrNotCalendar, ErrUnreachable or a *StatusError, or is that of ctx when ctx has ended.
// It returns within Options.Timeout.
func (f *Fetcher) Fetch(ctx context.Context, s Source) (Result, error) {
	var result Result
	err := f.run(ctx, s, func(ctx context.Context, c *session) (err error) {
		result, err = c.fetch(ctx, s)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return result, nil
}

// Calendars lists the calendars of a CalDAV account from the address of its server, of its principal, of the collection that
// they are in, or of one of them. ErrNotCalendar says that there are none. The errors are those of Fetch.
func (f *Fetcher) Calendars(ctx context.Context, s Source) ([]Calendar, error) {
	var list []Calendar
	err := f.run(ctx, s, func(ctx context.Context, c *session) (err error) {
		list, err = c.calendars(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// run opens a session, within the time there is for it, and makes its error one that may be shown.
func (f *Fetcher) run(ctx context.Context, s Source, do func(context.Context, *session) error) error {
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	c, err := f.open(s)
	if err == nil {
		defer c.close()
		err = do(limited, c)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("feed: %w (%s)", ctx.Err(), Redact(s.URL))
	}
	return fmt.Errorf("%w (%s)", speakable(limited, err), Redact(s.URL))
}
