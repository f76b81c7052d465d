package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"time"
)

const (
	// Validity of a credential. A session that goes on is given new ones in time.
	Validity = 20 * time.Minute
	realm    = "samtale"
)

// Credentials let one session relay for a while.
type Credentials struct {
	Username, Password string
	Valid              time.Duration
	URLs               []string
}

// session is what is remembered of one that was given credentials, or has used them.
type session struct {
	until   time.Time // of its newest credential
	revoked time.Time // credentials that end then or earlier are worth nothing
	relays  int
}

// stands reports whether a session may have relays.
func (s *session) stands(now time.Time) bool { return now.Before(s.until) && s.until.After(s.revoked) }

// keys are derived from the secret.
type keys struct{ name, password []byte }

func newKeys(secret []byte) keys {
	return keys{name: mac(secret, "turn name"), password: mac(secret, "turn password")}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = io.WriteString(h, text)
	return h.Sum(nil)
}

// id stands for a session in usernames, which travel readable over UDP.
func (k keys) id(session string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.name, session)[:12])
}

func (k keys) passwordOf(username string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.password, username)[:18])
}

// Credentials returns new ones for a session, any text that is that session's alone. Relays that the session has already live
// on with them: it need not make new ones.
func (s *Server) Credentials(name string, now time.Time) Credentials {
	id, until := s.keys.id(name), now.Add(Validity).Truncate(time.Second)
	s.mu.Lock()
	known := s.known(id)
	if until.After(known.until) {
		known.until = until
	}
	s.mu.Unlock()
	username := strconv.FormatInt(until.Unix(), 10) + ":" + id
	return Credentials{Username: username, Password: s.keys.passwordOf(username), Valid: Validity, URLs: s.config.URLs}
}

// Revoke ends a session's relays at once, and what it was given until now is refused.
func (s *Server) Revoke(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.keys.id(name)
	known, ok := s.sessions[id]
	if !ok {
		return // it was given nothing here, or that has run out
	}
	known.revoked = known.until
	for _, r := range s.relays {
		if r.session == known {
			s.remove(r)
		}
	}
}

// known returns what is remembered of a session, with mu held.
func (s *Server) known(id string) *session {
	known, ok := s.sessions[id]
	if !ok {
		known = &session{}
		if len(s.sessions) < maxSessions {
			s.sessions[id] = known
		}
	}
	return known
}

// read splits a username into the session's id and the end of the credential.
func read(username string) (id string, until time.Time, ok bool) {
	stamp, id, found := strings.Cut(username, ":")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return id, time.Unix(seconds, 0), found && err == nil && len(id) == 16
}

// standing reports whether a username may relay, if it is proved. A request that keeps a relay alive is judged by the newest
// credential of the session, one that makes a new relay by the one it names.
func (s *Server) standing(username string, anew bool) (id string, ok bool) {
	id, ends, ok := read(username)
	now := s.now()
	if !ok || anew && !now.Before(ends) {
		return "", false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	known := session{until: ends}
	if here := s.sessions[id]; here != nil {
		known.revoked = here.revoked
		if here.until.After(ends) {
			known.until = here.until
		}
	}
	return id, ends.After(known.revoked) && known.stands(now)
}

// proved notes the end of a credential that was used: another node may have given it, or this one before a restart.
func (s *Server) proved(username string) {
	id, ends, _ := read(username)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.known(id); ends.After(known.until) {
		known.until = ends
	}
}
