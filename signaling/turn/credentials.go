package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
)

const (
	// Validity of a credential. A session that goes on is given new ones in time.
	Validity = 20 * time.Minute
	realm    = "samtale"
	nonceFor = time.Hour // RFC 8656 section 5 recommends that a nonce lives at least as long
)

// Credentials let one session relay for a while.
type Credentials struct {
	Username, Password string
	Valid              time.Duration
	URLs               []string
}

// session is what is remembered of one that was given credentials, or has used them.
type session struct {
	until       time.Time // of its newest credential
	revoked     time.Time // credentials that end then or earlier are worth nothing
	allocations int
}

// keys are derived from the secret, but for the nonces': a restart may make those stale.
type keys struct{ name, password, nonce []byte }

func newKeys(secret []byte, random io.Reader) keys {
	k := keys{name: mac(secret, "turn name"), password: mac(secret, "turn password"), nonce: make([]byte, 32)}
	if _, err := io.ReadFull(random, k.nonce); err != nil {
		panic(fmt.Sprintf("turn: no randomness: %v", err))
	}
	return k
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = io.WriteString(h, p)
	}
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
	for a := range s.all {
		if a.session == known {
			s.remove(a)
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

// standing returns the session of a username with until when it may relay; ok is false when it may not. A request that keeps a
// relay alive is judged by the newest credential of the session, one that makes a new relay by the one it names.
func (s *Server) standing(username string, anew bool) (known *session, until time.Time, ok bool) {
	stamp, id, found := strings.Cut(username, ":")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !found || err != nil || len(id) != 16 {
		return nil, time.Time{}, false
	}
	ends, now := time.Unix(seconds, 0), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	known, here := s.sessions[id]
	if !here {
		known = &session{until: ends} // of another node, or from before a restart; kept with its first relay
	}
	until = known.until
	if ends.After(until) {
		until = ends
	}
	switch {
	case !ends.After(known.revoked), anew && !now.Before(ends), !now.Before(until):
		return nil, time.Time{}, false
	}
	return known, until, true
}

// nonce is worth an hour, for one address.
func (s *Server) nonce(from netip.AddrPort) string {
	return s.nonceAt(from, s.now().Unix())
}

func (s *Server) nonceAt(from netip.AddrPort, seconds int64) string {
	var b [8 + 12]byte
	binary.BigEndian.PutUint64(b[:], uint64(seconds))
	copy(b[8:], mac(s.keys.nonce, string(b[:8]), from.String()))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (s *Server) fresh(nonce string, from netip.AddrPort) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 20 {
		return false
	}
	seconds := int64(binary.BigEndian.Uint64(b))
	age := s.now().Sub(time.Unix(seconds, 0))
	return age >= -time.Minute && age < nonceFor && hmac.Equal([]byte(nonce), []byte(s.nonceAt(from, seconds)))
}

// caller is who has proved to be a session.
type caller struct {
	username  string
	id        string
	session   *session
	until     time.Time
	integrity stun.MessageIntegrity // signs the answer
}

// authenticate checks a request (RFC 8489 section 9.2.4). A code other than 0 is the refusal.
func (s *Server) authenticate(m *stun.Message, from netip.AddrPort) (caller, stun.ErrorCode) {
	if !m.Contains(stun.AttrMessageIntegrity) {
		return caller{}, stun.CodeUnauthorized
	}
	var username stun.Username
	var theirs stun.Realm
	var nonce stun.Nonce
	if m.Parse(&username, &theirs, &nonce) != nil {
		return caller{}, stun.CodeBadRequest
	}
	if !s.fresh(nonce.String(), from) {
		return caller{}, stun.CodeStaleNonce
	}
	name := username.String()
	integrity := stun.NewLongTermIntegrity(name, realm, s.keys.passwordOf(name))
	if theirs.String() != realm || integrity.Check(m) != nil {
		return caller{}, stun.CodeUnauthorized
	}
	known, until, ok := s.standing(name, m.Type.Method == stun.MethodAllocate)
	if !ok {
		return caller{}, stun.CodeUnauthorized
	}
	return caller{username: name, id: name[strings.IndexByte(name, ':')+1:], session: known, until: until, integrity: integrity}, 0
}
