package identity

import (
	"net/http"
	"time"
)

const (
	// SessionLifetime ends a session however busy it is: a forgotten sign-in dies within a week.
	SessionLifetime = 7 * 24 * time.Hour
	// IdleMost is the longest idle time that may be set: one working day, for a clinician's own phone.
	IdleMost = 12 * time.Hour
	// IdleUsual is the idle time unless it is set: short, because ward PCs are shared and left in a hurry.
	IdleUsual = 30 * time.Minute
)

// CookieName is the name of the session's cookie. The prefix __Host- makes browsers refuse it without Secure, with
// another path or from a neighbour domain (RFC 6265bis section 4.1.3.2); plain http, for the demo on localhost, cannot
// have it.
func CookieName(secure bool) string {
	if secure {
		return "__Host-samtale"
	}
	return "samtale"
}

// Cookie carries a session's raw token. It has no Max-Age: it goes when the browser closes, as a shared PC wants it; the
// server ends sessions after their idle time and SessionLifetime. SameSite is Lax, so that a link in a mail finds the
// reader signed in; what changes state is guarded against other origins besides.
func Cookie(raw string, secure bool) *http.Cookie {
	return &http.Cookie{Name: CookieName(secure), Value: raw, Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
