package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Token is what a one-time link stands for. Its secret comes here only as a hash.
type Token struct {
	Kind    string `json:"kind"`              // "signin", "setup" …
	Subject string `json:"subject,omitempty"` // a person's or account's id
}

func (s *Store) tokenKey(hash string) string { return s.access("token:" + hash) }

// PutToken writes a token that can be taken once within ttl.
func (s *Store) PutToken(ctx context.Context, hash string, t Token, ttl time.Duration) error {
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("store: token: %w", err)
	}
	if ttl < time.Millisecond {
		return fmt.Errorf("store: token of kind %q with lifetime %s", t.Kind, ttl)
	}
	if err := s.write.Set(ctx, s.tokenKey(hash), text, ttl).Err(); err != nil {
		return fmt.Errorf("store: write a token of kind %q: %w", t.Kind, err)
	}
	return nil
}

// PeekToken shows what a token stands for and leaves it usable: opening a page must not use up its link.
func (s *Store) PeekToken(ctx context.Context, hash string) (Token, error) {
	return tokenOf(s.read.Get(ctx, s.tokenKey(hash)).Bytes())
}

// TakeToken uses a token up: of many who take it at once, one gets it and the others ErrNotFound.
func (s *Store) TakeToken(ctx context.Context, hash string) (Token, error) {
	return tokenOf(s.write.GetDel(ctx, s.tokenKey(hash)).Bytes())
}

func tokenOf(text []byte, err error) (Token, error) {
	var t Token
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	if err != nil {
		return t, fmt.Errorf("store: token: %w", notFound(err))
	}
	return t, nil
}
