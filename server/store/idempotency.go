package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// answersKept is how long a request may be repeated and gets its first answer again.
const answersKept = 48 * time.Hour

// Idempotency makes a creation repeatable: the same key with the same body gives the first answer again and writes nothing.
// Key must be scoped by caller and operation. An empty Key switches it off.
type Idempotency struct {
	Key      string
	BodyHash string
}

// key names where the answer is kept. Scripts need a name also when there is no key; they do not touch it then.
func (s *Store) idempotencyKey(k Idempotency) string { return s.core("idem:" + k.Key) }

// Replayed returns the meeting that a booking with this key and body answered. ErrNotFound means that there was none,
// ErrIdempotencyMismatch that its body was another.
func (s *Store) Replayed(ctx context.Context, k Idempotency) (conference.Conference, error) {
	var c conference.Conference
	text, err := s.replayed(ctx, k)
	if err == nil {
		err = json.Unmarshal([]byte(text), &c)
	}
	if err != nil {
		return c, fmt.Errorf("store: replay: %w", err)
	}
	return c, nil
}

// replayed returns what a creation with this key and body left to be answered again.
func (s *Store) replayed(ctx context.Context, k Idempotency) (string, error) {
	if k.Key == "" {
		return "", ErrNotFound
	}
	kept, err := s.read.HMGet(ctx, s.idempotencyKey(k), "body", "answer").Result()
	if err != nil {
		return "", err
	}
	body, ok := kept[0].(string)
	text, told := kept[1].(string)
	switch {
	case !ok || !told:
		return "", ErrNotFound
	case body != k.BodyHash:
		return "", ErrIdempotencyMismatch
	}
	return text, nil
}
