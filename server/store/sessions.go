package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

var (
	//go:embed session_put.lua
	sessionPutLua    string
	sessionPutScript = redis.NewScript(sessionPutLua)

	//go:embed session_touch.lua
	sessionTouchLua    string
	sessionTouchScript = redis.NewScript(sessionTouchLua)

	//go:embed session_delete.lua
	sessionDeleteLua    string
	sessionDeleteScript = redis.NewScript(sessionDeleteLua)
)

// Session is who uses a browser: a person, or a guest of one conference.
type Session struct {
	Person      conference.PersonID     `json:"person,omitempty"`
	Conference  conference.ConferenceID `json:"conference,omitempty"`  // of a guest
	Participant string                  `json:"participant,omitempty"` // of a guest: Participant.Key
	Link        int                     `json:"link,omitempty"`        // of a guest: Participant.Link; a new link ends it
	Created     time.Time               `json:"created"`
	Expires     time.Time               `json:"expires"` // absolute; on the wall clock
	Language    string                  `json:"language,omitempty"`
}

func (s *Store) sessionKey(hash string) string { return s.access("session:" + hash) }

func (s *Store) sessionsOfKey(p conference.PersonID) string {
	return s.access("sessions-of:" + string(p))
}

// PutSession writes a session under the hash of its token. It ends after idle without a request, and at Expires.
func (s *Store) PutSession(ctx context.Context, hash string, session Session, idle time.Duration) error {
	text, err := json.Marshal(session)
	if err != nil {
		return fmt.Errorf("store: session: %w", err)
	}
	now := s.now()
	left := min(idle, session.Expires.Sub(now))
	if left <= 0 {
		return fmt.Errorf("store: session of %q has expired before it is written", session.Person)
	}
	said, err := s.run(ctx, sessionPutScript, []string{s.sessionKey(hash), s.sessionsOfKey(session.Person)},
		text, idle.Milliseconds(), milliseconds(session.Expires), left.Milliseconds(), string(session.Person), hash, milliseconds(now))
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: write a session: %w", err)
	}
	return nil
}

// Session returns the session with this token hash and starts its idle time anew. ErrNotFound when there is none or it has
// ended.
func (s *Store) Session(ctx context.Context, hash string) (Session, error) {
	var session Session
	said, err := runOn(ctx, s.read, sessionTouchScript, []string{s.sessionKey(hash)}, milliseconds(s.now()))
	if err == nil {
		err = said.outcome()
	}
	if err == nil {
		err = json.Unmarshal([]byte(said.at(0)), &session)
	}
	if err != nil {
		return session, fmt.Errorf("store: session: %w", err)
	}
	return session, nil
}

// DeleteSession ends a session. Ending what is not there is no error.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	if err := s.write.Del(ctx, s.sessionKey(hash)).Err(); err != nil {
		return fmt.Errorf("store: end a session: %w", err)
	}
	return nil
}

// DeleteSessionsOf ends every session of a person, for example when an account is closed or a device was lost.
func (s *Store) DeleteSessionsOf(ctx context.Context, person conference.PersonID) error {
	for range retryChange { // a session that begins meanwhile is ended as well
		hashes, err := s.read.ZRange(ctx, s.sessionsOfKey(person), 0, -1).Result()
		if err != nil {
			return fmt.Errorf("store: sessions of %s: %w", person, err)
		}
		if len(hashes) == 0 {
			return nil
		}
		keys, args := []string{s.sessionsOfKey(person)}, make([]any, 0, len(hashes))
		for _, hash := range hashes {
			keys, args = append(keys, s.sessionKey(hash)), append(args, hash)
		}
		said, err := s.run(ctx, sessionDeleteScript, keys, args...)
		if err == nil {
			err = said.outcome()
		}
		if err != nil {
			return fmt.Errorf("store: end the sessions of %s: %w", person, err)
		}
	}
	return fmt.Errorf("store: end the sessions of %s: %w", person, errBusyEntity)
}
