package feed

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

const (
	// maxAddress is longer than any address that servers take (RFC 9110 section 4.1 recommends to support 8000 octets).
	maxAddress = 8192
	// maxHost is the longest name in the DNS (RFC 1035 section 2.3.4), with room for a port.
	maxHost = 253 + len(":65535")
)

// parseAddress reads the address of a feed: what calendars call webcal or caldav is https, and the credentials are taken out
// of it.
func parseAddress(address string, allowHTTP bool) (*url.URL, *url.Userinfo, error) {
	refused := func(why string) (*url.URL, *url.Userinfo, error) {
		return nil, nil, fmt.Errorf("%w: %s", ErrAddressRefused, why)
	}
	if len(address) > maxAddress {
		return refused("too long")
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Opaque != "" || shownHost(u) == "" {
		return refused("not the address of a web server")
	}
	switch u.Scheme {
	case "https":
	case "webcal", "webcals", "caldav", "caldavs":
		u.Scheme = "https"
	case "http", "caldav+http":
		u.Scheme = "http"
		if !allowHTTP {
			return refused("http is not encrypted")
		}
	default:
		return refused("neither https nor webcal nor caldav")
	}
	user := u.User
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u, user, nil
}

// asksCalDAV tells whether an address names CalDAV by its scheme.
func asksCalDAV(address string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(address), ":")
	return strings.EqualFold(scheme, "caldav") || strings.EqualFold(scheme, "caldavs") || strings.EqualFold(scheme, "caldav+http")
}

// calDAVAddress is the address by which a Source names a collection.
func calDAVAddress(u *url.URL) string {
	named := *u
	named.Scheme = "caldavs"
	if u.Scheme == "http" {
		named.Scheme = "caldav+http"
	}
	return named.String()
}

// Redact returns the part of a feed's address that may be shown and logged: the host, with its port if there is one. The rest is
// the key to the calendar. What is not a web address is "(no address)".
func Redact(address string) string {
	if len(address) > maxAddress {
		return noAddress
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return noAddress
	}
	if host := shownHost(u); host != "" {
		return host
	}
	return noAddress
}

const noAddress = "(no address)"

// shownHost is the host of a URL, empty where it has none or one that no server has.
func shownHost(u *url.URL) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._:[]", r)
	}
	if u.Hostname() == "" || len(u.Host) > maxHost || strings.ContainsFunc(u.Host, odd) {
		return ""
	}
	return u.Host
}

// sameOrigin tells whether credentials for one address may be sent to the other.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}
