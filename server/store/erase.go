package store

import (
	"context"
	"fmt"
)

// eraseBatch is how many keys one look and one deletion take.
const eraseBatch = 500

// Erase deletes everything that stands under this store's tag, sessions and ledgers too, and leaves it as a new one. Nobody
// else may write meanwhile. It is for starting a demo anew.
func (s *Store) Erase(ctx context.Context) error {
	for _, pattern := range []string{s.core("*"), s.access("*"), s.feedsKey("*"), s.tag + ":attendance:*", s.tag + ":limit:*"} {
		if err := s.erase(ctx, pattern); err != nil {
			return fmt.Errorf("store: erase: %w", err)
		}
	}
	if err := s.checkSchema(ctx); err != nil {
		return err
	}
	return s.makeMailGroup(ctx)
}

func (s *Store) erase(ctx context.Context, pattern string) error {
	for cursor := uint64(0); ; {
		keys, next, err := s.read.Scan(ctx, cursor, pattern, eraseBatch).Result()
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			if err := s.write.Del(ctx, keys...).Err(); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
