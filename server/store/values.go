package store

import (
	"context"
	"fmt"
)

// Value returns a small durable value by its name, ErrNotFound when it was never set.
func (s *Store) Value(ctx context.Context, name string) (string, error) {
	text, err := s.read.HGet(ctx, s.core("values"), name).Result()
	if err != nil {
		return "", fmt.Errorf("store: value %q: %w", name, notFound(err))
	}
	return text, nil
}

// SetValue keeps a small value under a name, for example the offset of the demo's clock.
func (s *Store) SetValue(ctx context.Context, name, text string) error {
	if err := s.write.HSet(ctx, s.core("values"), name, text).Err(); err != nil {
		return fmt.Errorf("store: set value %q: %w", name, err)
	}
	return nil
}

// Increment counts a value up by one and returns it: the first answer is 1.
func (s *Store) Increment(ctx context.Context, name string) (int64, error) {
	n, err := s.write.HIncrBy(ctx, s.core("values"), name, 1).Result()
	if err != nil {
		return 0, fmt.Errorf("store: count value %q: %w", name, err)
	}
	return n, nil
}
