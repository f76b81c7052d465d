package store

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// answer is what a script returns: an outcome, then what belongs to it, all strings.
type answer []string

// at returns the i-th part after the outcome, empty when the script said less.
func (a answer) at(i int) string {
	if i+1 < len(a) {
		return a[i+1]
	}
	return ""
}

// run executes a script on the client that never retries. Every script returns an array of strings that begins with its
// outcome; "ok" is the good one.
func (s *Store) run(ctx context.Context, script *redis.Script, keys []string, args ...any) (answer, error) {
	return runOn(ctx, s.write, script, keys, args...)
}

// runOn lets a script that does no harm when it runs twice use the client that retries.
func runOn(ctx context.Context, client *redis.Client, script *redis.Script, keys []string, args ...any) (answer, error) {
	said, err := script.Run(ctx, client, keys, args...).StringSlice()
	if err != nil {
		return nil, err
	}
	if len(said) == 0 {
		return nil, fmt.Errorf("script %s returned nothing", script.Hash())
	}
	return said, nil
}

// outcome maps what a script refused to the errors of this package.
func (a answer) outcome() error {
	switch a[0] {
	case "ok", "replay":
		return nil
	case "missing":
		return ErrNotFound
	case "revision":
		return ErrRevision
	case "mismatch":
		return ErrIdempotencyMismatch
	case "code":
		return ErrCodeTaken
	case "email":
		return ErrEmailTaken
	case "exists":
		return ErrExists
	case "full":
		return ErrTooMany
	}
	return fmt.Errorf("script answered %q", a[0])
}
